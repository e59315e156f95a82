//! The answers that a gate keeps: which there are, how large, and which go first when there is no more room. What was
//! used is noted in memory alone, so that a hit writes nothing; a gate that forgot it goes by when they were fetched.

use std::collections::HashMap;

/// Answers at the most.
pub const MOST_ENTRIES: usize = 100;
/// Bytes at the most, of all bodies together.
pub const MOST_BYTES: usize = 4 << 20;
/// Bytes at the most of one body: a larger one would push out all the others, and a row has 2 MB at the most.
pub const LARGEST_BYTES: usize = 512 << 10;

/// How long an ended answer may still be shown while the origin is away, in milliseconds.
pub const LAST_GOOD_MS: i64 = 24 * 3_600_000;

/// When an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// It holds in this era of the fence.
    pub era: i64,
    /// When it was asked for, in Unix milliseconds.
    pub fetched_ms: i64,
    /// Until when time alone does not change it, in Unix milliseconds.
    pub fresh_until_ms: i64,
}

#[derive(Debug)]
struct Held<T> {
    answer: T,
    size_bytes: usize,
    used: u64,
}

/// What is kept, by key.
#[derive(Debug)]
pub struct Shelf<T> {
    held: HashMap<String, Held<T>>,
    size_bytes: usize,
    uses: u64,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self {
            held: HashMap::new(),
            size_bytes: 0,
            uses: 0,
        }
    }
}

impl<T> Shelf<T> {
    /// The answer under `key`, which counts as used.
    pub fn find(&mut self, key: &str) -> Option<&mut T> {
        let held = self.held.get_mut(key)?;
        self.uses += 1;
        held.used = self.uses;
        Some(&mut held.answer)
    }

    /// Puts an answer under `key`, in place of one that is there. Gives the keys of those that had to go for it;
    /// none, and nothing is put, when it alone is too large.
    pub fn put(&mut self, key: String, answer: T, size_bytes: usize) -> Option<Vec<String>> {
        if size_bytes > LARGEST_BYTES {
            return None;
        }
        self.remove(&key);
        let mut gone = Vec::new();
        while self.held.len() >= MOST_ENTRIES || self.size_bytes + size_bytes > MOST_BYTES {
            let oldest = self.held.iter().min_by_key(|(_, held)| held.used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
                break;
            };
            self.remove(&oldest);
            gone.push(oldest);
        }
        self.uses += 1;
        self.size_bytes += size_bytes;
        let used = self.uses;
        self.held.insert(
            key,
            Held {
                answer,
                size_bytes,
                used,
            },
        );
        Some(gone)
    }

    fn remove(&mut self, key: &str) {
        if let Some(held) = self.held.remove(key) {
            self.size_bytes -= held.size_bytes;
        }
    }

    /// Takes everything off.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_one_not_used_for_longest_goes_first() {
        let mut shelf = Shelf::default();
        for number in 0..MOST_ENTRIES {
            assert_eq!(shelf.put(number.to_string(), number, 1), Some(vec![]));
        }
        assert_eq!(shelf.find("0"), Some(&mut 0));
        assert_eq!(
            shelf.put("new".to_owned(), 7, 1),
            Some(vec!["1".to_owned()])
        );
        assert_eq!(shelf.find("1"), None);
        assert_eq!(shelf.find("0"), Some(&mut 0));
    }

    #[test]
    fn a_body_that_is_too_large_leaves_the_others_alone() {
        let mut shelf = Shelf::default();
        shelf.put("a".to_owned(), (), 1);
        assert_eq!(shelf.put("b".to_owned(), (), LARGEST_BYTES + 1), None);
        assert!(shelf.find("a").is_some() && shelf.find("b").is_none());
    }

    proptest! {
        #[test]
        fn it_is_never_over_its_bounds_and_knows_its_size(
            puts in prop::collection::vec((0..300u16, 0..LARGEST_BYTES + 10), 0..400)
        ) {
            let mut shelf = Shelf::default();
            let mut known: HashMap<String, usize> = HashMap::new();
            for (key, size) in puts {
                if let Some(gone) = shelf.put(key.to_string(), (), size) {
                    for key in gone {
                        prop_assert!(known.remove(&key).is_some());
                    }
                    known.insert(key.to_string(), size);
                }
                prop_assert!(shelf.held.len() <= MOST_ENTRIES && shelf.size_bytes <= MOST_BYTES);
                prop_assert_eq!(shelf.size_bytes, known.values().sum::<usize>());
                prop_assert_eq!(shelf.held.len(), known.len());
            }
        }
    }
}
