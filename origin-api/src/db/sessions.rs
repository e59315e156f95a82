//! Sessions: what a login makes, who is logged in, and that a credential was used.

use jiff::Timestamp;
use jiff::civil::Date;
use shared_types::id::{CredentialId, UserId};
use shared_types::session::{Session, SessionKind};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::login::{Charge, Charges};
use super::throttles::{retry_after, subject, tried};
use super::{Caller, Db, DbError, Key, Read, Statement};
use crate::domain::rate::Rate;

/// A session about to be stored.
pub struct NewSession {
    /// Whose it is.
    pub user: UserId,
    /// Its own id, `sid` of its tokens.
    pub id: CredentialId,
    /// In which form it is kept.
    pub kind: SessionKind,
    /// What the caller said it is.
    pub user_agent: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends unless it is refreshed.
    pub expires_at: Timestamp,
    /// When it ends for good.
    pub ends_at: Timestamp,
    /// SHA-256 of the refresh token, the only thing of it that is stored; a cookie has none.
    pub refresh_hash: Option<[u8; 32]>,
    /// What it counts towards: [`sessions_begun`].
    pub charge: Charge,
}

/// What the sessions that a user begins are charged to. Each is remembered until it would have ended, though a logout
/// comes at once: here, in the list of sessions until then, and by the user's gate after it. Only who has the password
/// can use it up.
pub fn sessions_begun(user: UserId, rate: Rate) -> Charge {
    Charge {
        subject: subject("sessions", &[&user.to_string()]),
        rate,
    }
}

/// The password that a login was checked against.
pub struct Checked<'a> {
    /// As stored when it was read.
    pub hash: &'a str,
    /// What to store in its place, where it was made with less work than is usual today.
    pub stronger: Option<&'a str>,
}

/// What came of a login with the right password.
#[derive(Debug, PartialEq, Eq)]
pub enum Begun {
    /// The session is stored.
    Done {
        /// The user's generation.
        generation: i64,
    },
    /// The key was used for another request; nothing was stored.
    KeyReused,
    /// The user has begun too many; another may begin after so many seconds.
    Limited(u32),
    /// The password has changed since it was read.
    OtherPassword,
}

/// Stores a session unless the user has begun too many, which is counted here; see [`create_session`].
const CREATE: Statement = Statement {
    name: "create_session",
    sql: concat!("WITH account AS (
            SELECT user_id, generation
            FROM users
            WHERE user_id = $1 AND password_hash = $9 AND disabled_at IS NULL
        ), asked AS (
            SELECT user_id, generation
            FROM account
            WHERE NOT EXISTS (
                SELECT FROM idempotency_keys
                WHERE user_id = $1 AND key = $16 AND request_hash <> $17
            )
        ), ", tried!("charged", "$18", "$5", "$19", "$20", "FROM asked"), ", owner AS (
            SELECT user_id, generation
            FROM asked
            WHERE EXISTS (SELECT FROM charged)
        ), kept AS (
            INSERT INTO idempotency_keys (user_id, key, request_hash, answered_at)
            SELECT user_id, $16, $17, $5
            FROM owner
            WHERE $16 IS NOT NULL
            ON CONFLICT (user_id, key) DO NOTHING
        ), session AS (
            INSERT INTO sessions (user_id, id, kind, user_agent, created_at, last_used_on, expires_at, ends_at,
                generation)
            SELECT user_id, $2, $3, $4, $5, ($5 AT TIME ZONE 'UTC')::date, $6, $7, generation
            FROM owner
        ), refresh AS (
            INSERT INTO refresh_tokens (token_hash, user_id, session_id, created_at, expires_at)
            SELECT $8, user_id, $2, $5, $6
            FROM owner
            WHERE $8 IS NOT NULL
        ), hashed_anew AS (
            UPDATE users
            SET password_hash = $10
            FROM owner
            WHERE users.user_id = $1 AND users.password_hash = $9 AND $10 IS NOT NULL
        ), taken_back AS (
            UPDATE throttles
            SET arrival = throttles.arrival - $13 * interval '1 microsecond'
            FROM account
            WHERE throttles.subject = $12
            RETURNING 1
        ), taken_back_too AS (
            UPDATE throttles
            SET arrival = throttles.arrival - $15 * interval '1 microsecond'
            FROM account
            -- In this order, as they were locked when they were charged.
            WHERE throttles.subject = $14 AND (SELECT count(*) FROM taken_back) >= 0
        ), known AS (
            INSERT INTO known_addresses (user_id, address_hash, last_login_at)
            SELECT user_id, $11, $5
            FROM owner
            ON CONFLICT (user_id, address_hash) DO UPDATE
            SET last_login_at = greatest(known_addresses.last_login_at, excluded.last_login_at)
        )
        SELECT account.generation, asked.user_id IS NULL AS is_key_reused,
            CASE WHEN owner.user_id IS NULL THEN ", retry_after!("$18", "$5", "$20"), " END AS retry_after
        FROM account
        LEFT JOIN asked ON true
        LEFT JOIN owner ON true"),
    types: &[
        Type::UUID, Type::UUID, Type::TEXT, Type::TEXT, Type::TIMESTAMPTZ, Type::TIMESTAMPTZ, Type::TIMESTAMPTZ,
        Type::BYTEA, Type::TEXT, Type::TEXT, Type::BYTEA, Type::BYTEA, Type::INT8, Type::BYTEA, Type::INT8,
        Type::TEXT, Type::BYTEA, Type::BYTEA, Type::INT8, Type::INT8,
    ],
};

/// Stores a session and its refresh token; not when the password has changed since it was read, so that a login cannot
/// slip past a reset: and should a reset come between this statement's snapshot and its end, then the session is of an
/// older generation.
///
/// The tries of `charges` are taken back, and their client address is known from now on. Under `key` only the request
/// is kept: the same one begins a session again, for the tokens of the first are stored nowhere.
///
/// # Errors
/// See [`DbError`].
pub async fn create_session(
    db: &Db,
    session: &NewSession,
    password: &Checked<'_>,
    charges: &Charges,
    key: Option<&Key>,
) -> Result<Begun, DbError> {
    let refresh_hash = session.refresh_hash.as_ref().map(<[u8; 32]>::as_slice);
    let per_email = Some(&charges.per_email).filter(|_| !charges.is_known);
    let values: [&(dyn ToSql + Sync); 20] = [
        &session.user.0,
        &session.id.0,
        &kind_name(session.kind),
        &session.user_agent,
        &session.created_at,
        &session.expires_at,
        &session.ends_at,
        &refresh_hash,
        &password.hash,
        &password.stronger,
        &charges.address.as_slice(),
        &charges.per_address.subject.as_slice(),
        &charges.per_address.rate.interval_us(),
        &per_email.map(|limit| limit.subject.as_slice()),
        &per_email.map(|limit| limit.rate.interval_us()),
        &key.map(|key| key.key.as_str()),
        &key.map(|key| key.request_hash.as_slice()),
        &session.charge.subject.as_slice(),
        &session.charge.rate.interval_us(),
        &session.charge.rate.slack_us(),
    ];
    let Some(row) = db.query_opt(&CREATE, &values).await? else {
        return Ok(Begun::OtherPassword);
    };
    if row.try_get("is_key_reused")? {
        return Ok(Begun::KeyReused);
    }
    if let Some(seconds) = row.try_get::<_, Option<i64>>("retry_after")? {
        let seconds = u32::try_from(seconds).map_err(DbError::unexpected)?;
        return Ok(Begun::Limited(seconds));
    }
    Ok(Begun::Done {
        generation: row.try_get("generation")?,
    })
}

const fn kind_name(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Token => "token",
        SessionKind::Cookie => "cookie",
    }
}

/// The caller's logins that hold, the newest first; `None` when the credential does not hold. By `sessions_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn list_sessions(
    db: &Db,
    caller: &Caller,
) -> Result<Option<Read<Vec<Session>>>, DbError> {
    // That the present one is used today may not have been noted yet.
    const SQL: Statement = Statement {
        name: "list_sessions",
        sql: concat!(
            "WITH ", crate::credential!(), "
            SELECT credential.version, listed.id, listed.kind, listed.user_agent, listed.created_at,
                listed.id = $2 AS current,
                greatest(
                    coalesce(listed.last_used_on, (listed.created_at AT TIME ZONE 'UTC')::date),
                    CASE WHEN listed.id = $2 THEN ($4 AT TIME ZONE 'UTC')::date END
                ) AS last_used_on
            FROM credential
            LEFT JOIN (
                SELECT sessions.id, sessions.kind, sessions.user_agent, sessions.created_at, sessions.last_used_on
                FROM sessions
                WHERE sessions.user_id = $1
                    AND sessions.kind IN ('token', 'cookie')
                    AND sessions.generation = $3
                    AND sessions.revoked_at IS NULL
                    AND sessions.expires_at > $4
            ) AS listed ON true
            ORDER BY listed.created_at DESC, listed.id DESC"
        ),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    let rows = db.query(&SQL, &caller.values()).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let version = first.try_get("version")?;
    let found = rows.iter().map(session).filter_map(Result::transpose);
    Ok(Some(Read {
        found: found.collect::<Result<_, _>>()?,
        version,
    }))
}

fn session(row: &Row) -> Result<Option<Session>, DbError> {
    let Some(id) = row.try_get("id")? else {
        return Ok(None);
    };
    Ok(Some(Session {
        id: CredentialId(id),
        kind: match row.try_get("kind")? {
            "token" => SessionKind::Token,
            "cookie" => SessionKind::Cookie,
            kind => return Err(DbError::unexpected(format!("a login of the kind {kind}"))),
        },
        user_agent: row.try_get("user_agent")?,
        created_at: row.try_get("created_at")?,
        last_used_on: row.try_get("last_used_on")?,
        current: row.try_get("current")?,
    }))
}

/// Notes that a token of the caller's credential, issued at `issued_at` (Unix seconds), was used on `day`.
///
/// # Errors
/// See [`DbError`].
pub async fn note_use(db: &Db, caller: &Caller, issued_at: i64, day: Date) -> Result<(), DbError> {
    const SQL: Statement = Statement {
        name: "note_use",
        sql: "UPDATE sessions
            SET used_iat = greatest(used_iat, $3), last_used_on = greatest(last_used_on, $4)
            WHERE user_id = $1
                AND id = $2
                AND (coalesce(used_iat, 0) < $3 OR coalesce(last_used_on, '-infinity') < $4)",
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::DATE],
    };
    let values: [&(dyn ToSql + Sync); 4] = [&caller.user.0, &caller.credential.0, &issued_at, &day];
    db.query(&SQL, &values).await.map(|_| ())
}
