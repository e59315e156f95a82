//! `reschedule_task`: another date, with which a series goes on as it was.

use serde_json::{Value, json};
use shared_types::id::TaskId;
use shared_types::task::TaskPatch;
use shared_types::validate::{Fields, FromFields};

use super::{Definition, Effect, Widget};
use crate::db::tasks::{self, Action, Edit};
use crate::error::Error;
use crate::routes::mcp::arguments::{id, read};
use crate::routes::mcp::change::{Call, edit};
use crate::routes::mcp::say::Speaker;
use crate::routes::mcp::schema;
use crate::routes::mcp::session::{Said, Session};

pub(super) const NAME: &str = "reschedule_task";

const DATES: [&str; 3] = ["due_date", "deadline", "start_date"];

pub(super) fn definition() -> Definition {
    let date = json!({"type": ["string", "null"]});
    Definition {
        name: NAME,
        title: "Move a task's date",
        description: "Moves the planned date (due_date), the hard end (deadline) or the start_date of a task, to YYYY-MM-DD or YYYY-MM-DDTHH:MM; null clears it. A recurring task keeps its rule: this occurrence moves.",
        effect: Effect::Sets,
        widget: Widget::None,
        arguments: schema::arguments(
            &json!({"id": schema::id(), "due_date": date, "deadline": date, "start_date": date}),
            &["id"],
        ),
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
        let patch = TaskPatch::from_fields(fields)?;
        if patch == TaskPatch::default() {
            let message = format!("or another date is required: {}", DATES.join(", "));
            fields.refuse::<()>("due_date", message);
        }
        Some(Self { id: id?, patch })
    }
}

pub(super) async fn run(session: &Session<'_>, call: Call<'_>) -> Result<Said, Error> {
    let Asked { id, patch } = read(call.arguments.clone())?;
    let wanted = Edit {
        action: Action::Update,
        patch: json!(patch),
        cascade: false,
    };
    let changed = edit(session, call, id, wanted).await?;
    let speaker = Speaker::new(session);
    let task = speaker.task(changed.task());
    let series = series(session, id, changed.task(), &speaker).await?;
    let zone = speaker.zone();
    let text = format!("Moved {task}.{series} {zone}");
    let nothing = format!("It was so already: {task}.{series} {zone}");
    Ok(changed.said(session, &text, &nothing))
}

/// How the series of a recurring task goes on.
async fn series(
    session: &Session<'_>,
    id: TaskId,
    task: &Value,
    speaker: &Speaker<'_>,
) -> Result<String, Error> {
    let Some(rule) = task["recurrence"].as_str() else {
        return Ok(String::new());
    };
    let found = tasks::find_series(&session.app.db, &session.caller, id).await?;
    let found = session.read(found)?;
    let next = found.and_then(|recurring| {
        let (series, anchor) = recurring.series?;
        let zone = &recurring.time.zone;
        let dates = series.occurrences(&anchor, zone, session.now(), 1);
        dates.into_iter().next()
    });
    Ok(match next {
        Some(next) => format!(" It still recurs ({rule}), next {}.", speaker.when(&next)),
        None => format!(" It still recurs ({rule}); this is the last of the series."),
    })
}
