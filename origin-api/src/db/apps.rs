//! Apps: rows of `sessions` of the kind `app`, as their user sees them.

use shared_types::app::App;
use shared_types::id::CredentialId;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::oauth::codes::rights;
use super::{Caller, Db, DbError, Read, Statement};

/// The caller's apps that hold, the newest first; `None` when the credential does not hold. By `sessions_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn list_apps(db: &Db, caller: &Caller) -> Result<Option<Read<Vec<App>>>, DbError> {
    const SQL: Statement = Statement {
        name: "list_apps",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            "
            SELECT credential.version, sessions.id, sessions.name, sessions.scopes, sessions.audience,
                sessions.created_at, sessions.last_used_on
            FROM credential
            LEFT JOIN sessions ON sessions.user_id = $1
                AND sessions.kind = 'app'
                AND sessions.generation = $3
                AND sessions.revoked_at IS NULL
                AND sessions.expires_at > $4
            ORDER BY sessions.created_at DESC, sessions.id DESC"
        ),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    let rows = db.query(&SQL, &caller.values()).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let version = first.try_get("version")?;
    let found = rows.iter().map(app).filter_map(Result::transpose);
    Ok(Some(Read {
        found: found.collect::<Result<_, _>>()?,
        version,
    }))
}

/// The app of a row; none in the one row of a user without apps.
fn app(row: &Row) -> Result<Option<App>, DbError> {
    let Some(id) = row.try_get("id")? else {
        return Ok(None);
    };
    Ok(Some(App {
        id: CredentialId(id),
        client_name: row.try_get("name")?,
        scopes: rights(row)?.scopes,
        allowed_at: row.try_get("created_at")?,
        last_used_on: row.try_get("last_used_on")?,
    }))
}
