//! The rules of a task's fields, one by one.

use super::*;
use crate::validate::parse;
use proptest::prelude::*;
use serde_json::{Value, json};

fn new(body: Value) -> Result<NewTask, String> {
    parse(body).map_err(|errors| {
        errors
            .iter()
            .map(|error| format!("{} {}", error.field, error.message))
            .collect::<Vec<_>>()
            .join("; ")
    })
}

fn patch(body: Value) -> Result<TaskPatch, String> {
    parse(body).map_err(|errors| {
        errors
            .iter()
            .map(|error| format!("{} {}", error.field, error.message))
            .collect::<Vec<_>>()
            .join("; ")
    })
}

#[test]
fn a_title_is_enough() {
    let task = new(json!({"title": "  Buy milk "})).unwrap();
    assert_eq!(
        task.content,
        TaskContent {
            title: "Buy milk".to_owned(),
            description: None,
            status: Status::Pending,
            priority: 3,
            due_date: None,
            deadline: None,
            start_date: None,
            snoozed_until: None,
            effort_estimate_minutes: None,
            tags: vec![],
            project: None,
            preferred_time: None,
            recurrence: None,
            recurrence_from: RecurrenceFrom::Schedule,
            parent_id: None,
            depends_on: vec![],
        }
    );
}

#[test]
fn titles_are_kept_as_typed() {
    assert_eq!(
        new(json!({"title": "<b>&amp; \"x\""}))
            .unwrap()
            .content
            .title,
        "<b>&amp; \"x\""
    );
}

#[test]
fn every_bad_field_is_named_with_its_remedy() {
    let errors = new(json!({
        "title": " ", "description": "x".repeat(10_001), "status": "snoozed", "priority": 6, "due_date": "soon",
        "effort_estimate_minutes": 0, "tags": ["a,b"], "id": "1", "version": 3, "deadlin": null,
        "deadline": 5, "start_date": "2026-02-30", "snoozed_until": "", "project": " ", "preferred_time": "noon",
        "recurrence": "", "recurrence_from": "now", "parent_id": "x", "depends_on": ["0198c5a0-0000-7000-8000-0000000000aa", "y"]
    }))
    .unwrap_err();
    for said in [
        "title must not be blank",
        "description must have at most 10000 characters, not 10001",
        "status is derived; to hide a task for a while, POST /api/tasks/{id}/snooze",
        "priority must be between 1 and 5",
        "due_date must be a date (2026-11-30)",
        "effort_estimate_minutes must be between 1 and 10080",
        "tags must not contain a comma inside a tag",
        "id must be a UUIDv7; leave it out to have one made",
        "version is set by the server; leave it out",
        "deadlin is not a known field; leave it out",
        "deadline must be a string",
        "start_date must be a date that exists",
        "snoozed_until must not be blank",
        "project must not be blank",
        "preferred_time must be morning, afternoon or evening",
        "recurrence must not be blank",
        "recurrence_from must be schedule or completion",
        "parent_id must be the id of a task (a UUID)",
        "depends_on must be an array of task ids (UUIDs)",
    ] {
        assert!(errors.contains(said), "{said} is missing in: {errors}");
    }
}

#[test]
fn tags_are_an_array_or_a_string_with_commas() {
    let tags =
        |value: Value| new(json!({"title": "x", "tags": value})).map(|task| task.content.tags);
    assert_eq!(tags(json!(" home, work,,home ")).unwrap(), ["home", "work"]);
    assert_eq!(
        tags(json!([" home ", "work", "home"])).unwrap(),
        ["home", "work"]
    );
    assert_eq!(tags(json!("")).unwrap(), Vec::<String>::new());
    assert_eq!(tags(Value::Null).unwrap(), Vec::<String>::new());
    for bad in [
        json!([1]),
        json!(1),
        json!([""]),
        json!(["x".repeat(51)]),
        json!({"a": 1}),
    ] {
        assert!(tags(bad.clone()).unwrap_err().starts_with("tags "), "{bad}");
    }
    let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
    assert_eq!(
        tags(json!(many)).unwrap_err(),
        "tags must have at most 20 tags"
    );
    assert_eq!(tags(json!(many[..20])).unwrap().len(), 20);
    assert_eq!(
        tags(json!(
            many[..20].iter().chain(&many[..5]).collect::<Vec<_>>()
        ))
        .unwrap()
        .len(),
        20,
        "repeats do not count"
    );
}

#[test]
fn null_clears_in_a_patch_but_not_title_priority_or_status() {
    let cleared = patch(json!({
        "description": null, "due_date": null, "deadline": null, "start_date": null, "snoozed_until": null,
        "effort_estimate_minutes": null, "tags": null, "project": null, "preferred_time": null, "recurrence": null,
        "recurrence_from": null, "parent_id": null, "depends_on": null
    }))
    .unwrap();
    assert_eq!(
        cleared,
        TaskPatch {
            description: Patch::Null,
            due_date: Patch::Null,
            deadline: Patch::Null,
            start_date: Patch::Null,
            snoozed_until: Patch::Null,
            effort_estimate_minutes: Patch::Null,
            tags: Some(vec![]),
            project: Patch::Null,
            preferred_time: Patch::Null,
            recurrence: Patch::Null,
            recurrence_from: Some(RecurrenceFrom::Schedule),
            parent_id: Patch::Null,
            depends_on: Some(vec![]),
            ..TaskPatch::default()
        }
    );
    for field in ["title", "priority", "status"] {
        assert_eq!(
            patch(json!({field: null})).unwrap_err(),
            format!("{field} cannot be cleared; give a value or leave it out")
        );
    }
    assert_eq!(patch(json!({})).unwrap(), TaskPatch::default());
    assert_eq!(
        patch(json!({"id": "0198c5a0-0000-7000-8000-0000000000aa"})).unwrap_err(),
        "id cannot be changed; leave it out"
    );
}

#[test]
fn a_task_is_answered_in_the_order_of_the_contract() {
    let at: Timestamp = "2026-11-22T20:00:00Z".parse().unwrap();
    let task = Task {
        id: TaskId::parse("0198c5a0-0000-7000-8000-0000000000cc").unwrap(),
        title: "Grüße".to_owned(),
        description: None,
        status: ReadStatus::Blocked,
        priority: 3,
        due_date: Some(When::parse("2026-11-30".to_owned()).unwrap()),
        deadline: None,
        start_date: None,
        snoozed_until: None,
        effort_estimate_minutes: None,
        tags: vec!["a".to_owned()],
        project: Some("Home".to_owned()),
        preferred_time: Some(PreferredTime::Evening),
        recurrence: Some("FREQ=DAILY".to_owned()),
        recurrence_from: RecurrenceFrom::Completion,
        parent_id: None,
        depends_on: vec![TaskId::parse("0198c5a0-0000-7000-8000-0000000000dd").unwrap()],
        overdue: false,
        completed_at: None,
        created_at: at,
        updated_at: at,
        version: 1,
    };
    assert_eq!(
        serde_json::to_string(&task).unwrap(),
        r#"{"id":"0198c5a0-0000-7000-8000-0000000000cc","title":"Grüße","description":null,"status":"blocked","priority":3,"due_date":"2026-11-30","deadline":null,"start_date":null,"snoozed_until":null,"effort_estimate_minutes":null,"tags":["a"],"project":"Home","preferred_time":"evening","recurrence":"FREQ=DAILY","recurrence_from":"completion","parent_id":null,"depends_on":["0198c5a0-0000-7000-8000-0000000000dd"],"overdue":false,"completed_at":null,"created_at":"2026-11-22T20:00:00.000Z","updated_at":"2026-11-22T20:00:00.000Z","version":1}"#
    );
}

#[test]
fn a_patch_is_written_with_what_it_names_and_nothing_else() {
    let written = |body: Value| serde_json::to_value(patch(body).unwrap()).unwrap();
    for body in [
        json!({}),
        json!({"title": "a", "status": "completed", "priority": 5}),
        json!({"due_date": null, "deadline": "2026-11-30", "tags": ["x"], "recurrence_from": "completion"}),
        json!({"parent_id": "0198c5a0-0000-7000-8000-0000000000aa", "depends_on": [], "preferred_time": "morning"}),
    ] {
        assert_eq!(written(body.clone()), body);
    }
}

#[test]
fn a_replacement_names_every_field_of_the_content() {
    let content = new(json!({"title": "x"})).unwrap().content;
    let names =
        |value: Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(
        names(serde_json::to_value(TaskPatch::from(content.clone())).unwrap()),
        names(serde_json::to_value(content).unwrap())
    );
}

#[test]
fn derived_status_hides_what_is_stored_and_snoozed_wins() {
    use ReadStatus as Read;
    for (stored, snoozed, blocked, read) in [
        (Status::Pending, false, false, Read::Pending),
        (Status::InProgress, false, false, Read::InProgress),
        (Status::InProgress, false, true, Read::Blocked),
        (Status::Pending, true, true, Read::Snoozed),
        (Status::Completed, true, true, Read::Completed),
    ] {
        assert_eq!(
            stored.read(snoozed, blocked),
            read,
            "{stored:?} {snoozed} {blocked}"
        );
    }
}

#[test]
fn a_snooze_is_until_a_date_or_for_some_hours() {
    let snooze = |body: Value| parse::<Snooze>(body).map_err(|errors| errors[0].field.clone());
    assert_eq!(
        snooze(json!({})),
        Ok(Snooze {
            until: None,
            hours: None
        })
    );
    assert_eq!(snooze(json!({"hours": 0.5})).unwrap().hours, Some(0.5));
    assert_eq!(
        snooze(json!({"until": "2026-12-01"}))
            .unwrap()
            .until
            .unwrap()
            .as_str(),
        "2026-12-01"
    );
    for hours in [json!(0), json!(-1), json!("3"), json!(8785), json!(1e300)] {
        assert_eq!(snooze(json!({ "hours": hours })), Err("hours".to_owned()));
    }
    assert_eq!(
        snooze(json!({"hours": 1, "until": "2026-12-01"})),
        Err("until".to_owned())
    );
}

#[test]
fn dependencies_are_ids_without_repeats_and_at_most_50() {
    let id = |number: u32| format!("0198c5a0-0000-7000-8000-{number:012}");
    let depends_on = |ids: Vec<String>| {
        new(json!({"title": "x", "depends_on": ids})).map(|task| task.content.depends_on.len())
    };
    assert_eq!(depends_on(vec![id(1), id(2), id(1)]), Ok(2));
    assert_eq!(depends_on((0..50).map(id).collect()), Ok(50));
    assert_eq!(
        depends_on((0..51).map(id).collect()),
        Err("depends_on must have at most 50 tasks".to_owned())
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,60}".prop_map(Value::from)
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop::collection::vec(inner, 0..4).prop_map(Value::from)
    })
}

proptest! {
    #[test]
    fn whatever_is_accepted_keeps_the_rules(
        title in any_json(), priority in any_json(), tags in any_json(), due_date in any_json(), effort in any_json(), status in any_json()
    ) {
        let body = json!({"title": title, "priority": priority, "tags": tags, "due_date": due_date, "effort_estimate_minutes": effort, "status": status});
        if let Ok(task) = new(body) {
            let content = task.content;
            prop_assert!((1..=256).contains(&content.title.chars().count()) && content.title.trim() == content.title);
            prop_assert!((1..=5).contains(&content.priority));
            prop_assert!(content.tags.len() <= 20 && content.tags.iter().all(|tag| (1..=50).contains(&tag.chars().count())));
            prop_assert!(content.effort_estimate_minutes.is_none_or(|minutes| (1..=10_080).contains(&minutes)));
        }
    }
}

/// The names of a schema's properties.
#[cfg(feature = "openapi")]
fn described<T: utoipa::PartialSchema>() -> Vec<String> {
    let schema = serde_json::to_value(T::schema()).unwrap();
    let fields = schema["properties"].as_object().unwrap();
    fields.keys().cloned().collect()
}

#[cfg(feature = "openapi")]
#[test]
fn each_schema_names_exactly_the_fields_that_are_read() {
    fn is_read<T: crate::validate::FromFields>(name: &str) -> bool {
        let errors = parse::<T>(json!({"title": "x", name: false}));
        let errors = errors.err().unwrap_or_default();
        !errors.iter().any(|error| {
            error.field == name
                && [
                    "is not a known field",
                    "is set by the server",
                    "cannot be changed",
                ]
                .iter()
                .any(|refusal| error.message.starts_with(refusal))
        })
    }
    let every = [described::<Task>(), described::<NewTask>()].concat();
    for name in every.iter().map(String::as_str) {
        for (what, reads, described) in [
            ("create", is_read::<NewTask>(name), described::<NewTask>()),
            (
                "replace",
                is_read::<TaskContent>(name),
                described::<TaskContent>(),
            ),
            (
                "patch",
                is_read::<TaskPatch>(name),
                described::<TaskPatch>(),
            ),
        ] {
            let described = described.iter().any(|other| other == name);
            assert_eq!(described, reads, "{what}: {name}");
        }
    }
}

#[cfg(feature = "openapi")]
#[test]
fn null_is_described_where_it_is_accepted() {
    let accepts = |schema: &Value, name: &str| {
        let field = &schema["properties"][name];
        let text = [&field["type"], &field["anyOf"]].map(Value::to_string);
        text.iter().any(|text| text.contains("\"null\""))
    };
    let of_new = serde_json::to_value(<NewTask as utoipa::PartialSchema>::schema()).unwrap();
    let of_patch = serde_json::to_value(<TaskPatch as utoipa::PartialSchema>::schema()).unwrap();
    for name in described::<NewTask>() {
        let mut body = json!({"title": "x"});
        body[&name] = Value::Null;
        assert_eq!(accepts(&of_new, &name), new(body).is_ok(), "create: {name}");
    }
    for name in described::<TaskPatch>() {
        let body = json!({&name: null});
        assert_eq!(
            accepts(&of_patch, &name),
            patch(body).is_ok(),
            "patch: {name}"
        );
    }
}
