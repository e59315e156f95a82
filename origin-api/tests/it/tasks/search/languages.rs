//! Other forms of a word, in the user's language.

use serde_json::json;
use shared_types::preferences::SEARCH_LANGUAGES;

use super::{ask, created, found, task};
use crate::support::{Client, TestApp};

async fn speak(client: &Client, language: &str) {
    let preferences = json!({ "search_language": language });
    client
        .put("/api/preferences", &preferences)
        .await
        .expect(200);
}

#[tokio::test]
async fn other_forms_are_found_in_the_users_language_alone() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for title in ["Study", "Running shoes", "Chevaux", "Häuser ansehen"] {
        task(&ada, title).await;
    }
    let cases = [
        ("english", "studies", "Study"),
        ("english", "studied running", ""),
        ("english", "run", "Running shoes"),
        ("english", "RUNS", "Running shoes"),
        ("french", "cheval", "Chevaux"),
        ("german", "HAUSERN", "Häuser ansehen"),
    ];
    for language in ["simple", "english", "french", "german"] {
        speak(&ada, language).await;
        for (of, q, expected) in cases {
            let expected = match (language == of, q) {
                (true, _) => expected,
                // A beginning is found in any language.
                (false, "run") => "Running shoes",
                (false, _) => "",
            };
            assert_eq!(found(&ada, q).await, expected, "{language}: {q}");
        }
        assert_eq!(found(&ada, "chevaux").await, "Chevaux", "{language}");
    }
}

#[tokio::test]
async fn a_word_that_the_language_leaves_out_need_not_be_there() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    task(&ada, "Write report").await;
    task(&ada, "The end").await;
    assert_eq!(found(&ada, "write the report").await, "");
    speak(&ada, "english").await;
    assert_eq!(found(&ada, "write the report").await, "Write report");
    assert_eq!(found(&ada, "the").await, "The end", "there are no others");
    assert_eq!(found(&ada, "the end").await, "The end");
}

#[tokio::test]
async fn a_form_counts_less_than_the_word() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    speak(&ada, "english").await;
    created(&ada, &json!({"title": "Tests"})).await;
    created(&ada, &json!({"title": "Testing"})).await;
    assert_eq!(found(&ada, "tests").await, "Tests, Testing");
    assert_eq!(found(&ada, "testing").await, "Testing, Tests");
}

#[tokio::test]
async fn every_language_can_be_searched_in() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let title =
        "Running Häuser chevaux сильный книги हिन्दी நூல்கள் कितাबें ספרים كتب βιβλία 会議 🎉 l'été 42";
    task(&ada, title).await;
    for language in SEARCH_LANGUAGES {
        speak(&ada, language).await;
        for q in [title, "сильный", "βιβλια", "42 🎉"] {
            let page = ask(&ada, q).await.expect(200);
            assert_eq!(page["items"][0]["title"], title, "{language}: {q}");
        }
    }
}

#[tokio::test]
async fn a_task_that_changed_under_the_former_language_is_taken_once() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let study = task(&ada, "Study").await;
    assert_eq!(found(&ada, "study").await, "Study");
    speak(&ada, "english").await;
    let path = format!("/api/tasks/{}", study["id"].as_str().unwrap());
    let change = json!({"description": "Of horses"});
    ada.patch(&path, &change).await.expect(200);
    assert_eq!(found(&ada, "studies").await, "Study");
    assert_eq!(found(&ada, "horse").await, "Study");
}
