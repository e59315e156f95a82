//! `POST /api/tasks/{id}/start`, `/complete` and `/reopen`

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{NOW, PATH, counters, path, stored, task};
use crate::support::{Client, Response, TestApp};

async fn step(client: &Client, task: &Value, step: &str) -> Response {
    client
        .call(Method::POST, &format!("{}/{step}", path(task)))
        .send()
        .await
}

#[tokio::test]
async fn a_task_is_started_completed_and_reopened() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Steps").await;
    let at = |seconds| format!("2026-11-22T12:00:0{seconds}.000Z");
    let steps = [
        ("start", "in_progress", Value::Null),
        ("complete", "completed", json!(at(2))),
        ("reopen", "pending", Value::Null),
        ("complete", "completed", json!(at(4))),
    ];
    for (number, (name, status, completed_at)) in (1..).zip(steps) {
        app.clock.advance(SignedDuration::from_secs(1));
        let response = step(&ada, &task, name).await;
        let mut expected = task.clone();
        expected["status"] = json!(status);
        expected["completed_at"] = completed_at;
        expected["updated_at"] = json!(at(number));
        expected["version"] = json!(number + 1);
        if name == "complete" {
            expected["next_occurrence"] = Value::Null;
        }
        assert_eq!(response.expect(200), expected, "{name}");
        assert_eq!(
            response.header("mindflow-version"),
            (number + 2).to_string()
        );
        assert_eq!(stored(&app, &task["id"]).await["status"], json!(status));
    }
}

#[tokio::test]
async fn a_step_that_was_taken_changes_nothing() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (name, status) in [
        ("reopen", "pending"),
        ("start", "in_progress"),
        ("complete", "completed"),
    ] {
        let task = ada
            .post(PATH, &json!({"title": name, "status": status}))
            .await
            .expect(201);
        let before = counters(&app, &ada).await;
        app.clock.advance(SignedDuration::from_secs(1));
        let response = step(&ada, &task, name).await;
        let mut expected = task.clone();
        if name == "complete" {
            expected["next_occurrence"] = Value::Null;
        }
        assert_eq!(response.expect(200), expected, "{name}");
        assert_eq!(response.header("mindflow-version"), before.0.to_string());
        assert_eq!(counters(&app, &ada).await, before);
    }
}

#[tokio::test]
async fn a_completed_task_cannot_be_started() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = ada
        .post(PATH, &json!({"title": "Done", "status": "completed"}))
        .await
        .expect(201);
    let response = step(&ada, &task, "start").await;
    assert!(
        response.expect(409)["detail"]
            .as_str()
            .unwrap()
            .contains("/reopen")
    );
    assert_eq!(response.header("mindflow-version"), "2");
    assert_eq!(ada.get(&path(&task)).await.expect(200), task);
}

#[tokio::test]
async fn a_started_task_that_is_reopened_is_pending_again() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = ada
        .post(PATH, &json!({"title": "Begun", "status": "in_progress"}))
        .await
        .expect(201);
    assert_eq!(
        step(&ada, &task, "reopen").await.expect(200)["status"],
        json!("pending")
    );
}

#[tokio::test]
async fn a_step_has_no_fields_of_its_own() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Bare").await;
    for name in ["start", "complete", "reopen", "not-now"] {
        let target = format!("{}/{name}", path(&task));
        assert_eq!(
            ada.post(&target, &json!({"at": NOW}))
                .await
                .invalid_fields(),
            ["at"]
        );
        assert_eq!(
            ada.post(&format!("{target}?hours=1"), &json!({}))
                .await
                .invalid_fields(),
            ["hours"]
        );
        ada.get(&target).await.expect(405);
    }
    assert_eq!(ada.get(&path(&task)).await.expect(200), task);
}

#[tokio::test]
async fn completion_counts_from_when_it_was_accepted() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Queued").await;
    let accepted: jiff::Timestamp = NOW.parse().unwrap();
    app.clock.advance(SignedDuration::from_mins(30));
    let call = ada.call(Method::POST, &format!("{}/complete", path(&task)));
    let response = call
        .header(
            "mindflow-accepted-at",
            &accepted.as_millisecond().to_string(),
        )
        .send()
        .await;
    assert_eq!(response.expect(200)["completed_at"], json!(NOW));
}
