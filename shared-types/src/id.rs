//! Ids that cannot be mixed up: UUIDs in newtypes. New ones are UUIDv7 (RFC 9562), made by the application
//! from its own clock and randomness, never here.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Reads the 36-character hyphenated form (RFC 9562 §4), in either case, and no other.
fn parse_hyphenated(text: &str) -> Option<Uuid> {
    if text.len() != 36 {
        return None;
    }
    Uuid::try_parse(text).ok()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Reads any UUID in its hyphenated form; `None` for anything else.
            pub fn parse(text: &str) -> Option<Self> {
                parse_hyphenated(text).map(Self)
            }

            /// Reads a UUIDv7 in its hyphenated form; `None` for anything else.
            pub fn parse_v7(text: &str) -> Option<Self> {
                parse_hyphenated(text).filter(is_v7).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

id!(
    /// A person's account; `sub` of every credential.
    UserId
);
id!(
    /// A credential's own id: session, API key or grant; `sid` of its tokens.
    CredentialId
);
id!(
    /// A task.
    TaskId
);
id!(
    /// What was done to tasks in one go: what can be undone.
    ChangeId
);
id!(
    /// One request, the same in the edge's and the origin's log lines.
    RequestId
);

fn is_v7(id: &Uuid) -> bool {
    id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        let text = "0198c5a0-0000-7000-8000-0000000000aa";
        assert_eq!(TaskId::parse(text).unwrap().to_string(), text);
        assert_eq!(
            TaskId::parse(&text.to_uppercase()).unwrap().to_string(),
            text
        );
        for bad in [
            "",
            "1",
            "0198c5a0000070008000000000000000",
            "{0198c5a0-0000-7000-8000-0000000000aa}",
            "0198c5a0-0000-7000-8000-0000000000ag",
        ] {
            assert_eq!(TaskId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_given_id_must_be_version_7_of_the_rfc_variant() {
        assert!(TaskId::parse_v7("0198c5a0-0000-7000-8000-0000000000aa").is_some());
        assert!(TaskId::parse_v7("0198c5a0-0000-4000-8000-0000000000aa").is_none());
        assert!(TaskId::parse_v7("0198c5a0-0000-7000-c000-0000000000aa").is_none());
    }
}
