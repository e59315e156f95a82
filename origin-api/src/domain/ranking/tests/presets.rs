//! Each preset does what its name says, and a preview shows it beforehand.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use shared_types::best::Points;
use shared_types::time::WhenValue;
use shared_types::weights::{Preset, Weights};

use super::worlds::{World, any_weights, any_world};
use super::{CASES, NOW, at, id, preferences};
use crate::domain::ranking::{Candidate, Preferences, preview, rank};

fn task(number: u128, priority: u8, effort_minutes: u32) -> Candidate<'static> {
    Candidate {
        priority,
        effort_minutes: Some(effort_minutes),
        ..Candidate::new(id(number), "A task", at(NOW))
    }
}

/// With a deadline this many hours from now, a Friday at 10:00 within working hours.
fn ending(task: Candidate<'static>, hours: i64) -> Candidate<'static> {
    Candidate {
        deadline: Some(WhenValue::Instant(
            at(NOW) + SignedDuration::from_hours(hours),
        )),
        ..task
    }
}

fn with(preset: Preset) -> Preferences {
    Preferences {
        weights: preset.weights(),
        ..preferences(TimeZone::UTC)
    }
}

/// Which of the two comes first.
fn first(tasks: &[Candidate<'_>; 2], preset: Preset, free_minutes: Option<u32>) -> usize {
    rank(tasks, &with(preset), free_minutes, at(NOW)).ranked[0].task
}

#[test]
fn deadlines_first_puts_what_ends_soon_before_what_matters_more() {
    let matters = task(0, 5, 60);
    for hours in [-48, 4, 72] {
        let soon = ending(task(1, 1, 60), hours);
        assert_eq!(
            first(&[matters, soon], Preset::DeadlinesFirst, None),
            1,
            "{hours} h"
        );
        let sooner = ending(task(1, 1, 60), 1);
        assert_eq!(first(&[matters, sooner], Preset::Balanced, None), 0);
    }
    let later = ending(task(0, 3, 60), 24 * 14);
    let soon = ending(task(1, 1, 60), 4);
    assert_eq!(first(&[later, soon], Preset::DeadlinesFirst, None), 1);
}

#[test]
fn important_first_lets_no_date_outweigh_a_step_of_priority() {
    for priority in 1..5 {
        for hours in [-24 * 365, -24, 0, 4, 72] {
            let late = ending(task(0, priority, 60), hours);
            let matters = task(1, priority + 1, 60);
            assert_eq!(first(&[late, matters], Preset::ImportantFirst, None), 1);
        }
    }
    let late = ending(task(0, 4, 60), -24);
    assert_eq!(first(&[late, task(1, 5, 60)], Preset::Balanced, None), 0);
}

#[test]
fn quick_wins_puts_a_small_task_before_a_long_one_of_higher_priority() {
    for (priority, minutes) in [(1, 5), (2, 10), (3, 15)] {
        for (higher, long) in [(3, 120), (4, 240), (5, 480)] {
            let pair = [task(0, higher, long), task(1, priority, minutes)];
            for free in [None, Some(30)] {
                assert_eq!(
                    first(&pair, Preset::QuickWins, free),
                    1,
                    "{pair:?} {free:?}"
                );
            }
        }
    }
    let pair = [task(0, 4, 240), task(1, 2, 10)];
    assert_eq!(first(&pair, Preset::Balanced, None), 0);
    let late = ending(task(0, 4, 240), -24);
    assert_eq!(
        first(&[late, task(1, 2, 10)], Preset::QuickWins, None),
        0,
        "a date that is past still counts"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn balanced_is_the_formula_as_it_is(world in any_world()) {
        let with = |weights| World {
            preferences: Preferences { weights, ..world.preferences.clone() },
            ..world.clone()
        }.points();
        prop_assert_eq!(with(Preset::Balanced.weights()), with(Weights::default()));
    }

    #[test]
    fn a_preview_is_the_order_after_the_change_with_the_scores_before_it(
        world in any_world(), weights in any_weights(),
    ) {
        let candidates = world.candidates();
        let shown = preview(&candidates, &world.preferences, weights, world.free_minutes, world.now);
        let changed = World {
            preferences: Preferences { weights, ..world.preferences.clone() },
            ..world.clone()
        };
        let order: Vec<(usize, i32)> = changed.ranked(|ranking| {
            ranking.ranked.iter().map(|ranked| (ranked.task, ranked.parts.score())).collect()
        });
        let previewed: Vec<(usize, i32)> = shown.iter().map(|shown| (shown.task, shown.score.0)).collect();
        prop_assert_eq!(previewed, order);
        let before = world.points();
        for shown in shown {
            prop_assert_eq!(Some(shown.was), before[shown.task].map(|points| Points(points[9])));
        }
    }
}
