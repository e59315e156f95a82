//! `put_off_task`: "not now" to a suggestion, or not to be seen for a while.

use serde_json::json;
use shared_types::id::TaskId;
use shared_types::task::Snooze;
use shared_types::time::rfc3339_millis;
use shared_types::validate::{Fields, FromFields};

use super::{Definition, Effect, Widget};
use crate::db::tasks::{Action, Edit};
use crate::error::Error;
use crate::routes::mcp::arguments::{id, read};
use crate::routes::mcp::change::{Call, edit};
use crate::routes::mcp::say::{Speaker, title};
use crate::routes::mcp::schema;
use crate::routes::mcp::session::{Said, Session};
use crate::routes::tasks::change::snooze_until;

pub(super) const NAME: &str = "put_off_task";

pub(super) fn definition() -> Definition {
    Definition {
        name: NAME,
        title: "Not now, or snooze",
        description: "Without until and hours: \"not now\", the task ranks lower for some days but stays to be seen. With one of them: hidden until then. Its own dates stay.",
        effect: Effect::Adds,
        widget: Widget::Calls,
        arguments: schema::arguments(
            &json!({
                "id": schema::id(),
                "until": schema::string("YYYY-MM-DD or YYYY-MM-DDTHH:MM in the user's zone"),
                "hours": {"type": "number", "exclusiveMinimum": 0, "maximum": 8784},
            }),
            &["id"],
        ),
        answer: schema::changed(),
    }
}

struct Asked {
    id: TaskId,
    snooze: Snooze,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (id, snooze) = (id(fields), Snooze::from_fields(fields));
        Some(Self {
            id: id?,
            snooze: snooze?,
        })
    }
}

pub(super) async fn run(session: &Session<'_>, call: Call<'_>) -> Result<Said, Error> {
    let Asked { id, snooze } = read(call.arguments.clone())?;
    let is_snooze = snooze.until.is_some() || snooze.hours.is_some();
    let (action, patch) = if is_snooze {
        let until = snooze_until(snooze.until, snooze.hours, session.now())?;
        (Action::Snooze, json!({ "snoozed_until": until }))
    } else {
        let now = rfc3339_millis(session.now());
        (Action::NotNow, json!({ "not_now_at": now }))
    };
    let wanted = Edit {
        action,
        patch,
        cascade: false,
    };
    let changed = edit(session, call, id, wanted).await?;
    let speaker = Speaker::new(session);
    let task = changed.task();
    let text = match speaker.date(task, "snoozed_until").filter(|_| is_snooze) {
        Some(until) => format!(
            "{} is hidden until {until}. {}",
            title(task),
            speaker.zone()
        ),
        None => format!("Not now: {} ranks lower for some days.", title(task)),
    };
    let nothing = format!("It was so already. {text}");
    Ok(changed.said(session, &text, &nothing))
}
