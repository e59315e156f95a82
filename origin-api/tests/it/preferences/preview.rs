//! `POST /api/preferences/preview`

use serde_json::{Value, json};

use super::{PATH, counters, defaults};
use crate::support::{Client, TestApp};

const PREVIEW: &str = "/api/preferences/preview";

async fn two_tasks(client: &Client) -> [Value; 2] {
    let long = json!({"title": "Long", "priority": 4, "effort_estimate_minutes": 240});
    let short = json!({"title": "Short", "priority": 3, "effort_estimate_minutes": 10});
    [
        client.post("/api/tasks", &long).await.expect(201),
        client.post("/api/tasks", &short).await.expect(201),
    ]
}

#[tokio::test]
async fn shows_the_order_and_both_scores_and_changes_nothing() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let [long, short] = two_tasks(&ada).await;
    let best = ada.get("/api/tasks/best").await.expect(200);
    assert_eq!(best["task"], long);
    let before = counters(&app, &ada).await;
    let response = ada.post(PREVIEW, &json!({"weights": "quick-wins"})).await;
    // 12 · 2, half of 6, and 0.25 · 30 · P + 3 · 4/(1 + e/30).
    assert_eq!(
        response.expect(200),
        json!({"items": [
            {"task": short, "score": 39.75, "was": best["alternatives"][0]["score"]},
            {"task": long, "score": 33.96, "was": best["score"]},
        ]})
    );
    assert_eq!(response.header("mindflow-version"), "3");
    assert_eq!(counters(&app, &ada).await, before);
    assert_eq!(ada.get(PATH).await.expect(200), defaults());
    // After the change it is as was shown.
    let weights = json!({"weights": "quick-wins"});
    ada.put(PATH, &weights).await.expect(200);
    let best = ada.get("/api/tasks/best").await.expect(200);
    assert_eq!((&best["task"], &best["score"]), (&short, &json!(39.75)));
    let same = ada.post(PREVIEW, &weights).await.expect(200);
    assert_eq!(same["items"][0]["was"], json!(39.75));
}

#[tokio::test]
async fn the_free_time_and_the_limit_count() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    two_tasks(&ada).await;
    let body = json!({"weights": {}, "available_minutes": 24, "limit": 1});
    let shown = ada.post(PREVIEW, &body).await.expect(200);
    let items = shown["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["task"]["title"], "Short");
    assert_eq!(items[0]["score"], items[0]["was"]);
    for number in 0..100 {
        let task = json!({ "title": number.to_string() });
        ada.post("/api/tasks", &task).await.expect(201);
    }
    for (limit, count) in [(json!(null), 20), (json!(100), 100)] {
        let body = json!({"weights": "balanced", "limit": limit});
        let shown = ada.post(PREVIEW, &body).await.expect(200);
        assert_eq!(shown["items"].as_array().unwrap().len(), count);
    }
}

#[tokio::test]
async fn only_open_tasks_of_the_caller_are_shown_and_there_may_be_none() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let [long, short] = two_tasks(&ada).await;
    let complete = format!("/api/tasks/{}/complete", long["id"].as_str().unwrap());
    ada.post(&complete, &json!({})).await.expect(200);
    let body = json!({"weights": "balanced"});
    let shown = ada.post(PREVIEW, &body).await.expect(200);
    assert_eq!(shown["items"].as_array().unwrap().len(), 1);
    assert_eq!(shown["items"][0]["task"], short);
    let none = bob.post(PREVIEW, &body).await;
    assert_eq!(none.expect(200), json!({"items": []}));
    assert_eq!(none.header("mindflow-version"), "1");
}

#[tokio::test]
async fn each_invalid_field_is_named() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (body, fields) in [
        (json!({}), vec!["weights"]),
        (json!({"weights": null}), vec!["weights"]),
        (json!({"weights": "fast"}), vec!["weights"]),
        (
            json!({"weights": {"foo": 1, "fit": -1}}),
            vec!["weights.fit", "weights.foo"],
        ),
        (json!({"weights": {}, "limit": 0}), vec!["limit"]),
        (json!({"weights": {}, "limit": 101}), vec!["limit"]),
        (
            json!({"weights": {}, "available_minutes": 0}),
            vec!["available_minutes"],
        ),
        (
            json!({"weights": {}, "time_zone": "UTC"}),
            vec!["time_zone"],
        ),
    ] {
        let refused = ada.post(PREVIEW, &body).await;
        assert_eq!(refused.invalid_fields(), fields, "{body}");
        assert_eq!(refused.header("mindflow-version"), "1");
    }
}

#[tokio::test]
async fn a_key_is_taken_but_not_kept() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for weights in ["balanced", "quick-wins"] {
        let body = json!({"weights": weights, "client_token": "k"});
        let shown = ada.post(PREVIEW, &body).await;
        shown.expect(200);
        assert_eq!(shown.header("idempotency-replayed"), "");
    }
    assert_eq!(counters(&app, &ada).await, (1, 1, 0));
}
