//! Pieces of the tools' schemas: plain JSON Schema, written out, because clients differ in what they resolve.
//!
//! Every word of them is read by a model before each conversation, so they say what names and types do not.

use serde_json::{Map, Value, json};

/// An object with these properties and no others.
pub(super) fn arguments(properties: &Value, required: &[&str]) -> Value {
    let mut schema =
        json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// An answer that has at least these properties.
pub(super) fn answer(properties: &Value) -> Value {
    let required: Vec<_> = properties
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .cloned()
        .collect();
    json!({"type": "object", "properties": properties, "required": required})
}

/// What every change answers.
pub(super) fn changed() -> Value {
    answer(&json!({
        "tasks": {"type": "array", "items": {"type": "object"}},
        "change_id": {"type": ["string", "null"]},
        "repeated": {"type": "boolean"},
        "time_zone": {"type": "string"},
    }))
}

/// The id of the task that it is about.
pub(super) fn id() -> Value {
    json!({"type": "string", "description": "Task id"})
}

pub(super) fn string(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

/// The fields of a new task.
pub(super) fn new_task() -> Value {
    json!({
        "title": {"type": "string", "maxLength": 256},
        "description": {"type": "string"},
        "due_date": string("Planned for; YYYY-MM-DD or YYYY-MM-DDTHH:MM in the user's zone"),
        "deadline": string("Hard end, only if missing it has consequences; as due_date"),
        "start_date": string("Not before"),
        "priority": {"type": "integer", "minimum": 1, "maximum": 5, "description": "5 urgent, 3 normal (default), 1 nice to have"},
        "effort_estimate_minutes": {"type": "integer", "minimum": 1, "maximum": 10080},
        "tags": {"type": "array", "items": {"type": "string"}},
        "project": {"type": "string"},
        "preferred_time": {"type": "string", "enum": ["morning", "afternoon", "evening"]},
        "recurrence": string("RFC 5545 RRULE, e.g. FREQ=WEEKLY;BYDAY=MO; needs a date"),
        "recurrence_from": {"type": "string", "enum": ["schedule", "completion"]},
        "parent_id": string("Subtask of"),
        "depends_on": {"type": "array", "items": {"type": "string"}, "description": "Task ids to be done first"},
    })
}

/// The same for a change: null clears all but title, priority and status.
pub(super) fn task_changes() -> Value {
    let mut fields = new_task();
    if let Some(fields) = fields.as_object_mut() {
        for (name, field) in fields.iter_mut() {
            if name != "title" && name != "priority" {
                let kind = field["type"].take();
                field["type"] = json!([kind, "null"]);
            }
            if let Some(values) = field.get_mut("enum").and_then(Value::as_array_mut) {
                values.push(Value::Null);
            }
        }
        // What it means, the tool that makes tasks has said.
        for name in [
            "due_date",
            "deadline",
            "start_date",
            "priority",
            "recurrence",
            "parent_id",
            "depends_on",
        ] {
            if let Some(field) = fields.get_mut(name).and_then(Value::as_object_mut) {
                field.remove("description");
            }
        }
    }
    fields["id"] = id();
    fields["status"] = json!({"type": "string", "enum": ["pending", "in_progress"], "description": "in_progress starts it, pending reopens it"});
    fields
}
