//! All of a user's open tasks at once: what the ranking works on.
//!
//! Of ten thousand rows a handful is answered. So a row is kept as it came, only what the ranking looks at is read of
//! each, and a whole task of those that are answered.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Deserialize;
use shared_types::id::TaskId;
use shared_types::task::{PreferredTime, ReadStatus, Status, Task};
use shared_types::time::WhenValue;
use tokio_postgres::Row;
use tokio_postgres::types::{Json, Type};
use uuid::Uuid;

use super::{Columns, columns, task_columns};
use crate::db::{Caller, Db, DbError, Read, Statement, preferences};
use crate::domain::listing::Facts;
use crate::domain::ranking::{Candidate, Preferences};
use crate::domain::user_time::UserTime;

/// What is open, and what the user prefers.
#[derive(Debug)]
pub struct Open {
    /// Neither completed nor deleted, in no order.
    pub tasks: Vec<OpenTask>,
    /// What they are ranked by.
    pub preferences: Preferences,
    /// In which their dates are meant.
    pub time: UserTime,
    now: Timestamp,
}

/// An open task.
#[derive(Debug)]
pub struct OpenTask {
    row: Row,
    id: TaskId,
    status: Status,
    /// Whether another open task holds it up.
    is_blocked: bool,
    priority: u8,
    due_date: Option<WhenValue>,
    deadline: Option<WhenValue>,
    start_date: Option<WhenValue>,
    snoozed_until: Option<WhenValue>,
    effort_minutes: Option<u16>,
    preferred_time: Option<PreferredTime>,
    parent_id: Option<TaskId>,
    depends_on: Vec<TaskId>,
    created_at: Timestamp,
    not_now_at: Option<Timestamp>,
}

/// The user's own row, as JSON: one column, since every task's row has it too, and empty.
#[derive(Deserialize)]
struct User {
    version: i64,
    time_zone: String,
    work_start_minute: i16,
    work_end_minute: i16,
    work_days: i16,
    hours_are_chosen: bool,
    weights: Vec<i16>,
}

/// The columns of a task, and the places of some among them.
const TASK: usize = 1;
const TITLE: usize = TASK + 1;
const TAGS: usize = TASK + 10;
const PROJECT: usize = TASK + 11;

impl Open {
    /// What the filters look at.
    ///
    /// # Errors
    /// See [`DbError`].
    pub fn facts<'a>(&self, task: &'a OpenTask) -> Result<Facts<'a>, DbError> {
        let until = task.snoozed_until;
        let is_snoozed = until.is_some_and(|until| self.time.is_ahead(until, self.now));
        Ok(Facts {
            status: task.status.read(is_snoozed, task.is_blocked),
            tags: task.tags()?,
            project: task.project()?,
            parent_id: task.parent_id,
            priority: task.priority,
            due_date: task.due_date,
        })
    }

    /// The instants soon after now at which time alone changes what can be done, or what is overdue.
    pub fn changes(&self) -> impl Iterator<Item = Timestamp> {
        let dates = |task: &OpenTask| {
            [
                task.snoozed_until,
                task.start_date,
                task.due_date,
                task.deadline,
            ]
        };
        let dates = self.tasks.iter().flat_map(dates).flatten();
        dates.flat_map(|date| self.time.near(date, self.now))
    }

    /// The whole task at a position.
    ///
    /// # Errors
    /// See [`DbError`].
    pub fn task(&self, at: usize) -> Result<Task, DbError> {
        let open = &self.tasks[at];
        let task = Columns::from(&open.row, TASK).task(&self.time, self.now)?;
        let mut task = task.ok_or_else(|| DbError::unexpected("an open task has no id"))?;
        if open.is_blocked && task.status != ReadStatus::Snoozed {
            task.status = ReadStatus::Blocked;
        }
        Ok(task)
    }
}

impl OpenTask {
    /// What a row says; `None` for the user's own, which has nothing in its task columns.
    fn of(row: Row) -> Result<Option<Self>, DbError> {
        let mut columns = Columns::from(&row, TASK);
        let Some(id) = columns.read::<Option<Uuid>>()? else {
            return Ok(None);
        };
        // Its title and its description.
        columns.skip(2);
        let (status, priority) = (columns.status()?, columns.priority()?);
        let due_date = columns.when_value("due_date")?;
        let deadline = columns.when_value("deadline")?;
        let start_date = columns.when_value("start_date")?;
        let snoozed_until = columns.when_value("snoozed_until")?;
        let effort_minutes = columns.effort()?;
        // Its tags and its project.
        columns.skip(2);
        let preferred_time = columns.preferred_time()?;
        // Its rule, and what that counts from.
        columns.skip(2);
        let (parent_id, depends_on) = (columns.parent()?, columns.depends_on()?);
        // When it was completed.
        columns.skip(1);
        let created_at = columns.read()?;
        // When it changed, its version, and whether it is blocked, which is not known yet.
        columns.skip(3);
        let not_now_at = columns.read()?;
        Ok(Some(Self {
            id: TaskId(id),
            status,
            is_blocked: false,
            priority,
            due_date,
            deadline,
            start_date,
            snoozed_until,
            effort_minutes,
            preferred_time,
            parent_id,
            depends_on,
            created_at,
            not_now_at,
            row,
        }))
    }

    /// What the ranking looks at. A task that is snoozed or blocked may be started: a gate hides it.
    ///
    /// # Errors
    /// See [`DbError`].
    pub fn candidate(&self) -> Result<Candidate<'_>, DbError> {
        Ok(Candidate {
            started: self.status == Status::InProgress,
            priority: self.priority,
            due_date: self.due_date,
            deadline: self.deadline,
            start_date: self.start_date,
            snoozed_until: self.snoozed_until,
            effort_minutes: self.effort_minutes.map(u32::from),
            preferred_time: self.preferred_time,
            parent: self.parent_id,
            depends_on: &self.depends_on,
            not_now_at: self.not_now_at,
            ..Candidate::new(self.id, self.row.try_get(TITLE)?, self.created_at)
        })
    }

    /// Its tags.
    ///
    /// # Errors
    /// See [`DbError`].
    pub fn tags(&self) -> Result<Vec<&str>, DbError> {
        Ok(self.row.try_get(TAGS)?)
    }

    /// Its project.
    ///
    /// # Errors
    /// See [`DbError`].
    pub fn project(&self) -> Result<Option<&str>, DbError> {
        Ok(self.row.try_get(PROJECT)?)
    }
}

/// The caller's open tasks; `None` when the credential does not hold. By `tasks_open`.
///
/// One row has the user's columns, and one each has a task's, so that the user's do not come along with ten thousand
/// tasks. A union sends each on as it is read; a join that matches nothing would keep all of them first.
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
            SELECT to_jsonb(credential), ",
            task_columns!("no_task"),
            ", NULL, no_task.not_now_at
            FROM credential
            LEFT JOIN tasks AS no_task ON false
            UNION ALL
            SELECT NULL, ",
            task_columns!("tasks"),
            ", false, tasks.not_now_at
            FROM tasks, credential
            WHERE tasks.user_id = $1
                AND tasks.deleted_at IS NULL
                AND tasks.status <> 'completed'"
        ),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    let (mut user, mut tasks) = (None::<User>, Vec::new());
    db.query_each(&SQL, &caller.values(), |row| {
        match row.try_get::<_, Option<Json<User>>>(0)? {
            Some(Json(found)) => user = Some(found),
            None => tasks.extend(OpenTask::of(row)?),
        }
        Ok(())
    })
    .await?;
    let Some(user) = user else {
        return Ok(None);
    };
    let (zone, days) = (&user.time_zone, user.work_days);
    let time = UserTime::new(zone, user.work_start_minute, user.work_end_minute, days)
        .ok_or_else(|| DbError::unexpected(format!("no working time in the zone {zone:?}")))?;
    let preferences = Preferences {
        hours_are_assumed: !user.hours_are_chosen,
        weights: preferences::weights(user.weights)?,
        zone: time.zone.clone(),
        hours: time.hours.clone(),
    };
    mark_blocked(&mut tasks);
    let now = caller.now;
    Ok(Some(Read {
        found: Open {
            tasks,
            preferences,
            time,
            now,
        },
        version: user.version,
    }))
}

/// Says of each task whether one of the others holds it up: all that could are here.
fn mark_blocked(tasks: &mut [OpenTask]) {
    let open: HashSet<TaskId> = tasks.iter().map(|open| open.id).collect();
    for task in tasks {
        task.is_blocked = task.depends_on.iter().any(|id| open.contains(id));
    }
}
