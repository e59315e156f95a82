//! The gates: why an open task is not ranked now, and when time alone lets it through.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use shared_types::time::WhenValue;

use super::Candidate;
use super::calendar::start_of;
use super::graph::Graph;

/// Why a task is hidden; of several, the first in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The user does not want to see it yet.
    Snoozed,
    /// Its start date lies ahead.
    NotStartedYet,
    /// An open task that it depends on holds it up.
    Blocked,
    /// Its subtasks are to be done first.
    HasOpenSubtasks,
}

/// A task that is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Its position in the input.
    pub task: usize,
    /// Why.
    pub reason: Reason,
    /// When the gate that hides it opens by time alone; another may still be closed.
    pub opens_at: Option<Timestamp>,
    /// When it can be done, with no write; `None` when it waits for other tasks.
    pub wakes_at: Option<Timestamp>,
}

/// The gate that hides a task, if any.
pub(super) fn check(
    at: usize,
    task: &Candidate<'_>,
    graph: &Graph,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<Closed> {
    let ahead = |when: Option<WhenValue>| {
        when.map(|when| start_of(when, zone))
            .filter(|&opens| opens > now)
    };
    let (snooze, start) = (ahead(task.snoozed_until), ahead(task.start_date));
    let waits = graph.blocked[at] || graph.has_open_subtasks[at];
    let reason = match (snooze, start) {
        (Some(_), _) => Reason::Snoozed,
        (None, Some(_)) => Reason::NotStartedYet,
        _ if graph.blocked[at] => Reason::Blocked,
        _ if graph.has_open_subtasks[at] => Reason::HasOpenSubtasks,
        _ => return None,
    };
    Some(Closed {
        task: at,
        reason,
        opens_at: snooze.or(start),
        wakes_at: snooze.max(start).filter(|_| !waits),
    })
}
