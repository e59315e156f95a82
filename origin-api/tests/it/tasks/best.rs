//! `GET /api/tasks/best`

mod filters;
mod gates;
mod parts;

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{PATH, path, renewed, task};
use crate::support::{Client, TestApp};

const BEST: &str = "/api/tasks/best";

/// The titles of the best task and of the runners-up.
fn titles(best: &Value) -> Vec<&str> {
    let alternatives = best["alternatives"].as_array().unwrap();
    let tasks =
        std::iter::once(&best["task"]).chain(alternatives.iter().map(|other| &other["task"]));
    tasks.filter_map(|task| task["title"].as_str()).collect()
}

/// Hundredths of a point, as shown.
fn hundredths(points: &Value) -> i64 {
    let text = points.to_string();
    let (whole, decimals) = text.split_once('.').unwrap();
    assert!(decimals.len() <= 2, "{text}");
    format!("{whole}{decimals:0<2}").parse().unwrap()
}

async fn titled(client: &Client, title: &str, mut fields: Value) -> Value {
    fields["title"] = json!(title);
    client.post(PATH, &fields).await.expect(201)
}

#[tokio::test]
async fn the_best_of_three_comes_with_its_reasons() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    titled(&ada, "Sort", json!({"priority": 2})).await;
    // It is Sunday noon; Monday's working day is 8 hours.
    let report = titled(
        &ada,
        "Report",
        json!({"priority": 4, "due_date": "2026-11-23", "effort_estimate_minutes": 90}),
    )
    .await;
    let call = titled(&ada, "Call", json!({"effort_estimate_minutes": 10})).await;
    let response = ada.get(BEST).await;
    let best = response.expect(200);
    assert_eq!(titles(&best), ["Report", "Call", "Sort"]);
    assert_eq!(best["task"], report);
    assert_eq!(best["alternatives"][0]["task"], call);
    assert_eq!(
        best["explanation"],
        "“Report” comes first: its priority is 4 of 5 and it is due tomorrow (8 hours of working time left)."
    );
    // U = 0.7 · 0.9 / (1 + (480 − 90) / 960), P = 0.75.
    let points: Vec<(&Value, &Value, &Value)> = best["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (&part["factor"], &part["points"], &part["max"]))
        .collect();
    assert_eq!(
        json!(points),
        json!([
            ["urgency", 15.23, 40.0],
            ["importance", 22.5, 30.0],
            ["fit", 12.0, 12.0],
            ["unblocks", 0.0, 8.0],
            ["started", 0.0, 8.0],
            ["time_of_day", 3.0, 6.0],
            ["small", 1.0, 4.0],
            ["age", 0.0, null],
            ["not_now", 0.0, 0.0],
        ])
    );
    assert_eq!(best["score"], json!(53.73));
    assert_eq!(
        best["alternatives"][0]["would_win_if"],
        "would be first if its priority were 4 or higher and it were due by tomorrow"
    );
    assert_eq!(best["counts"], json!({"open": 3, "overdue": 0}));
    assert_eq!(
        best["assumptions"],
        json!([
            "The free time is unknown, so every task counts as fitting it.",
            "“Sort” has no estimate; 30 minutes are assumed.",
            "Working hours are not set; Monday to Friday, 09:00 to 17:00 in UTC are assumed.",
        ])
    );
    assert_eq!(
        (
            &best["hidden"]["next_to_wake"],
            &best["next_change_at"],
            &best["ranking_version"]
        ),
        (&Value::Null, &Value::Null, &json!(1))
    );
    assert_eq!(response.header("mindflow-version"), "4");
    assert_eq!(response.header("content-type"), "application/json");
}

#[tokio::test]
async fn parts_add_up_to_the_score_as_shown() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (number, due) in [
        "2026-11-20",
        "2026-11-22T15:00",
        "2026-12-24T18:00:00+01:00",
    ]
    .into_iter()
    .enumerate()
    {
        let fields = json!({"due_date": due, "priority": number + 1, "effort_estimate_minutes": 7});
        titled(&ada, due, fields).await;
    }
    app.clock.advance(SignedDuration::from_mins(37));
    let best = ada
        .get("/api/tasks/best?available_minutes=5")
        .await
        .expect(200);
    for pick in best["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .chain([&best])
    {
        let parts = pick["parts"].as_array().unwrap();
        let sum: i64 = parts.iter().map(|part| hundredths(&part["points"])).sum();
        assert_eq!(sum, hundredths(&pick["score"]), "{pick}");
    }
    assert_eq!(best["counts"], json!({"open": 3, "overdue": 1}));
}

#[tokio::test]
async fn following_the_advice_of_a_runner_up_makes_it_first() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    titled(
        &ada,
        "First",
        json!({"priority": 4, "due_date": "2026-11-23"}),
    )
    .await;
    let dated = titled(&ada, "Dated", json!({"priority": 4})).await;
    let best = ada.get(BEST).await.expect(200);
    assert_eq!(
        best["alternatives"][0]["would_win_if"],
        "would be first if it were due today"
    );
    app.clock.advance(SignedDuration::from_secs(20));
    ada.patch(&path(&dated), &json!({"due_date": "2026-11-22"}))
        .await
        .expect(200);
    assert_eq!(titles(&ada.get(BEST).await.expect(200)), ["Dated", "First"]);
}

#[tokio::test]
async fn only_open_tasks_of_the_caller_are_ranked() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let [done, deleted, started] = ["Done", "Deleted", "Started"].map(|title| task(&ada, title));
    let (done, deleted, started) = (done.await, deleted.await, started.await);
    ada.post(&format!("{}/complete", path(&done)), &json!({}))
        .await
        .expect(200);
    ada.delete(&path(&deleted)).await.expect(204);
    ada.post(&format!("{}/start", path(&started)), &json!({}))
        .await
        .expect(200);
    task(&bob, "Bob's").await;
    let best = ada.get(BEST).await.expect(200);
    assert_eq!(titles(&best), ["Started"]);
    assert_eq!(best["parts"][4]["points"], json!(8.0));
    assert_eq!(best["counts"]["open"], 1);
    assert_eq!(titles(&bob.get(BEST).await.expect(200)), ["Bob's"]);
}

#[tokio::test]
async fn with_nothing_to_do_it_says_so() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let response = ada.get(BEST).await;
    assert_eq!(
        response.expect(200),
        json!({
            "task": null, "score": null, "explanation": "Everything is done: there is no open task.",
            "parts": [], "alternatives": [],
            "hidden": {"snoozed": 0, "not_started_yet": 0, "blocked": 0, "has_open_subtasks": 0, "next_to_wake": null},
            "counts": {"open": 0, "overdue": 0}, "assumptions": [], "next_change_at": null, "ranking_version": 1
        })
    );
    assert_eq!(response.header("mindflow-version"), "1");
}

#[tokio::test]
async fn the_limit_counts_the_best_task_too() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for number in 0..12 {
        task(&ada, &number.to_string()).await;
    }
    for (query, count) in [("", 3), ("?limit=1", 1), ("?limit=10", 10)] {
        let best = ada.get(&format!("{BEST}{query}")).await.expect(200);
        assert_eq!(titles(&best).len(), count, "{query}");
        assert_eq!(best["counts"]["open"], 12);
    }
}

#[tokio::test]
async fn a_tag_filters_what_is_returned_and_counted() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    titled(
        &ada,
        "Office",
        json!({"priority": 5, "tags": ["work", "desk"]}),
    )
    .await;
    titled(&ada, "Garden", json!({"tags": ["home"]})).await;
    let best = ada.get("/api/tasks/best?tag=%20home%20").await.expect(200);
    assert_eq!(titles(&best), ["Garden"]);
    assert_eq!(best["counts"]["open"], 1);
    let none = ada.get("/api/tasks/best?tag=garage").await.expect(200);
    assert_eq!(none["task"], Value::Null);
    assert_eq!(
        none["explanation"],
        "There is no open task with the tag “garage”."
    );
}

#[tokio::test]
async fn the_free_time_decides_between_equals() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    titled(
        &ada,
        "Long",
        json!({"priority": 4, "effort_estimate_minutes": 240}),
    )
    .await;
    titled(&ada, "Short", json!({"effort_estimate_minutes": 20})).await;
    assert_eq!(titles(&ada.get(BEST).await.expect(200)), ["Long", "Short"]);
    let best = ada
        .get("/api/tasks/best?available_minutes=25")
        .await
        .expect(200);
    assert_eq!(titles(&best), ["Short", "Long"]);
    assert_eq!(best["parts"][2]["because"], "20 minutes of 25 minutes free");
}

#[tokio::test]
async fn dates_are_meant_in_the_users_zone_and_working_hours() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let tokyo = json!({"time_zone": "Asia/Tokyo", "work_start": "10:00", "work_end": "12:00", "work_days": [7]});
    ada.put("/api/preferences", &tokyo).await.expect(200);
    // It is Sunday 21:00 in Tokyo, the only working day, and its hours were 10 to 12.
    titled(&ada, "Sunday", json!({"due_date": "2026-11-22"})).await;
    titled(&ada, "Next Sunday", json!({"due_date": "2026-11-29T11:30"})).await;
    let best = ada.get(BEST).await.expect(200);
    assert_eq!(best["parts"][0]["because"], "due today");
    assert_eq!(best["counts"]["overdue"], 1);
    assert_eq!(best["task"]["overdue"], true);
    assert_eq!(
        best["alternatives"][0]["parts"][0]["because"],
        "due on 29 November at 11:30 (1 h 30 min of working time left)"
    );
    assert_eq!(
        best["assumptions"].as_array().unwrap().len(),
        2,
        "the hours are the user's own"
    );
}

#[tokio::test]
async fn the_tag_changes_with_the_answer() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    titled(&ada, "Dated", json!({"due_date": "2026-11-23"})).await;
    let tag = ada.get(BEST).await.header("etag").to_owned();
    assert!(tag.starts_with("\"2-") && tag.len() == 20, "{tag}");
    assert_eq!(ada.get(BEST).await.header("etag"), tag);
    assert_ne!(
        ada.get("/api/tasks/best?available_minutes=10")
            .await
            .header("etag"),
        tag
    );
    app.clock.advance(SignedDuration::from_hours(24));
    assert_ne!(renewed(&app, &ada).get(BEST).await.header("etag"), tag);
}

#[tokio::test]
async fn refuses_what_is_not_in_the_query() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (query, field, message) in [
        (
            "limit=0",
            "limit",
            "must be a whole number between 1 and 10",
        ),
        (
            "limit=11",
            "limit",
            "must be a whole number between 1 and 10",
        ),
        (
            "limit=3.5",
            "limit",
            "must be a whole number between 1 and 10",
        ),
        ("limit=", "limit", "must be a whole number between 1 and 10"),
        ("limit=1&limit=2", "limit", "may be given only once"),
        (
            "available_minutes=0",
            "available_minutes",
            "must be a whole number between 1 and 1440",
        ),
        (
            "available_minutes=1441",
            "available_minutes",
            "must be a whole number between 1 and 1440",
        ),
        ("tag=", "tag", "must not be blank"),
        ("tag=%00", "tag", "must not contain U+0000"),
        ("project=%20", "project", "must not be blank"),
        ("project=a&project=b", "project", "may be given only once"),
        ("search=x", "search", "is not a known field; leave it out"),
    ] {
        let response = ada.get(&format!("{BEST}?{query}")).await;
        assert_eq!(
            response.expect(422)["errors"],
            json!([{"field": field, "message": message}]),
            "{query}"
        );
    }
    let long = "ä".repeat(51);
    ada.get(&format!("{BEST}?tag={}", long.replace('ä', "%C3%A4")))
        .await
        .expect(422);
}

#[tokio::test]
async fn needs_a_credential_that_holds_and_only_knows_get() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    app.anonymous().get(BEST).await.expect(401);
    let refused = ada.post(BEST, &json!({})).await;
    refused.expect(405);
    assert!(
        refused.header("allow").contains("GET"),
        "{}",
        refused.header("allow")
    );
    let database = app.database.connect().await;
    database
        .execute("UPDATE sessions SET revoked_at = now()", &[])
        .await
        .unwrap();
    ada.get(BEST).await.expect(401);
}

#[tokio::test]
async fn is_one_round_trip_and_503_while_the_database_is_away() {
    for statements in ["prepared", "unnamed"] {
        let app = TestApp::with(&[
            ("DATABASE_STATEMENTS", statements),
            ("DATABASE_POOL_SIZE", "1"),
        ])
        .await;
        let ada = app.user("ada").await;
        task(&ada, "Only").await;
        // The first use of a connection prepares its statement.
        ada.get(BEST).await.expect(200);
        let (round_trips, response) = app
            .round_trips(ada.call(Method::GET, "/api/tasks/best?limit=10").send())
            .await;
        assert_eq!((round_trips, response.status), (1, 200), "{statements}");
        app.proxy.cut();
        let away = ada.get(BEST).await;
        away.expect(503);
        assert_eq!(away.header("retry-after"), "1");
        app.proxy.mend();
        ada.get(BEST).await.expect(200);
    }
}
