//! Expands a rule into wall-clock times, interval by interval, in bounded work.

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday, time};
use jiff::tz::Offset;

use super::pattern::Pattern;
use super::rule::{Frequency, Rule};

/// Intervals in step that may hold no time before the rule is given up, also when each must be looked at.
const MAX_STEPS: u32 = 146_097;

/// Wall-clock times of a rule, ascending, after a given one and never before the start. COUNT, UNTIL and the
/// zone are not looked at.
pub(super) struct Expansion<'a> {
    rule: &'a Rule,
    pattern: Pattern,
    start: DateTime,
    after: DateTime,
    /// The interval to expand next, as [`unit_of`] numbers them; `None` when there is none.
    unit: Option<i64>,
    found: VecDeque<DateTime>,
    /// The last interval that is worth a look, unless one before has a time.
    last_unit: i64,
    steps_left: u32,
}

impl<'a> Expansion<'a> {
    /// The times after `after`, which is not before `start`.
    pub(super) fn new(rule: &'a Rule, start: DateTime, after: DateTime) -> Self {
        let first = unit_of(rule, start);
        let unit = first.zip(unit_of(rule, after)).map(|(first, last)| {
            // In step with the first interval, and not past the one of `after`.
            first + (last - first).max(0) / rule.interval * rule.interval
        });
        let pattern = Pattern::new(rule, start);
        let unit = unit.filter(|_| may_pick(rule, &pattern) && may_strike(rule, start));
        Self {
            last_unit: unit.map_or(0, |unit| unit + horizon(rule)),
            steps_left: MAX_STEPS,
            rule,
            pattern,
            start,
            after,
            unit,
            found: VecDeque::new(),
        }
    }

    /// Expands one interval and moves on to the next that may hold a time.
    fn expand(&mut self, unit: i64) -> Option<()> {
        let Some(days) = self.days(unit) else {
            self.unit = None; // the end of the calendar
            return Some(());
        };
        let next = match (self.rule.frequency, days.first()) {
            (Frequency::Daily | Frequency::Hourly, None) => self.next_named(unit)?,
            _ => unit + self.rule.interval,
        };
        self.unit = Some(next);
        self.fill(unit, &days);
        Some(())
    }

    /// The days of an interval that the rule names; `None` past the end of the calendar.
    fn days(&self, unit: i64) -> Option<Vec<Date>> {
        let pattern = &self.pattern;
        let first_of = |months: i64| {
            let year = i16::try_from(months.div_euclid(12)).ok()?;
            let month = i8::try_from(months.rem_euclid(12) + 1).ok()?;
            Date::new(year, month, 1).ok()
        };
        let mut named = Vec::new();
        match self.rule.frequency {
            Frequency::Yearly => {
                for month in 0..12 {
                    let first = first_of(unit.checked_mul(12)? + month)?;
                    named.extend(pattern.named_in_month(first));
                }
            }
            Frequency::Monthly => named.extend(pattern.named_in_month(first_of(unit)?)),
            Frequency::Weekly => {
                let first = unit.checked_mul(7)? + week_offset(self.rule.week_start);
                let days = (first..first + 7).map_while(date_of);
                named.extend(days.filter(|day| pattern.names(*day)));
            }
            Frequency::Daily | Frequency::Hourly => {
                let hourly = self.rule.frequency == Frequency::Hourly;
                let day = date_of(if hourly { unit.div_euclid(24) } else { unit })?;
                named.extend(Some(day).filter(|day| pattern.names(*day)));
            }
        }
        Some(named)
    }

    /// After a day that the rule does not name: the next interval in step that starts on a later day, or in a
    /// later month when the whole month is out.
    fn next_named(&self, unit: i64) -> Option<i64> {
        let hours = if self.rule.frequency == Frequency::Hourly {
            24
        } else {
            1
        };
        let date = date_of(unit.div_euclid(hours))?;
        let later = if self.pattern.names_month(date) {
            date.tomorrow()
        } else {
            date.last_of_month().tomorrow()
        };
        let Some(target) = later.ok().and_then(day_number) else {
            return Some(i64::MAX); // past the end of the calendar
        };
        let ahead = target * hours - unit;
        let steps = ahead.div_euclid(self.rule.interval)
            + i64::from(ahead.rem_euclid(self.rule.interval) != 0);
        Some(unit + steps * self.rule.interval)
    }

    /// Puts the times of an interval's days in order, as far as BYSETPOS picks them and they are wanted.
    fn fill(&mut self, unit: i64, days: &[Date]) {
        let hour = [i16::try_from(unit.rem_euclid(24)).unwrap_or_default()];
        let hours: &[i16] = if self.rule.frequency == Frequency::Hourly {
            let any = self.pattern.hours.is_empty() || self.pattern.hours.contains(&hour[0]);
            if any { &hour } else { &[] }
        } else {
            &self.pattern.hours
        };
        let (minutes, seconds) = (&self.pattern.minutes, &self.pattern.seconds);
        let in_hour = minutes.len() * seconds.len();
        let in_day = hours.len() * in_hour;
        let total = days.len() * in_day;
        // The times are never all written out: with BYSETPOS a year may have millions of them.
        let at = |place: usize| {
            let (day, place) = (place / in_day, place % in_day);
            let (hour, place) = (place / in_hour, place % in_hour);
            let (minute, second) = (place / seconds.len(), place % seconds.len());
            let small = |number: i16| i8::try_from(number).unwrap_or_default();
            days[day].to_datetime(time(
                small(hours[hour]),
                small(minutes[minute]),
                small(seconds[second]),
                self.start.subsec_nanosecond(),
            ))
        };
        let wanted = |at: &DateTime| *at > self.after && *at >= self.start;
        if self.rule.positions.is_empty() {
            self.found.extend((0..total).map(at).filter(wanted));
        } else {
            let mut places: Vec<usize> = self
                .rule
                .positions
                .iter()
                .filter_map(|position| {
                    let position = isize::from(*position);
                    if position > 0 {
                        usize::try_from(position - 1).ok()
                    } else {
                        total.checked_sub(position.unsigned_abs())
                    }
                })
                .filter(|place| *place < total)
                .collect();
            places.sort_unstable();
            places.dedup();
            self.found.extend(places.into_iter().map(at).filter(wanted));
        }
    }
}

impl Iterator for Expansion<'_> {
    type Item = DateTime;

    fn next(&mut self) -> Option<DateTime> {
        while self.found.is_empty() {
            let unit = self.unit.filter(|unit| *unit <= self.last_unit)?;
            self.steps_left = self.steps_left.checked_sub(1)?;
            self.expand(unit)?;
            if !self.found.is_empty() {
                self.last_unit = unit + horizon(self.rule);
                self.steps_left = MAX_STEPS;
            }
        }
        self.found.pop_front()
    }
}

/// How many intervals ahead a rule is worth following. The calendar repeats after 400 years, which are 146,097
/// days, so one that named no day in as many years, months, weeks or days in step never names one.
fn horizon(rule: &Rule) -> i64 {
    let only_weekdays = rule.months.is_empty() && rule.month_days.is_empty();
    let interval = rule.interval;
    match rule.frequency {
        Frequency::Yearly => 400 * interval,
        Frequency::Monthly => 400 * 12 * interval,
        Frequency::Weekly => 146_097 / 7 * interval,
        Frequency::Daily if only_weekdays => 7 * interval,
        Frequency::Daily => 146_097 * interval,
        // Every day has an hour in step, or every so many days one.
        Frequency::Hourly => 146_097 * 24 * (interval / 24 + 1),
    }
}

/// Whether BYSETPOS asks for a place that an interval can have.
fn may_pick(rule: &Rule, pattern: &Pattern) -> bool {
    let days = match rule.frequency {
        Frequency::Yearly => 366,
        Frequency::Monthly => 31,
        Frequency::Weekly => 7.min(rule.days.len().max(1)),
        Frequency::Daily | Frequency::Hourly => 1,
    };
    let hours = match rule.frequency {
        Frequency::Hourly => 1,
        _ => pattern.hours.len(),
    };
    let most = days * hours * pattern.minutes.len() * pattern.seconds.len();
    rule.positions.is_empty()
        || rule
            .positions
            .iter()
            .any(|position| usize::from(position.unsigned_abs()) <= most)
}

/// Whether an hourly rule in step with its start ever comes to an hour of BYHOUR.
fn may_strike(rule: &Rule, start: DateTime) -> bool {
    let (mut step, mut rest) = (rule.interval, 24);
    while rest != 0 {
        (step, rest) = (rest, step % rest); // the greatest common divisor
    }
    rule.frequency != Frequency::Hourly
        || rule.hours.is_empty()
        || rule
            .hours
            .iter()
            .any(|hour| (i64::from(*hour) - i64::from(start.hour())) % step == 0)
}

/// The number of the interval of FREQ that holds a time: consecutive, whatever INTERVAL is.
fn unit_of(rule: &Rule, at: DateTime) -> Option<i64> {
    let day = day_number(at.date())?;
    Some(match rule.frequency {
        Frequency::Yearly => at.year().into(),
        Frequency::Monthly => i64::from(at.year()) * 12 + i64::from(at.month()) - 1,
        Frequency::Weekly => (day - week_offset(rule.week_start)).div_euclid(7),
        Frequency::Daily => day,
        Frequency::Hourly => day * 24 + i64::from(at.hour()),
    })
}

/// The number of a day on which a week starts, in the week that has day 0 (a Thursday).
fn week_offset(week_start: Weekday) -> i64 {
    i64::from(week_start.since(Weekday::Thursday))
}

/// Days since 1970-01-01.
fn day_number(date: Date) -> Option<i64> {
    let midnight = Offset::UTC
        .to_timestamp(date.to_datetime(time(0, 0, 0, 0)))
        .ok()?;
    Some(midnight.as_second().div_euclid(86_400))
}

fn date_of(day_number: i64) -> Option<Date> {
    let midnight = Timestamp::from_second(day_number.checked_mul(86_400)?).ok()?;
    Some(Offset::UTC.to_datetime(midnight).date())
}
