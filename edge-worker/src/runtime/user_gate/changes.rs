//! Changes: sent between the two ends of the fence; kept for later when the origin is away and they may wait.

use std::rc::Rc;

use worker::js_sys::Uint8Array;

use super::store::Fact;
use super::{Gate, Reply, seen};
use crate::answer::{Source, is_problem};
use crate::config::Config;
use crate::error::{Away, Error};
use crate::forward::Forward;
use crate::gate::fence::{Ended, Follows};
use crate::gate::outbox::with_id;
use crate::route::Nature;
use crate::runtime::crypto;
use crate::runtime::isolate::BREAKER;
use crate::runtime::js::{self, Body};
use crate::runtime::origin::{self, Raw};

/// How long a change waits for those before it, in milliseconds; what is left of the deadline is for the change itself.
const DRAIN_MS: u32 = 2_000;

impl Gate {
    pub(super) async fn change(
        self: &Rc<Self>,
        config: &Rc<Config>,
        forward: &Forward,
        body: Body,
    ) -> Result<Reply, Error> {
        let given_digest = &forward.content_digest;
        let mut settled = forward.clone();
        let body = self.name_new_task(&mut settled, body).await?;
        let may_wait = settled.nature == Nature::MayWait && !settled.is_conditional();
        let mut deadline_ms = origin::DEADLINE_MS;
        // What waits comes first. While it is on its way this one waits for a moment: a caller is better served by an
        // answer than by 202, and one who never pauses would otherwise always find something waiting.
        if self.has_waiting()? {
            let is_away = BREAKER.with_borrow(|breaker| breaker.is_closed(js::now_ms()));
            let is_done = !is_away
                && origin::before(DRAIN_MS, self.drain(config))
                    .await
                    .unwrap_or(false);
            if !is_done {
                return if may_wait {
                    self.accept(&settled, &body, given_digest).await
                } else {
                    Err(Error::OriginAway(Away::Known))
                };
            }
            deadline_ms -= DRAIN_MS;
        }
        let again = settled.nature != Nature::Change;
        match self.send(config, &settled, &body, deadline_ms, again).await {
            // It is there, and away all the same, as without its database.
            Ok(raw) if raw.status == 503 && may_wait => {
                self.accept(&settled, &body, given_digest).await
            }
            Ok(raw) => {
                self.obey(&raw)?;
                self.reply(&raw, forward, Source::Bypass)
            }
            Err(Error::OriginAway(_)) if may_wait => {
                self.accept(&settled, &body, given_digest).await
            }
            Err(error) => Err(error),
        }
    }

    /// Sends a change, between the two ends of the fence (rules 1 to 4).
    pub(super) async fn send(
        &self,
        config: &Config,
        forward: &Forward,
        body: &Body,
        deadline_ms: u32,
        again: bool,
    ) -> Result<Raw, Error> {
        let now_ms = js::now_ms();
        if BREAKER.with_borrow(|breaker| breaker.is_closed(now_ms)) {
            return Err(Error::OriginAway(Away::Known));
        }
        let (number, text) = self.with(|memory| {
            let number = memory.fence.begin_change(now_ms);
            (number, memory.fence.to_json())
        })?;
        self.store.keep_fact(Fact::Fence, &text)?;
        let mut answered = origin::ask(config, forward, body, deadline_ms, again).await;
        // Newly signed it is a repetition under its key, or a 401 again.
        if again && matches!(&answered, Ok(raw) if raw.status == 401) {
            let spent_ms = u32::try_from(js::now_ms() - now_ms).unwrap_or(u32::MAX);
            let left_ms = deadline_ms.saturating_sub(spent_ms);
            answered = origin::ask(config, forward, body, left_ms, false).await;
            if let Ok(raw) = &mut answered {
                raw.tries += 1;
            }
        }
        self.with_fence(|fence| match &answered {
            // The first try may still be committed, whatever became of the second.
            Ok(raw) if raw.tries > 1 => {
                let lost = fence.end_change(number, Ended::Lost);
                let told = fence.hear(seen(raw));
                Follows {
                    news: told.news,
                    ..lost
                }
            }
            Ok(raw) => fence.end_change(number, ended(raw)),
            // It never left.
            Err(Error::OriginAway(Away::Known) | Error::Internal) => {
                fence.end_change(number, Ended::Refused)
            }
            Err(_) => fence.end_change(number, Ended::Lost),
        })?;
        answered
    }

    /// Gives a creation its id, so that it can be accepted while the origin is away, and so that one that was sent and lost
    /// is the same when it is sent again. For a caller's own key it is remembered: a repetition must be the same too.
    async fn name_new_task(&self, forward: &mut Forward, body: Body) -> Result<Body, Error> {
        if forward.template != "/api/tasks" || forward.nature != Nature::MayWait {
            return Ok(body);
        }
        let Some(bytes) = body.bytes().map(Uint8Array::to_vec) else {
            return Ok(body);
        };
        let now_ms = js::now_ms();
        let new_id = js::new_request_id(now_ms).map_err(|_| Error::Internal)?;
        let new_id = new_id.to_string();
        let Some(named) = with_id(&bytes, &new_id) else {
            return Ok(body);
        };
        let named = match forward.own_key(&bytes) {
            None => named,
            Some(key) => {
                if let Some(id) = self.store.made_id(&key)? {
                    with_id(&bytes, &id).unwrap_or(named)
                } else {
                    self.store.keep_made_id(&key, &new_id, now_ms)?;
                    named
                }
            }
        };
        let body = Body::new(Uint8Array::from(named.as_slice()));
        forward.content_digest = crypto::content_digest(&body)
            .await
            .map_err(|_| Error::Internal)?;
        Ok(body)
    }
}

/// How a change ended that the origin, or something before it, answered.
fn ended(raw: &Raw) -> Ended<'_> {
    let seen = seen(raw);
    if seen.version.is_some() {
        Ended::Answered(seen)
    } else if (400..500).contains(&raw.status) && raw.status != 401 && is_problem(&raw.headers) {
        // Not a 401: what lies between sends some requests again, byte by byte, when a connection ends before the
        // answer, and the origin refuses the second copy for its signature after it has applied the first.
        Ended::Refused
    } else {
        Ended::Lost
    }
}
