//! The open tasks that stand in a calendar.

use jiff::Timestamp;
use shared_types::id::TaskId;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::columns::{Columns, columns, user_columns};
use crate::db::{Caller, Db, DbError, Read, Statement};
use crate::domain::recurrence::{Dates, Series};
use crate::domain::user_time::UserTime;

/// An open task with a date.
#[derive(Debug)]
pub struct Dated {
    /// Its id.
    pub id: TaskId,
    /// Its title.
    pub title: String,
    /// Its description.
    pub description: Option<String>,
    /// 1 to 5.
    pub priority: u8,
    /// Its tags.
    pub tags: Vec<String>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Its dates.
    pub dates: Dates,
    /// The series that it stands in.
    pub series: Option<Series>,
}

/// All that a calendar shows, and the user's time.
#[derive(Debug)]
pub struct Calendar {
    /// In the order of their ids.
    pub tasks: Vec<Dated>,
    /// The user's zone and working hours.
    pub time: UserTime,
}

/// The caller's open tasks that are due, or recur; `None` when the credential does not hold. By `tasks_open`.
///
/// # Errors
/// See [`DbError`].
pub async fn list_dated_tasks(db: &Db, caller: &Caller) -> Result<Option<Read<Calendar>>, DbError> {
    const SQL: Statement = Statement {
        name: "list_dated_tasks",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            "
            SELECT ",
            user_columns!(),
            ", ",
            columns!("tasks"; "id", "title", "description", "priority", "tags", "updated_at", "recurrence",
                "recurrence_from", "recurrence_start", "due_date", "deadline", "start_date"),
            "
            FROM credential
            LEFT JOIN tasks ON tasks.user_id = $1
                AND tasks.deleted_at IS NULL
                AND tasks.status <> 'completed'
                AND (tasks.due_date IS NOT NULL OR tasks.deadline IS NOT NULL OR tasks.recurrence IS NOT NULL)
            ORDER BY tasks.id"
        ),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    let mut head: Option<(i64, UserTime)> = None;
    let mut tasks = Vec::new();
    db.query_each(&SQL, &caller.values(), |row| {
        let mut columns = Columns::from(&row, 0);
        let (version, time) = (columns.read()?, columns.user_time()?);
        head.get_or_insert((version, time));
        let Some(id) = columns.read::<Option<Uuid>>()? else {
            return Ok(());
        };
        let (title, description) = (columns.read()?, columns.read()?);
        let priority = columns.priority()?;
        let (tags, updated_at) = (columns.read()?, columns.read()?);
        let (dates, series) = columns.series()?;
        tasks.push(Dated {
            id: TaskId(id),
            title,
            description,
            priority,
            tags,
            updated_at,
            dates,
            series,
        });
        Ok(())
    })
    .await?;
    Ok(head.map(|(version, time)| Read {
        found: Calendar { tasks, time },
        version,
    }))
}
