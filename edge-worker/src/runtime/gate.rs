//! The Worker's side of a user's gate: how it is called. It is reached only after the caller's token was verified, or
//! because the origin named the user.

use shared_types::gate::{GateEffects, Invalidation};
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{JSON, Promise, Uint8Array};
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{self, JsCast, JsValue};
use worker::{Env, console_error};

use super::js::Body;
use crate::error::Error;
use crate::forward::{Forward, GATE_FIELD, GATE_PATH, GATE_TELL_PATH};

/// The name of the binding.
const BINDING: &str = "USER_GATE";

#[wasm_bindgen(wasm_bindgen = wasm_bindgen)]
extern "C" {
    /// A stub, called without `worker`'s wrappers, which read back every field of request and response.
    type GateStub;

    #[wasm_bindgen(method, catch)]
    fn fetch(this: &GateStub, url: &str, init: &web_sys::RequestInit) -> Result<Promise, JsValue>;
}

/// Hands a request to the gate of `user` and gives back its answer.
pub(super) async fn call(
    env: &Env,
    user: &str,
    forward: &Forward,
    body: &Body,
) -> Result<web_sys::Response, Error> {
    fetch(
        env,
        user,
        GATE_PATH,
        &[(GATE_FIELD, forward.to_json())],
        body,
    )
    .await
}

/// Has the user's gate take in what the origin says; the gate has stored it when this returns.
pub(super) async fn tell(env: &Env, news: &Invalidation) -> Result<(), Error> {
    let json = serde_json::to_string(news).map_err(|_| Error::Internal)?;
    let body = Body::new(Uint8Array::from(json.as_bytes()));
    let response = fetch(env, &news.user.to_string(), GATE_TELL_PATH, &[], &body).await?;
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
pub(super) async fn apply(env: &Env, effects: &str) -> Result<(), Error> {
    let effects: GateEffects = serde_json::from_str(effects).map_err(|_| {
        console_error!("the origin's gate effects cannot be read");
        Error::GateAway
    })?;
    let news = Invalidation {
        user: effects.user,
        version: 0,
        effects: Some(effects),
    };
    tell(env, &news).await
}

async fn fetch(
    env: &Env,
    user: &str,
    path: &str,
    headers: &[(&str, String)],
    body: &Body,
) -> Result<web_sys::Response, Error> {
    let stub = env
        .durable_object(BINDING)
        .and_then(|namespace| namespace.get_by_name(user));
    let stub = stub.map_err(|error| {
        console_error!("the binding {BINDING} is not usable: {error}");
        Error::Misconfigured
    })?;
    let gone = |error: JsValue| {
        console_error!("the gate did not answer: {error:?}");
        Error::GateAway
    };
    let init = init(headers, body).map_err(gone)?;
    let promise = stub
        .into_rpc::<GateStub>()
        .fetch(&format!("https://gate{path}"), &init)
        .map_err(gone)?;
    Ok(JsFuture::from(promise)
        .await
        .map_err(gone)?
        .unchecked_into())
}

fn init(headers: &[(&str, String)], body: &Body) -> Result<web_sys::RequestInit, JsValue> {
    // A Durable Object's redirect would be followed by default, and must reach the caller instead.
    let init = serde_json::json!({ "method": "POST", "redirect": "manual", "headers": headers });
    let init: web_sys::RequestInit = JSON::parse(&init.to_string())?.unchecked_into();
    if let Some(bytes) = body.bytes() {
        init.set_body_opt_u8_array(Some(bytes));
    }
    Ok(init)
}
