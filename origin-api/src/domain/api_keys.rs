//! What an API key may be, and its text.
//!
//! The text is never stored. It is a signature over claims, and Ed25519 gives the same one each time: from the claims,
//! which are no secret, it can be made once more.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use shared_types::api_key::{ApiKey, NewApiKey};
use shared_types::calendar::FEED_PATH;
use shared_types::caller::CredentialKind;
use shared_types::id::CredentialId;
use shared_types::scope::Scopes;
use shared_types::token::Claims;
use shared_types::validate::FieldError;

use super::caller::Caller;
use super::tokens;
use crate::keys::TokenKeys;

/// Keys that a user can have at one time.
pub const MOST: i64 = 50;

/// A key as it was issued: what is kept to issue it once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// What its user calls it.
    pub name: String,
    /// In Unix milliseconds.
    created_ms: i64,
    /// Which token key signed it.
    kid: String,
    /// What it says.
    claims: Claims,
}

/// When a key ends at the latest, and unless asked otherwise: after a calendar year.
pub fn latest_end(now: Timestamp) -> Timestamp {
    let end = now.to_zoned(TimeZone::UTC).checked_add(1.year());
    end.map_or(Timestamp::MAX, |end| end.timestamp())
}

impl Issued {
    /// The key `id` that `caller` asks for, of the installation at `public_url`.
    ///
    /// # Errors
    /// The field `expires_at` with its remedy.
    pub fn new(
        new: &NewApiKey,
        caller: &Caller,
        id: CredentialId,
        public_url: &str,
        keys: &TokenKeys,
    ) -> Result<Self, FieldError> {
        let latest = latest_end(caller.now);
        let expires_at = new.expires_at.unwrap_or(latest);
        let refuse = |message: &str| FieldError {
            field: "expires_at".to_owned(),
            message: message.to_owned(),
        };
        if expires_at.as_second() <= caller.now.as_second() {
            return Err(refuse("must be in the future"));
        }
        if expires_at > latest {
            return Err(refuse(
                "must be at most a year ahead; leave it out for a year",
            ));
        }
        Ok(Self {
            name: new.name.clone(),
            created_ms: caller.now.as_millisecond(),
            kid: keys.signing().id().to_owned(),
            claims: Claims {
                iss: public_url.to_owned(),
                sub: caller.user,
                sid: id,
                r#gen: caller.generation,
                scope: new.scopes.to_string(),
                aud: public_url.to_owned(),
                iat: caller.now.as_second(),
                exp: expires_at.as_second(),
            },
        })
    }

    /// The token `id` of the caller's calendar feed: signed as a key is, for that one audience, and without a scope.
    pub fn for_feed(caller: &Caller, id: CredentialId, public_url: &str, keys: &TokenKeys) -> Self {
        Self {
            name: String::new(),
            created_ms: caller.now.as_millisecond(),
            kid: keys.signing().id().to_owned(),
            claims: Claims {
                iss: public_url.to_owned(),
                sub: caller.user,
                sid: id,
                r#gen: caller.generation,
                scope: Scopes::default().to_string(),
                aud: format!("{public_url}{FEED_PATH}"),
                iat: caller.now.as_second(),
                exp: latest_end(caller.now).as_second(),
            },
        }
    }

    /// Its own id.
    pub const fn id(&self) -> CredentialId {
        self.claims.sid
    }

    /// What it may do, separated by spaces.
    pub fn scope(&self) -> &str {
        &self.claims.scope
    }

    /// When it was made.
    pub fn created_at(&self) -> Timestamp {
        Timestamp::from_millisecond(self.created_ms).unwrap_or_default()
    }

    /// When it ends.
    pub fn expires_at(&self) -> Timestamp {
        Timestamp::from_second(self.claims.exp).unwrap_or_default()
    }

    /// Its text: the same each time while the token key that signed it can sign; after that, with the same claims by the
    /// one that signs now, another text that names the same key.
    ///
    /// # Errors
    /// Never in practice: claims are plain text.
    pub fn secret(&self, keys: &TokenKeys) -> Result<String, serde_json::Error> {
        let signing = keys.signing_again(&self.kid);
        tokens::sign(CredentialKind::Key, &self.claims, &signing)
    }

    /// The answer that shows it, with its text.
    ///
    /// # Errors
    /// Never in practice: claims are plain text.
    pub fn answer(self, keys: &TokenKeys) -> Result<ApiKey, serde_json::Error> {
        let secret = self.secret(keys)?;
        Ok(ApiKey {
            id: self.id(),
            scopes: Scopes::parse(self.scope()).unwrap_or_default(),
            created_at: self.created_at(),
            expires_at: self.expires_at(),
            name: self.name,
            last_used_on: None,
            secret: Some(secret),
        })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use shared_types::id::UserId;
    use shared_types::token::UnverifiedToken;
    use uuid::Uuid;

    use super::*;

    fn keys(lines: &[(&str, u8)]) -> TokenKeys {
        let line = |(id, start): &(&str, u8)| {
            let seed: [u8; 32] = std::array::from_fn(|at| {
                start.wrapping_add(u8::try_from(at * at * 7 % 251).unwrap())
            });
            format!("{id}={}\n", STANDARD.encode(seed))
        };
        TokenKeys::parse(&lines.iter().map(line).collect::<String>()).unwrap()
    }

    fn issue(expires_at: Option<&str>, now: &str) -> Result<Issued, FieldError> {
        let new = NewApiKey {
            name: "Backup".to_owned(),
            scopes: Scopes::parse("tasks:read").unwrap(),
            expires_at: expires_at.map(|at| at.parse().unwrap()),
        };
        let caller = Caller {
            user: UserId(Uuid::from_u128(1)),
            credential: CredentialId(Uuid::from_u128(2)),
            generation: 3,
            now: now.parse().unwrap(),
        };
        let id = CredentialId(Uuid::from_u128(4));
        Issued::new(&new, &caller, id, "https://m.test", &keys(&[("a", 1)]))
    }

    #[test]
    fn a_key_ends_after_a_calendar_year_at_the_latest() {
        let now = "2027-11-22T12:00:00.500Z";
        let year = "2028-11-22T12:00:00.500Z";
        let issued = issue(None, now).unwrap();
        assert_eq!(issued.expires_at().to_string(), "2028-11-22T12:00:00Z");
        assert_eq!(issue(Some(year), now), Ok(issued));
        assert!(issue(Some("2027-11-22T12:00:01Z"), now).is_ok());
        for (end, told) in [
            ("2028-11-22T12:00:00.501Z", "at most a year"),
            ("2027-11-22T12:00:00.900Z", "in the future"),
            ("2020-01-01T00:00:00Z", "in the future"),
        ] {
            let refused = issue(Some(end), now).unwrap_err();
            assert!(
                refused.field == "expires_at" && refused.message.contains(told),
                "{end}"
            );
        }
        let leap_day = "2028-02-29T00:00:00Z".parse().unwrap();
        assert_eq!(latest_end(leap_day).to_string(), "2029-02-28T00:00:00Z");
    }

    #[test]
    fn the_same_text_is_made_from_what_is_kept() {
        let issued = issue(None, "2027-11-22T12:00:00Z").unwrap();
        let kept = serde_json::to_string(&issued).unwrap();
        let again: Issued = serde_json::from_str(&kept).unwrap();
        let secret = |issued: &Issued, keys: &TokenKeys| {
            issued.clone().answer(keys).unwrap().secret.unwrap()
        };
        let (a, ba, b) = (
            keys(&[("a", 1)]),
            keys(&[("b", 2), ("a", 1)]),
            keys(&[("b", 2)]),
        );
        let first = secret(&issued, &a);
        assert!(first.starts_with("mfk_") && !kept.contains(first.rsplit_once('.').unwrap().1));
        assert_eq!(secret(&again, &a), first);
        assert_eq!(secret(&again, &ba), first, "after a rotation");
        // Once that key cannot sign any more, the text is another one, of the same claims.
        let other = secret(&again, &b);
        let token = UnverifiedToken::parse(&other).unwrap();
        assert_eq!(token.key_id, "b");
        assert_eq!(*token.verified().claims(), issued.claims);
    }
}
