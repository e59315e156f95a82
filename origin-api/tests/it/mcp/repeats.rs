//! A call whose answer was lost is made again by a model that cannot know better, as it was. It changes nothing twice;
//! and an equal call that is meant is carried out.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{assistant, captured, content, id};
use crate::support::{Client, TestApp};

/// All that there is of the user's tasks and their history, but for the words that a search takes up once.
async fn state(app: &TestApp, user: &Client) -> Value {
    let database = app.database.connect().await;
    let row = database
        .query_one(
            "SELECT jsonb_build_array(
                (SELECT version FROM users WHERE user_id = $1),
                (SELECT jsonb_agg(to_jsonb(tasks) - 'search_version' ORDER BY id) FROM tasks WHERE user_id = $1),
                (SELECT jsonb_agg(to_jsonb(history) ORDER BY version, task_id) FROM history WHERE user_id = $1))",
            &[&user.identity().user.0],
        )
        .await
        .unwrap();
    row.get(0)
}

#[tokio::test]
async fn every_tool_that_changes_tasks_changes_nothing_when_it_is_called_again() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    let task = captured(
        &agent,
        &json!({"title": "Rent", "due_date": "2026-11-30", "recurrence": "FREQ=MONTHLY"}),
    )
    .await;
    let other = captured(&agent, &json!({"title": "Old"})).await;
    let of = |fields: Value| {
        let mut arguments = fields;
        arguments["id"] = task["id"].clone();
        arguments
    };
    let mut last_change = Value::Null;
    for (tool, arguments) in [
        (
            "capture_tasks",
            json!({"tasks": [{"title": "Milk"}, {"title": "Bread"}]}),
        ),
        ("update_task", of(json!({"priority": 5}))),
        ("update_task", of(json!({"status": "in_progress"}))),
        ("put_off_task", of(json!({}))),
        ("put_off_task", of(json!({"hours": 3}))),
        ("put_off_task", of(json!({"until": "2026-11-25"}))),
        ("reschedule_task", of(json!({"due_date": "2026-12-02"}))),
        ("complete_task", of(json!({}))),
        ("delete_task", json!({"id": id(&other)})),
        ("undo_change", json!({})),
        ("preferences", json!({"work_start": "08:00"})),
    ] {
        let mut arguments = arguments;
        if tool == "undo_change" {
            arguments["change_id"] = last_change.clone();
        }
        let before = state(&app, &ada).await;
        let first = content(&agent, tool, &arguments).await;
        let after = state(&app, &ada).await;
        assert_ne!(before, after, "{tool} {arguments}");
        app.clock.advance(SignedDuration::from_secs(61));
        let second = content(&agent, tool, &arguments).await;
        assert_eq!(state(&app, &ada).await, after, "{tool} {arguments}");
        if tool != "preferences" {
            assert_eq!(
                (&first["repeated"], &second["repeated"]),
                (&json!(false), &json!(true)),
                "{tool}"
            );
            assert_eq!(first["change_id"], second["change_id"], "{tool}");
            last_change = first["change_id"].clone();
        }
        // Keys may come in any order.
        let reversed: serde_json::Map<_, _> = arguments
            .as_object()
            .unwrap()
            .clone()
            .into_iter()
            .rev()
            .collect();
        content(&agent, tool, &Value::Object(reversed)).await;
        assert_eq!(state(&app, &ada).await, after, "{tool} {arguments}");
    }
}

#[tokio::test]
async fn a_repeat_tells_of_each_task_what_was_told_first() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    let nobody = "0198c5a0-0000-7000-8000-0000000000aa";
    let tasks = json!([
        {"title": "Lost", "parent_id": nobody},
        {"title": "Milk"},
        {"title": ""},
        {"title": "Lost too", "depends_on": [nobody]},
        {"title": "Bread"},
    ]);
    let statuses = async || {
        let answer = content(&agent, "capture_tasks", &json!({ "tasks": tasks })).await;
        let results = answer["results"].as_array().unwrap().iter();
        let told =
            results.map(|result| (result["status"].clone(), result["task"]["title"].clone()));
        (answer["repeated"].clone(), told.collect::<Vec<_>>())
    };
    let (first, told) = statuses().await;
    let titles: Vec<_> = told.iter().map(|(_, title)| title.clone()).collect();
    assert_eq!(json!(titles), json!([null, "Milk", null, null, "Bread"]));
    let after = state(&app, &ada).await;
    let (second, told_again) = statuses().await;
    assert_eq!((first, second), (json!(false), json!(true)));
    assert_eq!(told_again, told);
    assert_eq!(state(&app, &ada).await, after);
}

#[tokio::test]
async fn calls_at_the_same_time_are_one() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    let arguments = json!({"tasks": [{"title": "Milk"}]});
    let capture = || content(&agent, "capture_tasks", &arguments);
    let (one, two, three) = tokio::join!(capture(), capture(), capture());
    let ids: Vec<_> = [&one, &two, &three]
        .map(|answer| &answer["results"][0]["task"]["id"])
        .into();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let found = content(&agent, "find_tasks", &json!({})).await;
    assert_eq!(found["tasks"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_equal_call_after_something_else_happened_to_the_task_is_carried_out() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    let milk = json!({"tasks": [{"title": "Milk"}]});
    let first = content(&agent, "capture_tasks", &milk).await;
    let task = first["results"][0]["task"].clone();
    // Bought, and wanted once more.
    let done = content(&agent, "complete_task", &json!({"id": id(&task)})).await;
    let again = content(&agent, "capture_tasks", &milk).await;
    assert_eq!(again["repeated"], false);
    assert_ne!(again["results"][0]["task"]["id"], task["id"]);
    // Undone, and done after all.
    content(
        &agent,
        "undo_change",
        &json!({"change_id": done["change_id"]}),
    )
    .await;
    let done = content(&agent, "complete_task", &json!({"id": id(&task)})).await;
    assert_eq!(
        (&done["repeated"], &done["tasks"][0]["status"]),
        (&json!(false), &json!("completed"))
    );
    // Taken back, and captured after all.
    content(
        &agent,
        "undo_change",
        &json!({"change_id": again["change_id"]}),
    )
    .await;
    let third = content(&agent, "capture_tasks", &milk).await;
    assert_eq!(third["repeated"], false);
}

#[tokio::test]
async fn an_equal_call_much_later_or_of_another_app_is_carried_out() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    let milk = json!({"tasks": [{"title": "Milk"}]});
    content(&agent, "capture_tasks", &milk).await;
    app.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(
        content(&agent, "capture_tasks", &milk).await["repeated"],
        true,
        "ten minutes are not over"
    );
    app.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(
        content(&agent, "capture_tasks", &milk).await["repeated"],
        false
    );
    let task = captured(&agent, &json!({"title": "Bread"})).await;
    let until = |hours: i64| json!({"id": id(&task), "hours": hours});
    let first = content(&agent, "put_off_task", &until(3)).await;
    app.clock.advance(SignedDuration::from_mins(11));
    let second = content(&agent, "put_off_task", &until(3)).await;
    assert_ne!(
        first["tasks"][0]["snoozed_until"],
        second["tasks"][0]["snoozed_until"]
    );
}

#[tokio::test]
async fn reading_changes_no_version() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    let task = captured(&agent, &json!({"title": "Milk"})).await;
    let before = state(&app, &ada).await;
    for (tool, arguments) in [
        ("what_next", json!({"why_not": id(&task)})),
        ("plan_day", json!({"free_hours": 2})),
        ("find_tasks", json!({"query": "milk"})),
        ("find_tasks", json!({})),
        ("get_overview", json!({})),
        ("preferences", json!({})),
    ] {
        content(&agent, tool, &arguments).await;
        assert_eq!(state(&app, &ada).await, before, "{tool}");
    }
}
