//! All of a user's open tasks at once: what the ranking works on.

use std::collections::HashSet;

use jiff::Timestamp;
use shared_types::id::TaskId;
use shared_types::task::{ReadStatus, Task};
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::{Columns, USER_COLUMNS, columns, task_columns, user_columns};
use crate::db::{Caller, Db, DbError, Read, Statement, preferences};
use crate::domain::ranking::{Candidate, Preferences};

/// What is open, and what the user prefers.
#[derive(Debug)]
pub struct Open {
    /// Neither completed nor deleted, in no order.
    pub tasks: Vec<OpenTask>,
    /// What they are ranked by.
    pub preferences: Preferences,
}

/// An open task, with what only the ranking looks at.
#[derive(Debug)]
pub struct OpenTask {
    /// The task.
    pub task: Task,
    /// When the user last put it off.
    pub not_now_at: Option<Timestamp>,
}

impl OpenTask {
    /// What the ranking looks at.
    pub fn candidate(&self) -> Candidate<'_> {
        Candidate {
            not_now_at: self.not_now_at,
            ..Candidate::of(&self.task)
        }
    }
}

/// The caller's open tasks; `None` when the credential does not hold. By `tasks_open`.
///
/// One row has the user's columns, and one each has a task's: they are joined on nothing, so that the user's do not
/// come along with ten thousand tasks.
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
            SELECT credential.user_id, ",
            user_columns!(),
            ", credential.hours_are_chosen, credential.weights,
                ",
            task_columns!("open"),
            ", false, open.not_now_at
            FROM credential
            FULL JOIN (
                SELECT ",
            task_columns!("tasks"),
            ", tasks.not_now_at
                FROM tasks, credential
                WHERE tasks.user_id = $1
                    AND tasks.deleted_at IS NULL
                    AND tasks.status <> 'completed'
            ) AS open ON false"
        ),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    const USER: usize = 1;
    const TASK: usize = USER + USER_COLUMNS + 2;
    let rows = db.query(&SQL, &caller.values()).await?;
    let is_user = |row: &&Row| row.try_get::<_, Uuid>(0).is_ok();
    let Some(user) = rows.iter().find(is_user) else {
        return Ok(None);
    };
    let mut columns = Columns::from(user, USER);
    let version = columns.read()?;
    let time = columns.user_time()?;
    let preferences = Preferences {
        hours_are_assumed: !columns.read::<bool>()?,
        weights: preferences::weights(columns.read()?)?,
        zone: time.zone.clone(),
        hours: time.hours.clone(),
    };
    let mut tasks = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut columns = Columns::from(row, TASK);
        // The user's own row has nothing in its task columns.
        if let Some(task) = columns.task(&time, caller.now)? {
            let not_now_at = columns.read()?;
            tasks.push(OpenTask { task, not_now_at });
        }
    }
    mark_blocked(&mut tasks);
    Ok(Some(Read {
        found: Open { tasks, preferences },
        version,
    }))
}

/// Says of each task whether one of the others holds it up: all that could are here.
fn mark_blocked(tasks: &mut [OpenTask]) {
    let open: HashSet<TaskId> = tasks.iter().map(|open| open.task.id).collect();
    for OpenTask { task, .. } in tasks {
        let is_blocked = task.depends_on.iter().any(|id| open.contains(id));
        if is_blocked && task.status != ReadStatus::Snoozed {
            task.status = ReadStatus::Blocked;
        }
    }
}
