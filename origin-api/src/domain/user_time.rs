//! A user's own time, as stored: the zone and the working hours in which dates are meant.

use jiff::Timestamp;
use jiff::tz::{self, TimeZone};
use shared_types::time::WhenValue;

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

    /// Whether the instant at which a gate with this date opens lies ahead: a day opens with its first.
    pub fn is_ahead(&self, date: WhenValue, now: Timestamp) -> bool {
        start_of(date, &self.zone) > now
    }
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
