//! Problem details (RFC 9457): the one list of what can go wrong on the API, with status and title.

use serde::{Deserialize, Serialize};

use crate::validate::FieldError;

/// The media type of a problem.
pub const CONTENT_TYPE: &str = "application/problem+json";

/// A kind of problem. The slug ends the `type` URI and never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemType {
    /// 400: the body is not JSON, or the request is malformed.
    BadRequest,
    /// 401: no credential, or one that does not hold.
    Unauthenticated,
    /// 403: the credential lacks a scope, or the Origin is not allowed.
    Forbidden,
    /// 404: no such route or resource, or another user's.
    NotFound,
    /// 405: the route knows other methods; they are in `Allow`.
    MethodNotAllowed,
    /// 409: the request contradicts the present state.
    Conflict,
    /// 412: `If-Match` names another version.
    PreconditionFailed,
    /// 413: the body is over the route's limit.
    ContentTooLarge,
    /// 415: the body's media type is not the expected one.
    UnsupportedMediaType,
    /// 422: fields are not valid; `errors` names each.
    Invalid,
    /// 429: over a limit; `Retry-After` says when to come again.
    RateLimited,
    /// 500: our fault; no detail is given away.
    Internal,
    /// 503: a part is away; `Retry-After` says when to come again.
    Unavailable,
}

impl ProblemType {
    /// Every type.
    pub const ALL: [Self; 13] = [
        Self::BadRequest,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::PreconditionFailed,
        Self::ContentTooLarge,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::RateLimited,
        Self::Internal,
        Self::Unavailable,
    ];

    /// Slug, status and title: the only place where they stand.
    const fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::BadRequest => ("bad-request", 400, "The request is malformed"),
            Self::Unauthenticated => ("unauthenticated", 401, "A valid credential is needed"),
            Self::Forbidden => ("forbidden", 403, "The credential does not allow this"),
            Self::NotFound => ("not-found", 404, "There is nothing here"),
            Self::MethodNotAllowed => ("method-not-allowed", 405, "The method is not allowed here"),
            Self::Conflict => (
                "conflict",
                409,
                "The request conflicts with the present state",
            ),
            Self::PreconditionFailed => (
                "precondition-failed",
                412,
                "It has changed since you read it",
            ),
            Self::ContentTooLarge => ("content-too-large", 413, "The body is too large"),
            Self::UnsupportedMediaType => (
                "unsupported-media-type",
                415,
                "The media type is not supported",
            ),
            Self::Invalid => ("invalid", 422, "Some fields are not valid"),
            Self::RateLimited => ("rate-limited", 429, "Too many requests"),
            Self::Internal => ("internal", 500, "Something went wrong on our side"),
            Self::Unavailable => ("unavailable", 503, "MindFlow is temporarily unavailable"),
        }
    }

    /// The end of the `type` URI.
    pub const fn slug(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// A short title, the same for every occurrence.
    pub const fn title(self) -> &'static str {
        self.row().2
    }
}

/// A problem as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Which kind it is: a URN, `urn:mindflow:problem:` and the slug.
    pub r#type: String,
    /// The kind's title.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A sentence that a person or a language model can act on.
    pub detail: String,
    /// The request's id, to quote when asking for help.
    pub request_id: String,
    /// For 422: each invalid field. For a batch: each item that was refused, whatever the status.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A problem of the given kind.
    pub fn new(
        kind: ProblemType,
        detail: impl Into<String>,
        request_id: impl Into<String>,
    ) -> Self {
        Self {
            r#type: format!("urn:mindflow:problem:{}", kind.slug()),
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: detail.into(),
            request_id: request_id.into(),
            errors: Vec::new(),
        }
    }

    /// The same problem with the invalid fields named.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// The body to send.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_as_rfc_9457_wants_it() {
        let problem = Problem::new(
            ProblemType::Invalid,
            "Correct the fields and send it again.",
            "r",
        )
        .with_errors(vec![FieldError {
            field: "items[3].priority".to_owned(),
            message: "must be between 1 and 5".to_owned(),
        }]);
        assert_eq!(
            problem.to_json(),
            r#"{"type":"urn:mindflow:problem:invalid","title":"Some fields are not valid","status":422,"detail":"Correct the fields and send it again.","request_id":"r","errors":[{"field":"items[3].priority","message":"must be between 1 and 5"}]}"#
        );
        assert!(
            !Problem::new(ProblemType::NotFound, "", "r")
                .to_json()
                .contains("errors")
        );
    }

    #[test]
    fn slugs_and_statuses_are_told_apart() {
        for (index, kind) in ProblemType::ALL.iter().enumerate() {
            for other in &ProblemType::ALL[..index] {
                assert_ne!(kind.slug(), other.slug());
            }
            assert!((400..600).contains(&kind.status()));
        }
    }
}
