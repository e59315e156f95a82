//! The document of an export and the body of an import as JSON Schema.

use serde_json::json;
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, Ref, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{
    FORMAT, FORMAT_VERSION, FORMATS, MovedAccount, MovedPreferences, MovedProject, MovedTask,
    NewImport,
};
use crate::schema::{
    AnySchema, NO_NUL, NOT_BLANK, answer, boolean, closed, formatted, integer, or_null, string,
    text, word,
};
use crate::task::schema::stored;
use crate::time::When;

/// The document of an export, which is written piece by piece.
#[derive(Debug)]
pub struct Export;

impl ToSchema for Export {
    fn schemas(schemas: &mut Vec<(String, AnySchema)>) {
        schemas.push((MovedTask::name().into(), MovedTask::schema()));
        for (name, schema) in [
            (MovedAccount::name(), MovedAccount::schema()),
            (MovedPreferences::name(), MovedPreferences::schema()),
            (MovedProject::name(), MovedProject::schema()),
        ] {
            schemas.push((name.into(), schema));
        }
    }
}
impl PartialSchema for Export {
    fn schema() -> AnySchema {
        let reference = |name: &str, what: &str| {
            let mut reference = Ref::from_schema_name(name);
            what.clone_into(&mut reference.description);
            AnySchema::Ref(reference)
        };
        let list = |name: &str, what: &'static str| {
            ArrayBuilder::new()
                .items(Ref::from_schema_name(name))
                .description(Some(what))
        };
        answer(vec![
            (
                "format",
                word([FORMAT]).description(Some("What this is.")).into(),
            ),
            (
                "format_version",
                integer(FORMAT_VERSION, FORMAT_VERSION)
                    .description(Some("Which form of it."))
                    .into(),
            ),
            (
                "account",
                or_null(reference(
                    &MovedAccount::name(),
                    "Whose it is; null for a credential that may not manage the account.",
                )),
            ),
            (
                "preferences",
                reference(
                    &MovedPreferences::name(),
                    "When the user works, and what counts.",
                ),
            ),
            (
                "projects",
                list(&MovedProject::name(), "Every project, by name.").into(),
            ),
            (
                "tasks",
                list(&MovedTask::name(), "Every task that is not deleted, by id.").into(),
            ),
        ])
        .description(Some("Everything that a user has."))
        .into()
    }
}

impl ToSchema for MovedTask {}
impl PartialSchema for MovedTask {
    fn schema() -> AnySchema {
        let at = |what: &str| formatted("date-time").description(Some(what));
        let mut fields = vec![("id", formatted("uuid").description(Some("UUIDv7.")).into())];
        fields.extend(stored());
        fields.extend([
            (
                "recurrence_start",
                or_null(When::reference("The date that the recurrence is counted from, which stays when the task's dates are moved.")),
            ),
            (
                "next_occurrence_id",
                or_null(formatted("uuid").description(Some("The task that completing this one made.")).into()),
            ),
            ("not_now_at", or_null(at("When it was last put off.").into())),
            ("completed_at", or_null(at("When it was completed.").into())),
            ("created_at", at("When it was created.").into()),
        ]);
        answer(fields)
            .description(Some("A task as it is stored."))
            .into()
    }
}

impl ToSchema for NewImport {}
impl PartialSchema for NewImport {
    fn schema() -> AnySchema {
        let object = ObjectBuilder::new().schema_type(Type::Object);
        let tasks = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::Object));
        let document = AnyOfBuilder::new().item(object).item(tasks).description(Some(
            "For mindflow the object that GET /api/export gives, for taskwarrior the array that `task export` writes.",
        ));
        let csv = string().pattern(Some(NO_NUL)).description(Some(
            "For todoist-csv: the text of the file that Todoist exports a project to, as a template.",
        ));
        let project = text(1, 100, NOT_BLANK).description(Some(
            "For todoist-csv: the project that the tasks go into, which the file does not name.",
        ));
        let dry_run = boolean().default(Some(json!(false))).description(Some(
            "Whether it is only said what would be done, line by line.",
        ));
        let fields = [
            (
                "format",
                word(FORMATS).description(Some("What is brought.")).into(),
            ),
            ("document", document.into()),
            ("csv", csv.into()),
            ("project", or_null(project.into())),
            ("dry_run", or_null(dry_run.into())),
        ];
        closed(fields, &["format"])
            .description(Some("What to import: format, and document or csv."))
            .examples([
                json!({"format": "todoist-csv", "csv": "TYPE,CONTENT,PRIORITY,INDENT\ntask,Water the plants,4,1\n", "project": "Garden"}),
                json!({
                    "format": "taskwarrior", "dry_run": true,
                    "document": [{"uuid": "635de3e5-d5af-4140-9068-9e9080f7fbea", "description": "Water the plants", "status": "pending", "entry": "20261127T022348Z"}]
                }),
            ])
            .into()
    }
}
