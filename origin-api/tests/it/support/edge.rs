//! An edge on loopback, as far as the origin calls it: it believes only what is signed, and answers as the test wants.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use origin_api::app::Clock;
use shared_types::caller::Caller;
use shared_types::gate::Invalidation;
use shared_types::signature::{Keys, Message, NonceWindow, Tag, verify};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::app::CALLBACK_KEYS;

/// The status that stands for no answer at all.
pub const SILENT: u16 = 0;

/// The edge; it stops with this value.
pub struct FakeEdge {
    pub url: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    authority: String,
    keys: Keys,
    clock: Arc<dyn Clock>,
    answer: AtomicU16,
    nonces: Mutex<NonceWindow>,
    told: Mutex<Vec<Invalidation>>,
    calls: AtomicU16,
}

impl FakeEdge {
    /// On a port of its own.
    pub async fn new(clock: Arc<dyn Clock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, clock)
    }

    /// On this listener.
    pub fn on(listener: TcpListener, clock: Arc<dyn Clock>) -> Self {
        let authority = listener.local_addr().unwrap().to_string();
        let url = format!("http://{authority}");
        let shared = Arc::new(Shared {
            authority,
            keys: Keys::parse(CALLBACK_KEYS).unwrap(),
            clock,
            answer: AtomicU16::new(204),
            nonces: Mutex::new(NonceWindow::new(1024)),
            told: Mutex::default(),
            calls: AtomicU16::new(0),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            shared,
            server,
        }
    }

    /// Answers with `status` from now on.
    pub fn answer(&self, status: u16) {
        self.shared.answer.store(status, Ordering::SeqCst);
    }

    /// What it has taken so far.
    pub fn told(&self) -> Vec<Invalidation> {
        self.shared.told.lock().unwrap().clone()
    }

    /// How often it was called, whatever it answered.
    pub fn calls(&self) -> u16 {
        self.shared.calls.load(Ordering::SeqCst)
    }
}

impl Drop for FakeEdge {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(edge): State<Arc<Shared>>, request: Request) -> Response {
    edge.calls.fetch_add(1, Ordering::SeqCst);
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 64 * 1024).await.unwrap();
    let headers: Vec<(&str, &str)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    let message = Message {
        method: parts.method.as_str(),
        authority: &edge.authority,
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &headers,
    };
    let now_ms = edge.clock.now().as_millisecond();
    let verified = verify(
        &message,
        &edge.keys,
        Tag::Origin,
        now_ms,
        |nonce, expires| edge.nonces.lock().unwrap().remember(nonce, expires, now_ms),
    );
    let verified = verified.and_then(|head| head.with_body(&body));
    if verified.map(|verified| verified.caller) != Ok(Caller::Origin)
        || message.path != "/internal/invalidate"
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let status = edge.answer.load(Ordering::SeqCst);
    if status == SILENT {
        std::future::pending::<()>().await;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    if response.status().is_success() {
        edge.told
            .lock()
            .unwrap()
            .push(serde_json::from_slice(&body).unwrap());
    }
    response
        .headers_mut()
        .insert(header::LOCATION, HeaderValue::from_static("/elsewhere"));
    response
}
