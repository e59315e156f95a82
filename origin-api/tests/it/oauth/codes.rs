//! A code is worth something once, for a minute, to the one it was made for, and only with all of its proof.

use jiff::SignedDuration;

use super::{
    ASKED, Browser, GPT_CALLBACK, MCP, app_client, client, encoded, error_of, granted, post_with,
    refresh, shown, text, token, told, with,
};
use crate::support::TestApp;

async fn apps(app: &TestApp) -> i64 {
    let database = app.database.connect().await;
    let query = "SELECT count(*) FROM sessions WHERE kind = 'app' AND revoked_at IS NULL";
    database.query_one(query, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_code_holds_for_a_minute() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let code = ada.code(&encoded(ASKED)).await;
    app.clock.advance(SignedDuration::from_secs(59));
    token(&app, &shown(&code, &[])).await.expect(200);
    let code = ada.code(&encoded(ASKED)).await;
    app.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(
        error_of(&token(&app, &shown(&code, &[])).await, 400),
        "invalid_grant"
    );
    assert_eq!(apps(&app).await, 1);
}

#[tokio::test]
async fn the_second_use_of_a_code_ends_what_came_of_the_first() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let code = ada.code(&encoded(ASKED)).await;
    let tokens = token(&app, &shown(&code, &[])).await.expect(200);
    let gpt = app_client(&app, &tokens);
    gpt.get("/api/tasks").await.expect(200);
    // Long after the code itself has ended.
    app.clock.advance(SignedDuration::from_mins(30));
    let again = token(&app, &shown(&code, &[])).await;
    assert_eq!(error_of(&again, 400), "invalid_grant");
    let id = gpt.identity().credential.to_string();
    assert_eq!(told(&again)["revoke"][0]["id"], id);
    gpt.get("/api/tasks").await.expect(401);
    assert_eq!(
        error_of(&refresh(&app, text(&tokens, "refresh_token")).await, 400),
        "invalid_grant"
    );
    // A third time there is nothing left to end.
    let third = token(&app, &shown(&code, &[])).await;
    assert_eq!(error_of(&third, 400), "invalid_grant");
    assert!(told(&third).is_null());
    assert_eq!(apps(&app).await, 0);
}

#[tokio::test]
async fn a_code_without_its_whole_proof_is_worth_nothing_and_loses_nothing() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    client(&app, "other", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let code = ada.code(&encoded(ASKED)).await;
    let other_verifier = "x".repeat(43);
    let attempts: [&[(&str, &str)]; 6] = [
        &[("code_verifier", &other_verifier)],
        &[("code_verifier", "")],
        &[("client_id", "other")],
        &[("redirect_uri", "https://app.example/callback/")],
        &[("redirect_uri", "https://evil.example/callback")],
        &[("code", "mfc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")],
    ];
    for attempt in attempts {
        let refused = token(&app, &shown(&code, attempt)).await;
        assert_eq!(error_of(&refused, 400), "invalid_grant", "{attempt:?}");
        assert!(told(&refused).is_null());
    }
    assert_eq!(apps(&app).await, 0);
    let tokens = token(&app, &shown(&code, &[])).await.expect(200);
    // After its use neither: whoever has read the address alone ends nobody's grant.
    for attempt in attempts {
        let refused = token(&app, &shown(&code, attempt)).await;
        assert_eq!(error_of(&refused, 400), "invalid_grant", "{attempt:?}");
        assert!(told(&refused).is_null());
    }
    app_client(&app, &tokens)
        .get("/api/tasks")
        .await
        .expect(200);
}

#[tokio::test]
async fn pkce_cannot_be_talked_down() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    client(&app, "gpt", Some("s"), false).await;
    let ada = Browser::new(&app, "ada").await;
    // Asked without a challenge, or with one that whoever sees the request can answer.
    for other in [
        &[("code_challenge", "")][..],
        &[("code_challenge_method", "plain")],
        &[("code_challenge_method", "")],
    ] {
        let answer = ada.open(&encoded(&with(ASKED, other))).await;
        assert_eq!(
            super::answered(&answer)["error"],
            "invalid_request",
            "{other:?}"
        );
    }
    // A client that need not, but does, has to answer; and one that did not cannot be made to have.
    let gpt = [("client_id", "gpt"), ("redirect_uri", GPT_CALLBACK)];
    let exchange = async |code: &str, verifier: &str| {
        let gpt = [
            ("client_id", "gpt"),
            ("redirect_uri", GPT_CALLBACK),
            ("code_verifier", verifier),
        ];
        post_with(&app, "/oauth/token", &shown(code, &gpt), Some("gpt:s")).await
    };
    let code = ada.code(&encoded(&with(ASKED, &gpt))).await;
    assert_eq!(error_of(&exchange(&code, "").await, 400), "invalid_grant");
    exchange(&code, super::VERIFIER).await.expect(200);
    let without = with(
        ASKED,
        &[
            gpt[0],
            gpt[1],
            ("code_challenge", ""),
            ("code_challenge_method", ""),
        ],
    );
    let code = ada.code(&encoded(&without)).await;
    assert_eq!(
        error_of(&exchange(&code, super::VERIFIER).await, 400),
        "invalid_grant"
    );
    exchange(&code, "").await.expect(200);
}

#[tokio::test]
async fn a_resource_is_the_one_that_was_allowed_or_is_left_out() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let code = ada.code(&encoded(&with(ASKED, &[("resource", MCP)]))).await;
    for wrong in [
        "https://mindflow.test",
        "https://evil.example",
        "https://mindflow.test/mcp/",
    ] {
        let refused = token(&app, &shown(&code, &[("resource", wrong)])).await;
        assert_eq!(error_of(&refused, 400), "invalid_target", "{wrong}");
    }
    let tokens = token(&app, &shown(&code, &[("resource", MCP)]))
        .await
        .expect(200);
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("resource", "https://mindflow.test"),
        ("refresh_token", text(&tokens, "refresh_token")),
    ];
    app.clock.advance(SignedDuration::from_secs(2));
    assert_eq!(error_of(&token(&app, &form).await, 400), "invalid_target");
    refresh(&app, text(&tokens, "refresh_token"))
        .await
        .expect(200);
}

#[tokio::test]
async fn what_ends_everything_ends_a_code_too() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let code = ada.code(&encoded(ASKED)).await;
    ada.user
        .post("/api/auth/revoke-all", &serde_json::json!({}))
        .await
        .expect(204);
    assert_eq!(
        error_of(&token(&app, &shown(&code, &[])).await, 400),
        "invalid_grant"
    );

    let ben = Browser::new(&app, "ben").await;
    let code = ben.code(&encoded(ASKED)).await;
    ben.user.delete("/api/auth/me").await.expect(204);
    assert_eq!(
        error_of(&token(&app, &shown(&code, &[])).await, 400),
        "invalid_grant"
    );
    let database = app.database.connect().await;
    let left = "SELECT count(*) FROM oauth_codes WHERE user_id = $1";
    let left = database
        .query_one(left, &[&ben.user.identity().user.0])
        .await
        .unwrap();
    assert_eq!(left.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_refresh_token_belongs_to_its_client_and_to_its_own_endpoint() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    client(&app, "other", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let tokens = granted(&app, &ada, &[]).await;
    let mine = text(&tokens, "refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "other"),
        ("refresh_token", mine),
    ];
    assert_eq!(error_of(&token(&app, &form).await, 400), "invalid_grant");
    let body = serde_json::json!({ "refresh_token": mine });
    app.anonymous()
        .post("/api/auth/refresh", &body)
        .await
        .expect(401);
    app.clock.advance(SignedDuration::from_secs(2));
    refresh(&app, mine).await.expect(200);
}

#[tokio::test]
async fn a_refresh_token_that_comes_back_ends_the_grant() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let first = granted(&app, &ada, &[]).await;
    app.clock.advance(SignedDuration::from_secs(2));
    let second = refresh(&app, text(&first, "refresh_token"))
        .await
        .expect(200);
    // The answer may have been lost: the same once more.
    let again = refresh(&app, text(&first, "refresh_token"))
        .await
        .expect(200);
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    app_client(&app, &second)
        .get("/api/tasks")
        .await
        .expect(200);
    let reused = refresh(&app, text(&first, "refresh_token")).await;
    assert_eq!(error_of(&reused, 400), "invalid_grant");
    assert_ne!(told(&reused), serde_json::Value::Null);
    app_client(&app, &second)
        .get("/api/tasks")
        .await
        .expect(401);
    assert_eq!(
        error_of(&refresh(&app, text(&second, "refresh_token")).await, 400),
        "invalid_grant"
    );
}

#[tokio::test]
async fn a_token_request_is_read_strictly_and_refused_in_the_standards_words() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let base = shown("mfc_x", &[]);
    for (other, status, code) in [
        (&[("grant_type", "")][..], 400, "invalid_request"),
        (&[("grant_type", "password")], 400, "unsupported_grant_type"),
        (
            &[("grant_type", "client_credentials")],
            400,
            "unsupported_grant_type",
        ),
        (&[("client_id", "")], 400, "invalid_request"),
        (&[("client_id", "nobody")], 401, "invalid_client"),
        (&[("client_id", "app\0")], 401, "invalid_client"),
        (&[("client_secret", "x")], 401, "invalid_client"),
        (&[("code", "")], 400, "invalid_request"),
        (&[("redirect_uri", "")], 400, "invalid_request"),
        (&[("code_verifier", "short")], 400, "invalid_request"),
    ] {
        let refused = token(&app, &with(&base, other)).await;
        assert_eq!(error_of(&refused, status), code, "{other:?}");
    }
    let twice = [base.as_slice(), &[("code", "mfc_y")]].concat();
    assert_eq!(error_of(&token(&app, &twice).await, 400), "invalid_request");
    let refused = app
        .anonymous()
        .post("/oauth/token", &serde_json::json!({"grant_type": "x"}))
        .await;
    assert_eq!(error_of(&refused, 400), "invalid_request");
}
