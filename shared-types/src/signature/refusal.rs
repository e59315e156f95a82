//! Why a signed request is refused. Whoever sent it learns nothing but 401; the reason is for logs and counters.

use std::fmt;

use super::MessageFault;

/// The reasons, in the order in which they are checked: a request with several faults is refused for the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is neither `Signature-Input` nor `Signature`.
    Unsigned,
    /// Not exactly one signature labelled `edge` in the two fields, in the profile's serialisation.
    NotOneSignature,
    /// A parameter is missing, malformed, out of order, or not of the profile.
    Parameters,
    /// Signed for the other direction, or for something else.
    Tag,
    /// No key of this name.
    UnknownKey,
    /// `created` is more than 30 s ahead of now.
    CreatedAhead,
    /// `expires` is more than 30 s ago.
    Expired,
    /// `expires` is before `created`, or more than 60 s after it.
    Lifetime,
    /// The request is not one that the profile can sign.
    Message(MessageFault),
    /// This component of the request is not in the covered list.
    Uncovered(&'static str),
    /// The covered list has components that the request has not, or others, or in another order.
    CoveredList,
    /// The HMAC is not the key's over this request.
    Mac,
    /// The nonce was seen before.
    Replayed,
    /// `Content-Digest` is not that of the body.
    Digest,
    /// `Mindflow-Accepted-At` is no integer, more than 30 s ahead of `created`, or more than 24 h before it.
    AcceptedAt,
    /// `X-Request-Id` is no UUID.
    RequestId,
    /// `Mindflow-Client-Address` is no IP address.
    ClientAddress,
    /// `Mindflow-Caller` cannot be read, or is of a kind that the tag does not allow.
    Caller,
    /// The request's credential is missing, bad, or not that of `Mindflow-Caller`.
    Credential,
}

impl Refusal {
    /// A fixed label for logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::NotOneSignature => "not_one_signature",
            Self::Parameters => "parameters",
            Self::Tag => "tag",
            Self::UnknownKey => "unknown_key",
            Self::CreatedAhead => "created_ahead",
            Self::Expired => "expired",
            Self::Lifetime => "lifetime",
            Self::Message(fault) => fault.as_str(),
            Self::Uncovered(_) => "uncovered",
            Self::CoveredList => "covered_list",
            Self::Mac => "mac",
            Self::Replayed => "replayed",
            Self::Digest => "digest",
            Self::AcceptedAt => "accepted_at",
            Self::RequestId => "request_id",
            Self::ClientAddress => "client_address",
            Self::Caller => "caller",
            Self::Credential => "credential",
        }
    }

    /// The component that the reason is about, when it is about one.
    pub const fn component(self) -> Option<&'static str> {
        match self {
            Self::Uncovered(name)
            | Self::Message(
                MessageFault::Repeated(name)
                | MessageFault::Missing(name)
                | MessageFault::Value(name),
            ) => Some(name),
            _ => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(fault) => fault.fmt(f),
            Self::Uncovered(name) => write!(f, "`{name}` is not covered by the signature"),
            other => f.write_str(other.as_str()),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<MessageFault> for Refusal {
    fn from(fault: MessageFault) -> Self {
        Self::Message(fault)
    }
}
