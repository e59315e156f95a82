//! The rules of a task's fields: what is read from a body, and what is said of a value that is refused.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    Complete, NewTask, PreferredTime, RecurrenceFrom, Snooze, Status, TaskContent, TaskPatch,
};
use crate::id::TaskId;
use crate::patch::Patch;
use crate::time::When;
use crate::validate::{Fields, FromFields, Refused, boolean, integer, text, trimmed_text};

pub(super) const DEFAULT_PRIORITY: u8 = 3;
pub(super) const MAX_TAGS: usize = 20;
pub(super) const MAX_DEPENDENCIES: usize = 50;
pub(super) const MAX_SNOOZE_HOURS: f64 = 366.0 * 24.0;

impl FromFields for TaskContent {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        refuse_server_fields(fields);
        let title = fields.required("title", title);
        let description = fields.optional("description", description);
        let status = fields.optional("status", |value| status(&value));
        let priority = fields.optional("priority", |value| priority(&value));
        let due_date = fields.optional("due_date", when);
        let deadline = fields.optional("deadline", when);
        let start_date = fields.optional("start_date", when);
        let snoozed_until = fields.optional("snoozed_until", when);
        let effort_estimate_minutes =
            fields.optional("effort_estimate_minutes", |value| effort(&value));
        let tags = fields.optional("tags", tags);
        let project = fields.optional("project", project);
        let preferred_time = fields.optional("preferred_time", |value| preferred_time(&value));
        let recurrence = fields.optional("recurrence", recurrence);
        let recurrence_from = fields.optional("recurrence_from", |value| recurrence_from(&value));
        let parent_id = fields.optional("parent_id", |value| task_id(&value));
        let depends_on = fields.optional("depends_on", |value| depends_on(&value));
        Some(Self {
            title: title?,
            description,
            status: status.unwrap_or(Status::Pending),
            priority: priority.unwrap_or(DEFAULT_PRIORITY),
            due_date,
            deadline,
            start_date,
            snoozed_until,
            effort_estimate_minutes,
            tags: tags.unwrap_or_default(),
            project,
            preferred_time,
            recurrence,
            recurrence_from: recurrence_from.unwrap_or(RecurrenceFrom::Schedule),
            parent_id,
            depends_on: depends_on.unwrap_or_default(),
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
            title: fields.not_null("title", title),
            description: fields.patch("description", description),
            status: fields.not_null("status", |value| status(&value)),
            priority: fields.not_null("priority", |value| priority(&value)),
            due_date: fields.patch("due_date", when),
            deadline: fields.patch("deadline", when),
            start_date: fields.patch("start_date", when),
            snoozed_until: fields.patch("snoozed_until", when),
            effort_estimate_minutes: fields
                .patch("effort_estimate_minutes", |value| effort(&value)),
            tags: or_default(fields.patch("tags", tags), Vec::new()),
            project: fields.patch("project", project),
            preferred_time: fields.patch("preferred_time", |value| preferred_time(&value)),
            recurrence: fields.patch("recurrence", recurrence),
            recurrence_from: or_default(
                fields.patch("recurrence_from", |value| recurrence_from(&value)),
                RecurrenceFrom::Schedule,
            ),
            parent_id: fields.patch("parent_id", |value| task_id(&value)),
            depends_on: or_default(
                fields.patch("depends_on", |value| depends_on(&value)),
                Vec::new(),
            ),
        })
    }
}

impl FromFields for Complete {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let cascade = fields.optional("cascade", |value| boolean(&value));
        Some(Self {
            cascade: cascade.unwrap_or_default(),
        })
    }
}

impl FromFields for Snooze {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let until = fields.optional("until", when);
        let hours = fields.optional("hours", |value| snooze_hours(value.as_f64()));
        match (until, hours) {
            (Some(_), Some(_)) => fields.refuse(
                "until",
                "cannot be given together with hours; leave one out",
            ),
            (until, hours) => Some(Self { until, hours }),
        }
    }
}

/// The hours of a snooze, from a body or a query; `None` is no number.
///
/// # Errors
/// The end of the sentence "hours …".
pub fn snooze_hours(hours: Option<f64>) -> Result<f64, Refused> {
    hours
        .filter(|hours| *hours > 0.0 && *hours <= MAX_SNOOZE_HOURS)
        .ok_or(Cow::Borrowed(
            "must be a number over 0 and at most 8784 (a year)",
        ))
}

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

/// For fields that are never null: clearing one sets it to its default.
fn or_default<T>(patch: Patch<T>, default: T) -> Option<T> {
    match patch {
        Patch::Absent => None,
        Patch::Null => Some(default),
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

/// A project's name: what a task gives and what a path or a query names.
///
/// # Errors
/// The end of the sentence "project …".
pub fn project(value: Value) -> Result<String, Refused> {
    trimmed_text(value, 1, 100)
}

/// A single tag.
///
/// # Errors
/// The end of the sentence "tag …".
pub fn tag(value: Value) -> Result<String, Refused> {
    trimmed_text(value, 1, 50)
}

fn preferred_time(value: &Value) -> Result<PreferredTime, Refused> {
    let time = value.as_str().and_then(PreferredTime::parse);
    time.ok_or(Cow::Borrowed("must be morning, afternoon or evening"))
}

fn recurrence(value: Value) -> Result<String, Refused> {
    trimmed_text(value, 1, 500)
}

fn recurrence_from(value: &Value) -> Result<RecurrenceFrom, Refused> {
    let from = value.as_str().and_then(RecurrenceFrom::parse);
    from.ok_or(Cow::Borrowed("must be schedule or completion"))
}

fn task_id(value: &Value) -> Result<TaskId, Refused> {
    let id = value.as_str().and_then(TaskId::parse);
    id.ok_or(Cow::Borrowed("must be the id of a task (a UUID)"))
}

/// Ids without repeats, in the order given.
fn depends_on(value: &Value) -> Result<Vec<TaskId>, Refused> {
    let Value::Array(items) = value else {
        return Err("must be an array of task ids".into());
    };
    let mut ids: Vec<TaskId> = Vec::with_capacity(items.len().min(MAX_DEPENDENCIES));
    for item in items {
        let id = item.as_str().and_then(TaskId::parse);
        let id = id.ok_or(Cow::Borrowed("must be an array of task ids (UUIDs)"))?;
        if ids.contains(&id) {
            continue;
        }
        if ids.len() == MAX_DEPENDENCIES {
            return Err(format!("must have at most {MAX_DEPENDENCIES} tasks").into());
        }
        ids.push(id);
    }
    Ok(ids)
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
    for given in given {
        let tag = tag(Value::String(given)).map_err(|message| format!("each tag {message}"))?;
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
