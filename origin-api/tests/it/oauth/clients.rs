//! Clients that register themselves, and how clients prove to be it.

use axum::http::Method;
use jiff::SignedDuration;
use origin_api::app::Clock as _;
use origin_api::db::clean_up::clean_up;
use serde_json::{Value, json};

use super::{
    ASKED, Browser, CALLBACK, client, encoded, error_of, post_with, refresh, shown, text, token,
    with,
};
use crate::support::TestApp;

const REGISTER: &str = "/oauth/register";

async fn register(app: &TestApp, method: &str) -> Value {
    let body = json!({"client_name": "Inspector", "redirect_uris": [CALLBACK], "token_endpoint_auth_method": method});
    let answer = app.anonymous().post(REGISTER, &body).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.expect(201)
}

#[tokio::test]
async fn a_client_registers_and_proves_itself_as_it_has_said() {
    let app = TestApp::new().await;
    let ada = Browser::new(&app, "ada").await;
    for method in ["none", "client_secret_post", "client_secret_basic"] {
        let registered = register(&app, method).await;
        let id = text(&registered, "client_id");
        assert_eq!(registered["client_secret"].is_string(), method != "none");
        let page = ada.open(&encoded(&with(ASKED, &[("client_id", id)]))).await;
        assert!(page.text().contains("nobody has checked it"));
        let code = ada.code(&encoded(&with(ASKED, &[("client_id", id)]))).await;
        let secret = registered["client_secret"].as_str().unwrap_or_default();
        // Without its secret it is nobody, and nothing is lost by the attempt.
        if method != "none" {
            for wrong in ["", "mfs_x"] {
                let refused = token(
                    &app,
                    &shown(&code, &[("client_id", id), ("client_secret", wrong)]),
                )
                .await;
                assert_eq!(error_of(&refused, 401), "invalid_client");
            }
        }
        let basic = (method == "client_secret_basic").then(|| format!("{id}:{secret}"));
        let in_body = if basic.is_some() { "" } else { secret };
        let form = shown(&code, &[("client_id", id), ("client_secret", in_body)]);
        post_with(&app, "/oauth/token", &form, basic.as_deref())
            .await
            .expect(200);
    }
    let database = app.database.connect().await;
    let row = database
        .query_one(
            "SELECT count(*) FROM oauth_clients WHERE expires_at IS NULL",
            &[],
        )
        .await;
    assert_eq!(
        row.unwrap().get::<_, i64>(0),
        3,
        "what was allowed something stays"
    );
}

#[tokio::test]
async fn registrations_are_limited_by_address_and_unused_ones_go_after_a_week() {
    let app = TestApp::with(&[("OAUTH_REGISTRATION_RATE", "3/3600")]).await;
    let ada = Browser::new(&app, "ada").await;
    let used = register(&app, "none").await;
    ada.code(&encoded(&with(
        ASKED,
        &[("client_id", text(&used, "client_id"))],
    )))
    .await;
    let unused = register(&app, "none").await;
    register(&app, "none").await;
    let body = json!({"redirect_uris": [CALLBACK]});
    let limited = app.anonymous().post(REGISTER, &body).await;
    assert_eq!(error_of(&limited, 429), "temporarily_unavailable");
    assert_ne!(limited.header("retry-after"), "");
    // Another address has its own.
    let anonymous = app.anonymous();
    let call = anonymous
        .call(Method::POST, REGISTER)
        .header("mindflow-client-address", "198.51.100.7");
    call.json(&body).send().await.expect(201);

    app.clock
        .advance(SignedDuration::from_hours(7 * 24) - SignedDuration::from_secs(1));
    clean_up(&app.app.db, app.clock.now()).await.unwrap();
    let open = async |client: &Value| {
        let query = encoded(&with(ASKED, &[("client_id", text(client, "client_id"))]));
        app.anonymous()
            .get(&format!("/oauth/authorize?{query}"))
            .await
            .status
    };
    assert_eq!((open(&used).await, open(&unused).await), (200, 200));
    app.clock.advance(SignedDuration::from_secs(2));
    clean_up(&app.app.db, app.clock.now()).await.unwrap();
    assert_eq!((open(&used).await, open(&unused).await), (200, 400));
    let database = app.database.connect().await;
    let left = database
        .query_one("SELECT count(*) FROM oauth_clients", &[])
        .await
        .unwrap();
    assert_eq!(left.get::<_, i64>(0), 1);
}

#[tokio::test]
async fn a_bad_registration_is_refused_and_not_counted() {
    let app = TestApp::with(&[("OAUTH_REGISTRATION_RATE", "1/3600")]).await;
    let anonymous = app.anonymous();
    for (body, code) in [
        (json!({}), "invalid_redirect_uri"),
        (
            json!({"redirect_uris": ["http://a.example"]}),
            "invalid_redirect_uri",
        ),
        (
            json!({"redirect_uris": [CALLBACK], "response_types": ["token"]}),
            "invalid_client_metadata",
        ),
        (json!([]), "invalid_client_metadata"),
    ] {
        assert_eq!(error_of(&anonymous.post(REGISTER, &body).await, 400), code);
    }
    let call = anonymous
        .call(Method::POST, REGISTER)
        .header("content-type", "application/json");
    assert_eq!(
        error_of(&call.body("{").send().await, 400),
        "invalid_client_metadata"
    );
    let call = anonymous
        .call(Method::POST, REGISTER)
        .header("content-type", "text/plain");
    assert_eq!(
        error_of(&call.body("{}").send().await, 400),
        "invalid_client_metadata"
    );
    register(&app, "none").await;
}

#[tokio::test]
async fn failures_are_limited_by_address_and_successes_are_not() {
    let app = TestApp::with(&[("OAUTH_FAILURE_RATE", "3/3600")]).await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    for _ in 0..5 {
        super::granted(&app, &ada, &[]).await;
    }
    let code = ada.code(&encoded(ASKED)).await;
    let wrong = [("client_id", "nobody")];
    assert_eq!(
        error_of(&token(&app, &shown(&code, &wrong)).await, 401),
        "invalid_client"
    );
    assert_eq!(
        error_of(&token(&app, &shown("mfc_x", &[])).await, 400),
        "invalid_grant"
    );
    assert_eq!(
        error_of(&refresh(&app, "mfr_x").await, 400),
        "invalid_grant"
    );
    for limited in [
        token(&app, &shown(&code, &wrong)).await,
        token(&app, &shown("mfc_x", &[])).await,
        refresh(&app, "mfr_x").await,
    ] {
        assert_eq!(error_of(&limited, 429), "temporarily_unavailable");
        assert_ne!(limited.header("retry-after"), "");
    }
    // What holds goes on, from the same address.
    token(&app, &shown(&code, &[])).await.expect(200);
}

#[tokio::test]
async fn nothing_of_a_secret_or_a_code_is_stored() {
    let app = TestApp::new().await;
    let ada = Browser::new(&app, "ada").await;
    let registered = register(&app, "client_secret_post").await;
    let (id, secret) = (
        text(&registered, "client_id"),
        text(&registered, "client_secret"),
    );
    let code = ada.code(&encoded(&with(ASKED, &[("client_id", id)]))).await;
    let tokens = token(
        &app,
        &shown(&code, &[("client_id", id), ("client_secret", secret)]),
    )
    .await
    .expect(200);
    let database = app.database.connect().await;
    for table in ["oauth_clients", "oauth_codes", "sessions", "refresh_tokens"] {
        let rows = database
            .query(&format!("SELECT {table}::text FROM {table}"), &[])
            .await
            .unwrap();
        assert!(!rows.is_empty(), "{table}");
        for row in rows {
            let row: String = row.get(0);
            for value in [
                secret,
                &code,
                text(&tokens, "refresh_token"),
                text(&tokens, "access_token"),
            ] {
                assert!(!row.contains(value), "{table}");
            }
        }
    }
}
