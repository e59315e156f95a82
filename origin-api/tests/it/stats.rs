//! `GET /api/stats`

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

use crate::support::{Client, Response, TestApp};

const PATH: &str = "/api/stats";

async fn stats(client: &Client) -> Value {
    client.get(PATH).await.expect(200)
}

/// Tasks of the user that were completed at these instants.
async fn completed(app: &TestApp, client: &Client, instants: &[&str]) {
    let database = app.database.connect().await;
    for instant in instants {
        database
            .execute(
                "INSERT INTO tasks (user_id, id, title, status, priority, tags, created_at, updated_at, completed_at,
                    version)
                VALUES ($1, uuidv7(), 'x', 'completed', 3, '{}', now(), now(), $2::text::timestamptz, 1)",
                &[&client.identity().user.0, instant],
            )
            .await
            .unwrap();
    }
}

/// The days on which something was completed, as `11-22:3`.
fn days(stats: &Value) -> String {
    let days = stats["completed_by_day"].as_array().unwrap();
    let counted = days.iter().filter(|day| day["count"] != 0);
    let words =
        counted.map(|day| format!("{}:{}", &day["day"].as_str().unwrap()[5..], day["count"]));
    words.collect::<Vec<_>>().join(" ")
}

/// An app in which it is `now`, and a user who lives in `zone`.
async fn at(now: &str, zone: &str) -> (TestApp, Client) {
    let app = TestApp::new().await;
    move_to(&app, now);
    let ada = app.user("ada").await;
    let preferences = json!({ "time_zone": zone });
    ada.put("/api/preferences", &preferences).await.expect(200);
    (app, ada)
}

fn move_to(app: &TestApp, now: &str) {
    use origin_api::app::Clock as _;
    let now: Timestamp = now.parse().unwrap();
    app.clock.advance(now.duration_since(app.clock.now()));
}

#[tokio::test]
async fn somebody_new_has_done_nothing_on_30_days() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let answer = ada.get(PATH).await;
    let first = jiff::civil::date(2026, 10, 24);
    let days: Vec<Value> = (0..30)
        .map(|after| json!({"day": (first + after.days()).to_string(), "count": 0}))
        .collect();
    assert_eq!(days[29]["day"], "2026-11-22");
    assert_eq!(
        answer.expect(200),
        json!({
            "time_zone": "UTC", "completed_by_day": days, "streak_days": 0,
            "open_by_priority": {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0}, "overdue": 0, "by_project": [],
            "estimate_ratio": null
        })
    );
    assert_eq!(answer.header("mindflow-version"), "1");
    assert!(answer.header("etag").starts_with("\"1-"));
}

#[tokio::test]
async fn a_day_is_that_of_the_users_zone_also_where_it_has_25_hours_or_two_midnights_or_none() {
    for (zone, now, instants, expected) in [
        (
            "Europe/Berlin",
            "2026-10-27T12:00:00Z",
            [
                "2026-10-24T21:59:59.999Z",
                "2026-10-24T22:00Z",
                "2026-10-25T22:59:59.999Z",
                "2026-10-25T23:00Z",
            ],
            "10-24:1 10-25:2 10-26:1",
        ),
        // The clock goes back to midnight an hour after it.
        (
            "America/Havana",
            "2026-11-03T12:00:00Z",
            [
                "2026-11-01T03:59:59Z",
                "2026-11-01T04:00Z",
                "2026-11-02T04:59:59Z",
                "2026-11-02T05:00Z",
            ],
            "10-31:1 11-01:2 11-02:1",
        ),
        // The clock goes from midnight to one.
        (
            "Asia/Beirut",
            "2026-03-31T12:00:00Z",
            [
                "2026-03-28T21:59:59Z",
                "2026-03-28T22:00Z",
                "2026-03-29T20:59:59Z",
                "2026-03-29T21:00Z",
            ],
            "03-28:1 03-29:2 03-30:1",
        ),
        (
            "Pacific/Kiritimati",
            "2026-11-22T12:00:00Z",
            [
                "2026-10-24T09:59:59Z",
                "2026-10-24T10:00Z",
                "2026-11-22T09:59:59Z",
                "2026-11-22T10:00Z",
            ],
            "10-25:1 11-22:1 11-23:1",
        ),
    ] {
        let (app, ada) = at(now, zone).await;
        completed(&app, &ada, &instants).await;
        let stats = stats(&ada).await;
        assert_eq!(days(&stats), expected, "{zone}");
        assert_eq!(stats["time_zone"], zone);
        assert_eq!(stats["completed_by_day"].as_array().unwrap().len(), 30);
    }
}

#[tokio::test]
async fn a_streak_goes_back_day_by_day_over_days_off_and_an_unfinished_today() {
    // 2026-11-22 is a Sunday; work is on weekdays.
    for (now, done, streak) in [
        ("11-22", "", 0),
        ("11-22", "11-22", 1),
        // Neither the Sunday of today nor the Saturday breaks it.
        ("11-22", "11-20 11-19 11-18", 3),
        ("11-22", "11-22 11-20 11-18", 2),
        ("11-22", "11-21 11-20", 2),
        ("11-22", "11-21", 1),
        // On a Wednesday.
        ("11-25", "11-25 11-24", 2),
        ("11-25", "11-24 11-23 11-20", 3),
        ("11-25", "11-24 11-24 11-24", 1),
        ("11-25", "11-23", 0),
        ("11-25", "11-25 11-23", 1),
        // Over a month with a change of the clock, and one more than are answered by day.
        (
            "11-25",
            "11-25 11-24 11-23 11-20 11-19 11-18 11-17 11-16 11-13 11-12 11-11 11-10 11-09 11-06 11-05 11-04 11-03 \
            11-02 10-30 10-29 10-28 10-27 10-26 10-23 10-22 10-21 10-20 10-19 10-16 10-15 10-14 10-13 10-11",
            32,
        ),
    ] {
        let (app, ada) = at(&format!("2026-{now}T11:00:00Z"), "Europe/Berlin").await;
        let instants: Vec<String> = done
            .split_whitespace()
            .map(|day| format!("2026-{day}T10:00Z"))
            .collect();
        let instants: Vec<&str> = instants.iter().map(String::as_str).collect();
        completed(&app, &ada, &instants).await;
        assert_eq!(stats(&ada).await["streak_days"], streak, "{now}: {done}");
    }
}

#[tokio::test]
async fn who_works_every_day_has_no_day_off() {
    let (app, ada) = at("2026-11-23T11:00:00Z", "UTC").await;
    completed(&app, &ada, &["2026-11-22T10:00Z", "2026-11-20T10:00Z"]).await;
    assert_eq!(stats(&ada).await["streak_days"], 2);
    let every = json!({"work_days": [1, 2, 3, 4, 5, 6, 7]});
    ada.put("/api/preferences", &every).await.expect(200);
    assert_eq!(stats(&ada).await["streak_days"], 1);
}

#[tokio::test]
async fn what_is_open_is_counted_by_priority_and_project_and_what_is_deleted_nowhere() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let bob = app.user("bob").await;
    bob.post("/api/tasks", &json!({"title": "Bob's", "project": "His"}))
        .await
        .expect(201);
    for fields in [
        json!({"priority": 5, "project": "House", "due_date": "2026-11-20"}),
        json!({"priority": 5, "deadline": "2026-11-20T10:00", "due_date": "2026-12-24"}),
        json!({"priority": 1, "snoozed_until": "2026-12-01"}),
        json!({"priority": 1, "project": "House", "status": "completed", "due_date": "2026-11-20"}),
    ] {
        let mut fields = fields;
        fields["title"] = json!("x");
        ada.post("/api/tasks", &fields).await.expect(201);
    }
    let deleted = json!({"title": "x", "status": "completed", "project": "Gone"});
    let deleted = ada.post("/api/tasks", &deleted).await.expect(201);
    let target = format!("/api/tasks/{}", deleted["id"].as_str().unwrap());
    assert_eq!(days(&stats(&ada).await), "11-22:2");
    ada.delete(&target).await.expect(204);
    ada.patch("/api/projects/Gone", &json!({"archived": true}))
        .await
        .expect(200);
    let stats = stats(&ada).await;
    assert_eq!(days(&stats), "11-22:1");
    assert_eq!(stats["streak_days"], 1);
    assert_eq!(
        stats["open_by_priority"],
        json!({"1": 1, "2": 0, "3": 0, "4": 0, "5": 2})
    );
    assert_eq!(stats["overdue"], 2);
    assert_eq!(
        stats["by_project"],
        json!([
            {"name": "Gone", "archived": true, "open": 0, "overdue": 0, "completed": 0},
            {"name": "House", "archived": false, "open": 1, "overdue": 1, "completed": 1}
        ])
    );
    assert_eq!(
        stats["by_project"],
        ada.get("/api/projects").await.expect(200)
    );
}

#[tokio::test]
async fn the_estimate_is_held_against_the_time_from_the_last_start_to_being_done() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let create = async |fields: Value| {
        let task = ada.post("/api/tasks", &fields).await.expect(201);
        format!("/api/tasks/{}", task["id"].as_str().unwrap())
    };
    let step = async |task: &str, step: &str| {
        ada.post(&format!("{task}/{step}"), &json!({}))
            .await
            .expect(200);
    };
    let minutes = |minutes| app.clock.advance(SignedDuration::from_mins(minutes));
    let ratio = async || stats(&ada).await["estimate_ratio"].clone();
    let estimated = json!({"title": "x", "effort_estimate_minutes": 30});
    let started = create(estimated.clone()).await;
    let never_started = create(estimated.clone()).await;
    let without = create(json!({"title": "x"})).await;
    step(&started, "start").await;
    step(&without, "start").await;
    assert_eq!(ratio().await, Value::Null, "nothing is done");
    minutes(10);
    step(&never_started, "complete").await;
    step(&without, "complete").await;
    assert_eq!(ratio().await, Value::Null, "neither can be compared");
    step(&started, "complete").await;
    assert_eq!(ratio().await, json!(0.33));
    // Begun anew: the last start counts.
    step(&started, "reopen").await;
    minutes(5);
    ada.patch(&started, &json!({"status": "in_progress"}))
        .await
        .expect(200);
    minutes(6);
    step(&started, "complete").await;
    assert_eq!(ratio().await, json!(0.2));
    // Of two, the middle; of three, the one between.
    let in_progress = json!({"title": "x", "effort_estimate_minutes": 1, "status": "in_progress"});
    let second = create(in_progress.clone()).await;
    let third = create(in_progress).await;
    minutes(2);
    step(&second, "complete").await;
    assert_eq!(ratio().await, json!(1.1));
    minutes(8);
    step(&third, "complete").await;
    assert_eq!(ratio().await, json!(2.0));
    ada.delete(&third).await.expect(204);
    assert_eq!(ratio().await, json!(1.1));
}

#[tokio::test]
async fn a_start_of_more_than_30_days_ago_is_past() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = json!({"title": "x", "effort_estimate_minutes": 60, "status": "in_progress"});
    let task = ada.post("/api/tasks", &task).await.expect(201);
    let target = format!("/api/tasks/{}/complete", task["id"].as_str().unwrap());
    app.clock.advance(SignedDuration::from_mins(45));
    ada.post(&target, &json!({})).await.expect(200);
    let database = app.database.connect().await;
    for (days, expected) in [(29, json!(0.75)), (30, Value::Null)] {
        let shift = format!(
            "UPDATE history SET at = '2026-11-22T12:00Z'::timestamptz - interval '{days} days';
            UPDATE tasks SET completed_at = '2026-11-22T12:45Z'::timestamptz - interval '{days} days'"
        );
        database.batch_execute(&shift).await.unwrap();
        assert_eq!(stats(&ada).await["estimate_ratio"], expected, "{days}");
    }
}

#[tokio::test]
async fn is_one_round_trip_and_its_tag_changes_with_the_day_and_with_every_change() {
    for statements in ["prepared", "unnamed"] {
        let app = TestApp::with(&[
            ("DATABASE_STATEMENTS", statements),
            ("DATABASE_POOL_SIZE", "1"),
        ])
        .await;
        let ada = app.user("ada").await;
        let tag = |answer: &Response| answer.header("etag").to_owned();
        let first = ada.get(PATH).await;
        let (round_trips, again) = app.round_trips(ada.get(PATH)).await;
        assert_eq!((round_trips, tag(&again)), (1, tag(&first)), "{statements}");
        ada.post("/api/tasks", &json!({"title": "x"}))
            .await
            .expect(201);
        let changed = ada.get(PATH).await;
        assert_ne!(tag(&changed), tag(&first));
        move_to(&app, "2026-11-23T00:00:00Z");
        let ada = app.client(origin_api::domain::tokens::Grant {
            user: ada.identity().user,
            session: ada.identity().credential,
            generation: 1,
            expires_at: Timestamp::MAX,
        });
        let tomorrow = ada.get(PATH).await;
        assert_eq!(
            tomorrow.header("mindflow-version"),
            changed.header("mindflow-version")
        );
        assert_ne!(tag(&tomorrow), tag(&changed));
        let last = tomorrow.expect(200)["completed_by_day"][29]["day"].clone();
        assert_eq!(last, "2026-11-23");
    }
}

#[tokio::test]
async fn takes_no_field_needs_a_credential_that_holds_and_says_when_the_database_is_away() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    assert_eq!(
        ada.get(&format!("{PATH}?days=7")).await.invalid_fields(),
        ["days"]
    );
    app.anonymous().get(PATH).await.expect(401);
    app.proxy.cut();
    let away = ada.get(PATH).await;
    away.expect(503);
    app.proxy.mend();
    let database = app.database.connect().await;
    database
        .batch_execute("UPDATE users SET generation = 2")
        .await
        .unwrap();
    ada.get(PATH).await.expect(401);
}
