//! What leaves and what comes in: the document of an export, the body of an import and its report.
//!
//! A task of the document holds all that is stored of it but what a server keeps for itself (version, time of the last
//! change), so importing it somewhere else and exporting it there gives the same document.

#[cfg(feature = "openapi")]
pub mod schema;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::id::TaskId;
use crate::preferences::{ClockTime, WorkDays};
use crate::task::{Status, TaskContent, project};
use crate::time::{self, When, WhenValue};
use crate::validate::{Fields, FromFields, Refused, text};
use crate::weights::Weights;

/// What the document says it is.
pub const FORMAT: &str = "mindflow";

/// Which form of the document this release writes; it reads this one and earlier ones.
pub const FORMAT_VERSION: i64 = 1;

/// How many tasks one import may bring.
pub const MAX_TASKS: usize = 10_000;

/// How many projects one import may bring.
pub const MAX_PROJECTS: usize = 10_000;

/// A task in the document. Written as JSON, its fields have the names of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MovedTask {
    /// UUIDv7; kept by an import, so that links stay what they are.
    pub id: TaskId,
    /// What a caller may write.
    #[serde(flatten)]
    pub content: TaskContent,
    /// The date that the rule began with, where the task recurs.
    pub recurrence_start: Option<When>,
    /// The occurrence that completing this one made.
    pub next_occurrence_id: Option<TaskId>,
    /// When it was last put off.
    #[serde(serialize_with = "time::serialize_option")]
    pub not_now_at: Option<Timestamp>,
    /// When it was completed; only of a completed task.
    #[serde(serialize_with = "time::serialize_option")]
    pub completed_at: Option<Timestamp>,
    /// When it was created.
    #[serde(serialize_with = "time::serialize")]
    pub created_at: Timestamp,
}

impl FromFields for MovedTask {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let id = fields.required("id", |value| {
            let id = value.as_str().and_then(TaskId::parse_v7);
            id.ok_or("must be a UUIDv7".into())
        });
        let recurrence_start =
            fields.optional("recurrence_start", |value| When::parse(text(value, 1, 64)?));
        let next_occurrence_id = fields.optional("next_occurrence_id", |value| {
            let id = value.as_str().and_then(TaskId::parse);
            id.ok_or("must be the id of a task (a UUID)".into())
        });
        let not_now_at = fields.optional("not_now_at", instant);
        let completed_at = fields.optional("completed_at", instant);
        let created_at = fields.required("created_at", instant);
        let content = TaskContent::from_fields(fields)?;
        if completed_at.is_some() != (content.status == Status::Completed) {
            return fields.refuse(
                "completed_at",
                "must be there when status is completed, and only then",
            );
        }
        Some(Self {
            id: id?,
            content,
            recurrence_start,
            next_occurrence_id,
            not_now_at,
            completed_at,
            created_at: created_at?,
        })
    }
}

/// An instant as the server writes it.
fn instant(value: Value) -> Result<Timestamp, Refused> {
    match When::parse(text(value, 1, 64)?)?.value() {
        WhenValue::Instant(at) => Ok(at),
        _ => Err("must be RFC 3339 with an offset (2026-11-30T17:00:00Z)".into()),
    }
}

/// A project in the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MovedProject {
    /// Its name.
    pub name: String,
    /// Whether it is archived.
    pub archived: bool,
}

impl FromFields for MovedProject {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = fields.required("name", project);
        let archived = fields.optional("archived", |value| crate::validate::boolean(&value));
        Some(Self {
            name: name?,
            archived: archived.unwrap_or_default(),
        })
    }
}

/// Whose document it is; an import does not look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MovedAccount {
    /// The address.
    pub email: String,
    /// The name.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub full_name: Option<String>,
    /// When the account was made.
    #[serde(serialize_with = "time::serialize")]
    pub created_at: Timestamp,
}

/// Preferences in the document: as they are answered, but for working hours that were never chosen, which are left
/// out, so that they are not chosen by an import either.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MovedPreferences {
    /// An IANA name.
    pub time_zone: String,
    /// When a working day begins, if that was ever chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
    pub work_start: Option<ClockTime>,
    /// When it ends, if that was ever chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
    pub work_end: Option<ClockTime>,
    /// The days that are worked on, 1 (Monday) to 7, if that was ever chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<i32>, required = false))]
    pub work_days: Option<WorkDays>,
    /// The language in which texts are searched.
    pub search_language: String,
    /// What each factor of the ranking counts for.
    pub weights: Weights,
}

/// The body of `POST /api/import`.
#[derive(Clone, Debug, PartialEq)]
pub struct NewImport {
    /// What is brought.
    pub source: Source,
    /// Whether it is only said what would be done.
    pub dry_run: bool,
}

/// What an import brings, not yet looked into.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// The document of an export.
    Mindflow(Value),
    /// A project of Todoist's, as its export as a template writes it.
    TodoistCsv {
        /// The text of the file.
        csv: String,
        /// The project that the tasks go into: the file does not name it.
        project: Option<String>,
    },
    /// The tasks of `task export`.
    Taskwarrior(Vec<Value>),
}

/// The names of the formats.
const FORMATS: [&str; 3] = [FORMAT, "todoist-csv", "taskwarrior"];

impl FromFields for NewImport {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let format = fields.required("format", |value| {
            let known = FORMATS.into_iter().find(|name| value == *name);
            known.ok_or_else(|| format!("must be one of {}", FORMATS.join(", ")).into())
        });
        let dry_run = fields.optional("dry_run", |value| crate::validate::boolean(&value));
        let Some(format) = format else {
            // Which fields belong to it is not known then: those that are there are not complained of.
            for name in ["document", "csv", "project"] {
                fields.optional(name, |_| Ok(()));
            }
            return None;
        };
        let source = if format == FORMATS[1] {
            fields.refuse_if_present(
                "document",
                "belongs to the other formats; give the file's text in csv",
            );
            let csv = fields.required("csv", |value| match value {
                Value::String(csv) if csv.contains('\0') => Err("must not contain U+0000".into()),
                Value::String(csv) => Ok(csv),
                _ => Err("must be the text of the file, as a string".into()),
            });
            let project = fields.optional("project", project);
            csv.map(|csv| Source::TodoistCsv { csv, project })
        } else {
            for name in ["csv", "project"] {
                fields.refuse_if_present(
                    name,
                    "belongs to the format todoist-csv; give the JSON of the export in document",
                );
            }
            let document = |value: Value| match (format, value) {
                (FORMAT, value @ Value::Object(_)) => Ok(Source::Mindflow(value)),
                (FORMAT, _) => Err("must be the object that GET /api/export gives".into()),
                (_, Value::Array(tasks)) => Ok(Source::Taskwarrior(tasks)),
                _ => Err("must be the array that `task export` writes".into()),
            };
            fields.required("document", document)
        };
        Some(Self {
            source: source?,
            dry_run: dry_run.unwrap_or_default(),
        })
    }
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineOutcome {
    /// A new task.
    Created,
    /// A task that was there is now as the line says.
    Updated,
    /// Nothing was done.
    Skipped,
    /// It became part of the task of another line.
    Merged,
    /// Said about the whole.
    Noted,
}

/// What became of one line, and why, or what of it was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportLine {
    /// Of a file, its line; of a JSON document, the place of the task in its array, from 1. 0 is the document itself.
    pub line: u32,
    /// What was done.
    pub outcome: LineOutcome,
    /// Why it was skipped, or what of it was changed or left out.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub because: Option<String>,
}

/// What an import did, or would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// Whether nothing was changed because that was asked for.
    pub dry_run: bool,
    /// New tasks.
    pub created: u32,
    /// Tasks that were there and have changed.
    pub updated: u32,
    /// Tasks that were not imported.
    pub skipped: u32,
    /// One for each line that was looked at.
    pub lines: Vec<ReportLine>,
    /// The change that undoes all of it; null when no task has changed.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub change_id: Option<Uuid>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::validate::parse;

    fn refused(body: Value) -> Vec<String> {
        let errors = parse::<NewImport>(body).unwrap_err();
        errors.into_iter().map(|error| error.field).collect()
    }

    fn task() -> Value {
        json!({
            "id": "0198c5a0-0000-7000-8000-0000000000aa", "title": "Write", "description": null, "status": "completed",
            "priority": 4, "due_date": "2026-11-30", "deadline": null, "start_date": null, "snoozed_until": null,
            "effort_estimate_minutes": 30, "tags": ["a"], "project": null, "preferred_time": "morning",
            "recurrence": "FREQ=DAILY", "recurrence_from": "completion", "parent_id": null,
            "depends_on": ["0198c5a0-0000-7000-8000-0000000000bb"], "recurrence_start": "2026-11-29",
            "next_occurrence_id": "0198c5a0-0000-7000-8000-0000000000cc", "not_now_at": "2026-11-28T10:00:00.123Z",
            "completed_at": "2026-11-28T11:00:00.000Z", "created_at": "2026-11-01T00:00:00.000Z"
        })
    }

    #[test]
    fn a_task_is_written_as_it_is_read() {
        let read = parse::<MovedTask>(task()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), task());
    }

    #[test]
    fn a_task_is_completed_at_some_time_or_not_at_all() {
        let refused = |change: Value| {
            let mut task = task();
            for (name, value) in change.as_object().unwrap() {
                task[name] = value.clone();
            }
            let errors = parse::<MovedTask>(task).unwrap_err();
            errors
                .into_iter()
                .map(|error| error.field)
                .collect::<Vec<_>>()
        };
        assert_eq!(refused(json!({"completed_at": null})), ["completed_at"]);
        assert_eq!(refused(json!({"status": "pending"})), ["completed_at"]);
        assert_eq!(refused(json!({"created_at": "2026-11-01"})), ["created_at"]);
        assert_eq!(refused(json!({"version": 3})), ["version"]);
        assert_eq!(refused(json!({"title": " ", "id": "x"})), ["id", "title"]);
    }

    #[test]
    fn each_format_has_its_own_field() {
        assert!(parse::<NewImport>(json!({"format": "mindflow", "document": {}})).is_ok());
        assert!(
            parse::<NewImport>(json!({"format": "taskwarrior", "document": [], "dry_run": true}))
                .is_ok()
        );
        assert!(
            parse::<NewImport>(json!({"format": "todoist-csv", "csv": "", "project": "Home"}))
                .is_ok()
        );
        for (body, fields) in [
            (json!({}), vec!["format"]),
            (json!({"format": "csv", "csv": ""}), vec!["format"]),
            (json!({"format": "mindflow"}), vec!["document"]),
            (
                json!({"format": "mindflow", "document": []}),
                vec!["document"],
            ),
            (
                json!({"format": "taskwarrior", "document": {}}),
                vec!["document"],
            ),
            (
                json!({"format": "taskwarrior", "document": [], "project": "x"}),
                vec!["project"],
            ),
            (
                json!({"format": "todoist-csv", "document": {}, "csv": ""}),
                vec!["document"],
            ),
            (
                json!({"format": "todoist-csv", "csv": "a\u{0}"}),
                vec!["csv"],
            ),
            (json!({"format": "todoist-csv", "csv": 1}), vec!["csv"]),
            (
                json!({"format": "todoist-csv", "csv": "", "project": "", "dry_run": 1, "x": 1}),
                vec!["dry_run", "project", "x"],
            ),
        ] {
            let mut named = refused(body.clone());
            named.sort();
            assert_eq!(named, fields, "{body}");
        }
    }
}
