//! `GET /api/export`

use axum::body::{Body, to_bytes};
use axum::http::Method;
use serde_json::{Value, json};
use shared_types::caller::CredentialKind;
use shared_types::scope::Scope;
use shared_types::token::UnverifiedToken;
use tower::ServiceExt as _;

use crate::support::{Client, TestApp};
use crate::tasks::{created, path};

const PATH: &str = "/api/export";

/// The same user by a key that may only read tasks.
fn reader(app: &TestApp, client: &Client) -> Client {
    let token = UnverifiedToken::parse(client.token()).unwrap().verified();
    let mut claims = token.claims().clone();
    Scope::TasksRead.as_str().clone_into(&mut claims.scope);
    let keys = app.app.config.token_keys.current();
    let text = origin_api::domain::tokens::sign(CredentialKind::Key, &claims, keys.signing());
    app.client_with(&text.unwrap())
}

#[tokio::test]
async fn holds_everything_that_is_not_deleted_and_nothing_of_anybody_else() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    created(&bob, &json!({"title": "Bob's"})).await;
    let parent = created(&ada, &json!({
        "title": "Parent", "project": "Garden", "tags": ["a", "b"], "due_date": "2026-11-30", "recurrence": "FREQ=WEEKLY"
    })).await;
    let gone = created(&ada, &json!({"title": "Gone"})).await;
    let child = created(&ada, &json!({
        "title": "Child", "parent_id": parent["id"], "depends_on": [gone["id"]], "effort_estimate_minutes": 5
    })).await;
    ada.delete(&path(&gone)).await.expect(204);
    ada.post(&format!("{}/complete", path(&child)), &json!({}))
        .await
        .expect(200);
    ada.post(&format!("{}/not-now", path(&parent)), &json!({}))
        .await
        .expect(200);
    ada.patch("/api/projects/Garden", &json!({"archived": true}))
        .await
        .expect(200);

    let response = ada.get(PATH).await;
    let mut document = response.expect(200);
    // Ids of one millisecond have no order of their own.
    let tasks = document["tasks"].as_array_mut().unwrap();
    assert!(tasks.is_sorted_by_key(|task| task["id"].to_string()));
    tasks.sort_by_key(|task| std::cmp::Reverse(task["title"].to_string()));
    let now = "2026-11-22T12:00:00.000Z";
    assert_eq!(
        document,
        json!({
            "format": "mindflow", "format_version": 1,
            "account": {"email": "ada@example.com", "full_name": null, "created_at": now},
            "preferences": {
                "time_zone": "UTC", "search_language": "simple",
                "weights": {"urgency": 1.0, "importance": 1.0, "fit": 1.0, "unblocks": 1.0, "started": 1.0,
                    "time_of_day": 1.0, "small": 1.0, "age": 1.0, "not_now": 1.0}
            },
            "projects": [{"name": "Garden", "archived": true}],
            "tasks": [
                {
                    "id": parent["id"], "title": "Parent", "description": null, "status": "pending", "priority": 3,
                    "due_date": "2026-11-30", "deadline": null, "start_date": null, "snoozed_until": null,
                    "effort_estimate_minutes": null, "tags": ["a", "b"], "project": "Garden", "preferred_time": null,
                    "recurrence": "FREQ=WEEKLY", "recurrence_from": "schedule", "parent_id": null, "depends_on": [],
                    "recurrence_start": "2026-11-30", "next_occurrence_id": null, "not_now_at": now,
                    "completed_at": null, "created_at": now
                },
                {
                    "id": child["id"], "title": "Child", "description": null, "status": "completed", "priority": 3,
                    "due_date": null, "deadline": null, "start_date": null, "snoozed_until": null,
                    "effort_estimate_minutes": 5, "tags": [], "project": null, "preferred_time": null,
                    "recurrence": null, "recurrence_from": "schedule", "parent_id": parent["id"], "depends_on": [],
                    "recurrence_start": null, "next_occurrence_id": null, "not_now_at": null,
                    "completed_at": now, "created_at": now
                }
            ]
        })
    );
    assert_eq!(response.header("content-type"), "application/json");
    assert_eq!(
        response.header("content-disposition"),
        "attachment; filename=\"mindflow-2026-11-22.json\""
    );
    assert_eq!(
        response.header("etag"),
        format!("\"{}-a\"", response.header("mindflow-version"))
    );

    ada.put("/api/preferences", &json!({"work_start": "08:00"}))
        .await
        .expect(200);
    let preferences = ada.get(PATH).await.expect(200)["preferences"].clone();
    assert_eq!(
        (&preferences["work_start"], &preferences["work_days"]),
        (&json!("08:00"), &json!([1, 2, 3, 4, 5]))
    );
}

#[tokio::test]
async fn whose_it_is_is_only_for_who_may_manage_the_account() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let by_key = reader(&app, &ada).get(PATH).await;
    let document = by_key.expect(200);
    assert_eq!(
        (&document["account"], &document["tasks"]),
        (&Value::Null, &json!([]))
    );
    assert_ne!(by_key.header("etag"), ada.get(PATH).await.header("etag"));
}

#[tokio::test]
async fn without_a_credential_that_holds_or_a_database_there_is_none() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    app.anonymous().get(PATH).await.expect(401);
    assert_eq!(
        ada.get(&format!("{PATH}?format=csv"))
            .await
            .invalid_fields(),
        ["format"]
    );
    app.proxy.cut();
    ada.get(PATH).await.expect(503);
    let other = TestApp::new().await;
    let bob = other.user("bob").await;
    let database = other.database.connect().await;
    database
        .execute("UPDATE sessions SET revoked_at = created_at", &[])
        .await
        .unwrap();
    bob.get(PATH).await.expect(401);
}

/// Some thousand tasks, of a size that fills every buffer on the way.
async fn many(app: &TestApp, client: &Client, number: i64) {
    let database = app.database.connect().await;
    database
        .execute(
            "INSERT INTO tasks (user_id, id, title, description, status, priority, tags, created_at, updated_at, version)
            SELECT $1, uuidv7(), 'Task ' || number, repeat('x', 5000), 'pending', 3, '{}', now(), now(), 1
            FROM generate_series(1, $2::bigint) AS number",
            &[&client.identity().user.0, &number],
        )
        .await
        .unwrap();
}

/// An export whose body is not read yet.
async fn begun(app: &TestApp, client: &Client) -> Body {
    let request = client.call(Method::GET, PATH).signed();
    let router = origin_api::router::router(app.app.clone());
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    response.into_body()
}

#[tokio::test]
async fn is_of_one_instant_however_long_it_takes() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    many(&app, &ada, 3000).await;
    let body = begun(&app, &ada).await;
    for number in 0..3 {
        created(&ada, &json!({"title": format!("Later {number}")})).await;
    }
    let database = app.database.connect().await;
    database
        .execute("UPDATE tasks SET title = 'Changed'", &[])
        .await
        .unwrap();
    let document: Value =
        serde_json::from_slice(&to_bytes(body, usize::MAX).await.unwrap()).unwrap();
    let tasks = document["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 3000);
    assert!(
        tasks
            .iter()
            .all(|task| task["title"].as_str().unwrap().starts_with("Task "))
    );
}

#[tokio::test]
async fn one_that_breaks_off_is_no_answer_and_one_that_nobody_reads_ends() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    many(&app, &ada, 3000).await;
    let body = begun(&app, &ada).await;
    app.proxy.cut();
    assert!(to_bytes(body, usize::MAX).await.is_err());

    let app = TestApp::with(&[("DATABASE_POOL_SIZE", "4")]).await;
    let ada = app.user("ada").await;
    many(&app, &ada, 3000).await;
    let body = begun(&app, &ada).await;
    // A quarter of the connections may export at one time.
    let refused = ada.get(PATH).await;
    refused.expect(503);
    assert_eq!(refused.header("retry-after"), "1");
    drop(body);
    let again = async {
        while ada.get(PATH).await.status == 503 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), again)
        .await
        .unwrap();
}
