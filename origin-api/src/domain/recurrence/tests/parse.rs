//! Which rules are refused, and with which remedy.

use super::{Rule, refused, when, zone};

fn error(rule: &str) -> String {
    Rule::parse(rule).unwrap_err().into_owned()
}

#[test]
fn a_rule_is_kept_as_given_in_upper_case_and_without_its_name() {
    for (given, kept) in [
        ("FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO"),
        (
            " rrule:byday=-1fr;freq=monthly; ",
            "BYDAY=-1FR;FREQ=MONTHLY",
        ),
        (
            "FREQ=DAILY;COUNT=03;INTERVAL=2",
            "FREQ=DAILY;COUNT=03;INTERVAL=2",
        ),
        (
            "freq=daily;until=20261231t170000z",
            "FREQ=DAILY;UNTIL=20261231T170000Z",
        ),
    ] {
        assert_eq!(Rule::parse(given).unwrap().to_string(), kept);
    }
}

#[test]
fn what_is_no_single_rule_is_refused() {
    for bad in [
        "DTSTART:20261130T090000\nRRULE:FREQ=DAILY",
        "FREQ=DAILY\r\nEXDATE:20261130",
        "EXDATE:20261130",
        "RRULE:RRULE:FREQ=DAILY",
        "RRULE;TZID=Europe/Berlin:FREQ=DAILY",
    ] {
        assert!(error(bad).starts_with("must be one RRULE"), "{bad}");
    }
    for bad in ["", "RRULE:", "DAILY", "FREQ=DAILY;;COUNT=2", "every monday"] {
        assert!(error(bad).starts_with("must be parts NAME=VALUE"), "{bad}");
    }
    assert_eq!(
        error(&format!("FREQ=DAILY;BYHOUR={}1", "1,".repeat(250))),
        "must have at most 500 characters"
    );
}

#[test]
fn every_part_is_checked_and_named() {
    for (bad, named) in [
        ("FREQ=DAILY;X-NAME=1", "a part that RFC 5545 does not know"),
        (
            "FREQ=DAILY;RSCALE=HEBREW",
            "a part that RFC 5545 does not know",
        ),
        ("INTERVAL=2", "must have a FREQ"),
        ("FREQ=FORTNIGHTLY", "unknown FREQ"),
        ("FREQ=DAILY;FREQ=DAILY", "has FREQ twice"),
        ("FREQ=DAILY;BYDAY=MO;BYDAY=TU", "has BYDAY twice"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL between 1 and 10000"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=4294967295", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL"),
        ("FREQ=DAILY;COUNT=0", "COUNT between 1 and 10000"),
        ("FREQ=DAILY;COUNT=10001", "COUNT"),
        ("FREQ=DAILY;COUNT=+1", "COUNT"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "both COUNT and UNTIL"),
        ("FREQ=DAILY;UNTIL=2026-12-31", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20260229", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20261231T1700", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20261231T170000+0100", "UNTIL"),
        ("FREQ=DAILY;UNTIL=", "UNTIL"),
        ("FREQ=DAILY;WKST=1MO", "WKST"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH"),
        ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH"),
        ("FREQ=YEARLY;BYMONTH=0", "BYMONTH"),
        ("FREQ=YEARLY;BYMONTH=1,", "BYMONTH"),
        ("FREQ=YEARLY;BYWEEKNO=54", "BYWEEKNO"),
        ("FREQ=YEARLY;BYYEARDAY=367", "BYYEARDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=-32", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY= 1", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=54MO", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=MONDAY", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=M", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=ÄMO", "BYDAY"),
        ("FREQ=DAILY;BYHOUR=24", "BYHOUR"),
        ("FREQ=DAILY;BYMINUTE=60", "BYMINUTE"),
        ("FREQ=DAILY;BYSECOND=60", "BYSECOND"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "BYSETPOS"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS beside another BY part"),
        ("FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO with FREQ=YEARLY only"),
        (
            "FREQ=MONTHLY;BYYEARDAY=1",
            "BYYEARDAY with FREQ=YEARLY only",
        ),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY with FREQ=WEEKLY"),
        ("FREQ=WEEKLY;BYDAY=1MO", "leave the number out"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "leave the number out"),
    ] {
        let said = error(bad);
        assert!(said.contains(named), "{bad}: {said}");
    }
}

#[test]
fn a_rule_may_not_fire_more_than_hourly() {
    for (rule, often) in [
        ("FREQ=SECONDLY", true),
        ("FREQ=MINUTELY;INTERVAL=30", true),
        ("FREQ=DAILY;BYHOUR=9;BYMINUTE=0,30", true),
        ("FREQ=HOURLY;BYMINUTE=0,59", true),
        ("FREQ=WEEKLY;BYSECOND=1,2", true),
        ("FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,30;BYSETPOS=1,2", true),
        (
            "FREQ=MONTHLY;BYHOUR=9;BYMINUTE=0,30;BYDAY=MO,TU;BYSETPOS=-1,-2",
            true,
        ),
        ("FREQ=DAILY;BYHOUR=0,23;BYMINUTE=0,30;BYSETPOS=1,-1", true),
        ("FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0,30;BYSETPOS=1,-1", false),
        ("FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,30;BYSETPOS=1,3", false),
        ("FREQ=HOURLY", false),
        ("FREQ=DAILY;BYHOUR=0,1,2,23", false),
    ] {
        let said = refused(rule, "2026-11-30T09:00", "Europe/Berlin");
        assert_eq!(
            said.contains("more often than hourly"),
            often,
            "{rule}: {said}"
        );
        assert_eq!(said.is_empty(), !often, "{rule}: {said}");
    }
}

#[test]
fn a_rule_that_never_happens_again_is_refused() {
    for (rule, start, never) in [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-11-30", true),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "2026-11-30", true),
        ("FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31", "2026-11-30", true),
        ("FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=2MO", "2026-11-30", true),
        ("FREQ=MONTHLY;BYDAY=6MO", "2026-11-30", true),
        ("FREQ=MONTHLY;BYDAY=5MO", "2026-11-30", false),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "2026-11-30", true),
        (
            "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-366,366",
            "2026-11-30",
            true,
        ),
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3", "2026-11-30", true),
        ("FREQ=YEARLY;BYWEEKNO=20;BYMONTH=12", "2026-11-30", true),
        ("FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1", "2026-11-30", true),
        // The day of the start counts: February has no 30th, every fourth year a 29th.
        ("FREQ=YEARLY;BYMONTH=2", "2026-11-30", true),
        ("FREQ=YEARLY;BYMONTH=2", "2026-11-29", false),
        // Only every fourth century begins with a leap year, and only some steps reach one.
        (
            "FREQ=YEARLY;INTERVAL=100;BYMONTH=2;BYMONTHDAY=29",
            "2000-02-29",
            false,
        ),
        (
            "FREQ=YEARLY;INTERVAL=200;BYMONTH=2;BYMONTHDAY=29",
            "2100-02-01",
            true,
        ),
        (
            "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29",
            "2027-02-01",
            true,
        ),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "2026-11-30", true),
        (
            "FREQ=DAILY;INTERVAL=7;BYDAY=TU;BYMONTH=3",
            "2026-11-30",
            true,
        ),
        ("FREQ=DAILY;INTERVAL=8;BYDAY=TU", "2026-11-30", false),
        ("FREQ=HOURLY;INTERVAL=24;BYHOUR=3", "2026-11-30T09:00", true),
        ("FREQ=HOURLY;INTERVAL=9;BYHOUR=3", "2026-11-30T09:00", false),
        ("FREQ=HOURLY;INTERVAL=9;BYHOUR=4", "2026-11-30T09:00", true),
        (
            "FREQ=HOURLY;INTERVAL=5;BYYEARDAY=1;BYMONTH=2",
            "2026-11-30T09:00",
            true,
        ),
        ("FREQ=DAILY;INTERVAL=10000", "9999-01-01", true),
        ("FREQ=DAILY", "9999-12-31", true),
        ("FREQ=WEEKLY", "9999-12-31", true),
        ("FREQ=MONTHLY", "9999-12-31", true),
        ("FREQ=YEARLY", "9999-12-31", true),
        ("FREQ=HOURLY", "9999-12-31T23:00", true),
        // Never shown by the clock: that hour is skipped on the last Sunday of March.
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "2026-11-30T02:30", true),
        ("FREQ=DAILY;COUNT=1", "2026-11-30", false),
    ] {
        let said = refused(rule, start, "Europe/Berlin");
        assert_eq!(said.contains("ever comes"), never, "{rule} {start}: {said}");
        assert_eq!(said.is_empty(), !never, "{rule} {start}: {said}");
    }
}

#[test]
fn a_rule_that_ends_before_its_start_is_refused() {
    for (until, start, ends) in [
        ("20261129", "2026-11-30", true),
        ("20261130", "2026-11-30", false),
        ("20261130", "2026-11-30T23:59", false),
        ("20261129", "2026-11-30T00:00", true),
        ("20261130T085959", "2026-11-30T09:00", true),
        ("20261130T090000", "2026-11-30T09:00", false),
        // 09:00 in Berlin is 08:00 in UTC.
        ("20261130T075959Z", "2026-11-30T09:00", true),
        ("20261130T080000Z", "2026-11-30T09:00", false),
        ("20261130T080000Z", "2026-11-30T09:00:00+01:00", false),
        ("20261130T075959Z", "2026-11-30T08:00:00Z", true),
        // Midnight in UTC is still that day in Berlin.
        ("20261129T225959Z", "2026-11-30", true),
        ("20261129T230000Z", "2026-11-30", false),
        ("20261130T000000", "2026-11-30", false),
    ] {
        let said = refused(&format!("FREQ=DAILY;UNTIL={until}"), start, "Europe/Berlin");
        assert_eq!(
            said.contains("ends before"),
            ends,
            "{until} {start}: {said}"
        );
        assert_eq!(said.is_empty(), !ends, "{until} {start}: {said}");
    }
}

#[test]
fn a_rule_with_times_needs_a_date_with_one() {
    for rule in [
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=DAILY;BYMINUTE=9",
        "FREQ=DAILY;BYSECOND=9",
    ] {
        let rule = Rule::parse(rule).unwrap();
        let said = rule.check(&when("2026-11-30"), &zone("UTC")).unwrap_err();
        assert!(said.contains("give the date a time"), "{said}");
        assert_eq!(rule.check(&when("2026-11-30T09:00"), &zone("UTC")), Ok(()));
    }
}
