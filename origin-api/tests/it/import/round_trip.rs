//! Export → import → export is the same document, whatever it holds.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::{PATH, counts, id};
use crate::support::TestApp;

/// Documents to try.
const CASES: usize = 24;

fn text(most: usize) -> impl Strategy<Value = String> {
    // Also what JSON, CSV and SQL would have to escape.
    proptest::collection::vec(
        prop_oneof![
            select(vec![
                '"',
                '\\',
                ',',
                '\n',
                '\'',
                '\u{1f331}',
                'ß',
                '\u{7}',
                ' '
            ]),
            any::<char>()
        ],
        1..most,
    )
    .prop_map(|characters| {
        characters
            .into_iter()
            .filter(|c| *c != '\0')
            .collect::<String>()
    })
    .prop_filter("blank", |text| !text.trim().is_empty())
    .prop_map(|text| text.trim().to_owned())
}

fn date() -> impl Strategy<Value = String> {
    let zone = select(vec!["Z", "+05:30", "-08:00", ".25Z", ":15"]);
    (2020..2035_u16, 1..13_u8, 1..29_u8, 0..24_u8, 0..3_u8, zone).prop_map(
        |(year, month, day, hour, form, zone)| {
            let day = format!("{year}-{month:02}-{day:02}");
            match form {
                0 => day,
                1 => format!("{day}T{hour:02}:30"),
                _ if zone.starts_with('.') => format!("{day}T{hour:02}:30:00{zone}"),
                _ => format!("{day}T{hour:02}:30{zone}"),
            }
        },
    )
}

fn maybe<T: Strategy<Value = V> + 'static, V: Into<Value> + std::fmt::Debug + 'static>(
    of: T,
) -> BoxedStrategy<Value> {
    prop_oneof![Just(Value::Null), of.prop_map(Into::into)].boxed()
}

/// A task, with links to tasks before it, so that none waits for itself.
fn task() -> impl Strategy<Value = (Value, Vec<Index>, Option<Index>)> {
    let texts = (
        text(40),
        maybe(text(200)),
        proptest::collection::vec(text(12), 0..4),
        maybe(text(20)),
    );
    let dates = (
        maybe(date()),
        maybe(date()),
        maybe(date()),
        maybe(date()),
        maybe(date()),
    );
    let rule = select(vec![
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,TH",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=YEARLY;COUNT=3",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=20401231T000000Z",
    ]);
    let state = (
        select(vec!["pending", "in_progress", "completed"]),
        1..6_u8,
        maybe(1..10_081_u16),
        maybe(select(vec!["morning", "afternoon", "evening"])),
        maybe(rule),
        select(vec!["schedule", "completion"]),
        any::<bool>(),
    );
    let links = (
        proptest::collection::vec(any::<Index>(), 0..4),
        proptest::option::of(any::<Index>()),
    );
    (texts, dates, state, links).prop_map(|(texts, dates, state, (depends_on, parent))| {
        let (title, description, tags, project) = texts;
        let (due, deadline, start, snoozed, begun) = dates;
        let (status, priority, effort, time, rule, from, put_off) = state;
        let mut seen = Vec::new();
        for tag in tags.into_iter().map(|tag| tag.replace(',', ";")) {
            if !seen.contains(&tag) {
                seen.push(tag);
            }
        }
        let anchored = [&due, &deadline, &start].into_iter().find(|date| !date.is_null()).cloned();
        let rule = if anchored.is_some() { rule } else { Value::Null };
        let begun = match (&rule, begun, anchored) {
            (Value::Null, ..) => Value::Null,
            (_, Value::Null, Some(anchor)) => anchor,
            (_, begun, _) => begun,
        };
        let completed = status == "completed";
        let task = json!({
            "title": title, "description": description, "status": status, "priority": priority, "due_date": due,
            "deadline": deadline, "start_date": start, "snoozed_until": snoozed, "effort_estimate_minutes": effort,
            "tags": seen, "project": project, "preferred_time": time, "recurrence": rule, "recurrence_from": from,
            "recurrence_start": begun,
            "next_occurrence_id": completed.then(|| id(999_999)),
            "not_now_at": put_off.then_some("2026-11-21T10:11:12.345Z"),
            "completed_at": completed.then_some("2026-11-20T08:00:00.001Z"),
            "created_at": "2026-11-01T01:02:03.004Z"
        });
        (task, depends_on, parent)
    })
}

fn document() -> impl Strategy<Value = Value> {
    let preferences = (
        select(vec!["UTC", "Europe/Berlin", "America/St_Johns"]),
        proptest::option::of(select(vec!["07:30", "09:00"])),
        select(vec!["simple", "german"]),
        0..4_u8,
    );
    (proptest::collection::vec(task(), 0..12), preferences, any::<bool>()).prop_map(|(tasks, preferences, archived)| {
        let (zone, start, language, weight) = preferences;
        let mut projects: Vec<String> = Vec::new();
        let tasks: Vec<Value> = (0..)
            .zip(tasks)
            .map(|(number, (mut task, depends_on, parent))| {
                task["id"] = json!(id(number));
                let earlier = |index: &Index| (number > 0).then(|| id(index.index(number)));
                let mut on: Vec<String> = Vec::new();
                for other in depends_on.iter().filter_map(earlier) {
                    if !on.contains(&other) {
                        on.push(other);
                    }
                }
                task["depends_on"] = json!(on);
                // A parent waits for its subtask: where it waits for others already, that might lead back.
                let parent = parent.as_ref().and_then(earlier).filter(|_| on.is_empty());
                task["parent_id"] = json!(parent);
                if let Some(name) = task["project"].as_str().filter(|name| !projects.iter().any(|one| one == name)) {
                    projects.push(name.to_owned());
                }
                task
            })
            .collect();
        let mut preferences = json!({
            "time_zone": zone, "search_language": language,
            "weights": {"urgency": weight, "importance": 1, "fit": 1, "unblocks": 1, "started": 1, "time_of_day": 1,
                "small": 1.5, "age": 1, "not_now": 1}
        });
        if let Some(start) = start {
            preferences["work_start"] = json!(start);
            preferences["work_end"] = json!("17:00");
            preferences["work_days"] = json!([1, 2, 6]);
        }
        projects.sort();
        let projects: Vec<Value> = projects.into_iter().map(|name| json!({"name": name, "archived": archived})).collect();
        json!({
            "format": "mindflow", "format_version": 1, "account": null, "preferences": preferences,
            "projects": projects, "tasks": tasks
        })
    })
}

#[tokio::test]
async fn what_is_exported_and_imported_is_the_same_document() {
    let app = TestApp::new().await;
    let mut runner = TestRunner::deterministic();
    for case in 0..CASES {
        let mut given = document().new_tree(&mut runner).unwrap().current();
        let (first, second) = (
            app.user(&format!("a{case}")).await,
            app.user(&format!("b{case}")).await,
        );
        let import = json!({"format": "mindflow", "document": given});
        let number = given["tasks"].as_array().unwrap().len();
        let report = first.post(PATH, &import).await.expect(200);
        assert_eq!(counts(&report), json!([number, 0, 0]), "{given:#}");
        let mut exported = first.get("/api/export").await.expect(200);
        exported["account"] = Value::Null;
        // Weights are written as decimals; as numbers they are the same.
        given["preferences"]["weights"] = exported["preferences"]["weights"].clone();
        assert_eq!(exported, given);

        let import = json!({"format": "mindflow", "document": exported});
        second.post(PATH, &import).await.expect(200);
        let mut again = second.get("/api/export").await.expect(200);
        again["account"] = Value::Null;
        assert_eq!(again, exported);
        let report = second.post(PATH, &import).await.expect(200);
        assert_eq!(counts(&report), json!([0, 0, number]));
    }
}
