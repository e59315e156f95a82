//! OAuth's own endpoints, with its own error form (RFC 6749 §5.2); the page that users see is HTML.

pub mod authorize;
mod client_auth;
pub mod metadata;
mod pages;
pub mod register;
pub mod revoke;
pub mod token;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::db::DbError;
use crate::db::login::Charge;
use crate::db::throttles::{self, Tried};
use crate::domain::client_address::ClientAddress;
use crate::domain::oauth::params::Params;
use crate::domain::oauth::refusal::{Code, Refusal};
use crate::error::Error;
use crate::reply::Reply;

/// What can come of a request besides its answer.
#[derive(Debug)]
pub enum OauthError {
    /// In the standard's words.
    Refused(Refusal),
    /// A client that has not proven itself; whether it has tried by `Authorization`.
    Unproven {
        /// It has.
        by_header: bool,
    },
    /// Anything that could come of any request.
    Other(Error),
}

impl From<Refusal> for OauthError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for OauthError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<DbError> for OauthError {
    fn from(error: DbError) -> Self {
        Self::Other(error.into())
    }
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => refused(
                StatusCode::BAD_REQUEST,
                refusal.code.as_str(),
                &refusal.description,
            ),
            Self::Unproven { by_header } => {
                let description = "The client is not known, or has not proven to be it. Check client_id and client_secret, or register again.";
                let mut response = refused(
                    StatusCode::UNAUTHORIZED,
                    Code::InvalidClient.as_str(),
                    description,
                );
                if by_header {
                    // RFC 6749 §5.2: with the scheme that it has used.
                    let basic = HeaderValue::from_static("Basic realm=\"MindFlow\"");
                    response
                        .headers_mut()
                        .insert(header::WWW_AUTHENTICATE, basic);
                }
                response
            }
            Self::Other(error) => other(error),
        }
    }
}

/// The error logs itself, and knows its status and when to come again; only its form is another one.
fn other(error: Error) -> Response {
    let (parts, _) = error.into_response().into_parts();
    let (code, description) = match parts.status {
        StatusCode::TOO_MANY_REQUESTS => (
            "temporarily_unavailable",
            "Too many requests from there have failed. Wait as Retry-After says.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "temporarily_unavailable",
            "A part of MindFlow is away. Send the same request again in a second.",
        ),
        _ => (
            "server_error",
            "Nothing that was sent is wrong. Try again later.",
        ),
    };
    let mut response = refused(parts.status, code, description);
    if let Some(seconds) = parts.headers.get(header::RETRY_AFTER) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.clone());
    }
    response
}

fn refused(status: StatusCode, code: &str, description: &str) -> Response {
    let body = json!({"error": code, "error_description": description});
    match answer(status, &body) {
        Ok(reply) => reply.into_response(),
        Err(error) => error.into_response(),
    }
}

/// JSON that nobody may keep.
fn answer(status: StatusCode, body: &impl Serialize) -> Result<Reply, Error> {
    Ok(Reply::json(status, body)?.field(header::CACHE_CONTROL, "no-store"))
}

/// The parameters of a form in the body.
fn form(headers: &HeaderMap, body: &[u8]) -> Result<Params, Refusal> {
    if has_type(headers, "application/x-www-form-urlencoded") {
        Ok(Params::parse(body))
    } else {
        Err(Refusal::new(
            Code::InvalidRequest,
            "Send the parameters in the body, with Content-Type: application/x-www-form-urlencoded.",
        ))
    }
}

fn json_body(headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let refuse = |what| Refusal::new(Code::InvalidClientMetadata, what);
    if !has_type(headers, "application/json") {
        return Err(refuse(
            "Send the metadata as JSON, with Content-Type: application/json.",
        ));
    }
    serde_json::from_slice(body).map_err(|_| refuse("The body is not valid JSON."))
}

fn has_type(headers: &HeaderMap, wanted: &str) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE);
    let text = content_type.and_then(|value| value.to_str().ok());
    let essence = text
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(wanted)
}

/// What a request that does not hold is charged to: many people share the addresses of an assistant, so what succeeds
/// counts nothing.
fn failure(app: &App, client: &ClientAddress) -> Charge {
    Charge {
        subject: throttles::subject("oauth", &[client.as_str()]),
        rate: app.config.rates.oauth_failures,
    }
}

/// Charges `charge` once.
async fn charge(app: &App, charge: &Charge) -> Result<(), Error> {
    let tried = throttles::try_once(&app.db, &charge.subject, charge.rate, app.clock.now());
    match tried.await? {
        Tried::Passed => Ok(()),
        Tried::Limited { retry_after } => Err(Error::RateLimited(retry_after)),
    }
}
