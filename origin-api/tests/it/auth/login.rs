//! `POST /api/auth/login`

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Value, json};

use super::{PASSWORD, log_in, refresh, registered, with_tokens};
use crate::support::overtaken::wait_for;

const PATH: &str = "/api/auth/login";

fn ada() -> Value {
    json!({ "email": " ADA@example.com", "password": PASSWORD })
}

#[tokio::test]
async fn gives_an_access_token_that_works_for_an_hour() {
    let app = registered().await;
    let tokens = app
        .anonymous()
        .call(Method::POST, PATH)
        .json(&ada())
        .header("user-agent", "curl/8")
        .send()
        .await
        .expect(200);
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"]),
        (&json!("Bearer"), &json!(3600))
    );
    let client = app.client_with(tokens["access_token"].as_str().unwrap());
    assert_eq!(
        client.get("/api/auth/me").await.expect(200)["email"],
        "ada@example.com"
    );
    app.clock.advance(jiff::SignedDuration::from_secs(3599));
    client.get("/api/auth/me").await.expect(200);
    app.clock.advance(jiff::SignedDuration::from_secs(1));
    client.get("/api/auth/me").await.expect(401);

    let row = app
        .database
        .connect()
        .await
        .query_one(
            "SELECT kind, user_agent, last_used_on::text FROM sessions",
            &[],
        )
        .await
        .unwrap();
    let stored: [&str; 3] = [row.get(0), row.get(1), row.get(2)];
    assert_eq!(stored, ["token", "curl/8", "2026-11-22"]);
}

#[tokio::test]
async fn stores_only_a_hash_of_the_refresh_token() {
    let app = registered().await;
    let tokens = app.anonymous().post(PATH, &ada()).await.expect(200);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let found = app
        .database
        .connect()
        .await
        .query_one(
            "SELECT count(*) FROM refresh_tokens WHERE token_hash = sha256(convert_to($1, 'UTF8'))",
            &[&refresh],
        )
        .await
        .unwrap();
    assert_eq!(found.get::<_, i64>(0), 1);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let app = registered().await;
    let wrong = app
        .anonymous()
        .post(
            PATH,
            &json!({ "email": "ada@example.com", "password": "wrong" }),
        )
        .await;
    let unknown = app
        .anonymous()
        .post(
            PATH,
            &json!({ "email": "bob@example.com", "password": PASSWORD }),
        )
        .await;
    let told = |mut problem: Value| {
        problem["request_id"].take();
        problem
    };
    assert_eq!(told(wrong.expect(401)), told(unknown.expect(401)));
    assert_eq!(wrong.header("www-authenticate"), "Bearer");
    assert_eq!(wrong.header("mindflow-version"), "");
}

#[tokio::test]
async fn refuses_invalid_fields() {
    let app = registered().await;
    for (body, fields) in [
        (
            json!({ "passwort": "x" }),
            &["email", "password", "passwort"][..],
        ),
        (
            json!({ "email": "ada@example.com", "password": PASSWORD, "session": "jar" }),
            &["session"],
        ),
    ] {
        let answer = app.anonymous().post(PATH, &body).await;
        assert_eq!(answer.invalid_fields(), fields);
    }
}

#[tokio::test]
async fn that_an_account_is_disabled_is_told_to_whoever_has_its_password() {
    let app = registered().await;
    let database = app.database.connect().await;
    let disable = "UPDATE users SET disabled_at = now()";
    database.batch_execute(disable).await.unwrap();
    let problem = log_in(&app, "token").await.expect(403);
    assert_eq!(problem["type"], "urn:mindflow:problem:forbidden");
    assert_eq!(
        problem["detail"],
        "This account is disabled. Ask whoever runs this server."
    );
    let wrong = json!({ "email": "ada@example.com", "password": "wrong" });
    app.anonymous().post(PATH, &wrong).await.expect(401);
    let sessions = database
        .query_one("SELECT count(*) FROM sessions", &[])
        .await;
    assert_eq!(sessions.unwrap().get::<_, i64>(0), 0);
}

/// The password of these tests, hashed with less work than is usual today.
fn weak_hash() -> String {
    let (salt, mut hash) = ([7; 16], [0; 32]);
    let parameters = Params::new(1024, 1, 1, Some(32)).unwrap();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(PASSWORD.as_bytes(), &salt, &mut hash)
        .unwrap();
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    format!("$argon2id$v=19$m=1024,t=1,p=1${salt}${hash}")
}

#[tokio::test]
async fn a_password_that_was_hashed_with_less_work_is_hashed_anew() {
    let app = registered().await;
    let database = app.database.connect().await;
    let hash = async || -> String {
        let row = database.query_one("SELECT password_hash FROM users", &[]);
        row.await.unwrap().get(0)
    };
    let today = hash().await;
    log_in(&app, "token").await.expect(200);
    assert_eq!(hash().await, today);

    let weak = weak_hash();
    let set = "UPDATE users SET password_hash = $1";
    database.execute(set, &[&weak]).await.unwrap();
    let wrong = json!({ "email": "ada@example.com", "password": "wrong" });
    app.anonymous().post(PATH, &wrong).await.expect(401);
    assert_eq!(hash().await, weak);
    app.anonymous().post(PATH, &ada()).await.expect(200);
    let anew = hash().await;
    assert!(anew.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_ne!(anew, today);
    let (round_trips, answer) = app.round_trips(log_in(&app, "token")).await;
    answer.expect(200);
    assert_eq!((round_trips, hash().await), (2, anew));
}

#[tokio::test]
async fn a_password_that_changes_meanwhile_is_not_lost_and_the_login_is_of_no_use() {
    let app = Arc::new(registered().await);
    let (holder, watcher) = (app.database.connect().await, app.database.connect().await);
    let weak = weak_hash();
    let set = "UPDATE users SET password_hash = $1";
    holder.execute(set, &[&weak]).await.unwrap();
    let change = "BEGIN; UPDATE users SET password_hash = 'changed', generation = generation + 1";
    holder.batch_execute(change).await.unwrap();
    let login = {
        let app = Arc::clone(&app);
        tokio::spawn(async move { log_in(&app, "token").await })
    };
    wait_for(&watcher, 1).await;
    holder.batch_execute("COMMIT").await.unwrap();
    let tokens = login.await.unwrap().expect(200);
    with_tokens(&app, &tokens)
        .get("/api/auth/me")
        .await
        .expect(401);
    let spent = tokens["refresh_token"].as_str().unwrap();
    refresh(&app, spent).await.expect(401);
    let row = watcher
        .query_one("SELECT password_hash FROM users", &[])
        .await;
    assert_eq!(row.unwrap().get::<_, String>(0), "changed");
}

#[tokio::test]
async fn answers_503_while_the_database_is_away() {
    let app = registered().await;
    app.proxy.cut();
    app.anonymous().post(PATH, &ada()).await.expect(503);
    app.proxy.mend();
    app.anonymous().post(PATH, &ada()).await.expect(200);
}

#[tokio::test]
async fn takes_two_round_trips_around_the_hash() {
    let app = registered().await;
    app.anonymous().post(PATH, &ada()).await.expect(200);
    let (round_trips, response) = app.round_trips(app.anonymous().post(PATH, &ada())).await;
    response.expect(200);
    assert_eq!(round_trips, 2);
}
