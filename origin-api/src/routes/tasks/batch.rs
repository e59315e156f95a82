//! `POST /api/tasks/batch`: several changes, all or none.

use axum::extract::State;
use jiff::Timestamp;
use serde_json::{Value, json};
use shared_types::batch::{Batch, BatchAnswer, BatchEdit, BatchItem};
use shared_types::id::{ChangeId, TaskId};
use shared_types::problem::ProblemType;
use shared_types::task::Snooze;
use shared_types::validate::FieldError;

use super::change::{consult, settle_patch, snooze_until};
use crate::app::Shared;
use crate::db::tasks::{self, Action, BatchOutcome, Edit, Item, Refusal, Work};
use crate::domain::batch::order;
use crate::domain::recurring;
use crate::domain::user_time::UserTime;
use crate::error::Error;
use crate::extract::{Change, Writer};
use crate::reply::Reply;

/// Make several changes at once.
///
/// Up to 50 items, each of which does what a route of its own does; all of them are applied, or none. Give a new task
/// an `id` to name it in `parent_id` or `depends_on` of others. When items are refused, `errors` names each by its
/// place. With `dry_run` the answer is what would be, and nothing changes.
#[utoipa::path(
    post, path = "/api/tasks/batch", tag = "Tasks", request_body = Batch, security(("bearer" = ["tasks:write"])),
    responses(
        (status = OK, description = "The tasks after all changes.", body = BatchAnswer),
        (status = NOT_FOUND, description = "An item is about none of your tasks. Nothing changed."),
        (status = CONFLICT, description = "An item makes a task whose id exists, completes one with open subtasks without `cascade`, or snoozes a completed one. Nothing changed."),
        (status = PRECONDITION_FAILED, description = "An item gives a version that its task does not have any more. Nothing changed."),
    ),
)]
pub async fn change_tasks(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change { body, terms, .. }: Change<(), Batch>,
) -> Result<Reply, Error> {
    let order = order(&body.items);
    let mut items = Vec::with_capacity(body.items.len());
    let mut errors = Vec::new();
    for (place, item) in body.items.into_iter().enumerate() {
        let (op, named) = (item.op(), item.named());
        match work(&app, caller.now, item) {
            Ok(work) => items.push(Item { op, named, work }),
            Err(Error::Invalid(found)) => errors.extend(at(place, found)),
            Err(other) => return Err(other),
        }
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let batch = tasks::Batch {
        items,
        order,
        dry_run: body.dry_run,
        action: "batch",
    };
    let consult = |row: &Value, time: &UserTime, next: TaskId| consult(row, time, caller.now, next);
    let (key, change) = (terms.key.as_ref(), ChangeId(app.new_id()));
    let applied = tasks::apply_batch(&app.db, &caller, key, batch, change, &consult).await?;
    let (outcome, version) = applied.ok_or(Error::Unauthenticated)?;
    let reply = match outcome {
        BatchOutcome::Done(body) => Reply::json_text(body),
        BatchOutcome::Replayed(body) => Reply::json_text(body).replayed(),
        BatchOutcome::KeyReused => Error::key_reused().into(),
        BatchOutcome::Refused(refused) => refusal(refused).into(),
    };
    Ok(reply.version(version))
}

/// What an item does, said to the database.
fn work(app: &Shared, now: Timestamp, item: BatchItem) -> Result<Work, Error> {
    let (id, version, edit) = match item {
        BatchItem::Create(mut new) => {
            recurring::settle(&mut new.content)?;
            let id = new.id.unwrap_or_else(|| TaskId(app.new_id()));
            return Ok(Work::Create(new, id));
        }
        BatchItem::Edit { id, version, edit } => (id, version, edit),
    };
    let (action, patch, cascade) = match edit {
        BatchEdit::Update(mut patch) => {
            settle_patch(&mut patch)?;
            (Action::Update, json!(patch), false)
        }
        BatchEdit::Complete(complete) => {
            let patch = json!({"status": "completed"});
            (Action::Complete, patch, complete.cascade)
        }
        BatchEdit::Snooze(Snooze { until, hours }) => {
            let until = snooze_until(until, hours, now)?;
            (Action::Snooze, json!({ "snoozed_until": until }), false)
        }
        BatchEdit::Delete => (Action::Delete, json!({}), false),
    };
    Ok(Work::Edit {
        id,
        versions: version.map(|version| vec![version]),
        edit: Edit {
            action,
            patch,
            cascade,
        },
        next: TaskId(app.new_id()),
    })
}

/// Errors of the item at a place.
fn at(place: usize, errors: Vec<FieldError>) -> impl Iterator<Item = FieldError> {
    errors.into_iter().map(move |error| FieldError {
        field: format!("items[{place}].{}", error.field),
        ..error
    })
}

/// Every item that was refused; the status is the one that the contract's order of checks comes to first.
fn refusal(refused: Vec<(usize, Refusal)>) -> Error {
    const ORDER: [ProblemType; 3] = [
        ProblemType::Invalid,
        ProblemType::NotFound,
        ProblemType::PreconditionFailed,
    ];
    let mut kinds = Vec::new();
    let mut errors = Vec::new();
    for (place, refusal) in refused {
        let (kind, found) = reason(refusal);
        kinds.push(kind);
        errors.extend(at(place, found));
    }
    let first = ORDER.into_iter().find(|kind| kinds.contains(kind));
    Error::Refused(first.unwrap_or(ProblemType::Conflict), errors)
}

fn reason(refusal: Refusal) -> (ProblemType, Vec<FieldError>) {
    let (kind, field, message) = match refusal {
        Refusal::NotFound => (
            ProblemType::NotFound,
            "id",
            "is none of your tasks; give the id of one, or of one that another item makes",
        ),
        Refusal::OtherVersion => (
            ProblemType::PreconditionFailed,
            "version",
            "is not the task's any more; read it again",
        ),
        Refusal::Completed => (
            ProblemType::Conflict,
            "id",
            "is a completed task; reopen it first",
        ),
        Refusal::Taken => (
            ProblemType::Conflict,
            "id",
            "exists already, or did; leave it out to have one made",
        ),
        Refusal::OpenSubtasks => (
            ProblemType::Conflict,
            "id",
            "has open subtasks; complete them first, or set cascade (of a status, use the op complete)",
        ),
        other => match Error::from(other) {
            Error::Invalid(errors) => return (ProblemType::Invalid, errors),
            _ => (ProblemType::Invalid, "op", "cannot be done"),
        },
    };
    let error = FieldError {
        field: field.to_owned(),
        message: message.to_owned(),
    };
    (kind, vec![error])
}
