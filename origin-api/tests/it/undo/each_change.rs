//! Every kind of change is undone, byte for byte, and done once more.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{BATCH, PATH, created, ids, last_change, path, state, task, undo, undo_of};
use crate::support::{Client, TestApp};

/// Changes, undoes that, does it once more by undoing the undo, and undoes it again.
async fn back_and_forth(app: &TestApp, client: &Client, change: (Method, String, Value)) -> Value {
    let (method, target, body) = change;
    let before = state(app, client).await;
    app.clock.advance(SignedDuration::from_secs(7));
    let response = client
        .call(method.clone(), &target)
        .json(&body)
        .send()
        .await;
    assert!(
        response.status < 300,
        "{method} {target} {body}: {}",
        response.text()
    );
    let changed = last_change(client).await;
    let after = state(app, client).await;
    assert_ne!(after, before, "{method} {target} {body}");
    app.clock.advance(SignedDuration::from_secs(7));
    let response = undo(client).await;
    let undone = response.expect(200);
    let what = format!("{method} {target} {body}");
    assert_eq!(state(app, client).await, before, "{what}");
    assert_eq!(json!(ids(&undone["undone"])), changed["task_ids"], "{what}");
    let told = last_change(client).await;
    assert_eq!(
        (&told["id"], &told["undoes"], &told["action"]),
        (&undone["change_id"], &changed["id"], &json!("undo")),
        "{what}"
    );
    assert_eq!(
        (&told["before"], &told["after"]),
        (&changed["after"], &changed["before"]),
        "{what}"
    );
    for task in undone["undone"].as_array().unwrap() {
        let read = client.get(&path(task)).await;
        assert!(read.status == 404 || read.json() == *task, "{what}");
        assert_eq!(task["updated_at"], told["at"], "{what}");
    }
    assert_eq!(
        client.get(PATH).await.header("mindflow-version"),
        response.header("mindflow-version"),
        "{what}"
    );
    let redone = undo_of(client, &undone["change_id"]).await.expect(200);
    assert_eq!(state(app, client).await, after, "{what}");
    assert_eq!(last_change(client).await["action"], "redo", "{what}");
    undo_of(client, &redone["change_id"]).await.expect(200);
    assert_eq!(state(app, client).await, before, "{what}");
    undone
}

#[tokio::test]
async fn a_change_of_one_task() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let other = task(&ada, "Other").await;
    let parent = task(&ada, "Parent").await;
    let subject = created(
        &ada,
        &json!({"title": "Subject", "due_date": "2026-12-01", "tags": "a,b", "description": "x\n\"y\" 🌱"}),
    )
    .await;
    let done = created(&ada, &json!({"title": "Done", "status": "completed"})).await;
    let patch = |body: Value| (Method::PATCH, path(&subject), body);
    let step = |task: &Value, name: &str, body: Value| {
        (Method::POST, format!("{}/{name}", path(task)), body)
    };
    for change in [
        (
            Method::POST,
            PATH.to_owned(),
            json!({"title": "New", "tags": "new", "project": "New"}),
        ),
        patch(
            json!({"title": "Patched", "priority": 5, "tags": [], "description": null, "project": "Garden"}),
        ),
        patch(json!({"depends_on": [other["id"]], "parent_id": parent["id"]})),
        patch(
            json!({"deadline": "2026-12-05T17:00", "start_date": "2026-11-25", "due_date": null}),
        ),
        patch(json!({"recurrence": "FREQ=WEEKLY", "recurrence_from": "completion"})),
        patch(json!({"status": "completed"})),
        (Method::PUT, path(&subject), json!({"title": "Put"})),
        (Method::DELETE, path(&subject), json!({})),
        step(&subject, "start", json!({})),
        step(&subject, "snooze", json!({"hours": 3})),
        step(&subject, "not-now", json!({})),
        step(&subject, "complete", json!({})),
        step(&done, "reopen", json!({})),
    ] {
        back_and_forth(&app, &ada, change).await;
    }
}

#[tokio::test]
async fn a_completion_with_the_next_occurrence_that_it_made() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = created(
        &ada,
        &json!({"title": "Water", "due_date": "2026-11-23", "recurrence": "FREQ=DAILY;COUNT=9", "project": "Garden"}),
    )
    .await;
    let complete = format!("{}/complete", path(&task));
    let undone = back_and_forth(&app, &ada, (Method::POST, complete.clone(), json!({}))).await;
    assert_eq!(undone["undone"].as_array().unwrap().len(), 2);
    // It can be completed again, and the next one made anew.
    let again = ada.post(&complete, &json!({})).await.expect(200);
    assert_eq!(again["next_occurrence"]["due_date"], "2026-11-24");
    assert!(!ids(&undone["undone"]).contains(&again["next_occurrence"]["id"].as_str().unwrap()));
}

#[tokio::test]
async fn a_change_of_many_tasks() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let parent = created(&ada, &json!({"title": "Parent", "project": "House"})).await;
    let mut child = parent.clone();
    for number in 0..3 {
        let fields =
            json!({"title": number.to_string(), "parent_id": child["id"], "depends_on": []});
        child = created(&ada, &fields).await;
    }
    let done = json!({"title": "Done", "parent_id": parent["id"], "status": "completed"});
    created(&ada, &done).await;
    let id = "0198c5a0-0000-7000-8000-0000000000aa";
    for (change, count) in [
        (
            (
                Method::POST,
                format!("{}/complete", path(&parent)),
                json!({"cascade": true}),
            ),
            4,
        ),
        ((Method::DELETE, path(&parent), json!({})), 5),
        (
            (
                Method::POST,
                BATCH.to_owned(),
                json!({"items": [
                    {"op": "create", "title": "New", "id": id, "project": "Batch", "parent_id": child["id"]},
                    {"op": "create", "title": "Below", "parent_id": id, "depends_on": []},
                    {"op": "update", "id": parent["id"], "priority": 1},
                    {"op": "update", "id": parent["id"], "priority": 2, "tags": "x"},
                    {"op": "snooze", "id": child["id"]},
                ]}),
            ),
            4,
        ),
        (
            (
                Method::PATCH,
                "/api/projects/House".to_owned(),
                json!({"name": "Home"}),
            ),
            1,
        ),
    ] {
        // A renamed project keeps its new name when its tasks go back to the old one.
        if change.1.starts_with("/api/projects") {
            let tasks = |state: Value| state[0].clone();
            let before = tasks(state(&app, &ada).await);
            ada.patch(&change.1, &change.2).await.expect(200);
            undo(&ada).await.expect(200);
            assert_eq!(tasks(state(&app, &ada).await), before);
            continue;
        }
        let undone = back_and_forth(&app, &ada, change).await;
        assert_eq!(undone["undone"].as_array().unwrap().len(), count);
    }
}

#[tokio::test]
async fn what_was_done_by_another_session_or_key_is_undone_too() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let subject = task(&ada, "Subject").await;
    let before = state(&app, &ada).await;
    let database = app.database.connect().await;
    let rename = "UPDATE sessions SET kind = 'key', name = 'Backup'";
    database.batch_execute(rename).await.unwrap();
    ada.patch(&path(&subject), &json!({"title": "By a key"}))
        .await
        .expect(200);
    assert_eq!(last_change(&ada).await["by"], "key Backup");
    database
        .batch_execute("UPDATE sessions SET kind = 'app', name = NULL")
        .await
        .unwrap();
    undo(&ada).await.expect(200);
    assert_eq!(last_change(&ada).await["by"], "app");
    assert_eq!(state(&app, &ada).await, before);
}

#[tokio::test]
async fn another_zone_since_then_is_kept_to() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let subject = created(&ada, &json!({"title": "x", "due_date": "2026-12-01"})).await;
    ada.delete(&path(&subject)).await.expect(204);
    let zone = json!({"time_zone": "Asia/Tokyo"});
    ada.put("/api/preferences", &zone).await.expect(200);
    undo(&ada).await.expect(200);
    assert_eq!(
        state(&app, &ada).await[0][0]["due_at"],
        "2026-12-01T08:00:00+00:00"
    );
    let zone = json!({"time_zone": "UTC"});
    ada.put("/api/preferences", &zone).await.expect(200);
    // The zone is no change of the task: its creation can be undone.
    undo(&ada).await.expect(200);
    assert_eq!(state(&app, &ada).await[0], Value::Null);
}

#[tokio::test]
async fn a_change_of_ten_thousand_tasks_as_an_import_writes_it() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let kept = task(&ada, "Kept").await;
    let before = state(&app, &ada).await;
    let database = app.database.connect().await;
    // Chains of a hundred, each a subtask of the one before.
    database
        .execute(
            "WITH made AS (
                INSERT INTO tasks (user_id, id, title, status, priority, tags, project, depends_on, parent_id, created_at,
                    updated_at, version)
                SELECT $1, md5('task' || k)::uuid, 'Task ' || k, 'pending', 3, '{home}', 'Imported',
                    '{}', CASE WHEN k % 100 > 0 THEN md5('task' || (k - 1))::uuid END, now(), now(), 1
                FROM generate_series(0, 9999) AS k
                RETURNING *
            ), bumped AS (
                UPDATE users SET version = version + 1 WHERE user_id = $1 RETURNING version
            )
            INSERT INTO history (user_id, change_id, task_id, at, by, action, after, version)
            SELECT $1, '0198c5a0-0000-7000-8000-0000000000cc', made.id, '2026-11-22T12:00:00Z', 'session', 'import',
                to_jsonb(made), bumped.version
            FROM made, bumped",
            &[&ada.identity().user.0],
        )
        .await
        .unwrap();
    let after = state(&app, &ada).await;
    let change = last_change(&ada).await;
    assert_eq!(change["task_ids"].as_array().unwrap().len(), 10_000);
    assert_eq!(change["after"].as_object().unwrap().len(), 50);
    let undone = undo(&ada).await.expect(200);
    assert_eq!(undone["undone"].as_array().unwrap().len(), 10_000);
    assert_eq!(state(&app, &ada).await, before);
    undo_of(&ada, &undone["change_id"]).await.expect(200);
    assert_eq!(state(&app, &ada).await[0], after[0]);
    assert_eq!(ada.get(&path(&kept)).await.expect(200), kept);
}
