//! `oauth_codes`: what a user has allowed, until the app comes for it.
//!
//! A code is exchanged once. Whoever shows it again with everything else that proves it to be the same app ends what
//! came of it: two hold what one was given (RFC 6749 §4.1.2). Whoever lacks the proof learns and changes nothing, so that
//! an address that leaked ends nobody's grant.

use jiff::Timestamp;
use shared_types::gate::GateEffects;
use shared_types::id::{CredentialId, UserId};
use shared_types::scope::Scopes;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use crate::db::gate_effects::{Telling, effects, revoked, told};
use crate::db::login::Charge;
use crate::db::throttles::{retry_after, tried};
use crate::db::{Caller, Db, DbError, Statement};
use crate::domain::oauth::client::Client;
use crate::domain::oauth::request::Asked;
use crate::domain::tokens::{Audience, Grant, Rights};

/// Who is asked to allow something.
pub struct Consenter {
    /// The address of the account.
    pub email: String,
}

/// The account of the caller, who is about to decide; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn find_consenter(db: &Db, caller: &Caller) -> Result<Option<Consenter>, DbError> {
    const SQL: Statement = Statement {
        name: "find_consenter",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            "
            SELECT users.email
            FROM credential
            JOIN users ON users.user_id = credential.user_id
            WHERE users.user_id = $1"
        ),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    let row = db.query_opt(&SQL, &caller.values()).await?;
    row.map(|row| {
        Ok(Consenter {
            email: row.try_get("email")?,
        })
    })
    .transpose()
}

/// A code about to be stored.
pub struct NewCode<'a> {
    /// SHA-256 of its text.
    pub hash: [u8; 32],
    /// The id of the grant that will come of it.
    pub grant: CredentialId,
    /// Whom it is for.
    pub client: &'a Client,
    /// Where it is sent.
    pub redirect_uri: &'a str,
    /// What was allowed.
    pub asked: &'a Asked,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Stores a code for what the caller allows; whether the credential holds. A registration that is allowed something
/// stays.
///
/// # Errors
/// See [`DbError`].
pub async fn create_code(db: &Db, caller: &Caller, code: &NewCode<'_>) -> Result<bool, DbError> {
    const SQL: Statement = Statement {
        name: "create_code",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            ", kept AS (
                UPDATE oauth_clients
                SET expires_at = NULL
                FROM credential
                WHERE oauth_clients.client_id = $7
                    AND oauth_clients.kind = 'dynamic'
                    AND oauth_clients.expires_at IS NOT NULL
            )
            INSERT INTO oauth_codes (code_hash, user_id, generation, session_id, client_id, client_name, redirect_uri,
                code_challenge, scopes, audience, created_at, expires_at)
            SELECT $5, user_id, $3, $6, $7, $8, $9, $10, $11, $12, $4, $13
            FROM credential
            RETURNING 1"
        ),
        types: &[
            Type::UUID,
            Type::UUID,
            Type::INT8,
            Type::TIMESTAMPTZ,
            Type::BYTEA,
            Type::UUID,
            Type::TEXT,
            Type::TEXT,
            Type::TEXT,
            Type::TEXT,
            Type::TEXT,
            Type::TEXT,
            Type::TIMESTAMPTZ,
        ],
    };
    let [user, credential, generation, now] = caller.values();
    let values: [&(dyn ToSql + Sync); 13] = [
        user,
        credential,
        generation,
        now,
        &code.hash.as_slice(),
        &code.grant.0,
        &code.client.id,
        &code.client.name,
        &code.redirect_uri,
        &code.asked.challenge,
        &code.asked.scopes.to_string(),
        &code.asked.audience.as_str(),
        &code.expires_at,
    ];
    Ok(db.query_opt(&SQL, &values).await?.is_some())
}

/// A code as an app shows it, with all that proves it to be the app.
pub struct Shown<'a> {
    /// SHA-256 of its text.
    pub hash: [u8; 32],
    /// The client, which has proven itself.
    pub client_id: &'a str,
    /// Where the code was sent.
    pub redirect_uri: &'a str,
    /// What its verifier answers, if it has shown one.
    pub challenge: Option<&'a str>,
    /// The audience that it names, if it names one.
    pub audience: Option<Audience>,
    /// SHA-256 of the refresh token that it is given.
    pub refresh_hash: [u8; 32],
    /// When the grant ends unless it is refreshed.
    pub idles_at: Timestamp,
    /// When the grant ends for good.
    pub ends_at: Timestamp,
}

/// What came of showing a code.
#[derive(Debug)]
pub enum Exchanged {
    /// A grant.
    Granted(Grant, Rights),
    /// The code had been used: what came of it has ended.
    Reused(GateEffects),
    /// The code is for another audience than the one named; it was not used.
    OtherAudience,
    /// The code does not hold.
    Refused,
    /// There have been too many from there that did not hold; for so many seconds.
    Limited(u32),
}

/// Whatever happens to the grant happens before or after the exchange.
const LOCK: Statement = Statement {
    name: "lock_exchanged",
    sql: "SELECT FROM users
        WHERE user_id = (SELECT user_id FROM oauth_codes WHERE code_hash = $1)
        FOR NO KEY UPDATE",
    types: &[Type::BYTEA],
};

/// `$1` to `$4` are the code and its proof, `$5` the audience, `$6` to `$8` what the grant begins with, `$9` and `$10` the
/// telling, `$11` to `$13` what a failure is charged to.
const EXCHANGE: Statement = Statement {
    name: "exchange_code",
    sql: concat!(
        "WITH verdict AS (
            SELECT oauth_codes.user_id, oauth_codes.session_id, oauth_codes.client_id, oauth_codes.client_name,
                oauth_codes.scopes, oauth_codes.audience, users.generation,
                CASE
                    WHEN oauth_codes.used_at IS NOT NULL THEN 'reuse'
                    WHEN oauth_codes.audience <> $5 THEN 'other_audience'
                    ELSE 'exchange'
                END AS outcome
            FROM oauth_codes
            JOIN users ON users.user_id = oauth_codes.user_id
            WHERE oauth_codes.code_hash = $1
                AND oauth_codes.client_id = $2
                AND oauth_codes.redirect_uri = $3
                AND oauth_codes.code_challenge IS NOT DISTINCT FROM $4
                AND users.disabled_at IS NULL
                AND users.generation = oauth_codes.generation
                AND (oauth_codes.expires_at > $10 OR oauth_codes.used_at IS NOT NULL)
                -- What came of it may have ended already; then there is nothing to end.
                AND (oauth_codes.used_at IS NULL OR EXISTS (
                    SELECT FROM sessions
                    WHERE sessions.user_id = oauth_codes.user_id
                        AND sessions.id = oauth_codes.session_id
                        AND sessions.revoked_at IS NULL
                ))
        ), used AS (
            UPDATE oauth_codes
            SET used_at = $10
            FROM verdict
            WHERE oauth_codes.code_hash = $1
                AND oauth_codes.user_id = verdict.user_id
                AND verdict.outcome = 'exchange'
        ), session AS (
            INSERT INTO sessions (user_id, id, kind, name, scopes, client_id, audience, created_at, expires_at, ends_at,
                generation)
            SELECT user_id, session_id, 'app', client_name, scopes, client_id, audience, $10, $7, $8, generation
            FROM verdict
            WHERE outcome = 'exchange'
        ), refresh AS (
            INSERT INTO refresh_tokens (token_hash, user_id, session_id, created_at, expires_at)
            SELECT $6, user_id, session_id, $10, $7
            FROM verdict
            WHERE outcome = 'exchange'
        ), bumped AS (
            UPDATE users
            SET version = users.version + 1
            FROM verdict
            WHERE users.user_id = verdict.user_id AND verdict.outcome = 'reuse'
            RETURNING users.user_id, users.version
        ), ended AS (
            UPDATE sessions
            SET revoked_at = $10
            FROM verdict, bumped
            WHERE sessions.user_id = bumped.user_id AND sessions.id = verdict.session_id
            RETURNING ",
        revoked!("sessions", "$10"),
        " AS revoked
        ), changed AS (
            SELECT bumped.user_id, bumped.version, NULL::bigint AS generation,
                jsonb_build_array(ended.revoked) AS revoke, false AS purge
            FROM bumped, ended
        ), ",
        told!("changed", "$9", "$10"),
        ", ",
        tried!(
            "counted",
            "$11",
            "$10",
            "$12",
            "$13",
            "WHERE NOT EXISTS (SELECT FROM verdict)"
        ),
        "
        SELECT
            CASE
                WHEN verdict.outcome IS NOT NULL THEN verdict.outcome
                WHEN EXISTS (SELECT FROM counted) THEN 'refused'
                ELSE 'limited'
            END AS outcome,
            verdict.user_id, verdict.session_id, verdict.generation, verdict.scopes, verdict.audience, told.effects,
            ",
        retry_after!("$11", "$10", "$13"),
        " AS retry_after
        FROM (VALUES (1)) AS one
        LEFT JOIN verdict ON true
        LEFT JOIN told ON true"
    ),
    types: &[
        Type::BYTEA,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::BYTEA,
        Type::TIMESTAMPTZ,
        Type::TIMESTAMPTZ,
        Type::UUID,
        Type::TIMESTAMPTZ,
        Type::BYTEA,
        Type::INT8,
        Type::INT8,
    ],
};

/// Exchanges a code for a grant; one that does not hold is charged to `failure`. By `oauth_codes_pkey`, `users_pkey` and
/// `sessions_pkey`, in one transaction that waits for every other change of the user's.
///
/// # Errors
/// See [`DbError`].
pub async fn exchange_code(
    db: &Db,
    shown: &Shown<'_>,
    telling: Telling,
    failure: &Charge,
) -> Result<Exchanged, DbError> {
    let hash = shown.hash.as_slice();
    let values: [&(dyn ToSql + Sync); 13] = [
        &hash,
        &shown.client_id,
        &shown.redirect_uri,
        &shown.challenge,
        &shown.audience.map(Audience::as_str),
        &shown.refresh_hash.as_slice(),
        &shown.idles_at,
        &shown.ends_at,
        &telling.id,
        &telling.at,
        &failure.subject.as_slice(),
        &failure.rate.interval_us(),
        &failure.rate.slack_us(),
    ];
    let rows = db
        .query_after((&LOCK, &[&hash]), &EXCHANGE, &values)
        .await?;
    let [row] = rows.as_slice() else {
        return Err(DbError::unexpected("an exchange gave no row, or several"));
    };
    match row.try_get("outcome")? {
        "exchange" => {
            let grant = Grant {
                user: UserId(row.try_get("user_id")?),
                session: CredentialId(row.try_get("session_id")?),
                generation: row.try_get("generation")?,
                expires_at: shown.idles_at,
            };
            Ok(Exchanged::Granted(grant, rights(row)?))
        }
        "reuse" => {
            let effects = effects(row)?;
            let effects = effects.ok_or_else(|| DbError::unexpected("an end without effects"));
            Ok(Exchanged::Reused(effects?))
        }
        "other_audience" => Ok(Exchanged::OtherAudience),
        "refused" => Ok(Exchanged::Refused),
        "limited" => {
            let seconds: i64 = row.try_get("retry_after")?;
            Ok(Exchanged::Limited(
                u32::try_from(seconds).map_err(DbError::unexpected)?,
            ))
        }
        outcome => Err(DbError::unexpected(format!("an exchange gave {outcome}"))),
    }
}

/// The columns `scopes` and `audience` of a row.
///
/// # Errors
/// When they hold what no release has written.
pub fn rights(row: &Row) -> Result<Rights, DbError> {
    let (scopes, audience): (&str, &str) = (row.try_get("scopes")?, row.try_get("audience")?);
    let audience = Audience::ALL
        .into_iter()
        .find(|known| known.as_str() == audience);
    match (Scopes::parse(scopes), audience) {
        (Some(scopes), Some(audience)) => Ok(Rights { scopes, audience }),
        _ => Err(DbError::unexpected(
            "scopes or an audience that no release has written",
        )),
    }
}
