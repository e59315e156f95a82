//! What is written of each change: one row a task, with the rows before and after.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{PATH, counters, created, path, stored, subtask, task};
use crate::support::{Client, TestApp};

/// The user's history, the latest change first: change, task, action, by, before and after.
async fn history(
    app: &TestApp,
    client: &Client,
) -> Vec<(String, Value, String, String, Value, Value)> {
    let database = app.database.connect().await;
    let rows = database
        .query(
            "SELECT change_id::text, to_jsonb(task_id), action, by, coalesce(before, 'null'), coalesce(after, 'null')
            FROM history WHERE user_id = $1 ORDER BY change_id DESC, task_id",
            &[&client.identity().user.0],
        )
        .await
        .unwrap();
    rows.iter()
        .map(|row| {
            (
                row.get(0),
                row.get(1),
                row.get(2),
                row.get(3),
                row.get(4),
                row.get(5),
            )
        })
        .collect()
}

#[tokio::test]
async fn every_change_of_one_task_is_one_row_with_what_was_before_and_after() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let task = task(&ada, "Told").await;
    let step = |name: &str| format!("{}/{name}", path(&task));
    let mut before = Value::Null;
    let mut ids = Vec::new();
    for (number, (method, target, body, action)) in (1..).zip([
        (Method::POST, PATH.to_owned(), Value::Null, "create"),
        (
            Method::PATCH,
            path(&task),
            json!({"title": "Patched", "tags": "a,b"}),
            "update",
        ),
        (
            Method::PUT,
            path(&task),
            json!({"title": "Put", "due_date": "2026-12-01"}),
            "replace",
        ),
        (Method::POST, step("start"), json!({}), "start"),
        (Method::POST, step("snooze"), json!({}), "snooze"),
        (Method::POST, step("not-now"), json!({}), "not_now"),
        (Method::POST, step("complete"), json!({}), "complete"),
        (Method::POST, step("reopen"), json!({}), "reopen"),
        (
            Method::PATCH,
            path(&task),
            json!({"status": "completed"}),
            "complete",
        ),
        (
            Method::PATCH,
            path(&task),
            json!({"status": "pending"}),
            "update",
        ),
        (Method::DELETE, path(&task), json!({}), "delete"),
    ]) {
        // Ids of one millisecond are in no order.
        app.clock.advance(SignedDuration::from_millis(1));
        if action != "create" {
            let response = ada.call(method, &target).json(&body).send().await;
            assert!(
                matches!(response.status, 200 | 204),
                "{action}: {}",
                response.text()
            );
        }
        let after = stored(&app, &task["id"]).await;
        let told = history(&app, &ada).await;
        assert_eq!(told.len(), number, "{action}");
        let (change, of, named, by, was, is) = told[0].clone();
        assert_eq!(
            (of, named.as_str(), by.as_str()),
            (task["id"].clone(), action, "session")
        );
        assert_eq!((was, is), (before, after.clone()), "{action}");
        assert_eq!(
            counters(&app, &ada).await.0,
            i64::try_from(number).unwrap() + 1,
            "{action}"
        );
        ids.push(change);
        before = after;
    }
    let mut in_order = ids.clone();
    in_order.sort();
    in_order.dedup();
    assert_eq!(in_order, ids, "ids are in the order of time");
    assert_eq!(history(&app, &bob).await, []);
}

#[tokio::test]
async fn what_changes_together_has_one_change_and_raises_the_version_once() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let tick = || app.clock.advance(SignedDuration::from_millis(1));
    let parent = task(&ada, "Parent").await;
    tick();
    let child = subtask(&ada, "Child", &parent).await;
    tick();
    let grandchild = subtask(&ada, "Grandchild", &child).await;
    tick();
    let done = subtask(&ada, "Done", &child).await;
    tick();
    ada.post(&format!("{}/complete", path(&done)), &json!({}))
        .await
        .expect(200);
    for (method, target, body, action, changed) in [
        (
            Method::POST,
            format!("{}/complete", path(&parent)),
            json!({"cascade": true}),
            "complete",
            vec![&parent, &child, &grandchild],
        ),
        (
            Method::DELETE,
            path(&parent),
            json!({}),
            "delete",
            vec![&parent, &child, &grandchild, &done],
        ),
    ] {
        let (before, count) = (
            counters(&app, &ada).await.0,
            history(&app, &ada).await.len(),
        );
        let mut rows = Vec::new();
        for task in &changed {
            rows.push(stored(&app, &task["id"]).await);
        }
        tick();
        let response = ada.call(method, &target).json(&body).send().await;
        assert!(matches!(response.status, 200 | 204), "{}", response.text());
        assert_eq!(counters(&app, &ada).await.0, before + 1);
        let told = history(&app, &ada).await;
        assert_eq!(told.len(), count + changed.len());
        // Ids are in the order in which the tasks were made.
        for (told_row, (task, row)) in told.iter().zip(changed.iter().zip(&rows)) {
            let after = stored(&app, &task["id"]).await;
            assert_eq!(
                after["version"].as_i64().unwrap(),
                row["version"].as_i64().unwrap() + 1
            );
            let expected = (
                told[0].0.clone(),
                task["id"].clone(),
                action.to_owned(),
                "session".to_owned(),
                row.clone(),
                after,
            );
            assert_eq!(*told_row, expected);
        }
    }
}

/// A request, and the status of its answer.
type Sent = (Method, String, Value, u16);

async fn write_nothing(app: &TestApp, client: &Client, requests: Vec<Sent>) {
    let before = (counters(app, client).await, history(app, client).await);
    for (method, target, body, status) in requests {
        let response = client
            .call(method.clone(), &target)
            .json(&body)
            .send()
            .await;
        assert_eq!(
            response.status,
            status,
            "{method} {target} {body}: {}",
            response.text()
        );
        let now = (counters(app, client).await, history(app, client).await);
        assert_eq!(now, before, "{method} {target} {body}");
    }
}

#[tokio::test]
async fn repeats_and_replays_write_nothing() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let new = json!({"title": "New", "client_token": "create"});
    let task = created(&ada, &new).await;
    let begun = created(&ada, &json!({"title": "Begun"})).await;
    let done = created(&ada, &json!({"title": "Done", "status": "completed"})).await;
    let start = format!("{}/start", path(&begun));
    let first = json!({"client_token": "start"});
    ada.post(&start, &first).await.expect(200);
    let requests = vec![
        (Method::POST, PATH.to_owned(), new, 201),
        (Method::POST, start.clone(), first, 200),
        (Method::POST, start, json!({}), 200),
        (
            Method::POST,
            format!("{}/reopen", path(&task)),
            json!({}),
            200,
        ),
        (
            Method::POST,
            format!("{}/complete", path(&done)),
            json!({}),
            200,
        ),
        (Method::PATCH, path(&task), json!({"title": "New"}), 200),
        (Method::PUT, path(&task), json!({"title": "New"}), 200),
    ];
    write_nothing(&app, &ada, requests).await;
}

#[tokio::test]
async fn refusals_write_nothing() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let parent = created(&ada, &json!({"title": "Parent", "client_token": "create"})).await;
    subtask(&ada, "Child", &parent).await;
    let done = created(&ada, &json!({"title": "Done", "status": "completed"})).await;
    let post = |body: Value, status| (Method::POST, PATH.to_owned(), body, status);
    let step = |task: &Value, step: &str, body: Value, status| {
        (Method::POST, format!("{}/{step}", path(task)), body, status)
    };
    let requests = vec![
        post(json!({"title": "Other", "client_token": "create"}), 422),
        post(
            json!({"title": "x", "project": "Never", "parent_id": done["id"]}),
            422,
        ),
        post(
            json!({"title": "x", "project": "Never", "id": done["id"]}),
            409,
        ),
        step(&parent, "complete", json!({}), 409),
        step(&done, "start", json!({}), 409),
        step(&done, "not-now", json!({}), 409),
        step(&done, "snooze", json!({}), 409),
        step(&parent, "snooze", json!({"until": "2020-01-01"}), 422),
        (
            Method::PATCH,
            path(&parent),
            json!({"depends_on": [parent["id"]]}),
            422,
        ),
        (
            Method::PATCH,
            path(&parent),
            json!({"status": "completed"}),
            409,
        ),
    ];
    write_nothing(&app, &ada, requests).await;
    let before = (counters(&app, &ada).await, history(&app, &ada).await);
    let stale = ada
        .call(Method::DELETE, &path(&parent))
        .header("if-match", "\"9-0\"");
    stale.send().await.expect(412);
    assert_eq!(
        (counters(&app, &ada).await, history(&app, &ada).await),
        before
    );
}

#[tokio::test]
async fn a_project_exists_from_the_first_task_that_names_it() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = created(&ada, &json!({"title": "x", "project": "Garden"})).await;
    for name in ["Garden", "Büro", "Garden"] {
        let body = json!({"project": name});
        ada.patch(&path(&task), &body).await.expect(200);
    }
    ada.patch(
        &path(&task),
        &json!({"project": "Never", "parent_id": task["id"]}),
    )
    .await
    .expect(422);
    let database = app.database.connect().await;
    let rows = database
        .query("SELECT name FROM projects ORDER BY name", &[])
        .await
        .unwrap();
    let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(names, ["Büro", "Garden"]);
}
