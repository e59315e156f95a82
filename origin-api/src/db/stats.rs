//! Statistics: counted by PostgreSQL, in one statement over one snapshot.
//!
//! A day is what lies between two midnights of the user's zone, whatever its clock does meanwhile.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use shared_types::project::Project;
use shared_types::stats::{CompletedOnDay, Stats};
use tokio_postgres::types::{Json, Type};

use super::projects::counts;
use super::{Caller, Db, DbError, Read, Statement};

/// The instant at which a day begins in the user's zone.
macro_rules! midnight {
    ($day:literal) => {
        concat!("wall_clock((", $day, ")::timestamp, credential.time_zone)")
    };
}

/// How many days are answered, today among them.
const DAYS: i32 = 30;

/// The last `$5` days from the earliest on, each counted by `tasks_by_completion` alone.
///
/// The streak goes back from today, day by day: one on which something was completed counts; one that is no working day
/// or is today is passed over; at any other it ends. There is a working day in every week, so it ends.
///
/// A start is a change that made a task `in_progress`, found in the history by `history_starts`. What was done since it
/// was done in these days, which is said so that no other completed task is read. The open tasks are found by
/// `tasks_open`, the projects' by `tasks_by_project`.
const FIND: Statement = Statement {
    name: "find_stats",
    sql: concat!(
        "WITH RECURSIVE ", crate::credential!(), ", today AS MATERIALIZED (
            SELECT ($4 AT TIME ZONE credential.time_zone)::date AS day
            FROM credential
        ), day AS MATERIALIZED (
            SELECT recent.day, (
                SELECT count(*)
                FROM tasks
                WHERE tasks.user_id = $1
                    AND tasks.deleted_at IS NULL
                    AND tasks.completed_at >= ", midnight!("recent.day"), "
                    AND tasks.completed_at < ", midnight!("recent.day + 1"), "
            ) AS count
            FROM credential
            CROSS JOIN today
            CROSS JOIN LATERAL (SELECT today.day - ago AS day FROM generate_series(0, $5 - 1) AS ago) AS recent
        ), streak (day, begins_at, is_counted) AS (
            SELECT today.day + 1, ", midnight!("today.day + 1"), ", false
            FROM credential, today
            UNION ALL
            SELECT earlier.day, earlier.begins_at, earlier.is_counted
            FROM credential
            CROSS JOIN today
            CROSS JOIN streak
            CROSS JOIN LATERAL (
                SELECT streak.day - 1 AS day, ", midnight!("streak.day - 1"), " AS begins_at
            ) AS before
            CROSS JOIN LATERAL (
                SELECT before.day, before.begins_at, EXISTS (
                    SELECT
                    FROM tasks
                    WHERE tasks.user_id = $1
                        AND tasks.deleted_at IS NULL
                        AND tasks.completed_at >= before.begins_at
                        AND tasks.completed_at < streak.begins_at
                ) AS is_counted
            ) AS earlier
            WHERE earlier.is_counted
                OR earlier.day = today.day
                OR (credential.work_days >> (extract(isodow FROM earlier.day)::integer - 1)) & 1 = 0
        ), open AS MATERIALIZED (
            SELECT tasks.priority, count(*) AS count, count(*) FILTER (WHERE tasks.overdue_at < $4) AS overdue,
                min(tasks.overdue_at) FILTER (WHERE tasks.overdue_at >= $4) AS next_overdue
            FROM tasks
            WHERE tasks.user_id = $1 AND tasks.deleted_at IS NULL AND tasks.status <> 'completed'
            GROUP BY tasks.priority
        ), took AS (
            SELECT DISTINCT ON (tasks.id)
                extract(epoch FROM tasks.completed_at - history.at)::double precision / 60
                    / tasks.effort_estimate_minutes AS ratio
            FROM credential
            CROSS JOIN today
            JOIN history ON history.user_id = $1 AND history.at >= ", midnight!("today.day - $5 + 1"), "
            JOIN tasks ON tasks.user_id = $1 AND tasks.id = history.task_id
            WHERE history.after ->> 'status' = 'in_progress'
                AND history.before ->> 'status' IS DISTINCT FROM 'in_progress'
                AND tasks.deleted_at IS NULL
                AND tasks.effort_estimate_minutes IS NOT NULL
                AND tasks.completed_at >= history.at
                AND tasks.completed_at >= ", midnight!("today.day - $5 + 1"), "
            ORDER BY tasks.id, history.at DESC
        ), project AS MATERIALIZED (
            SELECT projects.name, projects.archived, counted.open, counted.overdue, counted.completed
            FROM projects
            ", counts!("projects.name"), "
            WHERE projects.user_id = $1
        )
        SELECT credential.version, credential.time_zone,
            ARRAY(SELECT day.day FROM day ORDER BY day.day) AS days,
            ARRAY(SELECT day.count FROM day ORDER BY day.day) AS counts,
            (SELECT count(*) FROM streak WHERE streak.is_counted) AS streak,
            ARRAY(SELECT open.priority FROM open) AS priorities,
            ARRAY(SELECT open.count FROM open) AS open,
            (SELECT coalesce(sum(open.overdue), 0)::bigint FROM open) AS overdue,
            (SELECT coalesce(jsonb_agg(to_jsonb(project) ORDER BY project.name), '[]') FROM project) AS projects,
            (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took.ratio) FROM took) AS estimate_ratio,
            (SELECT ", midnight!("today.day + 1"), " FROM today) AS day_ends,
            (SELECT min(open.next_overdue) FROM open) AS next_overdue
        FROM credential"
    ),
    types: &[
        Type::UUID,
        Type::UUID,
        Type::INT8,
        Type::TIMESTAMPTZ,
        Type::INT4,
    ],
};

/// Statistics, and until when they stay.
#[derive(Debug)]
pub struct FoundStats {
    /// What was counted.
    pub stats: Stats,
    /// The instants at which time alone changes it: the user's day ends, a task becomes overdue.
    pub changes: Vec<Timestamp>,
}

/// The caller's statistics as of now; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn find_stats(db: &Db, caller: &Caller) -> Result<Option<Read<FoundStats>>, DbError> {
    let [user, credential, generation, now] = caller.values();
    let row = db
        .query_opt(&FIND, &[user, credential, generation, now, &DAYS])
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let (days, counts): (Vec<Date>, Vec<i64>) = (row.try_get(2)?, row.try_get(3)?);
    let mut open_by_priority: BTreeMap<u8, i64> = (1..=5).map(|priority| (priority, 0)).collect();
    let (priorities, open): (Vec<i16>, Vec<i64>) = (row.try_get(5)?, row.try_get(6)?);
    for (priority, count) in priorities.into_iter().zip(open) {
        let priority = u8::try_from(priority)
            .map_err(|_| DbError::unexpected("a task's priority is negative"))?;
        open_by_priority.insert(priority, count);
    }
    let Json(by_project): Json<Vec<Project>> = row.try_get(8)?;
    let ratio: Option<f64> = row.try_get(9)?;
    let stats = Stats {
        time_zone: row.try_get(1)?,
        completed_by_day: days
            .into_iter()
            .zip(counts)
            .map(|(day, count)| CompletedOnDay { day, count })
            .collect(),
        streak_days: row.try_get(4)?,
        open_by_priority,
        overdue: row.try_get(7)?,
        by_project,
        estimate_ratio: ratio.map(|ratio| (ratio * 100.0).round() / 100.0),
    };
    let changes: [Option<Timestamp>; 2] = [row.try_get(10)?, row.try_get(11)?];
    Ok(Some(Read {
        found: FoundStats {
            stats,
            changes: changes.into_iter().flatten().collect(),
        },
        version: row.try_get(0)?,
    }))
}
