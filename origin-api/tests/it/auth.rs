//! `/api/auth/*` and the sessions that a login makes.

mod change;
mod confirm;
mod delete;
mod every_session_route;
mod forgot;
mod limits;
mod login;
mod logout;
mod me;
mod races;
mod refresh;
mod refresh_cookie;
mod refresh_races;
mod register;
mod repeats;
mod reset;
mod sessions;
mod uses;

use origin_api::domain::tokens::RefreshToken;
use serde_json::{Value, json};
use shared_types::token::UnverifiedToken;

use crate::support::{Client, Response, TestApp};

const PASSWORD: &str = "correct horse battery";

/// The origin with an account of `ada@example.com`.
async fn registered() -> TestApp {
    registered_with(&[]).await
}

/// The same with these variables set differently.
async fn registered_with(variables: &[(&str, &str)]) -> TestApp {
    let app = TestApp::with(variables).await;
    let ada = json!({ "email": "ada@example.com", "password": PASSWORD });
    app.anonymous()
        .post("/api/auth/register", &ada)
        .await
        .expect(201);
    app
}

/// A login as `ada@example.com`.
async fn log_in(app: &TestApp, session: &str) -> Response {
    let ada = json!({ "email": "ada@example.com", "password": PASSWORD, "session": session });
    app.anonymous().post("/api/auth/login", &ada).await
}

/// Who shows the access token of an answer.
fn with_tokens(app: &TestApp, tokens: &Value) -> Client {
    app.client_with(tokens["access_token"].as_str().unwrap())
}

/// Who shows the cookie of an answer.
fn with_cookie(app: &TestApp, response: &Response) -> Client {
    app.client_with(cookie(response).0)
}

/// The token of the cookie of an answer, and all that is said of it.
fn cookie(response: &Response) -> (&str, &str) {
    let field = response.header("set-cookie");
    let cookie = field.strip_prefix("__Host-mindflow=").unwrap();
    cookie.split_once("; ").unwrap()
}

/// When a token was issued and when it ends, in Unix seconds.
fn times(token: &str) -> (i64, i64) {
    let token = UnverifiedToken::parse(token).unwrap().verified();
    (token.claims().iat, token.claims().exp)
}

async fn refresh(app: &TestApp, token: &str) -> Response {
    let body = json!({ "refresh_token": token });
    app.anonymous().post("/api/auth/refresh", &body).await
}

/// A refresh token for the session of `client`, as if it had logged in now.
async fn give_refresh_token(app: &TestApp, client: &Client) -> String {
    let mut random = [0; 32];
    app.app.rng.fill(&mut random);
    let token = RefreshToken::new(random);
    let identity = client.identity();
    let now = app.app.clock.now();
    app.database
        .connect()
        .await
        .execute(
            "INSERT INTO refresh_tokens (token_hash, user_id, session_id, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5)",
            &[
                &token.hash().as_slice(),
                &identity.user.0,
                &identity.credential.0,
                &now,
                &app.app.config.sessions.idles_at(now),
            ],
        )
        .await
        .unwrap();
    token.text()
}

/// What is kept for the gates, oldest first.
async fn kept_effects(app: &TestApp) -> Vec<Value> {
    let rows = app
        .database
        .connect()
        .await
        .query(
            "SELECT jsonb_build_object(
                'user', user_id, 'version', version, 'effects', effects,
                'after', extract(epoch FROM deliver_after - created_at)::int
            ) AS kept FROM gate_effects ORDER BY id",
            &[],
        )
        .await
        .unwrap();
    rows.iter().map(|row| row.get("kept")).collect()
}

/// What an answer tells the gate.
fn told(response: &Response) -> Value {
    serde_json::from_str(response.header("mindflow-gate-effects")).unwrap_or_default()
}

/// The user's version and the session's row, as one JSON object.
async fn stored(app: &TestApp, client: &Client) -> Value {
    let identity = client.identity();
    let row = app
        .database
        .connect()
        .await
        .query_one(
            "SELECT to_jsonb(sessions) || jsonb_build_object(
                'version', users.version, 'user_generation', users.generation
            ) AS stored
            FROM users JOIN sessions USING (user_id)
            WHERE users.user_id = $1 AND sessions.id = $2",
            &[&identity.user.0, &identity.credential.0],
        )
        .await
        .unwrap();
    row.get("stored")
}
