//! What holds on every route of tasks: whose they are, who may, and that each is one round trip.

use axum::http::Method;
use serde_json::{Value, json};

use super::{ID, NOW, PATH, counters, path, subtask, task};
use crate::support::TestApp;

/// Every route, with a body that is right.
fn routes(task: &str) -> Vec<(Method, String, Value)> {
    let step = |step: &str| format!("{task}/{step}");
    vec![
        (Method::GET, PATH.to_owned(), Value::Null),
        (Method::POST, PATH.to_owned(), json!({"title": "New"})),
        (Method::GET, task.to_owned(), Value::Null),
        (Method::PATCH, task.to_owned(), json!({"title": "Patched"})),
        (Method::PUT, task.to_owned(), json!({"title": "Put"})),
        (Method::POST, step("start"), json!({})),
        (Method::POST, step("snooze"), json!({"hours": 1})),
        (Method::POST, step("not-now"), json!({})),
        (Method::POST, step("complete"), json!({"cascade": true})),
        (Method::POST, step("reopen"), json!({})),
        (Method::GET, step("occurrences"), Value::Null),
        (Method::DELETE, task.to_owned(), json!({})),
    ]
}

#[tokio::test]
async fn is_one_round_trip_also_with_a_key_with_unnamed_statements_and_for_every_refusal() {
    for statements in ["prepared", "unnamed"] {
        let app = TestApp::with(&[
            ("DATABASE_STATEMENTS", statements),
            ("DATABASE_POOL_SIZE", "1"),
        ])
        .await;
        let ada = app.user("ada").await;
        // The first use of a connection prepares its statements.
        let warm = task(&ada, "Warm").await;
        for (method, target, body) in routes(&path(&warm)) {
            ada.call(method, &target).json(&body).send().await;
        }
        ada.post(PATH, &json!({})).await.expect(422);
        let task = task(&ada, "Counted").await;
        for (number, (method, target, body)) in routes(&path(&task)).into_iter().enumerate() {
            for answered in ["first", "replayed", "refused"] {
                let body = if answered == "refused" {
                    json!({"title": "Other", "client_token": number.to_string()})
                } else {
                    body.clone()
                };
                let call = ada
                    .call(method.clone(), &target)
                    .header("idempotency-key", &number.to_string())
                    .json(&body);
                let (round_trips, response) = app.round_trips(call.send()).await;
                assert_eq!(
                    round_trips,
                    1,
                    "{statements} {method} {target} {answered}: {}",
                    response.text()
                );
                assert_ne!(
                    response.header("mindflow-version"),
                    "",
                    "{method} {target} {answered}: {}",
                    response.text()
                );
            }
        }
    }
}

#[tokio::test]
async fn what_looks_at_other_tasks_is_one_round_trip_too() {
    for statements in ["prepared", "unnamed"] {
        let app = TestApp::with(&[
            ("DATABASE_STATEMENTS", statements),
            ("DATABASE_POOL_SIZE", "1"),
        ])
        .await;
        let ada = app.user("ada").await;
        // The first time prepares the statements of the connection.
        for is_counted in [false, true] {
            let (parent, other) = (task(&ada, "Parent").await, task(&ada, "Other").await);
            let child = subtask(&ada, "Child", &parent).await;
            let grandchild = subtask(&ada, "Grandchild", &child).await;
            let links = |parent: &Value, on: &Value| json!({"title": "Links", "parent_id": parent["id"], "depends_on": [on["id"]]});
            let complete = format!("{}/complete", path(&parent));
            for (method, target, body, status) in [
                (
                    Method::POST,
                    PATH.to_owned(),
                    links(&grandchild, &other),
                    201,
                ),
                (
                    Method::POST,
                    PATH.to_owned(),
                    links(&grandchild, &parent),
                    422,
                ),
                (
                    Method::PATCH,
                    path(&grandchild),
                    links(&parent, &other),
                    200,
                ),
                (Method::PUT, path(&grandchild), links(&child, &other), 200),
                (
                    Method::PATCH,
                    path(&parent),
                    links(&grandchild, &other),
                    422,
                ),
                (Method::PUT, path(&other), links(&parent, &grandchild), 422),
                (Method::PATCH, path(&other), json!({"parent_id": ID}), 422),
                (Method::POST, complete.clone(), json!({}), 409),
                (
                    Method::POST,
                    complete.clone(),
                    json!({"cascade": true}),
                    200,
                ),
                (
                    Method::POST,
                    format!("{}/reopen", path(&parent)),
                    json!({}),
                    200,
                ),
                (
                    Method::POST,
                    format!("{}/reopen", path(&grandchild)),
                    json!({}),
                    200,
                ),
                (
                    Method::PATCH,
                    path(&parent),
                    json!({"status": "completed"}),
                    409,
                ),
                (Method::DELETE, path(&parent), json!({}), 204),
            ] {
                let call = ada.call(method.clone(), &target).json(&body);
                let (round_trips, response) = app.round_trips(call.send()).await;
                assert_eq!(
                    response.status,
                    status,
                    "{method} {target} {body}: {}",
                    response.text()
                );
                if is_counted {
                    assert_eq!(round_trips, 1, "{statements} {method} {target} {body}");
                }
            }
        }
    }
}

#[tokio::test]
async fn hides_another_users_task() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let hers = task(&ada, "Ada's").await;
    for (method, target, body) in routes(&path(&hers))
        .into_iter()
        .filter(|(_, target, _)| target != PATH)
    {
        let response = bob.call(method.clone(), &target).json(&body).send().await;
        response.expect(404);
        assert_eq!(
            response.header("mindflow-version"),
            "1",
            "{method} {target}"
        );
        let missing = bob
            .call(method, &target.replace(hers["id"].as_str().unwrap(), ID))
            .json(&body)
            .send()
            .await;
        let shown = |answer: &Value| (answer["title"].clone(), answer["detail"].clone());
        assert_eq!(
            shown(&response.json()),
            shown(&missing.json()),
            "it must not tell whether the task exists"
        );
    }
    assert_eq!(bob.get(PATH).await.expect(200)["items"], json!([]));
    assert_eq!(ada.get(&path(&hers)).await.expect(200), hers);
    assert_eq!(
        (counters(&app, &ada).await, counters(&app, &bob).await),
        ((2, 0), (1, 0))
    );
}

#[tokio::test]
async fn needs_a_credential_that_holds() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Hers").await;
    let database = app.database.connect().await;
    for (method, target, body) in routes(&path(&task)) {
        app.anonymous()
            .call(method, &target)
            .json(&body)
            .send()
            .await
            .expect(401);
    }
    for change in [
        "UPDATE users SET generation = 2",
        "UPDATE users SET generation = 1; UPDATE sessions SET revoked_at = now()",
    ] {
        database.batch_execute(change).await.unwrap();
        for (method, target, body) in routes(&path(&task)) {
            for body in [&body, &json!({"unknown": 1})] {
                let response = ada
                    .call(method.clone(), &target)
                    .header("idempotency-key", "k")
                    .json(body)
                    .send()
                    .await;
                response.expect(401);
                assert_eq!(response.header("mindflow-version"), "", "{method} {target}");
            }
        }
        ada.get("/api/tasks/1?limit=x").await.expect(401);
    }
    assert_eq!(counters(&app, &ada).await, (2, 0));
    let stored = super::stored(&app, &task["id"]).await;
    assert_eq!(
        (&stored["title"], &stored["deleted_at"]),
        (&json!("Hers"), &Value::Null)
    );
}

#[tokio::test]
async fn an_id_that_is_no_uuid_is_not_found_before_the_fields_are_looked_at() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for id in ["1", "0198c5a0-0000-7000-8000-0000000000ag", "{id}", "%00"] {
        for (method, target, _) in routes(&format!("{PATH}/{id}"))
            .into_iter()
            .filter(|(_, target, _)| target != PATH)
        {
            let response = ada
                .call(method.clone(), &target)
                .json(&json!({"unknown": NOW}))
                .send()
                .await;
            response.expect(404);
            assert_eq!(response.header("mindflow-version"), "1");
        }
    }
}

#[tokio::test]
async fn answers_503_while_the_database_is_away_and_recovers() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Stays").await;
    app.proxy.cut();
    for (method, target, body) in routes(&path(&task)) {
        let response = ada.call(method, &target).json(&body).send().await;
        response.expect(503);
        assert_eq!(response.header("retry-after"), "1");
    }
    app.proxy.mend();
    assert_eq!(ada.get(&path(&task)).await.expect(200), task);
}
