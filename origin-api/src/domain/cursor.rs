//! The cursor of a list, newest first: the last row that was given, bound to the query that gave it.
//!
//! It is opaque to callers but not secret: it only says where in the caller's own rows to go on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use shared_types::id::TaskId;
use uuid::Uuid;

/// Bytes of the query's digest: enough to tell a mistake, which is all it is for.
const BINDING: usize = 8;

/// A place in a list: rows after it are older, or as old with a lower id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the last row was created, to the microsecond as PostgreSQL keeps it.
    pub created_at: Timestamp,
    /// Its id.
    pub id: TaskId,
}

impl Cursor {
    /// Before every row: at the last whole second that there is.
    pub const START: Self = Self {
        created_at: Timestamp::constant(253_402_207_199, 0),
        id: TaskId(Uuid::max()),
    };

    /// The text for `next_cursor`. `query` names the list and its filters, without limit and cursor.
    pub fn encode(&self, query: &str) -> String {
        let mut bytes = [0; BINDING + 8 + 16];
        bytes[..BINDING].copy_from_slice(&binding(query));
        bytes[BINDING..BINDING + 8]
            .copy_from_slice(&self.created_at.as_microsecond().to_be_bytes());
        bytes[BINDING + 8..].copy_from_slice(self.id.0.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Cursor::encode`] wrote for the same `query`; `None` for anything else.
    pub fn decode(text: &str, query: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (bound, place) = bytes.split_at_checked(BINDING)?;
        let (created_at, id) = place.split_at_checked(8)?;
        if bound != binding(query) {
            return None;
        }
        let created_at = i64::from_be_bytes(created_at.try_into().ok()?);
        Some(Self {
            created_at: Timestamp::from_microsecond(created_at).ok()?,
            id: TaskId(Uuid::from_slice(id).ok()?),
        })
    }
}

fn binding(query: &str) -> [u8; BINDING] {
    let digest: [u8; 32] = Sha256::digest(query.as_bytes()).into();
    let mut binding = [0; BINDING];
    binding.copy_from_slice(&digest[..BINDING]);
    binding
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_of_another_query_is_refused() {
        let cursor = Cursor::START.encode("tasks");
        assert!(Cursor::decode(&cursor, "tasks").is_some());
        assert_eq!(Cursor::decode(&cursor, "tasks?tag=home"), None);
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let cursor = Cursor::START.encode("tasks");
        for bad in [
            "",
            "1",
            "%",
            &cursor[1..],
            &format!("{cursor}A"),
            &format!("{cursor}="),
            "AAAAAAAAAAA",
        ] {
            assert_eq!(Cursor::decode(bad, "tasks"), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_place_survives_the_round_trip(microsecond in -377_705_023_201_000_000_i64..253_402_207_200_000_000, id in any::<u128>()) {
            let cursor = Cursor {
                created_at: Timestamp::from_microsecond(microsecond).unwrap(),
                id: TaskId(Uuid::from_u128(id)),
            };
            prop_assert_eq!(Cursor::decode(&cursor.encode("tasks"), "tasks"), Some(cursor));
        }

        #[test]
        fn nothing_makes_it_panic(text in "[A-Za-z0-9_-]{0,60}") {
            let _ = Cursor::decode(&text, "tasks");
        }
    }
}
