//! How often something was tried, over all origins: the generic cell rate algorithm, in the statement that does the
//! work or alone.
//!
//! A subject's row says when the next try would come if all tries came evenly, one in each interval. A try passes
//! while that instant is at most the slack ahead of now, and moves it on by an interval, from now at least. Without a
//! row, or once that instant has passed, nothing was tried.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio_postgres::types::{ToSql, Type};

use super::{Db, DbError, Statement};
use crate::domain::rate::Rate;

/// What is limited, as stored: no address or e-mail can be read from it.
pub type Subject = [u8; 32];

/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It may go on.
    Passed,
    /// It is over the limit, and was not counted.
    Limited {
        /// After how many seconds another try would pass.
        retry_after: u32,
    },
}

/// The subject of the limit `purpose` for these `parts`, whatever is in them.
pub fn subject(purpose: &str, parts: &[&str]) -> Subject {
    let mut hash = Sha256::new();
    for part in [purpose].iter().chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The common table expression `$name`: tries `$subject` as of `$now`, with an `$interval` and a `$slack` in
/// microseconds, if `$source`, the rest of a query from `FROM` or `WHERE` on, gives a row. It has a row when the try
/// passed.
macro_rules! tried {
    ($name:literal, $subject:literal, $now:literal, $interval:literal, $slack:literal, $source:literal) => {
        concat!(
            $name,
            " AS (
                INSERT INTO throttles (subject, arrival)
                SELECT ",
            $subject,
            ", ",
            $now,
            " + ",
            $interval,
            " * interval '1 microsecond'
                ",
            $source,
            "
                ON CONFLICT (subject) DO UPDATE
                SET arrival = greatest(throttles.arrival, ",
            $now,
            ") + ",
            $interval,
            " * interval '1 microsecond'
                WHERE throttles.arrival <= ",
            $now,
            " + ",
            $slack,
            " * interval '1 microsecond'
                RETURNING 1
            )"
        )
    };
}

/// After how many seconds another try of `$subject` would pass, at least one.
macro_rules! retry_after {
    ($subject:literal, $now:literal, $slack:literal) => {
        concat!(
            "greatest(1, ceil(extract(epoch FROM coalesce((
                SELECT throttles.arrival FROM throttles WHERE throttles.subject = ",
            $subject,
            "
            ), ",
            $now,
            ") - ",
            $now,
            " - ",
            $slack,
            " * interval '1 microsecond')))::bigint"
        )
    };
}

pub(super) use {retry_after, tried};

/// Tries `subject` once as of `now`, which is the origin's clock. One round trip.
///
/// # Errors
/// See [`DbError`].
pub async fn try_once(
    db: &Db,
    subject: &Subject,
    rate: Rate,
    now: Timestamp,
) -> Result<Tried, DbError> {
    const SQL: Statement = Statement {
        name: "try_once",
        sql: concat!(
            "WITH ",
            tried!("tried", "$1", "$2", "$3", "$4", ""),
            "
            SELECT EXISTS (SELECT FROM tried) AS passed, ",
            retry_after!("$1", "$2", "$4"),
            " AS retry_after"
        ),
        types: &[Type::BYTEA, Type::TIMESTAMPTZ, Type::INT8, Type::INT8],
    };
    let (interval, slack) = (rate.interval_us(), rate.slack_us());
    let values: [&(dyn ToSql + Sync); 4] = [&subject.as_slice(), &now, &interval, &slack];
    let row = db.query_one(&SQL, &values).await?;
    if row.try_get("passed")? {
        return Ok(Tried::Passed);
    }
    let retry_after = u32::try_from(row.try_get::<_, i64>("retry_after")?);
    Ok(Tried::Limited {
        retry_after: retry_after.map_err(DbError::unexpected)?,
    })
}
