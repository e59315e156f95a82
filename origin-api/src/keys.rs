//! The Ed25519 keys that sign and verify credentials: parsing, public set, signatures.
//!
//! The first key signs, all verify, so a rotation costs no error. A retired key is there by its public half only: it
//! verifies what it has signed, and can sign no more. What a credential says and whether it may be used is
//! `shared_types::token`'s; here are only the keys.

pub mod file;
pub mod live;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use shared_types::token::{PublicKey, to_jwks};

/// What stands before the public half of a retired key, in place of a seed.
const RETIRED: &str = "public:";

/// A set of credential keys, of which at least the first can sign.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenKeys {
    keys: Vec<TokenKey>,
    signing: Signing,
}

#[derive(Clone, PartialEq, Eq)]
struct TokenKey {
    id: String,
    public: VerifyingKey,
    /// None of a retired key.
    private: Option<SigningKey>,
}

/// A key that signs.
#[derive(Clone, PartialEq, Eq)]
pub struct Signing {
    id: String,
    key: SigningKey,
}

impl Signing {
    /// Its id, `kid` of what it signs.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// An Ed25519 signature (RFC 8032), which is the same for the same message at any time.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

/// Why a key file was refused. Line numbers count from 1; key material is never shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeysError {
    /// No key at all.
    Empty,
    /// A line is neither `kid=base64 of 32 bytes` nor `kid=public:base64 of a public key`.
    Malformed(usize),
    /// A key that nobody can have drawn at random.
    Weak(usize),
    /// A key id or a key that an earlier line has.
    Repeated(usize),
    /// The first key is a retired one.
    RetiredFirst(usize),
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const REMEDY: &str = "write one line as kid=$(openssl rand -base64 32)";
        match self {
            Self::Empty => write!(f, "there is no key; {REMEDY}"),
            Self::Malformed(line) => {
                write!(
                    f,
                    "line {line} is not kid=base64 of 32 bytes, nor kid=public:base64 of a public key; {REMEDY}"
                )
            }
            Self::Weak(line) => write!(
                f,
                "line {line} is a placeholder, not a random key; {REMEDY}"
            ),
            Self::Repeated(line) => write!(
                f,
                "line {line} repeats a key or key id; each must be its own"
            ),
            Self::RetiredFirst(line) => write!(
                f,
                "line {line} comes first but is retired; put the key first that signs"
            ),
        }
    }
}

impl TokenKeys {
    /// Reads `kid=base64 of a 32-byte seed` lines, and `kid=public:base64 of a public key` of retired keys; blank
    /// lines and `#` comments are skipped.
    ///
    /// # Errors
    /// Refuses anything that a careless installation might hold instead of random keys.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let mut keys: Vec<TokenKey> = Vec::new();
        let mut signing = None;
        for (line, entry) in (1..).zip(text.lines().map(str::trim)) {
            if entry.is_empty() || entry.starts_with('#') {
                continue;
            }
            let key = TokenKey::parse(entry, line)?;
            if keys.is_empty() {
                signing = Some(key.signing().ok_or(KeysError::RetiredFirst(line))?);
            }
            if keys
                .iter()
                .any(|other| other.id == key.id || other.public == key.public)
            {
                return Err(KeysError::Repeated(line));
            }
            keys.push(key);
        }
        let signing = signing.ok_or(KeysError::Empty)?;
        Ok(Self { keys, signing })
    }

    /// The key that signs.
    pub fn signing(&self) -> &Signing {
        &self.signing
    }

    /// The key `id` if it can sign, else the key that signs: for what is signed once more.
    pub fn signing_again(&self, id: &str) -> Signing {
        let same = self.keys.iter().find(|key| key.id == id);
        same.and_then(TokenKey::signing)
            .unwrap_or_else(|| self.signing.clone())
    }

    /// The same keys, of which `id` signs; `None` when it cannot.
    fn signed_by(&self, id: &str) -> Option<Self> {
        let key = self.keys.iter().find(|key| key.id == id)?;
        Some(Self {
            keys: self.keys.clone(),
            signing: key.signing()?,
        })
    }

    /// Whether there is a key `id`.
    pub fn knows(&self, id: &str) -> bool {
        self.public(id).is_some()
    }

    /// The public half of the key `id`.
    pub fn public(&self, id: &str) -> Option<&VerifyingKey> {
        let key = self.keys.iter().find(|key| key.id == id)?;
        Some(&key.public)
    }

    /// Whether `signature` over `message` is by the key `id`, by the strict rules (no small-order
    /// keys, canonical encodings only).
    pub fn verify(&self, id: &str, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        self.public(id)
            .is_some_and(|public| public.verify_strict(message, &signature).is_ok())
    }

    /// 32 bytes for `input` that only the holder of a key can tell, one for each key that is not retired, beginning with
    /// the one that signs. Other purposes give other bytes, and none of them says anything about the key.
    pub fn derive(&self, purpose: &str, input: &[u8]) -> Vec<[u8; 32]> {
        let others = self.keys.iter().filter(|key| key.id != self.signing.id);
        let others = others.filter_map(|key| key.private.as_ref());
        let keys = [&self.signing.key].into_iter().chain(others);
        keys.map(|key| hmac(&hmac(key.as_bytes(), purpose.as_bytes()), input))
            .collect()
    }

    /// As [`Self::derive`], by the oldest key that is not retired: the same before and after a rotation.
    pub fn derive_lasting(&self, purpose: &str, input: &[u8]) -> [u8; 32] {
        let oldest = self.keys.iter().rev().find_map(|key| key.private.as_ref());
        let oldest = oldest.unwrap_or(&self.signing.key);
        hmac(&hmac(oldest.as_bytes(), purpose.as_bytes()), input)
    }

    /// The public halves as a JWK set (RFC 7517, RFC 8037).
    ///
    /// # Errors
    /// Never in practice: the set is plain text.
    pub fn public_set(&self) -> Result<String, serde_json::Error> {
        let public = |key: &TokenKey| PublicKey {
            key_id: key.id.clone(),
            bytes: key.public.to_bytes(),
        };
        to_jwks(&self.keys.iter().map(public).collect::<Vec<_>>())
    }
}

impl TokenKey {
    /// Reads what stands on line `line`.
    fn parse(entry: &str, line: usize) -> Result<Self, KeysError> {
        let malformed = KeysError::Malformed(line);
        let (id, half) = entry.split_once('=').ok_or(malformed)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if id.is_empty() || id.len() > 64 || !id.bytes().all(plain) {
            return Err(malformed);
        }
        let half = half.trim();
        let public = half.strip_prefix(RETIRED);
        let bytes = STANDARD.decode(public.unwrap_or(half));
        let bytes: [u8; 32] = bytes
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(malformed)?;
        if is_weak(&bytes) {
            return Err(KeysError::Weak(line));
        }
        let id = id.to_owned();
        if public.is_some() {
            let public = VerifyingKey::from_bytes(&bytes)
                .ok()
                .filter(|public| !public.is_weak());
            return Ok(Self {
                id,
                public: public.ok_or(malformed)?,
                private: None,
            });
        }
        let private = SigningKey::from_bytes(&bytes);
        Ok(Self {
            id,
            public: private.verifying_key(),
            private: Some(private),
        })
    }

    fn signing(&self) -> Option<Signing> {
        Some(Signing {
            id: self.id.clone(),
            key: self.private.clone()?,
        })
    }
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|key| &key.id))
            .finish()
    }
}

fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
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
        assert_eq!(both.signing().id(), "new");
        assert!(both.verify("old", b"message", &old.signing().sign(b"message")));
        assert!(!both.verify("new", b"message", &old.signing().sign(b"message")));
        assert!(!both.verify("old", b"another", &old.signing().sign(b"message")));
        assert!(!old.verify("new", b"message", &both.signing().sign(b"message")));
    }

    #[test]
    fn what_is_derived_differs_by_key_purpose_and_input() {
        let both = TokenKeys::parse(&(line("new", &random(1)) + &line("old", &random(2)))).unwrap();
        let old = TokenKeys::parse(&line("old", &random(2))).unwrap();
        let derived = both.derive("a", b"1");
        assert_eq!(derived[1..], old.derive("a", b"1"));
        assert_eq!(derived[1], both.derive_lasting("a", b"1"));
        assert_eq!(derived[1], old.derive_lasting("a", b"1"));
        let mut all = [
            derived,
            both.derive("a", b"2"),
            both.derive("b", b"1"),
            vec![random(1), random(2)],
        ]
        .concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 8);
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

    fn retired(id: &str, seed: [u8; 32]) -> String {
        let public = SigningKey::from_bytes(&seed).verifying_key();
        format!("{id}={RETIRED}{}\n", STANDARD.encode(public.as_bytes()))
    }

    #[test]
    fn a_retired_key_verifies_what_it_has_signed_and_signs_nothing() {
        let old = TokenKeys::parse(&line("old", &random(2))).unwrap();
        let signed = old.signing().sign(b"message");
        let keys = line("new", &random(1)) + &retired("old", random(2));
        let keys = TokenKeys::parse(&keys).unwrap();
        assert!(keys.verify("old", b"message", &signed));
        assert!(keys.signed_by("old").is_none());
        assert_eq!(keys.signing_again("old").id(), "new");
        assert_eq!(old.signing_again("old").id(), "old");
        assert_eq!(keys.public_set().unwrap().matches("\"kid\"").count(), 2);
    }

    #[test]
    fn a_retired_key_cannot_come_first_stand_twice_or_be_anything() {
        let refused = |text: &str| TokenKeys::parse(text).unwrap_err();
        let (new, old) = (line("new", &random(1)), retired("old", random(2)));
        assert_eq!(refused(&(old.clone() + &new)), KeysError::RetiredFirst(1));
        assert_eq!(
            refused(&(new.clone() + &line("old", &random(2)) + &old)),
            KeysError::Repeated(3)
        );
        assert_eq!(
            refused(&(new.clone() + &retired("other", random(1)))),
            KeysError::Repeated(2)
        );
        // No point of the curve, and one of small order.
        let mut no_point = random(3);
        while VerifyingKey::from_bytes(&no_point).is_ok() {
            no_point[0] = no_point[0].wrapping_add(1);
        }
        let small_order: [u8; 32] = [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
            0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
            0x92, 0xac, 0x03, 0x7a,
        ];
        for bytes in [no_point, small_order] {
            let public = format!("{new}old={RETIRED}{}\n", STANDARD.encode(bytes));
            assert_eq!(refused(&public), KeysError::Malformed(2));
        }
        for weak in [[0; 32], [7; 32]] {
            let public = format!("{new}old={RETIRED}{}\n", STANDARD.encode(weak));
            assert_eq!(refused(&public), KeysError::Weak(2));
        }
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
