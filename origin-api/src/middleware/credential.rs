//! The caller's own credential, verified again at the origin: a stolen edge key alone acts for nobody.
//!
//! Ed25519 costs some 50 µs, and an access token is shown for an hour, so what was verified is
//! remembered. Time, issuer and audience are checked at every use; revocation in the statement that
//! does the work.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};
use shared_types::token::{TokenError, UnverifiedToken, VerifiedToken};

use crate::keys::TokenKeys;

/// Tokens remembered in each of the two halves, in each shard; about 350 bytes each.
const HALF: usize = 512;
const SHARDS: usize = 8;

/// Tokens whose signature holds, by SHA-256 of their text, so that a look at memory finds none.
///
/// Bounded: when the newer half is full it becomes the older one, and what has not been used since
/// is forgotten. At most 8,192 tokens, some 3 MB.
#[derive(Default)]
pub struct Verified {
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Default)]
struct Shard {
    newer: HashMap<[u8; 32], Arc<VerifiedToken>>,
    older: HashMap<[u8; 32], Arc<VerifiedToken>>,
}

impl Verified {
    /// The token, if one of `keys` signed it.
    ///
    /// # Errors
    /// Why not; for the log.
    pub fn verify(&self, text: &str, keys: &TokenKeys) -> Result<Arc<VerifiedToken>, TokenError> {
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        if let Some(token) = self.shard(&digest).find(&digest) {
            return Ok(token);
        }
        let token = UnverifiedToken::parse(text)?;
        if !keys.knows(&token.key_id) {
            return Err(TokenError::UnknownKey);
        }
        if !keys.verify(
            &token.key_id,
            token.signing_input.as_bytes(),
            &token.signature,
        ) {
            return Err(TokenError::Signature);
        }
        let token = Arc::new(token.verified());
        self.shard(&digest).remember(digest, Arc::clone(&token));
        Ok(token)
    }

    fn shard(&self, digest: &[u8; 32]) -> MutexGuard<'_, Shard> {
        self.shards[usize::from(digest[0]) % SHARDS]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn find(&mut self, digest: &[u8; 32]) -> Option<Arc<VerifiedToken>> {
        if let Some(token) = self.newer.get(digest) {
            return Some(Arc::clone(token));
        }
        let token = self.older.remove(digest)?;
        self.remember(*digest, Arc::clone(&token));
        Some(token)
    }

    fn remember(&mut self, digest: [u8; 32], token: Arc<VerifiedToken>) {
        if self.newer.len() >= HALF {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(digest, token);
    }
}
