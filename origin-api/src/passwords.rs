//! Password hashing: Argon2id on blocking threads, few at a time, with a bounded queue.
//!
//! A hash takes 19 MiB and tens of milliseconds on purpose. Without the bound, a burst of logins
//! would take the memory of the whole host; beyond it callers are asked to come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::sync::Semaphore;

use crate::error::Error;

/// OWASP's floor for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;
/// Blocks (of 1 KiB) to ask for, though fewer are touched. The memory of a hash must go back to the
/// system at once: glibc keeps what it has freed below 32 MiB, for each thread, and 20 registrations
/// left 400 MB behind; a larger allocation is always a mapping of its own, and what is not touched
/// costs nothing.
const RETURNED_BLOCKS: usize = 33 * 1024;
/// Callers that may wait for each one that is hashed; at some 50 ms each, under a second.
const WAITING_PER_WORKER: usize = 16;

/// Hashes and checks passwords.
pub struct Passwords {
    workers: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
}

/// The salt of a hash; 16 random bytes.
pub type Salt = [u8; 16];

impl Passwords {
    /// At most `workers` hashes at one time.
    pub fn new(workers: usize) -> Self {
        Self {
            workers: Arc::new(Semaphore::new(workers)),
            waiting: AtomicUsize::new(0),
            most_waiting: workers * (1 + WAITING_PER_WORKER),
        }
    }

    /// The PHC string of `password`.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many are waiting.
    pub async fn hash(&self, password: String, salt: Salt) -> Result<String, Error> {
        self.work(move || {
            Ok(encode(
                &salt,
                &derive(password.as_bytes(), &salt, &parameters())?,
            ))
        })
        .await
    }

    /// Whether `password` belongs to `hash`. Without a hash (nobody has that address) the same
    /// work is done, so that the time taken does not tell whether an account exists.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many are waiting; [`Error::Internal`] for a hash that nothing here made.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Error> {
        self.work(move || {
            let Some(hash) = hash else {
                derive(password.as_bytes(), &[0; 16], &parameters())?;
                return Ok(false);
            };
            let stored = decode(&hash)
                .ok_or_else(|| Error::internal("a stored password hash cannot be read"))?;
            let derived = derive(password.as_bytes(), &stored.salt, &stored.parameters)?;
            Ok(same(&derived, &stored.hash))
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let _place = Place::take(&self.waiting, self.most_waiting).ok_or(Error::Busy)?;
        let permit = self
            .workers
            .clone()
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        // The permit goes along: a caller that hangs up must not let another hash start beside this one.
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        })
        .await
        .map_err(Error::internal)?
    }
}

/// Whether `hash` was made with less work than is usual today, so that it should be made anew when its password is
/// next seen.
pub fn is_outdated(hash: &str) -> bool {
    decode(hash).is_none_or(|stored| {
        stored.parameters.m_cost() < MEMORY_KIB || stored.parameters.t_cost() < PASSES
    })
}

/// A place in the queue, given back however the caller ends.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, most: usize) -> Option<Self> {
        let place = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < most).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Stored {
    parameters: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

fn parameters() -> Params {
    Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES))
        .expect("the parameters are within Argon2's bounds")
}

fn derive(password: &[u8], salt: &[u8], parameters: &Params) -> Result<[u8; HASH_BYTES], Error> {
    let mut hash = [0; HASH_BYTES];
    let mut memory = Vec::with_capacity(RETURNED_BLOCKS.max(parameters.block_count()));
    memory.resize(parameters.block_count(), Block::default());
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters.clone())
        .hash_password_into_with_memory(password, salt, &mut hash, &mut memory)
        .map_err(Error::internal)?;
    Ok(hash)
}

/// The PHC string format, as every Argon2 library reads it.
fn encode(salt: &[u8], hash: &[u8]) -> String {
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
}

fn decode(text: &str) -> Option<Stored> {
    let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
    let (costs, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
    let mut costs = costs.split(',');
    let memory = costs.next()?.strip_prefix("m=")?.parse().ok()?;
    let passes = costs.next()?.strip_prefix("t=")?.parse().ok()?;
    let lanes = costs.next()?.strip_prefix("p=")?.parse().ok()?;
    let parameters = Params::new(memory, passes, lanes, Some(HASH_BYTES)).ok()?;
    Some(Stored {
        parameters,
        salt: STANDARD_NO_PAD.decode(salt).ok()?,
        hash: STANDARD_NO_PAD.decode(hash).ok()?,
    })
}

/// Compares without an early end, so that time does not tell how far two hashes agree.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .fold(0, |difference, (one, other)| difference | (one ^ other))
            == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_with_less_work_is_outdated() {
        let hash =
            |memory, passes| format!("$argon2id$v=19$m={memory},t={passes},p=1$c2FsdHNhbHQ$aGFzaA");
        for (hash, expected) in [
            (encode(&[1; 16], &[2; 32]), false),
            (hash(19_456, 2), false),
            (hash(65_536, 3), false),
            (hash(19_455, 2), true),
            (hash(19_456, 1), true),
            ("$2b$12$somebody".to_owned(), true),
        ] {
            assert_eq!(is_outdated(&hash), expected, "{hash}");
        }
    }

    #[tokio::test]
    async fn a_hash_verifies_its_password_only() {
        let passwords = Passwords::new(1);
        let hash = passwords
            .hash("correct horse".to_owned(), [7; 16])
            .await
            .unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$"));
        assert!(
            passwords
                .verify("correct horse".to_owned(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("correct horsf".to_owned(), Some(hash))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("correct horse".to_owned(), None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn a_full_queue_asks_to_come_back() {
        let passwords = Passwords {
            workers: Arc::new(Semaphore::new(0)),
            waiting: AtomicUsize::new(0),
            most_waiting: 1,
        };
        let first = passwords.hash("one".to_owned(), [0; 16]);
        tokio::pin!(first);
        let second = async { passwords.hash("two".to_owned(), [0; 16]).await };
        tokio::select! {
            biased;
            _ = &mut first => panic!("there is no worker"),
            refused = second => assert!(matches!(refused, Err(Error::Busy))),
        }
    }

    #[tokio::test]
    async fn a_caller_that_leaves_gives_its_place_back() {
        let passwords = Passwords {
            workers: Arc::new(Semaphore::new(0)),
            waiting: AtomicUsize::new(0),
            most_waiting: 1,
        };
        tokio::select! {
            biased;
            _ = passwords.hash("one".to_owned(), [0; 16]) => panic!("there is no worker"),
            () = std::future::ready(()) => {}
        }
        assert_eq!(passwords.waiting.load(Ordering::Relaxed), 0);
    }
}
