//! The glue between the pure modules and the Workers runtime; wasm32 only.
//!
//! What costs here is crossing into JavaScript, so header blocks and response fields cross as one string,
//! bodies never enter WASM, and `worker`'s own request and response wrappers are kept off the path. Nothing
//! here may panic: a panic ends the neighbours in the isolate too.

mod crypto;
mod gates;
mod health;
mod inbound;
mod invalidate;
mod isolate;
mod js;
mod kept;
mod limits;
mod object;
mod origin;
mod promise;
mod request_body;
mod serve;
mod token_keys;
mod user_gate;

use worker::Env;
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{self, JsValue};

/// The Worker's entry. Not by `worker`'s own `#[event(fetch)]`, with which every request takes a future to its end.
#[wasm_bindgen(wasm_bindgen = wasm_bindgen)]
#[expect(unreachable_pub, reason = "JavaScript reaches it")]
pub fn fetch(request: web_sys::Request, env: Env, _context: JsValue) -> JsValue {
    promise::at_once(async move { serve::serve(&request, env).await })
}
