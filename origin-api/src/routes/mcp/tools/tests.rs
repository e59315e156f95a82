//! What the tools cost a model, and what every client can take.

use super::*;

/// The list as it is sent.
fn sent() -> Vec<Value> {
    let list = json!({"jsonrpc": "2.0", "id": 1, "result": {"tools": list()}});
    let bytes = say_schemes(list.to_string().as_bytes()).unwrap();
    let mut answer: Value = serde_json::from_slice(&bytes).unwrap();
    serde_json::from_value(answer["result"]["tools"].take()).unwrap()
}

#[test]
fn at_most_twelve_tools_cost_a_model_under_6000_tokens() {
    let tools = sent();
    assert!(tools.len() <= 12);
    let encoder = tiktoken_rs::o200k_base().unwrap();
    let count = |text: &str| encoder.encode_ordinary(text).len();
    for tool in &tools {
        println!("{} {}", tool["name"], count(&tool.to_string()));
    }
    let all = count(&json!(tools).to_string());
    println!("all {all}");
    assert!(all < 6000, "{all} tokens");
}

fn each(value: &Value, look: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                look(name, value);
                each(value, look);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each(item, look)),
        _ => {}
    }
}

#[test]
fn schemas_are_plain_objects_that_refuse_what_they_do_not_name() {
    for tool in sent() {
        for name in ["inputSchema", "outputSchema"] {
            let schema = &tool[name];
            assert_eq!(schema["type"], "object", "{}", tool["name"]);
            each(schema, &mut |key, value| {
                assert!(
                    !["$ref", "$defs", "anyOf", "oneOf", "allOf"].contains(&key),
                    "{key}"
                );
                assert!(key != "format" || value.is_object(), "{value}");
                assert!(
                    key != "description"
                        || !value.is_string()
                        || !value.as_str().unwrap().is_empty()
                );
            });
        }
        assert_eq!(tool["inputSchema"]["additionalProperties"], false);
    }
}

#[test]
fn each_tool_says_what_it_does_to_tasks_and_what_it_needs() {
    for tool in sent() {
        let hints = &tool["annotations"];
        for hint in [
            "readOnlyHint",
            "destructiveHint",
            "idempotentHint",
            "openWorldHint",
        ] {
            assert!(hints[hint].is_boolean(), "{} {hint}", tool["name"]);
        }
        assert_eq!(hints["openWorldHint"], false);
        assert_eq!(tool["securitySchemes"], tool["_meta"]["securitySchemes"]);
        let scopes = &tool["securitySchemes"][0]["scopes"];
        let reads = hints["readOnlyHint"] == true;
        assert_eq!(scopes.as_array().unwrap().len(), if reads { 1 } else { 2 });
        let name = tool["name"].as_str().unwrap();
        assert!(
            name.len() <= 64
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        );
        assert!(
            tool["description"].as_str().unwrap().chars().count() <= 300,
            "{name}"
        );
    }
}

#[test]
fn the_widget_is_shown_by_one_tool_and_may_call_what_its_buttons_need() {
    let accessible: Vec<_> = sent()
        .iter()
        .filter(|tool| tool["_meta"]["openai/widgetAccessible"] == true)
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        accessible,
        [
            "what_next",
            "update_task",
            "complete_task",
            "put_off_task",
            "undo_change"
        ]
    );
    let shown: Vec<_> = sent()
        .into_iter()
        .filter(|tool| tool["_meta"]["ui"]["resourceUri"] == NEXT_URI)
        .collect();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0]["_meta"]["openai/outputTemplate"], NEXT_URI);
}
