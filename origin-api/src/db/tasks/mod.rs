//! Tasks: what is read, and how a row becomes a task.
//!
//! Every statement begins with the credential and gives the user's version and time in the same snapshot as the
//! rows, so an answer is one round trip. Changes are in `write`, their SQL in `statements`.

mod batch;
mod columns;
mod dated;
mod history;
mod index;
mod list;
pub(super) mod moved;
mod open;
mod search;
mod series;
mod statements;
mod undo;
mod write;

use std::collections::HashMap;

use jiff::Timestamp;
use shared_types::id::TaskId;
use shared_types::task::Task;
use tokio_postgres::types::Type;

pub use self::batch::{Batch, BatchOutcome, ConsultAs, Item, Work, apply_batch};
use self::columns::{Columns, USER_COLUMNS, columns, is_blocked, task_columns, user_columns};
pub use self::dated::{Calendar, Dated, list_dated_tasks};
pub use self::history::{ChangePage, Place as ChangePlace, list_changes};
pub use self::index::take_all_words;
pub use self::list::{TaskPage, list_tasks};
pub use self::open::{Open, OpenTask, list_open_tasks};
pub use self::search::{FoundPage, search_tasks};
pub use self::series::{Recurring, find_series};
pub(super) use self::statements::derived_instants;
pub use self::undo::{UndoOutcome, undo_change};
pub use self::write::{
    Action, Answer, Consult, Edit, Outcome, Refusal, Written, create_task, edit_task,
};
use super::transaction::Transaction;
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

/// Tasks of the caller's by their ids as a transaction has left them, deleted ones too; `None` when the credential
/// does not hold. By `tasks_pkey`.
///
/// # Errors
/// See [`DbError`].
async fn find_all(
    transaction: &Transaction<'_>,
    caller: &Caller,
    ids: &[TaskId],
) -> Result<Option<Read<HashMap<TaskId, Task>>>, DbError> {
    const SQL: Statement = Statement {
        name: "find_all",
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
            LEFT JOIN tasks ON tasks.user_id = $1 AND tasks.id = ANY ($5)"
        ),
        types: &[
            Type::UUID,
            Type::UUID,
            Type::INT8,
            Type::TIMESTAMPTZ,
            Type::UUID_ARRAY,
        ],
    };
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let [user, credential, generation, now] = caller.values();
    let rows = transaction
        .query(&SQL, &[user, credential, generation, now, &ids])
        .await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let mut columns = Columns::from(first, 0);
    let version = columns.read()?;
    let time = columns.user_time()?;
    let task = |row| Columns::from(row, USER_COLUMNS).task(&time, caller.now);
    let tasks = rows.iter().map(task).filter_map(Result::transpose);
    let found = tasks.map(|task| task.map(|task| (task.id, task)));
    Ok(Some(Read {
        found: found.collect::<Result<_, _>>()?,
        version,
    }))
}
