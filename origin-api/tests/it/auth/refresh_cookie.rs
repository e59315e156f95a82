//! The cookie session: login, `POST /api/auth/refresh` without a body, and its end.

use jiff::SignedDuration;
use serde_json::json;

use super::{cookie, log_in, registered, stored, times, with_cookie};
use crate::support::TestApp;

const ME: &str = "/api/auth/me";
const PATH: &str = "/api/auth/refresh";
const DAY: SignedDuration = SignedDuration::from_hours(24);
const FLAGS: &str = "HttpOnly; Secure; SameSite=Lax";

#[tokio::test]
async fn a_login_may_be_kept_as_a_cookie() {
    let app = registered().await;
    let answer = log_in(&app, "cookie").await;
    answer.expect(204);
    let (token, said) = cookie(&answer);
    assert_eq!(said, format!("Path=/; Max-Age=2592000; {FLAGS}"));
    let now = app.app.clock.now().as_second();
    assert_eq!(times(token), (now, now + 2_592_000));
    let ada = with_cookie(&app, &answer);
    assert_eq!(ada.identity().kind.as_str(), "session");
    assert_eq!(ada.get(ME).await.expect(200)["email"], "ada@example.com");
    let row = stored(&app, &ada).await;
    assert_eq!(
        (&row["kind"], &row["generation"]),
        (&json!("cookie"), &json!(1))
    );
    let tokens = app.database.connect().await;
    let tokens = tokens
        .query_one("SELECT count(*) FROM refresh_tokens", &[])
        .await;
    assert_eq!(tokens.unwrap().get::<_, i64>(0), 0);
    // Each login is a session of its own.
    let other = with_cookie(&app, &log_in(&app, "cookie").await);
    assert_ne!(other.identity().credential, ada.identity().credential);
}

#[tokio::test]
async fn over_plain_http_the_cookie_has_no_prefix_and_is_not_secure() {
    let app = super::registered_with(&[("PUBLIC_URL", "http://localhost:8787")]).await;
    let answer = log_in(&app, "cookie").await;
    answer.expect(204);
    let field = answer.header("set-cookie");
    assert!(field.starts_with("mindflow_dev=ey"), "{field}");
    assert!(field.ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"));
}

#[tokio::test]
async fn is_renewed_daily_until_its_end_for_good() {
    let app = registered().await;
    let mut answer = log_in(&app, "cookie").await;
    let begun = app.app.clock.now();
    let first = with_cookie(&app, &answer).identity();
    for day in 1..180 {
        app.clock.advance(DAY);
        answer = with_cookie(&app, &answer).post(PATH, &json!({})).await;
        answer.expect(204);
        let left = (180 - day).min(30) * 86_400;
        let (token, said) = cookie(&answer);
        assert_eq!(said, format!("Path=/; Max-Age={left}; {FLAGS}"));
        let now = app.app.clock.now().as_second();
        assert_eq!(times(token), (now, now + left));
        assert_eq!(with_cookie(&app, &answer).identity(), first);
        assert_eq!(answer.header("mindflow-version"), "1");
    }
    app.clock.advance(DAY);
    assert_eq!(app.app.clock.now(), begun + DAY * 180);
    with_cookie(&app, &answer)
        .post(PATH, &json!({}))
        .await
        .expect(401);
}

#[tokio::test]
async fn is_not_renewed_once_it_has_ended() {
    let app = registered().await;
    let ada = with_cookie(&app, &log_in(&app, "cookie").await);
    let database = app.database.connect().await;
    for (breaking, mending) in [
        (
            "UPDATE sessions SET revoked_at = now()",
            "UPDATE sessions SET revoked_at = NULL",
        ),
        (
            "UPDATE users SET generation = 2",
            "UPDATE users SET generation = 1",
        ),
        (
            "UPDATE users SET disabled_at = now()",
            "UPDATE users SET disabled_at = NULL",
        ),
    ] {
        database.batch_execute(breaking).await.unwrap();
        let refused = ada.post(PATH, &json!({})).await;
        refused.expect(401);
        assert_eq!(refused.header("set-cookie"), "");
        database.batch_execute(mending).await.unwrap();
    }
    ada.post(PATH, &json!({})).await.expect(204);
    let unknown = ada.post(PATH, &json!({"session": "cookie"})).await;
    assert_eq!(unknown.invalid_fields(), ["session"]);
}

#[tokio::test]
async fn a_logout_takes_it_away() {
    let app = registered().await;
    let gone = format!("__Host-mindflow=; Path=/; Max-Age=0; {FLAGS}");
    for (route, is_own) in [
        ("logout", true),
        ("revoke-all", true),
        ("own", true),
        ("other", false),
    ] {
        let ada = with_cookie(&app, &log_in(&app, "cookie").await);
        let answer = match route {
            "own" | "other" => {
                let other = with_cookie(&app, &log_in(&app, "cookie").await);
                let ended = if is_own { &ada } else { &other };
                let id = ended.identity().credential;
                ada.delete(&format!("/api/sessions/{id}")).await
            }
            route => ada.post(&format!("/api/auth/{route}"), &json!({})).await,
        };
        answer.expect(204);
        let expected = if is_own { gone.as_str() } else { "" };
        assert_eq!(answer.header("set-cookie"), expected, "{route}");
        ada.get(ME).await.expect(if is_own { 401 } else { 200 });
    }
}

#[tokio::test]
async fn takes_one_round_trip() {
    let app = TestApp::with(&[("DATABASE_POOL_SIZE", "1")]).await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    let cookie = "UPDATE sessions SET kind = 'cookie'";
    database.batch_execute(cookie).await.unwrap();
    ada.post(PATH, &json!({})).await.expect(204);
    let (round_trips, answer) = app.round_trips(ada.post(PATH, &json!({}))).await;
    answer.expect(204);
    assert_eq!(round_trips, 1);
}
