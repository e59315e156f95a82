//! The body of a project's PATCH as JSON Schema.

use serde_json::json;
use utoipa::{PartialSchema, ToSchema};

use super::ProjectPatch;
use crate::schema::{AnySchema, boolean, closed};
use crate::task;

impl ToSchema for ProjectPatch {}
impl PartialSchema for ProjectPatch {
    fn schema() -> AnySchema {
        let name = task::schema::project()
            .description(Some("The new name, of the project and of all its tasks."));
        let archived =
            boolean().description(Some("Whether it is put away; its tasks stay as they are."));
        closed([("name", name.into()), ("archived", archived.into())], &[])
            .description(Some(
                "The fields to change: one that is left out stays as it is.",
            ))
            .examples([
                json!({"archived": true}),
                json!({"name": "House and garden"}),
            ])
            .into()
    }
}
