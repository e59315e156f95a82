//! Writes that would begin too late, and those that take too long: after both times nothing of them can be committed.

use std::time::Duration;

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::{Client, Response, TestApp};

const PATH: &str = "/api/tasks";
/// N of architecture.md, in seconds.
const BEGIN_WITHIN: i64 = 15;

/// A creation that was signed so many seconds ago.
async fn create(app: &TestApp, client: &Client, seconds_ago: i64) -> Response {
    let created = app.app.clock.now().as_second() - seconds_ago;
    let call = client.call(Method::POST, PATH).json(&json!({"title": "T"}));
    call.signed_at(created).send().await
}

#[track_caller]
fn assert_refused(response: &Response) {
    let problem = response.expect(503);
    assert_eq!(problem["type"], "urn:mindflow:problem:unavailable");
    assert_eq!(response.header("retry-after"), "1");
    assert_eq!(response.header("mindflow-version"), "");
}

/// Tasks, and the sum of all versions of users.
async fn stored(app: &TestApp) -> (i64, i64) {
    let database = app.database.connect().await;
    let count = "SELECT (SELECT count(*) FROM tasks), (SELECT sum(version)::bigint FROM users)";
    let row = database.query_one(count, &[]).await.unwrap();
    (row.get(0), row.get(1))
}

async fn with_one_connection() -> (TestApp, Client) {
    let app = TestApp::with(&[("DATABASE_POOL_SIZE", "1")]).await;
    let ada = app.user("ada").await;
    // The connection prepares its statement.
    create(&app, &ada, 0).await.expect(201);
    (app, ada)
}

#[tokio::test]
async fn a_write_begins_within_fifteen_seconds_of_its_signature_or_not_at_all() {
    let (app, ada) = with_one_connection().await;
    // As late as a machine that is busy leaves sure.
    create(&app, &ada, BEGIN_WITHIN - 4).await.expect(201);
    assert_refused(&create(&app, &ada, BEGIN_WITHIN + 1).await);
    assert_eq!(stored(&app).await, (2, 3));
    // One that locks first, as every change of an account does, and one of nobody.
    let old = app.app.clock.now().as_second() - BEGIN_WITHIN - 1;
    let name = json!({"full_name": "Ada"});
    let call = ada.call(Method::PATCH, "/api/auth/me").json(&name);
    assert_refused(&call.signed_at(old).send().await);
    let account = json!({"email": "bob@example.com", "password": "correct horse battery"});
    let nobody = app.anonymous();
    let call = nobody
        .call(Method::POST, "/api/auth/register")
        .json(&account);
    assert_refused(&call.signed_at(old).send().await);
    assert_eq!(stored(&app).await, (2, 3));
    // A read may be late.
    let read = ada.call(Method::GET, PATH).signed_at(old);
    read.send().await.expect(200);
}

#[tokio::test]
async fn one_that_was_accepted_long_ago_counts_from_when_it_is_sent() {
    let (app, ada) = with_one_connection().await;
    let accepted = app.app.clock.now().as_millisecond();
    app.clock.advance(SignedDuration::from_mins(59));
    let call = ada.call(Method::POST, PATH).json(&json!({"title": "T"}));
    let call = call.header("mindflow-accepted-at", &accepted.to_string());
    let task = call.send().await.expect(201);
    assert_eq!(task["created_at"], "2026-11-22T12:00:00.000Z");
}

#[tokio::test]
async fn one_that_waits_for_a_connection_is_looked_at_when_it_has_one() {
    let (app, ada) = with_one_connection().await;
    let mut database = app.database.connect().await;
    let blocking = database.transaction().await.unwrap();
    blocking
        .batch_execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let later = async {
        sleep(Duration::from_millis(300)).await;
        app.clock
            .advance(SignedDuration::from_secs(BEGIN_WITHIN + 1));
        blocking.rollback().await.unwrap();
    };
    // The first has the connection, and has begun.
    let second = async {
        sleep(Duration::from_millis(100)).await;
        create(&app, &ada, 0).await
    };
    let (first, second, ()) = tokio::join!(create(&app, &ada, 0), second, later);
    first.expect(201);
    assert_refused(&second);
    sleep(Duration::from_millis(200)).await;
    assert_eq!(stored(&app).await, (2, 3));
}

#[tokio::test]
async fn one_that_reaches_the_server_too_late_changes_nothing_there() {
    for statements in ["prepared", "unnamed"] {
        let app = TestApp::with(&[
            ("DATABASE_POOL_SIZE", "1"),
            ("DATABASE_STATEMENTS", statements),
        ])
        .await;
        let ada = app.user("ada").await;
        create(&app, &ada, 0).await.expect(201);
        // What a server has in its socket that was halted, or a pooler: it is executed when that goes on.
        let go_on = async |after_ms| {
            sleep(Duration::from_millis(after_ms)).await;
            app.proxy.mend();
        };
        app.proxy.silence();
        let (in_time, ()) = tokio::join!(create(&app, &ada, BEGIN_WITHIN - 5), go_on(200));
        in_time.expect(201);
        app.proxy.silence();
        let (late, ()) = tokio::join!(create(&app, &ada, BEGIN_WITHIN - 1), go_on(1500));
        assert_refused(&late);
        assert_eq!(stored(&app).await, (2, 3), "{statements}");
        // The connection serves on.
        create(&app, &ada, 0).await.expect(201);
    }
}

#[tokio::test]
async fn one_whose_answer_nobody_waits_for_any_more_changes_nothing_later() {
    let (app, ada) = with_one_connection().await;
    app.proxy.silence();
    // Given up after 6 s; the server reads it after the 15 that began 8 before.
    assert_refused(&create(&app, &ada, 8).await);
    sleep(Duration::from_millis(1500)).await;
    app.proxy.mend();
    sleep(Duration::from_millis(500)).await;
    assert_eq!(stored(&app).await, (1, 2));
}

#[tokio::test]
async fn one_that_has_begun_is_ended_by_the_roles_transaction_timeout() {
    let app = TestApp::new().await;
    let name = app.database.config.get_dbname().unwrap();
    let mut database = app.database.connect().await;
    let bound = format!("ALTER DATABASE {name} SET transaction_timeout = '1s'");
    database.batch_execute(&bound).await.unwrap();
    let ada = app.user("ada").await;
    for (method, target, body) in [
        (Method::POST, PATH, json!({"title": "T"})),
        // In a transaction of several statements.
        (Method::PATCH, "/api/auth/me", json!({"full_name": "Ada"})),
    ] {
        let blocking = database.transaction().await.unwrap();
        let lock = "SET LOCAL transaction_timeout = 0; LOCK TABLE users IN EXCLUSIVE MODE";
        blocking.batch_execute(lock).await.unwrap();
        let call = ada.call(method, target).json(&body);
        let answer = tokio::time::timeout(Duration::from_secs(4), call.send()).await;
        assert_refused(&answer.expect("it is ended after a second"));
        blocking.rollback().await.unwrap();
    }
    sleep(Duration::from_millis(200)).await;
    assert_eq!(stored(&app).await, (0, 1));
    let me: Value = ada.get("/api/auth/me").await.expect(200);
    assert_eq!(me["full_name"], Value::Null);
}
