//! For how long an answer stays true while nobody changes anything: what the gate's cache goes by (signing.md,
//! `Mindflow-Cache`). It may be said too short, never too long.

use jiff::{SignedDuration, Timestamp};

use super::user_time::UserTime;

/// The longest that is said: what moves all the while, as scores do, may lag so much (contract.md).
pub const LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// From when to when an answer is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    now: Timestamp,
    ends: Timestamp,
}

impl Freshness {
    /// As long as there is, of what is read as of `now`.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            ends: now.checked_add(LONGEST).unwrap_or(Timestamp::MAX),
        }
    }

    /// No longer than up to `at`, after which the answer is another one; an instant that is past changes nothing more.
    #[must_use]
    pub fn until(self, at: impl IntoIterator<Item = Timestamp>) -> Self {
        let ahead = at.into_iter().filter(|&at| at >= self.now);
        Self {
            ends: ahead.fold(self.ends, Timestamp::min),
            ..self
        }
    }

    /// No longer than the user's day: the working day, and the one at whose end "tomorrow" becomes "today".
    #[must_use]
    pub fn until_day_ends(self, time: &UserTime) -> Self {
        self.until(time.day_ends(self.now))
    }

    /// Whole seconds.
    pub fn seconds(self) -> i64 {
        self.ends.duration_since(self.now).as_secs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn is_a_minute_or_up_to_the_first_instant_ahead_in_whole_seconds() {
        let fresh = Freshness::new(at("2026-11-22T12:00:00.500Z"));
        let seconds = |instants: &[&str]| fresh.until(instants.iter().copied().map(at)).seconds();
        assert_eq!(seconds(&[]), 60);
        assert_eq!(seconds(&["2026-11-22T12:05:00Z"]), 60);
        assert_eq!(seconds(&["2026-11-22T12:00:00.499Z"]), 60, "past");
        assert_eq!(seconds(&["2026-11-22T12:00:00.500Z"]), 0, "now");
        assert_eq!(seconds(&["2026-11-22T12:00:31.499Z"]), 30);
        assert_eq!(
            seconds(&["2026-11-22T12:00:31.500Z", "2026-11-22T12:00:11Z"]),
            10
        );
    }

    #[test]
    fn a_day_ends_with_its_work_and_at_midnight() {
        let berlin = UserTime::new("Europe/Berlin", 540, 1020, 0b001_1111).unwrap();
        let seconds = |now: &str| Freshness::new(at(now)).until_day_ends(&berlin).seconds();
        assert_eq!(seconds("2026-11-20T15:59:20Z"), 40, "Friday, 17:00");
        assert_eq!(seconds("2026-11-20T22:59:50Z"), 10, "Friday, midnight");
        assert_eq!(seconds("2026-11-22T15:59:20Z"), 60, "Sunday, 17:00");
        assert_eq!(seconds("2026-11-22T22:59:50Z"), 10, "Sunday, midnight");
        assert_eq!(seconds("2026-11-20T12:00:00Z"), 60);
    }
}
