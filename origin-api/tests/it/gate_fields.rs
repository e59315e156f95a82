//! What answers say to the gate alone: `Mindflow-Version` and `Mindflow-Cache`.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Client, Response, TestApp};

/// Every authenticated GET, and whether the gate may keep its answer.
fn reads(task: &str, project: &str) -> Vec<(String, bool)> {
    [
        ("/api/tasks", true),
        ("/api/tasks?status=snoozed", true),
        ("/api/tasks?sort=score", true),
        ("/api/tasks/best", true),
        ("/api/projects", true),
        ("/api/preferences", true),
        ("/api/tasks/search?q=t", true),
        ("/api/stats", true),
        ("/api/history", true),
        ("/api/auth/me", false),
        ("/api/sessions", false),
        ("/api/keys", false),
    ]
    .map(|(target, cached)| (target.to_owned(), cached))
    .into_iter()
    .chain([
        (format!("/api/tasks/{task}"), true),
        (format!("/api/tasks/{task}/occurrences"), true),
        (format!("/api/projects/{project}"), true),
    ])
    .collect()
}

/// `max-age`, in seconds.
#[track_caller]
fn max_age(response: &Response) -> i64 {
    response.expect(200);
    let field = response.header("mindflow-cache");
    let seconds = field.strip_prefix("max-age=");
    seconds
        .unwrap_or_else(|| panic!("{field:?}"))
        .parse()
        .unwrap()
}

async fn created(client: &Client, fields: &Value) -> String {
    let task = client.post("/api/tasks", fields).await.expect(201);
    task["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_read_has_a_version_and_a_tag_and_what_may_be_kept_says_for_how_long() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = created(&ada, &json!({"title": "T", "project": "P"})).await;
    for (target, is_cached) in reads(&task, "P") {
        let response = ada.get(&target).await;
        response.expect(200);
        assert_eq!(response.header("mindflow-version"), "2", "{target}");
        assert!(response.header("etag").starts_with('"'), "{target}");
        // Nothing is planned: nothing changes by itself.
        let expected = if is_cached { "max-age=60" } else { "" };
        assert_eq!(response.header("mindflow-cache"), expected, "{target}");
    }
    let state = ada.get("/internal/gate-state").await;
    assert_eq!(state.header("mindflow-version"), "2");
    assert_eq!(state.header("mindflow-cache"), "");
}

#[tokio::test]
async fn every_answer_to_a_change_has_the_version_after_it_also_a_refusal() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = created(&ada, &json!({"title": "T", "project": "P"})).await;
    let task = format!("/api/tasks/{task}");
    let gone = "/api/tasks/0198c5a0-0000-7000-8000-0000000000ff";
    let weights = json!({"weights": {"urgency": 2}});
    for (method, target, body, status, version) in [
        (
            Method::PATCH,
            task.as_str(),
            json!({"title": "U"}),
            200,
            "3",
        ),
        (Method::PATCH, &task, json!({"title": "U"}), 200, "3"),
        (Method::PATCH, &task, json!({"title": ""}), 422, "3"),
        (
            Method::PATCH,
            &task,
            json!({"parent_id": &gone[11..]}),
            422,
            "3",
        ),
        (Method::PATCH, gone, json!({"title": "U"}), 404, "3"),
        (
            Method::POST,
            &format!("{task}/complete"),
            json!({}),
            200,
            "4",
        ),
        (Method::POST, &format!("{task}/start"), json!({}), 409, "4"),
        (Method::POST, "/api/preferences/preview", weights, 200, "4"),
        (
            Method::PUT,
            "/api/preferences",
            json!({"time_zone": "UTC"}),
            200,
            "4",
        ),
        (
            Method::PUT,
            "/api/preferences",
            json!({"work_end": "18:00"}),
            200,
            "5",
        ),
        (
            Method::PATCH,
            "/api/projects/P",
            json!({"archived": true}),
            200,
            "6",
        ),
        (
            Method::PATCH,
            "/api/projects/Q",
            json!({"archived": true}),
            404,
            "6",
        ),
        (
            Method::PATCH,
            "/api/auth/me",
            json!({"full_name": "Ada"}),
            200,
            "7",
        ),
        (
            Method::DELETE,
            "/api/keys/0198c5a0-0000-7000-8000-0000000000ff",
            json!({}),
            404,
            "7",
        ),
        (Method::DELETE, &task, json!({}), 204, "8"),
    ] {
        let response = ada.call(method.clone(), target).json(&body).send().await;
        response.expect(status);
        let named = format!("{method} {target} {body}");
        assert_eq!(response.header("mindflow-version"), version, "{named}");
        assert_eq!(response.header("mindflow-cache"), "", "{named}");
    }
    let other = ada.call(Method::GET, &task).send().await;
    other.expect(404);
    assert_eq!(other.header("mindflow-version"), "8");
    // Nobody's answer has one.
    app.anonymous().get("/api/tasks").await.expect(401);
    assert_eq!(
        app.anonymous()
            .get("/api/tasks")
            .await
            .header("mindflow-version"),
        ""
    );
}

/// Asserts that the answer lasts `seconds`, and is another one a second later.
async fn lasts(app: &TestApp, client: &Client, target: &str, seconds: i64) {
    let first = client.get(target).await;
    assert_eq!(max_age(&first), seconds, "{target}");
    let begun = app.clock.clone();
    begun.advance(SignedDuration::from_secs(seconds));
    let last = client.get(target).await;
    assert_eq!(first.text(), last.text(), "{target} after {seconds} s");
    begun.advance(SignedDuration::from_secs(1));
    let next = client.get(target).await;
    assert_ne!(first.text(), next.text(), "{target} a second later");
    assert_eq!(max_age(&next), 60, "{target} when it has changed");
    begun.advance(SignedDuration::from_secs(-seconds - 1));
}

#[tokio::test]
async fn lasts_until_a_task_wakes_or_becomes_overdue_also_one_that_is_not_on_the_page() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let asleep = json!({"title": "Asleep", "snoozed_until": "2026-11-22T12:00:40.500Z"});
    let asleep = created(&ada, &asleep).await;
    created(&ada, &json!({"title": "Awake", "priority": 5})).await;
    lasts(&app, &ada, "/api/tasks", 40).await;
    lasts(&app, &ada, &format!("/api/tasks/{asleep}"), 40).await;
    // It is on the page and leaves it, or comes onto it.
    lasts(&app, &ada, "/api/tasks?status=snoozed", 40).await;
    lasts(&app, &ada, "/api/tasks?status=pending", 40).await;
    lasts(&app, &ada, "/api/tasks?status=pending&sort=due_date", 40).await;
    lasts(&app, &ada, "/api/tasks?sort=score", 40).await;
    lasts(&app, &ada, "/api/tasks/search?q=asleep", 40).await;
    assert_eq!(max_age(&ada.get("/api/tasks/search?q=awake").await), 60);
    // It is neither on the page nor can it come onto it.
    assert_eq!(
        max_age(&ada.get("/api/tasks?sort=-priority&limit=1").await),
        60
    );
    assert_eq!(max_age(&ada.get("/api/tasks?tag=x").await), 60);
    assert_eq!(max_age(&ada.get("/api/tasks/best").await), 40);

    let bob = app.user("bob").await;
    let due = json!({"title": "Due", "due_date": "2026-11-22T12:00:20.200Z", "project": "P"});
    let due = created(&bob, &due).await;
    for target in [
        "/api/tasks",
        "/api/tasks?status=pending",
        "/api/projects",
        "/api/projects/P",
        "/api/stats",
        "/api/tasks/search?q=p",
    ] {
        lasts(&app, &bob, target, 20).await;
    }
    lasts(&app, &bob, &format!("/api/tasks/{due}"), 20).await;
    lasts(&app, &bob, "/api/tasks?sort=score", 20).await;
    assert_eq!(max_age(&bob.get("/api/tasks/best").await), 20);
    // Another user's plans are not looked at, nor what is done.
    bob.post(&format!("/api/tasks/{due}/complete"), &json!({}))
        .await
        .expect(200);
    for target in [
        "/api/tasks",
        "/api/projects",
        "/api/tasks/best",
        "/api/stats",
        "/api/tasks/search?q=due",
    ] {
        assert_eq!(max_age(&bob.get(target).await), 60, "{target}");
    }
}

#[tokio::test]
async fn lasts_until_a_start_the_end_of_work_and_midnight_in_the_users_zone() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    // 12:00 UTC is 21:00 in Tokyo, and a day of work there.
    let hours =
        json!({"time_zone": "Asia/Tokyo", "work_end": "21:01", "work_days": [1, 2, 3, 4, 5, 6, 7]});
    ada.put("/api/preferences", &hours).await.expect(200);
    let later = json!({"title": "Later", "start_date": "2026-11-22T21:00:15"});
    created(&ada, &later).await;
    assert_eq!(max_age(&ada.get("/api/tasks/best").await), 15);
    // A day without a time is over with its work.
    created(&ada, &json!({"title": "Today", "due_date": "2026-11-22"})).await;
    app.clock.advance(SignedDuration::from_secs(30));
    lasts(&app, &ada, "/api/tasks", 30).await;
    assert_eq!(max_age(&ada.get("/api/tasks/best").await), 30);
    let due_later = json!({"title": "Tomorrow", "due_date": "2026-11-24"});
    let bob = app.user("bob").await;
    created(&bob, &due_later).await;
    app.clock
        .advance(SignedDuration::from_secs(12 * 3600 - 30 - 7));
    let bob = app.client(origin_api::domain::tokens::Grant {
        user: bob.identity().user,
        session: bob.identity().credential,
        generation: 1,
        expires_at: jiff::Timestamp::MAX,
    });
    assert_eq!(max_age(&bob.get("/api/tasks/best").await), 7, "midnight");
    assert_eq!(max_age(&bob.get("/api/stats").await), 7, "midnight");
    assert_eq!(max_age(&bob.get("/api/tasks").await), 60, "no day is shown");
}

#[tokio::test]
async fn the_history_lasts_until_a_change_is_too_old_for_it() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    created(&ada, &json!({"title": "Old"})).await;
    created(&ada, &json!({"title": "New"})).await;
    let older = "UPDATE history SET at = at - interval '30 days' + interval '25.5 seconds'
        WHERE version = (SELECT min(version) FROM history)";
    app.database
        .connect()
        .await
        .execute(older, &[])
        .await
        .unwrap();
    lasts(&app, &ada, "/api/history", 25).await;
    assert_eq!(max_age(&ada.get("/api/history?limit=1").await), 60);
}

#[tokio::test]
async fn the_dates_of_a_series_last_until_the_first_of_them_is_past() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let daily =
        json!({"title": "D", "due_date": "2026-11-21T12:00:25Z", "recurrence": "FREQ=DAILY"});
    let task = created(&ada, &daily).await;
    lasts(&app, &ada, &format!("/api/tasks/{task}/occurrences"), 25).await;
    let hourly = json!({"title": "H", "due_date": "2026-11-22T11:00", "recurrence": "FREQ=HOURLY", "recurrence_from": "completion"});
    let task = created(&ada, &hourly).await;
    app.clock.advance(SignedDuration::from_secs(50));
    let target = format!("/api/tasks/{task}/occurrences");
    assert_eq!(max_age(&ada.get(&target).await), 10, "the minute");
}
