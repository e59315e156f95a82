//! A plan for the time that is free: the ranked tasks one after the other, as long as they fit.

use jiff::{SignedDuration, Timestamp};
use shared_types::best::Factor;

use super::explain::Explanation;
use super::scale::effort_minutes;
use super::words::{Clock, joined};
use super::{Ranked, Ranking};

/// At most this many tasks are planned: nobody keeps a longer list in mind.
const MOST: usize = 20;
/// At most this many reasons are given for each.
const REASONS: usize = 2;

/// A task in the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its position in the input.
    pub task: usize,
    /// How long it takes.
    pub minutes: u32,
    /// Whether that is only assumed.
    pub is_assumed: bool,
    /// When it begins, if what stands before it takes as long as it should.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Why it is in the plan.
    pub because: String,
}

/// What fits into the free time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Best first, one after the other.
    pub slots: Vec<Slot>,
    /// The best ranked tasks that are too long for what was left when their turn came.
    pub too_long: Vec<usize>,
    /// What is left of the free time.
    pub left_minutes: u32,
}

impl Ranking<'_> {
    /// Fills `free_minutes` from `begins_at` on with the best tasks that fit, in the order of their scores. What waits for
    /// another task is hidden, and so is not planned.
    pub fn plan(&self, free_minutes: u32, begins_at: Timestamp) -> Plan {
        let clock = Clock::new(self.scale.now, &self.scale.preferences.zone);
        let mut plan = Plan {
            slots: Vec::new(),
            too_long: Vec::new(),
            left_minutes: free_minutes,
        };
        let mut at = begins_at;
        for ranked in &self.ranked {
            if plan.slots.len() == MOST || plan.left_minutes == 0 {
                break;
            }
            let task = &self.tasks[ranked.task];
            let minutes = effort_minutes(task);
            if minutes > plan.left_minutes {
                if plan.too_long.len() < REASONS {
                    plan.too_long.push(ranked.task);
                }
                continue;
            }
            let length = SignedDuration::from_mins(minutes.into());
            let ends_at = at.checked_add(length).unwrap_or(Timestamp::MAX);
            plan.slots.push(Slot {
                task: ranked.task,
                minutes,
                is_assumed: task.effort_minutes.is_none(),
                starts_at: at,
                ends_at,
                because: self.in_short(&clock, ranked),
            });
            plan.left_minutes -= minutes;
            at = ends_at;
        }
        plan
    }

    fn in_short(&self, clock: &Clock, ranked: &Ranked) -> String {
        let explanation = Explanation {
            ranking: self,
            clock,
            ranked,
        };
        let reasons = reasons(&explanation, REASONS);
        if reasons.is_empty() {
            explanation.because(Factor::Age)
        } else {
            joined(&reasons)
        }
    }
}

/// The reasons that weigh most, at most `most`.
pub(super) fn reasons(explanation: &Explanation<'_>, most: usize) -> Vec<String> {
    let mut factors = Factor::ALL;
    factors.sort_by_key(|&factor| -explanation.ranked.parts.hundredths(factor));
    let said = factors
        .into_iter()
        .filter_map(|factor| explanation.reason(factor));
    said.take(most).collect()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use shared_types::id::TaskId;
    use shared_types::weights::Weights;

    use super::*;
    use crate::domain::ranking::{Candidate, Preferences, WorkingHours, rank};

    const NOW: &str = "2026-11-20T09:00:00Z";

    fn id(number: u128) -> TaskId {
        TaskId(uuid::Uuid::from_u128(number))
    }

    fn plan(tasks: &[Candidate<'_>], minutes: u32) -> Plan {
        let preferences = Preferences {
            zone: TimeZone::UTC,
            hours: WorkingHours::new(540, 1020, [true; 7]).unwrap(),
            hours_are_assumed: false,
            weights: Weights::default(),
        };
        let now = NOW.parse().unwrap();
        rank(tasks, &preferences, Some(minutes), now).plan(minutes, now)
    }

    fn task(number: u128, priority: u8, minutes: Option<u32>) -> Candidate<'static> {
        Candidate {
            priority,
            effort_minutes: minutes,
            ..Candidate::new(id(number), "Task", NOW.parse().unwrap())
        }
    }

    #[test]
    fn the_best_come_first_one_after_the_other_and_never_take_more_than_is_free() {
        let tasks = [
            task(1, 2, Some(30)),
            task(2, 5, Some(60)),
            task(3, 4, Some(90)),
            task(4, 1, None),
        ];
        let plan = plan(&tasks, 120);
        let planned: Vec<_> = plan.slots.iter().map(|slot| slot.task).collect();
        assert_eq!(planned, [1, 0, 3]);
        assert_eq!((plan.too_long, plan.left_minutes), (vec![2], 0));
        let clock: Vec<_> = plan
            .slots
            .iter()
            .map(|slot| (slot.starts_at.to_string(), slot.is_assumed))
            .collect();
        let at = |time: &str, is_assumed| (format!("2026-11-20T{time}:00Z"), is_assumed);
        assert_eq!(
            clock,
            [at("09:00", false), at("10:00", false), at("10:30", true)]
        );
    }

    #[test]
    fn what_waits_for_another_task_is_not_planned_and_no_time_is_no_plan() {
        let depends_on = [id(1)];
        let waiting = Candidate {
            depends_on: &depends_on,
            ..task(2, 5, Some(10))
        };
        let tasks = [task(1, 1, Some(10)), waiting];
        let planned = plan(&tasks, 60)
            .slots
            .iter()
            .map(|slot| slot.task)
            .sum::<usize>();
        assert_eq!(planned, 0, "the first one alone");
        assert!(plan(&tasks, 0).slots.is_empty());
    }
}
