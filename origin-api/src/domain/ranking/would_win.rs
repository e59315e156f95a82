//! What would put a runner-up first: the smallest change, found by trying it on the formula.
//!
//! A task that is ranked is unblocked by nothing open, so a change to it moves no other score: trying it means
//! scoring one task again. A change must win by a margin, so that it still wins a minute later.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use shared_types::best::Factor;
use shared_types::time::WhenValue;

use super::calendar::start_of;
use super::scale::{DateKind, Dates, LOOK_AHEAD_DAYS, effort_minutes};
use super::words::{Clock, duration};
use super::{Candidate, Ranked, Ranking};

/// A runner-up must lead by this many hundredths after the change.
const MARGIN_HUNDREDTHS: i32 = 10;

/// Estimates that a person would give, in minutes, longest first.
const ESTIMATES: [u32; 11] = [480, 360, 240, 180, 120, 90, 60, 45, 30, 15, 5];

/// A change to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another date.
    Date(NewDate),
    /// This priority, or a higher one.
    Priority(u8),
    /// Both: where neither is enough.
    PriorityAndDate(u8, NewDate),
    /// This estimate in minutes.
    Effort(u32),
    /// Start it.
    Start,
}

/// A date anywhere before the start of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewDate {
    /// Which of the task's dates.
    pub kind: DateKind,
    /// The day.
    pub before: Date,
}

impl Change {
    /// "would be first if it were due before Thursday".
    pub(super) fn say(self, clock: &Clock) -> String {
        let priority = |priority: u8| match priority {
            5 => "its priority were 5".to_owned(),
            _ => format!("its priority were {priority} or higher"),
        };
        let what = match self {
            Self::Date(date) => date.say(clock),
            Self::Priority(least) => priority(least),
            Self::PriorityAndDate(least, date) => {
                format!("{} and {}", priority(least), date.say(clock))
            }
            Self::Effort(minutes) => format!("it took {}", duration(minutes)),
            Self::Start => "it were already started".into(),
        };
        format!("would be first if {what}")
    }
}

impl NewDate {
    fn say(self, clock: &Clock) -> String {
        let what = match self.kind {
            DateKind::Due => "it were due",
            DateKind::Deadline => "its deadline were",
        };
        match clock.days_until(self.before) {
            1 => format!("{what} today"),
            2 => format!("{what} by tomorrow"),
            _ => format!("{what} before {}", clock.bare_day(self.before)),
        }
    }
}

/// The change that would put `runner_up` before `best`: on the factor where it is furthest behind, or else the next;
/// or else on priority and date together.
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
    let task = &ranking.tasks[runner_up.task];
    let one = factors.into_iter().find_map(|factor| match factor {
        Factor::Urgency => trial.date(task).map(Change::Date),
        Factor::Importance => trial.priority(task),
        Factor::Fit => trial.effort(task),
        _ => trial.start(task),
    });
    one.or_else(|| trial.priority_and_date(task))
}

struct Trial<'a> {
    ranking: &'a Ranking<'a>,
    runner_up: &'a Ranked,
    /// The score to reach, in hundredths.
    target: i32,
}

impl Trial<'_> {
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
    fn date(&self, task: &Candidate<'_>) -> Option<NewDate> {
        let kind = if task.deadline.is_some() {
            DateKind::Deadline
        } else {
            DateKind::Due
        };
        let zone = &self.ranking.scale.preferences.zone;
        let today = self.ranking.scale.now.to_zoned(zone.clone()).date();
        let day = |ahead: i64| today.checked_add(ahead.days()).ok();
        let wins_before = |date: Date| {
            let last = start_of(WhenValue::Day(date), zone).as_millisecond() - 1;
            let last = Timestamp::from_millisecond(last).ok();
            let mut dates = self.dates();
            match kind {
                DateKind::Due => dates.due = last,
                DateKind::Deadline => dates.deadline = last,
            }
            self.wins(task, &dates)
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
        day(wins).map(|before| NewDate { kind, before })
    }

    fn priority(&self, task: &Candidate<'_>) -> Option<Change> {
        higher(task)
            .find(|task| self.wins(task, &self.dates()))
            .map(|task| Change::Priority(task.priority))
    }

    fn priority_and_date(&self, task: &Candidate<'_>) -> Option<Change> {
        higher(task).find_map(|task| {
            let date = self.date(&task)?;
            Some(Change::PriorityAndDate(task.priority, date))
        })
    }

    fn effort(&self, task: &Candidate<'_>) -> Option<Change> {
        let shorter = ESTIMATES
            .into_iter()
            .filter(|&minutes| minutes < effort_minutes(task));
        let with = |minutes| Candidate {
            effort_minutes: Some(minutes),
            ..*task
        };
        let wins = |minutes: &u32| self.wins(&with(*minutes), &self.dates());
        shorter.into_iter().find(wins).map(Change::Effort)
    }

    fn start(&self, task: &Candidate<'_>) -> Option<Change> {
        let started = Candidate {
            started: true,
            ..*task
        };
        (!task.started && self.wins(&started, &self.dates())).then_some(Change::Start)
    }
}

/// The task with each higher priority, lowest first.
fn higher<'a>(task: &Candidate<'a>) -> impl Iterator<Item = Candidate<'a>> {
    let task = *task;
    (task.priority + 1..=5).map(move |priority| Candidate { priority, ..task })
}
