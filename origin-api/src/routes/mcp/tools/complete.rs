//! `complete_task`.

use serde_json::json;
use shared_types::id::TaskId;
use shared_types::task::Complete;
use shared_types::validate::{Fields, FromFields};

use super::{Definition, Effect, Widget};
use crate::db::tasks::{Action, Edit};
use crate::error::Error;
use crate::routes::mcp::arguments::{id, read};
use crate::routes::mcp::change::{Call, edit};
use crate::routes::mcp::say::{Speaker, title};
use crate::routes::mcp::schema;
use crate::routes::mcp::session::{Said, Session};

pub(super) const NAME: &str = "complete_task";

pub(super) fn definition() -> Definition {
    Definition {
        name: NAME,
        title: "Complete a task",
        description: "Marks a task done. A recurring task comes back as next_occurrence.",
        effect: Effect::Sets,
        widget: Widget::Calls,
        arguments: schema::arguments(
            &json!({
                "id": schema::id(),
                "cascade": {"type": "boolean", "description": "Complete its open subtasks too"},
            }),
            &["id"],
        ),
        answer: schema::changed(),
    }
}

struct Asked {
    id: TaskId,
    complete: Complete,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (id, complete) = (id(fields), Complete::from_fields(fields));
        Some(Self {
            id: id?,
            complete: complete?,
        })
    }
}

pub(super) async fn run(session: &Session<'_>, call: Call<'_>) -> Result<Said, Error> {
    let Asked { id, complete } = read(call.arguments.clone())?;
    let wanted = Edit {
        action: Action::Complete,
        patch: json!({"status": "completed"}),
        cascade: complete.cascade,
    };
    let changed = edit(session, call, id, wanted).await?;
    let speaker = Speaker::new(session);
    let task = changed.task();
    let next = &task["next_occurrence"];
    let comes_back = if next.is_object() {
        format!(
            " It comes back as {}. {}",
            speaker.task(next),
            speaker.zone()
        )
    } else {
        String::new()
    };
    let text = format!("Done: {}.{comes_back}", title(task));
    let nothing = format!("{} was done already.{comes_back}", title(task));
    Ok(changed.said(session, &text, &nothing))
}
