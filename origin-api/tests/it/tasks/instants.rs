//! What a date means is the same in SQL and in the application, in any zone, around every clock change.

use jiff::tz::{TimeZone, db};
use jiff::{SignedDuration, Timestamp};
use origin_api::domain::ranking::start_of;
use origin_api::domain::user_time::UserTime;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use shared_types::time::When;

use crate::support::TestApp;

/// Zones with something odd: half hours and quarters, changes of half an hour, at midnight, of a whole day, of the
/// calendar's other side, by two hours, with winter time as the exception, or with Ramadan.
const ZONES: &[&str] = &[
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/London",
    "Europe/Lisbon",
    "Europe/Moscow",
    "Europe/Istanbul",
    "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Santiago",
    "America/Asuncion",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Nuuk",
    "America/Scoresbysund",
    "America/Phoenix",
    "America/Sitka",
    "America/Juneau",
    "America/Caracas",
    "America/Adak",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Amman",
    "Asia/Tokyo",
    "Asia/Pyongyang",
    "Asia/Manila",
    "Asia/Dhaka",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Africa/Monrovia",
    "Africa/Juba",
    "Antarctica/Troll",
    "Antarctica/Casey",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Australia/Eucla",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Kwajalein",
    "Pacific/Easter",
    "Pacific/Marquesas",
    "Pacific/Norfolk",
    "Atlantic/Azores",
    "Indian/Mauritius",
    "Etc/GMT+12",
    "Etc/GMT-14",
];

/// What lies beyond is told apart nowhere.
const LATEST: Timestamp = Timestamp::constant(253_402_207_199, 0);

#[derive(Clone, Debug)]
struct Case {
    date: String,
    zone: &'static str,
    work_end_minute: i16,
    work_days: i16,
}

/// A wall clock of any year, or within hours of a clock change of the zone.
fn wall_clocks() -> impl Strategy<Value = (&'static str, String)> {
    let zone = prop::sample::select(ZONES);
    let any_time = (1_i16..=9999, 1_i8..=12, 1_i8..=31, 0_i32..86_400).prop_map(
        |(year, month, day, second)| {
            let first = jiff::civil::date(year, month, 1);
            let day = first
                .with()
                .day(day.min(first.days_in_month()))
                .build()
                .unwrap();
            day.at(0, 0, 0, 0)
                .checked_add(SignedDuration::from_secs(second.into()))
                .unwrap()
        },
    );
    let near_change = (
        -60_000_000_000_i64..20_000_000_000,
        -200_i64..200,
        prop::sample::select(vec![1_i64, 60, 600]),
    );
    (zone, any_time, near_change, any::<bool>()).prop_map(
        |(zone, any_time, (after, distance, unit), is_near)| {
            let time_zone = db().get(zone).unwrap();
            let after = Timestamp::from_second(after).unwrap();
            let local = match time_zone.following(after).next().filter(|_| is_near) {
                Some(change) => {
                    let change = time_zone.to_datetime(change.timestamp());
                    change
                        .checked_add(SignedDuration::from_secs(distance * unit))
                        .unwrap()
                }
                None => any_time,
            };
            (zone, local.to_string())
        },
    )
}

/// Dates in every form that is read.
fn cases() -> impl Strategy<Value = Case> {
    let offset = prop_oneof![
        Just("Z".to_owned()),
        ("[+-]", 0..24, 0..60)
            .prop_map(|(sign, hours, minutes)| format!("{sign}{hours:02}:{minutes:02}"))
    ];
    let form = prop_oneof![
        3 => Just((10, String::new())),
        2 => Just((16, String::new())),
        3 => Just((19, String::new())),
        1 => "\\.[0-9]{1,9}".prop_map(|fraction| (19, fraction)),
        1 => "\\.[0-9]{1,9}".prop_map(|fraction| (17, format!("60{fraction}"))),
        2 => offset.clone().prop_map(|offset| (16, offset)),
        1 => offset.clone().prop_map(|offset| (17, format!("60{offset}"))),
        2 => ("\\.[0-9]{1,9}", offset).prop_map(|(fraction, offset)| (19, fraction + &offset)),
    ];
    let work_end = prop_oneof![Just(1440_i16), Just(120), Just(150), 1_i16..=1440];
    (wall_clocks(), form, work_end, 1_i16..128).prop_map(
        |((zone, local), (length, rest), work_end_minute, work_days)| Case {
            date: format!("{}{rest}", &local[..length]),
            zone,
            work_end_minute,
            work_days,
        },
    )
}

/// When the date begins and when it passes, as the application says.
fn expected(case: &Case) -> Option<[Timestamp; 2]> {
    let when = When::parse(case.date.clone()).ok()?.value();
    let time = UserTime::new(case.zone, 0, case.work_end_minute, case.work_days).unwrap();
    Some([start_of(when, &time.zone), time.passes_at(when)].map(|at| at.min(LATEST)))
}

/// The same, as PostgreSQL says.
async fn said(database: &tokio_postgres::Client, cases: &[Case]) -> Vec<[Timestamp; 2]> {
    let rows = database
        .query(
            "SELECT date_begins(date, zone), date_passes(date, zone, work_end, days)
            FROM unnest($1::text[], $2::text[], $3::smallint[], $4::smallint[])
                WITH ORDINALITY AS given (date, zone, work_end, days, place)
            ORDER BY place",
            &[
                &cases.iter().map(|case| &*case.date).collect::<Vec<_>>(),
                &cases.iter().map(|case| case.zone).collect::<Vec<_>>(),
                &cases
                    .iter()
                    .map(|case| case.work_end_minute)
                    .collect::<Vec<_>>(),
                &cases.iter().map(|case| case.work_days).collect::<Vec<_>>(),
            ],
        )
        .await
        .unwrap();
    rows.iter().map(|row| [row.get(0), row.get(1)]).collect()
}

async fn compare(database: &tokio_postgres::Client, cases: &[Case]) {
    // PostgreSQL rounds what is finer than a microsecond.
    let micros = |at: Timestamp| at.as_microsecond();
    for (case, said) in cases.iter().zip(said(database, cases).await) {
        let expected = expected(case).unwrap();
        let is_finer = case.date.split_once('.').is_some_and(|(_, fraction)| {
            fraction.bytes().take_while(u8::is_ascii_digit).count() > 6
        });
        let slack = i64::from(is_finer);
        for (said, expected) in said.into_iter().zip(expected) {
            assert!(
                (micros(said) - micros(expected)).abs() <= slack,
                "{said}, not {expected}: {case:?}"
            );
        }
    }
}

#[tokio::test]
async fn sql_and_application_agree_on_every_date() {
    let app = TestApp::new().await;
    let database = app.database.connect().await;
    let mut runner = TestRunner::deterministic();
    let cases = cases();
    let mut compared = 0;
    for _ in 0..8 {
        let batch: Vec<Case> = (0..2500)
            .map(|_| cases.new_tree(&mut runner).unwrap().current())
            .filter(|case| expected(case).is_some())
            .collect();
        compare(&database, &batch).await;
        compared += batch.len();
    }
    assert!(compared > 19_000, "only {compared} of the dates exist");
}

#[tokio::test]
async fn sql_and_application_agree_on_the_first_and_the_last_dates() {
    let app = TestApp::new().await;
    let database = app.database.connect().await;
    let mut cases = Vec::new();
    for date in [
        "0001-01-01",
        "0001-01-01T00:00",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00+23:59",
        "9999-12-30",
        "9999-12-31",
        "9999-12-31T23:59:59.999999999",
        "9999-12-30T22:00:00.999999999Z",
        "9999-12-30T21:59:59Z",
        "9999-12-29T23:59-22:00",
        "2016-12-31T23:59:60Z",
        "2016-12-31T23:59:60.5+00:00",
    ] {
        for zone in ZONES {
            for (work_end_minute, work_days) in [(1440, 127), (1020, 31), (1, 1)] {
                cases.push(Case {
                    date: date.to_owned(),
                    zone,
                    work_end_minute,
                    work_days,
                });
            }
        }
    }
    compare(&database, &cases).await;
    let row = database.query_one(
        "SELECT date_begins(NULL, 'UTC'), date_passes(NULL, 'UTC', 1::smallint, 1::smallint)",
        &[],
    );
    let row = row.await.unwrap();
    assert_eq!(
        (
            row.get::<_, Option<Timestamp>>(0),
            row.get::<_, Option<Timestamp>>(1)
        ),
        (None, None)
    );
}

#[test]
fn the_zones_have_gaps_and_overlaps_of_which_some_are_a_day_long() {
    let changes = |zone: &str, day: &str| {
        let at: Timestamp = day.parse().unwrap();
        let zone: TimeZone = db().get(zone).unwrap();
        let change = zone.following(at).next().unwrap();
        i64::from(change.offset().seconds()) - i64::from(zone.to_offset(at).seconds())
    };
    assert_eq!(changes("Australia/Lord_Howe", "2026-08-01T00:00Z"), 1800);
    assert_eq!(changes("Antarctica/Troll", "2026-02-01T00:00Z"), 7200);
    assert_eq!(changes("Pacific/Apia", "2011-12-01T00:00Z"), 86_400);
    assert_eq!(changes("America/Sitka", "1867-01-01T00:00Z"), -86_400);
}
