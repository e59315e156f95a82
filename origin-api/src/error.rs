//! Every outcome that is not an answer, and the problem (RFC 9457) it becomes.
//!
//! The cause of a 5xx is logged here, once, and never sent. The text that is sent says what to do.

use std::error::Error as StdError;
use std::fmt::Write as _;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared_types::problem::{self, Problem, ProblemType};
use shared_types::scope::Scope;
use shared_types::validate::FieldError;

use crate::telemetry;

/// A cause, for the log.
pub type Source = Box<dyn StdError + Send + Sync>;

/// What can come of a request besides its answer.
#[derive(Debug)]
pub enum Error {
    /// 400: the body is no JSON; says where.
    BadRequest(String),
    /// 401: without a reason, which goes to the log at the place that found it.
    Unauthenticated,
    /// 403: the credential lacks this scope.
    Forbidden(Scope),
    /// 403: the operator has disabled the account.
    Disabled,
    /// 404: nothing there, or another user's.
    NotFound,
    /// 405: the route knows other methods.
    MethodNotAllowed,
    /// 409: says what stands against it, and the remedy.
    Conflict(String),
    /// 412: `If-Match` names another version.
    PreconditionFailed,
    /// 413: the body is over what the route takes.
    ContentTooLarge,
    /// 415: the body is not `application/json`.
    UnsupportedMediaType,
    /// 422: each invalid field with its remedy.
    Invalid(Vec<FieldError>),
    /// 404, 409, 412 or 422: each item of a batch that was refused, with its remedy.
    Refused(ProblemType, Vec<FieldError>),
    /// 429: over a limit, for so many seconds.
    RateLimited(u32),
    /// 429: more was made than may be; says what to do meanwhile.
    OverQuota {
        /// For how long.
        seconds: u32,
        /// What it is, and what else can be done.
        remedy: &'static str,
    },
    /// 503: too many passwords wait to be hashed.
    Busy,
    /// 503: as many exports or imports are under way as this process takes on.
    Crowded,
    /// 503: a part that this installation does not have; says so, and whom to ask.
    NotOffered(&'static str),
    /// 503: something that is needed is away.
    Unavailable(Source),
    /// 500: a fault of ours.
    Internal(Source),
}

/// Seconds after which a 503 is worth another try.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");
/// As many when it takes an operator.
const RETRY_LATER: HeaderValue = HeaderValue::from_static("3600");

impl Error {
    /// A fault of ours with its cause.
    pub fn internal(cause: impl Into<Source>) -> Self {
        Self::Internal(cause.into())
    }

    /// One invalid field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.to_owned(),
            message: message.into(),
        }])
    }

    /// 422: the key was used for another request.
    pub fn key_reused() -> Self {
        Self::invalid(
            "Idempotency-Key",
            "was used for another request; send this one with a new key",
        )
    }

    /// What is sent.
    pub fn problem(&self, request_id: &str) -> Problem {
        let problem = |kind, detail: &str| Problem::new(kind, detail, request_id);
        match self {
            Self::BadRequest(what) => problem(ProblemType::BadRequest, what),
            Self::Unauthenticated => problem(
                ProblemType::Unauthenticated,
                "Sign in again, then repeat the request with the new access token.",
            ),
            Self::Forbidden(scope) => problem(
                ProblemType::Forbidden,
                &format!("This needs a credential with the scope {}.", scope.as_str()),
            ),
            Self::Disabled => problem(
                ProblemType::Forbidden,
                "This account is disabled. Ask whoever runs this server.",
            ),
            Self::NotFound => problem(
                ProblemType::NotFound,
                "There is nothing at this address, or it is not yours. Check the path and the id.",
            ),
            Self::MethodNotAllowed => problem(
                ProblemType::MethodNotAllowed,
                "Use one of the methods in the Allow header.",
            ),
            Self::Conflict(what) => problem(ProblemType::Conflict, what),
            Self::PreconditionFailed => problem(
                ProblemType::PreconditionFailed,
                "Read it again, then repeat the change with the new ETag in If-Match.",
            ),
            Self::ContentTooLarge => problem(
                ProblemType::ContentTooLarge,
                "Send at most 256 KiB (10 MiB for an import); split it into several requests.",
            ),
            Self::UnsupportedMediaType => problem(
                ProblemType::UnsupportedMediaType,
                "Send the body as JSON, with Content-Type: application/json.",
            ),
            Self::Invalid(errors) => problem(
                ProblemType::Invalid,
                "Correct the fields named in errors and send it again.",
            )
            .with_errors(errors.clone()),
            Self::Refused(kind, errors) => problem(
                *kind,
                "Nothing was changed. Correct the items named in errors, or leave them out, and send it again.",
            )
            .with_errors(errors.clone()),
            Self::RateLimited(seconds) => problem(
                ProblemType::RateLimited,
                &format!("Too many tries. Wait {seconds} seconds, then try again."),
            ),
            Self::OverQuota { seconds, remedy } => problem(
                ProblemType::RateLimited,
                &format!("{remedy} Otherwise wait {seconds} seconds, then try again."),
            ),
            Self::Busy => problem(
                ProblemType::Unavailable,
                "Too many people are signing in at this moment. Try again in a second.",
            ),
            Self::Crowded => problem(
                ProblemType::Unavailable,
                "Too many exports or imports are under way at this moment. Try again in a few seconds.",
            ),
            Self::NotOffered(what) => problem(ProblemType::Unavailable, what),
            Self::Unavailable(_) => problem(
                ProblemType::Unavailable,
                "A part of MindFlow is away. Try again in a second; repeat a change with the same Idempotency-Key.",
            ),
            Self::Internal(_) => problem(
                ProblemType::Internal,
                "Nothing you sent is wrong. Quote the request_id when you report this.",
            ),
        }
    }

    /// The fields that go along: `WWW-Authenticate` (RFC 6750 §3) and `Retry-After`.
    fn field(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Unauthenticated => {
                Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
            }
            Self::RateLimited(seconds) | Self::OverQuota { seconds, .. } => {
                Some((header::RETRY_AFTER, (*seconds).into()))
            }
            Self::NotOffered(_) => Some((header::RETRY_AFTER, RETRY_LATER)),
            Self::Busy | Self::Crowded | Self::Unavailable(_) => {
                Some((header::RETRY_AFTER, RETRY_AFTER))
            }
            _ => None,
        }
    }

    fn log(&self) {
        match self {
            Self::Internal(cause) => {
                tracing::error!(error = chain(cause.as_ref()), "a request failed");
            }
            Self::Unavailable(cause) => tracing::error!(
                error = chain(cause.as_ref()),
                "a request found something away"
            ),
            Self::Busy => tracing::warn!("the password queue is full"),
            Self::Crowded => tracing::warn!("too many exports or imports at one time"),
            _ => {}
        }
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        Self::Invalid(vec![error])
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.log();
        let problem = self.problem(
            &telemetry::request_id()
                .map(|id| id.to_string())
                .unwrap_or_default(),
        );
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let content_type = [(
            header::CONTENT_TYPE,
            HeaderValue::from_static(problem::CONTENT_TYPE),
        )];
        let mut response = (status, content_type, problem.to_json()).into_response();
        if let Some((name, value)) = self.field() {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// An error and all that caused it, in one line.
pub fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        // Writing to a string cannot fail.
        let _ = write!(text, ": {cause}");
        next = cause.source();
    }
    text
}
