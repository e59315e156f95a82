//! `/api/history` and `/api/undo`.

mod conflicts;
mod each_change;
mod history;
mod property;
mod races;
mod walking_back;

use serde_json::{Value, json};

use crate::support::{Client, Response, TestApp};

const UNDO: &str = "/api/undo";
const HISTORY: &str = "/api/history";
const PATH: &str = "/api/tasks";
const BATCH: &str = "/api/tasks/batch";

fn path(task: &Value) -> String {
    format!("{PATH}/{}", task["id"].as_str().unwrap())
}

async fn created(client: &Client, fields: &Value) -> Value {
    client.post(PATH, fields).await.expect(201)
}

async fn task(client: &Client, title: &str) -> Value {
    created(client, &json!({ "title": title })).await
}

/// The latest change.
async fn last_change(client: &Client) -> Value {
    client.get("/api/history?limit=1").await.expect(200)["items"][0].clone()
}

async fn undo(client: &Client) -> Response {
    client.post(UNDO, &json!({})).await
}

async fn undo_of(client: &Client, change: &Value) -> Response {
    client.post(UNDO, &json!({ "change_id": change })).await
}

/// Everything that the database holds of a user's tasks but what an undo may change: of those that are there the
/// rows without version and `updated_at`, of the deleted ones nothing. And the names of the projects.
async fn state(app: &TestApp, client: &Client) -> Value {
    let database = app.database.connect().await;
    let row = database
        .query_one(
            "SELECT jsonb_build_array(
                (SELECT jsonb_agg(to_jsonb(tasks) - '{version,updated_at}'::text[] ORDER BY id)
                    FROM tasks WHERE user_id = $1 AND deleted_at IS NULL),
                (SELECT jsonb_agg(name ORDER BY name) FROM projects WHERE user_id = $1))",
            &[&client.identity().user.0],
        )
        .await
        .unwrap();
    row.get(0)
}

/// The ids of an array of tasks.
fn ids(tasks: &Value) -> Vec<&str> {
    let tasks = tasks.as_array().unwrap().iter();
    tasks.map(|task| task["id"].as_str().unwrap()).collect()
}
