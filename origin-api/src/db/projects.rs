//! Projects: their names, and the tasks counted under them.

use jiff::Timestamp;
use shared_types::project::{Project, ProjectPatch};
use tokio_postgres::Row;
use tokio_postgres::types::{Json, ToSql, Type};
use uuid::Uuid;

use super::change::{self, replay, replay_verdict};
use super::{Caller, Db, DbError, Read, Statement, Terms};

/// A project with the version of its name and mark, which its `ETag` begins with.
#[derive(Debug)]
pub struct Found {
    /// The project.
    pub project: Project,
    /// Raised when it is renamed or archived, not when its tasks change.
    pub project_version: i64,
    /// When the next of its tasks becomes overdue.
    pub changes_at: Option<Timestamp>,
}

/// What came of a change, and the user's version after it.
#[derive(Debug)]
pub struct Written {
    /// What came of it.
    pub outcome: Outcome,
    /// `Mindflow-Version`.
    pub version: i64,
}

/// What came of a change.
#[derive(Debug)]
pub enum Outcome {
    /// It was applied, or there was nothing to change.
    Done(Project),
    /// It had been applied before, under this key: the project as it was answered then.
    Replayed(Project),
    /// The key was used for another request.
    KeyReused,
    /// There is no such project.
    NotFound,
    /// The project has none of the versions asked for.
    OtherVersion,
    /// Another project has the name.
    Taken,
}

/// The numbers of tasks of a project, as of `$4` (now). Uses `$1` (user); by `tasks_by_project`, alone.
macro_rules! counts {
    ($project:literal) => {
        concat!(
            "CROSS JOIN LATERAL (
                SELECT
                    count(*) FILTER (WHERE tasks.status <> 'completed') AS open,
                    count(*) FILTER (WHERE tasks.status <> 'completed' AND tasks.overdue_at < $4) AS overdue,
                    min(tasks.overdue_at) FILTER (
                        WHERE tasks.status <> 'completed' AND tasks.overdue_at >= $4
                    ) AS changes_at,
                    count(*) FILTER (WHERE tasks.status = 'completed') AS completed
                FROM tasks
                WHERE tasks.user_id = $1 AND tasks.project = ", $project, " AND tasks.deleted_at IS NULL
            ) AS counted"
        )
    };
}

pub(super) use counts;

/// The statement that reads projects, all of them or one.
macro_rules! read {
    ($which:literal) => {
        concat!(
            "WITH ", crate::credential!(), "
            SELECT credential.version, listed.name, listed.archived, listed.open, listed.overdue, listed.completed,
                listed.version, listed.changes_at
            FROM credential
            LEFT JOIN (
                SELECT projects.name, projects.archived, projects.version, counted.open, counted.overdue,
                    counted.completed, counted.changes_at
                FROM projects
                ", counts!("projects.name"), "
                WHERE projects.user_id = $1", $which, "
            ) AS listed ON true
            ORDER BY listed.name"
        )
    };
}

/// All of the caller's projects by name; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn list_projects(db: &Db, caller: &Caller) -> Result<Option<Read<Vec<Found>>>, DbError> {
    const SQL: Statement = Statement {
        name: "list_projects",
        sql: read!(""),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    let rows = db.query(&SQL, &caller.values()).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let version = first.try_get(0)?;
    let found = rows.iter().map(found).filter_map(Result::transpose);
    Ok(Some(Read {
        found: found.collect::<Result<_, _>>()?,
        version,
    }))
}

/// One of the caller's projects, if it is there; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn find_project(
    db: &Db,
    caller: &Caller,
    name: &str,
) -> Result<Option<Read<Option<Found>>>, DbError> {
    const SQL: Statement = Statement {
        name: "find_project",
        sql: read!(" AND projects.name = $5"),
        types: &[
            Type::UUID,
            Type::UUID,
            Type::INT8,
            Type::TIMESTAMPTZ,
            Type::TEXT,
        ],
    };
    let [user, credential, generation, now] = caller.values();
    let row = db
        .query_opt(&SQL, &[user, credential, generation, now, &name])
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    Ok(Some(Read {
        found: found(&row)?,
        version: row.try_get(0)?,
    }))
}

fn found(row: &Row) -> Result<Option<Found>, DbError> {
    let Some(name) = row.try_get(1)? else {
        return Ok(None);
    };
    Ok(Some(Found {
        project: Project {
            name,
            archived: row.try_get(2)?,
            open: row.try_get(3)?,
            overdue: row.try_get(4)?,
            completed: row.try_get(5)?,
        },
        project_version: row.try_get(6)?,
        changes_at: row.try_get(7)?,
    }))
}

/// Renames or archives the project `$7` as the change `$8`; `$9` are the versions accepted, or null.
const UPDATE: Statement = Statement {
        name: "update_project",
        sql: concat!(
            "WITH ", crate::credential!(), ", ", replay!(), ", wanted AS (
                SELECT projects.name AS old_name, projects.archived AS was_archived, projects.version,
                    coalesce($10, projects.name) AS name, coalesce($11, projects.archived) AS archived
                FROM projects, credential
                WHERE projects.user_id = $1 AND projects.name = $7
            ), verdict AS (
                SELECT
                    CASE
                    ", replay_verdict!(), "
                    WHEN wanted.name IS NULL THEN 'not_found'
                    WHEN wanted.version <> ALL ($9) THEN 'other_version'
                    WHEN (wanted.name, wanted.archived) = (wanted.old_name, wanted.was_archived) THEN 'unchanged'
                    WHEN wanted.name <> wanted.old_name
                        AND EXISTS (SELECT FROM projects WHERE projects.user_id = $1 AND projects.name = wanted.name)
                        THEN 'taken'
                    ELSE 'apply'
                    END AS outcome
                FROM credential
                LEFT JOIN wanted ON true
            ), locked AS (
                SELECT credential.by
                FROM users, verdict, credential
                WHERE users.user_id = $1
                    AND users.generation = $3
                    AND users.version = credential.version
                    AND verdict.outcome = 'apply'
                FOR NO KEY UPDATE OF users
            ), applied AS (
                UPDATE projects
                SET name = wanted.name, archived = wanted.archived, version = wanted.version + 1
                FROM locked, wanted
                WHERE projects.user_id = $1 AND projects.name = wanted.old_name
                RETURNING projects.name
            ), renamed AS (
                UPDATE tasks
                SET project = wanted.name, updated_at = $4, version = tasks.version + 1
                FROM locked, wanted
                WHERE tasks.user_id = $1
                    AND tasks.project = wanted.old_name
                    AND tasks.deleted_at IS NULL
                    AND wanted.name <> wanted.old_name
                RETURNING tasks.id, to_jsonb(old) AS before, to_jsonb(new) AS after
            ), bumped AS (
                UPDATE users
                SET version = users.version + 1
                FROM applied
                WHERE users.user_id = $1
                RETURNING users.version
            ), told AS (
                INSERT INTO history (user_id, change_id, task_id, at, by, action, before, after, version)
                SELECT $1, $8, renamed.id, $4, locked.by, 'rename_project', renamed.before, renamed.after,
                    bumped.version
                FROM renamed, locked, bumped
            ), counted_project AS (
                SELECT jsonb_build_object(
                    'name', wanted.name, 'archived', wanted.archived, 'open', counted.open,
                    'overdue', counted.overdue, 'completed', counted.completed
                ) AS answer
                FROM wanted
                ", counts!("wanted.old_name"), "
            ), kept AS (
                INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
                SELECT $1, $5, $6, counted_project.answer, $4
                FROM applied, counted_project
                WHERE $5 IS NOT NULL
            )
            SELECT
                CASE
                    WHEN verdict.outcome = 'apply' AND bumped.version IS NOT NULL THEN 'done'
                    ELSE verdict.outcome
                END AS outcome,
                coalesce(bumped.version, credential.version) AS version,
                coalesce(replay.answer, counted_project.answer) AS answer
            FROM credential
            CROSS JOIN verdict
            LEFT JOIN bumped ON true
            LEFT JOIN replay ON true
            LEFT JOIN counted_project ON true"
        ),
        types: &[
            Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::TEXT, Type::BYTEA, Type::TEXT, Type::UUID,
            Type::INT8_ARRAY, Type::TEXT, Type::BOOL,
        ],
    };

/// Renames or archives a project on the given terms, as the change `change`: all its tasks take the new name, those
/// in the trash keep the old one. `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn update_project(
    db: &Db,
    caller: &Caller,
    name: &str,
    terms: &Terms,
    change: Uuid,
    patch: &ProjectPatch,
) -> Result<Option<Written>, DbError> {
    let values: [&(dyn ToSql + Sync); 5] = [
        &name,
        &change,
        &terms.versions,
        &patch.name,
        &patch.archived,
    ];
    let rows = change::run(db, caller, terms.key.as_ref(), &UPDATE, &values).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let outcome: &str = row.try_get(0)?;
    let project = || -> Result<Project, DbError> { Ok(row.try_get::<_, Json<Project>>(2)?.0) };
    let outcome = match outcome {
        "done" | "unchanged" => Outcome::Done(project()?),
        "replayed" => Outcome::Replayed(project()?),
        "key_reused" => Outcome::KeyReused,
        "not_found" => Outcome::NotFound,
        "other_version" => Outcome::OtherVersion,
        "taken" => Outcome::Taken,
        other => {
            return Err(DbError::unexpected(format!(
                "a change of a project gave {other}"
            )));
        }
    };
    Ok(Some(Written {
        outcome,
        version: row.try_get(1)?,
    }))
}
