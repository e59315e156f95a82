//! What each tool that reads tells.

use serde_json::json;

use super::{assistant, captured, content, id, result, text};
use crate::support::TestApp;

#[tokio::test]
async fn what_next_is_the_answer_of_the_api_with_the_zone() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    content(
        &agent,
        "preferences",
        &json!({"time_zone": "Europe/Berlin"}),
    )
    .await;
    captured(&agent, &json!({"title": "Tax return", "priority": 5, "deadline": "2026-11-24", "project": "Papers"})).await;
    captured(
        &agent,
        &json!({"title": "Read", "priority": 1, "tags": ["home"]}),
    )
    .await;
    for (arguments, query) in [
        (json!({}), ""),
        (
            json!({"available_minutes": 30, "limit": 1}),
            "?available_minutes=30&limit=1",
        ),
        (json!({"tag": "home"}), "?tag=home"),
        (json!({"project": "Papers"}), "?project=Papers"),
        (json!({"project": "Nothing"}), "?project=Nothing"),
    ] {
        let answer = result(&agent, "what_next", &arguments).await;
        let mut told = answer["structuredContent"].clone();
        assert_eq!(told["time_zone"], "Europe/Berlin");
        assert_eq!(told["now"], "2026-11-22T13:00:00+01:00");
        for own in ["time_zone", "now"] {
            told.as_object_mut().unwrap().remove(own);
        }
        let best = ada
            .get(&format!("/api/tasks/best{query}"))
            .await
            .expect(200);
        assert_eq!(told, best, "{query}");
        assert!(text(&answer).starts_with(best["explanation"].as_str().unwrap()));
        assert!(text(&answer).contains("Europe/Berlin"), "{}", text(&answer));
    }
    let first = result(&agent, "what_next", &json!({})).await;
    let ids = first["content"][1]["text"].as_str().unwrap();
    assert!(
        ids.contains(id(&first["structuredContent"]["task"])),
        "{ids}"
    );
}

#[tokio::test]
async fn why_not_another_one_is_explained() {
    let app = TestApp::new().await;
    let agent = assistant(&app, &app.user("ada").await);
    let best = captured(&agent, &json!({"title": "Best", "priority": 5})).await;
    let behind = captured(&agent, &json!({"title": "Behind", "priority": 2})).await;
    let later = captured(
        &agent,
        &json!({"title": "Later", "start_date": "2026-12-24"}),
    )
    .await;
    let blocked = captured(
        &agent,
        &json!({"title": "Blocked", "depends_on": [id(&best)]}),
    )
    .await;
    let child = captured(&agent, &json!({"title": "Child", "parent_id": id(&later)})).await;
    let asleep = captured(&agent, &json!({"title": "Asleep"})).await;
    content(
        &agent,
        "put_off_task",
        &json!({"id": id(&asleep), "until": "2026-11-23T09:00"}),
    )
    .await;
    let parent = captured(&agent, &json!({"title": "Parent"})).await;
    captured(&agent, &json!({"title": "Part", "parent_id": id(&parent)})).await;
    for (task, part) in [
        (&best, "“Best” is the first."),
        (&behind, "points behind"),
        (&later, "not to be started before"),
        (&blocked, "waits for another open task"),
        (&asleep, "is snoozed until tomorrow at 09:00"),
        (&parent, "waits for its open subtasks"),
        (&child, "points behind"),
    ] {
        let answer = result(&agent, "what_next", &json!({"why_not": id(task)})).await;
        let why = &answer["structuredContent"]["why_not"];
        assert!(
            why["because"].as_str().unwrap().contains(part),
            "{part}: {why}"
        );
        assert_eq!(why["task"]["id"], task["id"]);
        assert!(text(&answer).contains(part), "{}", text(&answer));
    }
}

#[tokio::test]
async fn a_day_is_planned_for_the_free_hours_or_what_is_left_of_the_working_day() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    for (title, priority, minutes) in [("Long", 5, 300), ("First", 4, 60), ("Second", 3, 30)] {
        captured(
            &agent,
            &json!({"title": title, "priority": priority, "effort_estimate_minutes": minutes}),
        )
        .await;
    }
    captured(&agent, &json!({"title": "Unknown", "priority": 1})).await;
    let plan = content(&agent, "plan_day", &json!({"free_hours": 2})).await;
    let titles: Vec<_> = plan["plan"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| slot["task"]["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["First", "Second", "Unknown"]);
    assert_eq!(plan["plan"][0]["starts_at"], "2026-11-22T12:00:00+00:00");
    assert_eq!(plan["plan"][2]["ends_at"], "2026-11-22T14:00:00+00:00");
    assert_eq!(
        (&plan["left_minutes"], &plan["too_long"][0]["title"]),
        (&json!(0), &json!("Long"))
    );
    assert_eq!(
        plan["assumptions"],
        json!(["1 task without an estimate: 30 minutes each are assumed."])
    );
    // It is Sunday.
    let day_off = content(&agent, "plan_day", &json!({})).await;
    assert_eq!(day_off["free_minutes"], 60);
    content(
        &agent,
        "preferences",
        &json!({"work_days": [7], "work_start": "14:00", "work_end": "15:30"}),
    )
    .await;
    let plan = content(&agent, "plan_day", &json!({})).await;
    assert_eq!(plan["free_minutes"], 90);
    assert_eq!(plan["plan"][0]["starts_at"], "2026-11-22T14:00:00+00:00");
}

#[tokio::test]
async fn tasks_are_found_by_words_by_filters_and_by_id() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    let rent = captured(
        &agent,
        &json!({"title": "Pay the rent", "due_date": "2026-12-01", "tags": ["money"]}),
    )
    .await;
    let read = captured(
        &agent,
        &json!({"title": "Read", "priority": 5, "project": "Books"}),
    )
    .await;
    let done = captured(&agent, &json!({"title": "Renew passport"})).await;
    content(&agent, "complete_task", &json!({"id": id(&done)})).await;
    for (arguments, expected) in [
        (json!({}), vec!["Pay the rent", "Read"]),
        (
            json!({"query": "ren"}),
            vec!["Pay the rent", "Renew passport"],
        ),
        (json!({"id": id(&rent)}), vec!["Pay the rent"]),
        (json!({"tag": "money"}), vec!["Pay the rent"]),
        (
            json!({"project": "Books", "query": "", "tag": ""}),
            vec!["Read"],
        ),
        (json!({"priority_min": 4}), vec!["Read"]),
        (json!({"due_before": "2026-12-02"}), vec!["Pay the rent"]),
        (json!({"due_after": "2026-12-02"}), vec![]),
        (json!({"status": ["completed"]}), vec!["Renew passport"]),
        (json!({"sort": "priority", "limit": 1}), vec!["Read"]),
    ] {
        let found = content(&agent, "find_tasks", &arguments).await;
        let mut titles: Vec<_> = found["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|task| task["title"].as_str().unwrap())
            .collect();
        if arguments.get("query").is_some() {
            titles.sort_unstable();
        }
        assert_eq!(titles, expected, "{arguments}");
        assert_eq!(
            found["more"],
            arguments.get("limit").is_some(),
            "{arguments}"
        );
    }
    let said = result(&agent, "find_tasks", &json!({"id": id(&rent)})).await;
    assert_eq!(
        text(&said),
        "1 task: “Pay the rent”, due on 1 December. (Dates are in UTC.)"
    );
    assert_eq!(
        content(&agent, "find_tasks", &json!({"id": id(&read)})).await["tasks"][0],
        read
    );
}

#[tokio::test]
async fn the_overview_tells_where_the_user_stands_and_what_can_be_undone() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let agent = assistant(&app, &ada);
    captured(
        &agent,
        &json!({"title": "Late", "due_date": "2026-11-20", "project": "Home"}),
    )
    .await;
    captured(
        &agent,
        &json!({"title": "Now", "due_date": "2026-11-22T18:00"}),
    )
    .await;
    let done = captured(&agent, &json!({"title": "Done"})).await;
    let change = content(&agent, "complete_task", &json!({"id": id(&done)})).await;
    let answer = result(&agent, "get_overview", &json!({})).await;
    let told = &answer["structuredContent"];
    assert_eq!(told["open"], 2);
    assert_eq!(
        (&told["overdue"][0]["title"], &told["due_today"][0]["title"]),
        (&json!("Late"), &json!("Now"))
    );
    assert_eq!(told["completed_today"], 1);
    assert_eq!(told["completed_by_day"].as_array().unwrap().len(), 7);
    assert_eq!(told["last_changes"][0]["change_id"], change["change_id"]);
    assert_eq!(told["projects"][0]["name"], "Home");
    assert!(
        text(&answer)
            .starts_with("2 tasks open. 1 overdue: “Late”. 1 due today: “Now”. 1 done today."),
        "{}",
        text(&answer)
    );
}
