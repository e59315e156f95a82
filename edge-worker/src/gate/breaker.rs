//! The circuit breaker: once the origin has been found away a few times, callers are told so at once instead of each
//! waiting for a deadline. After a while one request may try; the others follow when it succeeds.

/// Failures in a row that open it.
const FAILURES: u32 = 3;
/// How long it stays open at first, in milliseconds.
const OPEN_MS: i64 = 1_000;
/// And at most, after doubling with every failed try.
const LONGEST_MS: i64 = 4_000;
/// A try that has said nothing for this long is forgotten, and another may follow.
const FORGOTTEN_MS: i64 = 15_000;

/// Whether a request may go to the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It may.
    Open,
    /// It may, and decides for the others: it should not wait for long.
    Try,
    /// It may not.
    Closed,
}

/// What an isolate knows of the origin's health.
#[derive(Clone, Copy, Debug, Default)]
pub struct Breaker {
    failures: u32,
    /// Until when nobody goes; 0 while the way is open.
    until_ms: i64,
    open_ms: i64,
    /// Since when one is trying.
    trying_ms: Option<i64>,
}

impl Breaker {
    /// Whether a request may go now.
    pub fn way(&mut self, now_ms: i64) -> Way {
        if self.until_ms == 0 {
            return Way::Open;
        }
        if self.is_closed(now_ms) {
            return Way::Closed;
        }
        self.trying_ms = Some(now_ms);
        Way::Try
    }

    /// Whether nobody goes now; asking changes nothing.
    pub fn is_closed(&self, now_ms: i64) -> bool {
        self.until_ms > now_ms
            || self
                .trying_ms
                .is_some_and(|since_ms| now_ms - since_ms < FORGOTTEN_MS)
    }

    /// The origin answered.
    pub fn succeed(&mut self) {
        *self = Self::default();
    }

    /// The origin was away; after a deadline passed it is believed at once, because everybody else would wait as long.
    pub fn fail(&mut self, timed_out: bool, now_ms: i64) {
        self.failures = self.failures.saturating_add(1);
        let has_tried = self.trying_ms.take().is_some();
        // What began before the way was closed says nothing new while it is.
        let is_enough = self.until_ms == 0 && (timed_out || self.failures >= FAILURES);
        if has_tried || is_enough {
            self.open_ms = (self.open_ms * 2).clamp(OPEN_MS, LONGEST_MS);
            self.until_ms = now_ms + self.open_ms;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_closes_nothing_and_three_do() {
        let mut breaker = Breaker::default();
        for _ in 0..2 {
            breaker.fail(false, 0);
            assert_eq!(breaker.way(0), Way::Open);
        }
        breaker.succeed();
        for _ in 0..3 {
            assert_eq!(breaker.way(0), Way::Open);
            breaker.fail(false, 0);
        }
        assert_eq!(breaker.way(999), Way::Closed);
        assert!(breaker.is_closed(999));
    }

    #[test]
    fn a_deadline_that_passed_closes_at_once() {
        let mut breaker = Breaker::default();
        breaker.fail(true, 5);
        assert_eq!(breaker.way(5), Way::Closed);
    }

    #[test]
    fn one_tries_for_all_and_each_failed_try_doubles_the_wait() {
        let mut breaker = Breaker::default();
        breaker.fail(true, 0);
        let mut now = 0;
        for wait in [1_000, 2_000, 4_000, 4_000] {
            assert_eq!(breaker.way(now + wait - 1), Way::Closed, "{wait}");
            now += wait;
            assert_eq!(breaker.way(now), Way::Try);
            assert_eq!(breaker.way(now), Way::Closed);
            breaker.fail(false, now);
            // Stragglers that left before say nothing new.
            breaker.fail(true, now);
        }
        assert_eq!(breaker.way(now + 4_000), Way::Try);
        breaker.succeed();
        assert_eq!(breaker.way(now + 4_000), Way::Open);
    }

    #[test]
    fn a_try_that_says_nothing_blocks_nobody_for_ever() {
        let mut breaker = Breaker::default();
        breaker.fail(true, 0);
        assert_eq!(breaker.way(1_000), Way::Try);
        assert!(breaker.is_closed(1_000));
        assert_eq!(breaker.way(1_000 + FORGOTTEN_MS - 1), Way::Closed);
        assert!(!breaker.is_closed(1_000 + FORGOTTEN_MS));
        assert_eq!(breaker.way(1_000 + FORGOTTEN_MS), Way::Try);
    }
}
