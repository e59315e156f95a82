//! The columns of a task and of its user, as statements name them and as rows are read.

use jiff::Timestamp;
use shared_types::id::TaskId;
use shared_types::task::{PreferredTime, RecurrenceFrom, Status, Task};
use shared_types::time::{When, WhenValue};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;

use crate::db::DbError;
use crate::domain::user_time::UserTime;

/// Names columns of a table: `columns!("tasks"; "id", "title")` is `tasks.id, tasks.title`.
macro_rules! columns {
    ($table:literal; $first:literal $(, $name:literal)*) => {
        concat!($table, ".", $first $(, ", ", $table, ".", $name)*)
    };
}

/// The columns of a task, in the order in which [`read_task`] reads them.
macro_rules! task_columns {
    ($table:literal) => {
        columns!($table; "id", "title", "description", "status", "priority", "due_date", "deadline", "start_date",
            "snoozed_until", "effort_estimate_minutes", "tags", "project", "preferred_time", "recurrence",
            "recurrence_from", "parent_id", "depends_on", "completed_at", "created_at", "updated_at", "version")
    };
}

/// Whether an open task holds the task up; follows the columns of the task. Uses `$1` (user); by `tasks_pkey`, which
/// is sure for one id at a time only: for `= ANY` any index of the user's tasks may seem as good.
macro_rules! is_blocked {
    ($table:literal) => {
        concat!(
            $table,
            ".depends_on <> '{}' AND EXISTS (
                SELECT
                FROM unnest(",
            $table,
            ".depends_on) AS needed (id)
                CROSS JOIN LATERAL (
                    SELECT
                    FROM tasks
                    WHERE tasks.user_id = $1
                        AND tasks.id = needed.id
                        AND tasks.deleted_at IS NULL
                        AND tasks.status <> 'completed'
                    LIMIT 1
                ) AS blocker
            )"
        )
    };
}

/// The user's version, and what [`Columns::user_time`] reads, in this order.
macro_rules! user_columns {
    () => {
        "credential.version, credential.time_zone, credential.work_start_minute, credential.work_end_minute,
                credential.work_days"
    };
}

pub(super) use {columns, is_blocked, task_columns, user_columns};

/// How many columns [`user_columns`] has.
pub(super) const USER_COLUMNS: usize = 5;

/// The columns of a row, read from left to right.
pub(super) struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Columns<'a> {
    /// From the column at `first` on.
    pub(super) const fn from(row: &'a Row, first: usize) -> Self {
        Self { row, next: first }
    }

    /// The next column.
    pub(super) fn read<T: FromSql<'a>>(&mut self) -> Result<T, DbError> {
        let value = self.row.try_get(self.next)?;
        self.next += 1;
        Ok(value)
    }

    /// Passes over columns.
    pub(super) const fn skip(&mut self, columns: usize) {
        self.next += columns;
    }

    /// The user's zone and working hours.
    pub(super) fn user_time(&mut self) -> Result<UserTime, DbError> {
        let zone: &str = self.read()?;
        UserTime::new(zone, self.read()?, self.read()?, self.read()?)
            .ok_or_else(|| DbError::unexpected(format!("no working time in the zone {zone:?}")))
    }

    /// A task and whether it is blocked, as of `now`; `None` when the columns are empty.
    pub(super) fn task(
        &mut self,
        time: &UserTime,
        now: Timestamp,
    ) -> Result<Option<Task>, DbError> {
        let Some(id) = self.read::<Option<Uuid>>()? else {
            return Ok(None);
        };
        let (title, description) = (self.read()?, self.read()?);
        let status = self.status()?;
        let priority = self.priority()?;
        let due_date = self.when("due_date")?;
        let deadline = self.when("deadline")?;
        let start_date = self.when("start_date")?;
        let snoozed_until = self.when("snoozed_until")?;
        let effort_estimate_minutes = self.effort()?;
        let (tags, project) = (self.read()?, self.read()?);
        let preferred_time = self.preferred_time()?;
        let recurrence = self.read()?;
        let recurrence_from = self.recurrence_from()?;
        let (parent_id, depends_on) = (self.parent()?, self.depends_on()?);
        let (completed_at, created_at, updated_at) = (self.read()?, self.read()?, self.read()?);
        let version = self.read()?;
        let is_blocked = self.read::<Option<bool>>()?.unwrap_or_default();
        let is_open = status != Status::Completed;
        let is_snoozed = is_open
            && snoozed_until
                .as_ref()
                .is_some_and(|until| time.is_ahead(until.value(), now));
        let passes = deadline.as_ref().or(due_date.as_ref());
        Ok(Some(Task {
            id: TaskId(id),
            title,
            description,
            status: status.read(is_snoozed, is_blocked),
            priority,
            overdue: is_open && passes.is_some_and(|date| time.is_past(date.value(), now)),
            due_date,
            deadline,
            start_date,
            snoozed_until,
            effort_estimate_minutes,
            tags,
            project,
            preferred_time,
            recurrence,
            recurrence_from,
            parent_id,
            depends_on,
            completed_at,
            created_at,
            updated_at,
            version,
        }))
    }

    pub(super) fn status(&mut self) -> Result<Status, DbError> {
        Status::parse(self.read()?).ok_or_else(|| unreadable("status"))
    }

    pub(super) fn priority(&mut self) -> Result<u8, DbError> {
        number(self.read()?, "priority")
    }

    pub(super) fn effort(&mut self) -> Result<Option<u16>, DbError> {
        let minutes = self.read::<Option<i16>>()?;
        let number = |minutes| number(minutes, "effort_estimate_minutes");
        minutes.map(number).transpose()
    }

    pub(super) fn preferred_time(&mut self) -> Result<Option<PreferredTime>, DbError> {
        let name = self.read::<Option<&str>>()?;
        let parse = |name| PreferredTime::parse(name).ok_or_else(|| unreadable("preferred_time"));
        name.map(parse).transpose()
    }

    pub(super) fn recurrence_from(&mut self) -> Result<RecurrenceFrom, DbError> {
        // An answer that was kept by an earlier release lacks what came after it.
        let Some(name) = self.read::<Option<&str>>()? else {
            return Ok(RecurrenceFrom::Schedule);
        };
        RecurrenceFrom::parse(name).ok_or_else(|| unreadable("recurrence_from"))
    }

    pub(super) fn parent(&mut self) -> Result<Option<TaskId>, DbError> {
        Ok(self.read::<Option<Uuid>>()?.map(TaskId))
    }

    pub(super) fn depends_on(&mut self) -> Result<Vec<TaskId>, DbError> {
        // An answer that was kept by an earlier release lacks it.
        let ids = self.read::<Option<Vec<Uuid>>>()?.unwrap_or_default();
        Ok(ids.into_iter().map(TaskId).collect())
    }

    /// What a date means.
    pub(super) fn when_value(&mut self, column: &str) -> Result<Option<WhenValue>, DbError> {
        let text = self.read::<Option<&str>>()?;
        let parse = |text| WhenValue::parse(text).map_err(|_| unreadable(column));
        text.map(parse).transpose()
    }

    /// A date in the form given.
    pub(super) fn when(&mut self, column: &str) -> Result<Option<When>, DbError> {
        match self.read::<Option<String>>()? {
            Some(text) => When::parse(text).map(Some).map_err(|_| unreadable(column)),
            None => Ok(None),
        }
    }
}

fn number<T: TryFrom<i16>>(stored: i16, column: &str) -> Result<T, DbError> {
    T::try_from(stored).map_err(|_| unreadable(column))
}

pub(super) fn unreadable(column: &str) -> DbError {
    DbError::unexpected(format!("tasks.{column} holds what no release has written"))
}
