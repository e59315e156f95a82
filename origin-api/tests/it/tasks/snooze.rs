//! `POST /api/tasks/{id}/snooze` and `/not-now`

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{NOW, counters, created, path, read, renewed, stored, task};
use crate::support::{Client, Response, TestApp};

async fn snooze(client: &Client, task: &Value, query: &str, body: Value) -> Response {
    client
        .post(&format!("{}/snooze{query}", path(task)), &body)
        .await
}

#[tokio::test]
async fn a_task_sleeps_for_the_hours_given_or_until_the_date_given_as_given() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (query, body, until) in [
        ("", json!({}), "2026-11-22T15:00:00.000Z"),
        ("", json!({"hours": 1.5}), "2026-11-22T13:30:00.000Z"),
        ("", json!({"hours": 0.0001}), "2026-11-22T12:00:00.360Z"),
        ("", json!({"hours": 1e-9}), "2026-11-22T12:00:00.001Z"),
        ("", json!({"hours": 8784}), "2027-11-23T12:00:00.000Z"),
        ("?hours=2", json!({}), "2026-11-22T14:00:00.000Z"),
        ("?hours=.25", json!({}), "2026-11-22T12:15:00.000Z"),
        ("", json!({"until": "2026-11-23"}), "2026-11-23"),
        ("", json!({"until": "2026-11-22T12:01"}), "2026-11-22T12:01"),
        (
            "",
            json!({"until": "2026-11-22T14:00:01+02:00"}),
            "2026-11-22T14:00:01+02:00",
        ),
        ("", json!({"until": "9999-12-31"}), "9999-12-31"),
    ] {
        let task = task(&ada, "Tired").await;
        let response = snooze(&ada, &task, query, body.clone()).await;
        let mut expected = task.clone();
        expected["snoozed_until"] = json!(until);
        expected["status"] = json!("snoozed");
        expected["version"] = json!(2);
        assert_eq!(response.expect(200), expected, "{query} {body}");
        assert_eq!(ada.get(&path(&task)).await.header("etag"), "\"2-2\"");
        assert_eq!(
            stored(&app, &task["id"]).await["status"],
            json!("pending"),
            "it is derived"
        );
    }
    // A body without content.
    let task = task(&ada, "Tired").await;
    let call = ada.call(Method::POST, &format!("{}/snooze", path(&task)));
    assert_eq!(
        call.send().await.expect(200)["snoozed_until"],
        json!("2026-11-22T15:00:00.000Z")
    );
}

#[tokio::test]
async fn what_cannot_be_a_snooze_is_refused_by_name() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Awake").await;
    for (query, body, field) in [
        ("", json!({"hours": 0}), "hours"),
        ("", json!({"hours": -1}), "hours"),
        ("", json!({"hours": 8784.1}), "hours"),
        ("", json!({"hours": "3"}), "hours"),
        ("?hours=0", json!({}), "hours"),
        ("?hours=NaN", json!({}), "hours"),
        ("?hours=1e9", json!({}), "hours"),
        ("?hours=", json!({}), "hours"),
        ("?hours=1&hours=1", json!({}), "hours"),
        ("?hours=1", json!({"hours": 1}), "hours"),
        ("?hours=1", json!({"until": "2026-11-23"}), "hours"),
        ("?until=2026-11-23", json!({}), "until"),
        ("", json!({"until": "2026-11-23", "hours": 1}), "until"),
        ("", json!({"until": "tomorrow"}), "until"),
        ("", json!({"until": NOW}), "until"),
        ("", json!({"until": "2026-11-22"}), "until"),
        ("", json!({"until": "2026-11-22T12:00"}), "until"),
        (
            "",
            json!({"until": "2026-11-22T13:59:59.999+02:00"}),
            "until",
        ),
        ("", json!({"until": "0001-01-01"}), "until"),
        ("", json!({"title": "x"}), "title"),
    ] {
        let refused = snooze(&ada, &task, query, body.clone()).await;
        assert_eq!(refused.invalid_fields(), [field], "{query} {body}");
    }
    assert_eq!(read(&ada, &task).await, task);
    assert_eq!(counters(&app, &ada).await, (2, 0));
}

#[tokio::test]
async fn a_day_is_the_users_and_opens_with_its_first_instant() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Tired").await;
    let database = app.database.connect().await;
    // It is the 23rd on Kiritimati already, and noon in the zone of UTC.
    let far_east = "UPDATE users SET time_zone = 'Pacific/Kiritimati'";
    database.batch_execute(far_east).await.unwrap();
    for past in ["2026-11-23", "2026-11-23T02:00"] {
        let refused = snooze(&ada, &task, "", json!({ "until": past })).await;
        assert_eq!(refused.invalid_fields(), ["until"], "{past}");
    }
    snooze(&ada, &task, "", json!({"until": "2026-11-23T02:00:00.001"}))
        .await
        .expect(200);
    app.clock.advance(SignedDuration::from_millis(1));
    assert_eq!(
        read(&ada, &task).await["status"],
        json!("pending"),
        "it wakes by itself"
    );
    database
        .batch_execute("UPDATE users SET time_zone = 'UTC'")
        .await
        .unwrap();
    assert_eq!(
        read(&ada, &task).await["status"],
        json!("snoozed"),
        "the wall clock follows the zone"
    );
}

#[tokio::test]
async fn hours_count_from_when_the_snooze_was_accepted() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Queued").await;
    let accepted: jiff::Timestamp = NOW.parse().unwrap();
    app.clock.advance(SignedDuration::from_mins(30));
    let queued = |body: Value| {
        ada.call(Method::POST, &format!("{}/snooze", path(&task)))
            .header(
                "mindflow-accepted-at",
                &accepted.as_millisecond().to_string(),
            )
            .json(&body)
            .send()
    };
    let snoozed = queued(json!({"hours": 1})).await.expect(200);
    assert_eq!(snoozed["snoozed_until"], json!("2026-11-22T13:00:00.000Z"));
    assert_eq!(snoozed["status"], json!("snoozed"));
    // What lay ahead when it was accepted is not past because the origin was away.
    queued(json!({"until": "2026-11-22T12:10:00Z"}))
        .await
        .expect(200);
}

#[tokio::test]
async fn the_same_end_again_changes_nothing_and_another_one_does() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Tired").await;
    let first = snooze(&ada, &task, "", json!({"hours": 2}))
        .await
        .expect(200);
    for same in [
        json!({"hours": 2}),
        json!({"until": "2026-11-22T14:00:00.000Z"}),
    ] {
        let again = snooze(&ada, &task, "", same).await;
        assert_eq!(
            (again.expect(200), again.header("mindflow-version")),
            (first.clone(), "3")
        );
    }
    let other = snooze(&ada, &task, "", json!({"until": "2026-11-22T14:00:00Z"})).await;
    assert_eq!(
        other.expect(200)["version"],
        json!(3),
        "another form is another answer"
    );
    app.clock.advance(SignedDuration::from_secs(1));
    let longer = snooze(&ada, &task, "", json!({"hours": 2}))
        .await
        .expect(200);
    assert_eq!(longer["snoozed_until"], json!("2026-11-22T14:00:01.000Z"));
}

#[tokio::test]
async fn starting_a_snoozed_task_changes_only_what_is_stored() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let fields =
        json!({"title": "Tired", "snoozed_until": "2026-11-23", "start_date": "2026-12-01"});
    let task = created(&ada, &fields).await;
    let start = format!("{}/start", path(&task));
    let started = ada.post(&start, &json!({})).await.expect(200);
    let mut expected = task.clone();
    expected["version"] = json!(2);
    assert_eq!(started, expected);
    assert_eq!(
        stored(&app, &task["id"]).await["status"],
        json!("in_progress")
    );
    let again = ada.post(&start, &json!({})).await;
    assert_eq!(
        (again.expect(200), again.header("mindflow-version")),
        (expected, "3")
    );
    app.clock.advance(SignedDuration::from_hours(12));
    let ada = renewed(&app, &ada);
    assert_eq!(read(&ada, &task).await["status"], json!("in_progress"));
}

#[tokio::test]
async fn a_completed_task_is_neither_snoozed_nor_put_off() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let done = created(&ada, &json!({"title": "Done", "status": "completed"})).await;
    for (step, body) in [
        ("snooze", json!({"hours": 1})),
        ("snooze", json!({"until": "2026-11-23"})),
        ("not-now", json!({})),
    ] {
        let refused = ada.post(&format!("{}/{step}", path(&done)), &body).await;
        assert!(
            refused.expect(409)["detail"]
                .as_str()
                .unwrap()
                .contains("/reopen"),
            "{step}"
        );
    }
    assert_eq!(read(&ada, &done).await, done);
    assert_eq!(counters(&app, &ada).await, (2, 0));
    // A snooze that is still running does not show on a completed task, and does when it is reopened.
    let tired = created(
        &ada,
        &json!({"title": "Tired", "snoozed_until": "2026-11-23"}),
    )
    .await;
    let done = ada
        .post(&format!("{}/complete", path(&tired)), &json!({}))
        .await
        .expect(200);
    assert_eq!(
        (&done["status"], &done["snoozed_until"]),
        (&json!("completed"), &json!("2026-11-23"))
    );
    let open = ada
        .post(&format!("{}/reopen", path(&tired)), &json!({}))
        .await
        .expect(200);
    assert_eq!(open["status"], json!("snoozed"));
}

#[tokio::test]
async fn putting_off_is_a_change_each_time_and_shows_in_nothing_else() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let mut expected = created(
        &ada,
        &json!({"title": "Later", "priority": 5, "status": "in_progress"}),
    )
    .await;
    let target = format!("{}/not-now", path(&expected));
    for second in 1..=3 {
        app.clock.advance(SignedDuration::from_secs(1));
        let response = ada.post(&target, &json!({})).await;
        expected["version"] = json!(second + 1);
        expected["updated_at"] = json!(format!("2026-11-22T12:00:0{second}.000Z"));
        assert_eq!(response.expect(200), expected);
        assert_eq!(
            response.header("mindflow-version"),
            (second + 2).to_string()
        );
        let at = &stored(&app, &expected["id"]).await["not_now_at"];
        assert_eq!(
            at.as_str().unwrap()[..19],
            expected["updated_at"].as_str().unwrap()[..19]
        );
    }
}
