//! `origin-api admin epoch renew`: what it ends, and who notices.

use serde_json::json;

use super::Program;
use crate::support::TestApp;

const ACCOUNT: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery";

async fn epoch(app: &TestApp) -> String {
    let database = app.database.connect().await;
    let row = database.query_one("SELECT epoch::text FROM data_set", &[]);
    row.await.unwrap().get(0)
}

/// The user's generation and version.
async fn counters(app: &TestApp) -> (i64, i64) {
    let database = app.database.connect().await;
    let row = database.query_one("SELECT generation, version FROM users", &[]);
    let row = row.await.unwrap();
    (row.get(0), row.get(1))
}

async fn login(app: &TestApp) -> serde_json::Value {
    let body = json!({"email": ACCOUNT, "password": PASSWORD});
    app.anonymous()
        .post("/api/auth/login", &body)
        .await
        .expect(200)
}

#[tokio::test]
async fn every_version_is_said_with_the_data_that_it_is_of() {
    let program = Program::new().await;
    let ada = program.app.user("ada").await;
    let epoch = epoch(&program.app).await;
    for target in ["/api/tasks", "/api/auth/me", "/internal/gate-state"] {
        let answer = ada.get(target).await;
        assert_eq!(answer.header("mindflow-epoch"), epoch, "{target}");
    }
    let refused = ada.post("/api/tasks", &json!({})).await;
    refused.expect(422);
    assert_eq!(refused.header("mindflow-epoch"), epoch);
    let nobody = program.app.anonymous().get("/api/tasks").await;
    assert_eq!(nobody.header("mindflow-epoch"), "");
}

#[tokio::test]
async fn nothing_of_before_holds_after_it_and_nobody_is_locked_out() {
    let program = Program::new().await;
    let app = &program.app;
    let account = json!({"email": ACCOUNT, "password": PASSWORD});
    app.anonymous()
        .post("/api/auth/register", &account)
        .await
        .expect(201);
    let tokens = login(app).await;
    let ada = app.client_with(tokens["access_token"].as_str().unwrap());
    let task = ada
        .post("/api/tasks", &json!({"title": "T", "project": "P"}))
        .await;
    let etag = |answer: &crate::support::Response| answer.header("etag").to_owned();
    let path = task.header("location").to_owned();
    let key = json!({"name": "K", "scopes": ["tasks:read"]});
    let key = ada.post("/api/keys", &key).await.expect(201);
    let key = app.client_with(key["secret"].as_str().unwrap());
    let tag = etag(&ada.get(&path).await);
    // What the lost part of the data had come to.
    let database = app.database.connect().await;
    let raise = "UPDATE users SET generation = 5000, version = 70000";
    database.execute(raise, &[]).await.unwrap();
    let lost = counters(app).await;
    let former = epoch(app).await;
    // And this is what was restored.
    let restore = "UPDATE users SET generation = 1, version = 4";
    database.execute(restore, &[]).await.unwrap();
    let link =
        "INSERT INTO email_tokens (token_hash, user_id, purpose, email, created_at, expires_at)
        SELECT sha256(''), user_id, 'reset', email, now(), now() + interval '1 hour' FROM users";
    database.execute(link, &[]).await.unwrap();
    ada.get(&path).await.expect(200);

    let (code, _, told) = program.run(&["admin", "epoch", "renew"]).await;
    assert_eq!(code, 1);
    assert!(told.contains("--yes"), "{told}");
    assert_eq!(epoch(app).await, former);

    let (code, told, problem) = program.run(&["admin", "epoch", "renew", "--yes"]).await;
    assert_eq!(code, 0, "{problem}");
    let renewed = epoch(app).await;
    assert_ne!(renewed, former);
    assert!(
        told.contains(&renewed) && told.contains("1 users"),
        "{told}"
    );
    for client in [&ada, &key] {
        client.get(&path).await.expect(401);
    }
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    app.anonymous()
        .post("/api/auth/refresh", &refresh)
        .await
        .expect(401);
    let links: i64 = database
        .query_one("SELECT count(*) FROM email_tokens", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(links, 0);
    // Above all that a gate may have seen, so that it refuses no new credential.
    let (generation, version) = counters(app).await;
    assert!(
        generation > lost.0 && version > lost.1,
        "{generation} {version}"
    );
    let again = login(app).await;
    let again = app.client_with(again["access_token"].as_str().unwrap());
    app.app.db.read_epoch().await.unwrap();
    let answer = again.get(&path).await;
    answer.expect(200);
    assert_eq!(answer.header("mindflow-epoch"), renewed);
    // A tag of a task as it was in the part that is lost fits no other task.
    assert_ne!(etag(&answer), tag);
    let state = again.get("/internal/gate-state").await.expect(200);
    assert_eq!(state["generation"], json!(generation));
    assert_eq!(state["epoch"], json!(renewed));

    let (code, _, problem) = program.run(&["admin", "epoch", "renew", "--yes"]).await;
    assert_eq!(code, 0, "{problem}");
    assert!(counters(app).await.0 > generation);
}

#[tokio::test]
async fn data_that_is_put_in_place_under_a_running_origin_is_noticed_by_its_next_connection() {
    let program = Program::new().await;
    let app = &program.app;
    let ada = app.user("ada").await;
    let former = epoch(app).await;
    assert_eq!(ada.get("/api/tasks").await.header("mindflow-epoch"), former);
    let database = app.database.connect().await;
    let replace = "UPDATE data_set SET epoch = gen_random_uuid()";
    database.execute(replace, &[]).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'mindflow-origin'";
    assert!(!database.query(end, &[]).await.unwrap().is_empty());
    // The request that meets the ended connection may be refused; the one that connects may still say the former.
    for _ in 0..2 {
        ada.get("/api/tasks").await;
    }
    let answer = ada.get("/api/tasks").await;
    answer.expect(200);
    assert_eq!(answer.header("mindflow-epoch"), epoch(app).await);
}

#[tokio::test]
async fn restored_data_are_not_served_before_they_are_another_set() {
    let program = Program::new().await;
    let app = &program.app;
    app.anonymous().get("/readyz").await.expect(204);
    // As deploy/backup/restore leaves them.
    let database = app.database.connect().await;
    database.execute("DELETE FROM data_set", &[]).await.unwrap();
    app.anonymous().get("/readyz").await.expect(503);
    let health = app.anonymous().get("/health").await.expect(503);
    assert_eq!(health["status"], json!("degraded"));
    let (code, _, problem) = program.run(&["check"]).await;
    assert_eq!(code, 1);
    assert!(
        problem.contains("origin-api admin epoch renew"),
        "{problem}"
    );
    let (code, _, problem) = program.run(&["admin", "epoch", "renew", "--yes"]).await;
    assert_eq!(code, 0, "{problem}");
    app.anonymous().get("/readyz").await.expect(204);
    let (code, _, problem) = program.run(&["check"]).await;
    assert_eq!(code, 0, "{problem}");
}

#[tokio::test]
async fn a_schema_of_before_has_no_epoch_and_is_still_told_to_be_migrated() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    database.execute("DROP TABLE data_set", &[]).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'mindflow-origin'";
    database.query(end, &[]).await.unwrap();
    ada.get("/api/tasks").await;
    ada.get("/api/tasks").await.expect(200);
    app.anonymous().get("/health").await.expect(200);
}
