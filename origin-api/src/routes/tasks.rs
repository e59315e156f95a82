//! `/api/tasks`: create, list, read, change, delete, and the steps of a task's life.

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use shared_types::id::TaskId;
use shared_types::page::Page;
use shared_types::task::{NewTask, Status, TaskContent, TaskPatch};
use shared_types::validate::{Fields, FromFields};

use crate::app::Shared;
use crate::db::tasks::{self, Edit, Outcome, Written};
use crate::db::{Caller, Terms};
use crate::domain::cursor::Cursor;
use crate::error::Error;
use crate::extract::{Change, Input, Reader, Writer, query_number, query_text};
use crate::reply::Reply;

/// What a cursor of the list is bound to.
const LIST: &str = "tasks";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The query of the list.
pub struct ListQuery {
    limit: u8,
    cursor: Cursor,
}

impl FromFields for ListQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let limit = fields.optional("limit", |value| query_number(&value, 1, 100));
        let cursor = fields.optional("cursor", |value| {
            Cursor::decode(query_text(&value)?, LIST)
                .ok_or_else(|| "is no cursor of this list; leave it out to begin again".into())
        });
        Some(Self {
            limit: limit.and_then(|limit| limit.try_into().ok()).unwrap_or(20),
            cursor: cursor.unwrap_or(Cursor::START),
        })
    }
}

/// `GET /api/tasks`
///
/// # Errors
/// 422; 503.
pub async fn list_tasks(
    State(app): State<Shared>,
    Reader(caller): Reader,
    input: Input<(), ListQuery>,
) -> Result<Reply, Error> {
    let ListQuery { limit, cursor } = input.query;
    // One more than is given says whether there is a next page.
    let read = tasks::list_tasks(&app.db, &caller, &cursor, i64::from(limit) + 1).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    let mut items = read.found;
    let has_more = items.len() > usize::from(limit);
    items.truncate(limit.into());
    let last = items.last().filter(|_| has_more);
    let next_cursor = last.map(|task| {
        Cursor {
            created_at: task.created_at,
            id: task.id,
        }
        .encode(LIST)
    });
    // While the version stands, a page changes only by one task after the other becoming overdue.
    let overdue = items.iter().filter(|task| task.overdue).count();
    let tag = format!("\"{}-{overdue}\"", read.version);
    let reply = Reply::json(StatusCode::OK, &Page { items, next_cursor })?;
    Ok(reply.version(read.version).field(header::ETAG, &tag))
}

/// `GET /api/tasks/{id}`
///
/// # Errors
/// 404; 503.
pub async fn get_task(
    State(app): State<Shared>,
    Reader(caller): Reader,
    input: Input<TaskId>,
) -> Result<Reply, Error> {
    let read = tasks::find_task(&app.db, &caller, input.id).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    let Some(task) = read.found else {
        return Ok(Reply::from(Error::NotFound).version(read.version));
    };
    let tag = format!("\"{}-{}\"", task.version, u8::from(task.overdue));
    let reply = Reply::json(StatusCode::OK, &task)?;
    Ok(reply.version(read.version).field(header::ETAG, &tag))
}

/// `POST /api/tasks`
///
/// # Errors
/// 409 when the id is taken; 422; 503.
pub async fn create_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change {
        id: (),
        body: new,
        terms,
    }: Change<(), NewTask>,
) -> Result<Reply, Error> {
    let id = new.id.unwrap_or_else(|| TaskId(app.new_id()));
    let written = tasks::create_task(&app.db, &caller, terms.key.as_ref(), &new, id).await?;
    answer(StatusCode::CREATED, written)
}

/// `PATCH /api/tasks/{id}`
///
/// # Errors
/// 404; 412; 422; 503.
pub async fn update_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change { id, body, terms }: Change<TaskId, TaskPatch>,
) -> Result<Reply, Error> {
    edit(&app, &caller, id, &terms, &Edit::Patch(body)).await
}

/// `PUT /api/tasks/{id}`
///
/// # Errors
/// 404; 412; 422; 503.
pub async fn replace_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change { id, body, terms }: Change<TaskId, TaskContent>,
) -> Result<Reply, Error> {
    edit(&app, &caller, id, &terms, &Edit::Patch(body.into())).await
}

/// `DELETE /api/tasks/{id}`
///
/// # Errors
/// 404; 412; 422; 503.
pub async fn delete_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change { id, body: _, terms }: Change<TaskId>,
) -> Result<Reply, Error> {
    edit(&app, &caller, id, &terms, &Edit::Delete).await
}

/// `POST /api/tasks/{id}/start`
///
/// # Errors
/// 404; 409 when it is completed; 412; 422; 503.
pub async fn start_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change { id, body: _, terms }: Change<TaskId>,
) -> Result<Reply, Error> {
    edit(
        &app,
        &caller,
        id,
        &terms,
        &Edit::PatchOpen(to(Status::InProgress)),
    )
    .await
}

/// `POST /api/tasks/{id}/complete`
///
/// # Errors
/// 404; 412; 422; 503.
pub async fn complete_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change { id, body: _, terms }: Change<TaskId>,
) -> Result<Reply, Error> {
    edit(
        &app,
        &caller,
        id,
        &terms,
        &Edit::Patch(to(Status::Completed)),
    )
    .await
}

/// `POST /api/tasks/{id}/reopen`
///
/// # Errors
/// 404; 412; 422; 503.
pub async fn reopen_task(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change { id, body: _, terms }: Change<TaskId>,
) -> Result<Reply, Error> {
    edit(&app, &caller, id, &terms, &Edit::Patch(to(Status::Pending))).await
}

fn to(status: Status) -> TaskPatch {
    TaskPatch {
        status: Some(status),
        ..TaskPatch::default()
    }
}

async fn edit(
    app: &Shared,
    caller: &Caller,
    id: TaskId,
    terms: &Terms,
    edit: &Edit,
) -> Result<Reply, Error> {
    let status = if matches!(edit, Edit::Delete) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::OK
    };
    answer(
        status,
        tasks::edit_task(&app.db, caller, id, terms, edit).await?,
    )
}

/// The answer to a change; whatever came of it, it says the user's version.
fn answer(status: StatusCode, written: Option<Written>) -> Result<Reply, Error> {
    let Written { outcome, version } = written.ok_or(Error::Unauthenticated)?;
    let (task, is_replay) = match outcome {
        Outcome::Done(task) => (Some(task), false),
        Outcome::Replayed(task) => (task, true),
        Outcome::Refused(refusal) => return Ok(Reply::from(Error::from(refusal)).version(version)),
    };
    let reply = match task.filter(|_| status != StatusCode::NO_CONTENT) {
        Some(task) if status == StatusCode::CREATED => {
            Reply::json(status, &task)?.field(header::LOCATION, &format!("/api/tasks/{}", task.id))
        }
        Some(task) => Reply::json(status, &task)?,
        None => Reply::no_content(),
    };
    let reply = reply.version(version);
    Ok(if is_replay {
        reply.field(REPLAYED, "true")
    } else {
        reply
    })
}

impl From<tasks::Refusal> for Error {
    fn from(refusal: tasks::Refusal) -> Self {
        match refusal {
            tasks::Refusal::KeyReused => Self::invalid(
                "Idempotency-Key",
                "was used for another request; send this one with a new key",
            ),
            tasks::Refusal::NotFound => Self::NotFound,
            tasks::Refusal::OtherVersion => Self::PreconditionFailed,
            tasks::Refusal::Completed => Self::Conflict(
                "The task is completed. Reopen it first: POST /api/tasks/{id}/reopen.".to_owned(),
            ),
            tasks::Refusal::Taken => Self::Conflict(
                "A task with this id exists already, or did. Leave the id out to have one made."
                    .to_owned(),
            ),
        }
    }
}
