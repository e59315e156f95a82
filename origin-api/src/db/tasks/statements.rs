//! The statements that change a task, and what they have in common.
//!
//! All parts of a statement see the snapshot that it began with, and the `verdict` is given over that snapshot, in
//! the contract's order of checks. What is then applied locks the user's row before the task's, so one user's
//! changes run one after the other and cannot deadlock; and it is applied only to the version of the task that
//! the verdict was given over. When another change came first, or took the key or the id (a unique violation),
//! nothing is changed and nothing kept.

use tokio_postgres::types::Type;

use super::{task_columns, user_columns};
use crate::db::Statement;

/// The answer kept under the key. Uses `$1` (user), `$5` (key) and `$6` (request hash); by `idempotency_keys_pkey`.
macro_rules! replay {
    () => {
        "replay AS (
                SELECT idempotency_keys.request_hash = $6 AS is_same, idempotency_keys.answer,
                    idempotency_keys.answered_at
                FROM idempotency_keys, credential
                WHERE idempotency_keys.user_id = $1 AND idempotency_keys.key = $5
            )"
    };
}

/// What a verdict looks at first.
macro_rules! replay_verdict {
    () => {
        "WHEN EXISTS (SELECT FROM replay WHERE is_same) THEN 'replayed'
                    WHEN EXISTS (SELECT FROM replay) THEN 'key_reused'"
    };
}

/// Keeps the answer to what was applied; without ON CONFLICT, so that one of two equal keys fails.
macro_rules! kept {
    ($answer:literal) => {
        concat!(
            "kept AS (
                INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
                SELECT $1, $5, $6, ",
            $answer,
            ", $4
                FROM applied
                WHERE $5 IS NOT NULL
            )"
        )
    };
}

/// The rows of `answer` that come from a kept one.
macro_rules! replayed_task {
    () => {
        concat!(
            "SELECT ",
            task_columns!("kept_task"),
            "
                FROM replay, jsonb_populate_record(NULL::tasks, replay.answer) AS kept_task
                WHERE replay.is_same"
        )
    };
}

/// What [`written`](super::write) reads: one row, or none when the credential does not hold.
macro_rules! select_answer {
    () => {
        concat!(
            "SELECT
                CASE
                    WHEN verdict.outcome = 'apply' AND bumped.version IS NOT NULL THEN 'done'
                    ELSE verdict.outcome
                END AS outcome,
                coalesce(bumped.version, credential.version) AS version,
                replay.answered_at,
                ",
            user_columns!(),
            ",
                ",
            task_columns!("answer"),
            "
            FROM credential
            CROSS JOIN verdict
            LEFT JOIN bumped ON true
            LEFT JOIN replay ON true
            LEFT JOIN answer ON true"
        )
    };
}

/// Makes a task. Raising the version is what locks the user's row here. An id that we made is not looked up.
pub(super) const CREATE: Statement = Statement {
    name: "create_task",
    sql: concat!(
        "WITH ", crate::credential!(), ", ", replay!(), ", verdict AS (
            SELECT CASE
                ", replay_verdict!(), "
                WHEN $8 AND EXISTS (SELECT FROM tasks WHERE user_id = $1 AND id = $7) THEN 'taken'
                ELSE 'apply'
            END AS outcome
            FROM credential
        ), bumped AS (
            UPDATE users
            SET version = users.version + 1
            FROM verdict
            WHERE users.user_id = $1 AND users.generation = $3 AND verdict.outcome = 'apply'
            RETURNING users.version
        ), applied AS (
            INSERT INTO tasks (user_id, id, title, description, status, priority, due_date,
                effort_estimate_minutes, tags, completed_at, created_at, updated_at, version)
            SELECT $1, $7, $9, $10, $11, $12, $13, $14, $15, CASE WHEN $11 = 'completed' THEN $4 END, $4, $4, 1
            FROM bumped
            RETURNING ", task_columns!("tasks"), "
        ), ", kept!("to_jsonb(applied)"), ", answer AS (
            SELECT ", task_columns!("applied"), "
            FROM applied
            UNION ALL
            ", replayed_task!(), "
        )
        ", select_answer!()
    ),
    types: &[
        Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::TEXT, Type::BYTEA, Type::UUID, Type::BOOL,
        Type::TEXT, Type::TEXT, Type::TEXT, Type::INT2, Type::TEXT, Type::INT2, Type::TEXT_ARRAY,
    ],
};

/// Changes or deletes a task: `wanted` is the row as it should be. `$8` are the versions accepted, or null; `$9`
/// says that a completed task refuses, `$10` that the task is deleted.
pub(super) const EDIT: Statement = Statement {
    name: "edit_task",
    sql: concat!(
        "WITH ", crate::credential!(), ", ", replay!(), ", found AS (
            SELECT ", task_columns!("tasks"), "
            FROM tasks, credential
            WHERE tasks.user_id = $1 AND tasks.id = $7 AND tasks.deleted_at IS NULL
        ), wanted AS (
            SELECT
                coalesce($11, title) AS title,
                coalesce($12, status) AS status,
                coalesce($13, priority) AS priority,
                CASE WHEN $14 THEN $15 ELSE description END AS description,
                CASE WHEN $16 THEN $17 ELSE due_date END AS due_date,
                CASE WHEN $18 THEN $19 ELSE effort_estimate_minutes END AS effort_estimate_minutes,
                coalesce($20, tags) AS tags
            FROM found
        ), verdict AS (
            SELECT CASE
                ", replay_verdict!(), "
                WHEN found.id IS NULL THEN 'not_found'
                WHEN found.version <> ALL ($8) THEN 'other_version'
                WHEN $10 THEN 'apply'
                WHEN $9 AND found.status = 'completed' THEN 'completed'
                WHEN (wanted.title, wanted.status, wanted.priority, wanted.description, wanted.due_date,
                        wanted.effort_estimate_minutes, wanted.tags)
                    IS DISTINCT FROM (found.title, found.status, found.priority, found.description,
                        found.due_date, found.effort_estimate_minutes, found.tags) THEN 'apply'
                ELSE 'unchanged'
            END AS outcome
            FROM credential
            LEFT JOIN found ON true
            LEFT JOIN wanted ON true
        ), locked AS (
            SELECT users.user_id
            FROM users, verdict
            WHERE users.user_id = $1 AND users.generation = $3 AND verdict.outcome = 'apply'
            FOR NO KEY UPDATE OF users
        ), applied AS (
            UPDATE tasks
            SET title = wanted.title,
                status = wanted.status,
                priority = wanted.priority,
                description = wanted.description,
                due_date = wanted.due_date,
                effort_estimate_minutes = wanted.effort_estimate_minutes,
                tags = wanted.tags,
                completed_at = CASE WHEN wanted.status = 'completed' THEN coalesce(found.completed_at, $4) END,
                updated_at = $4,
                deleted_at = CASE WHEN $10 THEN $4 END,
                version = found.version + 1
            FROM locked, found, wanted
            WHERE tasks.user_id = $1 AND tasks.id = $7 AND tasks.version = found.version
            RETURNING ", task_columns!("tasks"), "
        ), bumped AS (
            UPDATE users
            SET version = users.version + 1
            FROM applied
            WHERE users.user_id = $1
            RETURNING users.version
        ), ", kept!("CASE WHEN NOT $10 THEN to_jsonb(applied) END"), ", answer AS (
            SELECT ", task_columns!("applied"), "
            FROM applied
            UNION ALL
            SELECT ", task_columns!("found"), "
            FROM found, verdict
            WHERE verdict.outcome = 'unchanged'
            UNION ALL
            ", replayed_task!(), "
        )
        ", select_answer!()
    ),
    types: &[
        Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::TEXT, Type::BYTEA, Type::UUID,
        Type::INT8_ARRAY, Type::BOOL, Type::BOOL, Type::TEXT, Type::TEXT, Type::INT2, Type::BOOL, Type::TEXT,
        Type::BOOL, Type::TEXT, Type::BOOL, Type::INT2, Type::TEXT_ARRAY,
    ],
};

/// Locks the user's row, as every change does.
pub(super) const LOCK_USER: Statement = Statement {
    name: "lock_user",
    sql: "SELECT FROM users WHERE user_id = $1 FOR NO KEY UPDATE",
    types: &[Type::UUID],
};
