//! `/api/keys`: making, showing and revoking keys, and what they may do.

use axum::http::Method;
use jiff::SignedDuration;
use origin_api::domain::tokens::Grant;
use serde_json::{Value, json};
use shared_types::caller::Identity;
use shared_types::token::UnverifiedToken;

use crate::support::app::log;
use crate::support::{Client, TestApp};

const PATH: &str = "/api/keys";
const ID: &str = "0198c5a0-0000-7000-8000-0000000000ff";

fn new_key() -> Value {
    json!({"name": "Backup", "scopes": ["tasks:read"]})
}

async fn make(client: &Client, scopes: &[&str]) -> Value {
    let body = json!({"name": "Made", "scopes": scopes});
    client.post(PATH, &body).await.expect(201)
}

fn path(key: &Value) -> String {
    format!("{PATH}/{}", key["id"].as_str().unwrap())
}

fn holder(app: &TestApp, key: &Value) -> Client {
    app.client_with(key["secret"].as_str().unwrap())
}

/// The same caller with an access token of the present instant and this generation.
fn issued_anew(app: &TestApp, client: &Client, generation: i64) -> Client {
    let Identity {
        user, credential, ..
    } = client.identity();
    app.client(Grant {
        user,
        session: credential,
        generation,
        expires_at: app.app.config.sessions.idles_at(app.app.clock.now()),
    })
}

#[tokio::test]
async fn a_key_is_made_works_and_is_listed_without_its_text() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let response = ada.post(PATH, &new_key()).await;
    let mut key = response.expect(201);
    assert_eq!(response.header("location"), path(&key));
    assert_eq!(response.header("mindflow-version"), "2");
    let expected = json!({
        "id": key["id"], "name": "Backup", "scopes": ["tasks:read"], "created_at": "2026-11-22T12:00:00.000Z",
        "expires_at": "2027-11-22T12:00:00.000Z", "last_used_on": null, "secret": key["secret"],
    });
    assert_eq!(key, expected);
    holder(&app, &key).get("/api/tasks").await.expect(200);

    let secret = key.as_object_mut().unwrap().remove("secret").unwrap();
    key["last_used_on"] = json!("2026-11-22");
    let response = ada.get(PATH).await;
    assert_eq!(response.expect(200), json!([key]));
    assert!(response.header("etag").starts_with("\"2-"));
    // Newest first.
    app.clock.advance(SignedDuration::from_secs(1));
    let newer = make(&ada, &["tasks:write"]).await;
    let listed = ada.get(PATH).await.expect(200);
    assert_eq!(
        (&listed[0]["id"], &listed[1]["id"]),
        (&newer["id"], &key["id"])
    );

    let signature = secret
        .as_str()
        .unwrap()
        .rsplit_once('.')
        .unwrap()
        .1
        .to_owned();
    assert!(!log().lines().any(|line| line.contains(&signature)));
}

#[tokio::test]
async fn a_repetition_gives_the_very_same_key_and_nothing_of_it_is_stored() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let send = |body: Value| {
        let call = ada.call(Method::POST, PATH).json(&body);
        call.header("idempotency-key", "k").send()
    };
    let first = send(new_key()).await;
    let key = first.expect(201);
    app.clock.advance(SignedDuration::from_hours(1));
    // The access token has ended meanwhile: by another one of the same session.
    let later = issued_anew(&app, &ada, 1);
    let call = later.call(Method::POST, PATH).json(&new_key());
    let again = call.header("idempotency-key", "k").send().await;
    assert_eq!(again.expect(201), key);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("mindflow-version"), "2");
    let other = json!({"name": "Other", "scopes": ["tasks:read"]});
    let call = later.call(Method::POST, PATH).json(&other);
    let refused = call.header("idempotency-key", "k").send().await;
    assert_eq!(refused.invalid_fields(), ["Idempotency-Key"]);
    assert_eq!(
        later.get(PATH).await.expect(200).as_array().unwrap().len(),
        1
    );

    let signature = key["secret"]
        .as_str()
        .unwrap()
        .rsplit_once('.')
        .unwrap()
        .1
        .to_owned();
    let database = app.database.connect().await;
    let all = "SELECT (SELECT string_agg(sessions::text, '') FROM sessions)
        || (SELECT string_agg(idempotency_keys::text, '') FROM idempotency_keys)";
    let all: String = database.query_one(all, &[]).await.unwrap().get(0);
    assert!(all.contains("Backup") && !all.contains(&signature));
}

#[tokio::test]
async fn what_no_key_can_have_is_refused() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (field, value) in [
        ("scopes", json!(["tasks:read", "account"])),
        ("scopes", json!([])),
        ("name", json!("")),
        ("expires_at", json!("2026-11-22T12:00:00Z")),
        ("expires_at", json!("2027-11-22T12:00:01Z")),
        ("user_agent", json!("curl")),
    ] {
        let mut body = new_key();
        body[field] = value.clone();
        let refused = ada.post(PATH, &body).await;
        assert_eq!(refused.invalid_fields(), [field], "{value}");
    }
    let mut body = new_key();
    body["expires_at"] = json!("2027-11-22T13:00:00+01:00");
    let key = ada.post(PATH, &body).await.expect(201);
    assert_eq!(key["expires_at"], "2027-11-22T12:00:00.000Z");
    assert_eq!(ada.get(PATH).await.expect(200).as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_never_manages_the_account() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let reader = holder(&app, &make(&ada, &["tasks:read"]).await);
    let writer = holder(&app, &make(&ada, &["tasks:write"]).await);
    let task = json!({"title": "Write"});
    reader.get("/api/tasks").await.expect(200);
    reader.post("/api/tasks", &task).await.expect(403);
    writer.get("/api/tasks").await.expect(403);
    writer.post("/api/tasks", &task).await.expect(201);
    for key in [&reader, &writer] {
        for refused in [
            key.get(PATH).await,
            key.post(PATH, &new_key()).await,
            key.delete(&format!("{PATH}/{ID}")).await,
            key.get("/api/auth/me").await,
        ] {
            let problem = refused.expect(403);
            assert!(problem["detail"].as_str().unwrap().contains("account"));
        }
    }
    let token = UnverifiedToken::parse(writer.token()).unwrap().verified();
    assert_eq!(token.claims().scope, "tasks:write");
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_and_the_gate_is_told() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let (key, other) = (
        make(&ada, &["tasks:read"]).await,
        make(&ada, &["tasks:read"]).await,
    );
    let call = || {
        ada.call(Method::DELETE, &path(&key))
            .header("idempotency-key", "k")
            .send()
    };
    let response = call().await;
    response.expect(204);
    assert_eq!(response.header("mindflow-version"), "4");
    let effects: Value = serde_json::from_str(response.header("mindflow-gate-effects")).unwrap();
    let user = ada.identity().user;
    let until = "2027-11-22T12:00:00Z"
        .parse::<jiff::Timestamp>()
        .unwrap()
        .as_second();
    let revoke = json!([{"id": key["id"], "until": until}]);
    assert_eq!(
        effects,
        json!({"user": user, "revoke": revoke, "purge": false})
    );
    holder(&app, &key).get("/api/tasks").await.expect(401);
    holder(&app, &other).get("/api/tasks").await.expect(200);
    assert_eq!(ada.get(PATH).await.expect(200).as_array().unwrap().len(), 1);

    let database = app.database.connect().await;
    let stored = "SELECT user_id = $1, version, effects::text FROM gate_effects";
    let stored = database.query_one(stored, &[&user.0]).await.unwrap();
    assert_eq!((stored.get(0), stored.get(1)), (true, 4_i64));
    assert_eq!(
        serde_json::from_str::<Value>(stored.get(2)).unwrap(),
        effects
    );

    let again = call().await;
    again.expect(204);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(
        again.header("mindflow-gate-effects"),
        response.header("mindflow-gate-effects")
    );
    ada.delete(&path(&key)).await.expect(404);
}

#[tokio::test]
async fn nothing_but_an_own_key_that_holds_can_be_revoked() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let key = make(&ada, &["tasks:read"]).await;
    let session = ada.identity().credential;
    for target in [path(&key), format!("{PATH}/{ID}"), format!("{PATH}/1")] {
        let refused = bob.delete(&target).await;
        refused.expect(404);
        assert_eq!(refused.header("mindflow-version"), "1", "{target}");
        assert_eq!(refused.header("mindflow-gate-effects"), "");
    }
    ada.delete(&format!("{PATH}/{session}")).await.expect(404);
    holder(&app, &key).get("/api/tasks").await.expect(200);
    let database = app.database.connect().await;
    let count = database
        .query_one("SELECT count(*) FROM gate_effects", &[])
        .await;
    assert_eq!(count.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn an_ended_key_and_one_of_an_older_generation_neither_hold_nor_are_listed() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let mut body = new_key();
    body["expires_at"] = json!("2026-11-22T12:10:00Z");
    let short = ada.post(PATH, &body).await.expect(201);
    let long = make(&ada, &["tasks:read"]).await;
    app.clock.advance(SignedDuration::from_mins(10));
    holder(&app, &short).get("/api/tasks").await.expect(401);
    let listed = ada.get(PATH).await.expect(200);
    assert_eq!(listed.as_array().unwrap().len(), 1);
    ada.delete(&path(&short)).await.expect(404);

    let database = app.database.connect().await;
    database
        .execute("UPDATE users SET generation = 2", &[])
        .await
        .unwrap();
    holder(&app, &long).get("/api/tasks").await.expect(401);
    let ada = issued_anew(&app, &ada, 2);
    assert_eq!(ada.get(PATH).await.expect(200), json!([]));
    ada.delete(&path(&long)).await.expect(404);
    holder(&app, &make(&ada, &["tasks:read"]).await)
        .get("/api/tasks")
        .await
        .expect(200);
}

#[tokio::test]
async fn nobody_has_more_than_fifty_also_by_two_requests_at_once() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for _ in 0..49 {
        make(&ada, &["tasks:read"]).await;
    }
    let body = new_key();
    let (one, other) = tokio::join!(ada.post(PATH, &body), ada.post(PATH, &body));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let refused = ada.post(PATH, &body).await;
    let problem = refused.expect(409);
    assert!(problem["detail"].as_str().unwrap().contains("Delete one"));
    assert_eq!(refused.header("mindflow-version"), "51");
    let listed = ada.get(PATH).await.expect(200);
    assert_eq!(listed.as_array().unwrap().len(), 50);
    ada.delete(&path(&listed[7])).await.expect(204);
    ada.post(PATH, &body).await.expect(201);
}

#[tokio::test]
async fn so_many_are_made_in_so_long_also_deleted_ones_and_two_at_once() {
    let app = TestApp::with(&[("API_KEY_RATE", "3/2592000")]).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let send = || {
        let call = ada.call(Method::POST, PATH).json(&new_key());
        call.header("idempotency-key", "k").send()
    };
    let first = send().await.expect(201);
    ada.delete(&path(&first)).await.expect(204);
    let second = make(&ada, &["tasks:read"]).await;
    // What is refused for another reason, or repeats an answer, counts for nothing.
    ada.post(PATH, &json!({"name": ""})).await.expect(422);
    send().await.expect(201);
    let body = new_key();
    let (one, other) = tokio::join!(ada.post(PATH, &body), ada.post(PATH, &body));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 429]);

    let limited = ada.post(PATH, &body).await;
    let problem = limited.expect(429);
    assert_eq!(problem["type"], "urn:mindflow:problem:rate-limited");
    assert_eq!(limited.header("retry-after"), "864000");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("GET /api/keys") && detail.contains("864000 seconds"));
    // Three made and one deleted: the refusals changed nothing.
    assert_eq!(limited.header("mindflow-version"), "5");
    assert_eq!(ada.get(PATH).await.expect(200).as_array().unwrap().len(), 2);
    send().await.expect(201);
    // Deleting is never refused, and gives none back.
    ada.delete(&path(&second)).await.expect(204);
    ada.post(PATH, &body).await.expect(429);
    // The limit is a user's own.
    make(&bob, &["tasks:read"]).await;

    app.clock.advance(SignedDuration::from_secs(864_000));
    let ada = issued_anew(&app, &ada, 1);
    make(&ada, &["tasks:read"]).await;
    ada.post(PATH, &body).await.expect(429);
}

/// Every route, with a body that is right.
fn routes(key: &Value) -> [(Method, String, Value); 3] {
    [
        (Method::GET, PATH.to_owned(), Value::Null),
        (Method::POST, PATH.to_owned(), new_key()),
        (Method::DELETE, path(key), json!({})),
    ]
}

#[tokio::test]
async fn is_one_round_trip_also_with_unnamed_statements() {
    for statements in ["prepared", "unnamed"] {
        let app = TestApp::with(&[
            ("DATABASE_STATEMENTS", statements),
            ("DATABASE_POOL_SIZE", "1"),
        ])
        .await;
        let ada = app.user("ada").await;
        for is_counted in [false, true] {
            let key = make(&ada, &["tasks:read"]).await;
            for (number, (method, target, body)) in routes(&key).into_iter().enumerate() {
                for _ in ["first", "replayed"] {
                    let name = format!("{is_counted}{number}");
                    let call = ada.call(method.clone(), &target).json(&body);
                    let call = call.header("idempotency-key", &name);
                    let (round_trips, response) = app.round_trips(call.send()).await;
                    assert!(
                        response.status < 300,
                        "{method} {target}: {}",
                        response.text()
                    );
                    if is_counted {
                        assert_eq!(round_trips, 1, "{statements} {method} {target}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn needs_a_credential_that_holds_and_the_database() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let key = make(&ada, &["tasks:read"]).await;
    for (method, target, body) in routes(&key) {
        let anonymous = app.anonymous();
        anonymous
            .call(method, &target)
            .json(&body)
            .send()
            .await
            .expect(401);
    }
    app.proxy.cut();
    for (method, target, body) in routes(&key) {
        let refused = ada.call(method, &target).json(&body).send().await;
        refused.expect(503);
        assert_eq!(refused.header("retry-after"), "1");
    }
    app.proxy.mend();
    let database = app.database.connect().await;
    database
        .execute(
            "UPDATE sessions SET revoked_at = now() WHERE kind = 'token'",
            &[],
        )
        .await
        .unwrap();
    for (method, target, body) in routes(&key) {
        let refused = ada.call(method, &target).json(&body).send().await;
        refused.expect(401);
        assert_eq!(refused.header("mindflow-version"), "");
    }
    holder(&app, &key).get("/api/tasks").await.expect(200);
}
