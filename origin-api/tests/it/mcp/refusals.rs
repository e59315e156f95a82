//! Whom the tools refuse, and how.

use serde_json::json;
use shared_types::scope::Scope;

use super::{assistant, assistant_with, call, captured, content, id, legacy, refusal};
use crate::support::TestApp;

/// Every tool that changes tasks, with arguments that would do for a task.
fn changes(id: &str) -> Vec<(&'static str, serde_json::Value)> {
    vec![
        ("capture_tasks", json!({"tasks": [{"title": "x"}]})),
        ("update_task", json!({"id": id, "priority": 5})),
        ("complete_task", json!({"id": id})),
        ("put_off_task", json!({"id": id})),
        (
            "reschedule_task",
            json!({"id": id, "due_date": "2026-12-01"}),
        ),
        ("delete_task", json!({"id": id})),
        ("undo_change", json!({"change_id": id})),
        ("preferences", json!({"work_start": "08:00"})),
    ]
}

#[tokio::test]
async fn who_may_only_read_is_told_what_is_missing_by_403_and_in_the_result() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = captured(&assistant(&app, &ada), &json!({"title": "Rent"})).await;
    let reader = assistant_with(&app, &ada, &[Scope::TasksRead]);
    for (tool, arguments) in changes(id(&task)) {
        let answer = call(&reader, tool, &arguments).await;
        let result = answer.expect(403)["result"].clone();
        assert_eq!(
            answer.header("www-authenticate"),
            "Bearer error=\"insufficient_scope\", scope=\"tasks:read tasks:write\""
        );
        assert_eq!(result["isError"], true, "{tool}");
        let challenge = result["_meta"]["mcp/www_authenticate"][0].as_str().unwrap();
        assert!(challenge.contains(
            "resource_metadata=\"https://mindflow.test/.well-known/oauth-protected-resource/mcp\""
        ));
        assert_ne!(answer.header("mindflow-version"), "", "{tool}");
    }
    content(&reader, "what_next", &json!({})).await;
    content(&reader, "preferences", &json!({})).await;
    let writer = assistant_with(&app, &ada, &[Scope::TasksWrite]);
    assert_eq!(call(&writer, "what_next", &json!({})).await.status, 403);
}

#[tokio::test]
async fn another_users_task_is_none() {
    let app = TestApp::new().await;
    let task = captured(
        &assistant(&app, &app.user("ada").await),
        &json!({"title": "Rent"}),
    )
    .await;
    let eve = assistant(&app, &app.user("eve").await);
    for (tool, arguments) in changes(id(&task)) {
        if arguments["id"].is_string() || tool == "undo_change" {
            let said = refusal(&eve, tool, &arguments).await;
            assert!(said.contains("no such task or change"), "{tool}: {said}");
        }
    }
    let said = refusal(&eve, "find_tasks", &json!({"id": id(&task)})).await;
    assert!(said.contains("no such task"), "{said}");
}

#[tokio::test]
async fn an_unknown_argument_is_refused_by_name_and_nothing_is_changed() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    let task = captured(&agent, &json!({"title": "Rent"})).await;
    let list = legacy(&agent, "tools/list", &json!({})).await.expect(200);
    for tool in list["result"]["tools"].as_array().unwrap() {
        let tool = tool["name"].as_str().unwrap();
        let said = refusal(&agent, tool, &json!({"colour": "red"})).await;
        assert!(
            said.starts_with("colour is not a known argument"),
            "{tool}: {said}"
        );
    }
    let answer = call(
        &agent,
        "capture_tasks",
        &json!({"tasks": [{"title": "x", "colour": "red"}]}),
    )
    .await;
    let result = &answer.expect(200)["result"];
    assert!(
        result["structuredContent"]["results"][0]["errors"][0]
            .as_str()
            .unwrap()
            .starts_with("colour")
    );
    let now = content(&agent, "find_tasks", &json!({})).await;
    assert_eq!(now["tasks"], json!([task]));
}

#[tokio::test]
async fn what_is_wrong_is_said_with_what_to_do() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    let parent = captured(&agent, &json!({"title": "Move house"})).await;
    captured(&agent, &json!({"title": "Pack", "parent_id": id(&parent)})).await;
    let done = captured(&agent, &json!({"title": "Done"})).await;
    content(&agent, "complete_task", &json!({"id": id(&done)})).await;
    for (tool, arguments, part) in [
        ("complete_task", json!({"id": id(&parent)}), "cascade true"),
        (
            "complete_task",
            json!({"id": "rent"}),
            "find_tasks gives it",
        ),
        ("complete_task", json!({}), "id is required"),
        (
            "put_off_task",
            json!({"id": id(&done)}),
            "update_task with status pending",
        ),
        (
            "put_off_task",
            json!({"id": id(&parent), "until": "2020-01-01"}),
            "until is past",
        ),
        (
            "put_off_task",
            json!({"id": id(&parent), "until": "2030-01-01", "hours": 1}),
            "leave one out",
        ),
        (
            "update_task",
            json!({"id": id(&parent), "status": "completed"}),
            "call complete_task",
        ),
        ("update_task", json!({"id": id(&parent)}), "give a field"),
        (
            "update_task",
            json!({"id": id(&parent), "recurrence": "FREQ=DAILY"}),
            "due_date",
        ),
        (
            "reschedule_task",
            json!({"id": id(&parent)}),
            "due_date or another date is required",
        ),
        (
            "find_tasks",
            json!({"query": "x", "tag": "y"}),
            "the query alone",
        ),
        (
            "find_tasks",
            json!({"query": "x", "sort": "newest"}),
            "the query alone",
        ),
        (
            "find_tasks",
            json!({"id": id(&done), "tag": "y"}),
            "one task alone",
        ),
        (
            "find_tasks",
            json!({"status": ["open"]}),
            "must be an array of pending",
        ),
        ("plan_day", json!({"free_hours": 20}), "at most 16"),
        (
            "what_next",
            json!({"why_not": id(&done)}),
            "none of the user's open tasks",
        ),
        ("undo_change", json!({}), "change_id is required"),
        (
            "preferences",
            json!({"time_zone": "Mars/Olympus"}),
            "time_zone",
        ),
        ("capture_tasks", json!({"tasks": []}), "1 to 50"),
    ] {
        let said = refusal(&agent, tool, &arguments).await;
        assert!(said.contains(part), "{tool} {arguments}: {said}");
        assert!(!said.contains("/api/") && !said.contains("PATCH"), "{said}");
    }
}

#[tokio::test]
async fn a_revoked_credential_is_401_and_a_lost_database_503() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    app.proxy.cut();
    let away = call(&agent, "capture_tasks", &json!({"tasks": [{"title": "x"}]})).await;
    assert_eq!(away.status, 503);
    assert_eq!(away.header("mindflow-version"), "");
    app.proxy.mend();
    ada.post("/api/auth/logout", &json!({})).await.expect(204);
    assert_eq!(call(&agent, "what_next", &json!({})).await.status, 401);
    assert_eq!(legacy(&agent, "tools/list", &json!({})).await.status, 401);
}
