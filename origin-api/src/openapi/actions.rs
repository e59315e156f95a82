//! `/openapi-gpt.json`: the same document, cut down to what a GPT's Actions can import. ChatGPT's importer takes at
//! most 30 operations and short texts, sends no header, and follows no reference in parameters and bodies.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The operations, and whether ChatGPT asks before every call. What can be undone need not be confirmed each time.
const OPERATIONS: [(&str, bool); 19] = [
    ("get_best_task", false),
    ("list_tasks", false),
    ("search_tasks", false),
    ("get_task", false),
    ("create_task", false),
    ("update_task", false),
    ("start_task", false),
    ("complete_task", false),
    ("reopen_task", false),
    ("snooze_task", false),
    ("put_off_task", false),
    ("delete_task", true),
    ("list_occurrences", false),
    ("list_changes", false),
    ("undo_change", false),
    ("list_projects", false),
    ("get_project", false),
    ("get_preferences", false),
    ("get_stats", false),
];

/// Characters of an operation's description at most.
const DESCRIPTION: usize = 300;
/// Characters of a parameter's description at most.
const PARAMETER_DESCRIPTION: usize = 700;
/// Items of a page at most: with shortened descriptions they stay below what an answer may have.
const PAGE: u8 = 20;

/// The document for the installation at `public_url`.
///
/// # Errors
/// When the whole document cannot be written as JSON.
pub(super) fn document(public_url: &str) -> Result<Value, serde_json::Error> {
    let whole = serde_json::to_value(super::document(public_url))?;
    let mut paths = Map::new();
    for (path, item) in whole["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let id = operation["operationId"].as_str();
            let chosen = OPERATIONS.iter().find(|(name, _)| Some(*name) == id);
            if let Some((_, asks)) = chosen {
                let operation = action(&whole, operation, *asks);
                let item = paths.entry(path.clone()).or_insert_with(|| json!({}));
                item[method] = operation;
            }
        }
    }
    let paths = Value::Object(paths);
    let schemas = reachable(&whole, &paths);
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "MindFlow",
            "version": whole["info"]["version"],
            "description": "A person's tasks, and which one to do next.",
        },
        "servers": whole["servers"],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"oauth": {"type": "oauth2", "flows": {"authorizationCode": {
                "authorizationUrl": format!("{public_url}/oauth/authorize"),
                "tokenUrl": format!("{public_url}/oauth/token"),
                "scopes": {
                    "tasks:read": "Read your tasks",
                    "tasks:write": "Create and change your tasks",
                },
            }}}},
        },
    }))
}

fn action(whole: &Value, operation: &Value, asks: bool) -> Value {
    let mut parameters: Vec<_> = array(&operation["parameters"])
        .map(|parameter| inline(whole, parameter))
        .filter(|parameter| parameter["in"] != "header")
        .map(parameter)
        .collect();
    let responses = responses(whole, &operation["responses"]);
    if responses.to_string().contains("application/json") {
        parameters.push(json!({
            "name": "compact", "in": "query", "required": true,
            "description": "Always true: long descriptions are cut so that the answer can be read; descriptions_shortened_to says to how many characters.",
            "schema": {"type": "boolean", "enum": [true], "default": true},
        }));
    }
    let scopes = &operation["security"][0]["bearer"];
    let mut action = json!({
        "operationId": operation["operationId"],
        "summary": fit(operation["summary"].as_str().unwrap_or_default(), DESCRIPTION),
        "description": fit(operation["description"].as_str().unwrap_or_default(), DESCRIPTION),
        "x-openai-isConsequential": asks,
        "security": [{"oauth": scopes}],
        "parameters": parameters,
        "responses": responses,
    });
    if operation["requestBody"].is_object() {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        action["requestBody"] = json!({
            "required": operation["requestBody"]["required"] == true,
            "content": {"application/json": {"schema": inline(whole, schema)}},
        });
    }
    action
}

fn parameter(mut parameter: Value) -> Value {
    let description = parameter["description"].as_str().unwrap_or_default();
    parameter["description"] = json!(fit(description, PARAMETER_DESCRIPTION));
    if parameter["name"] == "limit" && parameter["schema"]["maximum"].as_u64() > Some(PAGE.into()) {
        parameter["schema"]["maximum"] = json!(PAGE);
    }
    parameter
}

/// Those of success; the importer needs no others, and a problem says what to do by itself.
fn responses(whole: &Value, responses: &Value) -> Value {
    let mut kept = Map::new();
    for (status, response) in responses.as_object().into_iter().flatten() {
        if !status.starts_with('2') {
            continue;
        }
        let response = resolve(whole, response);
        let mut answer = json!({"description": response["description"]});
        let schema = &response["content"]["application/json"]["schema"];
        if schema.is_object() {
            answer["content"] = json!({"application/json": {"schema": narrow(schema.clone())}});
        }
        kept.insert(status.clone(), answer);
    }
    Value::Object(kept)
}

/// What `paths` refers to, directly or not.
fn reachable(whole: &Value, paths: &Value) -> Value {
    let mut names = BTreeSet::new();
    let mut schemas = Map::new();
    references(paths, &mut names);
    while let Some(name) = names.pop_first() {
        if schemas.contains_key(&name) {
            continue;
        }
        let schema = narrow(whole["components"]["schemas"][&name].clone());
        references(&schema, &mut names);
        schemas.insert(name, schema);
    }
    Value::Object(schemas)
}

fn references(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str);
            let name = name.and_then(|name| name.strip_prefix("#/components/schemas/"));
            names.extend(name.map(ToOwned::to_owned));
            fields.values().for_each(|field| references(field, names));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}

/// `value` with everything that it refers to in its place.
fn inline(whole: &Value, value: &Value) -> Value {
    let value = resolve(whole, value);
    let inlined = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, field)| (name.clone(), inline(whole, field)))
            .collect(),
        Value::Array(items) => items.iter().map(|item| inline(whole, item)).collect(),
        other => other.clone(),
    };
    narrow(inlined)
}

fn resolve<'a>(whole: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value.get("$ref").and_then(Value::as_str);
    let found = reference.and_then(|reference| whole.pointer(reference.trim_start_matches('#')));
    found.unwrap_or(value)
}

/// What the importer stumbles over, said otherwise: every object names its properties, what may be null does so in its
/// type, and what only tells a validator more is left out.
fn narrow(mut value: Value) -> Value {
    match &mut value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| *item = narrow(item.take())),
        Value::Object(fields) => {
            for field in fields.values_mut() {
                *field = narrow(field.take());
            }
            let is_schema = fields.contains_key("type") || fields.contains_key("anyOf");
            if is_schema {
                for name in ["examples", "pattern"] {
                    // A property may be called so as well; then it is a schema.
                    fields.retain(|key, field| key != name || field.is_object());
                }
            }
            if is_type(fields.get("type"), "object") && !fields.contains_key("properties") {
                fields.insert("properties".to_owned(), json!({}));
            }
            or_null(fields);
        }
        _ => {}
    }
    value
}

/// Turns a choice between a simple type and null into one type.
fn or_null(fields: &mut Map<String, Value>) {
    let Some(choices) = fields.get("anyOf").and_then(Value::as_array) else {
        return;
    };
    let is_null = |choice: &Value| choice["type"] == "null";
    let mut others = choices.iter().filter(|choice| !is_null(choice));
    let (Some(Value::Object(only)), None) = (others.next(), others.next()) else {
        return;
    };
    let Some(kind) = only.get("type").and_then(Value::as_str) else {
        return;
    };
    if !choices.iter().any(is_null) {
        return;
    }
    let (only, kind) = (only.clone(), json!([kind, "null"]));
    fields.remove("anyOf");
    for (name, field) in only {
        fields.entry(name).or_insert(field);
    }
    fields.insert("type".to_owned(), kind);
}

fn is_type(kind: Option<&Value>, name: &str) -> bool {
    match kind {
        Some(Value::String(kind)) => kind == name,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
        _ => false,
    }
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// As many whole sentences of `text` as `most` characters hold.
fn fit(text: &str, most: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    let mut kept = String::new();
    for sentence in text.split_inclusive(". ") {
        if kept.chars().count() + sentence.trim_end().chars().count() > most {
            break;
        }
        kept.push_str(sentence);
    }
    kept.trim_end().to_owned()
}
