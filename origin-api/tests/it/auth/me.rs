//! `GET /api/auth/me`, and with it what every authenticated route shares.

use axum::http::Method;
use serde_json::json;

use crate::support::TestApp;

const PATH: &str = "/api/auth/me";

#[tokio::test]
async fn says_who_the_caller_is_and_at_which_version() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let response = ada.get(PATH).await;
    assert_eq!(
        response.expect(200),
        json!({
            "id": ada.identity().user,
            "email": "ada@example.com",
            "email_confirmed": false,
            "full_name": null,
            "created_at": "2026-11-22T12:00:00.000Z",
        })
    );
    assert_eq!(response.header("mindflow-version"), "1");
    assert!(response.header("etag").starts_with("\"1-"));
    assert_ne!(ada.identity().user, app.user("bob").await.identity().user);
}

#[tokio::test]
async fn needs_a_credential() {
    let app = TestApp::new().await;
    let response = app.anonymous().get(PATH).await;
    response.expect(401);
    assert_eq!(response.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn a_revoked_session_a_raised_generation_a_disabled_user_and_an_ended_session_are_refused() {
    let app = TestApp::new().await;
    let database = app.database.connect().await;
    for change in [
        "UPDATE sessions SET revoked_at = now()",
        "UPDATE users SET generation = generation + 1",
        "UPDATE users SET disabled_at = now()",
        "UPDATE sessions SET expires_at = '2026-11-22T12:00:00Z'",
        "DELETE FROM sessions",
    ] {
        let name = format!("ada{}", change.len());
        let ada = app.user(&name).await;
        ada.get(PATH).await.expect(200);
        database.execute(change, &[]).await.unwrap();
        ada.get(PATH).await.expect(401);
    }
}

#[tokio::test]
async fn takes_one_round_trip_also_with_unnamed_statements() {
    for statements in ["prepared", "unnamed"] {
        let app = TestApp::with(&[("DATABASE_STATEMENTS", statements)]).await;
        let ada = app.user("ada").await;
        ada.get(PATH).await.expect(200);
        let (round_trips, response) = app.round_trips(ada.get(PATH)).await;
        response.expect(200);
        assert_eq!(round_trips, 1, "{statements}");
    }
}

#[tokio::test]
async fn knows_no_other_method_and_no_query() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let response = ada.put(PATH, &json!({})).await;
    response.expect(405);
    assert_eq!(response.header("allow"), "GET,HEAD,PATCH,DELETE");
    ada.post(PATH, &json!({})).await.expect(405);
    assert_eq!(
        ada.get("/api/auth/me?fields=id&fields=email")
            .await
            .invalid_fields(),
        ["fields"]
    );
    ada.get("/api/auth/you").await.expect(404);
}

#[tokio::test]
async fn answers_503_while_the_database_is_away() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    ada.get(PATH).await.expect(200);
    app.proxy.cut();
    ada.get(PATH).await.expect(503);
    app.proxy.mend();
    ada.get(PATH).await.expect(200);
}

#[tokio::test]
async fn the_request_id_of_the_edge_is_answered_and_logged() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let id = "0198c5a0-0000-7000-8000-0000000000aa";
    let response = ada
        .call(Method::GET, PATH)
        .header("x-request-id", id)
        .send()
        .await;
    assert_eq!(response.header("x-request-id"), id);
    let problem = ada
        .call(Method::PUT, PATH)
        .header("x-request-id", id)
        .send()
        .await;
    assert_eq!(problem.json()["request_id"], id);
}

#[tokio::test]
async fn a_refusal_before_any_statement_says_the_version_and_checks_the_credential() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let refused = || ada.get("/api/auth/me?fields=id");
    refused().await.expect(422);
    let (round_trips, response) = app.round_trips(refused()).await;
    response.expect(422);
    assert_eq!((round_trips, response.header("mindflow-version")), (1, "1"));
    let revoke = "UPDATE sessions SET revoked_at = now()";
    app.database
        .connect()
        .await
        .execute(revoke, &[])
        .await
        .unwrap();
    refused().await.expect(401);
    // Whether there is such a route comes before who asks.
    ada.get("/api/nothing").await.expect(404);
    ada.put(PATH, &json!({})).await.expect(405);
}
