//! Whatever is asked is answered, or refused with a remedy.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{PATH, ask, found, task};
use crate::support::TestApp;

#[tokio::test]
async fn signs_mean_nothing() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    task(&ada, "Drop the table off at Anna's").await;
    for q in [
        "drop & table",
        "drop | nothing:*",
        "'drop' table;",
        "drop !table",
        "\"drop the table\"",
        "drop <-> table",
        "drop:A table:*A",
        "(((drop",
        "drop\\ table\\",
        "anna's",
        "DROP TABLE tasks; --",
        "1a2b3c4d~drop",
    ] {
        let response = ask(&ada, q).await;
        response.expect(200);
        let is_found = !q.contains("nothing") && !q.contains("tasks") && !q.contains("1a2b");
        assert_eq!(!found(&ada, q).await.is_empty(), is_found, "{q}");
    }
}

#[tokio::test]
async fn what_has_no_words_finds_nothing() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    task(&ada, "? ! 🎉").await;
    for q in [
        "?",
        "!!!",
        "&|!()<->:*'\"\\",
        "—",
        "\u{301}",
        "\u{200b}x\u{200b}".trim_matches('x'),
        "%",
    ] {
        assert_eq!(found(&ada, q).await, "", "{q:?}");
    }
    assert_eq!(found(&ada, "🎉").await, "? ! 🎉");
    assert_eq!(found(&ada, "party 🎉").await, "");
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_by_name() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (query, field) in [
        ("", "q"),
        ("q=", "q"),
        ("q=%20%0A", "q"),
        ("q=a%00b", "q"),
        ("q=a&q=b", "q"),
        ("q=a&limit=0", "limit"),
        ("q=a&limit=101", "limit"),
        ("q=a&limit=ten", "limit"),
        ("q=a&status=pending", "status"),
        ("query=a", "q"),
    ] {
        let refused = ada.get(&format!("{PATH}/search?{query}")).await;
        assert_eq!(refused.invalid_fields()[0], field, "{query}");
    }
    let long = ask(&ada, &"x ".repeat(5000)).await;
    assert_eq!(long.invalid_fields(), ["q"]);
    for q in [
        "x".repeat(256),
        "a ".repeat(128),
        "会".repeat(256),
        "ﷺ".repeat(256),
        "🎉".repeat(256),
    ] {
        assert_eq!(found(&ada, &q).await, "", "{q}");
    }
}

#[tokio::test]
async fn any_text_is_stored_and_found_by_itself() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for _ in 0..40 {
        let tree = "[^\\x00]{1,60}".new_tree(&mut runner).unwrap();
        let title = format!("x {}", tree.current());
        let made = task(&ada, &title).await;
        let page = ask(&ada, &title).await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.contains(&made), "{title:?}");
    }
    // All that can be different in the longest description.
    let han: String = (0x4e00..0x4e00 + 10_000)
        .filter_map(char::from_u32)
        .collect();
    let fields = serde_json::json!({"title": "Han", "description": han});
    super::created(&ada, &fields).await;
    let last: String = han.chars().skip(9_990).collect();
    assert_eq!(found(&ada, &last).await, "Han");
}
