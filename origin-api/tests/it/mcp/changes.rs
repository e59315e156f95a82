//! What each tool that changes tasks or preferences does, and what a great answer looks like.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{assistant, captured, content, id, result, text};
use crate::support::TestApp;

#[tokio::test]
async fn many_are_captured_each_by_itself_as_one_change() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    let nobody = "0198c5a0-0000-7000-8000-0000000000aa";
    let tasks = json!([
        {"title": "Milk", "description": "", "tags": [""]},
        {"title": " ", "priority": 9},
        {"title": "Plants", "due_date": "2026-11-23T18:00", "recurrence": "FREQ=WEEKLY"},
        {"title": "Lost", "parent_id": nobody},
        {"title": "Gym", "recurrence": "FREQ=DAILY"},
        "Bread",
    ]);
    let answer = result(&agent, "capture_tasks", &json!({ "tasks": tasks })).await;
    let told = &answer["structuredContent"];
    let statuses: Vec<_> = told["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["status"].as_str().unwrap())
        .collect();
    assert_eq!(
        statuses,
        [
            "captured", "refused", "captured", "refused", "refused", "refused"
        ]
    );
    let errors = |at: usize| told["results"][at]["errors"].to_string();
    assert!(
        errors(1).contains("title is required")
            && errors(1).contains("priority must be between 1 and 5"),
        "{}",
        errors(1)
    );
    assert!(errors(3).contains("parent_id"), "{}", errors(3));
    assert!(errors(4).contains("due_date"), "{}", errors(4));
    assert!(
        text(&answer).contains("Captured 2 tasks"),
        "{}",
        text(&answer)
    );
    assert!(
        text(&answer).contains("due tomorrow at 18:00"),
        "{}",
        text(&answer)
    );
    assert_eq!(told["results"][0]["task"]["description"], Value::Null);
    let undone = content(
        &agent,
        "undo_change",
        &json!({"change_id": told["change_id"]}),
    )
    .await;
    assert_eq!(undone["tasks"].as_array().unwrap().len(), 2);
    assert_eq!(
        content(&agent, "find_tasks", &json!({})).await["tasks"],
        json!([])
    );
    let none = super::call(&agent, "capture_tasks", &json!({"tasks": [{"title": ""}]}))
        .await
        .expect(200);
    assert_eq!(
        none["result"]["structuredContent"]["change_id"],
        Value::Null
    );
}

/// A tool, its arguments but the id, a field of the task after it, that field's value, and a part of the text.
type Step = (&'static str, Value, &'static str, Value, &'static str);

fn steps() -> [Step; 8] {
    let null = Value::Null;
    [
        (
            "update_task",
            json!({"priority": 5, "project": null, "tags": ["a"]}),
            "priority",
            json!(5),
            "Changed “Rent”",
        ),
        (
            "update_task",
            json!({"project": null}),
            "project",
            null,
            "Changed",
        ),
        (
            "update_task",
            json!({"status": "in_progress"}),
            "status",
            json!("in_progress"),
            "“Rent”, due on 30 November, started",
        ),
        (
            "put_off_task",
            json!({}),
            "status",
            json!("pending"),
            "ranks lower",
        ),
        (
            "put_off_task",
            json!({"hours": 2}),
            "status",
            json!("snoozed"),
            "hidden until today at 14:0",
        ),
        (
            "reschedule_task",
            json!({"due_date": "2026-12-02"}),
            "due_date",
            json!("2026-12-02"),
            "due on 2 December",
        ),
        (
            "complete_task",
            json!({}),
            "status",
            json!("completed"),
            "Done: “Rent”.",
        ),
        (
            "delete_task",
            json!({}),
            "title",
            json!("Rent"),
            "Deleted “Rent”",
        ),
    ]
}

#[tokio::test]
async fn a_task_is_changed_started_put_off_moved_completed_and_deleted_and_each_is_undone() {
    let app = TestApp::new().await;
    let agent = assistant(&app, &app.user("ada").await);
    let fields = json!({"title": "Rent", "project": "Home", "due_date": "2026-11-30"});
    let task = captured(&agent, &fields).await;
    for (tool, mut arguments, field, value, part) in steps() {
        app.clock.advance(SignedDuration::from_secs(1));
        arguments["id"] = task["id"].clone();
        let answer = result(&agent, tool, &arguments).await;
        let told = &answer["structuredContent"];
        assert_eq!(told["tasks"][0][field], value, "{tool} {arguments}");
        assert!(text(&answer).contains(part), "{tool}: {}", text(&answer));
        let ids = answer["content"][1]["text"].as_str().unwrap();
        assert!(ids.starts_with("change_id "), "{ids}");
        let change = json!({"change_id": told["change_id"]});
        let undone = content(&agent, "undo_change", &change).await;
        assert_eq!(undone["tasks"][0]["id"], task["id"], "{tool}");
        let now = content(&agent, "find_tasks", &json!({"id": id(&task)})).await;
        for field in [
            "title",
            "project",
            "due_date",
            "priority",
            "status",
            "snoozed_until",
        ] {
            assert_eq!(now["tasks"][0][field], task[field], "{tool} {field}");
        }
    }
}

#[tokio::test]
async fn a_change_has_the_name_of_what_was_done_and_nothing_to_change_is_said() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    let task = captured(&agent, &json!({"title": "Rent"})).await;
    content(&agent, "complete_task", &json!({"id": id(&task)})).await;
    let reopen = json!({"id": id(&task), "status": "pending"});
    let again = result(&agent, "update_task", &reopen).await;
    assert!(
        text(&again).starts_with("Reopened “Rent”"),
        "{}",
        text(&again)
    );
    let same = json!({"id": id(&task), "priority": 3});
    let nothing = result(&agent, "update_task", &same).await;
    assert!(
        text(&nothing).starts_with("It was so already"),
        "{}",
        text(&nothing)
    );
    assert_eq!(nothing["structuredContent"]["change_id"], Value::Null);
    let history = ada.get("/api/history").await.expect(200);
    let actions = history["items"].as_array().unwrap().iter();
    let actions: Vec<_> = actions
        .map(|change| change["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["reopen", "complete", "create"]);
}

#[tokio::test]
async fn a_moved_occurrence_keeps_its_series_and_a_completed_one_says_what_follows() {
    let app = TestApp::new().await;
    let agent = assistant(&app, &app.user("ada").await);
    let task = captured(
        &agent,
        &json!({"title": "Bins", "due_date": "2026-11-23", "recurrence": "FREQ=WEEKLY;BYDAY=MO"}),
    )
    .await;
    let moved = result(
        &agent,
        "reschedule_task",
        &json!({"id": id(&task), "due_date": "2026-11-24"}),
    )
    .await;
    let told = &moved["structuredContent"]["tasks"][0];
    assert_eq!(
        (&told["due_date"], &told["recurrence"]),
        (&json!("2026-11-24"), &json!("FREQ=WEEKLY;BYDAY=MO"))
    );
    assert!(
        text(&moved).contains("It still recurs (FREQ=WEEKLY;BYDAY=MO), next on 30 November."),
        "{}",
        text(&moved)
    );
    let done = result(&agent, "complete_task", &json!({"id": id(&task)})).await;
    assert!(
        text(&done).contains("It comes back as “Bins”, due on 30 November"),
        "{}",
        text(&done)
    );
    assert_eq!(
        done["structuredContent"]["tasks"][0]["next_occurrence"]["due_date"],
        "2026-11-30"
    );
}

#[tokio::test]
async fn preferences_are_shown_and_changed_one_by_one() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    let shown = content(&agent, "preferences", &json!({})).await;
    assert_eq!(
        shown["preferences"],
        ada.get("/api/preferences").await.expect(200)
    );
    assert_eq!(shown["before"], Value::Null);
    let changed = content(&agent, "preferences", &json!({"weights": {"urgency": 2}})).await;
    assert_eq!(changed["before"], shown["preferences"]);
    let weights = &changed["preferences"]["weights"];
    assert_eq!(
        (&weights["urgency"], &weights["age"]),
        (&json!(2.0), &shown["preferences"]["weights"]["age"])
    );
    let best = content(&agent, "what_next", &json!({})).await;
    assert_eq!(best["task"], Value::Null);
    let zone = content(
        &agent,
        "preferences",
        &json!({"time_zone": "Asia/Tokyo", "work_days": [1, 3]}),
    )
    .await;
    assert_eq!(zone["preferences"]["weights"]["urgency"], 2.0);
    assert_eq!(zone["preferences"]["work_days"], json!([1, 3]));
    assert_eq!(zone["time_zone"], "Asia/Tokyo");
    assert_eq!(
        zone["preferences"],
        ada.get("/api/preferences").await.expect(200)
    );
}

#[tokio::test]
async fn a_great_answer_stays_under_100_000_characters_and_says_that_it_is_cut() {
    let app = TestApp::new().await;
    let agent = assistant(&app, &app.user("ada").await);
    let long = "ä".repeat(10_000);
    let tasks: Vec<_> = (0..12)
        .map(|number| json!({"title": format!("Task {number}"), "description": long}))
        .collect();
    let captured = super::call(&agent, "capture_tasks", &json!({ "tasks": tasks })).await;
    assert!(captured.text().chars().count() < 100_000);
    let found = super::call(&agent, "find_tasks", &json!({"limit": 50})).await;
    assert!(found.text().chars().count() < 100_000);
    let told = found.expect(200)["result"]["structuredContent"].clone();
    assert_eq!(told["descriptions_shortened_to"], 2000);
    assert_eq!(told["tasks"].as_array().unwrap().len(), 12);
}
