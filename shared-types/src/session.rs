//! Sessions on the wire: what a login made, and how it is carried on.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Serialize, Serializer};

use crate::id::CredentialId;
use crate::time;
use crate::validate::{Fields, FromFields, text};

/// In which form a login is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SessionKind {
    /// Access and refresh tokens.
    Token,
    /// The dashboard's cookie.
    Cookie,
}

/// A login that holds, as answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// UUIDv7.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub id: CredentialId,
    /// In which form it is kept.
    pub kind: SessionKind,
    /// What the program that logged in called itself.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub user_agent: Option<String>,
    /// When the login was.
    #[serde(serialize_with = "time::serialize")]
    pub created_at: Timestamp,
    /// The day (UTC) on which it was last used.
    #[serde(serialize_with = "day")]
    pub last_used_on: Date,
    /// Whether it is the one that asks.
    pub current: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde gives it by reference"
)]
fn day<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

/// The body of a refresh.
#[derive(Clone, PartialEq, Eq)]
pub struct Refresh {
    /// The refresh token; none where a session cookie is to be renewed.
    pub refresh_token: Option<String>,
}

impl FromFields for Refresh {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            refresh_token: fields.optional("refresh_token", |value| text(value, 1, 256)),
        })
    }
}

#[cfg(feature = "openapi")]
mod schema;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::validate::parse;

    #[test]
    fn a_session_is_answered_as_the_contract_says() {
        let id = "0198c5a0-0000-7000-8000-0000000000aa";
        let session = Session {
            id: CredentialId::parse(id).unwrap(),
            kind: SessionKind::Cookie,
            user_agent: None,
            created_at: "2026-11-22T12:00:00Z".parse().unwrap(),
            last_used_on: jiff::civil::date(2026, 11, 23),
            current: true,
        };
        assert_eq!(
            serde_json::to_value(session).unwrap(),
            json!({
                "id": id, "kind": "cookie", "user_agent": null, "created_at": "2026-11-22T12:00:00.000Z",
                "last_used_on": "2026-11-23", "current": true
            })
        );
    }

    #[test]
    fn a_refresh_has_a_token_or_nothing() {
        let read = |body| {
            parse::<Refresh>(body)
                .map(|refresh| refresh.refresh_token)
                .map_err(|errors| errors[0].field.clone())
        };
        assert_eq!(read(json!({})), Ok(None));
        assert_eq!(
            read(json!({"refresh_token": "mfr_x"})),
            Ok(Some("mfr_x".to_owned()))
        );
        for (field, value) in [
            ("refresh_token", json!(1)),
            ("refresh_token", json!("")),
            ("refresh_token", json!("x".repeat(257))),
            ("session", json!("cookie")),
        ] {
            assert_eq!(read(json!({ field: value })), Err(field.to_owned()));
        }
    }
}
