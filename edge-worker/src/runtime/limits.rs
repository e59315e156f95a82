//! Charging a caller's address.

use worker::{Env, console_error};

use crate::error::Error;
use crate::header::{HeaderBlock, client_address};
use crate::limit::{Limit, subject};

/// Counts one request of the caller's address, and refuses it when there were too many.
///
/// A binding that fails refuses nobody: it counts only approximately anyway, and what must not be exceeded is counted
/// by the origin.
pub(super) async fn charge(env: &Env, limit: Limit, headers: &HeaderBlock) -> Result<(), Error> {
    let subject = subject(client_address(headers));
    let counted = match env.rate_limiter(limit.binding()) {
        Ok(limiter) => limiter.limit(subject).await,
        Err(error) => Err(error),
    };
    match counted {
        Ok(outcome) if !outcome.success => Err(Error::TooMany(limit)),
        Ok(_) => Ok(()),
        Err(error) => {
            console_error!("the binding {} does not count: {error}", limit.binding());
            Ok(())
        }
    }
}
