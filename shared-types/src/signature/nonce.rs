//! The memory of nonces that makes a captured request useless a second time.

use std::collections::{BTreeMap, BTreeSet};

use super::CLOCK_SKEW_SECONDS;

/// The `nonce` parameter: 16 random bytes, base64url on the wire.
pub type Nonce = [u8; 16];

/// The nonces seen while their signatures are still acceptable, in bounded memory; for one process.
///
/// Nonces are kept by the `expires` they were signed with, which a replay cannot change, and as 64 of their 128
/// bits: the signer makes them at random, so at 100,000 requests a second fewer than one in 10^14 is mistaken
/// for a replay. An entry takes about 17 bytes.
///
/// **At the bound** the seconds that expire soonest are forgotten first, so a burst shortens the window in which a
/// replay is noticed and never refuses a genuine request. Only holders of a signing key can fill it: the nonce is
/// looked up after the signature held.
#[derive(Debug)]
pub struct NonceWindow {
    by_expiry: BTreeMap<i64, BTreeSet<u64>>,
    len: usize,
    capacity: usize,
}

impl NonceWindow {
    /// A bound that holds 90 seconds of 5,800 requests a second in about 9 MB.
    pub const DEFAULT_CAPACITY: usize = 1 << 19;

    /// An empty window for at most `capacity` nonces (at least one).
    pub fn new(capacity: usize) -> Self {
        Self {
            by_expiry: BTreeMap::new(),
            len: 0,
            capacity: capacity.max(1),
        }
    }

    /// Remembers a nonce until its signature can no longer be accepted. False when it is known already: a replay.
    /// `now_ms` is in milliseconds, `expires_seconds` is the signature's parameter.
    pub fn remember(&mut self, nonce: &Nonce, expires_seconds: i64, now_ms: i64) -> bool {
        let mut short = [0; 8];
        short.copy_from_slice(&nonce[..8]);
        let short = u64::from_le_bytes(short);
        if self
            .by_expiry
            .get(&expires_seconds)
            .is_some_and(|second| second.contains(&short))
        {
            return false;
        }
        let forget_before = now_ms.div_euclid(1000) - CLOCK_SKEW_SECONDS;
        while let Some(second) = self.by_expiry.first_entry() {
            if *second.key() >= forget_before && self.len < self.capacity {
                break;
            }
            self.len -= second.remove().len();
        }
        self.by_expiry
            .entry(expires_seconds)
            .or_default()
            .insert(short);
        self.len += 1;
        true
    }

    /// How many nonces are remembered.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Default for NonceWindow {
    fn default() -> Self {
        Self::new(Self::DEFAULT_CAPACITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_763_834_400_000;
    const EXPIRES_SECONDS: i64 = NOW_MS / 1000 + 60;

    fn nonce(number: u64) -> Nonce {
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&number.to_le_bytes());
        nonce
    }

    #[test]
    fn a_nonce_is_new_once_until_its_signature_cannot_be_accepted() {
        let mut window = NonceWindow::default();
        assert!(window.is_empty());
        assert!(window.remember(&nonce(1), EXPIRES_SECONDS, NOW_MS));
        let last_ms = (EXPIRES_SECONDS + CLOCK_SKEW_SECONDS) * 1000;
        assert!(window.remember(&nonce(2), EXPIRES_SECONDS + 60, last_ms));
        assert!(!window.remember(&nonce(1), EXPIRES_SECONDS, last_ms));
        assert_eq!(window.len(), 2);
        assert!(window.remember(&nonce(3), EXPIRES_SECONDS + 60, last_ms + 1000));
        assert_eq!(window.len(), 2, "the first one can be forgotten now");
    }

    #[test]
    fn at_its_bound_it_forgets_the_nonces_that_expire_first() {
        let mut window = NonceWindow::new(3);
        for number in 0..3 {
            let second = i64::try_from(number / 2).unwrap();
            assert!(window.remember(&nonce(number), EXPIRES_SECONDS + second, NOW_MS));
        }
        assert!(window.remember(&nonce(9), EXPIRES_SECONDS + 1, NOW_MS));
        assert_eq!(window.len(), 2);
        assert!(!window.remember(&nonce(2), EXPIRES_SECONDS + 1, NOW_MS));
        assert!(!window.remember(&nonce(9), EXPIRES_SECONDS + 1, NOW_MS));
        assert!(
            window.remember(&nonce(0), EXPIRES_SECONDS, NOW_MS),
            "forgotten"
        );
    }

    #[test]
    fn it_never_holds_more_than_its_bound() {
        for capacity in [0, 1, 7] {
            let mut window = NonceWindow::new(capacity);
            for number in 0..50 {
                let second = i64::try_from(number % 5).unwrap();
                window.remember(&nonce(number), EXPIRES_SECONDS + second, NOW_MS);
                assert!((1..=capacity.max(1)).contains(&window.len()));
            }
        }
    }

    #[test]
    fn a_replay_is_noticed_after_the_clock_went_back() {
        let mut window = NonceWindow::default();
        assert!(window.remember(&nonce(1), EXPIRES_SECONDS, NOW_MS));
        assert!(!window.remember(&nonce(1), EXPIRES_SECONDS, NOW_MS - 20_000));
    }
}
