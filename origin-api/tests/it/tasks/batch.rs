//! POST /api/tasks/batch

use axum::http::Method;
use serde_json::{Value, json};

use super::{ID, PATH, counters, created, path, read, subtask, task};
use crate::support::{Client, Response, TestApp};

const BATCH: &str = "/api/tasks/batch";
const OTHER_ID: &str = "0198c5a0-0000-7000-8000-0000000000ab";

async fn send(client: &Client, items: Value) -> Response {
    client.post(BATCH, &json!({ "items": items })).await
}

/// Field and status of everything that was refused.
fn refused(response: &Response, status: u16) -> Vec<String> {
    let problem = response.expect(status);
    let errors = problem["errors"].as_array().unwrap().iter();
    errors
        .map(|error| error["field"].as_str().unwrap().to_owned())
        .collect()
}

/// All that a user has, for showing that nothing changed.
async fn all(app: &TestApp, client: &Client) -> Value {
    let database = app.database.connect().await;
    let row = database
        .query_one(
            "SELECT jsonb_build_array(
                (SELECT jsonb_agg(tasks ORDER BY id) FROM tasks WHERE user_id = $1),
                (SELECT jsonb_agg(history ORDER BY change_id, task_id) FROM history WHERE user_id = $1),
                (SELECT jsonb_agg(projects ORDER BY name) FROM projects WHERE user_id = $1),
                (SELECT jsonb_agg(key ORDER BY key) FROM idempotency_keys WHERE user_id = $1),
                (SELECT version FROM users WHERE user_id = $1))",
            &[&client.identity().user.0],
        )
        .await
        .unwrap();
    row.get(0)
}

#[tokio::test]
async fn every_item_does_what_its_own_route_does_and_all_are_one_change() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let (a, b, c, d) = (
        task(&ada, "A").await,
        task(&ada, "B").await,
        task(&ada, "C").await,
        task(&ada, "D").await,
    );
    let below = subtask(&ada, "Below", &d).await;
    let response = send(
        &ada,
        json!([
            {"op": "create", "title": " New ", "tags": "x,y", "project": "Garden"},
            {"op": "update", "id": a["id"], "priority": 5, "due_date": "2026-12-01"},
            {"op": "complete", "id": b["id"]},
            {"op": "snooze", "id": c["id"], "hours": 2},
            {"op": "delete", "id": d["id"]},
        ]),
    )
    .await;
    let answer = response.expect(200);
    let results = answer["results"].as_array().unwrap();
    let ops: Vec<_> = results.iter().map(|result| &result["op"]).collect();
    assert_eq!(ops, ["create", "update", "complete", "snooze", "delete"]);
    let new = &results[0]["task"];
    assert_eq!(
        (&new["title"], &new["tags"], &new["project"]),
        (&json!("New"), &json!(["x", "y"]), &json!("Garden"))
    );
    assert_eq!(results[2]["task"]["next_occurrence"], Value::Null);
    assert_eq!(
        results[3]["task"]["snoozed_until"],
        "2026-11-22T14:00:00.000Z"
    );
    assert_eq!(results[3]["task"]["status"], "snoozed");
    assert_eq!(results[4]["task"]["title"], "D");
    for (at, task) in [(0, new), (1, &a), (3, &c)] {
        assert_eq!(read(&ada, task).await, results[at]["task"]);
        assert!(results[at]["task"].get("next_occurrence").is_none());
    }
    for gone in [&d, &below] {
        ada.get(&path(gone)).await.expect(404);
    }
    let version = response.header("mindflow-version").to_owned();
    assert_eq!(ada.get(PATH).await.header("mindflow-version"), version);

    let change = &ada.get("/api/history?limit=1").await.expect(200)["items"][0];
    assert_eq!(change["id"], answer["change_id"]);
    assert_eq!(change["action"], "batch");
    let mut ids: Vec<_> = [new, &a, &b, &c, &d, &below]
        .iter()
        .map(|task| task["id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(change["task_ids"], json!(ids));
    let database = app.database.connect().await;
    let row = database
        .query_one(
            "SELECT count(DISTINCT version), max(version)::text FROM history WHERE change_id::text = $1",
            &[&answer["change_id"].as_str().unwrap()],
        )
        .await
        .unwrap();
    assert_eq!((row.get(0), row.get(1)), (1_i64, version));
}

#[tokio::test]
async fn an_item_may_name_tasks_that_others_make_before_or_after_it() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let waiting = task(&ada, "Waiting").await;
    let answer = send(
        &ada,
        json!([
            {"op": "update", "id": waiting["id"], "depends_on": [OTHER_ID]},
            {"op": "create", "title": "Child", "id": OTHER_ID, "parent_id": ID},
            {"op": "create", "title": "Parent", "id": ID},
            {"op": "snooze", "id": ID, "until": "2026-12-24"},
        ]),
    )
    .await
    .expect(200);
    let results = &answer["results"];
    assert_eq!(results[0]["task"]["status"], "blocked");
    assert_eq!(results[1]["task"]["parent_id"], ID);
    assert_eq!(
        results[2]["task"], results[3]["task"],
        "both are the task after the whole batch"
    );
    assert_eq!(results[2]["task"]["version"], 2);
    assert_eq!(read(&ada, &waiting).await, results[0]["task"]);
}

#[tokio::test]
async fn what_is_refused_is_named_by_its_place_and_nothing_changes() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let parent = task(&ada, "Parent").await;
    let child = subtask(&ada, "Child", &parent).await;
    let done = created(&ada, &json!({"title": "Done", "status": "completed"})).await;
    let his = task(&bob, "Bob's").await;
    let before = (all(&app, &ada).await, all(&app, &bob).await);
    let good = json!({"op": "create", "title": "Good", "project": "Never"});
    let missing = json!({"op": "delete", "id": his["id"]});
    let taken = json!({"op": "create", "title": "x", "id": done["id"]});
    let open = json!({"op": "complete", "id": parent["id"]});
    let stale = json!({"op": "update", "id": child["id"], "version": 7, "title": "x"});
    let circle = json!({"op": "update", "id": child["id"], "depends_on": [parent["id"]]});
    for (items, status, fields) in [
        (vec![&good, &missing], 404, vec!["items[1].id"]),
        (vec![&taken, &good], 409, vec!["items[0].id"]),
        (vec![&open], 409, vec!["items[0].id"]),
        (
            vec![&good, &stale, &missing],
            404,
            vec!["items[1].version", "items[2].id"],
        ),
        (
            vec![&stale, &open],
            412,
            vec!["items[0].version", "items[1].id"],
        ),
        (
            vec![&open, &taken, &missing, &circle, &good],
            422,
            vec![
                "items[0].id",
                "items[1].id",
                "items[2].id",
                "items[3].depends_on",
            ],
        ),
        (
            vec![&json!({"op": "create", "title": "x", "parent_id": his["id"]})],
            422,
            vec!["items[0].parent_id"],
        ),
        (
            vec![&json!({"op": "create", "title": "x", "parent_id": done["id"]})],
            422,
            vec!["items[0].parent_id"],
        ),
        (
            vec![&json!({"op": "snooze", "id": child["id"], "until": "2020-01-01"})],
            422,
            vec!["items[0].until"],
        ),
        (
            vec![&json!({"op": "snooze", "id": done["id"]})],
            409,
            vec!["items[0].id"],
        ),
        (
            vec![&json!({"op": "update", "id": parent["id"], "status": "completed"})],
            409,
            vec!["items[0].id"],
        ),
        (
            vec![&json!({"op": "update", "id": child["id"], "recurrence": "FREQ=DAILY"})],
            422,
            vec!["items[0].recurrence"],
        ),
    ] {
        let response = send(&ada, json!(items)).await;
        assert_eq!(refused(&response, status), fields, "{items:?}");
        assert_ne!(response.header("mindflow-version"), "");
        assert_eq!(
            (all(&app, &ada).await, all(&app, &bob).await),
            before,
            "{items:?}"
        );
    }
}

#[tokio::test]
async fn fields_of_all_items_are_looked_at_before_anything_is_done() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let before = all(&app, &ada).await;
    let response = send(
        &ada,
        json!([
            {"op": "create", "title": "x", "priority": 9},
            {"op": "create", "title": "x", "recurrence": "FREQ=DAILY"},
            {"op": "delete", "id": ID},
            {"op": "update", "id": ID, "recurrence": "FREQ=NEVER"},
        ]),
    )
    .await;
    // Whether a rule is one is for the origin to say, about items that can be read.
    assert_eq!(response.invalid_fields(), ["items[0].priority"]);
    let response = send(
        &ada,
        json!([
            {"op": "create", "title": "x", "recurrence": "FREQ=DAILY"},
            {"op": "update", "id": ID, "recurrence": "FREQ=NEVER"},
        ]),
    )
    .await;
    assert_eq!(
        response.invalid_fields(),
        ["items[0].recurrence", "items[1].recurrence"]
    );
    let many = vec![json!({"op": "delete", "id": ID}); 51];
    for items in [json!([]), json!(many)] {
        assert_eq!(send(&ada, items).await.invalid_fields(), ["items"]);
    }
    assert_eq!(all(&app, &ada).await, before);
}

#[tokio::test]
async fn what_names_a_task_that_is_not_made_is_passed_over() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let response = send(
        &ada,
        json!([
            {"op": "create", "title": "Refused", "id": ID, "parent_id": OTHER_ID},
            {"op": "create", "title": "In vain", "parent_id": ID},
            {"op": "complete", "id": ID},
            {"op": "delete", "id": "0198c5a0-0000-7000-8000-0000000000ac"},
        ]),
    )
    .await;
    assert_eq!(
        refused(&response, 422),
        ["items[0].parent_id", "items[3].id"]
    );
    let circle = json!([
        {"op": "create", "title": "A", "id": ID, "parent_id": OTHER_ID},
        {"op": "create", "title": "B", "id": OTHER_ID, "depends_on": [ID]},
        {"op": "complete", "id": ID},
    ]);
    let response = send(&ada, circle).await;
    assert_eq!(
        refused(&response, 422),
        ["items[0].depends_on", "items[1].depends_on"]
    );
    assert!(response.text().contains("wait for itself"));
}

#[tokio::test]
async fn a_dry_run_answers_what_would_be_and_changes_nothing() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = created(
        &ada,
        &json!({"title": "Water", "due_date": "2026-11-23", "recurrence": "FREQ=DAILY"}),
    )
    .await;
    let before = all(&app, &ada).await;
    let items = json!([
        {"op": "complete", "id": task["id"]},
        {"op": "create", "title": "New", "id": ID, "project": "Never"},
    ]);
    let body = json!({"items": items, "dry_run": true, "client_token": "k"});
    let response = ada.post(BATCH, &body).await;
    let tried = response.expect(200);
    assert_eq!(tried["change_id"], Value::Null);
    assert_eq!(tried["results"][0]["task"]["status"], "completed");
    assert_eq!(
        tried["results"][0]["task"]["next_occurrence"]["due_date"],
        "2026-11-24"
    );
    assert_eq!(tried["results"][1]["task"]["project"], "Never");
    assert_eq!(response.header("mindflow-version"), "2");
    assert_eq!(all(&app, &ada).await, before);
    // The key is free, the connection too.
    let body = json!({"items": items, "client_token": "k"});
    let mut done = ada.post(BATCH, &body).await.expect(200);
    // The next occurrence has an id of its own each time.
    done["results"][0]["task"]["next_occurrence"]["id"] =
        tried["results"][0]["task"]["next_occurrence"]["id"].clone();
    assert_eq!(done["results"], tried["results"]);
    assert_eq!(
        read(&ada, &json!({ "id": ID })).await,
        done["results"][1]["task"]
    );
    let bad = json!({"items": [{"op": "delete", "id": OTHER_ID}], "dry_run": true});
    assert_eq!(refused(&ada.post(BATCH, &bad).await, 404), ["items[0].id"]);
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_again() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "A").await;
    let items = json!([
        {"op": "update", "id": task["id"], "title": "\"Ä\" \\ 🌱"},
        {"op": "create", "title": "New"},
    ]);
    let body = json!({"items": items, "client_token": "k"});
    let first = ada.post(BATCH, &body).await;
    first.expect(200);
    assert_eq!(first.header("idempotency-replayed"), "");
    ada.delete(&path(&task)).await.expect(204);
    let before = all(&app, &ada).await;
    let again = ada.post(BATCH, &body).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!((again.status, &again.body), (200, &first.body));
    assert_eq!(again.header("mindflow-version"), "5");
    let other = json!({"items": [{"op": "create", "title": "Other"}], "client_token": "k"});
    assert_eq!(
        ada.post(BATCH, &other).await.invalid_fields(),
        ["Idempotency-Key"]
    );
    assert_eq!(all(&app, &ada).await, before);
    // A refusal is not kept.
    let bad = json!({"items": [{"op": "delete", "id": ID}], "client_token": "free"});
    ada.post(BATCH, &bad).await.expect(404);
    created(&ada, &json!({"title": "x", "id": ID})).await;
    ada.post(BATCH, &bad).await.expect(200);
}

#[tokio::test]
async fn a_version_is_compared_when_the_items_turn_comes() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "A").await;
    let twice = |second: i64| {
        json!([
            {"op": "update", "id": task["id"], "version": 1, "title": "B"},
            {"op": "update", "id": task["id"], "version": second, "priority": 5},
        ])
    };
    assert_eq!(
        refused(&send(&ada, twice(1)).await, 412),
        ["items[1].version"]
    );
    send(&ada, twice(2)).await.expect(200);
    let read = read(&ada, &task).await;
    assert_eq!(
        (&read["title"], &read["priority"], &read["version"]),
        (&json!("B"), &json!(5), &json!(3))
    );
}

#[tokio::test]
async fn completing_follows_the_rule_of_complete() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let weekly = json!({"title": "Weekly", "due_date": "2026-11-23", "recurrence": "FREQ=WEEKLY"});
    let (one, other) = (created(&ada, &weekly).await, created(&ada, &weekly).await);
    let parent = task(&ada, "Parent").await;
    let child = subtask(&ada, "Child", &parent).await;
    let answer = send(
        &ada,
        json!([
            {"op": "complete", "id": one["id"]},
            {"op": "update", "id": other["id"], "status": "completed"},
            {"op": "complete", "id": parent["id"], "cascade": true},
            {"op": "complete", "id": child["id"]},
        ]),
    )
    .await
    .expect(200);
    let next = &answer["results"][0]["task"]["next_occurrence"];
    assert_eq!(next["due_date"], "2026-11-30");
    assert_eq!(read(&ada, next).await, *next);
    assert_eq!(
        ada.get("/api/tasks?status=pending").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        2,
        "both recur"
    );
    assert_eq!(read(&ada, &child).await["status"], "completed");
}

#[tokio::test]
async fn where_nothing_changes_there_is_no_change() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let done = created(&ada, &json!({"title": "Done", "status": "completed"})).await;
    let before = all(&app, &ada).await;
    let items = json!([
        {"op": "complete", "id": done["id"]},
        {"op": "update", "id": done["id"]},
        {"op": "update", "id": done["id"], "title": "Done"},
    ]);
    let body = json!({"items": items, "client_token": "k"});
    let response = ada.post(BATCH, &body).await;
    let answer = response.expect(200);
    assert_eq!(answer["change_id"], Value::Null);
    assert_eq!(answer["results"][1]["task"], done);
    assert_eq!(response.header("mindflow-version"), "2");
    assert_eq!(all(&app, &ada).await, before);
}

#[tokio::test]
async fn fifty_items_are_taken_also_of_one_task() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let mut items = vec![json!({"op": "create", "title": "0", "id": ID})];
    items.extend((1..50).map(|n| json!({"op": "update", "id": ID, "title": n.to_string()})));
    let answer = send(&ada, json!(items)).await.expect(200);
    let task = read(&ada, &json!({ "id": ID })).await;
    assert_eq!(
        (&task["title"], &task["version"]),
        (&json!("49"), &json!(50))
    );
    for result in answer["results"].as_array().unwrap() {
        assert_eq!(result["task"], task);
    }
    let change = &ada.get("/api/history").await.expect(200)["items"][0];
    assert_eq!(change["before"], Value::Null);
    assert_eq!(change["after"][ID]["title"], "49");
    assert_eq!(counters(&app, &ada).await, (51, 0));
}

#[tokio::test]
async fn needs_a_credential_that_holds_and_a_database() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let items = json!([{"op": "create", "title": "x"}]);
    send(&app.anonymous(), items.clone()).await.expect(401);
    app.proxy.cut();
    let away = send(&ada, items.clone()).await;
    away.expect(503);
    assert_eq!(away.header("retry-after"), "1");
    app.proxy.mend();
    send(&ada, items.clone()).await.expect(200);
    let database = app.database.connect().await;
    database
        .batch_execute("UPDATE sessions SET revoked_at = now()")
        .await
        .unwrap();
    let revoked = send(&ada, items).await;
    revoked.expect(401);
    assert_eq!(revoked.header("mindflow-version"), "");
    let wrong = ada.call(Method::POST, BATCH).json(&json!({"items": 1}));
    wrong.send().await.expect(401);
    assert_eq!(counters(&app, &ada).await, (2, 0));
}
