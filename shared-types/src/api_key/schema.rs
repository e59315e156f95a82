//! The body that asks for an API key, as JSON Schema.

use serde_json::json;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::{PartialSchema, ToSchema};

use super::NewApiKey;
use crate::schema::{AnySchema, NOT_BLANK, closed, formatted, or_null, text, word};
use crate::scope::Scope;

impl ToSchema for NewApiKey {}
impl PartialSchema for NewApiKey {
    fn schema() -> AnySchema {
        let name = text(1, 100, NOT_BLANK)
            .description(Some("What you call it, to know it again in the list."))
            .examples(["Backup on the NAS"]);
        let grantable = Scope::ALL
            .into_iter()
            .filter(|scope| *scope != Scope::Account);
        let scopes = ArrayBuilder::new()
            .items(word(grantable.map(Scope::as_str)))
            .min_items(Some(1))
            .unique_items(true)
            .description(Some("What it may do. No key manages the account."));
        let expires_at = formatted("date-time").description(Some(
            "When it ends: RFC 3339 with an offset, at most a year ahead; a year from now unless given.",
        ));
        let fields = [
            ("name", name.into()),
            ("scopes", scopes.into()),
            ("expires_at", or_null(expires_at.into())),
        ];
        closed(fields, &["name", "scopes"])
            .description(Some("A new API key."))
            .examples([json!({"name": "Backup on the NAS", "scopes": ["tasks:read"]})])
            .into()
    }
}
