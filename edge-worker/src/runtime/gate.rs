//! The user's gate: one Durable Object for each user, named by the user's id, through which all of that
//! user's authenticated requests pass. It signs and forwards; its limits, cache and outbox have their place
//! here. It is reached only after the caller's token was verified.

use worker::js_sys::futures::JsFuture;
use worker::js_sys::{JSON, Promise, Uint8Array};
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{self, JsCast, JsValue};
use worker::{
    DurableObject, Env, Request, Response, State, WebSocket, WebSocketIncomingMessage,
    console_error, durable_object,
};

use super::js::{self, Body};
use super::{isolate, origin};
use crate::answer::{Answer, complete};
use crate::error::Error;
use crate::forward::{Forward, GATE_FIELD, GATE_PATH};
use crate::log::Fault;
use crate::timing;

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
    let init = init(forward, body).map_err(gone)?;
    let promise = stub
        .into_rpc::<GateStub>()
        .fetch(&format!("https://gate{GATE_PATH}"), &init)
        .map_err(gone)?;
    Ok(JsFuture::from(promise)
        .await
        .map_err(gone)?
        .unchecked_into())
}

fn init(forward: &Forward, body: &Body) -> Result<web_sys::RequestInit, JsValue> {
    let headers: [(&str, String); 1] = [(GATE_FIELD, forward.to_json())];
    // A Durable Object's redirect would be followed by default, and must reach the caller instead.
    let init = serde_json::json!({ "method": "POST", "redirect": "manual", "headers": headers });
    let init: web_sys::RequestInit = JSON::parse(&init.to_string())?.unchecked_into();
    if let Some(bytes) = body.bytes() {
        init.set_body_opt_u8_array(Some(bytes));
    }
    Ok(init)
}

/// One user's gate.
#[durable_object]
pub struct UserGate {
    env: Env,
}

impl UserGate {
    async fn forward(&self, request: &Request) -> Result<(Answer, Body), Error> {
        let config = isolate::config(&self.env)?;
        let field = request.headers().get(GATE_FIELD).ok().flatten();
        let forward = field
            .as_deref()
            .and_then(Forward::from_json)
            .filter(|_| request.path() == GATE_PATH);
        let Some(forward) = forward else {
            console_error!("the gate was called with what it does not understand");
            return Err(Error::Internal);
        };
        let body = read_body(request.inner())
            .await
            .map_err(|_| Error::BodyCut)?;
        let (mut answer, body, spans) = match origin::send(&config, &forward, &body, true).await {
            Ok(from_origin) => (from_origin.answer, from_origin.body, from_origin.spans),
            Err(error) => {
                let fault = Fault::new(&forward.request_id, error.reason());
                console_error!("{}", fault.to_json());
                (error.answer(&forward.request_id), Body::Empty, Vec::new())
            }
        };
        complete(&mut answer, &forward.request_id, timing::write(&spans));
        Ok((answer, body))
    }
}

async fn read_body(request: &web_sys::Request) -> Result<Body, JsValue> {
    if request.body().is_none() {
        return Ok(Body::Empty);
    }
    Ok(Body::new(Uint8Array::new(
        &JsFuture::from(request.array_buffer()?).await?,
    )))
}

impl DurableObject for UserGate {
    fn new(_state: State, env: Env) -> Self {
        Self { env }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let (answer, body) = match self.forward(&request).await {
            Ok(answered) => answered,
            Err(error) => (error.answer(""), Body::Empty),
        };
        Ok(js::response(&answer, &body)?.into())
    }

    // The runtime's own handlers panic when they are not implemented. The gate sets no alarm and accepts no
    // socket yet; one that an older or newer version left behind is let go.
    async fn alarm(&self) -> worker::Result<Response> {
        Response::empty()
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        _message: WebSocketIncomingMessage,
    ) -> worker::Result<()> {
        socket.close(Some(1001), Some("not in use"))
    }

    async fn websocket_close(
        &self,
        _: WebSocket,
        _: usize,
        _: String,
        _: bool,
    ) -> worker::Result<()> {
        Ok(())
    }

    async fn websocket_error(&self, _: WebSocket, _: worker::Error) -> worker::Result<()> {
        Ok(())
    }

    async fn connect(&self, _: worker::Socket) -> worker::Result<()> {
        Ok(())
    }
}
