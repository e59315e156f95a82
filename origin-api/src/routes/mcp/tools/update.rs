//! `update_task`: other fields; and starting and reopening, which are a status.

use serde_json::{Value, json};
use shared_types::id::TaskId;
use shared_types::task::{Status, TaskPatch};
use shared_types::validate::{Fields, FromFields};

use super::{Definition, Effect, Widget};
use crate::db::tasks::{Action, Edit};
use crate::error::Error;
use crate::routes::mcp::arguments::{id, read};
use crate::routes::mcp::change::{Call, edit};
use crate::routes::mcp::say::Speaker;
use crate::routes::mcp::schema;
use crate::routes::mcp::session::{Said, Session};
use crate::routes::tasks::change::settle_patch;

pub(super) const NAME: &str = "update_task";

pub(super) fn definition() -> Definition {
    Definition {
        name: NAME,
        title: "Change a task",
        description: "Changes the fields that are given; null clears one. Also starts a task (status in_progress) or reopens one (status pending). Not for completing, snoozing or moving a date.",
        effect: Effect::Sets,
        widget: Widget::Calls,
        arguments: schema::arguments(&schema::task_changes(), &["id"]),
        answer: schema::changed(),
    }
}

struct Asked {
    id: TaskId,
    patch: TaskPatch,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let id = id(fields);
        let patch = TaskPatch::from_fields(fields);
        if patch.as_ref().and_then(|patch| patch.status) == Some(Status::Completed) {
            let message = "cannot be completed here; call complete_task, which knows what follows";
            return fields.refuse("status", message);
        }
        if patch == Some(TaskPatch::default()) && id.is_some() {
            return fields.refuse("id", "is alone; give a field that is to change as well");
        }
        Some(Self {
            id: id?,
            patch: patch?,
        })
    }
}

pub(super) async fn run(session: &Session<'_>, call: Call<'_>) -> Result<Said, Error> {
    let Asked { id, mut patch } = read(call.arguments.clone())?;
    settle_patch(&mut patch)?;
    let patch = json!(patch);
    let action = action(&patch);
    let wanted = Edit {
        action,
        patch,
        cascade: false,
    };
    let changed = edit(session, call, id, wanted).await?;
    let speaker = Speaker::new(session);
    let task = speaker.task(changed.task());
    let text = match action {
        Action::Start => format!("{task}. {}", speaker.zone()),
        Action::Reopen => format!("Reopened {task}. {}", speaker.zone()),
        _ => format!("Changed {task}. {}", speaker.zone()),
    };
    let nothing = format!("It was so already: {task}. {}", speaker.zone());
    Ok(changed.said(session, &text, &nothing))
}

/// A status alone is a step of the task's life, with its own rules.
fn action(patch: &Value) -> Action {
    let is_alone = patch.as_object().is_some_and(|fields| fields.len() == 1);
    match patch["status"].as_str() {
        Some("in_progress") if is_alone => Action::Start,
        Some("pending") if is_alone => Action::Reopen,
        _ => Action::Update,
    }
}
