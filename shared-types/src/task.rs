//! The task: its shape on the wire and the rules of its fields (contract.md, "Shapes").

mod fields;
#[cfg(feature = "openapi")]
pub mod schema;

use jiff::Timestamp;
use serde::Serialize;

use crate::id::TaskId;
use crate::page::Page;
use crate::patch::Patch;
use crate::time::{self, When};

pub use self::fields::{project, snooze_hours, tag};

/// A closed set of names on the wire and in the database.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// Reads a name.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use names;

names! {
    /// The status that is stored, and may be written. What is derived (snoozed, blocked) never is.
    Status {
        /// Open, not begun.
        Pending = "pending",
        /// Open, begun.
        InProgress = "in_progress",
        /// Done.
        Completed = "completed",
    }
}

names! {
    /// The status as it is read.
    ReadStatus {
        /// Open, not begun.
        Pending = "pending",
        /// Open, begun.
        InProgress = "in_progress",
        /// Done.
        Completed = "completed",
        /// Open, and hidden until `snoozed_until`.
        Snoozed = "snoozed",
        /// Open, and waiting for an open task in `depends_on`.
        Blocked = "blocked",
    }
}

names! {
    /// The part of the day in which a task is best done, in the user's zone.
    PreferredTime {
        /// 06:00 to 12:00.
        Morning = "morning",
        /// 12:00 to 18:00.
        Afternoon = "afternoon",
        /// 18:00 to 22:00.
        Evening = "evening",
    }
}

names! {
    /// What the next occurrence of a recurring task is counted from.
    RecurrenceFrom {
        /// The dates of the rule.
        Schedule = "schedule",
        /// The completion of this one.
        Completion = "completion",
    }
}

impl Status {
    /// The status as it is read: a snooze hides an open task, and wins over what blocks it.
    pub const fn read(self, is_snoozed: bool, is_blocked: bool) -> ReadStatus {
        match self {
            Self::Completed => ReadStatus::Completed,
            _ if is_snoozed => ReadStatus::Snoozed,
            _ if is_blocked => ReadStatus::Blocked,
            Self::Pending => ReadStatus::Pending,
            Self::InProgress => ReadStatus::InProgress,
        }
    }
}

/// A task as it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    /// UUIDv7.
    pub id: TaskId,
    /// 1–256 characters, as typed.
    pub title: String,
    /// Up to 10,000 characters.
    pub description: Option<String>,
    /// As read.
    pub status: ReadStatus,
    /// 1 (nice to have) to 5 (urgent).
    pub priority: u8,
    /// When the user plans to have it done, in the form given.
    pub due_date: Option<When>,
    /// When it stops being useful, in the form given.
    pub deadline: Option<When>,
    /// Not before this, in the form given.
    pub start_date: Option<When>,
    /// Hidden until this, in the form given.
    pub snoozed_until: Option<When>,
    /// Minutes, 1–10,080.
    pub effort_estimate_minutes: Option<u16>,
    /// Up to 20 of 1–50 characters.
    pub tags: Vec<String>,
    /// 1–100 characters.
    pub project: Option<String>,
    /// The part of the day in which it is best done.
    pub preferred_time: Option<PreferredTime>,
    /// An RFC 5545 recurrence rule.
    pub recurrence: Option<String>,
    /// What the next occurrence is counted from.
    pub recurrence_from: RecurrenceFrom,
    /// The task that it is a subtask of.
    pub parent_id: Option<TaskId>,
    /// The tasks that must be done before it; those that are completed or gone hold nothing up.
    pub depends_on: Vec<TaskId>,
    /// Open, and past its deadline, or else its due date.
    pub overdue: bool,
    /// When it was completed.
    #[serde(serialize_with = "time::serialize_option")]
    pub completed_at: Option<Timestamp>,
    /// When it was created.
    #[serde(serialize_with = "time::serialize")]
    pub created_at: Timestamp,
    /// When it last changed.
    #[serde(serialize_with = "time::serialize")]
    pub updated_at: Timestamp,
    /// Rises with every change of this task; part of its `ETag`.
    pub version: i64,
}

/// One page of a list of tasks.
pub type TaskPage = Page<Task>;

/// The answer to a completion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CompletedTask {
    /// The task that was completed.
    #[serde(flatten)]
    pub task: Task,
    /// The task that comes after it, when it recurs.
    pub next_occurrence: Option<Task>,
}

/// The content of a task: what a creation gives, and what a PUT puts in its place (missing = default).
///
/// Written as JSON, its fields have the names of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TaskContent {
    /// See [`Task::title`].
    pub title: String,
    /// See [`Task::description`].
    pub description: Option<String>,
    /// Default `pending`.
    pub status: Status,
    /// Default 3.
    pub priority: u8,
    /// See [`Task::due_date`].
    pub due_date: Option<When>,
    /// See [`Task::deadline`].
    pub deadline: Option<When>,
    /// See [`Task::start_date`].
    pub start_date: Option<When>,
    /// See [`Task::snoozed_until`].
    pub snoozed_until: Option<When>,
    /// Minutes.
    pub effort_estimate_minutes: Option<u16>,
    /// Default none.
    pub tags: Vec<String>,
    /// See [`Task::project`].
    pub project: Option<String>,
    /// See [`Task::preferred_time`].
    pub preferred_time: Option<PreferredTime>,
    /// See [`Task::recurrence`]; whether the rule is one is for the origin to say.
    pub recurrence: Option<String>,
    /// Default `schedule`.
    pub recurrence_from: RecurrenceFrom,
    /// See [`Task::parent_id`].
    pub parent_id: Option<TaskId>,
    /// Default none; up to 50.
    pub depends_on: Vec<TaskId>,
}

/// The body of a creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTask {
    /// The client's own UUIDv7, when it gives one.
    pub id: Option<TaskId>,
    /// All else.
    pub content: TaskContent,
}

/// The body of a PATCH: what is absent stays.
///
/// Written as JSON, it has the fields that change, under the names of the columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TaskPatch {
    /// Cannot be cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `null` clears.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub description: Patch<String>,
    /// Cannot be cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Cannot be cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// `null` clears.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub due_date: Patch<When>,
    /// `null` clears.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub deadline: Patch<When>,
    /// `null` clears.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub start_date: Patch<When>,
    /// `null` clears.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub snoozed_until: Patch<When>,
    /// `null` clears.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub effort_estimate_minutes: Patch<u16>,
    /// `null` leaves none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// `null` clears.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub project: Patch<String>,
    /// `null` clears.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub preferred_time: Patch<PreferredTime>,
    /// `null` clears.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub recurrence: Patch<String>,
    /// `null` is `schedule`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recurrence_from: Option<RecurrenceFrom>,
    /// `null` clears.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub parent_id: Patch<TaskId>,
    /// `null` leaves none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<Vec<TaskId>>,
}

/// The body of a completion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Complete {
    /// Whether its open subtasks are completed with it.
    pub cascade: bool,
}

/// The body of a snooze: one of the two, or neither.
#[derive(Clone, Debug, PartialEq)]
pub struct Snooze {
    /// Until a date.
    pub until: Option<When>,
    /// For some hours from now, over 0 and up to a year.
    pub hours: Option<f64>,
}

/// A replacement is a patch that names every field.
impl From<TaskContent> for TaskPatch {
    fn from(content: TaskContent) -> Self {
        fn whole<T>(value: Option<T>) -> Patch<T> {
            value.map_or(Patch::Null, Patch::Value)
        }
        Self {
            title: Some(content.title),
            description: whole(content.description),
            status: Some(content.status),
            priority: Some(content.priority),
            due_date: whole(content.due_date),
            deadline: whole(content.deadline),
            start_date: whole(content.start_date),
            snoozed_until: whole(content.snoozed_until),
            effort_estimate_minutes: whole(content.effort_estimate_minutes),
            tags: Some(content.tags),
            project: whole(content.project),
            preferred_time: whole(content.preferred_time),
            recurrence: whole(content.recurrence),
            recurrence_from: Some(content.recurrence_from),
            parent_id: whole(content.parent_id),
            depends_on: Some(content.depends_on),
        }
    }
}

#[cfg(test)]
mod tests;
