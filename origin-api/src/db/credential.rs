//! The check of the caller's credential inside the very statement that does the work.

use tokio_postgres::types::ToSql;

use crate::domain::caller::Caller;

impl Caller {
    /// `$1` to `$4` of [`credential!`](crate::credential): user, credential, generation, now.
    pub(super) fn values(&self) -> [&(dyn ToSql + Sync); 4] {
        [
            &self.user.0,
            &self.credential.0,
            &self.generation,
            &self.now,
        ]
    }
}

/// The common table expression that every authenticated statement begins with. It has one row with
/// the user's `user_id`, `version`, zone, working hours, weights, search language, the session's `kind`, and what the
/// history calls it (`by`), and none when
/// the session was revoked or has ended, the user's generation was raised or the user is disabled: a statement that gives no row at all
/// is a 401.
///
/// It is planned apart, so that what a statement reads beside it never makes passing over a table look cheap.
///
/// In a write it also compares the deadline with the clock ([`late`](crate::db::late)).
///
/// Uses `$1` (user, uuid), `$2` (credential, uuid), `$3` (generation, bigint) and `$4` (now, timestamptz).
/// Reads `sessions_pkey` and `users_pkey`.
#[macro_export]
macro_rules! credential {
    () => {
        "credential AS MATERIALIZED (
            SELECT users.user_id, users.version, users.time_zone, users.work_start_minute,
                users.work_end_minute, users.work_days, users.hours_are_chosen, users.weights,
                users.preferences_version, users.search_language, sessions.kind,
                CASE
                    WHEN sessions.kind IN ('token', 'cookie') THEN 'session'
                    ELSE concat_ws(' ', sessions.kind, sessions.name)
                END AS by
            FROM users
            JOIN sessions ON sessions.user_id = users.user_id
            WHERE users.user_id = $1
                AND users.generation = $3
                AND users.disabled_at IS NULL
                AND sessions.user_id = $1
                AND sessions.id = $2
                AND sessions.revoked_at IS NULL
                AND sessions.expires_at > $4
                /* begins in time */
        )"
    };
}
