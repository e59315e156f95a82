//! The history and the body of an undo as JSON Schema.

use std::borrow::Cow;

use serde_json::json;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, Object, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{Change, Undo};
use crate::page::Page;
use crate::schema::{AnySchema, answer, closed, formatted, or_null, page, string};

/// Fields of tasks, by the id of the task.
fn fields_of_tasks(description: &str) -> AnySchema {
    let any = || AdditionalProperties::FreeForm(true);
    let mut fields = Object::with_type(Type::Object);
    fields.additional_properties = Some(Box::new(any()));
    let mut tasks = Object::with_type(Type::Object);
    tasks.additional_properties = Some(Box::new(AdditionalProperties::RefOr(AnySchema::T(
        fields.into(),
    ))));
    tasks.description = Some(description.to_owned());
    or_null(AnySchema::T(tasks.into()))
}

impl ToSchema for Change {}
impl PartialSchema for Change {
    fn schema() -> AnySchema {
        let task_ids = ArrayBuilder::new()
            .items(formatted("uuid"))
            .description(Some("Every task that it changed."));
        answer(vec![
            (
                "id",
                formatted("uuid")
                    .description(Some("What `POST /api/undo` takes as `change_id`."))
                    .into(),
            ),
            ("at", formatted("date-time").description(Some("When.")).into()),
            (
                "by",
                string()
                    .description(Some(
                        "Through what: `session` (a login), `key NAME` or `app NAME`.",
                    ))
                    .into(),
            ),
            (
                "action",
                string()
                    .description(Some(
                        "What it was: create, update, replace, start, complete, reopen, snooze, not_now, delete, rename_project, batch, import, undo or redo.",
                    ))
                    .into(),
            ),
            ("task_ids", task_ids.into()),
            (
                "before",
                fields_of_tasks(
                    "By task id, what the change changed as it was; a deleted task whole. Null when it only made tasks. Of the first 50 tasks.",
                ),
            ),
            (
                "after",
                fields_of_tasks(
                    "By task id, what the change changed as it then was; a new task whole. Null when it only deleted tasks. Of the first 50 tasks.",
                ),
            ),
            (
                "undoes",
                or_null(
                    formatted("uuid")
                        .description(Some("The change that this one undid."))
                        .into(),
                ),
            ),
        ])
        .description(Some("What was done to tasks in one go."))
        .into()
    }
}

impl ToSchema for Page<Change> {
    fn name() -> Cow<'static, str> {
        "ChangePage".into()
    }
}
impl PartialSchema for Page<Change> {
    fn schema() -> AnySchema {
        page::<Change>()
            .description(Some("One page of the history, the last change first."))
            .into()
    }
}

impl ToSchema for Undo {}
impl PartialSchema for Undo {
    fn schema() -> AnySchema {
        let change_id = formatted("uuid").description(Some(
            "Which change; leave it out for the last one that was not undone yet.",
        ));
        closed([("change_id", or_null(change_id.into()))], &[])
            .description(Some("Nothing is needed: the body may be left out."))
            .examples([
                json!({}),
                json!({"change_id": "0198c5a0-0000-7000-8000-0000000000aa"}),
            ])
            .into()
    }
}
