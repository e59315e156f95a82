//! `/api/tasks`: create, list, read, change, delete, and the steps of a task's life; and several of these at once.

pub mod batch;
pub mod change;
pub mod list;
pub mod occurrences;
pub mod search;

use axum::extract::State;
use axum::http::{StatusCode, header};
use shared_types::id::TaskId;
use shared_types::task::{ReadStatus, Task};

pub use self::batch::change_tasks;
pub use self::change::{
    complete_task, create_task, delete_task, put_off_task, reopen_task, replace_task, snooze_task,
    start_task, update_task,
};
pub use self::list::list_tasks;
pub use self::occurrences::list_occurrences;
pub use self::search::search_tasks;
use crate::app::Shared;
use crate::db::tasks::{self, Seen};
use crate::domain::freshness::Freshness;
use crate::error::Error;
use crate::extract::{Input, Reader};
use crate::reply::Reply;

/// Show a task.
///
/// One task by its id.
#[utoipa::path(
    get, path = "/api/tasks/{id}", tag = "Tasks", security(("bearer" = ["tasks:read"])),
    responses((status = OK, description = "The task.", body = Task)),
)]
pub async fn get_task(
    State(app): State<Shared>,
    Reader(caller): Reader,
    input: Input<TaskId>,
) -> Result<Reply, Error> {
    let read = tasks::find_task(&app.db, &caller, input.id).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    let Some(Seen { task, changes }) = read.found else {
        return Ok(Reply::from(Error::NotFound).version(read.version));
    };
    let reply = Reply::json(StatusCode::OK, &task)?;
    Ok(reply
        .version(read.version)
        .field(header::ETAG, &tag(&task))
        .fresh(Freshness::new(caller.now).until(changes)))
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
