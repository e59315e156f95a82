//! What a task's series is, for a forecast of its dates.

use shared_types::id::TaskId;
use shared_types::task::Status;
use shared_types::time::When;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::columns::{Columns, columns, unreadable, user_columns};
use crate::db::{Caller, Db, DbError, Read, Statement};
use crate::domain::recurrence::{Dates, Rule, Series};
use crate::domain::user_time::UserTime;

/// A task's series, the date that it has now, and the user's time in which both are meant.
#[derive(Debug)]
pub struct Recurring {
    /// `None` when the task is completed, does not recur, or has no date to count from.
    pub series: Option<(Series, When)>,
    /// The user's zone and working hours.
    pub time: UserTime,
}

/// How one of the caller's tasks recurs, if it is there; `None` when the credential does not hold. By `tasks_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn find_series(
    db: &Db,
    caller: &Caller,
    id: TaskId,
) -> Result<Option<Read<Option<Recurring>>>, DbError> {
    const SQL: Statement = Statement {
        name: "find_series",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            "
            SELECT ",
            user_columns!(),
            ", ",
            columns!("tasks"; "id", "status", "recurrence", "recurrence_from", "recurrence_start", "due_date",
                "deadline", "start_date"),
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
    let found = match columns.read::<Option<Uuid>>()? {
        Some(_) => Some(Recurring {
            series: columns.open_series()?,
            time,
        }),
        None => None,
    };
    Ok(Some(Read { found, version }))
}

impl Columns<'_> {
    /// The series of a task that is there, unless it is completed, with the date that it has now.
    fn open_series(&mut self) -> Result<Option<(Series, When)>, DbError> {
        let status = self.status()?;
        let (dates, series) = self.series()?;
        let series = series.filter(|_| status != Status::Completed);
        Ok(series.zip(dates.anchor().cloned()))
    }

    /// The dates of a task that is there, and its series, if it has one.
    pub(super) fn series(&mut self) -> Result<(Dates, Option<Series>), DbError> {
        let rule = self.read::<Option<&str>>()?;
        let from = self.recurrence_from()?;
        let start = self.when("recurrence_start")?;
        let dates = Dates {
            due_date: self.when("due_date")?,
            deadline: self.when("deadline")?,
            start_date: self.when("start_date")?,
        };
        let Some((rule, anchor)) = rule.zip(dates.anchor()) else {
            return Ok((dates, None));
        };
        let rule = Rule::parse(rule).map_err(|_| unreadable("recurrence"))?;
        let start = start.unwrap_or_else(|| anchor.clone());
        let series = Series { rule, from, start };
        Ok((dates, Some(series)))
    }
}
