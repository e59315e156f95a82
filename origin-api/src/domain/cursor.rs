//! Cursors of lists: where the page ended, bound to the query that gave it.
//!
//! A cursor is opaque to callers but not secret: it only says where in the caller's own rows to go on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

/// Bytes of the query's digest: enough to tell a mistake, which is all it is for.
const BINDING: usize = 8;

/// The text for `next_cursor`. `query` names the list, its filters and its order, without limit and cursor.
///
/// `None` when `place` cannot be written as JSON; a plain structure always can.
pub fn encode(place: &impl Serialize, query: &str) -> Option<String> {
    let mut bytes = binding(query).to_vec();
    serde_json::to_writer(&mut bytes, place).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads what [`encode`] wrote for the same `query`; `None` for anything else.
pub fn decode<P: DeserializeOwned>(text: &str, query: &str) -> Option<P> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (bound, place) = bytes.split_at_checked(BINDING)?;
    if bound != binding(query) {
        return None;
    }
    serde_json::from_slice(place).ok()
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

    type Place = (Option<i64>, String);

    #[test]
    fn a_cursor_of_another_query_is_refused() {
        let place: Place = (Some(5), "x".to_owned());
        let cursor = encode(&place, "tasks").unwrap();
        assert_eq!(decode::<Place>(&cursor, "tasks"), Some(place));
        assert_eq!(decode::<Place>(&cursor, "tasks?tag=home"), None);
        assert_eq!(
            decode::<u8>(&cursor, "tasks"),
            None,
            "another kind of place"
        );
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let cursor = encode(&(Some(5), "x"), "tasks").unwrap();
        for bad in [
            "",
            "1",
            "%",
            &cursor[1..],
            &format!("{cursor}A"),
            &format!("{cursor}="),
            "AAAAAAAAAAA",
        ] {
            assert_eq!(decode::<Place>(bad, "tasks"), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_place_survives_the_round_trip(key in any::<Option<i64>>(), id in "\\PC{0,40}") {
            let place = (key, id);
            let cursor = encode(&place, "tasks").unwrap();
            prop_assert_eq!(decode::<Place>(&cursor, "tasks"), Some(place));
        }

        #[test]
        fn nothing_makes_it_panic(text in "[A-Za-z0-9_-]{0,60}") {
            let _ = decode::<Place>(&text, "tasks");
        }
    }
}
