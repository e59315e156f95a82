//! A client: an app that asks users to be allowed something.

use sha2::{Digest as _, Sha256};

use super::document;
use super::redirect::RedirectUri;

/// Who made a client known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The operator of this installation.
    Operator,
    /// The client itself (RFC 7591): nobody has checked its name.
    Dynamic,
    /// Its metadata document, so it is whoever has that address.
    Document,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Operator, Self::Dynamic, Self::Document];

    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Dynamic => "dynamic",
            Self::Document => "document",
        }
    }
}

/// A client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Who made it known.
    pub kind: Kind,
    /// What it calls itself, 1–100 characters.
    pub name: String,
    /// Where its users may be sent; of a Custom GPT's Action none is listed.
    pub redirect_uris: Vec<String>,
    /// SHA-256 of its secret; a public client has none.
    pub secret_hash: Option<[u8; 32]>,
    /// False of a Custom GPT's Action, which cannot do it: it has a secret instead.
    pub needs_pkce: bool,
}

impl Client {
    /// Whether its users may be sent to `uri`.
    pub fn may_redirect_to(&self, uri: &RedirectUri) -> bool {
        if self.needs_pkce {
            self.redirect_uris
                .iter()
                .any(|registered| uri.is(registered))
        } else {
            uri.is_custom_gpt_callback()
        }
    }

    /// Whether `secret` proves that it is this client; a public client has none to show.
    pub fn is_proven_by(&self, secret: Option<&str>) -> bool {
        match (&self.secret_hash, secret) {
            (Some(hash), Some(secret)) => *hash == hash_of(secret),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// The host whose owner has made the client known, where that is certain.
    pub fn verified_host(&self) -> Option<&str> {
        match self.kind {
            Kind::Document => document::host(&self.id),
            Kind::Operator | Kind::Dynamic => None,
        }
    }
}

/// What is stored of a secret. A slow hash would add nothing to 256 random bits, and what is compared is no secret, so
/// that the time it takes says nothing.
pub fn hash_of(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// What a client calls itself: without control characters and what turns the direction of text, at most 100 characters;
/// `fallback` when nothing is left.
pub fn name(text: Option<&str>, fallback: &str) -> String {
    let shown = |character: &char| {
        !character.is_control()
            && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let name: String = text.unwrap_or_default().chars().filter(shown).collect();
    let name = name.trim();
    let name = if name.is_empty() { fallback } else { name };
    name.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(secret: Option<&str>, needs_pkce: bool) -> Client {
        Client {
            id: "c".to_owned(),
            kind: Kind::Operator,
            name: "C".to_owned(),
            redirect_uris: vec!["https://a.example/cb".to_owned()],
            secret_hash: secret.map(hash_of),
            needs_pkce,
        }
    }

    #[test]
    fn a_secret_is_shown_by_whoever_has_one_and_by_nobody_else() {
        let confidential = client(Some("s"), true);
        assert!(confidential.is_proven_by(Some("s")));
        assert!(!confidential.is_proven_by(Some("t")) && !confidential.is_proven_by(None));
        let public = client(None, true);
        assert!(public.is_proven_by(None) && !public.is_proven_by(Some("s")));
    }

    #[test]
    fn only_a_custom_gpt_goes_by_the_pattern_and_it_goes_nowhere_else() {
        let read = |text: &str| RedirectUri::parse(text).unwrap();
        let (listed, pattern) = (
            read("https://a.example/cb"),
            read("https://chatgpt.com/aip/g-ab/oauth/callback"),
        );
        let usual = client(None, true);
        assert!(usual.may_redirect_to(&listed) && !usual.may_redirect_to(&pattern));
        let gpt = client(Some("s"), false);
        assert!(!gpt.may_redirect_to(&listed) && gpt.may_redirect_to(&pattern));
    }

    #[test]
    fn a_name_shows_what_it_holds() {
        assert_eq!(name(Some(" Chat\u{202e}GPT\n"), "x"), "ChatGPT");
        assert_eq!(name(Some("\u{200b}"), "a.example"), "a.example");
        assert_eq!(name(None, "a.example"), "a.example");
        assert_eq!(
            name(Some(&"\u{1f600}".repeat(101)), "x").chars().count(),
            100
        );
    }
}
