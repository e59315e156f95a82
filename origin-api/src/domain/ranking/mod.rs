//! "What should I do next?": one pure function of the open tasks, the preferences, the free time and now.
//!
//! [`rank`] gates, scores and orders; [`Ranking::answer`] says the result in words. Neither does any I/O, reads a
//! clock, a zone of the process or randomness, so the same inputs give the same answer on any machine.

mod answer;
mod calendar;
mod explain;
mod gate;
mod graph;
mod place;
mod plan;
mod preview;
mod scale;
mod score;
mod why_not;
mod words;
mod would_win;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use shared_types::id::TaskId;
use shared_types::task::PreferredTime;
use shared_types::time::WhenValue;
use shared_types::weights::Weights;

pub use answer::{Alternative, Answer, Ask, Pick};
pub use calendar::{WorkingHours, end_of, start_of};
pub use gate::{Closed, Reason};
pub use place::Place;
pub use plan::{Plan, Slot};
pub use preview::{Previewed, preview};
pub use scale::DateKind;
pub use score::{Parts, RANKING_VERSION};
pub use why_not::WhyNot;
pub use words::{Clock, counted, duration, joined, quoted};
pub use would_win::{Change, NewDate};

use graph::Graph;
use scale::{Dates, Inherited, Pressing, Scale};

/// An open task, as far as the ranking looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Unique among the candidates.
    pub id: TaskId,
    /// For the explanations.
    pub title: &'a str,
    /// Whether it is in progress.
    pub started: bool,
    /// 1 to 5.
    pub priority: u8,
    /// When the user plans to have it done.
    pub due_date: Option<WhenValue>,
    /// When it stops being useful.
    pub deadline: Option<WhenValue>,
    /// Not before this.
    pub start_date: Option<WhenValue>,
    /// Hidden until this.
    pub snoozed_until: Option<WhenValue>,
    /// The estimate; `None` when there is none.
    pub effort_minutes: Option<u32>,
    /// The part of the day in which it is best done.
    pub preferred_time: Option<PreferredTime>,
    /// The task that it is a subtask of.
    pub parent: Option<TaskId>,
    /// The tasks that must be done before it; those that are not candidates count as done.
    pub depends_on: &'a [TaskId],
    /// When the user last said "not now".
    pub not_now_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Whether the caller's filters let it be returned and counted; gates and inheritance look at every task.
    pub asked_for: bool,
}

impl<'a> Candidate<'a> {
    /// A pending task of priority 3 with nothing else said about it.
    pub const fn new(id: TaskId, title: &'a str, created_at: Timestamp) -> Self {
        Self {
            id,
            title,
            started: false,
            priority: 3,
            due_date: None,
            deadline: None,
            start_date: None,
            snoozed_until: None,
            effort_minutes: None,
            preferred_time: None,
            parent: None,
            depends_on: &[],
            not_now_at: None,
            created_at,
            asked_for: true,
        }
    }
}

/// What the user prefers, as far as the ranking looks at it.
#[derive(Clone, Debug)]
pub struct Preferences {
    /// The zone in which dates and working hours are meant.
    pub zone: TimeZone,
    /// The working window.
    pub hours: WorkingHours,
    /// Whether `hours` is the default and not the user's own choice.
    pub hours_are_assumed: bool,
    /// What each factor counts for.
    pub weights: Weights,
}

/// A task that can be done now, with its score.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// Its position in the input.
    pub task: usize,
    /// The rounded parts of its score.
    pub parts: Parts,
    inherited: Inherited,
}

/// Every task that was asked for, ranked or hidden.
pub struct Ranking<'a> {
    tasks: &'a [Candidate<'a>],
    scale: Scale<'a>,
    dates: Vec<Dates>,
    pressing: Vec<Option<Pressing>>,
    graph: Graph,
    /// The tasks that can be done now, best first.
    pub ranked: Vec<Ranked>,
    /// The others, in the order of the input.
    pub hidden: Vec<Closed>,
}

/// Ranks the open tasks as of `now`; `free_minutes` is `None` when the free time is unknown.
pub fn rank<'a>(
    tasks: &'a [Candidate<'a>],
    preferences: &'a Preferences,
    free_minutes: Option<u32>,
    now: Timestamp,
) -> Ranking<'a> {
    let dates: Vec<Dates> = tasks
        .iter()
        .map(|task| Dates::of(task, preferences))
        .collect();
    let scale = Scale::new(preferences, free_minutes, now, &dates);
    let graph = Graph::new(tasks);

    let pressing: Vec<_> = tasks
        .iter()
        .zip(&dates)
        .map(|(task, dates)| scale.pressing(task, dates))
        .collect();
    let urgency: Vec<f64> = pressing
        .iter()
        .map(|own| own.map_or(0.0, |own| own.urgency))
        .collect();
    let importance: Vec<f64> = tasks
        .iter()
        .map(|task| score::importance(task.priority))
        .collect();
    let by_id = |one: usize, other: usize| tasks[one].id < tasks[other].id;
    let most_urgent = graph.highest(&urgency, by_id);
    let most_important = graph.highest(&importance, by_id);
    let unblocks = graph.counts();

    let (mut ranked, mut hidden) = (Vec::with_capacity(tasks.len()), Vec::new());
    for (at, task) in tasks.iter().enumerate().filter(|(_, task)| task.asked_for) {
        if let Some(closed) = gate::check(at, task, &graph, &preferences.zone, now) {
            hidden.push(closed);
            continue;
        }
        let inherited = Inherited {
            urgency: most_urgent[at].map(|from| (from, urgency[from])),
            importance: most_important[at].map(|from| (from, importance[from])),
            unblocks: unblocks[at],
        };
        let figures = scale.figures(task, pressing[at].as_ref(), &inherited);
        ranked.push(Ranked {
            task: at,
            parts: figures.parts(&preferences.weights),
            inherited,
        });
    }
    ranked.sort_by_cached_key(|ranked| {
        let score = Some(ranked.parts.score());
        Place::of(score, &tasks[ranked.task], &dates[ranked.task])
    });
    Ranking {
        tasks,
        scale,
        dates,
        pressing,
        graph,
        ranked,
        hidden,
    }
}

impl Ranking<'_> {
    /// Each task that was asked for with its place; hidden ones have one without a score.
    pub fn places(&self) -> Vec<(usize, Place)> {
        let ranked = self.ranked.iter();
        let scored = ranked.map(|ranked| (ranked.task, Some(ranked.parts.score())));
        let hidden = self.hidden.iter().map(|closed| (closed.task, None));
        scored
            .chain(hidden)
            .map(|(task, score)| (task, Place::of(score, &self.tasks[task], &self.dates[task])))
            .collect()
    }
}
