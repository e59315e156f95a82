//! A series as calendars know it: the dates that follow a task's own, said by a rule of RFC 5545 that begins with the
//! first of them, or one by one where other readers of such rules are known to see it differently.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use shared_types::task::RecurrenceFrom;
use shared_types::time::{When, WhenValue};

use super::form::{Form, exists, instant};
use super::rule::Frequency;
use super::{Rule, Series};

/// How many dates are given one by one.
const LISTED: usize = 50;
/// For how many years a time is looked at that the clock may skip.
const YEARS: i64 = 5;

/// The dates that follow a task's own, on the user's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Whether they are whole days.
    pub is_day: bool,
    /// The first.
    pub first: DateTime,
    /// What follows it.
    pub rest: Days,
}

/// What follows the first date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Days {
    /// What this RRULE says, from the first date on.
    Rule(String),
    /// These.
    Listed(Vec<DateTime>),
}

impl Series {
    /// What follows the task's current `anchor`: what [`Series::occurrences`] gives. `None` when nothing does, and when
    /// it depends on when the task will have been completed.
    pub fn forecast(&self, anchor: &When, zone: &TimeZone, now: Timestamp) -> Option<Forecast> {
        if self.from == RecurrenceFrom::Completion {
            return None;
        }
        let is_day = Form::of(&self.start, zone).is_day();
        let mut dates = self.scheduled(anchor, zone, now);
        let (number, first) = dates.next()?;
        let rest = if self.rule.is_read_alike() && (is_day || !is_ever_skipped(first, zone)) {
            let left = self.rule.count.map(|count| count.saturating_sub(number));
            Days::Rule(self.rule.with_count(left).for_calendar(is_day, zone))
        } else {
            Days::Listed(dates.take(LISTED - 1).map(|(_, at)| at).collect())
        };
        Some(Forecast {
            is_day,
            first,
            rest,
        })
    }
}

impl Rule {
    /// Whether other readers are known to see the same dates. With BYSETPOS some take the week in which the series begins
    /// for a shorter one; several times a day are counted differently where the clock changes; and of the days of the
    /// months of a year that not every month has, or that count from its end, ical.js 2 finds others.
    fn is_read_alike(&self) -> bool {
        let is_weekly_place = self.frequency == Frequency::Weekly && !self.positions.is_empty();
        let is_plain =
            |days: &[i16]| days.len() <= 1 && days.iter().all(|day| (1..=28).contains(day));
        let is_yearly_day = self.frequency == Frequency::Yearly && !is_plain(&self.month_days);
        !self.names_times() && !is_weekly_place && !is_yearly_day
    }

    /// The rule with its end as calendars want it: a day for days, else an instant.
    fn for_calendar(&self, is_day: bool, zone: &TimeZone) -> String {
        let until = self.until.and_then(|until| {
            if is_day {
                let last: Date = match until {
                    WhenValue::Day(day) => day,
                    WhenValue::Local(local) => local.date(),
                    WhenValue::Instant(at) => zone.to_datetime(at).date(),
                };
                return Some(last.strftime("%Y%m%d").to_string());
            }
            let last = match until {
                WhenValue::Day(day) => instant(day.at(23, 59, 59, 0), zone)?,
                WhenValue::Local(local) => instant(local, zone)?,
                WhenValue::Instant(at) => at,
            };
            Some(last.strftime("%Y%m%dT%H%M%SZ").to_string())
        });
        self.with_until(until.as_deref())
    }
}

/// Whether the clock skips this time of the day on some day of the next years.
fn is_ever_skipped(first: DateTime, zone: &TimeZone) -> bool {
    let Some(from) = instant(first, zone) else {
        return true;
    };
    let end = from
        .checked_add((YEARS * 366 * 24).hours())
        .unwrap_or(Timestamp::MAX);
    zone.following(from)
        .take_while(|transition| transition.timestamp() < end)
        .any(|transition| {
            let after = zone.to_datetime(transition.timestamp());
            // The day of the change, and the one before where it comes at midnight.
            let days = [after.date().yesterday().ok(), Some(after.date())];
            let mut times = days
                .into_iter()
                .flatten()
                .map(|day| day.to_datetime(first.time()));
            times.any(|at| !exists(at, zone))
        })
}
