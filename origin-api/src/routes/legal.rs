//! `/privacy`, `/terms` and `/.well-known/openai-apps-challenge`: what directories of assistants, and the people who
//! use them, want to read about an installation and who runs it.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;

use crate::app::Shared;
use crate::config::operator::Operator;
use crate::docs;
use crate::error::Error;
use crate::extract::Input;
use crate::reply::{Public, Reply};

const PRIVACY: &str = include_str!("legal/privacy.md");
const TERMS: &str = include_str!("legal/terms.md");

/// What is kept about you, and why.
///
/// The privacy policy of this installation, as a page: what is kept, where, for how long, and how to take or delete it.
#[utoipa::path(
    get, path = "/privacy", tag = "Service",
    responses((
        status = OK, description = "The page.", body = String, content_type = "text/html",
        headers(("ETag" = String, description = "Changes with the page.")),
    )),
)]
pub async fn get_privacy(State(app): State<Shared>, _: Input) -> Result<Reply, Error> {
    Ok(page("Privacy", PRIVACY, &app.config.operator))
}

/// The terms of use.
///
/// What this installation does, what it expects of you, and what it does not promise, as a page.
#[utoipa::path(
    get, path = "/terms", tag = "Service",
    responses((
        status = OK, description = "The page.", body = String, content_type = "text/html",
        headers(("ETag" = String, description = "Changes with the page.")),
    )),
)]
pub async fn get_terms(State(app): State<Shared>, _: Input) -> Result<Reply, Error> {
    Ok(page("Terms of use", TERMS, &app.config.operator))
}

/// Whose this address is, for OpenAI.
///
/// The token that OpenAI gave to the operator, who has configured it; 404 while none is configured.
#[utoipa::path(
    get, path = "/.well-known/openai-apps-challenge", tag = "Service",
    responses(
        (status = OK, description = "The token.", body = String, content_type = "text/plain"),
        (status = NOT_FOUND, description = "None is configured.", body = shared_types::problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn get_apps_challenge(State(app): State<Shared>, _: Input) -> Result<Reply, Error> {
    let token = app.config.operator.apps_challenge.clone();
    let token = token.ok_or(Error::NotFound)?;
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok(Reply::of((StatusCode::OK, kind, token).into_response())
        .field(header::CACHE_CONTROL, "no-store"))
}

fn page(title: &'static str, text: &str, operator: &Operator) -> Reply {
    let name = operator.name.as_deref();
    let name = name.unwrap_or("a person or company that has not given a name here");
    let email = operator.email.as_ref().map(ToString::to_string);
    let email = email.unwrap_or_else(|| "no address has been given here".to_owned());
    let html = docs::text_page(title, text, &[("{operator}", name), ("{contact}", &email)]);
    let policy = docs::content_security_policy();
    Reply::public(&Public::new("text/html; charset=utf-8", html))
        .field(header::CONTENT_SECURITY_POLICY, &policy)
        .field(header::REFERRER_POLICY, "no-referrer")
}
