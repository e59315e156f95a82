//! How long one ranking takes, from the open tasks to the answer in words: 1,000 tasks are to take under 2 ms and
//! 10,000 under 20 ms. Run by `scripts/bench ranking`.
//!
//! The tasks are the same in every run: most have a date, some a snooze, a start date, a parent or dependencies.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark fails by a panic that names its line"
)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};
use origin_api::domain::ranking::{Ask, Candidate, Preferences, WorkingHours, preview, rank};
use shared_types::id::TaskId;
use shared_types::task::PreferredTime;
use shared_types::time::WhenValue;
use shared_types::weights::Preset;
use uuid::Uuid;

/// A Friday, at 11:00 in Berlin.
const NOW: &str = "2026-11-20T10:00:00Z";
const ZONE: &str = "Europe/Berlin";
const ASK: Ask<'static> = Ask {
    limit: 3,
    filter: None,
};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let now: Timestamp = NOW.parse().unwrap();
    let preferences = Preferences {
        zone: TimeZoneDatabase::bundled().get(ZONE).unwrap(),
        hours: WorkingHours::default(),
        hours_are_assumed: false,
        weights: Preset::DeadlinesFirst.weights(),
    };
    let mut group = criterion.benchmark_group("ranking");
    for count in [100, 1_000, 10_000] {
        let links = links(count);
        let tasks = tasks(&links, now, &preferences.zone);
        group.bench_function(BenchmarkId::new("best", count), |bencher| {
            bencher.iter(|| {
                let ranking = rank(black_box(&tasks), &preferences, Some(90), now);
                ranking.answer(ASK)
            });
        });
        group.bench_function(BenchmarkId::new("preview", count), |bencher| {
            let weights = Preset::QuickWins.weights();
            bencher.iter(|| preview(black_box(&tasks), &preferences, weights, None, now));
        });
    }
    group.finish();
    criterion.final_summary();
}

/// Only tasks of the same so many are linked with each other.
const GROUP: usize = 25;

/// What each task depends on: every eighth on one or two of those before it.
fn links(count: usize) -> Vec<Vec<TaskId>> {
    let mut random = Random(1);
    (0..count)
        .map(|place| {
            let before = place % GROUP;
            let links = match place % 16 {
                7 if before > 0 => 1,
                15 if before > 0 => 2,
                _ => 0,
            };
            (0..links)
                .map(|_| task_id(place - 1 - random.below(before)))
                .collect()
        })
        .collect()
}

fn tasks<'a>(links: &'a [Vec<TaskId>], now: Timestamp, zone: &TimeZone) -> Vec<Candidate<'a>> {
    let mut random = Random(2);
    let one_in = |chance: usize, random: &mut Random| random.below(chance) == 0;
    links
        .iter()
        .enumerate()
        .map(|(place, depends_on)| {
            let date = |random: &mut Random| {
                let minutes = i64::try_from(random.below(90 * 1440)).unwrap() - 10 * 1440;
                let at = now + SignedDuration::from_mins(minutes);
                match random.below(3) {
                    0 => WhenValue::Instant(at),
                    1 => WhenValue::Local(zone.to_datetime(at)),
                    _ => WhenValue::Day(zone.to_datetime(at).date()),
                }
            };
            let ago = |random: &mut Random, days: usize| {
                now - SignedDuration::from_mins(i64::try_from(random.below(days * 1440)).unwrap())
            };
            Candidate {
                started: one_in(20, &mut random),
                priority: u8::try_from(random.below(5) + 1).unwrap(),
                due_date: one_in(2, &mut random).then(|| date(&mut random)),
                deadline: one_in(4, &mut random).then(|| date(&mut random)),
                start_date: one_in(12, &mut random).then(|| date(&mut random)),
                snoozed_until: one_in(12, &mut random).then(|| date(&mut random)),
                effort_minutes: one_in(2, &mut random)
                    .then(|| u32::try_from(random.below(480) + 5).unwrap()),
                preferred_time: one_in(5, &mut random)
                    .then(|| PreferredTime::ALL[random.below(PreferredTime::ALL.len())]),
                // A parent comes after its subtasks, and no task depends on a later one: there is no cycle.
                parent: (matches!(place % 5, 1 | 2) && place % GROUP < GROUP - 5)
                    .then(|| task_id(place / 5 * 5 + 5)),
                depends_on,
                not_now_at: one_in(15, &mut random).then(|| ago(&mut random, 2)),
                ..Candidate::new(
                    task_id(place),
                    "Write the quarterly report",
                    ago(&mut random, 400),
                )
            }
        })
        .collect()
}

fn task_id(place: usize) -> TaskId {
    TaskId(Uuid::from_u128(place as u128))
}

/// The same numbers in every run (`SplitMix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((word ^ (word >> 31)) >> 1).unwrap() % limit
    }
}
