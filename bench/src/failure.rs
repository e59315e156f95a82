//! A bench that cannot go on says why and ends.

/// Why.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
