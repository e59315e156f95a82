//! `/.well-known/oauth-*`: what clients find out by themselves, the same for everybody until the next release.

use axum::extract::State;
use axum::response::IntoResponse;
use serde_json::Value;

use crate::app::Shared;
use crate::domain::oauth::metadata;
use crate::domain::tokens::Audience;
use crate::reply::{Public, Reply};

/// The authorization server (RFC 8414).
pub async fn authorization_server(State(app): State<Shared>) -> impl IntoResponse {
    public(&metadata::authorization_server(&app.config.public_url))
}

/// The API as a protected resource (RFC 9728).
pub async fn protected_resource(State(app): State<Shared>) -> impl IntoResponse {
    public(&metadata::protected_resource(
        &app.config.public_url,
        Audience::Api,
    ))
}

/// The MCP endpoint as a protected resource (RFC 9728).
pub async fn mcp_resource(State(app): State<Shared>) -> impl IntoResponse {
    public(&metadata::protected_resource(
        &app.config.public_url,
        Audience::Mcp,
    ))
}

fn public(document: &Value) -> Reply {
    Reply::public(&Public::new("application/json", document.to_string()))
}
