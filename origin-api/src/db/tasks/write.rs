//! Changes of tasks, each in one statement; see `statements`.

use jiff::Timestamp;
use serde_json::{Value, json};
use shared_types::id::TaskId;
use shared_types::task::{NewTask, Task};
use shared_types::validate::FieldError;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::columns::{Columns, USER_COLUMNS};
use super::statements::{CREATE, EDIT};
use crate::db::change::{self, Place};
use crate::db::{Caller, DbError, Key, Terms};
use crate::domain::user_time::UserTime;

/// What is asked of a task.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What it is called in the history, and by which some refuse a completed task.
    pub action: Action,
    /// The fields that change, under the names of the columns.
    pub patch: Value,
    /// Whether a completion completes the open subtasks too.
    pub cascade: bool,
}

/// What is done to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Change some fields.
    Update,
    /// Change every field.
    Replace,
    /// Begin it.
    Start,
    /// Be done with it.
    Complete,
    /// Make it pending again.
    Reopen,
    /// Hide it for a while.
    Snooze,
    /// Put it off.
    NotNow,
    /// Delete it and everything below it.
    Delete,
}

impl Action {
    /// The name in the history, and to the statement.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Start => "start",
            Self::Complete => "complete",
            Self::Reopen => "reopen",
            Self::Snooze => "snooze",
            Self::NotNow => "not_now",
            Self::Delete => "delete",
        }
    }
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
    Done(Answer),
    /// It had been applied before, under this key: what was answered then, nothing after a deletion.
    Replayed(Option<Answer>),
    /// Nothing was changed.
    Refused(Refusal),
}

/// The task after a change, and the next occurrence that completing it made.
#[derive(Debug)]
pub struct Answer {
    /// The task.
    pub task: Task,
    /// The one that comes after it, when it recurs.
    pub next_occurrence: Option<Task>,
}

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// It has open subtasks, which are not to be completed with it.
    OpenSubtasks,
    /// The parent is no task of the user's.
    NoParent,
    /// The parent is completed.
    ParentCompleted,
    /// A dependency is no task of the user's.
    NoDependency(TaskId),
    /// The task would wait for itself, over dependencies and subtasks together; with the field that closes the cycle.
    Cycle(&'static str),
    /// It recurs, but has no date to count from.
    NoAnchor,
    /// A snooze would end in the past.
    Past,
    /// What the application had to say about the recurrence.
    Invalid(FieldError),
}

/// What the application says about a recurring task before it is changed: the row of its next occurrence, if the
/// change completes it and there is one, under the names of the columns.
pub type Consult<'a> = &'a (dyn Fn(&Value, &UserTime) -> Result<Option<Value>, FieldError> + Sync);

/// How often a change is tried whose task others change all the while.
const TRIES: u32 = 20;

/// Makes a task under the id `id`, as the change `change`; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn create_task(
    place: impl Into<Place<'_>>,
    caller: &Caller,
    key: Option<&Key>,
    new: &NewTask,
    id: TaskId,
    change: Uuid,
) -> Result<Option<Written>, DbError> {
    let mut row = json!(new.content);
    row["id"] = json!(id);
    let values: [&(dyn ToSql + Sync); 3] = [&row, &new.id.is_some(), &change];
    let rows = change::run(place, caller, key, &CREATE, &values).await?;
    match written(&rows, caller.now)? {
        None => Ok(None),
        Some(Settled::Written(written)) => Ok(Some(*written)),
        Some(Settled::Asks { .. }) => Err(DbError::unexpected("a creation asked for a recurrence")),
    }
}

/// Changes or deletes a task on the given terms, as the change `change`; `None` when the credential does not
/// hold. Where a recurrence is to be looked at first (`consult`), that takes a second statement.
///
/// # Errors
/// See [`DbError`].
pub async fn edit_task(
    place: impl Into<Place<'_>>,
    caller: &Caller,
    id: TaskId,
    terms: &Terms,
    change: Uuid,
    edit: &Edit,
    consult: Consult<'_>,
) -> Result<Option<Written>, DbError> {
    let place = place.into();
    let mut said: (Option<Value>, Option<i64>) = (None, None);
    for _ in 0..TRIES {
        let values: [&(dyn ToSql + Sync); 8] = [
            &id.0,
            &change,
            &edit.action.as_str(),
            &edit.patch,
            &terms.versions,
            &edit.cascade,
            &said.0,
            &said.1,
        ];
        let rows = change::run(place, caller, terms.key.as_ref(), &EDIT, &values).await?;
        match written(&rows, caller.now)? {
            None => return Ok(None),
            Some(Settled::Written(written)) => return Ok(Some(*written)),
            Some(Settled::Asks {
                subject,
                time,
                version,
            }) => match consult(&subject, &time) {
                Ok(next) => said = (next, subject["version"].as_i64()),
                Err(error) => {
                    let outcome = Outcome::Refused(Refusal::Invalid(error));
                    return Ok(Some(Written { outcome, version }));
                }
            },
        }
    }
    Err(DbError::Unavailable(
        "a recurring task changed all the while".into(),
    ))
}

/// What a statement came to.
enum Settled {
    Written(Box<Written>),
    /// The application is asked about the recurrence of the wanted row.
    Asks {
        subject: Value,
        time: UserTime,
        version: i64,
    },
}

/// Reads what `select_answer` gives; `None` when the credential does not hold.
fn written(rows: &[Row], now: Timestamp) -> Result<Option<Settled>, DbError> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let mut columns = Columns::from(first, 0);
    let outcome: &str = columns.read()?;
    let about: Option<Uuid> = columns.read()?;
    let subject: Option<Value> = columns.read()?;
    let as_of = columns.read::<Option<Timestamp>>()?.unwrap_or(now);
    let version = columns.read()?;
    let time = columns.user_time()?;
    let mut tasks = rows
        .iter()
        .map(|row| Columns::from(row, FIRST_OF_TASK).task(&time, as_of));
    let task = tasks.next().transpose()?.flatten();
    let next_occurrence = tasks.next().transpose()?.flatten();
    let answer = task.map(|task| Answer {
        task,
        next_occurrence,
    });
    let outcome = match (outcome, answer, subject) {
        ("consult", _, Some(subject)) => {
            return Ok(Some(Settled::Asks {
                subject,
                time,
                version,
            }));
        }
        ("done" | "unchanged", Some(answer), _) => Outcome::Done(answer),
        ("replayed", answer, _) => Outcome::Replayed(answer),
        (refused, ..) => Outcome::Refused(refusal(refused, about)?),
    };
    Ok(Some(Settled::Written(Box::new(Written {
        outcome,
        version,
    }))))
}

/// The columns before those of the task in `select_answer`.
const FIRST_OF_TASK: usize = 4 + USER_COLUMNS;

fn refusal(outcome: &str, about: Option<Uuid>) -> Result<Refusal, DbError> {
    Ok(match (outcome, about) {
        ("key_reused", _) => Refusal::KeyReused,
        ("not_found", _) => Refusal::NotFound,
        ("other_version", _) => Refusal::OtherVersion,
        ("completed", _) => Refusal::Completed,
        ("taken", _) => Refusal::Taken,
        ("open_subtasks", _) => Refusal::OpenSubtasks,
        ("parent_id", _) => Refusal::NoParent,
        ("parent_completed", _) => Refusal::ParentCompleted,
        ("depends_on", Some(id)) => Refusal::NoDependency(TaskId(id)),
        ("dependency_cycle", _) => Refusal::Cycle("depends_on"),
        ("parent_cycle", _) => Refusal::Cycle("parent_id"),
        ("no_anchor", _) => Refusal::NoAnchor,
        ("past", _) => Refusal::Past,
        _ => {
            return Err(DbError::unexpected(format!(
                "a change gave {outcome} without a task"
            )));
        }
    })
}
