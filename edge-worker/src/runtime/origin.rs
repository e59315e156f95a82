//! The signed fetch: what the Worker sends for anonymous callers and the gate for its user.

use worker::console_error;
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{JSON, Uint8Array};
use worker::wasm_bindgen::{JsCast, JsValue};

use super::js::{self, Body};
use crate::answer::{Answer, Conditions, Verdict, judge};
use crate::config::Config;
use crate::error::{Away, Error};
use crate::forward::Forward;
use crate::header::HeaderBlock;
use crate::timing::{self, Span};

/// How long the origin may take for the whole answer, body included, in milliseconds.
const DEADLINE_MS: u32 = 10_000;

/// What the origin answered, ready to send on.
#[derive(Debug)]
pub(super) struct FromOrigin {
    pub(super) answer: Answer,
    pub(super) body: Body,
    /// Where the time went: the fetch, and the database's part of it as the origin says.
    pub(super) spans: Vec<Span>,
}

/// An answer whose body is still to be read, before the deadline.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) response: web_sys::Response,
    pub(super) headers: HeaderBlock,
}

impl Raw {
    /// All of the body.
    pub(super) async fn read(&self) -> Result<Body, Error> {
        let promise = self.response.array_buffer().map_err(no_answer)?;
        let buffer = JsFuture::from(promise).await.map_err(no_answer)?;
        Ok(Body::new(Uint8Array::new(&buffer)))
    }

    /// Frees the connection when nobody reads the body.
    fn discard(&self) {
        if let Some(stream) = self.response.body() {
            drop(stream.cancel());
        }
    }
}

fn no_answer(_: JsValue) -> Error {
    Error::OriginAway(Away::NoAnswer)
}

/// Signs and sends; the deadline holds for the body too.
pub(super) async fn fetch(
    config: &Config,
    forward: &Forward,
    body: &Body,
    deadline_ms: u32,
) -> Result<Raw, Error> {
    let init = signed_init(config, forward, body, js::now_ms())?;
    init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(deadline_ms)));
    let url = forward.url(&config.origin_url);
    let promise = js::global().fetch_with_str_and_init(&url, &init);
    let response: web_sys::Response = JsFuture::from(promise)
        .await
        .map_err(no_answer)?
        .unchecked_into();
    let headers = js::header_block(&response.headers());
    Ok(Raw { response, headers })
}

/// Fetches and judges the whole answer. The body is read before anything is sent on, so that an origin that
/// dies half-way is a 503 and not a broken answer.
pub(super) async fn send(
    config: &Config,
    forward: &Forward,
    body: &Body,
    private: bool,
) -> Result<FromOrigin, Error> {
    let started_ms = js::now_ms();
    let raw = fetch(config, forward, body, DEADLINE_MS).await?;
    let conditions = Conditions {
        head: forward.head,
        if_none_match: forward.if_none_match.as_deref(),
        private,
    };
    let (answer, body) = match judge(raw.response.status(), &raw.headers, conditions) {
        Verdict::Body(answer) => (answer, raw.read().await?),
        // Read all the same: an unread body would cost the connection.
        Verdict::NoBody(answer) => raw.read().await.map(|_| (answer, Body::Empty))?,
        Verdict::Away(error) => {
            raw.discard();
            return Err(error);
        }
    };
    let mut spans = vec![("origin", js::since(started_ms))];
    let timing = raw.headers.find("server-timing");
    if let Some(milliseconds) = timing.and_then(|field| timing::find(field, "db")) {
        spans.push(("db", milliseconds));
    }
    Ok(FromOrigin {
        answer,
        body,
        spans,
    })
}

fn signed_init(
    config: &Config,
    forward: &Forward,
    body: &Body,
    now_ms: i64,
) -> Result<web_sys::RequestInit, Error> {
    let nonce = js::random().map_err(|_| Error::Internal)?;
    let init = forward
        .signed_init(config, now_ms.div_euclid(1000), &nonce)
        .map_err(|fault| {
            console_error!("the request cannot be signed: {fault}");
            Error::Internal
        })?;
    let init: web_sys::RequestInit = JSON::parse(&init)
        .map_err(|_| Error::Internal)?
        .unchecked_into();
    if let Some(bytes) = body.bytes() {
        init.set_body_opt_u8_array(Some(bytes));
    }
    Ok(init)
}
