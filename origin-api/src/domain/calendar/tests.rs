use jiff::tz::db;
use serde_json::json;
use shared_types::id::TaskId;
use shared_types::task::RecurrenceFrom;

use super::*;
use crate::domain::recurrence::{Dates, Rule, Series};
use crate::domain::user_time::UserTime;

const ID: &str = "0198c5a0-0000-7000-8000-0000000000aa";

/// A Sunday at 13:00 in Berlin.
fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn when(text: &str) -> When {
    When::parse(text.to_owned()).unwrap()
}

fn dated(due: &str, rule: Option<&str>) -> Dated {
    let series = rule.map(|rule| Series {
        rule: Rule::parse(rule).unwrap(),
        from: RecurrenceFrom::Schedule,
        start: when(due),
    });
    Dated {
        id: TaskId::parse(ID).unwrap(),
        title: "Pay; the rent, \"now\"".to_owned(),
        description: None,
        priority: 5,
        tags: vec!["home".to_owned(), "a,b".to_owned()],
        updated_at: "2026-11-01T10:00:00.123Z".parse().unwrap(),
        dates: Dates {
            due_date: Some(when(due)),
            ..Dates::default()
        },
        series,
    }
}

/// The lines of the events, and those of the zone by their number.
fn events(zone: &str, task: Dated) -> (Vec<String>, usize) {
    assert!(db().get(zone).is_ok());
    let calendar = Calendar {
        tasks: vec![task],
        time: UserTime::new(zone, 540, 1020, 31).unwrap(),
    };
    let text = feed(&calendar, now()).replace("\r\n ", "");
    let lines: Vec<&str> = text.strip_suffix("\r\n").unwrap().split("\r\n").collect();
    assert_eq!(
        (lines[0], lines[lines.len() - 1]),
        ("BEGIN:VCALENDAR", "END:VCALENDAR")
    );
    let first = lines
        .iter()
        .position(|line| *line == "BEGIN:VEVENT")
        .unwrap_or(lines.len() - 1);
    let observances = lines
        .iter()
        .filter(|line| line.starts_with("TZOFFSETTO"))
        .count();
    (
        lines[first..lines.len() - 1]
            .iter()
            .map(|line| (*line).to_owned())
            .collect(),
        observances,
    )
}

/// What begins, and what repeats.
fn dates(zone: &str, task: Dated) -> Vec<String> {
    let (lines, _) = events(zone, task);
    let is_date = |line: &String| {
        ["DTSTART", "RRULE", "RDATE"]
            .iter()
            .any(|name| line.starts_with(name))
    };
    lines.into_iter().filter(is_date).collect()
}

#[test]
fn a_task_is_an_event_that_takes_no_time() {
    let (lines, observances) = events("UTC", dated("2026-11-30", None));
    assert_eq!(
        lines,
        [
            "BEGIN:VEVENT",
            "UID:0198c5a0-0000-7000-8000-0000000000aa@mindflow",
            "DTSTAMP:20261101T100000Z",
            "LAST-MODIFIED:20261101T100000Z",
            "SUMMARY:Pay\\; the rent\\, \"now\"",
            "CATEGORIES:home,a\\,b",
            "PRIORITY:1",
            "TRANSP:TRANSPARENT",
            "DTSTART;VALUE=DATE:20261130",
            "END:VEVENT"
        ]
    );
    assert_eq!(observances, 0);
}

#[test]
fn a_date_keeps_its_form() {
    for (zone, due, expected) in [
        ("Europe/Berlin", "2026-11-30", "DTSTART;VALUE=DATE:20261130"),
        (
            "Europe/Berlin",
            "2026-11-30T17:00",
            "DTSTART;TZID=Europe/Berlin:20261130T170000",
        ),
        (
            "Europe/Berlin",
            "2026-11-30T17:00:00+05:30",
            "DTSTART:20261130T113000Z",
        ),
        ("UTC", "2026-11-30T17:00", "DTSTART:20261130T170000Z"),
    ] {
        assert_eq!(dates(zone, dated(due, None)), [expected]);
    }
    assert_eq!(events("Europe/Berlin", dated("2026-11-30", None)).1, 23);
    assert_eq!(events("Asia/Kathmandu", dated("2026-11-30", None)).1, 1);
}

#[test]
fn what_follows_is_a_rule_that_begins_with_its_first_date() {
    for (due, rule, next, expected) in [
        (
            "2026-11-23",
            "FREQ=WEEKLY",
            "DTSTART;VALUE=DATE:20261130",
            "RRULE:FREQ=WEEKLY",
        ),
        // It is the 22nd: the 9th and the 16th are past, and count.
        (
            "2026-11-02",
            "FREQ=WEEKLY;COUNT=5",
            "DTSTART;VALUE=DATE:20261123",
            "RRULE:FREQ=WEEKLY;COUNT=2",
        ),
        (
            "2026-11-23",
            "FREQ=DAILY;UNTIL=20261130T120000Z",
            "DTSTART;VALUE=DATE:20261124",
            "RRULE:FREQ=DAILY;UNTIL=20261130",
        ),
        (
            "2026-11-23T09:00",
            "FREQ=DAILY;UNTIL=20261130",
            "DTSTART;TZID=Europe/Berlin:20261124T090000",
            "RRULE:FREQ=DAILY;UNTIL=20261130T225959Z",
        ),
        (
            "2026-11-23T09:00:00Z",
            "FREQ=DAILY;UNTIL=20261130T100000",
            "DTSTART;TZID=Europe/Berlin:20261124T100000",
            "RRULE:FREQ=DAILY;UNTIL=20261130T090000Z",
        ),
        (
            "2026-11-24",
            "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2;COUNT=3",
            "DTSTART;VALUE=DATE:20261125",
            "RDATE;VALUE=DATE:20261125,20261202",
        ),
        (
            "2026-12-24",
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
            "DTSTART;VALUE=DATE:20271224",
            "RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
        ),
        (
            "2026-12-31",
            "FREQ=YEARLY;BYMONTH=2,12;BYMONTHDAY=-1;COUNT=3",
            "DTSTART;VALUE=DATE:20270228",
            "RDATE;VALUE=DATE:20270228,20271231",
        ),
        // In March the clock skips half past two.
        (
            "2027-03-26T02:30",
            "FREQ=DAILY;COUNT=4",
            "DTSTART;TZID=Europe/Berlin:20270327T023000",
            "RDATE;TZID=Europe/Berlin:20270327T023000,20270329T023000,20270330T023000",
        ),
    ] {
        assert_eq!(
            dates("Europe/Berlin", dated(due, Some(rule)))[1..],
            [next, expected],
            "{due} {rule}"
        );
    }
}

#[test]
fn a_moved_task_stays_and_its_series_too() {
    let mut moved = dated("2026-11-23", Some("FREQ=WEEKLY;BYDAY=MO"));
    moved.dates.due_date = Some(when("2026-11-25"));
    assert_eq!(
        dates("UTC", moved),
        [
            "DTSTART;VALUE=DATE:20261125",
            "DTSTART;VALUE=DATE:20261130",
            "RRULE:FREQ=WEEKLY;BYDAY=MO"
        ]
    );
}

#[test]
fn what_ends_or_depends_on_the_completion_has_nothing_that_follows() {
    assert_eq!(
        dates("UTC", dated("2026-11-23", Some("FREQ=WEEKLY;COUNT=1"))).len(),
        1
    );
    let mut later = dated("2026-11-23", Some("FREQ=WEEKLY"));
    later.series.as_mut().unwrap().from = RecurrenceFrom::Completion;
    assert_eq!(dates("UTC", later).len(), 1);
    let mut undated = dated("2026-11-23", None);
    undated.dates = Dates::default();
    assert_eq!(events("UTC", undated).0, Vec::<String>::new());
}

#[test]
fn a_long_description_is_cut() {
    let mut long = dated("2026-11-23", None);
    long.description = Some("ü".repeat(DESCRIBED + 1));
    let (lines, _) = events("UTC", long);
    assert!(
        lines.contains(&format!("DESCRIPTION:{}…", "ü".repeat(DESCRIBED))),
        "{}",
        json!(lines)
    );
}
