//! Over random rules: nothing panics or hangs, and what the rest of the origin relies on holds.

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use shared_types::task::RecurrenceFrom;
use shared_types::time::When;

use super::super::form::{Form, exists, local};
use super::super::{Dates, Series};
use super::{Rule, zone};

/// Mostly well-formed rules, many of them hostile.
fn rules() -> impl Strategy<Value = String> {
    let frequency = select(vec!["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]);
    let numbers = |name: &'static str, min: i32, max: i32| {
        vec(min..=max, 1..4).prop_map(move |list| {
            let list: Vec<_> = list.iter().map(ToString::to_string).collect();
            format!("{name}={}", list.join(","))
        })
    };
    let days = vec((-6..=6, select(vec!["MO", "TU", "WE", "SA", "SU"])), 1..4);
    let days = (days, any::<bool>()).prop_map(|(days, numbered)| {
        let day = |(nth, day): &(i32, &str)| {
            if numbered && *nth != 0 {
                format!("{nth}{day}")
            } else {
                (*day).to_owned()
            }
        };
        format!(
            "BYDAY={}",
            days.iter().map(day).collect::<Vec<_>>().join(",")
        )
    });
    let part = prop_oneof![
        numbers("INTERVAL", 1, 30).prop_map(|part| part.split(',').next().unwrap().to_owned()),
        select(vec![
            "INTERVAL=10000",
            "INTERVAL=7",
            "INTERVAL=24",
            "COUNT=2",
            "COUNT=10000"
        ])
        .prop_map(str::to_owned),
        select(vec![
            "UNTIL=20280101",
            "UNTIL=99991231T235959Z",
            "UNTIL=20270101T120000",
            "WKST=SU"
        ])
        .prop_map(str::to_owned),
        numbers("BYMONTH", 1, 12),
        numbers("BYWEEKNO", -53, 53),
        numbers("BYYEARDAY", -366, 366),
        numbers("BYMONTHDAY", -31, 31),
        numbers("BYHOUR", 0, 23),
        numbers("BYMINUTE", 0, 59),
        numbers("BYSECOND", 0, 59),
        numbers("BYSETPOS", -366, 366),
        days,
    ];
    (frequency, vec(part, 0..5)).prop_map(|(frequency, parts)| {
        let parts: Vec<_> = std::iter::once(format!("FREQ={frequency}"))
            .chain(parts)
            .collect();
        parts.join(";")
    })
}

fn zones() -> impl Strategy<Value = &'static str> {
    select(vec![
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Asia/Kolkata",
        "Africa/Casablanca",
    ])
}

/// Dates of every form, also at both ends of the calendar.
fn whens() -> impl Strategy<Value = When> {
    let year = prop_oneof![8 => 1990..2060, 1 => Just(1), 1 => Just(9999)];
    let form = select(vec![
        "",
        "T09:00",
        "T02:30",
        "T23:59:59.999",
        "T00:00Z",
        "T02:30:00+01:00",
        "T09:00-05:00",
        "T12:00:00.5+14:00",
    ]);
    (year, 1..=12, 1..=28, form)
        .prop_filter_map("out of the calendar", |(year, month, day, form)| {
            When::parse(format!("{year:04}-{month:02}-{day:02}{form}")).ok()
        })
}

fn worlds() -> impl Strategy<Value = (Rule, When, &'static str)> {
    (rules(), whens(), zones()).prop_filter_map("no rule", |(rule, start, zone)| {
        Some((Rule::parse(&rule).ok()?, start, zone))
    })
}

fn nows() -> impl Strategy<Value = Timestamp> {
    (600_000_000_i64..2_800_000_000).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn ways() -> impl Strategy<Value = RecurrenceFrom> {
    select(vec![RecurrenceFrom::Schedule, RecurrenceFrom::Completion])
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,80}") {
        let _ = Rule::parse(&text);
        let _ = Rule::parse(&format!("FREQ=DAILY;UNTIL={text}"));
        let _ = Rule::parse(&format!("FREQ=YEARLY;BYDAY={text}"));
    }

    #[test]
    fn what_is_written_reads_as_the_same_rule((rule, ..) in worlds()) {
        prop_assert_eq!(Rule::parse(&rule.to_string()), Ok(rule));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_checked_rule_has_a_next_date_unless_it_is_limited((rule, start, zone_name) in worlds()) {
        let zone = zone(zone_name);
        let checked = rule.check(&start, &zone).is_ok();
        let limited = rule.count.is_some() || rule.until.is_some();
        let series = Series { rule, from: RecurrenceFrom::Schedule, start: start.clone() };
        let next = series.occurrences(&start, &zone, Timestamp::MIN, 1);
        prop_assert!(!checked || limited || !next.is_empty() || start.as_str().starts_with("9999"));
    }

    #[test]
    fn dates_ascend_in_one_form_and_exist(
        (rule, start, zone_name) in worlds(),
        anchor in whens(),
        from in ways(),
        now in nows(),
    ) {
        let zone = zone(zone_name);
        let form = Form::of(&start, &zone);
        let series = Series { rule, from, start };
        let found = series.occurrences(&anchor, &zone, now, 8);
        prop_assert!(found.len() <= 8);
        for date in &found {
            prop_assert_eq!(
                std::mem::discriminant(&Form::of(date, &zone)),
                std::mem::discriminant(&form)
            );
            prop_assert!(form.is_day() || exists(local(date, &zone), &zone), "{:?}", date);
            prop_assert!(local(date, &zone).date() >= zone.to_datetime(now).date());
        }
        for pair in found.windows(2) {
            prop_assert!(local(&pair[0], &zone) < local(&pair[1], &zone), "{:?}", found);
        }
    }

    #[test]
    fn completing_on_schedule_walks_the_forecast(
        (rule, start, zone_name) in worlds(),
        now in nows(),
    ) {
        let zone = zone(zone_name);
        // Refused with a day, which says nothing of the hour to go on from.
        prop_assume!(!(Form::of(&start, &zone).is_day() && rule.names_times()));
        let mut series = Series { rule, from: RecurrenceFrom::Schedule, start: start.clone() };
        let mut task = Dates { deadline: Some(start.clone()), ..Dates::default() };
        for forecast in series.occurrences(&start, &zone, now, 5) {
            let next = series.next(&task, &zone, now);
            prop_assert!(next.is_some(), "{:?} then nothing", forecast);
            let next = next.unwrap();
            // The same moment: an offset that was not the zone's own may have become it on the way.
            prop_assert_eq!(local(&next.series.start, &zone), local(&forecast, &zone));
            prop_assert_eq!(next.dates.deadline.as_ref(), Some(&next.series.start));
            (series, task) = (next.series, next.dates);
        }
    }
}
