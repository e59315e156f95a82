//! `POST /api/tasks`

use axum::http::Method;
use serde_json::{Value, json};

use super::{ID, NOW, PATH, counters, path, stored, task};
use crate::support::TestApp;

#[tokio::test]
async fn a_title_is_enough() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let response = ada.post(PATH, &json!({"title": " Buy milk "})).await;
    let created = response.expect(201);
    let id = &created["id"];
    assert_eq!(
        created,
        json!({
            "id": id, "title": "Buy milk", "description": null, "status": "pending", "priority": 3, "due_date": null,
            "deadline": null, "start_date": null, "snoozed_until": null, "effort_estimate_minutes": null, "tags": [],
            "project": null, "preferred_time": null, "recurrence": null, "recurrence_from": "schedule",
            "parent_id": null, "depends_on": [], "overdue": false, "completed_at": null,
            "created_at": NOW, "updated_at": NOW, "version": 1
        })
    );
    assert_eq!(response.header("location"), path(&created));
    assert_eq!(response.header("mindflow-version"), "2");
    assert_eq!(
        ada.get(response.header("location")).await.expect(200),
        created
    );
    let stored = stored(&app, id).await;
    assert_eq!(stored["user_id"], json!(ada.identity().user));
    assert_eq!(
        (&stored["title"], &stored["version"]),
        (&json!("Buy milk"), &json!(1))
    );
}

#[tokio::test]
async fn every_field_is_kept_as_given() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let given = json!({
        "id": ID, "title": "<b>Grüße 👩‍🚀</b> & \"x\"", "description": "é\u{301}\n\t漢字", "status": "in_progress",
        "priority": 5, "due_date": "2026-11-30T17:00:00+05:30", "effort_estimate_minutes": 10080,
        "tags": "home, Büro,,home"
    });
    let created = ada.post(PATH, &given).await.expect(201);
    for field in [
        "id",
        "title",
        "description",
        "status",
        "priority",
        "due_date",
        "effort_estimate_minutes",
    ] {
        assert_eq!(created[field], given[field], "{field}");
    }
    assert_eq!(created["tags"], json!(["home", "Büro"]));
    assert_eq!(ada.get(&path(&created)).await.expect(200), created);
}

#[tokio::test]
async fn a_task_may_be_born_completed() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let created = ada
        .post(
            PATH,
            &json!({"title": "Done", "status": "completed", "due_date": "2020-01-01"}),
        )
        .await
        .expect(201);
    assert_eq!(
        (&created["completed_at"], &created["overdue"]),
        (&json!(NOW), &json!(false))
    );
}

#[tokio::test]
async fn invalid_and_unknown_fields_are_named_and_nothing_is_stored() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let response = ada
        .post(
            "/api/tasks?dry_run=1",
            &json!({
                "id": "1", "title": "a\u{0}b", "description": "x".repeat(10_001), "status": "blocked", "priority": 0,
                "due_date": "2026-02-30", "effort_estimate_minutes": 1.5, "tags": ["a,b"], "version": 1, "colour": "red"
            }),
        )
        .await;
    let mut fields = response.invalid_fields();
    fields.sort();
    assert_eq!(
        fields,
        [
            "colour",
            "description",
            "dry_run",
            "due_date",
            "effort_estimate_minutes",
            "id",
            "priority",
            "status",
            "tags",
            "title",
            "version"
        ]
    );
    for body in [
        json!({}),
        json!([]),
        Value::Null,
        json!({"title": "\u{3000}"}),
        json!({"title": "x".repeat(257)}),
    ] {
        ada.post(PATH, &body).await.expect(422);
    }
    assert_eq!(ada.get(PATH).await.expect(200)["items"], json!([]));
    assert_eq!(counters(&app, &ada).await, (1, 0));
}

#[tokio::test]
async fn what_is_no_json_is_refused_before_its_fields() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let call = || ada.call(Method::POST, PATH);
    call()
        .body("{")
        .header("content-type", "application/json")
        .send()
        .await
        .expect(400);
    call()
        .body("{}")
        .header("content-type", "text/plain")
        .send()
        .await
        .expect(415);
    call().body("{}").send().await.expect(415);
    call().send().await.expect(422);
    let large = json!({"title": "x", "description": "x".repeat(256 * 1024)});
    call().json(&large).send().await.expect(413);
}

#[tokio::test]
async fn an_id_is_taken_once_also_by_a_deleted_task_but_for_each_user_apart() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let body = json!({"title": "Mine", "id": ID});
    let created = ada.post(PATH, &body).await.expect(201);
    let refused = ada.post(PATH, &body).await;
    assert!(
        refused.expect(409)["detail"]
            .as_str()
            .unwrap()
            .contains("Leave the id out")
    );
    assert_eq!(refused.header("mindflow-version"), "2");
    ada.delete(&path(&created)).await.expect(204);
    ada.post(PATH, &body).await.expect(409);
    assert_eq!(counters(&app, &ada).await.0, 3);
    bob.post(PATH, &body).await.expect(201);
    let mine = task(&ada, "Another").await;
    assert_ne!(mine["id"], json!(ID));
}
