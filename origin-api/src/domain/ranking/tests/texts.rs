//! What a person reads: explanations, reasons, counterfactuals and assumptions.

use jiff::tz::TimeZone;
use shared_types::best::Factor;
use shared_types::task::PreferredTime;
use shared_types::time::{When, WhenValue};

use super::{NOW, at, id, preferences, zone};
use crate::domain::ranking::{Answer, Ask, Candidate, Preferences, rank};

fn when(text: &str) -> Option<WhenValue> {
    When::parse(text.to_owned()).ok().map(|when| when.value())
}

fn task(number: u128, title: &'static str) -> Candidate<'static> {
    Candidate::new(id(number), title, at("2026-11-19T10:00:00Z"))
}

/// The answer in Berlin, where it is 11:00 on a Friday.
fn answer(tasks: &[Candidate<'_>], free_minutes: Option<u32>) -> Answer {
    let preferences = Preferences {
        hours_are_assumed: true,
        ..preferences(zone("Europe/Berlin"))
    };
    rank(tasks, &preferences, free_minutes, at(NOW)).answer(Ask {
        limit: 3,
        filter: None,
    })
}

fn because(answer: &Answer, factor: Factor) -> &str {
    let parts = &answer.best.as_ref().unwrap().parts;
    &parts
        .iter()
        .find(|part| part.factor == factor)
        .unwrap()
        .because
}

#[test]
fn the_best_task_is_explained_by_what_weighs_most() {
    let on = [id(1)];
    let answer = answer(
        &[
            Candidate {
                due_date: when("2026-11-20"),
                priority: 5,
                started: true,
                effort_minutes: Some(45),
                ..task(1, "Pay the rent")
            },
            Candidate {
                due_date: when("2026-11-25T09:00"),
                ..task(2, "Write the report")
            },
            Candidate {
                deadline: when("2026-11-18"),
                priority: 2,
                preferred_time: Some(PreferredTime::Evening),
                not_now_at: Some(at("2026-11-20T07:00:00Z")),
                ..task(3, "Return the books")
            },
            Candidate {
                depends_on: &on,
                ..task(4, "Celebrate")
            },
            Candidate {
                snoozed_until: when("2026-11-21T09:00:00Z"),
                ..task(5, "Call Bob")
            },
        ],
        Some(60),
    );
    assert_eq!(
        answer.explanation,
        "“Pay the rent” comes first: its priority is 5 of 5, it is due today (6 hours of working time left) and its \
         45 minutes fit into the 1 hour you have."
    );
    let said: Vec<&str> = answer
        .best
        .as_ref()
        .unwrap()
        .parts
        .iter()
        .map(|part| part.because.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "due today (6 hours of working time left)",
            "priority 5 of 5",
            "45 minutes of 1 hour free",
            "“Celebrate” waits for it",
            "in progress",
            "no preferred time of day",
            "takes 45 minutes",
            "open for 1 day",
            "not put off",
        ]
    );
    let other = &answer.alternatives[0];
    assert_eq!(
        other.explanation,
        "“Write the report” is 38.04 points behind, most of all on importance: priority 3 of 5."
    );
    let books = &answer.alternatives[1].pick.parts;
    assert_eq!(
        books[0].because,
        "deadline last Wednesday (10 hours of working time ago)"
    );
    assert_eq!(
        books[5].because,
        "meant for the evening (18:00 to 22:00), and it is 11:00"
    );
    assert_eq!(books[6].because, "takes 30 minutes (assumed)");
    assert_eq!(books[8].because, "put off 3 hours ago");
    assert_eq!(
        answer.assumptions,
        [
            "“Write the report” and “Return the books” have no estimate; 30 minutes are assumed.",
            "Working hours are not set; Monday to Friday, 09:00 to 17:00 in Europe/Berlin are assumed.",
        ]
    );
    assert_eq!((answer.counts.open, answer.counts.overdue), (5, 1));
    assert_eq!((answer.hidden.snoozed, answer.hidden.blocked), (1, 1));
}

#[test]
fn an_assumed_effort_is_said() {
    let answer = answer(
        &[Candidate {
            priority: 5,
            ..task(1, "Think")
        }],
        None,
    );
    assert_eq!(
        answer.explanation,
        "“Think” comes first: its priority is 5 of 5. It has no estimate, so 30 minutes are assumed."
    );
    assert_eq!(
        answer.assumptions,
        [
            "The free time is unknown, so every task counts as fitting it.",
            "“Think” has no estimate; 30 minutes are assumed.",
        ]
    );
}

#[test]
fn what_does_not_fit_is_said() {
    let answer = answer(
        &[Candidate {
            effort_minutes: Some(150),
            ..task(1, "Paint")
        }],
        Some(60),
    );
    assert_eq!(
        answer.explanation,
        "“Paint” comes first: its priority is 3 of 5. Mind that it takes 2 h 30 min and 1 hour is free."
    );
}

#[test]
fn a_task_that_nothing_speaks_for_is_the_only_one_or_open_longest() {
    let low = Candidate {
        priority: 1,
        effort_minutes: Some(20),
        ..task(1, "Dust")
    };
    assert_eq!(
        answer(&[low], None).explanation,
        "“Dust” is the only task that can be done now."
    );
    let lower = Candidate {
        effort_minutes: Some(40),
        id: id(2),
        ..low
    };
    assert_eq!(
        answer(&[low, lower], None).explanation,
        "“Dust” comes first, though nothing presses: open for 1 day."
    );
}

#[test]
fn what_waits_lends_its_date_and_priority() {
    let on = [id(1)];
    let waiting = Candidate {
        depends_on: &on,
        priority: 5,
        deadline: when("2026-12-24T18:00"),
        ..task(2, "Launch")
    };
    let answer = answer(
        &[
            Candidate {
                priority: 2,
                ..task(1, "Fix the build")
            },
            waiting,
        ],
        None,
    );
    assert_eq!(
        because(&answer, Factor::Urgency),
        "“Launch”, which it unblocks, has its deadline on 24 December at 18:00 (24 working days left)"
    );
    assert_eq!(
        because(&answer, Factor::Importance),
        "priority 2 of 5, but “Launch”, which it unblocks, has 5"
    );
    assert!(
        answer.explanation.starts_with(
            "“Fix the build” comes first: “Launch”, which waits for it, has priority 5, “Launch” waits for it and"
        ),
        "{}",
        answer.explanation
    );
}

#[test]
fn the_change_that_would_win_is_the_deciding_one() {
    let best = Candidate {
        due_date: when("2026-11-23"),
        ..task(1, "Plan")
    };
    let undated = task(2, "Sort");
    let long = Candidate {
        effort_minutes: Some(300),
        ..best
    };
    let says = |best, other: Candidate<'_>, free| {
        let tasks = [
            best,
            Candidate {
                id: id(2),
                title: "Sort",
                ..other
            },
        ];
        let answer = answer(&tasks, free);
        assert_eq!(answer.best.unwrap().task, 0);
        answer.alternatives[0].would_win_if.clone()
    };
    let said = |text: &str| Some(format!("would be first if {text}"));
    assert_eq!(says(best, undated, None), said("it were due before Monday"));
    let later = Candidate {
        deadline: when("2027-01-20"),
        ..undated
    };
    assert_eq!(
        says(best, later, None),
        said("its deadline were before Wednesday")
    );
    let important = Candidate {
        priority: 4,
        ..undated
    };
    assert_eq!(says(important, undated, None), said("its priority were 5"));
    assert_eq!(says(best, long, Some(60)), said("it took 15 minutes"));
    let started = Candidate {
        started: true,
        ..undated
    };
    assert_eq!(
        says(started, undated, None),
        said("it were due before Tuesday")
    );
    let far = Candidate {
        priority: 5,
        deadline: when("2026-11-19"),
        ..undated
    };
    assert_eq!(says(far, undated, None), None);
    let soon = Candidate {
        priority: 5,
        due_date: when("2026-11-27"),
        ..undated
    };
    assert_eq!(
        says(
            soon,
            Candidate {
                priority: 2,
                ..undated
            },
            None
        ),
        said("its priority were 4 or higher and it were due before Monday")
    );
}

#[test]
fn one_step_of_priority_is_advised_where_it_is_enough() {
    let best = Candidate {
        effort_minutes: Some(480),
        ..task(1, "Long")
    };
    let low = Candidate {
        priority: 2,
        effort_minutes: Some(5),
        ..task(2, "Short")
    };
    assert_eq!(
        answer(&[best, low], None).alternatives[0]
            .would_win_if
            .as_deref(),
        Some("would be first if its priority were 3 or higher")
    );
}

#[test]
fn days_are_named_as_seen_from_today() {
    let due = |date| {
        let answer = answer(
            &[Candidate {
                due_date: when(date),
                ..task(1, "Dated")
            }],
            None,
        );
        let because = because(&answer, Factor::Urgency);
        because.split(" (").next().unwrap().to_owned()
    };
    for (date, said) in [
        ("2025-12-31", "due on 31 December 2025"),
        ("2026-11-13", "due on 13 November"),
        ("2026-11-14", "due last Saturday"),
        ("2026-11-18", "due last Wednesday"),
        ("2026-11-19", "due yesterday"),
        ("2026-11-20", "due today"),
        ("2026-11-21", "due tomorrow"),
        ("2026-11-22", "due on Sunday"),
        ("2026-11-26T00:05", "due on Thursday at 00:05"),
        ("2026-11-27", "due on 27 November"),
        ("2027-01-03", "due on 3 January 2027"),
    ] {
        assert_eq!(due(date), said);
    }
}

#[test]
fn a_tie_is_said() {
    let answer = answer(&[task(1, "One"), task(2, "Two")], None);
    assert_eq!(
        answer.alternatives[0].explanation,
        "“Two” has the same score; the order of the ids decides."
    );
}

#[test]
fn why_there_is_nothing_to_do_is_said() {
    let none = |tasks: &[Candidate<'_>], filter| {
        let preferences = preferences(TimeZone::UTC);
        let answer = rank(tasks, &preferences, None, at(NOW)).answer(Ask { limit: 3, filter });
        assert_eq!((&answer.best, answer.alternatives.len()), (&None, 0));
        answer.explanation
    };
    assert_eq!(
        none(&[], None),
        "Everything is done: there is no open task."
    );
    let home = Some("with the tag “home”");
    let elsewhere = Candidate {
        asked_for: false,
        ..task(1, "Work")
    };
    assert_eq!(
        none(&[elsewhere], home),
        "There is no open task with the tag “home”."
    );
    let snoozed = Candidate {
        snoozed_until: when("2026-11-21T09:00:00Z"),
        ..task(1, "Call Bob")
    };
    assert_eq!(
        none(&[snoozed], home),
        "Nothing can be done now: the only open task with the tag “home” is snoozed. “Call Bob” is the next to wake, \
         tomorrow at 09:00."
    );
    let on = [id(1)];
    let tasks = [
        snoozed,
        Candidate {
            start_date: when("2026-11-28"),
            ..task(2, "Start")
        },
        Candidate {
            depends_on: &on,
            ..task(3, "Wait")
        },
        Candidate {
            depends_on: &on,
            snoozed_until: when("2026-11-20T11:00:00Z"),
            ..task(4, "Both")
        },
    ];
    assert_eq!(
        none(&tasks, None),
        "Nothing can be done now: of 4 open tasks, 2 are snoozed, 1 is not to be started yet and 1 waits for another \
         task. “Call Bob” is the next to wake, tomorrow at 09:00."
    );
}

#[test]
fn long_titles_are_cut() {
    let long: &'static str = "Ünïcode ".repeat(20).leak();
    let answer = answer(
        &[Candidate {
            title: long,
            ..task(1, "")
        }],
        None,
    );
    assert!(answer.explanation.starts_with("“Ünïcode Ünïcode"));
    assert!(
        answer.explanation.contains("Ünïc…” comes first"),
        "{}",
        answer.explanation
    );
}
