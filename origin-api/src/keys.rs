//! The Ed25519 keys that sign and verify credentials: parsing, public set, signatures.
//!
//! The first key signs, all verify, so a rotation costs no error. What a credential says and
//! whether it may be used is `shared_types::token`'s; here are only the keys.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use shared_types::token::{PublicKey, to_jwks};

/// A set of credential keys, never empty.
pub struct TokenKeys {
    keys: Vec<TokenKey>,
}

struct TokenKey {
    id: String,
    signing: SigningKey,
}

/// Why a key file was refused. Line numbers count from 1; key material is never shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeysError {
    /// No key at all.
    Empty,
    /// A line is not `kid=base64 of 32 bytes`.
    Malformed(usize),
    /// A key that nobody can have drawn at random.
    Weak(usize),
    /// A key id or a key that an earlier line has.
    Repeated(usize),
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const REMEDY: &str = "write one line as kid=$(openssl rand -base64 32)";
        match self {
            Self::Empty => write!(f, "there is no key; {REMEDY}"),
            Self::Malformed(line) => {
                write!(f, "line {line} is not kid=base64 of 32 bytes; {REMEDY}")
            }
            Self::Weak(line) => write!(
                f,
                "line {line} is a placeholder, not a random key; {REMEDY}"
            ),
            Self::Repeated(line) => write!(
                f,
                "line {line} repeats a key or key id; each must be its own"
            ),
        }
    }
}

impl TokenKeys {
    /// Reads `kid=base64 of a 32-byte seed` lines; blank lines and `#` comments are skipped.
    ///
    /// # Errors
    /// Refuses anything that a careless installation might hold instead of random keys.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let mut keys: Vec<TokenKey> = Vec::new();
        for (line, entry) in (1..).zip(text.lines().map(str::trim)) {
            if entry.is_empty() || entry.starts_with('#') {
                continue;
            }
            let (id, seed) = entry.split_once('=').ok_or(KeysError::Malformed(line))?;
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            if id.is_empty() || id.len() > 64 || !id.bytes().all(plain) {
                return Err(KeysError::Malformed(line));
            }
            let seed = STANDARD
                .decode(seed.trim())
                .map_err(|_| KeysError::Malformed(line))?;
            let seed: [u8; 32] = seed.try_into().map_err(|_| KeysError::Malformed(line))?;
            if is_weak(&seed) {
                return Err(KeysError::Weak(line));
            }
            if keys
                .iter()
                .any(|key| key.id == id || key.signing.as_bytes() == &seed)
            {
                return Err(KeysError::Repeated(line));
            }
            keys.push(TokenKey {
                id: id.to_owned(),
                signing: SigningKey::from_bytes(&seed),
            });
        }
        if keys.is_empty() {
            Err(KeysError::Empty)
        } else {
            Ok(Self { keys })
        }
    }

    /// The id of the key that signs.
    pub fn signing_id(&self) -> &str {
        &self.keys[0].id
    }

    /// An Ed25519 signature (RFC 8032) by the first key.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.keys[0].signing.sign(message).to_bytes()
    }

    /// Whether there is a key `id`.
    pub fn knows(&self, id: &str) -> bool {
        self.keys.iter().any(|key| key.id == id)
    }

    /// Whether `signature` over `message` is by the key `id`, by the strict rules (no small-order
    /// keys, canonical encodings only).
    pub fn verify(&self, id: &str, message: &[u8], signature: &[u8; 64]) -> bool {
        let Some(key) = self.keys.iter().find(|key| key.id == id) else {
            return false;
        };
        let public: VerifyingKey = key.signing.verifying_key();
        public
            .verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    }

    /// The public halves as a JWK set (RFC 7517, RFC 8037), for the edge's `TOKEN_PUBLIC_KEYS`.
    ///
    /// # Errors
    /// Never in practice: the set is plain text.
    pub fn public_set(&self) -> Result<String, serde_json::Error> {
        let public = |key: &TokenKey| PublicKey {
            key_id: key.id.clone(),
            bytes: key.signing.verifying_key().to_bytes(),
        };
        to_jwks(&self.keys.iter().map(public).collect::<Vec<_>>())
    }
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|key| &key.id))
            .finish()
    }
}

/// Text, a repeated pattern or a count: 32 random bytes have at least 16 different ones and are
/// not all printable (each with a probability under 2^-40).
fn is_weak(seed: &[u8; 32]) -> bool {
    let mut present = [false; 256];
    for byte in seed {
        present[usize::from(*byte)] = true;
    }
    let different = present.iter().filter(|present| **present).count();
    let step = seed[1].wrapping_sub(seed[0]);
    let counts = seed
        .windows(2)
        .all(|pair| pair[1].wrapping_sub(pair[0]) == step);
    different < 16 || counts || seed.iter().all(|byte| (b' '..=b'~').contains(byte))
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn line(id: &str, seed: &[u8]) -> String {
        format!("{id}={}\n", STANDARD.encode(seed))
    }

    fn random(start: u8) -> [u8; 32] {
        std::array::from_fn(|at| start.wrapping_add(u8::try_from(at * at * 7 % 251).unwrap()))
    }

    #[test]
    fn the_first_key_signs_and_all_verify() {
        let both = TokenKeys::parse(&(line("new", &random(1)) + &line("old", &random(2)))).unwrap();
        let old = TokenKeys::parse(&line("old", &random(2))).unwrap();
        assert_eq!(both.signing_id(), "new");
        assert!(both.verify("old", b"message", &old.sign(b"message")));
        assert!(!both.verify("new", b"message", &old.sign(b"message")));
        assert!(!both.verify("old", b"another", &old.sign(b"message")));
        assert!(!old.verify("new", b"message", &both.sign(b"message")));
    }

    #[test]
    fn refuses_what_a_careless_installation_may_hold() {
        let refused = |text: &str| TokenKeys::parse(text).unwrap_err();
        assert_eq!(refused("# nothing\n\n"), KeysError::Empty);
        assert_eq!(refused("change-me"), KeysError::Malformed(1));
        assert_eq!(refused(&line("short", &[1; 16])), KeysError::Malformed(1));
        assert_eq!(refused(&line("zero", &[0; 32])), KeysError::Weak(1));
        assert_eq!(
            refused(&line("text", b"$(openssl rand -hex 32)_________")),
            KeysError::Weak(1)
        );
        let count: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap());
        assert_eq!(refused(&line("count", &count)), KeysError::Weak(1));
        assert_eq!(
            refused(&(line("a", &random(1)) + &line("a", &random(2)))),
            KeysError::Repeated(2)
        );
        assert_eq!(
            refused(&(line("a", &random(1)) + &line("b", &random(1)))),
            KeysError::Repeated(2)
        );
    }

    #[test]
    fn shows_only_public_halves_and_ids() {
        let keys = TokenKeys::parse(&line("k1", &random(1))).unwrap();
        assert_eq!(format!("{keys:?}"), "[\"k1\"]");
        let set = keys.public_set().unwrap();
        assert!(
            set.contains("\"kid\":\"k1\"") && !set.contains(&URL_SAFE_NO_PAD.encode(random(1)))
        );
    }
}
