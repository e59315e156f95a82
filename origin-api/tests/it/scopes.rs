//! What each scope lets a credential do, on every operation that is described; that every route is described, another
//! test sees to (`openapi/tests.rs`), so a new one cannot be forgotten here.

use std::collections::BTreeSet;

use axum::http::Method;
use origin_api::domain::tokens;
use origin_api::openapi::document;
use serde_json::{Value, json};
use shared_types::caller::CredentialKind;
use shared_types::scope::Scope;
use shared_types::token::UnverifiedToken;

use crate::support::app::PUBLIC_URL;
use crate::support::{Client, TestApp};

/// Method, path and scope of every operation that needs a credential.
fn operations() -> Vec<(Method, String, String)> {
    let document = serde_json::to_value(document(PUBLIC_URL)).unwrap();
    let mut operations = Vec::new();
    let by_the_edge = |path: &str| matches!(path, "/api/pending" | "/api/live");
    let paths = document["paths"].as_object().unwrap().iter();
    for (path, item) in paths.filter(|(path, _)| !by_the_edge(path)) {
        for (method, operation) in item.as_object().unwrap() {
            let security = operation["security"].as_array().unwrap();
            // None, or a choice without a credential; the feed's has no scope.
            let is_feed = security.contains(&json!({"calendar": []}));
            if security.is_empty() || security.contains(&json!({})) || is_feed {
                continue;
            }
            let scopes: BTreeSet<&str> = security
                .iter()
                .flat_map(|scheme| scheme.as_object().unwrap().values())
                .flat_map(|scopes| scopes.as_array().unwrap())
                .map(|scope| scope.as_str().unwrap())
                .collect();
            assert_eq!(scopes.len(), 1, "{method} {path} needs one scope");
            let method = method.to_uppercase().parse().unwrap();
            operations.push((method, path.clone(), scopes.into_iter().collect()));
        }
    }
    assert!(operations.len() > 20);
    operations
}

/// A credential of the same session, or what the origin has signed as a key, that holds this scope only.
fn with_scope(app: &TestApp, client: &Client, kind: CredentialKind, scope: Scope) -> Client {
    let token = UnverifiedToken::parse(client.token()).unwrap().verified();
    let mut claims = token.claims().clone();
    scope.as_str().clone_into(&mut claims.scope);
    let keys = app.app.config.token_keys.current();
    app.client_with(&tokens::sign(kind, &claims, keys.signing()).unwrap())
}

#[tokio::test]
async fn an_operation_takes_its_own_scope_and_no_other() {
    let app = TestApp::new().await;
    for (number, (method, path, needed)) in operations().into_iter().enumerate() {
        let target = path
            .replace("{id}", "0198c5a0-0000-7000-8000-0000000000ff")
            .replace("{name}", "Garden");
        let user = app.user(&format!("user{number}")).await;
        for scope in Scope::ALL {
            for kind in CredentialKind::ALL {
                let client = with_scope(&app, &user, kind, scope);
                let body = if method == Method::GET {
                    Value::Null
                } else {
                    json!({})
                };
                let response = client
                    .call(method.clone(), &target)
                    .json(&body)
                    .send()
                    .await;
                let what = format!("{method} {path} with {} as {kind:?}", scope.as_str());
                if scope.as_str() == needed {
                    assert_ne!(response.status, 403, "{what}");
                    continue;
                }
                let problem = response.expect(403);
                let detail = problem["detail"].as_str().unwrap();
                assert!(detail.contains(&needed), "{what}: {detail}");
                assert_ne!(response.header("mindflow-version"), "", "{what}");
            }
        }
    }
}

#[test]
fn only_reading_and_trying_need_no_right_to_change() {
    for (method, path, scope) in operations() {
        let is_account = [
            "/api/auth/",
            "/api/keys",
            "/api/sessions",
            "/api/apps",
            "/api/calendar-token",
        ]
        .iter()
        .any(|prefix| path.starts_with(prefix));
        let is_read = method == Method::GET || path == "/api/preferences/preview";
        let expected = match (is_account, is_read) {
            (true, _) => Scope::Account,
            (false, true) => Scope::TasksRead,
            (false, false) => Scope::TasksWrite,
        };
        assert_eq!(scope, expected.as_str(), "{method} {path}");
    }
}
