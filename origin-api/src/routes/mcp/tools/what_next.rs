//! `what_next`: the best task, and why; and why not another one.

use serde_json::{Value, json};
use shared_types::id::TaskId;
use shared_types::task::{project, tag};
use shared_types::validate::{Fields, FromFields, integer};

use super::{Definition, Effect, Widget};
use crate::db::tasks::{self, Open};
use crate::domain::ranking::{Clock, Reason, WhyNot, rank};
use crate::error::Error;
use crate::routes::best::{BestQuery, Filter, best};
use crate::routes::mcp::arguments::{read, task_id};
use crate::routes::mcp::session::{Said, Session};
use crate::routes::mcp::{say, schema};

pub(super) const NAME: &str = "what_next";

pub(super) fn definition() -> Definition {
    Definition {
        name: NAME,
        title: "What to do next",
        description: "The one task to do now, why, and the runners-up with what would put each first. Use it whenever the user asks what to do, what is most important, or why (not) a task. Tasks that cannot be done now are counted in hidden.",
        effect: Effect::Reads,
        widget: Widget::Shows,
        arguments: schema::arguments(
            &json!({
                "available_minutes": {"type": "integer", "minimum": 1, "maximum": 1440, "description": "Free time, if the user says so"},
                "project": {"type": "string"},
                "tag": {"type": "string"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 10, "description": "Tasks to name, default 3"},
                "why_not": schema::string("Task id: also say why this one is not first"),
            }),
            &[],
        ),
        answer: schema::answer(&json!({
            "task": {"type": ["object", "null"]},
            "score": {"type": ["number", "null"]},
            "explanation": {"type": "string"},
            "parts": {"type": "array", "items": {"type": "object"}},
            "alternatives": {"type": "array", "items": {"type": "object"}},
            "hidden": {"type": "object"},
            "counts": {"type": "object"},
            "time_zone": {"type": "string"},
        })),
    }
}

struct Asked {
    query: BestQuery,
    why_not: Option<TaskId>,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let minutes = fields.optional("available_minutes", |value| integer(&value, 1, 1440));
        let limit = fields.optional("limit", |value| integer(&value, 1, 10));
        Some(Self {
            query: BestQuery {
                limit: limit.and_then(|limit| limit.try_into().ok()).unwrap_or(3),
                available_minutes: minutes.and_then(|minutes| minutes.try_into().ok()),
                filter: Filter {
                    tag: fields.optional("tag", tag),
                    project: fields.optional("project", project),
                },
            },
            why_not: fields.optional("why_not", |value| task_id(&value)),
        })
    }
}

pub(super) async fn run(session: &Session<'_>, arguments: Value) -> Result<Said, Error> {
    let Asked { query, why_not } = read(arguments)?;
    let read = tasks::list_open_tasks(&session.app.db, &session.caller).await?;
    let open = session.read(read)?;
    let found = best(&open, &query, session.now())?;
    let mut text = vec![found.explanation.clone()];
    if let Some(second) = found.alternatives.first() {
        text.push(format!("Next in line: {}", second.explanation));
    }
    let mut content = json!(found);
    if let Some(id) = why_not {
        let (sentence, reason) = explain(session, &open, &query, id)?;
        text.insert(0, sentence);
        content["why_not"] = reason;
    }
    content["time_zone"] = json!(session.preferences.time_zone);
    content["now"] = json!(session.local(session.now()));
    text.push(say::Speaker::new(session).zone());
    let best = content["task"].as_object().map(|_| &content["task"]);
    let others = content["alternatives"].as_array().into_iter().flatten();
    let ids = say::ids(best.into_iter().chain(others.map(|other| &other["task"])));
    Ok(Said {
        text: text.join(" "),
        ids,
        content,
    })
}

/// Why a task is not the first of all, whatever else was asked to be left out.
fn explain(
    session: &Session<'_>,
    open: &Open,
    query: &BestQuery,
    id: TaskId,
) -> Result<(String, Value), Error> {
    let candidates = Filter::default().candidates(open)?;
    let at = candidates.iter().position(|task| task.id == id);
    let Some(at) = at else {
        return Err(Error::Conflict(
            "why_not is none of the user's open tasks: it is completed, deleted, or the id is wrong. find_tasks gives the id and the status."
                .to_owned(),
        ));
    };
    let (preferences, now) = (&open.preferences, session.now());
    let ranking = rank(&candidates, preferences, query.available_minutes, now);
    let why = ranking.why_not(at);
    let why = why.ok_or_else(|| Error::internal("a task that was asked for has no place"))?;
    let task = json!(open.task(at)?);
    let title = say::title(&task);
    let (sentence, place, would_win_if) = match why {
        WhyNot::First => (format!("{title} is the first."), json!(1), Value::Null),
        WhyNot::Behind(place, other) => {
            let wins = other.would_win_if;
            let change = wins.as_ref().map(|change| format!(" It {change}."));
            let said = format!("{}{}", other.explanation, change.unwrap_or_default());
            (said, json!(place), json!(wins))
        }
        WhyNot::Hidden(reason, opens_at) => {
            let clock = Clock::new(now, &session.zone);
            let until = opens_at.map(|at| clock.instant(at));
            (hidden(&title, reason, until), Value::Null, Value::Null)
        }
    };
    let reason =
        json!({"task": task, "place": place, "because": sentence, "would_win_if": would_win_if});
    Ok((sentence, reason))
}

fn hidden(title: &str, reason: Reason, until: Option<String>) -> String {
    let until = until.unwrap_or_default();
    match reason {
        Reason::Snoozed => format!("{title} is snoozed until {until}."),
        Reason::NotStartedYet => format!("{title} is not to be started before {until}."),
        Reason::Blocked => format!("{title} waits for another open task."),
        Reason::HasOpenSubtasks => format!("{title} waits for its open subtasks."),
    }
}
