//! Who a signed request speaks for: the `Mindflow-Caller` dictionary (signing.md), written and read in
//! exactly one serialisation, so that nothing can be smuggled beside what was checked.

use std::fmt;

use crate::id::{CredentialId, UserId};
use crate::scope::Scopes;

/// The kind of credential that a person, or a program of theirs, presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// A short-lived access token.
    Access,
    /// An API key.
    Key,
    /// The dashboard's session cookie.
    Session,
}

impl CredentialKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Access, Self::Key, Self::Session];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Key => "key",
            Self::Session => "session",
        }
    }
}

/// A user as shown by a verified credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What kind of credential it was.
    pub kind: CredentialKind,
    /// Whose it is.
    pub user: UserId,
    /// The credential's own id.
    pub credential: CredentialId,
    /// What it may do.
    pub scopes: Scopes,
}

/// Who a signed request speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Nobody: registration, login, health.
    Anonymous,
    /// The origin itself, on its own calls to the edge.
    Origin,
    /// A user.
    User(Identity),
}

impl Caller {
    /// Reads a field value that `Display` could have written; `None` for anything else, also for another
    /// order, other spacing or a repeated member.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "kind=\"anonymous\"" => return Some(Self::Anonymous),
            "kind=\"origin\"" => return Some(Self::Origin),
            _ => {}
        }
        let mut rest = text;
        let kind = member(&mut rest, "kind=\"", "\", ")?;
        let kind = CredentialKind::ALL
            .into_iter()
            .find(|known| known.as_str() == kind)?;
        let user = canonical(UserId::parse, member(&mut rest, "user=\"", "\", ")?)?;
        let credential = canonical(
            CredentialId::parse,
            member(&mut rest, "credential=\"", "\", ")?,
        )?;
        let scopes = canonical(Scopes::parse, member(&mut rest, "scopes=\"", "\"")?)?;
        rest.is_empty().then_some(Self::User(Identity {
            kind,
            user,
            credential,
            scopes,
        }))
    }

    /// The user's identity, when there is one.
    pub const fn identity(&self) -> Option<&Identity> {
        match self {
            Self::User(identity) => Some(identity),
            Self::Anonymous | Self::Origin => None,
        }
    }
}

/// Takes `before VALUE after` off the front of `rest`.
fn member<'a>(rest: &mut &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (value, left) = rest.strip_prefix(before)?.split_once(after)?;
    *rest = left;
    Some(value)
}

/// Parses and keeps only what is written exactly as we would write it.
fn canonical<T: fmt::Display>(parse: fn(&str) -> Option<T>, text: &str) -> Option<T> {
    parse(text).filter(|value| value.to_string() == text)
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("kind=\"anonymous\""),
            Self::Origin => f.write_str("kind=\"origin\""),
            Self::User(Identity {
                kind,
                user,
                credential,
                scopes,
            }) => {
                write!(
                    f,
                    "kind=\"{}\", user=\"{user}\", credential=\"{credential}\", scopes=\"{scopes}\"",
                    kind.as_str()
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "kind=\"access\", user=\"0198c5a0-0000-7000-8000-0000000000aa\", credential=\"0198c5a0-0000-7000-8000-0000000000bb\", scopes=\"tasks:read tasks:write\"";

    #[test]
    fn what_is_written_is_what_is_read() {
        for text in [USER, "kind=\"anonymous\"", "kind=\"origin\""] {
            assert_eq!(Caller::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn no_other_spelling_is_accepted() {
        let others = [
            String::new(),
            "kind=\"access\"".to_owned(),
            "kind=\"root\"".to_owned(),
            USER.replace("access", "origin"),
            USER.replace(", ", ","),
            USER.replace("aa\"", "AA\""),
            USER.replace("tasks:read tasks:write", "tasks:write tasks:read"),
            format!("{USER} "),
            format!("{USER}, user=\"0198c5a0-0000-7000-8000-0000000000cc\""),
        ];
        for text in others {
            assert_eq!(Caller::parse(&text), None, "{text}");
        }
    }
}
