//! Which of the user's credentials hold: learned from the origin once in the gate's life, and from what it tells later.

use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};
use shared_types::gate::{GateEffects, GateState, Invalidation};
use shared_types::id::CredentialId;
use worker::console_error;

use super::Gate;
use crate::config::Config;
use crate::error::{Away, Error};
use crate::forward::Forward;
use crate::gate::fence::Seen;
use crate::gate::standing::{Judgement, Standing};
use crate::runtime::js::{self, Body};
use crate::runtime::origin::{self, Raw};

/// How long the origin may take to say how the user's credentials stand, in milliseconds.
const DEADLINE_MS: u32 = 5_000;

/// What the origin answered to a gate that asked; shared by all requests that wait for it.
pub(super) type Question = Shared<LocalBoxFuture<'static, Result<Rc<GateState>, Error>>>;

impl Gate {
    /// What cannot be read is as good as nothing: the origin is asked, and it knows.
    pub(super) fn load_standing(&self) -> Result<Standing, Error> {
        let kept = self.kept.read().map_err(|error| storage_failed(&error))?;
        let standing = kept.and_then(|text| Standing::from_json(&text));
        Ok(standing.unwrap_or_default())
    }

    /// Refuses a credential that was revoked. A gate that knows nothing yet asks the origin; while the origin is away
    /// the request could not be served either.
    pub(super) async fn admit(
        &self,
        config: &Rc<Config>,
        forward: &Forward,
        credential: CredentialId,
    ) -> Result<(), Error> {
        loop {
            let judged =
                self.with(|memory| memory.standing.judge(credential, forward.generation))?;
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
                    let now_seconds = js::now_ms().div_euclid(1000);
                    self.change_standing(|standing| standing.learn(&state, now_seconds))?;
                    let seen = Seen {
                        version: Some(state.version),
                        epoch: state.epoch.as_deref(),
                    };
                    self.with_fence(|fence| fence.hear(seen))?;
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
    pub(super) fn obey(&self, raw: &Raw) -> Result<(), Error> {
        let Some(effects) = raw.headers.find("mindflow-gate-effects") else {
            return Ok(());
        };
        let effects: GateEffects = serde_json::from_str(effects).map_err(|_| {
            console_error!("the origin's gate effects cannot be read");
            Error::GateAway
        })?;
        if Some(effects.user) != self.user {
            // Not for this gate to say; the origin tells the right one itself.
            console_error!("gate effects for another user were not applied");
            return Ok(());
        }
        self.apply(&effects)
    }

    /// Takes in what the origin tells by itself.
    pub(super) fn hear(&self, news: &Invalidation) -> Result<(), Error> {
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
        if let Some(effects) = &news.effects {
            self.apply(effects)?;
        }
        // 0 where only effects are told.
        if news.version > 0 {
            let seen = Seen {
                version: Some(news.version),
                epoch: news.epoch.as_deref(),
            };
            self.with_fence(|fence| fence.hear(seen))?;
        }
        Ok(())
    }

    fn apply(&self, effects: &GateEffects) -> Result<(), Error> {
        let now_seconds = js::now_ms().div_euclid(1000);
        self.change_standing(|standing| standing.apply(effects, now_seconds))?;
        self.close_revoked()?;
        if effects.purge {
            self.store.forget_all()?;
            // What is left is the tombstone, which is read again with the next request.
            self.memory.borrow_mut().take();
        }
        Ok(())
    }

    /// Changes what is known, and keeps it if it became something else. It is known first: should keeping it fail, this
    /// instance refuses what it must all the same.
    fn change_standing(&self, change: impl FnOnce(&mut Standing)) -> Result<(), Error> {
        let changed = self.with(|memory| {
            let before = memory.standing.clone();
            change(&mut memory.standing);
            (memory.standing != before).then(|| memory.standing.to_json())
        })?;
        match changed {
            Some(text) => {
                self.kept
                    .write(text)
                    .map_err(|error| storage_failed(&error))?;
                self.store.note_row();
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// Asks the origin how the user's credentials stand.
async fn ask(config: Rc<Config>, question: Forward) -> Result<Rc<GateState>, Error> {
    let raw = origin::ask(&config, &question, &Body::Empty, DEADLINE_MS, true).await?;
    match (raw.status, raw.body.bytes()) {
        (200, Some(bytes)) => serde_json::from_slice(&bytes.to_vec())
            .map(Rc::new)
            .map_err(|_| Error::OriginAway(Away::NoAnswer)),
        (401, _) => Err(Error::Revoked),
        (status, _) => Err(Error::OriginAway(Away::Proxy(status))),
    }
}

fn storage_failed(error: &worker::Error) -> Error {
    console_error!("the gate's storage failed: {error}");
    Error::GateAway
}
