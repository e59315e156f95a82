//! Changes of tasks: create, change, delete, and the steps of a task's life.

use axum::extract::State;
use axum::http::{StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared_types::id::TaskId;
use shared_types::patch::Patch;
use shared_types::task::{
    Complete, CompletedTask, NewTask, Snooze, Task, TaskContent, TaskPatch, snooze_hours,
};
use shared_types::time::{When, rfc3339_millis};
use shared_types::validate::{FieldError, Fields, FromFields};

use crate::app::Shared;
use crate::db::tasks::{self, Action, Answer, Edit, Outcome, Refusal, Written};
use crate::db::{Caller, Terms};
use crate::domain::recurring;
use crate::domain::user_time::UserTime;
use crate::error::Error;
use crate::extract::{Change, Writer, query_text};
use crate::reply::Reply;

const DEFAULT_SNOOZE_HOURS: f64 = 3.0;

/// Create a task.
///
/// Only the title is needed. Give a date or an estimate when the user names one: what to do next is answered
/// better by it.
#[utoipa::path(
    post, path = "/api/tasks", tag = "Tasks", request_body = NewTask, security(("bearer" = ["tasks:write"])),
    responses(
        (status = CREATED, description = "The new task.", body = Task),
        (status = CONFLICT, description = "A task with this id exists already, or did. Leave the id out to have one made."),
    ),
)]
pub async fn create_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change {
        body: mut new,
        terms,
        ..
    }: Change<(), NewTask>,
) -> Result<Reply, Error> {
    recurring::settle(&mut new.content)?;
    let id = new.id.unwrap_or_else(|| TaskId(app.new_id()));
    let key = terms.key.as_ref();
    let written = tasks::create_task(&app.db, &caller, key, &new, id, app.new_id()).await?;
    answer(Form::Created, written)
}

/// Change a task.
///
/// Changes the fields that the body names and leaves the others; null clears one.
#[utoipa::path(
    patch, path = "/api/tasks/{id}", tag = "Tasks", request_body = TaskPatch, security(("bearer" = ["tasks:write"])),
    responses(
        (status = OK, description = "The task after the change.", body = Task),
        (status = CONFLICT, description = "It would be completed, and has open subtasks. Complete them first, or all at once with `cascade`."),
    ),
)]
pub async fn update_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    mut change: Change<TaskId, TaskPatch>,
) -> Result<Reply, Error> {
    settle_patch(&mut change.body)?;
    let edit = edit(Action::Update, json!(change.body));
    run(&app, &caller, change.id, &change.terms, &edit, Form::Task).await
}

/// Replace a task.
///
/// Sets every field: one that is left out gets its default.
#[utoipa::path(
    put, path = "/api/tasks/{id}", tag = "Tasks", request_body = TaskContent, security(("bearer" = ["tasks:write"])),
    responses(
        (status = OK, description = "The task after the change.", body = Task),
        (status = CONFLICT, description = "It would be completed, and has open subtasks. Complete them first, or all at once with `cascade`."),
    ),
)]
pub async fn replace_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    mut change: Change<TaskId, TaskContent>,
) -> Result<Reply, Error> {
    recurring::settle(&mut change.body)?;
    let edit = edit(Action::Replace, json!(TaskPatch::from(change.body)));
    run(&app, &caller, change.id, &change.terms, &edit, Form::Task).await
}

/// Delete a task.
///
/// A parent takes its subtasks with it.
#[utoipa::path(
    delete, path = "/api/tasks/{id}", tag = "Tasks", security(("bearer" = ["tasks:write"])),
    responses((status = NO_CONTENT, description = "It is deleted.")),
)]
pub async fn delete_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    change: Change<TaskId>,
) -> Result<Reply, Error> {
    let edit = edit(Action::Delete, json!({}));
    run(&app, &caller, change.id, &change.terms, &edit, Form::Gone).await
}

/// Start a task.
///
/// Sets the stored status to `in_progress`, also of a task that is snoozed, blocked or not to be started yet. Starting
/// what is started changes nothing.
#[utoipa::path(
    post, path = "/api/tasks/{id}/start", tag = "Tasks", security(("bearer" = ["tasks:write"])),
    responses(
        (status = OK, description = "The task after the change.", body = Task),
        (status = CONFLICT, description = "The task is completed. Reopen it first."),
    ),
)]
pub async fn start_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    change: Change<TaskId>,
) -> Result<Reply, Error> {
    let edit = edit(Action::Start, json!({"status": "in_progress"}));
    run(&app, &caller, change.id, &change.terms, &edit, Form::Task).await
}

/// Complete a task.
///
/// A recurring task comes back as `next_occurrence`. Completing what is completed changes nothing.
#[utoipa::path(
    post, path = "/api/tasks/{id}/complete", tag = "Tasks", request_body = Complete, security(("bearer" = ["tasks:write"])),
    responses(
        (status = OK, description = "The task after the change, and what comes after it.", body = CompletedTask),
        (status = CONFLICT, description = "It has open subtasks. Complete them first, or all at once with `cascade`."),
    ),
)]
pub async fn complete_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    change: Change<TaskId, Complete>,
) -> Result<Reply, Error> {
    let edit = Edit {
        cascade: change.body.cascade,
        ..edit(Action::Complete, json!({"status": "completed"}))
    };
    run(
        &app,
        &caller,
        change.id,
        &change.terms,
        &edit,
        Form::Completed,
    )
    .await
}

/// Reopen a task.
///
/// Makes a task pending again. Reopening what is pending changes nothing.
#[utoipa::path(
    post, path = "/api/tasks/{id}/reopen", tag = "Tasks", security(("bearer" = ["tasks:write"])),
    responses((status = OK, description = "The task after the change.", body = Task)),
)]
pub async fn reopen_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    change: Change<TaskId>,
) -> Result<Reply, Error> {
    let edit = edit(Action::Reopen, json!({"status": "pending"}));
    run(&app, &caller, change.id, &change.terms, &edit, Form::Task).await
}

/// Put a task off.
///
/// Says "not now" to a task that was named as the next one: it loses points, which come back by themselves within
/// days. Snooze it instead to hide it.
#[utoipa::path(
    post, path = "/api/tasks/{id}/not-now", tag = "Tasks", security(("bearer" = ["tasks:write"])),
    responses(
        (status = OK, description = "The task after the change.", body = Task),
        (status = CONFLICT, description = "The task is completed. Reopen it first."),
    ),
)]
pub async fn put_off_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    change: Change<TaskId>,
) -> Result<Reply, Error> {
    let edit = edit(
        Action::NotNow,
        json!({"not_now_at": rfc3339_millis(caller.now)}),
    );
    run(&app, &caller, change.id, &change.terms, &edit, Form::Task).await
}

/// The query of a snooze.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SnoozeQuery {
    /// For how many hours, for clients that send no body; not together with `until` or `hours` in the body.
    #[param(exclusive_minimum = 0, maximum = 8784)]
    hours: Option<f64>,
}

impl FromFields for SnoozeQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let hours = fields.optional("hours", |value| {
            snooze_hours(query_text(&value)?.parse().ok())
        });
        Some(Self { hours })
    }
}

/// Snooze a task.
///
/// Hides it until a date, or for some hours; for three when nothing is said. Give `until` or `hours`, not both.
#[utoipa::path(
    post, path = "/api/tasks/{id}/snooze", tag = "Tasks", params(SnoozeQuery), request_body = Snooze, security(("bearer" = ["tasks:write"])),
    responses(
        (status = OK, description = "The task after the change.", body = Task),
        (status = CONFLICT, description = "The task is completed. Reopen it first."),
    ),
)]
pub async fn snooze_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    change: Change<TaskId, Snooze, SnoozeQuery>,
) -> Result<Reply, Error> {
    let Snooze { until, hours } = change.body;
    let until = match (until, hours, change.query.hours) {
        (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            let message = "is given in the query and the body; leave one out";
            return Err(Error::invalid("hours", message));
        }
        (until, body, query) => snooze_until(until, body.or(query), caller.now)?,
    };
    let edit = edit(Action::Snooze, json!({"snoozed_until": until}));
    run(&app, &caller, change.id, &change.terms, &edit, Form::Task).await
}

/// Until when a task sleeps that is snoozed `now`, as it is stored.
pub(in crate::routes) fn snooze_until(
    until: Option<When>,
    hours: Option<f64>,
    now: Timestamp,
) -> Result<Value, Error> {
    if let Some(until) = until {
        return Ok(json!(until));
    }
    let hours = hours.unwrap_or(DEFAULT_SNOOZE_HOURS);
    Ok(json!(rfc3339_millis(hours_after(now, hours)?)))
}

/// Brings the rule of a patch, if it has one, into the form that is stored.
pub(in crate::routes) fn settle_patch(patch: &mut TaskPatch) -> Result<(), FieldError> {
    if let Patch::Value(rule) = &mut patch.recurrence {
        *rule = recurring::rule(rule)?;
    }
    Ok(())
}

/// At least a millisecond later: a shorter time would be written as none.
fn hours_after(now: Timestamp, hours: f64) -> Result<Timestamp, Error> {
    SignedDuration::try_from_secs_f64(hours * 3600.0)
        .and_then(|length| now.checked_add(length.max(SignedDuration::from_millis(1))))
        .map_err(Error::internal)
}

const fn edit(action: Action, patch: Value) -> Edit {
    Edit {
        action,
        patch,
        cascade: false,
    }
}

/// What the answer to a change looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Created,
    Task,
    /// With the next occurrence, also when there is none.
    Completed,
    Gone,
}

async fn run(
    app: &Shared,
    caller: &Caller,
    id: TaskId,
    terms: &Terms,
    edit: &Edit,
    form: Form,
) -> Result<Reply, Error> {
    let next = TaskId(app.new_id());
    let consult = |row: &Value, time: &UserTime| consult(row, time, caller.now, next);
    let change = app.new_id();
    let written = tasks::edit_task(&app.db, caller, id, terms, change, edit, &consult).await?;
    answer(form, written)
}

/// What is said about a recurring task whose row is to be this: the row of its next occurrence, when it is completed
/// `now`; else whether a new rule can be.
pub(in crate::routes) fn consult(
    row: &Value,
    time: &UserTime,
    now: Timestamp,
    next: TaskId,
) -> Result<Option<Value>, FieldError> {
    if row["status"] == "completed" {
        return Ok(recurring::next(row, time, now, next));
    }
    recurring::check(row, time).map(|()| None)
}

/// The answer to a change; whatever came of it, it says the user's version.
fn answer(form: Form, written: Option<Written>) -> Result<Reply, Error> {
    let Written { outcome, version } = written.ok_or(Error::Unauthenticated)?;
    let (given, is_replay) = match outcome {
        Outcome::Done(answer) => (Some(answer), false),
        Outcome::Replayed(answer) => (answer, true),
        Outcome::Refused(refusal) => return Ok(Reply::from(Error::from(refusal)).version(version)),
    };
    let reply = match (given, form) {
        (None, _) | (_, Form::Gone) => Reply::no_content(),
        (Some(Answer { task, .. }), Form::Created) => Reply::json(StatusCode::CREATED, &task)?
            .field(header::LOCATION, &format!("/api/tasks/{}", task.id)),
        (Some(Answer { task, .. }), Form::Task) => Reply::json(StatusCode::OK, &task)?,
        (Some(answer), Form::Completed) => {
            let Answer {
                task,
                next_occurrence,
            } = answer;
            let body = CompletedTask {
                task,
                next_occurrence,
            };
            Reply::json(StatusCode::OK, &body)?
        }
    };
    let reply = reply.version(version);
    Ok(if is_replay { reply.replayed() } else { reply })
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::KeyReused => Self::key_reused(),
            Refusal::NotFound => Self::NotFound,
            Refusal::OtherVersion => Self::PreconditionFailed,
            Refusal::Completed => Self::Conflict(
                "The task is completed. Reopen it first: POST /api/tasks/{id}/reopen.".to_owned(),
            ),
            Refusal::Taken => Self::Conflict(
                "A task with this id exists already, or did. Leave the id out to have one made."
                    .to_owned(),
            ),
            Refusal::OpenSubtasks => Self::Conflict(
                "The task has open subtasks. Complete them first, or all at once: POST /api/tasks/{id}/complete with {\"cascade\": true}."
                    .to_owned(),
            ),
            Refusal::NoParent => Self::invalid(
                "parent_id",
                "is none of your tasks; give the id of one, or null",
            ),
            Refusal::ParentCompleted => Self::invalid(
                "parent_id",
                "is a completed task; reopen that one first, or give another",
            ),
            Refusal::NoDependency(id) => Self::invalid(
                "depends_on",
                format!("has {id}, which is none of your tasks; leave it out"),
            ),
            Refusal::Cycle(field) => Self::invalid(
                field,
                "would make the task wait for itself, because a task waits for its dependencies and its subtasks; leave out what leads back to it",
            ),
            Refusal::NoAnchor => recurring::no_anchor().into(),
            Refusal::Past => Self::invalid("until", "is past; give a date that lies ahead"),
            Refusal::Invalid(error) => error.into(),
        }
    }
}
