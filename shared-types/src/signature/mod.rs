//! The signed hop: RFC 9421 HTTP Message Signatures with `hmac-sha256` and RFC 9530 `Content-Digest`, in one
//! fixed profile.
//!
//! The edge calls [`sign`] for every request it sends; the origin calls [`verify`], reads the body, and hands it
//! to [`Head::with_body`], which gives the only [`Verified`] there is: nothing can act on a request whose body was
//! not checked. The origin's own calls to the edge use the same code with [`Tag::Origin`] and their own keys.
//!
//! The profile is strict instead of general: both ends are ours, so a signature that is not byte for byte what
//! [`sign`] writes is refused. Nothing is normalised: what a proxy rewrites stops verifying.
//!
//! Must not: read a clock, make randomness, keep state. The caller passes the time, the nonce, and the memory of
//! nonces ([`NonceWindow`]).

mod base;
mod digest;
mod fields;
mod keys;
mod nonce;
mod refusal;
mod sign;
mod structured;
mod verify;

#[cfg(test)]
mod tests;

pub use base::signature_base;
pub use digest::content_digest;
pub use fields::{ALWAYS_COVERED, COVERED_IF_PRESENT, MessageFault, is_signable_value};
pub use keys::{KeyFault, Keys, KeysError};
pub use nonce::{Nonce, NonceWindow};
pub use refusal::Refusal;
pub use sign::{Signed, sign};
pub use verify::{Head, Verified, verify};

/// `expires` − `created` of what [`sign`] makes, and the most that [`verify`] accepts.
pub const LIFETIME_SECONDS: i64 = 60;
/// How far the two clocks may differ: `created` at most this far ahead, `expires` at most this far past.
pub const CLOCK_SKEW_SECONDS: i64 = 30;
/// The oldest `Mindflow-Accepted-At` before `created`: what a replayed outbox row may carry.
pub const ACCEPTED_AT_MAX_AGE_SECONDS: i64 = 24 * 60 * 60;

/// The one label that a message signature may have, in either direction.
const LABEL: &str = "edge";

/// Which of the two senders signed: the `tag` parameter, so that no signature of one direction serves in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// The edge calling the origin: any caller but the origin.
    Edge,
    /// The origin calling the edge (`POST /internal/invalidate`): the caller is `kind="origin"`.
    Origin,
}

impl Tag {
    /// The `tag` parameter's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Edge => "mindflow-edge",
            Self::Origin => "mindflow-origin",
        }
    }
}

/// A request as far as the signature covers it; the body is covered through `content-digest`.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The method as sent, upper case.
    pub method: &'a str,
    /// The configured authority of the receiver (`ORIGIN_AUTHORITY`, or the host of `PUBLIC_URL`), lower case,
    /// without a default port. Never the received `Host`, which whoever sends the request chooses.
    pub authority: &'a str,
    /// The path exactly as on the wire, percent-encoding kept.
    pub path: &'a str,
    /// The query exactly as on the wire, without its `?`; empty when there is none.
    pub query: &'a str,
    /// All fields of the request, one pair for each field line. Those the profile does not name are ignored, except
    /// `mindflow-*`, which are refused. A value that is no text must not be left out, or the field would go in
    /// unsigned: give it as `"\u{fffd}"`, which is refused where the field matters.
    pub headers: &'a [(&'a str, &'a str)],
}
