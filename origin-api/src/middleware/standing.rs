//! A refusal that came before any statement still owes what the statement would have said: whether the
//! credential holds now (a 401 comes before every other refusal but 404 and 405 of a route), and the user's
//! version, without which the gate takes an answer to a write for lost (signing.md).

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::db::{Caller, users};
use crate::error::Error;
use crate::reply::MINDFLOW_VERSION;

/// `response`, settled if it is such a refusal. One round trip then, none otherwise.
pub async fn settle(app: &App, caller: &Caller, mut response: Response) -> Response {
    let status = response.status();
    let is_refusal = status.is_client_error()
        && !matches!(
            status,
            StatusCode::UNAUTHORIZED | StatusCode::METHOD_NOT_ALLOWED
        );
    if !is_refusal || response.headers().contains_key(MINDFLOW_VERSION) {
        return response;
    }
    match users::find_version(&app.db, caller).await {
        Ok(Some(version)) => {
            response
                .headers_mut()
                .insert(MINDFLOW_VERSION, version.into());
            response
        }
        Ok(None) => Error::Unauthenticated.into_response(),
        Err(error) => Error::from(error).into_response(),
    }
}
