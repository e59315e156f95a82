//! Who asks, once proven.

use jiff::Timestamp;
use shared_types::id::{CredentialId, UserId};

/// A user whose signed request and credential hold. Whether the credential's row still does is asked in every statement.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// Whose data the request is about.
    pub user: UserId,
    /// The credential's own id: a session's, in the wide sense of the table.
    pub credential: CredentialId,
    /// The user's generation when the credential was issued.
    pub generation: i64,
    /// The instant that counts as now.
    pub now: Timestamp,
}
