//! Reads: from what is kept while it is current; from the origin otherwise, once for all who wait.

use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};

use super::store::KeptAnswer;
use super::{Gate, Reply, conditions, seen};
use crate::answer::{Answer, Source};
use crate::config::Config;
use crate::error::{Away, Error};
use crate::forward::Forward;
use crate::gate::fence::Ticket;
use crate::gate::key::cache_key;
use crate::gate::shelf::{LAST_GOOD_MS, Mark};
use crate::runtime::isolate::BREAKER;
use crate::runtime::js::{self, Body};
use crate::runtime::origin::{self, Raw};

/// How long the origin may take for a read, in milliseconds.
const DEADLINE_MS: u32 = 8_000;

/// What the origin answered to a read; shared by all who wait for it.
type Fetch = Shared<LocalBoxFuture<'static, Result<Rc<Raw>, Error>>>;

/// A read that is on its way.
pub(super) struct Flying {
    ticket: Ticket,
    fetch: Fetch,
}

/// An answer that is kept.
pub(super) struct Held {
    mark: Mark,
    answer: Answer,
    /// Read when it is first needed.
    body: Option<Body>,
}

impl From<&KeptAnswer> for Held {
    fn from(kept: &KeptAnswer) -> Self {
        Self {
            mark: kept.mark,
            answer: kept.answer.clone(),
            body: None,
        }
    }
}

impl Gate {
    /// A read whose answer may be kept.
    pub(super) async fn read_kept(
        self: &Rc<Self>,
        config: &Rc<Config>,
        forward: &Forward,
    ) -> Result<Reply, Error> {
        let key = cache_key(&forward.path, &forward.query);
        if let Some(reply) = self.hit(&key, forward)? {
            return Ok(reply);
        }
        // One tries for all, and nobody else waits for it.
        if BREAKER.with_borrow(|breaker| breaker.is_closed(js::now_ms())) {
            let away = Error::OriginAway(Away::Known);
            return self.last_good(&key, forward)?.ok_or(away);
        }
        let (fetch, is_mine) = self.fly(config, &key, forward)?;
        let fetched = match fetch.await {
            // What the origin answered to another's credential, or said of another's request, is not for this one.
            Ok(raw) if !is_mine && raw.status != 200 => {
                let (fetch, _) = self.start(config, &key, forward)?;
                fetch.await
            }
            fetched => fetched,
        };
        match fetched {
            // It is there, and away all the same, as without its database.
            Ok(raw) if raw.status == 503 => match self.last_good(&key, forward)? {
                Some(reply) => Ok(reply),
                None => self.reply(&raw, forward, Source::Miss),
            },
            Ok(raw) => self.reply(&raw, forward, Source::Miss),
            Err(error @ Error::OriginAway(_)) => self.last_good(&key, forward)?.ok_or(error),
            Err(error) => Err(error),
        }
    }

    /// A read whose answer is not kept.
    pub(super) async fn read(
        self: &Rc<Self>,
        config: &Rc<Config>,
        forward: &Forward,
        body: &Body,
    ) -> Result<Reply, Error> {
        let ticket = self.with(|memory| memory.fence.begin_read(js::now_ms()))?;
        let raw = origin::ask(config, forward, body, DEADLINE_MS, true).await?;
        self.obey(&raw)?;
        self.with_fence(|fence| {
            let end = fence.end_read(&ticket, seen(&raw), 0, js::now_ms());
            end.follows
        })?;
        self.drain_soon(config)?;
        self.reply(&raw, forward, Source::Bypass)
    }

    fn hit(&self, key: &str, forward: &Forward) -> Result<Option<Reply>, Error> {
        let now_ms = js::now_ms();
        self.kept(key, forward, |memory_fence, mark| {
            memory_fence.is_current(mark, now_ms).then_some(Source::Hit)
        })
    }

    /// What was current last, while the origin is away.
    fn last_good(&self, key: &str, forward: &Forward) -> Result<Option<Reply>, Error> {
        let now_ms = js::now_ms();
        self.kept(key, forward, |_, mark| {
            let age_ms = now_ms - mark.fetched_ms;
            (age_ms < LAST_GOOD_MS).then(|| Source::Stale(age_ms.max(0) / 1000))
        })
    }

    /// The answer under `key`, if `judge` lets it be served.
    fn kept(
        &self,
        key: &str,
        forward: &Forward,
        judge: impl FnOnce(&crate::gate::fence::Fence, &Mark) -> Option<Source>,
    ) -> Result<Option<Reply>, Error> {
        let found = self.with(|memory| {
            let held = memory.shelf.find(key)?;
            let source = judge(&memory.fence, &held.mark)?;
            if held.body.is_none() {
                held.body = self.store.answer_body(key).ok();
            }
            Some((source, held.answer.clone(), held.body.clone()?))
        })?;
        let Some((source, answer, body)) = found else {
            return Ok(None);
        };
        let (answer, with_body) = answer
            .for_user(source)
            .fit(conditions(forward), body.length());
        Ok(Some(Reply {
            answer: self.with_pending(answer, forward)?,
            body: if with_body { body } else { Body::Empty },
            spans: Vec::new(),
        }))
    }

    /// The fetch that is under way and may be waited for, or a new one; and whether it is this caller's own.
    fn fly(
        self: &Rc<Self>,
        config: &Rc<Config>,
        key: &str,
        forward: &Forward,
    ) -> Result<(Fetch, bool), Error> {
        let flying = self.fetching.borrow();
        if let Some(flying) = flying.get(key)
            && self.with(|memory| memory.fence.may_join(&flying.ticket))?
        {
            return Ok((flying.fetch.clone(), false));
        }
        drop(flying);
        self.start(config, key, forward)
    }

    /// Fetches. It goes on also when the one who began it goes away: others may be waiting, and its answer is kept.
    fn start(
        self: &Rc<Self>,
        config: &Rc<Config>,
        key: &str,
        forward: &Forward,
    ) -> Result<(Fetch, bool), Error> {
        let ticket = self.with(|memory| memory.fence.begin_read(js::now_ms()))?;
        let (gate, config) = (Rc::clone(self), Rc::clone(config));
        let (name, forward) = (key.to_owned(), forward.clone());
        let fetch = async move {
            let answered = origin::ask(&config, &forward, &Body::Empty, DEADLINE_MS, true).await;
            gate.fetching
                .borrow_mut()
                .extract_if(|key, flying| *key == name && flying.ticket == ticket)
                .for_each(drop);
            let raw = Rc::new(answered?);
            gate.obey(&raw)?;
            gate.keep(&name, &ticket, &raw)?;
            gate.drain_soon(&config)?;
            Ok(raw)
        };
        let fetch = fetch.boxed_local().shared();
        let flying = Flying {
            ticket,
            fetch: fetch.clone(),
        };
        self.fetching.borrow_mut().insert(key.to_owned(), flying);
        self.state.wait_until(fetch.clone().map(drop));
        Ok((fetch, true))
    }

    /// Keeps what was fetched, if the rules allow it.
    fn keep(&self, key: &str, ticket: &Ticket, raw: &Rc<Raw>) -> Result<(), Error> {
        let mut mark = None;
        self.with_fence(|fence| {
            let is_whole = raw.status == 200;
            let fresh_seconds = fresh_seconds(raw).filter(|_| is_whole).unwrap_or(0);
            let end = fence.end_read(ticket, seen(raw), fresh_seconds, js::now_ms());
            mark = end.mark;
            end.follows
        })?;
        let Some(mark) = mark else {
            return Ok(());
        };
        // The account may have been deleted meanwhile, and then nothing of it is to lie here.
        if self.with(|memory| memory.standing.is_gone())? {
            return Ok(());
        }
        let answer =
            crate::answer::receive(raw.status, &raw.headers, false).map_err(Error::OriginAway)?;
        let held = Held {
            mark,
            answer: answer.clone(),
            body: Some(raw.body.clone()),
        };
        let gone = self.with(|memory| {
            memory
                .shelf
                .put(key.to_owned(), held, raw.body.size_bytes())
        })?;
        if let Some(gone) = gone {
            for gone in gone {
                self.store.remove_answer(&gone)?;
            }
            self.store.keep_answer(key, &mark, &answer, &raw.body)?;
        }
        Ok(())
    }
}

/// The seconds of `Mindflow-Cache: max-age=N`.
fn fresh_seconds(raw: &Raw) -> Option<i64> {
    let field = raw.headers.find("mindflow-cache")?;
    field.strip_prefix("max-age=")?.parse().ok()
}
