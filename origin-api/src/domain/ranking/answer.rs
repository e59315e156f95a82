//! The answer to "what should I do next?" in the shape of the contract's `Best`, with positions for the tasks.

use jiff::Timestamp;
use shared_types::best::{Counts, Factor, Hidden, NextToWake, Part, Points};

use super::explain::Explanation;
use super::plan::reasons;
use super::score::{ASSUMED_EFFORT_MINUTES, limit};
use super::words::{Clock, counted, joined, quoted};
use super::{Change, Place, Preferences, Ranked, Ranking, Reason, would_win};

/// At most this many reasons are given for the best task.
const REASONS: usize = 3;

/// What the caller wants to know.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The best task and up to `limit - 1` runners-up.
    pub limit: usize,
    /// What the tasks were filtered by, as in "no open task *with the tag “home”*"; `None` without a filter.
    pub filter: Option<&'a str>,
}

/// The answer; tasks are given by their position in the input.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The best task; `None` when nothing can be done now.
    pub best: Option<Pick>,
    /// Why it is the best, or why there is none.
    pub explanation: String,
    /// The runners-up, best first.
    pub alternatives: Vec<Alternative>,
    /// How many tasks are hidden, and which wakes next.
    pub hidden: Hidden,
    /// Open and overdue tasks, ranked or hidden.
    pub counts: Counts,
    /// What had to be assumed, in sentences.
    pub assumptions: Vec<String>,
    /// The earliest instant at which, without a write, the gate that hides a task opens.
    pub next_change_at: Option<Timestamp>,
}

/// A task with its score.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    /// Its position in the input.
    pub task: usize,
    /// Its score.
    pub score: Points,
    /// What the score is made of, in the order of [`Factor::ALL`].
    pub parts: Vec<Part>,
}

/// A runner-up.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// The task.
    pub pick: Pick,
    /// How far behind it is, and on what.
    pub explanation: String,
    /// What would put it first.
    pub change: Option<Change>,
    /// That change in words.
    pub would_win_if: Option<String>,
}

impl Ranking<'_> {
    /// The ranking in words.
    pub fn answer(&self, ask: Ask<'_>) -> Answer {
        let clock = Clock::new(self.scale.now, &self.scale.preferences.zone);
        let shown = &self.ranked[..ask.limit.min(self.ranked.len())];
        let hidden = self.hidden();
        let counts = self.counts();
        let explain = |ranked| Explanation {
            ranking: self,
            clock: &clock,
            ranked,
        };
        let (best, explanation, alternatives) = match shown {
            [] => (None, nothing(ask, &clock, counts, &hidden), Vec::new()),
            [best, others @ ..] => (
                Some(self.pick(&explain(best))),
                self.why(&explain(best)),
                others
                    .iter()
                    .map(|other| self.alternative(best, &explain(other)))
                    .collect(),
            ),
        };
        Answer {
            best,
            explanation,
            alternatives,
            hidden,
            counts,
            assumptions: self.assumptions(shown),
            next_change_at: self
                .hidden
                .iter()
                .filter_map(|hidden| hidden.opens_at)
                .min(),
        }
    }

    fn pick(&self, explanation: &Explanation<'_>) -> Pick {
        let Ranked { task, parts, .. } = explanation.ranked;
        let part = |factor| Part {
            factor,
            points: Points(parts.hundredths(factor)),
            max: limit(&self.scale.preferences.weights, factor),
            because: explanation.because(factor),
        };
        Pick {
            task: *task,
            score: Points(parts.score()),
            parts: Factor::ALL.map(part).into(),
        }
    }

    /// One sentence with the reasons that weigh most, and one when its effort is only assumed.
    fn why(&self, best: &Explanation<'_>) -> String {
        let reasons = reasons(best, REASONS);
        let title = quoted(best.task().title);
        let mut sentences = vec![match (reasons.as_slice(), self.ranked.len()) {
            ([], 1) => format!("{title} is the only task that can be done now."),
            ([], _) => {
                format!(
                    "{title} comes first, though nothing presses: {}.",
                    best.because(Factor::Age)
                )
            }
            (reasons, _) => format!("{title} comes first: {}.", joined(reasons)),
        }];
        if best.reason(Factor::Fit).is_none() && self.scale.free_minutes.is_some() {
            sentences.push(format!("Mind that {}.", best.because(Factor::Fit)));
        }
        if best.task().effort_minutes.is_none() {
            sentences.push(format!(
                "It has no estimate, so {ASSUMED_EFFORT_MINUTES} minutes are assumed."
            ));
        }
        sentences.join(" ")
    }

    pub(super) fn alternative(&self, best: &Ranked, other: &Explanation<'_>) -> Alternative {
        let change = would_win::find(self, best, other.ranked);
        Alternative {
            pick: self.pick(other),
            explanation: self.why_behind(best, other),
            change,
            would_win_if: change.map(|change| change.say(other.clock)),
        }
    }

    /// How far a runner-up is behind, and the factor on which it loses most.
    fn why_behind(&self, best: &Ranked, other: &Explanation<'_>) -> String {
        let title = quoted(other.task().title);
        let behind = |factor| best.parts.hundredths(factor) - other.ranked.parts.hundredths(factor);
        let gap = best.parts.score() - other.ranked.parts.score();
        let decisive = Factor::ALL
            .into_iter()
            .max_by_key(|&factor| behind(factor))
            .filter(|_| gap > 0);
        match decisive {
            Some(factor) => format!(
                "{title} is {}.{:02} points behind, most of all on {}: {}.",
                gap / 100,
                gap % 100,
                noun(factor),
                other.because(factor)
            ),
            None => format!(
                "{title} has the same score; {} decides.",
                self.tie_breaker(best, other.ranked)
            ),
        }
    }

    fn tie_breaker(&self, best: &Ranked, other: &Ranked) -> &'static str {
        let of =
            |ranked: &Ranked| Place::of(None, &self.tasks[ranked.task], &self.dates[ranked.task]);
        let (best, other) = (of(best), of(other));
        if best.earliest != other.earliest {
            "the earlier date"
        } else if best.priority != other.priority {
            "the higher priority"
        } else if best.created != other.created {
            "the greater age"
        } else {
            "the order of the ids"
        }
    }

    fn hidden(&self) -> Hidden {
        let count = |reason| count(self.hidden.iter().filter(|hidden| hidden.reason == reason));
        let wakes = self.hidden.iter().filter_map(|hidden| {
            let task = &self.tasks[hidden.task];
            hidden.wakes_at.map(|at| (at, task.id, task.title))
        });
        Hidden {
            snoozed: count(Reason::Snoozed),
            not_started_yet: count(Reason::NotStartedYet),
            blocked: count(Reason::Blocked),
            has_open_subtasks: count(Reason::HasOpenSubtasks),
            next_to_wake: wakes.min().map(|(at, id, title)| NextToWake {
                id,
                title: title.to_owned(),
                at,
            }),
        }
    }

    fn counts(&self) -> Counts {
        let asked_for = || (0..self.tasks.len()).filter(|&at| self.tasks[at].asked_for);
        Counts {
            open: count(asked_for()),
            overdue: count(asked_for().filter(|&at| self.dates[at].overdue(self.scale.now))),
        }
    }

    /// What the scores of the tasks in the answer rest on without the user having said so.
    fn assumptions(&self, shown: &[Ranked]) -> Vec<String> {
        let mut assumptions = Vec::new();
        if !shown.is_empty() && self.scale.free_minutes.is_none() {
            assumptions
                .push("The free time is unknown, so every task counts as fitting it.".to_owned());
        }
        let unestimated: Vec<String> = shown
            .iter()
            .map(|ranked| &self.tasks[ranked.task])
            .filter(|task| task.effort_minutes.is_none())
            .map(|task| quoted(task.title))
            .collect();
        if !unestimated.is_empty() {
            let (titles, have) = (
                joined(&unestimated),
                if unestimated.len() == 1 {
                    "has"
                } else {
                    "have"
                },
            );
            assumptions.push(format!(
                "{titles} {have} no estimate; {ASSUMED_EFFORT_MINUTES} minutes are assumed."
            ));
        }
        let urgent = shown
            .iter()
            .any(|ranked| ranked.parts.hundredths(Factor::Urgency) > 0);
        if urgent && self.scale.preferences.hours_are_assumed {
            let Preferences { hours, zone, .. } = self.scale.preferences;
            let zone = zone.iana_name().unwrap_or("UTC");
            assumptions.push(format!(
                "Working hours are not set; {hours} in {zone} are assumed."
            ));
        }
        assumptions
    }
}

/// Why there is nothing to do.
fn nothing(ask: Ask<'_>, clock: &Clock, counts: Counts, hidden: &Hidden) -> String {
    let filter = ask
        .filter
        .map_or_else(String::new, |filter| format!(" {filter}"));
    if counts.open == 0 {
        let done = if ask.filter.is_none() {
            "Everything is done: there"
        } else {
            "There"
        };
        return format!("{done} is no open task{filter}.");
    }
    let reasons = [
        (hidden.snoozed, "is snoozed", "are snoozed"),
        (
            hidden.not_started_yet,
            "is not to be started yet",
            "are not to be started yet",
        ),
        (
            hidden.blocked,
            "waits for another task",
            "wait for other tasks",
        ),
        (
            hidden.has_open_subtasks,
            "waits for its subtasks",
            "wait for their subtasks",
        ),
    ];
    let reasons: Vec<String> = reasons
        .into_iter()
        .filter(|&(count, ..)| count > 0)
        .map(|(hidden, one, many)| {
            if counts.open == 1 {
                one.to_owned()
            } else {
                counted(hidden, one, many)
            }
        })
        .collect();
    let wakes = hidden
        .next_to_wake
        .as_ref()
        .map_or_else(String::new, |next| {
            format!(
                " {} is the next to wake, {}.",
                quoted(&next.title),
                clock.instant(next.at)
            )
        });
    let open = match counts.open {
        1 => format!("the only open task{filter}"),
        open => format!("of {open} open tasks{filter},"),
    };
    format!(
        "Nothing can be done now: {open} {}.{wakes}",
        joined(&reasons)
    )
}

/// What a factor is called in a sentence.
const fn noun(factor: Factor) -> &'static str {
    match factor {
        Factor::Urgency => "urgency",
        Factor::Importance => "importance",
        Factor::Fit => "the free time",
        Factor::Unblocks => "what waits for it",
        Factor::Started => "being started",
        Factor::TimeOfDay => "the time of day",
        Factor::Small => "size",
        Factor::Age => "age",
        Factor::NotNow => "having been put off",
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}
