//! `POST /api/auth/logout` and `POST /api/auth/revoke-all`

use axum::http::Method;
use serde_json::{Value, json};

use super::{
    PASSWORD, give_refresh_token, kept_effects, log_in, refresh, registered, stored, told,
    with_cookie, with_tokens,
};
use crate::support::TestApp;

const ME: &str = "/api/auth/me";
const LOGOUT: &str = "/api/auth/logout";
const REVOKE_ALL: &str = "/api/auth/revoke-all";

#[tokio::test]
async fn a_logout_ends_this_session_and_no_other() {
    let app = registered().await;
    let tokens = log_in(&app, "token").await.expect(200);
    let (ada, other) = (
        with_tokens(&app, &tokens),
        with_cookie(&app, &log_in(&app, "cookie").await),
    );
    let answer = ada.post(LOGOUT, &json!({})).await;
    answer.expect(204);
    let identity = ada.identity();
    let until = app.app.clock.now().as_second() + 3720;
    let effects = json!({
        "user": identity.user, "revoke": [{"id": identity.credential, "until": until}], "purge": false
    });
    assert_eq!(told(&answer), effects);
    assert_eq!(answer.header("mindflow-version"), "2");
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(
        kept_effects(&app).await,
        [json!({"user": identity.user, "version": 2, "effects": effects, "after": 2})]
    );
    ada.get(ME).await.expect(401);
    refresh(&app, tokens["refresh_token"].as_str().unwrap())
        .await
        .expect(401);
    other.get(ME).await.expect(200);
    // That of a cookie is remembered as long as the cookie might be shown.
    let answer = other.post(LOGOUT, &json!({})).await;
    let until = app.app.clock.now().as_second() + 30 * 86_400;
    let revoked = json!([{"id": other.identity().credential, "until": until}]);
    assert_eq!(told(&answer)["revoke"], revoked);
}

#[tokio::test]
async fn an_ended_session_cannot_log_out_again() {
    let app = TestApp::new().await;
    for path in [LOGOUT, REVOKE_ALL] {
        let ada = app.user(&path.len().to_string()).await;
        let post = || ada.call(Method::POST, path).header("idempotency-key", "k");
        post().send().await.expect(204);
        let version = stored(&app, &ada).await["version"].clone();
        let again = post().send().await;
        again.expect(401);
        assert_eq!(again.header("mindflow-gate-effects"), "");
        assert_eq!(stored(&app, &ada).await["version"], version);
    }
    assert_eq!(kept_effects(&app).await.len(), 2);
}

#[tokio::test]
async fn revoke_all_ends_everything_of_one_user() {
    let app = registered().await;
    let tokens = log_in(&app, "token").await.expect(200);
    let ada = with_tokens(&app, &tokens);
    let other = with_cookie(&app, &log_in(&app, "cookie").await);
    let bob = app.user("bob").await;
    let bobs = give_refresh_token(&app, &bob).await;
    let answer = other.post(REVOKE_ALL, &json!({})).await;
    answer.expect(204);
    let user = ada.identity().user;
    let effects = json!({"user": user, "generation": 2, "revoke": [], "purge": false});
    assert_eq!(
        told(&answer),
        json!({"user": user, "generation": 2, "purge": false})
    );
    assert_eq!(
        kept_effects(&app).await,
        [json!({"user": user, "version": 2, "effects": effects, "after": 2})]
    );
    assert_eq!(answer.header("mindflow-version"), "2");
    for ended in [&ada, &other] {
        ended.get(ME).await.expect(401);
    }
    refresh(&app, tokens["refresh_token"].as_str().unwrap())
        .await
        .expect(401);
    bob.get(ME).await.expect(200);
    refresh(&app, &bobs).await.expect(200);
    // Whoever has the password begins anew, and finds an empty list.
    let tokens = log_in(&app, "token").await.expect(200);
    let ada = with_tokens(&app, &tokens);
    let sessions = ada.get("/api/sessions").await.expect(200);
    assert_eq!(sessions.as_array().unwrap().len(), 1);
    assert_eq!(stored(&app, &ada).await["generation"], 2);
    refresh(&app, tokens["refresh_token"].as_str().unwrap())
        .await
        .expect(200);
}

#[tokio::test]
async fn a_login_that_began_before_revoke_all_is_of_no_use_after_it() {
    let app = registered().await;
    let tokens = log_in(&app, "token").await.expect(200);
    // As if its statement had read the user before, and written after.
    let database = app.database.connect().await;
    let raise = "UPDATE users SET generation = 2";
    database.batch_execute(raise).await.unwrap();
    with_tokens(&app, &tokens).get(ME).await.expect(401);
    refresh(&app, tokens["refresh_token"].as_str().unwrap())
        .await
        .expect(401);
}

#[tokio::test]
async fn a_key_of_another_request_is_refused() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let post = |path, body: Value| ada.call(Method::POST, path).json(&body);
    let task = json!({"title": "Task", "client_token": "k"});
    post("/api/tasks", task).send().await.expect(201);
    for path in [LOGOUT, REVOKE_ALL] {
        let refused = post(path, json!({"client_token": "k"})).send().await;
        assert_eq!(refused.invalid_fields(), ["Idempotency-Key"]);
        assert_eq!(refused.header("mindflow-version"), "2");
        let unknown = post(path, json!({"password": PASSWORD})).send().await;
        assert_eq!(unknown.invalid_fields(), ["password"]);
    }
    assert_eq!(kept_effects(&app).await, Vec::<Value>::new());
}
