//! "Why not X?": what stands between one task and the first place.

use jiff::Timestamp;

use super::explain::Explanation;
use super::words::Clock;
use super::{Alternative, Ranking, Reason};

/// Why a task is not the first.
#[derive(Clone, Debug, PartialEq)]
pub enum WhyNot {
    /// It is.
    First,
    /// It comes at this place; how far it is behind, and what would put it first.
    Behind(usize, Box<Alternative>),
    /// It cannot be done now.
    Hidden(Reason, Option<Timestamp>),
}

impl Ranking<'_> {
    /// Why the task at this position of the input is not the first; `None` when it was not asked for.
    pub fn why_not(&self, task: usize) -> Option<WhyNot> {
        if let Some(closed) = self.hidden.iter().find(|closed| closed.task == task) {
            return Some(WhyNot::Hidden(closed.reason, closed.opens_at));
        }
        let place = self.ranked.iter().position(|ranked| ranked.task == task)?;
        if place == 0 {
            return Some(WhyNot::First);
        }
        let clock = Clock::new(self.scale.now, &self.scale.preferences.zone);
        let other = Explanation {
            ranking: self,
            clock: &clock,
            ranked: &self.ranked[place],
        };
        let alternative = self.alternative(&self.ranked[0], &other);
        Some(WhyNot::Behind(place + 1, Box::new(alternative)))
    }
}
