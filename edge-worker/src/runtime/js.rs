//! The few ways in which values cross into JavaScript and back.

use shared_types::id::RequestId;
use uuid::Builder;
use worker::js_sys::{self, Array, Date, JSON, Uint8Array};
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{self, JsCast, JsValue};

use crate::answer::Answer;
use crate::header::HeaderBlock;

/// The Unix time in milliseconds. On Cloudflare it stands still between I/O.
pub(super) fn now_ms() -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number of milliseconds, far below 2^53"
    )]
    let now = Date::now() as i64;
    now
}

/// The milliseconds since `started_ms`, as `Server-Timing` wants them.
pub(super) fn since(started_ms: i64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "the length of a request, far below 2^53"
    )]
    let milliseconds = (now_ms() - started_ms) as f64;
    milliseconds
}

pub(super) fn global() -> web_sys::WorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Random bytes from the runtime.
pub(super) fn random<const N: usize>() -> Result<[u8; N], JsValue> {
    let mut bytes = [0; N];
    global()
        .crypto()?
        .get_random_values_with_u8_array(&mut bytes)?;
    Ok(bytes)
}

/// A new request id (UUIDv7, RFC 9562 section 5.7).
pub(super) fn new_request_id(now_ms: i64) -> Result<RequestId, JsValue> {
    let milliseconds = u64::try_from(now_ms).unwrap_or(0);
    Ok(RequestId(
        Builder::from_unix_timestamp_millis(milliseconds, &random()?).into_uuid(),
    ))
}

#[wasm_bindgen(module = "/src/runtime/glue.js", wasm_bindgen = wasm_bindgen)]
extern "C" {
    /// A request's method and URL, and its fields as `name,value`, a line each, in one crossing.
    #[wasm_bindgen(js_name = readRequest)]
    pub(super) fn read_request(request: &web_sys::Request) -> String;

    /// The URL of a call of an object, and what `object::Call::forward` was, a line each.
    #[wasm_bindgen(js_name = readCall)]
    pub(super) fn read_call(request: &web_sys::Request) -> String;

    /// What the gate tells the Worker beside its answer (`timing::GateNote`).
    #[wasm_bindgen(js_name = readNote)]
    pub(super) fn read_note(response: &web_sys::Response) -> Option<String>;

    /// The gate's answer with this `Server-Timing`, and without its note.
    #[wasm_bindgen(catch, js_name = passOn)]
    pub(super) fn pass_on(
        response: &web_sys::Response,
        timing: &str,
        has_note: bool,
    ) -> Result<web_sys::Response, JsValue>;
}

/// All fields of a `Headers` object, in one crossing.
pub(super) fn header_block(headers: &web_sys::Headers) -> HeaderBlock {
    HeaderBlock::new(Array::from(headers).join("\n").into())
}

/// A body that stays in JavaScript.
#[derive(Clone, Debug, Default)]
pub(super) enum Body {
    /// None.
    #[default]
    Empty,
    /// All its bytes.
    Bytes(Uint8Array),
    /// What is still arriving.
    Stream(web_sys::ReadableStream),
}

impl Body {
    /// Wraps bytes; none of them is no body.
    pub(super) fn new(bytes: Uint8Array) -> Self {
        if bytes.length() == 0 {
            Self::Empty
        } else {
            Self::Bytes(bytes)
        }
    }

    /// How many bytes are there.
    pub(super) fn size_bytes(&self) -> usize {
        self.length().unwrap_or_default()
    }

    /// How long it is, unless it is still arriving.
    pub(super) fn length(&self) -> Option<usize> {
        match self {
            Self::Empty => Some(0),
            Self::Bytes(bytes) => Some(bytes.length() as usize),
            Self::Stream(_) => None,
        }
    }

    pub(super) fn bytes(&self) -> Option<&Uint8Array> {
        match self {
            Self::Empty | Self::Stream(_) => None,
            Self::Bytes(bytes) => Some(bytes),
        }
    }

    /// Ends what is still arriving, when nobody is to have it.
    pub(super) fn cancel(&self) {
        if let Self::Stream(stream) = self {
            drop(stream.cancel());
        }
    }
}

/// The JavaScript response for an answer; `body` is the origin's, and an answer with its own text has none.
pub(super) fn response(answer: &Answer, body: &Body) -> Result<web_sys::Response, JsValue> {
    let init: web_sys::ResponseInit = JSON::parse(&answer.init_json())?.unchecked_into();
    match (&answer.text, body) {
        (Some(text), _) => web_sys::Response::new_with_opt_str_and_init(Some(text), &init),
        (None, Body::Stream(stream)) => {
            web_sys::Response::new_with_opt_readable_stream_and_init(Some(stream), &init)
        }
        (None, body) => web_sys::Response::new_with_opt_js_u8_array_and_init(body.bytes(), &init),
    }
}
