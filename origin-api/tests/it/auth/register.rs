//! `POST /api/auth/register`

use std::time::Duration;

use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use origin_api::app::Clock;
use origin_api::keys::TokenKeys;
use origin_api::keys::live::Follower;
use serde_json::{Value, json};

use crate::support::app::TOKEN_KEYS;
use crate::support::post::{PASSWORD, Post};
use crate::support::{Response, TestApp};

const PATH: &str = "/api/auth/register";

fn ada() -> Value {
    json!({ "email": " Ada@Example.com ", "password": "correct horse battery", "full_name": "Ada", "time_zone": "Europe/Berlin" })
}

#[tokio::test]
async fn makes_an_account_and_stores_no_password() {
    let app = TestApp::new().await;
    let response = app.anonymous().post(PATH, &ada()).await;
    let mut user = response.expect(201);
    let id = user["id"].take();
    assert_eq!(
        user,
        json!({ "id": null, "email": "ada@example.com", "email_confirmed": false, "full_name": "Ada", "created_at": "2026-11-22T12:00:00.000Z" })
    );
    assert_eq!(response.header("content-type"), "application/json");
    assert_eq!(response.header("server-timing"), "");

    let row = app
        .database
        .connect()
        .await
        .query_one(
            "SELECT user_id::text, time_zone, password_hash, version FROM users",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, String>(0), id.as_str().unwrap());
    assert_eq!(row.get::<_, String>(1), "Europe/Berlin");
    assert!(
        row.get::<_, String>(2)
            .starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
    );
    assert_eq!(row.get::<_, i64>(3), 1);
}

#[tokio::test]
async fn an_address_has_one_account_however_it_is_written() {
    let app = TestApp::new().await;
    app.anonymous().post(PATH, &ada()).await.expect(201);
    let again = json!({ "email": "ADA@EXAMPLE.COM", "password": "another password" });
    let problem = app.anonymous().post(PATH, &again).await.expect(409);
    assert_eq!(problem["type"], "urn:mindflow:problem:conflict");
    let rows = app
        .database
        .connect()
        .await
        .query_one("SELECT count(*) FROM users", &[])
        .await
        .unwrap();
    assert_eq!(rows.get::<_, i64>(0), 1);
}

#[tokio::test]
async fn names_every_field_that_is_wrong() {
    let app = TestApp::new().await;
    let invalid = |body: Value| {
        let client = app.anonymous();
        async move { client.post(PATH, &body).await.invalid_fields() }
    };
    assert_eq!(invalid(json!({})).await, ["email", "password"]);
    assert_eq!(
        invalid(json!({ "email": "ada", "password": "short", "full_name": "", "admin": true }))
            .await,
        ["email", "password", "full_name", "admin"]
    );
    let weak = json!({ "email": "ada@example.com", "password": "password123", "time_zone": "Mars/Olympus" });
    assert_eq!(invalid(weak).await, ["password", "time_zone"]);
    let response = app
        .anonymous()
        .call(Method::POST, "/api/auth/register?token=1")
        .json(&json!({}))
        .send()
        .await;
    assert_eq!(response.invalid_fields(), ["token", "email", "password"]);
}

#[tokio::test]
async fn checks_the_body_in_the_order_of_the_contract() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    let post = || client.call(Method::POST, PATH);
    post()
        .header("content-type", "text/plain")
        .body(vec![b' '; 256 * 1024 + 1])
        .send()
        .await
        .expect(413);
    post()
        .header("content-type", "text/plain")
        .body("{")
        .send()
        .await
        .expect(415);
    post().body("{}").send().await.expect(415);
    let malformed = post()
        .header("content-type", "application/json; charset=utf-8")
        .body("{")
        .send()
        .await
        .expect(400);
    assert_eq!(
        malformed["detail"],
        "The body is not valid JSON: see line 1, column 1."
    );
    post()
        .header("content-type", "Application/JSON")
        .body("[]")
        .send()
        .await
        .expect(422);
    // Without content there is nothing to have a type.
    assert_eq!(post().send().await.invalid_fields(), ["email", "password"]);
}

#[tokio::test]
async fn answers_503_while_the_database_is_away_and_recovers_by_itself() {
    let app = TestApp::new().await;
    app.anonymous().post(PATH, &ada()).await.expect(201);
    app.proxy.cut();
    let other = json!({ "email": "bob@example.com", "password": "correct horse battery" });
    let response = app.anonymous().post(PATH, &other).await;
    let problem = response.expect(503);
    assert_eq!(problem["type"], "urn:mindflow:problem:unavailable");
    assert_eq!(response.header("retry-after"), "1");
    app.proxy.mend();
    app.anonymous().post(PATH, &other).await.expect(201);
}

#[tokio::test]
async fn takes_one_round_trip() {
    let app = TestApp::new().await;
    app.anonymous().post(PATH, &ada()).await.expect(201);
    let bob = json!({ "email": "bob@example.com", "password": "correct horse battery" });
    let (round_trips, response) = app.round_trips(app.anonymous().post(PATH, &bob)).await;
    response.expect(201);
    assert_eq!(round_trips, 1);
}

async fn with_key(app: &TestApp, key: &str, body: &Value) -> Response {
    let anonymous = app.anonymous();
    let call = anonymous
        .call(Method::POST, PATH)
        .header("idempotency-key", key);
    call.json(body).send().await
}

#[tokio::test]
async fn a_repeated_registration_is_answered_again_and_another_one_is_not() {
    let app = TestApp::new().await;
    let first = with_key(&app, "k", &ada()).await;
    app.clock.advance(SignedDuration::from_mins(5));
    let again = with_key(&app, "k", &ada()).await;
    assert_eq!(first.expect(201), again.expect(201));
    assert_eq!(
        (
            first.header("idempotency-replayed"),
            again.header("idempotency-replayed")
        ),
        ("", "true")
    );
    let mut other = ada();
    other["password"] = json!("not her password");
    assert_eq!(
        with_key(&app, "k", &other).await.invalid_fields(),
        ["Idempotency-Key"]
    );
    with_key(&app, "another", &ada()).await.expect(409);
    app.anonymous().post(PATH, &ada()).await.expect(409);

    let mut in_body = ada();
    in_body["email"] = json!("bob@example.com");
    in_body["client_token"] = json!("k");
    let first = app.anonymous().post(PATH, &in_body).await.expect(201);
    assert_eq!(
        app.anonymous().post(PATH, &in_body).await.expect(201),
        first
    );
}

#[tokio::test]
async fn many_at_once_under_one_key_make_one_account() {
    let app = TestApp::new().await;
    let anonymous = app.anonymous();
    let running: Vec<_> = (0..8)
        .map(|_| {
            let client = anonymous.clone();
            tokio::spawn(async move {
                let call = client
                    .call(Method::POST, PATH)
                    .header("idempotency-key", "k");
                call.json(&ada()).send().await
            })
        })
        .collect();
    let mut ids = Vec::new();
    for request in running {
        ids.push(request.await.unwrap().expect(201)["id"].clone());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn registering_and_deleting_in_turn_sends_an_address_three_letters_an_hour() {
    let post = Post::new().await;
    let body = json!({ "email": "victim@example.com", "password": PASSWORD });
    let round = async || {
        let anonymous = post.app.anonymous();
        anonymous.post(PATH, &body).await.expect(201);
        // Nobody else's try is counted, so nobody can use the limit up for the owner.
        anonymous.post(PATH, &body).await.expect(409);
        let letters = post.deliver().await.len();
        let (client, _) = post.sign_in(&body["email"], PASSWORD).await;
        client.delete("/api/auth/me").await.expect(204);
        letters
    };
    for expected in [1, 1, 1, 0, 0] {
        assert_eq!(round().await, expected);
    }
    post.app.clock.advance(SignedDuration::from_mins(20));
    assert_eq!(round().await, 1);
}

#[tokio::test]
async fn a_repeated_registration_is_known_after_a_rotation_of_the_token_keys() {
    let app = TestApp::new().await;
    let first = with_key(&app, "k", &ada()).await.expect(201);
    let rotated = format!("tokens-2=jrWRbr1lmrMRcwwOBLtIGlVs2e3XwgbH9+RLCm0fuW0=\n{TOKEN_KEYS}");
    let rotated = TokenKeys::parse(&rotated).unwrap();
    let mut follower = Follower::default();
    // Both while the new key is only known, and when it signs.
    for (passed, signing) in [(0, "tokens-1"), (60, "tokens-2")] {
        let live = &app.app.config.token_keys;
        follower.take(live, Ok(rotated.clone()), &Running(passed));
        assert_eq!(live.current().signing().id(), signing);
        assert_eq!(with_key(&app, "k", &ada()).await.expect(201), first);
    }
}

/// A clock that has run for so many seconds.
struct Running(u64);

impl Clock for Running {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.0)
    }
}
