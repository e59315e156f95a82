//! How the Worker calls a Durable Object.

use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Promise, Uint8Array};
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{self, JsCast, JsValue};
use worker::{Env, console_error};

use super::js::Body;
use crate::error::Error;

#[wasm_bindgen(wasm_bindgen = wasm_bindgen)]
extern "C" {
    /// The bindings, without `worker`'s wrappers, which look at the type of each.
    type Bindings;

    #[wasm_bindgen(method, getter, js_name = USER_GATE)]
    fn user_gate(this: &Bindings) -> Option<Namespace>;

    #[wasm_bindgen(method, getter, js_name = TOKEN_KEYS)]
    fn token_keys(this: &Bindings) -> Option<Namespace>;

    type Namespace;
}

#[wasm_bindgen(module = "/src/runtime/glue.js", wasm_bindgen = wasm_bindgen)]
extern "C" {
    #[wasm_bindgen(catch, js_name = callObject)]
    fn call_object(
        namespace: &Namespace,
        name: &str,
        location: Option<&str>,
        url: &str,
        forward: Option<&str>,
        is_upgrade: bool,
        body: Option<&Uint8Array>,
    ) -> Result<Promise, JsValue>;
}

/// The classes of objects.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    UserGate,
    TokenKeys,
}

/// What is asked of an object.
pub(super) struct Call<'a> {
    pub(super) path: &'a str,
    /// What goes in `GATE_FIELD`.
    pub(super) forward: Option<&'a str>,
    pub(super) is_upgrade: bool,
    pub(super) body: &'a Body,
}

/// Calls the object called `name`; a new one is put near `location`, if that is said. What it answers is for
/// [`answered`] to judge.
pub(super) fn call(
    env: &Env,
    kind: Kind,
    name: &str,
    location: Option<&str>,
    call: &Call<'_>,
) -> Result<Promise, Error> {
    let bindings: &Bindings = env.unchecked_ref();
    let namespace = match kind {
        Kind::UserGate => bindings.user_gate(),
        Kind::TokenKeys => bindings.token_keys(),
    };
    let Some(namespace) = namespace else {
        console_error!("there is no binding of {kind:?}");
        return Err(Error::Misconfigured);
    };
    call_object(
        &namespace,
        name,
        location,
        &format!("https://object{}", call.path),
        call.forward,
        call.is_upgrade,
        call.body.bytes(),
    )
    .map_err(|error| gone(&error))
}

/// What came of a call.
pub(super) fn answered(outcome: Result<JsValue, JsValue>) -> Result<web_sys::Response, Error> {
    match outcome {
        Ok(response) => Ok(response.unchecked_into()),
        Err(error) => Err(gone(&error)),
    }
}

/// [`call`], and waits for what comes of it.
pub(super) async fn fetch(
    env: &Env,
    kind: Kind,
    name: &str,
    location: Option<&str>,
    asked: &Call<'_>,
) -> Result<web_sys::Response, Error> {
    let promise = call(env, kind, name, location, asked)?;
    answered(JsFuture::from(promise).await)
}

fn gone(error: &JsValue) -> Error {
    console_error!("a Durable Object did not answer: {error:?}");
    Error::GateAway
}
