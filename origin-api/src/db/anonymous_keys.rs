//! The answers kept for requests without a credential: wishes for a link, and the following of one.
//!
//! No user can be named to look a key up by. It is looked up together with what the request names: the link, whose
//! token only its reader has; or an e-mail address and the client's address, whether or not an account is there. So a
//! key says nothing to anybody else, and nothing about accounts.

use shared_types::gate::GateEffects;
use tokio_postgres::types::{ToSql, Type};

use super::gate_effects::effects;
use super::throttles::{Subject, subject};
use super::{Db, DbError, Key, Statement};
use crate::domain::client_address::ClientAddress;

/// Under what such an answer is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnonymousKey {
    /// Of the caller's key and what the request names.
    pub subject: Subject,
    /// Of the whole request.
    pub request_hash: [u8; 32],
}

impl AnonymousKey {
    /// For a wish for a link to `email`.
    pub fn of_wish(email: &str, client: &ClientAddress, key: &Key) -> Self {
        Self::new("key, wish", &[email, client.as_str(), &key.key], key)
    }

    /// For the link that carries `token`.
    pub fn of_link(token: &str, key: &Key) -> Self {
        Self::new("key, link", &[token, &key.key], key)
    }

    fn new(purpose: &str, parts: &[&str], key: &Key) -> Self {
        Self {
            subject: subject(purpose, parts),
            request_hash: key.request_hash,
        }
    }
}

/// The values of the parameters `$subject` and `$hash` of [`kept!`].
pub(super) fn values(key: Option<&AnonymousKey>) -> (Option<&[u8]>, Option<&[u8]>) {
    let subject = key.map(|key| key.subject.as_slice());
    (subject, key.map(|key| key.request_hash.as_slice()))
}

/// The common table expression `kept`: keeps the answer under the key, if there is one, when `$source`, the rest of a
/// query from `FROM` on, gives a row. `$user` and `$effects` are expressions over it. A key that is there already
/// violates `anonymous_keys_pkey`.
macro_rules! kept {
    ($subject:literal, $hash:literal, $user:literal, $effects:literal, $source:literal) => {
        concat!(
            "kept AS (
                INSERT INTO anonymous_keys (subject, request_hash, user_id, effects)
                SELECT ",
            $subject,
            ", ",
            $hash,
            ", ",
            $user,
            ", ",
            $effects,
            "
                FROM ",
            $source,
            "
                WHERE ",
            $subject,
            " IS NOT NULL
            )"
        )
    };
}

pub(super) use kept;

/// What an earlier request under the same key means for this one.
#[derive(Debug, PartialEq, Eq)]
pub enum Earlier {
    /// It was this very request; what its answer told the gate.
    Same(Option<GateEffects>),
    /// It was another request.
    Other,
}

/// The earlier request under `key`, if there was one; by `anonymous_keys_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn find_answer(db: &Db, key: &AnonymousKey) -> Result<Option<Earlier>, DbError> {
    const SQL: Statement = Statement {
        name: "find_answer",
        sql: "SELECT request_hash = $2 AS is_same, effects FROM anonymous_keys WHERE subject = $1",
        types: &[Type::BYTEA, Type::BYTEA],
    };
    let (subject, request_hash) = (key.subject.as_slice(), key.request_hash.as_slice());
    let values: [&(dyn ToSql + Sync); 2] = [&subject, &request_hash];
    let Some(row) = db.query_opt(&SQL, &values).await? else {
        return Ok(None);
    };
    Ok(Some(if row.try_get("is_same")? {
        Earlier::Same(effects(&row)?)
    } else {
        Earlier::Other
    }))
}
