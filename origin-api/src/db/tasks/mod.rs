//! Tasks: what is read, and how a row becomes a task.
//!
//! Every statement begins with the credential and gives the user's version and time in the same snapshot as the
//! rows, so an answer is one round trip. Changes are in `write`, their SQL in `statements`.

mod columns;
mod dated;
mod index;
mod list;
pub(super) mod moved;
mod open;
mod search;
mod series;
mod statements;
mod write;

use jiff::Timestamp;
use shared_types::id::TaskId;
use shared_types::task::Task;
use tokio_postgres::types::Type;

use self::columns::{Columns, columns, is_blocked, task_columns, user_columns};
pub use self::dated::{Calendar, Dated, list_dated_tasks};
pub use self::index::take_all_words;
pub use self::list::{TaskPage, list_tasks};
pub use self::open::{Open, OpenTask, list_open_tasks};
pub use self::search::{FoundPage, search_tasks};
pub use self::series::{Recurring, find_series};
pub(super) use self::statements::derived_instants;
pub use self::write::{
    Action, Answer, Consult, Edit, Outcome, Refusal, Written, create_task, edit_task,
};
use super::{Caller, Db, DbError, Read, Statement};

/// A task, and what time alone will make of it.
#[derive(Debug)]
pub struct Seen {
    /// The task.
    pub task: Task,
    /// The instants at which it is read differently.
    pub changes: Vec<Timestamp>,
}

/// One of the caller's tasks, if it is there; `None` when the credential does not hold. By `tasks_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn find_task(
    db: &Db,
    caller: &Caller,
    id: TaskId,
) -> Result<Option<Read<Option<Seen>>>, DbError> {
    const SQL: Statement = Statement {
        name: "find_task",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            "
            SELECT ",
            user_columns!(),
            ", ",
            task_columns!("tasks"),
            ", ",
            is_blocked!("tasks"),
            "
            FROM credential
            LEFT JOIN tasks ON tasks.user_id = $1 AND tasks.id = $5 AND tasks.deleted_at IS NULL"
        ),
        types: &[
            Type::UUID,
            Type::UUID,
            Type::INT8,
            Type::TIMESTAMPTZ,
            Type::UUID,
        ],
    };
    let [user, credential, generation, now] = caller.values();
    let Some(row) = db
        .query_opt(&SQL, &[user, credential, generation, now, &id.0])
        .await?
    else {
        return Ok(None);
    };
    let mut columns = Columns::from(&row, 0);
    let version = columns.read()?;
    let time = columns.user_time()?;
    let seen = |task| Seen {
        changes: time.changes(&task).collect(),
        task,
    };
    Ok(Some(Read {
        found: columns.task(&time, caller.now)?.map(seen),
        version,
    }))
}
