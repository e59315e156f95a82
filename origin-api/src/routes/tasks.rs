//! `/api/tasks`: create, list, read, change, delete, and the steps of a task's life.

mod change;

use axum::extract::State;
use axum::http::{StatusCode, header};
use shared_types::id::TaskId;
use shared_types::page::Page;
use shared_types::task::{ReadStatus, Task};
use shared_types::validate::{Fields, FromFields};

pub use self::change::{
    complete_task, create_task, delete_task, put_off_task, reopen_task, replace_task, snooze_task,
    start_task, update_task,
};
use crate::app::Shared;
use crate::db::tasks;
use crate::domain::cursor::Cursor;
use crate::error::Error;
use crate::extract::{Input, Reader, query_number, query_text};
use crate::reply::Reply;

/// What a cursor of the list is bound to.
const LIST: &str = "tasks";

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
    // While the version stands, a page changes only by one task after the other waking or becoming overdue.
    let overdue = items.iter().filter(|task| task.overdue).count();
    let awake = items
        .iter()
        .filter(|task| task.status != ReadStatus::Snoozed)
        .count();
    let tag = format!("\"{}-{}\"", read.version, overdue + awake);
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
    let reply = Reply::json(StatusCode::OK, &task)?;
    Ok(reply.version(read.version).field(header::ETAG, &tag(&task)))
}

/// A task's `ETag`: its version, and what changes by itself.
fn tag(task: &Task) -> String {
    let state = match task.status {
        ReadStatus::Snoozed => 2,
        ReadStatus::Blocked => 4,
        ReadStatus::Pending | ReadStatus::InProgress | ReadStatus::Completed => 0,
    };
    format!("\"{}-{}\"", task.version, state + u8::from(task.overdue))
}
