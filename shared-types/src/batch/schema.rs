//! A batch as JSON Schema: each kind of item has the fields of the route that does the same.

use serde_json::json;
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, OneOfBuilder, Ref};
use utoipa::{PartialSchema, ToSchema};

use super::{Batch, BatchOp, BatchTask, MAX_ITEMS};
use crate::schema::{AnySchema, boolean, closed, formatted, integer, or_null, word};
use crate::task::schema::{completed, created, patched, snoozed};
use crate::task::{CompletedTask, Task};

/// What an item is, by what it does; only described.
macro_rules! item {
    ($(#[$doc:meta])* $name:ident, $op:expr, $description:literal, $required:expr, $fields:expr) => {
        $(#[$doc])*
        pub struct $name;

        impl ToSchema for $name {}
        impl PartialSchema for $name {
            fn schema() -> AnySchema {
                let op = word([$op.as_str()]).description(Some("What is done."));
                let mut fields: Vec<(&'static str, AnySchema)> = vec![("op", op.into())];
                fields.extend($fields);
                closed(fields, &$required)
                    .description(Some($description))
                    .into()
            }
        }
    };
}

item!(
    /// Makes a task.
    BatchCreate,
    BatchOp::Create,
    "Makes a task, with the fields of `POST /api/tasks`. Give an `id` to let other items name it.",
    ["op", "title"],
    created()
);
item!(
    /// Changes fields.
    BatchUpdate,
    BatchOp::Update,
    "Changes fields, as `PATCH /api/tasks/{id}`.",
    ["op", "id"],
    of_a_task(patched())
);
item!(
    /// Completes.
    BatchComplete,
    BatchOp::Complete,
    "Completes a task, as `POST /api/tasks/{id}/complete`.",
    ["op", "id"],
    of_a_task(completed())
);
item!(
    /// Snoozes.
    BatchSnooze,
    BatchOp::Snooze,
    "Hides a task for a while, as `POST /api/tasks/{id}/snooze`.",
    ["op", "id"],
    of_a_task(snoozed())
);
item!(
    /// Deletes.
    BatchDelete,
    BatchOp::Delete,
    "Deletes a task and its subtasks, as `DELETE /api/tasks/{id}`.",
    ["op", "id"],
    of_a_task(Vec::new())
);

/// The fields of an item about a task that exists when its turn comes.
fn of_a_task(fields: Vec<(&'static str, AnySchema)>) -> Vec<(&'static str, AnySchema)> {
    let id = formatted("uuid").description(Some("Which task; also one that another item makes."));
    let version = integer(1, i64::MAX).description(Some(
        "The version that you read: if the task has another when the item's turn comes, the batch is refused with 412.",
    ));
    let mut all = vec![("id", id.into()), ("version", or_null(version.into()))];
    all.extend(fields);
    all
}

impl ToSchema for Batch {}
impl PartialSchema for Batch {
    fn schema() -> AnySchema {
        let item = [
            BatchCreate::name(),
            BatchUpdate::name(),
            BatchComplete::name(),
            BatchSnooze::name(),
            BatchDelete::name(),
        ]
        .into_iter()
        .fold(OneOfBuilder::new(), |one_of, name| {
            one_of.item(Ref::from_schema_name(name))
        });
        let items = ArrayBuilder::new()
            .items(item)
            .min_items(Some(1))
            .max_items(Some(MAX_ITEMS))
            .description(Some(
                "Applied in this order, but for an item that names a task which a later one makes: it waits for that.",
            ));
        let dry_run = boolean()
            .default(Some(json!(false)))
            .description(Some("Whether to answer what would be, and change nothing."));
        closed(
            [
                ("items", items.into()),
                ("dry_run", or_null(dry_run.into())),
            ],
            &["items"],
        )
        .description(Some("Up to 50 changes, all of which are applied, or none."))
        .examples([json!({"items": [
            {"op": "create", "id": "0198c5a0-0000-7000-8000-0000000000aa", "title": "Move house"},
            {"op": "create", "title": "Find boxes", "parent_id": "0198c5a0-0000-7000-8000-0000000000aa"},
            {"op": "update", "id": "0198c5a0-0000-7000-8000-0000000000bb", "priority": 5},
            {"op": "complete", "id": "0198c5a0-0000-7000-8000-0000000000cc"},
            {"op": "snooze", "id": "0198c5a0-0000-7000-8000-0000000000dd", "hours": 3},
            {"op": "delete", "id": "0198c5a0-0000-7000-8000-0000000000ee"}
        ]})])
        .into()
    }
}

impl ToSchema for BatchOp {}
impl PartialSchema for BatchOp {
    fn schema() -> AnySchema {
        word(Self::ALL.iter().map(|op| op.as_str()))
            .description(Some("What the item did."))
            .into()
    }
}

impl ToSchema for BatchTask {}
impl PartialSchema for BatchTask {
    fn schema() -> AnySchema {
        AnyOfBuilder::new()
            .item(Ref::from_schema_name(CompletedTask::name()))
            .item(Ref::from_schema_name(Task::name()))
            .description(Some(
                "The task after the whole batch; a deleted one as it was last, a completed one with `next_occurrence`.",
            ))
            .into()
    }
}
