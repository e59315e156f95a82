//! Sockets for news: one message a change, and closed when their credential holds no more. They hibernate: the runtime
//! holds them while the gate's memory is gone, so what is known of each is attached to it.

use serde::{Deserialize, Serialize};
use shared_types::caller::Caller;
use shared_types::id::CredentialId;
use worker::js_sys::{Object, Reflect};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::{WebSocket, WebSocketPair, WebSocketRequestResponsePair, console_error};

use super::{Gate, not_understood};
use crate::answer::{Answer, complete};
use crate::error::Error;
use crate::forward::Forward;
use crate::gate::standing::Judgement;
use crate::runtime::js;

/// Sockets of one user at the most; for one more, the oldest has to go.
const MOST_SOCKETS: usize = 20;

/// Close codes (RFC 6455 section 7.4.1).
const POLICY: u16 = 1008;
const UNEXPECTED: u16 = 1003;

/// Whose a socket is.
#[derive(Serialize, Deserialize)]
struct Holder {
    credential: CredentialId,
    generation: i64,
    /// When the credential ends by itself, in Unix seconds.
    expires: i64,
    opened_ms: i64,
}

impl Gate {
    /// Opens a socket for the caller, whose credential was just found to hold.
    pub(super) fn open_socket(&self, forward: &Forward) -> Result<web_sys::Response, Error> {
        let caller = Caller::parse(&forward.caller);
        let identity = caller.as_ref().and_then(Caller::identity);
        let holder = Holder {
            credential: identity.ok_or_else(not_understood)?.credential,
            generation: forward.generation,
            expires: forward.expires,
            opened_ms: js::now_ms(),
        };
        self.make_room();
        // What keeps proxies from closing a quiet socket wakes no gate.
        if let Ok(ping) = WebSocketRequestResponsePair::new("ping", "pong") {
            self.state.set_websocket_auto_response(&ping);
        }
        let pair = WebSocketPair::new().map_err(|error| failed(&error))?;
        self.state.accept_web_socket(&pair.server);
        let text = serde_json::to_string(&holder).unwrap_or_default();
        pair.server
            .serialize_attachment(text)
            .map_err(|error| failed(&error))?;
        let mut answer = Answer::new(101);
        if let Some(protocol) = &forward.protocol {
            answer.set("sec-websocket-protocol", protocol.clone());
        }
        complete(&mut answer, &forward.request_id);
        upgrade(&answer, &pair.client).map_err(|error| {
            console_error!("a socket could not be handed over: {error:?}");
            Error::Internal
        })
    }

    /// Tells every socket that the user's data has this version now.
    pub(super) fn tell_sockets(&self, version: i64) {
        let sockets = self.state.get_websockets();
        if sockets.is_empty() {
            return;
        }
        let now_seconds = js::now_ms().div_euclid(1000);
        let text = format!("{{\"type\":\"changed\",\"version\":{version}}}");
        for socket in sockets {
            if holder(&socket).is_some_and(|holder| holder.expires > now_seconds) {
                // A socket that is gone needs no news.
                let _ = socket.send_with_str(&text);
            } else {
                close(&socket, "the credential has ended");
            }
        }
    }

    /// Closes the sockets whose credential holds no more.
    pub(super) fn close_revoked(&self) -> Result<(), Error> {
        for socket in self.state.get_websockets() {
            let holds = match holder(&socket) {
                None => false,
                Some(holder) => self.with(|memory| {
                    let judged = memory.standing.judge(holder.credential, holder.generation);
                    judged != Judgement::Revoked
                })?,
            };
            if !holds {
                close(&socket, "the credential was revoked");
            }
        }
        Ok(())
    }

    fn make_room(&self) {
        let sockets = self.state.get_websockets();
        if sockets.len() >= MOST_SOCKETS {
            let age = |socket: &&WebSocket| holder(socket).map_or(0, |holder| holder.opened_ms);
            if let Some(oldest) = sockets.iter().min_by_key(age) {
                close(oldest, "too many sockets; this was the oldest");
            }
        }
    }
}

/// A client has nothing to say but pings, which the runtime answers.
pub(super) fn refuse_message(socket: &WebSocket) {
    let _ = socket.close(Some(UNEXPECTED), Some("this socket only sends"));
}

fn close(socket: &WebSocket, why: &str) {
    // One that is closed already needs no closing.
    let _ = socket.close(Some(POLICY), Some(why));
}

fn holder(socket: &WebSocket) -> Option<Holder> {
    let text: String = socket.deserialize_attachment().ok().flatten()?;
    serde_json::from_str(&text).ok()
}

fn failed(error: &worker::Error) -> Error {
    console_error!("a socket could not be opened: {error}");
    Error::Internal
}

/// The answer that switches protocols; `webSocket` is the runtime's own part of a `ResponseInit`.
fn upgrade(answer: &Answer, client: &WebSocket) -> Result<web_sys::Response, JsValue> {
    let init: Object = worker::js_sys::JSON::parse(&answer.init_json())?.unchecked_into();
    let client: &web_sys::WebSocket = client.as_ref();
    Reflect::set(&init, &"webSocket".into(), client)?;
    web_sys::Response::new_with_opt_str_and_init(None, init.unchecked_ref())
}
