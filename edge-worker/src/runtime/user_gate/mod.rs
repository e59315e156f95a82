//! The user's gate: one Durable Object for each user, named by the user's id, through which all of that user's
//! authenticated requests pass. It counts them, serves what it kept, signs and forwards the rest, keeps changes while the
//! origin is away, holds the sockets for news, and knows which credentials were revoked. What it decides is in
//! `crate::gate`; here it is done.
//!
//! | file | what |
//! | --- | --- |
//! | `reads.rs` | from the cache, or from the origin once for all who wait |
//! | `changes.rs` | sent at once, between the two ends of the fence |
//! | `outbox.rs` | accepted now and sent later |
//! | `live.rs` | sockets |
//! | `standing.rs` | credentials |
//! | `store.rs` | `SQLite` |

mod changes;
mod live;
mod outbox;
mod reads;
mod standing;
mod store;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use shared_types::caller::Caller;
use shared_types::gate::Invalidation;
use shared_types::id::UserId;
use worker::js_sys::Uint8Array;
use worker::js_sys::futures::JsFuture;
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{self, JsValue};
use worker::worker_sys::DurableObjectState;
use worker::{Env, State, console_error};

use self::outbox::{Drain, Waiting};
use self::reads::{Flying, Held};
use self::standing::Question;
use self::store::{Fact, Store};
use super::isolate;
use super::js::{self, Body};
use super::kept::Kept;
use super::origin::Raw;
use super::promise;
use crate::answer::{Answer, Conditions, Source, complete, receive};
use crate::config::Config;
use crate::error::Error;
use crate::forward::{
    Forward, GATE_COUNT_PATH, GATE_LIVE_PATH, GATE_NOTE_FIELD, GATE_PATH, GATE_TELL_PATH, target,
};
use crate::gate::bucket::{Bucket, Counted, Limit, policy_field};
use crate::gate::fence::{Fence, Follows, Rules, Seen};
use crate::gate::shelf::Shelf;
use crate::gate::standing::Standing;
use crate::log::Fault;
use crate::route::Nature;
use crate::timing::{self, GateNote, Span};

/// One user's gate, as the runtime sees it. Not by `worker`'s own `#[durable_object]`, which makes each request a future,
/// and each answer a second time.
#[wasm_bindgen(wasm_bindgen = wasm_bindgen)]
pub struct UserGate(Rc<Gate>);

/// The gate itself, shared with what goes on after the request that began it was answered.
struct Gate {
    state: State,
    env: Env,
    /// Whose gate this is.
    user: Option<UserId>,
    kept: Kept,
    store: Store,
    /// What is kept, read when the first request comes. Never borrowed across an await.
    memory: RefCell<Option<Memory>>,
    asking: RefCell<Option<Question>>,
    fetching: RefCell<HashMap<String, Flying>>,
    draining: RefCell<Option<Drain>>,
    /// Tries to send what waits, in vain and in a row.
    tries: Cell<u32>,
    /// When the alarm goes, in Unix milliseconds.
    alarm_ms: Cell<i64>,
}

/// What a gate has in memory of what it keeps.
struct Memory {
    standing: Standing,
    fence: Fence,
    bucket: Bucket,
    shelf: Shelf<Held>,
    waiting: Waiting,
}

/// An answer to one request.
struct Reply {
    answer: Answer,
    body: Body,
    spans: Vec<Span>,
}

impl Gate {
    fn new(state: State, env: Env) -> Self {
        Self {
            user: state.id().name().as_deref().and_then(UserId::parse),
            kept: Kept::new(&state),
            store: Store::new(&state),
            state,
            env,
            memory: RefCell::default(),
            asking: RefCell::default(),
            fetching: RefCell::default(),
            draining: RefCell::default(),
            tries: Cell::new(0),
            alarm_ms: Cell::new(0),
        }
    }

    async fn answer(
        self: &Rc<Self>,
        request: &web_sys::Request,
    ) -> Result<web_sys::Response, Error> {
        let read = js::read_call(request);
        let (url, field) = read.split_once('\n').ok_or_else(not_understood)?;
        let (path, _) = target(url);
        if path == GATE_TELL_PATH {
            let body = read_body(request).await?;
            let bytes = body.bytes().map(Uint8Array::to_vec).unwrap_or_default();
            let news: Invalidation =
                serde_json::from_slice(&bytes).map_err(|_| not_understood())?;
            self.hear(&news)?;
            return response(&Answer::new(204), &Body::Empty);
        }
        let forward = Forward::from_json(field).ok_or_else(not_understood)?;
        let (counted, entered) = self.enter(&forward).await;
        let served = match (entered, path) {
            (Err(error), _) => Err(error),
            (Ok(config), GATE_PATH) => {
                // A read has no body, and what is awaited for nothing costs a hit a good part of its time.
                let body = if forward.method == "GET" {
                    Body::Empty
                } else {
                    read_body(request).await?
                };
                self.serve(&config, &forward, body).await
            }
            (Ok(_), GATE_COUNT_PATH) => Ok(Reply::from(Answer::new(204))),
            (Ok(_), GATE_LIVE_PATH) => match self.open_socket(&forward) {
                Ok(opened) => return Ok(opened),
                Err(error) => Err(error),
            },
            (Ok(_), _) => Err(not_understood()),
        };
        let (answer, body) = self.finish(&forward, counted, served);
        response(&answer, &body)
    }

    /// Lets a request in, or says why not: its credential must hold, and its user must have some of the limit left.
    async fn enter(
        &self,
        forward: &Forward,
    ) -> (Option<(Limit, Counted)>, Result<Rc<Config>, Error>) {
        let config = match isolate::config(&self.env) {
            Ok(config) => config,
            Err(error) => return (None, Err(error)),
        };
        let caller = Caller::parse(&forward.caller);
        let admitted = match caller.as_ref().and_then(Caller::identity) {
            Some(identity) => self.admit(&config, forward, identity.credential).await,
            None => Err(not_understood()),
        };
        let counted = admitted.and_then(|()| self.count(config.user_limit));
        match counted {
            Err(error) => (None, Err(error)),
            Ok(counted) => {
                let entered = match counted {
                    Counted::Allowed { .. } => Ok(Rc::clone(&config)),
                    Counted::Refused {
                        retry_after_seconds,
                    } => Err(Error::TooManyOfUser(retry_after_seconds)),
                };
                (Some((config.user_limit, counted)), entered)
            }
        }
    }

    fn count(&self, limit: Limit) -> Result<Counted, Error> {
        let (counted, keep) =
            self.with(|memory| memory.bucket.count(limit, js::now_ms() * 1000))?;
        if let Some(tat_us) = keep {
            self.store.keep_fact(Fact::Bucket, &tat_us.to_string())?;
        }
        Ok(counted)
    }

    async fn serve(
        self: &Rc<Self>,
        config: &Rc<Config>,
        forward: &Forward,
        body: Body,
    ) -> Result<Reply, Error> {
        match forward.nature {
            Nature::Cached => self.read_kept(config, forward).await,
            Nature::Read => self.read(config, forward, &body).await,
            Nature::Change | Nature::Repeatable | Nature::MayWait => {
                self.change(config, forward, body).await
            }
            Nature::Pending => self.list_pending(forward),
            Nature::Live => Err(not_understood()),
        }
    }

    /// What every answer of the gate's carries.
    fn finish(
        &self,
        forward: &Forward,
        counted: Option<(Limit, Counted)>,
        served: Result<Reply, Error>,
    ) -> (Answer, Body) {
        let (mut reply, reason) = match served {
            Ok(reply) => (reply, None),
            Err(error) => {
                let answer = error.answer(&forward.request_id);
                if answer.status >= 500 {
                    let fault = Fault::new(&forward.request_id, error.reason());
                    console_error!("{}", fault.to_json());
                }
                (Reply::from(answer), Some(error.reason()))
            }
        };
        let answer = &mut reply.answer;
        if let Some((limit, counted)) = counted {
            answer.set("ratelimit-policy", policy_field(limit));
            answer.set("ratelimit", counted.field());
        }
        let note = GateNote {
            reason,
            rows_written: self.store.take_rows_written(),
            spans: &reply.spans,
        };
        if let Some(note) = note.to_field() {
            answer.set(GATE_NOTE_FIELD, note);
        }
        complete(answer, &forward.request_id);
        (reply.answer, reply.body)
    }

    /// Works with what the gate has in memory, and reads it first when the gate has just woken up.
    fn with<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> Result<T, Error> {
        let mut memory = self.memory.borrow_mut();
        if let Some(memory) = &mut *memory {
            return Ok(work(memory));
        }
        let loaded = self.load()?;
        Ok(work(memory.insert(loaded)))
    }

    fn load(&self) -> Result<Memory, Error> {
        let now_ms = js::now_ms();
        self.store.make_tables()?;
        let fence = self.store.fact(Fact::Fence)?;
        // The first that a gate writes: without it, this one never answered anything.
        let has_lived = fence.is_some();
        let (fence, is_changed) = Fence::load(fence.as_deref(), Rules::built(), now_ms);
        if is_changed {
            self.store.keep_fact(Fact::Fence, &fence.to_json())?;
        }
        let bucket = if has_lived {
            let kept_us = self.store.fact(Fact::Bucket)?;
            let kept_us = kept_us.and_then(|text| text.parse().ok());
            Bucket::forgotten(
                kept_us,
                isolate::config(&self.env)?.user_limit,
                now_ms * 1000,
            )
        } else {
            Bucket::full()
        };
        let mut kept_answers = Shelf::default();
        for kept in self.store.answers()? {
            let (size_bytes, held) = (kept.size_bytes, Held::from(&kept));
            kept_answers.put(kept.key, held, size_bytes);
        }
        Ok(Memory {
            standing: self.load_standing()?,
            fence,
            bucket,
            shelf: kept_answers,
            waiting: self.load_waiting(now_ms)?,
        })
    }

    /// Changes the fence, and keeps what must outlive the memory before anything leaves; then tells the news.
    fn with_fence(&self, change: impl FnOnce(&mut Fence) -> Follows) -> Result<(), Error> {
        let (follows, text) = self.with(|memory| {
            let follows = change(&mut memory.fence);
            (follows, follows.store.then(|| memory.fence.to_json()))
        })?;
        if let Some(text) = text {
            self.store.keep_fact(Fact::Fence, &text)?;
        }
        if let Some(version) = follows.news {
            self.tell_sockets(version);
        }
        Ok(())
    }

    /// The origin's answer for one caller.
    fn reply(&self, raw: &Raw, forward: &Forward, source: Source) -> Result<Reply, Error> {
        let answer =
            receive(raw.status, &raw.headers, forward.cookies).map_err(Error::OriginAway)?;
        let (answer, with_body) = answer
            .for_user(source)
            .fit(conditions(forward), raw.body.length());
        let mut spans = vec![("origin", raw.milliseconds)];
        let timing = raw.headers.find("server-timing");
        if let Some(milliseconds) = timing.and_then(|field| timing::find(field, "db")) {
            spans.push(("db", milliseconds));
        }
        Ok(Reply {
            answer: self.with_pending(answer, forward)?,
            body: if with_body {
                raw.body.clone()
            } else {
                raw.body.cancel();
                Body::Empty
            },
            spans,
        })
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self {
            answer,
            body: Body::Empty,
            spans: Vec::new(),
        }
    }
}

fn conditions(forward: &Forward) -> Conditions<'_> {
    Conditions {
        head: forward.head,
        if_none_match: forward.if_none_match.as_deref(),
    }
}

/// What an answer of the origin's says of the user's data.
fn seen(raw: &Raw) -> Seen<'_> {
    let version = raw.headers.find("mindflow-version");
    Seen {
        version: version.and_then(|value| value.parse().ok()),
        epoch: raw.headers.find("mindflow-epoch"),
    }
}

fn not_understood() -> Error {
    console_error!("the gate was called with what it does not understand");
    Error::Internal
}

fn response(answer: &Answer, body: &Body) -> Result<web_sys::Response, Error> {
    js::response(answer, body).map_err(|_| Error::Internal)
}

async fn read_body(request: &web_sys::Request) -> Result<Body, Error> {
    if request.body().is_none() {
        return Ok(Body::Empty);
    }
    let buffer = request.array_buffer().map_err(|_| Error::BodyCut)?;
    let buffer = JsFuture::from(buffer).await.map_err(|_| Error::BodyCut)?;
    Ok(Body::new(Uint8Array::new(&buffer)))
}

#[wasm_bindgen(wasm_bindgen = wasm_bindgen)]
#[expect(clippy::unused_self, reason = "the runtime calls methods")]
impl UserGate {
    /// For the runtime, when the user's first request comes, or the first after a while.
    #[wasm_bindgen(constructor)]
    pub fn new(state: DurableObjectState, env: Env) -> Self {
        Self(Rc::new(Gate::new(State::from(state), env)))
    }

    /// Answers a call of the Worker's: a hit at once, all else by a promise.
    pub fn fetch(&self, request: web_sys::Request) -> JsValue {
        let gate = Rc::clone(&self.0);
        promise::at_once(async move {
            let answered = gate.answer(&request).await;
            answered
                .or_else(|error| js::response(&error.answer(""), &Body::Empty))
                .map_or_else(|error| promise::rejected(&error), JsValue::from)
        })
    }

    /// Does what is due.
    pub fn alarm(&self) -> JsValue {
        let gate = Rc::clone(&self.0);
        promise::at_once(async move {
            // An alarm that fails is repeated six times and then lost, so this one sets the next itself and never fails.
            gate.wake().await;
            JsValue::UNDEFINED
        })
    }

    /// Pings are answered by the runtime; nothing else is for a client to say.
    #[wasm_bindgen(js_name = webSocketMessage)]
    pub fn web_socket_message(&self, socket: web_sys::WebSocket, _message: JsValue) {
        live::refuse_message(&socket.into());
    }

    /// Nothing is to be done: the runtime forgets the socket.
    #[wasm_bindgen(js_name = webSocketClose)]
    pub fn web_socket_close(&self) {}

    /// As above.
    #[wasm_bindgen(js_name = webSocketError)]
    pub fn web_socket_error(&self) {}
}
