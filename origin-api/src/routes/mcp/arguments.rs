//! Arguments as models send them: an empty string, where a person would leave a field out; and keys in any order.

use serde_json::{Map, Value};
use shared_types::id::TaskId;
use shared_types::validate::{FieldError, Fields, FromFields, Refused, parse};

use crate::error::Error;

/// The arguments without empty strings, in which a model says that it has nothing to say; also those in arrays.
pub(super) fn without_blanks(value: Value) -> Value {
    let is_blank = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !is_blank(value))
            .map(|(name, value)| (name, without_blanks(value)))
            .collect(),
        Value::Array(items) => items
            .into_iter()
            .filter(|item| !is_blank(item))
            .map(without_blanks)
            .collect(),
        other => other,
    }
}

/// The same with keys in order, so that equal arguments are written in one way.
pub(super) fn in_order(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.iter().collect();
            names.sort_by_key(|(name, _)| *name);
            let fields = names.into_iter();
            fields
                .map(|(name, value)| (name.clone(), in_order(value)))
                .collect::<Map<_, _>>()
                .into()
        }
        Value::Array(items) => items.iter().map(in_order).collect(),
        other => other.clone(),
    }
}

/// Reads all arguments of a tool.
pub(super) fn read<T: FromFields>(arguments: Value) -> Result<T, Error> {
    parse(arguments).map_err(Error::Invalid)
}

/// Refuses every argument that the schema does not have, by name.
pub(super) fn check_known(schema: &Value, arguments: &Value) -> Result<(), Vec<FieldError>> {
    let (Some(known), Some(given)) = (schema["properties"].as_object(), arguments.as_object())
    else {
        return Ok(());
    };
    let names: Vec<_> = known.keys().map(String::as_str).collect();
    let takes = match names.as_slice() {
        [] => "there are no arguments".to_owned(),
        names => format!("there are {}", names.join(", ")),
    };
    let unknown = given.keys().filter(|name| !known.contains_key(*name));
    let errors: Vec<_> = unknown
        .map(|name| FieldError {
            field: name.clone(),
            message: format!("is not a known argument; leave it out ({takes})"),
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// The id of a task.
pub(super) fn id(fields: &mut Fields) -> Option<TaskId> {
    fields.required("id", |value| task_id(&value))
}

/// Reads the id of a task.
pub(super) fn task_id(value: &Value) -> Result<TaskId, Refused> {
    let id = value.as_str().and_then(TaskId::parse);
    id.ok_or_else(|| "must be the id of a task (a UUID); find_tasks gives it".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn empty_strings_count_as_left_out() {
        let given = json!({"title": "x", "project": "", "tags": ["a", " "], "tasks": [{"due_date": "", "priority": 0}], "n": null});
        let meant = json!({"title": "x", "tags": ["a"], "tasks": [{"priority": 0}], "n": null});
        assert_eq!(without_blanks(given), meant);
    }

    #[test]
    fn equal_arguments_are_written_in_one_way() {
        let (one, other) = (
            json!({"b": [{"d": 1, "c": 2}], "a": 0}),
            r#"{"a":0,"b":[{"c":2,"d":1}]}"#,
        );
        assert_eq!(in_order(&one).to_string(), other);
    }

    #[test]
    fn an_unknown_argument_is_named_with_those_that_are_known() {
        let schema = json!({"properties": {"id": {}, "hours": {}}});
        let errors = check_known(&schema, &json!({"id": "x", "minutes": 5})).unwrap_err();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].field, "minutes");
        assert!(errors[0].message.contains("hours"), "{}", errors[0].message);
        assert_eq!(check_known(&schema, &json!({"id": "x"})), Ok(()));
    }
}
