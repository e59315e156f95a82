//! What an error of the database means for whoever waits for the answer.

use std::error::Error as StdError;
use std::fmt;

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use super::late;
use crate::error::{Error, Source};

/// Why a statement gave no rows.
#[derive(Debug)]
pub enum DbError {
    /// The database is away, restarting, full or too slow: worth another try soon.
    Unavailable(Source),
    /// A named constraint refused the change; see [`OnConstraint`].
    Constraint {
        /// The constraint's name.
        name: String,
        /// What PostgreSQL said.
        source: Source,
    },
    /// PostgreSQL asks for the transaction to be run again (40001, 40P01).
    Serialization(Source),
    /// A fault of ours: a statement, a type or a row that is not as expected.
    Unexpected(Source),
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(_) => f.write_str("the database is unavailable"),
            Self::Constraint { name, .. } => write!(f, "the constraint {name} refused the change"),
            Self::Serialization(_) => {
                f.write_str("the transaction was in conflict with others, repeatedly")
            }
            Self::Unexpected(_) => f.write_str("a statement failed"),
        }
    }
}

impl StdError for DbError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Unavailable(source)
            | Self::Constraint { source, .. }
            | Self::Serialization(source)
            | Self::Unexpected(source) => Some(source.as_ref()),
        }
    }
}

impl DbError {
    /// Sorts what tokio-postgres says about the statement `name`.
    pub(super) fn of(name: &'static str, error: tokio_postgres::Error) -> Self {
        let Some(database) = error.as_db_error() else {
            let lost = error.is_closed() || comes_from_io(&error);
            return if lost {
                Self::Unavailable(error.into())
            } else {
                Self::Unexpected(Named(name, error).into())
            };
        };
        let code = database.code();
        if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
        {
            return Self::Serialization(error.into());
        }
        if *code == SqlState::INVALID_ARGUMENT_FOR_POWER_FUNCTION {
            return late::too_late();
        }
        if is_outage(code) {
            return Self::Unavailable(error.into());
        }
        match database.constraint() {
            Some(constraint) if code.code().starts_with("23") => Self::Constraint {
                name: constraint.to_owned(),
                source: Named(name, error).into(),
            },
            _ => Self::Unexpected(Named(name, error).into()),
        }
    }

    /// Whether the statement named a table that is not there (42P01).
    pub fn is_undefined_table(&self) -> bool {
        let Self::Unexpected(cause) = self else {
            return false;
        };
        let named = cause.downcast_ref::<Named>();
        named.is_some_and(|Named(_, error)| error.code() == Some(&SqlState::UNDEFINED_TABLE))
    }

    /// A fault of ours, said in words.
    pub fn unexpected(what: impl Into<Source>) -> Self {
        Self::Unexpected(what.into())
    }
}

/// Reading a column failed: the statement and the code disagree.
impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::of("a row", error)
    }
}

/// No connection could be had: whatever the reason, the next try may find one.
impl From<PoolError> for DbError {
    fn from(error: PoolError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// An unforeseen constraint is a fault of ours, so a caller that foresees one says so first. One is foreseen for all:
/// what refers to a user cannot be written once the user is gone, whose credential held when the statement began.
impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Constraint { name, .. } if name.ends_with("_user_fkey") => {
                Self::Unauthenticated
            }
            DbError::Unavailable(_) | DbError::Serialization(_) => Self::Unavailable(error.into()),
            DbError::Constraint { .. } | DbError::Unexpected(_) => Self::Internal(error.into()),
        }
    }
}

/// Turns the refusal of one named constraint into the caller's error, beside the statement.
pub trait OnConstraint<T> {
    /// `error` when the constraint `name` refused the change; every other error as usual.
    ///
    /// # Errors
    /// As described.
    fn on_constraint(self, name: &str, error: impl FnOnce() -> Error) -> Result<T, Error>;
}

impl<T> OnConstraint<T> for Result<T, DbError> {
    fn on_constraint(self, name: &str, error: impl FnOnce() -> Error) -> Result<T, Error> {
        self.map_err(|failure| match failure {
            DbError::Constraint { name: refused, .. } if refused == name => error(),
            other => other.into(),
        })
    }
}

/// Whether another try may succeed though nothing is changed: the server or its connection is away, it
/// has no room, something took too long, or it has become a standby (PostgreSQL, appendix A).
fn is_outage(code: &SqlState) -> bool {
    let code = code.code();
    let class = code.get(..2).unwrap_or_default();
    // Connection exceptions, insufficient resources.
    matches!(class, "08" | "53")
        // query_canceled, admin_shutdown, crash_shutdown, cannot_connect_now
        || matches!(code, "57014" | "57P01" | "57P02" | "57P03")
        // read_only_sql_transaction, idle_in_transaction_session_timeout, transaction_timeout, lock_not_available
        || matches!(code, "25006" | "25P03" | "25P04" | "55P03")
}

fn comes_from_io(error: &tokio_postgres::Error) -> bool {
    let mut cause = StdError::source(error);
    while let Some(error) = cause {
        if error.is::<std::io::Error>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// An error with the statement's name, for the log.
#[derive(Debug)]
struct Named(&'static str, tokio_postgres::Error);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for Named {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.1)
    }
}
