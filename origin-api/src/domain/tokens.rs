//! How long sessions and their tokens live, and how tokens are made.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use shared_types::account::Tokens;
use shared_types::caller::CredentialKind;
use shared_types::id::{CredentialId, UserId};
use shared_types::scope::Scopes;
use shared_types::token::{self, Claims};

use crate::keys::{Signing, TokenKeys};

/// How long an access token holds, in seconds.
const ACCESS_SECONDS: u32 = 3600;
/// How long a session lives when nobody refreshes it.
const SESSION: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A refresh token: 256 random bits, of which only a hash is stored.
pub struct RefreshToken([u8; 32]);

impl RefreshToken {
    /// From 32 random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// What the client keeps.
    pub fn text(&self) -> String {
        format!("mfr_{}", URL_SAFE_NO_PAD.encode(self.0))
    }

    /// What is stored: SHA-256 of the text. A slow hash would add nothing to 256 random bits.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text().as_bytes()).into()
    }
}

/// When a session that begins `now` ends.
pub fn session_end(now: Timestamp) -> Timestamp {
    now.checked_add(SESSION).unwrap_or(Timestamp::MAX)
}

/// A session of a user, as its tokens name it.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// Whose it is.
    pub user: UserId,
    /// Its id.
    pub session: CredentialId,
    /// The user's generation.
    pub generation: i64,
}

/// Both tokens of a session of `grant`, issued `now` for the API at `public_url`, with every scope.
///
/// # Errors
/// Never in practice: claims are plain text.
pub fn issue(
    grant: Grant,
    refresh: &RefreshToken,
    now: Timestamp,
    public_url: &str,
    keys: &TokenKeys,
) -> Result<Tokens, serde_json::Error> {
    let claims = Claims {
        iss: public_url.to_owned(),
        sub: grant.user,
        sid: grant.session,
        r#gen: grant.generation,
        scope: Scopes::all().to_string(),
        aud: public_url.to_owned(),
        iat: now.as_second(),
        exp: now.as_second() + i64::from(ACCESS_SECONDS),
    };
    let access_token = sign(CredentialKind::Access, &claims, keys.signing())?;
    Ok(Tokens {
        access_token,
        refresh_token: refresh.text(),
        token_type: "Bearer".to_owned(),
        expires_in: ACCESS_SECONDS,
    })
}

/// The text of the credential that makes these claims.
///
/// # Errors
/// Never in practice: claims are plain text.
pub fn sign(
    kind: CredentialKind,
    claims: &Claims,
    key: &Signing,
) -> Result<String, serde_json::Error> {
    let input = token::signing_input(key.id(), kind, claims)?;
    Ok(token::assemble(kind, &input, &key.sign(input.as_bytes())))
}
