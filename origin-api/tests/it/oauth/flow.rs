//! From the question to the last refusal.

use jiff::SignedDuration;
use serde_json::json;
use shared_types::token::UnverifiedToken;

use super::{
    ASKED, Browser, CALLBACK, GPT_CALLBACK, MCP, answered, app_client, call_mcp, client, encoded,
    error_of, granted, post_with, refresh, shown, target, text, token, told, with,
};
use crate::support::TestApp;
use crate::support::app::PUBLIC_URL;

#[tokio::test]
async fn a_public_client_is_allowed_refreshes_and_is_ended() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let answer = ada.decide(&encoded(ASKED), "allow").await;
    assert_eq!(target(&answer), CALLBACK);
    let parameters = answered(&answer);
    assert_eq!(
        (parameters["state"].as_str(), parameters["iss"].as_str()),
        ("xyz", PUBLIC_URL)
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");

    let tokens = token(&app, &shown(&parameters["code"], &[])).await;
    assert_eq!(tokens.header("cache-control"), "no-store");
    let tokens = tokens.expect(200);
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"]),
        (&json!("Bearer"), &json!(3600))
    );
    assert_eq!(tokens["scope"], "tasks:read tasks:write");
    let access = UnverifiedToken::parse(text(&tokens, "access_token"))
        .unwrap()
        .verified();
    assert_eq!(access.claims().aud, PUBLIC_URL);
    let gpt = app_client(&app, &tokens);
    gpt.post("/api/tasks", &json!({"title": "From an app"}))
        .await
        .expect(201);
    let history = ada.user.get("/api/history?limit=1").await.expect(200);
    assert_eq!(history["items"][0]["by"], "app App app", "{history}");
    gpt.get("/api/auth/me").await.expect(403);
    gpt.get("/api/apps").await.expect(403);

    let apps = ada.user.get("/api/apps").await.expect(200);
    let id = text(&apps[0], "id");
    assert_eq!(
        apps,
        json!([{
            "id": id, "client_name": "App app", "scopes": ["tasks:read", "tasks:write"],
            "allowed_at": "2026-11-22T12:00:00.000Z", "last_used_on": "2026-11-22",
        }])
    );
    assert_eq!(
        ada.user
            .get("/api/sessions")
            .await
            .expect(200)
            .as_array()
            .unwrap()
            .len(),
        2
    );

    app.clock.advance(SignedDuration::from_secs(10));
    let next = refresh(&app, text(&tokens, "refresh_token"))
        .await
        .expect(200);
    assert_ne!(next["refresh_token"], tokens["refresh_token"]);
    app_client(&app, &next).get("/api/tasks").await.expect(200);

    let ended = ada.user.delete(&format!("/api/apps/{id}")).await;
    ended.expect(204);
    assert_eq!(told(&ended)["revoke"][0]["id"], id);
    for tokens in [&tokens, &next] {
        app_client(&app, tokens).get("/api/tasks").await.expect(401);
        assert_eq!(
            error_of(&refresh(&app, text(tokens, "refresh_token")).await, 400),
            "invalid_grant"
        );
    }
    assert_eq!(ada.user.get("/api/apps").await.expect(200), json!([]));
    ada.user.get("/api/tasks").await.expect(200);
}

#[tokio::test]
async fn a_custom_gpts_action_shows_its_secret_in_either_way_and_no_verifier() {
    let app = TestApp::new().await;
    client(&app, "gpt", Some("s3cret"), false).await;
    let ada = Browser::new(&app, "ada").await;
    for callback in [
        GPT_CALLBACK,
        "https://chatgpt.com/aip/g-0123abcd/oauth/callback",
    ] {
        let asked = encoded(&[
            ("response_type", "code"),
            ("client_id", "gpt"),
            ("redirect_uri", callback),
            ("scope", "tasks:read tasks:write"),
            ("state", "7d9e7b9c-0000-4000-8000-000000000000"),
        ]);
        for by_header in [false, true] {
            let code = ada.code(&asked).await;
            let form = [
                ("grant_type", "authorization_code"),
                ("client_id", "gpt"),
                ("client_secret", if by_header { "" } else { "s3cret" }),
                ("code", &code),
                ("redirect_uri", callback),
            ];
            let basic = by_header.then_some("gpt:s3cret");
            let tokens = post_with(&app, "/oauth/token", &form, basic)
                .await
                .expect(200);
            let gpt = app_client(&app, &tokens);
            gpt.post("/api/tasks", &json!({"title": "By a GPT"}))
                .await
                .expect(201);
            call_mcp_refused(&gpt).await;
        }
    }
}

async fn call_mcp_refused(client: &crate::support::Client) {
    call_mcp(client).await.expect(401);
}

#[tokio::test]
async fn a_token_for_mcp_holds_there_and_nowhere_else_and_others_do_not_hold_there() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let tokens = granted(&app, &ada, &[("resource", MCP)]).await;
    let agent = app_client(&app, &tokens);
    let answer = call_mcp(&agent).await;
    assert_eq!(
        answer.expect(200)["result"]["tools"][0]["name"],
        "what_next"
    );
    assert_ne!(answer.header("mindflow-version"), "");
    for path in [
        "/api/tasks",
        "/api/tasks/best",
        "/api/auth/me",
        "/api/apps",
        "/health",
    ] {
        agent.get(path).await.expect(401);
    }
    // Its gate asks in its name.
    agent.get("/internal/gate-state").await.expect(200);
    call_mcp(&ada.user).await.expect(401);
    // So does what follows.
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("resource", MCP),
        ("refresh_token", text(&tokens, "refresh_token")),
    ];
    app.clock.advance(SignedDuration::from_secs(10));
    let next = token(&app, &form).await.expect(200);
    call_mcp(&app_client(&app, &next)).await.expect(200);
    app_client(&app, &next).get("/api/tasks").await.expect(401);
}

#[tokio::test]
async fn a_token_may_hold_less_than_was_allowed_and_never_more() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let tokens = granted(&app, &ada, &[("scope", "tasks:read offline_access")]).await;
    assert_eq!(tokens["scope"], "tasks:read");
    let reader = app_client(&app, &tokens);
    reader.get("/api/tasks").await.expect(200);
    reader
        .post("/api/tasks", &json!({"title": "x"}))
        .await
        .expect(403);

    let both = granted(&app, &ada, &[]).await;
    let mut current = text(&both, "refresh_token").to_owned();
    for (scope, expected) in [("tasks:read", "tasks:read"), ("", "tasks:read tasks:write")] {
        app.clock.advance(SignedDuration::from_secs(2));
        let form = with(
            &[
                ("grant_type", "refresh_token"),
                ("client_id", "app"),
                ("refresh_token", &current),
            ],
            &[("scope", scope)],
        );
        let next = token(&app, &form).await.expect(200);
        assert_eq!(next["scope"], expected);
        text(&next, "refresh_token").clone_into(&mut current);
    }
    // What is refused costs nothing: the same token goes on.
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("refresh_token", text(&tokens, "refresh_token")),
        ("scope", "tasks:read tasks:write"),
    ];
    app.clock.advance(SignedDuration::from_secs(2));
    assert_eq!(error_of(&token(&app, &form).await, 400), "invalid_scope");
    refresh(&app, text(&tokens, "refresh_token"))
        .await
        .expect(200);
}
