//! How the Worker calls a Durable Object.

use worker::js_sys::futures::JsFuture;
use worker::js_sys::{JSON, Promise};
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{self, JsCast, JsValue};
use worker::{Env, console_error};

use super::js::Body;
use crate::error::Error;

#[wasm_bindgen(wasm_bindgen = wasm_bindgen)]
extern "C" {
    /// A stub, called without `worker`'s wrappers, which read back every field of request and response.
    type Stub;

    #[wasm_bindgen(method, catch)]
    fn fetch(this: &Stub, url: &str, init: &web_sys::RequestInit) -> Result<Promise, JsValue>;
}

/// What is asked of an object.
pub(super) struct Call<'a> {
    pub(super) path: &'a str,
    pub(super) headers: &'a [(&'a str, &'a str)],
    pub(super) body: &'a Body,
}

/// Calls the object called `name` behind `binding`; a new one is put near `location`, if that is said.
pub(super) async fn fetch(
    env: &Env,
    binding: &str,
    name: &str,
    location: Option<&str>,
    call: Call<'_>,
) -> Result<web_sys::Response, Error> {
    let stub = env
        .durable_object(binding)
        .and_then(|namespace| match location {
            Some(location) => namespace.get_by_name_with_location_hint(name, location),
            None => namespace.get_by_name(name),
        });
    let stub = stub.map_err(|error| {
        console_error!("the binding {binding} is not usable: {error}");
        Error::Misconfigured
    })?;
    let gone = |error: JsValue| {
        console_error!("the object behind {binding} did not answer: {error:?}");
        Error::GateAway
    };
    let init = init(&call).map_err(gone)?;
    let promise = stub
        .into_rpc::<Stub>()
        .fetch(&format!("https://object{}", call.path), &init)
        .map_err(gone)?;
    Ok(JsFuture::from(promise)
        .await
        .map_err(gone)?
        .unchecked_into())
}

/// GET without a body, which costs less.
fn init(call: &Call<'_>) -> Result<web_sys::RequestInit, JsValue> {
    let headers = call.headers.iter();
    let headers: serde_json::Map<_, _> = headers
        .map(|(name, value)| ((*name).to_owned(), (*value).into()))
        .collect();
    let method = if call.body.bytes().is_some() {
        "POST"
    } else {
        "GET"
    };
    // A Durable Object's redirect would be followed by default, and must reach the caller instead.
    let init = serde_json::json!({ "method": method, "redirect": "manual", "headers": headers });
    let init: web_sys::RequestInit = JSON::parse(&init.to_string())?.unchecked_into();
    if let Some(bytes) = call.body.bytes() {
        init.set_body_opt_u8_array(Some(bytes));
    }
    Ok(init)
}
