//! Access tokens, as the origin issues them.

use ed25519_dalek::{Signer as _, SigningKey};
use shared_types::caller::CredentialKind;
use shared_types::id::{CredentialId, UserId};
use shared_types::scope::Scopes;
use shared_types::token::{Claims, assemble, signing_input};

use crate::failure::Failure;

/// Who signs tokens.
pub(crate) struct Issuer {
    /// Issuer and audience: `PUBLIC_URL`.
    pub(crate) url: String,
    /// The name of the key.
    pub(crate) key_id: String,
    /// The key.
    pub(crate) key: SigningKey,
}

impl Issuer {
    /// A token of this user's, in generation 1, with every scope, for an hour from `now_seconds` (Unix).
    pub(crate) fn token(
        &self,
        user: UserId,
        credential: CredentialId,
        now_seconds: i64,
    ) -> Result<String, Failure> {
        let claims = Claims {
            iss: self.url.clone(),
            sub: user,
            sid: credential,
            r#gen: 1,
            scope: Scopes::all().to_string(),
            aud: self.url.clone(),
            iat: now_seconds,
            exp: now_seconds + 3600,
        };
        let kind = CredentialKind::Access;
        let input = signing_input(&self.key_id, kind, &claims)?;
        let signature = self.key.sign(input.as_bytes()).to_bytes();
        Ok(assemble(kind, &input, &signature))
    }
}
