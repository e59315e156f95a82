//! A parser for exactly the `Signature-Input` and `Signature` that [`super::sign`] writes. RFC 8941 allows much more
//! (white space, escapes, other orders, several members); none of it is accepted, since no honest sender makes it.

use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::base::DERIVED;
use super::fields::Fields;
use super::{LABEL, Nonce, Refusal};

/// A parsed `Signature-Input`, borrowing from the field's value.
#[derive(Debug)]
pub(super) struct SignatureInput<'a> {
    /// The inner list and its parameters as received: the value of the base's last line.
    pub(super) params: &'a str,
    /// What stands between the parentheses.
    components: &'a str,
    pub(super) created_seconds: i64,
    pub(super) expires_seconds: i64,
    pub(super) nonce: Nonce,
    pub(super) key_id: &'a str,
    pub(super) tag: &'a str,
}

impl<'a> SignatureInput<'a> {
    /// Refuses with [`Refusal::NotOneSignature`] or [`Refusal::Parameters`].
    pub(super) fn parse(value: &'a str) -> Result<Self, Refusal> {
        let params = member(value)?;
        let list = params
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'));
        let (components, rest) = list.ok_or(Refusal::NotOneSignature)?;
        let mut rest = Cursor(rest);
        let mut read = || {
            let parsed = Self {
                params,
                components,
                created_seconds: rest.integer(";created=")?,
                expires_seconds: rest.integer(";expires=")?,
                nonce: decode_nonce(rest.string(";nonce=\"")?)?,
                key_id: rest.string(";keyid=\"")?,
                tag: rest.string(";tag=\"")?,
            };
            rest.0.is_empty().then_some(parsed)
        };
        read().ok_or(Refusal::Parameters)
    }

    /// Whether the covered list is exactly what these fields demand. Names the field when one that is there is not
    /// covered: it would be believed unsigned.
    pub(super) fn check_covered(&self, fields: &Fields<'_>) -> Result<(), Refusal> {
        let names = || {
            DERIVED
                .into_iter()
                .chain(fields.present().map(|(name, _)| name))
        };
        let mut covered = self.components.split(' ');
        let exact = names().all(|name| covered.next().is_some_and(|item| is_item(item, name)));
        if exact && covered.next().is_none() {
            return Ok(());
        }
        let uncovered =
            names().find(|name| !self.components.split(' ').any(|item| is_item(item, name)));
        Err(uncovered.map_or(Refusal::CoveredList, Refusal::Uncovered))
    }
}

/// The signature's bytes, or none when they are not 32 bytes in canonical base64.
pub(super) fn parse_signature(value: &str) -> Result<Option<[u8; 32]>, Refusal> {
    let encoded = member(value)?
        .strip_prefix(':')
        .and_then(|rest| rest.strip_suffix(':'));
    Ok(decode(&STANDARD, encoded.ok_or(Refusal::NotOneSignature)?))
}

/// The value of the only member. No value of the profile has a comma, so one means a second member.
fn member(value: &str) -> Result<&str, Refusal> {
    let value = if value.contains(',') {
        None
    } else {
        value.strip_prefix(LABEL)
    };
    value
        .and_then(|rest| rest.strip_prefix('='))
        .ok_or(Refusal::NotOneSignature)
}

/// Whether `item` is `"name"`.
fn is_item(item: &str, name: &str) -> bool {
    item.strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        == Some(name)
}

fn decode_nonce(encoded: &str) -> Option<Nonce> {
    decode(&URL_SAFE_NO_PAD, encoded)
}

/// Decodes exactly `N` bytes. The length is checked first, so a long value costs nothing.
fn decode<const N: usize>(engine: &impl base64::Engine, encoded: &str) -> Option<[u8; N]> {
    // The decoder wants room for whole groups of three bytes.
    let mut buffer = [0; 36];
    if encoded.len() > 44 {
        return None;
    }
    let size = engine.decode_slice(encoded, &mut buffer).ok()?;
    buffer.get(..size)?.try_into().ok()
}

/// An integer of at most 15 digits (RFC 8941 section 3.3.1), without sign or leading zero.
pub(super) fn parse_integer(digits: &str) -> Option<i64> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() <= 15;
    let padded = digits.len() > 1 && digits.starts_with('0');
    if plain && !padded {
        digits.parse().ok()
    } else {
        None
    }
}

/// What is left of the parameters.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn integer(&mut self, name: &str) -> Option<i64> {
        let rest = self.0.strip_prefix(name)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = rest.split_at_checked(digits)?;
        self.0 = rest;
        parse_integer(number)
    }

    /// A string without escapes; `name` ends with the opening quote.
    fn string(&mut self, name: &str) -> Option<&'a str> {
        let (text, rest) = self.0.strip_prefix(name)?.split_once('"')?;
        self.0 = rest;
        text.bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\')
            .then_some(text)
    }
}
