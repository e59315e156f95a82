//! `POST /mcp`: both eras of the protocol, and every tool.

mod changes;
mod conversation;
mod protocol;
mod reads;
mod refusals;
mod repeats;

use axum::http::Method;
use jiff::SignedDuration;
use origin_api::domain::tokens::{Audience, Grant, RefreshToken, Rights};
use serde_json::{Value, json};
use shared_types::scope::{Scope, Scopes};

use crate::support::{Client, Response, TestApp};

const MODERN: &str = "2026-07-28";

/// An assistant of the user's, allowed to do all that an app can be.
fn assistant(app: &TestApp, user: &Client) -> Client {
    assistant_with(app, user, &[Scope::TasksRead, Scope::TasksWrite])
}

fn assistant_with(app: &TestApp, user: &Client, scopes: &[Scope]) -> Client {
    let identity = user.identity();
    let now = app.app.clock.now();
    let grant = Grant {
        user: identity.user,
        session: identity.credential,
        generation: 1,
        expires_at: now + SignedDuration::from_hours(24),
    };
    let rights = Rights {
        scopes: Scopes::of(scopes),
        audience: Audience::Mcp,
    };
    let refresh = RefreshToken::new([0; 32]);
    let issuer = app.app.issuer();
    let tokens = issuer.tokens_with(rights, &grant, &refresh, now).unwrap();
    app.client_with(&tokens.access_token)
}

/// A message of the era before 2026-07-28.
async fn legacy(agent: &Client, method: &str, params: &Value) -> Response {
    let message = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
    agent.post("/mcp", &message).await
}

/// A message of 2026-07-28, with the headers that it wants.
async fn modern(agent: &Client, method: &str, params: &Value) -> Response {
    modern_with(agent, method, params, &[]).await
}

/// The same with other headers.
async fn modern_with(
    agent: &Client,
    method: &str,
    params: &Value,
    other: &[(&str, &str)],
) -> Response {
    let mut params = params.clone();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    });
    let name = params["name"].as_str().or(params["uri"].as_str());
    let name = name.unwrap_or_default().to_owned();
    let message = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
    let mut headers = vec![("mcp-protocol-version", MODERN), ("mcp-method", method)];
    if !name.is_empty() {
        headers.push(("mcp-name", &name));
    }
    headers.retain(|(name, _)| other.iter().all(|(other, _)| name != other));
    headers.extend(other.iter().filter(|(_, value)| !value.is_empty()));
    let mut call = agent.call(Method::POST, "/mcp").json(&message);
    for (name, value) in headers {
        call = call.header(name, value);
    }
    call.send().await
}

/// Calls a tool; gives the answer.
async fn call(agent: &Client, tool: &str, arguments: &Value) -> Response {
    legacy(
        agent,
        "tools/call",
        &json!({"name": tool, "arguments": arguments}),
    )
    .await
}

/// Calls a tool that does what it is asked; gives its result.
async fn result(agent: &Client, tool: &str, arguments: &Value) -> Value {
    let answer = call(agent, tool, arguments).await.expect(200);
    let result = &answer["result"];
    assert_eq!(result["isError"], false, "{tool} {arguments}: {answer}");
    result.clone()
}

/// The same, but its structured content.
async fn content(agent: &Client, tool: &str, arguments: &Value) -> Value {
    result(agent, tool, arguments).await["structuredContent"].take()
}

/// Calls a tool that refuses; gives its sentence.
async fn refusal(agent: &Client, tool: &str, arguments: &Value) -> String {
    let answer = call(agent, tool, arguments).await.expect(200);
    let result = &answer["result"];
    assert_eq!(result["isError"], true, "{tool} {arguments}: {answer}");
    assert_eq!(result["structuredContent"], Value::Null);
    result["content"][0]["text"].as_str().unwrap().to_owned()
}

/// Captures one task.
async fn captured(agent: &Client, fields: &Value) -> Value {
    let answer = content(agent, "capture_tasks", &json!({"tasks": [fields]})).await;
    assert_eq!(answer["results"][0]["status"], "captured", "{answer}");
    answer["results"][0]["task"].clone()
}

fn id(task: &Value) -> &str {
    task["id"].as_str().unwrap()
}

/// What is fit to be read aloud.
fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap()
}
