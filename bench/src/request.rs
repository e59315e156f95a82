//! Requests as the edge would send them: whole, signed, with the user's own token.

use std::fmt::Write as _;

use shared_types::caller::{Caller, CredentialKind, Identity};
use shared_types::id::{CredentialId, UserId};
use shared_types::scope::Scopes;
use shared_types::signature::{Keys, Message, Tag, content_digest, sign};

use crate::failure::Failure;
use crate::randomness::Randomness;
use crate::token::Issuer;

/// What a signer of requests needs to know.
pub(crate) struct Edge {
    /// What is signed as `@authority`.
    pub(crate) authority: String,
    /// Signs requests.
    pub(crate) signing_keys: Keys,
    /// Signs tokens.
    pub(crate) issuer: Issuer,
    /// Unix milliseconds of all that is made: requests hold for a minute from here.
    pub(crate) now_ms: i64,
}

/// A user of the bench with an access token.
pub(crate) struct User {
    caller: String,
    authorization: String,
}

impl Edge {
    /// The user with these ids, in generation 1, with every scope.
    pub(crate) fn user(&self, user: UserId, credential: CredentialId) -> Result<User, Failure> {
        let token = self.issuer.token(user, credential, self.now_ms / 1000)?;
        let identity = Identity {
            kind: CredentialKind::Access,
            user,
            credential,
            scopes: Scopes::all(),
        };
        Ok(User {
            caller: Caller::User(identity).to_string(),
            authorization: format!("Bearer {token}"),
        })
    }

    /// A whole signed HTTP/1.1 request of `user`. `path` may have a query.
    pub(crate) fn request(
        &self,
        user: &User,
        method: &str,
        path: &str,
        body: &str,
        randomness: &mut Randomness,
    ) -> Result<Vec<u8>, Failure> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let digest = content_digest(body.as_bytes());
        let request_id = randomness.uuid().to_string();
        let accepted_at = self.now_ms.to_string();
        let idempotency_key = format!("gate:{}", randomness.uuid());
        let mut headers = vec![
            ("content-digest", digest.as_str()),
            ("x-request-id", &request_id),
            ("mindflow-caller", &user.caller),
            ("mindflow-client-address", "203.0.113.7"),
            ("mindflow-accepted-at", &accepted_at),
            ("authorization", &user.authorization),
            ("accept", "*/*"),
            ("user-agent", "MindFlow bench"),
        ];
        if !body.is_empty() {
            headers.push(("content-type", "application/json"));
            headers.push(("idempotency-key", &idempotency_key));
        }
        let message = Message {
            method,
            authority: &self.authority,
            path,
            query,
            headers: &headers,
        };
        let signed = sign(
            &message,
            &self.signing_keys,
            Tag::Edge,
            self.now_ms / 1000,
            &randomness.nonce(),
        )?;
        let target = if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        };
        let mut request = format!("{method} {target} HTTP/1.1\r\nhost: {}\r\n", self.authority);
        headers.push(("signature-input", &signed.signature_input));
        headers.push(("signature", &signed.signature));
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n")?;
        }
        write!(request, "content-length: {}\r\n\r\n{body}", body.len())?;
        Ok(request.into_bytes())
    }
}
