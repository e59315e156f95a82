//! Who is calling: the bearer token, read strictly, its signature checked by the runtime's WebCrypto, and
//! remembered per isolate. Nothing of a user is touched before this says yes, so a made-up token cannot
//! create a Durable Object or reach the origin.

use std::collections::HashMap;

use shared_types::caller::{CredentialKind, Identity};
use shared_types::scope::Scope;
use shared_types::token::{TokenError, VerifiedToken};

use crate::error::Error;

/// How many verified tokens an isolate remembers; about 1 KB each.
const REMEMBERED_TOKENS: usize = 2_000;

/// The token of an `Authorization` field. Another scheme counts as no credential, since the edge would not
/// know what to make of it.
pub fn bearer(authorization: Option<&str>) -> Result<&str, Error> {
    let (scheme, token) = authorization
        .and_then(|value| value.trim().split_once(' '))
        .ok_or(Error::NoCredential)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim_start())
    } else {
        Err(Error::NoCredential)
    }
}

/// Whom a verified token shows now, for a request that needs `scope`.
pub fn admit(
    token: &VerifiedToken,
    public_url: &str,
    now_seconds: i64,
    scope: Scope,
) -> Result<Identity, Error> {
    let identity = token
        .identity(public_url, public_url, now_seconds)
        .map_err(Error::Credential)?;
    match identity.kind {
        CredentialKind::Access | CredentialKind::Key => {}
        // The dashboard's cookie is guarded against other sites by where it is sent from; as a bearer token
        // it would have no such guard.
        CredentialKind::Session => return Err(Error::Credential(TokenError::Malformed)),
    }
    if identity.scopes.contains(scope) {
        Ok(identity)
    } else {
        Err(Error::MissingScope(scope))
    }
}

/// The tokens whose signature this isolate has checked already. Only tokens that held are kept, so nobody
/// without a credential can fill it; time, audience and scope are checked at each use.
#[derive(Debug, Default)]
pub struct VerifiedTokens(HashMap<String, VerifiedToken>);

impl VerifiedTokens {
    /// The remembered token of this text.
    pub fn find(&self, text: &str) -> Option<VerifiedToken> {
        self.0.get(text).cloned()
    }

    /// Remembers a token whose signature holds. When full, those past their end go first; if there are none
    /// of these, all go, which costs each one more check.
    pub fn remember(&mut self, text: &str, token: VerifiedToken, now_seconds: i64) {
        if self.0.len() >= REMEMBERED_TOKENS {
            self.0.retain(|_, token| token.claims().exp > now_seconds);
            if self.0.len() >= REMEMBERED_TOKENS {
                self.0.clear();
            }
        }
        self.0.insert(text.to_owned(), token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_types::id::{CredentialId, UserId};
    use shared_types::token::{Claims, UnverifiedToken, assemble, signing_input};

    const URL: &str = "https://m.test";

    fn token(kind: CredentialKind, scope: &str, exp: i64) -> VerifiedToken {
        let id = "0198c5a0-0000-7000-8000-0000000000aa";
        let claims = Claims {
            iss: URL.to_owned(),
            sub: UserId::parse(id).unwrap(),
            sid: CredentialId::parse(id).unwrap(),
            r#gen: 1,
            scope: scope.to_owned(),
            aud: URL.to_owned(),
            iat: 0,
            exp,
        };
        let text = assemble(kind, &signing_input("k", kind, &claims).unwrap(), &[0; 64]);
        UnverifiedToken::parse(&text).unwrap().verified()
    }

    #[test]
    fn only_a_bearer_token_is_a_credential() {
        assert_eq!(bearer(Some("Bearer a.b.c")), Ok("a.b.c"));
        assert_eq!(bearer(Some(" bearer  a.b.c ")), Ok("a.b.c"));
        for none in [
            None,
            Some(""),
            Some("Bearer"),
            Some("Basic dTpw"),
            Some("a.b.c"),
        ] {
            assert_eq!(bearer(none), Err(Error::NoCredential), "{none:?}");
        }
    }

    #[test]
    fn scope_is_refused_after_the_token_and_not_instead() {
        let read_only = token(CredentialKind::Access, "tasks:read", 100);
        assert!(admit(&read_only, URL, 99, Scope::TasksRead).is_ok());
        assert_eq!(
            admit(&read_only, URL, 99, Scope::TasksWrite),
            Err(Error::MissingScope(Scope::TasksWrite))
        );
        assert_eq!(
            admit(&read_only, URL, 100, Scope::TasksWrite),
            Err(Error::Credential(TokenError::Expired))
        );
        assert_eq!(
            admit(&read_only, "https://other.test", 99, Scope::TasksRead),
            Err(Error::Credential(TokenError::Issuer))
        );
    }

    #[test]
    fn a_session_is_no_bearer_token() {
        let session = token(
            CredentialKind::Session,
            "tasks:read tasks:write account",
            100,
        );
        assert_eq!(
            admit(&session, URL, 1, Scope::TasksRead),
            Err(Error::Credential(TokenError::Malformed))
        );
    }

    #[test]
    fn the_memory_is_bounded_and_lets_the_expired_go_first() {
        let mut tokens = VerifiedTokens::default();
        for index in 0..REMEMBERED_TOKENS {
            let exp = if index % 2 == 0 { 10 } else { 100 };
            tokens.remember(
                &index.to_string(),
                token(CredentialKind::Access, "", exp),
                1,
            );
        }
        tokens.remember("next", token(CredentialKind::Access, "", 100), 50);
        assert_eq!(tokens.0.len(), REMEMBERED_TOKENS / 2 + 1);
        assert!(
            tokens.find("1").is_some()
                && tokens.find("0").is_none()
                && tokens.find("next").is_some()
        );

        for index in 0..REMEMBERED_TOKENS * 2 {
            tokens.remember(
                &format!("x{index}"),
                token(CredentialKind::Access, "", 100),
                50,
            );
            assert!(tokens.0.len() <= REMEMBERED_TOKENS);
        }
    }
}
