//! "What should I do next?": the answer's shape on the wire (contract.md, "Shapes").

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::id::TaskId;
use crate::task::Task;
use crate::time;

/// One term of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// How soon the task, or what it unblocks, must be done.
    Urgency,
    /// The priority of the task, or of what it unblocks.
    Importance,
    /// Whether it fits the time that is free.
    Fit,
    /// How many open tasks wait for it.
    Unblocks,
    /// Whether it is in progress.
    Started,
    /// Whether it is the preferred time of day.
    TimeOfDay,
    /// How small it is.
    Small,
    /// How long it has been open.
    Age,
    /// Whether the user put it off lately.
    NotNow,
}

impl Factor {
    /// Every factor, in the order in which an answer lists them.
    pub const ALL: [Self; 9] = [
        Self::Urgency,
        Self::Importance,
        Self::Fit,
        Self::Unblocks,
        Self::Started,
        Self::TimeOfDay,
        Self::Small,
        Self::Age,
        Self::NotNow,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Urgency => "urgency",
            Self::Importance => "importance",
            Self::Fit => "fit",
            Self::Unblocks => "unblocks",
            Self::Started => "started",
            Self::TimeOfDay => "time_of_day",
            Self::Small => "small",
            Self::Age => "age",
            Self::NotNow => "not_now",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.as_str() == name)
    }
}

/// Hundredths of a point, written as points with two decimals at most, so that parts add up exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Points(pub i32);

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 100.0)
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Best {
    /// The best task; none when nothing can be done now.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub task: Option<Task>,
    /// Its score.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, required))]
    pub score: Option<Points>,
    /// Why it is the best, or why there is none.
    pub explanation: String,
    /// What its score is made of.
    pub parts: Vec<Part>,
    /// The runners-up, best first.
    pub alternatives: Vec<Alternative>,
    /// What is hidden.
    pub hidden: Hidden,
    /// How many tasks there are.
    pub counts: Counts,
    /// What had to be assumed, in sentences.
    pub assumptions: Vec<String>,
    /// The earliest instant at which, without a write, the gate that hides a task opens.
    #[serde(serialize_with = "time::serialize_option")]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub next_change_at: Option<Timestamp>,
    /// The version of the formula.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1))]
    pub ranking_version: u8,
}

/// One part of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Part {
    /// Which.
    pub factor: Factor,
    /// What it gives.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub points: Points,
    /// The most that it could give; none without a limit.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, required))]
    pub max: Option<Points>,
    /// Why, with the real figures.
    pub because: String,
}

/// A runner-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Alternative {
    /// The task.
    pub task: Task,
    /// Its score.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub score: Points,
    /// How far behind it is, and on what.
    pub explanation: String,
    /// What its score is made of.
    pub parts: Vec<Part>,
    /// The smallest change that would put it first.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub would_win_if: Option<String>,
}

/// The hidden tasks, each counted under one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hidden {
    /// Not to be seen before some instant.
    pub snoozed: u32,
    /// With a start date ahead.
    pub not_started_yet: u32,
    /// Held up by an open task.
    pub blocked: u32,
    /// With subtasks to be done first.
    pub has_open_subtasks: u32,
    /// The first that can be done by time alone.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub next_to_wake: Option<NextToWake>,
}

/// A hidden task, and when it can be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextToWake {
    /// The task.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub id: TaskId,
    /// Its title.
    pub title: String,
    /// When it wakes.
    #[serde(serialize_with = "time::serialize")]
    pub at: Timestamp,
}

/// How many tasks there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counts {
    /// Ranked and hidden together.
    pub open: u32,
    /// Those whose deadline, or else due date, is past.
    pub overdue: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_has_one_name() {
        for factor in Factor::ALL {
            assert_eq!(serde_json::json!(factor), factor.as_str());
            assert_eq!(Factor::parse(factor.as_str()), Some(factor));
        }
        assert_eq!(Factor::parse("Urgency"), None);
    }

    #[test]
    fn an_answer_is_written_in_the_order_and_form_of_the_contract() {
        let at: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
        let part = |factor, points, max| Part {
            factor,
            points: Points(points),
            max,
            because: "…".to_owned(),
        };
        let best = Best {
            task: None,
            score: Some(Points(4850)),
            explanation: String::new(),
            parts: vec![
                part(Factor::TimeOfDay, 300, Some(Points(600))),
                part(Factor::Age, 7, None),
                part(Factor::NotNow, -1261, Some(Points(0))),
            ],
            alternatives: vec![],
            hidden: Hidden {
                snoozed: 1,
                next_to_wake: Some(NextToWake {
                    id: TaskId::parse("0198c5a0-0000-7000-8000-0000000000aa").unwrap(),
                    title: "Nap".to_owned(),
                    at,
                }),
                ..Hidden::default()
            },
            counts: Counts {
                open: 1,
                overdue: 0,
            },
            assumptions: vec![],
            next_change_at: Some(at),
            ranking_version: 1,
        };
        assert_eq!(
            serde_json::to_string(&best).unwrap(),
            r#"{"task":null,"score":48.5,"explanation":"","parts":[{"factor":"time_of_day","points":3.0,"max":6.0,"because":"…"},{"factor":"age","points":0.07,"max":null,"because":"…"},{"factor":"not_now","points":-12.61,"max":0.0,"because":"…"}],"alternatives":[],"hidden":{"snoozed":1,"not_started_yet":0,"blocked":0,"has_open_subtasks":0,"next_to_wake":{"id":"0198c5a0-0000-7000-8000-0000000000aa","title":"Nap","at":"2026-11-23T08:00:00.000Z"}},"counts":{"open":1,"overdue":0},"assumptions":[],"next_change_at":"2026-11-23T08:00:00.000Z","ranking_version":1}"#
        );
    }
}
