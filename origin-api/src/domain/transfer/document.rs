//! The document of an export.

use serde_json::Value;
use shared_types::preferences::NewPreferences;
use shared_types::transfer::{FORMAT, FORMAT_VERSION, MAX_PROJECTS, MovedProject, MovedTask};
use shared_types::validate::{FieldError, Fields, FromFields, integer, parse};

use super::{Draft, Form, Import, MOST_ERRORS, Reading, check_number};
use crate::domain::account::check_time_zone;

/// The parts of a document, not yet looked into.
struct Parts {
    preferences: Option<Value>,
    projects: Vec<Value>,
    tasks: Vec<Value>,
}

impl FromFields for Parts {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.required("format", |value| {
            if value == FORMAT {
                Ok(())
            } else {
                Err(format!("must be {FORMAT}: this is no export of MindFlow").into())
            }
        });
        fields.required("format_version", |value| {
            integer(&value, 1, FORMAT_VERSION).map_err(|_| {
                format!("must be at most {FORMAT_VERSION}: this was exported by a newer release")
                    .into()
            })
        });
        // Whose it was is not for the account that it comes into.
        fields.optional("account", |_| Ok(()));
        let list = |value: Value| match value {
            Value::Array(items) => Ok(items),
            _ => Err("must be an array".into()),
        };
        let preferences = fields.optional("preferences", Ok);
        let projects = fields.optional("projects", list);
        let tasks = fields.required("tasks", list);
        Some(Self {
            preferences,
            projects: projects.unwrap_or_default(),
            tasks: tasks?,
        })
    }
}

pub(super) fn read(document: Value, _: &Reading<'_>) -> Result<Import, Vec<FieldError>> {
    let parts = parse::<Parts>(document).map_err(|errors| within("document", errors))?;
    check_number("document.tasks", parts.tasks.len())?;
    let mut errors = Vec::new();
    let mut import = Import::of(Form::Document);
    if parts.projects.len() > MAX_PROJECTS {
        errors.push(FieldError {
            field: "document.projects".to_owned(),
            message: format!("must have at most {MAX_PROJECTS}"),
        });
    }
    if let Some(preferences) = parts.preferences {
        match parse::<NewPreferences>(preferences).and_then(|new| {
            match check_time_zone(new.time_zone.as_deref()) {
                Ok(()) => Ok(new),
                Err(error) => Err(vec![error]),
            }
        }) {
            Ok(new) => import.preferences = Some(new),
            Err(wrong) => errors.extend(within("document.preferences", wrong)),
        }
    }
    for (at, project) in parts.projects.into_iter().enumerate() {
        match parse::<MovedProject>(project) {
            Ok(project) => import.projects.push(project),
            Err(wrong) => errors.extend(within(&format!("document.projects[{at}]"), wrong)),
        }
    }
    for (line, task) in (1..).zip(parts.tasks) {
        if errors.len() >= MOST_ERRORS {
            break;
        }
        match parse::<MovedTask>(task) {
            Ok(task) => import.tasks.push(Draft {
                line,
                task,
                notes: Vec::new(),
                is_only_new: false,
            }),
            Err(wrong) => errors.extend(within(&format!("document.tasks[{}]", line - 1), wrong)),
        }
    }
    if errors.is_empty() {
        Ok(import)
    } else {
        Err(errors)
    }
}

/// The same errors, of fields of the part called `name`.
fn within(name: &str, errors: Vec<FieldError>) -> Vec<FieldError> {
    let errors = errors.into_iter();
    errors
        .map(|error| FieldError {
            field: if error.field.is_empty() {
                name.to_owned()
            } else {
                format!("{name}.{}", error.field)
            },
            message: error.message,
        })
        .collect()
}
