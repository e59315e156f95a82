//! The receiver's side: every check of the profile, cheap and unkeyed ones first, none skipped.

use std::net::IpAddr;
use std::sync::Arc;

use super::base::{check_derived, profile_base};
use super::digest::content_digest;
use super::fields::{Fields, MessageFault};
use super::structured::{SignatureInput, parse_integer, parse_signature};
use super::{
    ACCEPTED_AT_MAX_AGE_SECONDS, CLOCK_SKEW_SECONDS, Keys, LIFETIME_SECONDS, Message, Nonce,
    Refusal, Tag,
};
use crate::caller::{Caller, Identity};
use crate::id::RequestId;

/// A request whose signature holds and whose body is still to be checked. Nothing in it is readable before that.
#[derive(Debug)]
#[must_use = "the signature covers the body only through `with_body`"]
pub struct Head<'a> {
    fields: Fields<'a>,
    tag: Tag,
    created_seconds: i64,
    key_id: Arc<str>,
}

/// What a verified request says about itself.
#[derive(Clone, Debug)]
pub struct Verified {
    /// `X-Request-Id`.
    pub request_id: RequestId,
    /// `Mindflow-Caller`. Believe a user only after [`Verified::check_credential`].
    pub caller: Caller,
    /// `Mindflow-Client-Address`.
    pub client_address: IpAddr,
    /// `Mindflow-Accepted-At` in Unix milliseconds: the instant that counts as now for this request.
    pub accepted_at_ms: i64,
    /// When it was signed, in Unix seconds.
    pub created_seconds: i64,
    /// The name of the key that signed it.
    pub key_id: Arc<str>,
}

/// Checks everything but the body and what its fields say, in the order of [`Refusal`].
///
/// `message` is the request as received, with the receiver's own configured authority. `now_ms` is Unix milliseconds.
/// `remember` is called last and only for a signature that holds, with the nonce and `expires` in Unix seconds; it
/// keeps the nonce and says whether it was new ([`super::NonceWindow::remember`]).
pub fn verify<'a>(
    message: &Message<'a>,
    keys: &Keys,
    tag: Tag,
    now_ms: i64,
    remember: impl FnOnce(&Nonce, i64) -> bool,
) -> Result<Head<'a>, Refusal> {
    let (input, signature) = signature_fields(message.headers)?;
    let signature = parse_signature(signature)?;
    let input = SignatureInput::parse(input)?;
    if input.tag != tag.as_str() {
        return Err(Refusal::Tag);
    }
    let key = keys.find(input.key_id).ok_or(Refusal::UnknownKey)?;
    check_window(&input, now_ms)?;
    check_derived(message)?;
    let fields = Fields::collect(message.headers)?;
    input.check_covered(&fields)?;
    let base = profile_base(message, &fields, input.params);
    if !signature.is_some_and(|signature| key.verifies(&base, &signature)) {
        return Err(Refusal::Mac);
    }
    if !remember(&input.nonce, input.expires_seconds) {
        return Err(Refusal::Replayed);
    }
    Ok(Head {
        fields,
        tag,
        created_seconds: input.created_seconds,
        key_id: Arc::clone(key.id()),
    })
}

impl Head<'_> {
    /// Checks the body against `Content-Digest`, then reads the fields that say when, from where and for whom.
    pub fn with_body(self, body: &[u8]) -> Result<Verified, Refusal> {
        let field = |name| self.fields.get(name).ok_or(MessageFault::Missing(name));
        if field("content-digest")? != content_digest(body) {
            return Err(Refusal::Digest);
        }
        let accepted_at_ms = accepted_at_ms(field("mindflow-accepted-at")?, self.created_seconds)
            .ok_or(Refusal::AcceptedAt)?;
        let request_id = RequestId::parse(field("x-request-id")?);
        let client_address = field("mindflow-client-address")?.parse().ok();
        let caller = Caller::parse(field("mindflow-caller")?)
            .filter(|caller| (self.tag == Tag::Origin) == (*caller == Caller::Origin));
        let verified = Verified {
            request_id: request_id.ok_or(Refusal::RequestId)?,
            client_address: client_address.ok_or(Refusal::ClientAddress)?,
            caller: caller.ok_or(Refusal::Caller)?,
            accepted_at_ms,
            created_seconds: self.created_seconds,
            key_id: self.key_id,
        };
        if !authorization_fits(&verified.caller, self.fields.get("authorization")) {
            return Err(Refusal::Credential);
        }
        Ok(verified)
    }
}

impl Verified {
    /// Whether the caller is exactly whom the receiver's own check of the credential showed, so that a stolen
    /// signing key alone acts for nobody. Required before a user's data is touched.
    pub fn check_credential(&self, shown: &Identity) -> Result<(), Refusal> {
        match self.caller.identity() {
            Some(claimed) if claimed == shown => Ok(()),
            _ => Err(Refusal::Credential),
        }
    }
}

/// The two fields' values; each must be there once.
fn signature_fields<'a>(headers: &[(&'a str, &'a str)]) -> Result<(&'a str, &'a str), Refusal> {
    let mut values = [None; 2];
    for &(name, value) in headers {
        let names = ["signature-input", "signature"];
        if let Some(index) = names
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name))
            && values[index].replace(value).is_some()
        {
            return Err(Refusal::NotOneSignature);
        }
    }
    match values {
        [Some(input), Some(signature)] => Ok((input, signature)),
        [None, None] => Err(Refusal::Unsigned),
        _ => Err(Refusal::NotOneSignature),
    }
}

/// Integers of the parser have at most 15 digits, so nothing here overflows.
fn check_window(input: &SignatureInput<'_>, now_ms: i64) -> Result<(), Refusal> {
    const SKEW_MS: i64 = CLOCK_SKEW_SECONDS * 1000;
    if input.created_seconds * 1000 > now_ms.saturating_add(SKEW_MS) {
        return Err(Refusal::CreatedAhead);
    }
    if now_ms > input.expires_seconds * 1000 + SKEW_MS {
        return Err(Refusal::Expired);
    }
    match input.expires_seconds - input.created_seconds {
        0..=LIFETIME_SECONDS => Ok(()),
        _ => Err(Refusal::Lifetime),
    }
}

/// Unix milliseconds as the signer writes them, near enough to `created`.
fn accepted_at_ms(value: &str, created_seconds: i64) -> Option<i64> {
    let accepted_ms = parse_integer(value)?;
    let created_ms = created_seconds * 1000;
    let oldest = created_ms - ACCEPTED_AT_MAX_AGE_SECONDS * 1000;
    let newest = created_ms + CLOCK_SKEW_SECONDS * 1000;
    (oldest..=newest)
        .contains(&accepted_ms)
        .then_some(accepted_ms)
}

/// A user's request carries the user's own bearer credential, an anonymous one at most a client's Basic
/// authentication, the origin's none.
fn authorization_fits(caller: &Caller, authorization: Option<&str>) -> bool {
    let scheme = authorization.map(|value| value.split(' ').next().unwrap_or_default());
    match (caller, scheme) {
        (Caller::User(_), Some(scheme)) => scheme.eq_ignore_ascii_case("bearer"),
        (Caller::Anonymous, Some(scheme)) => scheme.eq_ignore_ascii_case("basic"),
        (Caller::Anonymous | Caller::Origin, None) => true,
        (Caller::User(_), None) | (Caller::Origin, Some(_)) => false,
    }
}
