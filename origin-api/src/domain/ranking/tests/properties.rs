//! What must hold for every list of tasks ("What must hold" of the ranking's definition), each as a property.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::Index;
use shared_types::best::Factor;
use shared_types::task::PreferredTime;
use shared_types::time::{When, WhenValue};

use super::worlds::{Owned, World, any_now, any_time_zone, any_world, default_world, reached};
use super::{CASES, at, id, preferences, zone};
use crate::domain::ranking::calendar::Calendar;
use crate::domain::ranking::graph::Graph;
use crate::domain::ranking::{
    Candidate, Change, DateKind, NewDate, Pick, Reason, WorkingHours, end_of, rank, start_of,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn a_higher_priority_never_lowers_and_raises_where_nothing_unblocked_has_a_higher_one(
        world in any_world(), index in any::<Index>(),
    ) {
        let Some(task) = world.pick(index) else { return Ok(()) };
        let priority = world.tasks[task].candidate.priority;
        prop_assume!(priority < 5);
        let raised = world.changed(task, |task| task.priority += 1);
        let (before, after) = (world.points()[task].unwrap(), raised.points()[task].unwrap());
        prop_assert!(after[9] >= before[9]);
        let candidates = world.candidates();
        let inherited = reached(&candidates, candidates[task].id);
        let higher = candidates.iter().any(|other| inherited.contains(&other.id) && other.priority > priority);
        if !higher && world.preferences.weights.of(Factor::Importance) > 0.0 {
            prop_assert!(after[9] > before[9]);
        }
    }

    #[test]
    fn an_earlier_or_an_added_deadline_never_lowers(
        world in any_world(), index in any::<Index>(), minutes in 0..5_000_000_i64,
    ) {
        let Some(task) = world.pick(index) else { return Ok(()) };
        let before = world.points()[task].unwrap();
        let ends = |when| end_of(when, &world.preferences.zone, &world.preferences.hours);
        let current = world.tasks[task].candidate.deadline.map_or(world.now + SignedDuration::from_mins(2_500_000), ends);
        let earlier = current.checked_sub(SignedDuration::from_mins(minutes));
        let deadline = Some(WhenValue::Instant(earlier.unwrap_or(Timestamp::MIN)));
        let after = world.changed(task, |task| task.deadline = deadline).points()[task].unwrap();
        prop_assert!(after[9] >= before[9], "{before:?} {after:?}");
    }

    #[test]
    fn a_minute_moves_no_score_by_40_hundredths(world in default_world()) {
        let later = World { now: world.now + SignedDuration::from_mins(1), ..world.clone() };
        for (before, after) in world.points().into_iter().zip(later.points()) {
            if let (Some(before), Some(after)) = (before, after) {
                prop_assert!((after[9] - before[9]).abs() < 40, "{before:?} {after:?}");
            }
        }
    }

    #[test]
    fn a_minute_more_of_effort_moves_no_score_by_40_hundredths(
        world in default_world(), index in any::<Index>(), free in proptest::option::of(40..=1440_u32),
    ) {
        prop_assume!(!world.tasks.is_empty());
        let world = World { free_minutes: free, ..world };
        let task = index.index(world.tasks.len());
        let effort = world.tasks[task].candidate.effort_minutes.unwrap_or(30);
        let longer = world.changed(task, |task| task.effort_minutes = Some(effort + 1));
        for (before, after) in world.points().into_iter().zip(longer.points()) {
            if let (Some(before), Some(after)) = (before, after) {
                prop_assert!((after[9] - before[9]).abs() < 40, "{before:?} {after:?}");
            }
        }
    }

    #[test]
    fn each_open_task_is_ranked_or_hidden_for_the_first_reason_that_holds(world in any_world()) {
        let tasks = world.candidates();
        let ahead = |when: Option<WhenValue>| when.is_some_and(|when| start_of(when, &world.preferences.zone) > world.now);
        let reason = |task: &Candidate<'_>| {
            if ahead(task.snoozed_until) {
                Some(Reason::Snoozed)
            } else if ahead(task.start_date) {
                Some(Reason::NotStartedYet)
            } else if tasks.iter().any(|other| task.depends_on.contains(&other.id)) {
                Some(Reason::Blocked)
            } else if tasks.iter().any(|other| other.parent == Some(task.id)) {
                Some(Reason::HasOpenSubtasks)
            } else {
                None
            }
        };
        world.ranked(|ranking| {
            let mut seen: Vec<(usize, Option<Reason>)> = ranking.ranked.iter().map(|ranked| (ranked.task, None)).collect();
            seen.extend(ranking.hidden.iter().map(|hidden| (hidden.task, Some(hidden.reason))));
            seen.sort_by_key(|seen| seen.0);
            let expected: Vec<_> = tasks.iter().map(reason).enumerate().collect();
            prop_assert_eq!(seen, expected);
            Ok(())
        })?;
    }

    #[test]
    fn a_snooze_ends_at_its_second(world in any_world(), index in any::<Index>(), seconds in 1..1_000_000_i64) {
        let Some(task) = world.pick(index) else { return Ok(()) };
        let until = world.now + SignedDuration::from_secs(seconds);
        let snoozed = world.changed(task, |task| task.snoozed_until = Some(WhenValue::Instant(until)));
        let hidden = |now| World { now, ..snoozed.clone() }.points()[task].is_none();
        prop_assert!(hidden(world.now));
        prop_assert!(hidden(until - SignedDuration::from_millis(1)));
        prop_assert!(!hidden(until));
    }

    #[test]
    fn nothing_opens_before_the_next_change_and_something_then(world in any_world()) {
        let closed = |now| World { now, ..world.clone() }.ranked(|ranking| {
            ranking.hidden.iter().map(|hidden| (hidden.task, hidden.reason)).collect::<Vec<_>>()
        });
        let answer = world.answer();
        if let Some(change) = answer.next_change_at {
            prop_assert!(change > world.now);
            prop_assert_eq!(closed(world.now), closed(change - SignedDuration::from_nanos(1)));
            prop_assert_ne!(closed(world.now), closed(change));
        } else {
            let waits = |reason| matches!(reason, Reason::Blocked | Reason::HasOpenSubtasks);
            prop_assert!(closed(world.now).into_iter().all(|(_, reason)| waits(reason)));
        }
        if let Some(next) = answer.hidden.next_to_wake {
            let task = world.tasks.iter().position(|task| task.candidate.id == next.id).unwrap();
            let points = |now| World { now, ..world.clone() }.points()[task];
            prop_assert!(points(next.at - SignedDuration::from_nanos(1)).is_none());
            prop_assert!(points(next.at).is_some());
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(world in any_world(), seed in any::<u64>()) {
        let mut shuffled = world.clone();
        for place in (1..shuffled.tasks.len()).rev() {
            let other = usize::try_from(seed.wrapping_mul(place as u64 * 2 + 1) >> 33).unwrap() % (place + 1);
            shuffled.tasks.swap(place, other);
        }
        let said = |world: &World| {
            let answer = world.answer();
            let name = |pick: &Pick| (world.tasks[pick.task].candidate.id, pick.score.0, pick.parts.clone());
            let others: Vec<_> = answer.alternatives.iter().map(|other| (name(&other.pick), other.explanation.clone(), other.would_win_if.clone())).collect();
            let wakes = answer.hidden.next_to_wake.map(|next| (next.id, next.at));
            (answer.best.as_ref().map(name), answer.explanation, others, wakes, answer.counts, answer.next_change_at)
        };
        prop_assert_eq!(said(&world), said(&shuffled));
    }

    #[test]
    fn a_higher_score_an_earlier_date_a_higher_priority_a_greater_age_and_a_lower_id_come_first(world in any_world()) {
        let tasks = world.candidates();
        let ends = |when: Option<WhenValue>| when.map(|when| end_of(when, &world.preferences.zone, &world.preferences.hours));
        let order: Vec<_> = world.ranked(|ranking| {
            ranking.ranked.iter().map(|ranked| {
                let task = &tasks[ranked.task];
                let earliest = ends(task.deadline).into_iter().chain(ends(task.due_date)).min();
                let (undated, date) = (earliest.is_none(), earliest.unwrap_or_default());
                (-ranked.parts.score(), undated, date, 5 - task.priority, task.created_at, task.id)
            }).collect()
        });
        prop_assert!(order.is_sorted(), "{order:?}");
    }

    #[test]
    fn a_filter_only_leaves_out(world in any_world(), asked_for in any::<[bool; 14]>()) {
        let look = |world: &World| world.ranked(|ranking| {
            let ranked: Vec<_> = ranking.ranked.iter().map(|ranked| (ranked.task, ranked.parts)).collect();
            (ranked, ranking.hidden.clone())
        });
        let mut filtered = world.clone();
        for (task, asked_for) in filtered.tasks.iter_mut().zip(asked_for) {
            task.candidate.asked_for = asked_for;
        }
        let (mut ranked, mut hidden) = look(&world);
        ranked.retain(|(task, _)| asked_for[*task]);
        hidden.retain(|hidden| asked_for[hidden.task]);
        prop_assert_eq!(look(&filtered), (ranked, hidden));
    }

    #[test]
    fn parts_add_up_to_the_score_and_keep_their_limits(world in any_world()) {
        let answer = world.answer();
        let picks = answer.best.iter().chain(answer.alternatives.iter().map(|other| &other.pick));
        let mut last = i32::MAX;
        for pick in picks {
            prop_assert_eq!(pick.parts.iter().map(|part| part.points.0).sum::<i32>(), pick.score.0);
            prop_assert_eq!(pick.parts.iter().map(|part| part.factor).collect::<Vec<_>>(), Factor::ALL);
            for part in &pick.parts {
                prop_assert!(part.max.is_none_or(|max| part.points <= max));
                prop_assert!(part.factor == Factor::NotNow || part.points.0 >= 0);
                prop_assert!(!part.because.is_empty());
            }
            prop_assert!(pick.score.0 <= last);
            last = pick.score.0;
        }
    }

    #[test]
    fn an_open_list_always_gives_an_answer(world in any_world()) {
        let mut world = world;
        for task in &mut world.tasks {
            (task.candidate.snoozed_until, task.candidate.start_date) = (None, None);
        }
        prop_assert_eq!(world.answer().best.is_some(), !world.tasks.is_empty());
    }

    #[test]
    fn a_blocker_is_at_least_as_urgent_and_important_as_what_it_blocks(world in any_world()) {
        let tasks = world.candidates();
        let points = world.points();
        for (place, task) in tasks.iter().enumerate() {
            let Some(points) = points[place] else { continue };
            for other in reached(&tasks, task.id) {
                let other = tasks.iter().position(|task| task.id == other).unwrap();
                let mut alone = world.clone();
                alone.tasks = vec![world.tasks[other].clone()];
                alone.tasks[0].depends_on.clear();
                let alone = alone.changed(0, |task| (task.snoozed_until, task.start_date, task.parent) = (None, None, None));
                let blocked = alone.points()[0].unwrap();
                prop_assert!(points[0] >= blocked[0] && points[1] >= blocked[1]);
            }
        }
    }

    #[test]
    fn unblocking_is_counted_as_by_walking(world in any_world()) {
        let tasks = world.candidates();
        let walked: Vec<u32> = tasks.iter().map(|task| u32::try_from(reached(&tasks, task.id).len()).unwrap()).collect();
        prop_assert_eq!(Graph::new(&tasks).counts(), walked);
    }

    #[test]
    fn more_free_time_never_lowers_the_fit(world in any_world(), free in 1..1440_u32, more in 0..1440_u32) {
        let with = |free_minutes| World { free_minutes, ..world.clone() }.points();
        let (less, more, unknown) = (with(Some(free)), with(Some(free + more)), with(None));
        for ((less, more), unknown) in less.into_iter().zip(more).zip(unknown) {
            let fit = |points: Option<[i32; 10]>| points.map_or(0, |points| points[2]);
            prop_assert!(fit(less) <= fit(more) && fit(more) <= fit(unknown));
        }
    }

    #[test]
    fn what_would_win_wins_when_it_is_tried(world in any_world(), seconds in 0..20_i64) {
        let answer = world.answer();
        let Some(best) = answer.best.map(|best| best.task) else { return Ok(()) };
        for other in answer.alternatives {
            let task = other.pick.task;
            let Some(change) = other.change else { continue };
            // Samoa had no 30 December 2011: nobody there can give a day that does not exist.
            let day_before = |date: Date| {
                let start = |day| start_of(WhenValue::Day(day), &world.preferences.zone);
                let mut days = std::iter::successors(date.yesterday().ok(), |day| day.yesterday().ok());
                WhenValue::Day(days.find(|&day| start(day) < start(date)).unwrap())
            };
            let just_before = |date: Date| {
                let start = start_of(WhenValue::Day(date), &world.preferences.zone);
                WhenValue::Instant(start - SignedDuration::from_millis(1))
            };
            let dated = |world: &World, date: NewDate| {
                [day_before(date.before), just_before(date.before)].map(|when| world.changed(task, |task| match date.kind {
                    DateKind::Due => task.due_date = Some(when),
                    DateKind::Deadline => task.deadline = Some(when),
                }))
            };
            let raised = |lowest: u8| (lowest..=5).map(|priority| world.changed(task, |task| task.priority = priority));
            let tries: Vec<World> = match change {
                Change::Date(date) => dated(&world, date).to_vec(),
                Change::Priority(lowest) => raised(lowest).collect(),
                Change::PriorityAndDate(lowest, date) => raised(lowest).flat_map(|world| dated(&world, date)).collect(),
                Change::Effort(minutes) => vec![world.changed(task, |task| task.effort_minutes = Some(minutes))],
                Change::Start => vec![world.changed(task, |task| task.started = true)],
            };
            for tried in tries {
                prop_assert_eq!(tried.answer().best.unwrap().task, task, "{:?}", change);
                let later = World { now: tried.now + SignedDuration::from_secs(seconds), ..tried };
                let order: Vec<usize> = later.ranked(|ranking| ranking.ranked.iter().map(|ranked| ranked.task).collect());
                let place = |task| order.iter().position(|&other| other == task);
                prop_assert!(place(task) < place(best), "{:?} {} s later", change, seconds);
            }
        }
    }

    #[test]
    fn working_minutes_agree_with_a_clock_that_is_watched(
        (zone, now) in any_time_zone().prop_flat_map(|zone| (Just(zone.clone()), any_now(&zone))),
        (start, end, days) in (0..1440_u16, 1..=1440_u16, any::<[bool; 7]>()),
        minutes in 1..4000_i64,
    ) {
        let Some(hours) = WorkingHours::new(start, end, days) else { return Ok(()) };
        let now = Timestamp::from_second(now.as_second().div_euclid(60) * 60).unwrap();
        let then = now + SignedDuration::from_mins(minutes);
        let works = |minute: i64| {
            let local = zone.to_datetime(now + SignedDuration::from_mins(minute));
            let of_day = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
            days[usize::from(local.weekday().to_monday_zero_offset().unsigned_abs())] && (start..end).contains(&of_day)
        };
        let watched: f64 = (0..minutes).map(|minute| f64::from(u8::from(works(minute)))).sum();
        let ahead = Calendar::new(&zone, &hours, now, now, then).working_minutes(then);
        prop_assert!((ahead - watched).abs() < 1e-9);
        let back = Calendar::new(&zone, &hours, then, now, then).working_minutes(now);
        prop_assert!((back + watched).abs() < 1e-9);
    }
}

/// Days until an old task is done when a new one comes every day and one task is done a day.
fn days_of_waiting(newcomer_priority: u8) -> i64 {
    let preferences = preferences(TimeZone::UTC);
    let start = at("2026-01-01T10:00:00Z");
    let old = Candidate {
        priority: 1,
        ..Candidate::new(id(0), "Old", start)
    };
    (0..1000)
        .find(|&day| {
            let now = start + SignedDuration::from_hours(24 * day);
            let new = Candidate {
                priority: newcomer_priority,
                ..Candidate::new(id(1), "New", now)
            };
            rank(&[old, new], &preferences, None, now).ranked[0].task == 0
        })
        .unwrap()
}

#[test]
fn nothing_starves() {
    assert_eq!(days_of_waiting(5), 401);
    assert_eq!(days_of_waiting(3), 101);
}

/// What [`the_zone_of_the_process_does_not_matter`] compares.
fn fingerprint() -> String {
    let world = World {
        now: at("2026-11-20T10:00:00Z"),
        preferences: preferences(zone("America/New_York")),
        free_minutes: Some(45),
        tasks: [
            "2026-11-20",
            "2026-11-21",
            "2026-11-20T11:00",
            "2026-11-20T23:00:00+09:00",
        ]
        .into_iter()
        .enumerate()
        .map(|(place, date)| Owned {
            candidate: Candidate {
                due_date: Some(When::parse(date.to_owned()).unwrap().value()),
                preferred_time: Some(PreferredTime::Morning),
                ..Candidate::new(id(place as u128), "A task", at("2026-11-19T10:00:00Z"))
            },
            depends_on: Vec::new(),
        })
        .collect(),
    };
    format!("{:?}", world.answer())
}

/// Runs itself under other zones: once as the parent, and once for each `TZ` as the child that prints.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the variable tells the child from the parent"
)]
fn the_zone_of_the_process_does_not_matter() {
    const CHILD: &str = "MINDFLOW_TEST_FINGERPRINT";
    if std::env::var_os(CHILD).is_some() {
        println!("{}", fingerprint());
        return;
    }
    let name = std::thread::current().name().unwrap().to_owned();
    for zone in ["Pacific/Apia", "America/Los_Angeles", "UTC"] {
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &name, "--nocapture"])
            .env(CHILD, "1")
            .env("TZ", zone)
            .output()
            .unwrap();
        let printed = String::from_utf8(child.stdout).unwrap();
        assert!(printed.contains(&fingerprint()), "under {zone}: {printed}");
    }
}
