//! The tasks of Taskwarrior, as `task export` writes them (versions 2 and 3).
//!
//! A recurring task is there as a template and its instances. MindFlow has one task at a time in a series: the instance
//! that is due last carries the rule, and where there is none that is open, the template is the task.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::{Map, Value};
use shared_types::id::TaskId;
use shared_types::task::{RecurrenceFrom, Status, TaskContent};
use shared_types::time::{When, rfc3339_millis};
use shared_types::transfer::{LineOutcome, MovedTask};
use shared_types::validate::FieldError;

use super::text::{self, Words};
use super::{Draft, Form, Import, MOST_ERRORS, Reading, check_number, derived_id};

/// What says nothing more than other attributes do, or is Taskwarrior's own bookkeeping.
const PASSED_OVER: [&str; 8] = [
    "id", "urgency", "modified", "mask", "imask", "parent", "rtype", "last",
];

/// A task with its attributes, of which those are taken out that have been looked at.
struct Given {
    line: u32,
    uuid: String,
    status: String,
    description: String,
    entry: Timestamp,
    attributes: Map<String, Value>,
}

pub(super) fn read(tasks: Vec<Value>, reading: &Reading<'_>) -> Result<Import, Vec<FieldError>> {
    check_number("document", tasks.len())?;
    let mut import = Import::of(Form::Taskwarrior);
    let mut errors = Vec::new();
    let mut given = Vec::with_capacity(tasks.len());
    for (line, task) in (1..).zip(tasks) {
        match identify(line, task) {
            Ok(task) => given.push(task),
            Err((field, message)) => errors.push(import.error(line, field, message)),
        }
        if errors.len() >= MOST_ERRORS {
            break;
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let carriers = carriers(&given);
    let mut ids: HashMap<String, TaskId> = given
        .iter()
        .filter(|task| task.status != "deleted")
        .map(|task| (task.uuid.clone(), task.id()))
        .collect();
    // What depends on a template depends on the task that stands for it here.
    for (template, carrier) in &carriers {
        if let Some(id) = ids.get(carrier).copied() {
            ids.insert(template.clone(), id);
        }
    }
    for task in given {
        match task.status.as_str() {
            "deleted" => import.say(task.line, LineOutcome::Skipped, "is deleted in Taskwarrior"),
            "recurring" if carriers.contains_key(&task.uuid) => {
                let because = "the template of a recurring task; its open instance that is due last carries the rule";
                import.say(task.line, LineOutcome::Merged, because);
            }
            _ => {
                let has_rule = task.status == "recurring"
                    || text(&task.attributes, "parent")
                        .is_some_and(|parent| carriers.get(parent) == Some(&task.uuid));
                let line = task.line;
                match draft(task, has_rule, &ids, reading) {
                    Some(draft) => import.tasks.push(draft),
                    None => import.say(
                        line,
                        LineOutcome::Skipped,
                        "has a description without a character that can be stored",
                    ),
                }
            }
        }
    }
    Ok(import)
}

/// Which of its open instances carries the rule of a template: both by their uuid.
fn carriers(given: &[Given]) -> HashMap<String, String> {
    let mut last: HashMap<String, (&str, &str)> = HashMap::new();
    for task in given
        .iter()
        .filter(|task| matches!(task.status.as_str(), "pending" | "waiting"))
    {
        let Some(parent) = text(&task.attributes, "parent") else {
            continue;
        };
        let due = text(&task.attributes, "due").unwrap_or_default();
        let known = last.entry(parent.to_owned()).or_insert((due, &task.uuid));
        if due > known.0 {
            *known = (due, &task.uuid);
        }
    }
    last.into_iter()
        .map(|(parent, (_, uuid))| (parent, uuid.to_owned()))
        .collect()
}

fn text<'a>(attributes: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    attributes.get(name)?.as_str()
}

/// What there is no task without.
fn identify(line: u32, task: Value) -> Result<Given, (&'static str, &'static str)> {
    let Value::Object(mut attributes) = task else {
        return Err((
            "uuid",
            "is missing: each element must be an object, as `task export` writes it",
        ));
    };
    let mut take = |name: &str| match attributes.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let uuid = take("uuid").filter(|uuid| TaskId::parse(uuid).is_some());
    let uuid = uuid.ok_or(("uuid", "must be a UUID"))?;
    let status = take("status").ok_or(("status", "is required"))?;
    if !["pending", "waiting", "recurring", "completed", "deleted"].contains(&status.as_str()) {
        return Err((
            "status",
            "must be pending, waiting, recurring, completed or deleted",
        ));
    }
    let description = take("description").filter(|text| !text.trim().is_empty());
    let description = description.ok_or(("description", "is required"))?;
    let entry = match take("entry") {
        Some(entry) => {
            instant(&entry).ok_or(("entry", "must be an instant such as 20261127T022348Z"))?
        }
        None => Timestamp::UNIX_EPOCH,
    };
    Ok(Given {
        line,
        uuid: uuid.to_ascii_lowercase(),
        status,
        description,
        entry,
        attributes,
    })
}

impl Given {
    fn id(&self) -> TaskId {
        derived_id(self.entry, &["taskwarrior", &self.uuid])
    }

    fn take(&mut self, name: &str) -> Option<String> {
        match self.attributes.get(name) {
            Some(Value::String(_)) => match self.attributes.remove(name) {
                Some(Value::String(text)) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// A date; one that cannot be read stays, and is reported with what is left.
    fn date(&mut self, name: &str, reading: &Reading<'_>) -> Option<When> {
        let at = instant(text(&self.attributes, name)?)?;
        self.attributes.remove(name);
        // A day there is the midnight that it begins with.
        let local = reading.zone.to_datetime(at);
        let text = if local.time() == jiff::civil::Time::midnight() {
            local.date().to_string()
        } else {
            rfc3339_millis(at).replace(".000Z", "Z")
        };
        When::parse(text).ok()
    }
}

/// The task; `None` when nothing says what is to be done.
fn draft(
    mut given: Given,
    carries_rule: bool,
    ids: &HashMap<String, TaskId>,
    reading: &Reading<'_>,
) -> Option<Draft> {
    let (mut notes, mut words) = (Vec::new(), Words::default());
    let title = words.title(&given.description, &mut notes)?;
    annotations(&mut given, &mut words, &mut notes);
    tags(&mut given, &mut words, &mut notes);
    let project = given
        .take("project")
        .and_then(|name| text::project(&name, &mut notes));
    let priority = priority(&mut given);
    let due_date = given.date("due", reading);
    let deadline = given.date("until", reading);
    let start_date = given.date("scheduled", reading);
    let snoozed_until = given.date("wait", reading);
    let started = given.take("start").is_some();
    let ended = given.take("end").and_then(|end| instant(&end));
    let (status, completed_at) = match given.status.as_str() {
        "completed" => (
            Status::Completed,
            Some(ended.unwrap_or(given.entry).min(reading.now)),
        ),
        _ if started => (Status::InProgress, None),
        _ => (Status::Pending, None),
    };
    let recurrence = recurrence(&mut given, carries_rule && due_date.is_some(), &mut notes);
    let depends_on = dependencies(&mut given, ids, &mut notes);
    let left = given
        .attributes
        .keys()
        .filter(|name| !PASSED_OVER.contains(&name.as_str()));
    for name in left {
        notes.push(format!(
            "its attribute {name} is not taken: MindFlow does not know it, or not its value"
        ));
    }
    let tags = std::mem::take(&mut words.tags);
    let id = given.id();
    Some(Draft {
        line: given.line,
        task: MovedTask {
            id,
            content: TaskContent {
                title,
                description: words.description(),
                status,
                priority,
                due_date,
                deadline,
                start_date,
                snoozed_until,
                effort_estimate_minutes: None,
                tags,
                project,
                preferred_time: None,
                recurrence,
                recurrence_from: RecurrenceFrom::Schedule,
                parent_id: None,
                depends_on,
            },
            recurrence_start: None,
            next_occurrence_id: None,
            not_now_at: None,
            completed_at,
            // A clock that is ahead there makes no task of the future here.
            created_at: given.entry.min(reading.now),
        },
        notes,
        is_only_new: false,
    })
}

/// `20261127T022348Z`.
fn instant(given: &str) -> Option<Timestamp> {
    let given = given.strip_suffix('Z')?;
    let at = DateTime::strptime("%Y%m%dT%H%M%S", given).ok()?;
    Offset::UTC.to_timestamp(at).ok().filter(|_| at.year() >= 1)
}

/// H is urgent and M important; L is below a task of which nothing is said.
fn priority(given: &mut Given) -> u8 {
    let priority = match text(&given.attributes, "priority") {
        Some("H") => 5,
        Some("M") => 4,
        Some("L") => 2,
        // Absent, empty, or of the user's own making: that one stays, and is reported.
        Some("") | None => 3,
        Some(_) => return 3,
    };
    given.attributes.remove("priority");
    priority
}

/// Each is a paragraph of the description, with its day.
fn annotations(given: &mut Given, words: &mut Words, notes: &mut Vec<String>) {
    let Some(Value::Array(annotations)) = given.attributes.remove("annotations") else {
        return;
    };
    for annotation in annotations {
        let part = |name: &str| annotation.get(name).and_then(Value::as_str);
        let Some(said) = part("description") else {
            notes.push("an annotation without a description is left out".to_owned());
            continue;
        };
        match part("entry").and_then(instant) {
            Some(at) => words.describe(&format!("{}: {said}", at.strftime("%Y-%m-%d")), notes),
            None => words.describe(said, notes),
        }
    }
}

fn tags(given: &mut Given, words: &mut Words, notes: &mut Vec<String>) {
    match given.attributes.remove("tags") {
        Some(Value::Array(tags)) => {
            for tag in tags.iter().filter_map(Value::as_str) {
                words.tag(tag, notes);
            }
        }
        // As older versions write them.
        Some(Value::String(tags)) => tags.split(',').for_each(|tag| words.tag(tag, notes)),
        _ => {}
    }
}

fn dependencies(
    given: &mut Given,
    ids: &HashMap<String, TaskId>,
    notes: &mut Vec<String>,
) -> Vec<TaskId> {
    /// Tasks that one may depend on.
    const MOST: usize = 50;
    let named: Vec<String> = match given.attributes.remove("depends") {
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(|name| Some(name.as_str()?.to_ascii_lowercase()))
            .collect(),
        Some(Value::String(names)) => names
            .split(',')
            .map(|name| name.trim().to_ascii_lowercase())
            .collect(),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for name in named {
        match ids.get(&name) {
            Some(id) if found.contains(id) => {}
            Some(id) if found.len() < MOST => found.push(*id),
            Some(_) => notes.push(format!(
                "it depends on more than {MOST} tasks; {name} is left out"
            )),
            None => notes.push(format!(
                "it depends on {name}, which is deleted or not in the document; left out"
            )),
        }
    }
    found
}

/// The rule of a period; of an instance that does not carry it, none.
fn recurrence(given: &mut Given, carries: bool, notes: &mut Vec<String>) -> Option<String> {
    let period = given.take("recur")?;
    if !carries {
        if given.status != "completed" {
            notes.push("one occurrence of a series whose rule another one carries".to_owned());
        }
        return None;
    }
    let rule = rule(&period);
    if rule.is_none() {
        notes.push(format!("its recurrence {period:?} is not taken: it is no number of days, weeks, months or years"));
    }
    rule
}

/// Taskwarrior's durations, as far as they are a number of days, weeks, months or years.
fn rule(period: &str) -> Option<String> {
    let every = |number: u32, unit: &str| {
        let interval = if number == 1 {
            String::new()
        } else {
            format!(";INTERVAL={number}")
        };
        (1..=10_000)
            .contains(&number)
            .then(|| format!("FREQ={unit}{interval}"))
    };
    let period = period.trim().to_ascii_lowercase();
    // ISO 8601, as later versions write them.
    if let Some(iso) = period.strip_prefix('p') {
        let (number, unit) = iso.split_at_checked(iso.len().checked_sub(1)?)?;
        let number = number.parse().ok()?;
        return match unit {
            "d" => every(number, "DAILY"),
            "w" => every(number, "WEEKLY"),
            "m" => every(number, "MONTHLY"),
            "y" => every(number, "YEARLY"),
            _ => None,
        };
    }
    let end = period
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(period.len());
    let (number, unit) = period.split_at(end);
    let number = if number.is_empty() {
        1
    } else {
        number.parse().ok()?
    };
    match unit {
        "d" | "day" | "days" | "daily" => every(number, "DAILY"),
        "weekdays" if number == 1 => Some("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR".to_owned()),
        "w" | "wk" | "wks" | "week" | "weeks" | "weekly" | "sennight" => every(number, "WEEKLY"),
        "biweekly" | "fortnight" => every(number.checked_mul(2)?, "WEEKLY"),
        "mo" | "mos" | "mth" | "mths" | "mnths" | "month" | "months" | "monthly" => {
            every(number, "MONTHLY")
        }
        "bimonthly" => every(number.checked_mul(2)?, "MONTHLY"),
        "q" | "qtr" | "qtrs" | "qrtr" | "qrtrs" | "quarter" | "quarters" | "quarterly" => {
            every(number.checked_mul(3)?, "MONTHLY")
        }
        "semiannual" => every(number.checked_mul(6)?, "MONTHLY"),
        "y" | "yr" | "yrs" | "year" | "years" | "yearly" | "annual" => every(number, "YEARLY"),
        "biannual" | "biyearly" => every(number.checked_mul(2)?, "YEARLY"),
        _ => None,
    }
}
