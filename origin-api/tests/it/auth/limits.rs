//! How often a login may be tried, and how often a refresh may fail.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{PASSWORD, give_refresh_token, refresh, registered_with};
use crate::support::post::Post;
use crate::support::{Response, TestApp};

/// Small numbers, so that a test needs few hashes.
const RATES: [(&str, &str); 3] = [
    ("LOGIN_RATE_PER_ADDRESS", "3/900"),
    ("LOGIN_RATE_PER_EMAIL", "6/3600"),
    ("REFRESH_FAILURE_RATE", "3/900"),
];

async fn try_from(app: &TestApp, address: &str, email: &str, password: &str) -> Response {
    let body = json!({ "email": email, "password": password });
    let client = app.anonymous();
    let call = client.call(Method::POST, "/api/auth/login").json(&body);
    call.header("mindflow-client-address", address).send().await
}

async fn wrong(app: &TestApp, address: &str) -> Response {
    try_from(app, address, "ada@example.com", "wrong").await
}

async fn right(app: &TestApp, address: &str) -> Response {
    try_from(app, address, "ada@example.com", PASSWORD).await
}

#[tokio::test]
async fn three_failures_from_an_address_are_enough_for_a_while() {
    let app = registered_with(&RATES).await;
    let here = "203.0.113.7";
    for _ in 0..3 {
        wrong(&app, here).await.expect(401);
    }
    // Also with the right password: it tells nothing.
    for answer in [wrong(&app, here).await, right(&app, here).await] {
        let problem = answer.expect(429);
        assert_eq!(problem["type"], "urn:mindflow:problem:rate-limited");
        assert_eq!(
            problem["detail"],
            "Too many tries. Wait 300 seconds, then try again."
        );
        assert_eq!(answer.header("retry-after"), "300");
    }
    // Another address, and another account from this one.
    right(&app, "203.0.113.8").await.expect(200);
    let bob = try_from(&app, here, "bob@example.com", "wrong").await;
    bob.expect(401);
    app.clock.advance(SignedDuration::from_millis(299_001));
    let answer = wrong(&app, here).await;
    answer.expect(429);
    assert_eq!(answer.header("retry-after"), "1");
    app.clock.advance(SignedDuration::from_secs(1));
    right(&app, here).await.expect(200);
}

#[tokio::test]
async fn a_login_that_succeeds_costs_nothing() {
    let app = registered_with(&RATES).await;
    for _ in 0..8 {
        right(&app, "203.0.113.7").await.expect(200);
    }
    // Nor do tries from a known address count for others.
    right(&app, "203.0.113.8").await.expect(200);
    for _ in 0..2 {
        wrong(&app, "203.0.113.7").await.expect(401);
    }
    right(&app, "203.0.113.7").await.expect(200);
    wrong(&app, "203.0.113.7").await.expect(401);
    right(&app, "203.0.113.7").await.expect(429);
}

#[tokio::test]
async fn so_many_sessions_begin_in_so_long_of_both_kinds_and_logged_out_or_not() {
    let app = registered_with(&[("SESSION_RATE", "4/2592000")]).await;
    let here = "203.0.113.7";
    let log_in = async |session: &str, password: &str| {
        let body = json!({"email": "ada@example.com", "password": password, "session": session});
        let client = app.anonymous();
        client
            .call(Method::POST, "/api/auth/login")
            .json(&body)
            .send()
            .await
    };
    let tokens = log_in("token", PASSWORD).await.expect(200);
    let ada = app.client_with(tokens["access_token"].as_str().unwrap());
    ada.post("/api/auth/logout", &json!({})).await.expect(204);
    log_in("cookie", PASSWORD).await.expect(204);
    // What fails has limits of its own.
    log_in("token", "wrong").await.expect(401);
    log_in("token", PASSWORD).await.expect(200);
    let (one, other) = tokio::join!(log_in("cookie", PASSWORD), log_in("cookie", PASSWORD));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 429]);
    let sessions = async || {
        let database = app.database.connect().await;
        let count = "SELECT count(*) FROM sessions";
        database
            .query_one(count, &[])
            .await
            .unwrap()
            .get::<_, i64>(0)
    };
    assert_eq!(sessions().await, 4);

    let limited = right(&app, here).await;
    let problem = limited.expect(429);
    assert_eq!(problem["type"], "urn:mindflow:problem:rate-limited");
    assert_eq!(limited.header("retry-after"), "648000");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("/api/auth/refresh") && detail.contains("648000 seconds"));
    assert_eq!(sessions().await, 4);
    // It tells nothing to whoever has not the password, and the tries with it were given back.
    wrong(&app, here).await.expect(401);
    for _ in 0..12 {
        right(&app, here).await.expect(429);
    }
    wrong(&app, here).await.expect(401);
    app.clock.advance(SignedDuration::from_secs(648_000));
    right(&app, here).await.expect(200);
    right(&app, here).await.expect(429);
}

#[tokio::test]
async fn nobody_elses_tries_lock_the_owner_out_where_the_owner_was_before() {
    let app = registered_with(&RATES).await;
    right(&app, "2001:db8:1:2::3").await.expect(200);
    // From many addresses, which together are too many.
    for address in 0..3 {
        for _ in 0..2 {
            wrong(&app, &format!("198.51.100.{address}"))
                .await
                .expect(401);
        }
    }
    let answer = right(&app, "198.51.100.9").await;
    answer.expect(429);
    assert_eq!(answer.header("retry-after"), "600");
    // The owner's network is known, whichever of its addresses is used.
    right(&app, "2001:db8:1:2:ffff::1").await.expect(200);
    // Tries from there are limited by themselves, and count for nobody else.
    for _ in 0..3 {
        wrong(&app, "2001:db8:1:2::4").await.expect(401);
    }
    right(&app, "2001:db8:1:2::3").await.expect(429);
    right(&app, "198.51.100.9").await.expect(429);
    app.clock.advance(SignedDuration::from_secs(600));
    right(&app, "198.51.100.10").await.expect(200);
    // A month after the last login the network is like any other.
    app.clock.advance(SignedDuration::from_hours(24 * 30));
    for address in 0..3 {
        for _ in 0..2 {
            wrong(&app, &format!("198.51.100.{address}"))
                .await
                .expect(401);
        }
    }
    right(&app, "2001:db8:1:2::3").await.expect(429);
}

#[tokio::test]
async fn an_address_without_an_account_is_limited_alike() {
    let app = registered_with(&RATES).await;
    let told = |answer: &Response| {
        let mut problem = answer.json();
        problem["request_id"].take();
        (
            answer.status,
            problem,
            answer.header("retry-after").to_owned(),
        )
    };
    for _ in 0..5 {
        let known = wrong(&app, "203.0.113.7").await;
        let unknown = try_from(&app, "203.0.113.7", "eve@example.com", "wrong").await;
        assert_eq!(told(&known), told(&unknown));
    }
    for address in 0..6 {
        let address = format!("198.51.100.{address}");
        let known = wrong(&app, &address).await;
        let unknown = try_from(&app, &address, "eve@example.com", "wrong").await;
        assert_eq!(told(&known), told(&unknown), "{address}");
    }
}

#[tokio::test]
async fn what_is_over_the_limit_is_not_hashed_and_nothing_is_stored_readably() {
    let app = registered_with(&RATES).await;
    for _ in 0..3 {
        wrong(&app, "203.0.113.7").await.expect(401);
    }
    let (round_trips, answer) = app.round_trips(wrong(&app, "203.0.113.7")).await;
    answer.expect(429);
    assert_eq!(round_trips, 1);
    let database = app.database.connect().await;
    let rows = database.query_one(
        "SELECT count(*), coalesce(bool_or(convert_from(subject, 'LATIN1') LIKE '%ada%'), false) FROM throttles",
        &[],
    );
    let row = rows.await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, bool>(1)), (2, false));
}

#[tokio::test]
async fn only_refreshes_that_fail_count() {
    let app = TestApp::with(&RATES).await;
    let ada = app.user("ada").await;
    let mut token = give_refresh_token(&app, &ada).await;
    let mut renew = async || {
        let tokens: Value = refresh(&app, &token).await.expect(200);
        tokens["refresh_token"]
            .as_str()
            .unwrap()
            .clone_into(&mut token);
    };
    for _ in 0..5 {
        renew().await;
    }
    for _ in 0..3 {
        refresh(&app, "mfr_unknown").await.expect(401);
    }
    let limited = refresh(&app, "mfr_unknown").await;
    limited.expect(429);
    assert_eq!(limited.header("retry-after"), "300");
    // Whose token holds is not held up by others at the same address.
    renew().await;
    let body = json!({"refresh_token": "mfr_unknown"});
    let client = app.anonymous();
    let call = client.call(Method::POST, "/api/auth/refresh").json(&body);
    let elsewhere = call.header("mindflow-client-address", "198.51.100.1");
    elsewhere.send().await.expect(401);
    app.clock.advance(SignedDuration::from_secs(300));
    refresh(&app, "mfr_unknown").await.expect(401);
}

#[tokio::test]
async fn a_reset_lets_its_owner_in_from_where_the_link_was_followed() {
    let post = Post::with(&RATES).await;
    post.member("ada").await;
    let app = &post.app;
    for address in 0..3 {
        for _ in 0..2 {
            let address = format!("198.51.100.{address}");
            wrong(app, &address).await.expect(401);
        }
    }
    let token = post.forgotten("ada@example.com").await;
    let body = json!({ "token": token, "password": PASSWORD });
    let client = app.anonymous();
    let reset = client
        .call(Method::POST, "/api/auth/reset-password")
        .json(&body);
    let reset = reset.header("mindflow-client-address", "2001:db8::1");
    reset.send().await.expect(204);
    right(app, "2001:db8::2").await.expect(200);
    right(app, "203.0.113.8").await.expect(429);
}
