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
    /// The earlier of deadline and due date; without one a task comes after all that have one.
    pub(super) earliest: Option<Instant>,
    pub(super) priority: u8,
    pub(super) created: Instant,
    id: TaskId,
}

/// Seconds since 1970, and nanoseconds.
type Instant = (i64, i32);

fn instant(at: Timestamp) -> Instant {
    (at.as_second(), at.subsec_nanosecond())
}

impl Place {
    pub(super) fn of(score: Option<i32>, task: &Candidate<'_>, dates: &Dates) -> Self {
        Self {
            score,
            earliest: dates.earliest().map(instant),
            priority: task.priority,
            created: instant(task.created_at),
            id: task.id,
        }
    }

    fn key(&self) -> impl Ord + use<> {
        (
            Reverse(self.score),
            self.earliest.is_none(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ranking::scale::Dates;
    use uuid::Uuid;

    #[test]
    fn a_task_without_a_date_comes_after_one_of_the_last_instant() {
        let task = Candidate::new(TaskId(Uuid::nil()), "x", Timestamp::UNIX_EPOCH);
        let urgent = Candidate {
            priority: 5,
            ..task
        };
        let last = Dates {
            due: Some(Timestamp::MAX),
            deadline: None,
        };
        let (dated, undated) = (
            Place::of(Some(1), &task, &last),
            Place::of(Some(1), &urgent, &Dates::default()),
        );
        assert!(dated < undated);
        let read: Place = serde_json::from_str(&serde_json::to_string(&dated).unwrap()).unwrap();
        assert_eq!(read, dated, "it survives a cursor");
    }
}
