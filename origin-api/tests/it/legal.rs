//! `/privacy`, `/terms` and OpenAI's check of an address: what is configured is said, and nothing else is claimed.

use crate::support::TestApp;

const PAGES: [&str; 2] = ["/privacy", "/terms"];

#[tokio::test]
async fn the_pages_name_the_operator_who_is_configured_as_text() {
    let app = TestApp::with(&[
        ("OPERATOR_NAME", "Ada & <Sons>"),
        ("OPERATOR_EMAIL", "help@tasks.test"),
    ])
    .await;
    for path in PAGES {
        let (round_trips, response) = app.round_trips(app.anonymous().get(path)).await;
        assert_eq!(response.status, 200);
        assert_eq!(round_trips, 0);
        assert_eq!(response.header("content-type"), "text/html; charset=utf-8");
        assert!(
            response
                .header("content-security-policy")
                .starts_with("default-src 'none'")
        );
        let page = response.text();
        assert!(page.contains("run by Ada &amp; &lt;Sons&gt;."), "{page}");
        assert!(page.contains("Contact: help@tasks.test."), "{page}");
        assert!(!page.contains("{operator}") && !page.contains("{contact}"));
    }
}

#[tokio::test]
async fn the_pages_say_so_where_nobody_is_configured() {
    let app = TestApp::new().await;
    for path in PAGES {
        let page = app.anonymous().get(path).await.text();
        assert!(page.contains("has not given a name here"), "{page}");
        assert!(page.contains("no address has been given here"), "{page}");
    }
}

#[tokio::test]
async fn the_token_of_openai_is_given_as_it_is_configured_and_404_without() {
    const PATH: &str = "/.well-known/openai-apps-challenge";
    let app = TestApp::with(&[("OPENAI_APPS_CHALLENGE", "a-token_1.2")]).await;
    let response = app.anonymous().get(PATH).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(response.text(), "a-token_1.2");
    let without = TestApp::new().await;
    without.anonymous().get(PATH).await.expect(404);
}
