//! The caller's own credential, verified again at the origin: a stolen edge key alone acts for nobody.
//!
//! Ed25519 costs some 50 µs, and an access token is shown for an hour, so what was verified is
//! remembered, together with the key that signed it: a key that is dropped takes its tokens along. Time, issuer and
//! audience are checked at every use; revocation in the statement that does the work.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ed25519_dalek::VerifyingKey;
use sha2::{Digest as _, Sha256};
use shared_types::token::{TokenError, UnverifiedToken, VerifiedToken};

use crate::keys::TokenKeys;

/// Tokens remembered in each of the two halves, in each shard; about 400 bytes each.
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
    newer: HashMap<[u8; 32], Remembered>,
    older: HashMap<[u8; 32], Remembered>,
}

/// A token whose signature holds, and what it was checked with.
#[derive(Clone)]
struct Remembered {
    token: Arc<VerifiedToken>,
    key: Arc<(String, VerifyingKey)>,
}

impl Verified {
    /// The token, if one of `keys` signed it.
    ///
    /// # Errors
    /// Why not; for the log.
    pub fn verify(&self, text: &str, keys: &TokenKeys) -> Result<Arc<VerifiedToken>, TokenError> {
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        let remembered = self.shard(&digest).find(&digest);
        if let Some(Remembered { token, key }) = remembered
            && keys.public(&key.0) == Some(&key.1)
        {
            return Ok(token);
        }
        let token = UnverifiedToken::parse(text)?;
        let key = keys.public(&token.key_id).ok_or(TokenError::UnknownKey)?;
        let key = Arc::new((token.key_id.clone(), *key));
        if !keys.verify(
            &token.key_id,
            token.signing_input.as_bytes(),
            &token.signature,
        ) {
            return Err(TokenError::Signature);
        }
        let token = Arc::new(token.verified());
        let remembered = Remembered {
            token: Arc::clone(&token),
            key,
        };
        self.shard(&digest).remember(digest, remembered);
        Ok(token)
    }

    fn shard(&self, digest: &[u8; 32]) -> MutexGuard<'_, Shard> {
        self.shards[usize::from(digest[0]) % SHARDS]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn find(&mut self, digest: &[u8; 32]) -> Option<Remembered> {
        if let Some(remembered) = self.newer.get(digest) {
            return Some(remembered.clone());
        }
        let remembered = self.older.remove(digest)?;
        self.remember(*digest, remembered.clone());
        Some(remembered)
    }

    fn remember(&mut self, digest: [u8; 32], remembered: Remembered) {
        if self.newer.len() >= HALF {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(digest, remembered);
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use jiff::Timestamp;
    use shared_types::id::{CredentialId, UserId};
    use uuid::Uuid;

    use super::*;
    use crate::domain::tokens::{Grant, Issuer, RefreshToken};

    fn keys(id: &str, start: u8) -> TokenKeys {
        let seed: [u8; 32] =
            std::array::from_fn(|at| start.wrapping_add(u8::try_from(at * at * 7 % 251).unwrap()));
        TokenKeys::parse(&format!("{id}={}", STANDARD.encode(seed))).unwrap()
    }

    fn token(keys: &TokenKeys, session: u128) -> String {
        let grant = Grant {
            user: UserId(Uuid::from_u128(1)),
            session: CredentialId(Uuid::from_u128(session)),
            generation: 1,
            expires_at: Timestamp::MAX,
        };
        let issuer = Issuer {
            public_url: "https://m.test",
            keys: Arc::new(keys.clone()),
        };
        let refresh = RefreshToken::new([0; 32]);
        let tokens = issuer.tokens(&grant, &refresh, Timestamp::UNIX_EPOCH);
        tokens.unwrap().access_token
    }

    #[test]
    fn only_our_own_signatures_hold_the_first_time_and_the_second() {
        let (ours, theirs, unknown) = (keys("k", 1), keys("k", 2), keys("other", 1));
        let verified = Verified::default();
        for _ in 0..2 {
            assert!(verified.verify(&token(&ours, 1), &ours).is_ok());
            assert_eq!(
                verified.verify(&token(&theirs, 1), &ours),
                Err(TokenError::Signature)
            );
            assert_eq!(
                verified.verify(&token(&unknown, 1), &ours),
                Err(TokenError::UnknownKey)
            );
            assert_eq!(verified.verify("x", &ours), Err(TokenError::Malformed));
        }
    }

    #[test]
    fn a_key_that_is_dropped_takes_the_tokens_along_that_were_verified_with_it() {
        let (ours, others) = (keys("k", 1), keys("other", 2));
        let verified = Verified::default();
        let text = token(&ours, 1);
        assert!(verified.verify(&text, &ours).is_ok());
        assert_eq!(verified.verify(&text, &others), Err(TokenError::UnknownKey));
        // Another key of the same name is another key.
        assert_eq!(
            verified.verify(&text, &keys("k", 2)),
            Err(TokenError::Signature)
        );
        assert!(verified.verify(&text, &ours).is_ok());
    }

    #[test]
    fn what_is_used_is_kept_and_what_is_kept_is_bounded() {
        let ours = keys("k", 1);
        let held = Remembered {
            token: Arc::new(UnverifiedToken::parse(&token(&ours, 1)).unwrap().verified()),
            key: Arc::new(("k".to_owned(), *ours.public("k").unwrap())),
        };
        let digest = |number: usize| -> [u8; 32] { Sha256::digest(number.to_le_bytes()).into() };
        let mut shard = Shard::default();
        shard.remember(digest(0), held.clone());
        for number in 1..10 * HALF {
            shard.remember(digest(number), held.clone());
            assert!(
                shard.find(&digest(0)).is_some(),
                "in use, after {number} others"
            );
            assert!(shard.newer.len() + shard.older.len() <= 2 * HALF);
        }
        assert!(shard.find(&digest(1)).is_none());
    }
}
