//! The description of the API as it is served: to everybody, without the database.

use origin_api::openapi::document;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::app::PUBLIC_URL;

#[tokio::test]
async fn the_document_is_served_to_everybody_and_names_this_installation() {
    let app = TestApp::new().await;
    let anonymous = app.anonymous();
    let (round_trips, response) = app.round_trips(anonymous.get("/openapi.json")).await;
    let expected = serde_json::to_value(document(PUBLIC_URL)).unwrap();
    assert_eq!(response.expect(200), expected);
    assert_eq!(round_trips, 0);
    assert_eq!(response.header("content-type"), "application/json");
    assert_eq!(response.header("cache-control"), "public, max-age=300");
    let tag = response.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 10, "{tag}");
    assert_eq!(anonymous.get("/openapi.json").await.header("etag"), tag);

    let other = TestApp::with(&[("PUBLIC_URL", "https://other.test")]).await;
    let response = other.anonymous().get("/openapi.json").await;
    assert_ne!(response.header("etag"), tag);
}

#[tokio::test]
async fn the_document_is_served_while_the_database_is_away() {
    let app = TestApp::new().await;
    app.proxy.cut();
    app.anonymous().get("/openapi.json").await.expect(200);
}

#[tokio::test]
async fn the_document_takes_no_parameters() {
    let app = TestApp::new().await;
    let response = app.anonymous().get("/openapi.json?version=3").await;
    assert_eq!(response.invalid_fields(), ["version"]);
}

/// Checks that every object in `value` has exactly the fields that `schema` names.
fn assert_described(document: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
        return assert_described(document, schema, value, place);
    }
    match value {
        Value::Object(fields) => {
            // `null` is the other choice where there are two.
            let schema = schema["oneOf"].get(0).unwrap_or(schema);
            if schema["$ref"].is_string() {
                return assert_described(document, schema, value, place);
            }
            let described = schema["properties"].as_object().unwrap();
            let names: Vec<_> = fields.keys().collect();
            assert_eq!(names, described.keys().collect::<Vec<_>>(), "{place}");
            for (name, value) in fields {
                assert_described(
                    document,
                    &described[name],
                    value,
                    &format!("{place}.{name}"),
                );
            }
        }
        Value::Array(items) => {
            for item in items {
                assert_described(document, &schema["items"], item, &format!("{place}[]"));
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_answer_has_exactly_the_fields_that_are_described() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let document = serde_json::to_value(document(PUBLIC_URL)).unwrap();
    let task = json!({"title": "Write", "due_date": "2026-11-20", "tags": ["work"]});
    let task = ada.post("/api/tasks", &task).await.expect(201);
    ada.post("/api/tasks", &json!({"title": "Rest"}))
        .await
        .expect(201);
    let id = task["id"].as_str().unwrap();
    for (path, described) in [
        ("/api/tasks", "/api/tasks"),
        ("/api/tasks/best", "/api/tasks/best"),
        (&format!("/api/tasks/{id}"), "/api/tasks/{id}"),
        ("/api/auth/me", "/api/auth/me"),
    ] {
        let answer = ada.get(path).await.expect(200);
        let schema = &document["paths"][described]["get"]["responses"]["200"]["content"]["application/json"]
            ["schema"];
        assert_described(&document, schema, &answer, path);
    }
}

#[tokio::test]
async fn the_page_is_served_to_everybody_under_a_strict_policy() {
    let app = TestApp::new().await;
    let response = app.anonymous().get("/docs").await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(response.header("cache-control"), "public, max-age=300");
    assert_eq!(response.header("referrer-policy"), "no-referrer");
    let policy = response.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(response.header("etag").len() > 10);
    let page = response.text();
    assert!(page.starts_with("<!doctype html>") && page.contains(PUBLIC_URL));
}
