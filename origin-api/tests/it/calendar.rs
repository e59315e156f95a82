//! `/api/calendar-token` and `/api/calendar.ics`, as the edge calls them: with the token in `Authorization`.

use axum::http::Method;
use serde_json::{Value, json};
use shared_types::caller::Caller;
use shared_types::token::UnverifiedToken;

use crate::support::app::PUBLIC_URL;
use crate::support::client::Response;
use crate::support::{Client, TestApp};
use crate::tasks::{created, renewed};

const TOKEN: &str = "/api/calendar-token";
const FEED: &str = "/api/calendar.ics";

/// The token in the address that opening the feed gives.
fn token(opened: &Value) -> String {
    let url = opened["url"].as_str().unwrap();
    let token = url.strip_prefix(&format!("{PUBLIC_URL}{FEED}?token="));
    token.unwrap().to_owned()
}

async fn open(client: &Client) -> String {
    token(&client.post(TOKEN, &json!({})).await.expect(201))
}

/// Asks `target` as the edge would for whoever shows `token`, whatever its audience is.
async fn ask(app: &TestApp, token: &str, target: &str) -> Response {
    let claims = UnverifiedToken::parse(token)
        .unwrap()
        .verified()
        .claims()
        .clone();
    let verified = UnverifiedToken::parse(token).unwrap().verified();
    let identity = verified
        .identity(&claims.iss, &claims.aud, claims.iat)
        .unwrap();
    let anonymous = app.anonymous();
    anonymous
        .call(Method::GET, target)
        .header("mindflow-caller", &Caller::User(identity).to_string())
        .header("authorization", &format!("Bearer {token}"))
        .send()
        .await
}

#[tokio::test]
async fn the_feed_is_opened_asked_about_and_closed() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let none =
        json!({"exists": false, "created_at": null, "expires_at": null, "last_used_on": null});
    assert_eq!(ada.get(TOKEN).await.expect(200), none);
    ada.delete(TOKEN).await.expect(404);

    let opened = ada.post(TOKEN, &json!({})).await;
    assert_eq!(opened.header("location"), TOKEN);
    let mut shown = opened.expect(201);
    let text = token(&shown);
    shown.as_object_mut().unwrap().remove("url");
    assert_eq!(
        shown,
        json!({
            "exists": true, "created_at": "2026-11-22T12:00:00.000Z", "expires_at": "2027-11-22T12:00:00.000Z",
            "last_used_on": null
        })
    );
    assert_eq!(ada.get(TOKEN).await.expect(200), shown);
    ask(&app, &text, FEED).await.header("etag");
    let used = ada.get(TOKEN).await.expect(200);
    assert_eq!(used["last_used_on"], "2026-11-22");

    let closed = ada.delete(TOKEN).await;
    closed.expect(204);
    let effects: Value = serde_json::from_str(closed.header("mindflow-gate-effects")).unwrap();
    let sid = UnverifiedToken::parse(&text)
        .unwrap()
        .verified()
        .claims()
        .sid;
    assert_eq!(
        effects["revoke"],
        json!([{"id": sid, "until": 1_826_884_800}])
    );
    assert_eq!(ask(&app, &text, FEED).await.status, 401);
    assert_eq!(ada.get(TOKEN).await.expect(200), none);
    ada.delete(TOKEN).await.expect(404);
}

#[tokio::test]
async fn another_address_ends_the_one_before() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let (first, theirs) = (open(&ada).await, open(&bob).await);
    let rotated = ada.post(TOKEN, &json!({})).await;
    let second = token(&rotated.expect(201));
    assert_ne!(first, second);
    assert_ne!(rotated.header("mindflow-gate-effects"), "");
    assert_eq!(ask(&app, &first, FEED).await.status, 401);
    assert_eq!(ask(&app, &second, FEED).await.status, 200);
    assert_eq!(ask(&app, &theirs, FEED).await.status, 200);
}

#[tokio::test]
async fn the_answer_is_given_again_under_the_same_key_though_no_token_is_stored() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    open(&ada).await;
    let send = async |key: &str| {
        ada.call(Method::POST, TOKEN)
            .header("idempotency-key", key)
            .json(&json!({}))
            .send()
            .await
    };
    let first = send("once").await;
    let again = send("once").await;
    assert_eq!(again.expect(201), first.expect(201));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(
        again.header("mindflow-gate-effects"),
        first.header("mindflow-gate-effects")
    );
    assert_ne!(
        send("twice").await.expect(201)["url"],
        first.expect(201)["url"]
    );
    let database = app.database.connect().await;
    let secret = token(&first.json());
    let signature = secret.rsplit('.').next().unwrap();
    let kept: i64 = database
        .query_one(
            "SELECT count(*) FROM idempotency_keys WHERE answer::text LIKE '%' || $1 || '%'",
            &[&signature],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(kept, 0);
    let reused = ada
        .call(Method::DELETE, TOKEN)
        .header("idempotency-key", "once")
        .send()
        .await;
    assert_eq!(reused.invalid_fields(), ["Idempotency-Key"]);
}

#[tokio::test]
async fn a_feeds_token_opens_nothing_else_and_nothing_else_opens_a_feed() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let text = open(&ada).await;
    for path in [
        "/api/tasks",
        "/api/export",
        "/api/auth/me",
        TOKEN,
        "/api/tasks/best",
        "/mcp",
    ] {
        assert_eq!(ask(&app, &text, path).await.status, 401, "{path}");
    }
    let key = ada
        .post(
            "/api/keys",
            &json!({"name": "Script", "scopes": ["tasks:read"]}),
        )
        .await
        .expect(201);
    for other in [ada.token(), key["secret"].as_str().unwrap()] {
        assert_eq!(ask(&app, other, FEED).await.status, 401);
    }
    app.anonymous().get(FEED).await.expect(401);
    // The gate that knows nothing yet asks with it.
    assert_eq!(
        ask(&app, &text, "/internal/gate-state").await.expect(200)["generation"],
        1
    );
}

#[tokio::test]
async fn whatever_ends_every_credential_ends_the_feed() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let (first, second) = (open(&ada).await, open(&bob).await);
    ada.post("/api/auth/revoke-all", &json!({}))
        .await
        .expect(204);
    assert_eq!(ask(&app, &first, FEED).await.status, 401);
    let database = app.database.connect().await;
    database
        .execute(
            "UPDATE users SET disabled_at = now() WHERE email LIKE 'bob%'",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(ask(&app, &second, FEED).await.status, 401);
}

#[tokio::test]
async fn shows_open_tasks_with_a_date_under_a_tag_that_changes_with_them() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    created(&bob, &json!({"title": "Bob's", "due_date": "2026-11-30"})).await;
    created(&ada, &json!({"title": "Undated"})).await;
    let done = created(&ada, &json!({"title": "Done", "due_date": "2026-11-30"})).await;
    ada.post(
        &format!("/api/tasks/{}/complete", done["id"].as_str().unwrap()),
        &json!({}),
    )
    .await
    .expect(200);
    created(
        &ada,
        &json!({"title": "Due", "due_date": "2026-11-30", "recurrence": "FREQ=WEEKLY"}),
    )
    .await;
    created(
        &ada,
        &json!({"title": "At last", "deadline": "2026-12-01T17:00"}),
    )
    .await;
    let text = open(&ada).await;
    let feed = ask(&app, &text, FEED).await;
    assert_eq!(feed.status, 200);
    assert_eq!(feed.header("content-type"), "text/calendar; charset=utf-8");
    assert_ne!(feed.header("mindflow-version"), "");
    let shown = feed.text();
    let mut titles: Vec<&str> = shown
        .lines()
        .filter_map(|line| line.strip_prefix("SUMMARY:"))
        .collect();
    // Ids of one millisecond have no order of their own.
    titles.sort_unstable();
    assert_eq!(titles, ["At last", "Due", "Due"]);
    assert!(
        shown.contains("RRULE:FREQ=WEEKLY\r\n") && shown.contains("DTSTART:20261201T170000Z\r\n")
    );

    let again = ask(&app, &text, FEED).await;
    assert_eq!(
        (again.text(), again.header("etag")),
        (shown, feed.header("etag"))
    );
    app.clock.advance(jiff::SignedDuration::from_hours(24));
    assert_eq!(
        ask(&app, &text, FEED).await.header("etag"),
        feed.header("etag")
    );
    let ada = renewed(&app, &ada);
    created(&ada, &json!({"title": "New", "due_date": "2026-12-24"})).await;
    assert_ne!(
        ask(&app, &text, FEED).await.header("etag"),
        feed.header("etag")
    );
    assert_eq!(
        ask(&app, &text, &format!("{FEED}?days=3"))
            .await
            .invalid_fields(),
        ["days"]
    );
    app.proxy.cut();
    assert_eq!(ask(&app, &text, FEED).await.status, 503);
}
