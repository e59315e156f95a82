//! Tasks: what is read, and how a row becomes a task.
//!
//! Every statement begins with the credential and gives the user's version and time in the same snapshot as the
//! rows, so an answer is one round trip. Changes are in `write`, their SQL in `statements`.

mod open;
mod statements;
mod write;

use jiff::Timestamp;
use shared_types::id::TaskId;
use shared_types::task::{Status, Task};
use shared_types::time::When;
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

pub use self::open::{Open, list_open_tasks};
pub use self::write::{Edit, Outcome, Refusal, Written, create_task, edit_task};
use super::{Caller, Db, DbError, Statement};
use crate::domain::cursor::Cursor;
use crate::domain::user_time::UserTime;

/// The columns of a task, in the order in which [`task`] reads them.
macro_rules! task_columns {
    ($table:literal) => {
        concat!(
            $table,
            ".id, ",
            $table,
            ".title, ",
            $table,
            ".description, ",
            $table,
            ".status, ",
            $table,
            ".priority, ",
            $table,
            ".due_date, ",
            $table,
            ".effort_estimate_minutes, ",
            $table,
            ".tags, ",
            $table,
            ".completed_at, ",
            $table,
            ".created_at, ",
            $table,
            ".updated_at, ",
            $table,
            ".version"
        )
    };
}

/// The user's version, and what [`user_time`] reads, in this order.
macro_rules! user_columns {
    () => {
        "credential.version, credential.time_zone, credential.work_start_minute, credential.work_end_minute,
                credential.work_days"
    };
}

use {task_columns, user_columns};

/// How many columns [`user_columns`] has; those of a task follow.
const USER_COLUMNS: usize = 5;

/// What was read, and the user's version in the same snapshot.
#[derive(Debug)]
pub struct Read<T> {
    /// The rows.
    pub found: T,
    /// `Mindflow-Version`.
    pub version: i64,
}

/// One of the caller's tasks, if it is there; `None` when the credential does not hold. By `tasks_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn find_task(
    db: &Db,
    caller: &Caller,
    id: TaskId,
) -> Result<Option<Read<Option<Task>>>, DbError> {
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
    let time = user_time(&row, 1)?;
    Ok(Some(Read {
        found: task(&row, USER_COLUMNS, &time, caller.now)?,
        version: row.try_get(0)?,
    }))
}

/// At most `limit` of the caller's tasks after `cursor`, newest first; `None` when the credential does not hold.
/// By `tasks_newest`.
///
/// # Errors
/// See [`DbError`].
pub async fn list_tasks(
    db: &Db,
    caller: &Caller,
    cursor: &Cursor,
    limit: i64,
) -> Result<Option<Read<Vec<Task>>>, DbError> {
    const SQL: Statement = Statement {
        name: "list_tasks",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            "
            SELECT ",
            user_columns!(),
            ", ",
            task_columns!("page"),
            "
            FROM credential
            LEFT JOIN LATERAL (
                SELECT ",
            task_columns!("tasks"),
            "
                FROM tasks
                WHERE tasks.user_id = $1
                    AND tasks.deleted_at IS NULL
                    AND (tasks.created_at, tasks.id) < ($5, $6)
                ORDER BY tasks.created_at DESC, tasks.id DESC
                LIMIT $7
            ) AS page ON true
            ORDER BY page.created_at DESC, page.id DESC"
        ),
        types: &[
            Type::UUID,
            Type::UUID,
            Type::INT8,
            Type::TIMESTAMPTZ,
            Type::TIMESTAMPTZ,
            Type::UUID,
            Type::INT8,
        ],
    };
    let [user, credential, generation, now] = caller.values();
    let values = [
        user,
        credential,
        generation,
        now,
        &cursor.created_at,
        &cursor.id.0,
        &limit,
    ];
    let rows = db.query(&SQL, &values).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let time = user_time(first, 1)?;
    let tasks = rows
        .iter()
        .map(|row| task(row, USER_COLUMNS, &time, caller.now));
    // Without a task there is one row all the same, with nothing in its task columns.
    let found = tasks
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    Ok(Some(Read {
        found,
        version: first.try_get(0)?,
    }))
}

/// Reads the user's time from the columns that begin at `first`.
fn user_time(row: &Row, first: usize) -> Result<UserTime, DbError> {
    let zone: &str = row.try_get(first)?;
    UserTime::new(
        zone,
        row.try_get(first + 1)?,
        row.try_get(first + 2)?,
        row.try_get(first + 3)?,
    )
    .ok_or_else(|| DbError::unexpected(format!("no working time in the zone {zone:?}")))
}

/// Reads a task from the columns that begin at `first`, as of `now`; `None` when they are empty.
fn task(row: &Row, first: usize, time: &UserTime, now: Timestamp) -> Result<Option<Task>, DbError> {
    let Some(id) = row.try_get::<_, Option<Uuid>>(first)? else {
        return Ok(None);
    };
    let status: &str = row.try_get(first + 3)?;
    let status = Status::parse(status).ok_or_else(|| unreadable("status"))?;
    let due_date = match row.try_get::<_, Option<String>>(first + 5)? {
        Some(text) => Some(When::parse(text).map_err(|_| unreadable("due_date"))?),
        None => None,
    };
    Ok(Some(Task {
        id: TaskId(id),
        title: row.try_get(first + 1)?,
        description: row.try_get(first + 2)?,
        status,
        priority: number(row.try_get::<_, i16>(first + 4)?, "priority")?,
        overdue: status != Status::Completed
            && due_date
                .as_ref()
                .is_some_and(|date| time.is_past(date.value(), now)),
        due_date,
        effort_estimate_minutes: match row.try_get::<_, Option<i16>>(first + 6)? {
            Some(minutes) => Some(number(minutes, "effort_estimate_minutes")?),
            None => None,
        },
        tags: row.try_get(first + 7)?,
        completed_at: row.try_get(first + 8)?,
        created_at: row.try_get(first + 9)?,
        updated_at: row.try_get(first + 10)?,
        version: row.try_get(first + 11)?,
    }))
}

fn number<T: TryFrom<i16>>(stored: i16, column: &str) -> Result<T, DbError> {
    T::try_from(stored).map_err(|_| unreadable(column))
}

fn unreadable(column: &str) -> DbError {
    DbError::unexpected(format!("tasks.{column} holds what no release has written"))
}
