use super::table::{ACCOUNT, Entry, READ, WRITE};
use super::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn class(method: &str, path: &str) -> Option<(Class, &'static str)> {
    match find(method, path) {
        Matched::Route(route) => Some((route.class, route.template)),
        _ => None,
    }
}

#[test]
fn each_listed_route_has_its_class_and_scope() {
    assert_eq!(class("GET", "/"), Some((Class::Page, "/")));
    assert_eq!(class("GET", "/health"), Some((Class::Health, "/health")));
    assert_eq!(
        class("GET", "/openapi.json"),
        Some((Class::Anonymous, "/openapi.json"))
    );
    for path in [
        "/docs",
        "/openapi-gpt.json",
        "/privacy",
        "/terms",
        "/.well-known/openai-apps-challenge",
    ] {
        assert_eq!(class("GET", path), Some((Class::Anonymous, path)));
    }
    for path in [
        "/api/auth/register",
        "/api/auth/login",
        "/api/auth/forgot-password",
        "/api/auth/reset-password",
    ] {
        assert_eq!(class("POST", path), Some((Class::Entry, path)));
    }
    let path = "/api/auth/refresh";
    assert_eq!(class("POST", path), Some((Class::Refresh, path)));
    assert_eq!(
        class("GET", "/api/auth/me"),
        Some((ACCOUNT, "/api/auth/me"))
    );
    assert_eq!(class("GET", "/api/tasks"), Some((READ, "/api/tasks")));
    assert_eq!(class("POST", "/api/tasks"), Some((WRITE, "/api/tasks")));
    for method in ["PUT", "PATCH", "DELETE"] {
        assert_eq!(
            class(method, "/api/tasks/x"),
            Some((WRITE, "/api/tasks/{id}"))
        );
    }
    for action in ["start", "complete", "reopen", "snooze", "not-now"] {
        let path = format!("/api/tasks/x/{action}");
        assert!(matches!(class("POST", &path), Some((WRITE, _))), "{path}");
    }
}

/// The description of the API, which the origin's tests hold against its handlers.
fn described() -> BTreeMap<String, Value> {
    let document: Value =
        serde_json::from_str(include_str!("../../../origin-api/openapi.json")).unwrap();
    let mut described = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{} {path}", method.to_uppercase());
            described.insert(name, operation["security"].clone());
        }
    }
    described
}

#[test]
fn every_route_but_the_start_page_is_described_with_the_scope_that_is_checked() {
    let mut described = described();
    // OAuth and MCP describe themselves, as their own standards say.
    let for_callers = |entry: &&Entry| {
        let describes_itself = ["/internal/", "/oauth/", "/.well-known/oauth-"]
            .iter()
            .any(|start| entry.template.starts_with(start));
        !describes_itself && !matches!(entry.template, "/" | "/mcp")
    };
    for entry in TABLE.iter().filter(for_callers) {
        for (method, class) in entry.methods {
            let name = format!("{} {}", method.as_str(), entry.template);
            let security = match class {
                Class::Authenticated(scope) => json!([{"bearer": [scope.as_str()]}]),
                Class::Feed => json!([{"calendar": []}]),
                Class::Page
                | Class::Invalidate
                | Class::Health
                | Class::Anonymous
                | Class::Entry
                | Class::Consent
                | Class::Client
                | Class::Mcp
                | Class::Refresh => {
                    json!([])
                }
            };
            assert_eq!(described.remove(&name), Some(security), "{name}");
        }
    }
    assert_eq!(described, BTreeMap::new(), "described, but no route");
}

#[test]
fn the_account_needs_its_own_scope_which_keys_never_have() {
    for (method, path) in [
        ("GET", "/api/auth/me"),
        ("PATCH", "/api/auth/me"),
        ("DELETE", "/api/auth/me"),
        ("POST", "/api/auth/logout"),
        ("POST", "/api/auth/revoke-all"),
        ("GET", "/api/sessions"),
        ("DELETE", "/api/sessions/{id}"),
        ("GET", "/api/keys"),
        ("POST", "/api/keys"),
        ("DELETE", "/api/keys/{id}"),
        ("GET", "/api/calendar-token"),
        ("POST", "/api/calendar-token"),
        ("DELETE", "/api/calendar-token"),
        ("GET", "/api/apps"),
        ("DELETE", "/api/apps/{id}"),
    ] {
        let found = class(method, &path.replace("{id}", "x"));
        assert_eq!(found, Some((ACCOUNT, path)), "{method} {path}");
    }
}

#[test]
fn only_an_import_is_large_and_only_an_export_streams() {
    for entry in TABLE {
        for (method, class) in entry.methods {
            let route = Route {
                template: entry.template,
                method: *method,
                class: *class,
            };
            let is_import = entry.template == "/api/import";
            let limit = if is_import { 10_485_760 } else { 262_144 };
            assert_eq!(route.body_limit_bytes(), limit, "{}", entry.template);
            assert_eq!(route.streams(), entry.template == "/api/export");
        }
    }
}

#[test]
fn the_mcp_endpoint_is_posted_to_and_takes_tokens_of_its_own() {
    let Matched::Route(mcp) = find("POST", "/mcp") else {
        panic!("no route");
    };
    assert_eq!((mcp.class, mcp.nature()), (Class::Mcp, Nature::Repeatable));
    let Matched::Route(tasks) = find("GET", "/api/tasks") else {
        panic!("no route");
    };
    let url = "https://m.test";
    assert_eq!(
        (mcp.audience(url), tasks.audience(url)),
        (format!("{url}/mcp"), url.to_owned())
    );
    for method in ["GET", "DELETE", "HEAD"] {
        let found = find(method, "/mcp");
        assert!(matches!(
            found,
            Matched::MethodNotAllowed {
                allow: "POST, OPTIONS",
                ..
            }
        ));
    }
}

#[test]
fn a_refusal_says_where_to_be_allowed_in_and_for_what() {
    let challenge = |method, path, given: &str| match find(method, path) {
        Matched::Route(route) => route
            .challenge()
            .map(|challenge| challenge.complete(given, "https://m.test")),
        _ => None,
    };
    let complete = |path, given| challenge("POST", path, given).unwrap();
    assert_eq!(
        complete("/mcp", "Bearer"),
        "Bearer resource_metadata=\"https://m.test/.well-known/oauth-protected-resource/mcp\", scope=\"tasks:read tasks:write\""
    );
    assert_eq!(
        complete("/api/tasks", "Bearer error=\"invalid_token\""),
        "Bearer error=\"invalid_token\", resource_metadata=\"https://m.test/.well-known/oauth-protected-resource\", scope=\"tasks:read tasks:write\""
    );
    assert_eq!(
        complete(
            "/api/tasks",
            "Bearer error=\"insufficient_scope\", scope=\"tasks:write\""
        ),
        "Bearer error=\"insufficient_scope\", scope=\"tasks:write\", resource_metadata=\"https://m.test/.well-known/oauth-protected-resource\""
    );
    assert_eq!(
        complete("/api/keys", "Bearer"),
        "Bearer resource_metadata=\"https://m.test/.well-known/oauth-protected-resource\""
    );
    assert_eq!(challenge("POST", "/oauth/token", "Basic"), None);
}

#[test]
fn oauths_own_routes_take_forms_and_registration_takes_json() {
    let media = |method, path| match find(method, path) {
        Matched::Route(route) => Some(route.media()),
        _ => None,
    };
    for path in ["/oauth/authorize", "/oauth/token", "/oauth/revoke"] {
        assert_eq!(media("POST", path), Some(Media::Form), "{path}");
    }
    for path in ["/oauth/register", "/mcp", "/api/tasks"] {
        assert_eq!(media("POST", path), Some(Media::Json), "{path}");
    }
}

#[test]
fn of_the_internal_paths_only_the_signed_call_is_served() {
    let path = "/internal/invalidate";
    assert_eq!(class("POST", path), Some((Class::Invalidate, path)));
    let internal = TABLE
        .iter()
        .filter(|entry| entry.template.starts_with("/internal"));
    assert_eq!(internal.count(), 1);
}

#[test]
fn only_the_accounts_routes_set_cookies() {
    for entry in TABLE {
        for (method, class) in entry.methods {
            let route = Route {
                template: entry.template,
                method: *method,
                class: *class,
            };
            let of_account =
                entry.template.starts_with("/api/auth/") || entry.template == "/oauth/authorize";
            assert_eq!(route.may_set_cookies(), of_account, "{}", entry.template);
        }
    }
}

#[test]
fn preferences_are_read_and_tried_with_one_scope_and_replaced_with_the_other() {
    let path = "/api/preferences";
    assert_eq!(class("GET", path), Some((READ, path)));
    assert_eq!(class("PUT", path), Some((WRITE, path)));
    assert_eq!(class("PATCH", path), None);
    let preview = "/api/preferences/preview";
    assert_eq!(class("POST", preview), Some((READ, preview)));
    assert_eq!(class("GET", preview), None);
}

#[test]
fn a_projects_name_is_one_encoded_segment() {
    for name in ["Garden", "Haus%20%26%20Hof", "a%2Fb", "%F0%9F%8C%B1"] {
        let path = format!("/api/projects/{name}");
        assert_eq!(class("PATCH", &path), Some((WRITE, "/api/projects/{name}")));
    }
    for name in ["", "a/b", "a b", "a|b", "%2e%2E"] {
        let path = format!("/api/projects/{name}");
        assert_eq!(find("GET", &path), Matched::NotFound, "{name}");
    }
}

#[test]
fn best_is_a_route_of_its_own_and_not_an_id() {
    assert_eq!(
        class("GET", "/api/tasks/best"),
        Some((READ, "/api/tasks/best"))
    );
    assert!(matches!(
        find("DELETE", "/api/tasks/best"),
        Matched::MethodNotAllowed { .. }
    ));
}

#[test]
fn an_unknown_or_differently_spelled_path_is_not_found() {
    for path in [
        "",
        "//",
        "/api",
        "/api/",
        "/api/tasks/",
        "/api//tasks",
        "/api/t%61sks",
        "/API/tasks",
        "/internal",
        "/internal/gate-state",
        "/internal/invalidate/",
    ] {
        assert_eq!(find("GET", path), Matched::NotFound, "{path}");
    }
    assert_eq!(find("POST", "/api/tasks/x/archive"), Matched::NotFound);
    assert_eq!(find("POST", "/api/tasks//start"), Matched::NotFound);
    for id in [
        "..", ".", "%2E%2e", ".%2e", "a\\b", "a\"b", "a b", "\u{fc}", "a{b",
    ] {
        assert_eq!(
            find("GET", &format!("/api/tasks/{id}")),
            Matched::NotFound,
            "{id}"
        );
    }
    assert!(matches!(
        find("GET", "/api/tasks/not%20an-id"),
        Matched::Route(_)
    ));
}

#[test]
fn head_is_allowed_wherever_get_is_and_only_there() {
    assert_eq!(
        class("HEAD", "/api/tasks/x"),
        Some((READ, "/api/tasks/{id}"))
    );
    assert_eq!(
        find("HEAD", "/api/auth/login"),
        Matched::MethodNotAllowed {
            template: "/api/auth/login",
            allow: "POST, OPTIONS"
        }
    );
}

#[test]
fn a_method_that_nobody_allows_is_405_and_methods_are_case_sensitive() {
    for method in ["PROPFIND", "get", "TRACE", ""] {
        assert!(
            matches!(find(method, "/api/tasks"), Matched::MethodNotAllowed { .. }),
            "{method}"
        );
    }
}

#[test]
fn allow_names_exactly_the_methods_that_are_served() {
    for entry in TABLE {
        let path = entry.template.replace("{id}", "x").replace("{name}", "x");
        let served: Vec<&str> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
            .into_iter()
            .filter(|method| !matches!(find(method, &path), Matched::MethodNotAllowed { .. }))
            .collect();
        assert_eq!(served.join(", "), entry.allow, "{}", entry.template);
        assert_eq!(
            find("OPTIONS", &path),
            Matched::Options {
                template: entry.template,
                allow: entry.allow
            }
        );
    }
}
