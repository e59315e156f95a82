//! The page: who sees what, and that only the one who has seen it decides.

use axum::http::Method;
use serde_json::json;

use super::{ASKED, Browser, answered, client, cookie, encoded, post_form, seal, target, with};
use crate::support::TestApp;
use crate::support::app::PUBLIC_URL;

const PASSWORD: &str = "quiet otters swim";

async fn registered(app: &TestApp, name: &str) -> String {
    let email = format!("{name}@example.com");
    let body = json!({ "email": email, "password": PASSWORD });
    app.anonymous()
        .post("/api/auth/register", &body)
        .await
        .expect(201);
    email
}

#[tokio::test]
async fn whoever_is_not_signed_in_signs_in_first_and_comes_back() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let email = registered(&app, "ada").await;
    let query = encoded(ASKED);
    let page = app
        .anonymous()
        .get(&format!("/oauth/authorize?{query}"))
        .await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("name=\"password\"") && !page.text().contains("value=\"allow\""));
    assert!(page.text().contains("App app"));

    let form = [
        ("action", "sign_in"),
        ("email", email.as_str()),
        ("password", PASSWORD),
    ];
    let signed_in = post_form(&app, &query, &form, None).await;
    assert_eq!(signed_in.status, 303);
    assert_eq!(
        signed_in.header("location"),
        format!("/oauth/authorize?{query}")
    );
    let set = signed_in.header("set-cookie");
    assert!(
        set.starts_with("__Host-mindflow=ey") && set.contains("; HttpOnly; Secure; SameSite=Lax"),
        "{set}"
    );
    let kept = set.split(';').next().unwrap();
    let target = format!("/oauth/authorize?{query}");
    let anonymous = app.anonymous();
    let page = anonymous
        .call(Method::GET, &target)
        .header("cookie", kept)
        .send()
        .await;
    assert!(page.text().contains("value=\"allow\"") && page.text().contains(&email));
    let form = [("action", "allow"), ("seal", &seal(&page))];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, &**value)).collect();
    assert!(answered(&post_form(&app, &query, &form, Some(kept)).await).contains_key("code"));
}

#[tokio::test]
async fn a_wrong_password_says_no_more_than_at_the_login_and_counts_as_there() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let email = registered(&app, "ada").await;
    let query = encoded(ASKED);
    let try_with = async |email: &str, password: &str| {
        let form = [
            ("action", "sign_in"),
            ("email", email),
            ("password", password),
        ];
        post_form(&app, &query, &form, None).await
    };
    let wrong = try_with(&email, "wrong password").await;
    let unknown = try_with("nobody@example.com", "wrong password").await;
    assert_eq!((wrong.status, unknown.status), (401, 401));
    assert_eq!(
        wrong.text().replace(&email, ""),
        unknown.text().replace("nobody@example.com", "")
    );
    assert!(wrong.text().contains("role=\"alert\"") && !wrong.text().contains("wrong password"));
    assert_eq!(try_with("", "").await.status, 401);
    for _ in 1..10 {
        assert_eq!(try_with(&email, "wrong password").await.status, 401);
    }
    let limited = try_with(&email, PASSWORD).await;
    assert_eq!(limited.status, 429);
    assert_ne!(limited.header("retry-after"), "");
    let login = json!({ "email": email, "password": PASSWORD });
    app.anonymous()
        .post("/api/auth/login", &login)
        .await
        .expect(429);
}

#[tokio::test]
async fn a_form_of_another_site_decides_nothing() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let query = encoded(ASKED);
    let seal = seal(&ada.open(&query).await);
    let anonymous = app.anonymous();
    for origin in [
        "",
        "null",
        "https://evil.example",
        "https://mindflow.test.evil.example",
        "http://mindflow.test",
    ] {
        for action in ["allow", "deny", "sign_in"] {
            let target = format!("/oauth/authorize?{query}");
            let mut call = anonymous
                .call(Method::POST, &target)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("cookie", &ada.cookie)
                .body(encoded(&[("action", action), ("seal", &seal)]));
            if !origin.is_empty() {
                call = call.header("origin", origin);
            }
            let refused = call.send().await;
            assert_eq!(refused.status, 403, "{origin} {action}");
            assert_eq!(
                (refused.header("location"), refused.header("set-cookie")),
                ("", "")
            );
        }
    }
    let database = app.database.connect().await;
    let codes = database
        .query_one("SELECT count(*) FROM oauth_codes", &[])
        .await
        .unwrap();
    assert_eq!(codes.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn only_the_page_that_was_seen_is_answered() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let (ada, ben) = (
        Browser::new(&app, "ada").await,
        Browser::new(&app, "ben").await,
    );
    let query = encoded(&with(ASKED, &[("scope", "tasks:read")]));
    let more = encoded(ASKED);
    let adas = seal(&ada.open(&query).await);
    // For more than the page said; by somebody else who has signed in meanwhile; and made up.
    for (browser, query, seal) in [
        (&ada, &more, adas.as_str()),
        (&ben, &query, &adas),
        (&ada, &query, ""),
        (&ada, &query, "x"),
    ] {
        let page = browser
            .post(query, &[("action", "allow"), ("seal", seal)])
            .await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("Look once more"));
    }
    // Another session of the same person's has its own.
    let other = cookie(&app, &ada.user).await;
    let form = [("action", "allow"), ("seal", adas.as_str())];
    assert_eq!(
        post_form(&app, &query, &form, Some(&other)).await.status,
        200
    );
    target(&ada.post(&query, &form).await);
}

#[tokio::test]
async fn a_session_that_has_ended_allows_nothing() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let query = encoded(ASKED);
    let seal = seal(&ada.open(&query).await);
    ada.user
        .post("/api/auth/revoke-all", &json!({}))
        .await
        .expect(204);
    for form in [
        &[("action", "allow"), ("seal", seal.as_str())][..],
        &[("action", "deny"), ("seal", seal.as_str())],
    ] {
        let page = ada.post(&query, form).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("name=\"password\""));
    }
    // Nor does what is no cookie session.
    let bearer = format!("__Host-mindflow={}", app.user("ben").await.token());
    let page = post_form(
        &app,
        &query,
        &[("action", "allow"), ("seal", "x")],
        Some(&bearer),
    )
    .await;
    assert!(page.text().contains("name=\"password\""));
}

#[tokio::test]
async fn a_page_loads_nothing_stands_in_no_frame_and_is_kept_nowhere() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let page = ada.open(&encoded(ASKED)).await;
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "style-src 'sha256-",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self' https://app.example;",
    ] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    let text = page.text();
    assert!(!text.contains("<script") && !text.contains("src=") && !text.contains("http-equiv"));
    assert!(text.contains("ada@example.com") && text.contains("app.example"));
    let switched = ada.post(&encoded(ASKED), &[("action", "switch")]).await;
    assert!(switched.status == 200 && switched.text().contains("name=\"password\""));
    for form in [&[("action", "other")][..], &[]] {
        assert_ne!(ada.post(&encoded(ASKED), form).await.status, 303);
    }
    assert_eq!(PUBLIC_URL, app.app.config.public_url);
}

#[tokio::test]
async fn a_lost_database_is_a_page_and_an_oauth_error() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    app.proxy.cut();
    let page = ada.open(&encoded(ASKED)).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (503, "text/html; charset=utf-8")
    );
    assert_eq!(page.header("retry-after"), "1");
    let refused = super::token(&app, &super::shown("mfc_x", &[])).await;
    assert_eq!(super::error_of(&refused, 503), "temporarily_unavailable");
    assert_eq!(refused.header("retry-after"), "1");
}
