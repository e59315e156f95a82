//! The Worker's side of a user's gate: how it is called. It is reached only after the caller's token was verified, or
//! because the origin named the user.

use shared_types::gate::{GateEffects, Invalidation};
use worker::js_sys::Uint8Array;
use worker::{Env, console_error};

use super::js::Body;
use super::object::{self, Call};
use crate::config::Config;
use crate::error::Error;
use crate::forward::{Forward, GATE_FIELD, GATE_LIVE_PATH, GATE_TELL_PATH};

/// The name of the binding.
const BINDING: &str = "USER_GATE";

/// Hands a request to the gate of `user`, at one of its paths, and gives back its answer.
pub(super) async fn call(
    env: &Env,
    config: &Config,
    user: &str,
    path: &str,
    forward: &Forward,
    body: &Body,
) -> Result<web_sys::Response, Error> {
    let forward = forward.to_json();
    let mut headers = vec![(GATE_FIELD, forward.as_str())];
    if path == GATE_LIVE_PATH {
        headers.push(("upgrade", "websocket"));
    }
    let call = Call {
        path,
        headers: &headers,
        body,
    };
    object::fetch(env, BINDING, user, config.gate_location.as_deref(), call).await
}

/// Has the user's gate take in what the origin says; the gate has stored it when this returns.
pub(super) async fn tell(env: &Env, config: &Config, news: &Invalidation) -> Result<(), Error> {
    let json = serde_json::to_string(news).map_err(|_| Error::Internal)?;
    let body = Body::new(Uint8Array::from(json.as_bytes()));
    let call = Call {
        path: GATE_TELL_PATH,
        headers: &[],
        body: &body,
    };
    let user = news.user.to_string();
    let location = config.gate_location.as_deref();
    let response = object::fetch(env, BINDING, &user, location, call).await?;
    if response.ok() {
        Ok(())
    } else {
        console_error!("a gate could not take in what the origin told");
        Err(Error::GateAway)
    }
}

/// Has the gate that the effects of an anonymous answer are meant for take them in, before the answer is sent on.
///
/// When it cannot, the answer is withheld: to say that a password was reset while an old session may still hold here
/// would be worse than a 503, after which the caller finds the change made. The origin tells the gate again until it
/// has succeeded.
pub(super) async fn apply(env: &Env, config: &Config, effects: &str) -> Result<(), Error> {
    let effects: GateEffects = serde_json::from_str(effects).map_err(|_| {
        console_error!("the origin's gate effects cannot be read");
        Error::GateAway
    })?;
    let news = Invalidation {
        user: effects.user,
        version: 0,
        epoch: None,
        effects: Some(effects),
    };
    tell(env, config, &news).await
}
