//! The user's gate: one Durable Object for each user, named by the user's id, through which all of that user's
//! authenticated requests pass. It knows which credentials were revoked, signs and forwards; limits, cache and outbox
//! have their place here.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};
use shared_types::caller::{Caller, Identity};
use shared_types::gate::{GateEffects, GateState, Invalidation};
use shared_types::id::UserId;
use worker::js_sys::Uint8Array;
use worker::js_sys::futures::JsFuture;
use worker::wasm_bindgen::{self, JsValue};
use worker::{
    DurableObject, Env, Request, Response, State, WebSocket, WebSocketIncomingMessage,
    console_error, durable_object,
};

use super::js::{self, Body};
use super::kept::Kept;
use super::{isolate, origin};
use crate::answer::{Answer, complete};
use crate::config::Config;
use crate::error::{Away, Error};
use crate::forward::{Forward, GATE_FIELD, GATE_PATH, GATE_REASON_FIELD, GATE_TELL_PATH};
use crate::log::Fault;
use crate::standing::{Judgement, Standing};
use crate::timing::{self, Span};

/// How long the origin may take to say how the user's credentials stand, in milliseconds.
const ASK_DEADLINE_MS: u32 = 5_000;

/// What the origin answered to a gate that asked; shared by all requests that wait for it.
type Question = Shared<LocalBoxFuture<'static, Result<Rc<GateState>, Error>>>;

/// One user's gate.
#[durable_object]
pub struct UserGate {
    env: Env,
    /// Whose gate this is.
    user: Option<UserId>,
    kept: Kept,
    /// What is kept, read once.
    standing: RefCell<Option<Standing>>,
    asking: RefCell<Option<Question>>,
}

impl UserGate {
    async fn answer(&self, request: &Request) -> Result<(Answer, Body), Error> {
        match request.path().as_str() {
            GATE_PATH => {
                let field = request.headers().get(GATE_FIELD).ok().flatten();
                let forward = field.as_deref().and_then(Forward::from_json);
                let forward = forward.ok_or_else(not_understood)?;
                let body = read_body(request.inner())
                    .await
                    .map_err(|_| Error::BodyCut)?;
                Ok(self.forward(&forward, &body).await)
            }
            GATE_TELL_PATH => {
                let body = read_body(request.inner())
                    .await
                    .map_err(|_| Error::BodyCut)?;
                let bytes = body.bytes().map(Uint8Array::to_vec).unwrap_or_default();
                let news: Invalidation =
                    serde_json::from_slice(&bytes).map_err(|_| not_understood())?;
                self.hear(&news)?;
                Ok((Answer::new(204), Body::Empty))
            }
            _ => Err(not_understood()),
        }
    }

    async fn forward(&self, forward: &Forward, body: &Body) -> (Answer, Body) {
        let (mut answer, body, spans) = match self.send(forward, body).await {
            Ok(sent) => sent,
            Err(error) => {
                let mut answer = error.answer(&forward.request_id);
                if answer.status >= 500 {
                    console_error!(
                        "{}",
                        Fault::new(&forward.request_id, error.reason()).to_json()
                    );
                }
                answer.set(GATE_REASON_FIELD, error.reason());
                (answer, Body::Empty, Vec::new())
            }
        };
        complete(&mut answer, &forward.request_id, timing::write(&spans));
        (answer, body)
    }

    async fn send(
        &self,
        forward: &Forward,
        body: &Body,
    ) -> Result<(Answer, Body, Vec<Span>), Error> {
        let config = isolate::config(&self.env)?;
        let caller = Caller::parse(&forward.caller);
        let identity = caller.as_ref().and_then(Caller::identity);
        self.admit(&config, forward, identity.ok_or_else(not_understood)?)
            .await?;
        let from_origin = origin::send(&config, forward, body, true).await?;
        if let Some(effects) = &from_origin.effects {
            self.obey(effects)?;
        }
        Ok((from_origin.answer, from_origin.body, from_origin.spans))
    }

    /// Refuses a credential that was revoked. A gate that knows nothing yet asks the origin; while the origin is away
    /// the request could not be served either.
    async fn admit(
        &self,
        config: &Rc<Config>,
        forward: &Forward,
        identity: &Identity,
    ) -> Result<(), Error> {
        loop {
            let judged = self.with_standing(|standing| {
                standing.judge(identity.credential, forward.generation)
            })?;
            match judged {
                Judgement::Holds => return Ok(()),
                Judgement::Revoked => return Err(Error::Revoked),
                Judgement::Unknown => {}
            }
            let (question, is_mine) = self.ask(config, forward);
            let answered = question.clone().await;
            self.asking
                .borrow_mut()
                .take_if(|asking| asking.ptr_eq(&question));
            match answered {
                Ok(state) => {
                    self.change(|standing| standing.learn(&state, js::now_ms().div_euclid(1000)))?;
                }
                // Another's credential was refused, which says nothing of this one: ask with this one.
                Err(Error::Revoked) if !is_mine => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The question that is under way, or a new one; and whether it is the caller's own.
    fn ask(&self, config: &Rc<Config>, forward: &Forward) -> (Question, bool) {
        let mut asking = self.asking.borrow_mut();
        if let Some(question) = &*asking {
            return (question.clone(), false);
        }
        let question = ask(Rc::clone(config), forward.gate_state(js::now_ms()));
        let question = question.boxed_local().shared();
        *asking = Some(question.clone());
        (question, true)
    }

    /// Takes in the effects of an answer to this user. When that fails the answer is withheld, and the caller is not
    /// told that something was revoked while it may still hold here; the origin tells this gate again until it has
    /// succeeded.
    fn obey(&self, effects: &str) -> Result<(), Error> {
        let effects: GateEffects = serde_json::from_str(effects).map_err(|_| {
            console_error!("the origin's gate effects cannot be read");
            Error::GateAway
        })?;
        if Some(effects.user) != self.user {
            // Not for this gate to say; the origin tells the right one itself.
            console_error!("gate effects for another user were not applied");
            return Ok(());
        }
        self.change(|standing| standing.apply(&effects, 0, js::now_ms().div_euclid(1000)))
    }

    /// Takes in what the origin tells by itself.
    fn hear(&self, news: &Invalidation) -> Result<(), Error> {
        let of_another = |user| Some(user) != self.user;
        if of_another(news.user)
            || news
                .effects
                .as_ref()
                .is_some_and(|effects| of_another(effects.user))
        {
            console_error!("gate effects for another user were not applied");
            return Err(Error::BadNews);
        }
        let now_seconds = js::now_ms().div_euclid(1000);
        self.change(|standing| match &news.effects {
            Some(effects) => standing.apply(effects, news.version, now_seconds),
            None => standing.note_version(news.version),
        })
    }

    fn with_standing<T>(&self, read: impl FnOnce(&mut Standing) -> T) -> Result<T, Error> {
        let mut standing = self.standing.borrow_mut();
        if let Some(standing) = &mut *standing {
            return Ok(read(standing));
        }
        let kept = self.kept.read().map_err(|error| storage_failed(&error))?;
        // What cannot be read is as good as nothing: the origin is asked, and it knows.
        let kept = kept.and_then(|text| Standing::from_json(&text));
        Ok(read(standing.insert(kept.unwrap_or_default())))
    }

    /// Changes what is known, and keeps it if it became something else. It is known first: should keeping it fail, this
    /// instance refuses what it must all the same.
    fn change(&self, change: impl FnOnce(&mut Standing)) -> Result<(), Error> {
        let changed = self.with_standing(|standing| {
            let before = standing.clone();
            change(standing);
            (*standing != before).then(|| standing.to_json())
        })?;
        match changed {
            Some(text) => self
                .kept
                .write(text)
                .map_err(|error| storage_failed(&error)),
            None => Ok(()),
        }
    }
}

/// Asks the origin how the user's credentials stand.
async fn ask(config: Rc<Config>, question: Forward) -> Result<Rc<GateState>, Error> {
    let raw = origin::fetch(&config, &question, &Body::Empty, ASK_DEADLINE_MS).await?;
    match (raw.status, raw.body.bytes()) {
        (200, Some(bytes)) => serde_json::from_slice(&bytes.to_vec())
            .map(Rc::new)
            .map_err(|_| Error::OriginAway(Away::NoAnswer)),
        (401, _) => Err(Error::Revoked),
        (status, _) => Err(Error::OriginAway(Away::Proxy(status))),
    }
}

fn not_understood() -> Error {
    console_error!("the gate was called with what it does not understand");
    Error::Internal
}

fn storage_failed(error: &worker::Error) -> Error {
    console_error!("the gate's storage failed: {error}");
    Error::GateAway
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
    fn new(state: State, env: Env) -> Self {
        let name = state.id().name();
        Self {
            env,
            user: name.as_deref().and_then(UserId::parse),
            kept: Kept::new(&state),
            standing: RefCell::default(),
            asking: RefCell::default(),
        }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let (answer, body) = match self.answer(&request).await {
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
