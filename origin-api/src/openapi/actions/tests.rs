//! What ChatGPT's importer is known to refuse, as rules that the document keeps; and that each rule can be broken.

use super::*;
use crate::openapi::EXAMPLE_URL;

fn ours() -> Value {
    document(EXAMPLE_URL).unwrap()
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push((format!("{method} {path}"), operation));
        }
    }
    operations
}

/// Every value below `value`, with its place.
fn each<'a>(value: &'a Value, place: &str, found: &mut Vec<(String, &'a Value)>) {
    found.push((place.to_owned(), value));
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, field)| each(field, &format!("{place}/{name}"), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, item)| each(item, &format!("{place}/{at}"), found)),
        _ => {}
    }
}

fn length(text: &Value) -> usize {
    text.as_str().map_or(0, |text| text.chars().count())
}

/// What the importer would refuse.
fn faults(document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut ids = BTreeSet::new();
    let mut check = |holds: bool, fault: String| {
        if !holds {
            faults.push(fault);
        }
    };
    let server = document["servers"][0]["url"].as_str().unwrap_or_default();
    let host = server.strip_prefix("https://").unwrap_or(":");
    check(!host.contains([':', '/']), "server".to_owned());
    check(document["openapi"] == "3.1.0", "version".to_owned());
    let operations = operations(document);
    check(operations.len() <= 30, "operations".to_owned());
    for (name, operation) in operations {
        for text in ["summary", "description"] {
            let length = length(&operation[text]);
            check((1..=300).contains(&length), format!("{name}: {text}"));
        }
        let id = operation["operationId"].as_str().unwrap_or_default();
        let is_name = (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        check(is_name && ids.insert(id.to_owned()), format!("{name}: id"));
        let asks = operation["x-openai-isConsequential"].as_bool();
        let deletes = name.starts_with("delete ");
        check(asks == Some(deletes), format!("{name}: consequential"));
        for parameter in array(&operation["parameters"]) {
            check(
                parameter["name"].is_string(),
                format!("{name}: parameter's name"),
            );
            check(parameter["in"] != "header", format!("{name}: header"));
            check(
                length(&parameter["description"]) <= 700,
                format!("{name}: parameter's description"),
            );
            check(
                !parameter.to_string().contains("$ref"),
                format!("{name}: reference in a parameter"),
            );
        }
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        if operation["requestBody"].is_object() {
            check(body["type"] == "object", format!("{name}: body"));
            check(
                !body.to_string().contains("$ref"),
                format!("{name}: reference in a body"),
            );
            for (field, schema) in body["properties"].as_object().into_iter().flatten() {
                let is_nested = is_type(schema.get("type"), "object");
                check(!is_nested, format!("{name}: {field} is nested"));
            }
        }
    }
    let mut values = Vec::new();
    each(document, "", &mut values);
    for (place, value) in values {
        let is_property = place.ends_with("/properties");
        let kind = value.get("type").filter(|_| !is_property);
        if is_type(kind, "object") {
            check(
                value["properties"].is_object(),
                format!("{place}: properties"),
            );
        }
        check(
            value.get("allOf").is_none() || is_property,
            format!("{place}: allOf"),
        );
        check(
            value.get("nullable").is_none() || is_property,
            format!("{place}: nullable"),
        );
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let target = document.pointer(reference.trim_start_matches('#'));
            check(target.is_some(), format!("{place}: {reference}"));
        }
    }
    faults
}

#[test]
fn the_importer_would_refuse_nothing() {
    assert_eq!(faults(&ours()), Vec::<String>::new());
}

#[test]
fn it_has_the_operations_that_are_named_and_no_others() {
    let document = ours();
    let ids: BTreeSet<_> = operations(&document)
        .iter()
        .map(|(_, operation)| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    let named: BTreeSet<_> = OPERATIONS.iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!(ids, named);
}

#[test]
fn every_page_is_small_and_every_answer_is_asked_for_in_short() {
    let document = ours();
    for (name, operation) in operations(&document) {
        let parameters = &operation["parameters"];
        for limit in array(parameters).filter(|parameter| parameter["name"] == "limit") {
            assert!(limit["schema"]["maximum"].as_u64().unwrap() <= 20, "{name}");
        }
        let is_compact = array(parameters).any(|parameter| {
            parameter["name"] == "compact"
                && parameter["required"] == true
                && parameter["schema"]["enum"] == json!([true])
        });
        assert_eq!(is_compact, name != "delete /api/tasks/{id}", "{name}");
    }
}

#[test]
fn each_rule_can_be_broken() {
    const CREATE: &str = "/paths/~1api~1tasks/post";
    let long = "x".repeat(701);
    let break_at = |place: &str, value: Value| {
        let mut document = ours();
        let (parent, name) = place.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[name] = value;
        faults(&document)
    };
    let body = format!("{CREATE}/requestBody/content/application~1json/schema");
    let parameter = |value: Value| break_at(&format!("{CREATE}/parameters"), json!([value]));
    let mut thirty_one = ours();
    for at in 0..31 {
        let mut operation = thirty_one.pointer(CREATE).unwrap().clone();
        operation["operationId"] = json!(format!("more_{at}"));
        thirty_one["paths"][format!("/more/{at}")] = json!({"post": operation});
    }
    let id = break_at(&format!("{CREATE}/operationId"), json!("create a task"));
    let twice = break_at(&format!("{CREATE}/operationId"), json!("list_tasks"));
    let broken = [
        ("operations", faults(&thirty_one)),
        ("id", id),
        ("id", twice),
        ("version", break_at("/openapi", json!("2.0"))),
        (
            "server",
            break_at("/servers", json!([{"url": "http://tasks.example:8787"}])),
        ),
        (
            "summary",
            break_at(&format!("{CREATE}/summary"), json!(long)),
        ),
        (
            "description",
            break_at(&format!("{CREATE}/description"), json!("x".repeat(301))),
        ),
        (
            "consequential",
            break_at(&format!("{CREATE}/x-openai-isConsequential"), json!(null)),
        ),
        (
            "parameter's name",
            parameter(json!({"in": "query", "description": "x"})),
        ),
        ("header", parameter(json!({"name": "x", "in": "header"}))),
        (
            "parameter's description",
            parameter(json!({"name": "x", "in": "query", "description": long})),
        ),
        (
            "reference in a parameter",
            parameter(json!({"name": "x", "schema": {"$ref": "#/components/schemas/Task"}})),
        ),
        (
            "body",
            break_at(
                &body,
                json!({"allOf": [{"type": "object", "properties": {}}]}),
            ),
        ),
        (
            "reference in a body",
            break_at(&body, json!({"$ref": "#/components/schemas/Task"})),
        ),
        (
            "title is nested",
            break_at(
                &format!("{body}/properties"),
                json!({"title": {"type": "object", "properties": {}}}),
            ),
        ),
        (
            "properties",
            break_at("/components/schemas", json!({"Task": {"type": "object"}})),
        ),
        (
            "allOf",
            break_at("/components/schemas", json!({"Task": {"allOf": []}})),
        ),
        (
            "nullable",
            break_at("/components/schemas", json!({"Task": {"nullable": true}})),
        ),
        (
            "#/components/schemas/TaskPage",
            break_at("/components/schemas", json!({})),
        ),
    ];
    for (rule, faults) in broken {
        let is_found = faults
            .iter()
            .any(|fault| fault.rsplit(": ").next() == Some(rule));
        assert!(is_found, "{rule}: {faults:?}");
    }
}

#[test]
fn a_text_is_cut_after_a_sentence() {
    assert_eq!(fit("One.  Two. Three.", 9), "One. Two.");
    assert_eq!(fit("One. Two.", 300), "One. Two.");
}
