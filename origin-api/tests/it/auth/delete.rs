//! `DELETE /api/auth/me`

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::post::{PASSWORD, Post};

const PATH: &str = "/api/auth/me";

/// Every table that has rows of users, but for what the gates are told.
const TABLES: &str = "SELECT table_name::text
    FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name = 'user_id' AND table_name <> 'gate_effects'";

#[tokio::test]
async fn nothing_of_the_account_is_left_and_the_gate_is_told_for_good() {
    let post = Post::new().await;
    let (ada, bob) = (post.member("ada").await, post.member("bob").await);
    let user = ada.identity().user;
    for client in [&ada, &bob] {
        let task = json!({ "title": "x", "project": "p", "client_token": "k" });
        client.post("/api/tasks", &task).await.expect(201);
    }
    post.forgotten("ada@example.com").await;
    let body = json!({ "email": "ada2@example.com", "current_password": PASSWORD });
    ada.patch(PATH, &body).await.expect(200);
    let forgot = json!({ "email": "ada@example.com" });
    post.app
        .anonymous()
        .post("/api/auth/forgot-password", &forgot)
        .await
        .expect(202);

    let response = ada.delete(PATH).await;
    response.expect(204);
    assert_eq!(response.header("mindflow-version"), "5");
    let effects: Value = serde_json::from_str(response.header("mindflow-gate-effects")).unwrap();
    assert_eq!(effects, json!({ "user": user, "purge": true }));

    let database = post.app.database.connect().await;
    for row in database.query(TABLES, &[]).await.unwrap() {
        let table: String = row.get(0);
        let query = format!("SELECT count(*) FROM {table} WHERE user_id = '{}'", user.0);
        assert_eq!(post.count(&query).await, 0, "{table}");
    }
    assert_eq!(post.count("SELECT count(*) FROM mails").await, 0);
    let kept = format!(
        "SELECT count(*) FROM gate_effects WHERE user_id = '{}' AND effects->>'purge' = 'true' AND version = 5",
        user.0
    );
    assert_eq!(post.count(&kept).await, 1);

    ada.get(PATH).await.expect(401);
    ada.delete(PATH).await.expect(401);
    assert_eq!(post.login("ada@example.com", PASSWORD).await, 401);
    bob.get("/api/tasks").await.expect(200);
    assert_eq!(post.count("SELECT count(*) FROM tasks").await, 1);
    assert_ne!(post.member("ada").await.identity().user, user);
}

#[tokio::test]
async fn a_browser_is_left_no_cookie_and_a_program_is_sent_none() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "session": "cookie" });
    let login = post.app.anonymous().post("/api/auth/login", &body).await;
    let cookie = login.header("set-cookie");
    let token = cookie.trim_start_matches("__Host-mindflow=");
    let browser = post.app.client_with(token.split(';').next().unwrap());
    let other = browser
        .call(Method::DELETE, PATH)
        .header("if-match", "\"9-0\"");
    let other = other.send().await;
    other.expect(412);
    assert_eq!(other.header("set-cookie"), "");
    let gone = browser.delete(PATH).await;
    gone.expect(204);
    let cleared = gone.header("set-cookie");
    assert!(
        cleared.starts_with("__Host-mindflow=; Path=/; Max-Age=0;"),
        "{cleared}"
    );
    ada.get(PATH).await.expect(401);
    let gone = post.member("bob").await.delete(PATH).await;
    assert_eq!(gone.header("set-cookie"), "");
}

#[tokio::test]
async fn a_link_of_a_deleted_account_does_nothing() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let token = post.forgotten("ada@example.com").await;
    ada.delete(PATH).await.expect(204);
    post.member("ada").await;
    let body = json!({ "token": token, "password": "another good one" });
    let response = post
        .app
        .anonymous()
        .post("/api/auth/reset-password", &body)
        .await;
    assert_eq!(response.invalid_fields(), ["token"]);
}

#[tokio::test]
async fn only_the_version_that_was_read_is_deleted() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let delete = |tag| {
        ada.call(Method::DELETE, PATH)
            .header("if-match", tag)
            .send()
    };
    let response = delete("\"2-x\"").await;
    response.expect(412);
    assert_eq!(response.header("mindflow-version"), "1");
    delete("\"1-x\"").await.expect(204);
}

#[tokio::test]
async fn needs_a_credential_and_a_database() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    app.anonymous().delete(PATH).await.expect(401);
    app.proxy.cut();
    ada.delete(PATH).await.expect(503);
    app.proxy.mend();
    ada.delete(PATH).await.expect(204);
}

#[tokio::test]
async fn a_hundred_thousand_tasks_are_gone_within_the_time_of_a_statement() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    database
        .execute(crate::plans::TASKS, &[&ada.identity().user.0])
        .await
        .unwrap();
    let history = "INSERT INTO history (user_id, change_id, task_id, at, by, action, after)
        SELECT user_id, uuidv7(), id, now(), 'token', 'create', to_jsonb(tasks) FROM tasks";
    database.execute(history, &[]).await.unwrap();
    // As the role of the application has it (deploy/postgres/roles.sh).
    let limit = format!(
        "ALTER DATABASE {} SET statement_timeout = '5s'",
        app.database.config.get_dbname().unwrap()
    );
    database.batch_execute(&limit).await.unwrap();
    ada.delete(PATH).await.expect(204);
    let left = database
        .query_one("SELECT count(*) FROM tasks", &[])
        .await
        .unwrap();
    assert_eq!(left.get::<_, i64>(0), 0);
}
