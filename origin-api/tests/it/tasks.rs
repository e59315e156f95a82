//! `/api/tasks` and everything below it.

mod accepted_earlier;
mod batch;
mod best;
mod create;
mod cycles;
mod dates;
mod delete;
mod every_route;
mod fields;
mod filters;
mod history;
mod idempotency;
mod instants;
mod links;
mod list;
mod occurrences;
mod overtaken;
mod patch;
mod put;
mod races;
mod read;
mod recurrence;
mod search;
mod snooze;
mod steps;
mod subtasks;

use origin_api::app::Clock as _;
use origin_api::domain::tokens::Grant;
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const PATH: &str = "/api/tasks";
/// The instant at which every test begins.
const NOW: &str = "2026-11-22T12:00:00.000Z";
/// A UUIDv7 that a caller may give.
const ID: &str = "0198c5a0-0000-7000-8000-0000000000aa";

/// The path of a task, or of a step below it.
pub fn path(task: &Value) -> String {
    format!("{PATH}/{}", task["id"].as_str().unwrap())
}

/// A task with only a title.
async fn task(client: &Client, title: &str) -> Value {
    created(client, &json!({ "title": title })).await
}

/// A task with these fields.
pub async fn created(client: &Client, fields: &Value) -> Value {
    client.post(PATH, fields).await.expect(201)
}

/// A subtask.
async fn subtask(client: &Client, title: &str, parent: &Value) -> Value {
    created(client, &json!({"title": title, "parent_id": parent["id"]})).await
}

/// A task as it reads now.
async fn read(client: &Client, task: &Value) -> Value {
    client.get(&path(task)).await.expect(200)
}

/// What the database holds of the test's one task, or `null`.
async fn stored(app: &TestApp, id: &Value) -> Value {
    let database = app.database.connect().await;
    let row = database
        .query_opt(
            "SELECT to_jsonb(tasks) FROM tasks WHERE id::text = $1",
            &[&id.as_str().unwrap()],
        )
        .await
        .unwrap();
    row.map_or(Value::Null, |row| row.get(0))
}

/// The user's version, and how many answers are kept under keys.
async fn counters(app: &TestApp, client: &Client) -> (i64, i64) {
    let database = app.database.connect().await;
    let row = database
        .query_one(
            "SELECT version, (SELECT count(*) FROM idempotency_keys WHERE user_id = $1) FROM users WHERE user_id = $1",
            &[&client.identity().user.0],
        )
        .await
        .unwrap();
    (row.get(0), row.get(1))
}

/// The same caller with a new access token, when the clock has passed the old one's end.
pub fn renewed(app: &TestApp, client: &Client) -> Client {
    let identity = client.identity();
    app.client(Grant {
        user: identity.user,
        session: identity.credential,
        generation: 1,
        expires_at: jiff::Timestamp::MAX,
    })
}

#[test]
fn the_tests_clock_begins_at_now() {
    let clock = crate::support::app::FixedClock::default();
    assert_eq!(shared_types::time::rfc3339_millis(clock.now()), NOW);
}
