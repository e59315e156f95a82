//! `oauth_clients`: who may ask users to be allowed something. A small global table, searched for by `client_id`.

use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use crate::db::{Db, DbError, Statement};
use crate::domain::oauth::client::{Client, Kind};

/// A client, and when it was made, for the operator.
pub struct Listed {
    /// The client.
    pub client: Client,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The client called `id`, if it holds at `now`; by `oauth_clients_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn find_client(db: &Db, id: &str, now: Timestamp) -> Result<Option<Client>, DbError> {
    const SQL: Statement = Statement {
        name: "find_client",
        sql: "SELECT client_id, kind, name, redirect_uris, secret_hash, needs_pkce
            FROM oauth_clients
            WHERE client_id = $1 AND (expires_at IS NULL OR expires_at > $2)",
        types: &[Type::TEXT, Type::TIMESTAMPTZ],
    };
    // No id has such a character, and PostgreSQL takes none.
    if id.contains('\0') {
        return Ok(None);
    }
    let row = db.query_opt(&SQL, &[&id, &now]).await?;
    row.as_ref().map(client).transpose()
}

/// Stores a client, in place of an older copy of its document; until `expires_at` where that is given.
///
/// # Errors
/// See [`DbError`].
pub async fn store_client(
    db: &Db,
    client: &Client,
    now: Timestamp,
    expires_at: Option<Timestamp>,
) -> Result<(), DbError> {
    const SQL: Statement = Statement {
        name: "store_client",
        sql: "INSERT INTO oauth_clients (client_id, kind, name, redirect_uris, secret_hash, needs_pkce, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (client_id) DO UPDATE
            SET name = excluded.name, redirect_uris = excluded.redirect_uris, expires_at = excluded.expires_at
            WHERE oauth_clients.kind = 'document' AND excluded.kind = 'document'",
        types: &[
            Type::TEXT,
            Type::TEXT,
            Type::TEXT,
            Type::TEXT_ARRAY,
            Type::BYTEA,
            Type::BOOL,
            Type::TIMESTAMPTZ,
            Type::TIMESTAMPTZ,
        ],
    };
    let values: [&(dyn ToSql + Sync); 8] = [
        &client.id,
        &client.kind.as_str(),
        &client.name,
        &client.redirect_uris,
        &client.secret_hash.as_ref().map(<[u8; 32]>::as_slice),
        &client.needs_pkce,
        &now,
        &expires_at,
    ];
    db.query(&SQL, &values).await.map(|_| ())
}

/// The operator's clients, oldest first.
///
/// # Errors
/// See [`DbError`].
pub async fn list_operator_clients(db: &Db) -> Result<Vec<Listed>, DbError> {
    const SQL: Statement = Statement {
        name: "list_operator_clients",
        sql: "SELECT client_id, kind, name, redirect_uris, secret_hash, needs_pkce, created_at
            FROM oauth_clients
            WHERE kind = 'operator'
            ORDER BY created_at, client_id",
        types: &[],
    };
    let rows = db.query(&SQL, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(Listed {
                client: client(row)?,
                created_at: row.try_get("created_at")?,
            })
        })
        .collect()
}

/// Removes a client of the operator's; whether there was one. What it was allowed can be refreshed no more.
///
/// # Errors
/// See [`DbError`].
pub async fn remove_operator_client(db: &Db, id: &str) -> Result<bool, DbError> {
    const SQL: Statement = Statement {
        name: "remove_operator_client",
        sql: "DELETE FROM oauth_clients WHERE client_id = $1 AND kind = 'operator' RETURNING 1",
        types: &[Type::TEXT],
    };
    Ok(db.query_opt(&SQL, &[&id]).await?.is_some())
}

fn client(row: &Row) -> Result<Client, DbError> {
    let kind: &str = row.try_get("kind")?;
    let kind = Kind::ALL.into_iter().find(|known| known.as_str() == kind);
    let secret_hash: Option<&[u8]> = row.try_get("secret_hash")?;
    let secret_hash = secret_hash.map(<[u8; 32]>::try_from).transpose();
    Ok(Client {
        id: row.try_get("client_id")?,
        kind: kind.ok_or_else(|| DbError::unexpected("a client of no known kind"))?,
        name: row.try_get("name")?,
        redirect_uris: row.try_get("redirect_uris")?,
        secret_hash: secret_hash.map_err(DbError::unexpected)?,
        needs_pkce: row.try_get("needs_pkce")?,
    })
}
