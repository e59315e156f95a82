//! `GET /api/tasks/{id}/occurrences`

use serde_json::{Value, json};

use super::{created, path, task};
use crate::support::TestApp;

fn occurrences(task: &Value, query: &str) -> String {
    format!("{}/occurrences{query}", path(task))
}

#[tokio::test]
async fn gives_the_next_dates_in_the_users_zone_and_in_the_form_given() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    database
        .execute("UPDATE users SET time_zone = 'Europe/Berlin'", &[])
        .await
        .unwrap();
    for (fields, query, expected) in [
        (
            json!({"due_date": "2026-11-23", "recurrence": "FREQ=WEEKLY"}),
            "?count=2",
            json!(["2026-11-30", "2026-12-07"]),
        ),
        (
            json!({"deadline": "2027-03-26T09:00:00+01:00", "recurrence": "FREQ=DAILY;COUNT=4"}),
            "",
            json!([
                "2027-03-27T09:00:00+01:00",
                "2027-03-28T09:00:00+02:00",
                "2027-03-29T09:00:00+02:00"
            ]),
        ),
        (
            // It is the 22nd: what was missed is not given.
            json!({"start_date": "2026-11-02", "recurrence": "FREQ=WEEKLY;BYDAY=MO"}),
            "?count=1",
            json!(["2026-11-23"]),
        ),
        (
            json!({
                "due_date": "2026-11-02", "recurrence": "FREQ=DAILY;INTERVAL=3",
                "recurrence_from": "completion"
            }),
            "?count=2",
            json!(["2026-11-25", "2026-11-28"]),
        ),
        (json!({"due_date": "2026-11-23"}), "", json!([])),
    ] {
        let mut fields = fields;
        fields["title"] = json!("Repeat");
        let task = created(&ada, &fields).await;
        let response = ada.get(&occurrences(&task, query)).await;
        assert_eq!(
            response.expect(200),
            json!({ "items": expected }),
            "{fields}"
        );
    }
}

#[tokio::test]
async fn a_moved_occurrence_keeps_the_rule_and_a_completed_one_has_none() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let fields =
        json!({"title": "Weekly", "due_date": "2026-11-23", "recurrence": "FREQ=WEEKLY;BYDAY=MO"});
    let weekly = created(&ada, &fields).await;
    ada.patch(&path(&weekly), &json!({"due_date": "2026-11-25"}))
        .await
        .expect(200);
    let response = ada.get(&occurrences(&weekly, "?count=1")).await;
    assert_eq!(response.expect(200), json!({"items": ["2026-11-30"]}));
    ada.post(&format!("{}/complete", path(&weekly)), &json!({}))
        .await
        .expect(200);
    let response = ada.get(&occurrences(&weekly, "?count=1")).await;
    assert_eq!(response.expect(200), json!({"items": []}));
}

#[tokio::test]
async fn the_count_is_from_1_to_50() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let fields = json!({"title": "Daily", "due_date": "2026-11-23", "recurrence": "FREQ=DAILY"});
    let daily = created(&ada, &fields).await;
    for (query, given) in [("", 5), ("?count=1", 1), ("?count=50", 50)] {
        let items = ada.get(&occurrences(&daily, query)).await.expect(200);
        assert_eq!(items["items"].as_array().unwrap().len(), given, "{query}");
    }
    for query in ["?count=0", "?count=51", "?count=x", "?limit=1"] {
        ada.get(&occurrences(&daily, query)).await.expect(422);
    }
    let gone = task(&ada, "Gone").await;
    ada.delete(&path(&gone)).await;
    ada.get(&occurrences(&gone, "")).await.expect(404);
}
