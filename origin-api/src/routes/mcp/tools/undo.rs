//! `undo_change`: takes back one change, which is named, so that a repeated call takes back nothing more.

use serde_json::{Value, json};
use shared_types::id::ChangeId;
use shared_types::validate::{Fields, FromFields};

use super::{Definition, Effect, Widget};
use crate::db::tasks::{UndoOutcome, undo_change};
use crate::error::Error;
use crate::routes::mcp::arguments::read;
use crate::routes::mcp::change::{Call, Changed};
use crate::routes::mcp::say::title;
use crate::routes::mcp::schema;
use crate::routes::mcp::session::{Said, Session};

pub(super) const NAME: &str = "undo_change";

pub(super) fn definition() -> Definition {
    Definition {
        name: NAME,
        title: "Undo a change",
        description: "Takes back one change by its change_id, which every change returns and get_overview lists. To take an undo back, undo its own change_id.",
        effect: Effect::Sets,
        widget: Widget::Calls,
        arguments: schema::arguments(&json!({"change_id": {"type": "string"}}), &["change_id"]),
        answer: schema::changed(),
    }
}

struct Asked {
    change: ChangeId,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let change = fields.required("change_id", |value| {
            let id = value.as_str().and_then(ChangeId::parse);
            id.ok_or_else(|| {
                "must be the change_id that a change returned (a UUID); get_overview lists the last ones".into()
            })
        });
        change.map(|change| Self { change })
    }
}

pub(super) async fn run(session: &Session<'_>, call: Call<'_>) -> Result<Said, Error> {
    let Asked { change } = read(call.arguments.clone())?;
    let key = call.key(session).await?;
    let id = ChangeId(session.app.new_id());
    let (db, caller) = (&session.app.db, &session.caller);
    let undone = undo_change(db, caller, Some(&key), Some(change), id).await?;
    let (outcome, version) = undone.ok_or(Error::Unauthenticated)?;
    session.saw(version);
    let (body, is_repeated) = match outcome {
        UndoOutcome::Done(body) => (body, false),
        UndoOutcome::Replayed(body) => (body, true),
        refused => return Err(refusal(refused)),
    };
    let mut answer: Value = serde_json::from_str(&body).map_err(Error::internal)?;
    let tasks = match answer["undone"].take() {
        Value::Array(tasks) => tasks,
        _ => Vec::new(),
    };
    let titles: Vec<_> = tasks.iter().take(5).map(title).collect();
    let more = match tasks.len().saturating_sub(titles.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let text = format!("Undone: {}{more} as before.", titles.join(", "));
    let changed = Changed {
        tasks,
        change_id: answer["change_id"].take(),
        is_repeated,
    };
    Ok(changed.said(session, &text, &text))
}

fn refusal(outcome: UndoOutcome) -> Error {
    let conflict = |text: String| Error::Conflict(text);
    match outcome {
        UndoOutcome::NotFound => Error::NotFound,
        UndoOutcome::UndoneBy(undo) => conflict(format!(
            "That change was undone already, so there is nothing to do. To make it once more, undo the undo: undo_change with change_id {undo}."
        )),
        UndoOutcome::Conflict(task, Some((later, action))) => conflict(format!(
            "Task {task} was changed since ({action}). If the user wants both taken back, undo the later change first: undo_change with change_id {later}."
        )),
        UndoOutcome::Conflict(task, None) => conflict(format!(
            "Task {task} was changed since. Set it back with update_task instead."
        )),
        UndoOutcome::NothingLeft
        | UndoOutcome::KeyReused
        | UndoOutcome::Done(_)
        | UndoOutcome::Replayed(_) => Error::internal("an undo came to what it cannot"),
    }
}
