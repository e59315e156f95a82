//! `GET /api/tasks/{id}`

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::json;

use super::{PATH, path, renewed, task};
use crate::support::TestApp;

#[tokio::test]
async fn a_task_has_a_tag_of_its_version_and_state() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let created = task(&ada, "Read me").await;
    let response = ada.get(&path(&created)).await;
    assert_eq!(response.expect(200), created);
    assert_eq!(response.header("etag"), "\"1-0\"");
    assert_eq!(response.header("mindflow-version"), "2");
    assert_eq!(response.header("content-type"), "application/json");
    ada.patch(&path(&created), &json!({"priority": 4}))
        .await
        .expect(200);
    assert_eq!(ada.get(&path(&created)).await.header("etag"), "\"2-0\"");
}

#[tokio::test]
async fn a_day_is_overdue_after_the_users_working_day_and_its_tag_says_so() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    database
        .execute(
            "UPDATE users SET time_zone = 'America/New_York', work_end_minute = 1080",
            &[],
        )
        .await
        .unwrap();
    // A Monday: the working day ends at 18:00 in New York, 23:00 UTC.
    let due = ada
        .post(PATH, &json!({"title": "Monday", "due_date": "2026-11-23"}))
        .await
        .expect(201);
    let local = ada
        .post(
            PATH,
            &json!({"title": "Local", "due_date": "2026-11-23T18:00"}),
        )
        .await
        .expect(201);
    let instant = ada
        .post(
            PATH,
            &json!({"title": "Instant", "due_date": "2026-11-23T18:00:00Z"}),
        )
        .await
        .expect(201);
    app.clock.advance(SignedDuration::from_hours(35));
    let ada = renewed(&app, &ada);
    for (task, overdue, tag) in [
        (&due, false, "\"1-0\""),
        (&local, false, "\"1-0\""),
        (&instant, true, "\"1-1\""),
    ] {
        let response = ada.get(&path(task)).await;
        assert_eq!(
            (&response.expect(200)["overdue"], response.header("etag")),
            (&json!(overdue), tag),
            "{task}"
        );
    }
    app.clock.advance(SignedDuration::from_millis(1));
    for task in [&due, &local] {
        let response = ada.get(&path(task)).await;
        assert_eq!(
            (&response.expect(200)["overdue"], response.header("etag")),
            (&json!(true), "\"1-1\""),
            "{task}"
        );
    }
    ada.post(&format!("{}/complete", path(&due)), &json!({}))
        .await
        .expect(200);
    assert_eq!(
        ada.get(&path(&due)).await.expect(200)["overdue"],
        json!(false)
    );
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let created = task(&ada, "Read me").await;
    let response = ada.call(Method::HEAD, &path(&created)).send().await;
    assert_eq!(
        (
            response.status,
            response.text().as_str(),
            response.header("etag")
        ),
        (200, "", "\"1-0\"")
    );
}
