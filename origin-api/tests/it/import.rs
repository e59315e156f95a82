//! `POST /api/import`

mod round_trip;

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Client, TestApp};
use crate::tasks::{created, path};

const PATH: &str = "/api/import";
const TODOIST: &str = include_str!("../fixtures/todoist.csv");
const TASKWARRIOR: &str = include_str!("../fixtures/taskwarrior.json");

pub fn id(number: usize) -> String {
    format!("0198c5a0-0000-7000-8000-{number:012}")
}

pub fn task(number: usize, more: &Value) -> Value {
    let mut task = json!({"id": id(number), "title": format!("Task {number}"), "created_at": "2026-11-01T00:00:00.000Z"});
    for (name, value) in more.as_object().unwrap() {
        task[name] = value.clone();
    }
    task
}

pub fn document(tasks: &Value) -> Value {
    json!({"format": "mindflow", "document": {"format": "mindflow", "format_version": 1, "tasks": tasks}})
}

async fn titles(client: &Client) -> Vec<String> {
    let document = client.get("/api/export").await.expect(200);
    let tasks = document["tasks"].as_array().unwrap();
    tasks
        .iter()
        .map(|task| task["title"].as_str().unwrap().to_owned())
        .collect()
}

fn counts(report: &Value) -> Value {
    json!([report["created"], report["updated"], report["skipped"]])
}

#[tokio::test]
async fn says_what_became_of_each_task_and_knows_again_what_comes_twice() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let body = document(&json!([
        task(1, &json!({"project": "Garden"})),
        task(2, &json!({"depends_on": [id(1)]}))
    ]));
    let response = ada.post(PATH, &body).await;
    let report = response.expect(200);
    assert_eq!(counts(&report), json!([2, 0, 0]));
    assert_eq!(
        report["lines"],
        json!([
            {"line": 1, "outcome": "created", "because": null},
            {"line": 2, "outcome": "created", "because": null}
        ])
    );
    let version = response.header("mindflow-version").to_owned();

    let response = ada.post(PATH, &body).await;
    let report = response.expect(200);
    assert_eq!(
        (counts(&report), &report["change_id"]),
        (json!([0, 0, 2]), &Value::Null)
    );
    assert_eq!(
        report["lines"][0]["because"],
        "is here already, and the same"
    );
    assert_eq!(response.header("mindflow-version"), version);

    ada.delete(&format!("/api/tasks/{}", id(2)))
        .await
        .expect(204);
    ada.patch(
        &format!("/api/tasks/{}", id(1)),
        &json!({"title": "Changed"}),
    )
    .await
    .expect(200);
    let report = ada.post(PATH, &body).await.expect(200);
    assert_eq!(
        report["lines"],
        json!([
            {"line": 1, "outcome": "updated", "because": null},
            {"line": 2, "outcome": "updated", "because": "was deleted, and is restored"}
        ])
    );
    assert_eq!(titles(&ada).await, ["Task 1", "Task 2"]);
    let projects = ada.get("/api/projects").await.expect(200);
    assert_eq!(projects[0]["name"], "Garden");
}

#[tokio::test]
async fn is_one_change_in_the_history_with_what_was_there_before() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    ada.post(PATH, &document(&json!([task(1, &json!({}))])))
        .await
        .expect(200);
    let body = document(&json!([
        task(1, &json!({"title": "Other"})),
        task(2, &json!({}))
    ]));
    let report = ada.post(PATH, &body).await.expect(200);
    let database = app.database.connect().await;
    let rows = database
        .query(
            "SELECT task_id::text, action, by, before ->> 'title', after ->> 'title', (after ->> 'version')::bigint
            FROM history
            WHERE change_id = $1::text::uuid
            ORDER BY task_id",
            &[&report["change_id"].as_str().unwrap()],
        )
        .await
        .unwrap();
    let told: Vec<(String, String, String, Option<String>, String, i64)> = rows
        .iter()
        .map(|row| {
            (
                row.get(0),
                row.get(1),
                row.get(2),
                row.get(3),
                row.get(4),
                row.get(5),
            )
        })
        .collect();
    let (import, by) = ("import".to_owned(), "session".to_owned());
    assert_eq!(
        told,
        [
            (
                id(1),
                import.clone(),
                by.clone(),
                Some("Task 1".to_owned()),
                "Other".to_owned(),
                2
            ),
            (id(2), import, by, None, "Task 2".to_owned(), 1),
        ]
    );
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_changes_nothing() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let before = ada.get("/api/export").await;
    let mut body = document(&json!([task(1, &json!({"project": "Garden"}))]));
    body["document"]["preferences"] = json!({"time_zone": "Europe/Berlin"});
    body["document"]["projects"] = json!([{"name": "Old", "archived": true}]);
    body["dry_run"] = json!(true);
    let response = ada
        .call(Method::POST, PATH)
        .header("idempotency-key", "k")
        .json(&body)
        .send()
        .await;
    let dry = response.expect(200);
    assert_eq!(
        (&dry["dry_run"], &dry["change_id"], counts(&dry)),
        (&json!(true), &Value::Null, json!([1, 0, 0]))
    );
    let after = ada.get("/api/export").await;
    assert_eq!(
        (after.text(), after.header("etag")),
        (before.text(), before.header("etag"))
    );
    assert_eq!(ada.get("/api/projects").await.expect(200), json!([]));
    body["dry_run"] = json!(false);
    let done = ada.post(PATH, &body).await.expect(200);
    assert_eq!(done["lines"], dry["lines"]);
    let document = ada.get("/api/export").await.expect(200);
    assert_eq!(document["preferences"]["time_zone"], "Europe/Berlin");
    assert_eq!(
        document["projects"],
        json!([{"name": "Garden", "archived": false}, {"name": "Old", "archived": true}])
    );
}

#[tokio::test]
async fn preferences_that_somebody_has_set_stay_and_so_do_projects() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    ada.put("/api/preferences", &json!({"time_zone": "Asia/Kathmandu"}))
        .await
        .expect(200);
    let mut body = document(&json!([]));
    body["document"]["preferences"] = json!({"time_zone": "Europe/Berlin"});
    let report = ada.post(PATH, &body).await.expect(200);
    assert_eq!(
        report["lines"],
        json!([
            {"line": 0, "outcome": "noted", "because": "the preferences are not taken: you have set your own"}
        ])
    );
    assert_eq!(
        ada.get("/api/preferences").await.expect(200)["time_zone"],
        "Asia/Kathmandu"
    );
    body["document"]["projects"] = json!([{"name": "Garden", "archived": true}]);
    created(&ada, &json!({"title": "Dig", "project": "Garden"})).await;
    let report = ada.post(PATH, &body).await.expect(200);
    let because = report["lines"][1]["because"].as_str().unwrap();
    assert!(
        because.starts_with("the project \"Garden\" stays as it is here"),
        "{because}"
    );
    let projects = ada.get("/api/projects").await.expect(200);
    assert_eq!(projects[0]["archived"], false);
    body["document"]["preferences"]["time_zone"] = json!("Mars/Olympus");
    assert_eq!(
        ada.post(PATH, &body).await.invalid_fields(),
        ["document.preferences.time_zone"]
    );
}

#[tokio::test]
async fn taken_preferences_move_the_tasks_that_are_there() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let here = created(
        &ada,
        &json!({"title": "Here", "deadline": "2026-11-22T12:30"}),
    )
    .await;
    assert_eq!(here["overdue"], false);
    let mut body = document(&json!([task(1, &json!({"deadline": "2026-11-22T12:30"}))]));
    body["document"]["preferences"] = json!({"time_zone": "Europe/Berlin"});
    ada.post(PATH, &body).await.expect(200);
    let database = app.database.connect().await;
    let rows = database
        .query("SELECT DISTINCT overdue_at::text FROM tasks", &[])
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    for task in [path(&here), format!("/api/tasks/{}", id(1))] {
        assert_eq!(ada.get(&task).await.expect(200)["overdue"], true);
    }
}

#[tokio::test]
async fn nothing_changes_when_any_of_it_cannot_be() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let theirs = created(&bob, &json!({"title": "Theirs"})).await;
    let first = created(&ada, &json!({"title": "First"})).await;
    let first_id = first["id"].as_str().unwrap();
    for (tasks, fields) in [
        (
            json!([
                task(1, &json!({})),
                task(2, &json!({"priority": 6, "tags": ["a,b"]}))
            ]),
            vec!["document.tasks[1].priority", "document.tasks[1].tags"],
        ),
        (
            json!([task(1, &json!({"parent_id": id(9)})), task(2, &json!({}))]),
            vec!["document.tasks[0].parent_id"],
        ),
        (
            json!([task(1, &json!({"depends_on": [theirs["id"]]}))]),
            vec!["document.tasks[0].depends_on"],
        ),
        (
            json!([
                task(1, &json!({"depends_on": [id(2)]})),
                task(2, &json!({"parent_id": id(1)})),
                task(3, &json!({"parent_id": id(4)})),
                task(4, &json!({"depends_on": [id(3), id(4)]}))
            ]),
            vec!["document.tasks[3].depends_on"],
        ),
        (
            json!([
                task(1, &json!({"depends_on": [id(2)]})),
                task(2, &json!({"depends_on": [id(1)]}))
            ]),
            vec![
                "document.tasks[0].depends_on",
                "document.tasks[1].depends_on",
            ],
        ),
        (
            json!([task(
                1,
                &json!({"recurrence": "FREQ=MINUTELY", "due_date": "2026-11-30"})
            )]),
            vec!["document.tasks[0].recurrence"],
        ),
    ] {
        let response = ada.post(PATH, &document(&tasks)).await;
        assert_eq!(response.invalid_fields(), fields, "{tasks}");
        assert_ne!(response.header("mindflow-version"), "");
        assert_eq!(titles(&ada).await, ["First"]);
    }
    // A cycle over a task that is here.
    ada.post(PATH, &document(&json!([task(1, &json!({}))])))
        .await
        .expect(200);
    ada.patch(&path(&first), &json!({"depends_on": [id(1)]}))
        .await
        .expect(200);
    let response = ada
        .post(
            PATH,
            &document(&json!([task(1, &json!({"depends_on": [first_id]}))])),
        )
        .await;
    assert_eq!(response.invalid_fields(), ["document.tasks[0].depends_on"]);
}

#[tokio::test]
async fn files_of_todoist_and_taskwarrior_come_in_and_come_in_once() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let todoist = json!({"format": "todoist-csv", "csv": TODOIST, "project": "Offers"});
    let taskwarrior: Value = serde_json::from_str(TASKWARRIOR).unwrap();
    let taskwarrior = json!({"format": "taskwarrior", "document": taskwarrior});
    for (body, created, skipped) in [(todoist, 9, 2), (taskwarrior, 11, 1)] {
        let report = ada.post(PATH, &body).await.expect(200);
        assert_eq!(counts(&report), json!([created, 0, skipped]), "{report}");
        let again = ada.post(PATH, &body).await.expect(200);
        assert_eq!(counts(&again), json!([0, 0, created + skipped]), "{again}");
        assert_eq!(again["change_id"], Value::Null);
    }
    assert_eq!(titles(&ada).await.len(), 20);
    let open = ada
        .get("/api/tasks?project=Offers&sort=priority&limit=100")
        .await
        .expect(200);
    assert_eq!(open["items"].as_array().unwrap().len(), 9);
}

#[tokio::test]
async fn is_answered_again_under_the_same_key() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let send = async |body: &Value| {
        ada.call(Method::POST, PATH)
            .header("idempotency-key", "once")
            .json(body)
            .send()
            .await
    };
    let body = document(&json!([task(1, &json!({}))]));
    let first = send(&body).await;
    let again = send(&body).await;
    assert_eq!(again.expect(200), first.expect(200));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(
        again.header("mindflow-version"),
        first.header("mindflow-version")
    );
    let other = send(&document(&json!([]))).await;
    assert_eq!(other.invalid_fields(), ["Idempotency-Key"]);
}

#[tokio::test]
async fn takes_ten_thousand_tasks_and_ten_mebibytes_and_no_more() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let tasks: Vec<Value> = (1..=10_001)
        .map(|number| {
            task(
                number,
                &json!({"parent_id": (number > 1).then(|| id(number / 2))}),
            )
        })
        .collect();
    let response = ada.post(PATH, &document(&json!(tasks))).await;
    assert_eq!(response.invalid_fields(), ["document.tasks"]);
    let report = ada
        .post(PATH, &document(&json!(tasks[..10_000])))
        .await
        .expect(200);
    assert_eq!(counts(&report), json!([10_000, 0, 0]));
    let again = ada
        .post(PATH, &document(&json!(tasks[..10_000])))
        .await
        .expect(200);
    assert_eq!(counts(&again), json!([0, 0, 10_000]));

    let padded = |bytes: usize| {
        let mut body = document(&json!([])).to_string();
        body.push_str(&" ".repeat(bytes - body.len()));
        ada.call(Method::POST, PATH)
            .header("content-type", "application/json")
            .body(body)
            .send()
    };
    padded(10 * 1024 * 1024).await.expect(200);
    padded(10 * 1024 * 1024 + 1).await.expect(413);
    let elsewhere = ada
        .call(Method::POST, "/api/tasks")
        .header("content-type", "application/json");
    elsewhere
        .body(" ".repeat(256 * 1024 + 1))
        .send()
        .await
        .expect(413);
}

#[tokio::test]
async fn without_a_credential_or_a_database_nothing_comes_in() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    app.anonymous()
        .post(PATH, &document(&json!([])))
        .await
        .expect(401);
    assert_eq!(
        ada.post(PATH, &json!({"format": "json"}))
            .await
            .invalid_fields(),
        ["format"]
    );
    app.proxy.cut();
    ada.post(PATH, &document(&json!([task(1, &json!({}))])))
        .await
        .expect(503);
}
