//! What completing a task gives.

use shared_types::task::RecurrenceFrom::{self, Completion, Schedule};
use shared_types::time::When;

use super::super::{Dates, Next};
use super::{at, series, task, when, zone};

const BERLIN: &str = "Europe/Berlin";

fn complete(
    rule: &str,
    from: RecurrenceFrom,
    start: &str,
    task: &Dates,
    now: &str,
) -> Option<Next> {
    series(rule, start, from).next(task, &zone(BERLIN), at(now))
}

/// The next due date of a task that has only that.
fn due(rule: &str, from: RecurrenceFrom, due: &str, now: &str) -> String {
    complete(rule, from, due, &task(due, "", ""), now).map_or_else(String::new, |next| {
        next.dates.due_date.unwrap().as_str().to_owned()
    })
}

#[test]
fn on_schedule_it_is_the_first_date_that_is_not_past() {
    let weekly = "FREQ=WEEKLY;BYDAY=MO";
    for (due_date, now, expected) in [
        ("2026-11-23", "2026-11-23T10:00:00Z", "2026-11-30"),
        ("2026-11-23", "2026-11-20T10:00:00Z", "2026-11-30"), // early
        ("2026-11-23", "2026-11-25T10:00:00Z", "2026-11-30"), // late
        ("2026-11-02", "2026-11-25T10:00:00Z", "2026-11-30"), // missed ones do not pile up
        ("2026-11-02", "2026-11-23T10:00:00Z", "2026-11-23"), // today is not past
        ("2026-11-02", "2026-11-23T22:59:00Z", "2026-11-23"), // until midnight in the user's zone
        ("2026-11-02", "2026-11-23T23:01:00Z", "2026-11-30"),
        (
            "2026-11-02T09:00",
            "2026-11-23T08:00:00Z",
            "2026-11-23T09:00",
        ), // now is not past
        (
            "2026-11-02T09:00",
            "2026-11-23T08:00:01Z",
            "2026-11-30T09:00",
        ),
        (
            "2026-11-02T08:00:00Z",
            "2026-11-23T08:00:01Z",
            "2026-11-30T08:00:00Z",
        ),
    ] {
        assert_eq!(
            due(weekly, Schedule, due_date, now),
            expected,
            "{due_date} {now}"
        );
    }
}

#[test]
fn a_moved_occurrence_keeps_its_place_in_the_schedule() {
    let weekly = "FREQ=WEEKLY;BYDAY=MO";
    for (moved_to, expected) in [
        ("2026-11-25", "2026-11-30"),
        ("2026-11-20", "2026-11-30"), // to before its day: that day does not come again
        ("2026-12-02", "2026-12-07"), // beyond the next one, which is passed over
        ("2026-11-24T17:00", "2026-11-30"),
        ("2026-11-30T17:00", "2026-12-07"),
        ("2026-11-25T17:00:00Z", "2026-11-30"),
    ] {
        let now = "2026-11-19T10:00:00Z";
        let next = complete(weekly, Schedule, "2026-11-23", &task(moved_to, "", ""), now).unwrap();
        assert_eq!(next.dates.due_date, Some(when(expected)), "{moved_to}");
        assert_eq!(next.series.start, when(expected), "{moved_to}");
    }
    let next = complete(
        "FREQ=DAILY",
        Schedule,
        "2026-11-23T09:00",
        &task("2026-11-24", "", ""),
        "2026-11-23T10:00:00Z",
    );
    assert_eq!(
        next.unwrap().dates.due_date,
        Some(when("2026-11-25T09:00")),
        "a task moved to a whole day comes back at its time, on a later day"
    );
}

#[test]
fn a_long_series_stays_in_step() {
    let mut now = "2026-11-23T10:00:00Z".to_owned();
    let mut current = series(
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=5",
        "2026-11-23",
        Schedule,
    );
    let mut found = Vec::new();
    while let Some(next) = current.next(
        &task(current.start.as_str(), "", ""),
        &zone(BERLIN),
        at(&now),
    ) {
        current = next.series;
        now = format!("{}T10:00:00Z", current.start.as_str());
        found.push(format!("{} {}", current.start.as_str(), current.rule));
    }
    assert_eq!(
        found,
        [
            "2026-11-26 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=4",
            "2026-12-07 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=3",
            "2026-12-10 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=2",
            "2026-12-21 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=1",
        ]
    );
}

#[test]
fn missed_occurrences_count() {
    let now = "2026-11-25T10:00:00Z";
    let next = |rule: &str| {
        complete(
            rule,
            Schedule,
            "2026-11-21",
            &task("2026-11-21", "", ""),
            now,
        )
    };
    let left = next("FREQ=DAILY;COUNT=6").unwrap();
    assert_eq!(left.dates.due_date, Some(when("2026-11-25")));
    assert_eq!(left.series.rule.to_string(), "FREQ=DAILY;COUNT=2");
    assert!(
        next("FREQ=DAILY;COUNT=4").is_none(),
        "the last was on the 24th"
    );
    assert!(next("FREQ=DAILY;UNTIL=20261124").is_none());
    assert_eq!(
        next("FREQ=DAILY;UNTIL=20261125")
            .unwrap()
            .series
            .rule
            .to_string(),
        "FREQ=DAILY;UNTIL=20261125"
    );
}

#[test]
fn from_completion_it_is_counted_from_the_day_of_completion() {
    for (rule, due_date, now, expected) in [
        (
            "FREQ=DAILY;INTERVAL=3",
            "2026-11-20",
            "2026-11-25T10:00:00Z",
            "2026-11-28",
        ), // late
        (
            "FREQ=DAILY;INTERVAL=3",
            "2026-11-30",
            "2026-11-25T10:00:00Z",
            "2026-11-28",
        ), // early
        // Already the 26th in Berlin.
        (
            "FREQ=DAILY;INTERVAL=3",
            "2026-11-20",
            "2026-11-25T23:30:00Z",
            "2026-11-29",
        ),
        (
            "FREQ=DAILY",
            "2026-11-20T09:00",
            "2026-11-25T23:30:00Z",
            "2026-11-27T09:00",
        ),
        (
            "FREQ=DAILY",
            "2026-11-20T08:00:00Z",
            "2026-11-25T07:00:00Z",
            "2026-11-26T08:00:00Z",
        ),
        (
            "FREQ=DAILY",
            "2026-10-20T09:00:00+02:00",
            "2026-11-25T07:00:00Z",
            "2026-11-26T09:00:00+01:00",
        ),
        (
            "FREQ=MONTHLY",
            "2026-10-31",
            "2026-11-25T07:00:00Z",
            "2026-12-25",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1",
            "2026-10-01",
            "2026-11-25T07:00:00Z",
            "2026-12-01",
        ),
        (
            "FREQ=WEEKLY;BYDAY=WE",
            "2026-11-18",
            "2026-11-25T07:00:00Z",
            "2026-12-02",
        ),
        (
            "FREQ=HOURLY;INTERVAL=8",
            "2026-11-25T06:00",
            "2026-11-25T10:17:42Z",
            "2026-11-25T19:17",
        ),
        (
            "FREQ=HOURLY",
            "2026-11-25T06:00:30Z",
            "2026-11-25T10:17:42Z",
            "2026-11-25T11:17:00Z",
        ),
        // Of several times a day, the next one that is still to come.
        (
            "FREQ=DAILY;BYHOUR=9,17",
            "2026-11-25T09:00",
            "2026-11-25T09:30:00Z",
            "2026-11-25T17:00",
        ),
        (
            "FREQ=DAILY;BYHOUR=9,17",
            "2026-11-25T09:00",
            "2026-11-25T17:30:00Z",
            "2026-11-26T09:00",
        ),
        // The clock skips 02:30 on 29 March.
        (
            "FREQ=DAILY",
            "2026-03-27T02:30",
            "2026-03-28T07:00:00Z",
            "2026-03-30T02:30",
        ),
    ] {
        assert_eq!(
            due(rule, Completion, due_date, now),
            expected,
            "{rule} {due_date} {now}"
        );
    }
}

#[test]
fn from_completion_each_one_uses_up_one() {
    let now = "2026-11-25T10:00:00Z";
    let next = |rule: &str| {
        complete(
            rule,
            Completion,
            "2026-11-20",
            &task("2026-11-20", "", ""),
            now,
        )
    };
    let left = next("COUNT=3;FREQ=DAILY").unwrap();
    assert_eq!(left.series.rule.to_string(), "COUNT=2;FREQ=DAILY");
    assert_eq!(left.series.start, when("2026-11-26"));
    assert!(next("FREQ=DAILY;COUNT=1").is_none());
    assert!(next("FREQ=DAILY;UNTIL=20261125").is_none());
    assert!(next("FREQ=DAILY;UNTIL=20261126").is_some());
}

#[test]
fn the_other_dates_keep_their_distance() {
    let next = |rule: &str, dates: &Dates| {
        let start = dates.anchor().unwrap().as_str();
        let next = complete(rule, Schedule, start, dates, "2026-10-20T06:00:00Z").unwrap();
        [
            next.dates.due_date,
            next.dates.deadline,
            next.dates.start_date,
        ]
        .map(|date| date.map_or_else(String::new, |date| date.as_str().to_owned()))
    };
    assert_eq!(
        next(
            "FREQ=WEEKLY",
            &task("2026-10-23", "2026-10-25", "2026-10-20")
        ),
        ["2026-10-30", "2026-11-01", "2026-10-27"]
    );
    // Berlin's clock changes on 25 October; walls keep their times.
    assert_eq!(
        next(
            "FREQ=WEEKLY",
            &task(
                "2026-10-23",
                "2026-10-24T18:00:00+02:00",
                "2026-10-20T07:00:00Z"
            )
        ),
        [
            "2026-10-30",
            "2026-10-31T18:00:00+01:00",
            "2026-10-27T08:00:00Z"
        ]
    );
    assert_eq!(
        next(
            "FREQ=WEEKLY",
            &task(
                "2026-10-23T09:00:00+02:00",
                "2026-10-25",
                "2026-10-23T08:00"
            )
        ),
        [
            "2026-10-30T09:00:00+01:00",
            "2026-11-01",
            "2026-10-30T08:00"
        ]
    );
    assert_eq!(
        next(
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            &task("", "2026-10-31", "2026-10-24")
        ),
        ["", "2026-11-30", "2026-11-23"]
    );
    assert_eq!(
        next("FREQ=DAILY", &task("", "", "2026-10-31T12:00")),
        ["", "", "2026-11-01T12:00"]
    );
    assert_eq!(
        next(
            "FREQ=HOURLY;INTERVAL=5",
            &task("2026-10-24T09:00", "2026-10-24T10:30Z", "2026-10-24")
        ),
        ["2026-10-24T14:00", "2026-10-24T15:30Z", "2026-10-24"]
    );
    // The deadline would be at a time that the clock skips: it is as long after as the gap is.
    assert_eq!(
        next(
            "FREQ=DAILY",
            &task(
                "2027-03-27",
                "2027-03-27T02:30:00+01:00",
                "2027-03-27T02:30"
            )
        ),
        [
            "2027-03-28",
            "2027-03-28T03:30:00+02:00",
            "2027-03-28T02:30"
        ]
    );
}

#[test]
fn distances_are_from_where_the_anchor_was_moved_to() {
    let moved = task("2026-11-25T15:00", "2026-11-26T16:00", "2026-11-24");
    let next = complete(
        "FREQ=WEEKLY",
        Schedule,
        "2026-11-23T09:00",
        &moved,
        "2026-11-24T06:00:00Z",
    );
    assert_eq!(
        next.unwrap().dates,
        task("2026-11-30T09:00", "2026-12-01T10:00", "2026-11-29")
    );
}

#[test]
fn nothing_follows_without_a_date_or_past_the_end_of_the_calendar() {
    let now = "2026-11-25T10:00:00Z";
    assert!(complete("FREQ=DAILY", Schedule, "2026-11-25", &task("", "", ""), now).is_none());
    let last = task("9999-12-30", "9999-12-31", "");
    assert!(complete("FREQ=DAILY", Schedule, "9999-12-30", &last, now).is_none());
    assert_eq!(due("FREQ=DAILY", Schedule, "9999-12-31", now), "");
}

#[test]
fn the_forecast_begins_with_what_completing_now_gives() {
    let forecast = |rule: &str, from, start: &str, anchor: &str, now: &str| -> Vec<String> {
        let found = series(rule, start, from).occurrences(&when(anchor), &zone(BERLIN), at(now), 3);
        found.iter().map(When::as_str).map(str::to_owned).collect()
    };
    let now = "2026-11-25T10:00:00Z";
    assert_eq!(
        forecast("FREQ=WEEKLY", Schedule, "2026-11-02", "2026-11-04", now),
        ["2026-11-30", "2026-12-07", "2026-12-14"]
    );
    assert_eq!(
        forecast(
            "FREQ=DAILY;INTERVAL=2",
            Completion,
            "2026-11-02",
            "2026-11-02",
            now
        ),
        ["2026-11-27", "2026-11-29", "2026-12-01"],
        "overdue: as if completed now"
    );
    assert_eq!(
        forecast(
            "FREQ=DAILY;INTERVAL=2;COUNT=3",
            Completion,
            "2026-12-01",
            "2026-12-02",
            now
        ),
        ["2026-12-04", "2026-12-06"],
        "as if completed on its date"
    );
    assert_eq!(
        forecast(
            "FREQ=HOURLY;INTERVAL=8",
            Completion,
            "2026-12-01T09:00",
            "2026-12-01T10:30",
            now
        ),
        ["2026-12-01T18:30", "2026-12-02T02:30", "2026-12-02T10:30"]
    );
    assert!(
        forecast(
            "FREQ=DAILY;COUNT=1",
            Schedule,
            "2026-12-01",
            "2026-12-01",
            now
        )
        .is_empty()
    );
    assert!(
        forecast(
            "FREQ=DAILY;COUNT=1",
            Completion,
            "2026-12-01",
            "2026-12-01",
            now
        )
        .is_empty()
    );
}
