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

use super::isolate::BREAKER;
use super::js::{self, Body};
use crate::answer::receive;
use crate::config::Config;
use crate::error::{Away, Error};
use crate::forward::Forward;
use crate::gate::breaker::Way;
use crate::header::HeaderBlock;

/// How long the origin may take for the whole answer, body included, in milliseconds.
pub(super) const DEADLINE_MS: u32 = 10_000;

/// How long one that tries for the others waits (`gate::breaker`), in milliseconds.
const TRY_DEADLINE_MS: u32 = 3_000;

/// The shortest time in which a second try makes sense, in milliseconds.
const SHORTEST_MS: u32 = 500;

/// How long a second try waits after the first, in milliseconds: an origin that is being replaced needs a moment.
const PAUSE_MS: u32 = 50;

/// A whole answer, as the origin gave it.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) status: u16,
    pub(super) headers: HeaderBlock,
    pub(super) body: Body,
    /// How long it took, in milliseconds.
    pub(super) milliseconds: f64,
    /// How often it was sent: the former times nobody knows what became of it.
    pub(super) tries: u32,
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
    let started_ms = js::now_ms();
    let init = signed_init(config, forward, body, started_ms)?;
    let abort = web_sys::AbortController::new().map_err(|_| Error::Internal)?;
    init.set_signal(Some(&abort.signal()));
    let promise = js::global().fetch_with_str_and_init(&forward.url(&config.origin_url), &init);
    let exchange = async {
        let response: web_sys::Response = JsFuture::from(promise).await?.unchecked_into();
        let body = if forward.streams {
            response.body().map_or(Body::Empty, Body::Stream)
        } else {
            let buffer = JsFuture::from(response.array_buffer()?).await?;
            Body::new(Uint8Array::new(&buffer))
        };
        Ok(Raw {
            status: response.status(),
            headers: js::header_block(&response.headers()),
            body,
            milliseconds: js::since(started_ms),
            tries: 1,
        })
    };
    let answered = before(deadline_ms, exchange).await;
    let Some(answered) = answered else {
        abort.abort();
        return Err(Error::OriginAway(Away::TooSlow));
    };
    answered.map_err(|_: JsValue| Error::OriginAway(Away::NoAnswer))
}

/// The result of `work`, or none when it is not there after `milliseconds`.
pub(super) async fn before<T>(milliseconds: u32, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut timer = pin!(Delay::from(Duration::from_millis(milliseconds.into())));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => timer.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// As [`fetch`], unless the origin is known to be away; and notes whether it was. What can be repeated without harm is
/// sent a second time, newly signed, when the first failed with time left.
pub(super) async fn ask(
    config: &Config,
    forward: &Forward,
    body: &Body,
    deadline_ms: u32,
    again: bool,
) -> Result<Raw, Error> {
    let started_ms = js::now_ms();
    let deadline_ms = match BREAKER.with_borrow_mut(|breaker| breaker.way(started_ms)) {
        Way::Open => deadline_ms,
        Way::Try => deadline_ms.min(TRY_DEADLINE_MS),
        Way::Closed => return Err(Error::OriginAway(Away::Known)),
    };
    let mut answered = fetch_from_origin(config, forward, body, deadline_ms).await;
    let spent_ms = u32::try_from(js::now_ms() - started_ms).unwrap_or(u32::MAX);
    let left_ms = deadline_ms.saturating_sub(spent_ms.saturating_add(PAUSE_MS));
    if again && left_ms >= SHORTEST_MS && matches!(answered, Err(Error::OriginAway(_))) {
        Delay::from(Duration::from_millis(PAUSE_MS.into())).await;
        answered = fetch_from_origin(config, forward, body, left_ms).await;
        if let Ok(raw) = &mut answered {
            raw.tries += 1;
        }
    }
    BREAKER.with_borrow_mut(|breaker| match &answered {
        Err(Error::OriginAway(away)) => breaker.fail(*away == Away::TooSlow, js::now_ms()),
        Err(_) => {}
        Ok(_) => breaker.succeed(),
    });
    answered
}

/// A proxy's answer in the origin's stead is none.
async fn fetch_from_origin(
    config: &Config,
    forward: &Forward,
    body: &Body,
    deadline_ms: u32,
) -> Result<Raw, Error> {
    let raw = fetch(config, forward, body, deadline_ms).await?;
    match receive(raw.status, &raw.headers, false) {
        Ok(_) => Ok(raw),
        Err(away) => {
            raw.body.cancel();
            Err(Error::OriginAway(away))
        }
    }
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
