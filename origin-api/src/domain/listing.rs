//! What a list of tasks is asked for: filters, order, and where a page goes on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared_types::id::TaskId;
use shared_types::task::ReadStatus;
use shared_types::time::{When, WhenValue};

use crate::domain::ranking::start_of;
use crate::domain::user_time::UserTime;

/// Which tasks; none of these says all but the deleted ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// With one of these statuses, as read.
    pub status: Vec<ReadStatus>,
    /// With this tag.
    pub tag: Option<String>,
    /// Of this project.
    pub project: Option<String>,
    /// Subtasks of this task.
    pub parent_id: Option<TaskId>,
    /// With this priority or a higher one.
    pub priority_min: Option<u8>,
    /// Due before this date: a day, before it begins.
    pub due_before: Option<When>,
    /// Due after this date: a day, after it ends.
    pub due_after: Option<When>,
}

/// What the filters look at in a task.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// As read.
    pub status: ReadStatus,
    /// Its tags.
    pub tags: Vec<&'a str>,
    /// Its project.
    pub project: Option<&'a str>,
    /// The task that it is a subtask of.
    pub parent_id: Option<TaskId>,
    /// Its priority.
    pub priority: u8,
    /// When the user plans to have it done.
    pub due_date: Option<WhenValue>,
}

/// What tasks are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// When it was created.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// Its priority.
    Priority,
    /// Its due date; those without one come last both ways.
    DueDate,
    /// Its score as of the first page; open tasks only, hidden ones last both ways.
    Score,
}

/// An order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// The highest first; ids, too, descend.
    pub descending: bool,
}

/// The last task of a page: its key, and its id among those of the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// A priority, or microseconds since 1970; `None` without a date.
    pub key: Option<i64>,
    /// Its id.
    pub id: TaskId,
}

impl Default for Sort {
    /// The newest first.
    fn default() -> Self {
        Self {
            key: SortKey::CreatedAt,
            descending: true,
        }
    }
}

impl Sort {
    /// Reads `due_date`, or `-due_date` for descending.
    pub fn parse(text: &str) -> Option<Self> {
        let (descending, key) = match text.strip_prefix('-') {
            Some(key) => (true, key),
            None => (false, text),
        };
        let key = match key {
            "created_at" => SortKey::CreatedAt,
            "updated_at" => SortKey::UpdatedAt,
            "priority" => SortKey::Priority,
            "due_date" => SortKey::DueDate,
            "score" => SortKey::Score,
            _ => return None,
        };
        Some(Self { key, descending })
    }
}

impl Filter {
    /// Whether every task passes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a completed task cannot pass.
    pub fn is_open_only(&self) -> bool {
        !self.status.is_empty() && !self.status.contains(&ReadStatus::Completed)
    }

    /// The day from whose beginning on a task is due after [`Filter::due_after`], where that is a day.
    pub fn day_after(&self) -> Option<String> {
        match self.due_after.as_ref()?.value() {
            WhenValue::Day(day) => day.tomorrow().ok().map(|next| next.to_string()),
            WhenValue::Local(_) | WhenValue::Instant(_) => None,
        }
    }

    /// Whether a task passes, as the statement of the list says it: for tasks that were read already.
    pub fn passes(&self, task: &Facts<'_>, time: &UserTime) -> bool {
        (self.status.is_empty() || self.status.contains(&task.status))
            && (self.tag.as_deref()).is_none_or(|tag| task.tags.contains(&tag))
            && (self.project.as_deref()).is_none_or(|project| task.project == Some(project))
            && (self.parent_id).is_none_or(|parent| task.parent_id == Some(parent))
            && (self.priority_min).is_none_or(|least| task.priority >= least)
            && self.is_due_between(task.due_date, time)
    }

    /// A day is due with its end, which may be the first instant of the next.
    fn is_due_between(&self, due_date: Option<WhenValue>, time: &UserTime) -> bool {
        if self.due_before.is_none() && self.due_after.is_none() {
            return true;
        }
        let Some(due) = due_date else {
            return false;
        };
        let is_day = matches!(due, WhenValue::Day(_));
        let due_at = time.passes_at(due);
        let begins = |date: &When| start_of(date.value(), &time.zone);
        let is_before = |bound: Timestamp| due_at < bound || (due_at == bound && is_day);
        let is_after = |after: &When| match self.day_after() {
            Some(next) => When::parse(next).is_ok_and(|next| !is_before(begins(&next))),
            None => due_at > begins(after),
        };
        self.due_before
            .as_ref()
            .is_none_or(|before| is_before(begins(before)))
            && self.due_after.as_ref().is_none_or(is_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minus_means_descending() {
        assert_eq!(
            Sort::parse("-due_date"),
            Some(Sort {
                key: SortKey::DueDate,
                descending: true
            })
        );
        assert_eq!(
            Sort::parse("score"),
            Some(Sort {
                key: SortKey::Score,
                descending: false
            })
        );
        for bad in ["", "-", "--score", "+score", "title", "Score", " score"] {
            assert_eq!(Sort::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn completed_tasks_are_left_out_only_where_the_status_says_so() {
        let filter = |status: &[ReadStatus]| Filter {
            status: status.to_vec(),
            ..Filter::default()
        };
        assert!(!filter(&[]).is_open_only());
        assert!(filter(&[ReadStatus::Blocked, ReadStatus::Pending]).is_open_only());
        assert!(!filter(&[ReadStatus::Pending, ReadStatus::Completed]).is_open_only());
    }
}
