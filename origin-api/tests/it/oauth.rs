//! OAuth: the page, the codes, the tokens, their end, and every way to get at them that must not work.

mod clients;
mod codes;
mod consent;
mod documents;
mod ends;
mod flow;
mod metadata;
mod races;
mod redirects;

use std::collections::BTreeMap;

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use origin_api::db::oauth::clients::store_client;
use origin_api::domain::oauth::client::{Client as OauthClient, Kind, hash_of};
use origin_api::domain::tokens::Grant;
use serde_json::{Value, json};
use shared_types::id::CredentialId;

use crate::support::app::PUBLIC_URL;
use crate::support::{Client, Response, TestApp};

/// The verifier of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// What it answers.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// Where a client of these tests is answered.
const CALLBACK: &str = "https://app.example/callback";
/// A Custom GPT's callback.
const GPT_CALLBACK: &str = "https://chat.openai.com/aip/g-0123abcd/oauth/callback";
/// The audience of the MCP endpoint.
const MCP: &str = "https://mindflow.test/mcp";

type Pairs<'a> = &'a [(&'a str, &'a str)];

/// Parameters as in a query or a form.
fn encoded(pairs: Pairs<'_>) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// `base` with the values of `other`; one that is "" is left out.
fn with<'a>(base: &[(&'a str, &'a str)], other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = base
        .iter()
        .filter(|(name, _)| !other.iter().any(|(changed, _)| changed == name));
    kept.chain(other)
        .filter(|(_, value)| !value.is_empty())
        .copied()
        .collect()
}

/// A person in front of a browser that keeps the session cookie.
struct Browser<'a> {
    app: &'a TestApp,
    /// The same person with an access token.
    user: Client,
    cookie: String,
}

impl<'a> Browser<'a> {
    /// Somebody new, `NAME@example.com`, signed in.
    async fn new(app: &'a TestApp, name: &str) -> Self {
        let user = app.user(name).await;
        let cookie = cookie(app, &user).await;
        Self { app, user, cookie }
    }

    async fn open(&self, query: &str) -> Response {
        let target = format!("/oauth/authorize?{query}");
        let anonymous = self.app.anonymous();
        let call = anonymous.call(Method::GET, &target);
        call.header("cookie", &self.cookie).send().await
    }

    async fn post(&self, query: &str, form: Pairs<'_>) -> Response {
        post_form(self.app, query, form, Some(&self.cookie)).await
    }

    /// Opens the page and takes `action`.
    async fn decide(&self, query: &str, action: &str) -> Response {
        let page = self.open(query).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let seal = seal(&page);
        self.post(query, &[("seal", &seal), ("action", action)])
            .await
    }

    /// A code for what `query` asks.
    async fn code(&self, query: &str) -> String {
        answered(&self.decide(query, "allow").await)["code"].clone()
    }
}

/// A cookie session of the user's, as its `Cookie` field.
async fn cookie(app: &TestApp, user: &Client) -> String {
    let identity = user.identity();
    let now = app.app.clock.now();
    let grant = Grant {
        user: identity.user,
        session: CredentialId(app.app.new_id()),
        generation: 1,
        expires_at: app.app.config.sessions.idles_at(now),
    };
    let database = app.database.connect().await;
    database
        .execute(
            "INSERT INTO sessions (user_id, id, kind, created_at, last_used_on, expires_at)
            VALUES ($1, $2, 'cookie', $3, '2026-11-22', $4)",
            &[&grant.user.0, &grant.session.0, &now, &grant.expires_at],
        )
        .await
        .unwrap();
    let cookie = app.app.issuer().cookie(&grant, now).unwrap();
    format!("__Host-mindflow={}", cookie.token)
}

async fn post_form(app: &TestApp, query: &str, form: Pairs<'_>, cookie: Option<&str>) -> Response {
    let target = format!("/oauth/authorize?{query}");
    let anonymous = app.anonymous();
    let mut call = anonymous
        .call(Method::POST, &target)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", PUBLIC_URL)
        .body(encoded(form));
    if let Some(cookie) = cookie {
        call = call.header("cookie", cookie);
    }
    call.send().await
}

/// What a consent page has that its form sends back.
fn seal(page: &Response) -> String {
    let text = page.text();
    let (_, after) = text
        .split_once("name=\"seal\" value=\"")
        .unwrap_or_else(|| panic!("{text}"));
    after.split_once('"').unwrap().0.to_owned()
}

/// Where a redirect leads, without its query.
fn target(response: &Response) -> &str {
    assert_eq!(response.status, 303, "{}", response.text());
    let location = response.header("location");
    location
        .split_once('?')
        .map_or(location, |(target, _)| target)
}

/// The parameters that a redirect to the client has.
fn answered(response: &Response) -> BTreeMap<String, String> {
    target(response);
    let (_, query) = response.header("location").split_once('?').unwrap();
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// A client that the operator has made.
async fn client(app: &TestApp, id: &str, secret: Option<&str>, needs_pkce: bool) {
    let client = OauthClient {
        id: id.to_owned(),
        kind: Kind::Operator,
        name: format!("App {id}"),
        redirect_uris: vec![CALLBACK.to_owned()],
        secret_hash: secret.map(hash_of),
        needs_pkce,
    };
    let now = app.app.clock.now();
    store_client(&app.app.db, &client, now, None).await.unwrap();
}

/// What the public client `app` asks with.
const ASKED: Pairs<'static> = &[
    ("response_type", "code"),
    ("client_id", "app"),
    ("redirect_uri", CALLBACK),
    ("state", "xyz"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

/// What it shows a code with.
fn shown<'a>(code: &'a str, other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let base = [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("code", code),
    ];
    with(&base, other)
}

async fn post_to(app: &TestApp, path: &str, form: Pairs<'_>) -> Response {
    post_with(app, path, form, None).await
}

async fn post_with(app: &TestApp, path: &str, form: Pairs<'_>, basic: Option<&str>) -> Response {
    let anonymous = app.anonymous();
    let mut call = anonymous
        .call(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encoded(form));
    if let Some(basic) = basic {
        call = call.header(
            "authorization",
            &format!("Basic {}", STANDARD.encode(basic)),
        );
    }
    call.send().await
}

async fn token(app: &TestApp, form: Pairs<'_>) -> Response {
    post_to(app, "/oauth/token", form).await
}

async fn refresh(app: &TestApp, token_text: &str) -> Response {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("refresh_token", token_text),
    ];
    token(app, &form).await
}

/// The tokens of a new grant of the public client `app`, asked for with `other`.
async fn granted(app: &TestApp, browser: &Browser<'_>, other: Pairs<'_>) -> Value {
    let code = browser.code(&encoded(&with(ASKED, other))).await;
    token(app, &shown(&code, &[])).await.expect(200)
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name}: {tokens}"))
}

/// The app with its access token.
fn app_client(app: &TestApp, tokens: &Value) -> Client {
    app.client_with(text(tokens, "access_token"))
}

/// The code of an OAuth error.
#[track_caller]
fn error_of(response: &Response, status: u16) -> String {
    let body = response.expect(status);
    assert_eq!(response.header("content-type"), "application/json");
    assert_eq!(response.header("cache-control"), "no-store");
    let description = body["error_description"].as_str().unwrap();
    assert!(
        description.is_ascii() && !description.contains(['"', '\\']),
        "{description}"
    );
    body["error"].as_str().unwrap().to_owned()
}

/// What a gate is told by an answer.
fn told(response: &Response) -> Value {
    match response.header("mindflow-gate-effects") {
        "" => Value::Null,
        json => serde_json::from_str(json).unwrap(),
    }
}

async fn call_mcp(client: &Client) -> Response {
    let message = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/list"});
    client.post("/mcp", &message).await
}
