//! What each part of a score comes from, through HTTP.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{BEST, hundredths, titled, titles};
use crate::support::TestApp;
use crate::tasks::{path, renewed};

/// Hundredths of a point and the reason of one part.
fn part(pick: &Value, number: usize) -> (i64, &str) {
    let part = &pick["parts"][number];
    (
        hundredths(&part["points"]),
        part["because"].as_str().unwrap(),
    )
}

const URGENCY: usize = 0;
const IMPORTANCE: usize = 1;
const UNBLOCKS: usize = 3;
const STARTED: usize = 4;
const TIME_OF_DAY: usize = 5;
const AGE: usize = 7;
const NOT_NOW: usize = 8;

#[tokio::test]
async fn a_blocker_has_the_urgency_and_importance_of_what_waits_for_it() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    titled(&ada, "Loud", json!({"priority": 5})).await;
    let key = titled(
        &ada,
        "Fetch the key",
        json!({"priority": 1, "effort_estimate_minutes": 60}),
    )
    .await;
    let door = json!({"priority": 5, "deadline": "2026-11-23", "depends_on": [key["id"]]});
    let door = titled(&ada, "Open the door", door).await;
    let shelf = json!({"depends_on": [door["id"]], "snoozed_until": "2026-12-24"});
    titled(&ada, "Fill the shelf", shelf).await;
    let best = ada.get(BEST).await.expect(200);
    assert_eq!(titles(&best), ["Fetch the key", "Loud"]);
    // u = 0.9 / (1 + (480 − 30) / 960) of the door, P = 1.
    assert_eq!(
        part(&best, URGENCY),
        (
            2451,
            "“Open the door”, which it unblocks, has its deadline tomorrow (8 hours of working time left)"
        )
    );
    assert_eq!(
        part(&best, IMPORTANCE),
        (
            3000,
            "priority 1 of 5, but “Open the door”, which it unblocks, has 5"
        )
    );
    assert_eq!(part(&best, UNBLOCKS), (600, "2 open tasks wait for it"));
    assert_eq!(
        part(&best["alternatives"][0], UNBLOCKS),
        (0, "no open task waits for it")
    );
    assert_eq!(best["task"]["priority"], 1);
}

#[tokio::test]
async fn a_subtask_has_the_urgency_and_importance_of_its_parent() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let parent = titled(
        &ada,
        "Tax return",
        json!({"priority": 5, "due_date": "2026-11-20"}),
    )
    .await;
    titled(&ada, "Find receipts", json!({"parent_id": parent["id"]})).await;
    let best = ada.get(BEST).await.expect(200);
    assert_eq!(
        best["explanation"],
        "“Find receipts” comes first: “Tax return”, which waits for it, has priority 5, “Tax return”, which waits for it, was due last Friday and “Tax return” waits for it. It has no estimate, so 30 minutes are assumed."
    );
    assert_eq!(part(&best, IMPORTANCE).0, 3000);
    assert_eq!(part(&best, UNBLOCKS), (400, "“Tax return” waits for it"));
    assert_eq!(best["counts"], json!({"open": 2, "overdue": 1}));
}

#[tokio::test]
async fn a_task_that_was_put_off_comes_back_by_itself() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let call = titled(&ada, "Call", json!({"priority": 4})).await;
    titled(&ada, "Write", json!({})).await;
    assert_eq!(titles(&ada.get(BEST).await.expect(200)), ["Call", "Write"]);
    ada.post(&format!("{}/not-now", path(&call)), &json!({}))
        .await
        .expect(200);
    let best = ada.get(BEST).await.expect(200);
    assert_eq!(titles(&best), ["Write", "Call"]);
    assert_eq!(
        part(&best["alternatives"][0], NOT_NOW),
        (-1500, "put off less than a minute ago")
    );
    app.clock.advance(SignedDuration::from_hours(4));
    let best = renewed(&app, &ada).get(BEST).await.expect(200);
    assert_eq!(titles(&best), ["Call", "Write"]);
    assert_eq!(part(&best, NOT_NOW), (-750, "put off 4 hours ago"));
    assert_eq!(best["parts"][NOT_NOW]["max"], json!(0.0));
}

#[tokio::test]
async fn the_time_of_day_is_the_users() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    titled(&ada, "Read", json!({"preferred_time": "evening"})).await;
    // It is noon in UTC, 21:00 in Tokyo and 22:30 in Adelaide.
    for (zone, expected) in [
        (
            "UTC",
            (0, "meant for the evening (18:00 to 22:00), and it is 12:00"),
        ),
        (
            "Asia/Tokyo",
            (
                600,
                "meant for the evening (18:00 to 22:00), and it is 21:00",
            ),
        ),
        (
            "Australia/Adelaide",
            (
                300,
                "meant for the evening (18:00 to 22:00), and it is 22:30",
            ),
        ),
    ] {
        ada.put("/api/preferences", &json!({ "time_zone": zone }))
            .await
            .expect(200);
        let best = ada.get(BEST).await.expect(200);
        assert_eq!(part(&best, TIME_OF_DAY), expected);
    }
    for preferred in ["morning", "afternoon"] {
        let ada = app.user(preferred).await;
        titled(&ada, "Noon", json!({ "preferred_time": preferred })).await;
        let best = ada.get(BEST).await.expect(200);
        assert_eq!(part(&best, TIME_OF_DAY).0, 600, "{preferred}");
    }
}

#[tokio::test]
async fn a_deadline_presses_more_than_the_same_due_date_and_decides_what_is_overdue() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let due = json!({"due_date": "2026-11-20", "priority": 2});
    titled(&ada, "Due", due).await;
    titled(&ada, "Ends", json!({"deadline": "2026-11-20"})).await;
    let both = json!({"due_date": "2026-11-20", "deadline": "2026-12-20"});
    titled(&ada, "Both", both).await;
    let best = ada.get(BEST).await.expect(200);
    assert_eq!(titles(&best), ["Ends", "Both", "Due"]);
    // P = 0.5; s = −30 minutes of effort.
    assert_eq!(part(&best, URGENCY), (2523, "deadline last Friday"));
    assert_eq!(
        part(&best["alternatives"][0], URGENCY),
        (1766, "due last Friday"),
        "the one of its dates that presses more"
    );
    assert_eq!(best["counts"], json!({"open": 3, "overdue": 2}));
    assert_eq!(best["alternatives"][0]["task"]["overdue"], false);
}

#[tokio::test]
async fn being_started_and_old_count() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    titled(&ada, "Begun", json!({"status": "in_progress"})).await;
    app.clock.advance(SignedDuration::from_hours(24 * 4));
    let best = renewed(&app, &ada).get(BEST).await.expect(200);
    assert_eq!(part(&best, STARTED), (800, "in progress"));
    assert_eq!(part(&best, AGE), (300, "open for 4 days"));
    assert_eq!(best["parts"][AGE]["max"], Value::Null);
}

#[tokio::test]
async fn the_task_comes_whole() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let blocker = titled(&ada, "Before", json!({})).await;
    let done = titled(&ada, "Done", json!({"depends_on": [blocker["id"]]})).await;
    ada.post(&format!("{}/complete", path(&blocker)), &json!({}))
        .await
        .expect(200);
    let whole = json!({
        "description": "All of it", "priority": 4, "due_date": "2026-11-30", "deadline": "2026-12-01T10:00",
        "start_date": "2026-11-01", "snoozed_until": "2026-11-22T11:00:00Z", "effort_estimate_minutes": 45,
        "tags": ["a", "b"], "project": "House", "preferred_time": "morning", "depends_on": [blocker["id"]],
        "parent_id": done["id"],
    });
    let whole = titled(&ada, "Whole", whole).await;
    let best = ada.get(BEST).await.expect(200);
    assert_eq!(best["task"], whole);
    let preview = json!({"weights": "balanced"});
    let preview = ada.post("/api/preferences/preview", &preview).await;
    assert_eq!(
        preview.expect(200)["items"],
        json!([{"task": whole, "score": best["score"], "was": best["score"]}]),
        "what is hidden is not in a preview"
    );
}
