//! Tasks as they leave and as they come in: rows of an export, and the statements of an import.

use jiff::Timestamp;
use shared_types::id::TaskId;
use shared_types::task::TaskContent;
use shared_types::transfer::MovedTask;
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::columns::{Columns, columns, unreadable};
use super::statements::{derived_instants, insert_columns};
use crate::db::{DbError, Statement};

/// The columns of a task that an export holds beside those that a body may set, with `$prefix` before each.
macro_rules! moved_columns {
    ($prefix:literal) => {
        concat!(
            insert_columns!($prefix),
            ", ",
            $prefix,
            "recurrence_start, ",
            $prefix,
            "next_occurrence_id, ",
            $prefix,
            "not_now_at, ",
            $prefix,
            "completed_at, ",
            $prefix,
            "created_at"
        )
    };
}

/// Every task that is not deleted, by id, as [`read`] reads it. What a link leads to may have been deleted, or be gone:
/// such a link holds nothing up, and leads nowhere where the document goes. Uses `$1` (user); by `tasks_pkey`.
pub(in crate::db) const EXPORT: Statement = Statement {
    name: "export_tasks",
    sql: concat!(
        "SELECT ", columns!("tasks"; "id", "title", "description", "status", "priority", "due_date", "deadline",
            "start_date", "snoozed_until", "effort_estimate_minutes", "tags", "project", "preferred_time",
            "recurrence", "recurrence_from"), ",
            (
                SELECT parent.id
                FROM tasks AS parent
                WHERE parent.user_id = $1 AND parent.id = tasks.parent_id AND parent.deleted_at IS NULL
            ) AS parent_id,
            CASE
                WHEN tasks.depends_on = '{}' THEN tasks.depends_on
                ELSE ARRAY(
                    SELECT blocker.id
                    FROM unnest(tasks.depends_on) WITH ORDINALITY AS given (id, place)
                    JOIN tasks AS blocker
                        ON blocker.user_id = $1 AND blocker.id = given.id AND blocker.deleted_at IS NULL
                    ORDER BY given.place
                )
            END AS depends_on,
            ", columns!("tasks"; "recurrence_start", "next_occurrence_id", "not_now_at", "completed_at", "created_at"), "
        FROM tasks
        WHERE tasks.user_id = $1 AND tasks.deleted_at IS NULL
        ORDER BY tasks.id"
    ),
    types: &[Type::UUID],
};

/// A row of [`EXPORT`].
///
/// # Errors
/// See [`DbError`].
pub(in crate::db) fn read(row: &Row) -> Result<MovedTask, DbError> {
    let mut columns = Columns::from(row, 0);
    let id = TaskId(columns.read()?);
    let (title, description) = (columns.read()?, columns.read()?);
    let (status, priority) = (columns.status()?, columns.priority()?);
    let due_date = columns.when("due_date")?;
    let deadline = columns.when("deadline")?;
    let start_date = columns.when("start_date")?;
    let snoozed_until = columns.when("snoozed_until")?;
    let effort_estimate_minutes = columns.effort()?;
    let (tags, project) = (columns.read()?, columns.read()?);
    let preferred_time = columns.preferred_time()?;
    let recurrence = columns.read()?;
    let recurrence_from = columns.recurrence_from()?;
    let content = TaskContent {
        title,
        description,
        status,
        priority,
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
        parent_id: columns.parent()?,
        depends_on: columns.depends_on()?,
    };
    Ok(MovedTask {
        id,
        content,
        recurrence_start: columns.when("recurrence_start")?,
        next_occurrence_id: columns.read::<Option<Uuid>>()?.map(TaskId),
        not_now_at: columns.read::<Option<Timestamp>>()?,
        completed_at: columns.read::<Option<Timestamp>>()?,
        created_at: columns.read().map_err(|_| unreadable("created_at"))?,
    })
}

/// Which of the tasks `$2` are there, and which of them are deleted. Uses `$1` (user); by `tasks_pkey`.
pub(in crate::db) const FIND_KNOWN: Statement = Statement {
    name: "find_known_tasks",
    sql: "SELECT tasks.id, tasks.deleted_at IS NOT NULL AS is_deleted
        FROM tasks
        WHERE tasks.user_id = $1 AND tasks.id = ANY ($2)",
    types: &[Type::UUID, Type::UUID_ARRAY],
};

/// Which of the rows `$2`, as JSON, are there already, the same in all that an import writes. Uses `$1` (user); by
/// `tasks_pkey`.
pub(in crate::db) const FIND_SAME: Statement = Statement {
    name: "find_same_tasks",
    sql: concat!(
        "SELECT given.id
        FROM jsonb_populate_recordset(NULL::tasks, $2) AS given
        JOIN tasks ON tasks.user_id = $1 AND tasks.id = given.id
        WHERE tasks.deleted_at IS NULL
            AND (",
        moved_columns!("tasks."),
        ") IS NOT DISTINCT FROM (",
        moved_columns!("given."),
        ")"
    ),
    types: &[Type::UUID, Type::JSONB],
};

/// The links of all tasks that have any. Uses `$1` (user).
pub(in crate::db) const LIST_LINKS: Statement = Statement {
    name: "list_links",
    sql: "SELECT tasks.id, tasks.parent_id, tasks.depends_on
        FROM tasks
        WHERE tasks.user_id = $1
            AND tasks.deleted_at IS NULL
            AND (tasks.parent_id IS NOT NULL OR tasks.depends_on <> '{}')",
    types: &[Type::UUID],
};

/// Writes the rows `$2`, as JSON, over those of the same ids, at the instant `$3` as the change `$4` by `$5`, with
/// their history and the first use of their projects. It runs behind the user's lock. Uses `$1` (user).
pub(in crate::db) const IMPORT: Statement = Statement {
    name: "import_tasks",
    sql: concat!(
        "WITH applied AS (
            INSERT INTO tasks (user_id, ", moved_columns!(""), ", updated_at, version, due_at, overdue_at, wakes_at)
            SELECT $1, ", moved_columns!("given."), ", $3, 1,
                ", derived_instants!("given", "owner"), "
            FROM users AS owner, jsonb_populate_recordset(NULL::tasks, $2) AS given
            WHERE owner.user_id = $1
            ON CONFLICT (user_id, id) DO UPDATE
            SET title = excluded.title,
                description = excluded.description,
                status = excluded.status,
                priority = excluded.priority,
                due_date = excluded.due_date,
                deadline = excluded.deadline,
                start_date = excluded.start_date,
                snoozed_until = excluded.snoozed_until,
                effort_estimate_minutes = excluded.effort_estimate_minutes,
                tags = excluded.tags,
                project = excluded.project,
                preferred_time = excluded.preferred_time,
                recurrence = excluded.recurrence,
                recurrence_from = excluded.recurrence_from,
                parent_id = excluded.parent_id,
                depends_on = excluded.depends_on,
                recurrence_start = excluded.recurrence_start,
                next_occurrence_id = excluded.next_occurrence_id,
                not_now_at = excluded.not_now_at,
                completed_at = excluded.completed_at,
                created_at = excluded.created_at,
                updated_at = excluded.updated_at,
                deleted_at = NULL,
                due_at = excluded.due_at,
                overdue_at = excluded.overdue_at,
                wakes_at = excluded.wakes_at,
                version = tasks.version + 1
            RETURNING new.id, new.project, CASE WHEN old.id IS NOT NULL THEN to_jsonb(old) END AS before,
                to_jsonb(new) AS after
        ), named AS (
            INSERT INTO projects (user_id, name, created_at)
            SELECT DISTINCT $1, applied.project, $3
            FROM applied
            WHERE applied.project IS NOT NULL
            ON CONFLICT DO NOTHING
        )
        INSERT INTO history (user_id, change_id, task_id, at, by, action, before, after, version)
        SELECT $1, $4, applied.id, $3, $5, 'import', applied.before, applied.after, owner.version + 1
        FROM applied, users AS owner
        WHERE owner.user_id = $1"
    ),
    types: &[Type::UUID, Type::JSONB, Type::TIMESTAMPTZ, Type::UUID, Type::TEXT],
};
