//! `delete_task`.

use serde_json::json;
use shared_types::id::TaskId;
use shared_types::validate::{Fields, FromFields};

use super::{Definition, Effect, Widget};
use crate::db::tasks::{Action, Edit};
use crate::error::Error;
use crate::routes::mcp::arguments::{id, read};
use crate::routes::mcp::change::{Call, edit};
use crate::routes::mcp::say::title;
use crate::routes::mcp::schema;
use crate::routes::mcp::session::{Said, Session};

pub(super) const NAME: &str = "delete_task";

pub(super) fn definition() -> Definition {
    Definition {
        name: NAME,
        title: "Delete a task",
        description: "Deletes a task and its subtasks; undo_change brings them back for 30 days. For what is done use complete_task.",
        effect: Effect::Deletes,
        widget: Widget::None,
        arguments: schema::arguments(&json!({"id": schema::id()}), &["id"]),
        answer: schema::changed(),
    }
}

struct Asked {
    id: TaskId,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        id(fields).map(|id| Self { id })
    }
}

pub(super) async fn run(session: &Session<'_>, call: Call<'_>) -> Result<Said, Error> {
    let Asked { id } = read(call.arguments.clone())?;
    let wanted = Edit {
        action: Action::Delete,
        patch: json!({}),
        cascade: false,
    };
    let changed = edit(session, call, id, wanted).await?;
    let text = format!(
        "Deleted {}. It can be brought back for 30 days.",
        title(changed.task())
    );
    Ok(changed.said(session, &text, &text))
}
