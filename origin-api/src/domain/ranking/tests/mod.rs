//! The ranking as a whole: its figures, its properties and its words.

mod figures;
mod presets;
mod properties;
mod texts;
mod worlds;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use shared_types::id::TaskId;
use shared_types::weights::Weights;

use super::{Preferences, WorkingHours};

/// Random cases for each property, so that all of them together see tens of thousands.
const CASES: u32 = 1024;

/// A Friday.
const NOW: &str = "2026-11-20T10:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}

fn id(number: u128) -> TaskId {
    TaskId(uuid::Uuid::from_u128(number))
}

fn preferences(zone: TimeZone) -> Preferences {
    Preferences {
        zone,
        hours: WorkingHours::default(),
        hours_are_assumed: false,
        weights: Weights::default(),
    }
}
