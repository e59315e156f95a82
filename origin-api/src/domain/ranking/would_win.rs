//! What would put a runner-up first: a single change, found by trying it on the formula.
//!
//! A task that is ranked is unblocked by nothing open, so a change to it moves no other score: trying it means
//! scoring one task again. A change must win by a margin, so that it still wins a minute later.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use shared_types::time::WhenValue;

use super::calendar::start_of;
use super::scale::{Dates, LOOK_AHEAD_DAYS, effort_minutes};
use super::words::{Clock, duration};
use super::{Candidate, Factor, Ranked, Ranking};

/// A runner-up must lead by this many hundredths after the change.
const MARGIN_HUNDREDTHS: i32 = 10;

/// Estimates that a person would give, in minutes, longest first.
const ESTIMATES: [u32; 11] = [480, 360, 240, 180, 120, 90, 60, 45, 30, 15, 5];

/// One change to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A due date before the start of this day.
    DueBefore(Date),
    /// A deadline before the start of this day.
    DeadlineBefore(Date),
    /// This priority, or a higher one.
    Priority(u8),
    /// This estimate in minutes.
    Effort(u32),
    /// Start it.
    Start,
}

impl Change {
    /// "would be first if it were due before Thursday".
    pub(super) fn say(self, clock: &Clock) -> String {
        let before = |date: Date| match clock.days_until(date) {
            1 => "today".into(),
            2 => "by tomorrow".into(),
            _ => format!("before {}", clock.bare_day(date)),
        };
        let what = match self {
            Self::DueBefore(date) => format!("it were due {}", before(date)),
            Self::DeadlineBefore(date) => format!("its deadline were {}", before(date)),
            Self::Priority(5) => "its priority were 5".into(),
            Self::Priority(priority) => format!("its priority were {priority} or higher"),
            Self::Effort(minutes) => format!("it took {}", duration(minutes)),
            Self::Start => "it were already started".into(),
        };
        format!("would be first if {what}")
    }
}

/// The change that would put `runner_up` before `best`: on the factor where it is furthest behind, or else the next.
pub(super) fn find(ranking: &Ranking<'_>, best: &Ranked, runner_up: &Ranked) -> Option<Change> {
    let mut factors = [
        Factor::Urgency,
        Factor::Importance,
        Factor::Fit,
        Factor::Started,
    ];
    factors
        .sort_by_key(|&factor| runner_up.parts.hundredths(factor) - best.parts.hundredths(factor));
    let trial = Trial {
        ranking,
        runner_up,
        target: best.parts.score() + MARGIN_HUNDREDTHS,
    };
    factors.into_iter().find_map(|factor| match factor {
        Factor::Urgency => trial.date(),
        Factor::Importance => trial.priority(),
        Factor::Fit => trial.effort(),
        _ => trial.start(),
    })
}

struct Trial<'a> {
    ranking: &'a Ranking<'a>,
    runner_up: &'a Ranked,
    /// The score to reach, in hundredths.
    target: i32,
}

impl Trial<'_> {
    fn task(&self) -> Candidate<'_> {
        self.ranking.tasks[self.runner_up.task]
    }

    fn wins(&self, task: &Candidate<'_>, dates: &Dates) -> bool {
        let scale = &self.ranking.scale;
        let pressing = scale.pressing(task, dates);
        let figures = scale.figures(task, pressing.as_ref(), &self.runner_up.inherited);
        figures.parts(&scale.preferences.weights).score() >= self.target
    }

    fn dates(&self) -> Dates {
        self.ranking.dates[self.runner_up.task]
    }

    /// The latest day, up to a year ahead, before which the date would have to be: the deadline where the task has
    /// one, else the due date.
    fn date(&self) -> Option<Change> {
        let task = self.task();
        let zone = &self.ranking.scale.preferences.zone;
        let today = self.ranking.scale.now.to_zoned(zone.clone()).date();
        let day = |ahead: i64| today.checked_add(ahead.days()).ok();
        let wins_before = |date: Date| {
            let last = start_of(WhenValue::Day(date), zone).as_millisecond() - 1;
            let last = Timestamp::from_millisecond(last).ok();
            let dates = if task.deadline.is_some() {
                Dates {
                    deadline: last,
                    ..self.dates()
                }
            } else {
                Dates {
                    due: last,
                    ..self.dates()
                }
            };
            self.wins(&task, &dates)
        };
        // An earlier date never lowers a score, so the last winning day is found by halving.
        let (mut wins, mut loses) = (1, LOOK_AHEAD_DAYS);
        if !wins_before(day(wins)?) {
            return None;
        }
        while loses - wins > 1 {
            let middle = i64::midpoint(wins, loses);
            if day(middle).is_some_and(wins_before) {
                wins = middle;
            } else {
                loses = middle;
            }
        }
        let date = day(wins)?;
        Some(if task.deadline.is_some() {
            Change::DeadlineBefore(date)
        } else {
            Change::DueBefore(date)
        })
    }

    fn priority(&self) -> Option<Change> {
        let task = self.task();
        (task.priority + 1..=5)
            .find(|&priority| self.wins(&Candidate { priority, ..task }, &self.dates()))
            .map(Change::Priority)
    }

    fn effort(&self) -> Option<Change> {
        let task = self.task();
        ESTIMATES
            .into_iter()
            .filter(|&minutes| minutes < effort_minutes(&task))
            .find(|&minutes| {
                self.wins(
                    &Candidate {
                        effort_minutes: Some(minutes),
                        ..task
                    },
                    &self.dates(),
                )
            })
            .map(Change::Effort)
    }

    fn start(&self) -> Option<Change> {
        let task = self.task();
        (!task.started
            && self.wins(
                &Candidate {
                    started: true,
                    ..task
                },
                &self.dates(),
            ))
        .then_some(Change::Start)
    }
}
