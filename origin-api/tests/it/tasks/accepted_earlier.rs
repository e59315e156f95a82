//! What the edge kept while the origin was away and sends hours later: it counts from when it was accepted, once.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ID, PATH, counters, created, path, read, renewed, task};
use crate::support::{Client, Response, TestApp};

/// When the requests were accepted, and how much later they are sent.
const ACCEPTED: &str = "2026-11-22T12:00:00.000Z";
const WAITED: SignedDuration = SignedDuration::from_hours(5);

/// A request out of the gate's outbox, under the key that the gate made for it.
async fn replay(
    client: &Client,
    method: Method,
    target: &str,
    body: &Value,
    key: &str,
) -> Response {
    let accepted: jiff::Timestamp = ACCEPTED.parse().unwrap();
    client
        .call(method, target)
        .json(body)
        .header(
            "mindflow-accepted-at",
            &accepted.as_millisecond().to_string(),
        )
        .header("idempotency-key", key)
        .send()
        .await
}

#[tokio::test]
async fn a_creation_is_of_the_instant_of_its_acceptance_and_made_once() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    app.clock.advance(WAITED);
    let body = json!({"id": ID, "title": "T"});
    let first = replay(&ada, Method::POST, PATH, &body, "gate:1").await;
    let made = first.expect(201);
    assert_eq!(
        (&made["created_at"], &made["updated_at"]),
        (&json!(ACCEPTED), &json!(ACCEPTED))
    );
    let before = counters(&app, &ada).await;
    let again = replay(&ada, Method::POST, PATH, &body, "gate:1").await;
    assert_eq!(again.expect(201), made);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(counters(&app, &ada).await, before);
    // Under another key the id, which the gate has made, lets it be made but once.
    replay(&ada, Method::POST, PATH, &body, "gate:2")
        .await
        .expect(409);
    assert_eq!(counters(&app, &ada).await, before);
}

#[tokio::test]
async fn steps_and_changes_count_from_their_acceptance_and_happen_once() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let daily = json!({"title": "D", "due_date": "2026-11-22T13:00", "recurrence": "FREQ=HOURLY"});
    let tasks = [
        task(&ada, "Snoozed").await,
        created(&ada, &daily).await,
        task(&ada, "Started").await,
        task(&ada, "Put off").await,
        task(&ada, "Patched").await,
    ];
    app.clock.advance(WAITED);
    let calls = [
        (Method::POST, "/snooze", json!({"hours": 3})),
        (Method::POST, "/complete", json!({})),
        (Method::POST, "/start", json!({})),
        (Method::POST, "/not-now", json!({})),
        (Method::PATCH, "", json!({"status": "completed"})),
    ];
    for (number, (task, (method, step, body))) in tasks.iter().zip(calls).enumerate() {
        let (target, key) = (path(task) + step, format!("gate:{number}"));
        let first = replay(&ada, method.clone(), &target, &body, &key).await;
        let first = first.expect(200);
        assert_eq!(first["updated_at"], ACCEPTED, "{target}");
        let before = counters(&app, &ada).await;
        let again = replay(&ada, method, &target, &body, &key).await;
        assert_eq!(again.expect(200), first, "{target}");
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(counters(&app, &ada).await, before, "{target}");
    }
    // By now the access token of then has ended.
    let ada = renewed(&app, &ada);
    let [snoozed, completed, started, put_off, patched] = &tasks;
    // Three hours from then are over.
    let snoozed = read(&ada, snoozed).await;
    assert_eq!(snoozed["snoozed_until"], "2026-11-22T15:00:00.000Z");
    assert_eq!(snoozed["status"], "pending");
    for task in [completed, patched] {
        assert_eq!(read(&ada, task).await["completed_at"], ACCEPTED);
    }
    assert_eq!(read(&ada, started).await["status"], "in_progress");
    let stored = super::stored(&app, &put_off["id"]).await;
    assert_eq!(stored["not_now_at"], "2026-11-22T12:00:00+00:00");
    // What followed then, not what would follow now; and one of it.
    let database = app.database.connect().await;
    let next = "SELECT count(*), max(due_date) FROM tasks WHERE title = 'D' AND status = 'pending'";
    let next = database.query_one(next, &[]).await.unwrap();
    let next: (i64, String) = (next.get(0), next.get(1));
    assert_eq!(next, (1, "2026-11-22T14:00".to_owned()));
}
