//! Pages of tasks in each order.
//!
//! There is one statement for each key and direction, each by an index in that order, and each once without and
//! once with filters. The one with filters is planned for the values of each call, so that what is not filtered by
//! costs nothing and what is may lead to another index.

use jiff::Timestamp;
use shared_types::task::{ReadStatus, Task};
use shared_types::time::When;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::columns::{Columns, USER_COLUMNS, columns, is_blocked, task_columns, user_columns};
use crate::db::{Caller, Db, DbError, Read, Statement};
use crate::domain::listing::{Filter, Place, Sort, SortKey};

/// A page, and where the next one goes on.
#[derive(Debug, Default)]
pub struct TaskPage {
    /// The tasks.
    pub tasks: Vec<Task>,
    /// After the last of them, when there are more.
    pub next: Option<Place>,
    /// The instants at which time alone makes it another page.
    pub changes: Vec<Timestamp>,
}

/// Before every key that is stored, and after.
const FIRST: Timestamp = Timestamp::constant(-62_167_219_200, 0);
const LAST: Timestamp = Timestamp::constant(253_402_207_199, 0);

/// The tasks of the user, and no filter.
macro_rules! all {
    () => {
        "tasks.user_id = $1 AND tasks.deleted_at IS NULL"
    };
}

/// The filters, each of which passes every task when its parameter is null. The bounds of the due date are selected
/// apart, so that they are computed once and not for every task.
macro_rules! filtered {
    () => {
        concat!(
            all!(),
            "
                    AND ($9::text[] IS NULL OR CASE
                        WHEN tasks.status = 'completed' THEN 'completed'
                        WHEN tasks.wakes_at > $4 THEN 'snoozed'
                        WHEN ",
            is_blocked!("tasks"),
            " THEN 'blocked'
                        ELSE tasks.status
                    END = ANY ($9))
                    AND (NOT $10 OR tasks.status <> 'completed')
                    AND ($11::text IS NULL OR tag_keys(tasks.user_id, tasks.tags) @> ARRAY[$1::text || ' ' || $11])
                    AND ($12::text IS NULL OR tasks.project = $12)
                    AND ($13::uuid IS NULL OR tasks.parent_id = $13)
                    AND ($14::smallint IS NULL OR tasks.priority >= $14)
                    AND ($15::text IS NULL OR (
                        tasks.due_at <= (SELECT date_begins($15, credential.time_zone) FROM credential)
                        AND (tasks.due_at < (SELECT date_begins($15, credential.time_zone) FROM credential)
                            OR char_length(tasks.due_date) = 10)))
                    AND ($16::text IS NULL OR (
                        tasks.due_at >= (SELECT date_begins($16, credential.time_zone) FROM credential)
                        AND (tasks.due_at > (SELECT date_begins($16, credential.time_zone) FROM credential)
                            OR ($17 AND char_length(tasks.due_date) > 10))))"
        )
    };
}

/// When the next of the user's tasks wakes, where it is asked for a status: it may pass then, or no more. By
/// `tasks_by_wake`.
macro_rules! next_wake {
    () => {
        "CASE WHEN $9::text[] IS NOT NULL THEN (
                SELECT min(waking.wakes_at)
                FROM tasks AS waking
                WHERE waking.user_id = $1
                    AND waking.deleted_at IS NULL
                    AND waking.wakes_at > $4
                    AND waking.status <> 'completed'
            ) END"
    };
}

/// Rows in the order of a key that every task has, after `$5` (key) and `$6` (id); at most `$8`.
macro_rules! by_key {
    ($which:expr, $key:literal, $after:literal, $direction:literal) => {
        concat!(
            "(SELECT tasks.*
                FROM tasks
                WHERE ",
            $which,
            "
                    AND NOT $7
                    AND (tasks.",
            $key,
            ", tasks.id) ",
            $after,
            " ($5, $6)
                ORDER BY tasks.",
            $key,
            " ",
            $direction,
            ", tasks.id ",
            $direction,
            "
                LIMIT $8)"
        )
    };
}

/// Rows in the order of the due date, then those without one; `$7` says that the page begins among these, after `$6`.
macro_rules! by_due_date {
    ($which:expr, $after:literal, $direction:literal) => {
        concat!(
            by_key!(
                concat!(
                    $which,
                    "
                    AND tasks.due_at IS NOT NULL"
                ),
                "due_at",
                $after,
                $direction
            ),
            "
                UNION ALL
                (SELECT tasks.*
                FROM tasks
                WHERE ",
            $which,
            "
                    AND tasks.due_at IS NULL
                    AND (NOT $7 OR tasks.id ",
            $after,
            " $6)
                ORDER BY tasks.id ",
            $direction,
            "
                LIMIT $8)"
        )
    };
}

/// One row a task, or one without: the user's columns, the next wake, the due instant and the task's columns.
macro_rules! page {
    ($next_wake:expr, $rows:expr, $key:literal, $direction:literal) => {
        concat!(
            "WITH ",
            crate::credential!(),
            "
            SELECT ",
            user_columns!(),
            ", ",
            $next_wake,
            ", page.due_at, ",
            task_columns!("page"),
            ", ",
            is_blocked!("page"),
            "
            FROM credential
            LEFT JOIN LATERAL (
                ",
            $rows,
            "
            ) AS page ON true
            ORDER BY page.",
            $key,
            " ",
            $direction,
            " NULLS LAST, page.id ",
            $direction,
            "
            LIMIT $8"
        )
    };
}

/// The statement without filters and the one with them.
macro_rules! statements {
    ($name:literal, $key:literal, $type:ident, $after:literal, $direction:literal) => {
        statements!(@both $name, $type,
            page!("NULL::timestamptz", by_key!(all!(), $key, $after, $direction), $key, $direction),
            page!(next_wake!(), by_key!(filtered!(), $key, $after, $direction), $key, $direction))
    };
    ($name:literal, $after:literal, $direction:literal) => {
        statements!(@both $name, TIMESTAMPTZ,
            page!("NULL::timestamptz", by_due_date!(all!(), $after, $direction), "due_at", $direction),
            page!(next_wake!(), by_due_date!(filtered!(), $after, $direction), "due_at", $direction))
    };
    (@both $name:literal, $type:ident, $all:expr, $filtered:expr) => {{
        const TYPES: &[Type] = &[
            Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::$type, Type::UUID, Type::BOOL, Type::INT8,
            Type::TEXT_ARRAY, Type::BOOL, Type::TEXT, Type::TEXT, Type::UUID, Type::INT2, Type::TEXT, Type::TEXT,
            Type::BOOL,
        ];
        const ALL: Statement = Statement { name: $name, sql: $all, types: TYPES.split_at(UNFILTERED).0 };
        const FILTERED: Statement = Statement { name: $name, sql: $filtered, types: TYPES };
        [&ALL, &FILTERED]
    }};
}

/// How many parameters a statement without filters has.
const UNFILTERED: usize = 8;

/// The two statements of an order; by score there is none, since the application knows it alone.
fn statements(sort: Sort) -> [&'static Statement; 2] {
    match (sort.key, sort.descending) {
        (SortKey::CreatedAt | SortKey::Score, true) => {
            statements!(
                "list_tasks_newest_first",
                "created_at",
                TIMESTAMPTZ,
                "<",
                "DESC"
            )
        }
        (SortKey::CreatedAt | SortKey::Score, false) => {
            statements!(
                "list_tasks_oldest_first",
                "created_at",
                TIMESTAMPTZ,
                ">",
                "ASC"
            )
        }
        (SortKey::UpdatedAt, true) => {
            statements!(
                "list_tasks_last_changed_first",
                "updated_at",
                TIMESTAMPTZ,
                "<",
                "DESC"
            )
        }
        (SortKey::UpdatedAt, false) => {
            statements!(
                "list_tasks_first_changed_first",
                "updated_at",
                TIMESTAMPTZ,
                ">",
                "ASC"
            )
        }
        (SortKey::Priority, true) => {
            statements!(
                "list_tasks_most_important_first",
                "priority",
                INT2,
                "<",
                "DESC"
            )
        }
        (SortKey::Priority, false) => {
            statements!(
                "list_tasks_least_important_first",
                "priority",
                INT2,
                ">",
                "ASC"
            )
        }
        (SortKey::DueDate, true) => statements!("list_tasks_last_due_first", "<", "DESC"),
        (SortKey::DueDate, false) => statements!("list_tasks_first_due_first", ">", "ASC"),
    }
}

/// A page of at most `limit` of the caller's tasks after `after`; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn list_tasks(
    db: &Db,
    caller: &Caller,
    filter: &Filter,
    sort: Sort,
    after: Option<Place>,
    limit: u8,
) -> Result<Option<Read<TaskPage>>, DbError> {
    let [all, filtered] = statements(sort);
    let [user, credential, generation, now] = caller.values();
    let key = Key::new(sort, after);
    let (id, is_after_null) = match after {
        Some(place) => (place.id.0, place.key.is_none()),
        None if sort.descending => (Uuid::max(), false),
        None => (Uuid::nil(), false),
    };
    // One more than is given says whether there is a next page.
    let rows = i64::from(limit) + 1;
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![
        user,
        credential,
        generation,
        now,
        key.value(),
        &id,
        &is_after_null,
        &rows,
    ];
    let rows = if filter.is_empty() {
        db.query(all, &values).await?
    } else {
        let status: Vec<&str> = filter
            .status
            .iter()
            .copied()
            .map(ReadStatus::as_str)
            .collect();
        let status = Some(status).filter(|status| !status.is_empty());
        let is_open_only = filter.is_open_only();
        let (tag, project) = (&filter.tag, &filter.project);
        let parent_id = filter.parent_id.map(|id| id.0);
        let priority_min = filter.priority_min.map(i16::from);
        let before = filter.due_before.as_ref().map(When::as_str);
        let day_after = filter.day_after();
        let after = day_after
            .as_deref()
            .or(filter.due_after.as_ref().map(When::as_str));
        let is_day = day_after.is_some();
        let filters: [&(dyn ToSql + Sync); 9] = [
            &status,
            &is_open_only,
            tag,
            project,
            &parent_id,
            &priority_min,
            &before,
            &after,
            &is_day,
        ];
        values.extend(filters);
        db.query_planned_anew(filtered, &values).await?
    };
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let mut columns = Columns::from(first, 0);
    let version = columns.read()?;
    let time = columns.user_time()?;
    let mut page = TaskPage::default();
    page.changes.extend(columns.read::<Option<Timestamp>>()?);
    for row in rows.iter().take(limit.into()) {
        let mut columns = Columns::from(row, USER_COLUMNS + 1);
        let due_at: Option<Timestamp> = columns.read()?;
        // Without a task there is one row all the same, with nothing in its task columns.
        let Some(task) = columns.task(&time, caller.now)? else {
            break;
        };
        page.next = Some(place(sort.key, &task, due_at));
        page.changes.extend(time.changes(&task));
        page.tasks.push(task);
    }
    if rows.len() <= limit.into() {
        page.next = None;
    }
    Ok(Some(Read {
        found: page,
        version,
    }))
}

fn place(key: SortKey, task: &Task, due_at: Option<Timestamp>) -> Place {
    let key = match key {
        SortKey::CreatedAt | SortKey::Score => Some(task.created_at.as_microsecond()),
        SortKey::UpdatedAt => Some(task.updated_at.as_microsecond()),
        SortKey::Priority => Some(task.priority.into()),
        SortKey::DueDate => due_at.map(Timestamp::as_microsecond),
    };
    Place { key, id: task.id }
}

/// The key after which a page begins, of the type that the statement takes.
enum Key {
    Number(i16),
    Instant(Timestamp),
}

impl Key {
    /// Without a place, the end of the order at which it begins.
    fn new(sort: Sort, after: Option<Place>) -> Self {
        let key = after.and_then(|place| place.key);
        if sort.key == SortKey::Priority {
            let first = if sort.descending { i16::MAX } else { i16::MIN };
            Self::Number(key.map_or(first, |key| key.try_into().unwrap_or(first)))
        } else {
            let first = if sort.descending { LAST } else { FIRST };
            let at = key.and_then(|key| Timestamp::from_microsecond(key).ok());
            Self::Instant(at.unwrap_or(first).clamp(FIRST, LAST))
        }
    }

    fn value(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Number(number) => number,
            Self::Instant(at) => at,
        }
    }
}
