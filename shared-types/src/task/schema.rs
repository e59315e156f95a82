//! The task as JSON Schema (feature `openapi`): each field once, and what the answer and the three bodies make of it.

use std::borrow::Cow;

use serde_json::{Value, json};
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, Ref, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::fields::{DEFAULT_PRIORITY, MAX_DEPENDENCIES, MAX_SNOOZE_HOURS, MAX_TAGS};
use super::{
    Complete, CompletedTask, NewTask, PreferredTime, ReadStatus, RecurrenceFrom, Snooze, Status,
    Task, TaskContent, TaskPatch,
};
use crate::page::Page;
use crate::schema::{
    AnySchema, NO_NUL, NOT_BLANK, UUID_V7, answer, boolean, closed, formatted, integer, or_null,
    page, text, word,
};
use crate::time::When;

/// What a field is when no body ever set it.
enum Unset {
    /// There is no task without it.
    Impossible,
    /// This value; the field cannot be cleared.
    Kept(Value),
    /// This value, to which `null` sets it back.
    Default(Value),
    /// `null`.
    Null,
}

/// The fields that a body may set, in the order of an answer.
fn writable() -> Vec<(&'static str, AnySchema, Unset)> {
    use Unset::{Default, Impossible, Kept, Null};
    let when = When::reference;
    vec![
        ("title", title(), Impossible),
        ("description", description(), Null),
        ("status", stored_status(), Kept(json!("pending"))),
        ("priority", priority(), Kept(json!(DEFAULT_PRIORITY))),
        (
            "due_date",
            when("When you plan to have it done: a soft date."),
            Null,
        ),
        (
            "deadline",
            when("When it must be done at the latest: a hard end."),
            Null,
        ),
        ("start_date", when("It is not proposed before this."), Null),
        ("snoozed_until", when("It is hidden until this."), Null),
        ("effort_estimate_minutes", effort(), Null),
        ("tags", tags_or_text(), Default(json!([]))),
        (
            "project",
            project()
                .description(Some(
                    "The name of its project, 1 to 100 characters; made when first used.",
                ))
                .examples(["Garden"])
                .into(),
            Null,
        ),
        ("preferred_time", preferred_time(), Null),
        ("recurrence", recurrence(), Null),
        (
            "recurrence_from",
            recurrence_from(),
            Default(json!("schedule")),
        ),
        ("parent_id", parent_id(), Null),
        ("depends_on", depends_on(), Default(json!([]))),
    ]
}

/// The fields that only the server sets, in the order of an answer.
fn set_by_the_server() -> Vec<(&'static str, AnySchema)> {
    let at = |what: &str| formatted("date-time").description(Some(what));
    let version =
        "Rises by one with every change of this task; the part of its ETag that If-Match compares.";
    vec![
        ("overdue", overdue()),
        ("completed_at", or_null(at("When it was completed.").into())),
        ("created_at", at("When it was created.").into()),
        ("updated_at", at("When it last changed.").into()),
        (
            "version",
            integer(1, i64::MAX).description(Some(version)).into(),
        ),
    ]
}

/// The fields of a creation and of a replacement: what is left out or `null` gets its default.
fn content() -> Vec<(&'static str, AnySchema)> {
    let fields = writable().into_iter();
    let fields = fields.map(|(name, schema, unset)| match unset {
        Unset::Impossible => (name, schema),
        Unset::Kept(value) | Unset::Default(value) => (name, with_default(or_null(schema), value)),
        Unset::Null => (name, or_null(schema)),
    });
    fields.collect()
}

/// The fields of a creation: those of a replacement, and the id.
pub(crate) fn created() -> Vec<(&'static str, AnySchema)> {
    let id = text(36, 36, UUID_V7).description(Some(
        "Your own UUIDv7 for the task, when you make ids yourself; leave it out to have one made.",
    ));
    let mut fields = content();
    fields.push(("id", or_null(id.into())));
    fields
}

/// The fields of a partial change.
pub(crate) fn patched() -> Vec<(&'static str, AnySchema)> {
    let fields = writable()
        .into_iter()
        .map(|(name, schema, unset)| match unset {
            Unset::Impossible | Unset::Kept(_) => (name, schema),
            Unset::Default(_) | Unset::Null => (name, or_null(schema)),
        });
    fields.collect()
}

/// The fields of a completion.
pub(crate) fn completed() -> Vec<(&'static str, AnySchema)> {
    let cascade = boolean().default(Some(json!(false))).description(Some(
        "Whether its open subtasks are completed with it; else they make it a 409.",
    ));
    vec![("cascade", or_null(cascade.into()))]
}

/// The fields of a snooze.
pub(crate) fn snoozed() -> Vec<(&'static str, AnySchema)> {
    let until = When::reference("When it comes back; must lie ahead.");
    let hours = snooze_hours().description(Some(
        "For how many hours from now; three when neither is given.",
    ));
    vec![("until", or_null(until)), ("hours", or_null(hours.into()))]
}

/// The fields of an answer.
fn answered() -> Vec<(&'static str, AnySchema)> {
    let id = formatted("uuid").description(Some("UUIDv7."));
    let written = writable().into_iter().map(|(name, schema, unset)| {
        let schema = match (name, unset) {
            ("status", _) => status(),
            ("tags", _) => tags(),
            (_, Unset::Null) => or_null(schema),
            (_, _) => schema,
        };
        (name, schema)
    });
    [("id", id.into())]
        .into_iter()
        .chain(written)
        .chain(set_by_the_server())
        .collect()
}

/// The fields of a task in an export that a body may set.
pub(crate) fn stored() -> impl Iterator<Item = (&'static str, AnySchema)> {
    writable()
        .into_iter()
        .map(|(name, schema, unset)| match (name, unset) {
            ("tags", _) => (name, tags()),
            (_, Unset::Null) => (name, or_null(schema)),
            (_, _) => (name, schema),
        })
}

impl ToSchema for Task {}
impl PartialSchema for Task {
    fn schema() -> AnySchema {
        answer(answered()).description(Some("A task.")).into()
    }
}

impl ToSchema for CompletedTask {}
impl PartialSchema for CompletedTask {
    fn schema() -> AnySchema {
        let mut next = Ref::from_schema_name(Task::name());
        "The task that comes after it, when it recurs.".clone_into(&mut next.description);
        let mut fields = answered();
        fields.push(("next_occurrence", or_null(AnySchema::Ref(next))));
        answer(fields)
            .description(Some("A task that was completed, and what comes after it."))
            .into()
    }
}

impl ToSchema for Page<Task> {
    fn name() -> Cow<'static, str> {
        "TaskPage".into()
    }
}
impl PartialSchema for Page<Task> {
    fn schema() -> AnySchema {
        page::<Task>()
            .description(Some("One page of tasks."))
            .into()
    }
}

impl ToSchema for TaskContent {}
impl PartialSchema for TaskContent {
    fn schema() -> AnySchema {
        closed(content(), &["title"])
            .description(Some("The whole content of a task: a field that is left out, or null, gets its default."))
            .examples([json!({"title": "Pay the electricity bill", "priority": 4, "due_date": "2026-12-01"})])
            .into()
    }
}

impl ToSchema for NewTask {}
impl PartialSchema for NewTask {
    fn schema() -> AnySchema {
        closed(created(), &["title"])
            .description(Some("A new task. Only the title is needed."))
            .examples([
                json!({"title": "Pay the electricity bill", "due_date": "2026-12-01", "effort_estimate_minutes": 10}),
                json!({"title": "Write the report", "priority": 4, "tags": ["work", "writing"]}),
            ])
            .into()
    }
}

impl ToSchema for TaskPatch {}
impl PartialSchema for TaskPatch {
    fn schema() -> AnySchema {
        closed(patched(), &[])
            .description(Some(
                "The fields to change: one that is left out stays as it is, null clears it.",
            ))
            .examples([
                json!({"priority": 5}),
                json!({"due_date": null, "tags": "home, garden"}),
            ])
            .into()
    }
}

impl ToSchema for Complete {}
impl PartialSchema for Complete {
    fn schema() -> AnySchema {
        closed(completed(), &[])
            .description(Some("Nothing is needed: the body may be left out."))
            .examples([json!({}), json!({"cascade": true})])
            .into()
    }
}

impl ToSchema for Snooze {}
impl PartialSchema for Snooze {
    fn schema() -> AnySchema {
        closed(snoozed(), &[])
            .description(Some(
                "Until when, or for how long; not both. Without either, for three hours.",
            ))
            .examples([
                json!({}),
                json!({"hours": 1.5}),
                json!({"until": "2030-01-07"}),
            ])
            .into()
    }
}

/// The hours of a snooze: over 0, up to a year.
fn snooze_hours() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .exclusive_minimum(Some(0))
        .maximum(Some(MAX_SNOOZE_HOURS))
}

fn with_default(schema: AnySchema, value: Value) -> AnySchema {
    match schema {
        AnySchema::T(Schema::Object(mut object)) => {
            object.default = Some(value);
            object.into()
        }
        AnySchema::T(Schema::Array(mut array)) => {
            array.default = Some(value);
            array.into()
        }
        AnySchema::T(Schema::AnyOf(mut any)) => {
            any.default = Some(value);
            AnySchema::T(any.into())
        }
        other => other,
    }
}

fn title() -> AnySchema {
    text(1, 256, NOT_BLANK)
        .description(Some(
            "What is to be done: 1 to 256 characters, kept as typed but for white space around it.",
        ))
        .examples(["Pay the electricity bill"])
        .into()
}

fn description() -> AnySchema {
    text(0, 10_000, NO_NUL)
        .description(Some("Notes, up to 10,000 characters."))
        .into()
}

fn stored_status() -> AnySchema {
    word(Status::ALL.iter().map(|status| status.as_str()))
        .description(Some(
            "Where the task stands. The statuses snoozed and blocked are derived: set snoozed_until or depends_on instead.",
        ))
        .into()
}

fn status() -> AnySchema {
    word(ReadStatus::ALL.iter().map(|status| status.as_str()))
        .description(Some(
            "Where the task stands; snoozed until snoozed_until, blocked while a task in depends_on is open.",
        ))
        .into()
}

fn priority() -> AnySchema {
    integer(1, 5)
        .description(Some("From 1 (nice to have) to 5 (urgent)."))
        .into()
}

fn effort() -> AnySchema {
    integer(1, 10_080)
        .description(Some(
            "How long it will take, in minutes; at most a week, 10,080.",
        ))
        .into()
}

fn overdue() -> AnySchema {
    boolean()
        .description(Some(
            "Whether it is open and past its deadline, or else its due date.",
        ))
        .into()
}

/// The statuses that a list may ask for.
pub fn statuses() -> ArrayBuilder {
    let status = word(ReadStatus::ALL.iter().map(|status| status.as_str()));
    ArrayBuilder::new().items(status).min_items(Some(1))
}

/// The name of a tag.
pub fn tag() -> ObjectBuilder {
    text(1, 50, NOT_BLANK)
}

/// A tag in a list of them, where a comma would be two.
fn listed_tag() -> ObjectBuilder {
    text(1, 50, r"^[^,\u0000]*[^,\s\u0000][^,\u0000]*$")
}

fn tags() -> AnySchema {
    ArrayBuilder::new()
        .items(listed_tag())
        .max_items(Some(MAX_TAGS))
        .description(Some(
            "Up to 20 tags of 1 to 50 characters, without repeats.",
        ))
        .into()
}

fn tags_or_text() -> AnySchema {
    let list = ArrayBuilder::new()
        .items(listed_tag())
        .max_items(Some(MAX_TAGS))
        .examples([json!(["work", "writing"])]);
    let line =
        text(0, 1100, r"^[^,\u0000]{0,50}(,[^,\u0000]{0,50}){0,19}$").examples(["work, writing"]);
    AnyOfBuilder::new()
        .item(list)
        .item(line)
        .description(Some(
            "Up to 20 tags of 1 to 50 characters, as an array or as one string with commas; trimmed, and without repeats.",
        ))
        .into()
}

/// The name of a project.
pub fn project() -> ObjectBuilder {
    text(1, 100, NOT_BLANK)
}

fn preferred_time() -> AnySchema {
    word(PreferredTime::ALL.iter().map(|time| time.as_str()))
        .description(Some(
            "The part of the day in which it is best done: morning is 06:00 to 12:00, afternoon to 18:00, evening to 22:00.",
        ))
        .into()
}

fn recurrence() -> AnySchema {
    formatted("rrule")
        .description(Some(
            "How it recurs: an RFC 5545 RRULE, up to 500 characters, counted from due_date, else deadline, else start_date, of which one is needed.",
        ))
        .examples(["FREQ=WEEKLY;BYDAY=MO,TH"])
        .into()
}

fn recurrence_from() -> AnySchema {
    word(RecurrenceFrom::ALL.iter().map(|from| from.as_str()))
        .description(Some(
            "What the next occurrence is counted from: the dates of the rule, or the completion.",
        ))
        .into()
}

fn parent_id() -> AnySchema {
    formatted("uuid")
        .description(Some(
            "The task that it is a subtask of: an open one of yours.",
        ))
        .into()
}

fn depends_on() -> AnySchema {
    ArrayBuilder::new()
        .items(formatted("uuid"))
        .max_items(Some(MAX_DEPENDENCIES))
        .description(Some(
            "The tasks that must be done before it, up to 50 of yours; those that are completed or deleted hold nothing up.",
        ))
        .into()
}
