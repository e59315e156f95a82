//! What the gates are still to be told (`gate_effects`), for all users at once: like the clean-up, these follow an index
//! by age, take rows that nobody else has locked, and end soon.
//!
//! A claim names no user because nobody asks for it: the rows of a user who never comes back must be delivered too.

use jiff::Timestamp;
use shared_types::gate::{GateEffects, Invalidation};
use shared_types::id::UserId;
use tokio_postgres::types::{Json, ToSql, Type};
use uuid::Uuid;

use super::{Db, DbError, Statement};

/// What a gate is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Whose gate it is.
    pub user: UserId,
    /// Under which id it is kept.
    pub id: Uuid,
    /// The user's version after the change.
    pub version: i64,
    /// What has changed.
    pub effects: GateEffects,
    /// When it did.
    pub created_at: Timestamp,
}

impl Delivery {
    /// What is sent, of the data `epoch`.
    pub fn news(&self, epoch: Option<Uuid>) -> Invalidation {
        Invalidation {
            user: self.user,
            version: self.version,
            epoch: epoch.map(|epoch| epoch.to_string()),
            effects: Some(self.effects.clone()),
        }
    }
}

/// Up to `most` deliveries that are due `now`. Each is due again after some seconds, twice as many each time and five
/// minutes at most, so that another origin takes it over when this one is gone. By `gate_effects_due`.
///
/// # Errors
/// See [`DbError`].
pub async fn claim_deliveries(
    db: &Db,
    now: Timestamp,
    most: i64,
) -> Result<Vec<Delivery>, DbError> {
    const SQL: Statement = Statement {
        name: "claim_deliveries",
        sql: "WITH due AS MATERIALIZED (
                SELECT user_id, id
                FROM gate_effects
                WHERE deliver_after <= $1
                ORDER BY deliver_after
                LIMIT $2
                FOR UPDATE SKIP LOCKED
            )
            UPDATE gate_effects
            SET attempts = gate_effects.attempts + 1,
                deliver_after = $1
                    + least(interval '10 seconds' * power(2, least(gate_effects.attempts, 10)), interval '5 minutes')
            FROM due
            WHERE gate_effects.user_id = due.user_id AND gate_effects.id = due.id
            RETURNING gate_effects.user_id, gate_effects.id, gate_effects.version, gate_effects.effects,
                gate_effects.created_at",
        types: &[Type::TIMESTAMPTZ, Type::INT8],
    };
    let rows = db.query(&SQL, &[&now, &most]).await?;
    let delivery = |row: &tokio_postgres::Row| {
        let Json(effects) = row.try_get("effects")?;
        Ok(Delivery {
            user: UserId(row.try_get("user_id")?),
            id: row.try_get("id")?,
            version: row.try_get("version")?,
            effects,
            created_at: row.try_get("created_at")?,
        })
    };
    rows.iter().map(delivery).collect()
}

/// Forgets deliveries that have arrived, or that nobody needs any more. By `gate_effects_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn forget_deliveries(db: &Db, deliveries: &[&Delivery]) -> Result<(), DbError> {
    const SQL: Statement = Statement {
        name: "forget_deliveries",
        sql: "DELETE FROM gate_effects
            USING unnest($1, $2) AS told (user_id, id)
            WHERE gate_effects.user_id = told.user_id AND gate_effects.id = told.id",
        types: &[Type::UUID_ARRAY, Type::UUID_ARRAY],
    };
    let users: Vec<Uuid> = deliveries.iter().map(|delivery| delivery.user.0).collect();
    let ids: Vec<Uuid> = deliveries.iter().map(|delivery| delivery.id).collect();
    let values: [&(dyn ToSql + Sync); 2] = [&users, &ids];
    db.query(&SQL, &values).await.map(|_| ())
}
