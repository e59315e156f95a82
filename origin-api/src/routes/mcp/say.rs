//! Sentences about tasks that a model can read aloud: days and times as a person would say them, in the user's zone,
//! which is named once.

use serde_json::Value;
use shared_types::time::When;

use super::session::Session;
use crate::domain::ranking::{Clock, counted, duration, quoted, start_of};

/// Says tasks as seen from now.
pub(super) struct Speaker<'a> {
    session: &'a Session<'a>,
    clock: Clock,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(session: &'a Session<'a>) -> Self {
        Self {
            session,
            clock: Clock::new(session.now(), &session.zone),
        }
    }

    /// "tomorrow at 17:00".
    pub(super) fn when(&self, when: &When) -> String {
        let value = when.value();
        self.clock.when(value, start_of(value, &self.session.zone))
    }

    /// A date of a task; `None` where it has none.
    pub(super) fn date(&self, task: &Value, name: &str) -> Option<String> {
        let date = When::parse(task[name].as_str()?.to_owned()).ok()?;
        Some(self.when(&date))
    }

    /// "(Dates are in Europe/Berlin.)"
    pub(super) fn zone(&self) -> String {
        format!("(Dates are in {}.)", self.session.preferences.time_zone)
    }

    /// "“Pay rent”, due tomorrow at 17:00, 30 minutes, priority 5".
    pub(super) fn task(&self, task: &Value) -> String {
        let mut parts = vec![title(task)];
        for (name, field) in [
            ("due", "due_date"),
            ("deadline", "deadline"),
            ("not before", "start_date"),
        ] {
            parts.extend(self.date(task, field).map(|date| format!("{name} {date}")));
        }
        match task["status"].as_str() {
            Some("pending") | None => {}
            Some("in_progress") => parts.push("started".to_owned()),
            Some("snoozed") => {
                let until = self.date(task, "snoozed_until").unwrap_or_default();
                parts.push(format!("snoozed until {until}"));
            }
            Some(other) => parts.push(other.to_owned()),
        }
        if task["overdue"] == true {
            parts.push("overdue".to_owned());
        }
        let minutes = task["effort_estimate_minutes"].as_u64();
        let minutes = minutes.and_then(|minutes| minutes.try_into().ok());
        parts.extend(minutes.map(duration));
        if let Some(priority) = task["priority"].as_u64().filter(|&priority| priority != 3) {
            parts.push(format!("priority {priority}"));
        }
        let project = task["project"].as_str();
        parts.extend(project.map(|project| format!("in {project}")));
        parts.join(", ")
    }
}

/// "“Pay rent”".
pub(super) fn title(task: &Value) -> String {
    quoted(task["title"].as_str().unwrap_or_default())
}

/// "3 tasks".
pub(super) fn tasks(count: usize) -> String {
    counted(count.try_into().unwrap_or(u32::MAX), "task", "tasks")
}

/// What the next call needs of these tasks: an id a line.
pub(super) fn ids<'t>(tasks: impl IntoIterator<Item = &'t Value>) -> String {
    let lines = tasks.into_iter().map(|task| {
        format!(
            "{} {}",
            task["id"].as_str().unwrap_or_default(),
            title(task)
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The same after a change, with what undoes it.
pub(super) fn ids_of_change(tasks: &[Value], change_id: &Value) -> String {
    let ids = ids(tasks);
    match change_id.as_str() {
        Some(change) => format!("change_id {change}\n{ids}"),
        None => ids,
    }
}
