//! A change of zone or working hours moves the instants that dates without an offset mean.

use axum::http::Method;
use jiff::tz;
use serde_json::{Value, json};
use tokio_postgres::Client as Database;

use super::PATH;
use crate::support::overtaken::{new_app, wait_for};
use crate::support::{Client, Response, TestApp};

/// A task of every form of date.
fn dated() -> Vec<Value> {
    let mut tasks = Vec::new();
    for date in [
        "2026-11-20",
        "2026-11-28",
        "2026-11-24T09:30",
        "2026-11-24T09:30:00+01:00",
    ] {
        tasks.push(json!({"title": "Due", "due_date": date}));
        tasks.push(json!({"title": "Ends", "deadline": date}));
        tasks.push(json!({"title": "Sleeps", "snoozed_until": date, "due_date": "2026-12-01"}));
    }
    tasks.push(json!({"title": "Whenever", "start_date": "2026-12-01"}));
    tasks
}

async fn create_all(client: &Client) -> Vec<Value> {
    let mut created = Vec::new();
    for task in dated() {
        created.push(client.post("/api/tasks", &task).await.expect(201));
    }
    created
}

/// What is derived from the dates of a user's tasks, always in the same order, and by which transaction each was
/// last written.
async fn derived(database: &Database, client: &Client) -> (Vec<Value>, Vec<String>) {
    let rows = database
        .query(
            "SELECT jsonb_build_array(title, due_at, overdue_at, wakes_at, version, updated_at), xmin::text
            FROM tasks WHERE user_id = $1 ORDER BY title, due_date, deadline, snoozed_until",
            &[&client.identity().user.0],
        )
        .await
        .unwrap();
    rows.iter()
        .map(|row| (row.get::<_, Value>(0), row.get::<_, String>(1)))
        .unzip()
}

#[tokio::test]
async fn what_is_derived_is_as_if_the_tasks_were_made_after_the_change() {
    let app = TestApp::new().await;
    let database = app.database.connect().await;
    for (number, preferences) in [
        json!({"time_zone": "Asia/Tokyo"}),
        json!({"time_zone": "America/New_York", "work_end": "24:00"}),
        json!({"work_end": "12:15"}),
        json!({"work_days": [6, 7]}),
    ]
    .into_iter()
    .enumerate()
    {
        let before = app.user(&format!("before{number}")).await;
        let after = app.user(&format!("after{number}")).await;
        create_all(&before).await;
        let old = derived(&database, &before).await.0;
        before.put(PATH, &preferences).await.expect(200);
        after.put(PATH, &preferences).await.expect(200);
        create_all(&after).await;
        let new = derived(&database, &before).await.0;
        assert_ne!(new, old, "{preferences}");
        assert_eq!(new, derived(&database, &after).await.0, "{preferences}");
    }
}

#[tokio::test]
async fn a_floating_date_follows_the_zone_and_is_overdue_by_it() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    // It is noon in UTC, and 21:00 in Tokyo.
    let body = json!({"title": "Call", "due_date": "2026-11-22T13:00"});
    let task = ada.post("/api/tasks", &body).await.expect(201);
    let body = json!({"title": "Fly", "due_date": "2026-11-22T13:00:00Z"});
    let fixed = ada.post("/api/tasks", &body).await.expect(201);
    let body = json!({"title": "Old", "due_date": "2026-11-22T13:00", "status": "completed"});
    let old = ada.post("/api/tasks", &body).await.expect(201);
    let path = |task: &Value| format!("/api/tasks/{}", task["id"].as_str().unwrap());
    let tag = ada.get(&path(&task)).await.header("etag").to_owned();
    assert_eq!(
        (&task["overdue"], &fixed["overdue"]),
        (&json!(false), &json!(false))
    );
    ada.put(PATH, &json!({"time_zone": "Asia/Tokyo"}))
        .await
        .expect(200);
    let moved = ada.get(&path(&task)).await;
    let mut expected = task.clone();
    expected["overdue"] = json!(true);
    assert_eq!(
        moved.expect(200),
        expected,
        "as given, and the same version"
    );
    assert_ne!(moved.header("etag"), tag);
    assert_eq!(ada.get(&path(&fixed)).await.expect(200), fixed);
    let best = ada.get("/api/tasks/best").await.expect(200);
    assert_eq!(best["counts"], json!({"open": 2, "overdue": 1}));
    ada.post(&format!("{}/reopen", path(&old)), &json!({}))
        .await
        .expect(200);
    let database = app.database.connect().await;
    let stale = database.query_one(STALE, &[]).await.unwrap();
    assert_eq!(stale.get::<_, i64>(0), 0, "also of one that is reopened");
}

#[tokio::test]
async fn other_preferences_and_other_users_move_nothing() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let database = app.database.connect().await;
    create_all(&ada).await;
    let before = derived(&database, &ada).await;
    let unmoving =
        json!({"weights": "quick-wins", "search_language": "german", "work_start": "08:00"});
    ada.put(PATH, &unmoving).await.expect(200);
    bob.put(PATH, &json!({"time_zone": "Asia/Tokyo"}))
        .await
        .expect(200);
    assert_eq!(derived(&database, &ada).await, before);
    // Only what has moved is written.
    ada.put(PATH, &json!({"work_end": "17:30"}))
        .await
        .expect(200);
    let after = derived(&database, &ada).await;
    let written = before
        .1
        .iter()
        .zip(&after.1)
        .filter(|(one, other)| one != other);
    let moved = before
        .0
        .iter()
        .zip(&after.0)
        .filter(|(one, other)| one != other);
    assert_eq!(written.count(), moved.count());
    assert_ne!(after.0, before.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_task_that_is_made_or_changed_meanwhile_does_not_keep_the_old_zone() {
    let app = new_app().await;
    let due = json!({"title": "Racing", "due_date": "2026-11-24T09:30"});
    let zone = json!({"time_zone": "Asia/Tokyo"});
    let database = app.database.connect().await;
    for (number, is_new) in [true, false].into_iter().enumerate() {
        for zone_comes_first in [true, false] {
            let ada = app.user(&format!("ada{number}{zone_comes_first}")).await;
            let task = ada.post("/api/tasks", &due).await.expect(201);
            let change = if is_new {
                (Method::POST, "/api/tasks".to_owned(), due.clone())
            } else {
                let path = format!("/api/tasks/{}", task["id"].as_str().unwrap());
                (Method::PATCH, path, json!({"due_date": "2026-11-25"}))
            };
            let move_zone = (Method::PUT, PATH.to_owned(), zone.clone());
            let mut requests = [move_zone, change];
            if !zone_comes_first {
                requests.reverse();
            }
            for answer in one_after_the_other(&app, &ada, requests).await {
                assert!([200, 201].contains(&answer.status), "{}", answer.text());
            }
            let row = database.query_one(STALE, &[]).await.unwrap();
            assert_eq!(row.get::<_, i64>(0), 0, "{is_new} {zone_comes_first}");
        }
    }
}

/// How many tasks have instants that are not those of their user's zone and working hours.
const STALE: &str = "SELECT count(*)
    FROM tasks
    JOIN users USING (user_id)
    WHERE due_at IS DISTINCT FROM date_passes(due_date, time_zone, work_end_minute, work_days)
        OR wakes_at IS DISTINCT FROM date_begins(snoozed_until, time_zone)
        OR overdue_at IS DISTINCT FROM
            date_passes(coalesce(deadline, due_date), time_zone, work_end_minute, work_days)";

/// Sends the requests so that each begins before the first is applied, and the first is applied first.
async fn one_after_the_other(
    app: &TestApp,
    client: &Client,
    requests: [(Method, String, Value); 2],
) -> Vec<Response> {
    let (holder, watcher) = (app.database.connect().await, app.database.connect().await);
    let hold = "BEGIN; SELECT FROM users FOR NO KEY UPDATE";
    holder.batch_execute(hold).await.unwrap();
    let mut running = Vec::new();
    for (count, (method, target, body)) in (1..).zip(requests) {
        let client = client.clone();
        running.push(tokio::spawn(async move {
            client.call(method, &target).json(&body).send().await
        }));
        wait_for(&watcher, count).await;
    }
    holder.batch_execute("COMMIT").await.unwrap();
    let mut answers = Vec::new();
    for request in running {
        answers.push(request.await.unwrap());
    }
    answers
}

#[tokio::test]
async fn every_zone_that_may_be_chosen_is_known_to_the_database() {
    let app = TestApp::new().await;
    let database = app.database.connect().await;
    let rows = database
        .query("SELECT name FROM pg_timezone_names", &[])
        .await
        .unwrap();
    let known: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let unknown: Vec<String> = tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| !known.contains(name))
        .collect();
    assert_eq!(unknown, [""; 0]);
}
