//! The document as a whole: that it is the one in the repository, and what holds of every operation.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared_types::account::{Login, NewUser};
use shared_types::api_key::NewApiKey;
use shared_types::batch::Batch;
use shared_types::history::Undo;
use shared_types::preferences::NewPreferences;
use shared_types::preview::NewPreview;
use shared_types::project::ProjectPatch;
use shared_types::session::Refresh;
use shared_types::task::{Complete, NewTask, Snooze, TaskContent, TaskPatch};
use shared_types::transfer::NewImport;
use shared_types::validate::{FieldError, FromFields, parse};

use super::*;

const SNAPSHOT: &str = include_str!("../../openapi.json");

fn as_json() -> Value {
    serde_json::to_value(document(EXAMPLE_URL)).unwrap()
}

/// Every operation with its method and path in front, as in `get /api/tasks`.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push((format!("{method} {path}"), operation));
        }
    }
    operations
}

/// What a reference leads to.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => value,
    }
}

#[test]
fn the_document_in_the_repository_is_the_one_that_the_code_makes() {
    let now = document(EXAMPLE_URL).to_pretty_json().unwrap();
    assert!(
        now == SNAPSHOT.trim_end(),
        "origin-api/openapi.json is not what the code says any more: run scripts/openapi and review what changed"
    );
}

#[test]
fn the_document_names_its_own_address_and_release() {
    let document = serde_json::to_value(document("https://tasks.test")).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"], json!([{"url": "https://tasks.test"}]));
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn every_operation_says_what_it_is_called_and_what_it_does() {
    let document = as_json();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        for key in ["operationId", "summary", "description"] {
            assert!(
                operation[key].as_str().is_some_and(|text| text.len() > 3),
                "{name}: {key}"
            );
        }
        assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{name}");
        assert!(ids.insert(operation["operationId"].to_string()), "{name}");
    }
    assert!(ids.len() >= 15);
}

#[test]
fn every_parameter_says_what_it_means_and_only_a_path_and_a_search_need_theirs() {
    let document = as_json();
    for (name, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolve(&document, parameter);
            let place = format!("{name} {}", parameter["name"]);
            let description = parameter["description"].as_str();
            assert!(description.is_some_and(|text| text.len() > 10), "{place}");
            let is_needed = parameter["in"] == "path" || place == "get /api/tasks/search \"q\"";
            assert_eq!(parameter["required"], is_needed, "{place}");
        }
    }
}

#[test]
fn every_refusal_is_a_problem() {
    let document = as_json();
    for (name, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let response = resolve(&document, response);
            assert!(response["description"].is_string(), "{name} {status}");
            // The report that is not well is a report all the same.
            if status.starts_with(['4', '5']) && name != "get /health" {
                assert_eq!(
                    response["content"],
                    json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}),
                    "{name} {status}"
                );
            }
        }
    }
}

#[test]
fn an_operation_has_the_refusals_that_its_extractors_make() {
    let document = as_json();
    let statuses = |name: &str| {
        let operations = operations(&document);
        let (_, operation) = operations.iter().find(|(other, _)| other == name).unwrap();
        let responses = operation["responses"].as_object().unwrap();
        responses.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    for (name, expected) in [
        ("get /health", "200 500 503"),
        ("get /openapi.json", "200 422 429 500 503"),
        ("get /.well-known/jwks.json", "200 422 429 500 503"),
        (
            "post /api/auth/register",
            "201 400 409 413 415 422 429 500 503",
        ),
        (
            "post /api/auth/login",
            "200 204 400 401 403 413 415 422 429 500 503",
        ),
        (
            "post /api/auth/refresh",
            "200 204 400 401 403 413 415 422 429 500 503",
        ),
        (
            "post /api/auth/logout",
            "204 400 401 403 413 415 422 429 500 503",
        ),
        ("get /api/sessions", "200 304 401 403 422 429 500 503"),
        (
            "delete /api/sessions/{id}",
            "204 401 403 404 422 429 500 503",
        ),
        ("get /api/auth/me", "200 304 401 403 422 429 500 503"),
        ("get /api/keys", "200 304 401 403 422 429 500 503"),
        (
            "post /api/keys",
            "201 400 401 403 409 413 415 422 429 500 503",
        ),
        ("delete /api/keys/{id}", "204 401 403 404 422 429 500 503"),
        ("get /api/tasks/{id}", "200 304 401 403 404 422 429 500 503"),
        (
            "post /api/tasks",
            "201 202 400 401 403 409 413 415 422 429 500 503",
        ),
        ("get /api/tasks/search", "200 304 401 403 422 429 500 503"),
        ("get /api/stats", "200 304 401 403 422 429 500 503"),
        (
            "post /api/tasks/batch",
            "200 400 401 403 404 409 412 413 415 422 429 500 503",
        ),
        ("get /api/history", "200 304 401 403 422 429 500 503"),
        (
            "post /api/undo",
            "200 400 401 403 404 409 413 415 422 429 500 503",
        ),
        (
            "patch /api/tasks/{id}",
            "200 202 400 401 403 404 409 412 413 415 422 429 500 503",
        ),
        (
            "delete /api/tasks/{id}",
            "204 401 403 404 412 422 429 500 503",
        ),
        (
            "post /api/tasks/{id}/start",
            "200 202 400 401 403 404 409 412 413 415 422 429 500 503",
        ),
    ] {
        assert_eq!(statuses(name), expected, "{name}");
    }
}

/// What the edge answers by itself.
fn is_of_the_edge(name: &str) -> bool {
    name.ends_with("/api/pending") || name.ends_with("/api/live")
}

/// Changes of what has no version that `If-Match` could name.
const WITHOUT_VERSION: [&str; 12] = [
    "post /api/tasks",
    "post /api/tasks/batch",
    "post /api/undo",
    "post /api/import",
    "post /api/calendar-token",
    "delete /api/calendar-token",
    "post /api/keys",
    "delete /api/keys/{id}",
    "post /api/auth/logout",
    "post /api/auth/revoke-all",
    "delete /api/sessions/{id}",
    "delete /api/apps/{id}",
];

#[test]
fn every_change_can_be_repeated_safely() {
    let document = as_json();
    for (name, operation) in operations(&document) {
        let is_private = operation["security"] != json!([]);
        let is_try = name == "post /api/preferences/preview";
        let is_kept = !name.starts_with("get ") && !is_try;
        let is_change = is_private && is_kept;
        let parameters = operation["parameters"].to_string();
        assert_eq!(parameters.contains("IdempotencyKey"), is_kept, "{name}");
        assert_eq!(
            parameters.contains("IfMatch"),
            is_change && !WITHOUT_VERSION.contains(&name.as_str()),
            "{name}"
        );
        assert_eq!(
            parameters.contains("IfNoneMatch"),
            is_private && name.starts_with("get ") && !is_of_the_edge(&name),
            "{name}"
        );
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        let body = resolve(&document, body);
        assert_eq!(
            body["properties"]["client_token"].is_object(),
            is_try || (is_kept && !name.starts_with("delete ")),
            "{name}"
        );
    }
}

#[test]
fn every_body_rules_out_what_it_does_not_know() {
    let document = as_json();
    for (name, operation) in operations(&document) {
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        if !body.is_null() {
            let body = resolve(&document, body);
            assert_eq!(body["additionalProperties"], false, "{name}");
            assert!(body["examples"].is_array(), "{name}");
        }
    }
}

#[test]
fn every_example_of_a_body_is_accepted() {
    type Accepts = fn(Value) -> Result<(), Vec<FieldError>>;
    fn accepts<T: FromFields>(body: Value) -> Result<(), Vec<FieldError>> {
        parse::<T>(body).map(|_| ())
    }
    let document = as_json();
    let readers: [(&str, Accepts); 15] = [
        ("NewImport", accepts::<NewImport>),
        ("Refresh", accepts::<Refresh>),
        ("NewUser", accepts::<NewUser>),
        ("Login", accepts::<Login>),
        ("NewApiKey", accepts::<NewApiKey>),
        ("NewTask", accepts::<NewTask>),
        ("TaskContent", accepts::<TaskContent>),
        ("TaskPatch", accepts::<TaskPatch>),
        ("Complete", accepts::<Complete>),
        ("Snooze", accepts::<Snooze>),
        ("Batch", accepts::<Batch>),
        ("Undo", accepts::<Undo>),
        ("NewPreferences", accepts::<NewPreferences>),
        ("NewPreview", accepts::<NewPreview>),
        ("ProjectPatch", accepts::<ProjectPatch>),
    ];
    for (name, accepts) in readers {
        for example in document["components"]["schemas"][name]["examples"]
            .as_array()
            .unwrap()
        {
            assert_eq!(accepts(example.clone()), Ok(()), "{name} {example}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    fn collect(value: &Value, references: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    if let ("$ref", Some(reference)) = (key.as_str(), value.as_str()) {
                        references.insert(reference.to_owned());
                    }
                    collect(value, references);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
            _ => {}
        }
    }
    let document = as_json();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    for kind in ["schemas", "responses", "parameters", "headers"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            let reference = format!("#/components/{kind}/{name}");
            assert!(references.remove(&reference), "{reference} is not used");
        }
    }
    assert_eq!(references, BTreeSet::new());
}

/// `/api/projects/{}` for whatever stands in the braces: the router calls every such part `id`.
fn without_names(path: &str) -> String {
    let segments = path.split('/');
    let segments = segments.map(|segment| {
        if segment.starts_with('{') {
            "{}"
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// OAuth and MCP describe themselves, as their own standards say; the probes and the signed hop are for nobody else.
fn is_for_callers(path: &str) -> bool {
    let describes_itself = ["/internal/", "/oauth/", "/.well-known/oauth-"]
        .iter()
        .any(|start| path.starts_with(start));
    !describes_itself && !matches!(path, "/livez" | "/readyz" | "/mcp")
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let source = include_str!("../router.rs");
    let routes = source.split(".route(").skip(1);
    let routes: BTreeSet<_> = routes
        .filter_map(|rest| rest.split('"').nth(1))
        .filter(|path| is_for_callers(path))
        .map(without_names)
        .collect();
    let document = as_json();
    let described = document["paths"].as_object().unwrap().keys();
    let described = described.filter(|path| !is_of_the_edge(path));
    let described: BTreeSet<_> = described.map(|path| without_names(path)).collect();
    assert_eq!(described, routes);
}
