//! Several changes of tasks on the wire, all or none of which are applied.

use std::borrow::Cow;

use serde::Serialize;

use crate::id::{ChangeId, TaskId};
use crate::task::{Complete, CompletedTask, NewTask, Snooze, Task, TaskPatch, names};
use crate::validate::{Fields, FromFields, boolean, integer};

#[cfg(feature = "openapi")]
pub mod schema;

/// How many items a batch has at most.
pub const MAX_ITEMS: usize = 50;

/// The body of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// 1 to 50.
    pub items: Vec<BatchItem>,
    /// Whether it is only tried: the answer is what would be, and nothing changes.
    pub dry_run: bool,
}

/// One change of a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchItem {
    /// Make a task.
    Create(Box<NewTask>),
    /// Change or delete one.
    Edit {
        /// Which; also one that another item makes.
        id: TaskId,
        /// The version that it must have when its turn comes; `None` when any will do.
        version: Option<i64>,
        /// What is done to it.
        edit: BatchEdit,
    },
}

/// What an item does to a task that exists.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchEdit {
    /// Changes the fields that are named.
    Update(Box<TaskPatch>),
    /// Completes it.
    Complete(Complete),
    /// Hides it for a while.
    Snooze(Snooze),
    /// Deletes it, and everything below it.
    Delete,
}

names! {
    /// The name of what an item does.
    BatchOp {
        /// Make a task.
        Create = "create",
        /// Change some fields.
        Update = "update",
        /// Be done with it.
        Complete = "complete",
        /// Hide it for a while.
        Snooze = "snooze",
        /// Delete it.
        Delete = "delete",
    }
}

/// The answer to a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BatchAnswer {
    /// One for each item, in their order.
    pub results: Vec<BatchResult>,
    /// What undoes it; null when nothing was changed.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Uuid>, required))]
    pub change_id: Option<ChangeId>,
}

/// What became of one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BatchResult {
    /// What it did.
    pub op: BatchOp,
    /// The task after the whole batch; a deleted one as it was last.
    pub task: BatchTask,
}

/// The task of an item: a completed one with what comes after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum BatchTask {
    /// Of a completion.
    Completed(Box<CompletedTask>),
    /// Of anything else.
    Task(Box<Task>),
}

impl BatchItem {
    /// What it does.
    pub const fn op(&self) -> BatchOp {
        match self {
            Self::Create(_) => BatchOp::Create,
            Self::Edit { edit, .. } => match edit {
                BatchEdit::Update(_) => BatchOp::Update,
                BatchEdit::Complete(_) => BatchOp::Complete,
                BatchEdit::Snooze(_) => BatchOp::Snooze,
                BatchEdit::Delete => BatchOp::Delete,
            },
        }
    }

    /// The id that the caller gave to the task that it makes.
    pub fn made(&self) -> Option<TaskId> {
        match self {
            Self::Create(new) => new.id,
            Self::Edit { .. } => None,
        }
    }

    /// The tasks that must be there before it.
    pub fn named(&self) -> Vec<TaskId> {
        match self {
            Self::Create(new) => {
                let content = &new.content;
                let links = content.parent_id.iter().chain(&content.depends_on);
                links.copied().collect()
            }
            Self::Edit { id, edit, .. } => {
                let mut named = vec![*id];
                if let BatchEdit::Update(patch) = edit {
                    named.extend(patch.parent_id.value());
                    named.extend(patch.depends_on.iter().flatten());
                }
                named
            }
        }
    }
}

impl FromFields for Batch {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let items = fields.list("items", MAX_ITEMS, BatchItem::from_fields);
        let dry_run = fields.optional("dry_run", |value| boolean(&value));
        Some(Self {
            items: items?,
            dry_run: dry_run.unwrap_or_default(),
        })
    }
}

impl FromFields for BatchItem {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let op = fields.required("op", |value| {
            let op = value.as_str().and_then(BatchOp::parse);
            op.ok_or(Cow::Borrowed(
                "must be create, update, complete, snooze or delete",
            ))
        });
        let Some(op) = op else {
            // Which other fields are right depends on it.
            fields.ignore_rest();
            return None;
        };
        if op == BatchOp::Create {
            return NewTask::from_fields(fields).map(|new| Self::Create(Box::new(new)));
        }
        let id = fields.required("id", |value| {
            let id = value.as_str().and_then(TaskId::parse);
            id.ok_or(Cow::Borrowed("must be the id of a task (a UUID)"))
        });
        let version = fields.optional("version", |value| integer(&value, 1, i64::MAX));
        let edit = match op {
            BatchOp::Complete => BatchEdit::Complete(Complete::from_fields(fields)?),
            BatchOp::Snooze => BatchEdit::Snooze(Snooze::from_fields(fields)?),
            BatchOp::Delete => BatchEdit::Delete,
            BatchOp::Create | BatchOp::Update => {
                BatchEdit::Update(Box::new(TaskPatch::from_fields(fields)?))
            }
        };
        Some(Self::Edit {
            id: id?,
            version,
            edit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::parse;
    use serde_json::{Value, json};

    const ID: &str = "0198c5a0-0000-7000-8000-0000000000aa";

    fn read(items: &Value) -> Result<Vec<BatchItem>, Vec<String>> {
        let batch = parse::<Batch>(json!({ "items": items }));
        batch
            .map(|batch| batch.items)
            .map_err(|errors| errors.into_iter().map(|error| error.field).collect())
    }

    #[test]
    fn an_item_is_read_by_the_rules_of_the_route_that_does_the_same() {
        let items = read(&json!([
            {"op": "create", "title": " New ", "id": ID, "parent_id": ID},
            {"op": "update", "id": ID, "version": 3, "priority": 5, "due_date": null, "depends_on": [ID]},
            {"op": "complete", "id": ID, "cascade": true},
            {"op": "snooze", "id": ID, "hours": 2},
            {"op": "delete", "id": ID},
        ]))
        .unwrap();
        let ops: Vec<_> = items.iter().map(|item| item.op().as_str()).collect();
        assert_eq!(ops, ["create", "update", "complete", "snooze", "delete"]);
        let id = TaskId::parse(ID).unwrap();
        let named: Vec<_> = items.iter().map(BatchItem::named).collect();
        assert_eq!(
            named,
            [vec![id], vec![id, id], vec![id], vec![id], vec![id]]
        );
        assert_eq!((items[0].made(), items[1].made()), (Some(id), None));
        let versions: Vec<_> = items
            .iter()
            .map(|item| match item {
                BatchItem::Edit { version, .. } => *version,
                BatchItem::Create(_) => None,
            })
            .collect();
        assert_eq!(versions, [None, Some(3), None, None, None]);
    }

    #[test]
    fn every_mistake_of_every_item_is_named_at_once() {
        let errors = read(&json!([
            {"op": "create", "title": "", "priority": 9},
            {"op": "update", "id": "x", "title": null, "colour": "red"},
            {"op": "rename", "id": ID, "name": "x"},
            {"op": "snooze", "id": ID, "until": "2030-01-01", "hours": 1},
            "delete",
            {"op": "delete", "id": ID, "cascade": true, "version": 0},
            {"op": "create", "title": "x", "version": 1},
            {"id": ID},
        ]))
        .unwrap_err();
        assert_eq!(
            errors,
            [
                "items[0].title",
                "items[0].priority",
                "items[1].id",
                "items[1].title",
                "items[1].colour",
                "items[2].op",
                "items[3].until",
                "items[4]",
                "items[5].version",
                "items[5].cascade",
                "items[6].version",
                "items[7].op",
            ]
        );
    }

    #[test]
    fn a_batch_has_1_to_50_items() {
        let item = json!({"op": "delete", "id": ID});
        let many = |count: usize| Value::from(vec![item.clone(); count]);
        assert_eq!(read(&many(1)).unwrap().len(), 1);
        assert_eq!(read(&many(50)).unwrap().len(), 50);
        for bad in [many(0), many(51), item, Value::Null] {
            assert_eq!(read(&bad), Err(vec!["items".to_owned()]), "{bad}");
        }
        let fields: Vec<_> = parse::<Batch>(json!({"dry_run": 1, "operations": []}))
            .unwrap_err()
            .into_iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(fields, ["items", "dry_run", "operations"]);
    }

    #[test]
    fn an_answer_without_a_change_says_so() {
        let answer = BatchAnswer {
            results: vec![],
            change_id: None,
        };
        assert_eq!(
            serde_json::to_value(answer).unwrap(),
            json!({"results": [], "change_id": null})
        );
    }
}
