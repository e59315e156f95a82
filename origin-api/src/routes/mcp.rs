//! `POST /mcp`: the tools of MindFlow for language models, by the official SDK (docs/mcp.md).
//!
//! The SDK reads and writes the protocol, in both of its eras and without sessions. It runs a handler in a task of its
//! own, where neither the request's log lines nor the limit on when a write may begin would follow; so the handler only
//! asks, and what it asks for is done here, in the request's own task.

mod arguments;
mod change;
mod prompts;
mod refusal;
mod resources;
mod say;
mod schema;
mod server;
mod session;
mod tools;

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use self::server::Server;
use self::session::Session;
use crate::app::Shared;
use crate::error::Error;
use crate::extract::{Reader, Scoped};
use crate::middleware::signature::BODY_BYTES;
use crate::reply::Reply;

/// What an answer may have at most: far over what tools keep to, but the widget is an answer as well.
const ANSWER_BYTES: usize = 8 << 20;

/// All scopes that an app can be granted: it asks for them at once, not one after the other.
const INSUFFICIENT_SCOPE: &str =
    "Bearer error=\"insufficient_scope\", scope=\"tasks:read tasks:write\"";

/// JSON-RPC 2.0: the body is no JSON.
const PARSE_ERROR: (i64, &str) = (-32700, "Parse error");
/// It is no message.
const INVALID_REQUEST: (i64, &str) = (-32600, "Invalid request");
/// It is none of the method's.
const INVALID_PARAMS: (i64, &str) = (-32602, "Invalid params");

/// Answers a message of MCP.
pub async fn call(
    State(app): State<Shared>,
    Reader(caller): Reader,
    Scoped(scopes): Scoped,
    request: Request,
) -> Result<Reply, Error> {
    let session = Session::begin(&app, caller, scopes).await?;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES).await;
    let body = body.map_err(|_| Error::ContentTooLarge)?;
    let message = match serde_json::from_slice::<Value>(&body) {
        Err(_) => return refused(&Value::Null, PARSE_ERROR),
        Ok(message) if message["jsonrpc"] != "2.0" => {
            return refused(&Value::Null, INVALID_REQUEST);
        }
        Ok(message) => message,
    };
    let authority = &app.config.origin_authority;
    let request = acceptable(Request::from_parts(parts, Body::from(body)), authority);
    let (ask, mut asked) = mpsc::channel(1);
    let service = StreamableHttpService::new(
        move || Ok(Server::new(ask.clone())),
        Arc::new(NeverSessionManager::default()),
        settings(),
    );
    let answer = {
        let mut answer = pin!(service.handle(request));
        loop {
            tokio::select! {
                answer = &mut answer => break answer,
                Some(asked) = asked.recv() => session.answer(asked).await,
            }
        }
    };
    finish(&message, answer, session).await
}

/// A refusal without an answer of the SDK, which has no form of its own for these.
fn refused(id: &Value, (code, message): (i64, &str)) -> Result<Reply, Error> {
    let error = json!({"code": code, "message": message});
    let body = json!({"jsonrpc": "2.0", "id": id, "error": error});
    Reply::json(StatusCode::BAD_REQUEST, &body)
}

/// Stateless and in JSON. Whose request this is and where it came from was settled by the signed hop: the edge refuses
/// a foreign Origin, and nothing that it has not signed arrives here under whatever host.
fn settings() -> StreamableHttpServerConfig {
    StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .disable_allowed_hosts()
        .with_max_request_body_bytes(BODY_BYTES)
}

/// The request as the SDK takes it. The answer is JSON, so a client that takes JSON is served, though the standard wants
/// it to take a stream as well; and what the origin is called is what was signed, whatever Host says.
fn acceptable(mut request: Request, authority: &str) -> Request {
    let headers = request.headers_mut();
    if let Ok(authority) = authority.parse() {
        headers.insert(HOST, authority);
    }
    // The edge lets nothing else through.
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let accept = headers.get(ACCEPT).map(|value| value.to_str());
    let takes_json = match accept {
        None => true,
        Some(Ok(accept)) => ["application/json", "application/*", "*/*"]
            .iter()
            .any(|range| accept.contains(range)),
        Some(Err(_)) => false,
    };
    if takes_json {
        let both = HeaderValue::from_static("application/json, text/event-stream");
        headers.insert(ACCEPT, both);
    }
    request
}

/// The answer to `message`, with what the SDK does not know of.
async fn finish<B>(
    message: &Value,
    answer: Response<B>,
    session: Session<'_>,
) -> Result<Reply, Error>
where
    B: HttpBody<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let (version, is_forbidden) = session.end()?;
    let (mut parts, body) = answer.into_parts();
    // The media type is right: the message is none that the SDK can read.
    if parts.status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        return Ok(refused(&message["id"], INVALID_PARAMS)?.version(version));
    }
    let bytes = to_bytes(Body::new(body), ANSWER_BYTES).await;
    let mut bytes = bytes.map_err(Error::internal)?;
    if message["method"] == "tools/list"
        && let Some(with_schemes) = tools::say_schemes(&bytes)
    {
        bytes = with_schemes;
        parts.headers.remove(CONTENT_LENGTH);
    }
    if is_forbidden {
        parts.status = StatusCode::FORBIDDEN;
        let challenge = HeaderValue::from_static(INSUFFICIENT_SCOPE);
        parts.headers.insert(WWW_AUTHENTICATE, challenge);
    }
    let reply = Reply::of(Response::from_parts(parts, Body::from(bytes)));
    Ok(reply.version(version))
}

/// A JSON object in the form that the SDK takes.
fn object(value: Value) -> serde_json::Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => serde_json::Map::new(),
    }
}
