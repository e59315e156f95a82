//! What a GPT's Actions get: their own description, and answers below 100,000 characters.

use serde_json::{Value, json};

use crate::support::TestApp;

#[tokio::test]
async fn their_description_is_served_to_everybody_while_the_database_is_away() {
    let app = TestApp::new().await;
    app.proxy.cut();
    let response = app.anonymous().get("/openapi-gpt.json").await;
    let document = response.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/tasks/best"]["get"].is_object());
    assert!(document["paths"]["/api/keys"].is_null());
    assert_eq!(response.header("content-type"), "application/json");
    assert_eq!(response.header("cache-control"), "public, max-age=300");
}

#[tokio::test]
async fn twenty_of_the_longest_tasks_stay_below_what_a_gpt_can_read() {
    let app = TestApp::new().await;
    let user = app.user("ada").await;
    // Two characters each in JSON.
    let description = "\"".repeat(10_000);
    for at in 0..20 {
        let task =
            json!({"title": format!("Task {at}"), "description": description, "priority": 5});
        user.post("/api/tasks", &task).await.expect(201);
    }
    let length = |answer: &Value| answer.to_string().chars().count();
    for path in [
        "/api/tasks?limit=20",
        "/api/tasks/search?q=task&limit=20",
        "/api/tasks/best?limit=10",
        "/api/history?limit=20",
    ] {
        let whole = user.get(path).await.expect(200);
        assert!(length(&whole) > 100_000, "{path}");
        assert!(whole["descriptions_shortened_to"].is_null(), "{path}");
        let short = user.get(&format!("{path}&compact=true")).await.expect(200);
        assert!(length(&short) < 100_000, "{path}");
        assert!(short["descriptions_shortened_to"].is_u64(), "{path}");
    }
}

#[tokio::test]
async fn a_short_answer_is_the_same_and_a_refusal_is_as_without() {
    let app = TestApp::new().await;
    let user = app.user("ada").await;
    let task = json!({"title": "x", "description": "y"});
    user.post("/api/tasks?compact=true", &task)
        .await
        .expect(201);
    let whole = user.get("/api/tasks").await;
    let short = user.get("/api/tasks?compact=true").await;
    assert_eq!(short.expect(200), whole.expect(200));
    let refused = user.get("/api/tasks?compact=true&colour=red").await;
    assert_eq!(refused.invalid_fields(), ["colour"]);
    let other = user.get("/api/tasks?compact=false").await;
    assert_eq!(other.invalid_fields(), ["compact"]);
}
