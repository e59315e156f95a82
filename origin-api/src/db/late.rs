//! Writes that would begin too late (architecture.md, "The consistency of the cache", rule 3): a gate that has lost the
//! answer to a write must know when that can no longer be committed.
//!
//! A write may begin until [`BEGIN_WITHIN`] after it was signed. "Begins" is looked at twice: here, when a connection
//! is at hand, for each of its statements; and by PostgreSQL when it executes the statement, for one that lay in a
//! socket or in a pooler meanwhile, as when a server was halted and goes on. From then on the role's
//! `transaction_timeout` bounds it.
//!
//! PostgreSQL's clock is compared with the origin's: in production both are that of one host. Where they are not, one
//! that is ahead refuses earlier, and one that is behind refuses as much later; the gate's 30 s of skew cover both.

use jiff::{SignedDuration, Timestamp};
use tokio_postgres::types::Type;

use super::{DbError, Statement};

/// How long after its signature's `created` a write may begin.
pub const BEGIN_WITHIN: SignedDuration = SignedDuration::from_secs(15);

tokio::task_local! {
    static BEGIN_BY: Timestamp;
}

/// Runs `work` as a write that was signed at `created`: none of its statements begins too late.
pub async fn in_write<T>(created: Timestamp, work: impl Future<Output = T>) -> T {
    let by = created.checked_add(BEGIN_WITHIN).unwrap_or(Timestamp::MAX);
    BEGIN_BY.scope(by, work).await
}

/// Until when the write at hand may begin; `None` outside of one.
///
/// # Errors
/// [`DbError::Unavailable`] when that is past `now`.
pub(super) fn begin_by(now: Timestamp) -> Result<Option<Timestamp>, DbError> {
    match BEGIN_BY.try_with(|by| *by) {
        Ok(by) if now > by => Err(too_late()),
        by => Ok(by.ok()),
    }
}

pub(super) fn too_late() -> DbError {
    DbError::Unavailable("a write came too late to begin; nothing was changed".into())
}

/// Where [`credential!`](crate::credential) leaves room for the comparison.
const ROOM: &str = "/* begins in time */";

/// The text and types of a statement that compares one more parameter, the last, with the clock.
pub(super) fn compared(statement: &Statement) -> Option<(String, Vec<Type>)> {
    let (before, after) = statement.sql.split_once(ROOM)?;
    let parameter = statement.types.len() + 1;
    // Not true is an error (2201F: no root of less than nothing) rather than no row, which would say that the
    // credential does not hold.
    let sql = format!(
        "{before}AND sqrt(extract(epoch FROM ${parameter} - clock_timestamp())) >= 0{after}"
    );
    let mut types = statement.types.to_vec();
    types.push(Type::TIMESTAMPTZ);
    Some((sql, types))
}
