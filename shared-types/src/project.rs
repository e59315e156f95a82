//! Projects on the wire: a name that tasks share, and how many there are of each kind.

use serde::{Deserialize, Serialize};

use crate::task::project;
use crate::validate::{Fields, FromFields, boolean};

/// A project, as answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Project {
    /// 1–100 characters.
    pub name: String,
    /// Whether the user has put it away; its tasks stay as they are.
    pub archived: bool,
    /// Its open tasks.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub open: i64,
    /// Those of them that are overdue.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub overdue: i64,
    /// Its completed tasks.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub completed: i64,
}

/// The body of a PATCH.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectPatch {
    /// The new name, of the project and of all its tasks.
    pub name: Option<String>,
    /// Whether it is put away.
    pub archived: Option<bool>,
}

impl FromFields for ProjectPatch {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        for name in ["open", "overdue", "completed"] {
            fields.refuse_if_present(name, "is counted by the server; leave it out");
        }
        Some(Self {
            name: fields.not_null("name", project),
            archived: fields.not_null("archived", |value| boolean(&value)),
        })
    }
}

#[cfg(feature = "openapi")]
mod schema;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::parse;
    use serde_json::{Value, json};

    #[test]
    fn a_patch_names_what_changes() {
        let patch =
            |body: Value| parse::<ProjectPatch>(body).map_err(|errors| errors[0].field.clone());
        assert_eq!(patch(json!({})), Ok(ProjectPatch::default()));
        assert_eq!(
            patch(json!({"name": " Garden ", "archived": true})),
            Ok(ProjectPatch {
                name: Some("Garden".to_owned()),
                archived: Some(true)
            })
        );
        for (field, value) in [
            ("name", json!(null)),
            ("name", json!("")),
            ("name", json!("x".repeat(101))),
            ("archived", json!(null)),
            ("archived", json!("yes")),
            ("open", json!(1)),
            ("colour", json!("red")),
        ] {
            assert_eq!(patch(json!({ field: value })), Err(field.to_owned()));
        }
    }
}
