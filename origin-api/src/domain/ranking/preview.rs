//! The order that other weights would give, beside the scores of today.

use jiff::Timestamp;
use shared_types::best::Points;
use shared_types::weights::Weights;

use super::{Candidate, Preferences, rank};

/// A task that can be done now, under other weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Previewed {
    /// Its position in the input.
    pub task: usize,
    /// Its score under the other weights.
    pub score: Points,
    /// Its score under the present ones.
    pub was: Points,
}

/// The tasks that can be done now, best first under `weights`. Weights move no gate, so these are the same tasks
/// as under the present ones.
pub fn preview(
    tasks: &[Candidate<'_>],
    preferences: &Preferences,
    weights: Weights,
    free_minutes: Option<u32>,
    now: Timestamp,
) -> Vec<Previewed> {
    let mut was = vec![Points::default(); tasks.len()];
    for ranked in rank(tasks, preferences, free_minutes, now).ranked {
        was[ranked.task] = Points(ranked.parts.score());
    }
    let other = Preferences {
        weights,
        ..preferences.clone()
    };
    let ranking = rank(tasks, &other, free_minutes, now);
    ranking
        .ranked
        .iter()
        .map(|ranked| Previewed {
            task: ranked.task,
            score: Points(ranked.parts.score()),
            was: was[ranked.task],
        })
        .collect()
}
