//! `parent_id` and `depends_on`: what they may name, and what becomes of it.

use serde_json::{Value, json};

use super::{ID, PATH, counters, created, path, read, stored, subtask, task};
use crate::support::{Client, Response, TestApp};

/// The ways in which a link is set: a creation, and both changes of a task.
async fn set_in_every_way(client: &Client, task: &Value, link: &Value) -> [Response; 3] {
    let mut whole = link.clone();
    whole["title"] = json!("Links");
    [
        client.post(PATH, &whole).await,
        client.patch(&path(task), link).await,
        client.put(&path(task), &whole).await,
    ]
}

#[tokio::test]
async fn a_link_to_a_missing_a_deleted_and_another_users_task_is_refused_alike() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let (mine, gone) = (task(&ada, "Mine").await, task(&ada, "Gone").await);
    let his = task(&bob, "Bob's").await;
    ada.delete(&path(&gone)).await.expect(204);
    let before = counters(&app, &ada).await;
    for field in ["parent_id", "depends_on"] {
        let mut said = Vec::new();
        for id in [
            ID,
            gone["id"].as_str().unwrap(),
            his["id"].as_str().unwrap(),
        ] {
            let link = match field {
                "parent_id" => json!({ "parent_id": id }),
                _ => json!({"depends_on": [mine["id"], id]}),
            };
            let other = task(&ada, "Other").await;
            for refused in set_in_every_way(&ada, &other, &link).await {
                assert_eq!(refused.invalid_fields(), [field], "{link}");
                said.push(refused.json()["errors"].to_string().replace(id, "ID"));
            }
            assert_eq!(read(&ada, &other).await, other);
        }
        said.dedup();
        assert_eq!(
            said.len(),
            1,
            "it must not tell whose the task is: {said:?}"
        );
    }
    // Six tasks were made, and nothing else was done.
    assert_eq!(counters(&app, &ada).await, (before.0 + 6, before.1));
}

#[tokio::test]
async fn a_task_is_neither_its_own_parent_nor_its_own_dependency() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (field, link) in [
        ("parent_id", json!({ "parent_id": ID })),
        ("depends_on", json!({ "depends_on": [ID] })),
    ] {
        let mut new = link.clone();
        new["title"] = json!("Own");
        new["id"] = json!(ID);
        assert_eq!(ada.post(PATH, &new).await.invalid_fields(), [field]);
    }
    let own = created(&ada, &json!({"title": "Own", "id": ID})).await;
    for (field, link) in [
        ("parent_id", json!({ "parent_id": ID })),
        ("depends_on", json!({ "depends_on": [ID] })),
    ] {
        for refused in &set_in_every_way(&ada, &own, &link).await[1..] {
            assert_eq!(refused.invalid_fields(), [field]);
        }
    }
    assert_eq!(read(&ada, &own).await, own);
}

#[tokio::test]
async fn a_completed_task_gets_no_new_subtasks_but_may_be_depended_on() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let done = created(&ada, &json!({"title": "Done", "status": "completed"})).await;
    let other = task(&ada, "Other").await;
    for refused in set_in_every_way(&ada, &other, &json!({"parent_id": done["id"]})).await {
        assert_eq!(refused.invalid_fields(), ["parent_id"]);
        assert!(refused.text().contains("reopen"), "{}", refused.text());
    }
    for given in set_in_every_way(&ada, &other, &json!({"depends_on": [done["id"]]})).await {
        assert!(matches!(given.status, 200 | 201), "{}", given.text());
        assert_eq!(
            given.json()["status"],
            json!("pending"),
            "nothing holds it up"
        );
    }
}

#[tokio::test]
async fn a_subtask_of_a_parent_that_was_completed_later_can_still_be_changed() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let parent = task(&ada, "Parent").await;
    let child = subtask(&ada, "Child", &parent).await;
    let complete = format!("{}/complete", path(&parent));
    ada.post(&complete, &json!({"cascade": true}))
        .await
        .expect(200);
    let renamed = json!({"title": "Renamed", "parent_id": parent["id"], "status": "completed"});
    for changed in [
        ada.patch(&path(&child), &renamed).await,
        ada.put(&path(&child), &renamed).await,
    ] {
        assert_eq!(changed.expect(200)["parent_id"], parent["id"]);
    }
}

#[tokio::test]
async fn what_an_open_dependency_blocks_is_free_when_it_is_completed_or_deleted() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let (first, second) = (task(&ada, "First").await, task(&ada, "Second").await);
    let waiting = created(
        &ada,
        &json!({"title": "Waiting", "depends_on": [first["id"], second["id"], first["id"]]}),
    )
    .await;
    assert_eq!(waiting["depends_on"], json!([first["id"], second["id"]]));
    assert_eq!(waiting["status"], json!("blocked"));
    ada.delete(&path(&first)).await.expect(204);
    assert_eq!(read(&ada, &waiting).await["status"], json!("blocked"));
    let complete = format!("{}/complete", path(&second));
    ada.post(&complete, &json!({})).await.expect(200);
    let mut free = waiting.clone();
    free["status"] = json!("pending");
    assert_eq!(
        read(&ada, &waiting).await,
        free,
        "by itself: no new version"
    );
    let reopen = format!("{}/reopen", path(&second));
    ada.post(&reopen, &json!({})).await.expect(200);
    assert_eq!(read(&ada, &waiting).await, waiting);
}

#[tokio::test]
async fn a_dependency_that_is_gone_can_be_kept_but_not_given_again() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let (gone, stays) = (task(&ada, "Gone").await, task(&ada, "Stays").await);
    let links = json!({"title": "Links", "depends_on": [gone["id"], stays["id"]]});
    let linked = created(&ada, &links).await;
    ada.delete(&path(&gone)).await.expect(204);
    // What the trash has forgotten is no other than what is in it.
    let database = app.database.connect().await;
    for forget in ["SELECT", "DELETE FROM tasks WHERE deleted_at IS NOT NULL"] {
        database.batch_execute(forget).await.unwrap();
        let unchanged = ada.put(&path(&linked), &links).await;
        assert_eq!(unchanged.expect(200), linked);
        let swapped = json!({"depends_on": [stays["id"], gone["id"]]});
        let swapped = ada.patch(&path(&linked), &swapped).await.expect(200);
        assert_eq!(swapped["depends_on"], json!([stays["id"], gone["id"]]));
        database
            .batch_execute("UPDATE tasks SET depends_on = ARRAY[depends_on[2], depends_on[1]], version = 1 WHERE title = 'Links'")
            .await
            .unwrap();
    }
    let dropped = json!({"depends_on": [stays["id"]]});
    ada.patch(&path(&linked), &dropped).await.expect(200);
    let again = ada.patch(&path(&linked), &links).await;
    assert_eq!(again.invalid_fields(), ["depends_on"]);
    assert!(again.text().contains(gone["id"].as_str().unwrap()));
}

#[tokio::test]
async fn a_task_depends_on_at_most_50_others_and_null_leaves_none() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let mut ids = Vec::new();
    for number in 0..51 {
        ids.push(task(&ada, &number.to_string()).await["id"].clone());
    }
    let waiting = created(&ada, &json!({"title": "Waiting", "depends_on": ids[..50]})).await;
    assert_eq!(waiting["depends_on"], json!(ids[..50]));
    for refused in set_in_every_way(&ada, &waiting, &json!({ "depends_on": ids })).await {
        assert_eq!(refused.invalid_fields(), ["depends_on"]);
    }
    let cleared = json!({"depends_on": null, "parent_id": null});
    let free = ada.patch(&path(&waiting), &cleared).await.expect(200);
    assert_eq!(
        (&free["depends_on"], &free["status"]),
        (&json!([]), &json!("pending"))
    );
    assert_eq!(stored(&app, &waiting["id"]).await["depends_on"], json!([]));
    for bad in [
        json!({"depends_on": ID}),
        json!({"depends_on": ["1"]}),
        json!({"depends_on": [null]}),
    ] {
        assert_eq!(
            ada.patch(&path(&waiting), &bad).await.invalid_fields(),
            ["depends_on"]
        );
    }
    let bad = json!({"parent_id": "1"});
    assert_eq!(
        ada.patch(&path(&waiting), &bad).await.invalid_fields(),
        ["parent_id"]
    );
}
