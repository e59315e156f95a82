//! What a credential may do. The edge checks scopes by route, the origin checks them again.

use std::fmt;

/// One permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Read tasks and everything derived from them.
    TasksRead,
    /// Change tasks.
    TasksWrite,
    /// Manage the account itself; never granted to API keys or OAuth clients.
    Account,
}

impl Scope {
    /// Every scope, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::TasksRead, Self::TasksWrite, Self::Account];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TasksRead => "tasks:read",
            Self::TasksWrite => "tasks:write",
            Self::Account => "account",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of scopes; written space-separated in a fixed order (RFC 6749 §3.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// The set of the given scopes.
    pub fn of(scopes: &[Scope]) -> Self {
        Self(scopes.iter().fold(0, |bits, scope| bits | scope.bit()))
    }

    /// Every scope: what a person's own session holds.
    pub fn all() -> Self {
        Self::of(&Scope::ALL)
    }

    /// Whether the set holds `scope`.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// The scopes of the set, in the order in which they are written.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .into_iter()
            .filter(move |scope| self.contains(*scope))
    }

    /// Reads space-separated names, in any order; `None` for an unknown, repeated or empty name.
    pub fn parse(text: &str) -> Option<Self> {
        let mut scopes = Self::default();
        if text.is_empty() {
            return Some(scopes);
        }
        for name in text.split(' ') {
            let scope = Scope::ALL
                .into_iter()
                .find(|scope| scope.as_str() == name)?;
            if scopes.contains(scope) {
                return None;
            }
            scopes.0 |= scope.bit();
        }
        Some(scopes)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for scope in self.iter() {
            f.write_str(separator)?;
            f.write_str(scope.as_str())?;
            separator = " ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_written_in_one_order_and_read_in_any() {
        let scopes = Scopes::parse("tasks:write tasks:read").unwrap();
        assert_eq!(scopes.to_string(), "tasks:read tasks:write");
        assert!(!scopes.contains(Scope::Account));
        assert_eq!(Scopes::parse("").unwrap().to_string(), "");
        assert_eq!(Scopes::all().to_string(), "tasks:read tasks:write account");
    }

    #[test]
    fn unknown_repeated_and_empty_names_are_refused() {
        for bad in [
            "admin",
            "tasks:read tasks:read",
            "tasks:read  account",
            " account",
            "Account",
        ] {
            assert_eq!(Scopes::parse(bad), None, "{bad:?}");
        }
    }
}
