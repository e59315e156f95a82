//! Repeatable pseudo-randomness (`SplitMix64`: Steele, Lea and Flood 2014): what a bench draws need only differ.

use uuid::{Builder, Uuid};

/// A stream of pseudo-random numbers.
pub(crate) struct Randomness(u64);

impl Randomness {
    /// The stream of a seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 1 to `last`.
    pub(crate) fn number(&mut self, last: u64) -> u64 {
        self.bits() % last + 1
    }

    /// A nonce for a signature.
    pub(crate) fn nonce(&mut self) -> [u8; 16] {
        (u128::from(self.bits()) << 64 | u128::from(self.bits())).to_be_bytes()
    }

    /// A UUID of version 7, whose instant is random too.
    pub(crate) fn task_id(&mut self) -> Uuid {
        const VERSION: u128 = 0xf << 76;
        Uuid::from_u128(self.uuid().as_u128() & !VERSION | (7 << 76))
    }

    /// A UUID of version 4.
    pub(crate) fn uuid(&mut self) -> Uuid {
        Builder::from_random_bytes(self.nonce()).into_uuid()
    }
}
