//! That credentials are used: on which day, for the list of sessions, and which of a session's tokens, for telling a
//! refresh token that was stolen from one whose answer was lost.
//!
//! Written the first time that this process sees a token on a day, beside the request's own statement, and before the
//! answer is sent: whoever has an answer has used the token.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use shared_types::id::CredentialId;

use super::signature::User;
use crate::db::{Db, sessions};
use crate::error::chain;

/// Uses remembered in each of the two halves; about 40 bytes each.
const HALF: usize = 8192;

/// One token of a credential on one day.
type Use = (CredentialId, i64, Date);

/// The uses that have been written. Bounded as [`Verified`](super::credential::Verified) is; what was forgotten is
/// written again, and changes nothing.
#[derive(Default)]
pub struct Uses(Mutex<Halves>);

#[derive(Default)]
struct Halves {
    newer: HashSet<Use>,
    older: HashSet<Use>,
}

impl Uses {
    /// Notes that `user` uses the credential, unless that is known. A failure is logged: the request has its own.
    pub async fn note(&self, db: &Db, user: &User) {
        let day = user.caller.now.to_zoned(TimeZone::UTC).date();
        let seen = (user.caller.credential, user.issued_at, day);
        if self.halves(|halves| halves.contains(&seen)) {
            return;
        }
        match sessions::note_use(db, &user.caller, user.issued_at, day).await {
            Ok(()) => self.halves(|halves| halves.remember(seen)),
            Err(error) => tracing::warn!(error = chain(&error), "a use was not noted"),
        }
    }

    fn halves<T>(&self, work: impl FnOnce(&mut Halves) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Halves {
    fn contains(&mut self, seen: &Use) -> bool {
        if self.newer.contains(seen) {
            return true;
        }
        let known = self.older.remove(seen);
        if known {
            self.remember(*seen);
        }
        known
    }

    fn remember(&mut self, seen: Use) {
        if self.newer.len() >= HALF {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(seen);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_goes_on_is_kept_and_what_is_kept_is_bounded() {
        let seen = |number: usize| {
            let credential = CredentialId(Uuid::from_u128(number as u128));
            (credential, 1, date(2026, 11, 22))
        };
        let mut halves = Halves::default();
        halves.remember(seen(0));
        for number in 1..5 * HALF {
            assert!(!halves.contains(&seen(number)));
            halves.remember(seen(number));
            assert!(halves.contains(&seen(0)), "after {number} others");
            assert!(halves.newer.len() + halves.older.len() <= 2 * HALF);
        }
        assert!(!halves.contains(&seen(1)));
        let (credential, issued_at, day) = seen(0);
        assert!(!halves.contains(&(credential, issued_at + 1, day)));
        assert!(!halves.contains(&(credential, issued_at, date(2026, 11, 23))));
    }
}
