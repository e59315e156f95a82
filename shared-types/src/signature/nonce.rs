//! The memory of nonces that makes a captured request useless a second time.

use std::collections::{BTreeMap, BTreeSet};

use super::CLOCK_SKEW_SECONDS;

/// The `nonce` parameter: 16 random bytes, base64url on the wire.
pub type Nonce = [u8; 16];

/// The nonces seen while their signatures are still acceptable, in bounded memory; for one process.
///
/// Nonces are kept by the `expires` they were signed with, which a replay cannot change, and as 64 of their 128
/// bits: the signer makes them at random, so at 100,000 requests a second fewer than one in 10^14 is mistaken
/// for a replay. An entry takes about 15 bytes.
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
    /// A bound that holds 90 seconds of 5,800 requests a second in about 8 MB.
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
