//! Preferences: columns of `users` with a version of their own.

use shared_types::preferences::{ClockTime, NewPreferences, Preferences, WorkDays};
use shared_types::weights::Weights;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::change::{self, replay, replay_verdict};
use super::tasks::derived_instants;
use super::transaction::Transaction;
use super::{Caller, Db, DbError, Statement, Terms};

/// The columns of the preferences, in the order in which [`preferences`] reads them.
macro_rules! preference_columns {
    ($table:literal) => {
        concat!(
            $table,
            ".time_zone, ",
            $table,
            ".work_start_minute, ",
            $table,
            ".work_end_minute, ",
            $table,
            ".work_days, ",
            $table,
            ".search_language, ",
            $table,
            ".weights"
        )
    };
}

pub(super) use preference_columns;

/// What was read.
#[derive(Debug)]
pub struct Found {
    /// The preferences.
    pub preferences: Preferences,
    /// Their own version, the first part of their `ETag`.
    pub own_version: i64,
    /// `Mindflow-Version`.
    pub version: i64,
}

/// What came of a change, and the user's version after it.
#[derive(Debug)]
pub struct Written {
    /// What came of it.
    pub outcome: Outcome,
    /// `Mindflow-Version`.
    pub version: i64,
}

/// What came of a change.
#[derive(Debug)]
pub enum Outcome {
    /// It was applied, or there was nothing to change: the preferences after it.
    Done(Preferences),
    /// It had been applied before, under this key: the preferences as they were answered then.
    Replayed(Preferences),
    /// The key was used for another request; nothing was changed.
    KeyReused,
    /// The preferences have none of the versions asked for; nothing was changed.
    OtherVersion,
}

/// The caller's preferences; `None` when the credential does not hold. By `users_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn find_preferences(db: &Db, caller: &Caller) -> Result<Option<Found>, DbError> {
    const SQL: Statement = Statement {
        name: "find_preferences",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            "
            SELECT users.version, users.preferences_version, ",
            preference_columns!("users"),
            "
            FROM credential
            JOIN users ON users.user_id = credential.user_id
            WHERE users.user_id = $1"
        ),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    let Some(row) = db.query_opt(&SQL, &caller.values()).await? else {
        return Ok(None);
    };
    Ok(Some(Found {
        preferences: preferences(&row, 2)?,
        own_version: row.try_get(1)?,
        version: row.try_get(0)?,
    }))
}

/// Replaces the preferences. `$7` are the versions accepted, or null; `$8` is null where the zone stays.
///
/// In another zone, or with other hours, a date without an offset means another instant: what is derived from the
/// dates of open tasks is derived anew. That they are the tasks of the snapshot is what the user's version says: any
/// other change of the same user's overtakes this one. A task's own version stays: its dates are as they were given.
///
/// Completed and deleted tasks keep their instants until they are changed, as by being reopened: nothing but their
/// place in a list by due date hangs on them, and a hundred thousand could not be written within a request.
const REPLACE: Statement = Statement {
    name: "replace_preferences",
    sql: concat!(
        "WITH ", crate::credential!(), ", ", replay!(), ", found AS (
            SELECT users.version, users.preferences_version, users.hours_are_chosen, ", preference_columns!("users"), "
            FROM users, credential
            WHERE users.user_id = $1
        ), wanted AS (
            SELECT coalesce($8, found.time_zone) AS time_zone, $9 AS work_start_minute, $10 AS work_end_minute,
                $11 AS work_days, $12 AS hours_are_chosen, $13 AS search_language, $14 AS weights
            FROM found
        ), verdict AS (
            SELECT CASE
                ", replay_verdict!(), "
                WHEN found.preferences_version <> ALL ($7) THEN 'other_version'
                WHEN (", preference_columns!("wanted"), ", wanted.hours_are_chosen)
                    IS DISTINCT FROM (", preference_columns!("found"), ", found.hours_are_chosen) THEN 'apply'
                ELSE 'unchanged'
            END AS outcome
            FROM found, wanted
        ), applied AS (
            UPDATE users
            SET time_zone = wanted.time_zone,
                work_start_minute = wanted.work_start_minute,
                work_end_minute = wanted.work_end_minute,
                work_days = wanted.work_days,
                hours_are_chosen = wanted.hours_are_chosen,
                search_language = wanted.search_language,
                weights = wanted.weights,
                preferences_version = found.preferences_version + 1,
                version = found.version + 1
            FROM found, wanted, verdict
            WHERE users.user_id = $1
                AND users.generation = $3
                AND users.version = found.version
                AND verdict.outcome = 'apply'
            RETURNING users.version, ", preference_columns!("users"), "
        ), moved AS (
            UPDATE tasks
            SET (due_at, overdue_at, wakes_at) = ROW (", derived_instants!("tasks", "applied"), ")
            FROM applied, found
            WHERE tasks.user_id = $1
                AND tasks.deleted_at IS NULL
                AND tasks.status <> 'completed'
                AND (applied.time_zone, applied.work_end_minute, applied.work_days)
                    IS DISTINCT FROM (found.time_zone, found.work_end_minute, found.work_days)
                AND (tasks.due_at, tasks.overdue_at, tasks.wakes_at)
                    IS DISTINCT FROM (", derived_instants!("tasks", "applied"), ")
        ), kept AS (
            INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
            SELECT $1, $5, $6, to_jsonb(applied), $4
            FROM applied
            WHERE $5 IS NOT NULL
        ), answer AS (
            SELECT ", preference_columns!("applied"), "
            FROM applied
            UNION ALL
            SELECT ", preference_columns!("found"), "
            FROM found, verdict
            WHERE verdict.outcome = 'unchanged'
            UNION ALL
            SELECT ", preference_columns!("kept_user"), "
            FROM replay, jsonb_populate_record(NULL::users, replay.answer) AS kept_user
            WHERE replay.is_same
        )
        SELECT
            CASE
                WHEN verdict.outcome = 'apply' AND applied.version IS NOT NULL THEN 'done'
                ELSE verdict.outcome
            END AS outcome,
            coalesce(applied.version, credential.version) AS version,
            ", preference_columns!("answer"), "
        FROM credential
        CROSS JOIN verdict
        LEFT JOIN applied ON true
        LEFT JOIN answer ON true"
    ),
    types: &[
        Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::TEXT, Type::BYTEA, Type::INT8_ARRAY,
        Type::TEXT, Type::INT2, Type::INT2, Type::INT2, Type::BOOL, Type::TEXT, Type::INT2_ARRAY,
    ],
};

/// Replaces the caller's preferences on the given terms; `None` when the credential does not hold. Changing nothing
/// raises no version.
///
/// # Errors
/// See [`DbError`].
pub async fn replace_preferences(
    db: &Db,
    caller: &Caller,
    terms: &Terms,
    new: &NewPreferences,
) -> Result<Option<Written>, DbError> {
    let replacement = Replacement::new(new, terms.versions.as_ref());
    let values = replacement.values();
    let rows = change::run(db, caller, terms.key.as_ref(), &REPLACE, &values).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let outcome = match row.try_get(0)? {
        "done" | "unchanged" => Outcome::Done(preferences(row, 2)?),
        "replayed" => Outcome::Replayed(preferences(row, 2)?),
        "key_reused" => Outcome::KeyReused,
        "other_version" => Outcome::OtherVersion,
        outcome => {
            let what = format!("a change of preferences gave {outcome}");
            return Err(DbError::unexpected(what));
        }
    };
    Ok(Some(Written {
        outcome,
        version: row.try_get(1)?,
    }))
}

/// As [`replace_preferences`], as part of a transaction that has locked the user; whether anything changed.
///
/// # Errors
/// See [`DbError`].
pub(super) async fn replace_within(
    transaction: &Transaction<'_>,
    caller: &Caller,
    new: &NewPreferences,
) -> Result<bool, DbError> {
    let replacement = Replacement::new(new, None);
    let mut values = caller.values().to_vec();
    values.extend([&None::<&str> as &(dyn ToSql + Sync), &None::<&[u8]>]);
    values.extend(replacement.values());
    let row = transaction.query_one(&REPLACE, &values).await?;
    match row.try_get(0)? {
        "done" => Ok(true),
        "unchanged" => Ok(false),
        outcome => {
            let what = format!("a change of preferences behind the lock gave {outcome}");
            Err(DbError::unexpected(what))
        }
    }
}

/// What [`REPLACE`] takes from its seventh parameter on.
struct Replacement<'a> {
    versions: Option<&'a Vec<i64>>,
    new: &'a NewPreferences,
    start: i16,
    end: i16,
    days: i16,
    weights: Vec<i16>,
}

impl<'a> Replacement<'a> {
    fn new(new: &'a NewPreferences, versions: Option<&'a Vec<i64>>) -> Self {
        Self {
            versions,
            start: new.work_start.minutes().cast_signed(),
            end: new.work_end.minutes().cast_signed(),
            days: i16::from(new.work_days.bits()),
            weights: new.weights.hundredths().map(u16::cast_signed).to_vec(),
            new,
        }
    }

    fn values(&self) -> [&(dyn ToSql + Sync); 8] {
        [
            &self.versions,
            &self.new.time_zone,
            &self.start,
            &self.end,
            &self.days,
            &self.new.hours_are_chosen,
            &self.new.search_language,
            &self.weights,
        ]
    }
}

/// Reads preferences from the columns that begin at `first`.
pub(super) fn preferences(row: &Row, first: usize) -> Result<Preferences, DbError> {
    let clock_time = |column: usize, name: &str| {
        let minutes = row.try_get::<_, i16>(column)?.try_into().ok();
        let time = minutes.and_then(ClockTime::from_minutes);
        time.ok_or_else(|| unreadable(name))
    };
    let work_days = row.try_get::<_, i16>(first + 3)?.try_into().ok();
    Ok(Preferences {
        time_zone: row.try_get(first)?,
        work_start: clock_time(first + 1, "work_start_minute")?,
        work_end: clock_time(first + 2, "work_end_minute")?,
        work_days: work_days
            .and_then(WorkDays::from_bits)
            .ok_or_else(|| unreadable("work_days"))?,
        search_language: row.try_get(first + 4)?,
        weights: weights(row.try_get(first + 5)?)?,
    })
}

/// Reads stored weights.
pub(super) fn weights(stored: Vec<i16>) -> Result<Weights, DbError> {
    let hundredths: Option<Vec<u16>> = stored.into_iter().map(|one| one.try_into().ok()).collect();
    hundredths
        .and_then(|all| Weights::from_hundredths(all.try_into().ok()?))
        .ok_or_else(|| unreadable("weights"))
}

fn unreadable(column: &str) -> DbError {
    DbError::unexpected(format!("users.{column} holds what no release has written"))
}
