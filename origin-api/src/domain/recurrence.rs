//! Tasks that repeat: which dates a rule names, and what the next task of a series is.
//!
//! RFC 5545's recurrence rules on the clock of the user's zone, so 09:00 stays 09:00 when that changes for
//! summer. A time that the clock skips is no occurrence and is not counted; one that it shows twice means the
//! first. Everything is pure: the zone and now are parameters.
//!
//! A series is handed on from task to task. Each carries its rule with the occurrences that are left, itself
//! among them (COUNT), and its own place in the schedule ([`Series::start`], RFC 5545's DTSTART), which stays
//! when its dates are moved. So a weekly Monday task that was moved to Wednesday, or to the Friday before, is
//! followed by the one of the next Monday, and missed occurrences do not pile up.
//!
//! Where RFC 5545 leaves a choice: the start always counts as the first occurrence, also when the rule does not
//! name it; a UNTIL that is a day includes all of that day; and BYWEEKNO alone means the start's day of the week.
//! MINUTELY and SECONDLY are refused whatever their INTERVAL. Why no library expands the rules: `docs/adr`.

mod expand;
mod forecast;
mod form;
mod next;
mod pattern;
mod rule;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use shared_types::task::RecurrenceFrom;
use shared_types::time::{When, WhenValue};
use shared_types::validate::Refused;

use expand::Expansion;
use form::{Form, exists, instant, local};

pub use forecast::{Days, Forecast};
pub use next::{Dates, Next};
pub use rule::Rule;

/// How many occurrences are looked at for two that are too close to each other.
const COMPARED: usize = 200;

/// One task's place in a series, and what is left of that series.
#[derive(Clone, Debug)]
pub struct Series {
    /// What repeats; its COUNT has this occurrence in it.
    pub rule: Rule,
    /// How it repeats.
    pub from: RecurrenceFrom,
    /// The date in the schedule that this task stands for, in the form in which the next ones are given.
    pub start: When,
}

impl Rule {
    /// Refuses, with the end of the sentence "recurrence …", a rule that cannot be that of a series from `start`
    /// in this zone: one that never happens again, or more often than hourly.
    pub fn check(&self, start: &When, zone: &TimeZone) -> Result<(), Refused> {
        let form = Form::of(start, zone);
        if form.is_day() && self.names_times() {
            return Err("names times of the day, but the task's date has none: give the date a time (2026-11-30T09:00), or leave out BYHOUR, BYMINUTE, BYSECOND and FREQ=HOURLY".into());
        }
        let first = local(start, zone);
        if !self.lasts_until(first, &form, zone) {
            return Err(
                "ends before the task's date: move UNTIL to a later one, or leave it out".into(),
            );
        }
        let times: Vec<DateTime> = Expansion::new(self, first, first)
            .filter(|at| form.is_day() || exists(*at, zone))
            .take(if self.positions.is_empty() {
                1
            } else {
                COMPARED
            })
            .collect();
        if times.is_empty() {
            return Err("names no date after the task's own that ever comes: try a smaller INTERVAL, or days that exist (BYMONTH=2;BYMONTHDAY=30 does not)".into());
        }
        let close = |pair: &[DateTime]| pair[0].duration_until(pair[1]).as_secs() < 3600;
        if times.windows(2).any(close) {
            return Err(rule::TOO_OFTEN.into());
        }
        Ok(())
    }

    /// Whether UNTIL, if there is one, is not before this time on the user's clock.
    fn lasts_until(&self, at: DateTime, form: &Form, zone: &TimeZone) -> bool {
        match self.until {
            None => true,
            Some(WhenValue::Day(last)) => at.date() <= last,
            Some(WhenValue::Local(last)) if form.is_day() => at.date() <= last.date(),
            Some(WhenValue::Local(last)) => at <= last,
            Some(WhenValue::Instant(last)) if form.is_day() => {
                at.date() <= zone.to_datetime(last).date()
            }
            Some(WhenValue::Instant(last)) => instant(at, zone).is_some_and(|at| at <= last),
        }
    }
}

impl Series {
    /// The dates that will follow the task's current `anchor`, at most `count`: the first is what completing it
    /// now would give. From completion, each is as if the one before were completed on its date.
    pub fn occurrences(
        &self,
        anchor: &When,
        zone: &TimeZone,
        now: Timestamp,
        count: usize,
    ) -> Vec<When> {
        match self.from {
            RecurrenceFrom::Schedule => {
                let form = Form::of(&self.start, zone);
                self.scheduled(anchor, zone, now)
                    .map_while(|(_, at)| form.write(at, zone))
                    .take(count)
                    .collect()
            }
            RecurrenceFrom::Completion => {
                let mut found: Vec<When> = Vec::new();
                let mut series = self.clone();
                let mut completed = moment(anchor, zone).map_or(now, |at| at.max(now));
                while found.len() < count
                    && let Some(next) = series.after_completion(completed, zone)
                {
                    let Some(at) = moment(&next.start, zone) else {
                        break;
                    };
                    found.push(next.start.clone());
                    completed = at.max(completed);
                    series = next;
                }
                found
            }
        }
    }

    /// Occurrences of the schedule that are after the current anchor and not past, each with its number after
    /// the start, from 1.
    fn scheduled<'a>(
        &'a self,
        anchor: &When,
        zone: &'a TimeZone,
        now: Timestamp,
    ) -> impl Iterator<Item = (u32, DateTime)> + 'a {
        let form = Form::of(&self.start, zone);
        let start = local(&self.start, zone);
        let moved = local(anchor, zone);
        let by_day = form.is_day() || matches!(anchor.value(), WhenValue::Day(_));
        let today = zone.to_datetime(now).date();
        let wanted = {
            let form = form.clone();
            move |at: DateTime| {
                let after = if by_day {
                    at.date() > moved.date()
                } else {
                    at > moved
                };
                let past = if form.is_day() {
                    at.date() < today
                } else {
                    instant(at, zone).is_none_or(|at| at < now)
                };
                after && !past
            }
        };
        // Without COUNT nothing has to be counted, so what is surely not wanted is not expanded.
        let skip_to = match self.rule.count {
            Some(_) => start,
            None => yesterday(zone.to_datetime(now))
                .max(yesterday(moved))
                .max(start),
        };
        let left = self.rule.count.unwrap_or(u32::MAX).saturating_sub(1);
        let mut last = start.date();
        Expansion::new(&self.rule, start, skip_to)
            .filter({
                let is_day = form.is_day();
                move |at| {
                    // The times of a day are one occurrence when it is days that are counted.
                    let counts = if is_day {
                        at.date() > last
                    } else {
                        exists(*at, zone)
                    };
                    last = at.date();
                    counts
                }
            })
            .zip(1..=left)
            .take_while(move |(at, _)| self.rule.lasts_until(*at, &form, zone))
            .filter(move |(at, _)| wanted(*at))
            .map(|(at, number)| (number, at))
    }
}

/// The start of the day before: no clock change moves a time further than that.
fn yesterday(at: DateTime) -> DateTime {
    at.date().yesterday().unwrap_or(at.date()).into()
}

/// When a date is, or begins.
fn moment(when: &When, zone: &TimeZone) -> Option<Timestamp> {
    instant(local(when, zone), zone)
}
