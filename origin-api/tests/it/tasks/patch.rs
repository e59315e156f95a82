//! `PATCH /api/tasks/{id}`

use axum::http::Method;
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::{PATH, counters, path, stored, task};
use crate::support::TestApp;

#[tokio::test]
async fn what_is_named_changes_and_the_rest_stays() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let before = ada
        .post(PATH, &json!({"title": "Before", "description": "d", "due_date": "2026-11-30", "tags": ["a"]}))
        .await
        .expect(201);
    app.clock.advance(SignedDuration::from_secs(1));
    let response = ada
        .patch(
            &path(&before),
            &json!({"title": " Nach 🌍 ", "priority": 1}),
        )
        .await;
    let mut expected = before.clone();
    expected["title"] = json!("Nach 🌍");
    expected["priority"] = json!(1);
    expected["updated_at"] = json!("2026-11-22T12:00:01.000Z");
    expected["version"] = json!(2);
    assert_eq!(response.expect(200), expected);
    assert_eq!(response.header("mindflow-version"), "3");
    assert_eq!(stored(&app, &before["id"]).await["title"], json!("Nach 🌍"));
}

#[tokio::test]
async fn null_clears_what_can_be_cleared() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let before = ada
        .post(PATH, &json!({"title": "x", "description": "d", "due_date": "2026-11-30", "effort_estimate_minutes": 5, "tags": ["a"]}))
        .await
        .expect(201);
    let cleared = json!({"description": null, "due_date": null, "effort_estimate_minutes": null, "tags": null});
    let after = ada.patch(&path(&before), &cleared).await.expect(200);
    assert_eq!(
        (
            &after["description"],
            &after["due_date"],
            &after["effort_estimate_minutes"],
            &after["tags"]
        ),
        (&Value::Null, &Value::Null, &Value::Null, &json!([]))
    );
    for field in ["title", "priority", "status"] {
        assert_eq!(
            ada.patch(&path(&before), &json!({field: null}))
                .await
                .invalid_fields(),
            [field]
        );
    }
}

#[tokio::test]
async fn nothing_to_change_makes_no_version() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let before = task(&ada, "Same").await;
    app.clock.advance(SignedDuration::from_secs(1));
    for body in [
        json!({}),
        json!({"title": "Same"}),
        json!({"description": null, "tags": [], "status": "pending"}),
    ] {
        let response = ada.patch(&path(&before), &body).await;
        assert_eq!(
            (response.expect(200), response.header("mindflow-version")),
            (before.clone(), "2"),
            "{body}"
        );
    }
    assert_eq!(counters(&app, &ada).await, (2, 0));
}

#[tokio::test]
async fn a_status_of_completed_completes_and_any_other_reopens() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Steps").await;
    app.clock.advance(SignedDuration::from_secs(1));
    let done = ada
        .patch(&path(&task), &json!({"status": "completed"}))
        .await
        .expect(200);
    assert_eq!(done["completed_at"], json!("2026-11-22T12:00:01.000Z"));
    app.clock.advance(SignedDuration::from_secs(1));
    let renamed = ada
        .patch(
            &path(&task),
            &json!({"status": "completed", "title": "Done"}),
        )
        .await
        .expect(200);
    assert_eq!(
        renamed["completed_at"], done["completed_at"],
        "it was completed then, not now"
    );
    let begun = ada
        .patch(&path(&task), &json!({"status": "in_progress"}))
        .await
        .expect(200);
    assert_eq!(
        (&begun["status"], &begun["completed_at"]),
        (&json!("in_progress"), &Value::Null)
    );
}

#[tokio::test]
async fn derived_and_server_fields_are_refused_with_the_remedy() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let before = task(&ada, "Same").await;
    let response = ada
        .patch(
            &path(&before),
            &json!({"status": "snoozed", "created_at": "x", "title": "a\u{0}", "priority": 9}),
        )
        .await;
    let mut fields = response.invalid_fields();
    fields.sort();
    assert_eq!(fields, ["created_at", "priority", "status", "title"]);
    assert!(response.text().contains("POST /api/tasks/{id}/snooze"));
    assert_eq!(ada.get(&path(&before)).await.expect(200), before);
}

#[tokio::test]
async fn if_match_compares_the_version_and_nothing_else() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Read").await;
    let patch = |tag: &str, title: &str| {
        ada.call(Method::PATCH, &path(&task))
            .header("if-match", tag)
            .json(&json!({"title": title}))
            .send()
    };
    let mut version = 1;
    for tag in [
        "\"V-0\"",
        "\"V-1\"",
        "W/\"V-0\"",
        "\"V-0-gzip\"",
        "W/\"V-0-br\"",
        "\"999-0\", \"V-0\"",
        "*",
    ] {
        let response = patch(&tag.replace('V', &version.to_string()), tag).await;
        version += 1;
        assert_eq!(response.expect(200)["version"], json!(version), "{tag}");
    }
    for tag in ["\"1-0\"", "W/\"1-0\"", "\"x\"", "8", "\"1-0\", \"2-0\""] {
        let response = patch(tag, "Lost").await;
        assert!(
            response.expect(412)["detail"]
                .as_str()
                .unwrap()
                .contains("If-Match"),
            "{tag}"
        );
        assert_eq!(
            response.header("mindflow-version"),
            (version + 1).to_string()
        );
    }
    assert_eq!(stored(&app, &task["id"]).await["title"], json!("*"));
}

/// Patches of every field that one statement changes, each with some of them.
fn patches() -> impl Strategy<Value = Value> {
    let choices = [
        ("title", json!(["a", "b", "ü"])),
        ("description", json!([null, "a", "ü"])),
        ("status", json!(["pending", "in_progress", "completed"])),
        ("priority", json!([1, 2, 3, 4, 5])),
        ("due_date", json!([null, "2026-11-30", "2026-11-30T09:00"])),
        ("deadline", json!([null, "2026-12-24T18:00+01:00"])),
        ("start_date", json!([null, "2026-11-01"])),
        ("snoozed_until", json!([null, "2026-11-20T00:00:00Z"])),
        ("effort_estimate_minutes", json!([null, 30, 10_080])),
        ("tags", json!([null, [], ["a", "b"], ["b"]])),
        ("project", json!([null, "Garden", "Ü & Co"])),
        ("preferred_time", json!([null, "evening"])),
        ("recurrence_from", json!([null, "completion"])),
    ];
    let fields = choices.map(|(name, values)| {
        let value = prop::sample::select(values.as_array().unwrap().clone());
        prop::option::of(value).prop_map(move |value| Some((name.to_owned(), value?)))
    });
    Vec::from(fields).prop_map(|fields| Value::Object(fields.into_iter().flatten().collect()))
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let bodies = patches();
    let mut runner = TestRunner::deterministic();
    let mut before = task(&ada, "a").await;
    for _ in 0..60 {
        let body = bodies.new_tree(&mut runner).unwrap().current();
        let after = ada.patch(&path(&before), &body).await.expect(200);
        let mut expected = content(&before);
        for (name, value) in body.as_object().unwrap() {
            expected[name] = match (name.as_str(), value) {
                ("tags", Value::Null) => json!([]),
                ("recurrence_from", Value::Null) => json!("schedule"),
                _ => value.clone(),
            };
        }
        assert_eq!(content(&after), expected, "{body} of {before}");
        let changed = content(&after) != content(&before);
        assert_eq!(
            after["version"].as_i64().unwrap() - before["version"].as_i64().unwrap(),
            i64::from(changed),
            "{body} of {before}"
        );
        assert_eq!(
            after["completed_at"].is_null(),
            after["status"] != json!("completed")
        );
        before = after;
    }
}

/// What of an answered task a caller writes.
fn content(task: &Value) -> Value {
    let mut fields = task.clone();
    fields.as_object_mut().unwrap().retain(|name, _| {
        !matches!(
            name.as_str(),
            "id" | "overdue"
                | "completed_at"
                | "created_at"
                | "updated_at"
                | "version"
                | "next_occurrence"
        )
    });
    fields
}
