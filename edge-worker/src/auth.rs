//! Who is calling: the token in `Authorization` or in the session cookie, read strictly, its signature checked by the runtime's WebCrypto, and
//! remembered per isolate. Nothing of a user is touched before this says yes, so a made-up token cannot
//! create a Durable Object or reach the origin.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use shared_types::calendar::FEED_PATH;
use shared_types::caller::{Caller, CredentialKind, Identity};
use shared_types::scope::Scope;
use shared_types::token::{TokenError, VerifiedToken};

use crate::cookie;
use crate::error::Error;
use crate::header::HeaderBlock;
use crate::route::Nature;

/// How many verified tokens an isolate remembers; about 1 KB each.
const REMEMBERED_TOKENS: usize = 2_000;

/// A credential as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented<'a> {
    /// In `Authorization`.
    Bearer(&'a str),
    /// In the session cookie.
    Cookie(&'a str),
    /// As the second subprotocol of a socket, since a browser's script can set no field there; the first is its name.
    Socket(&'a str, &'a str),
}

impl<'a> Presented<'a> {
    /// What `inbound` presents. With `Authorization` the cookie is not looked at: a program that names its
    /// credential must not act with the authority that a browser adds by itself.
    pub fn find(inbound: &'a HeaderBlock, public_url: &str, nature: Nature) -> Result<Self, Error> {
        let authorization = inbound.find("authorization");
        if authorization.is_some() {
            return bearer(authorization).map(Self::Bearer);
        }
        if nature == Nature::Live
            && let Some((name, token)) = inbound
                .find("sec-websocket-protocol")
                .and_then(subprotocols)
        {
            return Ok(Self::Socket(name, token));
        }
        let field = inbound.find("cookie").unwrap_or_default();
        cookie::session(field, cookie::name(public_url))?
            .map(Self::Cookie)
            .ok_or(Error::NoCredential)
    }

    /// The token.
    pub const fn token(self) -> &'a str {
        match self {
            Self::Bearer(token) | Self::Cookie(token) | Self::Socket(_, token) => token,
        }
    }

    /// The subprotocol that a socket is opened with.
    pub const fn protocol(self) -> Option<&'a str> {
        match self {
            Self::Socket(name, _) => Some(name),
            Self::Bearer(_) | Self::Cookie(_) => None,
        }
    }

    /// Whether a credential of this kind is sent in this way: a session in the cookie and nowhere else, since as a
    /// bearer token it would not be guarded by where it is sent from; and nothing else in the cookie.
    const fn carries(self, kind: CredentialKind) -> bool {
        match self {
            Self::Bearer(_) | Self::Socket(..) => {
                matches!(kind, CredentialKind::Access | CredentialKind::Key)
            }
            Self::Cookie(_) => matches!(kind, CredentialKind::Session),
        }
    }
}

/// The two values of `Sec-WebSocket-Protocol` (RFC 6455 section 1.9), if there are two: a name, and a token.
fn subprotocols(field: &str) -> Option<(&str, &str)> {
    let (name, token) = field.split_once(',')?;
    let (name, token) = (name.trim(), token.trim());
    (!name.is_empty() && !token.is_empty() && !token.contains(',')).then_some((name, token))
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

/// Whom a verified token shows now, for a request that takes tokens for `audience`.
pub fn identify(
    token: &VerifiedToken,
    presented: Presented<'_>,
    (public_url, audience): (&str, &str),
    now_seconds: i64,
) -> Result<Identity, Error> {
    let identity = token
        .identity(public_url, audience, now_seconds)
        .map_err(Error::Credential)?;
    if presented.carries(identity.kind) {
        Ok(identity)
    } else {
        Err(Error::Credential(TokenError::Malformed))
    }
}

/// Whether that allows what needs `scope`.
pub fn check_scope(identity: &Identity, scope: Scope) -> Result<(), Error> {
    if identity.scopes.contains(scope) {
        Ok(())
    } else {
        Err(Error::MissingScope(scope))
    }
}

/// The token in the query of the calendar feed, and the query without it: what is forwarded has it in `Authorization`
/// as any other credential, so that no log line behind this one can hold it.
pub fn in_query(query: &str) -> Result<(&str, String), Error> {
    let (tokens, others): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .partition(|parameter| parameter.starts_with("token="));
    match tokens[..] {
        [token] => Ok((&token["token=".len()..], others.join("&"))),
        _ => Err(Error::NoCredential),
    }
}

/// Whose feed a verified token opens now.
pub fn admit_to_feed(
    token: &VerifiedToken,
    public_url: &str,
    now_seconds: i64,
) -> Result<Identity, Error> {
    let audience = format!("{public_url}{FEED_PATH}");
    let identity = token
        .identity(public_url, &audience, now_seconds)
        .map_err(Error::Credential)?;
    if matches!(identity.kind, CredentialKind::Key) {
        Ok(identity)
    } else {
        Err(Error::Credential(TokenError::Malformed))
    }
}

/// A token whose signature holds, and how it is spoken of beyond the edge, which never changes.
#[derive(Debug)]
pub struct Known {
    /// The token.
    pub token: VerifiedToken,
    user: OnceCell<String>,
    caller: OnceCell<String>,
}

impl Known {
    /// A token that was just verified.
    pub fn new(token: VerifiedToken) -> Self {
        Self {
            token,
            user: OnceCell::new(),
            caller: OnceCell::new(),
        }
    }

    /// The name of the user's gate; `identity` is what the token showed.
    pub fn user(&self, identity: &Identity) -> &str {
        self.user.get_or_init(|| identity.user.to_string())
    }

    /// `Mindflow-Caller`; `identity` is what the token showed.
    pub fn caller(&self, identity: Identity) -> &str {
        self.caller
            .get_or_init(|| Caller::User(identity).to_string())
    }
}

/// The tokens whose signature this isolate has checked already. Only tokens that held are kept, so nobody
/// without a credential can fill it; time, audience and scope are checked at each use.
#[derive(Debug, Default)]
pub struct VerifiedTokens(HashMap<String, Rc<Known>>);

impl VerifiedTokens {
    /// The remembered token of this text.
    pub fn find(&self, text: &str) -> Option<Rc<Known>> {
        self.0.get(text).cloned()
    }

    /// Remembers a token whose signature holds. When full, those past their end go first; if there are none
    /// of these, all go, which costs each one more check.
    pub fn remember(&mut self, text: &str, token: VerifiedToken, now_seconds: i64) -> Rc<Known> {
        if self.0.len() >= REMEMBERED_TOKENS {
            self.0
                .retain(|_, known| known.token.claims().exp > now_seconds);
            if self.0.len() >= REMEMBERED_TOKENS {
                self.0.clear();
            }
        }
        let known = Rc::new(Known::new(token));
        self.0.insert(text.to_owned(), Rc::clone(&known));
        known
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
    fn a_token_is_for_this_installation_and_its_time_and_says_what_it_allows() {
        let read_only = token(CredentialKind::Access, "tasks:read", 100);
        let identify = |url, now| identify(&read_only, Presented::Bearer(""), (url, url), now);
        let shown = identify(URL, 99).unwrap();
        assert_eq!(check_scope(&shown, Scope::TasksRead), Ok(()));
        assert_eq!(
            check_scope(&shown, Scope::TasksWrite),
            Err(Error::MissingScope(Scope::TasksWrite))
        );
        assert_eq!(
            identify(URL, 100),
            Err(Error::Credential(TokenError::Expired))
        );
        assert_eq!(
            identify("https://other.test", 99),
            Err(Error::Credential(TokenError::Issuer))
        );
    }

    #[test]
    fn a_token_holds_at_its_own_audience_and_nowhere_else() {
        let token = token(CredentialKind::Access, "tasks:read", 100);
        let identify = |audience| identify(&token, Presented::Bearer(""), (URL, audience), 1);
        assert!(identify(URL).is_ok());
        let refused = Err(Error::Credential(TokenError::Audience));
        assert_eq!(identify("https://m.test/mcp"), refused);
    }

    #[test]
    fn a_session_comes_in_the_cookie_and_nothing_else_does() {
        let refused = || Err(Error::Credential(TokenError::Malformed));
        for kind in CredentialKind::ALL {
            let token = token(kind, "tasks:read tasks:write account", 100);
            let identify = |presented| identify(&token, presented, (URL, URL), 1);
            let (bearer, cookie) = (
                identify(Presented::Bearer("")),
                identify(Presented::Cookie("")),
            );
            if kind == CredentialKind::Session {
                assert_eq!((bearer, cookie.is_ok()), (refused(), true));
            } else {
                assert_eq!((bearer.is_ok(), cookie), (true, refused()));
            }
        }
    }

    #[test]
    fn authorization_wins_over_the_cookie_even_when_it_is_no_use() {
        let find_for = |nature, lines: &[&str]| {
            let block = HeaderBlock::new(lines.join("\n"));
            let found = Presented::find(&block, URL, nature)?;
            Ok(match found {
                Presented::Bearer(token) => format!("bearer {token}"),
                Presented::Cookie(token) => format!("cookie {token}"),
                Presented::Socket(name, token) => format!("socket {name} {token}"),
            })
        };
        let find = |lines: &[&str]| find_for(Nature::Read, lines);
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
        let socket = "sec-websocket-protocol,mindflow, t.t.t";
        assert_eq!(find(&[cookie, socket]), Ok("cookie s.s.s".to_owned()));
        let find = |lines: &[&str]| find_for(Nature::Live, lines);
        assert_eq!(
            find(&[cookie, socket]),
            Ok("socket mindflow t.t.t".to_owned())
        );
        for one in ["mindflow", "mindflow,", ",t", "a, b, c"] {
            let line = format!("sec-websocket-protocol,{one}");
            assert_eq!(
                find(&[cookie, &line]),
                Ok("cookie s.s.s".to_owned()),
                "{one}"
            );
        }
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

    #[test]
    fn the_feeds_token_stands_in_the_query_once_and_is_taken_out_of_it() {
        assert_eq!(in_query("token=a.b").unwrap(), ("a.b", String::new()));
        let taken = in_query("x=1&token=a.b&y").unwrap();
        assert_eq!(taken, ("a.b", "x=1&y".to_owned()));
        for query in ["", "x=1", "Token=a", "token", "token=a&token=a", "atoken=a"] {
            assert!(
                matches!(in_query(query), Err(Error::NoCredential)),
                "{query}"
            );
        }
    }

    #[test]
    fn the_feed_and_the_api_take_each_their_own_tokens_only() {
        let of = |kind, audience: &str| {
            let mut claims = token(kind, "", 4600).claims().clone();
            audience.clone_into(&mut claims.aud);
            let input = signing_input("k1", kind, &claims).unwrap();
            let text = assemble(kind, &input, &[7; 64]);
            UnverifiedToken::parse(&text).unwrap().verified()
        };
        let feed = of(CredentialKind::Key, "https://m.test/api/calendar.ics");
        assert!(admit_to_feed(&feed, URL, 1000).is_ok());
        assert!(admit_to_feed(&feed, URL, 4600).is_err());
        let bearer = Presented::Bearer("");
        let refused = identify(&feed, bearer, (URL, URL), 1000);
        assert_eq!(refused, Err(Error::Credential(TokenError::Audience)));
        for (kind, audience) in [
            (CredentialKind::Key, URL),
            (CredentialKind::Access, URL),
            (CredentialKind::Access, "https://m.test/api/calendar.ics"),
            (CredentialKind::Session, "https://m.test/api/calendar.ics"),
        ] {
            assert!(
                admit_to_feed(&of(kind, audience), URL, 1000).is_err(),
                "{kind:?} {audience}"
            );
        }
    }
}
