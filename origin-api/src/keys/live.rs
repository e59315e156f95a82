//! The key set of the running process, which follows its file: a rotation needs no restart.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::TokenKeys;
use crate::app::Clock;

/// How long a key is known before it signs: until then every other process has read the file, and whoever asked the
/// edge about a key that it does not know has let it ask again.
pub const SETTLING: Duration = Duration::from_mins(1);

/// The keys at present.
#[derive(Debug)]
pub struct LiveKeys(RwLock<Arc<TokenKeys>>);

impl LiveKeys {
    /// Beginning with `keys`.
    pub fn new(keys: TokenKeys) -> Self {
        Self(RwLock::new(Arc::new(keys)))
    }

    /// The keys at present. Take them once for all that must go together, such as a key's id and its signature.
    pub fn current(&self) -> Arc<TokenKeys> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, keys: TokenKeys) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }
}

/// What has been read of the file so far.
#[derive(Debug, Default)]
pub struct Follower {
    /// Since when the present set has been known, while another of its keys still signs.
    settling_since: Option<Duration>,
    /// What was wrong with the file the last time, to say it once.
    problem: Option<String>,
}

impl Follower {
    /// Takes what was `read`. Keys are published and verify at once; the first one signs a minute later, unless the one
    /// that signs so far has gone. A file that cannot be used changes nothing.
    pub fn take(&mut self, live: &LiveKeys, read: Result<TokenKeys, String>, clock: &dyn Clock) {
        let wanted = match read {
            Ok(wanted) => wanted,
            Err(problem) => {
                if self.problem.as_ref() != Some(&problem) {
                    tracing::error!(error = problem, "the token keys are not read anew");
                    self.problem = Some(problem);
                }
                return;
            }
        };
        self.problem = None;
        let current = live.current();
        let signing = current.signing().id();
        if current.keys != wanted.keys {
            let keys = wanted.keys.len();
            let settling = wanted.signed_by(signing);
            self.settling_since =
                (settling.is_some() && signing != wanted.signing().id()).then(|| clock.elapsed());
            tracing::info!(
                keys,
                signing = settling.as_ref().unwrap_or(&wanted).signing().id(),
                "the token keys have changed"
            );
            live.replace(settling.unwrap_or(wanted));
        } else if current.signing != wanted.signing {
            let since = self.settling_since.get_or_insert_with(|| clock.elapsed());
            if clock.elapsed().saturating_sub(*since) >= SETTLING {
                self.settling_since = None;
                tracing::info!(signing = wanted.signing().id(), "another token key signs");
                live.replace(wanted);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use jiff::Timestamp;

    use super::*;

    /// A clock that measures what the test says has passed.
    struct Passed(Mutex<Duration>);

    impl Clock for Passed {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn elapsed(&self) -> Duration {
            *self.0.lock().unwrap()
        }
    }

    struct Test {
        live: LiveKeys,
        follower: Follower,
        clock: Passed,
    }

    impl Test {
        fn beginning_with(ids: &str) -> Self {
            Self {
                live: LiveKeys::new(keys(ids)),
                follower: Follower::default(),
                clock: Passed(Mutex::new(Duration::from_secs(1000))),
            }
        }

        /// The key that signs and all that are known, after `seconds` and another look at the file.
        fn after(&mut self, seconds: u64, read: Result<TokenKeys, String>) -> (String, String) {
            *self.clock.0.lock().unwrap() += Duration::from_secs(seconds);
            self.follower.take(&self.live, read, &self.clock);
            let now = self.live.current();
            let known: String = now.keys.iter().map(|key| key.id.as_str()).collect();
            (now.signing().id().to_owned(), known)
        }
    }

    /// A key for each letter.
    fn keys(ids: &str) -> TokenKeys {
        let line = |id: char| {
            let seed: [u8; 32] = std::array::from_fn(|at| {
                (id as u8).wrapping_add(u8::try_from(at * at * 7 % 251).unwrap())
            });
            format!("{id}={}\n", STANDARD.encode(seed))
        };
        TokenKeys::parse(&ids.chars().map(line).collect::<String>()).unwrap()
    }

    fn signs(signing: &str, known: &str) -> (String, String) {
        (signing.to_owned(), known.to_owned())
    }

    #[test]
    fn a_new_first_key_verifies_at_once_and_signs_a_minute_later() {
        let mut test = Test::beginning_with("a");
        assert_eq!(test.after(10, Ok(keys("a"))), signs("a", "a"));
        assert_eq!(test.after(10, Ok(keys("ba"))), signs("a", "ba"));
        assert_eq!(test.after(50, Ok(keys("ba"))), signs("a", "ba"));
        assert_eq!(test.after(10, Ok(keys("ba"))), signs("b", "ba"));
        assert_eq!(test.after(10, Ok(keys("b"))), signs("b", "b"));
    }

    #[test]
    fn another_change_meanwhile_begins_the_minute_anew() {
        let mut test = Test::beginning_with("a");
        test.after(10, Ok(keys("ba")));
        assert_eq!(test.after(59, Ok(keys("cba"))), signs("a", "cba"));
        assert_eq!(test.after(59, Ok(keys("cba"))), signs("a", "cba"));
        assert_eq!(test.after(1, Ok(keys("cba"))), signs("c", "cba"));
    }

    #[test]
    fn a_key_that_is_gone_signs_no_more() {
        let mut test = Test::beginning_with("a");
        assert_eq!(test.after(10, Ok(keys("b"))), signs("b", "b"));
        test.after(10, Ok(keys("cb")));
        assert_eq!(test.after(10, Ok(keys("c"))), signs("c", "c"));
    }

    #[test]
    fn the_same_keys_in_another_order_sign_in_that_order_a_minute_later() {
        let mut test = Test::beginning_with("ab");
        assert_eq!(test.after(10, Ok(keys("ba"))), signs("a", "ba"));
        assert_eq!(test.after(60, Ok(keys("ba"))), signs("b", "ba"));
    }

    #[test]
    fn a_file_that_cannot_be_used_changes_nothing() {
        let mut test = Test::beginning_with("a");
        assert_eq!(test.after(10, Err("no file".to_owned())), signs("a", "a"));
        assert_eq!(test.after(10, Ok(keys("ba"))), signs("a", "ba"));
        assert_eq!(test.after(60, Err("no file".to_owned())), signs("a", "ba"));
        assert_eq!(test.after(10, Ok(keys("ba"))), signs("b", "ba"));
    }
}
