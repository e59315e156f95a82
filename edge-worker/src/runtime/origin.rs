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
use crate::timing::{self, Span};

/// How long the origin may take for the whole answer, body included, in milliseconds.
pub(super) const DEADLINE_MS: u32 = 10_000;

/// What the origin answered, ready to send on.
#[derive(Debug)]
pub(super) struct FromOrigin {
    pub(super) answer: Answer,
    pub(super) body: Body,
    /// Where the time went: the fetch, and the database's part of it as the origin says.
    pub(super) spans: Vec<Span>,
}

/// Signs, sends and reads the whole answer. The body is read before anything is sent on, so that an origin
/// that dies half-way is a 503 and not a broken answer.
pub(super) async fn send(
    config: &Config,
    forward: &Forward,
    body: &Body,
    private: bool,
    deadline_ms: u32,
) -> Result<FromOrigin, Error> {
    let started_ms = js::now_ms();
    let init = signed_init(config, forward, body, started_ms)?;
    init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(deadline_ms)));

    let promise = js::global().fetch_with_str_and_init(&forward.url(&config.origin_url), &init);
    let no_answer = |_: JsValue| Error::OriginAway(Away::NoAnswer);
    let response: web_sys::Response = JsFuture::from(promise)
        .await
        .map_err(no_answer)?
        .unchecked_into();
    let headers = js::header_block(&response.headers());
    let conditions = Conditions {
        head: forward.head,
        if_none_match: forward.if_none_match.as_deref(),
        private,
    };
    let (answer, body) = match judge(response.status(), &headers, conditions) {
        Verdict::Body(answer) => {
            let promise = response.array_buffer().map_err(no_answer)?;
            let buffer = JsFuture::from(promise).await.map_err(no_answer)?;
            (answer, Body::new(Uint8Array::new(&buffer)))
        }
        Verdict::NoBody(answer) => {
            discard(&response);
            (answer, Body::Empty)
        }
        Verdict::Away(error) => {
            discard(&response);
            return Err(error);
        }
    };
    let mut spans = vec![("origin", js::since(started_ms))];
    if let Some(milliseconds) = headers
        .find("server-timing")
        .and_then(|field| timing::find(field, "db"))
    {
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

/// Frees the connection of an answer whose body nobody reads.
fn discard(response: &web_sys::Response) {
    if let Some(stream) = response.body() {
        drop(stream.cancel());
    }
}
