//! A user's own time, as stored: the zone and the working hours in which dates are meant.

use jiff::civil::Date;
use jiff::tz::{self, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use shared_types::task::{ReadStatus, Task};
use shared_types::time::{When, WhenValue};

use crate::domain::ranking::{WorkingHours, end_of, start_of};

/// The zone and the working hours.
#[derive(Clone, Debug)]
pub struct UserTime {
    /// The zone in which dates without an offset are meant.
    pub zone: TimeZone,
    /// When the user works.
    pub hours: WorkingHours,
}

impl UserTime {
    /// Reads what is stored: an IANA name, minutes of the day, and one bit a day with Monday the lowest.
    ///
    /// `None` when the zone does not exist or no working minute is left.
    pub fn new(zone: &str, start_minute: i16, end_minute: i16, days: i16) -> Option<Self> {
        let works = [0, 1, 2, 3, 4, 5, 6].map(|day| days >> day & 1 == 1);
        let (start, end) = (start_minute.try_into().ok()?, end_minute.try_into().ok()?);
        Some(Self {
            zone: tz::db().get(zone).ok()?,
            hours: WorkingHours::new(start, end, works)?,
        })
    }

    /// The instant at which a planned or hard date passes: a day, when the user's working day is over.
    pub fn passes_at(&self, date: WhenValue) -> Timestamp {
        end_of(date, &self.zone, &self.hours)
    }

    /// Whether a planned or hard date is past.
    pub fn is_past(&self, date: WhenValue, now: Timestamp) -> bool {
        self.passes_at(date) < now
    }

    /// The instant at which a gate with this date opens: a day opens with its first.
    pub fn opens_at(&self, date: WhenValue) -> Timestamp {
        start_of(date, &self.zone)
    }

    /// Whether the instant at which a gate with this date opens lies ahead.
    pub fn is_ahead(&self, date: WhenValue, now: Timestamp) -> bool {
        self.opens_at(date) > now
    }

    /// The instants at which time alone changes how a task is read: it wakes, and it becomes overdue.
    pub fn changes(&self, task: &Task) -> impl Iterator<Item = Timestamp> {
        let is_open = task.status != ReadStatus::Completed;
        let wakes = task.snoozed_until.as_ref().map(When::value);
        let passes = task.deadline.as_ref().or(task.due_date.as_ref());
        let wakes = wakes.map(|date| self.opens_at(date));
        let passes = passes.map(|date| self.passes_at(date.value()));
        wakes.into_iter().chain(passes).filter(move |_| is_open)
    }

    /// The instants at which a date opens and passes, where they may be within a day of `now`: of many dates most
    /// need no look at the clock of the zone.
    pub fn near(&self, date: WhenValue, now: Timestamp) -> impl Iterator<Item = Timestamp> {
        let day = match date {
            WhenValue::Day(day) => day,
            WhenValue::Local(at) => at.date(),
            WhenValue::Instant(at) => utc_day(at),
        };
        // No zone is more than a day away from UTC, and a day passes at its end.
        let today = utc_day(now);
        let days = (
            today.saturating_sub(3.days()),
            today.saturating_add(3.days()),
        );
        let is_near = (days.0..=days.1).contains(&day);
        let instants = is_near.then(|| [self.opens_at(date), self.passes_at(date)]);
        instants.into_iter().flatten()
    }

    /// When the working day ends, and the calendar day, of the day that it is `now`.
    pub fn day_ends(&self, now: Timestamp) -> [Timestamp; 2] {
        let today = now.to_zoned(self.zone.clone()).date();
        let tomorrow = WhenValue::Day(today.saturating_add(1.day()));
        [
            self.passes_at(WhenValue::Day(today)),
            self.opens_at(tomorrow),
        ]
    }
}

fn utc_day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_types::time::When;

    #[test]
    fn a_day_is_past_after_its_working_day_and_a_day_off_after_midnight() {
        let berlin = UserTime::new("Europe/Berlin", 540, 1020, 0b001_1111).unwrap();
        let past = |date: &str, now: &str| {
            berlin.is_past(
                When::parse(date.to_owned()).unwrap().value(),
                now.parse().unwrap(),
            )
        };
        assert!(
            !past("2026-11-20", "2026-11-20T16:00:00Z"),
            "Friday at 17:00"
        );
        assert!(past("2026-11-20", "2026-11-20T16:00:00.001Z"));
        assert!(
            !past("2026-11-22", "2026-11-22T22:59:00Z"),
            "Sunday at 23:59"
        );
        assert!(past("2026-11-22", "2026-11-22T23:01:00Z"));
        assert!(
            past("2026-11-20T09:00", "2026-11-20T08:01:00Z"),
            "wall clock"
        );
        assert!(
            !past("2026-11-20T09:00:00Z", "2026-11-20T08:01:00Z"),
            "instant"
        );
    }

    #[test]
    fn what_cannot_be_stored_is_no_time() {
        assert!(UserTime::new("Mars/Olympus", 540, 1020, 31).is_none());
        assert!(UserTime::new("UTC", 540, 540, 31).is_none());
        assert!(UserTime::new("UTC", 540, 1020, 0).is_none());
        assert!(UserTime::new("UTC", -1, 1020, 31).is_none());
    }
}
