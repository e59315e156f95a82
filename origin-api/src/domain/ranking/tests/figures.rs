//! Figures that are known: the table of an independent implementation, the calendar by hand, the graph by hand,
//! and how long a ranking takes.

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use shared_types::best::Factor;
use shared_types::id::TaskId;
use shared_types::task::PreferredTime;
use shared_types::time::WhenValue::{self, Day, Instant, Local};
use shared_types::weights::Weights;

use super::{NOW, at, id, preferences, zone};
use crate::domain::ranking::calendar::{Calendar, closeness};
use crate::domain::ranking::graph::Graph;
use crate::domain::ranking::{
    Ask, Candidate, Preferences, Reason, WorkingHours, end_of, rank, start_of,
};

/// A task of the table: one day old at [`NOW`].
fn task() -> Candidate<'static> {
    Candidate::new(id(1), "A task", at("2026-11-19T10:00:00Z"))
}

fn score(task: Candidate<'_>) -> i32 {
    let preferences = preferences(TimeZone::UTC);
    let tasks = [task];
    let ranking = rank(&tasks, &preferences, None, at(NOW));
    ranking.ranked[0].parts.score()
}

#[test]
fn the_table_of_an_independent_implementation_is_met() {
    let base = task();
    let deadline = |text| Some(Instant(at(text)));
    let with = |priority| Candidate { priority, ..base };
    let late = deadline("2026-11-19T10:00:00Z");
    let today = deadline("2026-11-20T14:00:00Z");
    let table = [
        ("p5, no date", with(5), 48.50),
        ("p3, no date", with(3), 33.50),
        (
            "p1, a day late",
            Candidate {
                deadline: late,
                ..with(1)
            },
            33.18,
        ),
        (
            "p3, a day late",
            Candidate {
                deadline: late,
                ..with(3)
            },
            59.19,
        ),
        (
            "p5, a day late",
            Candidate {
                deadline: late,
                ..with(5)
            },
            85.20,
        ),
        (
            "p3, in 4 h, 30 min",
            Candidate {
                deadline: today,
                effort_minutes: Some(30),
                ..base
            },
            54.18,
        ),
        (
            "p3, in 4 h, 240 min",
            Candidate {
                deadline: today,
                effort_minutes: Some(240),
                ..base
            },
            57.14,
        ),
        (
            "p3, Monday 10:00",
            Candidate {
                deadline: deadline("2026-11-23T10:00:00Z"),
                ..base
            },
            50.66,
        ),
        (
            "p4, in two weeks, 480 min",
            Candidate {
                deadline: deadline("2026-12-04T10:00:00Z"),
                effort_minutes: Some(480),
                ..with(4)
            },
            44.80,
        ),
        (
            "p3, in 4 h as due_date",
            Candidate {
                due_date: today,
                ..base
            },
            47.97,
        ),
        (
            "p3, no date, started",
            Candidate {
                started: true,
                ..base
            },
            41.50,
        ),
        (
            "p3, no date, \"not now\" an hour ago",
            Candidate {
                not_now_at: Some(at("2026-11-20T09:00:00Z")),
                ..base
            },
            20.89,
        ),
    ];
    for (name, task, expected) in table {
        let score = f64::from(score(task)) / 100.0;
        assert!(
            (score - expected).abs() <= 0.02 + 1e-9,
            "{name}: {score}, not {expected}"
        );
    }
}

#[test]
fn a_day_ends_with_the_working_day_or_with_the_calendar_day() {
    let berlin = zone("Europe/Berlin");
    let hours = WorkingHours::default();
    let end = |when| end_of(when, &berlin, &hours).to_string();
    assert_eq!(
        end(Day(date(2026, 11, 20))),
        "2026-11-20T16:00:00Z",
        "a Friday"
    );
    assert_eq!(
        end(Day(date(2026, 11, 21))),
        "2026-11-21T23:00:00Z",
        "a Saturday"
    );
    assert_eq!(
        end(Day(date(2026, 3, 29))),
        "2026-03-29T22:00:00Z",
        "a Sunday of 23 hours"
    );
    let local = Local(date(2026, 11, 20).at(12, 30, 0, 0));
    assert_eq!(end(local), "2026-11-20T11:30:00Z");
    assert_eq!(end(Instant(at(NOW))), NOW);
    let until_midnight = WorkingHours::new(0, 1440, [true; 7]).unwrap();
    assert_eq!(
        end_of(Day(date(2026, 11, 20)), &berlin, &until_midnight),
        at("2026-11-20T23:00:00Z")
    );
    assert_eq!(
        start_of(Day(date(2026, 11, 20)), &berlin),
        at("2026-11-19T23:00:00Z")
    );
    // Cairo's day began at 01:00 when its clocks went forward at midnight.
    assert_eq!(
        start_of(Day(date(2026, 4, 24)), &zone("Africa/Cairo")),
        at("2026-04-23T22:00:00Z")
    );
    assert_eq!(
        start_of(Day(jiff::civil::Date::MAX), &zone("America/New_York")),
        Timestamp::MAX
    );
    assert_eq!(end(Day(jiff::civil::Date::MAX)), Timestamp::MAX.to_string());
}

#[test]
fn working_minutes_are_counted_by_hand_the_same() {
    let hours = WorkingHours::default();
    let count = |zone: &TimeZone, hours: &WorkingHours, from: &str, to: &str| {
        let calendar = Calendar::new(
            zone,
            hours,
            at(from),
            at(from).min(at(to)),
            at(to).max(at(from)),
        );
        calendar.working_minutes(at(to))
    };
    let utc = |from, to| count(&TimeZone::UTC, &hours, from, to);
    let close = |counted: f64, expected: f64| {
        assert!(
            (counted - expected).abs() < 1e-9,
            "{counted}, not {expected}"
        );
    };
    close(utc(NOW, "2026-11-20T10:30:00Z"), 30.0);
    close(utc(NOW, "2026-11-20T23:00:00Z"), 420.0);
    close(utc(NOW, "2026-11-22T12:00:00Z"), 420.0);
    close(utc(NOW, "2026-11-23T10:00:00Z"), 480.0);
    close(utc("2026-11-23T10:00:00Z", NOW), -480.0);
    close(utc(NOW, "2027-11-19T10:00:00Z"), 52.0 * 5.0 * 480.0);
    close(utc("1969-12-29T09:00:00Z", "1970-01-05T09:00:00Z"), 2400.0);

    // In Berlin 02:00 to 03:00 is skipped on 2026-03-29 and happens twice on 2026-10-25, both Sundays.
    let berlin = zone("Europe/Berlin");
    let nights =
        WorkingHours::new(0, 8 * 60, [false, false, false, false, false, false, true]).unwrap();
    close(
        count(
            &berlin,
            &nights,
            "2026-03-28T12:00:00Z",
            "2026-03-30T12:00:00Z",
        ),
        420.0,
    );
    close(
        count(
            &berlin,
            &nights,
            "2026-10-24T12:00:00Z",
            "2026-10-26T12:00:00Z",
        ),
        540.0,
    );
    close(
        count(
            &berlin,
            &nights,
            "2026-10-26T12:00:00Z",
            "2026-10-24T12:00:00Z",
        ),
        -540.0,
    );
    close(
        count(
            &berlin,
            &nights,
            "2026-10-25T01:30:00Z",
            "2026-10-26T12:00:00Z",
        ),
        330.0,
    );
    // At 01:00 UTC it is 02:00 for the second time: three hours have passed since midnight.
    close(
        count(
            &berlin,
            &nights,
            "2026-10-24T12:00:00Z",
            "2026-10-25T01:00:00Z",
        ),
        180.0,
    );
    // Working days of 9 to 17 do not notice the change.
    close(
        count(
            &berlin,
            &hours,
            "2026-03-27T08:00:00Z",
            "2026-03-30T07:00:00Z",
        ),
        480.0,
    );
}

#[test]
fn hours_without_a_working_minute_are_refused() {
    let all = [true; 7];
    assert!(WorkingHours::new(540, 540, all).is_none());
    assert!(WorkingHours::new(600, 540, all).is_none());
    assert!(WorkingHours::new(0, 1441, all).is_none());
    assert!(WorkingHours::new(540, 1020, [false; 7]).is_none());
    let week = [true, true, true, true, true, false, false];
    assert_eq!(
        WorkingHours::new(540, 1020, week),
        Some(WorkingHours::default())
    );
    assert_eq!(
        WorkingHours::default().to_string(),
        "Monday to Friday, 09:00 to 17:00"
    );
    let split = [true, false, true, false, false, false, false];
    let split = WorkingHours::new(450, 720, split).unwrap();
    assert_eq!(split.to_string(), "Monday, Wednesday, 07:30 to 12:00");
}

#[test]
fn the_time_of_day_falls_off_over_an_hour() {
    let close = |zone: &TimeZone, now: &str, preferred: PreferredTime, expected: f64| {
        let counted = closeness(preferred, at(now), zone);
        assert!(
            (counted - expected).abs() < 1e-9,
            "{now}: {counted}, not {expected}"
        );
    };
    let utc = TimeZone::UTC;
    close(&utc, "2026-11-20T04:59:00Z", PreferredTime::Morning, 0.0);
    close(&utc, "2026-11-20T05:30:00Z", PreferredTime::Morning, 0.5);
    close(&utc, "2026-11-20T06:00:00Z", PreferredTime::Morning, 1.0);
    close(&utc, "2026-11-20T12:15:00Z", PreferredTime::Morning, 0.75);
    close(&utc, "2026-11-20T12:15:00Z", PreferredTime::Afternoon, 1.0);
    close(&utc, "2026-11-20T22:45:00Z", PreferredTime::Evening, 0.25);
    close(
        &zone("Asia/Tokyo"),
        "2026-11-20T22:30:00Z",
        PreferredTime::Morning,
        1.0,
    );
    // On Easter Island the clock went from 22:00 to 23:00 at 04:00 UTC on 2026-09-06.
    close(
        &zone("Pacific/Easter"),
        "2026-09-06T04:15:00Z",
        PreferredTime::Evening,
        0.75,
    );
}

#[test]
fn a_task_unblocks_its_dependants_and_parents_through_any_number_of_steps() {
    // 1 and 2 are subtasks of 3; 4 depends on 3 and on 1; 5 depends on 4 and on a task that is done.
    let ids: Vec<TaskId> = (0..=9).map(id).collect();
    let (on_3_and_1, on_4_and_9) = ([ids[3], ids[1]], [ids[4], ids[9]]);
    let new = |number: u128| Candidate {
        id: id(number),
        ..task()
    };
    let tasks = [
        Candidate {
            parent: Some(id(3)),
            ..new(1)
        },
        Candidate {
            parent: Some(id(3)),
            ..new(2)
        },
        new(3),
        Candidate {
            depends_on: &on_3_and_1,
            ..new(4)
        },
        Candidate {
            depends_on: &on_4_and_9,
            ..new(5)
        },
        Candidate {
            parent: Some(id(8)),
            ..new(6)
        },
    ];
    assert_eq!(Graph::new(&tasks).counts(), [3, 3, 2, 1, 0, 0]);

    let preferences = preferences(TimeZone::UTC);
    let ranking = rank(&tasks, &preferences, None, at(NOW));
    let hidden: Vec<_> = ranking
        .hidden
        .iter()
        .map(|hidden| (hidden.task, hidden.reason))
        .collect();
    assert_eq!(
        hidden,
        [
            (2, Reason::HasOpenSubtasks),
            (3, Reason::Blocked),
            (4, Reason::Blocked)
        ]
    );
    let points: Vec<_> = ranking
        .ranked
        .iter()
        .map(|r| (r.task, r.parts.hundredths(Factor::Unblocks)))
        .collect();
    assert_eq!(points, [(0, 700), (1, 700), (5, 0)]);
}

#[test]
fn a_cycle_is_survived() {
    let (on_1, on_2, on_3) = ([id(1)], [id(2)], [id(3)]);
    let new = |number: u128, priority, depends_on| Candidate {
        id: id(number),
        priority,
        depends_on,
        ..task()
    };
    let tasks = [
        new(1, 1, &on_2[..]),
        new(2, 2, &on_1[..]),
        new(3, 1, &on_3[..]),
        new(4, 5, &on_2[..]),
    ];
    let graph = Graph::new(&tasks);
    assert_eq!(graph.counts(), [2, 2, 0, 0]);
    let own = [0.0, 0.25, 0.0, 1.0];
    let highest = graph.highest(&own, |one, other| one < other);
    assert_eq!(highest, [Some(3), Some(3), None, None]);
    let preferences = preferences(TimeZone::UTC);
    let ranking = rank(&tasks, &preferences, None, at(NOW));
    assert_eq!(
        ranking.ranked.len(),
        1,
        "a task that depends on itself is not held up"
    );
}

#[test]
fn ties_go_to_the_earlier_date_the_higher_priority_the_older_and_the_lower_id() {
    let preferences = Preferences {
        weights: Weights::from_hundredths([0; 9]).unwrap(),
        ..preferences(TimeZone::UTC)
    };
    let due = |text| Some(Instant(at(text)));
    let tasks = [
        Candidate {
            id: id(7),
            ..task()
        },
        Candidate {
            id: id(6),
            ..task()
        },
        Candidate {
            id: id(5),
            created_at: at("2026-11-18T10:00:00Z"),
            ..task()
        },
        Candidate {
            id: id(4),
            priority: 4,
            ..task()
        },
        Candidate {
            id: id(3),
            due_date: due("2026-12-02T10:00:00Z"),
            ..task()
        },
        Candidate {
            id: id(2),
            due_date: due("2026-12-03T10:00:00Z"),
            deadline: due("2026-12-01T10:00:00Z"),
            ..task()
        },
    ];
    let ranking = rank(&tasks, &preferences, None, at(NOW));
    let order: Vec<usize> = ranking.ranked.iter().map(|ranked| ranked.task).collect();
    assert_eq!(order, [5, 4, 3, 2, 1, 0]);
}

#[test]
fn a_task_wakes_when_the_last_of_its_gates_opens() {
    let preferences = preferences(TimeZone::UTC);
    let on = [id(1)];
    let snoozed = Candidate {
        snoozed_until: Some(Instant(at("2026-11-21T09:00:00Z"))),
        ..task()
    };
    let both = Candidate {
        start_date: Some(Day(date(2026, 11, 28))),
        ..snoozed
    };
    let wakes = |tasks: &[Candidate<'_>]| {
        let answer = rank(tasks, &preferences, None, at(NOW)).answer(Ask {
            limit: 1,
            filter: None,
        });
        let next = answer.hidden.next_to_wake.map(|next| next.at);
        (next, answer.next_change_at)
    };
    let (snooze_ends, start) = (at("2026-11-21T09:00:00Z"), at("2026-11-28T00:00:00Z"));
    assert_eq!(wakes(&[snoozed]), (Some(snooze_ends), Some(snooze_ends)));
    assert_eq!(wakes(&[both]), (Some(start), Some(snooze_ends)));
    // What waits for another task does not wake by time.
    let waits = Candidate {
        id: id(2),
        depends_on: &on,
        ..snoozed
    };
    assert_eq!(wakes(&[task(), waits]), (None, Some(snooze_ends)));
}

#[test]
fn a_task_is_overdue_once_its_deadline_or_else_its_due_date_is_past() {
    let preferences = preferences(TimeZone::UTC);
    let overdue = |due, deadline, now| {
        let tasks = [Candidate {
            due_date: due,
            deadline,
            ..task()
        }];
        let ranking = rank(&tasks, &preferences, None, now);
        ranking
            .answer(Ask {
                limit: 1,
                filter: None,
            })
            .counts
            .overdue
    };
    let now = at(NOW);
    let (date, later) = (Some(Instant(now)), Some(Day(date(2026, 11, 20))));
    let moment = now + jiff::SignedDuration::from_millis(1);
    assert_eq!(overdue(date, None, now), 0, "at that instant");
    assert_eq!(overdue(date, None, moment), 1);
    assert_eq!(overdue(date, later, moment), 0, "the deadline counts");
    assert_eq!(overdue(later, date, moment), 1);
}

/// Tasks in chains of two and five, with every kind of date.
fn linked(ids: &[TaskId]) -> Vec<Candidate<'_>> {
    let day = |number: usize| -> Option<WhenValue> {
        let small = i8::try_from(number % 84).unwrap();
        (!number.is_multiple_of(3)).then(|| Day(date(2026, 1 + small % 12, 1 + small % 28)))
    };
    let task = |(number, &id): (usize, &TaskId)| Candidate {
        due_date: day(number),
        deadline: day(number + 7),
        effort_minutes: (!number.is_multiple_of(4))
            .then_some(5 + 15 * u32::try_from(number % 99).unwrap()),
        depends_on: if number % 2 == 0 {
            &[]
        } else {
            &ids[number - 1..number]
        },
        parent: (number > 0 && number.is_multiple_of(5)).then(|| ids[number - 1]),
        ..Candidate::new(id, "One of many", at("2026-10-01T10:00:00Z"))
    };
    ids.iter().enumerate().map(task).collect()
}

/// Processor time that this thread has used, in microseconds: on a busy machine a clock would measure the others.
fn processor_us() -> f64 {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds: f64 = statistics.split(' ').next().unwrap().parse().unwrap();
    nanoseconds / 1000.0
}

/// Eight times the tasks may cost three times eight times as much: quadratic growth would be 64. In release, where
/// times mean something, 1,000 tasks must also keep to their 2 ms.
#[test]
fn the_cost_grows_with_the_tasks_and_not_with_their_square() {
    let preferences = preferences(zone("Europe/Berlin"));
    let ids: Vec<TaskId> = (0..4000).map(id).collect();
    let cost_us = |count: usize, times: u32| {
        let tasks = linked(&ids[..count]);
        let started = processor_us();
        for _ in 0..times {
            let ranking = rank(&tasks, &preferences, Some(60), at(NOW));
            let limit = 10;
            assert_eq!(
                ranking
                    .answer(Ask {
                        limit,
                        filter: None
                    })
                    .alternatives
                    .len(),
                9
            );
        }
        (processor_us() - started) / f64::from(times)
    };
    cost_us(500, 2);
    let (few, many) = (cost_us(500, 32), cost_us(4000, 4));
    println!("500 tasks in {few:.0} µs, 4,000 in {many:.0} µs");
    assert!(many < few * 24.0, "{few} µs, {many} µs");
    if cfg!(not(debug_assertions)) {
        let thousand = cost_us(1000, 32);
        println!("1,000 tasks in {thousand:.0} µs");
        assert!(thousand < 2000.0, "{thousand} µs");
    }
}
