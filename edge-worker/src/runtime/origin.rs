//! The signed fetch: what the Worker sends for anonymous callers and the gate for its user.
//!
//! The deadline is a timer that ends with the fetch. `AbortSignal.timeout` would leave one behind, and a
//! pending timer keeps a Durable Object awake and billed.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use worker::js_sys::futures::JsFuture;
use worker::js_sys::{JSON, Uint8Array};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::{Delay, console_error};

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
    /// `Mindflow-Gate-Effects`: what a user's gate has to know before this answer is sent on.
    pub(super) effects: Option<String>,
}

/// A whole answer, as the origin gave it.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) status: u16,
    pub(super) headers: HeaderBlock,
    pub(super) body: Body,
}

/// Signs, sends, and reads the whole answer within the deadline, so that an origin that dies half-way is seen
/// before anything is sent on. An answer that nobody needs is read too: it would cost the connection. Of one that
/// streams only the head is waited for; its body goes on as it arrives, and breaks off where the origin's does.
pub(super) async fn fetch(
    config: &Config,
    forward: &Forward,
    body: &Body,
    deadline_ms: u32,
) -> Result<Raw, Error> {
    let init = signed_init(config, forward, body, js::now_ms())?;
    let abort = web_sys::AbortController::new().map_err(|_| Error::Internal)?;
    init.set_signal(Some(&abort.signal()));
    let promise = js::global().fetch_with_str_and_init(&forward.url(&config.origin_url), &init);
    let exchange = async {
        let response: web_sys::Response = JsFuture::from(promise).await?.unchecked_into();
        if forward.streams {
            return Ok(Raw {
                status: response.status(),
                headers: js::header_block(&response.headers()),
                body: response.body().map_or(Body::Empty, Body::Stream),
            });
        }
        let buffer = JsFuture::from(response.array_buffer()?).await?;
        Ok(Raw {
            status: response.status(),
            headers: js::header_block(&response.headers()),
            body: Body::new(Uint8Array::new(&buffer)),
        })
    };
    let answered = before(deadline_ms, exchange).await;
    let answered = answered.unwrap_or_else(|| {
        abort.abort();
        Err(JsValue::UNDEFINED)
    });
    answered.map_err(|_: JsValue| Error::OriginAway(Away::NoAnswer))
}

/// The result of `work`, or none when it is not there after `milliseconds`.
async fn before<T>(milliseconds: u32, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut timer = pin!(Delay::from(Duration::from_millis(milliseconds.into())));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => timer.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Fetches and judges.
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
        cookies: forward.cookies,
    };
    let effects = raw.headers.find("mindflow-gate-effects").map(str::to_owned);
    let (answer, body) = match judge(raw.status, &raw.headers, conditions) {
        Verdict::Body(answer) => (answer, raw.body),
        Verdict::NoBody(answer) => {
            raw.body.cancel();
            (answer, Body::Empty)
        }
        Verdict::Away(error) => {
            raw.body.cancel();
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
        effects,
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
