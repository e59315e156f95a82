//! Why a task stands where it stands: one short reason for each part of its score, and clauses for a sentence.

use shared_types::best::Factor;
use shared_types::task::PreferredTime;

use super::calendar::window_minutes;
use super::scale::{DateKind, effort_minutes};
use super::words::{Clock, counted, duration, elapsed, quoted, whole};
use super::{Candidate, Ranked, Ranking};

/// From this many days on, the sentence about the best task mentions how long it has been open.
const OLD_DAYS: f64 = 7.0;

/// Up to this many minutes, the sentence about the best task mentions that it is small.
const SMALL_MINUTES: u32 = 15;

/// Puts one task of a ranking into words.
pub(super) struct Explanation<'a> {
    pub(super) ranking: &'a Ranking<'a>,
    pub(super) clock: &'a Clock,
    pub(super) ranked: &'a Ranked,
}

impl Explanation<'_> {
    pub(super) fn task(&self) -> &Candidate<'_> {
        &self.ranking.tasks[self.ranked.task]
    }

    /// The `because` of a part.
    pub(super) fn because(&self, factor: Factor) -> String {
        let task = self.task();
        let scale = &self.ranking.scale;
        match factor {
            Factor::Urgency => match self.urgent() {
                Some((from, _, dated)) if from == self.ranked.task => dated,
                Some((from, verb, dated)) => {
                    format!("{}, which it unblocks, {verb} {dated}", self.title(from))
                }
                None => "no date".into(),
            },
            Factor::Importance => match self.important_through() {
                Some(from) => format!(
                    "priority {} of 5, but {}, which it unblocks, has {}",
                    task.priority,
                    self.title(from),
                    self.ranking.tasks[from].priority
                ),
                None => format!("priority {} of 5", task.priority),
            },
            Factor::Fit => {
                let effort = duration(effort_minutes(task));
                match scale.free_minutes {
                    None => "the free time is unknown, so it counts as fitting".into(),
                    Some(free) if free >= effort_minutes(task) => {
                        format!("{effort} of {} free", duration(free))
                    }
                    Some(free) => {
                        format!("it takes {effort} and {} free", are(free, &duration(free)))
                    }
                }
            }
            Factor::Unblocks => self
                .waiting()
                .unwrap_or_else(|| "no open task waits for it".into()),
            Factor::Started => if task.started {
                "in progress"
            } else {
                "not started"
            }
            .into(),
            Factor::TimeOfDay => match task.preferred_time {
                Some(preferred) => format!(
                    "meant for the {}, and it is {}",
                    window(preferred),
                    self.clock.time()
                ),
                None => "no preferred time of day".into(),
            },
            Factor::Small => {
                let assumed = if task.effort_minutes.is_none() {
                    " (assumed)"
                } else {
                    ""
                };
                format!("takes {}{assumed}", duration(effort_minutes(task)))
            }
            Factor::Age => format!("open for {}", elapsed(scale.hours_since(task.created_at))),
            Factor::NotNow => task.not_now_at.map_or_else(
                || "not put off".into(),
                |at| format!("put off {} ago", elapsed(scale.hours_since(at))),
            ),
        }
    }

    /// What the sentence about the best task says of a factor; `None` where it is nothing to speak of.
    pub(super) fn reason(&self, factor: Factor) -> Option<String> {
        let task = self.task();
        let hours_open = self.ranking.scale.hours_since(task.created_at);
        match factor {
            Factor::Urgency => self.urgent().map(|(from, verb, dated)| {
                if from == self.ranked.task {
                    format!("it {verb} {dated}")
                } else {
                    format!("{}, which waits for it, {verb} {dated}", self.title(from))
                }
            }),
            Factor::Importance => match self.important_through() {
                Some(from) => {
                    let other = &self.ranking.tasks[from];
                    Some(format!(
                        "{}, which waits for it, has priority {}",
                        quoted(other.title),
                        other.priority
                    ))
                }
                None => {
                    (task.priority >= 3).then(|| format!("its priority is {} of 5", task.priority))
                }
            },
            Factor::Fit => {
                let free = self.ranking.scale.free_minutes?;
                let effort = effort_minutes(task);
                (free >= effort).then(|| {
                    format!(
                        "its {} fit into the {} you have",
                        duration(effort),
                        duration(free)
                    )
                })
            }
            Factor::Unblocks => self.waiting(),
            Factor::Started => task.started.then(|| "you have already started it".into()),
            Factor::TimeOfDay => {
                let preferred = task.preferred_time?;
                let now = self.ranking.scale.time_of_day(preferred) >= 1.0;
                now.then(|| format!("you want to do it in the {}", preferred.as_str()))
            }
            Factor::Small => {
                let minutes = task
                    .effort_minutes
                    .filter(|&minutes| minutes <= SMALL_MINUTES)?;
                Some(format!("it takes only {}", duration(minutes)))
            }
            Factor::Age => (hours_open >= 24.0 * OLD_DAYS)
                .then(|| format!("it has been open for {}", elapsed(hours_open))),
            Factor::NotNow => None,
        }
    }

    /// Whose date makes the task urgent, and what is to be said of that date, the verb apart.
    fn urgent(&self) -> Option<(usize, &'static str, String)> {
        let at = self.ranked.task;
        let own = self.ranking.pressing[at].map_or(0.0, |own| own.urgency);
        let from = match self.ranked.inherited.urgency {
            Some((from, urgency)) if urgency > own => from,
            _ => at,
        };
        self.dated(from).map(|(verb, dated)| (from, verb, dated))
    }

    /// "is" and "due tomorrow at 17:00 (12 hours of working time left)", "was" and "due yesterday".
    fn dated(&self, at: usize) -> Option<(&'static str, String)> {
        let pressing = self.ranking.pressing[at]?;
        let (task, dates) = (&self.ranking.tasks[at], &self.ranking.dates[at]);
        let (what, when, passes) = match pressing.kind {
            DateKind::Due => ("due", task.due_date?, dates.due?),
            DateKind::Deadline => ("deadline", task.deadline?, dates.deadline?),
        };
        let past = passes < self.ranking.scale.now;
        let verb = match (pressing.kind, past) {
            (DateKind::Due, false) => "is",
            (DateKind::Due, true) => "was",
            (DateKind::Deadline, false) => "has its",
            (DateKind::Deadline, true) => "had its",
        };
        let minutes = whole(pressing.working_minutes.abs());
        let distance = match (minutes, past) {
            (0, true) => String::new(),
            (0, false) => " (no working time left)".into(),
            (_, true) => format!(" ({} ago)", self.working_time(minutes)),
            (_, false) => format!(" ({} left)", self.working_time(minutes)),
        };
        Some((
            verb,
            format!("{what} {}{distance}", self.clock.when(when, passes)),
        ))
    }

    /// "6 hours of working time", "21 working days".
    fn working_time(&self, minutes: u32) -> String {
        let day_minutes = self.ranking.scale.preferences.hours.day_minutes();
        if minutes < 2 * day_minutes {
            format!("{} of working time", duration(minutes))
        } else {
            format!("{} working days", minutes / day_minutes)
        }
    }

    /// The task that lends this one its priority.
    fn important_through(&self) -> Option<usize> {
        let (from, _) = self.ranked.inherited.importance?;
        (self.ranking.tasks[from].priority > self.task().priority).then_some(from)
    }

    /// "“Ship it” waits for it", "3 open tasks wait for it".
    fn waiting(&self) -> Option<String> {
        match (
            self.ranked.inherited.unblocks,
            self.ranking.graph.direct(self.ranked.task),
        ) {
            (0, _) => None,
            (1, [only, ..]) => Some(format!("{} waits for it", self.title(*only))),
            (count, _) => Some(format!(
                "{} wait for it",
                counted(count, "open task", "open tasks")
            )),
        }
    }

    fn title(&self, at: usize) -> String {
        quoted(self.ranking.tasks[at].title)
    }
}

/// "1 minute is", "45 minutes are".
fn are(count: u32, text: &str) -> String {
    format!(
        "{text} {}",
        if count == 1 || count == 60 {
            "is"
        } else {
            "are"
        }
    )
}

/// "morning (06:00 to 12:00)".
fn window(preferred: PreferredTime) -> String {
    let (start, end) = window_minutes(preferred);
    format!(
        "{} ({:02}:00 to {:02}:00)",
        preferred.as_str(),
        start / 60,
        end / 60
    )
}
