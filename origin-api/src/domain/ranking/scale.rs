//! What one ranking measures every task against: now, the free time, the calendar and the weights.

use jiff::Timestamp;
use shared_types::task::PreferredTime;

use super::calendar::{Calendar, closeness, end_of};
use super::score::{self, ASSUMED_EFFORT_MINUTES, Figures};
use super::{Candidate, Preferences};

/// A calendar always reaches this far ahead, so that a date which no task has yet can be weighed as well.
pub(super) const LOOK_AHEAD_DAYS: i64 = 370;

const DAY_MS: i64 = 86_400_000;

/// The instants at which a task's dates pass.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dates {
    pub(super) due: Option<Timestamp>,
    pub(super) deadline: Option<Timestamp>,
}

impl Dates {
    pub(super) fn of(task: &Candidate<'_>, preferences: &Preferences) -> Self {
        let passes = |when| end_of(when, &preferences.zone, &preferences.hours);
        Self {
            due: task.due_date.map(passes),
            deadline: task.deadline.map(passes),
        }
    }

    pub(super) fn earliest(&self) -> Option<Timestamp> {
        self.each().min()
    }

    /// Whether the deadline, or else the due date, is past.
    pub(super) fn overdue(&self, now: Timestamp) -> bool {
        self.deadline.or(self.due).is_some_and(|at| at < now)
    }

    fn each(&self) -> impl Iterator<Item = Timestamp> {
        self.deadline.into_iter().chain(self.due)
    }
}

/// One of a task's dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateKind {
    /// The due date.
    Due,
    /// The deadline.
    Deadline,
}

/// A task's own urgency: of its two dates the one that presses more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pressing {
    pub(super) kind: DateKind,
    /// Working minutes until the date, negative once it is past; the effort is not taken off.
    pub(super) working_minutes: f64,
    /// `max(u(s to deadline), 0.7 u(s to due_date))`.
    pub(super) urgency: f64,
}

/// What a task has from those that it unblocks: the position of the one with the highest value, and the value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Inherited {
    pub(super) urgency: Option<(usize, f64)>,
    pub(super) importance: Option<(usize, f64)>,
    pub(super) unblocks: u32,
}

/// The measures that all tasks of one ranking share.
pub(super) struct Scale<'a> {
    pub(super) preferences: &'a Preferences,
    pub(super) free_minutes: Option<u32>,
    pub(super) now: Timestamp,
    calendar: Calendar<'a>,
    morning: f64,
    afternoon: f64,
    evening: f64,
}

impl<'a> Scale<'a> {
    pub(super) fn new(
        preferences: &'a Preferences,
        free_minutes: Option<u32>,
        now: Timestamp,
        dates: &[Dates],
    ) -> Self {
        let ahead = Timestamp::from_millisecond(
            now.as_millisecond()
                .saturating_add(LOOK_AHEAD_DAYS * DAY_MS),
        );
        let (mut first, mut last) = (now, ahead.unwrap_or(Timestamp::MAX));
        for at in dates.iter().flat_map(Dates::each) {
            (first, last) = (first.min(at), last.max(at));
        }
        let zone = &preferences.zone;
        Self {
            preferences,
            free_minutes,
            now,
            calendar: Calendar::new(zone, &preferences.hours, now, first, last),
            morning: closeness(PreferredTime::Morning, now, zone),
            afternoon: closeness(PreferredTime::Afternoon, now, zone),
            evening: closeness(PreferredTime::Evening, now, zone),
        }
    }

    pub(super) fn pressing(&self, task: &Candidate<'_>, dates: &Dates) -> Option<Pressing> {
        let effort = f64::from(effort_minutes(task));
        let press = |kind, at: Timestamp, factor: f64| {
            let working_minutes = self.calendar.working_minutes(at);
            Pressing {
                kind,
                working_minutes,
                urgency: factor * score::urgency(working_minutes - effort),
            }
        };
        let deadline = dates.deadline.map(|at| press(DateKind::Deadline, at, 1.0));
        let due = dates.due.map(|at| press(DateKind::Due, at, 0.7));
        match (deadline, due) {
            (Some(deadline), Some(due)) if due.urgency > deadline.urgency => Some(due),
            (Some(deadline), _) => Some(deadline),
            (None, due) => due,
        }
    }

    pub(super) fn figures(
        &self,
        task: &Candidate<'_>,
        own: Option<&Pressing>,
        inherited: &Inherited,
    ) -> Figures {
        let from_others =
            |inherited: Option<(usize, f64)>| inherited.map_or(0.0, |(_, value)| value);
        let effort_minutes = effort_minutes(task);
        Figures {
            urgency: own
                .map_or(0.0, |own| own.urgency)
                .max(from_others(inherited.urgency)),
            importance: score::importance(task.priority).max(from_others(inherited.importance)),
            fit: score::fit(self.free_minutes, effort_minutes),
            unblocks: inherited.unblocks,
            started: task.started,
            time_of_day: task
                .preferred_time
                .map_or(0.5, |preferred| self.time_of_day(preferred)),
            effort_minutes,
            age_days: self.hours_since(task.created_at) / 24.0,
            hours_since_not_now: task.not_now_at.map(|at| self.hours_since(at)),
        }
    }

    /// `C` of a task that is best done in this part of the day.
    pub(super) const fn time_of_day(&self, preferred: PreferredTime) -> f64 {
        match preferred {
            PreferredTime::Morning => self.morning,
            PreferredTime::Afternoon => self.afternoon,
            PreferredTime::Evening => self.evening,
        }
    }

    /// Hours since an instant; never negative.
    #[expect(
        clippy::cast_precision_loss,
        reason = "20,000 years of milliseconds are under 2^53"
    )]
    pub(super) fn hours_since(&self, at: Timestamp) -> f64 {
        (self.now.as_millisecond() - at.as_millisecond()).max(0) as f64 / 3_600_000.0
    }
}

/// `e`: the estimate, or what is assumed without one.
pub(super) fn effort_minutes(task: &Candidate<'_>) -> u32 {
    task.effort_minutes.unwrap_or(ASSUMED_EFFORT_MINUTES)
}
