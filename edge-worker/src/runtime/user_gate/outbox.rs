//! Changes that are accepted while the origin is away, and sent in their order as soon as it is back.

use std::rc::Rc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};
use shared_types::pending::PendingList;
use shared_types::validate::FieldError;
use worker::console_error;
use worker::js_sys::Uint8Array;

use super::{Gate, Reply, conditions};
use crate::answer::{Answer, Source};
use crate::config::Config;
use crate::error::{Away, Error, RETRY_AFTER_SECONDS};
use crate::forward::Forward;
use crate::gate::outbox::{
    Accepted, MOST_BYTES, MOST_ROWS, Sent, TOO_OLD, Unfit, check, judge, pause_ms,
};
use crate::runtime::isolate;
use crate::runtime::js::{self, Body};
use crate::runtime::origin::DEADLINE_MS;

/// Whether all that waited is done; shared by all who wait for that.
pub(super) type Drain = Shared<LocalBoxFuture<'static, bool>>;

/// The accepted changes, refused ones too, in their order.
#[derive(Default)]
pub(super) struct Waiting(Vec<Row>);

struct Row {
    number: i64,
    change: Accepted,
    size_bytes: usize,
}

impl Waiting {
    fn first(&self) -> Option<&Row> {
        self.0.iter().find(|row| row.change.refused.is_none())
    }

    fn count(&self) -> usize {
        let waits = |row: &&Row| row.change.refused.is_none();
        self.0.iter().filter(waits).count()
    }

    fn is_full_for(&self, size_bytes: usize) -> bool {
        let bytes: usize = self.0.iter().map(|row| row.size_bytes).sum();
        self.0.len() >= MOST_ROWS || bytes + size_bytes > MOST_BYTES
    }
}

impl Gate {
    pub(super) fn load_waiting(&self, now_ms: i64) -> Result<Waiting, Error> {
        let mut rows = Vec::new();
        for (number, change, size_bytes) in self.store.accepted()? {
            if change.is_forgotten(now_ms) {
                self.store.remove_accepted(number)?;
            } else {
                rows.push(Row {
                    number,
                    change,
                    size_bytes,
                });
            }
        }
        self.store.forget_made_ids(now_ms)?;
        Ok(Waiting(rows))
    }

    pub(super) fn has_waiting(&self) -> Result<bool, Error> {
        self.with(|memory| memory.waiting.first().is_some())
    }

    /// Says how many changes a read does not show yet.
    pub(super) fn with_pending(
        &self,
        mut answer: Answer,
        forward: &Forward,
    ) -> Result<Answer, Error> {
        let count = self.with(|memory| memory.waiting.count())?;
        if count > 0 && forward.method == "GET" {
            answer.set("mindflow-pending", count.to_string());
        }
        Ok(answer)
    }

    /// `GET /api/pending`.
    pub(super) fn list_pending(&self, forward: &Forward) -> Result<Reply, Error> {
        let list = self.with(|memory| PendingList {
            items: memory
                .waiting
                .0
                .iter()
                .map(|row| row.change.shown())
                .collect(),
        })?;
        // Strings only: writing cannot fail.
        let text = serde_json::to_string(&list).unwrap_or_default();
        let answer = Answer::new(200)
            .with("content-type", "application/json")
            .for_user(Source::Bypass);
        let (answer, with_body) = answer.fit(conditions(forward), Some(text.len()));
        let answer = self.with_pending(answer, forward)?;
        Ok(Reply::from(if with_body {
            answer.with_text(text)
        } else {
            answer
        }))
    }

    /// Accepts a change for later: 202, once it is checked and kept.
    pub(super) async fn accept(
        &self,
        forward: &Forward,
        body: &Body,
        given_digest: &str,
    ) -> Result<Reply, Error> {
        let bytes = body.bytes().map(Uint8Array::to_vec).unwrap_or_default();
        let checked = check(&forward.template, forward, &bytes).map_err(|unfit| match unfit {
            Unfit::NotJson => Error::NotJson,
            Unfit::NoSuchTask => Error::NoSuchTask,
            Unfit::Invalid(errors) => Error::Invalid(errors),
        })?;
        let repeated = self.with(|memory| {
            let key = checked.key.as_deref()?;
            let mut rows = memory.waiting.0.iter();
            let row = rows.find(|row| row.change.key.as_deref() == Some(key))?;
            Some(row.change.clone())
        })?;
        if let Some(change) = repeated {
            let is_same = change.given_digest == given_digest
                && change.forward.method == forward.method
                && change.forward.path == forward.path
                && change.forward.query == forward.query;
            return if is_same {
                Ok(accepted(&change))
            } else {
                Err(Error::Invalid(vec![FieldError {
                    field: "Idempotency-Key".to_owned(),
                    message: "was used for another request; use a new one for each change"
                        .to_owned(),
                }]))
            };
        }
        if self.with(|memory| memory.standing.is_gone())? {
            return Err(Error::Revoked);
        }
        let id = js::new_request_id(js::now_ms()).map_err(|_| Error::Internal)?;
        let task = checked.task.map(|task| format!("/api/tasks/{task}"));
        let change = Accepted {
            id: id.to_string(),
            forward: forward.clone(),
            key: checked.key,
            given_digest: given_digest.to_owned(),
            location: task.unwrap_or_else(|| forward.path.clone()),
            failures: 0,
            refused: None,
        };
        let number = self.with(|memory| {
            let rows = &memory.waiting.0;
            let next = rows.last().map_or(1, |row| row.number + 1);
            (!memory.waiting.is_full_for(bytes.len())).then_some(next)
        })?;
        let number = number.ok_or(Error::OriginAway(Away::Known))?;
        self.store.keep_accepted(number, &change, body)?;
        let reply = accepted(&change);
        self.with(|memory| {
            memory.waiting.0.push(Row {
                number,
                change,
                size_bytes: bytes.len(),
            });
        })?;
        self.set_alarm().await;
        Ok(reply)
    }

    /// Sends what waits, in its order, until all is done or the origin is away again; says whether all is done.
    pub(super) fn drain(self: &Rc<Self>, config: &Rc<Config>) -> Drain {
        let mut draining = self.draining.borrow_mut();
        if let Some(drain) = &*draining {
            return drain.clone();
        }
        let (gate, config) = (Rc::clone(self), Rc::clone(config));
        let drain = async move {
            let is_done = match gate.send_waiting(&config).await {
                Ok(is_done) => is_done,
                Err(error) => {
                    console_error!("what waits could not be sent: {}", error.reason());
                    false
                }
            };
            gate.draining.borrow_mut().take();
            let tries = if is_done { 0 } else { gate.tries.get() + 1 };
            gate.tries.set(tries);
            if !is_done {
                gate.set_alarm().await;
            }
            is_done
        };
        let drain = drain.boxed_local().shared();
        *draining = Some(drain.clone());
        self.state.wait_until(drain.clone().map(drop));
        drain
    }

    /// Sends what waits, if anything does, beside what goes on: the origin has just answered. Not what it failed on: that
    /// is for the alarm, or readers would use its few tries up within a second.
    pub(super) fn drain_soon(self: &Rc<Self>, config: &Rc<Config>) -> Result<(), Error> {
        let is_due = self.with(|memory| {
            let first = memory.waiting.first();
            first.is_some_and(|row| row.change.failures == 0)
        })?;
        if is_due {
            drop(self.drain(config));
        }
        Ok(())
    }

    async fn send_waiting(&self, config: &Config) -> Result<bool, Error> {
        loop {
            let first = self.with(|memory| {
                let row = memory.waiting.first()?;
                Some((row.number, row.change.clone()))
            })?;
            let Some((number, change)) = first else {
                return Ok(true);
            };
            if change.is_too_old(js::now_ms()) {
                self.settle(number, Sent::Refused(TOO_OLD.to_owned()))?;
                continue;
            }
            let body = self.store.accepted_body(number)?;
            let sent = self.send(config, &change.forward, &body, DEADLINE_MS, true);
            let raw = match sent.await {
                Ok(raw) => raw,
                Err(Error::OriginAway(_)) => return Ok(false),
                Err(error) => return Err(error),
            };
            self.obey(&raw)?;
            let text = raw.body.bytes().map(Uint8Array::to_vec).unwrap_or_default();
            let sent = judge(raw.status, &text, change.failures);
            let goes_on = matches!(sent, Sent::Applied | Sent::Refused(_));
            self.settle(number, sent)?;
            if !goes_on {
                return Ok(false);
            }
        }
    }

    /// Notes what became of one.
    fn settle(&self, number: i64, sent: Sent) -> Result<(), Error> {
        let update = |change: &dyn Fn(&mut Row)| {
            self.with(|memory| {
                let mut rows = memory.waiting.0.iter_mut();
                let row = rows.find(|row| row.number == number)?;
                change(row);
                Some(row.change.clone())
            })
        };
        match sent {
            Sent::Later => Ok(()),
            Sent::Applied => {
                self.with(|memory| memory.waiting.0.retain(|row| row.number != number))?;
                self.store.remove_accepted(number)
            }
            Sent::Failed => match update(&|row| row.change.failures += 1)? {
                Some(change) => self.store.update_accepted(number, &change),
                None => Ok(()),
            },
            Sent::Refused(because) => {
                let now_ms = js::now_ms();
                let refused = update(&|row| {
                    row.change.refuse(because.clone(), now_ms);
                    row.size_bytes = 0;
                })?;
                match refused {
                    Some(change) => self.store.refuse_accepted(number, &change),
                    None => Ok(()),
                }
            }
        }
    }

    /// The alarm: sends what waits.
    pub(super) async fn wake(self: &Rc<Self>) {
        self.alarm_ms.set(0);
        match isolate::config(&self.env) {
            Ok(config) => {
                self.drain(&config).await;
            }
            Err(_) => self.set_alarm().await,
        }
    }

    /// Unless one is set already: changes that keep coming must not put it off.
    async fn set_alarm(&self) {
        let now_ms = js::now_ms();
        if self.alarm_ms.get() > now_ms {
            return;
        }
        let pause_ms = pause_ms(self.tries.get());
        self.alarm_ms.set(now_ms + pause_ms);
        let pause = Duration::from_millis(u64::try_from(pause_ms).unwrap_or_default());
        match self.state.storage().set_alarm(pause).await {
            Ok(()) => self.store.note_row(),
            // The next request of this user sends what waits.
            Err(error) => console_error!("the alarm could not be set: {error}"),
        }
    }
}

/// The answer to a change that was accepted.
fn accepted(change: &Accepted) -> Reply {
    // Strings only: writing cannot fail.
    let text = serde_json::to_string(&change.shown()).unwrap_or_default();
    let answer = Answer::new(202)
        .with("content-type", "application/json")
        .with("location", change.location.clone())
        .with("retry-after", RETRY_AFTER_SECONDS.to_string())
        .for_user(Source::Bypass)
        .with_text(text);
    Reply::from(answer)
}
