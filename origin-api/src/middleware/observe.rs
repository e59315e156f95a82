//! The outermost layer: the request's id, its log line, and the answer's `X-Request-Id` and `Server-Timing`.

use std::fmt::Write as _;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use shared_types::id::RequestId;

use crate::app::Shared;
use crate::telemetry;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Runs the request under its id and logs it once, by route template: a path holds ids.
pub async fn observe(State(app): State<Shared>, request: Request, next: Next) -> Response {
    // For a request that is not signed the id is just a word to find its line by.
    let given = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .and_then(RequestId::parse);
    let id = given.map_or_else(|| app.new_id(), |id| id.0);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    telemetry::in_request(id, async {
        let started = app.clock.elapsed();
        let mut response = next.run(request).await;
        let took = app.clock.elapsed().saturating_sub(started);
        let route = route.as_ref().map_or("-", MatchedPath::as_str);
        let (status, method, dur_ms) = (
            response.status().as_u16(),
            method.as_str(),
            milliseconds(took),
        );
        if is_probe(route) && status < 400 {
            tracing::debug!(method, route, status, dur_ms, "answered");
        } else {
            tracing::info!(
                method,
                route,
                status,
                dur_ms,
                db_ms = milliseconds(telemetry::database_time()),
                "answered"
            );
        }
        let mut buffer = uuid::Uuid::encode_buffer();
        if let Ok(id) = HeaderValue::from_str(id.hyphenated().encode_lower(&mut buffer)) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        // How long a login takes at the origin is nobody's business (contract.md).
        if !route.starts_with("/api/auth/")
            && let Some(timing) = server_timing(took, telemetry::database_time())
        {
            response.headers_mut().insert(SERVER_TIMING, timing);
        }
        response
    })
    .await
}

fn is_probe(route: &str) -> bool {
    matches!(route, "/livez" | "/readyz" | "/health")
}

/// In milliseconds, to the microsecond.
#[expect(
    clippy::cast_precision_loss,
    reason = "durations here are far under 2^52 µs"
)]
fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}

fn server_timing(origin: Duration, database: Duration) -> Option<HeaderValue> {
    let mut text = String::with_capacity(40);
    write!(
        text,
        "origin;dur={}, db;dur={}",
        milliseconds(origin),
        milliseconds(database)
    )
    .ok()?;
    HeaderValue::from_maybe_shared(text.into_bytes()).ok()
}
