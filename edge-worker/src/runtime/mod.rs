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
mod request_body;
mod serve;
mod token_keys;
mod user_gate;

use worker::{Context, Env, console_log, event};

/// The Worker's entry: answers every request, and writes its log line.
#[event(fetch)]
async fn fetch(
    request: web_sys::Request,
    env: Env,
    _context: Context,
) -> worker::Result<web_sys::Response> {
    let served = serve::serve(&request, &env).await;
    console_log!("{}", served.line);
    Ok(served.response?)
}
