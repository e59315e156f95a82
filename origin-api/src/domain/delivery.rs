//! How long a gate has to be told something.

use jiff::{SignedDuration, Timestamp};
use shared_types::gate::GateEffects;

/// Every credential that was there when it happened has ended by then: no API key lives longer than a year.
const LONGEST: SignedDuration = SignedDuration::from_hours(367 * 24);

/// Whether `effects` of `created_at` need not be told `now` any more: what they revoke has ended by itself.
///
/// There is no other end. An edge that is away for a week is told afterwards all the same, since nothing else would tell
/// it: a gate asks for its state once in its life.
pub fn is_over(effects: &GateEffects, created_at: Timestamp, now: Timestamp) -> bool {
    let of_all = effects.generation.is_some() || effects.purge;
    let has_ended = |until: i64| until <= now.as_second();
    now.duration_since(created_at) > LONGEST
        || (!of_all
            && effects
                .revoke
                .iter()
                .all(|revoked| has_ended(revoked.until)))
}

#[cfg(test)]
mod tests {
    use shared_types::gate::Revoked;
    use shared_types::id::{CredentialId, UserId};
    use uuid::Uuid;

    use super::*;

    fn revoked(ends: &[i64]) -> GateEffects {
        let revoked = |until: &i64| Revoked {
            id: CredentialId(Uuid::from_u128(1)),
            until: *until,
        };
        GateEffects {
            user: UserId(Uuid::from_u128(2)),
            generation: None,
            revoke: ends.iter().map(revoked).collect(),
            purge: false,
        }
    }

    #[test]
    fn what_is_revoked_is_told_until_the_last_of_it_has_ended() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let over = |effects: &GateEffects, now| is_over(effects, at(0), at(now));
        assert!(!over(&revoked(&[10, 20]), 19));
        assert!(over(&revoked(&[10, 20]), 20));
        let generation = GateEffects {
            generation: Some(2),
            ..revoked(&[10])
        };
        let purge = GateEffects {
            purge: true,
            ..revoked(&[10])
        };
        let year = 366 * 24 * 3600;
        for effects in [generation, purge] {
            assert!(!over(&effects, year));
            assert!(over(&effects, year + 2 * 24 * 3600));
        }
    }
}
