//! Who is calling: the token in `Authorization` or in the session cookie, read strictly, its signature checked by the runtime's WebCrypto, and
//! remembered per isolate. Nothing of a user is touched before this says yes, so a made-up token cannot
//! create a Durable Object or reach the origin.

use std::collections::HashMap;

use shared_types::caller::{CredentialKind, Identity};
use shared_types::scope::Scope;
use shared_types::token::{TokenError, VerifiedToken};

use crate::cookie;
use crate::error::Error;
use crate::header::HeaderBlock;

/// How many verified tokens an isolate remembers; about 1 KB each.
const REMEMBERED_TOKENS: usize = 2_000;

/// A credential as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented<'a> {
    /// In `Authorization`.
    Bearer(&'a str),
    /// In the session cookie.
    Cookie(&'a str),
}

impl<'a> Presented<'a> {
    /// What `inbound` presents. With `Authorization` the cookie is not looked at: a program that names its
    /// credential must not act with the authority that a browser adds by itself.
    pub fn find(inbound: &'a HeaderBlock, public_url: &str) -> Result<Self, Error> {
        let authorization = inbound.find("authorization");
        if authorization.is_some() {
            return bearer(authorization).map(Self::Bearer);
        }
        let field = inbound.find("cookie").unwrap_or_default();
        cookie::session(field, cookie::name(public_url))?
            .map(Self::Cookie)
            .ok_or(Error::NoCredential)
    }

    /// The token.
    pub const fn token(self) -> &'a str {
        match self {
            Self::Bearer(token) | Self::Cookie(token) => token,
        }
    }

    /// Whether a credential of this kind is sent in this way: a session in the cookie and nowhere else, since as a
    /// bearer token it would not be guarded by where it is sent from; and nothing else in the cookie.
    const fn carries(self, kind: CredentialKind) -> bool {
        match self {
            Self::Bearer(_) => matches!(kind, CredentialKind::Access | CredentialKind::Key),
            Self::Cookie(_) => matches!(kind, CredentialKind::Session),
        }
    }
}

/// The token of an `Authorization` field. Another scheme counts as no credential, since the edge would not
/// know what to make of it.
fn bearer(authorization: Option<&str>) -> Result<&str, Error> {
    let (scheme, token) = authorization
        .and_then(|value| value.trim().split_once(' '))
        .ok_or(Error::NoCredential)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim_start())
    } else {
        Err(Error::NoCredential)
    }
}

/// Whom a verified token shows now, for a request that needs `scope` and takes tokens for `audience`.
pub fn admit(
    token: &VerifiedToken,
    presented: Presented<'_>,
    (public_url, audience): (&str, &str),
    now_seconds: i64,
    scope: Scope,
) -> Result<Identity, Error> {
    let identity = token
        .identity(public_url, audience, now_seconds)
        .map_err(Error::Credential)?;
    if !presented.carries(identity.kind) {
        return Err(Error::Credential(TokenError::Malformed));
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
        let admit =
            |url, now, scope| admit(&read_only, Presented::Bearer(""), (url, url), now, scope);
        assert!(admit(URL, 99, Scope::TasksRead).is_ok());
        assert_eq!(
            admit(URL, 99, Scope::TasksWrite),
            Err(Error::MissingScope(Scope::TasksWrite))
        );
        assert_eq!(
            admit(URL, 100, Scope::TasksWrite),
            Err(Error::Credential(TokenError::Expired))
        );
        assert_eq!(
            admit("https://other.test", 99, Scope::TasksRead),
            Err(Error::Credential(TokenError::Issuer))
        );
    }

    #[test]
    fn a_token_holds_at_its_own_audience_and_nowhere_else() {
        let token = token(CredentialKind::Access, "tasks:read", 100);
        let admit = |audience| {
            let presented = Presented::Bearer("");
            admit(&token, presented, (URL, audience), 1, Scope::TasksRead)
        };
        assert!(admit(URL).is_ok());
        let refused = Err(Error::Credential(TokenError::Audience));
        assert_eq!(admit("https://m.test/mcp"), refused);
    }

    #[test]
    fn a_session_comes_in_the_cookie_and_nothing_else_does() {
        let refused = Err(Error::Credential(TokenError::Malformed));
        for kind in CredentialKind::ALL {
            let token = token(kind, "tasks:read tasks:write account", 100);
            let admit = |presented| admit(&token, presented, (URL, URL), 1, Scope::TasksRead);
            let (bearer, cookie) = (admit(Presented::Bearer("")), admit(Presented::Cookie("")));
            if kind == CredentialKind::Session {
                assert_eq!((bearer, cookie.is_ok()), (refused, true));
            } else {
                assert_eq!((bearer.is_ok(), cookie), (true, refused));
            }
        }
    }

    #[test]
    fn authorization_wins_over_the_cookie_even_when_it_is_no_use() {
        let find = |lines: &[&str]| {
            let block = HeaderBlock::new(lines.join("\n"));
            Presented::find(&block, URL).map(|presented| match presented {
                Presented::Bearer(token) => format!("bearer {token}"),
                Presented::Cookie(token) => format!("cookie {token}"),
            })
        };
        let cookie = "cookie,a=b; __Host-mindflow=s.s.s";
        assert_eq!(find(&[cookie]), Ok("cookie s.s.s".to_owned()));
        assert_eq!(
            find(&[cookie, "authorization,Bearer t"]),
            Ok("bearer t".to_owned())
        );
        for authorization in ["authorization,Basic dTpw", "authorization,"] {
            assert_eq!(find(&[cookie, authorization]), Err(Error::NoCredential));
        }
        assert_eq!(
            find(&["cookie,mindflow_dev=s.s.s"]),
            Err(Error::NoCredential)
        );
        assert_eq!(find(&[]), Err(Error::NoCredential));
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
