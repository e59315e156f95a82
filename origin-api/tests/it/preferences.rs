//! `/api/preferences` and its preview.

mod every_route;
mod instants;
mod preview;
mod put;
mod terms;

use serde_json::{Value, json};
use shared_types::preferences::SEARCH_LANGUAGES;

use crate::support::{Client, TestApp};

const PATH: &str = "/api/preferences";

/// What a new user has.
fn defaults() -> Value {
    json!({
        "time_zone": "UTC", "work_start": "09:00", "work_end": "17:00", "work_days": [1, 2, 3, 4, 5],
        "search_language": "simple",
        "weights": {"urgency": 1.0, "importance": 1.0, "fit": 1.0, "unblocks": 1.0, "started": 1.0,
            "time_of_day": 1.0, "small": 1.0, "age": 1.0, "not_now": 1.0}
    })
}

/// Preferences of which none is the default.
fn others() -> Value {
    json!({
        "time_zone": "Asia/Tokyo", "work_start": "13:30", "work_end": "24:00", "work_days": [2, 6, 7],
        "search_language": "german",
        "weights": {"urgency": 0.0, "importance": 3.0, "fit": 0.05, "unblocks": 1.25, "started": 2.0,
            "time_of_day": 2.99, "small": 0.5, "age": 0.01, "not_now": 1.5}
    })
}

/// The versions of the user and of the preferences, and how many answers are kept under keys.
async fn counters(app: &TestApp, client: &Client) -> (i64, i64, i64) {
    let database = app.database.connect().await;
    let row = database
        .query_one(
            "SELECT version, preferences_version, (SELECT count(*) FROM idempotency_keys WHERE user_id = $1)
            FROM users WHERE user_id = $1",
            &[&client.identity().user.0],
        )
        .await
        .unwrap();
    (row.get(0), row.get(1), row.get(2))
}

#[tokio::test]
async fn a_new_user_has_the_defaults_and_the_zone_of_the_registration() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let response = ada.get(PATH).await;
    assert_eq!(response.expect(200), defaults());
    assert_eq!(response.header("etag"), "\"1-0\"");
    assert_eq!(response.header("mindflow-version"), "1");

    let account = json!({"email": "eve@example.com", "password": "correct horse battery", "time_zone": "Europe/Berlin"});
    app.anonymous()
        .post("/api/auth/register", &account)
        .await
        .expect(201);
    let login = json!({"email": "eve@example.com", "password": "correct horse battery"});
    let tokens = app.anonymous().post("/api/auth/login", &login).await;
    let eve = app.client_with(tokens.expect(200)["access_token"].as_str().unwrap());
    assert_eq!(
        eve.get(PATH).await.expect(200)["time_zone"],
        "Europe/Berlin"
    );
}

#[tokio::test]
async fn the_search_languages_are_those_of_the_database() {
    let app = TestApp::new().await;
    let database = app.database.connect().await;
    let rows = database
        .query("SELECT cfgname::text FROM pg_ts_config", &[])
        .await
        .unwrap();
    let mut known: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let mut ours = SEARCH_LANGUAGES.to_vec();
    known.sort_unstable();
    ours.sort_unstable();
    assert_eq!(ours, known);
}
