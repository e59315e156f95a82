//! Changes of one task, each in one statement. One that was overtaken by another change of the same user is run
//! once more, behind the user's lock, where nothing can overtake it.

use jiff::Timestamp;
use shared_types::id::TaskId;
use shared_types::patch::Patch;
use shared_types::task::{NewTask, Status, Task, TaskPatch};
use shared_types::time::When;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::statements::{CREATE, EDIT, LOCK_USER};
use super::{task, user_time};
use crate::db::{Caller, Db, DbError, Key, Statement, Terms, Values};

/// What is asked of a task.
#[derive(Clone, Debug)]
pub enum Edit {
    /// To change some fields.
    Patch(TaskPatch),
    /// The same, unless the task is completed.
    PatchOpen(TaskPatch),
    /// To delete it.
    Delete,
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
    /// It was applied, or there was nothing to change: the task after it.
    Done(Task),
    /// It had been applied before, under this key: the task as it was answered then, none after a deletion.
    Replayed(Option<Task>),
    /// Nothing was changed.
    Refused(Refusal),
}

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The key was used for another request.
    KeyReused,
    /// There is no such task, or it is another user's.
    NotFound,
    /// The task has none of the versions asked for.
    OtherVersion,
    /// The task is completed.
    Completed,
    /// The id is taken, perhaps by a deleted task.
    Taken,
}

/// Makes a task; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn create_task(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    new: &NewTask,
    id: TaskId,
) -> Result<Option<Written>, DbError> {
    let content = &new.content;
    let values: [&(dyn ToSql + Sync); 9] = [
        &id.0,
        &new.id.is_some(),
        &content.title,
        &content.description,
        &content.status.as_str(),
        &i16::from(content.priority),
        &content.due_date.as_ref().map(When::as_str),
        &content.effort_estimate_minutes.map(u16::cast_signed),
        &content.tags,
    ];
    write(db, caller, key, &CREATE, &values).await
}

/// Changes or deletes a task on the given terms; `None` when the credential does not
/// hold.
///
/// # Errors
/// See [`DbError`].
pub async fn edit_task(
    db: &Db,
    caller: &Caller,
    id: TaskId,
    terms: &Terms,
    edit: &Edit,
) -> Result<Option<Written>, DbError> {
    let nothing = TaskPatch::default();
    let (patch, only_open, deletes) = match edit {
        Edit::Patch(patch) => (patch, false, false),
        Edit::PatchOpen(patch) => (patch, true, false),
        Edit::Delete => (&nothing, false, true),
    };
    let tags = match &patch.tags {
        Patch::Absent => None,
        Patch::Null => Some([].as_slice()),
        Patch::Value(tags) => Some(tags.as_slice()),
    };
    let values: [&(dyn ToSql + Sync); 14] = [
        &id.0,
        &terms.versions,
        &only_open,
        &deletes,
        &patch.title,
        &patch.status.map(Status::as_str),
        &patch.priority.map(i16::from),
        &patch.description.is_present(),
        &patch.description.value(),
        &patch.due_date.is_present(),
        &patch.due_date.value().map(When::as_str),
        &patch.effort_estimate_minutes.is_present(),
        &patch
            .effort_estimate_minutes
            .value()
            .map(|minutes| minutes.cast_signed()),
        &tags,
    ];
    write(db, caller, terms.key.as_ref(), &EDIT, &values).await
}

/// The constraints that refuse the later of two equal keys, or of two equal ids.
const RACES: [&str; 2] = ["idempotency_keys_pkey", "tasks_pkey"];

/// Runs a change, and once more behind the user's lock when it was overtaken.
async fn write(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    statement: &Statement,
    values: &Values<'_>,
) -> Result<Option<Written>, DbError> {
    let [user, credential, generation, now] = caller.values();
    let name = key.map(|key| key.key.as_str());
    let request_hash = key.map(|key| key.request_hash.as_slice());
    let mut all = vec![user, credential, generation, now, &name, &request_hash];
    all.extend(values);

    match db.query_opt(statement, &all).await {
        Ok(None) => return Ok(None),
        Ok(Some(row)) => {
            if let Some(written) = written(&row, caller.now)? {
                return Ok(Some(written));
            }
        }
        Err(DbError::Constraint { name, .. }) if RACES.contains(&name.as_str()) => {}
        Err(error) => return Err(error),
    }
    let Some(row) = db
        .query_opt_after((&LOCK_USER, &[user]), statement, &all)
        .await?
    else {
        return Ok(None);
    };
    let written = written(&row, caller.now)?;
    written.map(Some).ok_or_else(|| {
        DbError::unexpected(format!("{} was overtaken behind the lock", statement.name))
    })
}

/// Reads what `select_answer` gives; `None` when the statement was overtaken.
fn written(row: &Row, now: Timestamp) -> Result<Option<Written>, DbError> {
    const ANSWERED_AT: usize = 2;
    const USER: usize = 3;
    let as_of = row
        .try_get::<_, Option<Timestamp>>(ANSWERED_AT)?
        .unwrap_or(now);
    let answer = task(
        row,
        USER + super::USER_COLUMNS,
        &user_time(row, USER + 1)?,
        as_of,
    )?;
    let outcome = match (row.try_get(0)?, answer) {
        ("apply", _) => return Ok(None),
        ("done" | "unchanged", Some(task)) => Outcome::Done(task),
        ("replayed", task) => Outcome::Replayed(task),
        ("key_reused", _) => Outcome::Refused(Refusal::KeyReused),
        ("not_found", _) => Outcome::Refused(Refusal::NotFound),
        ("other_version", _) => Outcome::Refused(Refusal::OtherVersion),
        ("completed", _) => Outcome::Refused(Refusal::Completed),
        ("taken", _) => Outcome::Refused(Refusal::Taken),
        (outcome, _) => {
            return Err(DbError::unexpected(format!(
                "a change gave {outcome} without a task"
            )));
        }
    };
    Ok(Some(Written {
        outcome,
        version: row.try_get(1)?,
    }))
}
