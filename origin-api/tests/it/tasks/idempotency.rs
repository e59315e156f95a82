//! `Idempotency-Key` and `client_token`: what was applied is answered again, never applied again.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ID, PATH, counters, path, renewed, task};
use crate::support::{Client, Response, TestApp};

async fn keyed(client: &Client, method: Method, target: &str, key: &str, body: &Value) -> Response {
    client
        .call(method, target)
        .header("idempotency-key", key)
        .json(body)
        .send()
        .await
}

/// Every change with its body: the requests that must be answered again.
fn changes(task: &Value) -> Vec<(Method, String, Value, u16)> {
    let step = |step: &str| format!("{}/{step}", path(task));
    vec![
        (Method::POST, PATH.to_owned(), json!({"title": "New"}), 201),
        (Method::PATCH, path(task), json!({"title": "Patched"}), 200),
        (
            Method::PUT,
            path(task),
            json!({"title": "Put", "tags": ["ü"]}),
            200,
        ),
        (Method::POST, step("start"), json!({}), 200),
        (Method::POST, step("snooze"), json!({}), 200),
        (Method::POST, step("not-now"), json!({}), 200),
        (Method::POST, step("complete"), json!({}), 200),
        (Method::POST, step("reopen"), json!({}), 200),
        (Method::DELETE, path(task), json!({}), 204),
    ]
}

#[tokio::test]
async fn the_first_answer_is_given_again_even_when_the_task_has_moved_on() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let due = json!({"title": "Moves on", "due_date": "2026-11-22T12:30:00Z"});
    let task = ada.post(PATH, &due).await.expect(201);
    let mut answers = Vec::new();
    for (number, (method, target, body, status)) in changes(&task).into_iter().enumerate() {
        app.clock.advance(SignedDuration::from_secs(1));
        let answer = keyed(&ada, method, &target, &format!("key-{number}"), &body).await;
        answer.expect(status);
        assert_eq!(answer.header("idempotency-replayed"), "");
        answers.push(answer);
    }
    let before = counters(&app, &ada).await;
    assert_eq!(before.1, 9);
    // By now the task is deleted, and would be overdue.
    app.clock.advance(SignedDuration::from_hours(20));
    let ada = renewed(&app, &ada);
    for (number, (method, target, body, status)) in changes(&task).into_iter().enumerate() {
        let replay = keyed(&ada, method, &target, &format!("key-{number}"), &body).await;
        assert_eq!(
            (replay.status, replay.text()),
            (status, answers[number].text()),
            "{target}"
        );
        assert_eq!(
            replay.header("location"),
            answers[number].header("location")
        );
        assert_eq!(replay.header("idempotency-replayed"), "true");
        assert_eq!(replay.header("mindflow-version"), before.0.to_string());
    }
    assert_eq!(counters(&app, &ada).await, before);
}

#[tokio::test]
async fn a_key_is_for_one_request() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let body = json!({"title": "Once"});
    let task = keyed(&ada, Method::POST, PATH, "k", &body)
        .await
        .expect(201);
    let before = counters(&app, &ada).await;
    for (method, target, body) in [
        (Method::POST, PATH.to_owned(), json!({"title": "Twice"})),
        (Method::PUT, path(&task), body.clone()),
        (Method::PATCH, path(&task), body.clone()),
        (Method::DELETE, path(&task), json!({})),
        (Method::PATCH, format!("{PATH}/{ID}"), body.clone()),
    ] {
        let refused = keyed(&ada, method, &target, "k", &body).await;
        assert_eq!(refused.invalid_fields(), ["Idempotency-Key"], "{target}");
        assert_eq!(refused.header("mindflow-version"), "2");
    }
    assert_eq!(counters(&app, &ada).await, before);
    let bob = app.user("bob").await;
    let other = keyed(&bob, Method::POST, PATH, "k", &body).await;
    other.expect(201);
    assert_eq!(
        other.header("idempotency-replayed"),
        "",
        "another user's key is another key"
    );
}

#[tokio::test]
async fn the_body_may_carry_the_key() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let body = json!({"title": "Tokened", "client_token": "t"});
    let created = ada.post(PATH, &body).await.expect(201);
    let replay = ada.post(PATH, &body).await;
    assert_eq!(
        (replay.expect(201), replay.header("idempotency-replayed")),
        (created.clone(), "true")
    );
    for header in ["t", "gate:0198c5a0"] {
        let replay = keyed(&ada, Method::POST, PATH, header, &body).await;
        assert_eq!(
            (replay.expect(201), replay.header("idempotency-replayed")),
            (created.clone(), "true"),
            "{header}"
        );
    }
    assert_eq!(
        keyed(&ada, Method::POST, PATH, "u", &body)
            .await
            .invalid_fields(),
        ["client_token"]
    );
    let target = format!("{}/complete", path(&created));
    ada.post(&target, &json!({"client_token": "c"}))
        .await
        .expect(200);
    let deletion = ada
        .call(Method::DELETE, &path(&created))
        .json(&json!({"client_token": "d"}));
    deletion.send().await.expect(204);
    let again = ada
        .call(Method::DELETE, &path(&created))
        .json(&json!({"client_token": "d"}))
        .send()
        .await;
    assert_eq!(
        (again.status, again.header("idempotency-replayed")),
        (204, "true")
    );
    assert_eq!(counters(&app, &ada).await, (4, 3));
}

#[tokio::test]
async fn a_bad_key_is_named_with_the_other_fields() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let long = "k".repeat(256);
    let refused = keyed(&ada, Method::POST, PATH, &long, &json!({"priority": 9})).await;
    assert_eq!(
        refused.invalid_fields(),
        ["Idempotency-Key", "title", "priority"]
    );
    for token in [json!(""), json!(1), json!("a\u{0}"), json!(long)] {
        let refused = ada
            .post(PATH, &json!({"title": "x", "client_token": token}))
            .await;
        assert_eq!(refused.invalid_fields(), ["client_token"]);
    }
}

#[tokio::test]
async fn only_what_was_applied_is_kept() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Same").await;
    let missing = format!("{PATH}/{ID}");
    keyed(&ada, Method::PATCH, &missing, "k", &json!({"title": "x"}))
        .await
        .expect(404);
    keyed(
        &ada,
        Method::PATCH,
        &path(&task),
        "k",
        &json!({"title": ""}),
    )
    .await
    .expect(422);
    keyed(
        &ada,
        Method::PATCH,
        &path(&task),
        "k",
        &json!({"title": "Same"}),
    )
    .await
    .expect(200);
    let conflict = json!({"title": "x", "id": task["id"]});
    keyed(&ada, Method::POST, PATH, "k", &conflict)
        .await
        .expect(409);
    assert_eq!(counters(&app, &ada).await, (2, 0));
    let applied = keyed(
        &ada,
        Method::PATCH,
        &path(&task),
        "k",
        &json!({"title": "Other"}),
    )
    .await;
    assert_eq!(
        (
            applied.expect(200)["version"].clone(),
            counters(&app, &ada).await
        ),
        (json!(2), (3, 1))
    );
}

#[tokio::test]
async fn a_replay_comes_before_404_412_and_409() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Order").await;
    let start = || {
        let call = ada.call(Method::POST, &format!("{}/start", path(&task)));
        call.header("idempotency-key", "s").send()
    };
    let delete = || {
        let call = ada.call(Method::DELETE, &path(&task));
        call.header("idempotency-key", "d")
            .header("if-match", "\"3-0\"")
            .send()
    };
    start().await.expect(200);
    ada.post(&format!("{}/complete", path(&task)), &json!({}))
        .await
        .expect(200);
    assert_eq!(start().await.expect(200)["status"], json!("in_progress"));
    delete().await.expect(204);
    delete().await.expect(204);
    start().await.expect(200);
}
