use jiff::civil::date;
use jiff::tz::{TimeZone, db};
use serde_json::{Value, json};
use shared_types::transfer::Source;

use super::*;

const TODOIST: &str = include_str!("../../../tests/fixtures/todoist.csv");
const TASKWARRIOR: &str = include_str!("../../../tests/fixtures/taskwarrior.json");

fn berlin() -> TimeZone {
    db().get("Europe/Berlin").unwrap()
}

/// A Friday at 10:00 in Berlin.
fn now() -> Timestamp {
    date(2026, 11, 27)
        .at(10, 0, 0, 0)
        .to_zoned(berlin())
        .unwrap()
        .timestamp()
}

fn reading<T>(work: impl FnOnce(&Reading<'_>) -> T) -> T {
    work(&Reading {
        zone: &berlin(),
        now: now(),
    })
}

fn todoist(csv: &str) -> Import {
    reading(|reading| {
        let source = Source::TodoistCsv {
            csv: csv.to_owned(),
            project: Some("Offers".to_owned()),
        };
        read(source, reading).unwrap()
    })
}

fn taskwarrior(tasks: Value) -> Result<Import, Vec<FieldError>> {
    let Value::Array(tasks) = tasks else {
        panic!("no array")
    };
    reading(|reading| read(Source::Taskwarrior(tasks), reading))
}

fn document(tasks: &Value) -> Result<Import, Vec<FieldError>> {
    let document = json!({"format": "mindflow", "format_version": 1, "tasks": tasks});
    reading(|reading| read(Source::Mindflow(document), reading))
}

/// The task of a line, but for its id, and what is said of the line.
fn line(import: &Import, line: u32) -> (Value, String) {
    let draft = import
        .tasks
        .iter()
        .find(|draft| draft.line == line)
        .unwrap();
    let mut task = serde_json::to_value(&draft.task).unwrap();
    let given = task.as_object_mut().unwrap();
    given.retain(|name, value| {
        !value.is_null()
            && !matches!(
                name.as_str(),
                "id" | "created_at" | "parent_id" | "status" | "recurrence_from"
            )
            && *value != json!([])
    });
    (task, draft.notes.join("; "))
}

/// What is said of the lines that are no task.
fn said(import: &Import) -> Vec<(u32, LineOutcome, &str)> {
    let lines = import.lines.iter();
    lines
        .map(|line| (line.line, line.outcome, line.because.as_deref().unwrap()))
        .collect()
}

fn refusals(result: Result<Import, Vec<FieldError>>) -> Vec<String> {
    let errors = result.unwrap_err().into_iter();
    errors
        .map(|error| format!("{} {}", error.field, error.message))
        .collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of what each line gives")]
fn a_todoist_project_comes_in_whole() {
    let import = todoist(TODOIST);
    for (number, task, notes) in [
        (
            3,
            json!({
                "title": "Send the offer", "description": "Version signed by both, as PDF", "priority": 5,
                "due_date": "2026-12-04", "deadline": "2026-12-11", "effort_estimate_minutes": 90, "tags": ["work", "calls"],
                "project": "Offers"
            }),
            "",
        ),
        (
            4,
            json!({
                "title": "Collect the prices", "priority": 4, "due_date": "2026-11-28T09:00", "project": "Offers",
                "description": "From the list of October,\nnot of September"
            }),
            "",
        ),
        (
            7,
            json!({"title": "Ask Grace", "priority": 2, "project": "Offers"}),
            "who is responsible for it is not taken: MindFlow's tasks are one person's",
        ),
        (
            10,
            json!({
                "title": "Water the plants", "priority": 2, "due_date": "2026-11-27", "recurrence": "FREQ=WEEKLY;BYDAY=FR",
                "recurrence_start": "2026-11-27", "effort_estimate_minutes": 30, "tags": ["Garden"], "project": "Offers"
            }),
            "",
        ),
        (
            11,
            json!({
                "title": "Mow the lawn", "priority": 3, "due_date": "2026-11-27", "recurrence": "FREQ=WEEKLY;INTERVAL=2",
                "recurrence_start": "2026-11-27", "tags": ["Garden"], "project": "Offers"
            }),
            "",
        ),
        (
            12,
            json!({
                "title": "Call the \"tree\" man", "priority": 2, "description": "Date: jeden dritten Mond", "tags": ["Garden"],
                "project": "Offers"
            }),
            "its DATE \"jeden dritten Mond\" is not understood; it is in the description",
        ),
        (
            13,
            json!({
                "title": "Stand-up", "priority": 2, "due_date": "2026-11-27T09:30-05:00",
                "recurrence": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "recurrence_start": "2026-11-27T09:30-05:00",
                "effort_estimate_minutes": 15, "tags": ["Garden"], "project": "Offers"
            }),
            "",
        ),
        (
            14,
            json!({"title": "Heading", "priority": 2, "tags": ["Garden"], "project": "Offers"}),
            "",
        ),
        (
            17,
            json!({
                "title": "Rest", "priority": 3, "description": "Deadline: someday", "tags": ["Garden"], "project": "Offers"
            }),
            "its PRIORITY is \"7\", and not 1 to 4; taken as 3; it is indented deeper than a subtask of the task above; taken \
            as that; its DEADLINE \"someday\" is not understood; it is in the description; its DURATION of \"20\" \"day\" is \
            not taken: an estimate is 1 to 10,080 minutes",
        ),
    ] {
        let (given, said) = line(&import, number);
        assert_eq!(given, task, "{number}");
        let mut said: Vec<&str> = said.split("; ").collect();
        let mut notes: Vec<&str> = notes.split("; ").collect();
        said.sort_unstable();
        notes.sort_unstable();
        assert_eq!(said, notes, "{number}");
    }
    assert_eq!(import.tasks.len(), 9);
    let id = |line: u32| {
        import
            .tasks
            .iter()
            .find(|draft| draft.line == line)
            .unwrap()
            .task
            .id
    };
    let parent = |line: u32| {
        import
            .tasks
            .iter()
            .find(|draft| draft.line == line)
            .unwrap()
            .task
            .content
            .parent_id
    };
    assert_eq!(
        [parent(3), parent(4), parent(7), parent(10)],
        [None, Some(id(3)), Some(id(4)), None]
    );
    assert_eq!(parent(17), Some(id(14)));
    assert_eq!(
        import.tasks[4].task.content.recurrence_from,
        shared_types::task::RecurrenceFrom::Completion
    );
    assert_eq!(
        said(&import),
        [
            (
                1,
                LineOutcome::Noted,
                "not looked at: IS_COLLAPSED, AUTHOR, DATE_LANG, DEADLINE_LANG"
            ),
            (
                2,
                LineOutcome::Noted,
                "says how Todoist shows the project; not taken"
            ),
            (
                5,
                LineOutcome::Merged,
                "a comment; part of the description of the task on line 4"
            ),
            (
                9,
                LineOutcome::Merged,
                "the section \"Garden\" is a tag of its tasks: MindFlow has no sections"
            ),
            (15, LineOutcome::Skipped, "a task without CONTENT"),
            (
                16,
                LineOutcome::Skipped,
                "its TYPE is \"habit\", and not task, section or note"
            ),
        ]
    );
}

#[test]
fn the_same_row_of_todoist_is_the_same_task_each_time_and_two_alike_are_two() {
    let csv = "TYPE,CONTENT\ntask,Call\ntask,Call\nsection,Later\ntask,Call\n";
    let ids = |csv: &str| -> Vec<TaskId> {
        todoist(csv)
            .tasks
            .iter()
            .map(|draft| draft.task.id)
            .collect()
    };
    let (first, again) = (ids(csv), ids(csv));
    assert_eq!(first, again);
    assert_eq!(first.iter().collect::<HashSet<_>>().len(), 3);
    assert!(
        first
            .iter()
            .all(|id| TaskId::parse_v7(&id.to_string()).is_some())
    );
}

#[test]
fn what_is_no_export_of_todoist_is_refused() {
    let refused = |csv: &str| {
        let source = Source::TodoistCsv {
            csv: csv.to_owned(),
            project: None,
        };
        refusals(reading(|reading| read(source, reading)))
    };
    assert_eq!(refused(""), ["csv is empty: give the text of the file"]);
    assert_eq!(
        refused("Title,Due\nA,B\n"),
        ["csv is no export of Todoist: its first line must name the columns TYPE and CONTENT"]
    );
    let many = format!("TYPE,CONTENT\n{}", "task,Call\n".repeat(MAX_TASKS + 1));
    assert_eq!(
        refused(&many),
        ["csv must have at most 10000 tasks, not 10001: split it into several imports"]
    );
}

#[test]
fn long_texts_of_todoist_lose_nothing() {
    let long = "x".repeat(300);
    let import = todoist(&format!(
        "TYPE,CONTENT,DESCRIPTION\ntask,{long} @{long},Below\n"
    ));
    let (task, notes) = line(&import, 2);
    assert_eq!(task["title"].as_str().unwrap().chars().count(), 256);
    assert_eq!(task["description"], format!("{long}\n\nBelow"));
    assert_eq!(task["tags"][0].as_str().unwrap().len(), 50);
    assert!(
        notes.starts_with("its text is longer than a title may be")
            && notes.contains("its tag \"xxx"),
        "{notes}"
    );
}

#[test]
fn tasks_of_taskwarrior_come_in_whole() {
    let import = taskwarrior(serde_json::from_str(TASKWARRIOR).unwrap()).unwrap();
    let by_title = |title: &str| {
        let draft = import
            .tasks
            .iter()
            .find(|draft| draft.task.content.title == title)
            .unwrap();
        (&draft.task, line(&import, draft.line))
    };
    let (report, (given, notes)) = by_title("Write the quarterly report");
    assert_eq!(
        given,
        json!({
            "title": "Write the quarterly report", "priority": 5, "due_date": "2026-12-04T16:00:00Z",
            "project": "work.reports", "tags": ["urgent", "writing"], "depends_on": report.content.depends_on
        })
    );
    assert_eq!(notes, "");
    assert_eq!(report.created_at, "2026-11-27T02:23:48Z".parse().unwrap());
    let (figures, (given, notes)) = by_title("Collect the figures");
    assert_eq!(report.content.depends_on, [figures.id]);
    assert_eq!(
        given,
        json!({
            "title": "Collect the figures", "priority": 4, "due_date": "2026-12-01", "start_date": "2026-11-29",
            "snoozed_until": "2026-11-28", "project": "work.reports",
            "description": "2026-11-27: Ask Ümit for the spreadsheet; see https://example.org/a,b?c=d"
        })
    );
    assert_eq!(notes, "");
    for (title, rule, due) in [
        ("Water the plants", "FREQ=WEEKLY", "2026-11-30"),
        ("Pay the rent", "FREQ=MONTHLY", "2026-12-01T08:00:00Z"),
        (
            "Stand-up notes",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            "2026-11-30T08:30:00Z",
        ),
    ] {
        let (_, (given, notes)) = by_title(title);
        assert_eq!(
            (&given["recurrence"], &given["due_date"], notes.as_str()),
            (&json!(rule), &json!(due), ""),
            "{title}"
        );
    }
    assert_eq!(by_title("Pay the rent").1.0["deadline"], "2027-12-31");
    let (_, (_, notes)) = by_title("Emoji 🎉 and \"quotes\", commas; and backslash");
    assert_eq!(
        notes,
        "its attribute estimate is not taken: MindFlow does not know it, or not its value"
    );
    let (passport, _) = by_title("Renew the passport");
    assert_eq!(
        passport.completed_at,
        Some("2026-11-27T02:24:06Z".parse().unwrap())
    );
    assert_eq!(
        by_title("Waits for what was done").0.content.depends_on,
        [passport.id]
    );
    assert_eq!(
        by_title("Started one").0.content.status,
        shared_types::task::Status::InProgress
    );
    let merged = said(&import)
        .into_iter()
        .filter(|(_, outcome, _)| *outcome == LineOutcome::Merged)
        .count();
    let skipped: Vec<_> = said(&import)
        .into_iter()
        .filter(|(_, outcome, _)| *outcome == LineOutcome::Skipped)
        .collect();
    assert_eq!(merged, 3);
    assert_eq!(
        skipped,
        [(15, LineOutcome::Skipped, "is deleted in Taskwarrior")]
    );
    // Its only instance is completed, so the template goes on.
    let bins: Vec<_> = import
        .tasks
        .iter()
        .filter(|draft| draft.task.content.title == "Take out the bins")
        .collect();
    let rules: Vec<_> = bins
        .iter()
        .map(|draft| draft.task.content.recurrence.as_deref())
        .collect();
    assert_eq!(rules, [Some("FREQ=WEEKLY;INTERVAL=2"), None]);
    assert_eq!(import.tasks.len(), 11);
}

#[test]
fn older_dialects_of_taskwarrior_are_read_and_unknown_ones_reported() {
    let uuid = |digit: char| format!("0000000{digit}-0000-4000-8000-000000000000");
    let import = taskwarrior(json!([
        {"uuid": uuid('1'), "description": "A", "status": "waiting", "wait": "20270101T000000Z", "tags": "x,y",
            "depends": format!("{},{}", uuid('2'), uuid('9'))},
        {"uuid": uuid('2'), "description": "B", "status": "pending", "entry": "20261101T000000Z", "priority": "X",
            "due": "soon", "recur": "weekly", "com.example.uda": 3},
    ])).unwrap();
    let (a, notes) = line(&import, 1);
    assert_eq!(a["tags"], json!(["x", "y"]));
    assert_eq!(a["snoozed_until"], "2027-01-01T00:00:00Z");
    assert_eq!(a["depends_on"], json!([import.tasks[1].task.id]));
    assert_eq!(
        notes,
        format!(
            "it depends on {}, which is deleted or not in the document; left out",
            uuid('9')
        )
    );
    let (b, notes) = line(&import, 2);
    assert_eq!(b, json!({"title": "B", "priority": 3}));
    for name in ["priority", "due", "com.example.uda"] {
        assert!(
            notes.contains(&format!("its attribute {name} is not taken")),
            "{notes}"
        );
    }
}

#[test]
fn what_is_no_task_of_taskwarrior_is_refused_by_its_place() {
    let uuid = "00000001-0000-4000-8000-000000000000";
    let good =
        json!({"uuid": uuid, "description": "A", "status": "pending", "entry": "20261101T000000Z"});
    let with = |name: &str, value: Value| {
        let mut task = good.clone();
        task[name] = value;
        refusals(taskwarrior(json!([good, task]))).remove(0)
    };
    assert!(with("uuid", json!("x")).starts_with("document[1].uuid must be a UUID"));
    assert!(with("status", json!("open")).starts_with("document[1].status must be"));
    assert!(with("description", json!(" ")).starts_with("document[1].description is required"));
    assert!(with("entry", json!("2026-11-01")).starts_with("document[1].entry must be"));
    assert!(with("urgency", json!(1)).starts_with("document[1].id is that of another task"));
    assert!(refusals(taskwarrior(json!([3])))[0].starts_with("document[0].uuid is missing"));
}

fn task(digit: char, more: &Value) -> Value {
    let mut task = json!({
        "id": format!("0198c5a0-0000-7000-8000-00000000000{digit}"), "title": "Task", "created_at": "2026-11-01T00:00:00.000Z"
    });
    for (name, value) in more.as_object().unwrap() {
        task[name] = value.clone();
    }
    task
}

#[test]
fn a_document_is_refused_by_place_and_as_a_whole() {
    assert_eq!(
        refusals(document(&json!([
            task('a', &json!({})),
            task('b', &json!({"priority": 9, "status": "blocked", "x": 1}))
        ]))),
        [
            "document.tasks[1].status is derived; to block a task by another, set depends_on",
            "document.tasks[1].priority must be between 1 and 5",
            "document.tasks[1].x is not a known field; leave it out"
        ]
    );
    assert!(
        refusals(document(&json!([
            task('a', &json!({})),
            task('a', &json!({}))
        ])))[0]
            .starts_with("document.tasks[1].id is that of another task")
    );
    assert!(
        refusals(document(&json!([task(
            'a',
            &json!({"created_at": "2027-01-01T00:00:00Z"})
        )])))[0]
            .starts_with("document.tasks[0].created_at is yet to come")
    );
    assert!(
        refusals(document(&json!([task(
            'a',
            &json!({"recurrence": "FREQ=DAILY"})
        )])))[0]
            .starts_with("document.tasks[0].recurrence needs a date")
    );
    assert!(
        refusals(document(&json!([task(
            'a',
            &json!({"recurrence": "FREQ=SOMETIMES", "due_date": "2026-11-30"})
        )])))[0]
            .starts_with("document.tasks[0].recurrence has an unknown FREQ")
    );
    assert!(
        refusals(document(&json!([task(
            'a',
            &json!({"recurrence_start": "2026-11-30"})
        )])))[0]
            .starts_with("document.tasks[0].recurrence_start belongs")
    );
    let read =
        |document: Value| refusals(reading(|reading| read(Source::Mindflow(document), reading)));
    assert_eq!(
        read(json!({"format": "other", "format_version": 2, "more": 1})),
        [
            "document.format must be mindflow: this is no export of MindFlow",
            "document.format_version must be at most 1: this was exported by a newer release",
            "document.tasks is required",
            "document.more is not a known field; leave it out"
        ]
    );
    let many = vec![json!({}); MAX_TASKS + 1];
    assert!(
        refusals(document(&json!(many)))[0]
            .starts_with("document.tasks must have at most 10000 tasks, not 10001")
    );
    let wrong = vec![json!({}); MAX_TASKS];
    assert!(refusals(document(&json!(wrong))).len() <= MOST_ERRORS + 3);
}

fn links(import: &Import, others: &[(TaskId, Links)], present: &[TaskId]) -> Vec<String> {
    let others = others.iter().cloned().collect();
    let errors = check_links(import, &present.iter().copied().collect(), others).into_iter();
    errors.map(|error| error.field).collect()
}

#[test]
fn a_link_leads_to_a_task_and_no_chain_leads_back() {
    let id = |digit: char| {
        TaskId::parse(&format!("0198c5a0-0000-7000-8000-00000000000{digit}")).unwrap()
    };
    let depends = |on: char| json!({"depends_on": [id(on)]});
    let below = |parent: char| json!({"parent_id": id(parent)});
    let import = |tasks: Value| document(&tasks).unwrap();
    let chain = import(json!([
        task('a', &depends('b')),
        task('b', &depends('c')),
        task('c', &json!({}))
    ]));
    assert_eq!(links(&chain, &[], &[]), Vec::<String>::new());
    let missing = import(json!([task('a', &depends('b')), task('c', &below('d'))]));
    assert_eq!(
        links(&missing, &[], &[]),
        [
            "document.tasks[0].depends_on",
            "document.tasks[1].parent_id"
        ]
    );
    assert_eq!(
        links(&missing, &[], &[id('b'), id('d')]),
        Vec::<String>::new()
    );
    let own = import(json!([task('a', &depends('a'))]));
    assert_eq!(links(&own, &[], &[]), ["document.tasks[0].depends_on"]);
    // A parent waits for its subtask.
    let both = import(json!(
        [
            task('a', &below('b')),
            task('b', &json!({})),
            task('c', &depends('b')),
            task('a', &json!({}))
        ][..3]
    ));
    assert_eq!(links(&both, &[], &[]), Vec::<String>::new());
    let both = import(json!([
        task('a', &json!({"parent_id": id('b'), "depends_on": [id('c')]})),
        task('b', &json!({})),
        task('c', &depends('b'))
    ]));
    assert_eq!(links(&both, &[], &[]).len(), 3);
    // Over a task that is there already, unless what comes in writes over it.
    let outside = (
        id('b'),
        Links {
            parent: None,
            depends_on: vec![id('a')],
        },
    );
    let through = import(json!([task('a', &depends('b'))]));
    assert_eq!(
        links(&through, std::slice::from_ref(&outside), &[id('b')]),
        ["document.tasks[0].depends_on"]
    );
    let over = import(json!([task('a', &depends('b')), task('b', &json!({}))]));
    assert_eq!(links(&over, &[outside], &[id('b')]), Vec::<String>::new());
}

#[test]
fn a_cycle_among_ten_thousand_tasks_is_found() {
    let id = |number: usize| format!("0198c5a0-0000-7000-8000-{number:012}");
    let tasks: Vec<Value> = (0..MAX_TASKS)
        .map(|number| {
            json!({
                "id": id(number), "title": "Task", "created_at": "2026-11-01T00:00:00Z",
                "depends_on": [id((number + 1) % MAX_TASKS)]
            })
        })
        .collect();
    let import = document(&json!(tasks)).unwrap();
    assert_eq!(links(&import, &[], &[]).len(), MOST_ERRORS);
}

#[test]
fn a_comment_of_a_row_that_is_no_task_goes_to_no_other_task() {
    let import = todoist("TYPE,CONTENT\ntask,Call @home\ntask,\nnote,Whose?\nnote,And?\n");
    assert_eq!(
        line(&import, 2).0,
        json!({"title": "Call", "priority": 3, "project": "Offers", "tags": ["home"]})
    );
    let comment = (LineOutcome::Skipped, "a comment without a task before it");
    assert_eq!(
        said(&import),
        [
            (3, LineOutcome::Skipped, "a task without CONTENT"),
            (4, comment.0, comment.1),
            (5, comment.0, comment.1)
        ]
    );
}
