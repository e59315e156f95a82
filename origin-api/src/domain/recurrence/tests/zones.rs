//! The clock of the user's zone: changes for summer, and the forms in which dates are written.

use shared_types::task::RecurrenceFrom::Schedule;
use shared_types::time::When;

use super::{at, dates, series, when, zone};

#[test]
fn a_time_of_the_day_stays_when_the_clock_changes() {
    for (start, zone, expected) in [
        (
            "2026-10-24T09:00",
            "Europe/Berlin",
            "2026-10-25T09:00 2026-10-26T09:00",
        ),
        (
            "2026-10-24T09:00:00+02:00",
            "Europe/Berlin",
            "2026-10-25T09:00:00+01:00 2026-10-26T09:00:00+01:00",
        ),
        (
            "2026-10-24T07:00:00Z",
            "Europe/Berlin",
            "2026-10-25T08:00:00Z 2026-10-26T08:00:00Z",
        ),
        (
            "2026-03-07T09:00:00.50-05:00",
            "America/New_York",
            "2026-03-08T09:00:00.50-04:00 2026-03-09T09:00:00.50-04:00",
        ),
        (
            "2026-04-04T09:00+11:00",
            "Australia/Lord_Howe",
            "2026-04-05T09:00+10:30 2026-04-06T09:00+10:30",
        ),
    ] {
        assert_eq!(dates("FREQ=DAILY", start, zone, 2), expected, "{start}");
    }
}

#[test]
fn an_offset_that_is_not_the_zones_own_stays() {
    assert_eq!(
        dates(
            "FREQ=DAILY",
            "2026-10-24T12:30:00+05:30",
            "Europe/Berlin",
            2
        ),
        "2026-10-25T13:30:00+05:30 2026-10-26T13:30:00+05:30",
        "09:00 in Berlin"
    );
    assert_eq!(
        dates("FREQ=DAILY", "2026-10-24T07:00-00:00", "Europe/Berlin", 1),
        "2026-10-25T08:00+00:00"
    );
    assert_eq!(
        dates("FREQ=MONTHLY", "2026-01-15T09:00-00:00", "Europe/London", 5),
        "2026-02-15T09:00+00:00 2026-03-15T09:00+00:00 2026-04-15T09:00+01:00 2026-05-15T09:00+01:00 2026-06-15T09:00+01:00"
    );
}

#[test]
fn a_skipped_time_is_no_occurrence_and_is_not_counted() {
    for (start, zone, expected) in [
        (
            "2026-03-27T02:30",
            "Europe/Berlin",
            "2026-03-28T02:30 2026-03-30T02:30",
        ),
        (
            "2026-03-06T02:30:00-05:00",
            "America/New_York",
            "2026-03-07T02:30:00-05:00 2026-03-09T02:30:00-04:00",
        ),
        (
            "2026-10-02T02:15",
            "Australia/Lord_Howe",
            "2026-10-03T02:15 2026-10-05T02:15",
        ),
        // Half an hour only is skipped there.
        (
            "2026-10-02T02:30",
            "Australia/Lord_Howe",
            "2026-10-03T02:30 2026-10-04T02:30",
        ),
        // Clocks went forward at midnight.
        (
            "2018-11-02T00:30",
            "America/Sao_Paulo",
            "2018-11-03T00:30 2018-11-05T00:30",
        ),
    ] {
        assert_eq!(
            dates("FREQ=DAILY;COUNT=3", start, zone, 9),
            expected,
            "{start}"
        );
    }
    assert_eq!(
        dates("FREQ=DAILY;COUNT=3", "2026-03-27", "Europe/Berlin", 9),
        "2026-03-28 2026-03-29",
        "a day is never skipped"
    );
    assert_eq!(
        dates("FREQ=DAILY", "2011-12-28T09:00", "Pacific/Apia", 2),
        "2011-12-29T09:00 2011-12-31T09:00",
        "but for the times of one that a whole country left out"
    );
}

#[test]
fn a_time_shown_twice_is_the_first_one() {
    for (start, zone, expected) in [
        (
            "2026-10-24T02:30:00+02:00",
            "Europe/Berlin",
            "2026-10-25T02:30:00+02:00 2026-10-26T02:30:00+01:00",
        ),
        (
            "2026-10-31T05:30:00Z",
            "America/New_York",
            "2026-11-01T05:30:00Z 2026-11-02T06:30:00Z",
        ),
        (
            "2026-04-04T01:45:00+11:00",
            "Australia/Lord_Howe",
            "2026-04-05T01:45:00+11:00 2026-04-06T01:45:00+10:30",
        ),
    ] {
        assert_eq!(dates("FREQ=DAILY", start, zone, 2), expected, "{start}");
    }
    assert_eq!(
        dates(
            "FREQ=HOURLY",
            "2026-10-25T01:00:00+02:00",
            "Europe/Berlin",
            3
        ),
        "2026-10-25T02:00:00+02:00 2026-10-25T03:00:00+01:00 2026-10-25T04:00:00+01:00",
        "the hour shown twice counts once"
    );
}

#[test]
fn another_zone_is_followed_from_then_on() {
    let rule = "FREQ=DAILY";
    let in_new_york = |start: &str| -> Vec<String> {
        let series = series(rule, start, Schedule);
        let found = series.occurrences(
            &when(start),
            &zone("America/New_York"),
            at("2026-01-01T00:00:00Z"),
            2,
        );
        found.iter().map(When::as_str).map(str::to_owned).collect()
    };
    // Written in Berlin, with its offset or none; the user has moved since. New York's clock changes on 1 November.
    assert_eq!(
        in_new_york("2026-10-30T09:00"),
        ["2026-10-31T09:00", "2026-11-01T09:00"]
    );
    assert_eq!(
        in_new_york("2026-10-30T09:00:00+01:00"),
        ["2026-10-31T09:00:00+01:00", "2026-11-01T10:00:00+01:00"]
    );
    assert_eq!(in_new_york("2026-10-30"), ["2026-10-31", "2026-11-01"]);
}
