//! The history of a user's tasks, change by change, the last one first.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_types::history::{Change, FieldsOfTasks, TOLD_TASKS};
use shared_types::id::{ChangeId, TaskId};
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::columns::Columns;
use crate::db::clean_up::TRASH;
use crate::db::{Caller, Db, DbError, Read, Statement};
use crate::domain::history::{Shown, shown};

/// The instant after which a change must have been made to be told or undone; what is older is removed at some time.
pub(super) fn kept_since(now: Timestamp) -> Timestamp {
    now.checked_sub(TRASH).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The instant from which on a change that was made `at` is no longer told.
fn kept_until(at: Timestamp) -> Timestamp {
    at.checked_add(TRASH).unwrap_or(Timestamp::MAX)
}

/// A change's place in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The user's version after it.
    pub version: i64,
    /// Its id, where that is the same: changes that an earlier release wrote have none of their own.
    pub id: ChangeId,
}

/// A page, and where the next one goes on.
#[derive(Debug, Default)]
pub struct ChangePage {
    /// The changes.
    pub changes: Vec<Change>,
    /// After the last of them, when there are more.
    pub next: Option<Place>,
    /// The instants at which one of them is no longer told.
    pub ends: Vec<Timestamp>,
}

/// The changes after the place `$5`, `$6`, at most `$7`, each with the rows of its first `$8` tasks; none that is older
/// than `$9`. By `history_newest` from one change to the next, however many tasks it changed, then by `history_pkey`.
const LIST: Statement = Statement {
    name: "list_changes",
    sql: concat!(
        "WITH RECURSIVE ", crate::credential!(), ", page AS (
            SELECT $5::bigint AS version, $6::uuid AS change_id, 0::bigint AS number
            UNION ALL
            SELECT earlier.version, earlier.change_id, page.number + 1
            FROM page
            CROSS JOIN LATERAL (
                SELECT history.version, history.change_id
                FROM history
                WHERE history.user_id = $1
                    AND (history.version, history.change_id) < (page.version, page.change_id)
                    AND history.at > $9
                ORDER BY history.version DESC, history.change_id DESC
                LIMIT 1
            ) AS earlier
            WHERE page.number < $7
        )
        SELECT credential.version, told.*
        FROM credential
        LEFT JOIN (
            SELECT page.version, page.change_id, any_row.at, any_row.by, any_row.action, any_row.undoes,
                ARRAY(
                    SELECT history.task_id
                    FROM history
                    WHERE history.user_id = $1 AND history.change_id = page.change_id
                    ORDER BY history.task_id
                ) AS task_ids,
                ARRAY(
                    SELECT jsonb_build_array(history.before, history.after)
                    FROM history
                    WHERE history.user_id = $1 AND history.change_id = page.change_id
                    ORDER BY history.task_id
                    LIMIT $8
                ) AS rows
            FROM page
            CROSS JOIN LATERAL (
                SELECT history.at, history.by, history.action, history.undoes
                FROM history
                WHERE history.user_id = $1 AND history.change_id = page.change_id
                LIMIT 1
            ) AS any_row
            WHERE page.number > 0
        ) AS told ON true
        ORDER BY told.version DESC, told.change_id DESC"
    ),
    types: &[
        Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::INT8, Type::UUID, Type::INT8, Type::INT8,
        Type::TIMESTAMPTZ,
    ],
};

/// A page of at most `limit` changes of the caller's tasks after `after`; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn list_changes(
    db: &Db,
    caller: &Caller,
    after: Option<Place>,
    limit: u8,
) -> Result<Option<Read<ChangePage>>, DbError> {
    let [user, credential, generation, now] = caller.values();
    let (version, id) = after.map_or((i64::MAX, Uuid::max()), |place| (place.version, place.id.0));
    // One more than is given says whether there is a next page.
    let rows = i64::from(limit) + 1;
    let told = i64::try_from(TOLD_TASKS).unwrap_or(i64::MAX);
    let since = kept_since(caller.now);
    let rows = db
        .query(
            &LIST,
            &[
                user, credential, generation, now, &version, &id, &rows, &told, &since,
            ],
        )
        .await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let mut page = ChangePage::default();
    for row in rows.iter().take(limit.into()) {
        let Some((place, change)) = change(row)? else {
            break;
        };
        page.next = Some(place);
        page.ends.push(kept_until(change.at));
        page.changes.push(change);
    }
    if rows.len() <= limit.into() {
        page.next = None;
    }
    Ok(Some(Read {
        found: page,
        version: first.try_get(0)?,
    }))
}

fn change(row: &Row) -> Result<Option<(Place, Change)>, DbError> {
    // After the user's version.
    let mut columns = Columns::from(row, 1);
    let Some(version) = columns.read()? else {
        return Ok(None);
    };
    let id = ChangeId(columns.read()?);
    let (at, by, action) = (columns.read()?, columns.read()?, columns.read()?);
    let undoes = columns.read::<Option<Uuid>>()?.map(ChangeId);
    let task_ids: Vec<_> = columns
        .read::<Vec<Uuid>>()?
        .into_iter()
        .map(TaskId)
        .collect();
    let rows: Vec<Value> = columns.read()?;
    let (mut before, mut after) = (FieldsOfTasks::new(), FieldsOfTasks::new());
    for (id, row) in task_ids.iter().zip(&rows) {
        let (was, is) = shown(row.get(0), row.get(1));
        let tell = |all: &mut FieldsOfTasks, fields: Shown| {
            all.extend(fields.map(|fields| (*id, fields)));
        };
        tell(&mut before, was);
        tell(&mut after, is);
    }
    let change = Change {
        id,
        at,
        by,
        action,
        task_ids,
        before: Some(before).filter(|tasks| !tasks.is_empty()),
        after: Some(after).filter(|tasks| !tasks.is_empty()),
        undoes,
    };
    Ok(Some((Place { version, id }, change)))
}
