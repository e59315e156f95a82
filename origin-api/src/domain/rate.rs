//! How often something may happen.

use std::time::Duration;

/// So many in so long, and one back after each part of that time (GCRA): nobody gets twice as many around the turn
/// of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    window: Duration,
}

impl Rate {
    /// Reads `COUNT/SECONDS`: 1 to 1,000,000 in 1 second to 30 days.
    pub fn parse(text: &str) -> Option<Self> {
        let (count, seconds) = text.split_once('/')?;
        let count = count.trim().parse().ok()?;
        let seconds = seconds.trim().parse().ok()?;
        let is_sane = (1..=1_000_000).contains(&count) && (1..=30 * 86_400).contains(&seconds);
        is_sane.then(|| Self {
            count,
            window: Duration::from_secs(seconds),
        })
    }

    /// After how many microseconds one comes back.
    pub fn interval_us(&self) -> i64 {
        let window = i64::try_from(self.window.as_micros()).unwrap_or(i64::MAX);
        (window / i64::from(self.count)).max(1)
    }

    /// How far ahead of now, in microseconds, the even arrival of those before may be for one more to pass.
    pub fn slack_us(&self) -> i64 {
        self.interval_us() * i64::from(self.count - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_in_so_many_seconds() {
        let rate = Rate::parse(" 10 / 900").unwrap();
        assert_eq!(
            (rate.interval_us(), rate.slack_us()),
            (90_000_000, 810_000_000)
        );
        let one = Rate::parse("1/60").unwrap();
        assert_eq!((one.interval_us(), one.slack_us()), (60_000_000, 0));
        assert_eq!(Rate::parse("1000000/1").unwrap().interval_us(), 1);
        for bad in [
            "",
            "10",
            "0/60",
            "1/0",
            "10/60/1",
            "-1/60",
            "1000001/60",
            "1/2592001",
            "ten/60",
        ] {
            assert_eq!(Rate::parse(bad), None, "{bad:?}");
        }
    }
}
