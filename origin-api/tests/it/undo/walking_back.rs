//! Which change is undone: the last one that holds, each time one further back, or the one that is named.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{BATCH, HISTORY, UNDO, created, last_change, path, state, task, undo, undo_of};
use crate::support::{Client, TestApp};
use crate::tasks::renewed;

/// The detail of a conflict.
fn detail(response: &crate::support::Response) -> String {
    let problem = response.expect(409);
    problem["detail"].as_str().unwrap().to_owned()
}

async fn rename(client: &Client, task: &Value, title: &str) -> Value {
    let body = json!({ "title": title });
    client.patch(&path(task), &body).await.expect(200);
    last_change(client).await["id"].clone()
}

#[tokio::test]
async fn each_undo_goes_one_change_further_back_until_nothing_is_left() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    // The clock stands still: ids of changes are in no order.
    let mut states = vec![state(&app, &ada).await];
    let subject = task(&ada, "0").await;
    for title in ["1", "2", "3"] {
        states.push(state(&app, &ada).await);
        rename(&ada, &subject, title).await;
    }
    while let Some(expected) = states.pop() {
        undo(&ada).await.expect(200);
        assert_eq!(state(&app, &ada).await, expected);
    }
    for _ in 0..2 {
        let response = undo(&ada).await;
        assert!(detail(&response).starts_with("Nothing is left to undo"));
        assert_eq!(response.header("mindflow-version"), "9");
    }
    let items = ada.get(HISTORY).await.expect(200)["items"].clone();
    let actions: Vec<_> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["action"])
        .collect();
    assert_eq!(
        actions,
        [
            "undo", "undo", "undo", "undo", "update", "update", "update", "create"
        ]
    );
    // Newest first: the last undo undid the first change.
    assert_eq!(items[0]["undoes"], items[7]["id"]);
    assert_eq!(items[3]["undoes"], items[4]["id"]);
}

#[tokio::test]
async fn a_new_change_after_an_undo_is_the_next_to_be_undone() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let subject = task(&ada, "0").await;
    rename(&ada, &subject, "1").await;
    rename(&ada, &subject, "2").await;
    undo(&ada).await.expect(200);
    rename(&ada, &subject, "3").await;
    let title = async || ada.get(&path(&subject)).await.expect(200)["title"].clone();
    for expected in ["1", "0"] {
        undo(&ada).await.expect(200);
        assert_eq!(title().await, expected);
    }
}

#[tokio::test]
async fn a_change_that_is_named_is_undone_whatever_came_later_elsewhere() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let (one, other) = (task(&ada, "One").await, task(&ada, "Other").await);
    let change = rename(&ada, &one, "Renamed").await;
    rename(&ada, &other, "Renamed").await;
    undo_of(&bob, &change).await.expect(404);
    undo_of(&ada, &one["id"]).await.expect(404);
    let undone = undo_of(&ada, &change).await.expect(200);
    assert_eq!(undone["undone"][0]["title"], "One");
    assert_eq!(undone["undone"][0]["version"], 3);

    let again = undo_of(&ada, &change).await;
    let undo_id = undone["change_id"].as_str().unwrap();
    assert!(detail(&again).contains(undo_id), "{}", again.text());
    // Done once more, it is undone by that, not by itself.
    let redone = undo_of(&ada, &undone["change_id"]).await.expect(200);
    assert_eq!(redone["undone"][0]["title"], "Renamed");
    undo_of(&ada, &change).await.expect(409);
    undo_of(&ada, &undone["change_id"]).await.expect(409);
    undo(&ada).await.expect(200);
    assert_eq!(ada.get(&path(&one)).await.expect(200)["title"], "One");
}

#[tokio::test]
async fn a_change_is_kept_for_thirty_days() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let subject = task(&ada, "Subject").await;
    app.clock.advance(SignedDuration::from_mins(10));
    ada.delete(&path(&subject)).await.expect(204);
    let change = last_change(&ada).await["id"].clone();
    let month = SignedDuration::from_hours(30 * 24);
    app.clock.advance(month - SignedDuration::from_millis(1));
    let database = app.database.connect().await;
    let renew = "UPDATE sessions SET expires_at = 'infinity'";
    database.batch_execute(renew).await.unwrap();
    let ada = renewed(&app, &ada);
    let kept = ada.get(HISTORY).await.expect(200)["items"].clone();
    assert_eq!(kept.as_array().unwrap().len(), 1, "the creation is too old");
    let tag = ada.get(HISTORY).await.header("etag").to_owned();
    app.clock.advance(SignedDuration::from_millis(1));
    let over = ada.get(HISTORY).await;
    assert_eq!(over.expect(200)["items"], json!([]));
    assert_ne!(over.header("etag"), tag, "time alone ends what is told");
    undo_of(&ada, &change).await.expect(404);
    undo(&ada).await.expect(409);
}

#[tokio::test]
async fn the_same_key_undoes_once() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let subject = task(&ada, "0").await;
    rename(&ada, &subject, "1").await;
    rename(&ada, &subject, "2").await;
    let body = json!({"client_token": "k"});
    let first = ada.post(UNDO, &body).await;
    first.expect(200);
    let again = ada.post(UNDO, &body).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!((again.status, again.body), (200, first.body));
    assert_eq!(ada.get(&path(&subject)).await.expect(200)["title"], "1");
    let other = json!({"client_token": "k", "change_id": subject["id"]});
    assert_eq!(
        ada.post(UNDO, &other).await.invalid_fields(),
        ["Idempotency-Key"]
    );
}

#[tokio::test]
async fn refusals_write_nothing() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let id = "0198c5a0-0000-7000-8000-0000000000aa";
    for (body, status) in [
        (json!({}), 409),
        (json!({ "change_id": id }), 404),
        (json!({"change_id": 5}), 422),
        (json!({"change": id}), 422),
    ] {
        let response = ada.post(UNDO, &body).await;
        assert_eq!(response.status, status, "{body}");
        assert_eq!(response.header("mindflow-version"), "1", "{body}");
    }
    app.anonymous().post(UNDO, &json!({})).await.expect(401);
    let subject = task(&ada, "Subject").await;
    app.proxy.cut();
    undo(&ada).await.expect(503);
    ada.get(HISTORY).await.expect(503);
    app.proxy.mend();
    assert_eq!(ada.get(&path(&subject)).await.expect(200), subject);
    undo(&ada).await.expect(200);
}

#[tokio::test]
async fn a_project_goes_with_the_last_task_that_the_change_gave_it() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let projects = async || {
        let all = ada.get("/api/projects").await.expect(200);
        let names = all.as_array().unwrap().iter();
        names
            .map(|project| project["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let first = created(&ada, &json!({"title": "a", "project": "Garden"})).await;
    let making = last_change(&ada).await["id"].clone();
    app.clock.advance(SignedDuration::from_secs(1));
    created(&ada, &json!({"title": "b", "project": "Garden"})).await;
    // Another task is of it, so it stays.
    let undone = undo_of(&ada, &making).await.expect(200);
    assert_eq!(projects().await, ["Garden"]);
    undo_of(&ada, &undone["change_id"]).await.expect(200);
    ada.get(&path(&first)).await.expect(200);

    app.clock.advance(SignedDuration::from_secs(1));
    let items = json!([
        {"op": "update", "id": first["id"], "project": "House"},
        {"op": "create", "title": "c", "project": "House"},
        {"op": "create", "title": "d", "project": "Attic"},
    ]);
    ada.post(BATCH, &json!({ "items": items }))
        .await
        .expect(200);
    assert_eq!(projects().await, ["Attic", "Garden", "House"]);
    let archive = json!({"archived": true});
    ada.patch("/api/projects/Attic", &archive).await.expect(200);
    undo(&ada).await.expect(200);
    assert_eq!(
        projects().await,
        ["Attic", "Garden"],
        "what the user has put away stays"
    );
}
