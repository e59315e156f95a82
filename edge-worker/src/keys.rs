//! The public token keys that an isolate knows: those of its configuration, which it never lets go of, and those that
//! it learned from the origin's key set, so that a rotation needs no deployment.
//!
//! A token of an unknown key costs one look-up at most every 30 seconds, whoever makes up however many key ids.

use shared_types::token::PublicKey;

/// How long after one look-up the next may begin, in milliseconds.
const LOOK_AGAIN_MS: i64 = 30_000;

/// How old what was learned may be before it is looked at again, in milliseconds: a key that the origin no longer
/// publishes is retired.
const OLD_MS: i64 = 300_000;

/// After how many milliseconds a look-up has ended for sure; whoever made it is gone.
const LOOK_LOST_MS: i64 = 6_000;

/// What to do about a key that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Look it up, then call [`LearnedKeys::finish`].
    Look,
    /// Somebody is looking: see again shortly.
    Wait,
    /// It was looked up a moment ago: there is no such key.
    Refuse,
}

/// What an isolate learned beyond its configuration.
#[derive(Debug, Default)]
pub struct LearnedKeys {
    keys: Vec<PublicKey>,
    looked_at_ms: Option<i64>,
    looking_since_ms: Option<i64>,
}

impl LearnedKeys {
    /// The key called `key_id`. The configuration's own comes first: no answer can put another in its place.
    pub fn find(&self, configured: &[PublicKey], key_id: &str) -> Option<PublicKey> {
        let mut all = configured.iter().chain(&self.keys);
        all.find(|key| key.key_id == key_id).cloned()
    }

    /// What to do at `now_ms` (Unix milliseconds) about a key that is not known.
    pub fn step(&mut self, now_ms: i64) -> Step {
        if self
            .looking_since_ms
            .is_some_and(|since_ms| now_ms - since_ms < LOOK_LOST_MS)
        {
            return Step::Wait;
        }
        if self
            .looked_at_ms
            .is_some_and(|at_ms| now_ms - at_ms < LOOK_AGAIN_MS)
        {
            return Step::Refuse;
        }
        self.looking_since_ms = Some(now_ms);
        Step::Look
    }

    /// Whether what was learned has to be looked at again, by the one request that is told so.
    pub fn is_due(&mut self, now_ms: i64) -> bool {
        let is_old = self
            .looked_at_ms
            .is_some_and(|at_ms| now_ms - at_ms >= OLD_MS);
        !self.keys.is_empty() && is_old && self.step(now_ms) == Step::Look
    }

    /// Takes in what a look-up found; nothing when nobody could say. True when a key that was known is known no
    /// more, so that what was verified with it has to be forgotten.
    pub fn finish(&mut self, found: Option<Vec<PublicKey>>, now_ms: i64) -> bool {
        self.looking_since_ms = None;
        self.looked_at_ms = Some(now_ms);
        let Some(found) = found else {
            return false;
        };
        let is_lost = self.keys.iter().any(|key| !found.contains(key));
        self.keys = found;
        is_lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, byte: u8) -> PublicKey {
        PublicKey {
            key_id: id.to_owned(),
            bytes: [byte; 32],
        }
    }

    #[test]
    fn a_look_up_adds_keys_and_takes_away_none_of_the_configuration() {
        let configured = [key("a", 1)];
        let mut keys = LearnedKeys::default();
        assert_eq!(keys.find(&configured, "b"), None);
        assert!(!keys.finish(Some(vec![key("a", 9), key("b", 2)]), 0));
        assert_eq!(keys.find(&configured, "a"), Some(key("a", 1)));
        assert_eq!(keys.find(&configured, "b"), Some(key("b", 2)));
        assert!(keys.finish(Some(vec![key("c", 3)]), 0));
        assert_eq!(keys.find(&configured, "a"), Some(key("a", 1)));
        assert_eq!(keys.find(&configured, "b"), None);
    }

    #[test]
    fn a_key_under_a_known_name_is_another_key() {
        let mut keys = LearnedKeys::default();
        keys.finish(Some(vec![key("b", 2)]), 0);
        assert!(!keys.finish(Some(vec![key("b", 2), key("c", 3)]), 0));
        assert!(keys.finish(Some(vec![key("b", 4), key("c", 3)]), 0));
    }

    #[test]
    fn when_nobody_can_say_what_was_learned_stays() {
        let mut keys = LearnedKeys::default();
        keys.finish(Some(vec![key("b", 2)]), 0);
        assert!(!keys.finish(None, 60_000));
        assert_eq!(keys.find(&[], "b"), Some(key("b", 2)));
    }

    #[test]
    fn made_up_key_ids_cost_one_look_up_in_thirty_seconds() {
        let mut keys = LearnedKeys::default();
        assert_eq!(keys.step(0), Step::Look);
        assert_eq!(keys.step(1), Step::Wait);
        keys.finish(None, 50);
        assert_eq!(keys.step(51), Step::Refuse);
        assert_eq!(keys.step(30_049), Step::Refuse);
        assert_eq!(keys.step(30_050), Step::Look);
        // Whoever looked is gone.
        assert_eq!(keys.step(30_050 + LOOK_LOST_MS - 1), Step::Wait);
        assert_eq!(keys.step(30_050 + LOOK_LOST_MS), Step::Look);
    }

    #[test]
    fn what_was_learned_is_looked_at_again_by_one_request() {
        let mut keys = LearnedKeys::default();
        assert!(!keys.is_due(OLD_MS * 9));
        keys.finish(Some(vec![key("b", 2)]), 0);
        assert!(!keys.is_due(OLD_MS - 1));
        assert!(keys.is_due(OLD_MS));
        assert!(!keys.is_due(OLD_MS + 1));
        keys.finish(None, OLD_MS + 2);
        assert!(!keys.is_due(OLD_MS + 3));
        assert!(keys.is_due(OLD_MS * 2 + 2));
    }
}
