//! API keys on the wire: long-lived credentials that programs of a user's hold.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::id::CredentialId;
use crate::scope::{Scope, Scopes};
use crate::time::{self, When, WhenValue};
use crate::validate::{Fields, FromFields, Refused, trimmed_text};

/// The body of `POST /api/keys`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    /// 1–100 characters.
    pub name: String,
    /// At least one, never `account`.
    pub scopes: Scopes,
    /// When it ends; what is too early or too late is for the origin to say, which has the time.
    pub expires_at: Option<Timestamp>,
}

/// An API key as answered.
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// UUIDv7.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub id: CredentialId,
    /// What its user calls it.
    pub name: String,
    /// What it may do.
    #[serde(serialize_with = "scope_names")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub scopes: Scopes,
    /// When it was made.
    #[serde(serialize_with = "time::serialize")]
    pub created_at: Timestamp,
    /// When it ends.
    #[serde(serialize_with = "time::serialize")]
    pub expires_at: Timestamp,
    /// The last day (UTC) on which it was used.
    #[serde(serialize_with = "time::serialize_day")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date, required))]
    pub last_used_on: Option<Date>,
    /// The key itself, `mfk_…`, for `Authorization: Bearer`. Only in the answer that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
    pub secret: Option<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde gives a reference to the field"
)]
pub(crate) fn scope_names<S: Serializer>(
    scopes: &Scopes,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(scopes.iter().map(Scope::as_str))
}

impl FromFields for NewApiKey {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = fields.required("name", |value| trimmed_text(value, 1, 100));
        let scopes = fields.required("scopes", scopes);
        let expires_at = fields.optional("expires_at", instant);
        Some(Self {
            name: name?,
            scopes: scopes?,
            expires_at,
        })
    }
}

/// One or both of the scopes that a key can hold.
#[expect(clippy::needless_pass_by_value, reason = "as every reader of a field")]
fn scopes(value: Value) -> Result<Scopes, Refused> {
    const EXPECTED: &str = "must be a list of one or both of tasks:read and tasks:write";
    let names = value.as_array().ok_or(EXPECTED)?;
    let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
    let names = names.ok_or(EXPECTED)?;
    if names.contains(&Scope::Account.as_str()) {
        return Err(
            "must not hold account: no API key manages the account; log in for that, and leave it out here".into(),
        );
    }
    let is_one = |name: &&str| Scope::ALL.iter().any(|scope| scope.as_str() == *name);
    let scopes =
        Scopes::parse(&names.join(" ")).filter(|_| !names.is_empty() && names.iter().all(is_one));
    scopes.ok_or_else(|| EXPECTED.into())
}

fn instant(value: Value) -> Result<Timestamp, Refused> {
    const EXPECTED: &str = "must be RFC 3339 with an offset, as in 2027-11-30T17:00:00Z";
    let Value::String(text) = value else {
        return Err(EXPECTED.into());
    };
    match When::parse(text).map(|when| when.value()) {
        Ok(WhenValue::Instant(at)) => Ok(at),
        _ => Err(EXPECTED.into()),
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
    fn a_key_is_asked_for_by_name_scopes_and_perhaps_its_end() {
        let asked = json!({"name": " Backup ", "scopes": ["tasks:write", "tasks:read"], "expires_at": "2027-01-01T00:00:00+01:00"});
        let asked: NewApiKey = parse(asked).unwrap();
        assert_eq!(asked.name, "Backup");
        assert_eq!(asked.scopes.to_string(), "tasks:read tasks:write");
        assert_eq!(
            asked.expires_at.unwrap().to_string(),
            "2026-12-31T23:00:00Z"
        );
        let least: NewApiKey = parse(json!({"name": "a", "scopes": ["tasks:read"]})).unwrap();
        assert_eq!(least.expires_at, None);
    }

    #[test]
    fn what_no_key_can_have_is_refused_with_the_remedy() {
        let refused = |field: &str, value: Value| {
            let mut body = json!({"name": "a", "scopes": ["tasks:read"]});
            body[field] = value;
            let errors = parse::<NewApiKey>(body).unwrap_err();
            assert_eq!((errors.len(), errors[0].field.as_str()), (1, field));
            errors[0].message.clone()
        };
        for scopes in [
            json!([]),
            json!(["admin"]),
            json!(["tasks:read", "tasks:read"]),
            json!(["tasks:read tasks:write"]),
            json!([""]),
            json!("tasks:read"),
            json!([1]),
            json!(null),
        ] {
            assert!(refused("scopes", scopes).starts_with("must be a list of"));
        }
        assert!(refused("scopes", json!(["account", "tasks:read"])).contains("log in for that"));
        for name in [json!(" "), json!("x".repeat(101)), json!("a\0"), json!(1)] {
            refused("name", name);
        }
        for end in [
            json!("2027-01-01"),
            json!("2027-01-01T00:00:00"),
            json!("soon"),
            json!(1),
        ] {
            assert!(refused("expires_at", end).contains("RFC 3339"));
        }
    }

    #[test]
    fn a_key_is_answered_as_the_contract_says() {
        let mut key = ApiKey {
            id: CredentialId::parse("0198c5a0-0000-7000-8000-0000000000aa").unwrap(),
            name: "Backup".to_owned(),
            scopes: Scopes::of(&[Scope::TasksRead]),
            created_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::UNIX_EPOCH,
            last_used_on: None,
            secret: Some("mfk_…".to_owned()),
        };
        let expected = json!({
            "id": "0198c5a0-0000-7000-8000-0000000000aa", "name": "Backup", "scopes": ["tasks:read"],
            "created_at": "1970-01-01T00:00:00.000Z", "expires_at": "1970-01-01T00:00:00.000Z",
            "last_used_on": null, "secret": "mfk_…",
        });
        assert_eq!(serde_json::to_value(&key).unwrap(), expected);
        key.secret = None;
        key.last_used_on = Some("2026-11-22".parse().unwrap());
        let value = serde_json::to_value(&key).unwrap();
        assert_eq!(value["last_used_on"], "2026-11-22");
        assert!(value.get("secret").is_none());
    }
}
