//! Arbitrary lists of tasks, preferences and instants for the properties.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::Index;
use shared_types::best::Factor;
use shared_types::id::TaskId;
use shared_types::task::PreferredTime;
use shared_types::time::WhenValue;
use shared_types::weights::Weights;

use super::{at, id, zone};
use crate::domain::ranking::{Answer, Ask, Candidate, Preferences, Ranking, WorkingHours, rank};

const ALL: Ask<'static> = Ask {
    limit: usize::MAX,
    filter: None,
};

/// Clocks that change at night, at midnight, in the evening, by half an hour, by a whole day, and never.
const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Easter",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kolkata",
];

/// A candidate that owns what it links to.
#[derive(Clone, Debug)]
pub(super) struct Owned {
    pub(super) candidate: Candidate<'static>,
    pub(super) depends_on: Vec<TaskId>,
}

#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) now: Timestamp,
    pub(super) preferences: Preferences,
    pub(super) free_minutes: Option<u32>,
    pub(super) tasks: Vec<Owned>,
}

impl World {
    pub(super) fn candidates(&self) -> Vec<Candidate<'_>> {
        let borrow = |task: &'_ Owned| Candidate { ..task.candidate };
        let mut candidates: Vec<Candidate<'_>> = self.tasks.iter().map(borrow).collect();
        for (candidate, task) in candidates.iter_mut().zip(&self.tasks) {
            candidate.depends_on = &task.depends_on;
        }
        candidates
    }

    pub(super) fn ranked<T>(&self, look: impl FnOnce(&Ranking<'_>) -> T) -> T {
        let candidates = self.candidates();
        look(&rank(
            &candidates,
            &self.preferences,
            self.free_minutes,
            self.now,
        ))
    }

    pub(super) fn answer(&self) -> Answer {
        self.ranked(|ranking| ranking.answer(ALL))
    }

    /// The points of each factor for each task that is ranked, with the score last.
    pub(super) fn points(&self) -> Vec<Option<[i32; 10]>> {
        self.ranked(|ranking| {
            let mut points = vec![None; self.tasks.len()];
            for ranked in &ranking.ranked {
                let mut all = [ranked.parts.score(); 10];
                for (place, factor) in Factor::ALL.into_iter().enumerate() {
                    all[place] = ranked.parts.hundredths(factor);
                }
                points[ranked.task] = Some(all);
            }
            points
        })
    }

    /// One of the tasks that are ranked.
    pub(super) fn pick(&self, index: Index) -> Option<usize> {
        let ranked: Vec<usize> =
            self.ranked(|ranking| ranking.ranked.iter().map(|r| r.task).collect());
        (!ranked.is_empty()).then(|| *index.get(&ranked))
    }

    pub(super) fn changed(
        &self,
        task: usize,
        change: impl FnOnce(&mut Candidate<'static>),
    ) -> Self {
        let mut world = self.clone();
        change(&mut world.tasks[task].candidate);
        world
    }
}

pub(super) fn any_time_zone() -> impl Strategy<Value = TimeZone> {
    proptest::sample::select(&ZONES[..]).prop_map(zone)
}

fn any_hours() -> impl Strategy<Value = WorkingHours> {
    let free = (0..1440_u16, 1..=1440_u16, any::<[bool; 7]>())
        .prop_filter_map("no working minute", |(start, end, days)| {
            WorkingHours::new(start, end, days)
        });
    prop_oneof![1 => Just(WorkingHours::default()), 2 => free]
}

/// Now and then nothing counts, so that ties decide.
pub(super) fn any_weights() -> impl Strategy<Value = Weights> {
    let weight = prop_oneof![proptest::sample::select(&[0, 100, 300][..]), 0..=300_u16];
    let any = proptest::array::uniform9(weight);
    prop_oneof![9 => any, 1 => Just([0; 9])]
        .prop_map(|weights| Weights::from_hundredths(weights).unwrap())
}

/// Around a clock change half of the time.
pub(super) fn any_now(zone: &TimeZone) -> impl Strategy<Value = Timestamp> + use<> {
    let zone = zone.clone();
    (
        1_200_000_000..2_000_000_000_i64,
        any::<bool>(),
        -7200..7200_i64,
    )
        .prop_map(move |(second, near, offset)| {
            let some = Timestamp::from_second(second).unwrap();
            let change = zone.following(some).next().filter(|_| near);
            change.map_or(some, |change| {
                change.timestamp() + SignedDuration::from_secs(offset)
            })
        })
}

fn any_when(now: Timestamp) -> impl Strategy<Value = WhenValue> {
    let minutes = prop_oneof![
        3 => -3000..6000_i64,
        1 => -100_000..1_000_000_i64,
        1 => -5_000_000..40_000_000_i64,
    ];
    let near = minutes.prop_map(move |minutes| now + SignedDuration::from_mins(minutes));
    // The first and last that a caller can write, and what is beyond.
    let outermost = [
        at("0000-01-01T00:00:00Z"),
        at("9999-12-30T22:00:00Z"),
        Timestamp::MIN,
        Timestamp::MAX,
    ];
    let instant = prop_oneof![30 => near, 1 => proptest::sample::select(outermost.to_vec())];
    (instant, 0..3_u8).prop_map(move |(instant, form)| {
        let local = instant.to_zoned(TimeZone::UTC).datetime();
        match form {
            0 => WhenValue::Day(local.date()),
            1 => WhenValue::Local(local),
            _ => WhenValue::Instant(instant),
        }
    })
}

fn any_preferred() -> impl Strategy<Value = PreferredTime> {
    use PreferredTime::{Afternoon, Evening, Morning};
    proptest::sample::select(&[Morning, Afternoon, Evening][..])
}

fn any_task(now: Timestamp) -> impl Strategy<Value = Candidate<'static>> {
    let when = || proptest::option::of(any_when(now));
    let rarely = || proptest::option::weighted(0.1, any_when(now));
    let ago = |hours: i64| {
        (-60..hours * 60).prop_map(move |minutes| now - SignedDuration::from_mins(minutes))
    };
    let effort = proptest::option::of(prop_oneof![1..=240_u32, 1..=10_080_u32]);
    (
        (
            any::<bool>(),
            1..=5_u8,
            effort,
            proptest::option::of(any_preferred()),
        ),
        (when(), when(), rarely(), rarely()),
        (proptest::option::of(ago(40)), ago(24 * 900)),
    )
        .prop_map(
            |(
                (started, priority, effort_minutes, preferred_time),
                dates,
                (not_now_at, created_at),
            )| {
                Candidate {
                    started,
                    priority,
                    effort_minutes,
                    preferred_time,
                    due_date: dates.0,
                    deadline: dates.1,
                    start_date: dates.2,
                    snoozed_until: dates.3,
                    not_now_at,
                    ..Candidate::new(id(0), "A task", created_at)
                }
            },
        )
}

/// A parent and two tasks to depend on.
type Links = (Option<Index>, Option<Index>, Option<Index>);

/// Tasks whose links only lead from earlier to later ones, so that there is no cycle.
fn any_tasks(now: Timestamp) -> impl Strategy<Value = Vec<Owned>> {
    let link = || proptest::option::weighted(0.25, any::<Index>());
    let links = (link(), link(), link());
    proptest::collection::vec((any_task(now), links, any::<u32>()), 0..14).prop_map(|drawn| {
        let count = drawn.len();
        let number = |place: usize, salt: u32| id(u128::from(salt) * 100 + place as u128);
        let ids: Vec<TaskId> = drawn
            .iter()
            .enumerate()
            .map(|(place, task)| number(place, task.2))
            .collect();
        let owned = |(place, (candidate, (parent, one, other), _)): (
            usize,
            (Candidate<'static>, Links, u32),
        )| {
            let earlier = |index: Option<Index>| {
                index
                    .filter(|_| place > 0)
                    .map(|index: Index| ids[index.index(place)])
            };
            let later = |index: Index| {
                (place + 1 < count).then(|| ids[place + 1 + index.index(count - place - 1)])
            };
            let parent = parent.and_then(later);
            let depends_on = [earlier(one), earlier(other)]
                .into_iter()
                .flatten()
                .collect();
            Owned {
                candidate: Candidate {
                    id: ids[place],
                    parent,
                    ..candidate
                },
                depends_on,
            }
        };
        drawn.into_iter().enumerate().map(owned).collect()
    })
}

pub(super) fn any_world() -> impl Strategy<Value = World> {
    any_time_zone()
        .prop_flat_map(|zone| (any_now(&zone), Just(zone)))
        .prop_flat_map(|(now, zone)| {
            let free = proptest::option::of(1..=1440_u32);
            (
                any_tasks(now),
                any_hours(),
                any_weights(),
                free,
                Just((now, zone)),
            )
        })
        .prop_map(|(tasks, hours, weights, free_minutes, (now, zone))| World {
            now,
            preferences: Preferences {
                zone,
                hours,
                hours_are_assumed: true,
                weights,
            },
            free_minutes,
            tasks,
        })
}

/// A world with the weights at their defaults.
pub(super) fn default_world() -> impl Strategy<Value = World> {
    any_world().prop_map(|mut world| {
        world.preferences.weights = Weights::default();
        world
    })
}

/// The ids that a task unblocks, found by walking.
pub(super) fn reached(tasks: &[Candidate<'_>], from: TaskId) -> Vec<TaskId> {
    let mut found = Vec::new();
    let mut left = vec![from];
    while let Some(next) = left.pop() {
        let parent = tasks
            .iter()
            .find(|task| task.id == next)
            .and_then(|task| task.parent);
        let dependants = tasks
            .iter()
            .filter(|task| task.depends_on.contains(&next))
            .map(|task| task.id);
        for id in dependants.chain(parent) {
            if !found.contains(&id) {
                found.push(id);
                left.push(id);
            }
        }
    }
    found
}
