//! `?compact=true`: an answer that a language model can take. Assistants drop an answer of 100,000 characters whole,
//! and a GPT's Actions can set no header, so a parameter says it, with any operation; `/openapi-gpt.json` always asks
//! for it. No handler knows of it: its other parameters and its answer are as without.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use crate::domain::brevity::shorten;
use crate::error::Error;

/// The parameter, as it is written.
const COMPACT: &str = "compact=true";
/// The longest answer: a page of a hundred tasks as long as they may be.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// Takes the parameter away, and shortens the answer if it was there.
pub async fn compact(mut request: Request, next: Next) -> Response {
    let Some(uri) = without_parameter(request.uri()) else {
        return next.run(request).await;
    };
    *request.uri_mut() = uri;
    match shortened(next.run(request).await).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

/// The address without it; `None` where it is not there.
fn without_parameter(uri: &Uri) -> Option<Uri> {
    let query = uri.query()?;
    let others: Vec<_> = query.split('&').filter(|pair| *pair != COMPACT).collect();
    if others.join("&") == query {
        return None;
    }
    let path = uri.path();
    let path_and_query = if others.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", others.join("&"))
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path_and_query).ok()?);
    Uri::from_parts(parts).ok()
}

async fn shortened(response: Response) -> Result<Response, Error> {
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind != Some(&HeaderValue::from_static("application/json")) {
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, ANSWER_BYTES)
        .await
        .map_err(Error::internal)?;
    let mut content: Value = serde_json::from_slice(&bytes).map_err(Error::internal)?;
    shorten(&mut content);
    let body = serde_json::to_vec(&content).map_err(Error::internal)?;
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_parameter_as_it_is_written_is_taken_away() {
        let without =
            |text: &str| without_parameter(&text.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(without("/a?compact=true"), Some("/a".to_owned()));
        assert_eq!(
            without("/a?b=1&compact=true&c=%26"),
            Some("/a?b=1&c=%26".to_owned())
        );
        for other in ["/a", "/a?b=1", "/a?compact=false", "/a?b=compact=true"] {
            assert_eq!(without(other), None, "{other}");
        }
    }
}
