//! What a login is checked against, and how often it may be tried.

use jiff::Timestamp;
use shared_types::id::UserId;
use tokio_postgres::types::{ToSql, Type};

use super::throttles::{Subject, retry_after, subject, tried};
use super::{Db, DbError, Statement};
use crate::config::Rates;
use crate::domain::client_address::ClientAddress;
use crate::domain::rate::Rate;

/// The account of an address.
pub struct LoginRow {
    /// Whose account it is.
    pub user: UserId,
    /// A PHC string.
    pub password_hash: String,
    /// Whether the operator has disabled it.
    pub is_disabled: bool,
}

/// What came of looking an account up to log in.
pub enum LookedUp {
    /// The password may be tried.
    Found {
        /// The account, if the address has one.
        account: Option<LoginRow>,
        /// What was charged for the try; to be taken back when it succeeds.
        charges: Charges,
    },
    /// It was tried too often, with or without an account, for so many seconds.
    Limited(u32),
}

/// A limit that a try was charged to.
pub struct Charge {
    /// What is limited.
    pub subject: Subject,
    /// How often it may be tried.
    pub rate: Rate,
}

/// What a try to log in is charged to.
pub struct Charges {
    /// The client's address, as known addresses are stored.
    pub address: Subject,
    /// The e-mail address from this client address.
    pub per_address: Charge,
    /// The e-mail address from anywhere.
    pub per_email: Charge,
    /// Whether its owner has logged in from this client address: there nobody else's tries lock the owner out, and
    /// `per_email` is not charged.
    pub is_known: bool,
}

impl Charges {
    /// For a login to `email` from `client`.
    pub fn new(email: &str, client: &ClientAddress, rates: &Rates) -> Self {
        Self {
            address: known_address(client),
            per_address: Charge {
                subject: subject("login from", &[email, client.as_str()]),
                rate: rates.login_per_address,
            },
            per_email: Charge {
                subject: subject("login", &[email]),
                rate: rates.login_per_email,
            },
            is_known: false,
        }
    }
}

/// How a client's address is stored among those that its owner has logged in from.
pub fn known_address(client: &ClientAddress) -> Subject {
    subject("known address", &[client.as_str()])
}

/// Charges a try to log in, and gives the account of the address; by `user_emails_pkey`, `users_pkey`,
/// `known_addresses_pkey` and `throttles_pkey`. It does the same whether or not there is an account.
///
/// # Errors
/// See [`DbError`].
pub async fn find_login(
    db: &Db,
    email: &str,
    mut charges: Charges,
    now: Timestamp,
) -> Result<LookedUp, DbError> {
    const SQL: Statement = Statement {
        name: "find_login",
        sql: concat!(
            "WITH account AS (
                SELECT users.user_id, users.password_hash, users.disabled_at IS NOT NULL AS is_disabled,
                    EXISTS (
                        SELECT FROM known_addresses
                        WHERE known_addresses.user_id = users.user_id
                            AND known_addresses.address_hash = $2
                            AND known_addresses.last_login_at > $3 - interval '30 days'
                    ) AS is_known
                FROM user_emails
                JOIN users ON users.user_id = user_emails.user_id
                WHERE user_emails.email = $1
            ), ", tried!("from_address", "$4", "$3", "$5", "$6", ""), ", ",
            // Whoever may not try is not counted against the others.
            tried!("from_anywhere", "$7", "$3", "$8", "$9",
                "FROM from_address WHERE NOT EXISTS (SELECT FROM account WHERE account.is_known)"), "
            SELECT account.user_id, account.password_hash, account.is_disabled,
                coalesce(account.is_known, false) AS is_known,
                CASE WHEN NOT EXISTS (SELECT FROM from_address) THEN ", retry_after!("$4", "$3", "$6"), "
                    WHEN NOT coalesce(account.is_known, false) AND NOT EXISTS (SELECT FROM from_anywhere)
                        THEN ", retry_after!("$7", "$3", "$9"), "
                END AS retry_after
            FROM (VALUES (1)) AS one
            LEFT JOIN account ON true"
        ),
        types: &[
            Type::TEXT, Type::BYTEA, Type::TIMESTAMPTZ, Type::BYTEA, Type::INT8, Type::INT8, Type::BYTEA, Type::INT8,
            Type::INT8,
        ],
    };
    let limit = |charge: &Charge| (charge.rate.interval_us(), charge.rate.slack_us());
    let (here, anywhere) = (limit(&charges.per_address), limit(&charges.per_email));
    let values: [&(dyn ToSql + Sync); 9] = [
        &email,
        &charges.address.as_slice(),
        &now,
        &charges.per_address.subject.as_slice(),
        &here.0,
        &here.1,
        &charges.per_email.subject.as_slice(),
        &anywhere.0,
        &anywhere.1,
    ];
    let row = db.query_one(&SQL, &values).await?;
    if let Some(seconds) = row.try_get::<_, Option<i64>>("retry_after")? {
        let seconds = u32::try_from(seconds).map_err(DbError::unexpected)?;
        return Ok(LookedUp::Limited(seconds));
    }
    charges.is_known = row.try_get("is_known")?;
    let user: Option<_> = row.try_get("user_id")?;
    let account = user.map(|user| {
        Ok::<_, DbError>(LoginRow {
            user: UserId(user),
            password_hash: row.try_get("password_hash")?,
            is_disabled: row.try_get("is_disabled")?,
        })
    });
    Ok(LookedUp::Found {
        account: account.transpose()?,
        charges,
    })
}
