//! `GET /health`: one signed probe of the origin a second at most, shared by all who ask this isolate.

use std::time::Duration;

use worker::{Delay, js_sys};

use super::isolate::{BREAKER, PROBES};
use super::js::{self, Body};
use super::origin;
use crate::config::Config;
use crate::forward::Forward;
use crate::gate::breaker::Breaker;
use crate::health::{OriginHealth, Step};

/// How long the origin may take to say how it is, in milliseconds.
const DEADLINE_MS: u32 = 3_000;

/// How long one who waits for another's probe sleeps between looks. The promise itself cannot be shared: the
/// runtime ties I/O to the request that began it.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// How the origin is, as known for at most a second.
pub(super) async fn origin_health(
    config: &Config,
    request_id: &str,
    client_address: &str,
) -> OriginHealth {
    loop {
        match PROBES.with_borrow_mut(|probes| probes.step(js::now_ms())) {
            Step::Known(health) => return health,
            Step::Wait => Delay::from(LOOK_AGAIN).await,
            Step::Probe => {
                let health = probe(config, request_id, client_address).await;
                PROBES.with_borrow_mut(|probes| probes.finish(health.clone(), js::now_ms()));
                return health;
            }
        }
    }
}

async fn probe(config: &Config, request_id: &str, client_address: &str) -> OriginHealth {
    let forward = Forward::anonymous_get("/health", request_id, client_address, js::now_ms());
    // Its own 503 says what is wrong, so the status is not looked at.
    let answered = origin::fetch(config, &forward, &Body::Empty, DEADLINE_MS).await;
    if answered.is_ok() {
        // What others were told meanwhile of its being away is over.
        BREAKER.with_borrow_mut(Breaker::succeed);
    }
    match answered.map(|raw| raw.body) {
        Ok(Body::Bytes(bytes)) => OriginHealth::parse(&text(&bytes)),
        Ok(Body::Empty | Body::Stream(_)) | Err(_) => OriginHealth::unreachable(),
    }
}

fn text(bytes: &js_sys::Uint8Array) -> String {
    String::from_utf8(bytes.to_vec()).unwrap_or_default()
}
