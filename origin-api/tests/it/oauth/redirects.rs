//! Nobody is sent to an address that is not certain to be the client's; who is, is told what is wrong, and by whom.

use super::{ASKED, Browser, CALLBACK, GPT_CALLBACK, answered, client, encoded, target, with};
use crate::support::app::PUBLIC_URL;
use crate::support::{Response, TestApp};

/// A page, and nowhere to go.
#[track_caller]
fn stays(response: &Response, what: &str) {
    assert_eq!(
        response.status,
        400,
        "{what}: {}",
        response.header("location")
    );
    assert_eq!(response.header("location"), "", "{what}");
    assert_eq!(response.header("content-type"), "text/html; charset=utf-8");
    let policy = response.header("content-security-policy");
    assert!(policy.contains("form-action 'none'"), "{policy}");
}

#[tokio::test]
async fn an_address_that_is_not_the_clients_is_never_redirected_to() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    client(&app, "gpt", Some("s"), false).await;
    let ada = Browser::new(&app, "ada").await;
    let evil = "https://evil.example/callback";
    for other in [
        &[("redirect_uri", evil)][..],
        &[("redirect_uri", "")],
        &[("redirect_uri", "https://app.example@evil.example/callback")],
        &[("redirect_uri", "https://app.example:8443/callback")],
        &[("redirect_uri", "https://app.example.evil.example/callback")],
        &[("redirect_uri", "https://app.example/callback#x")],
        &[("redirect_uri", "https://app.example/callback?x=1")],
        &[("redirect_uri", "https://app.example/callback/../evil")],
        &[(
            "redirect_uri",
            "https://app.example\\@evil.example/callback",
        )],
        &[("redirect_uri", "http://app.example/callback")],
        &[("redirect_uri", "javascript:alert(1)")],
        &[("redirect_uri", GPT_CALLBACK)],
        &[("client_id", "nobody")],
        &[("client_id", "")],
        &[
            ("client_id", "nobody"),
            ("redirect_uri", evil),
            ("response_type", "token"),
        ],
        &[
            ("client_id", "gpt"),
            (
                "redirect_uri",
                "https://chatgpt.com.evil.example/aip/g-0123abcd/oauth/callback",
            ),
        ],
        &[
            ("client_id", "gpt"),
            (
                "redirect_uri",
                "https://chatgpt.com:444/aip/g-0123abcd/oauth/callback",
            ),
        ],
        &[("client_id", "gpt"), ("redirect_uri", CALLBACK)],
    ] {
        let query = encoded(&with(ASKED, other));
        stays(&ada.open(&query).await, &query);
        for action in ["allow", "deny"] {
            stays(
                &ada.post(&query, &[("action", action), ("seal", "x")]).await,
                &query,
            );
        }
    }
    let query = encoded(ASKED);
    for twice in [
        "redirect_uri=https%3A%2F%2Fevil.example",
        "client_id=gpt",
        "state=x",
    ] {
        stays(&ada.open(&format!("{query}&{twice}")).await, twice);
    }
}

#[tokio::test]
async fn a_program_on_the_users_machine_is_answered_at_any_port() {
    let app = TestApp::new().await;
    let body = serde_json::json!({
        "client_name": "Codex", "redirect_uris": ["http://127.0.0.1/callback"], "token_endpoint_auth_method": "none",
    });
    let registered = app
        .anonymous()
        .post("/oauth/register", &body)
        .await
        .expect(201);
    let id = registered["client_id"].as_str().unwrap();
    let ada = Browser::new(&app, "ada").await;
    let query = |uri| encoded(&with(ASKED, &[("client_id", id), ("redirect_uri", uri)]));
    let uri = "http://127.0.0.1:49152/callback";
    let page = ada.open(&query(uri)).await;
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("form-action 'self' http://127.0.0.1:49152;"),
        "{policy}"
    );
    assert!(page.text().contains("a program on this computer"));
    assert_eq!(target(&ada.decide(&query(uri), "allow").await), uri);
    for other in [
        "http://127.0.0.1:49152/other",
        "http://localhost:49152/callback",
        "http://127.0.0.1.evil.example/callback",
    ] {
        stays(&ada.open(&query(other)).await, other);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_the_client_is_told_with_state_and_issuer() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    for (other, code) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", ""), "invalid_request"),
        (("scope", "account"), "invalid_scope"),
        (("scope", "tasks:read admin"), "invalid_scope"),
        (("resource", "https://evil.example/mcp"), "invalid_target"),
        (("response_mode", "fragment"), "invalid_request"),
        (("code_challenge", ""), "invalid_request"),
        (("request_uri", "https://evil.example"), "invalid_request"),
    ] {
        let answer = ada.open(&encoded(&with(ASKED, &[other]))).await;
        assert_eq!(target(&answer), CALLBACK, "{other:?}");
        let parameters = answered(&answer);
        assert_eq!(parameters["error"], code, "{other:?}");
        assert_eq!(
            (parameters["state"].as_str(), parameters["iss"].as_str()),
            ("xyz", PUBLIC_URL)
        );
        assert!(!parameters.contains_key("code"));
    }
    let denied = answered(&ada.decide(&encoded(ASKED), "deny").await);
    assert_eq!(
        (denied["error"].as_str(), denied["state"].as_str()),
        ("access_denied", "xyz")
    );
    assert_eq!(denied["iss"], PUBLIC_URL);
    let without_state = answered(
        &ada.decide(&encoded(&with(ASKED, &[("state", "")])), "deny")
            .await,
    );
    assert!(!without_state.contains_key("state"));
}
