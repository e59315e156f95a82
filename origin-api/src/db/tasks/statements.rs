//! The statements that change tasks, and what they have in common.
//!
//! All parts of a statement see the snapshot that it began with, and the `verdict` is given over that snapshot, in
//! the contract's order of checks. What is then applied locks the user's row first, so one user's changes run one
//! after the other and cannot deadlock; and it is applied only if the user's version is still the one of the
//! snapshot, so whatever the verdict looked at (subtasks, dependencies) is as it was. When another change came
//! first, or took the key or the id (a unique violation), nothing is changed and nothing kept.

use tokio_postgres::types::Type;

use super::columns::{columns, is_blocked, task_columns};
use crate::db::Statement;
use crate::db::change::{replay, replay_verdict};

/// The links to other tasks that the wanted row has and the found one has not, each with the task that it leads
/// to, if there is one; and the first that cannot be. By `tasks_pkey`.
macro_rules! new_links {
    ($had_parent:literal, $had:literal) => {
        concat!(
            "link AS (
            SELECT named.field, named.id, linked.id IS NULL AS is_missing, linked.status
            FROM wanted
            CROSS JOIN LATERAL (
                SELECT 'parent_id' AS field, (wanted.task).parent_id AS id
                WHERE (wanted.task).parent_id IS DISTINCT FROM ",
            $had_parent,
            "
                UNION ALL
                SELECT 'depends_on', given.id
                FROM unnest((wanted.task).depends_on) AS given (id)
                WHERE given.id <> ALL (",
            $had,
            ")
            ) AS named
            LEFT JOIN tasks AS linked
                ON linked.user_id = $1 AND linked.id = named.id AND linked.deleted_at IS NULL
            WHERE named.id IS NOT NULL
        ), fault AS (
            SELECT
                CASE
                    WHEN link.is_missing THEN link.field
                    ELSE 'parent_completed'
                END AS outcome,
                link.id
            FROM link
            WHERE link.is_missing OR (link.field = 'parent_id' AND link.status = 'completed')
            ORDER BY link.field DESC, link.id
            LIMIT 1
        )"
        )
    };
}

/// What the task `$id` would wait for, directly or not: what the wanted row depends on, and its subtasks. Looked at
/// only where a link is new.
macro_rules! awaited {
    ($id:literal) => {
        concat!(
            "awaited (id) AS (
            SELECT first.id
            FROM wanted
            CROSS JOIN LATERAL (
                SELECT unnest((wanted.task).depends_on) AS id
                UNION ALL
                SELECT tasks.id
                FROM tasks
                WHERE tasks.user_id = $1 AND tasks.parent_id = ",
            $id,
            " AND tasks.deleted_at IS NULL
            ) AS first
            WHERE EXISTS (SELECT FROM link)
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
                WHERE tasks.user_id = $1
                    AND tasks.parent_id = awaited.id
                    AND tasks.deleted_at IS NULL
                    AND tasks.id <> ",
            $id,
            "
            ) AS next
        )"
        )
    };
}

/// What a verdict looks at where links are new: whether they can be, and whether the task `$id` would wait for
/// itself, over what it waits for or because its parent, which waits for it, is itself or among that.
macro_rules! link_verdict {
    ($id:literal) => {
        concat!(
            "WHEN fault.outcome IS NOT NULL THEN fault.outcome
                WHEN (wanted.task).parent_id = ",
            $id,
            "
                    OR EXISTS (SELECT FROM awaited WHERE awaited.id IN (",
            $id,
            ", (wanted.task).parent_id))
                    THEN CASE
                        WHEN EXISTS (SELECT FROM link WHERE link.field = 'depends_on') THEN 'dependency_cycle'
                        ELSE 'parent_cycle'
                    END"
        )
    };
}

/// Inserts the row `new` as it is given in JSON, with what follows from it. Uses `$1` (user) and `$4` (now).
macro_rules! insert_task {
    ($from:literal) => {
        concat!(
            "INSERT INTO tasks (user_id, ", insert_columns!(""), ",
                recurrence_start, completed_at, created_at, updated_at, version, due_at, overdue_at, wakes_at)
            SELECT $1, ", insert_columns!("new."), ",
                CASE
                    WHEN new.recurrence IS NOT NULL
                        THEN coalesce(new.recurrence_start, new.due_date, new.deadline, new.start_date)
                END,
                CASE WHEN new.status = 'completed' THEN $4 END, $4, $4, 1,
                ", derived_instants!("new", "credential"), "
            FROM ", $from
        )
    };
}

/// The columns of an insertion that come from the request.
macro_rules! insert_columns {
    ($prefix:literal) => {
        concat!(
            $prefix,
            "id, ",
            $prefix,
            "title, ",
            $prefix,
            "description, ",
            $prefix,
            "status, ",
            $prefix,
            "priority, ",
            $prefix,
            "due_date, ",
            $prefix,
            "deadline, ",
            $prefix,
            "start_date, ",
            $prefix,
            "snoozed_until, ",
            $prefix,
            "effort_estimate_minutes, ",
            $prefix,
            "tags, ",
            $prefix,
            "project, ",
            $prefix,
            "preferred_time, ",
            $prefix,
            "recurrence, ",
            $prefix,
            "recurrence_from, ",
            $prefix,
            "parent_id, ",
            $prefix,
            "depends_on"
        )
    };
}

/// `due_at`, `overdue_at` and `wakes_at` of a row, in the zone and working hours of a user.
macro_rules! derived_instants {
    ($row:literal, $user:literal) => {
        concat!(
            "date_passes(",
            $row,
            ".due_date, ",
            $user,
            ".time_zone, ",
            $user,
            ".work_end_minute, ",
            $user,
            ".work_days),
                date_passes(coalesce(",
            $row,
            ".deadline, ",
            $row,
            ".due_date), ",
            $user,
            ".time_zone,
                    ",
            $user,
            ".work_end_minute, ",
            $user,
            ".work_days),
                date_begins(",
            $row,
            ".snoozed_until, ",
            $user,
            ".time_zone)"
        )
    };
}

pub(in crate::db) use derived_instants;
pub(super) use insert_columns;

/// Keeps a project from its first use on.
macro_rules! named_project {
    () => {
        "named AS (
            INSERT INTO projects (user_id, name, created_at)
            SELECT $1, applied.project, $4
            FROM applied
            WHERE applied.project IS NOT NULL
            ON CONFLICT DO NOTHING
        )"
    };
}

/// What [`written`](super::write) reads: the rows of the answer, or one without a task, or none when the
/// credential does not hold.
macro_rules! select_answer {
    ($subject:literal) => {
        concat!(
            "SELECT
                CASE
                    WHEN verdict.outcome = 'apply' AND bumped.version IS NOT NULL THEN 'done'
                    ELSE verdict.outcome
                END AS outcome,
                verdict.about,
                ", $subject, " AS subject,
                replay.answered_at,
                coalesce(bumped.version, credential.version) AS version,
                credential.time_zone, credential.work_start_minute, credential.work_end_minute, credential.work_days,
                ", task_columns!("answer"), ",
                answer.is_blocked
            FROM credential
            CROSS JOIN verdict
            LEFT JOIN bumped ON true
            LEFT JOIN replay ON true
            LEFT JOIN answer ON true
            ORDER BY answer.is_next"
        )
    };
}

/// The rows of `answer` that come from a kept one.
macro_rules! replayed_answer {
    () => {
        concat!(
            "SELECT kept_task.is_next, ", task_columns!("kept_task"), ", kept_task.is_blocked
            FROM replay
            CROSS JOIN LATERAL (
                SELECT false AS is_next, (replay.answer ->> 'is_blocked')::boolean AS is_blocked, row.*
                FROM jsonb_populate_record(NULL::tasks, replay.answer) AS row
                UNION ALL
                SELECT true, (replay.answer ->> 'is_next_blocked')::boolean, row.*
                FROM jsonb_populate_record(NULL::tasks, nullif(replay.answer -> 'next_occurrence', 'null')) AS row
            ) AS kept_task
            WHERE replay.is_same AND kept_task.id IS NOT NULL"
        )
    };
}

/// Makes a task: `$7` is its row as JSON, `$8` whether the caller gave the id (one that we made is not looked up),
/// `$9` the id of the change. Raising the version is what locks the user's row here; it matters which version that
/// is only where the verdict looked at other tasks; the zone and the working hours must be those of the snapshot.
pub(super) const CREATE: Statement = Statement {
    name: "create_task",
    sql: concat!(
        "WITH RECURSIVE ", crate::credential!(), ", ", replay!(), ", wanted AS (
            SELECT jsonb_populate_record(NULL::tasks, $7) AS task
            FROM credential
        ), ", new_links!("NULL", "'{}'::uuid[]"), ", ", awaited!("($7 ->> 'id')::uuid"), ", verdict AS (
            SELECT
                CASE
                ", replay_verdict!(), "
                ", link_verdict!("($7 ->> 'id')::uuid"), "
                WHEN $8 AND EXISTS (SELECT FROM tasks WHERE user_id = $1 AND id = (wanted.task).id) THEN 'taken'
                ELSE 'apply'
                END AS outcome,
                fault.id AS about
            FROM wanted
            LEFT JOIN fault ON true
        ), bumped AS (
            UPDATE users
            SET version = users.version + 1
            FROM verdict, credential
            WHERE users.user_id = $1
                AND users.generation = $3
                AND verdict.outcome = 'apply'
                AND (users.version = credential.version OR NOT EXISTS (SELECT FROM link))
                AND users.preferences_version = credential.preferences_version
            RETURNING users.version
        ), applied AS (
            ", insert_task!("bumped, credential, jsonb_populate_record(NULL::tasks, $7) AS new"), "
            RETURNING tasks.*
        ), ", named_project!(), ", told AS (
            INSERT INTO history (user_id, change_id, task_id, at, by, action, after, version)
            SELECT $1, $9, applied.id, $4, credential.by, 'create', to_jsonb(applied), bumped.version
            FROM applied, credential, bumped
        ), kept AS (
            INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
            SELECT $1, $5, $6, to_jsonb(applied) || jsonb_build_object('is_blocked', ", is_blocked!("applied"), "), $4
            FROM applied
            WHERE $5 IS NOT NULL
        ), answer AS (
            SELECT false AS is_next, ", task_columns!("applied"), ", ", is_blocked!("applied"), " AS is_blocked
            FROM applied
            UNION ALL
            ", replayed_answer!(), "
        )
        ", select_answer!("NULL::jsonb")
    ),
    types: &[
        Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::TEXT, Type::BYTEA, Type::JSONB, Type::BOOL,
        Type::UUID,
    ],
};

/// Changes or deletes a task, and what goes with it.
///
/// `$7` is its id, `$8` that of the change, `$9` the action, `$10` the fields that change, as JSON under the names
/// of the columns, `$11` the versions accepted, or null, and `$12` whether open subtasks are completed with it.
/// What the application must say first (the next occurrence of a recurring task, whether a new rule ever fires) is
/// asked for by the verdict `consult`, which gives the wanted row as `subject`; it comes back as `$13`, the row of
/// the next occurrence as JSON, if there is one, with `$14`, the version of the task that it was said about.
pub(super) const EDIT: Statement = Statement {
    name: "edit_task",
    sql: concat!(
        "WITH RECURSIVE ", crate::credential!(), ", ", replay!(), ", found AS (
            SELECT tasks AS task
            FROM tasks, credential
            WHERE tasks.user_id = $1 AND tasks.id = $7 AND tasks.deleted_at IS NULL
        ), wanted AS (
            SELECT changed.task,
                (changed.task).status = 'completed' AND (found.task).status <> 'completed' AS completes
            FROM found
            CROSS JOIN LATERAL (SELECT jsonb_populate_record(found.task, $10) AS task) AS changed
        ), ", new_links!("(SELECT (found.task).parent_id FROM found)", "(SELECT (found.task).depends_on FROM found)::uuid[]"), ", ", awaited!("$7"), ",
        -- All that is below the task, where it is taken along or must not be left behind.
        below (id) AS (
            SELECT tasks.id
            FROM tasks, wanted
            WHERE tasks.user_id = $1
                AND tasks.parent_id = $7
                AND tasks.deleted_at IS NULL
                AND ($9 = 'delete' OR wanted.completes)
            UNION
            SELECT tasks.id
            FROM below
            JOIN tasks ON tasks.user_id = $1 AND tasks.parent_id = below.id AND tasks.deleted_at IS NULL
        ), along AS (
            SELECT tasks AS task
            FROM below
            JOIN tasks ON tasks.user_id = $1 AND tasks.id = below.id
            WHERE $9 = 'delete' OR tasks.status <> 'completed'
        ), verdict AS (
            SELECT
                CASE
                ", replay_verdict!(), "
                WHEN (found.task).id IS NULL THEN 'not_found'
                ", link_verdict!("$7"), "
                WHEN (wanted.task).recurrence IS NOT NULL
                    AND coalesce((wanted.task).due_date, (wanted.task).deadline, (wanted.task).start_date) IS NULL
                    THEN 'no_anchor'
                WHEN $9 = 'snooze' AND date_begins((wanted.task).snoozed_until, credential.time_zone) <= $4
                    THEN 'past'
                WHEN (found.task).version <> ALL ($11) THEN 'other_version'
                WHEN $9 = 'delete' THEN 'apply'
                WHEN $9 IN ('start', 'snooze', 'not_now') AND (found.task).status = 'completed' THEN 'completed'
                WHEN wanted.task IS NOT DISTINCT FROM found.task THEN 'unchanged'
                WHEN wanted.completes AND NOT $12 AND EXISTS (SELECT FROM along) THEN 'open_subtasks'
                WHEN (found.task).version IS DISTINCT FROM $14
                    AND (wanted.task).recurrence IS NOT NULL
                    AND (
                        (wanted.completes AND (found.task).next_occurrence_id IS NULL)
                        OR (wanted.task).recurrence IS DISTINCT FROM (found.task).recurrence
                    )
                    THEN 'consult'
                ELSE 'apply'
                END AS outcome,
                fault.id AS about
            FROM credential
            LEFT JOIN found ON true
            LEFT JOIN wanted ON true
            LEFT JOIN fault ON true
        ), locked AS (
            SELECT credential.by, credential.time_zone, credential.work_end_minute, credential.work_days
            FROM users, verdict, credential
            WHERE users.user_id = $1
                AND users.generation = $3
                AND users.version = credential.version
                AND verdict.outcome = 'apply'
            FOR NO KEY UPDATE OF users
        ), target AS (
            SELECT (wanted.task).*
            FROM wanted
            UNION ALL
            SELECT changed.*
            FROM along
            CROSS JOIN LATERAL jsonb_populate_record(
                along.task, CASE WHEN $9 = 'delete' THEN '{}' ELSE '{\"status\": \"completed\"}' END::jsonb
            ) AS changed
        ), applied AS (
            UPDATE tasks
            SET title = target.title,
                description = target.description,
                status = target.status,
                priority = target.priority,
                due_date = target.due_date,
                deadline = target.deadline,
                start_date = target.start_date,
                snoozed_until = target.snoozed_until,
                effort_estimate_minutes = target.effort_estimate_minutes,
                tags = target.tags,
                project = target.project,
                preferred_time = target.preferred_time,
                recurrence = target.recurrence,
                recurrence_from = target.recurrence_from,
                -- Moving the date that the rule is anchored on moves one occurrence; another rule, or another of
                -- the three dates to anchor it on, begins anew.
                recurrence_start = CASE
                    WHEN target.recurrence IS NULL THEN NULL
                    WHEN target.recurrence IS DISTINCT FROM tasks.recurrence
                        OR (target.due_date IS NULL) <> (tasks.due_date IS NULL)
                        OR (target.due_date IS NULL AND (target.deadline IS NULL) <> (tasks.deadline IS NULL))
                        THEN coalesce(target.due_date, target.deadline, target.start_date)
                    ELSE tasks.recurrence_start
                END,
                next_occurrence_id = CASE
                    WHEN tasks.id = $7 AND $13 IS NOT NULL THEN ($13 ->> 'id')::uuid
                    ELSE target.next_occurrence_id
                END,
                parent_id = target.parent_id,
                depends_on = target.depends_on,
                not_now_at = target.not_now_at,
                (due_at, overdue_at, wakes_at) = ROW (", derived_instants!("target", "locked"), "),
                completed_at = CASE WHEN target.status = 'completed' THEN coalesce(target.completed_at, $4) END,
                updated_at = $4,
                deleted_at = CASE WHEN $9 = 'delete' THEN $4 END,
                version = target.version + 1
            FROM locked, target
            WHERE tasks.user_id = $1 AND tasks.id = target.id
            RETURNING tasks.*
        ), next_occurrence AS (
            ", insert_task!("locked AS credential, jsonb_populate_record(NULL::tasks, $13) AS new
            WHERE new.id IS NOT NULL"), "
            RETURNING tasks.*
        ), bumped AS (
            UPDATE users
            SET version = users.version + 1
            FROM locked
            WHERE users.user_id = $1
            RETURNING users.version
        ), ", named_project!(), ", told AS (
            INSERT INTO history (user_id, change_id, task_id, at, by, action, before, after, version)
            SELECT $1, $8, changed.task_id, $4, locked.by,
                CASE WHEN wanted.completes THEN 'complete' ELSE $9 END, changed.before, changed.after, bumped.version
            FROM locked
            CROSS JOIN bumped
            CROSS JOIN wanted
            CROSS JOIN LATERAL (
                SELECT applied.id AS task_id, to_jsonb(earlier.task) AS before, to_jsonb(applied) AS after
                FROM applied
                JOIN (SELECT found.task FROM found UNION ALL SELECT along.task FROM along) AS earlier
                    ON (earlier.task).id = applied.id
                UNION ALL
                SELECT next_occurrence.id, NULL, to_jsonb(next_occurrence)
                FROM next_occurrence
            ) AS changed
            -- Only in a batch, where an earlier item changed the task.
            ON CONFLICT (user_id, change_id, task_id) DO UPDATE SET after = excluded.after
        ), kept AS (
            INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
            SELECT $1, $5, $6,
                CASE
                    WHEN $9 <> 'delete' THEN to_jsonb(applied) || jsonb_build_object(
                        'is_blocked', ", is_blocked!("applied"), ",
                        'next_occurrence', (SELECT to_jsonb(next_occurrence) FROM next_occurrence),
                        'is_next_blocked', (SELECT ", is_blocked!("next_occurrence"), " FROM next_occurrence)
                    )
                END,
                $4
            FROM applied
            WHERE applied.id = $7 AND $5 IS NOT NULL
        ), answer AS (
            SELECT false AS is_next, ", task_columns!("applied"), ", ", is_blocked!("applied"), " AS is_blocked
            FROM applied
            WHERE applied.id = $7
            UNION ALL
            SELECT true, ", task_columns!("next_occurrence"), ", ", is_blocked!("next_occurrence"), "
            FROM next_occurrence
            UNION ALL
            SELECT false, ", task_columns!("(found.task)"), ", ", is_blocked!("(found.task)"), "
            FROM found, verdict
            WHERE verdict.outcome = 'unchanged'
            UNION ALL
            SELECT true, ", task_columns!("tasks"), ", ", is_blocked!("tasks"), "
            FROM found, verdict, tasks
            WHERE verdict.outcome = 'unchanged'
                AND tasks.user_id = $1
                AND tasks.id = (found.task).next_occurrence_id
                AND tasks.deleted_at IS NULL
            UNION ALL
            ", replayed_answer!(), "
        )
        ", select_answer!("CASE WHEN verdict.outcome = 'consult' THEN (SELECT to_jsonb(wanted.task) FROM wanted) END")
    ),
    types: &[
        Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::TEXT, Type::BYTEA, Type::UUID, Type::UUID,
        Type::TEXT, Type::JSONB, Type::INT8_ARRAY, Type::BOOL, Type::JSONB, Type::INT8,
    ],
};
