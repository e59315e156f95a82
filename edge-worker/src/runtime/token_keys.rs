//! Public token keys beyond the configuration's: an isolate that meets an unknown key id asks the one Durable Object
//! that keeps the origin's last key set, and that asks the origin first. So a cold isolate knows the keys while the
//! origin is away.

use std::time::Duration;

use shared_types::token::{PublicKey, parse_jwks};
use worker::js_sys::futures::JsFuture;
use worker::wasm_bindgen;
use worker::{Delay, DurableObject, Env, Request, Response, State, console_error, durable_object};

use super::inbound::Inbound;
use super::isolate::{CRYPTO_KEYS, LEARNED_KEYS, TOKENS};
use super::js::{self, Body};
use super::kept::Kept;
use super::object::{self, Call, Kind};
use super::{isolate, origin};
use crate::config::Config;
use crate::error::Error;
use crate::forward::{Forward, GATE_FIELD};
use crate::keys::Step;

/// The name of the one object.
const NAME: &str = "token-keys";
const LOOK_PATH: &str = "/v1/look";

/// How long the origin may take to name its keys, in milliseconds.
const DEADLINE_MS: u32 = 3_000;

/// The largest key set in bytes that is believed to be one.
const LARGEST_SET_BYTES: usize = 64 * 1024;

/// How long one who waits for another's look-up sleeps between glances. The promise itself cannot be shared: the
/// runtime ties I/O to the request that began it.
const GLANCE: Duration = Duration::from_millis(20);

/// On whose behalf keys are looked up.
pub(super) struct Asker<'a> {
    pub(super) env: &'a Env,
    pub(super) config: &'a Config,
    pub(super) inbound: &'a Inbound<'a>,
}

impl Asker<'_> {
    /// The key called `key_id`, looked up if it is not known.
    pub(super) async fn find(&self, key_id: &str) -> Option<PublicKey> {
        loop {
            let configured = &self.config.token_keys;
            let known = LEARNED_KEYS.with_borrow(|keys| keys.find(configured, key_id));
            if known.is_some() {
                return known;
            }
            match LEARNED_KEYS.with_borrow_mut(|keys| keys.step(js::now_ms())) {
                Step::Look => self.look().await,
                Step::Wait => Delay::from(GLANCE).await,
                Step::Refuse => return None,
            }
        }
    }

    /// Looks again at what was learned long ago, so that a retired key is let go of.
    pub(super) async fn renew(&self) {
        if LEARNED_KEYS.with_borrow_mut(|keys| keys.is_due(js::now_ms())) {
            self.look().await;
        }
    }

    async fn look(&self) {
        let found = self.ask().await;
        let is_lost = LEARNED_KEYS.with_borrow_mut(|keys| keys.finish(found, js::now_ms()));
        if is_lost {
            TOKENS.take();
            CRYPTO_KEYS.take();
        }
    }

    async fn ask(&self) -> Option<Vec<PublicKey>> {
        let now_ms = js::now_ms();
        let question = Forward::anonymous_get(
            "/.well-known/jwks.json",
            &self.inbound.id.to_string(),
            &self.inbound.client_address().to_string(),
            now_ms,
        );
        let question = question.to_json();
        let call = Call {
            path: LOOK_PATH,
            forward: Some(&question),
            is_upgrade: false,
            body: &Body::Empty,
        };
        let response = object::fetch(self.env, Kind::TokenKeys, NAME, None, &call);
        let response = response.await.ok().filter(web_sys::Response::ok)?;
        let text = JsFuture::from(response.text().ok()?).await.ok()?;
        parse_jwks(&text.as_string()?)
    }
}

/// Keeps the origin's last key set.
#[durable_object(fetch)]
pub struct TokenKeys {
    env: Env,
    kept: Kept,
}

impl TokenKeys {
    /// The origin's key set now, or the last one when it cannot be asked.
    async fn look(&self, question: &Forward) -> Result<Option<String>, Error> {
        let config = isolate::config(&self.env)?;
        let now = ask_origin(&config, question).await;
        let failed = |error| {
            console_error!("the storage of the token keys failed: {error}");
            Error::GateAway
        };
        let kept = self.kept.read().map_err(failed)?;
        match now {
            Some(set) if kept.as_ref() != Some(&set) => {
                self.kept.write(set.clone()).map_err(failed)?;
                Ok(Some(set))
            }
            Some(set) => Ok(Some(set)),
            None => Ok(kept),
        }
    }
}

async fn ask_origin(config: &Config, question: &Forward) -> Option<String> {
    let raw = origin::fetch(config, question, &Body::Empty, DEADLINE_MS)
        .await
        .ok()
        .filter(|raw| raw.status == 200 && raw.body.size_bytes() <= LARGEST_SET_BYTES)?;
    let set = String::from_utf8(raw.body.bytes()?.to_vec()).ok()?;
    parse_jwks(&set).is_some().then_some(set)
}

impl DurableObject for TokenKeys {
    fn new(state: State, env: Env) -> Self {
        Self {
            env,
            kept: Kept::new(&state),
        }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let field = request.headers().get(GATE_FIELD).ok().flatten();
        let question = field
            .as_deref()
            .and_then(Forward::from_json)
            .filter(|_| request.path() == LOOK_PATH);
        let Some(question) = question else {
            return Response::error("not understood", 500);
        };
        match self.look(&question).await {
            Ok(Some(set)) => Response::ok(set),
            Ok(None) | Err(_) => Response::error("no key set", 503),
        }
    }
}
