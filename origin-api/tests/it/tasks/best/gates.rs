//! What is hidden from the ranking, why, and when it comes back.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{BEST, titled, titles};
use crate::support::{Client, TestApp};
use crate::tasks::{path, renewed};

async fn best(client: &Client) -> Value {
    client.get(BEST).await.expect(200)
}

#[tokio::test]
async fn a_snoozed_task_is_hidden_and_wakes_at_its_second() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let nap = titled(
        &ada,
        "Nap",
        json!({"snoozed_until": "2026-11-22T12:30:00Z"}),
    )
    .await;
    let hidden = best(&ada).await;
    assert_eq!(hidden["task"], Value::Null);
    assert_eq!(
        hidden["explanation"],
        "Nothing can be done now: the only open task is snoozed. “Nap” is the next to wake, today at 12:30."
    );
    assert_eq!(
        hidden["hidden"],
        json!({
            "snoozed": 1, "not_started_yet": 0, "blocked": 0, "has_open_subtasks": 0,
            "next_to_wake": {"id": nap["id"], "title": "Nap", "at": "2026-11-22T12:30:00.000Z"},
        })
    );
    assert_eq!(hidden["next_change_at"], "2026-11-22T12:30:00.000Z");
    assert_eq!(hidden["counts"], json!({"open": 1, "overdue": 0}));
    app.clock
        .advance(SignedDuration::new(30 * 60 - 1, 999_000_000));
    assert_eq!(best(&ada).await["task"], Value::Null);
    app.clock.advance(SignedDuration::from_millis(1));
    let awake = best(&ada).await;
    assert_eq!(titles(&awake), ["Nap"]);
    assert_eq!(awake["task"]["status"], "pending");
    assert_eq!(
        (&awake["hidden"]["snoozed"], &awake["next_change_at"]),
        (&json!(0), &Value::Null)
    );
}

#[tokio::test]
async fn a_snooze_of_hours_hides_a_started_task_which_comes_back_started() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = titled(&ada, "Paint", json!({"status": "in_progress"})).await;
    let snooze = format!("{}/snooze", path(&task));
    ada.post(&snooze, &json!({"hours": 0.5})).await.expect(200);
    assert_eq!(best(&ada).await["hidden"]["snoozed"], 1);
    app.clock.advance(SignedDuration::from_mins(30));
    let awake = best(&ada).await;
    assert_eq!(awake["task"]["status"], "in_progress");
    assert_eq!(awake["parts"][4]["points"], json!(8.0));
}

#[tokio::test]
async fn a_day_begins_in_the_users_zone() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let zone = json!({"time_zone": "Asia/Tokyo"});
    ada.put("/api/preferences", &zone).await.expect(200);
    titled(&ada, "Start", json!({"start_date": "2026-11-23"})).await;
    titled(&ada, "Sleep", json!({"snoozed_until": "2026-11-23"})).await;
    titled(&ada, "Floats", json!({"start_date": "2026-11-23T00:30"})).await;
    // It is 21:00 in Tokyo.
    let before = best(&ada).await;
    assert_eq!(
        (
            &before["hidden"]["snoozed"],
            &before["hidden"]["not_started_yet"]
        ),
        (&json!(1), &json!(2))
    );
    assert_eq!(before["next_change_at"], "2026-11-22T15:00:00.000Z");
    let said = before["explanation"].as_str().unwrap();
    assert!(
        said.starts_with(
            "Nothing can be done now: of 3 open tasks, 1 is snoozed and 2 are not to be started yet. “S"
        ) && said.ends_with("is the next to wake, tomorrow at 00:00."),
        "{said}"
    );
    app.clock.advance(SignedDuration::from_hours(3));
    let after = best(&renewed(&app, &ada)).await;
    assert_eq!(titles(&after).len(), 2);
    assert_eq!(after["next_change_at"], "2026-11-22T15:30:00.000Z");
}

#[tokio::test]
async fn a_task_is_blocked_until_the_last_that_it_depends_on_is_done_or_gone() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let (one, other) = (
        titled(&ada, "One", json!({"priority": 1})).await,
        titled(&ada, "Other", json!({"priority": 1})).await,
    );
    let ids = json!([one["id"], other["id"]]);
    titled(&ada, "Last", json!({"priority": 5, "depends_on": ids})).await;
    let hidden = best(&ada).await;
    assert_eq!(titles(&hidden).len(), 2);
    assert_eq!(hidden["hidden"]["blocked"], 1);
    assert_eq!(hidden["hidden"]["next_to_wake"], Value::Null);
    assert_eq!(hidden["next_change_at"], Value::Null, "time opens nothing");
    ada.post(&format!("{}/complete", path(&one)), &json!({}))
        .await
        .expect(200);
    assert_eq!(best(&ada).await["hidden"]["blocked"], 1);
    ada.delete(&path(&other)).await.expect(204);
    let open = best(&ada).await;
    assert_eq!(titles(&open), ["Last"]);
    assert_eq!(open["hidden"]["blocked"], 0);
}

#[tokio::test]
async fn a_parent_waits_for_its_open_subtasks() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let parent = titled(&ada, "Move house", json!({"priority": 5})).await;
    let child = json!({"parent_id": parent["id"]});
    let child = titled(&ada, "Pack", child).await;
    let hidden = best(&ada).await;
    assert_eq!(titles(&hidden), ["Pack"]);
    assert_eq!(hidden["hidden"]["has_open_subtasks"], 1);
    ada.post(&format!("{}/complete", path(&child)), &json!({}))
        .await
        .expect(200);
    assert_eq!(titles(&best(&ada).await), ["Move house"]);
}

#[tokio::test]
async fn each_hidden_task_counts_under_the_first_reason_that_holds() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let root = titled(&ada, "Root", json!({})).await;
    let (later, soon) = ("2026-11-24", "2026-11-23");
    let waits = json!([root["id"]]);
    let all = json!({"snoozed_until": soon, "start_date": later, "depends_on": waits});
    let every = titled(&ada, "Every reason", all).await;
    titled(&ada, "Subtask", json!({"parent_id": every["id"]})).await;
    let three = json!({"start_date": later, "depends_on": waits});
    let three = titled(&ada, "Three", three).await;
    titled(&ada, "Subtask", json!({"parent_id": three["id"]})).await;
    let two = titled(&ada, "Two", json!({"depends_on": waits})).await;
    titled(&ada, "Subtask", json!({"parent_id": two["id"]})).await;
    titled(
        &ada,
        "Sleeper",
        json!({"snoozed_until": later, "start_date": "2026-11-25"}),
    )
    .await;
    let best = best(&ada).await;
    assert_eq!(
        best["hidden"],
        json!({
            "snoozed": 2, "not_started_yet": 1, "blocked": 1, "has_open_subtasks": 0,
            "next_to_wake": {
                "id": best["hidden"]["next_to_wake"]["id"], "title": "Sleeper", "at": "2026-11-25T00:00:00.000Z",
            },
        }),
        "only the sleeper wakes by time alone, when the last of its gates opens"
    );
    assert_eq!(best["next_change_at"], "2026-11-23T00:00:00.000Z");
    assert_eq!(best["counts"]["open"], 8);
    let explained = ada.get("/api/tasks/best?limit=10").await.expect(200);
    assert_eq!(titles(&explained).len(), 4, "ranked and hidden are all");
}
