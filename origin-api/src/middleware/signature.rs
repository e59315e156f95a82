//! The signed hop: nothing but what the edge signed reaches a route (signing.md).
//!
//! The order defends the cheap against the dear: fields and HMAC before a byte of the body is read,
//! the body against its digest before anything looks into it, then the caller's own credential.
//! Whoever is refused learns nothing but 401; the reason is logged and counted.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::http::header::{AUTHORIZATION, IF_MATCH};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use shared_types::calendar::FEED_PATH;
use shared_types::caller::Caller as Claimed;
use shared_types::scope::Scopes;
use shared_types::signature::{Message, Nonce, NonceWindow, Refusal, Tag, Verified, verify};
use shared_types::token::mcp_audience;
use uuid::Uuid;

use crate::app::{App, Shared};
use crate::db::Caller;
use crate::db::late::in_write;
use crate::error::Error;
use crate::middleware::outbox::may_have_waited;
use crate::middleware::standing::settle;
use crate::reply::{MINDFLOW_EPOCH, MINDFLOW_VERSION};

/// The largest body of a route, in bytes.
pub const BODY_BYTES: usize = 256 * 1024;
/// The largest body of an import, in bytes.
pub const IMPORT_BYTES: usize = 10 * 1024 * 1024;
/// The MCP endpoint, whose tokens hold there alone.
const MCP: &str = "/mcp";
/// What a gate asks in its caller's name, whatever the caller has called.
const GATE_STATE: &str = "/internal/gate-state";
/// How long a body may take to arrive.
const BODY: Duration = Duration::from_secs(10);

/// What the signature and the credential prove about a request; in its extensions.
#[derive(Clone, Copy, Debug)]
pub struct Proven {
    /// Whom it acts for, unless for nobody.
    pub user: Option<User>,
}

/// A user whose credential holds, but for revocation, which the statement that does the work checks.
#[derive(Clone, Copy, Debug)]
pub struct User {
    /// Who, by which credential, at which instant.
    pub caller: Caller,
    /// What the credential may do.
    pub scopes: Scopes,
    /// When the token was issued, in Unix seconds.
    pub issued_at: i64,
}

/// Refused requests since the start, by reason; each refusal's log line says how many there have been.
#[derive(Default)]
pub struct Refused(Mutex<BTreeMap<&'static str, u64>>);

impl Refused {
    fn count(&self, reason: &'static str) -> u64 {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(reason).or_default();
        *count += 1;
        *count
    }
}

/// Nonces of accepted signatures, in shards so that threads seldom wait for each other.
pub struct Nonces([Mutex<NonceWindow>; NONCE_SHARDS]);

const NONCE_SHARDS: usize = 16;

impl Default for Nonces {
    fn default() -> Self {
        Self(std::array::from_fn(|_| {
            Mutex::new(NonceWindow::new(
                NonceWindow::DEFAULT_CAPACITY / NONCE_SHARDS,
            ))
        }))
    }
}

impl Nonces {
    fn remember(&self, nonce: &Nonce, expires_seconds: i64, now_ms: i64) -> bool {
        let shard = &self.0[usize::from(nonce[15]) % NONCE_SHARDS];
        shard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remember(nonce, expires_seconds, now_ms)
    }
}

/// Lets a request through when its signature, body and credential hold.
pub async fn require_signature(
    State(app): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    match check(&app, &parts, body).await {
        Ok((proven, created, body)) => {
            let is_write = !parts.method.is_safe();
            let is_routed = parts.extensions.get::<MatchedPath>().is_some();
            let mut request = Request::from_parts(parts, Body::from(body));
            request.extensions_mut().insert(proven);
            let answer = answer(&app, proven, next.run(request), is_routed);
            if is_write {
                in_write(created, answer).await
            } else {
                answer.await
            }
        }
        Err(Failure::Refused(reason, detail)) => {
            let count = app.refused.count(reason);
            tracing::warn!(reason, detail, count, "a request was refused");
            Error::Unauthenticated.into_response()
        }
        Err(Failure::Answer(error)) => error.into_response(),
    }
}

/// Runs the request, and adds to the answer of a user's what their gate needs.
async fn answer(
    app: &App,
    proven: Proven,
    response: impl Future<Output = Response>,
    is_routed: bool,
) -> Response {
    // Known before a statement began, so never newer than what that saw.
    let epoch = app.db.epoch();
    match proven.user {
        Some(user) if is_routed => {
            let (response, ()) = tokio::join!(response, app.uses.note(&app.db, &user));
            let response = settle(app, &user.caller, response).await;
            say_epoch(response, epoch.or_else(|| app.db.epoch()))
        }
        _ => response.await,
    }
}

/// Says which data the version of an answer is of (signing.md).
fn say_epoch(mut response: Response, epoch: Option<Uuid>) -> Response {
    let epoch = epoch.and_then(|epoch| HeaderValue::from_str(&epoch.to_string()).ok());
    if let Some(epoch) = epoch
        && response.headers().contains_key(MINDFLOW_VERSION)
    {
        response.headers_mut().insert(MINDFLOW_EPOCH, epoch);
    }
    response
}

enum Failure {
    /// 401, with the reason and its detail for the log.
    Refused(&'static str, &'static str),
    /// The signature holds and something else does not.
    Answer(Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.as_str(), refusal.component().unwrap_or_default())
    }
}

async fn check(
    app: &App,
    parts: &Parts,
    body: Body,
) -> Result<(Proven, Timestamp, Bytes), Failure> {
    let now_ms = app.clock.now().as_millisecond();
    let headers = fields(parts);
    let message = Message {
        method: parts.method.as_str(),
        authority: &app.config.origin_authority,
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &headers,
    };
    let remember =
        |nonce: &Nonce, expires_seconds| app.nonces.remember(nonce, expires_seconds, now_ms);
    let head = verify(
        &message,
        &app.config.signing_keys,
        Tag::Edge,
        now_ms,
        remember,
    )?;
    let limit = if template(parts) == "/api/import" {
        IMPORT_BYTES
    } else {
        BODY_BYTES
    };
    let body = read(body, limit).await?;
    let verified = head.with_body(&body)?;
    let user = credential(app, parts, &verified)?;
    let created = Timestamp::from_second(verified.created_seconds);
    let created = created.map_err(|_| Refusal::CreatedAhead)?;
    Ok((Proven { user }, created, body))
}

/// All fields as text. One that is none stands here as a character that no signed field may have: the
/// signature refuses it where it matters, and a field that nobody reads matters to nobody.
fn fields(parts: &Parts) -> Vec<(&str, &str)> {
    let fields = parts.headers.iter();
    fields
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap_or("\u{fffd}")))
        .collect()
}

/// The route that the request matches.
fn template(parts: &Parts) -> &str {
    let route = parts.extensions.get::<MatchedPath>();
    route.map(MatchedPath::as_str).unwrap_or_default()
}

/// For whom a token must be that is shown to the route `template`: the feed's for the feed and the MCP endpoint's for that,
/// and nothing else; all others for the API. A gate that knows nothing yet asks with whatever token came first.
fn audience(template: &str, public_url: &str, given: &str) -> String {
    let feed = format!("{public_url}{FEED_PATH}");
    let mcp = mcp_audience(public_url);
    match template {
        FEED_PATH => feed,
        MCP => mcp,
        GATE_STATE if given == feed => feed,
        GATE_STATE if given == mcp => mcp,
        _ => public_url.to_owned(),
    }
}

async fn read(body: Body, limit: usize) -> Result<Bytes, Failure> {
    match tokio::time::timeout(BODY, to_bytes(body, limit)).await {
        Ok(Ok(body)) => Ok(body),
        // Over the limit, or the edge hung up: then nobody reads the answer.
        Ok(Err(_)) => Err(Failure::Answer(Error::ContentTooLarge)),
        Err(_) => Err(Failure::Answer(Error::Unavailable(
            "the body did not arrive in time".into(),
        ))),
    }
}

/// The user of `Mindflow-Caller`, when the request's own credential says the same. That the one fits the
/// other in kind (none when anonymous, bearer for a user) is part of what the signature check has shown.
fn credential(app: &App, parts: &Parts, verified: &Verified) -> Result<Option<User>, Failure> {
    if verified.caller == Claimed::Anonymous {
        return Ok(None);
    }
    let waited_ms = app.clock.now().as_millisecond() - verified.accepted_at_ms;
    let template = template(parts);
    let is_conditional = parts.headers.contains_key(IF_MATCH);
    if !may_have_waited(&parts.method, template, is_conditional, waited_ms) {
        return Err(Refusal::AcceptedAt.into());
    }
    let refused = |detail| Failure::Refused(Refusal::Credential.as_str(), detail);
    let authorization = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let (_bearer, token) = authorization
        .and_then(|value| value.split_once(' '))
        .ok_or_else(|| refused("missing"))?;
    let token = app
        .credentials
        .verify(token, &app.config.token_keys.current())
        .map_err(|error| refused(error.as_str()))?;
    let url = &app.config.public_url;
    let audience = audience(template, url, &token.claims().aud);
    let shown = token
        .identity(url, &audience, verified.accepted_at_ms.div_euclid(1000))
        .map_err(|error| refused(error.as_str()))?;
    verified.check_credential(&shown)?;
    let caller = Caller {
        user: shown.user,
        credential: shown.credential,
        generation: token.claims().r#gen,
        now: Timestamp::from_millisecond(verified.accepted_at_ms)
            .map_err(|_| Refusal::AcceptedAt)?,
    };
    Ok(Some(User {
        caller,
        scopes: shown.scopes,
        issued_at: token.claims().iat,
    }))
}
