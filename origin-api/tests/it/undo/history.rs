//! GET /api/history

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{BATCH, HISTORY, created, last_change, path, task, undo};
use crate::support::{Client, TestApp};

async fn page(client: &Client, query: &str) -> Value {
    client.get(&format!("{HISTORY}?{query}")).await.expect(200)
}

#[tokio::test]
async fn a_change_says_when_through_what_and_what_of_which_tasks_it_changed() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let subject = created(&ada, &json!({"title": "Old", "tags": "a"})).await;
    let id = subject["id"].as_str().unwrap();
    let created = last_change(&ada).await;
    assert_eq!(
        (&created["action"], &created["before"], &created["undoes"]),
        (&json!("create"), &Value::Null, &Value::Null)
    );
    let told = created["after"][id].as_object().unwrap();
    for (name, value) in told {
        assert_eq!(value, &subject[name], "{name}");
    }
    assert_eq!(told.len(), 18);

    app.clock.advance(SignedDuration::from_millis(1500));
    let body = json!({"title": "New", "tags": [], "status": "completed"});
    ada.patch(&path(&subject), &body).await.expect(200);
    let mut change = last_change(&ada).await;
    assert_ne!(change["id"].take(), created["id"]);
    assert_eq!(
        change,
        json!({
            "id": null, "at": "2026-11-22T12:00:01.500Z", "by": "session", "action": "complete", "task_ids": [id],
            "before": {id: {"title": "Old", "tags": ["a"], "status": "pending", "completed_at": null}},
            "after": {id: {
                "title": "New", "tags": [], "status": "completed", "completed_at": "2026-11-22T12:00:01.500Z"
            }},
            "undoes": null,
        })
    );
    ada.delete(&path(&subject)).await.expect(204);
    let deleted = last_change(&ada).await;
    assert_eq!(deleted["after"], Value::Null);
    assert_eq!(deleted["before"][id]["title"], "New");
    assert_eq!(page(&bob, "limit=5").await["items"], json!([]));
}

#[tokio::test]
async fn pages_go_on_where_the_one_before_ended_also_when_something_changes_meanwhile() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    // Of one millisecond, so that the ids are in no order.
    for number in 0..7 {
        task(&ada, &number.to_string()).await;
    }
    let items: Vec<_> = (0..30)
        .map(|n| json!({"op": "create", "title": n.to_string()}))
        .collect();
    ada.post(BATCH, &json!({ "items": items }))
        .await
        .expect(200);
    undo(&ada).await.expect(200);
    let all = page(&ada, "limit=100").await;
    assert_eq!(all["next_cursor"], Value::Null);
    let all = all["items"].as_array().unwrap();
    let titles: Vec<_> = all[2..]
        .iter()
        .map(|change| {
            let after = change["after"].as_object().unwrap().values().next();
            after.unwrap()["title"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(titles, ["6", "5", "4", "3", "2", "1", "0"]);
    assert_eq!(all[1]["task_ids"].as_array().unwrap().len(), 30);

    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = page(&ada, &format!("limit=2{cursor}")).await;
        found.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
        task(&ada, "Meanwhile").await;
    }
    assert_eq!(&found, all);
}

#[tokio::test]
async fn has_a_tag_and_takes_no_other_parameters() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    task(&ada, "x").await;
    let first = ada.get(HISTORY).await;
    assert_eq!(first.header("mindflow-version"), "2");
    let tag = first.header("etag");
    assert!(tag.starts_with("\"2-"), "{tag}");
    assert_eq!(ada.get(HISTORY).await.header("etag"), tag);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("task=x", "task"),
    ] {
        let refused = ada.get(&format!("{HISTORY}?{query}")).await;
        assert_eq!(refused.invalid_fields(), [field]);
    }
    app.anonymous().get(HISTORY).await.expect(401);
}

#[tokio::test]
async fn is_one_round_trip() {
    for statements in ["prepared", "unnamed"] {
        let app = TestApp::with(&[
            ("DATABASE_STATEMENTS", statements),
            ("DATABASE_POOL_SIZE", "1"),
        ])
        .await;
        let ada = app.user("ada").await;
        task(&ada, "x").await;
        ada.get(HISTORY).await.expect(200);
        let (round_trips, answer) = app.round_trips(ada.get(HISTORY)).await;
        answer.expect(200);
        assert_eq!(round_trips, 1, "{statements}");
    }
}

#[tokio::test]
async fn what_the_previous_release_wrote_is_told_last_and_undone_by_name() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let subject = task(&ada, "Old").await;
    ada.patch(&path(&subject), &json!({"title": "New"}))
        .await
        .expect(200);
    let change = last_change(&ada).await;
    task(&ada, "Other").await;
    let database = app.database.connect().await;
    database
        .execute(
            "UPDATE history SET version = 0 WHERE change_id::text = $1 OR action = 'create' AND task_id::text = $2",
            &[
                &change["id"].as_str().unwrap(),
                &subject["id"].as_str().unwrap(),
            ],
        )
        .await
        .unwrap();
    let all = page(&ada, "limit=2").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    let next = all["next_cursor"].as_str().unwrap();
    let rest = page(&ada, &format!("cursor={next}")).await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let undone = super::undo_of(&ada, &change["id"]).await.expect(200);
    assert_eq!(undone["undone"][0]["title"], "Old");
}
