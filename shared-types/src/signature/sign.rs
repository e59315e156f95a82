//! The sender's side: covers what the profile asks for and signs with the first key.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::base::{DERIVED, check_derived, profile_base};
use super::fields::{Fields, MessageFault};
use super::{Keys, LABEL, LIFETIME_SECONDS, Message, Nonce, Tag};

/// The two fields that a signed request carries besides its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The value of `Signature-Input`.
    pub signature_input: String,
    /// The value of `Signature`.
    pub signature: String,
}

/// Signs a request with the first of `keys`. `created_seconds` is the Unix time now, `nonce` fresh randomness for
/// each call, also for a repeated request.
///
/// Fails when the request lacks a field that is always covered, has one twice, or has one that cannot be signed;
/// see [`MessageFault`].
pub fn sign(
    message: &Message<'_>,
    keys: &Keys,
    tag: Tag,
    created_seconds: i64,
    nonce: &Nonce,
) -> Result<Signed, MessageFault> {
    check_derived(message)?;
    let fields = Fields::collect(message.headers)?;
    let key = keys.signing_key();
    let params = params(&fields, key.id(), tag, created_seconds, nonce);
    let mac = key.mac(&profile_base(message, &fields, &params));
    Ok(Signed {
        signature_input: format!("{LABEL}={params}"),
        signature: format!("{LABEL}=:{}:", STANDARD.encode(mac)),
    })
}

fn params(
    fields: &Fields<'_>,
    key_id: &str,
    tag: Tag,
    created_seconds: i64,
    nonce: &Nonce,
) -> String {
    let names = DERIVED
        .into_iter()
        .chain(fields.present().map(|(name, _)| name));
    let mut list = String::with_capacity(512);
    for name in names {
        list.push_str(if list.is_empty() { "(\"" } else { " \"" });
        list.push_str(name);
        list.push('"');
    }
    let expires_seconds = created_seconds.saturating_add(LIFETIME_SECONDS);
    let nonce = URL_SAFE_NO_PAD.encode(nonce);
    let tag = tag.as_str();
    list + &format!(
        ");created={created_seconds};expires={expires_seconds};nonce=\"{nonce}\";keyid=\"{key_id}\";tag=\"{tag}\""
    )
}
