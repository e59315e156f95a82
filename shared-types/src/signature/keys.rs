//! Signing keys: one `keyid=base64` a line. The first signs, all verify, so a key is rotated by adding it at the
//! receiver, then putting it first at the sender, then dropping the old one.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

const MIN_SECRET_BYTES: usize = 32;
/// Shorter than any acceptable secret in base64, so a secret pasted without its name is never taken for a name
/// and printed.
const MAX_ID_BYTES: usize = 32;
/// 32 random bytes have fewer distinct values than this once in 10^15.
const MIN_DISTINCT_BYTES: usize = 16;
/// Spelled out in base64 itself; what is spelled in the decoded bytes is refused as text.
const PLACEHOLDER_WORDS: [&str; 6] = [
    "changeme",
    "replace",
    "placeholder",
    "example",
    "yoursecret",
    "insertkey",
];

/// The keys of one direction of the hop; at least one.
///
/// Holds HMAC states instead of secrets: they save two hash blocks a request, and `Debug` shows only the names.
pub struct Keys {
    first: Key,
    others: Vec<Key>,
}

/// One named key.
pub(super) struct Key {
    id: Arc<str>,
    keyed: Hmac<Sha256>,
}

impl Key {
    pub(super) fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// HMAC-SHA-256 over a signature base.
    pub(super) fn mac(&self, base: &str) -> [u8; 32] {
        let mut mac = self.keyed.clone();
        mac.update(base.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Compares in constant time.
    pub(super) fn verifies(&self, base: &str, signature: &[u8; 32]) -> bool {
        let mut mac = self.keyed.clone();
        mac.update(base.as_bytes());
        mac.verify_slice(signature).is_ok()
    }
}

impl Keys {
    /// Reads `keyid=base64 of at least 32 random bytes` lines, split at the first `=`; blank lines are skipped.
    ///
    /// Refuses a file without keys, secrets that cannot be random, and a name or secret that occurs twice: an old
    /// key under a new name would look like a rotation.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let mut parsed: Vec<(Key, Vec<u8>)> = Vec::new();
        let lines = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line.trim()));
        for (line, content) in lines.filter(|(_, content)| !content.is_empty()) {
            let anonymous = |fault| KeysError {
                line,
                key_id: None,
                fault,
            };
            let (id, encoded) = content
                .split_once('=')
                .ok_or(anonymous(KeyFault::NoSeparator))?;
            let (id, encoded) = (id.trim(), encoded.trim());
            if id.is_empty()
                || id.len() > MAX_ID_BYTES
                || !id.bytes().all(is_id_byte)
                || encoded.is_empty()
            {
                return Err(anonymous(KeyFault::Name));
            }
            let named = |fault| KeysError {
                line,
                key_id: Some(id.to_owned()),
                fault,
            };
            let secret = STANDARD
                .decode(encoded)
                .map_err(|_| named(KeyFault::Base64))?;
            check_strength(encoded, &secret).map_err(named)?;
            for (other, other_secret) in &parsed {
                if *other.id == *id {
                    return Err(named(KeyFault::RepeatedName));
                }
                if *other_secret == secret {
                    return Err(named(KeyFault::SameSecret));
                }
            }
            let keyed = Hmac::new_from_slice(&secret).map_err(|_| named(KeyFault::Short))?;
            parsed.push((
                Key {
                    id: id.into(),
                    keyed,
                },
                secret,
            ));
        }
        let mut keys = parsed.into_iter().map(|(key, _)| key);
        let first = keys.next().ok_or(KeysError {
            line: 0,
            key_id: None,
            fault: KeyFault::NoKeys,
        })?;
        Ok(Self {
            first,
            others: keys.collect(),
        })
    }

    /// The names, the signing key's first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|key| &*key.id)
    }

    /// Whether a secret of these keys is also one of `other`, under whatever name. Each direction of the hop needs
    /// its own: with one secret for both, who may send in one direction may send in the other.
    pub fn share_a_secret_with(&self, other: &Self) -> bool {
        let print = |key: &Key| key.mac("one secret has one print");
        self.iter()
            .any(|key| other.iter().any(|theirs| print(key) == print(theirs)))
    }

    pub(super) fn signing_key(&self) -> &Key {
        &self.first
    }

    pub(super) fn find(&self, id: &str) -> Option<&Key> {
        self.iter().find(|key| *key.id == *id)
    }

    fn iter(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys")
            .field(&self.ids().collect::<Vec<_>>())
            .finish()
    }
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// Refuses what was typed or copied instead of drawn at random.
fn check_strength(encoded: &str, secret: &[u8]) -> Result<(), KeyFault> {
    if secret.len() < MIN_SECRET_BYTES {
        return Err(KeyFault::Short);
    }
    let encoded = encoded.to_ascii_lowercase();
    let is_text = secret
        .iter()
        .all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~'));
    if is_text || PLACEHOLDER_WORDS.iter().any(|word| encoded.contains(word)) {
        return Err(KeyFault::Text);
    }
    let mut seen = [false; 256];
    for &byte in secret {
        seen[usize::from(byte)] = true;
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    let mut steps = secret.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
    let first_step = steps.next();
    let is_sequence = steps.all(|step| Some(step) == first_step);
    if distinct < MIN_DISTINCT_BYTES || is_sequence {
        return Err(KeyFault::Pattern);
    }
    Ok(())
}

/// A key file that must not be used. Names the line and, once it is surely a name, the key; never a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysError {
    /// Counted from 1; 0 when the whole file is meant.
    pub line: usize,
    /// The key's name, when the line has one.
    pub key_id: Option<String>,
    /// What is wrong.
    pub fault: KeyFault,
}

/// What is wrong with a signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// No line has a key.
    NoKeys,
    /// A line without `=`.
    NoSeparator,
    /// The name is empty, longer than 32 bytes, or has other bytes than letters, digits, `.`, `_`, `-`; or nothing
    /// follows the `=`.
    Name,
    /// Not standard base64 with padding.
    Base64,
    /// Fewer than 32 bytes.
    Short,
    /// Printable text or a placeholder, not random bytes.
    Text,
    /// Too few different bytes, or a sequence.
    Pattern,
    /// A name that an earlier line has.
    RepeatedName,
    /// The secret of an earlier line under another name.
    SameSecret,
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoKeys => "there is no key",
            Self::NoSeparator => "there is no `=` between name and secret",
            Self::Name => "the name before the first `=` is not 1 to 32 of A-Z a-z 0-9 . _ -, or no secret follows",
            Self::Base64 => "the secret is not base64 with padding",
            Self::Short => "the secret has fewer than 32 bytes",
            Self::Text => "the secret is text or a placeholder, not random bytes",
            Self::Pattern => "the secret has too few different bytes to be random",
            Self::RepeatedName => "the name is on an earlier line already",
            Self::SameSecret => "the secret is on an earlier line already; a rotation needs a new one",
        })
    }
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("signing keys")?;
        if self.line > 0 {
            write!(f, ", line {}", self.line)?;
        }
        if let Some(key_id) = &self.key_id {
            write!(f, " (`{key_id}`)")?;
        }
        write!(
            f,
            ": {}; write `name=` and the output of `openssl rand -base64 32`, one key a line",
            self.fault
        )
    }
}

impl std::error::Error for KeysError {}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "old=uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";
    const NEW: &str = "new-1.b_2=qf3Uu2mrVbC7tQrpIv4VjLUzRrhgVb8KkmNVZQWBfS0=";

    fn fault(text: &str) -> (usize, Option<String>, KeyFault) {
        let error = Keys::parse(text).unwrap_err();
        (error.line, error.key_id, error.fault)
    }

    fn line(secret: &[u8]) -> String {
        format!("name={}", STANDARD.encode(secret))
    }

    #[test]
    fn the_first_key_signs_and_all_are_found() {
        let keys = Keys::parse(&format!("\n{NEW}\r\n  {OLD}  \n\n")).unwrap();
        assert_eq!(keys.ids().collect::<Vec<_>>(), ["new-1.b_2", "old"]);
        assert_eq!(&**keys.signing_key().id(), "new-1.b_2");
        assert_eq!(&**keys.find("old").unwrap().id(), "old");
        assert!(keys.find("").is_none());
        let base = "text";
        assert!(
            keys.find("old")
                .unwrap()
                .verifies(base, &keys.find("old").unwrap().mac(base))
        );
        assert!(
            !keys
                .find("old")
                .unwrap()
                .verifies(base, &keys.signing_key().mac(base))
        );
    }

    #[test]
    fn debug_shows_names_only() {
        let keys = Keys::parse(&format!("{NEW}\n{OLD}")).unwrap();
        assert_eq!(format!("{keys:?}"), "Keys([\"new-1.b_2\", \"old\"])");
    }

    #[test]
    fn a_malformed_line_is_refused_by_its_number() {
        let secret = OLD.split_once('=').unwrap().1;
        let unnamed = |fault| (2, None, fault);
        assert_eq!(fault(""), (0, None, KeyFault::NoKeys));
        assert_eq!(fault(" \n\n"), (0, None, KeyFault::NoKeys));
        assert_eq!(
            fault(&format!("{NEW}\n# old")),
            unnamed(KeyFault::NoSeparator)
        );
        assert_eq!(fault(&format!("{NEW}\n={secret}")), unnamed(KeyFault::Name));
        assert_eq!(fault(&format!("{NEW}\nname=")), unnamed(KeyFault::Name));
        assert_eq!(
            fault(&format!("{NEW}\na b={secret}")),
            unnamed(KeyFault::Name)
        );
        assert_eq!(
            fault(&format!("{NEW}\n\"a={secret}")),
            unnamed(KeyFault::Name)
        );
    }

    #[test]
    fn a_weak_secret_is_refused_by_its_name() {
        let counting: Vec<u8> = (0..32).collect();
        let falling: Vec<u8> = (7..=71).rev().step_by(2).collect();
        let few: Vec<u8> = (0..64).map(|index| index % 15 * 17).collect();
        let cases = [
            (line(&[7; 31]), KeyFault::Short),
            (line(&[0; 32]), KeyFault::Pattern),
            (line(&[255; 64]), KeyFault::Pattern),
            (line(&counting), KeyFault::Pattern),
            (line(&falling), KeyFault::Pattern),
            (line(&few), KeyFault::Pattern),
            (
                line(b"change-me-change-me-change-me-change-me"),
                KeyFault::Text,
            ),
            (line(b"0123456789abcdef0123456789abcdef"), KeyFault::Text),
            (
                "name=REPLACEWITHTHEOUTPUTOFOPENSSLRANDBASE64320A=".to_owned(),
                KeyFault::Text,
            ),
            ("name=changeme".to_owned(), KeyFault::Short),
            ("name=not base64".to_owned(), KeyFault::Base64),
            (
                "name=qf3Uu2mrVbC7tQrpIv4VjLUzRrhgVb8KkmNVZQWBfS0".to_owned(),
                KeyFault::Base64,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(
                fault(&text),
                (1, Some("name".to_owned()), expected),
                "{text}"
            );
        }
    }

    #[test]
    fn a_name_or_a_secret_that_occurs_twice_is_refused() {
        let secret = OLD.split_once('=').unwrap().1;
        let again = fault(&format!("{OLD}\n{NEW}\nother={secret}"));
        assert_eq!(again, (3, Some("other".to_owned()), KeyFault::SameSecret));
        let again = fault(&format!("{OLD}\n{}", NEW.replace("new-1.b_2", "old")));
        assert_eq!(again, (2, Some("old".to_owned()), KeyFault::RepeatedName));
    }

    #[test]
    fn a_secret_of_both_directions_is_found_under_any_name() {
        let secret = OLD.split_once('=').unwrap().1;
        let keys = |text: &str| Keys::parse(text).unwrap();
        let both = keys(&format!("{NEW}\n{OLD}"));
        assert!(both.share_a_secret_with(&keys(&format!("renamed={secret}"))));
        assert!(keys(OLD).share_a_secret_with(&both));
        assert!(!keys(OLD).share_a_secret_with(&keys(NEW)));
        assert!(!keys(OLD).share_a_secret_with(&keys(&NEW.replace("new-1.b_2", "old"))));
    }

    #[test]
    fn no_error_shows_a_secret() {
        let secret = OLD.split_once('=').unwrap().1;
        let short = &secret[..40];
        let texts = [
            secret.to_owned(),
            secret.replace('=', ""),
            format!("name={short}"),
            format!("name={}", secret.replace('=', "")),
            format!("{OLD}\nother={secret}"),
            format!("{secret}={secret}"),
        ];
        for text in texts {
            let error = Keys::parse(&text).unwrap_err();
            for shown in [error.to_string(), format!("{error:?}")] {
                assert!(!shown.contains(&short[..20]), "{shown}");
            }
        }
    }

    #[test]
    fn an_error_names_line_key_and_remedy() {
        let error = Keys::parse("old=AAAA").unwrap_err();
        assert_eq!(
            error.to_string(),
            "signing keys, line 1 (`old`): the secret has fewer than 32 bytes; write `name=` and the output of \
             `openssl rand -base64 32`, one key a line"
        );
    }
}
