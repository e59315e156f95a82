//! How a tool changes tasks: as the batch of the API does it, as one change that can be undone, and under a key that is
//! made of the call, since a model has none.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shared_types::batch::{BatchItem, BatchOp};
use shared_types::id::{ChangeId, TaskId};

use super::arguments::in_order;
use super::session::{Said, Session};
use super::{refusal, say};
use crate::db::tasks::{self, Action, BatchOutcome, Edit, Item, Refusal, Work};
use crate::db::{Key, repeats};
use crate::domain::batch::{Order, order};
use crate::domain::user_time::UserTime;
use crate::error::Error;
use crate::routes::tasks::change::consult;

/// For how long an equal call may be a repeat of one whose answer was lost: a client gives up after a minute, and a
/// model that is asked again is asked soon.
const REPEAT: SignedDuration = SignedDuration::from_mins(10);

/// A call, as far as one can be told from another.
pub(super) struct Call<'a> {
    pub(super) tool: &'static str,
    pub(super) arguments: &'a Value,
}

/// What a change came to.
pub(super) struct Changed {
    /// The tasks after it; a completed one with its next occurrence.
    pub(super) tasks: Vec<Value>,
    /// What undoes it; null when there was nothing to change.
    pub(super) change_id: Value,
    /// Whether it had been made before, by an equal call.
    pub(super) is_repeated: bool,
}

impl Call<'_> {
    /// The key under which the call is run; what was kept under it is gone if this is no repeat.
    pub(super) async fn key(&self, session: &Session<'_>) -> Result<Key, Error> {
        let said = in_order(self.arguments).to_string();
        let digest = |parts: &[&str]| -> [u8; 32] {
            let mut hash = Sha256::new();
            for part in parts {
                hash.update(part);
                hash.update("\n");
            }
            hash.finalize().into()
        };
        let credential = session.caller.credential.to_string();
        let request_hash = digest(&[self.tool, &said]);
        let whose = digest(&[&credential, self.tool, &said]);
        let key = format!("mcp:{}:{}", self.tool, URL_SAFE_NO_PAD.encode(whose));
        let now = session.now();
        let since = now.checked_sub(REPEAT).unwrap_or(now);
        repeats::forget_unless_repeated(&session.app.db, &session.caller, &key, since).await?;
        Ok(Key { key, request_hash })
    }
}

/// Changes one task.
pub(super) async fn edit(
    session: &Session<'_>,
    call: Call<'_>,
    id: TaskId,
    edit: Edit,
) -> Result<Changed, Error> {
    let op = match edit.action {
        Action::Complete => BatchOp::Complete,
        Action::Snooze => BatchOp::Snooze,
        Action::Delete => BatchOp::Delete,
        _ => BatchOp::Update,
    };
    let action = edit.action.as_str();
    let item = Item {
        op,
        named: vec![id],
        work: Work::Edit {
            id,
            versions: None,
            edit,
            next: TaskId(session.app.new_id()),
        },
    };
    let only = Order {
        places: vec![0],
        circular: Vec::new(),
    };
    match apply(session, &call, (vec![item], only), action).await? {
        Ok(changed) => Ok(changed),
        Err(refused) => {
            let refusal = refused.into_iter().next().map(|(_, refusal)| refusal);
            let refusal = refusal.ok_or_else(|| Error::internal("a refusal of nothing"))?;
            Err(refusal::of_task(refusal))
        }
    }
}

/// Makes tasks: all of them, or says which are refused.
pub(super) async fn create(
    session: &Session<'_>,
    call: &Call<'_>,
    new: &[BatchItem],
) -> Result<Result<Changed, Vec<(usize, Refusal)>>, Error> {
    let item = |item: &BatchItem| match item {
        BatchItem::Create(task) => Some(Item {
            op: BatchOp::Create,
            named: item.named(),
            work: Work::Create(task.clone(), TaskId(session.app.new_id())),
        }),
        BatchItem::Edit { .. } => None,
    };
    let items: Vec<_> = new.iter().filter_map(item).collect();
    apply(session, call, (items, order(new)), "create").await
}

async fn apply(
    session: &Session<'_>,
    call: &Call<'_>,
    (items, order): (Vec<Item>, Order),
    action: &'static str,
) -> Result<Result<Changed, Vec<(usize, Refusal)>>, Error> {
    let key = call.key(session).await?;
    let batch = tasks::Batch {
        items,
        order,
        dry_run: false,
        action,
    };
    let now = session.now();
    let consult = |row: &Value, time: &UserTime, next: TaskId| consult(row, time, now, next);
    let change = ChangeId(session.app.new_id());
    let (db, caller) = (&session.app.db, &session.caller);
    let applied = tasks::apply_batch(db, caller, Some(&key), batch, change, &consult).await?;
    let (outcome, version) = applied.ok_or(Error::Unauthenticated)?;
    session.saw(version);
    let (body, is_repeated) = match outcome {
        BatchOutcome::Done(body) => (body, false),
        BatchOutcome::Replayed(body) => (body, true),
        BatchOutcome::Refused(refused) => return Ok(Err(refused)),
        BatchOutcome::KeyReused => return Err(Error::internal("a key made of the call differs")),
    };
    let mut answer: Value = serde_json::from_str(&body).map_err(Error::internal)?;
    let results = match answer["results"].take() {
        Value::Array(results) => results,
        _ => Vec::new(),
    };
    Ok(Ok(Changed {
        tasks: results
            .into_iter()
            .map(|mut result| result["task"].take())
            .collect(),
        change_id: answer["change_id"].take(),
        is_repeated,
    }))
}

impl Changed {
    /// The only task of a change of one.
    pub(super) fn task(&self) -> &Value {
        self.tasks.first().unwrap_or(&Value::Null)
    }

    /// Whether there was nothing to change.
    pub(super) fn is_nothing(&self) -> bool {
        self.change_id.is_null()
    }

    /// The answer, of which `text` is the sentence about what was done; `nothing` is said where there was nothing to do.
    pub(super) fn said(self, session: &Session<'_>, text: &str, nothing: &str) -> Said {
        let text = match (self.is_nothing(), self.is_repeated) {
            (true, _) => nothing.to_owned(),
            (false, true) => {
                format!("{text} This call had been made already; nothing was changed twice.")
            }
            (false, false) => text.to_owned(),
        };
        Said {
            text,
            ids: say::ids_of_change(&self.tasks, &self.change_id),
            content: json!({
                "tasks": self.tasks,
                "change_id": self.change_id,
                "repeated": self.is_repeated,
                "time_zone": session.preferences.time_zone,
            }),
        }
    }
}
