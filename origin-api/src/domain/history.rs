//! What the history shows of a change of one task: the fields that changed. Rows are JSON under the names of the
//! columns, as the history keeps them.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use shared_types::time::rfc3339_millis;

/// The columns that are shown, under the names that they have on the wire too. What is derived, what only the server
/// looks at, and what every change changes (version, `updated_at`) is not.
const SHOWN: [&str; 18] = [
    "title",
    "description",
    "status",
    "priority",
    "due_date",
    "deadline",
    "start_date",
    "snoozed_until",
    "effort_estimate_minutes",
    "tags",
    "project",
    "preferred_time",
    "recurrence",
    "recurrence_from",
    "parent_id",
    "depends_on",
    "completed_at",
    "created_at",
];

/// Fields of a task; `None` where there was no task.
pub type Shown = Option<Map<String, Value>>;

/// What is shown of a task that had this row before the change, if it was there, and this one after it: where it was
/// there both times what differs, else all.
pub fn shown(before: Option<&Value>, after: Option<&Value>) -> (Shown, Shown) {
    let (before, after) = (
        before.filter(|row| is_there(row)),
        after.filter(|row| is_there(row)),
    );
    let side = |row: Option<&Value>, other: Option<&Value>| {
        let fields = SHOWN.iter().filter_map(|&name| {
            let value = &row?[name];
            let is_same = other.is_some_and(|other| other[name] == *value);
            (!is_same).then(|| (name.to_owned(), written(value, name)))
        });
        row.map(|_| fields.collect())
    };
    (side(before, after), side(after, before))
}

fn is_there(row: &Value) -> bool {
    row.is_object() && row["deleted_at"].is_null()
}

/// A value as the API writes it: PostgreSQL writes instants in another form.
fn written(value: &Value, name: &str) -> Value {
    let at = || value.as_str()?.parse::<Timestamp>().ok();
    if name.ends_with("_at")
        && let Some(at) = at()
    {
        return json!(rfc3339_millis(at));
    }
    value.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(title: &str, deleted_at: &Value) -> Value {
        json!({
            "user_id": "u", "title": title, "priority": 3, "tags": [], "version": 4,
            "updated_at": "2026-11-22T12:00:00+00:00", "created_at": "2026-11-22T12:00:00.12+00:00",
            "completed_at": null, "deleted_at": deleted_at,
        })
    }

    #[test]
    fn of_a_task_that_stays_only_what_changed_is_shown() {
        let (old, mut new) = (row("Old", &Value::Null), row("New", &Value::Null));
        new["completed_at"] = json!("2026-11-23T00:00:00+00:00");
        new["version"] = json!(5);
        let (before, after) = shown(Some(&old), Some(&new));
        assert_eq!(
            json!([before, after]),
            json!([
                {"title": "Old", "completed_at": null},
                {"title": "New", "completed_at": "2026-11-23T00:00:00.000Z"},
            ])
        );
        assert_eq!(
            shown(Some(&old), Some(&old)),
            (Some(Map::new()), Some(Map::new()))
        );
    }

    #[test]
    fn a_task_that_comes_or_goes_is_shown_whole() {
        let (there, gone) = (
            row("x", &Value::Null),
            row("x", &json!("2026-11-24T00:00:00Z")),
        );
        for (before, after) in [
            (None, Some(&there)),
            (Some(&gone), Some(&there)),
            (Some(&Value::Null), Some(&there)),
        ] {
            let (was, is) = shown(before, after);
            assert_eq!(was, None);
            assert_eq!(shown(after, before), (is.clone(), None));
            let is = is.unwrap();
            assert_eq!(is.len(), SHOWN.len());
            assert_eq!(is["created_at"], "2026-11-22T12:00:00.120Z");
            for hidden in ["user_id", "version", "updated_at", "deleted_at"] {
                assert!(!is.contains_key(hidden), "{hidden}");
            }
        }
        assert_eq!(shown(None, Some(&gone)), (None, None));
    }
}
