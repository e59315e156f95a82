//! Recurring tasks: completing one makes the next.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{PATH, counters, path};
use crate::support::{Client, Response, TestApp};

async fn recurring(client: &Client, body: Value) -> Value {
    let mut all =
        json!({"title": "Water the plants", "due_date": "2026-11-23", "recurrence": "FREQ=WEEKLY"});
    for (name, value) in body.as_object().unwrap() {
        all[name] = value.clone();
    }
    client.post(PATH, &all).await.expect(201)
}

async fn complete(client: &Client, task: &Value) -> Response {
    let target = format!("{}/complete", path(task));
    client.post(&target, &json!({})).await
}

#[tokio::test]
async fn completing_makes_the_next_occurrence_with_everything_but_what_belongs_to_this_one() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let parent = ada
        .post(PATH, &json!({"title": "Garden"}))
        .await
        .expect(201);
    let other = ada
        .post(PATH, &json!({"title": "Buy a can"}))
        .await
        .expect(201);
    let task = recurring(
        &ada,
        json!({
            "description": "all of them", "priority": 4, "deadline": "2026-11-25T18:00:00+01:00", "start_date": "2026-11-21",
            "snoozed_until": "2026-11-22T18:00:00Z", "effort_estimate_minutes": 20, "tags": ["home"], "project": "Garden",
            "preferred_time": "morning", "recurrence": "rrule:freq=weekly;byday=mo", "parent_id": parent["id"],
            "depends_on": [other["id"]], "status": "in_progress"
        }),
    )
    .await;
    assert_eq!(task["recurrence"], json!("FREQ=WEEKLY;BYDAY=MO"));
    app.clock.advance(SignedDuration::from_secs(1));
    let response = complete(&ada, &task).await;
    let completed = response.expect(200);
    assert_eq!(response.header("mindflow-version"), "5", "one change");
    let next = &completed["next_occurrence"];
    let mut expected = task.clone();
    for (name, value) in [
        ("id", next["id"].clone()),
        ("status", json!("blocked")),
        ("due_date", json!("2026-11-30")),
        ("deadline", json!("2026-12-02T18:00:00+01:00")),
        ("start_date", json!("2026-11-28")),
        ("snoozed_until", Value::Null),
        ("created_at", json!("2026-11-22T12:00:01.000Z")),
        ("updated_at", json!("2026-11-22T12:00:01.000Z")),
    ] {
        expected[name] = value;
    }
    assert_eq!(*next, expected);
    assert_ne!(next["id"], task["id"]);
    assert_eq!(completed["status"], json!("completed"));
    assert_eq!(completed["recurrence"], task["recurrence"]);
    assert_eq!(ada.get(&path(next)).await.expect(200), *next);
    let database = app.database.connect().await;
    let rows = database
        .query("SELECT before IS NULL, action FROM history WHERE change_id = (SELECT max(change_id::text)::uuid FROM history) ORDER BY 1", &[])
        .await
        .unwrap();
    let rows: Vec<(bool, &str)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(rows, [(false, "complete"), (true, "complete")]);
}

#[tokio::test]
async fn completing_again_makes_no_second_occurrence() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = recurring(&ada, json!({})).await;
    let first = complete(&ada, &task).await.expect(200);
    let before = counters(&app, &ada).await;
    let again = complete(&ada, &task).await.expect(200);
    assert_eq!(again, first, "the repeat names the same next occurrence");
    assert_eq!(counters(&app, &ada).await, before);
    // Also not when it was reopened meanwhile.
    ada.post(&format!("{}/reopen", path(&task)), &json!({}))
        .await
        .expect(200);
    let third = complete(&ada, &task).await.expect(200);
    assert_eq!(third["status"], json!("completed"));
    let open = ada.get(&format!("{PATH}?status=pending")).await.expect(200);
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    // By PATCH and by PUT a task is completed in the same way.
    let next = &first["next_occurrence"];
    ada.patch(&path(next), &json!({"status": "completed"}))
        .await
        .expect(200);
    let open = ada.get(&format!("{PATH}?status=pending")).await.expect(200);
    let put = open["items"][0].clone();
    assert_eq!(put["due_date"], json!("2026-12-07"));
    let body = json!({"title": "x", "status": "completed", "due_date": put["due_date"], "recurrence": put["recurrence"]});
    ada.put(&path(&put), &body).await.expect(200);
    let open = ada.get(&format!("{PATH}?status=pending")).await.expect(200);
    assert_eq!(
        (&open["items"][0]["due_date"], &open["items"][0]["title"]),
        (&json!("2026-12-14"), &json!("x"))
    );
}

#[tokio::test]
async fn a_replay_gives_the_next_occurrence_as_it_was() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = recurring(&ada, json!({})).await;
    let call = || {
        ada.call(Method::POST, &format!("{}/complete", path(&task)))
            .header("idempotency-key", "k")
            .json(&json!({}))
            .send()
    };
    let first = call().await;
    let next = &first.expect(200)["next_occurrence"];
    ada.delete(&path(next)).await.expect(204);
    let replay = call().await;
    assert_eq!((replay.status, replay.text()), (200, first.text()));
    assert_eq!(replay.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn moving_one_occurrence_keeps_the_rule() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = recurring(&ada, json!({})).await;
    ada.patch(
        &path(&task),
        &json!({"due_date": "2026-11-25", "title": "Later"}),
    )
    .await
    .expect(200);
    let next = complete(&ada, &task).await.expect(200)["next_occurrence"].clone();
    assert_eq!(
        (&next["due_date"], &next["title"]),
        (&json!("2026-11-30"), &json!("Later"))
    );
    // Another rule begins at the date that the task has then.
    ada.patch(&path(&next), &json!({"due_date": "2026-12-01"}))
        .await
        .expect(200);
    ada.patch(
        &path(&next),
        &json!({"recurrence": "FREQ=DAILY;INTERVAL=3"}),
    )
    .await
    .expect(200);
    let next = complete(&ada, &next).await.expect(200)["next_occurrence"].clone();
    assert_eq!(next["due_date"], json!("2026-12-04"));
    // Without a rule it ends.
    ada.patch(&path(&next), &json!({"recurrence": null}))
        .await
        .expect(200);
    assert_eq!(
        complete(&ada, &next).await.expect(200)["next_occurrence"],
        Value::Null
    );
}

#[tokio::test]
async fn a_series_is_counted_on_the_users_clock_and_ends() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    database
        .execute("UPDATE users SET time_zone = 'Europe/Berlin'", &[])
        .await
        .unwrap();
    let mut task = recurring(
        &ada,
        json!({"due_date": "2027-03-27T09:00:00+01:00", "recurrence": "FREQ=DAILY;COUNT=3"}),
    )
    .await;
    for due in ["2027-03-28T09:00:00+02:00", "2027-03-29T09:00:00+02:00"] {
        task = complete(&ada, &task).await.expect(200)["next_occurrence"].clone();
        assert_eq!(task["due_date"], json!(due));
    }
    assert_eq!(
        complete(&ada, &task).await.expect(200)["next_occurrence"],
        Value::Null
    );
}

#[tokio::test]
async fn from_completion_counts_from_the_day_it_was_done() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let body = json!({"due_date": "2026-11-10", "recurrence": "FREQ=DAILY;INTERVAL=3", "recurrence_from": "completion"});
    let late = recurring(&ada, body).await;
    assert_eq!(
        complete(&ada, &late).await.expect(200)["next_occurrence"]["due_date"],
        json!("2026-11-25")
    );
    // On schedule, what was missed does not pile up.
    let missed = recurring(
        &ada,
        json!({"due_date": "2026-11-10", "recurrence": "FREQ=WEEKLY"}),
    )
    .await;
    assert_eq!(
        complete(&ada, &missed).await.expect(200)["next_occurrence"]["due_date"],
        json!("2026-11-24")
    );
}

#[tokio::test]
async fn a_rule_that_cannot_be_is_refused_before_anything_changes() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = recurring(&ada, json!({})).await;
    let before = counters(&app, &ada).await;
    for rule in [
        "FREQ=MINUTELY",
        "FREQ=DAILY;BYHOUR=9;BYMINUTE=0,30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;UNTIL=20251231",
        "every friday",
        "FREQ=WEEKLY\nEXDATE:20261130",
    ] {
        let body = json!({"title": "x", "due_date": "2026-11-23T09:00", "recurrence": rule});
        assert_eq!(
            ada.post(PATH, &body).await.invalid_fields(),
            ["recurrence"],
            "{rule}"
        );
        assert_eq!(
            ada.put(&path(&task), &body).await.invalid_fields(),
            ["recurrence"],
            "{rule}"
        );
        let patch = json!({ "recurrence": rule });
        assert_eq!(
            ada.patch(&path(&task), &patch).await.invalid_fields(),
            ["recurrence"],
            "{rule}"
        );
    }
    let without_date = json!({"title": "x", "recurrence": "FREQ=DAILY"});
    assert_eq!(
        ada.post(PATH, &without_date).await.invalid_fields(),
        ["recurrence"]
    );
    assert_eq!(
        ada.put(&path(&task), &without_date).await.invalid_fields(),
        ["recurrence"]
    );
    assert_eq!(
        ada.patch(&path(&task), &json!({"due_date": null}))
            .await
            .invalid_fields(),
        ["recurrence"]
    );
    assert_eq!(counters(&app, &ada).await, before);
    // The deadline, or else the start date, will do.
    ada.patch(
        &path(&task),
        &json!({"due_date": null, "start_date": "2026-12-01"}),
    )
    .await
    .expect(200);
    let next = complete(&ada, &task).await.expect(200)["next_occurrence"].clone();
    assert_eq!(
        (&next["due_date"], &next["start_date"]),
        (&Value::Null, &json!("2026-12-08"))
    );
}

#[tokio::test]
async fn completions_that_meet_make_one_occurrence() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for round in 0..60 {
        let task = recurring(&ada, json!({ "title": round.to_string() })).await;
        let (target, body) = (path(&task), json!({"priority": 5}));
        let (one, two, three) = tokio::join!(
            complete(&ada, &task),
            complete(&ada, &task),
            ada.patch(&target, &body)
        );
        three.expect(200);
        let nexts = [one.expect(200), two.expect(200)]
            .map(|answer| answer["next_occurrence"]["id"].clone());
        assert_eq!(nexts[0], nexts[1]);
        let of = format!("{PATH}?limit=100&sort=-created_at");
        let made = ada.get(&of).await.expect(200);
        let made = made["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|other| other["title"] == task["title"])
            .count();
        assert_eq!(made, 2, "the task and the one after it");
        ada.delete(&path(&task)).await.expect(204);
        let next = json!({ "id": nexts[0] });
        ada.delete(&path(&next)).await.expect(204);
    }
}

#[tokio::test]
async fn subtasks_completed_along_end_their_series() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let parent = ada
        .post(PATH, &json!({"title": "Parent"}))
        .await
        .expect(201);
    recurring(&ada, json!({"parent_id": parent["id"]})).await;
    let target = format!("{}/complete", path(&parent));
    ada.post(&target, &json!({})).await.expect(409);
    ada.post(&target, &json!({"cascade": true}))
        .await
        .expect(200);
    let open = ada.get(&format!("{PATH}?status=pending")).await.expect(200);
    assert_eq!(open["items"], json!([]));
}
