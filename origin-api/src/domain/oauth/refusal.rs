//! Why OAuth says no, in the words of its standards (RFC 6749 §4.1.2.1 and §5.2, RFC 8707 §2, RFC 7591 §3.2.2).

/// An error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// A parameter is missing, repeated, or makes no sense.
    InvalidRequest,
    /// Not a client, or not proven to be it.
    InvalidClient,
    /// The code or refresh token does not hold for this client.
    InvalidGrant,
    /// Another grant type than those that are offered.
    UnsupportedGrantType,
    /// Another response type than `code`.
    UnsupportedResponseType,
    /// A scope that no app can have.
    InvalidScope,
    /// A resource that is none of ours.
    InvalidTarget,
    /// The user said no.
    AccessDenied,
    /// A registration with a redirect address that nobody may have.
    InvalidRedirectUri,
    /// A registration that cannot be made.
    InvalidClientMetadata,
}

impl Code {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::AccessDenied => "access_denied",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
        }
    }
}

/// An error code, and a sentence that says what to do; it repeats nothing that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: Code,
    /// The sentence, in ASCII without quotes and backslashes (RFC 6749 §5.2).
    pub description: String,
}

impl Refusal {
    /// With this sentence.
    pub fn new(code: Code, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
        }
    }
}
