//! What a gate may serve from its cache: the rules of "The consistency of the cache" in architecture.md, whose numbers
//! stand beside what keeps them. Nothing here does I/O or looks at a clock.
//!
//! All answers kept in one *era* are current together. An era ends as soon as something changed, or may have: then the
//! fence counts one on, and no answer of before is current any more, wherever it lies. So a change costs one row and
//! not one for each answer.
//!
//! What must outlive the gate's memory is in `Kept`, and has to be stored before anything that follows from it leaves
//! the gate: the beginning of a change before it is sent, its end before it is answered.

use serde::{Deserialize, Serialize};

use super::shelf::Mark;

/// After what time, counted from when a change was first sent, the origin can no longer commit it (rule 3), in
/// milliseconds: the gate's own deadline, within which it is sent a second time at the latest; the 15 s after `created` in
/// which the origin still begins it; 30 s by which the two clocks may differ; the 10 s that a transaction may take.
pub const LOST_MS: i64 = 10_000 + 15_000 + 30_000 + 10_000;

/// The longest time that an answer may be kept as current, in seconds (rule 6).
pub const LONGEST_FRESH_SECONDS: i64 = 60;

/// The rules that are kept: all of them. Tests build a fence, or a whole Worker (`MINDFLOW_WITHOUT_RULE` at compile
/// time), that lacks one, and show that they notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    without: Option<Rule>,
}

/// A rule of architecture.md, by its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// 1: a higher version ends all older answers.
    HigherVersionEnds,
    /// 2: what overlapped an unsafe request is not kept.
    OverlapIsNotKept,
    /// 3: after a lost answer nothing is kept or served as current until the origin can no longer commit it.
    LostAnswerWaits,
    /// 4: what was in flight when the memory went is lost.
    EvictionLoses,
    /// 5: an unchanged version ends nothing.
    UnchangedEndsNothing,
    /// 6: the origin's own news, and another epoch, end all older answers.
    NewsEnds,
    /// 7: a reader joins only what began after the last answered change.
    JoinOnlyLater,
    /// 7: however many wait, one fetches.
    FetchOnce,
}

impl Rules {
    /// As they are.
    pub const ALL: Self = Self { without: None };

    /// All but one.
    pub const fn without(rule: Rule) -> Self {
        Self {
            without: Some(rule),
        }
    }

    /// Those that this Worker was built with: all, unless a test built it.
    pub fn built() -> Self {
        let without = match option_env!("MINDFLOW_WITHOUT_RULE") {
            Some("1") => Some(Rule::HigherVersionEnds),
            Some("2") => Some(Rule::OverlapIsNotKept),
            Some("3") => Some(Rule::LostAnswerWaits),
            Some("4") => Some(Rule::EvictionLoses),
            Some("5") => Some(Rule::UnchangedEndsNothing),
            Some("6") => Some(Rule::NewsEnds),
            Some("7-join") => Some(Rule::JoinOnlyLater),
            Some("7-once") => Some(Rule::FetchOnce),
            _ => None,
        };
        Self { without }
    }

    fn keep(self, rule: Rule) -> bool {
        self.without != Some(rule)
    }
}

/// What an answer of the origin says of the user's data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen<'a> {
    /// `Mindflow-Version`.
    pub version: Option<i64>,
    /// `Mindflow-Epoch`.
    pub epoch: Option<&'a str>,
}

/// How an unsafe request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended<'a> {
    /// The origin answered, and said the version.
    Answered(Seen<'a>),
    /// The origin refused it before it looked at anything.
    Refused,
    /// Nobody knows: no answer, or a proxy's, or one without a version.
    Lost,
}

/// A change on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct InFlight {
    number: u64,
    began_ms: i64,
}

/// What has to outlive the memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    version: Option<i64>,
    epoch: Option<String>,
    era: i64,
    in_flight: Vec<InFlight>,
    lost_until_ms: i64,
}

/// A read on its way to the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    began_ms: i64,
    /// When it began, no lost change could still be committed.
    is_sure: bool,
    /// Nor was any on its way.
    is_clear: bool,
    /// The state of [`Fence::turn`] then.
    turn: u64,
    /// The state of [`Fence::answered`] then.
    answered: u64,
}

/// What follows from an answer to a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadEnd {
    /// Under which mark the answer may be kept, if it may.
    pub mark: Option<Mark>,
    /// What follows for the gate.
    pub follows: Follows,
}

/// What follows for the gate from something it has seen.
#[must_use]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Follows {
    /// The fence has to be stored before anything leaves.
    pub store: bool,
    /// The user's data changed: this is its version now.
    pub news: Option<i64>,
}

/// One user's fence.
#[derive(Clone, Debug)]
pub struct Fence {
    kept: Kept,
    rules: Rules,
    next: u64,
    /// Counts whatever could make a read that is on its way unfit to be kept.
    turn: u64,
    /// Counts whatever a read that begins now must show.
    answered: u64,
}

impl Fence {
    /// A gate's fence: what `text` says, or a new one. Eras of a new one are beyond those of one whose row was lost.
    /// Changes that were on their way when the memory went are lost (rule 4); then it has to be stored.
    pub fn load(text: Option<&str>, rules: Rules, now_ms: i64) -> (Self, bool) {
        let kept = text.and_then(|text| serde_json::from_str(text).ok());
        let is_new = kept.is_none();
        let kept = kept.unwrap_or(Kept {
            version: None,
            epoch: None,
            era: now_ms,
            in_flight: Vec::new(),
            lost_until_ms: 0,
        });
        let mut fence = Self {
            kept,
            rules,
            next: 0,
            turn: 0,
            answered: 0,
        };
        let flying = std::mem::take(&mut fence.kept.in_flight);
        if rules.keep(Rule::EvictionLoses) {
            for flight in &flying {
                fence.lose(flight.began_ms);
            }
        }
        (fence, is_new || !flying.is_empty())
    }

    /// The form in which it is stored.
    pub fn to_json(&self) -> String {
        // Numbers and one text only: writing cannot fail.
        serde_json::to_string(&self.kept).unwrap_or_default()
    }

    /// Whether an answer with this mark may be served as current.
    pub fn is_current(&self, mark: &Mark, now_ms: i64) -> bool {
        mark.era == self.kept.era && now_ms < mark.fresh_until_ms && !self.is_unsure(now_ms)
    }

    /// An unsafe request is about to leave; the fence has to be stored before it does (rule 4).
    pub fn begin_change(&mut self, now_ms: i64) -> u64 {
        self.next += 1;
        self.turn += 1;
        let number = self.next;
        self.kept.in_flight.push(InFlight {
            number,
            began_ms: now_ms,
        });
        number
    }

    /// It ended. The fence has to be stored in any case.
    pub fn end_change(&mut self, number: u64, ended: Ended<'_>) -> Follows {
        self.turn += 1;
        let place = self
            .kept
            .in_flight
            .iter()
            .position(|flight| flight.number == number);
        let flight = place.map(|place| self.kept.in_flight.swap_remove(place));
        let follows = match ended {
            Ended::Answered(seen) => {
                self.answered += 1;
                let follows = self.see(seen, Rule::HigherVersionEnds);
                if !self.rules.keep(Rule::UnchangedEndsNothing) {
                    self.end_era();
                }
                follows
            }
            Ended::Refused => Follows::default(),
            Ended::Lost => {
                self.answered += 1;
                if let Some(flight) = flight {
                    self.lose(flight.began_ms);
                }
                Follows::default()
            }
        };
        Follows {
            store: true,
            ..follows
        }
    }

    /// A read is about to leave.
    pub fn begin_read(&self, now_ms: i64) -> Ticket {
        let is_sure = !self.is_unsure(now_ms);
        Ticket {
            began_ms: now_ms,
            is_sure,
            is_clear: is_sure && self.kept.in_flight.is_empty(),
            turn: self.turn,
            answered: self.answered,
        }
    }

    /// Whether a read that comes now may wait for the one that has this ticket (rule 7). Not for one that began while a
    /// lost change could still be committed: it may have been looked at before that, and this one must see it.
    pub fn may_join(&self, ticket: &Ticket) -> bool {
        let is_later = ticket.is_sure && ticket.answered == self.answered;
        self.rules.keep(Rule::FetchOnce) && (is_later || !self.rules.keep(Rule::JoinOnlyLater))
    }

    /// A read was answered; `fresh_seconds` is what the origin allows for keeping it.
    pub fn end_read(
        &mut self,
        ticket: &Ticket,
        seen: Seen<'_>,
        fresh_seconds: i64,
        now_ms: i64,
    ) -> ReadEnd {
        let follows = self.see(seen, Rule::HigherVersionEnds);
        let is_latest = seen.version.is_some() && seen.version >= self.kept.version;
        // A version that this answer itself was the first to tell makes a turn, and is no reason against it.
        let own_turn = u64::from(follows.store);
        let is_apart = ticket.is_clear && ticket.turn + own_turn == self.turn && is_latest;
        let may_keep = (is_apart || !self.rules.keep(Rule::OverlapIsNotKept))
            && !self.is_unsure(now_ms)
            && fresh_seconds > 0;
        let fresh_ms = fresh_seconds.min(LONGEST_FRESH_SECONDS) * 1000;
        let mark = may_keep.then(|| Mark {
            era: self.kept.era,
            fetched_ms: ticket.began_ms,
            // From when it was asked for: the origin counted from then or later.
            fresh_until_ms: ticket.began_ms + fresh_ms,
        });
        ReadEnd { mark, follows }
    }

    /// The origin told by itself (rule 6).
    pub fn hear(&mut self, seen: Seen<'_>) -> Follows {
        self.see(seen, Rule::NewsEnds)
    }

    fn see(&mut self, seen: Seen<'_>, rule: Rule) -> Follows {
        let Some(version) = seen.version else {
            return Follows::default();
        };
        let is_other_epoch = seen.epoch.is_some() && seen.epoch != self.kept.epoch.as_deref();
        let is_higher = Some(version) > self.kept.version;
        if !is_other_epoch && !is_higher {
            return Follows::default();
        }
        let was_known = self.kept.version.is_some();
        if is_other_epoch {
            // Other data: its versions have nothing to do with those of before.
            self.kept.epoch = seen.epoch.map(str::to_owned);
            self.kept.version = Some(version);
        } else {
            self.kept.version = self.kept.version.max(Some(version));
        }
        self.turn += 1;
        self.answered += 1;
        let rule = if is_other_epoch { Rule::NewsEnds } else { rule };
        if self.rules.keep(rule) {
            self.kept.era += 1;
        }
        Follows {
            store: true,
            news: was_known.then_some(version),
        }
    }

    fn end_era(&mut self) {
        self.kept.era += 1;
    }

    fn lose(&mut self, began_ms: i64) {
        if self.rules.keep(Rule::LostAnswerWaits) {
            self.end_era();
            self.kept.lost_until_ms = self.kept.lost_until_ms.max(began_ms + LOST_MS);
        }
    }

    /// Whether a lost change may still be committed.
    fn is_unsure(&self, now_ms: i64) -> bool {
        now_ms < self.kept.lost_until_ms
    }
}

#[cfg(test)]
mod tests;
