//! Clients that name themselves by an address: what they get, and what nobody can make the origin fetch.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use serde_json::json;

use super::{
    ASKED, Browser, MCP, app_client, call_mcp, encoded, refresh, shown, target, text, token, with,
};
use crate::support::web::Web;
use crate::support::{Response, TestApp};

const CHATGPT: &str = "https://chatgpt.com/oauth/client.json";
const PLACE: &str = "chatgpt.com/oauth/client.json";
const REDIRECT: &str = "https://chatgpt.com/connector_platform_oauth_redirect";
const PUBLIC: &[&str] = &["1.1.1.1"];

fn document() -> String {
    json!({
        "client_id": CHATGPT, "client_name": "ChatGPT", "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_methods": ["none", "private_key_jwt"],
    })
    .to_string()
}

/// What ChatGPT asks with.
fn asked() -> String {
    let own = [
        ("client_id", CHATGPT),
        ("redirect_uri", REDIRECT),
        ("resource", MCP),
    ];
    encoded(&with(ASKED, &own))
}

async fn app_with(web: &Web) -> TestApp {
    TestApp::over(web.documents(), &[("OAUTH_DOCUMENT_RATE", "1000/60")]).await
}

#[tokio::test]
async fn chatgpt_is_known_by_its_document_and_gets_a_token_for_mcp() {
    let web = Web::new().await;
    web.name("chatgpt.com", &[PUBLIC]);
    web.document(PLACE, &document(), "");
    let app = app_with(&web).await;
    let ada = Browser::new(&app, "ada").await;
    let page = ada.open(&asked()).await;
    assert!(
        page.text()
            .contains("An app of <strong>chatgpt.com</strong>")
    );
    let answer = ada.decide(&asked(), "allow").await;
    assert_eq!(target(&answer), REDIRECT);
    let code = super::answered(&answer)["code"].clone();
    let own = [
        ("client_id", CHATGPT),
        ("redirect_uri", REDIRECT),
        ("resource", MCP),
    ];
    let tokens = token(&app, &shown(&code, &own)).await.expect(200);
    call_mcp(&app_client(&app, &tokens)).await.expect(200);
    app.clock.advance(SignedDuration::from_secs(2));
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", CHATGPT),
        ("refresh_token", text(&tokens, "refresh_token")),
    ];
    token(&app, &form).await.expect(200);
    assert_eq!(
        super::error_of(&refresh(&app, text(&tokens, "refresh_token")).await, 401),
        "invalid_client"
    );
    // All of it took one look.
    let requests = web.requests.lock().unwrap().clone();
    assert_eq!(requests.len(), 1);
    let request = requests[0].to_lowercase();
    assert!(
        request.starts_with("get /oauth/client.json http/1.1\r\n")
            && request.contains("host: chatgpt.com\r\n")
    );
    assert!(!request.contains("cookie") && !request.contains("authorization"));
}

#[tokio::test]
async fn a_copy_is_used_as_long_as_its_answer_says() {
    let web = Web::new().await;
    web.name("chatgpt.com", &[PUBLIC]);
    let app = app_with(&web).await;
    let ada = Browser::new(&app, "ada").await;
    let looks = || web.requests.lock().unwrap().len();
    web.document(PLACE, &document(), "Cache-Control: max-age=60\r\n");
    for _ in 0..3 {
        assert_eq!(ada.open(&asked()).await.status, 200);
    }
    assert_eq!(looks(), 1);
    app.clock.advance(SignedDuration::from_secs(60));
    // Its owner has taken the redirect address out.
    let other = document().replace("connector_platform", "other");
    web.document(PLACE, &other, "Cache-Control: no-store\r\n");
    for expected in [2, 3] {
        assert_eq!(ada.open(&asked()).await.status, 400);
        assert_eq!(looks(), expected);
    }
    web.answer(PLACE, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(
        ada.open(&asked()).await.status,
        400,
        "and no old copy is used instead"
    );
}

/// A page that says no, and nowhere to go.
#[track_caller]
fn refused(response: &Response, what: &str) {
    assert_eq!(response.status, 400, "{what}");
    assert_eq!(response.header("location"), "", "{what}");
    for secret in ["127.0.0.1", "169.254", "10.0.0", "refused"] {
        assert!(!response.text().contains(secret), "{what}");
    }
}

#[tokio::test]
async fn only_public_addresses_are_connected_to_whatever_a_name_leads_to() {
    let web = Web::new().await;
    web.document(PLACE, &document(), "");
    let app = app_with(&web).await;
    let ada = Browser::new(&app, "ada").await;
    for address in [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ] {
        web.name("chatgpt.com", &[&[address]]);
        refused(&ada.open(&asked()).await, address);
        // One private address among public ones is enough.
        web.name("chatgpt.com", &[&["1.1.1.1", address]]);
        refused(&ada.open(&asked()).await, address);
    }
    web.name("chatgpt.com", &[&[]]);
    refused(&ada.open(&asked()).await, "no address");
    refused(
        &ada.open(&encoded(&with(
            ASKED,
            &[("client_id", "https://nowhere.example/c.json")],
        )))
        .await,
        "no name",
    );
    assert_eq!(web.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_address_that_is_no_name_is_not_even_looked_up() {
    let web = Web::new().await;
    let app = app_with(&web).await;
    let ada = Browser::new(&app, "ada").await;
    for id in [
        "https://127.0.0.1/c.json",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/c.json",
        "https://localhost/c.json",
        "https://2130706433/c.json",
        "https://chatgpt.com:8443/oauth/client.json",
        "https://user@chatgpt.com/oauth/client.json",
        "http://chatgpt.com/oauth/client.json",
        "https://chatgpt.com/oauth/client.json#x",
        "https://chatgpt.com/../oauth/client.json",
        "file:///etc/passwd",
    ] {
        refused(
            &ada.open(&encoded(&with(ASKED, &[("client_id", id)]))).await,
            id,
        );
    }
    assert_eq!(web.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_that_changes_its_address_is_looked_up_once() {
    let web = Web::new().await;
    web.document(PLACE, &document(), "Cache-Control: no-store\r\n");
    // Public when it is checked, private a moment later: what was checked is what is connected to.
    web.name("chatgpt.com", &[PUBLIC, &["127.0.0.1"]]);
    let app = app_with(&web).await;
    let ada = Browser::new(&app, "ada").await;
    assert_eq!(ada.open(&asked()).await.status, 200);
    assert_eq!(web.connections.load(Ordering::SeqCst), 1);
    refused(&ada.open(&asked()).await, "the second look");
    assert_eq!(web.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_is_no_plain_small_answer_is_no_document() {
    let web = Web::new().await;
    web.name("chatgpt.com", &[PUBLIC]);
    web.name("evil.example", &[&["127.0.0.1"]]);
    let app = app_with(&web).await;
    let ada = Browser::new(&app, "ada").await;
    for location in [
        "https://evil.example/",
        "http://169.254.169.254/",
        "https://chatgpt.com/other.json",
        "/other.json",
    ] {
        web.answer(
            PLACE,
            format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"),
        );
        let before = web.connections.load(Ordering::SeqCst);
        refused(&ada.open(&asked()).await, location);
        assert_eq!(
            web.connections.load(Ordering::SeqCst),
            before + 1,
            "no redirect is followed"
        );
    }
    let mut large = document();
    let _ = write!(large, "{}", " ".repeat(16 * 1024));
    web.document(PLACE, &large, "");
    refused(&ada.open(&asked()).await, "too large");
    let text = document();
    web.answer(
        PLACE,
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{text}",
            text.len()
        ),
    );
    refused(&ada.open(&asked()).await, "not JSON by its type");
    web.answer(
        PLACE,
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{text}",
            text.len() + 1
        ),
    );
    refused(&ada.open(&asked()).await, "cut off");
    web.document(
        PLACE,
        &text.replace(CHATGPT, "https://evil.example/c.json"),
        "",
    );
    refused(&ada.open(&asked()).await, "another's");
    web.document(PLACE, "{}", "");
    refused(&ada.open(&asked()).await, "empty");
    web.document(PLACE, &document(), "");
    assert_eq!(ada.open(&asked()).await.status, 200);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_none() {
    let web = Web::new().await;
    web.name("other.example", &[PUBLIC]);
    let id = "https://other.example/c.json";
    let document = json!({"client_id": id, "redirect_uris": ["https://other.example/cb"]});
    web.document("other.example/c.json", &document.to_string(), "");
    let app = app_with(&web).await;
    let ada = Browser::new(&app, "ada").await;
    let own = [
        ("client_id", id),
        ("redirect_uri", "https://other.example/cb"),
    ];
    refused(&ada.open(&encoded(&with(ASKED, &own))).await, "certificate");
    assert_eq!(web.requests.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let web = Web::new().await;
    web.name("chatgpt.com", &[PUBLIC]);
    let app = app_with(&web).await;
    let ada = Browser::new(&app, "ada").await;
    let page = tokio::time::timeout(std::time::Duration::from_secs(9), ada.open(&asked())).await;
    refused(&page.unwrap(), "silence");
}

#[tokio::test]
async fn looks_at_documents_are_limited_by_the_address_that_asks() {
    let web = Web::new().await;
    web.name("app.example", &[&["127.0.0.1"]]);
    let app = TestApp::over(web.documents(), &[("OAUTH_DOCUMENT_RATE", "3/60")]).await;
    let ada = Browser::new(&app, "ada").await;
    let mut seen = Vec::new();
    for number in 0..5 {
        let id = format!("https://app.example/{number}");
        seen.push(
            ada.open(&encoded(&with(ASKED, &[("client_id", &id)])))
                .await
                .status,
        );
    }
    assert_eq!(seen, [400, 400, 400, 429, 429]);
}
