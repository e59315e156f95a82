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
use axum::http::header::{AUTHORIZATION, IF_MATCH};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use shared_types::caller::Caller as Claimed;
use shared_types::scope::Scopes;
use shared_types::signature::{Message, Nonce, NonceWindow, Refusal, Tag, Verified, verify};
use shared_types::token::mcp_audience;

use crate::app::{App, Shared};
use crate::db::Caller;
use crate::error::Error;
use crate::middleware::outbox::may_have_waited;
use crate::middleware::standing::settle;

/// The largest body of any route so far, in bytes.
pub const BODY_BYTES: usize = 256 * 1024;
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
        Ok((proven, body)) => {
            let is_routed = parts.extensions.get::<MatchedPath>().is_some();
            let mut request = Request::from_parts(parts, Body::from(body));
            request.extensions_mut().insert(proven);
            let response = next.run(request);
            match proven.user {
                Some(user) if is_routed => {
                    let (response, ()) = tokio::join!(response, app.uses.note(&app.db, &user));
                    settle(&app, &user.caller, response).await
                }
                _ => response.await,
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

async fn check(app: &App, parts: &Parts, body: Body) -> Result<(Proven, Bytes), Failure> {
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
    let body = read(body).await?;
    let verified = head.with_body(&body)?;
    let user = credential(app, parts, &verified)?;
    Ok((Proven { user }, body))
}

/// All fields as text. One that is none stands here as a character that no signed field may have: the
/// signature refuses it where it matters, and a field that nobody reads matters to nobody.
fn fields(parts: &Parts) -> Vec<(&str, &str)> {
    let fields = parts.headers.iter();
    fields
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap_or("\u{fffd}")))
        .collect()
}

async fn read(body: Body) -> Result<Bytes, Failure> {
    match tokio::time::timeout(BODY, to_bytes(body, BODY_BYTES)).await {
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
    let route = parts.extensions.get::<MatchedPath>();
    let template = route.map(MatchedPath::as_str).unwrap_or_default();
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
    let audience = match template {
        MCP => mcp_audience(url),
        GATE_STATE if token.claims().aud == mcp_audience(url) => mcp_audience(url),
        _ => url.clone(),
    };
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
