//! How long sessions and their tokens live, and how tokens are made.

use std::sync::Arc;

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

/// A refresh token: 256 bits that nobody can guess, of which only a hash is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshToken([u8; 32]);

impl RefreshToken {
    /// From 32 random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// What follows `parent`, by each of `keys`, that of the key that signs first.
    ///
    /// It is derived, not drawn: whoever repeats a refresh, because the answer was lost or because two asked at
    /// once, is given the same token again, though nothing but hashes is stored.
    pub fn successors(parent: &str, keys: &TokenKeys) -> Vec<Self> {
        let derived = keys.derive("refresh token", parent.as_bytes());
        derived.into_iter().map(Self).collect()
    }

    /// What the client keeps.
    pub fn text(&self) -> String {
        format!("mfr_{}", URL_SAFE_NO_PAD.encode(self.0))
    }

    /// What is stored.
    pub fn hash(&self) -> [u8; 32] {
        Self::hash_of(&self.text())
    }

    /// SHA-256 of a token's text. A slow hash would add nothing to 256 random bits.
    pub fn hash_of(text: &str) -> [u8; 32] {
        Sha256::digest(text.as_bytes()).into()
    }
}

/// How long a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// When nobody refreshes it.
    pub idle: SignedDuration,
    /// However often it is refreshed.
    pub absolute: SignedDuration,
}

impl Lifetime {
    /// When a session of today ends for good.
    pub fn ends_at(&self, now: Timestamp) -> Timestamp {
        now.checked_add(self.absolute).unwrap_or(Timestamp::MAX)
    }

    /// When a session that is used `now` ends unless it is refreshed; the caller sees to it that this is not after
    /// its end for good.
    pub fn idles_at(&self, now: Timestamp) -> Timestamp {
        now.checked_add(self.idle.min(self.absolute))
            .unwrap_or(Timestamp::MAX)
    }
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
    /// When the session ends; so does whatever is issued for it.
    pub expires_at: Timestamp,
}

/// For what a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The API.
    Api,
    /// The MCP endpoint, and nothing else.
    Mcp,
}

impl Audience {
    /// Every audience.
    pub const ALL: [Self; 2] = [Self::Api, Self::Mcp];

    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Mcp => "mcp",
        }
    }

    /// `aud` of its tokens, which is its address.
    pub fn url(self, public_url: &str) -> String {
        match self {
            Self::Api => public_url.to_owned(),
            Self::Mcp => token::mcp_audience(public_url),
        }
    }
}

/// What a token lets its holder do, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    /// What.
    pub scopes: Scopes,
    /// Where.
    pub audience: Audience,
}

impl Rights {
    /// Those of a person's own session.
    pub fn own() -> Self {
        Self {
            scopes: Scopes::all(),
            audience: Audience::Api,
        }
    }
}

/// The dashboard's session, to be set as a cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionCookie {
    /// The signed token.
    pub token: String,
    /// How long it holds.
    pub max_age_seconds: i64,
}

/// Who signs what a login or an allowance gives: the installation at `public_url`.
pub struct Issuer<'a> {
    /// `PUBLIC_URL`.
    pub public_url: &'a str,
    /// The keys at present.
    pub keys: Arc<TokenKeys>,
}

impl Issuer<'_> {
    /// Both tokens of the session of `grant`, the access token as issued at `issued_at`, with every right of its user.
    ///
    /// # Errors
    /// Never in practice: claims are plain text.
    pub fn tokens(
        &self,
        grant: &Grant,
        refresh: &RefreshToken,
        issued_at: Timestamp,
    ) -> Result<Tokens, serde_json::Error> {
        self.tokens_with(Rights::own(), grant, refresh, issued_at)
    }

    /// As [`Issuer::tokens`], with these rights alone: an app's.
    ///
    /// # Errors
    /// Never in practice: claims are plain text.
    pub fn tokens_with(
        &self,
        rights: Rights,
        grant: &Grant,
        refresh: &RefreshToken,
        issued_at: Timestamp,
    ) -> Result<Tokens, serde_json::Error> {
        let left = grant.expires_at.as_second() - issued_at.as_second();
        let expires_in =
            u32::try_from(left.max(0)).map_or(ACCESS_SECONDS, |left| left.min(ACCESS_SECONDS));
        Ok(Tokens {
            access_token: self.sign(
                CredentialKind::Access,
                rights,
                grant,
                issued_at,
                expires_in.into(),
            )?,
            refresh_token: refresh.text(),
            token_type: "Bearer".to_owned(),
            expires_in,
        })
    }

    /// The cookie of the session of `grant`, issued `now`.
    ///
    /// # Errors
    /// Never in practice: claims are plain text.
    pub fn cookie(
        &self,
        grant: &Grant,
        now: Timestamp,
    ) -> Result<SessionCookie, serde_json::Error> {
        let max_age_seconds = (grant.expires_at.as_second() - now.as_second()).max(0);
        Ok(SessionCookie {
            token: self.sign(
                CredentialKind::Session,
                Rights::own(),
                grant,
                now,
                max_age_seconds,
            )?,
            max_age_seconds,
        })
    }

    fn sign(
        &self,
        kind: CredentialKind,
        rights: Rights,
        grant: &Grant,
        issued_at: Timestamp,
        seconds: i64,
    ) -> Result<String, serde_json::Error> {
        let claims = Claims {
            iss: self.public_url.to_owned(),
            sub: grant.user,
            sid: grant.session,
            r#gen: grant.generation,
            scope: rights.scopes.to_string(),
            aud: rights.audience.url(self.public_url),
            iat: issued_at.as_second(),
            exp: issued_at.as_second() + seconds,
        };
        sign(kind, &claims, self.keys.signing())
    }
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

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use shared_types::token::UnverifiedToken;
    use uuid::Uuid;

    use super::*;

    fn keys(first: u8, second: u8) -> TokenKeys {
        let line = |id: u8| {
            let seed: [u8; 32] =
                std::array::from_fn(|at| id.wrapping_add(u8::try_from(at * at * 7 % 251).unwrap()));
            format!("k{id}={}\n", STANDARD.encode(seed))
        };
        TokenKeys::parse(&(line(first) + &line(second))).unwrap()
    }

    fn grant(expires_at: i64) -> Grant {
        Grant {
            user: UserId(Uuid::from_u128(1)),
            session: CredentialId(Uuid::from_u128(2)),
            generation: 3,
            expires_at: Timestamp::from_second(expires_at).unwrap(),
        }
    }

    #[test]
    fn nothing_outlives_its_session() {
        let issuer = Issuer {
            public_url: "https://m.test",
            keys: Arc::new(keys(1, 2)),
        };
        let now = Timestamp::from_second(1000).unwrap();
        let refresh = RefreshToken::new([7; 32]);
        for (expires_at, access, cookie) in [
            (1_000_000, 3600, 999_000),
            (4601, 3600, 3601),
            (4599, 3599, 3599),
            (900, 0, 0),
        ] {
            let tokens = issuer.tokens(&grant(expires_at), &refresh, now).unwrap();
            let session = issuer.cookie(&grant(expires_at), now).unwrap();
            assert_eq!(i64::from(tokens.expires_in), access);
            assert_eq!(session.max_age_seconds, cookie);
            for (text, kind, seconds) in [
                (&tokens.access_token, CredentialKind::Access, access),
                (&session.token, CredentialKind::Session, cookie),
            ] {
                let token = UnverifiedToken::parse(text).unwrap().verified();
                assert_eq!(
                    (token.claims().iat, token.claims().exp),
                    (1000, 1000 + seconds)
                );
                let shown = token.identity("https://m.test", "https://m.test", 999);
                assert_eq!(shown.unwrap().kind, kind);
            }
        }
    }

    #[test]
    fn an_apps_token_has_its_rights_and_holds_at_its_audience_alone() {
        let issuer = Issuer {
            public_url: "https://m.test",
            keys: Arc::new(keys(1, 2)),
        };
        let rights = Rights {
            scopes: Scopes::parse("tasks:read").unwrap(),
            audience: Audience::Mcp,
        };
        let now = Timestamp::from_second(1000).unwrap();
        let refresh = RefreshToken::new([7; 32]);
        let tokens = issuer.tokens_with(rights, &grant(1_000_000), &refresh, now);
        let text = tokens.unwrap().access_token;
        let token = UnverifiedToken::parse(&text).unwrap().verified();
        let at = |audience| token.identity("https://m.test", audience, 1000);
        assert_eq!(at("https://m.test/mcp").unwrap().scopes, rights.scopes);
        assert!(at("https://m.test").is_err());
    }

    #[test]
    fn a_successor_is_the_same_each_time_and_found_again_after_a_rotation() {
        let before = RefreshToken::successors("mfr_a", &keys(1, 2));
        assert_eq!(before, RefreshToken::successors("mfr_a", &keys(1, 2)));
        let after = RefreshToken::successors("mfr_a", &keys(3, 1));
        assert_eq!((before.len(), after[1]), (2, before[0]));
        assert_ne!(before[0], before[1]);
        assert_ne!(before, RefreshToken::successors("mfr_b", &keys(1, 2)));
        assert_eq!(RefreshToken::hash_of(&before[0].text()), before[0].hash());
    }

    #[test]
    fn a_session_is_never_idle_beyond_its_end() {
        let hours = SignedDuration::from_hours;
        let lifetime = |idle, absolute| Lifetime {
            idle: hours(idle),
            absolute: hours(absolute),
        };
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(lifetime(1, 2).idles_at(now), now + hours(1));
        assert_eq!(lifetime(2, 1).idles_at(now), now + hours(1));
        assert_eq!(lifetime(2, 1).ends_at(now), now + hours(1));
        assert_eq!(lifetime(1, 1).ends_at(Timestamp::MAX), Timestamp::MAX);
    }
}
