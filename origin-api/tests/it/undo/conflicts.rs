//! What came later stands against an undo, and is named; nothing is changed then.

use axum::http::Method;
use serde_json::{Value, json};

use super::{BATCH, PATH, created, last_change, path, state, task, undo_of};
use crate::support::{Client, TestApp};

/// Makes a change; gives its id.
async fn change(client: &Client, (method, target, body): (Method, String, Value)) -> Value {
    let response = client.call(method, &target).json(&body).send().await;
    assert!(
        response.status < 300,
        "{target} {body}: {}",
        response.text()
    );
    last_change(client).await["id"].clone()
}

fn patch(task: &Value, body: Value) -> (Method, String, Value) {
    (Method::PATCH, path(task), body)
}

fn delete(task: &Value) -> (Method, String, Value) {
    (Method::DELETE, path(task), json!({}))
}

/// An undo of `first` is refused because of `task`, by the change `later`; once that is undone too, it is possible.
async fn stands_against(
    app: &TestApp,
    client: &Client,
    first: &Value,
    later: &Value,
    task: &Value,
) {
    let before = state(app, client).await;
    let version = client.get(PATH).await.header("mindflow-version").to_owned();
    let refused = undo_of(client, first).await;
    let problem = refused.expect(409);
    let detail = problem["detail"].as_str().unwrap();
    for named in [&task["id"], later] {
        assert!(
            detail.contains(named.as_str().unwrap()),
            "{named}: {detail}"
        );
    }
    assert_eq!(refused.header("mindflow-version"), version);
    assert_eq!(state(app, client).await, before);
    undo_of(client, later).await.expect(200);
    undo_of(client, first).await.expect(200);
}

#[tokio::test]
async fn a_later_change_of_the_same_task() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let subject = created(
        &ada,
        &json!({"title": "Subject", "due_date": "2026-11-23", "recurrence": "FREQ=DAILY"}),
    )
    .await;
    let step = |name: &str| {
        (
            Method::POST,
            format!("{}/{name}", path(&subject)),
            json!({}),
        )
    };
    for (first, later) in [
        (
            patch(&subject, json!({"title": "1"})),
            patch(&subject, json!({"title": "2"})),
        ),
        // Another field, too: a task is given back whole.
        (
            patch(&subject, json!({"title": "3"})),
            patch(&subject, json!({"priority": 5})),
        ),
        (patch(&subject, json!({"title": "4"})), delete(&subject)),
        (step("start"), step("not-now")),
        (step("complete"), step("reopen")),
    ] {
        let first = change(&ada, first).await;
        let later = change(&ada, later).await;
        stands_against(&app, &ada, &first, &later, &subject).await;
    }
}

#[tokio::test]
async fn a_later_change_of_the_next_occurrence() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let subject = created(
        &ada,
        &json!({"title": "Subject", "due_date": "2026-11-23", "recurrence": "FREQ=DAILY"}),
    )
    .await;
    let complete = format!("{}/complete", path(&subject));
    let completed = ada.post(&complete, &json!({})).await.expect(200);
    let first = last_change(&ada).await["id"].clone();
    let next = &completed["next_occurrence"];
    let later = change(&ada, patch(next, json!({"title": "Changed"}))).await;
    stands_against(&app, &ada, &first, &later, next).await;
    ada.get(&path(next)).await.expect(404);
}

#[tokio::test]
async fn what_was_changed_and_changed_back_does_not() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let subject = task(&ada, "0").await;
    let first = change(&ada, patch(&subject, json!({"title": "1"}))).await;
    change(&ada, patch(&subject, json!({"title": "2"}))).await;
    change(&ada, patch(&subject, json!({"title": "1"}))).await;
    let undone = undo_of(&ada, &first).await.expect(200);
    assert_eq!(undone["undone"][0]["title"], "0");
}

#[tokio::test]
async fn a_later_change_that_was_undone_is_not_the_one_that_is_named() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let subject = task(&ada, "0").await;
    let first = change(&ada, patch(&subject, json!({"title": "1"}))).await;
    let later = change(&ada, patch(&subject, json!({"title": "2"}))).await;
    let last = change(&ada, patch(&subject, json!({"title": "3"}))).await;
    undo_of(&ada, &last).await.expect(200);
    stands_against(&app, &ada, &first, &later, &subject).await;
}

#[tokio::test]
async fn a_subtask_that_came_later_would_lose_its_parent() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let parent = task(&ada, "Parent").await;
    let first = last_change(&ada).await["id"].clone();
    let child = created(&ada, &json!({"title": "Child", "parent_id": parent["id"]})).await;
    let later = last_change(&ada).await["id"].clone();
    stands_against(&app, &ada, &first, &later, &child).await;

    // One that only depends on it stays, and is held up by nothing.
    let awaited = task(&ada, "Awaited").await;
    let first = last_change(&ada).await["id"].clone();
    let waits = created(
        &ada,
        &json!({"title": "Waits", "depends_on": [awaited["id"]]}),
    )
    .await;
    undo_of(&ada, &first).await.expect(200);
    let read = ada.get(&path(&waits)).await.expect(200);
    assert_eq!(
        (&read["depends_on"], &read["status"]),
        (&waits["depends_on"], &json!("pending"))
    );
}

#[tokio::test]
async fn a_parent_that_went_later_is_not_there_to_come_back_to() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let parent = task(&ada, "Parent").await;
    let child = created(&ada, &json!({"title": "Child", "parent_id": parent["id"]})).await;
    for first in [patch(&child, json!({"parent_id": null})), delete(&child)] {
        let first = change(&ada, first).await;
        let later = change(&ada, delete(&parent)).await;
        stands_against(&app, &ada, &first, &later, &parent).await;
    }
}

#[tokio::test]
async fn a_circle_that_later_links_would_close() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let (a, b) = (task(&ada, "A").await, task(&ada, "B").await);
    let c = created(&ada, &json!({"title": "C", "parent_id": b["id"]})).await;
    ada.patch(&path(&a), &json!({"depends_on": [b["id"]]}))
        .await
        .expect(200);
    // A waited for B, B waits for its subtask C, and C waits for A by then.
    let first = change(&ada, patch(&a, json!({"depends_on": []}))).await;
    let later = change(&ada, patch(&c, json!({"depends_on": [a["id"]]}))).await;
    stands_against(&app, &ada, &first, &later, &c).await;
}

#[tokio::test]
async fn a_circle_over_a_task_that_comes_back() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let below = task(&ada, "Below").await;
    let middle = created(
        &ada,
        &json!({"title": "Middle", "depends_on": [below["id"]]}),
    )
    .await;
    let above = created(
        &ada,
        &json!({"title": "Above", "depends_on": [middle["id"]]}),
    )
    .await;
    let first = change(&ada, delete(&middle)).await;
    let later = change(&ada, patch(&below, json!({"depends_on": [above["id"]]}))).await;
    stands_against(&app, &ada, &first, &later, &below).await;
}

#[tokio::test]
async fn one_task_of_many_that_has_changed() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let (a, b) = (task(&ada, "A").await, task(&ada, "B").await);
    let items = json!({"items": [
        {"op": "update", "id": a["id"], "priority": 1},
        {"op": "update", "id": b["id"], "priority": 1},
        {"op": "create", "title": "C"},
    ]});
    let first = change(&ada, (Method::POST, BATCH.to_owned(), items)).await;
    let later = change(&ada, patch(&b, json!({"priority": 2}))).await;
    stands_against(&app, &ada, &first, &later, &b).await;
    assert_eq!(
        ada.get(PATH).await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_task_that_is_not_even_in_the_trash_any_more() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let subject = task(&ada, "Subject").await;
    let deletion = change(&ada, delete(&subject)).await;
    let database = app.database.connect().await;
    database.batch_execute("DELETE FROM tasks").await.unwrap();
    let problem = undo_of(&ada, &deletion).await.expect(409);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(subject["id"].as_str().unwrap()), "{detail}");
}
