//! Where a task stands in the order.

use std::cmp::Reverse;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared_types::id::TaskId;

use super::Candidate;
use super::scale::Dates;

/// What the order goes by, the best least: the score, then the ties of the ranking. It needs nothing else, so a
/// list can go on after a task that is no longer there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// In hundredths; `None` for a hidden task, which comes after all others.
    pub score: Option<i32>,
    /// The earlier of deadline and due date, in microseconds since 1970.
    pub(super) earliest: i64,
    pub(super) priority: u8,
    pub(super) created: i64,
    id: TaskId,
}

impl Place {
    pub(super) fn of(score: Option<i32>, task: &Candidate<'_>, dates: &Dates) -> Self {
        Self {
            score,
            earliest: dates.earliest().unwrap_or(Timestamp::MAX).as_microsecond(),
            priority: task.priority,
            created: task.created_at.as_microsecond(),
            id: task.id,
        }
    }

    fn key(&self) -> (Reverse<Option<i32>>, i64, Reverse<u8>, i64, TaskId) {
        (
            Reverse(self.score),
            self.earliest,
            Reverse(self.priority),
            self.created,
            self.id,
        )
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
