//! `GET /api/sessions`, `DELETE /api/sessions/{id}`

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{kept_effects, log_in, refresh, registered, stored, told, with_cookie, with_tokens};
use crate::support::{Client, TestApp};

const ME: &str = "/api/auth/me";
const PATH: &str = "/api/sessions";

fn path(session: &Client) -> String {
    format!("{PATH}/{}", session.identity().credential)
}

#[tokio::test]
async fn lists_the_logins_that_hold_the_newest_first() {
    let app = registered().await;
    let first = with_tokens(&app, &log_in(&app, "token").await.expect(200));
    let hour = SignedDuration::from_hours(1);
    app.clock.advance(hour);
    let ada =
        json!({ "email": "ada@example.com", "password": super::PASSWORD, "session": "cookie" });
    let anonymous = app.anonymous();
    let login = anonymous.call(Method::POST, "/api/auth/login").json(&ada);
    let login = login.header("user-agent", "Firefox/145").send().await;
    let second = with_cookie(&app, &login);
    // Used a day later.
    app.clock.advance(hour * 24);
    app.user("bob").await;
    let answer = second.get(PATH).await;
    let expected = json!([
        {
            "id": second.identity().credential, "kind": "cookie", "user_agent": "Firefox/145",
            "created_at": "2026-11-22T13:00:00.000Z", "last_used_on": "2026-11-23", "current": true
        },
        {
            "id": first.identity().credential, "kind": "token", "user_agent": null,
            "created_at": "2026-11-22T12:00:00.000Z", "last_used_on": "2026-11-22", "current": false
        },
    ]);
    assert_eq!(answer.expect(200), expected);
    assert_eq!(answer.header("mindflow-version"), "1");
    assert!(answer.header("etag").starts_with("\"1-"));
}

#[tokio::test]
async fn leaves_out_what_does_not_hold_and_what_is_no_login() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    let other = |columns: &str, values: &str| {
        format!(
            "INSERT INTO sessions (user_id, id, kind, created_at, expires_at{columns})
            SELECT user_id, uuidv7(), {values} FROM users;"
        )
    };
    let later = "'2026-11-22', '2027-01-01'";
    for (columns, values) in [
        ("", format!("'key', {later}")),
        ("", format!("'app', {later}")),
        (
            "",
            "'token', '2026-11-22', '2026-11-22T12:00:00Z'".to_owned(),
        ),
        (", revoked_at", format!("'cookie', {later}, '2026-11-22'")),
        (", generation", format!("'cookie', {later}, 0")),
    ] {
        database
            .batch_execute(&other(columns, &values))
            .await
            .unwrap();
    }
    let sessions = ada.get(PATH).await.expect(200);
    assert_eq!(sessions.as_array().unwrap().len(), 1);
    // A login of the release before has no day yet.
    database
        .batch_execute(&other("", &format!("'token', {later}")))
        .await
        .unwrap();
    let sessions = ada.get(PATH).await.expect(200);
    assert_eq!(sessions[1]["last_used_on"], "2026-11-22");
}

#[tokio::test]
async fn ends_another_session_or_this_one() {
    let app = registered().await;
    let tokens = log_in(&app, "token").await.expect(200);
    let (ada, other) = (
        with_cookie(&app, &log_in(&app, "cookie").await),
        with_tokens(&app, &tokens),
    );
    let answer = ada.delete(&path(&other)).await;
    answer.expect(204);
    assert_eq!(answer.header("mindflow-version"), "2");
    assert_eq!(
        told(&answer)["revoke"][0]["id"],
        json!(other.identity().credential)
    );
    other.get(ME).await.expect(401);
    refresh(&app, tokens["refresh_token"].as_str().unwrap())
        .await
        .expect(401);
    let answer = ada.delete(&path(&ada)).await;
    answer.expect(204);
    assert_eq!(answer.header("mindflow-version"), "3");
    ada.get(ME).await.expect(401);
    assert_eq!(kept_effects(&app).await.len(), 2);
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let database = app.database.connect().await;
    let insert = "INSERT INTO sessions (user_id, id, kind, created_at, expires_at, revoked_at)
        SELECT user_id, $1, $2, '2026-11-22', '2027-01-01', $3 FROM users WHERE email = 'ada@example.com'";
    let (key, ended) = (app.app.new_id(), app.app.new_id());
    let now = app.app.clock.now();
    let none: Option<jiff::Timestamp> = None;
    database
        .execute(insert, &[&key, &"key", &none])
        .await
        .unwrap();
    database
        .execute(insert, &[&ended, &"token", &Some(now)])
        .await
        .unwrap();
    for id in [
        bob.identity().credential.to_string(),
        key.to_string(),
        ended.to_string(),
        app.app.new_id().to_string(),
        "current".to_owned(),
    ] {
        let refused = ada.delete(&format!("{PATH}/{id}")).await;
        refused.expect(404);
        assert_eq!(refused.header("mindflow-version"), "1");
    }
    bob.get(ME).await.expect(200);
    assert_eq!(stored(&app, &ada).await["version"], 1);
    assert_eq!(kept_effects(&app).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_repeated_end_is_answered_again_with_what_it_told() {
    let app = registered().await;
    let ada = with_tokens(&app, &log_in(&app, "token").await.expect(200));
    let other = with_tokens(&app, &log_in(&app, "token").await.expect(200));
    let path = path(&other);
    let end = || {
        ada.call(Method::DELETE, &path)
            .header("idempotency-key", "k")
    };
    let first = end().send().await;
    first.expect(204);
    assert_eq!(first.header("idempotency-replayed"), "");
    app.clock.advance(SignedDuration::from_mins(10));
    let again = end().send().await;
    again.expect(204);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(told(&again), told(&first));
    assert_eq!(again.header("mindflow-version"), "2");
    // Without the key, or with one of another request.
    ada.delete(&path).await.expect(404);
    let another = ada
        .call(Method::DELETE, &format!("{path}?"))
        .header("idempotency-key", "k");
    another.send().await.expect(204);
    let another = ada
        .call(Method::POST, "/api/tasks")
        .json(&json!({"title": "Task"}))
        .header("idempotency-key", "k");
    assert_eq!(another.send().await.invalid_fields(), ["Idempotency-Key"]);
    assert_eq!(kept_effects(&app).await.len(), 1);
    assert_eq!(stored(&app, &ada).await["version"], 2);
}
