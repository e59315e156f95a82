//! Statistics on the wire.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use crate::project::Project;

/// What was done, and what is left, as answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stats {
    /// The user's zone, in which days are counted.
    pub time_zone: String,
    /// The last 30 days up to today, the earliest first.
    pub completed_by_day: Vec<CompletedOnDay>,
    /// Days in a row on which something was completed, up to today or, while nothing was completed today, yesterday.
    /// A day off on which nothing was completed is passed over.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub streak_days: i64,
    /// How many open tasks there are of each priority, `1` to `5`.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, i64>))]
    pub open_by_priority: BTreeMap<u8, i64>,
    /// How many open tasks are overdue.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub overdue: i64,
    /// Every project by name.
    pub by_project: Vec<Project>,
    /// How long tasks took, from the last start to being done, against their estimate: 2 is twice as long. The median
    /// of the tasks with an estimate that were started and completed within the last 30 days; null without any.
    #[cfg_attr(feature = "openapi", schema(required, minimum = 0))]
    pub estimate_ratio: Option<f64>,
}

/// What was completed on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompletedOnDay {
    /// The day in the user's zone.
    #[serde(serialize_with = "as_text")]
    pub day: Date,
    /// How many tasks.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub count: i64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde gives it by reference"
)]
fn as_text<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn statistics_are_answered_as_the_contract_says() {
        let stats = Stats {
            time_zone: "Europe/Berlin".to_owned(),
            completed_by_day: vec![CompletedOnDay {
                day: jiff::civil::date(2026, 11, 22),
                count: 3,
            }],
            streak_days: 4,
            open_by_priority: BTreeMap::from([(1, 0), (5, 2)]),
            overdue: 1,
            by_project: vec![Project {
                name: "House".to_owned(),
                archived: false,
                open: 1,
                overdue: 1,
                completed: 0,
            }],
            estimate_ratio: Some(1.25),
        };
        assert_eq!(
            json!(stats),
            json!({
                "time_zone": "Europe/Berlin", "completed_by_day": [{"day": "2026-11-22", "count": 3}],
                "streak_days": 4, "open_by_priority": {"1": 0, "5": 2}, "overdue": 1,
                "by_project": [{"name": "House", "archived": false, "open": 1, "overdue": 1, "completed": 0}],
                "estimate_ratio": 1.25
            })
        );
    }
}
