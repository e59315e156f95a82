//! All of a user's open tasks at once: what the ranking works on.

use shared_types::task::Task;
use tokio_postgres::types::Type;

use super::{Read, USER_COLUMNS, task, task_columns, user_columns, user_time};
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
            "
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
    let time = user_time(first, 1)?;
    let tasks = rows
        .iter()
        .map(|row| task(row, USER_COLUMNS, &time, caller.now));
    // Without a task there is one row all the same, with nothing in its task columns.
    let tasks = tasks
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    Ok(Some(Read {
        found: Open { tasks, time },
        version: first.try_get(0)?,
    }))
}
