//! The task: its shape on the wire and the rules of its fields (contract.md, "Shapes").

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::id::TaskId;
use crate::patch::Patch;
use crate::time::{self, When};
use crate::validate::{Fields, FromFields, Refused, integer, text, trimmed_text};

/// The status that is stored. What is derived (snoozed, blocked) is never written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Open, not begun.
    #[default]
    Pending,
    /// Open, begun.
    InProgress,
    /// Done.
    Completed,
}

impl Status {
    /// Every stored status.
    pub const ALL: [Self; 3] = [Self::Pending, Self::InProgress, Self::Completed];

    /// The name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// A task as it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    /// UUIDv7.
    pub id: TaskId,
    /// 1–256 characters, as typed.
    pub title: String,
    /// Up to 10,000 characters.
    pub description: Option<String>,
    /// As read.
    pub status: Status,
    /// 1 (nice to have) to 5 (urgent).
    pub priority: u8,
    /// When the user plans to have it done, in the form given.
    pub due_date: Option<When>,
    /// Minutes, 1–10,080.
    pub effort_estimate_minutes: Option<u16>,
    /// Up to 20 of 1–50 characters.
    pub tags: Vec<String>,
    /// Open and past its due date.
    pub overdue: bool,
    /// When it was completed.
    #[serde(serialize_with = "time::serialize_option")]
    pub completed_at: Option<Timestamp>,
    /// When it was created.
    #[serde(serialize_with = "time::serialize")]
    pub created_at: Timestamp,
    /// When it last changed.
    #[serde(serialize_with = "time::serialize")]
    pub updated_at: Timestamp,
    /// Rises with every change of this task; part of its `ETag`.
    pub version: i64,
}

/// The content of a task: what a creation gives, and what a PUT puts in its place (missing = default).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskContent {
    /// See [`Task::title`].
    pub title: String,
    /// See [`Task::description`].
    pub description: Option<String>,
    /// Default `pending`.
    pub status: Status,
    /// Default 3.
    pub priority: u8,
    /// See [`Task::due_date`].
    pub due_date: Option<When>,
    /// Minutes.
    pub effort_estimate_minutes: Option<u16>,
    /// Default none.
    pub tags: Vec<String>,
}

/// The body of a creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTask {
    /// The client's own UUIDv7, when it gives one.
    pub id: Option<TaskId>,
    /// All else.
    pub content: TaskContent,
}

/// The body of a PATCH: what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskPatch {
    /// Cannot be cleared.
    pub title: Option<String>,
    /// `null` clears.
    pub description: Patch<String>,
    /// Cannot be cleared.
    pub status: Option<Status>,
    /// Cannot be cleared.
    pub priority: Option<u8>,
    /// `null` clears.
    pub due_date: Patch<When>,
    /// `null` clears.
    pub effort_estimate_minutes: Patch<u16>,
    /// `null` clears.
    pub tags: Patch<Vec<String>>,
}

impl FromFields for TaskContent {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        refuse_server_fields(fields);
        let title = fields.required("title", title);
        let description = fields.optional("description", description);
        let status = fields.optional("status", |value| status(&value));
        let priority = fields.optional("priority", |value| priority(&value));
        let due_date = fields.optional("due_date", when);
        let effort_estimate_minutes =
            fields.optional("effort_estimate_minutes", |value| effort(&value));
        let tags = fields.optional("tags", tags);
        Some(Self {
            title: title?,
            description,
            status: status.unwrap_or_default(),
            priority: priority.unwrap_or(DEFAULT_PRIORITY),
            due_date,
            effort_estimate_minutes,
            tags: tags.unwrap_or_default(),
        })
    }
}

impl FromFields for NewTask {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let id = fields.optional("id", |value| {
            value
                .as_str()
                .and_then(TaskId::parse_v7)
                .ok_or(Cow::Borrowed(
                    "must be a UUIDv7; leave it out to have one made",
                ))
        });
        Some(Self {
            id,
            content: TaskContent::from_fields(fields)?,
        })
    }
}

impl FromFields for TaskPatch {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.refuse_if_present("id", "cannot be changed; leave it out");
        refuse_server_fields(fields);
        Some(Self {
            title: not_null(fields, "title", title),
            description: fields.patch("description", description),
            status: not_null(fields, "status", |value| status(&value)),
            priority: not_null(fields, "priority", |value| priority(&value)),
            due_date: fields.patch("due_date", when),
            effort_estimate_minutes: fields
                .patch("effort_estimate_minutes", |value| effort(&value)),
            tags: fields.patch("tags", tags),
        })
    }
}

/// A replacement is a patch that names every field.
impl From<TaskContent> for TaskPatch {
    fn from(content: TaskContent) -> Self {
        fn whole<T>(value: Option<T>) -> Patch<T> {
            value.map_or(Patch::Null, Patch::Value)
        }
        Self {
            title: Some(content.title),
            description: whole(content.description),
            status: Some(content.status),
            priority: Some(content.priority),
            due_date: whole(content.due_date),
            effort_estimate_minutes: whole(content.effort_estimate_minutes),
            tags: Patch::Value(content.tags),
        }
    }
}

impl TaskPatch {
    /// The content after the patch: the one place that says what a PATCH does.
    #[must_use]
    pub fn apply(self, content: TaskContent) -> TaskContent {
        fn patched<T>(patch: Patch<T>, now: Option<T>) -> Option<T> {
            match patch {
                Patch::Absent => now,
                Patch::Null => None,
                Patch::Value(value) => Some(value),
            }
        }
        TaskContent {
            title: self.title.unwrap_or(content.title),
            description: patched(self.description, content.description),
            status: self.status.unwrap_or(content.status),
            priority: self.priority.unwrap_or(content.priority),
            due_date: patched(self.due_date, content.due_date),
            effort_estimate_minutes: patched(
                self.effort_estimate_minutes,
                content.effort_estimate_minutes,
            ),
            tags: patched(self.tags, Some(content.tags)).unwrap_or_default(),
        }
    }
}

const DEFAULT_PRIORITY: u8 = 3;
const MAX_TAGS: usize = 20;

fn refuse_server_fields(fields: &mut Fields) {
    for name in [
        "overdue",
        "completed_at",
        "created_at",
        "updated_at",
        "version",
    ] {
        fields.refuse_if_present(name, "is set by the server; leave it out");
    }
}

fn not_null<T>(
    fields: &mut Fields,
    name: &str,
    read: impl FnOnce(Value) -> Result<T, Refused>,
) -> Option<T> {
    match fields.patch(name, read) {
        Patch::Absent => None,
        Patch::Null => fields.refuse(name, "cannot be cleared; give a value or leave it out"),
        Patch::Value(value) => Some(value),
    }
}

fn title(value: Value) -> Result<String, Refused> {
    trimmed_text(value, 1, 256)
}

fn description(value: Value) -> Result<String, Refused> {
    text(value, 0, 10_000)
}

fn priority(value: &Value) -> Result<u8, Refused> {
    integer(value, 1, 5).map(|number| u8::try_from(number).unwrap_or(DEFAULT_PRIORITY))
}

fn effort(value: &Value) -> Result<u16, Refused> {
    integer(value, 1, 10_080).map(|number| u16::try_from(number).unwrap_or(u16::MAX))
}

fn when(value: Value) -> Result<When, Refused> {
    When::parse(text(value, 1, 64)?)
}

fn status(value: &Value) -> Result<Status, Refused> {
    match value.as_str() {
        Some("snoozed") => {
            Err("is derived; to hide a task for a while, POST /api/tasks/{id}/snooze".into())
        }
        Some("blocked") => Err("is derived; to block a task by another, set depends_on".into()),
        name => name
            .and_then(Status::parse)
            .ok_or(Cow::Borrowed("must be pending, in_progress or completed")),
    }
}

/// An array of strings, or one string with commas; trimmed and without repeats, in the order given.
fn tags(value: Value) -> Result<Vec<String>, Refused> {
    let given: Vec<String> = match value {
        Value::String(list) => list
            .split(',')
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
            .map(ToOwned::to_owned)
            .collect(),
        Value::Array(items) => items
            .into_iter()
            .map(|item| match item {
                Value::String(tag) if tag.contains(',') => {
                    Err("must not contain a comma inside a tag".into())
                }
                Value::String(tag) => Ok(tag),
                _ => Err(Cow::Borrowed(
                    "must be an array of strings, or one string with commas",
                )),
            })
            .collect::<Result<_, Refused>>()?,
        _ => return Err("must be an array of strings, or one string with commas".into()),
    };
    let mut tags: Vec<String> = Vec::with_capacity(given.len().min(MAX_TAGS));
    for tag in given {
        let tag = trimmed_text(Value::String(tag), 1, 50)
            .map_err(|message| format!("each tag {message}"))?;
        if tags.contains(&tag) {
            continue;
        }
        if tags.len() == MAX_TAGS {
            return Err(format!("must have at most {MAX_TAGS} tags").into());
        }
        tags.push(tag);
    }
    Ok(tags)
}

#[cfg(test)]
mod tests;
