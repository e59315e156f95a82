//! What every route of sessions has in common.

use axum::http::Method;
use serde_json::json;

use super::{kept_effects, stored};
use crate::support::{Client, TestApp};

fn routes(session: &Client) -> Vec<(Method, String)> {
    let id = session.identity().credential;
    vec![
        (Method::GET, "/api/sessions".to_owned()),
        (Method::DELETE, format!("/api/sessions/{id}")),
        (Method::POST, "/api/auth/logout".to_owned()),
        (Method::POST, "/api/auth/revoke-all".to_owned()),
    ]
}

#[tokio::test]
async fn needs_a_credential_that_holds() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    for (method, target) in routes(&ada) {
        let anonymous = app.anonymous();
        anonymous.call(method, &target).send().await.expect(401);
    }
    for change in [
        "UPDATE users SET generation = 2",
        "UPDATE users SET generation = 1; UPDATE sessions SET revoked_at = now()",
    ] {
        database.batch_execute(change).await.unwrap();
        for (method, target) in routes(&ada) {
            let call = ada.call(method, &target).header("idempotency-key", "k");
            let refused = call.send().await;
            refused.expect(401);
            assert_eq!(refused.header("mindflow-gate-effects"), "");
        }
    }
    assert_eq!(stored(&app, &ada).await["version"], 1);
    assert_eq!(kept_effects(&app).await.len(), 0);
}

#[tokio::test]
async fn is_one_round_trip_also_with_unnamed_statements() {
    for statements in ["prepared", "unnamed"] {
        let app = TestApp::with(&[
            ("DATABASE_STATEMENTS", statements),
            ("DATABASE_POOL_SIZE", "1"),
        ])
        .await;
        // The first use of a connection prepares its statements.
        for name in ["first", "second"] {
            let ada = app.user(name).await;
            let other = app.user("other").await;
            let database = app.database.connect().await;
            for (method, target) in routes(&other) {
                let call = ada.call(method.clone(), &target);
                let (round_trips, answer) = app.round_trips(call.send()).await;
                let what = format!("{statements} {method} {target} {}", answer.text());
                assert!(name == "first" || round_trips == 1, "{what}: {round_trips}");
                let alive =
                    "UPDATE sessions SET revoked_at = NULL; UPDATE users SET generation = 1";
                database.batch_execute(alive).await.unwrap();
            }
            let gone = "DELETE FROM user_emails; DELETE FROM users";
            database.batch_execute(gone).await.unwrap();
        }
    }
}

#[tokio::test]
async fn answers_503_while_the_database_is_away_and_recovers() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    app.proxy.cut();
    for (method, target) in routes(&ada) {
        let response = ada.call(method, &target).send().await;
        response.expect(503);
        assert_eq!(response.header("retry-after"), "1");
    }
    app.proxy.mend();
    ada.get("/api/sessions").await.expect(200);
    ada.post("/api/auth/logout", &json!({})).await.expect(204);
}

#[tokio::test]
async fn other_methods_are_refused() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (target, allowed) in [
        ("/api/sessions", "GET,HEAD"),
        ("/api/auth/refresh", "POST"),
        ("/api/auth/logout", "POST"),
    ] {
        let refused = ada.patch(target, &json!({})).await;
        refused.expect(405);
        assert_eq!(refused.header("allow"), allowed);
    }
    let unknown = ada.get("/api/sessions?limit=1").await;
    assert_eq!(unknown.invalid_fields(), ["limit"]);
}
