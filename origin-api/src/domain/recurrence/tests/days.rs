//! Which days a rule names.

use super::dates;

#[test]
fn months_without_the_day_are_passed_over() {
    for (rule, start, expected) in [
        (
            "FREQ=MONTHLY",
            "2026-01-31",
            "2026-03-31 2026-05-31 2026-07-31",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=31",
            "2026-04-01",
            "2026-05-31 2026-07-31 2026-08-31",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "2027-12-31",
            "2028-01-31 2028-02-29 2028-03-31",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-31",
            "2026-01-01",
            "2026-03-01 2026-05-01 2026-07-01",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15,-1",
            "2026-01-15",
            "2026-01-31 2026-02-15 2026-02-28",
        ),
    ] {
        assert_eq!(dates(rule, start, "UTC", 3), expected, "{rule}");
    }
}

#[test]
fn leap_days_come_when_there_is_one() {
    assert_eq!(
        dates("FREQ=YEARLY", "2096-02-29", "UTC", 2),
        "2104-02-29 2108-02-29"
    );
    assert_eq!(
        dates("FREQ=YEARLY;BYYEARDAY=366", "2026-01-01", "UTC", 2),
        "2028-12-31 2032-12-31"
    );
    assert_eq!(
        dates("FREQ=YEARLY;BYYEARDAY=-307", "2026-01-01", "UTC", 4),
        "2026-02-28 2027-02-28 2028-02-29 2029-02-28"
    );
}

#[test]
fn weekdays_are_counted_in_their_month_or_year() {
    for (rule, expected) in [
        ("FREQ=MONTHLY;BYDAY=2TU", "2026-02-10 2026-03-10 2026-04-14"),
        (
            "FREQ=MONTHLY;BYDAY=-1FR",
            "2026-01-30 2026-02-27 2026-03-27",
        ),
        ("FREQ=MONTHLY;BYDAY=5TH", "2026-01-29 2026-04-30 2026-07-30"),
        (
            "FREQ=MONTHLY;BYDAY=-5FR",
            "2026-05-01 2026-07-03 2026-10-02",
        ),
        (
            "FREQ=MONTHLY;BYDAY=1MO,FR",
            "2026-01-16 2026-01-23 2026-01-30",
        ),
        ("FREQ=YEARLY;BYDAY=20MO", "2026-05-18 2027-05-17 2028-05-15"),
        ("FREQ=YEARLY;BYDAY=-1SU", "2026-12-27 2027-12-26 2028-12-31"),
        (
            "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
            "2026-11-26 2027-11-25 2028-11-23",
        ),
        (
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
            "2026-02-13 2026-03-13 2026-11-13",
        ),
        // The day of a presidential election in the United States, as RFC 5545 has it.
        (
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            "2026-11-03 2030-11-05 2034-11-07",
        ),
    ] {
        assert_eq!(dates(rule, "2026-01-13", "UTC", 3), expected, "{rule}");
    }
}

#[test]
fn weeks_are_counted_from_the_day_they_start_on() {
    // RFC 5545's own example: whether Sunday ends or starts the week decides which one is left out.
    let start = "1997-08-05";
    assert_eq!(
        dates(
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            start,
            "UTC",
            9
        ),
        "1997-08-10 1997-08-19 1997-08-24"
    );
    assert_eq!(
        dates(
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            start,
            "UTC",
            9
        ),
        "1997-08-17 1997-08-19 1997-08-31"
    );
    assert_eq!(
        dates("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2026-01-01", "UTC", 2),
        "2026-12-28 2032-12-27"
    );
    assert_eq!(
        dates("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2026-01-01", "UTC", 2),
        "2027-01-04 2028-01-03"
    );
    assert_eq!(
        dates("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2024-12-30", "UTC", 2),
        "2025-12-29 2027-01-04",
        "the first week of a year may start in the one before"
    );
    assert_eq!(
        dates("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU", "2026-01-01", "UTC", 2),
        "2027-01-03 2028-01-02",
    );
    assert_eq!(
        dates("FREQ=YEARLY;BYWEEKNO=20", "2026-11-25", "UTC", 2),
        "2027-05-19 2028-05-17",
        "the weekday of the start"
    );
}

#[test]
fn positions_are_picked_from_the_whole_interval() {
    for (rule, start, expected) in [
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "2026-01-30",
            "2026-02-27 2026-03-31",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2,-2",
            "2026-01-15",
            "2026-01-29 2026-02-03",
        ),
        (
            "FREQ=YEARLY;BYDAY=MO;BYSETPOS=-366,53,52",
            "2026-01-01",
            "2026-12-28 2027-12-27",
        ),
        // The week's first day is its Monday, also in the week in which the series starts on a Wednesday.
        (
            "FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=1",
            "2026-11-25",
            "2026-11-30 2026-12-07",
        ),
        (
            "FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=-1,2",
            "2026-11-25",
            "2026-11-27 2026-12-04",
        ),
    ] {
        assert_eq!(dates(rule, start, "UTC", 2), expected, "{rule}");
    }
    assert_eq!(
        dates(
            "FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0,30;BYSETPOS=1,-1",
            "2026-11-30T09:00",
            "UTC",
            3
        ),
        "2026-11-30T17:30 2026-12-01T09:00 2026-12-01T17:30"
    );
}

#[test]
fn times_come_from_the_rule_or_else_from_the_start() {
    for (rule, start, expected) in [
        (
            "FREQ=DAILY",
            "2026-11-30T09:15:30.5",
            "2026-12-01T09:15:30.5 2026-12-02T09:15:30.5",
        ),
        (
            "FREQ=DAILY;BYHOUR=17",
            "2026-11-30T09:15",
            "2026-11-30T17:15 2026-12-01T17:15",
        ),
        (
            "FREQ=DAILY;BYSECOND=5",
            "2026-11-30T09:15",
            "2026-11-30T09:15:05 2026-12-01T09:15:05",
        ),
        (
            "FREQ=HOURLY;INTERVAL=10",
            "2026-11-30T09:15",
            "2026-11-30T19:15 2026-12-01T05:15",
        ),
        (
            "FREQ=HOURLY;BYHOUR=8,9;BYMINUTE=0",
            "2026-11-30T09:15",
            "2026-12-01T08:00 2026-12-01T09:00",
        ),
        (
            "FREQ=HOURLY;INTERVAL=5;BYMONTH=2;BYMONTHDAY=29",
            "2026-11-30T09:15",
            "2028-02-29T00:15 2028-02-29T05:15",
        ),
    ] {
        assert_eq!(dates(rule, start, "UTC", 2), expected, "{rule}");
    }
}

#[test]
fn count_has_the_start_in_it() {
    let start = "2026-11-25"; // a Wednesday
    assert_eq!(
        dates("FREQ=DAILY;COUNT=3", start, "UTC", 9),
        "2026-11-26 2026-11-27"
    );
    assert_eq!(dates("FREQ=DAILY;COUNT=1", start, "UTC", 9), "");
    assert_eq!(
        dates("FREQ=WEEKLY;BYDAY=MO;COUNT=3", start, "UTC", 9),
        "2026-11-30 2026-12-07",
        "also when the rule does not name it"
    );
}

#[test]
fn until_is_the_last_date_in_each_of_its_forms() {
    let (day, time) = ("2026-11-25", "2026-11-25T09:00");
    for (until, start, last) in [
        ("20261127", day, "2026-11-27"),
        ("20261127", time, "2026-11-27T09:00"),
        ("20261127T085959", time, "2026-11-26T09:00"),
        ("20261127T090000", time, "2026-11-27T09:00"),
        ("20261127T075959Z", time, "2026-11-26T09:00"),
        ("20261127T080000Z", time, "2026-11-27T09:00"),
        ("20261127T000000", day, "2026-11-27"),
        ("20261127T235959Z", day, "2026-11-28"),
    ] {
        let found = dates(
            &format!("FREQ=DAILY;UNTIL={until}"),
            start,
            "Europe/Berlin",
            9,
        );
        assert_eq!(found.split(' ').next_back(), Some(last), "{until} {start}");
    }
}

#[test]
fn the_calendar_ends_without_harm() {
    assert_eq!(dates("FREQ=DAILY", "9999-12-29", "UTC", 9), "9999-12-30");
    assert_eq!(
        dates(
            "FREQ=HOURLY;INTERVAL=9",
            "9999-12-30T05:00:00Z",
            "America/New_York",
            9
        ),
        "9999-12-30T14:00:00Z"
    );
    assert_eq!(
        dates("FREQ=YEARLY;INTERVAL=10000", "0001-01-01", "UTC", 9),
        ""
    );
    assert_eq!(dates("FREQ=WEEKLY", "0001-01-01", "UTC", 1), "0001-01-08");
}
