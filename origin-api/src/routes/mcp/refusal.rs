//! Why a tool did nothing, in sentences that a model can act on.

use shared_types::validate::FieldError;

use super::tools::Definition;
use crate::db::tasks::Refusal;
use crate::error::Error;

/// Says an error of a call of `tool`.
pub(super) fn text(error: &Error, tool: &Definition) -> String {
    let name = tool.name;
    match error {
        Error::Invalid(errors) => {
            let mut said = sentences(errors);
            said.push(format!("Nothing was changed; correct that and call {name} again."));
            said.join(" ")
        }
        Error::NotFound => {
            "The user has no such task or change. Call find_tasks for a task's id, or get_overview for the last changes."
                .to_owned()
        }
        Error::Conflict(what) => what.clone(),
        other => other.problem("").detail,
    }
}

/// Each as a sentence: "title is required."
pub(super) fn sentences(errors: &[FieldError]) -> Vec<String> {
    let said = errors.iter().map(|error| match error.field.as_str() {
        "" => format!("The arguments are wrong: {}.", error.message),
        field => format!("{field} {}.", error.message),
    });
    said.collect()
}

/// Why a change of a task was not made.
pub(super) fn of_task(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Completed => Error::Conflict(
            "The task is completed. Reopen it first: update_task with status pending.".to_owned(),
        ),
        Refusal::OpenSubtasks => Error::Conflict(
            "The task has open subtasks. Ask the user whether these are done too; then complete_task with cascade true."
                .to_owned(),
        ),
        other => other.into(),
    }
}
