//! `PUT /api/preferences`: what it stores, and what it refuses.

use serde_json::{Value, json};

use super::{PATH, counters, defaults, others};
use crate::support::{Client, TestApp};

#[tokio::test]
async fn every_preference_is_stored_and_read_back() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let response = ada.put(PATH, &others()).await;
    assert_eq!(response.expect(200), others());
    assert_eq!(response.header("mindflow-version"), "2");
    assert_eq!(response.header("etag"), "", "it may have set a default");
    let read = ada.get(PATH).await;
    assert_eq!(read.expect(200), others());
    assert_eq!(read.header("etag"), "\"2-0\"");
    assert_eq!(bob.get(PATH).await.expect(200), defaults());
    assert_eq!(counters(&app, &bob).await, (1, 1, 0));
}

#[tokio::test]
async fn what_is_missing_gets_its_default_but_the_zone_stays() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for body in [json!({}), json!({"time_zone": null, "weights": null})] {
        ada.put(PATH, &others()).await.expect(200);
        let mut expected = defaults();
        expected["time_zone"] = json!("Asia/Tokyo");
        assert_eq!(ada.put(PATH, &body).await.expect(200), expected);
        assert_eq!(ada.get(PATH).await.expect(200), expected);
    }
}

#[tokio::test]
async fn a_preset_and_single_weights_are_stored_as_nine() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let put = ada.put(PATH, &json!({"weights": "important-first"})).await;
    let weights = &put.expect(200)["weights"];
    assert_eq!(
        (&weights["importance"], &weights["urgency"]),
        (&json!(3.0), &json!(0.5))
    );
    let put = ada.put(PATH, &json!({"weights": {"age": 2.5}})).await;
    let mut expected = defaults()["weights"].clone();
    expected["age"] = json!(2.5);
    assert_eq!(put.expect(200)["weights"], expected);
}

#[tokio::test]
async fn the_same_preferences_change_nothing() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for body in [
        json!({}),
        json!({"time_zone": "UTC", "weights": "balanced"}),
    ] {
        let response = ada.put(PATH, &body).await;
        assert_eq!(response.expect(200), defaults());
        assert_eq!(response.header("mindflow-version"), "1");
    }
    ada.put(PATH, &others()).await.expect(200);
    ada.put(PATH, &others()).await.expect(200);
    assert_eq!(counters(&app, &ada).await, (2, 2, 0));
}

#[tokio::test]
async fn a_change_of_a_task_is_none_of_the_preferences() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = json!({"title": "One"});
    ada.post("/api/tasks", &task).await.expect(201);
    assert_eq!(ada.get(PATH).await.header("etag"), "\"1-0\"");
    assert_eq!(counters(&app, &ada).await, (2, 1, 0));
}

/// What the answer to "what next?" says it assumes about the hours.
async fn assumed_hours(ada: &Client) -> Option<String> {
    let best = ada.get("/api/tasks/best").await.expect(200);
    let assumptions = best["assumptions"].as_array().unwrap().clone();
    let said = assumptions
        .iter()
        .map(|said| said.as_str().unwrap())
        .find(|said| said.starts_with("Working hours"));
    said.map(ToOwned::to_owned)
}

#[tokio::test]
async fn hours_are_assumed_until_they_are_given_even_if_they_are_the_default() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = json!({"title": "Dated", "due_date": "2026-11-24"});
    ada.post("/api/tasks", &task).await.expect(201);
    let assumed =
        "Working hours are not set; Monday to Friday, 09:00 to 17:00 in Asia/Tokyo are assumed.";
    let zone = json!({"time_zone": "Asia/Tokyo"});
    ada.put(PATH, &zone).await.expect(200);
    assert_eq!(assumed_hours(&ada).await.as_deref(), Some(assumed));
    for hours in [
        json!({"work_start": "09:00"}),
        json!({"work_end": "17:00"}),
        json!({"work_days": [5, 4, 3, 2, 1]}),
    ] {
        let version = counters(&app, &ada).await.0;
        let response = ada.put(PATH, &hours).await;
        response.expect(200);
        assert_eq!(assumed_hours(&ada).await, None);
        assert_eq!(
            response.header("mindflow-version"),
            (version + 1).to_string(),
            "answers change with it"
        );
        ada.put(PATH, &json!({})).await.expect(200);
        assert_eq!(assumed_hours(&ada).await.as_deref(), Some(assumed));
    }
}

#[tokio::test]
async fn best_goes_by_the_weights_the_zone_and_the_hours() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for task in [
        json!({"title": "Long", "priority": 4, "effort_estimate_minutes": 240}),
        json!({"title": "Short", "effort_estimate_minutes": 10, "due_date": "2026-11-23"}),
    ] {
        ada.post("/api/tasks", &task).await.expect(201);
    }
    let best = async |preferences: &Value| {
        ada.put(PATH, preferences).await.expect(200);
        ada.get("/api/tasks/best").await.expect(200)
    };
    let important = best(&json!({"weights": "important-first"})).await;
    assert_eq!(important["task"]["title"], "Long");
    assert_eq!(important["parts"][1]["max"], json!(90.0));
    let quick = best(&json!({"weights": "quick-wins"})).await;
    assert_eq!(quick["task"]["title"], "Short");
    // It is Sunday 21:00 in Tokyo; there are 3 hours of it left and 2 of Monday.
    let hours = json!({"time_zone": "Asia/Tokyo", "work_start": "22:00", "work_end": "24:00", "work_days": [1, 7]});
    let tokyo = best(&hours).await;
    assert_eq!(
        tokyo["parts"][0]["because"],
        "due tomorrow (2 working days left)"
    );
}

#[tokio::test]
async fn each_invalid_field_is_named_and_nothing_is_changed() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (body, fields) in [
        (json!({"time_zone": "Mars/Olympus"}), vec!["time_zone"]),
        (json!({"time_zone": "europe/berlin"}), vec!["time_zone"]),
        (json!({"time_zone": ""}), vec!["time_zone"]),
        (json!({"work_start": "9:00"}), vec!["work_start"]),
        (json!({"work_start": "24:00"}), vec!["work_start"]),
        (json!({"work_end": "24:01"}), vec!["work_end"]),
        (json!({"work_end": "09:00"}), vec!["work_end"]),
        (json!({"work_days": []}), vec!["work_days"]),
        (json!({"work_days": [8]}), vec!["work_days"]),
        (
            json!({"search_language": "klingon"}),
            vec!["search_language"],
        ),
        (json!({"weights": "fast"}), vec!["weights"]),
        (
            json!({"weights": {"foo": 1, "fit": 3.01, "age": 0.001}}),
            vec!["weights.age", "weights.fit", "weights.foo"],
        ),
        (json!({"theme": "dark"}), vec!["theme"]),
        (
            json!({"client_token": 1, "work_days": 5}),
            vec!["client_token", "work_days"],
        ),
    ] {
        let refused = ada.put(PATH, &body).await;
        assert_eq!(refused.invalid_fields(), fields, "{body}");
        assert_eq!(refused.header("mindflow-version"), "1", "{body}");
    }
    let odd = ada.put(PATH, &json!({"work_end": "08:00"})).await;
    assert_eq!(
        odd.expect(422)["errors"][0]["message"],
        "must be after work_start, which is 09:00; without a value it is 17:00, and 24:00 is midnight"
    );
    ada.put(&format!("{PATH}?dry_run=true"), &json!({}))
        .await
        .expect(422);
    let text = ada.call(axum::http::Method::PUT, PATH).body("{");
    text.header("content-type", "application/json")
        .send()
        .await
        .expect(400);
    assert_eq!(ada.get(PATH).await.expect(200), defaults());
    assert_eq!(counters(&app, &ada).await, (1, 1, 0));
}
