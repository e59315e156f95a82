//! Several changes of tasks, all or none of which are applied: each by the statement that makes it alone, one after
//! the other behind the user's lock, so that no rule is written twice.

use std::collections::HashSet;

use serde_json::Value;
use shared_types::batch::{BatchAnswer, BatchOp, BatchResult, BatchTask};
use shared_types::id::{ChangeId, TaskId};
use shared_types::task::{CompletedTask, NewTask};
use shared_types::validate::FieldError;
use tokio_postgres::types::Type;

use super::find_all;
use super::write::{Edit, Outcome, Refusal, create_task, edit_task};
use crate::db::change::{Begun, begin, keep_and_commit};
use crate::db::transaction::Transaction;
use crate::db::{Caller, Db, DbError, Key, Place, Statement, Terms};
use crate::domain::batch::Order;
use crate::domain::user_time::UserTime;

/// One change of a batch.
#[derive(Debug)]
pub struct Item {
    /// Its name in the answer.
    pub op: BatchOp,
    /// The tasks that must be there before it.
    pub named: Vec<TaskId>,
    /// What it does.
    pub work: Work,
}

/// What an item does.
#[derive(Debug)]
pub enum Work {
    /// Makes a task under this id.
    Create(Box<NewTask>, TaskId),
    /// Changes or deletes one.
    Edit {
        /// Which.
        id: TaskId,
        /// The versions that are accepted, or any.
        versions: Option<Vec<i64>>,
        /// What is done to it.
        edit: Edit,
        /// The id of its next occurrence, should there be one.
        next: TaskId,
    },
}

/// A batch, and the order in which its items are applied.
#[derive(Debug)]
pub struct Batch {
    /// What was asked, in the order in which it was.
    pub items: Vec<Item>,
    /// The places of the items in the order in which they are applied.
    pub order: Order,
    /// Whether it is only tried.
    pub dry_run: bool,
    /// What the history calls it.
    pub action: &'static str,
}

/// What came of a batch.
#[derive(Debug)]
pub enum BatchOutcome {
    /// It was applied, or tried, or there was nothing to change: the body of the answer.
    Done(String),
    /// It had been applied before, under this key: the body of the answer.
    Replayed(String),
    /// The key was used for another request.
    KeyReused,
    /// Nothing was changed: every item that was refused, by its place.
    Refused(Vec<(usize, Refusal)>),
}

/// What the application says about a recurring task before it is changed, given the id for its next occurrence.
pub type ConsultAs<'a> =
    &'a (dyn Fn(&Value, &UserTime, TaskId) -> Result<Option<Value>, FieldError> + Sync);

/// Makes the rows that the statements wrote one change: called by one name, and of the version after all of it.
const JOIN_CHANGE: Statement = Statement {
    name: "join_change",
    sql: "UPDATE history
        SET action = $3, version = users.version
        FROM users
        WHERE history.user_id = $1 AND history.change_id = $2 AND users.user_id = $1
        RETURNING 1",
    types: &[Type::UUID, Type::UUID, Type::TEXT],
};

/// Applies a batch as the change `change`, with the user's version after it; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn apply_batch(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    batch: Batch,
    change: ChangeId,
    consult: ConsultAs<'_>,
) -> Result<Option<(BatchOutcome, i64)>, DbError> {
    let Some((begun, version)) = begin(db, caller, key).await? else {
        return Ok(None);
    };
    let transaction = match begun {
        Begun::Replayed(body) => return Ok(Some((BatchOutcome::Replayed(body), version))),
        Begun::KeyReused => return Ok(Some((BatchOutcome::KeyReused, version))),
        Begun::Open(transaction) => *transaction,
    };
    let Batch {
        items,
        order,
        dry_run,
        action,
    } = batch;
    let applied = apply_all(&transaction, caller, &items, order, change, consult).await?;
    let done = match applied {
        None => return Ok(None),
        Some(Ok(done)) => done,
        Some(Err(refused)) => {
            transaction.rollback().await?;
            return Ok(Some((BatchOutcome::Refused(refused), version)));
        }
    };
    let values = [&caller.user.0 as _, &change.0 as _, &action as _];
    let is_changed = !transaction.query(&JOIN_CHANGE, &values).await?.is_empty();
    let ids = done.iter().flat_map(|ids| [Some(ids.task), ids.next]);
    let ids: Vec<_> = ids.flatten().collect();
    let Some(tasks) = find_all(&transaction, caller, &ids).await? else {
        return Ok(None);
    };
    let results = items.iter().zip(done).map(|(item, ids)| {
        let find = |id| {
            let task = tasks.found.get(&id).cloned();
            task.ok_or_else(|| DbError::unexpected("a task of a batch is not there"))
        };
        let task = find(ids.task)?;
        let task = match item.op {
            BatchOp::Complete => BatchTask::Completed(Box::new(CompletedTask {
                task,
                next_occurrence: ids.next.map(find).transpose()?,
            })),
            _ => BatchTask::Task(Box::new(task)),
        };
        Ok(BatchResult { op: item.op, task })
    });
    let answer = BatchAnswer {
        results: results.collect::<Result<_, DbError>>()?,
        change_id: Some(change).filter(|_| is_changed && !dry_run),
    };
    let body = serde_json::to_string(&answer).map_err(DbError::unexpected)?;
    if dry_run {
        transaction.rollback().await?;
        return Ok(Some((BatchOutcome::Done(body), version)));
    }
    keep_and_commit(transaction, caller, key.filter(|_| is_changed), &body).await?;
    Ok(Some((BatchOutcome::Done(body), tasks.version)))
}

/// The task of an item, and its next occurrence.
#[derive(Clone, Copy)]
struct Ids {
    task: TaskId,
    next: Option<TaskId>,
}

/// Applies every item; gives their tasks in the order of the items, or those that were refused, each with its place.
/// One that names a task which a refused item was to make is passed over: that item is the reason. `None` when the
/// credential was revoked meanwhile.
async fn apply_all(
    transaction: &Transaction<'_>,
    caller: &Caller,
    items: &[Item],
    Order { places, circular }: Order,
    change: ChangeId,
    consult: ConsultAs<'_>,
) -> Result<Option<Result<Vec<Ids>, Vec<(usize, Refusal)>>>, DbError> {
    let mut done = vec![None; items.len()];
    let mut refused = Vec::new();
    let mut unmade = HashSet::new();
    for place in circular {
        if let Work::Create(_, id) = &items[place].work {
            unmade.insert(*id);
            refused.push((place, Refusal::Cycle("depends_on")));
        }
    }
    for place in places {
        let item = &items[place];
        let is_vain = item.named.iter().any(|id| unmade.contains(id));
        if !is_vain {
            match apply(transaction, caller, &item.work, change, consult).await? {
                None => return Ok(None),
                Some(Ok(ids)) => {
                    done[place] = Some(ids);
                    continue;
                }
                Some(Err(refusal)) => refused.push((place, refusal)),
            }
        }
        if let Work::Create(_, id) = &item.work {
            unmade.insert(*id);
        }
    }
    if refused.is_empty() {
        return Ok(Some(Ok(done.into_iter().flatten().collect())));
    }
    refused.sort_by_key(|(place, _)| *place);
    Ok(Some(Err(refused)))
}

async fn apply(
    transaction: &Transaction<'_>,
    caller: &Caller,
    work: &Work,
    change: ChangeId,
    consult: ConsultAs<'_>,
) -> Result<Option<Result<Ids, Refusal>>, DbError> {
    let place = Place::Among(transaction);
    let written = match work {
        Work::Create(new, id) => create_task(place, caller, None, new, *id, change.0).await?,
        Work::Edit {
            id,
            versions,
            edit,
            next,
        } => {
            let terms = Terms {
                key: None,
                versions: versions.clone(),
            };
            let consult = |row: &Value, time: &UserTime| consult(row, time, *next);
            edit_task(place, caller, *id, &terms, change.0, edit, &consult).await?
        }
    };
    let Some(written) = written else {
        return Ok(None);
    };
    match written.outcome {
        Outcome::Done(answer) => Ok(Some(Ok(Ids {
            task: answer.task.id,
            next: answer.next_occurrence.map(|next| next.id),
        }))),
        Outcome::Refused(refusal) => Ok(Some(Err(refusal))),
        Outcome::Replayed(_) => Err(DbError::unexpected("an item has no key")),
    }
}
