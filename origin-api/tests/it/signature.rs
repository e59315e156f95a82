//! The signed hop at the origin's own port: what the edge did not sign is 401, and touches nothing.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::support::{Call, Client, Response, TestApp};

const REGISTER: &str = "/api/auth/register";
const OTHER_KEY: &str = "edge-2026=AAECAwQFBgcICQoLDA0OD/Dx8vP09fb3+Pn6+/z9/v8=\n";

fn registration(client: &Client) -> Call<'_> {
    let body = json!({ "email": "ada@example.com", "password": "correct horse battery" });
    client.call(Method::POST, REGISTER).json(&body)
}

/// The request after `alter`, refused without a reason and without a word to the database.
async fn assert_refused(app: &TestApp, request: Request<Body>, what: &str) -> Response {
    let (round_trips, response) = app.round_trips(app.send(request)).await;
    assert_eq!(response.status, 401, "{what}: {}", response.text());
    assert_eq!(
        response.json()["detail"],
        "Sign in again, then repeat the request with the new access token.",
        "{what}"
    );
    assert_eq!(round_trips, 0, "{what}");
    response
}

async fn assert_altered_is_refused(alter: impl FnOnce(&mut Request<Body>), what: &str) {
    let app = TestApp::new().await;
    let mut request = registration(&app.anonymous()).signed();
    alter(&mut request);
    assert_refused(&app, request, what).await;
    assert_eq!(users(&app).await, 0, "{what}");
}

async fn users(app: &TestApp) -> i64 {
    app.database
        .connect()
        .await
        .query_one("SELECT count(*) FROM users", &[])
        .await
        .unwrap()
        .get(0)
}

fn me(client: &Client) -> Call<'_> {
    client.call(Method::GET, "/api/auth/me")
}

fn set(request: &mut Request<Body>, name: &'static str, value: &str) {
    request
        .headers_mut()
        .insert(name, HeaderValue::from_str(value).unwrap());
}

#[tokio::test]
async fn what_is_signed_is_served() {
    let app = TestApp::new().await;
    app.send(registration(&app.anonymous()).signed())
        .await
        .expect(201);
    assert_eq!(users(&app).await, 1);
}

#[tokio::test]
async fn refuses_an_unsigned_request() {
    assert_altered_is_refused(
        |request| _ = request.headers_mut().remove("signature"),
        "no signature",
    )
    .await;
    let unsigned = |request: &mut Request<Body>| {
        request.headers_mut().remove("signature");
        request.headers_mut().remove("signature-input");
    };
    assert_altered_is_refused(unsigned, "neither field").await;
}

#[tokio::test]
async fn refuses_another_key_and_another_authority() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    assert_refused(
        &app,
        registration(&client).signed_with(OTHER_KEY).signed(),
        "another secret",
    )
    .await;
    let unknown = OTHER_KEY.replace("edge-2026", "edge-2025");
    assert_refused(
        &app,
        registration(&client).signed_with(&unknown).signed(),
        "another key id",
    )
    .await;
    assert_refused(
        &app,
        registration(&client).signed_for("other.test").signed(),
        "another authority",
    )
    .await;
    assert_eq!(users(&app).await, 0);
}

#[tokio::test]
async fn refuses_an_altered_method_path_query_or_body() {
    assert_altered_is_refused(|request| *request.method_mut() = Method::PUT, "method").await;
    assert_altered_is_refused(
        |request| *request.uri_mut() = "/api/auth/login".parse().unwrap(),
        "path",
    )
    .await;
    assert_altered_is_refused(
        |request| *request.uri_mut() = "/api/auth/register?a=1".parse().unwrap(),
        "query",
    )
    .await;
    assert_altered_is_refused(|request| *request.body_mut() = Body::from("{}"), "body").await;
}

#[tokio::test]
async fn refuses_altered_fields() {
    let user = "kind=\"access\", user=\"0198c5a0-0000-7000-8000-0000000000aa\", credential=\"0198c5a0-0000-7000-8000-0000000000bb\", scopes=\"account\"";
    for (name, value) in [
        ("mindflow-caller", user),
        ("mindflow-client-address", "203.0.113.8"),
        ("mindflow-accepted-at", "1795348800001"),
        ("x-request-id", "0198c5a0-0000-7000-8000-0000000000aa"),
        (
            "content-digest",
            "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
        ),
        ("content-type", "application/json; charset=utf-8"),
    ] {
        assert_altered_is_refused(|request| set(request, name, value), name).await;
    }
}

#[tokio::test]
async fn refuses_fields_that_are_not_covered() {
    for (name, value) in [
        ("mindflow-version", "1"),
        ("mindflow-anything", "1"),
        ("authorization", "Basic YTpi"),
        ("idempotency-key", "k"),
        ("cookie", "a=b"),
    ] {
        assert_altered_is_refused(|request| set(request, name, value), name).await;
    }
    let twice = |request: &mut Request<Body>| {
        let again = request.headers()["mindflow-caller"].clone();
        request.headers_mut().append("mindflow-caller", again);
    };
    assert_altered_is_refused(twice, "a covered field twice").await;
}

#[tokio::test]
async fn a_field_that_is_no_text_matters_only_where_it_would_be_read() {
    let alter = |request: &mut Request<Body>, name: &'static str| {
        let value = HeaderValue::from_bytes(b"\xe9").unwrap();
        request.headers_mut().insert(name, value);
    };
    assert_altered_is_refused(|request| alter(request, "user-agent"), "a covered field").await;
    assert_altered_is_refused(|request| alter(request, "mindflow-note"), "a field of ours").await;
    let app = TestApp::new().await;
    let mut request = registration(&app.anonymous()).signed();
    alter(&mut request, "x-forwarded-for");
    app.send(request).await.expect(201);
}

#[tokio::test]
async fn refuses_the_expired_and_the_future() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    let now = app.app.clock.now().as_second();
    // created + 60 expires, 30 s of grace.
    assert_refused(
        &app,
        registration(&client).signed_at(now - 91).signed(),
        "expired",
    )
    .await;
    assert_refused(
        &app,
        registration(&client).signed_at(now + 31).signed(),
        "future",
    )
    .await;
    app.send(
        client
            .call(Method::GET, "/openapi.json")
            .signed_at(now - 90)
            .header("mindflow-accepted-at", &((now - 90) * 1000).to_string())
            .signed(),
    )
    .await
    .expect(200);
}

#[tokio::test]
async fn refuses_an_instant_of_acceptance_that_cannot_be() {
    let app = TestApp::new().await;
    let client = app.anonymous();
    let now = app.app.clock.now().as_millisecond();
    let day = 24 * 60 * 60 * 1000;
    for at in [
        (now + 30_001).to_string(),
        (now - day - 1).to_string(),
        "soon".to_owned(),
    ] {
        assert_refused(
            &app,
            registration(&client)
                .header("mindflow-accepted-at", &at)
                .signed(),
            &at,
        )
        .await;
    }
    app.send(
        registration(&client)
            .header("mindflow-accepted-at", &(now - day).to_string())
            .signed(),
    )
    .await
    .expect(201);
}

#[tokio::test]
async fn refuses_a_replay() {
    let app = TestApp::new().await;
    let request = registration(&app.anonymous()).signed();
    let mut again = Request::builder()
        .method(request.method())
        .uri(request.uri())
        .body(Body::empty())
        .unwrap();
    again.headers_mut().clone_from(request.headers());
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    *again.body_mut() = Body::from(body.clone());
    app.send(Request::from_parts(parts, Body::from(body)))
        .await
        .expect(201);
    assert_refused(&app, again, "the same request again").await;
}

#[tokio::test]
async fn a_caller_needs_the_credential_that_the_edge_says_it_showed() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let of_bob = me(&bob).signed();
    let claimed = of_bob.headers()["mindflow-caller"].to_str().unwrap();
    assert_refused(
        &app,
        me(&ada).header("mindflow-caller", claimed).signed(),
        "another user",
    )
    .await;
    let fewer = claimed_scopes(&me(&ada).signed());
    assert_refused(
        &app,
        me(&ada).header("mindflow-caller", &fewer).signed(),
        "other scopes",
    )
    .await;
    assert_refused(
        &app,
        me(&ada)
            .header("mindflow-caller", "kind=\"anonymous\"")
            .signed(),
        "a credential of nobody",
    )
    .await;
    assert_refused(
        &app,
        me(&ada)
            .header("mindflow-caller", "kind=\"origin\"")
            .signed(),
        "the origin itself",
    )
    .await;
    let token = ada.token();
    for token in [
        "x",
        &prolonged(token),
        &missigned(token),
        &format!("{token}x"),
    ] {
        assert_refused(
            &app,
            me(&ada)
                .header("authorization", &format!("Bearer {token}"))
                .signed(),
            token,
        )
        .await;
    }
    me(&ada).send().await.expect(200);
}

#[tokio::test]
async fn a_credential_counts_as_of_the_instant_of_acceptance() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let accepted_at = app.app.clock.now().as_millisecond().to_string();
    app.clock.advance(jiff::SignedDuration::from_hours(2));
    ada.get("/api/auth/me").await.expect(401);
    // The outbox replays what was accepted while the token held.
    let create = || {
        ada.call(Method::POST, "/api/tasks")
            .json(&json!({"title": "Kept"}))
    };
    create().send().await.expect(401);
    create()
        .header("mindflow-accepted-at", &accepted_at)
        .send()
        .await
        .expect(201);
    // But nothing else: whoever has the edge's key could revive what has ended.
    for (method, path) in [
        (Method::GET, "/api/auth/me"),
        (Method::GET, "/api/tasks"),
        (Method::POST, "/api/preferences/preview"),
    ] {
        let request = ada
            .call(method, path)
            .header("mindflow-accepted-at", &accepted_at);
        assert_refused(&app, request.signed(), path).await;
    }
    // What was revoked in between is not revived either.
    let database = app.database.connect().await;
    database
        .execute("UPDATE sessions SET revoked_at = now()", &[])
        .await
        .unwrap();
    create()
        .header("mindflow-accepted-at", &accepted_at)
        .send()
        .await
        .expect(401);
}

/// The caller field with one scope fewer.
fn claimed_scopes(request: &Request<Body>) -> String {
    request.headers()["mindflow-caller"]
        .to_str()
        .unwrap()
        .replace(" account", "")
}

/// The token with an hour more to live, well formed, and the signature kept.
fn prolonged(token: &str) -> String {
    let [header, payload, signature]: [&str; 3] =
        token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let mut claims: serde_json::Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    claims["exp"] = (claims["exp"].as_i64().unwrap() + 3600).into();
    let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
    format!("{header}.{payload}.{signature}")
}

/// The token with one bit of its signature flipped.
fn missigned(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    signature[0] ^= 1;
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn only_the_probes_are_outside_the_signature() {
    let app = TestApp::new().await;
    let get = |path: &str| Request::builder().uri(path).body(Body::empty()).unwrap();
    assert_eq!(app.send(get("/livez")).await.status, 204);
    assert_eq!(app.send(get("/readyz")).await.status, 204);
    for path in [
        "/health",
        "/",
        "/metrics",
        "/api/tasks",
        "/livez/",
        "/LIVEZ",
    ] {
        assert_refused(&app, get(path), path).await;
    }
}
