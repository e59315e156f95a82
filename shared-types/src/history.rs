//! The history of tasks and its undoing on the wire.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::id::{ChangeId, TaskId};
use crate::page::Page;
use crate::task::Task;
use crate::time;
use crate::validate::{Fields, FromFields};

#[cfg(feature = "openapi")]
mod schema;

/// Of how many tasks of one change the fields are told; the ids are of all.
pub const TOLD_TASKS: usize = 50;

/// Fields of tasks, by the id of the task.
pub type FieldsOfTasks = BTreeMap<TaskId, Map<String, Value>>;

/// What was done to tasks in one go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What undoes it.
    pub id: ChangeId,
    /// When.
    #[serde(serialize_with = "time::serialize")]
    pub at: Timestamp,
    /// Through what: `session`, `key NAME` or `app NAME`.
    pub by: String,
    /// What it was: `create`, `update`, `batch`, `undo` and so on.
    pub action: String,
    /// Every task that it changed.
    pub task_ids: Vec<TaskId>,
    /// By task, what it changed as it was; `None` when it only made tasks.
    pub before: Option<FieldsOfTasks>,
    /// By task, what it changed as it is; `None` when it only deleted tasks.
    pub after: Option<FieldsOfTasks>,
    /// The change that it undoes.
    pub undoes: Option<ChangeId>,
}

/// One page of the history.
pub type ChangePage = Page<Change>;

/// The body of an undo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undo {
    /// Which change; `None` is the last one that was not undone yet.
    pub change_id: Option<ChangeId>,
}

/// The answer to an undo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Undone {
    /// The undo's own change; undoing that makes the change once more.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub change_id: ChangeId,
    /// The tasks that it changed, as they are now; one that is gone again, as it was last.
    pub undone: Vec<Task>,
}

impl FromFields for Undo {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let change_id = fields.optional("change_id", |value| {
            let id = value.as_str().and_then(ChangeId::parse);
            id.ok_or(Cow::Borrowed(
                "must be the id of a change (a UUID); leave it out to undo the last one",
            ))
        });
        Some(Self { change_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::parse;
    use serde_json::json;

    const ID: &str = "0198c5a0-0000-7000-8000-0000000000aa";

    #[test]
    fn a_change_may_be_named() {
        let id = ChangeId::parse(ID).unwrap();
        for (body, expected) in [
            (json!({}), None),
            (json!({"change_id": null}), None),
            (json!({ "change_id": ID }), Some(id)),
        ] {
            let undo: Undo = parse(body).unwrap();
            assert_eq!(undo.change_id, expected);
        }
        for (field, value) in [("change_id", json!("x")), ("id", json!(ID))] {
            let errors = parse::<Undo>(json!({ field: value })).unwrap_err();
            assert_eq!(errors[0].field, field);
        }
    }

    #[test]
    fn a_change_is_written_as_the_contract_says() {
        let task = TaskId::parse(ID).unwrap();
        let fields = Map::from_iter([("priority".to_owned(), json!(5))]);
        let change = Change {
            id: ChangeId::parse(ID).unwrap(),
            at: Timestamp::UNIX_EPOCH,
            by: "session".to_owned(),
            action: "update".to_owned(),
            task_ids: vec![task],
            before: None,
            after: Some(BTreeMap::from([(task, fields)])),
            undoes: None,
        };
        assert_eq!(
            serde_json::to_value(change).unwrap(),
            json!({
                "id": ID, "at": "1970-01-01T00:00:00.000Z", "by": "session", "action": "update", "task_ids": [ID],
                "before": null, "after": {ID: {"priority": 5}}, "undoes": null,
            })
        );
    }
}
