//! `POST /api/auth/login`

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::TestApp;

const PATH: &str = "/api/auth/login";
const PASSWORD: &str = "correct horse battery";

async fn registered() -> TestApp {
    let app = TestApp::new().await;
    let ada = json!({ "email": "ada@example.com", "password": PASSWORD });
    app.anonymous()
        .post("/api/auth/register", &ada)
        .await
        .expect(201);
    app
}

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
async fn refuses_invalid_fields_and_cookie_sessions() {
    let app = registered().await;
    assert_eq!(
        app.anonymous()
            .post(PATH, &json!({ "passwort": "x" }))
            .await
            .invalid_fields(),
        ["email", "password", "passwort"]
    );
    let cookie = json!({ "email": "ada@example.com", "password": PASSWORD, "session": "cookie" });
    assert_eq!(
        app.anonymous().post(PATH, &cookie).await.invalid_fields(),
        ["session"]
    );
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
