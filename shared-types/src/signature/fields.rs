//! Which fields of a request are covered, in which order, and what makes a request one that cannot be signed.
//! Both sides collect with [`Fields::collect`], so they cannot disagree about the covered list.

use std::fmt;

/// Covered in every request; each must be present exactly once.
pub const ALWAYS_COVERED: [&str; 5] = [
    "content-digest",
    "x-request-id",
    "mindflow-caller",
    "mindflow-client-address",
    "mindflow-accepted-at",
];

/// Covered after the others when present.
pub const COVERED_IF_PRESENT: [&str; 12] = [
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "traceparent",
    "accept",
    "origin",
    "user-agent",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
    "cookie",
];

/// Fields with this prefix are believed by the receiver, so one that is not covered is refused, known or not.
const TRUSTED_PREFIX: &str = "mindflow-";

/// Why a request can be neither signed nor accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageFault {
    /// A covered field is there more than once: receivers differ in which line they believe.
    Repeated(&'static str),
    /// A `mindflow-*` field that the profile does not know.
    UnknownMindflowField,
    /// A field of [`ALWAYS_COVERED`] is missing.
    Missing(&'static str),
    /// A component's value has bytes that would be changed on the way or could forge another line of the
    /// signature base: control bytes, non-ASCII, white space at its ends (RFC 9421 section 7.5.5).
    Value(&'static str),
}

impl MessageFault {
    /// A fixed label for logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Repeated(_) => "repeated_field",
            Self::UnknownMindflowField => "unknown_mindflow_field",
            Self::Missing(_) => "missing_field",
            Self::Value(_) => "bad_value",
        }
    }
}

impl fmt::Display for MessageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repeated(name) => write!(f, "`{name}` is there more than once; send it once"),
            Self::UnknownMindflowField => f.write_str(
                "a `mindflow-*` field outside the profile; drop it, or add it to the covered list",
            ),
            Self::Missing(name) => write!(f, "`{name}` is missing; it is always covered"),
            Self::Value(name) => {
                write!(
                    f,
                    "`{name}` has control bytes, non-ASCII or outer white space; drop or encode it"
                )
            }
        }
    }
}

impl std::error::Error for MessageFault {}

/// Whether a field with this value can be signed: printable ASCII with inner spaces and tabs. A sender drops an
/// optional field (a `User-Agent` with Latin-1 in it) that cannot.
pub fn is_signable_value(value: &str) -> bool {
    let bytes = value.as_bytes();
    let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    !blank(bytes.first())
        && !blank(bytes.last())
        && bytes.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
}

const COUNT: usize = ALWAYS_COVERED.len() + COVERED_IF_PRESENT.len();

/// The covered fields of one request, in the profile's order.
#[derive(Debug)]
pub(super) struct Fields<'a>([Option<&'a str>; COUNT]);

impl<'a> Fields<'a> {
    /// Picks the profile's fields out of all fields of a request.
    pub(super) fn collect(headers: &[(&'a str, &'a str)]) -> Result<Self, MessageFault> {
        let mut values = [None; COUNT];
        for &(name, value) in headers {
            if let Some((index, known)) = names()
                .enumerate()
                .find(|(_, known)| known.eq_ignore_ascii_case(name))
            {
                if values[index].replace(value).is_some() {
                    return Err(MessageFault::Repeated(known));
                }
                if !is_signable_value(value) {
                    return Err(MessageFault::Value(known));
                }
            } else if name
                .get(..TRUSTED_PREFIX.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(TRUSTED_PREFIX))
            {
                return Err(MessageFault::UnknownMindflowField);
            }
        }
        let missing = ALWAYS_COVERED
            .iter()
            .zip(&values)
            .find(|(_, value)| value.is_none());
        match missing {
            Some((name, _)) => Err(MessageFault::Missing(name)),
            None => Ok(Self(values)),
        }
    }

    /// The fields that are there, in the profile's order: what must be covered, no more and no less.
    pub(super) fn present(&self) -> impl Iterator<Item = (&'static str, &'a str)> {
        names()
            .zip(self.0)
            .filter_map(|(name, value)| value.map(|value| (name, value)))
    }

    /// The value of a field of the profile, when the request has it.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.present()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALWAYS_COVERED.into_iter().chain(COVERED_IF_PRESENT)
}
