//! Every field through every way of writing it: what is answered, what clears it and what is refused.

use serde_json::{Value, json};

use super::{ID, PATH, created, path, task};
use crate::support::TestApp;

#[tokio::test]
async fn null_clears_every_field_that_can_be_without_a_value() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let (parent, blocker) = (task(&ada, "Parent").await, task(&ada, "Blocker").await);
    let full = json!({
        "title": "Full", "description": "d", "due_date": "2026-11-30", "deadline": "2026-12-01",
        "start_date": "2026-11-01", "snoozed_until": "2026-11-29", "effort_estimate_minutes": 1, "tags": ["a"],
        "project": "Garden", "preferred_time": "morning", "recurrence_from": "completion",
        "parent_id": parent["id"], "depends_on": [blocker["id"]]
    });
    let before = created(&ada, &full).await;
    let bare = task(&ada, "Bare").await;
    for field in full.as_object().unwrap().keys() {
        assert_eq!(before[field], full[field], "{field}");
        let body = json!({ field: null });
        let response = ada.patch(&path(&before), &body).await;
        if field == "title" {
            assert_eq!(response.invalid_fields(), [field.as_str()]);
        } else {
            assert_eq!(response.expect(200)[field], bare[field], "{field}");
            // In a creation and a replacement, null is as good as leaving it out.
            let new = json!({"title": "New", field: null});
            assert_eq!(created(&ada, &new).await[field], bare[field], "{field}");
            assert_eq!(
                ada.put(&path(&before), &new).await.expect(200)[field],
                bare[field],
                "{field}"
            );
        }
    }
}

/// Each field with values that may be written, and values that may not.
fn limits() -> Vec<(&'static str, Value, Value)> {
    let long = |count: usize| "ü".repeat(count);
    let many = |count: usize| {
        (0..count)
            .map(|number| number.to_string())
            .collect::<Vec<_>>()
    };
    vec![
        (
            "title",
            json!([long(256), " x "]),
            json!([long(257), "", "  ", 1, "a\u{0}"]),
        ),
        (
            "description",
            json!([long(10_000), ""]),
            json!([long(10_001), 1, "a\u{0}"]),
        ),
        ("priority", json!([1, 5]), json!([0, 6, 2.5, "3"])),
        (
            "status",
            json!(["in_progress", "pending"]),
            json!(["done", "snoozed", "blocked", 1]),
        ),
        (
            "effort_estimate_minutes",
            json!([1, 10_080]),
            json!([0, 10_081, 1.5, "5", -1]),
        ),
        (
            "tags",
            json!([many(20), many(20).join(","), [long(50)], "a, b ,a", []]),
            json!([
                many(21),
                many(21).join(","),
                [long(51)],
                ["a,b"],
                [""],
                [1],
                1,
                ["\u{0}"]
            ]),
        ),
        (
            "project",
            json!([long(100), " Garden "]),
            json!([long(101), "", " ", 1]),
        ),
        (
            "preferred_time",
            json!(["morning", "afternoon", "evening"]),
            json!(["noon", 1]),
        ),
        (
            "recurrence_from",
            json!(["schedule", "completion"]),
            json!(["due", 1]),
        ),
        (
            "due_date",
            json!(["2024-02-29"]),
            json!([
                "2026-02-29",
                "",
                1,
                "0000-01-01",
                "10000-01-01",
                "2026-11-30 17:00",
                "2026-11-30T17:00z"
            ]),
        ),
        (
            "deadline",
            json!(["2024-02-29"]),
            json!(["2026-02-29", "tomorrow", "2026-11-30T24:00"]),
        ),
        (
            "start_date",
            json!(["2024-02-29"]),
            json!(["2026-02-29", "2026-11-30T17:00+24:00"]),
        ),
        (
            "snoozed_until",
            json!(["2024-02-29"]),
            json!(["2026-02-29", "2026-11-30T17:00:00.1234567890Z"]),
        ),
        ("parent_id", json!([]), json!([1, "x", [ID]])),
        ("depends_on", json!([[]]), json!([1, ID, [1], ["x"]])),
        ("overdue", json!([]), json!([false])),
        ("completed_at", json!([]), json!([null, "2026-11-30"])),
        ("next_occurrence_id", json!([]), json!([null, ID])),
        ("not_now_at", json!([]), json!([null])),
        ("deleted_at", json!([]), json!([null])),
        ("user_id", json!([]), json!([ID])),
    ]
}

#[tokio::test]
async fn the_limits_of_each_field_hold_in_every_way_of_writing_it() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let other = task(&ada, "Other").await;
    for (field, good, bad) in limits() {
        let body = |value: &Value| {
            let mut body = json!({"title": "T"});
            body[field] = value.clone();
            body
        };
        for value in good.as_array().unwrap() {
            ada.post(PATH, &body(value)).await.expect(201);
            ada.patch(&path(&other), &body(value)).await.expect(200);
            ada.put(&path(&other), &body(value)).await.expect(200);
        }
        for value in bad.as_array().unwrap() {
            for refused in [
                ada.post(PATH, &body(value)).await,
                ada.patch(&path(&other), &body(value)).await,
                ada.put(&path(&other), &body(value)).await,
            ] {
                assert_eq!(refused.invalid_fields(), [field], "{value}");
            }
        }
    }
}

#[tokio::test]
async fn tags_are_an_array_or_a_string_with_commas() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (given, answered) in [
        (json!("home, Büro,,home "), json!(["home", "Büro"])),
        (json!([" home", "Home", "home"]), json!(["home", "Home"])),
        (json!(""), json!([])),
    ] {
        let body = json!({"title": "T", "tags": given});
        let posted = created(&ada, &body).await;
        assert_eq!(posted["tags"], answered, "{given}");
        let other = task(&ada, "Other").await;
        assert_eq!(
            ada.patch(&path(&other), &body).await.expect(200)["tags"],
            answered,
            "{given}"
        );
        assert_eq!(
            ada.put(&path(&other), &body).await.expect(200)["tags"],
            answered,
            "{given}"
        );
    }
}
