//! Undoing a change of tasks, whatever made it: each of its tasks gets the row that the history kept of it before the
//! change, a task that it made goes to the trash, and all of this is a change itself.
//!
//! The user's row is locked first. What stands against it is then found over rows that nobody can change any more,
//! and decided by `domain::undo`.

use std::collections::BTreeMap;

use shared_types::history::Undone;
use shared_types::id::{ChangeId, TaskId};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::columns::Columns;
use super::find_all;
use super::history::kept_since;
use super::statements::derived_instants;
use crate::db::change::{Begun, begin, keep_and_commit};
use crate::db::transaction::Transaction;
use crate::db::{Caller, Db, DbError, Key, Statement};
use crate::domain::undo::{Links, Step, beginnings, circle, going, obstacle};

/// What came of an undo.
#[derive(Debug)]
pub enum UndoOutcome {
    /// It was applied: the body of the answer.
    Done(String),
    /// It had been applied before, under this key: the body of the answer.
    Replayed(String),
    /// The key was used for another request.
    KeyReused,
    /// There is no such change, or it is too old.
    NotFound,
    /// No change is left that could be undone without naming it.
    NothingLeft,
    /// The change was undone already, by this one.
    UndoneBy(ChangeId),
    /// This task stands against it, by this later change and its action, if that is still known.
    Conflict(TaskId, Option<(ChangeId, String)>),
}

/// The change `$5`, or the last one that is no undo and was not undone, made after `$6`; with what undoing it does to
/// each of its tasks. By `history_pkey` or `history_newest`, `history_undone`, `tasks_pkey`.
const FIND: Statement = Statement {
    name: "find_undoable",
    sql: concat!(
        "WITH ", crate::credential!(), ", candidate AS (
            (SELECT history.change_id, history.version, history.action
            FROM history
            WHERE history.user_id = $1 AND history.change_id = $5 AND history.at > $6
            LIMIT 1)
            UNION ALL
            (SELECT history.change_id, history.version, history.action
            FROM history
            WHERE $5 IS NULL
                AND history.user_id = $1
                AND history.at > $6
                AND history.action <> 'undo'
                AND NOT EXISTS (
                    SELECT FROM history AS undo WHERE undo.user_id = $1 AND undo.undoes = history.change_id
                )
            ORDER BY history.version DESC, history.change_id DESC
            LIMIT 1)
        ), chosen AS MATERIALIZED (
            SELECT candidate.*,
                (
                    SELECT undo.change_id
                    FROM history AS undo
                    WHERE undo.user_id = $1 AND undo.undoes = candidate.change_id
                    LIMIT 1
                ) AS undone_by
            FROM candidate
        )
        SELECT chosen.change_id, chosen.version, chosen.action, chosen.undone_by, step.*
        FROM credential
        LEFT JOIN chosen ON true
        LEFT JOIN LATERAL (
            SELECT history.task_id, state.is_there, state.will_be_there,
                -- What follows from time and preferences may have changed; a column that came later may not.
                tasks.id IS NOT NULL
                    AND jsonb_populate_record(
                        tasks, history.after - '{version,updated_at,due_at,overdue_at,wakes_at}'::text[]
                    ) IS NOT DISTINCT FROM tasks AS is_as_left,
                wanted.parent_id IS DISTINCT FROM tasks.parent_id
                    OR NOT wanted.depends_on <@ tasks.depends_on AS links_anew,
                wanted.parent_id,
                -- By its key: asked with EXISTS, an index of the user's tasks that are there is gone through for each.
                coalesce(
                    (
                        SELECT parent.deleted_at IS NULL
                        FROM tasks AS parent
                        WHERE parent.user_id = $1 AND parent.id = wanted.parent_id
                    ),
                    false
                ) AS is_parent_there,
                wanted.depends_on
            FROM history
            LEFT JOIN tasks ON tasks.user_id = $1 AND tasks.id = history.task_id
            CROSS JOIN LATERAL jsonb_populate_record(tasks, coalesce(history.before, '{}')) AS wanted
            CROSS JOIN LATERAL (
                SELECT tasks.id IS NOT NULL AND tasks.deleted_at IS NULL AS is_there,
                    history.before IS NOT NULL AND wanted.deleted_at IS NULL AS will_be_there
            ) AS state
            WHERE history.user_id = $1 AND history.change_id = chosen.change_id
        ) AS step ON true"
    ),
    types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::UUID, Type::TIMESTAMPTZ],
};

/// A subtask that would stay behind when the tasks `$2` go: none of them itself. By `tasks_by_parent`.
const FIND_LEFT_BEHIND: Statement = Statement {
    name: "find_left_behind",
    sql: "SELECT tasks.id
        FROM tasks
        WHERE tasks.user_id = $1
            AND tasks.parent_id = ANY ($2)
            AND tasks.deleted_at IS NULL
            AND tasks.id <> ALL ($2)
        LIMIT 1",
    types: &[Type::UUID, Type::UUID_ARRAY],
};

/// The links of all that the tasks `$2` wait for, directly or not, and of themselves. By `tasks_pkey` and
/// `tasks_by_parent`.
const FIND_LINKS: Statement = Statement {
    name: "find_links",
    sql: "WITH RECURSIVE awaited (id) AS (
            SELECT unnest($2)
            UNION
            SELECT next.id
            FROM awaited
            CROSS JOIN LATERAL (
                SELECT unnest(tasks.depends_on) AS id
                FROM tasks
                WHERE tasks.user_id = $1 AND tasks.id = awaited.id AND tasks.deleted_at IS NULL
                UNION ALL
                SELECT tasks.id
                FROM tasks
                WHERE tasks.user_id = $1 AND tasks.parent_id = awaited.id AND tasks.deleted_at IS NULL
            ) AS next
        )
        SELECT awaited.id, links.parent_id, links.depends_on
        FROM awaited
        CROSS JOIN LATERAL (
            SELECT tasks.parent_id, tasks.depends_on
            FROM tasks
            WHERE tasks.user_id = $1 AND tasks.id = awaited.id AND tasks.deleted_at IS NULL
            -- Else a guess at many rows passes over the table.
            LIMIT 1
        ) AS links",
    types: &[Type::UUID, Type::UUID_ARRAY],
};

/// The last change after the version `$2` of any of the tasks `$3`: one that still holds, if there is one, since
/// what stands in the way can be undone. By `history_newest`.
const FIND_LATER: Statement = Statement {
    name: "find_later_change",
    sql: "SELECT history.change_id, history.action, history.task_id
        FROM history
        WHERE history.user_id = $1 AND history.version > $2 AND history.task_id = ANY ($3)
        ORDER BY
            history.action <> 'undo' AND NOT EXISTS (
                SELECT FROM history AS undo WHERE undo.user_id = $1 AND undo.undoes = history.change_id
            ) DESC,
            history.version DESC
        LIMIT 1",
    types: &[Type::UUID, Type::INT8, Type::UUID_ARRAY],
};

/// Undoes the change `$5` as the change `$6`, with the action `$7`. What the application derives is derived anew: the
/// user's zone may have changed since. A project that only the change had made goes with it; whose
/// it is, its instant tells, so of two changes within the same one the second can take the first one's along.
const UNDO: Statement = Statement {
    name: "undo_change",
    sql: concat!(
        "WITH ", crate::credential!(), ", bumped AS (
            UPDATE users
            SET version = users.version + 1
            FROM credential
            WHERE users.user_id = $1
            RETURNING users.version
        ), step AS (
            SELECT history.at, history.after, history.before IS NOT NULL AND wanted.deleted_at IS NULL AS will_be_there,
                wanted.*
            FROM history
            JOIN tasks ON tasks.user_id = $1 AND tasks.id = history.task_id
            CROSS JOIN LATERAL jsonb_populate_record(tasks, coalesce(history.before, '{}')) AS wanted
            WHERE history.user_id = $1 AND history.change_id = $5
        ), applied AS (
            UPDATE tasks
            SET title = step.title,
                description = step.description,
                status = step.status,
                priority = step.priority,
                due_date = step.due_date,
                deadline = step.deadline,
                start_date = step.start_date,
                snoozed_until = step.snoozed_until,
                effort_estimate_minutes = step.effort_estimate_minutes,
                tags = step.tags,
                project = step.project,
                preferred_time = step.preferred_time,
                recurrence = step.recurrence,
                recurrence_from = step.recurrence_from,
                recurrence_start = step.recurrence_start,
                next_occurrence_id = step.next_occurrence_id,
                parent_id = step.parent_id,
                depends_on = step.depends_on,
                not_now_at = step.not_now_at,
                (due_at, overdue_at, wakes_at) = ROW (", derived_instants!("step", "credential"), "),
                completed_at = step.completed_at,
                created_at = step.created_at,
                updated_at = $4,
                deleted_at = CASE WHEN NOT step.will_be_there THEN $4 END,
                version = tasks.version + 1
            FROM step, credential, bumped
            WHERE tasks.user_id = $1 AND tasks.id = step.id
            RETURNING tasks.id, tasks.project, tasks.deleted_at, to_jsonb(old) AS before, to_jsonb(new) AS after
        ), named AS (
            INSERT INTO projects (user_id, name, created_at)
            SELECT $1, applied.project, $4
            FROM applied
            WHERE applied.project IS NOT NULL AND applied.deleted_at IS NULL
            ON CONFLICT DO NOTHING
        ), unnamed AS (
            DELETE FROM projects
            USING (SELECT DISTINCT step.after ->> 'project' AS name, step.at FROM step) AS used, bumped
            WHERE projects.user_id = $1
                AND projects.name = used.name
                AND projects.created_at = used.at
                AND projects.version = 1
                AND NOT EXISTS (SELECT FROM step WHERE step.will_be_there AND step.project = projects.name)
                AND NOT EXISTS (
                    SELECT
                    FROM tasks
                    WHERE tasks.user_id = $1
                        AND tasks.project = projects.name
                        AND tasks.deleted_at IS NULL
                        AND NOT EXISTS (SELECT FROM step WHERE step.id = tasks.id)
                )
        ), told AS (
            INSERT INTO history (user_id, change_id, task_id, at, by, action, before, after, version, undoes)
            SELECT $1, $6, applied.id, $4, credential.by, $7, applied.before, applied.after, bumped.version, $5
            FROM applied, credential, bumped
        )
        SELECT bumped.version
        FROM bumped"
    ),
    types: &[
        Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::UUID, Type::UUID, Type::TEXT,
    ],
};

/// Undoes a change of the caller's tasks as the change `change`, the last one that was not undone unless `named` says
/// which; with the user's version after it. `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn undo_change(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    named: Option<ChangeId>,
    change: ChangeId,
) -> Result<Option<(UndoOutcome, i64)>, DbError> {
    let Some((begun, version)) = begin(db, caller, key).await? else {
        return Ok(None);
    };
    let transaction = match begun {
        Begun::Replayed(body) => return Ok(Some((UndoOutcome::Replayed(body), version))),
        Begun::KeyReused => return Ok(Some((UndoOutcome::KeyReused, version))),
        Begun::Open(transaction) => *transaction,
    };
    let (chosen, steps) = match find(&transaction, caller, named).await? {
        None => return Ok(None),
        Some(Ok(found)) => found,
        Some(Err(refused)) => {
            transaction.rollback().await?;
            return Ok(Some((refused, version)));
        }
    };
    if let Some(tasks) = against(&transaction, caller, &steps).await? {
        let conflict = later_change(&transaction, caller, &chosen, &tasks).await?;
        transaction.rollback().await?;
        return Ok(Some((conflict, version)));
    }
    let action = if chosen.action == "undo" {
        "redo"
    } else {
        "undo"
    };
    let mut values = caller.values().to_vec();
    let own: [&(dyn ToSql + Sync); 3] = [&chosen.id.0, &change.0, &action];
    values.extend(own);
    transaction.query(&UNDO, &values).await?;
    let ids: Vec<_> = steps.into_keys().collect();
    let Some(mut tasks) = find_all(&transaction, caller, &ids).await? else {
        return Ok(None);
    };
    let undone = ids.iter().filter_map(|id| tasks.found.remove(id));
    let answer = Undone {
        change_id: change,
        undone: undone.collect(),
    };
    let body = serde_json::to_string(&answer).map_err(DbError::unexpected)?;
    keep_and_commit(transaction, caller, key, &body).await?;
    Ok(Some((UndoOutcome::Done(body), tasks.version)))
}

/// A change that is to be undone.
struct Chosen {
    id: ChangeId,
    version: i64,
    action: String,
}

type Steps = BTreeMap<TaskId, Step>;

/// The change and its steps, or why there is none to be undone; `None` when the credential was revoked meanwhile.
async fn find(
    transaction: &Transaction<'_>,
    caller: &Caller,
    named: Option<ChangeId>,
) -> Result<Option<Result<(Chosen, Steps), UndoOutcome>>, DbError> {
    let named = named.map(|id| id.0);
    let since = kept_since(caller.now);
    let mut values = caller.values().to_vec();
    let own: [&(dyn ToSql + Sync); 2] = [&named, &since];
    values.extend(own);
    let rows = transaction.query(&FIND, &values).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let Some(id) = first.try_get::<_, Option<Uuid>>(0)? else {
        return Ok(Some(Err(match named {
            Some(_) => UndoOutcome::NotFound,
            None => UndoOutcome::NothingLeft,
        })));
    };
    let chosen = Chosen {
        id: ChangeId(id),
        version: first.try_get(1)?,
        action: first.try_get(2)?,
    };
    if let Some(undo) = first.try_get::<_, Option<Uuid>>(3)? {
        return Ok(Some(Err(UndoOutcome::UndoneBy(ChangeId(undo)))));
    }
    let steps = rows.iter().map(step).collect::<Result<_, _>>()?;
    Ok(Some(Ok((chosen, steps))))
}

fn step(row: &Row) -> Result<(TaskId, Step), DbError> {
    let mut columns = Columns::from(row, 4);
    let id = TaskId(columns.read()?);
    let (is_there, will_be_there) = (columns.read()?, columns.read()?);
    let (is_as_left, links_anew) = (columns.read()?, columns.read::<Option<bool>>()?);
    let (parent, is_parent_there) = (columns.parent()?, columns.read()?);
    let step = Step {
        is_there,
        will_be_there,
        is_as_left,
        links_anew: links_anew.unwrap_or(true),
        parent: parent.map(|parent| (parent, is_parent_there)),
        depends_on: columns.depends_on()?,
    };
    Ok((id, step))
}

/// The tasks that stand against it, if there are any.
async fn against(
    transaction: &Transaction<'_>,
    caller: &Caller,
    steps: &Steps,
) -> Result<Option<Vec<TaskId>>, DbError> {
    if let Some(task) = obstacle(steps) {
        return Ok(Some(vec![task]));
    }
    let going: Vec<_> = going(steps).map(|id| id.0).collect();
    if !going.is_empty() {
        let values: [&(dyn ToSql + Sync); 2] = [&caller.user.0, &going];
        let rows = transaction.query(&FIND_LEFT_BEHIND, &values).await?;
        if let Some(row) = rows.first() {
            return Ok(Some(vec![TaskId(row.try_get(0)?)]));
        }
    }
    let beginnings: Vec<_> = beginnings(steps).into_iter().map(|id| id.0).collect();
    if beginnings.is_empty() {
        return Ok(None);
    }
    let values: [&(dyn ToSql + Sync); 2] = [&caller.user.0, &beginnings];
    let rows = transaction.query(&FIND_LINKS, &values).await?;
    let links = rows.iter().map(|row| {
        let mut columns = Columns::from(row, 0);
        let id = TaskId(columns.read()?);
        let links = Links {
            parent_id: columns.parent()?,
            depends_on: columns.depends_on()?,
        };
        Ok((id, links))
    });
    Ok(circle(steps, links.collect::<Result<_, DbError>>()?))
}

/// The later change that made the tasks stand against it.
async fn later_change(
    transaction: &Transaction<'_>,
    caller: &Caller,
    chosen: &Chosen,
    tasks: &[TaskId],
) -> Result<UndoOutcome, DbError> {
    let ids: Vec<_> = tasks.iter().map(|id| id.0).collect();
    let values: [&(dyn ToSql + Sync); 3] = [&caller.user.0, &chosen.version, &ids];
    let rows = transaction.query(&FIND_LATER, &values).await?;
    let Some(row) = rows.first() else {
        let task = tasks.first().copied();
        let task = task.ok_or_else(|| DbError::unexpected("a conflict without a task"))?;
        return Ok(UndoOutcome::Conflict(task, None));
    };
    let later = (ChangeId(row.try_get(0)?), row.try_get(1)?);
    Ok(UndoOutcome::Conflict(TaskId(row.try_get(2)?), Some(later)))
}
