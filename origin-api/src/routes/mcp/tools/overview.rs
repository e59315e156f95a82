//! `get_overview`: where the user stands, and what was done last.

use serde_json::{Value, json};
use shared_types::time::When;
use shared_types::validate::{Fields, FromFields};

use super::{Definition, Effect, Widget};
use crate::db::{stats, tasks};
use crate::domain::ranking::counted;
use crate::error::Error;
use crate::routes::mcp::arguments::read;
use crate::routes::mcp::say::title;
use crate::routes::mcp::session::{Said, Session};
use crate::routes::mcp::{say, schema};

pub(super) const NAME: &str = "get_overview";

/// How many tasks are named of each kind.
const NAMED: usize = 10;
/// Days of which the completions are told.
const DAYS: usize = 7;
/// Projects that are told: those with open tasks, as long as there are no more.
const PROJECTS: usize = 30;
/// Changes that are told.
const CHANGES: u8 = 5;

pub(super) fn definition() -> Definition {
    Definition {
        name: NAME,
        title: "Overview",
        description: "Where the user stands: overdue, due today, done in the last days, projects with open tasks; and the last changes with their change_id, for undo_change.",
        effect: Effect::Reads,
        widget: Widget::None,
        arguments: schema::arguments(&json!({}), &[]),
        answer: schema::answer(&json!({
            "overdue": {"type": "array", "items": {"type": "object"}},
            "due_today": {"type": "array", "items": {"type": "object"}},
            "open": {"type": "integer"},
            "completed_by_day": {"type": "array", "items": {"type": "object"}},
            "projects": {"type": "array", "items": {"type": "object"}},
            "last_changes": {"type": "array", "items": {"type": "object"}},
            "time_zone": {"type": "string"},
        })),
    }
}

struct Nothing;

impl FromFields for Nothing {
    fn from_fields(_: &mut Fields) -> Option<Self> {
        Some(Self)
    }
}

pub(super) async fn run(session: &Session<'_>, arguments: Value) -> Result<Said, Error> {
    let Nothing = read(arguments)?;
    let content = content(session).await?;
    let named = |name: &str| {
        content[name]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
    };
    let (overdue, today) = (named("overdue"), named("due_today"));
    let count = |name: &str| {
        let count = content[name].as_u64().unwrap_or_default();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let titles = |tasks: &[Value]| match tasks {
        [] => ".".to_owned(),
        tasks => format!(
            ": {}.",
            tasks.iter().map(title).collect::<Vec<_>>().join(", ")
        ),
    };
    let mut text = vec![
        format!("{} open.", say::tasks(count("open") as usize)),
        format!("{} overdue{}", count("overdue_count"), titles(overdue)),
        format!("{} due today{}", count("due_today_count"), titles(today)),
        format!("{} done today.", count("completed_today")),
    ];
    match count("streak_days") {
        0 => {}
        days => text.push(format!(
            "Something done {} in a row.",
            counted(days, "day", "days")
        )),
    }
    text.push(format!("(Days are in {}.)", session.preferences.time_zone));
    let changes = named("last_changes").iter();
    let changes = changes.map(|change| {
        let text = |name: &str| change[name].as_str().unwrap_or_default().to_owned();
        format!(
            "change_id {} ({} by {})",
            text("change_id"),
            text("action"),
            text("by")
        )
    });
    let mut ids: Vec<_> = changes.collect();
    ids.push(say::ids(overdue.iter().chain(today)));
    Ok(Said {
        text: text.join(" "),
        ids: ids.join("\n"),
        content,
    })
}

/// All that is told.
pub(in crate::routes::mcp) async fn content(session: &Session<'_>) -> Result<Value, Error> {
    let (db, caller) = (&session.app.db, &session.caller);
    let found = session.read(stats::find_stats(db, caller).await?)?.stats;
    let changes = session.read(tasks::list_changes(db, caller, None, CHANGES).await?)?;
    let open = session.read(tasks::list_open_tasks(db, caller).await?)?;
    let today = session.now().to_zoned(session.zone.clone()).date();
    let (mut overdue, mut due_today) = (Vec::new(), Vec::new());
    for at in 0..open.tasks.len() {
        let task = open.task(at)?;
        let due = task
            .due_date
            .as_ref()
            .or(task.deadline.as_ref())
            .map(When::value);
        let day = due.map(|due| {
            open.time
                .opens_at(due)
                .to_zoned(session.zone.clone())
                .date()
        });
        if task.overdue {
            overdue.push((day, task));
        } else if day == Some(today) {
            due_today.push((day, task));
        }
    }
    let named = |mut tasks: Vec<(_, shared_types::task::Task)>| {
        tasks.sort_by_key(|(day, task)| (*day, std::cmp::Reverse(task.priority), task.id));
        let tasks = tasks.into_iter().take(NAMED);
        tasks.map(|(_, task)| json!(task)).collect::<Vec<_>>()
    };
    let (overdue_count, due_today_count) = (overdue.len(), due_today.len());
    let days = &found.completed_by_day;
    let projects = found.by_project.iter().filter(|project| project.open > 0);
    let projects: Vec<_> = projects.take(PROJECTS).collect();
    let changes = changes.changes.iter().map(|change| {
        let mut told = json!(change);
        told["change_id"] = told["id"].take();
        if let Some(fields) = told.as_object_mut() {
            fields.remove("id");
        }
        told
    });
    Ok(json!({
        "open": open.tasks.len(),
        "overdue_count": overdue_count,
        "overdue": named(overdue),
        "due_today_count": due_today_count,
        "due_today": named(due_today),
        "completed_today": days.last().map_or(0, |day| day.count),
        "completed_by_day": days[days.len().saturating_sub(DAYS)..],
        "streak_days": found.streak_days,
        "open_by_priority": found.open_by_priority,
        "projects": projects,
        "estimate_ratio": found.estimate_ratio,
        "last_changes": changes.collect::<Vec<_>>(),
        "now": session.local(session.now()),
        "time_zone": session.preferences.time_zone,
    }))
}
