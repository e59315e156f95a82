//! The Worker's side of a user's gate: how it is called. It is reached only after the caller's token was verified, or
//! because the origin named the user.

use shared_types::gate::{GateEffects, Invalidation};
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Promise, Uint8Array};
use worker::{Env, console_error};

use super::js::Body;
use super::object::{self, Call, Kind};
use crate::config::Config;
use crate::error::Error;
use crate::forward::{Forward, GATE_COUNT_PATH, GATE_LIVE_PATH, GATE_TELL_PATH};

/// Hands a request to the gate of `user`, at one of its paths. What it answers is for [`object::answered`] to judge.
pub(super) fn call(
    env: &Env,
    config: &Config,
    user: &str,
    path: &str,
    forward: &Forward,
    body: &Body,
) -> Result<Promise, Error> {
    let forward = forward.to_json();
    let call = Call {
        path,
        forward: Some(&forward),
        is_upgrade: path == GATE_LIVE_PATH,
        body,
    };
    let location = config.gate_location.as_deref();
    object::call(env, Kind::UserGate, user, location, &call)
}

/// Has the gate of `user` count a request that is refused for another reason.
pub(super) async fn count(
    env: &Env,
    config: &Config,
    user: &str,
    forward: &Forward,
) -> Result<web_sys::Response, Error> {
    let promise = call(env, config, user, GATE_COUNT_PATH, forward, &Body::Empty)?;
    object::answered(JsFuture::from(promise).await)
}

/// Has the user's gate take in what the origin says; the gate has stored it when this returns.
pub(super) async fn tell(env: &Env, config: &Config, news: &Invalidation) -> Result<(), Error> {
    let json = serde_json::to_string(news).map_err(|_| Error::Internal)?;
    let body = Body::new(Uint8Array::from(json.as_bytes()));
    let call = Call {
        path: GATE_TELL_PATH,
        forward: None,
        is_upgrade: false,
        body: &body,
    };
    let user = news.user.to_string();
    let location = config.gate_location.as_deref();
    let response = object::fetch(env, Kind::UserGate, &user, location, &call).await?;
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
