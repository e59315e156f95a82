//! All of a user's open tasks at once: what the ranking works on.

use std::collections::HashSet;

use shared_types::id::TaskId;
use shared_types::task::{ReadStatus, Task};
use tokio_postgres::types::Type;

use super::{Columns, Read, USER_COLUMNS, columns, task_columns, user_columns};
use crate::db::{Caller, Db, DbError, Statement};
use crate::domain::user_time::UserTime;

/// What is open, and the user's time.
#[derive(Debug)]
pub struct Open {
    /// Neither completed nor deleted, in no order.
    pub tasks: Vec<Task>,
    /// The zone and the working hours.
    pub time: UserTime,
}

/// The caller's open tasks; `None` when the credential does not hold. By `tasks_open`.
///
/// # Errors
/// See [`DbError`].
pub async fn list_open_tasks(db: &Db, caller: &Caller) -> Result<Option<Read<Open>>, DbError> {
    const SQL: Statement = Statement {
        name: "list_open_tasks",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            "
            SELECT ",
            user_columns!(),
            ", ",
            task_columns!("tasks"),
            ", false
            FROM credential
            LEFT JOIN tasks ON tasks.user_id = $1
                AND tasks.deleted_at IS NULL
                AND tasks.status <> 'completed'"
        ),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    let rows = db.query(&SQL, &caller.values()).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let mut columns = Columns::from(first, 0);
    let version = columns.read()?;
    let time = columns.user_time()?;
    let tasks = rows
        .iter()
        .map(|row| Columns::from(row, USER_COLUMNS).task(&time, caller.now));
    // Without a task there is one row all the same, with nothing in its task columns.
    let mut tasks: Vec<Task> = tasks
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    mark_blocked(&mut tasks);
    Ok(Some(Read {
        found: Open { tasks, time },
        version,
    }))
}

/// Says of each task whether one of the others holds it up: all that could are here.
fn mark_blocked(tasks: &mut [Task]) {
    let open: HashSet<TaskId> = tasks.iter().map(|task| task.id).collect();
    for task in tasks {
        let is_blocked = task.depends_on.iter().any(|id| open.contains(id));
        if is_blocked && task.status != ReadStatus::Snoozed {
            task.status = ReadStatus::Blocked;
        }
    }
}
