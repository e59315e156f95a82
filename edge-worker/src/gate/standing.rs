//! Which of a user's credentials hold: what the user's gate knows of it, and how it learns. The gate keeps this in its
//! storage; here is only the deciding.
//!
//! Everything that is learned takes away and nothing gives back: the generation rises, revoked ids are added, a deleted
//! account stays deleted. So what arrives twice, late or out of order does no harm.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared_types::gate::{GateEffects, GateState, Revoked};
use shared_types::id::CredentialId;

/// What a gate knows of its user's credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether the origin was asked once; until then a credential that is not refused may still be a revoked one.
    asked: bool,
    /// Credentials of an older generation hold no more.
    generation: i64,
    /// Revoked credentials, and until when (Unix seconds) their tokens could be used without this.
    revoked: BTreeMap<CredentialId, i64>,
    /// The account was deleted.
    gone: bool,
}

/// Whether a credential holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// As far as the edge has to know; its row at the origin is asked with every request.
    Holds,
    /// It was revoked.
    Revoked,
    /// The origin has to be asked first.
    Unknown,
}

impl Standing {
    /// Reads what [`Self::to_json`] wrote; `None` for anything else.
    pub fn from_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The form in which it is kept.
    pub fn to_json(&self) -> String {
        // Numbers, booleans and ids only: writing cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Judges a verified credential.
    pub fn judge(&self, credential: CredentialId, generation: i64) -> Judgement {
        if self.gone || generation < self.generation || self.revoked.contains_key(&credential) {
            Judgement::Revoked
        } else if self.asked {
            Judgement::Holds
        } else {
            Judgement::Unknown
        }
    }

    /// Takes in what the origin answered when it was asked.
    pub fn learn(&mut self, state: &GateState, now_seconds: i64) {
        self.asked = true;
        self.raise(state.generation);
        self.revoke(&state.revoked);
        self.forget(now_seconds);
    }

    /// Takes in what the origin told.
    pub fn apply(&mut self, effects: &GateEffects, now_seconds: i64) {
        self.raise(effects.generation.unwrap_or(0));
        self.revoke(&effects.revoke);
        if effects.purge {
            self.gone = true;
        }
        self.forget(now_seconds);
    }

    /// Whether the account was deleted.
    pub fn is_gone(&self) -> bool {
        self.gone
    }

    fn raise(&mut self, generation: i64) {
        self.generation = self.generation.max(generation);
    }

    fn revoke(&mut self, revoked: &[Revoked]) {
        for Revoked { id, until } in revoked {
            let known = self.revoked.entry(*id).or_insert(*until);
            *known = (*known).max(*until);
        }
    }

    /// Lets go of ids whose tokens have ended by themselves, and of all of a deleted account's, so that this stays
    /// small however often somebody logs out.
    fn forget(&mut self, now_seconds: i64) {
        let gone = self.gone;
        self.revoked
            .retain(|_, until| !gone && *until > now_seconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use shared_types::id::UserId;

    const NOW: i64 = 1_000;

    fn credential(number: u8) -> CredentialId {
        CredentialId::parse(&format!("0198c5a0-0000-7000-8000-0000000000{number:02x}")).unwrap()
    }

    fn effects(generation: Option<i64>, revoke: &[(u8, i64)], purge: bool) -> GateEffects {
        let revoke = revoke.iter().map(|&(number, until)| Revoked {
            id: credential(number),
            until,
        });
        GateEffects {
            user: UserId::parse("0198c5a0-0000-7000-8000-0000000000aa").unwrap(),
            generation,
            revoke: revoke.collect(),
            purge,
        }
    }

    fn asked(generation: i64) -> Standing {
        let mut standing = Standing::default();
        let state = GateState {
            generation,
            revoked: Vec::new(),
            version: 1,
            epoch: None,
        };
        standing.learn(&state, NOW);
        standing
    }

    #[test]
    fn a_new_gate_asks_first_unless_it_was_told_already() {
        let mut standing = Standing::default();
        assert_eq!(standing.judge(credential(1), 1), Judgement::Unknown);
        standing.apply(&effects(Some(2), &[(1, NOW + 9)], false), NOW);
        assert_eq!(standing.judge(credential(1), 2), Judgement::Revoked);
        assert_eq!(standing.judge(credential(2), 1), Judgement::Revoked);
        assert_eq!(standing.judge(credential(2), 2), Judgement::Unknown);
    }

    #[test]
    fn an_older_generation_a_revoked_id_and_a_deleted_account_are_refused() {
        let mut standing = asked(3);
        assert_eq!(standing.judge(credential(1), 3), Judgement::Holds);
        assert_eq!(standing.judge(credential(1), 4), Judgement::Holds);
        assert_eq!(standing.judge(credential(1), 2), Judgement::Revoked);
        standing.apply(&effects(None, &[(1, NOW + 9)], false), NOW);
        assert_eq!(standing.judge(credential(1), 4), Judgement::Revoked);
        assert_eq!(standing.judge(credential(2), 3), Judgement::Holds);
        standing.apply(&effects(None, &[], true), NOW);
        assert_eq!(standing.judge(credential(2), 99), Judgement::Revoked);
        assert!(standing.revoked.is_empty());
    }

    #[test]
    fn what_the_origin_answers_late_gives_nothing_back() {
        let mut standing = Standing::default();
        standing.apply(&effects(Some(5), &[(1, NOW + 9)], false), NOW);
        let older = GateState {
            generation: 4,
            revoked: Vec::new(),
            version: 6,
            epoch: None,
        };
        standing.learn(&older, NOW);
        assert_eq!(standing.judge(credential(2), 4), Judgement::Revoked);
        assert_eq!(standing.judge(credential(1), 5), Judgement::Revoked);
        assert_eq!(standing.generation, 5);
    }

    #[test]
    fn ids_are_kept_until_their_tokens_have_ended_and_no_longer() {
        let mut standing = asked(1);
        standing.apply(&effects(None, &[(1, NOW + 5), (2, NOW + 50)], false), NOW);
        // A shorter time that is told later does not shorten it.
        standing.apply(&effects(None, &[(2, NOW + 1)], false), NOW + 6);
        assert_eq!(standing.revoked.len(), 1);
        assert_eq!(standing.judge(credential(2), 1), Judgement::Revoked);
        standing.apply(&effects(None, &[(3, NOW + 1)], false), NOW + 50);
        assert!(standing.revoked.is_empty());
    }

    #[test]
    fn it_is_kept_whole_and_what_is_unreadable_is_not_trusted() {
        let mut standing = asked(3);
        standing.apply(&effects(Some(4), &[(1, NOW + 9)], false), NOW);
        assert_eq!(Standing::from_json(&standing.to_json()), Some(standing));
        for json in ["", "{}", "null", "{\"asked\":true}"] {
            assert_eq!(Standing::from_json(json), None, "{json}");
        }
    }

    /// Something that the origin may say.
    #[derive(Clone, Debug)]
    enum Said {
        Answer(i64, Vec<(u8, i64)>),
        Told(Option<i64>, Vec<(u8, i64)>, bool),
    }

    fn said() -> impl Strategy<Value = Said> {
        let ids = || prop::collection::vec((0..4u8, NOW + 1..NOW + 5), 0..3);
        prop_oneof![
            (0..5i64, ids()).prop_map(|(generation, ids)| Said::Answer(generation, ids)),
            (prop::option::of(0..5i64), ids(), prop::bool::weighted(0.1))
                .prop_map(|(generation, ids, purge)| Said::Told(generation, ids, purge)),
        ]
    }

    fn take(standing: &mut Standing, said: &Said) {
        match said {
            Said::Answer(generation, ids) => {
                let state = GateState {
                    generation: *generation,
                    revoked: effects(None, ids, false).revoke,
                    version: 0,
                    epoch: None,
                };
                standing.learn(&state, NOW);
            }
            Said::Told(generation, ids, purge) => {
                standing.apply(&effects(*generation, ids, *purge), NOW);
            }
        }
    }

    proptest! {
        /// Redelivery makes every order and every repetition possible.
        #[test]
        fn order_and_repetition_do_not_matter(
            (said, shuffled) in prop::collection::vec(said(), 0..8)
                .prop_flat_map(|said| (Just(said.clone()), Just(said).prop_shuffle()))
        ) {
            let (mut once, mut again) = (Standing::default(), Standing::default());
            for said in &said {
                take(&mut once, said);
            }
            for said in shuffled.iter().chain(&shuffled) {
                take(&mut again, said);
            }
            prop_assert_eq!(once, again);
        }

        #[test]
        fn nothing_that_is_said_lets_a_refused_credential_in_again(
            said in prop::collection::vec(said(), 0..12), id in 0..4u8, generation in 0..5i64
        ) {
            let mut standing = Standing::default();
            let mut refused = false;
            for said in &said {
                take(&mut standing, said);
                let judgement = standing.judge(credential(id), generation);
                prop_assert!(!refused || judgement == Judgement::Revoked);
                refused = judgement == Judgement::Revoked;
            }
        }
    }
}
