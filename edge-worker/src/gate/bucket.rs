//! The limit of one user's requests: GCRA, the generic cell rate algorithm (ITU-T I.371), which a leaky bucket equals.
//! Its whole state is one instant, the theoretical arrival time (TAT), in Unix microseconds.
//!
//! Every request is counted in memory. The TAT is written down only when it comes to be more than a lease ahead of both
//! the present and what was written before, and a gate that forgot its memory takes it to be just that far: so it may
//! refuse a little early and never grants more than the limit, and who asks at an even pace costs one row at the most.

/// How many requests a lease is.
const LEASE_REQUESTS: i64 = 20;
/// How long a lease is at most, in microseconds.
const LEASE_US: i64 = 10_000_000;
/// The period of the limit, in microseconds.
const PERIOD_US: i64 = 60_000_000;

/// How many requests a minute, all of them at once or evenly spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    requests: i64,
}

impl Limit {
    /// `requests` a minute, at least one.
    pub fn per_minute(requests: u32) -> Self {
        Self {
            requests: i64::from(requests.max(1)),
        }
    }

    /// The requests of a full bucket.
    pub fn requests(self) -> i64 {
        self.requests
    }

    /// After how long one more is allowed; rounded up, so that a minute never has room for more than it should.
    fn interval_us(self) -> i64 {
        (PERIOD_US + self.requests - 1) / self.requests
    }

    fn tolerance_us(self) -> i64 {
        self.interval_us() * self.requests
    }

    fn lease_us(self) -> i64 {
        (self.interval_us() * LEASE_REQUESTS).min(LEASE_US)
    }
}

/// Whether a request is within the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// It is.
    Allowed {
        /// How many more may come at once.
        remaining: i64,
        /// Seconds until the bucket is full again, rounded up.
        full_in_seconds: i64,
    },
    /// It is not.
    Refused {
        /// Seconds until one more is allowed, rounded up; at least 1.
        retry_after_seconds: i64,
    },
}

impl Counted {
    /// The value of `RateLimit` (draft-ietf-httpapi-ratelimit-headers).
    pub fn field(self) -> String {
        let (remaining, seconds) = match self {
            Self::Allowed {
                remaining,
                full_in_seconds,
            } => (remaining, full_in_seconds),
            Self::Refused {
                retry_after_seconds,
            } => (0, retry_after_seconds),
        };
        format!("\"user\";r={remaining};t={seconds}")
    }
}

/// The value of `RateLimit-Policy`.
pub fn policy_field(limit: Limit) -> String {
    format!("\"user\";q={};w={}", limit.requests, PERIOD_US / 1_000_000)
}

/// One user's bucket.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    tat_us: i64,
    kept_us: i64,
}

impl Bucket {
    /// The bucket of a gate that has never granted anything: a full one.
    pub fn full() -> Self {
        Self {
            tat_us: i64::MIN,
            kept_us: i64::MIN,
        }
    }

    /// The bucket of a gate that forgot its memory and kept `kept_us`, or nothing. What is from a clock that was ahead
    /// counts as a bucket that is just empty: no bucket can be further down.
    pub fn forgotten(kept_us: Option<i64>, limit: Limit, now_us: i64) -> Self {
        let empty_us = now_us.saturating_add(limit.tolerance_us());
        let kept_us = kept_us.unwrap_or(i64::MIN).min(empty_us);
        Self {
            tat_us: (kept_us.max(now_us) + limit.lease_us()).min(empty_us),
            kept_us,
        }
    }

    /// Counts a request. A TAT that comes along has to be kept before the answer leaves.
    pub fn count(&mut self, limit: Limit, now_us: i64) -> (Counted, Option<i64>) {
        let tat_us = self.tat_us.max(now_us).saturating_add(limit.interval_us());
        let above_us = tat_us - now_us - limit.tolerance_us();
        if above_us > 0 {
            let retry_after_seconds = seconds(above_us);
            return (
                Counted::Refused {
                    retry_after_seconds,
                },
                None,
            );
        }
        self.tat_us = tat_us;
        let keep = tat_us > self.kept_us.max(now_us) + limit.lease_us();
        if keep {
            self.kept_us = tat_us;
        }
        let counted = Counted::Allowed {
            remaining: -above_us / limit.interval_us(),
            full_in_seconds: seconds(tat_us - now_us),
        };
        (counted, keep.then_some(tat_us))
    }
}

fn seconds(us: i64) -> i64 {
    (us + 999_999) / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMIT: Limit = Limit { requests: 120 };
    const NOW: i64 = 1_763_834_400_000_000;
    const SECOND: i64 = 1_000_000;

    fn allowed(bucket: &mut Bucket, now_us: i64) -> bool {
        matches!(bucket.count(LIMIT, now_us).0, Counted::Allowed { .. })
    }

    #[test]
    fn a_full_bucket_lets_120_through_at_once_and_then_one_every_half_second() {
        let mut bucket = Bucket::full();
        let (first, _) = bucket.count(LIMIT, NOW);
        assert_eq!(first.field(), "\"user\";r=119;t=1");
        assert_eq!((1..300).filter(|_| allowed(&mut bucket, NOW)).count(), 119);
        let (refused, keep) = bucket.count(LIMIT, NOW);
        assert_eq!((refused.field().as_str(), keep), ("\"user\";r=0;t=1", None));
        assert!(!allowed(&mut bucket, NOW + SECOND / 2 - 1));
        assert!(allowed(&mut bucket, NOW + SECOND / 2));
        assert!(!allowed(&mut bucket, NOW + SECOND / 2));
        let later = NOW + SECOND / 2 + 60 * SECOND;
        assert_eq!(
            (0..300).filter(|_| allowed(&mut bucket, later)).count(),
            120
        );
        assert_eq!(policy_field(LIMIT), "\"user\";q=120;w=60");
    }

    #[test]
    fn a_row_is_written_once_in_twenty_requests_at_once_and_never_at_an_even_pace() {
        let mut bucket = Bucket::full();
        let rows = (0..120).filter(|_| bucket.count(LIMIT, NOW).1.is_some());
        assert_eq!(rows.count(), 5);
        let mut bucket = Bucket::full();
        let mut at_pace = (0..1_000).map(|k| bucket.count(LIMIT, NOW + k * SECOND / 2).1);
        assert!(at_pace.all(|kept| kept.is_none()));
    }

    #[test]
    fn what_is_forgotten_costs_twenty_requests_or_ten_seconds_at_most() {
        let mut bucket = Bucket::forgotten(None, LIMIT, NOW);
        let (first, _) = bucket.count(LIMIT, NOW);
        assert_eq!(first.field(), "\"user\";r=99;t=11");
        for requests in [1, 7, 60, 120, 6_000, 1_000_000] {
            let limit = Limit::per_minute(requests);
            let bucket = Bucket::forgotten(None, limit, NOW);
            assert!(bucket.tat_us - NOW <= LEASE_US, "{requests}");
            assert!(bucket.tat_us - NOW <= limit.interval_us() * LEASE_REQUESTS);
        }
    }

    proptest! {
        /// However requests come, and however often the gate forgets in between, no span of time lets through more
        /// than a full bucket and what flows in; and without forgetting it is exactly what a bucket would let through.
        #[test]
        fn no_span_grants_more_than_the_limit(
            requests in 1..300u32,
            steps in prop::collection::vec((0..3_000_000i64, prop::bool::weighted(0.05)), 1..400),
            forgets in any::<bool>(),
        ) {
            let limit = Limit::per_minute(requests);
            let mut bucket = Bucket::full();
            let (mut kept, mut now) = (None, NOW);
            let mut granted: Vec<i64> = Vec::new();
            // A bucket as one would draw it: counted in interval-microseconds, so that nothing is rounded.
            let (mut level, mut drawn_at) = (limit.tolerance_us(), NOW);
            for (step, forget) in steps {
                now += step;
                if forget && forgets {
                    bucket = Bucket::forgotten(kept, limit, now);
                }
                let (counted, keep) = bucket.count(limit, now);
                kept = keep.or(kept);
                level = (level + now - drawn_at).min(limit.tolerance_us());
                drawn_at = now;
                let has_room = level >= limit.interval_us();
                if has_room {
                    level -= limit.interval_us();
                }
                let is_allowed = matches!(counted, Counted::Allowed { .. });
                if !forgets {
                    prop_assert_eq!(is_allowed, has_room);
                }
                if let Counted::Refused { retry_after_seconds } = counted {
                    prop_assert!((1..=60).contains(&retry_after_seconds));
                } else {
                    granted.push(now);
                }
            }
            for (index, start) in granted.iter().enumerate() {
                for (count, end) in granted[index..].iter().enumerate() {
                    let inflow = (end - start) / limit.interval_us();
                    prop_assert!(i64::try_from(count).unwrap() < limit.requests() + inflow + 1);
                }
            }
        }

        /// Who waits as long as `Retry-After` says is let in.
        #[test]
        fn waiting_as_long_as_told_is_enough(requests in 1..300u32, before in 0..700usize, forget in any::<bool>()) {
            let limit = Limit::per_minute(requests);
            let mut bucket = Bucket::full();
            let mut kept = None;
            for _ in 0..before {
                kept = bucket.count(limit, NOW).1.or(kept);
            }
            if forget {
                bucket = Bucket::forgotten(kept, limit, NOW);
            }
            if let (Counted::Refused { retry_after_seconds }, _) = bucket.count(limit, NOW) {
                let then = NOW + retry_after_seconds * SECOND;
                let is_allowed = matches!(bucket.count(limit, then).0, Counted::Allowed { .. });
                prop_assert!(is_allowed);
            }
        }

        #[test]
        fn a_clock_that_was_ahead_locks_nobody_out_for_more_than_a_minute(ahead in 0..i64::MAX / 2) {
            let mut bucket = Bucket::forgotten(Some(NOW.saturating_add(ahead)), LIMIT, NOW);
            prop_assert!(allowed(&mut bucket, NOW + 60 * SECOND));
        }
    }
}
