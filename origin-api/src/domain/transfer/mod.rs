//! What comes in: the document of an export, and the files of other task managers, read into the tasks that they
//! describe.
//!
//! A document of ours must be right: what is wrong in it is refused, place by place, before anything is changed. In
//! another program's file a task is taken as far as it can be; whatever of it is not is said in the line of the report,
//! so nothing is lost in silence. Everything is pure: zone and now are parameters.

mod document;
mod links;
mod spoken;
mod taskwarrior;
#[cfg(test)]
mod tests;
mod text;
mod todoist;

use std::collections::HashSet;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use sha2::{Digest as _, Sha256};
use shared_types::id::TaskId;
use shared_types::preferences::NewPreferences;
use shared_types::transfer::{LineOutcome, MAX_TASKS, MovedProject, MovedTask, ReportLine, Source};
use shared_types::validate::FieldError;

pub use links::{Links, check as check_links};

use crate::domain::recurrence::{Dates, Rule};

/// Mistakes that are named at most; the rest are as many.
const MOST_ERRORS: usize = 100;

/// What a file or a document holds.
#[derive(Debug)]
pub struct Import {
    /// How places in it are named.
    pub(super) form: Form,
    /// The tasks, in the order of the file.
    pub tasks: Vec<Draft>,
    /// The projects that it lists.
    pub projects: Vec<MovedProject>,
    /// The preferences, if it has any.
    pub preferences: Option<NewPreferences>,
    /// What is said of lines that are no task of their own.
    pub lines: Vec<ReportLine>,
}

/// How a place is named in an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Document,
    Csv,
    Taskwarrior,
}

/// A task that comes in.
#[derive(Debug)]
pub struct Draft {
    /// See [`ReportLine::line`].
    pub line: u32,
    /// The task.
    pub task: MovedTask,
    /// What of the line was changed or left out.
    pub notes: Vec<String>,
    /// Whether one that is here already is left as it is, because the file cannot say how far it has come.
    pub is_only_new: bool,
}

/// When and where something is read.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    /// The user's zone.
    pub zone: &'a TimeZone,
    /// The instant.
    pub now: Timestamp,
}

/// Reads all of `source`.
///
/// # Errors
/// Each mistake with its place; nothing of it is usable then.
pub fn read(source: Source, reading: &Reading<'_>) -> Result<Import, Vec<FieldError>> {
    let mut import = match source {
        Source::Mindflow(document) => document::read(document, reading)?,
        Source::TodoistCsv { csv, project } => todoist::read(&csv, project.as_deref(), reading)?,
        Source::Taskwarrior(tasks) => taskwarrior::read(tasks, reading)?,
    };
    let errors = settle(&mut import, reading);
    if errors.is_empty() {
        Ok(import)
    } else {
        Err(errors)
    }
}

impl Import {
    fn of(form: Form) -> Self {
        Self {
            form,
            tasks: Vec::new(),
            projects: Vec::new(),
            preferences: None,
            lines: Vec::new(),
        }
    }

    fn say(&mut self, line: u32, outcome: LineOutcome, because: impl Into<String>) {
        self.lines.push(ReportLine {
            line,
            outcome,
            because: Some(because.into()),
        });
    }

    /// An error about a field of the task on `line`.
    pub(super) fn error(&self, line: u32, field: &str, message: &str) -> FieldError {
        let at = line.saturating_sub(1);
        let (field, message) = match self.form {
            Form::Document => (format!("document.tasks[{at}].{field}"), message.to_owned()),
            Form::Taskwarrior => (format!("document[{at}].{field}"), message.to_owned()),
            Form::Csv => (
                "csv".to_owned(),
                format!("has on line {line} a task whose {field} {message}"),
            ),
        };
        FieldError { field, message }
    }
}

/// Refuses more tasks than one import may bring.
fn check_number(field: &str, number: usize) -> Result<(), Vec<FieldError>> {
    if number <= MAX_TASKS {
        return Ok(());
    }
    let message =
        format!("must have at most {MAX_TASKS} tasks, not {number}: split it into several imports");
    Err(vec![FieldError {
        field: field.to_owned(),
        message,
    }])
}

/// What holds for tasks from wherever: ids that are their own, rules that fire, instants that have been.
fn settle(import: &mut Import, reading: &Reading<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut ids = HashSet::with_capacity(import.tasks.len());
    let mut tasks = std::mem::take(&mut import.tasks);
    let tomorrow = reading
        .now
        .checked_add(24.hours())
        .unwrap_or(Timestamp::MAX);
    for Draft { line, task, .. } in &mut tasks {
        if errors.len() >= MOST_ERRORS {
            break;
        }
        if !ids.insert(task.id) {
            errors.push(import.error(
                *line,
                "id",
                "is that of another task in it too; each must have its own",
            ));
        }
        if task.created_at > tomorrow {
            errors.push(import.error(*line, "created_at", "is yet to come"));
        }
        if let Err((field, message)) = settle_recurrence(task, reading.zone) {
            errors.push(import.error(*line, field, &message));
        }
    }
    import.tasks = tasks;
    errors
}

/// Brings a rule into the form that is stored. The rule was accepted once already, in the user's zone of that time: what
/// holds by the clock of UTC is right as well.
fn settle_recurrence(task: &mut MovedTask, zone: &TimeZone) -> Result<(), (&'static str, String)> {
    let content = &mut task.content;
    let Some(text) = &mut content.recurrence else {
        return match task.recurrence_start {
            None => Ok(()),
            Some(_) => Err((
                "recurrence_start",
                "belongs to a recurrence, and there is none".to_owned(),
            )),
        };
    };
    let refused = |message: std::borrow::Cow<'static, str>| ("recurrence", message.into_owned());
    let rule = Rule::parse(text).map_err(refused)?;
    *text = rule.to_string();
    let dates = Dates {
        due_date: content.due_date.clone(),
        deadline: content.deadline.clone(),
        start_date: content.start_date.clone(),
    };
    let anchor = dates.anchor().ok_or((
        "recurrence",
        "needs a date to count from: due_date, deadline or start_date".to_owned(),
    ))?;
    let start = task.recurrence_start.get_or_insert_with(|| anchor.clone());
    let is_open = content.status != shared_types::task::Status::Completed;
    if is_open && rule.check(start, zone).is_err() {
        rule.check(start, &TimeZone::UTC).map_err(refused)?;
    }
    Ok(())
}

/// The id of a task that another program knows by `name`: the same one each time, so that what comes twice is known
/// again. In its form a UUIDv7 of the instant at which the task was made there.
fn derived_id(made_at: Timestamp, name: &[&str]) -> TaskId {
    let mut hash = Sha256::new();
    for part in name {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    let milliseconds = u64::try_from(made_at.as_millisecond()).unwrap_or_default();
    TaskId(uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
}
