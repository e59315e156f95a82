//! What is said about a recurring task before it is stored: whether its rule ever fires, and the row of its next
//! occurrence when it is completed. Rows are JSON under the names of the columns, as statements give and take them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use shared_types::id::TaskId;
use shared_types::task::{RecurrenceFrom, TaskContent};
use shared_types::time::When;
use shared_types::validate::FieldError;

use crate::domain::recurrence::{Dates, Rule, Series};
use crate::domain::user_time::UserTime;

/// A rule as it is stored.
///
/// # Errors
/// What is wrong with `recurrence`.
pub fn rule(text: &str) -> Result<String, FieldError> {
    Rule::parse(text)
        .map(|rule| rule.to_string())
        .map_err(refused)
}

/// Brings the rule of a whole task into the form that is stored, if the task has one, with a date to count from.
///
/// The user's zone is not known before the statement that stores it, so whether the rule ever fires is judged by
/// the clock of UTC: that differs only for a UNTIL within hours of the date.
///
/// # Errors
/// What is wrong with `recurrence`.
pub fn settle(content: &mut TaskContent) -> Result<(), FieldError> {
    let Some(text) = &mut content.recurrence else {
        return Ok(());
    };
    let rule = Rule::parse(text).map_err(refused)?;
    *text = rule.to_string();
    let dates = [&content.due_date, &content.deadline, &content.start_date];
    let anchor = dates.into_iter().flatten().next().ok_or_else(no_anchor)?;
    rule.check(anchor, &TimeZone::UTC).map_err(refused)
}

/// A rule needs one of the three dates.
pub fn no_anchor() -> FieldError {
    refused("needs a date to count from; give due_date, deadline or start_date too")
}

/// Refuses a rule that never fires, or fires more often than hourly, from the date of the task whose row this is.
///
/// # Errors
/// What is wrong with `recurrence`.
pub fn check(row: &Value, time: &UserTime) -> Result<(), FieldError> {
    match (row["recurrence"].as_str(), dates(row).anchor()) {
        (Some(text), Some(anchor)) => {
            let rule = Rule::parse(text).map_err(refused)?;
            rule.check(anchor, &time.zone).map_err(refused)
        }
        _ => Ok(()),
    }
}

/// The row of the occurrence that follows when the task whose row this is is completed `now`, under the id `id`;
/// `None` when it does not recur, or no more.
pub fn next(row: &Value, time: &UserTime, now: Timestamp, id: TaskId) -> Option<Value> {
    let dates = dates(row);
    let next = series(row, &dates)?.next(&dates, &time.zone, now)?;
    let mut new = row.clone();
    let fields = [
        ("id", json!(id)),
        ("status", json!("pending")),
        ("due_date", json!(next.dates.due_date)),
        ("deadline", json!(next.dates.deadline)),
        ("start_date", json!(next.dates.start_date)),
        ("snoozed_until", Value::Null),
        ("recurrence", json!(next.series.rule.to_string())),
        ("recurrence_start", json!(next.series.start)),
    ];
    for (name, value) in fields {
        new[name] = value;
    }
    Some(new)
}

/// The series that a task stands in.
fn series(row: &Value, dates: &Dates) -> Option<Series> {
    let start = date(row, "recurrence_start");
    Some(Series {
        rule: Rule::parse(row["recurrence"].as_str()?).ok()?,
        from: RecurrenceFrom::parse(row["recurrence_from"].as_str()?)?,
        start: start.or_else(|| dates.anchor().cloned())?,
    })
}

fn dates(row: &Value) -> Dates {
    Dates {
        due_date: date(row, "due_date"),
        deadline: date(row, "deadline"),
        start_date: date(row, "start_date"),
    }
}

fn date(row: &Value, name: &str) -> Option<When> {
    When::parse(row[name].as_str()?.to_owned()).ok()
}

fn refused(message: impl Into<String>) -> FieldError {
    FieldError {
        field: "recurrence".to_owned(),
        message: message.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Value {
        json!({
            "id": "0198c5a0-0000-7000-8000-0000000000aa", "title": "Water", "status": "completed", "priority": 4,
            "due_date": "2026-11-23", "deadline": "2026-11-25T18:00", "start_date": null,
            "snoozed_until": "2026-11-22T13:00:00Z", "tags": ["home"], "recurrence": "FREQ=WEEKLY;COUNT=2",
            "recurrence_from": "schedule", "recurrence_start": "2026-11-23", "completed_at": "2026-11-23T08:00:00Z"
        })
    }

    fn utc() -> UserTime {
        UserTime::new("UTC", 540, 1020, 31).unwrap()
    }

    const NOW: Timestamp = Timestamp::constant(1_795_420_800, 0); // 2026-11-23T08:00:00Z

    #[test]
    fn the_next_occurrence_is_the_task_again_with_its_dates_moved() {
        let id = TaskId::parse("0198c5a0-0000-7000-8000-0000000000bb").unwrap();
        let next = next(&row(), &utc(), NOW, id).unwrap();
        for (name, value) in [
            ("id", json!(id)),
            ("title", json!("Water")),
            ("status", json!("pending")),
            ("priority", json!(4)),
            ("due_date", json!("2026-11-30")),
            ("deadline", json!("2026-12-02T18:00")),
            ("start_date", json!(null)),
            ("snoozed_until", json!(null)),
            ("tags", json!(["home"])),
            ("recurrence", json!("FREQ=WEEKLY;COUNT=1")),
            ("recurrence_start", json!("2026-11-30")),
        ] {
            assert_eq!(next[name], value, "{name}");
        }
        assert_eq!(
            super::next(&next, &utc(), NOW, id),
            None,
            "that was the last"
        );
    }

    #[test]
    fn a_rule_is_looked_at_from_the_tasks_own_date() {
        assert_eq!(check(&row(), &utc()), Ok(()));
        let mut over = row();
        over["recurrence"] = json!("FREQ=DAILY;UNTIL=20261122");
        assert_eq!(check(&over, &utc()).unwrap_err().field, "recurrence");
        over["recurrence"] = Value::Null;
        assert_eq!(check(&over, &utc()), Ok(()));
    }
}
