//! What a parent takes along: deletion and completion, at any depth.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{counters, created, path, read, stored, subtask, task};
use crate::support::{Client, Response, TestApp};

/// A parent, with a completed subtask between it and an open one four levels down, and what is beside them.
struct Family {
    parent: Value,
    below: Vec<Value>,
    beside: Vec<Value>,
}

async fn family(client: &Client) -> Family {
    let beside = task(client, "Beside").await;
    let parent = subtask(client, "Parent", &beside).await;
    let sibling = subtask(client, "Sibling", &beside).await;
    let mut below: Vec<Value> = Vec::new();
    for (depth, status) in ["in_progress", "pending", "pending", "pending"]
        .into_iter()
        .enumerate()
    {
        let above = below.last().unwrap_or(&parent);
        let fields =
            json!({"title": depth.to_string(), "parent_id": above["id"], "status": status});
        below.push(created(client, &fields).await);
    }
    below.push(subtask(client, "Second", &parent).await);
    let waiting = json!({"title": "Waiting", "depends_on": [parent["id"], below[3]["id"]]});
    let waiting = created(client, &waiting).await;
    Family {
        parent,
        below,
        beside: vec![beside, sibling, waiting],
    }
}

async fn complete(client: &Client, task: &Value, body: Value) -> Response {
    client
        .post(&format!("{}/complete", path(task)), &body)
        .await
}

#[tokio::test]
async fn a_deleted_parent_takes_everything_below_it_and_nothing_else() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let hers = family(&ada).await;
    let his = family(&bob).await;
    complete(&ada, &hers.below[4], json!({})).await.expect(200);
    let before = counters(&app, &ada).await.0;
    let response = ada.delete(&path(&hers.parent)).await;
    response.expect(204);
    assert_eq!(
        response.header("mindflow-version"),
        (before + 1).to_string()
    );
    for gone in [&hers.parent].into_iter().chain(&hers.below) {
        ada.get(&path(gone)).await.expect(404);
        let row = stored(&app, &gone["id"]).await;
        assert!(!row["deleted_at"].is_null(), "{row}");
    }
    for kept in &hers.beside[..2] {
        assert_eq!(read(&ada, kept).await, *kept);
    }
    let free = read(&ada, &hers.beside[2]).await;
    assert_eq!(
        (&free["status"], &free["version"]),
        (&json!("pending"), &json!(1))
    );
    for kept in [&his.parent].into_iter().chain(&his.below) {
        assert_eq!(read(&bob, kept).await, *kept);
    }
    ada.delete(&path(&hers.below[0])).await.expect(404);
}

#[tokio::test]
async fn a_parent_is_completed_with_all_that_is_open_below_it_or_not_at_all() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let hers = family(&ada).await;
    let his = family(&bob).await;
    complete(&ada, &hers.below[4], json!({})).await.expect(200);
    // Completed itself, with open ones below it.
    let database = app.database.connect().await;
    let id = hers.below[0]["id"].as_str().unwrap();
    let skip =
        "UPDATE tasks SET status = 'completed', completed_at = created_at WHERE id::text = $1";
    database.execute(skip, &[&id]).await.unwrap();
    app.clock.advance(SignedDuration::from_secs(1));
    let (before, second) = (counters(&app, &ada).await, read(&ada, &hers.below[4]).await);
    let whole =
        json!({"title": "Parent", "parent_id": hers.beside[0]["id"], "status": "completed"});
    for refused in [
        complete(&ada, &hers.parent, json!({})).await,
        complete(&ada, &hers.parent, json!({"cascade": false})).await,
        ada.patch(&path(&hers.parent), &json!({"status": "completed"}))
            .await,
        ada.put(&path(&hers.parent), &whole).await,
    ] {
        assert!(
            refused.expect(409)["detail"]
                .as_str()
                .unwrap()
                .contains("cascade")
        );
    }
    assert_eq!(counters(&app, &ada).await, before);
    assert_eq!(read(&ada, &hers.parent).await, hers.parent);
    let response = complete(&ada, &hers.parent, json!({"cascade": true})).await;
    let done = response.expect(200);
    assert_eq!(
        (&done["status"], &done["version"]),
        (&json!("completed"), &json!(2))
    );
    assert_eq!(
        response.header("mindflow-version"),
        (before.0 + 1).to_string()
    );
    for (depth, open) in hers.below[1..4].iter().enumerate() {
        let row = read(&ada, open).await;
        assert_eq!(
            (&row["status"], &row["completed_at"], &row["version"]),
            (&json!("completed"), &done["completed_at"], &json!(2)),
            "{depth}"
        );
    }
    assert_eq!(
        read(&ada, &hers.below[0]).await["version"],
        json!(1),
        "it was completed"
    );
    assert_eq!(read(&ada, &hers.below[4]).await, second, "it was completed");
    assert_eq!(read(&ada, &hers.beside[1]).await, hers.beside[1]);
    for kept in [&his.parent].into_iter().chain(&his.below) {
        assert_eq!(read(&bob, kept).await, *kept);
    }
    let reopened = ada
        .post(&format!("{}/reopen", path(&hers.parent)), &json!({}))
        .await;
    assert_eq!(reopened.expect(200)["status"], json!("pending"));
    assert_eq!(
        read(&ada, &hers.below[1]).await["status"],
        json!("completed"),
        "what went along stays done"
    );
    complete(&ada, &hers.parent, json!({})).await.expect(200);
}

#[tokio::test]
async fn a_deleted_subtask_does_not_keep_its_parent_open() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let parent = task(&ada, "Parent").await;
    let child = subtask(&ada, "Child", &parent).await;
    complete(&ada, &parent, json!({})).await.expect(409);
    ada.delete(&path(&child)).await.expect(204);
    complete(&ada, &parent, json!({})).await.expect(200);
}

#[tokio::test]
async fn what_waits_is_completed_all_the_same() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let blocker = task(&ada, "Blocker").await;
    let fields =
        json!({"title": "Waits", "depends_on": [blocker["id"]], "snoozed_until": "2026-12-01"});
    let waits = created(&ada, &fields).await;
    assert_eq!(waits["status"], json!("snoozed"));
    assert_eq!(
        complete(&ada, &waits, json!({})).await.expect(200)["status"],
        json!("completed")
    );
}

#[tokio::test]
async fn the_version_that_was_read_goes_before_the_subtasks() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let parent = task(&ada, "Parent").await;
    subtask(&ada, "Child", &parent).await;
    let patch = |tag: &'static str| {
        ada.call(Method::PATCH, &path(&parent))
            .header("if-match", tag)
            .json(&json!({"status": "completed"}))
            .send()
    };
    patch("\"2-0\"").await.expect(412);
    patch("\"1-0\"").await.expect(409);
}
