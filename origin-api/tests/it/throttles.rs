//! Limits that are counted in the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::{SignedDuration, Timestamp};
use origin_api::db::throttles::{Tried, subject, try_once};
use origin_api::domain::rate::Rate;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::TestApp;

/// The rule of GCRA, told once more: the even arrival of the tries before, and whether one more passes at `now`.
fn model(arrival: &mut Option<Timestamp>, rate: Rate, now: Timestamp) -> Tried {
    let us = SignedDuration::from_micros;
    let before = arrival.unwrap_or(now);
    let passes_from = before - us(rate.slack_us());
    if passes_from <= now {
        *arrival = Some(before.max(now) + us(rate.interval_us()));
        return Tried::Passed;
    }
    let wait = now.duration_until(passes_from).as_micros();
    Tried::Limited {
        retry_after: u32::try_from((wait + 999_999) / 1_000_000).unwrap(),
    }
}

fn steps() -> impl Strategy<Value = (Rate, Vec<(usize, i64)>)> {
    let rates = vec!["1/1", "3/10", "7/3600", "10/900", "100/1"];
    let rate = prop::sample::select(rates).prop_map(|text| Rate::parse(text).unwrap());
    // Waits of all sizes, and sometimes another origin whose clock is a little behind.
    let wait = prop_oneof![Just(0), -50..50_i64, 0..2_000_i64, 0..1_000_000_i64];
    (rate, prop::collection::vec((0..3_usize, wait), 1..40))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_try_is_judged_as_the_rule_says() {
    let app = TestApp::new().await;
    let runtime = tokio::runtime::Handle::current();
    let db = &app.app.db;
    let start = app.app.clock.now();
    let cases = AtomicU32::new(0);
    let mut runner = TestRunner::new(Config::with_cases(64));
    tokio::task::block_in_place(|| {
        runner
            .run(&steps(), |(rate, steps)| {
                let case = cases.fetch_add(1, Ordering::Relaxed);
                let mut arrivals = [None; 3];
                let mut now = start;
                for (number, wait) in steps {
                    now += SignedDuration::from_millis(wait);
                    let subject = subject("test", &[&format!("{case} {number}")]);
                    let told = runtime.block_on(try_once(db, &subject, rate, now)).unwrap();
                    let expected = model(&mut arrivals[number], rate, now);
                    prop_assert_eq!(told, expected);
                }
                Ok(())
            })
            .unwrap();
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_tries_at_once_as_many_pass_as_may() {
    let app = Arc::new(TestApp::new().await);
    let rate = Rate::parse("10/900").unwrap();
    let now = app.app.clock.now();
    let tries: Vec<_> = (0..64)
        .map(|_| {
            let app = Arc::clone(&app);
            tokio::spawn(async move {
                let subject = subject("test", &["one"]);
                try_once(&app.app.db, &subject, rate, now).await.unwrap()
            })
        })
        .collect();
    let mut passed = 0;
    for tried in tries {
        passed += usize::from(tried.await.unwrap() == Tried::Passed);
    }
    assert_eq!(passed, 10);
}

#[test]
fn subjects_differ_by_purpose_and_by_every_part() {
    let mut all = [
        subject("a", &["b", "c"]),
        subject("a", &["bc"]),
        subject("a", &["b", "", "c"]),
        subject("ab", &["c"]),
        subject("a", &["c", "b"]),
    ];
    all.sort_unstable();
    assert!(all.windows(2).all(|pair| pair[0] != pair[1]));
}
