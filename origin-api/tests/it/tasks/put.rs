//! `PUT /api/tasks/{id}`

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{NOW, PATH, path, stored, task};
use crate::support::TestApp;

#[tokio::test]
async fn what_is_missing_gets_its_default() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let full = json!({
        "title": "Full", "description": "d", "status": "completed", "priority": 5, "due_date": "2026-11-30",
        "effort_estimate_minutes": 5, "tags": ["a"]
    });
    let before = ada.post(PATH, &full).await.expect(201);
    app.clock.advance(SignedDuration::from_secs(1));
    let response = ada.put(&path(&before), &json!({"title": "Bare"})).await;
    assert_eq!(
        response.expect(200),
        json!({
            "id": before["id"], "title": "Bare", "description": null, "status": "pending", "priority": 3,
            "due_date": null, "deadline": null, "start_date": null, "snoozed_until": null, "effort_estimate_minutes": null, "tags": [],
            "project": null, "preferred_time": null, "recurrence": null, "recurrence_from": "schedule",
            "parent_id": null, "depends_on": [], "overdue": false, "completed_at": null,
            "created_at": NOW, "updated_at": "2026-11-22T12:00:01.000Z", "version": 2
        })
    );
    assert_eq!(response.header("mindflow-version"), "3");
    assert_eq!(stored(&app, &before["id"]).await["tags"], json!([]));
    let restored = ada.put(&path(&before), &full).await.expect(200);
    for field in full.as_object().unwrap().keys() {
        assert_eq!(restored[field], full[field], "{field}");
    }
}

#[tokio::test]
async fn the_same_content_changes_nothing() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let body = json!({"title": "Same", "tags": ["a"], "status": "completed"});
    let before = ada.post(PATH, &body).await.expect(201);
    app.clock.advance(SignedDuration::from_secs(1));
    let response = ada.put(&path(&before), &body).await;
    assert_eq!(
        (response.expect(200), response.header("mindflow-version")),
        (before, "2")
    );
}

#[tokio::test]
async fn a_title_is_needed_and_the_id_stays() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let before = task(&ada, "Stays").await;
    for (body, field) in [
        (json!({}), "title"),
        (json!({"title": Value::Null}), "title"),
        (json!({"title": "x", "id": before["id"]}), "id"),
        (json!({"title": "x", "updated_at": NOW}), "updated_at"),
    ] {
        assert_eq!(
            ada.put(&path(&before), &body).await.invalid_fields(),
            [field]
        );
    }
    assert_eq!(ada.get(&path(&before)).await.expect(200), before);
}

#[tokio::test]
async fn only_the_version_that_was_read_is_replaced() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let before = task(&ada, "First").await;
    let put = |tag: &str, title: &str| {
        ada.call(Method::PUT, &path(&before))
            .header("if-match", tag)
            .json(&json!({"title": title}))
            .send()
    };
    put("\"1-0\"", "Second").await.expect(200);
    put("\"1-0\"", "Lost").await.expect(412);
    assert_eq!(
        put("\"2-1\"", "Third").await.expect(200)["version"],
        json!(3)
    );
}
