//! What holds on every route of preferences: who may, and that each is one round trip.

use axum::http::Method;
use serde_json::{Value, json};

use super::{PATH, counters, defaults, others};
use crate::support::TestApp;

/// Every route, with a body that is right.
fn routes() -> [(Method, &'static str, Value); 3] {
    [
        (Method::GET, PATH, Value::Null),
        (Method::PUT, PATH, others()),
        (
            Method::POST,
            "/api/preferences/preview",
            json!({"weights": "balanced"}),
        ),
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
        for (method, target, _) in routes() {
            let body = json!({"weights": "quick-wins"});
            ada.call(method, target)
                .json(&body)
                .send()
                .await
                .expect(200);
        }
        ada.put(PATH, &json!({"work_days": []})).await.expect(422);
        for (method, target, body) in routes() {
            for answered in ["first", "replayed", "other", "refused"] {
                let body = match answered {
                    "refused" => json!({"unknown": 1}),
                    "other" => json!({"weights": "important-first"}),
                    _ => body.clone(),
                };
                let call = ada.call(method.clone(), target).json(&body);
                let call = call.header("idempotency-key", "k");
                let (round_trips, response) = app.round_trips(call.send()).await;
                let what = format!("{statements} {method} {target} {answered}");
                assert_eq!(round_trips, 1, "{what}: {}", response.text());
                assert_ne!(response.header("mindflow-version"), "", "{what}");
            }
            let call = ada.call(method, target).json(&body);
            let call = call.header("if-match", "\"9-0\"");
            let (round_trips, _) = app.round_trips(call.send()).await;
            assert_eq!(round_trips, 1);
        }
    }
}

#[tokio::test]
async fn needs_a_credential_that_holds() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    for (method, target, body) in routes() {
        let call = app.anonymous();
        let call = call.call(method, target).json(&body);
        call.send().await.expect(401);
    }
    for change in [
        "UPDATE users SET generation = 2",
        "UPDATE users SET generation = 1; UPDATE sessions SET revoked_at = now()",
    ] {
        database.batch_execute(change).await.unwrap();
        for (method, target, body) in routes() {
            for body in [&body, &json!({"unknown": 1})] {
                let call = ada.call(method.clone(), target).json(body);
                let refused = call.header("idempotency-key", "k").send().await;
                refused.expect(401);
                assert_eq!(refused.header("mindflow-version"), "", "{method} {target}");
            }
        }
    }
    assert_eq!(counters(&app, &ada).await, (1, 1, 0));
}

#[tokio::test]
async fn other_methods_are_refused() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let refused = ada.patch(PATH, &json!({})).await;
    refused.expect(405);
    assert_eq!(refused.header("allow"), "GET,HEAD,PUT");
    let refused = ada.get("/api/preferences/preview").await;
    refused.expect(405);
    assert_eq!(refused.header("allow"), "POST");
}

#[tokio::test]
async fn answers_503_while_the_database_is_away_and_recovers() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    app.proxy.cut();
    for (method, target, body) in routes() {
        let response = ada.call(method, target).json(&body).send().await;
        response.expect(503);
        assert_eq!(response.header("retry-after"), "1");
    }
    app.proxy.mend();
    assert_eq!(ada.get(PATH).await.expect(200), defaults());
}
