//! What a user's gate decides, without storage and without a clock of its own: how often its user may call, what is
//! served from the cache, what may be joined, what is kept while the origin is away, and which credentials hold.
//! `runtime::gate` does what is decided here.

pub mod breaker;
pub mod bucket;
pub mod fence;
pub mod key;
pub mod outbox;
pub mod shelf;
pub mod standing;
