//! Dates as they are given back, and what of a task they change by time alone.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{PATH, created, path, read, task};
use crate::support::TestApp;

/// Dates in every form, with the outermost ones.
const DATES: &[&str] = &[
    "2026-11-30",
    "2026-11-30T17:00",
    "2026-11-30T17:00:00",
    "2026-11-30T17:00:00.5",
    "2026-11-30T17:00:00.123456789",
    "2026-11-30T17:00Z",
    "2026-11-30T17:00:00Z",
    "2026-11-30T17:00:00.000+05:30",
    "2026-11-30T17:00:00-23:59",
    "2026-11-30T17:00+16:00",
    "2016-12-31T23:59:60Z",
    "0001-01-01",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31",
    "9999-12-31T23:59:59.999999999",
    "9999-12-30T22:00:00.999999999Z",
];

#[tokio::test]
async fn each_date_is_given_back_in_the_form_given() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    let east = "UPDATE users SET time_zone = 'Pacific/Apia'";
    database.batch_execute(east).await.unwrap();
    for date in DATES {
        let dates =
            json!({"due_date": date, "deadline": date, "start_date": date, "snoozed_until": date});
        let mut whole = dates.clone();
        whole["title"] = json!("Dated");
        let posted = created(&ada, &whole).await;
        let other = task(&ada, "Other").await;
        let patched = ada.patch(&path(&other), &dates).await.expect(200);
        let put = ada.put(&path(&other), &whole).await.expect(200);
        for answered in [&posted, &read(&ada, &posted).await, &patched, &put] {
            for (field, value) in dates.as_object().unwrap() {
                assert_eq!(&answered[field], value, "{field}");
            }
        }
    }
    // In each order every one of them is found, with the outermost at the ends.
    for (sort, first, last) in [
        ("due_date", "0001-01-01T00:00:00+23:59", "9999-12-3"),
        ("-due_date", "9999-12-3", "0001-01-01T00:00:00+23:59"),
    ] {
        let mut found: Vec<Value> = Vec::new();
        let mut cursor = String::new();
        while let Some(rest) = Some(&cursor).filter(|cursor| found.is_empty() || !cursor.is_empty())
        {
            let page = ada
                .get(&format!("{PATH}?sort={sort}&limit=7{rest}"))
                .await
                .expect(200);
            found.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|task| task["due_date"].clone()),
            );
            cursor = page["next_cursor"]
                .as_str()
                .map_or_else(String::new, |next| format!("&cursor={next}"));
        }
        assert_eq!(found.len(), 2 * DATES.len(), "{sort}");
        assert!(found[0].as_str().unwrap().starts_with(first), "{found:?}");
        assert!(
            found[found.len() - 1].as_str().unwrap().starts_with(last),
            "{found:?}"
        );
    }
    ada.get(&format!("{PATH}/best")).await.expect(200);
}

#[tokio::test]
async fn what_is_overdue_goes_by_the_deadline_then_the_due_date_and_the_users_clock() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    // Sunday noon in UTC, 7 in the morning in New York and Monday 2 o'clock on Kiritimati.
    for (dates, utc, new_york, kiritimati) in [
        (json!({"due_date": "2026-11-20"}), true, true, true),
        (
            json!({"due_date": "2026-11-20", "deadline": "2026-11-24"}),
            false,
            false,
            false,
        ),
        (
            json!({"due_date": "2026-11-24", "deadline": "2026-11-20"}),
            true,
            true,
            true,
        ),
        (json!({"start_date": "2026-11-20"}), false, false, false),
        (json!({"due_date": "2026-11-22"}), false, false, true),
        (
            json!({"due_date": "2026-11-22T11:59:59"}),
            true,
            false,
            true,
        ),
        (json!({"due_date": "2026-11-22T12:00"}), false, false, true),
        (json!({"deadline": "2026-11-22T06:00"}), true, true, true),
        (
            json!({"deadline": "2026-11-22T11:59:59Z"}),
            true,
            true,
            true,
        ),
        (
            json!({"deadline": "2026-11-22T12:00:00Z"}),
            false,
            false,
            false,
        ),
        (
            json!({"due_date": "2026-11-20", "status": "completed"}),
            false,
            false,
            false,
        ),
        (
            json!({"due_date": "2026-11-20", "snoozed_until": "2026-11-30"}),
            true,
            true,
            true,
        ),
    ] {
        let mut body = dates.clone();
        body["title"] = json!("Dated");
        let task = created(&ada, &body).await;
        for (zone, is_overdue) in [
            ("UTC", utc),
            ("America/New_York", new_york),
            ("Pacific/Kiritimati", kiritimati),
        ] {
            database
                .execute("UPDATE users SET time_zone = $1", &[&zone])
                .await
                .unwrap();
            let mut expected = task.clone();
            expected["overdue"] = json!(is_overdue);
            assert_eq!(read(&ada, &task).await, expected, "{dates} {zone}");
        }
        database
            .execute("UPDATE users SET time_zone = 'UTC'", &[])
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_snooze_wins_over_what_blocks_and_the_tag_tells_each_state() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let blocker = task(&ada, "Blocker").await;
    let waiting = created(&ada, &json!({
        "title": "Waiting", "depends_on": [blocker["id"]], "snoozed_until": "2026-11-22T12:00:01Z",
        "due_date": "2026-11-22T12:00:02Z", "status": "in_progress"
    }))
    .await;
    let mut tags = Vec::new();
    for (seconds, status, overdue) in [
        (0, "snoozed", false),
        (1, "blocked", false),
        (2, "blocked", true),
    ] {
        let response = ada.get(&path(&waiting)).await;
        let task = response.expect(200);
        assert_eq!(
            (&task["status"], &task["overdue"]),
            (&json!(status), &json!(overdue)),
            "{seconds} s"
        );
        tags.push(response.header("etag").to_owned());
        let millis = if seconds == 1 { 1001 } else { 1000 };
        app.clock.advance(SignedDuration::from_millis(millis));
    }
    ada.delete(&path(&blocker)).await.expect(204);
    let response = ada.get(&path(&waiting)).await;
    assert_eq!(response.expect(200)["status"], json!("in_progress"));
    tags.push(response.header("etag").to_owned());
    assert!(tags.iter().all(|tag| tag.starts_with("\"1-")), "{tags:?}");
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 4, "{tags:?}");
}
