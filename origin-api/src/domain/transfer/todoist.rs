//! A project of Todoist's, as its export as a template writes it: CSV with a row for each section, task and comment.

mod cells;

use csv::{ReaderBuilder, StringRecord};
use jiff::civil::Date;
use jiff::tz::{self, TimeZone};
use shared_types::id::TaskId;
use shared_types::task::{RecurrenceFrom, Status, TaskContent};
use shared_types::time::When;
use shared_types::transfer::{LineOutcome, MAX_TASKS, MovedTask};
use shared_types::validate::FieldError;
use std::collections::HashMap;

use self::cells::{effort, priority, without_labels};
use super::spoken::{self, Spoken};
use super::text::Words;
use super::{Draft, Form, Import, Reading, check_number, derived_id, text};

/// The columns whose cells are looked at, in the order of [`Row`].
const COLUMNS: [&str; 11] = [
    "TYPE",
    "CONTENT",
    "DESCRIPTION",
    "PRIORITY",
    "INDENT",
    "RESPONSIBLE",
    "DATE",
    "TIMEZONE",
    "DURATION",
    "DURATION_UNIT",
    "DEADLINE",
];

/// The columns that say nothing about a task as MindFlow knows it.
const PASSED_OVER: [&str; 6] = [
    "AUTHOR",
    "DATE_LANG",
    "DEADLINE_LANG",
    "IS_COLLAPSED",
    "META",
    "",
];

/// Comments and sections belong to what came before, so they are put together first.
struct Rows<'a> {
    import: Import,
    reading: &'a Reading<'a>,
    project: Option<String>,
    section: Option<String>,
    /// The ids of the task that a subtask of each depth would belong to.
    parents: Vec<TaskId>,
    /// How often a task of this name was there in its place.
    seen: HashMap<TaskId, u32>,
    /// Comments of the last task.
    comments: Vec<String>,
    /// What the last task says besides its title, until it is known to be all.
    words: Option<Words>,
}

/// The cells of a row, by the place of their column in [`COLUMNS`].
struct Row<'a> {
    record: &'a StringRecord,
    places: &'a [Option<usize>; COLUMNS.len()],
}

impl Row<'_> {
    fn cell(&self, name: &str) -> &str {
        let column = COLUMNS.iter().position(|column| *column == name);
        let place = column.and_then(|column| self.places[column]);
        place
            .and_then(|place| self.record.get(place))
            .unwrap_or_default()
            .trim()
    }
}

pub(super) fn read(
    csv: &str,
    project: Option<&str>,
    reading: &Reading<'_>,
) -> Result<Import, Vec<FieldError>> {
    // Behind `\r` the reader would name the line before.
    let csv = csv
        .strip_prefix('\u{feff}')
        .unwrap_or(csv)
        .replace("\r\n", "\n");
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(csv.as_bytes());
    let mut records = reader.records();
    let refuse = |message: &str| {
        vec![FieldError {
            field: "csv".to_owned(),
            message: message.to_owned(),
        }]
    };
    let Some(Ok(header)) = records.next() else {
        return Err(refuse("is empty: give the text of the file"));
    };
    let places = COLUMNS.map(|name| {
        header
            .iter()
            .position(|cell| cell.trim().eq_ignore_ascii_case(name))
    });
    if places[0].is_none() || places[1].is_none() {
        return Err(refuse(
            "is no export of Todoist: its first line must name the columns TYPE and CONTENT",
        ));
    }
    let mut rows = Rows {
        import: Import::of(Form::Csv),
        reading,
        project: project.map(ToOwned::to_owned),
        section: None,
        parents: Vec::new(),
        seen: HashMap::new(),
        comments: Vec::new(),
        words: None,
    };
    rows.say_what_is_not_looked_at(&header);
    for record in records {
        let Ok(record) = record else {
            return Err(refuse("cannot be read as CSV"));
        };
        let line = record.position().map_or(0, |position| {
            u32::try_from(position.line()).unwrap_or(u32::MAX)
        });
        rows.take(
            line,
            &Row {
                record: &record,
                places: &places,
            },
        );
        if rows.import.tasks.len() > MAX_TASKS {
            check_number(
                "csv",
                csv.lines()
                    .filter(|line| line.starts_with("task,"))
                    .count()
                    .max(MAX_TASKS + 1),
            )?;
        }
    }
    rows.end_task();
    Ok(rows.import)
}

impl Rows<'_> {
    fn say_what_is_not_looked_at(&mut self, header: &StringRecord) {
        let is_known = |name: &str| {
            COLUMNS
                .iter()
                .any(|column| column.eq_ignore_ascii_case(name))
        };
        let names = header.iter().map(str::trim);
        let left: Vec<&str> = names
            .filter(|name| !is_known(name) && !name.is_empty())
            .collect();
        if left.is_empty() {
            return;
        }
        let is_view = |name: &&&str| {
            PASSED_OVER
                .iter()
                .any(|passed| passed.eq_ignore_ascii_case(name))
                || name.contains('=')
        };
        let unknown: Vec<&str> = left.iter().filter(|name| !is_view(name)).copied().collect();
        let mut because = format!("not looked at: {}", left.join(", "));
        if !unknown.is_empty() {
            because = format!(
                "{because}; of these, MindFlow does not know {}",
                unknown.join(", ")
            );
        }
        self.import.say(1, LineOutcome::Noted, because);
    }

    fn take(&mut self, line: u32, row: &Row<'_>) {
        let content = row.cell("CONTENT");
        match row.cell("TYPE").to_ascii_lowercase().as_str() {
            "task" => self.take_task(line, content, row),
            "note" => self.take_comment(line, content),
            "section" => {
                self.end_task();
                self.parents.clear();
                self.section = (!content.is_empty()).then(|| content.to_owned());
                let because = format!(
                    "the section {content:?} is a tag of its tasks: MindFlow has no sections"
                );
                self.import.say(line, LineOutcome::Merged, because);
            }
            "meta" => self.import.say(
                line,
                LineOutcome::Noted,
                "says how Todoist shows the project; not taken",
            ),
            "" if row.record.iter().all(|cell| cell.trim().is_empty()) => {}
            other => {
                let because = format!("its TYPE is {other:?}, and not task, section or note");
                self.import.say(line, LineOutcome::Skipped, because);
            }
        }
    }

    fn take_comment(&mut self, line: u32, content: &str) {
        let task = self.import.tasks.last().filter(|_| self.words.is_some());
        let Some(task) = task else {
            let because = "a comment without a task before it";
            return self.import.say(line, LineOutcome::Skipped, because);
        };
        let because = format!(
            "a comment; part of the description of the task on line {}",
            task.line
        );
        self.comments.push(content.to_owned());
        self.import.say(line, LineOutcome::Merged, because);
    }

    /// Gives the last task its description, comments and all.
    fn end_task(&mut self) {
        let Some((mut words, draft)) = self.words.take().zip(self.import.tasks.last_mut()) else {
            return;
        };
        for comment in self.comments.drain(..) {
            words.describe(&comment, &mut draft.notes);
        }
        draft.task.content.tags = std::mem::take(&mut words.tags);
        if let Some(description) = words.description() {
            draft.task.content.description = Some(description);
        }
    }

    fn take_task(&mut self, line: u32, content: &str, row: &Row<'_>) {
        self.end_task();
        let mut notes = Vec::new();
        let mut words = Words::default();
        let (content, labels) = without_labels(content);
        let content = content.strip_prefix("* ").unwrap_or(content);
        let Some(title) = words.title(content, &mut notes) else {
            return self
                .import
                .say(line, LineOutcome::Skipped, "a task without CONTENT");
        };
        words.describe(row.cell("DESCRIPTION"), &mut notes);
        for label in labels.into_iter().chain(self.section.clone()) {
            words.tag(&label, &mut notes);
        }
        if !row.cell("RESPONSIBLE").is_empty() {
            notes.push(
                "who is responsible for it is not taken: MindFlow's tasks are one person's"
                    .to_owned(),
            );
        }
        let project = self
            .project
            .as_deref()
            .and_then(|name| text::project(name, &mut notes));
        let parent_id = self.parent(row.cell("INDENT"), &mut notes);
        let id = self.id(&title, parent_id);
        let due = self.date(row, &mut words, &mut notes);
        let deadline = self.deadline(row.cell("DEADLINE"), &mut words, &mut notes);
        let (due_date, recurrence, recurrence_from) =
            due.unwrap_or((None, None, RecurrenceFrom::Schedule));
        let content = TaskContent {
            title,
            description: None,
            status: Status::Pending,
            priority: priority(row.cell("PRIORITY"), &mut notes),
            due_date,
            deadline,
            start_date: None,
            snoozed_until: None,
            effort_estimate_minutes: effort(
                row.cell("DURATION"),
                row.cell("DURATION_UNIT"),
                &mut notes,
            ),
            tags: Vec::new(),
            project,
            preferred_time: None,
            recurrence,
            recurrence_from,
            parent_id,
            depends_on: Vec::new(),
        };
        self.parents.push(id);
        self.words = Some(words);
        self.import.tasks.push(Draft {
            line,
            task: MovedTask {
                id,
                content,
                recurrence_start: None,
                next_occurrence_id: None,
                not_now_at: None,
                completed_at: None,
                created_at: self.reading.now,
            },
            notes,
            is_only_new: true,
        });
    }

    /// The task that one of this indentation is a subtask of; `parents` ends with it then.
    fn parent(&mut self, indent: &str, notes: &mut Vec<String>) -> Option<TaskId> {
        let depth = match indent.parse::<usize>() {
            Ok(depth) if depth >= 1 => depth,
            _ => {
                if !indent.is_empty() {
                    notes.push(format!(
                        "its INDENT is {indent:?}, which is none; taken as 1"
                    ));
                }
                1
            }
        };
        if depth > self.parents.len() + 1 {
            notes.push(
                "it is indented deeper than a subtask of the task above; taken as that".to_owned(),
            );
        }
        self.parents.truncate(depth - 1);
        self.parents.last().copied()
    }

    /// The same id for the same task in the same place, each time that the project is imported.
    fn id(&mut self, title: &str, parent: Option<TaskId>) -> TaskId {
        let parent = parent.map(|id| id.to_string()).unwrap_or_default();
        let (project, section) = (
            self.project.clone().unwrap_or_default(),
            self.section.clone().unwrap_or_default(),
        );
        let id = |number: &str| {
            let name = ["todoist", &project, &section, &parent, title, number];
            derived_id(jiff::Timestamp::UNIX_EPOCH, &name)
        };
        let number = self.seen.entry(id("")).or_default();
        *number += 1;
        id(&number.to_string())
    }

    /// The date of a row: with a rule where it recurs. What is not understood goes into the description.
    fn date(
        &self,
        row: &Row<'_>,
        words: &mut Words,
        notes: &mut Vec<String>,
    ) -> Option<(Option<When>, Option<String>, RecurrenceFrom)> {
        let given = row.cell("DATE");
        if given.is_empty() {
            return None;
        }
        if let Ok(when) = When::parse(given.to_owned()) {
            return Some((Some(when), None, RecurrenceFrom::Schedule));
        }
        let zone_name = row.cell("TIMEZONE");
        let own = match tz::db().get(zone_name) {
            Ok(zone) => zone,
            Err(_) => self.reading.zone.clone(),
        };
        let today = own.to_datetime(self.reading.now).date();
        let spoken =
            spoken::read(given, today).and_then(|spoken| Some((self.when(&spoken, &own)?, spoken)));
        let Some((when, spoken)) = spoken else {
            notes.push(format!(
                "its DATE {given:?} is not understood; it is in the description"
            ));
            words.describe(&format!("Date: {given}"), notes);
            return None;
        };
        let from = if spoken.from_completion {
            RecurrenceFrom::Completion
        } else {
            RecurrenceFrom::Schedule
        };
        Some((Some(when), spoken.rule, from))
    }

    /// A day, a time on the user's clock, or, where the row's clock is another, an instant.
    fn when(&self, spoken: &Spoken, own: &TimeZone) -> Option<When> {
        let Some(time) = spoken.time else {
            return When::parse(spoken.day.to_string()).ok();
        };
        let local = spoken.day.to_datetime(time);
        let text = if own.iana_name() == self.reading.zone.iana_name() {
            local.strftime("%Y-%m-%dT%H:%M").to_string()
        } else {
            let zoned = own.to_zoned(local).ok()?;
            zoned.strftime("%Y-%m-%dT%H:%M%:z").to_string()
        };
        When::parse(text).ok()
    }

    fn deadline(&self, given: &str, words: &mut Words, notes: &mut Vec<String>) -> Option<When> {
        if given.is_empty() {
            return None;
        }
        if let Ok(when) = When::parse(given.to_owned()) {
            return Some(when);
        }
        let today: Date = self.reading.zone.to_datetime(self.reading.now).date();
        let spoken = spoken::read(given, today).filter(|spoken| spoken.rule.is_none());
        let when = spoken.and_then(|spoken| self.when(&spoken, self.reading.zone));
        if when.is_none() {
            notes.push(format!(
                "its DEADLINE {given:?} is not understood; it is in the description"
            ));
            words.describe(&format!("Deadline: {given}"), notes);
        }
        when
    }
}
