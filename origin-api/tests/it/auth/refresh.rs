//! `POST /api/auth/refresh` with a refresh token.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    give_refresh_token, kept_effects, log_in, refresh, registered, stored, times, told, with_tokens,
};
use crate::support::{Client, TestApp};

const ME: &str = "/api/auth/me";
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A user whose session has a refresh token.
async fn user() -> (TestApp, Client, String) {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let token = give_refresh_token(&app, &ada).await;
    (app, ada, token)
}

fn token(tokens: &Value) -> &str {
    tokens["refresh_token"].as_str().unwrap()
}

async fn count(app: &TestApp, condition: &str) -> i64 {
    let query = format!("SELECT count(*) FROM refresh_tokens WHERE {condition}");
    let database = app.database.connect().await;
    database.query_one(&query, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn carries_a_login_on_again_and_again() {
    let app = registered().await;
    let mut tokens = log_in(&app, "token").await.expect(200);
    let session = with_tokens(&app, &tokens).identity();
    for _ in 0..3 {
        app.clock.advance(HOUR);
        with_tokens(&app, &tokens).get(ME).await.expect(401);
        let answer = refresh(&app, token(&tokens)).await;
        let renewed = answer.expect(200);
        assert_eq!(
            (&renewed["token_type"], &renewed["expires_in"]),
            (&json!("Bearer"), &json!(3600))
        );
        assert_eq!(answer.header("mindflow-gate-effects"), "");
        assert_ne!(renewed["refresh_token"], tokens["refresh_token"]);
        let client = with_tokens(&app, &renewed);
        assert_eq!(client.identity(), session);
        client.get(ME).await.expect(200);
        tokens = renewed;
    }
    // Whoever has the last one has the session, for 30 days.
    app.clock.advance(DAY * 30 - SignedDuration::from_secs(1));
    tokens = refresh(&app, token(&tokens)).await.expect(200);
    app.clock.advance(DAY * 30);
    refresh(&app, token(&tokens)).await.expect(401);
    assert_eq!(kept_effects(&app).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_session_ends_for_good_half_a_year_after_its_login() {
    let app = registered().await;
    let mut tokens = log_in(&app, "token").await.expect(200);
    let end = app.app.clock.now() + DAY * 180;
    for _ in 0..8 {
        app.clock.advance(DAY * 20);
        tokens = refresh(&app, token(&tokens)).await.expect(200);
    }
    app.clock.advance(DAY * 20 - SignedDuration::from_secs(100));
    let last = refresh(&app, token(&tokens)).await.expect(200);
    assert_eq!(last["expires_in"], 100);
    let (_, exp) = times(last["access_token"].as_str().unwrap());
    assert_eq!(exp, end.as_second());
    app.clock.advance(SignedDuration::from_secs(100));
    refresh(&app, token(&last)).await.expect(401);
}

#[tokio::test]
async fn limits_are_configuration() {
    let variables = [("SESSION_IDLE_DAYS", "2"), ("SESSION_DAYS", "3")];
    let app = super::registered_with(&variables).await;
    let first = log_in(&app, "token").await.expect(200);
    app.clock.advance(DAY * 2);
    refresh(&app, token(&first)).await.expect(401);
    let mut tokens = log_in(&app, "token").await.expect(200);
    for _ in 0..2 {
        app.clock.advance(DAY + HOUR);
        tokens = refresh(&app, token(&tokens)).await.expect(200);
    }
    app.clock.advance(DAY);
    refresh(&app, token(&tokens)).await.expect(401);
}

#[tokio::test]
async fn a_lost_answer_is_given_again() {
    let (app, ada, token_0) = user().await;
    let first = refresh(&app, &token_0).await.expect(200);
    let stored_before = stored(&app, &ada).await;
    for wait in [0, 1, 3600, 86_400] {
        app.clock.advance(SignedDuration::from_secs(wait));
        // Tokens from before the refresh may still be in use.
        if wait < 3600 {
            ada.get(ME).await.expect(200);
        }
        let again = refresh(&app, &token_0).await.expect(200);
        assert_eq!(token(&again), token(&first));
        let (issued_at, ends_at) = times(again["access_token"].as_str().unwrap());
        assert!(issued_at <= app.app.clock.now().as_second() + 1);
        assert_eq!(ends_at - issued_at, 3600);
    }
    assert_eq!(count(&app, "true").await, 2);
    assert_eq!(stored(&app, &ada).await, stored_before);
    // And its successor goes on.
    refresh(&app, token(&first)).await.expect(200);
}

/// What shows that the answer to the first refresh was had, so that a second one is somebody else's.
#[tokio::test]
async fn a_token_that_is_used_again_ends_the_session() {
    for proof in ["access token", "refresh token"] {
        let (app, ada, token_0) = user().await;
        let bob = app.user("bob").await;
        let first = refresh(&app, &token_0).await.expect(200);
        let client = with_tokens(&app, &first);
        if proof == "access token" {
            client.get(ME).await.expect(200);
        } else {
            refresh(&app, token(&first)).await.expect(200);
        }
        let before = stored(&app, &ada).await;
        let reused = refresh(&app, &token_0).await;
        let problem = reused.expect(401);
        assert_eq!(problem["type"], "urn:mindflow:problem:unauthenticated");
        assert_eq!(reused.header("www-authenticate"), "Bearer");
        let identity = ada.identity();
        let until = app.app.clock.now().as_second() + 3720;
        let effects = json!({
            "user": identity.user, "revoke": [{"id": identity.credential, "until": until}], "purge": false
        });
        assert_eq!(told(&reused), effects, "{proof}");
        let version = before["version"].as_i64().unwrap() + 1;
        assert_eq!(
            kept_effects(&app).await,
            [json!({"user": identity.user, "version": version, "effects": effects, "after": 2})]
        );
        assert_eq!(stored(&app, &ada).await["version"], version);
        // Nothing of the session holds, for either of the two; and it is told once.
        for client in [&ada, &client] {
            client.get(ME).await.expect(401);
        }
        for spent in [token_0.as_str(), token(&first)] {
            let later = refresh(&app, spent).await;
            later.expect(401);
            assert_eq!(later.header("mindflow-gate-effects"), "");
        }
        assert_eq!(kept_effects(&app).await.len(), 1);
        bob.get(ME).await.expect(200);
    }
}

#[tokio::test]
async fn a_refresh_right_after_a_login_that_was_used_is_forgiven_too() {
    // All within a second, which is all that an access token says of its time.
    let (app, ada, mut last) = user().await;
    let mut client = ada;
    for _ in 0..5 {
        client.get(ME).await.expect(200);
        let first = refresh(&app, &last).await.expect(200);
        let again = refresh(&app, &last).await.expect(200);
        assert_eq!(token(&again), token(&first));
        client = with_tokens(&app, &again);
        token(&again).clone_into(&mut last);
    }
    let (issued_at, _) = times(client.token());
    assert_eq!(issued_at, app.app.clock.now().as_second() + 5);
    client.get(ME).await.expect(200);
    // However often: never so far ahead that it would be refused.
    for _ in 0..60 {
        let tokens = refresh(&app, &last).await.expect(200);
        with_tokens(&app, &tokens).get(ME).await.expect(200);
        token(&tokens).clone_into(&mut last);
    }
}

#[tokio::test]
async fn what_does_not_hold_is_refused() {
    let (app, _, token_0) = user().await;
    let database = app.database.connect().await;
    for (breaking, mending) in [
        (
            "UPDATE sessions SET revoked_at = now()",
            "UPDATE sessions SET revoked_at = NULL",
        ),
        (
            "UPDATE sessions SET generation = 0",
            "UPDATE sessions SET generation = 1",
        ),
        (
            "UPDATE users SET generation = 2",
            "UPDATE users SET generation = 1",
        ),
        (
            "UPDATE users SET disabled_at = now()",
            "UPDATE users SET disabled_at = NULL",
        ),
        (
            "UPDATE sessions SET expires_at = '2026-11-22T12:00:00Z'",
            "UPDATE sessions SET expires_at = '2026-12-22T12:00:00Z'",
        ),
        (
            "UPDATE refresh_tokens SET expires_at = '2026-11-22T12:00:00Z'",
            "UPDATE refresh_tokens SET expires_at = '2026-12-22T12:00:00Z'",
        ),
        (
            "UPDATE sessions SET kind = 'key'",
            "UPDATE sessions SET kind = 'token'",
        ),
    ] {
        database.batch_execute(breaking).await.unwrap();
        let refused = refresh(&app, &token_0).await;
        refused.expect(401);
        assert_eq!(refused.header("mindflow-gate-effects"), "", "{breaking}");
        assert_eq!(count(&app, "used_at IS NOT NULL").await, 0, "{breaking}");
        database.batch_execute(mending).await.unwrap();
    }
    refresh(&app, "mfr_").await.expect(401);
    refresh(&app, &token_0).await.expect(200);
    assert_eq!(kept_effects(&app).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_session_of_the_release_before_goes_on_to_its_end() {
    let (app, _, token_0) = user().await;
    let database = app.database.connect().await;
    let none = "UPDATE sessions SET ends_at = NULL, expires_at = '2026-12-01T12:00:00Z'";
    database.batch_execute(none).await.unwrap();
    let tokens = refresh(&app, &token_0).await.expect(200);
    app.clock.advance(DAY * 9);
    refresh(&app, token(&tokens)).await.expect(401);
}

#[tokio::test]
async fn names_what_is_wrong_with_the_body() {
    let (app, ada, token_0) = user().await;
    let post = async |client: Client, body: Value| client.post("/api/auth/refresh", &body).await;
    for (body, field) in [
        (json!({}), "refresh_token"),
        (json!({"refresh_token": null}), "refresh_token"),
        (json!({"refresh_token": 1}), "refresh_token"),
        (json!({"refresh_token": "a\u{0}"}), "refresh_token"),
        (json!({"refresh_token": "a", "scope": "account"}), "scope"),
    ] {
        let answer = post(app.anonymous(), body).await;
        assert_eq!(answer.invalid_fields(), [field]);
    }
    // Two credentials at once, and one that needs no refresh.
    for body in [json!({"refresh_token": token_0}), json!({})] {
        let answer = post(ada.clone(), body).await;
        assert_eq!(answer.invalid_fields(), ["refresh_token"]);
        assert_eq!(answer.header("mindflow-version"), "1");
    }
    assert_eq!(count(&app, "used_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn answers_503_while_the_database_is_away() {
    let (app, _, token_0) = user().await;
    app.proxy.cut();
    refresh(&app, &token_0).await.expect(503);
    app.proxy.mend();
    refresh(&app, &token_0).await.expect(200);
}
