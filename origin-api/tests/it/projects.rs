//! `/api/projects`

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const PATH: &str = "/api/projects";

async fn make(client: &Client, body: Value) -> Value {
    client.post("/api/tasks", &body).await.expect(201)
}

async fn version(client: &Client) -> String {
    client.get(PATH).await.header("mindflow-version").to_owned()
}

#[tokio::test]
async fn a_project_is_there_from_its_first_use_on_with_its_tasks_counted() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    assert_eq!(ada.get(PATH).await.expect(200), json!([]));
    make(&bob, json!({"title": "x", "project": "Garden"})).await;
    let task = make(
        &ada,
        json!({"title": "a", "project": "Garden", "due_date": "2026-11-22T11:00:00Z"}),
    )
    .await;
    make(&ada, json!({"title": "b", "project": "Garden", "due_date": "2026-11-22T11:00:00Z", "deadline": "2026-11-22T12:00:01Z"})).await;
    make(
        &ada,
        json!({"title": "c", "project": "Garden", "status": "completed", "due_date": "2026-11-20"}),
    )
    .await;
    let gone = make(&ada, json!({"title": "d", "project": "Attic"})).await;
    ada.delete(&format!("/api/tasks/{}", gone["id"].as_str().unwrap()))
        .await
        .expect(204);
    let none = make(&ada, json!({"title": "e"})).await;
    let garden =
        json!({"name": "Garden", "archived": false, "open": 2, "overdue": 1, "completed": 1});
    let attic =
        json!({"name": "Attic", "archived": false, "open": 0, "overdue": 0, "completed": 0});
    let before = ada.get(PATH).await;
    assert_eq!(before.expect(200), json!([attic, garden]));
    assert_eq!(ada.get(&format!("{PATH}/Garden")).await.expect(200), garden);
    app.clock.advance(SignedDuration::from_secs(2));
    let after = ada.get(PATH).await;
    assert_eq!(after.expect(200)[1]["overdue"], json!(2));
    assert_ne!(before.header("etag"), after.header("etag"));
    // A change of project counts in the other.
    for task in [task, none] {
        let target = format!("/api/tasks/{}", task["id"].as_str().unwrap());
        ada.patch(&target, &json!({"project": "Haus & Hof/🌱"}))
            .await
            .expect(200);
    }
    let encoded = format!("{PATH}/Haus%20%26%20Hof%2F%F0%9F%8C%B1");
    assert_eq!(ada.get(&encoded).await.expect(200)["open"], json!(2));
    assert_eq!(bob.get(PATH).await.expect(200)[0]["open"], json!(1));
}

#[tokio::test]
async fn renaming_a_project_renames_it_in_all_its_tasks() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    make(&bob, json!({"title": "x", "project": "Garden"})).await;
    let task = make(&ada, json!({"title": "a", "project": "Garden"})).await;
    make(
        &ada,
        json!({"title": "b", "project": "Garden", "status": "completed"}),
    )
    .await;
    app.clock.advance(SignedDuration::from_secs(1));
    let target = format!("{PATH}/Garden");
    let response = ada
        .patch(&target, &json!({"name": " Allotment ", "archived": true}))
        .await;
    let renamed =
        json!({"name": "Allotment", "archived": true, "open": 1, "overdue": 0, "completed": 1});
    assert_eq!(response.expect(200), renamed);
    assert_eq!(response.header("mindflow-version"), "4");
    assert_eq!(ada.get(PATH).await.expect(200), json!([renamed]));
    let read = ada
        .get(&format!("/api/tasks/{}", task["id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(
        (&read["project"], &read["version"], &read["updated_at"]),
        (
            &json!("Allotment"),
            &json!(2),
            &json!("2026-11-22T12:00:01.000Z")
        )
    );
    ada.get(&target).await.expect(404);
    assert_eq!(bob.get(PATH).await.expect(200)[0]["name"], json!("Garden"));
    let database = app.database.connect().await;
    let rows = database
        .query("SELECT before ->> 'project', after ->> 'project', change_id FROM history WHERE action = 'rename_project'", &[])
        .await
        .unwrap();
    assert_eq!(rows.len(), 2);
    assert!(
        rows.iter()
            .all(|row| (row.get::<_, &str>(0), row.get::<_, &str>(1)) == ("Garden", "Allotment"))
    );
    assert_eq!(
        rows[0].get::<_, uuid::Uuid>(2),
        rows[1].get::<_, uuid::Uuid>(2)
    );
}

#[tokio::test]
async fn archiving_leaves_the_tasks_as_they_are() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = make(&ada, json!({"title": "a", "project": "Garden"})).await;
    let target = format!("{PATH}/Garden");
    for archived in [true, false] {
        let response = ada.patch(&target, &json!({ "archived": archived })).await;
        assert_eq!(response.expect(200)["archived"], json!(archived));
    }
    let path = format!("/api/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(ada.get(&path).await.expect(200), task);
}

#[tokio::test]
async fn what_a_patch_may_not_do_changes_nothing() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    make(&ada, json!({"title": "a", "project": "Garden"})).await;
    make(&ada, json!({"title": "b", "project": "House"})).await;
    make(&bob, json!({"title": "c", "project": "Bobs"})).await;
    let target = format!("{PATH}/Garden");
    let before = version(&ada).await;
    for body in [
        json!({"name": ""}),
        json!({"name": null}),
        json!({"name": "x".repeat(101)}),
    ] {
        assert_eq!(ada.patch(&target, &body).await.invalid_fields(), ["name"]);
    }
    assert_eq!(
        ada.patch(&target, &json!({"open": 5, "colour": 1}))
            .await
            .invalid_fields(),
        ["open", "colour"]
    );
    let taken = ada.patch(&target, &json!({"name": "House"})).await;
    assert!(
        taken.expect(409)["detail"]
            .as_str()
            .unwrap()
            .contains("PATCH /api/tasks")
    );
    for missing in ["Bobs", "garden", "%20", "%00", &"x".repeat(101)] {
        let target = format!("{PATH}/{missing}");
        ada.get(&target).await.expect(404);
        ada.patch(&target, &json!({"archived": true}))
            .await
            .expect(404);
    }
    let same = ada
        .patch(&target, &json!({"name": "Garden", "archived": false}))
        .await;
    assert_eq!(same.expect(200)["open"], json!(1));
    assert_eq!(version(&ada).await, before);
    ada.delete(&target).await.expect(405);
}

#[tokio::test]
async fn if_match_compares_the_projects_own_version() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    make(&ada, json!({"title": "a", "project": "Garden"})).await;
    let target = format!("{PATH}/Garden");
    let tag = ada.get(&target).await.header("etag").to_owned();
    make(&ada, json!({"title": "b", "project": "Garden"})).await;
    let patch = |archived: bool| {
        ada.call(Method::PATCH, &target)
            .header("if-match", &tag)
            .json(&json!({ "archived": archived }))
    };
    patch(true).send().await.expect(200);
    patch(false).send().await.expect(412);
    assert_eq!(ada.get(&target).await.expect(200)["archived"], json!(true));
}

#[tokio::test]
async fn a_repeated_change_is_answered_again_also_when_they_meet() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    make(&ada, json!({"title": "a", "project": "Garden"})).await;
    let call = |key: &str, name: &str| {
        ada.call(Method::PATCH, &format!("{PATH}/Garden"))
            .header("idempotency-key", key)
            .json(&json!({ "name": name }))
            .send()
    };
    let (one, two) = tokio::join!(call("k", "Allotment"), call("k", "Allotment"));
    assert_eq!((one.status, one.text()), (200, two.text()));
    let replays = [&one, &two].map(|answer| answer.header("idempotency-replayed") == "true");
    assert_eq!(replays.iter().filter(|replay| **replay).count(), 1);
    assert_eq!(
        call("k", "Other").await.invalid_fields(),
        ["Idempotency-Key"]
    );
    assert_eq!(version(&ada).await, "3");
}

#[tokio::test]
async fn every_call_is_one_round_trip_and_needs_its_credential() {
    let app = TestApp::with(&[("DATABASE_POOL_SIZE", "1")]).await;
    let ada = app.user("ada").await;
    make(&ada, json!({"title": "a", "project": "Garden"})).await;
    let target = format!("{PATH}/Garden");
    let calls = [
        (Method::GET, PATH, Value::Null),
        (Method::GET, target.as_str(), Value::Null),
        (Method::PATCH, target.as_str(), json!({"archived": true})),
        (Method::PATCH, target.as_str(), json!({"archived": false})),
    ];
    for (method, target, body) in &calls[..3] {
        ada.call(method.clone(), target)
            .json(body)
            .send()
            .await
            .expect(200);
    }
    for (method, target, body) in calls {
        let call = ada.call(method.clone(), target).json(&body);
        let (round_trips, response) = app.round_trips(call.send()).await;
        response.expect(200);
        assert_eq!(round_trips, 1, "{method} {target}");
        app.anonymous()
            .call(method, target)
            .json(&body)
            .send()
            .await
            .expect(401);
    }
    app.proxy.cut();
    ada.get(PATH).await.expect(503);
    app.proxy.mend();
}
