//! Allowed apps on the wire: OAuth grants of a user's.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::api_key::scope_names;
use crate::id::CredentialId;
use crate::scope::Scopes;
use crate::time;

/// An app that its user has allowed, and may end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct App {
    /// UUIDv7.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub id: CredentialId,
    /// What the app calls itself.
    pub client_name: String,
    /// What it may do.
    #[serde(serialize_with = "scope_names")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub scopes: Scopes,
    /// When it was allowed.
    #[serde(serialize_with = "time::serialize")]
    pub allowed_at: Timestamp,
    /// The last day (UTC) on which it was used.
    #[serde(serialize_with = "time::serialize_day")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date, required))]
    pub last_used_on: Option<Date>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_app_is_answered_as_the_contract_says() {
        let id = "0198c5a0-0000-7000-8000-0000000000aa";
        let app = App {
            id: CredentialId::parse(id).unwrap(),
            client_name: "ChatGPT".to_owned(),
            scopes: Scopes::parse("tasks:read").unwrap(),
            allowed_at: "2026-11-22T12:00:00Z".parse().unwrap(),
            last_used_on: None,
        };
        assert_eq!(
            serde_json::to_value(app).unwrap(),
            json!({
                "id": id, "client_name": "ChatGPT", "scopes": ["tasks:read"],
                "allowed_at": "2026-11-22T12:00:00.000Z", "last_used_on": null
            })
        );
    }
}
