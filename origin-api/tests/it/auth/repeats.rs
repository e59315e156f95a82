//! What a request without a credential answers under a key that was used before.

use axum::http::{HeaderMap, Method};
use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::Response;
use crate::support::overtaken::{CONNECTIONS, at_once};
use crate::support::post::{PASSWORD, Post};

const LOGIN: &str = "/api/auth/login";
const REFRESH: &str = "/api/auth/refresh";
const FORGOT: &str = "/api/auth/forgot-password";
const RESET: &str = "/api/auth/reset-password";
const CONFIRM: &str = "/api/auth/confirm-email";
const NEW: &str = "another good pass phrase";

async fn send(post: &Post, path: &str, key: &str, body: &Value) -> Response {
    let anonymous = post.app.anonymous();
    let call = anonymous.call(Method::POST, path).json(body);
    call.header("idempotency-key", key).send().await
}

/// Refused because the key is another request's.
fn expect_key_reused(response: &Response) {
    assert_eq!(response.invalid_fields(), ["Idempotency-Key"]);
}

fn expect_replayed(response: &Response, status: u16) {
    response.expect(status);
    assert_eq!(response.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn every_route_names_a_key_that_is_none_and_two_that_differ() {
    let post = Post::new().await;
    let email = "eve@example.com";
    for (path, body) in [
        (LOGIN, json!({ "email": email, "password": PASSWORD })),
        (REFRESH, json!({ "refresh_token": "x" })),
        (FORGOT, json!({ "email": email })),
        (RESET, json!({ "token": "x", "password": NEW })),
        (CONFIRM, json!({ "token": "x" })),
    ] {
        let with = |token: Value| {
            let mut body = body.clone();
            body["client_token"] = token;
            body
        };
        let long = "k".repeat(256);
        let refused = send(&post, path, &long, &body).await;
        assert_eq!(refused.invalid_fields(), ["Idempotency-Key"], "{path}");
        for token in [json!(long), json!(""), json!(1)] {
            let refused = post.app.anonymous().post(path, &with(token)).await;
            assert_eq!(refused.invalid_fields(), ["client_token"], "{path}");
        }
        let refused = send(&post, path, "k", &with(json!("other"))).await;
        assert_eq!(refused.invalid_fields(), ["client_token"], "{path}");
        // Taken: what is refused now is what else is wrong with it.
        let taken = send(&post, path, "k", &with(json!("k"))).await;
        let expected = if path == FORGOT {
            202
        } else if path == LOGIN || path == REFRESH {
            401
        } else {
            assert_eq!(taken.invalid_fields(), ["token"], "{path}");
            422
        };
        taken.expect(expected);
    }
    assert_eq!(post.count("SELECT count(*) FROM mails").await, 1);
}

#[tokio::test]
async fn a_reset_is_answered_as_the_first_time_and_sets_nothing_again() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let token = post.forgotten("ada@example.com").await;
    let body = json!({ "token": token, "password": NEW });
    let first = send(&post, RESET, "k", &body).await;
    first.expect(204);
    assert_eq!(first.header("idempotency-replayed"), "");
    post.deliver().await;
    // Whatever has become of the password meanwhile stays.
    let (client, _) = post.sign_in(&json!("ada@example.com"), NEW).await;
    let change = json!({ "password": "a third pass phrase", "current_password": NEW });
    client.patch("/api/auth/me", &change).await.expect(200);
    post.deliver().await;

    let again = send(&post, RESET, "k", &body).await;
    expect_replayed(&again, 204);
    assert_eq!(
        again.header("mindflow-gate-effects"),
        first.header("mindflow-gate-effects")
    );
    assert!(post.deliver().await.is_empty());
    assert_eq!(post.login("ada@example.com", NEW).await, 401);
    assert_eq!(
        post.login("ada@example.com", "a third pass phrase").await,
        200
    );

    let other = json!({ "token": token, "password": "a fourth pass phrase" });
    expect_key_reused(&send(&post, RESET, "k", &other).await);
    for (key, body) in [("other", &body), ("other", &other)] {
        let used = send(&post, RESET, key, body).await;
        assert_eq!(used.invalid_fields(), ["token"]);
    }
    let used = post.app.anonymous().post(RESET, &body).await;
    assert_eq!(used.invalid_fields(), ["token"]);
    // A request is more than its body: the same key and token elsewhere are another one.
    expect_key_reused(&send(&post, CONFIRM, "k", &json!({ "token": token })).await);
    ada.get("/api/auth/me").await.expect(401);
}

#[tokio::test]
async fn a_refused_reset_keeps_nothing_under_its_key() {
    let post = Post::new().await;
    post.member("ada").await;
    let token = post.forgotten("ada@example.com").await;
    let poor = json!({ "token": token, "password": "password123" });
    for _ in 0..2 {
        let refused = send(&post, RESET, "k", &poor).await;
        assert_eq!(refused.invalid_fields(), ["password"]);
    }
    let body = json!({ "token": token, "password": NEW });
    send(&post, RESET, "k", &body).await.expect(204);
}

#[tokio::test]
async fn what_is_kept_of_a_reset_tells_neither_its_password_nor_its_key() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let token = post.forgotten("ada@example.com").await;
    let body = json!({ "token": token, "password": NEW, "client_token": "quiet-otters" });
    let reset = post.app.anonymous().post(RESET, &body).await;
    reset.expect(204);
    let database = post.app.database.connect().await;
    let row = database
        .query_one("SELECT row_to_json(kept)::text, request_hash = sha256(convert_to($1, 'UTF8')) FROM anonymous_keys AS kept", &[&format!("POST\n{RESET}\n\n{body}")])
        .await
        .unwrap();
    let (text, is_plain): (String, bool) = (row.get(0), row.get(1));
    assert!(!text.contains("otters") && !text.contains(&token), "{text}");
    assert!(!is_plain, "the hash of a request with a password is sealed");

    // It goes with the account.
    let (again, _) = post.sign_in(&json!("ada@example.com"), NEW).await;
    again.delete("/api/auth/me").await.expect(204);
    assert_eq!(post.count("SELECT count(*) FROM anonymous_keys").await, 0);
    ada.get("/api/auth/me").await.expect(401);
}

#[tokio::test]
async fn a_confirmation_is_answered_as_the_first_time_also_where_it_changed_nothing() {
    let post = Post::new().await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let anonymous = post.app.anonymous();
    anonymous
        .post("/api/auth/register", &body)
        .await
        .expect(201);
    let first = post.deliver_one().await.token();
    let (ada, _) = post.sign_in(&body["email"], PASSWORD).await;
    let change = json!({ "email": "ada@example.com", "current_password": PASSWORD });
    ada.patch("/api/auth/me", &change).await.expect(200);
    let second = post.deliver_one().await.token();
    for token in [first, second] {
        let body = json!({ "token": token, "client_token": "k" });
        anonymous.post(CONFIRM, &body).await.expect(204);
        expect_replayed(&anonymous.post(CONFIRM, &body).await, 204);
        let used = anonymous.post(CONFIRM, &json!({ "token": token })).await;
        assert_eq!(used.invalid_fields(), ["token"]);
    }
}

#[tokio::test]
async fn a_link_that_is_followed_many_times_at_once_under_one_key_is_used_once_and_answered_alike()
{
    let connections = CONNECTIONS.to_string();
    let post = Post::with(&[("DATABASE_POOL_SIZE", &connections)]).await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let registered = post.app.anonymous().post("/api/auth/register", &body).await;
    registered.expect(201);
    let body = json!({ "token": post.deliver_one().await.token(), "client_token": "k" });
    let responses = at_once(&post.app, |_| {
        let (anonymous, body) = (post.app.anonymous(), body.clone());
        async move { anonymous.post(CONFIRM, &body).await }
    })
    .await;
    let first = |response: &&Response| response.header("idempotency-replayed").is_empty();
    for response in &responses {
        response.expect(204);
    }
    assert_eq!(responses.iter().filter(first).count(), 1);
    let query = "SELECT version FROM users";
    assert_eq!(post.count(query).await, 2);
}

#[tokio::test]
async fn a_wish_for_a_link_is_answered_again_without_a_letter_or_a_charge_whoever_has_the_address()
{
    let post = Post::new().await;
    post.member("ada").await;
    let mut answers = Vec::new();
    // Statements are prepared at their first use.
    for email in ["eve@example.com", "ada@example.com", "bob@example.com"] {
        let body = json!({ "email": email });
        let mut seen = Vec::new();
        // More often than three an hour are sent.
        for number in 0..6 {
            let (round_trips, response) =
                post.app.round_trips(send(&post, FORGOT, "k", &body)).await;
            response.expect(202);
            let replayed = if number == 0 { "" } else { "true" };
            assert_eq!(response.header("idempotency-replayed"), replayed);
            let mut headers = response.headers.clone();
            headers.remove("x-request-id");
            seen.push((round_trips, response.body, headers));
        }
        let other = json!({ "email": email.to_uppercase() });
        let (round_trips, response) = post.app.round_trips(send(&post, FORGOT, "k", &other)).await;
        expect_key_reused(&response);
        seen.push((round_trips, Vec::new(), HeaderMap::new()));
        answers.push(seen);
    }
    assert_eq!(answers[1], answers[2]);
    assert_eq!(post.deliver().await.len(), 1);
}

#[tokio::test]
async fn a_key_of_a_wish_says_nothing_to_a_stranger() {
    let post = Post::new().await;
    post.member("ada").await;
    let ask = |email: &'static str, address: &'static str| {
        let anonymous = post.app.anonymous();
        async move {
            let call = anonymous
                .call(Method::POST, FORGOT)
                .json(&json!({ "email": email }));
            let call = call.header("mindflow-client-address", address);
            call.header("idempotency-key", "k").send().await
        }
    };
    ask("ada@example.com", "203.0.113.7").await.expect(202);
    // From elsewhere, and from there for somebody else, it is the first request.
    for (email, address) in [
        ("ada@example.com", "203.0.113.8"),
        ("bob@example.com", "203.0.113.7"),
    ] {
        let response = ask(email, address).await;
        response.expect(202);
        assert_eq!(response.header("idempotency-replayed"), "");
    }
    expect_replayed(&ask("ada@example.com", "203.0.113.7").await, 202);
    assert_eq!(post.deliver().await.len(), 2);
}

#[tokio::test]
async fn many_equal_wishes_at_once_send_one_letter() {
    let post = Post::new().await;
    post.member("ada").await;
    let anonymous = post.app.anonymous();
    let body = json!({ "email": "ada@example.com", "client_token": "k" });
    let responses = join_all((0..8).map(|_| anonymous.post(FORGOT, &body))).await;
    // Those that came before the first was kept were charged, and some were one too many.
    for response in &responses {
        assert!([202, 429].contains(&response.status), "{}", response.text());
    }
    assert_eq!(post.deliver().await.len(), 1);
}

#[tokio::test]
async fn a_login_under_a_key_checks_the_password_and_begins_a_session_each_time() {
    let post = Post::new().await;
    let (ada, _bob) = (post.member("ada").await, post.member("bob").await);
    ada.delete("/api/auth/me").await.expect(204);
    post.member("ada").await;
    let body = |name: &str, password: &str| json!({ "email": format!("{name}@example.com"), "password": password });
    let right = body("ada", PASSWORD);
    let first = send(&post, LOGIN, "k", &right).await.expect(200);
    let second = send(&post, LOGIN, "k", &right).await;
    assert_eq!(second.header("idempotency-replayed"), "");
    let second = second.expect(200);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    for tokens in [&first, &second] {
        let client = post
            .app
            .client_with(tokens["access_token"].as_str().unwrap());
        client.get("/api/auth/me").await.expect(200);
    }
    // Another's key is not looked at, nor is one's own before the password is right.
    send(&post, LOGIN, "k", &body("bob", PASSWORD))
        .await
        .expect(200);
    send(&post, LOGIN, "k", &body("ada", "wrong"))
        .await
        .expect(401);

    let other = json!({ "email": "ada@example.com", "password": PASSWORD, "session": "cookie" });
    let sessions = "SELECT count(*) FROM sessions";
    let before = post.count(sessions).await;
    // A right password counts as no failure, whatever is wrong with the key.
    for _ in 0..12 {
        expect_key_reused(&send(&post, LOGIN, "k", &other).await);
    }
    assert_eq!(post.count(sessions).await, before);
    send(&post, LOGIN, "k", &right).await.expect(200);
    // It is one key of hers, wherever it was used.
    let client = post
        .app
        .client_with(first["access_token"].as_str().unwrap());
    let task = json!({ "title": "x", "client_token": "k" });
    expect_key_reused(&client.post("/api/tasks", &task).await);
}

#[tokio::test]
async fn a_refresh_under_a_key_is_forgiven_as_without_and_takes_no_other_token() {
    let post = Post::new().await;
    post.member("ada").await;
    let (_, first) = post.sign_in(&json!("ada@example.com"), PASSWORD).await;
    let body = |token: &str| json!({ "refresh_token": token });
    let renewed = send(&post, REFRESH, "k", &body(&first)).await;
    assert_eq!(renewed.header("idempotency-replayed"), "");
    let renewed = renewed.expect(200);
    let again = send(&post, REFRESH, "k", &body(&first)).await;
    expect_replayed(&again, 200);
    assert_eq!(again.json()["refresh_token"], renewed["refresh_token"]);

    // Under the same key neither the next token is taken nor the same one in another body; both still hold.
    let next = renewed["refresh_token"].as_str().unwrap();
    expect_key_reused(&send(&post, REFRESH, "k", &body(next)).await);
    let mut longer = body(&first);
    longer["client_token"] = json!("k");
    expect_key_reused(&send(&post, REFRESH, "k", &longer).await);
    expect_replayed(&send(&post, REFRESH, "other", &body(&first)).await, 200);
    post.app.clock.advance(SignedDuration::from_secs(2));
    send(&post, REFRESH, "third", &body(next)).await.expect(200);
    // A key forgives no thief.
    send(&post, REFRESH, "k", &body(&first)).await.expect(401);
    let ended = "SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL";
    assert_eq!(post.count(ended).await, 1);
}
