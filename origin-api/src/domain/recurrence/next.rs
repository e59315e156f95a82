//! What completing a task of a series gives: the next task's dates, and what is left of the series.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use shared_types::task::RecurrenceFrom;
use shared_types::time::{When, WhenValue};

use super::Series;
use super::expand::Expansion;
use super::form::{Form, exists, instant, local};
use super::rule::Frequency;

/// The three dates of a task that repeat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dates {
    /// When the user plans to have it done.
    pub due_date: Option<When>,
    /// When it stops being useful.
    pub deadline: Option<When>,
    /// Not before this.
    pub start_date: Option<When>,
}

impl Dates {
    /// The one that the rule moves; a task without one cannot repeat.
    pub fn anchor(&self) -> Option<&When> {
        self.due_date
            .as_ref()
            .or(self.deadline.as_ref())
            .or(self.start_date.as_ref())
    }
}

/// The next task of a series.
#[derive(Clone, Debug)]
pub struct Next {
    /// Its dates: the anchor as the rule has it, the others as far from it as they were.
    pub dates: Dates,
    /// Its place in the series.
    pub series: Series,
}

impl Series {
    /// The task that follows when this one is completed `now`; `None` when the series is over.
    ///
    /// On schedule it is the first occurrence after the current anchor that is not past: those missed count, but
    /// do not pile up. From completion, the rule starts anew on the day of completion at the series' time of day
    /// (an hourly rule: at the minute), and one occurrence is used up.
    pub fn next(&self, dates: &Dates, zone: &TimeZone, now: Timestamp) -> Option<Next> {
        let anchor = dates.anchor()?;
        let series = match self.from {
            RecurrenceFrom::Schedule => self.on_schedule(anchor, zone, now)?,
            RecurrenceFrom::Completion => self.after_completion(now, zone)?,
        };
        let moved = |date: &Option<When>| match date {
            None => Some(None),
            Some(date) => shifted(date, anchor, &series.start, zone).map(Some),
        };
        // The first that is there is the anchor itself.
        let mut next = Dates {
            due_date: moved(&dates.due_date)?,
            deadline: moved(&dates.deadline)?,
            start_date: moved(&dates.start_date)?,
        };
        let own = Some(series.start.clone());
        if dates.due_date.is_some() {
            next.due_date = own;
        } else if dates.deadline.is_some() {
            next.deadline = own;
        } else {
            next.start_date = own;
        }
        Some(Next {
            dates: next,
            series,
        })
    }

    fn on_schedule(&self, anchor: &When, zone: &TimeZone, now: Timestamp) -> Option<Self> {
        let (number, at) = self.scheduled(anchor, zone, now).next()?;
        self.handed_on(at, number, zone)
    }

    pub(super) fn after_completion(&self, completed: Timestamp, zone: &TimeZone) -> Option<Self> {
        if self.rule.count == Some(1) {
            return None;
        }
        let form = Form::of(&self.start, zone);
        let clock = zone.to_datetime(completed);
        let time = match self.rule.frequency {
            Frequency::Hourly => Time::new(clock.hour(), clock.minute(), 0, 0).ok()?,
            _ => local(&self.start, zone).time(),
        };
        let start = clock.date().to_datetime(time);
        let at = Expansion::new(&self.rule, start, start).find(|at| {
            if form.is_day() {
                at.date() > clock.date()
            } else {
                exists(*at, zone) && instant(*at, zone).is_some_and(|at| at > completed)
            }
        })?;
        let lasts = self.rule.lasts_until(at, &form, zone);
        lasts.then(|| self.handed_on(at, 1, zone)).flatten()
    }

    /// The series as the occurrence `number` places after this one carries it.
    fn handed_on(&self, at: DateTime, number: u32, zone: &TimeZone) -> Option<Self> {
        let left = self.rule.count.map(|count| count.saturating_sub(number));
        Some(Self {
            rule: self.rule.with_count(left),
            from: self.from,
            start: Form::of(&self.start, zone).write(at, zone)?,
        })
    }
}

/// `date` as far from `to` as it was from `from`, on the user's clock; in whole days when one of them is a day.
fn shifted(date: &When, from: &When, to: &When, zone: &TimeZone) -> Option<When> {
    let is_day = |when: &When| matches!(when.value(), WhenValue::Day(_));
    let (old, new, own) = (local(from, zone), local(to, zone), local(date, zone));
    let shifted = if is_day(date) || is_day(from) || is_day(to) {
        let days = old.date().duration_until(new.date());
        own.checked_add(days).ok()?
    } else {
        own.checked_add(old.duration_until(new)).ok()?
    };
    Form::of(date, zone).write(shifted, zone)
}
