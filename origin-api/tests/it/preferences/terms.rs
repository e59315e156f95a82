//! `PUT /api/preferences` under a key, on a version, and many at once.

use axum::http::Method;
use serde_json::{Value, json};

use super::{PATH, counters, defaults, others};
use crate::support::overtaken::{MANY, at_once, new_app, new_app_with, wait_for};
use crate::support::{Client, Response, TestApp};

async fn put(client: &Client, header: (&str, &str), body: &Value) -> Response {
    let call = client.call(Method::PUT, PATH);
    call.header(header.0, header.1).json(body).send().await
}

#[tokio::test]
async fn the_first_answer_is_given_again_even_when_the_preferences_have_moved_on() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let key = ("idempotency-key", "k");
    let first = put(&ada, key, &others()).await;
    assert_eq!(first.header("idempotency-replayed"), "");
    ada.put(PATH, &defaults()).await.expect(200);
    let replay = put(&ada, key, &others()).await;
    assert_eq!(replay.expect(200), others());
    assert_eq!(replay.text(), first.text());
    assert_eq!(replay.header("idempotency-replayed"), "true");
    assert_eq!(replay.header("mindflow-version"), "3");
    assert_eq!(ada.get(PATH).await.expect(200), defaults());
    assert_eq!(counters(&app, &ada).await, (3, 3, 1));
}

#[tokio::test]
async fn a_key_is_for_one_request_and_the_body_may_carry_it() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let body = json!({"work_end": "18:00", "client_token": "t"});
    let first = ada.put(PATH, &body).await.expect(200);
    let replay = ada.put(PATH, &body).await;
    assert_eq!(
        (replay.expect(200), replay.header("idempotency-replayed")),
        (first, "true")
    );
    let other = json!({"work_end": "19:00", "client_token": "t"});
    let refused = ada.put(PATH, &other).await;
    assert_eq!(refused.invalid_fields(), ["Idempotency-Key"]);
    assert_eq!(refused.header("mindflow-version"), "2");
    let task = json!({"title": "One", "client_token": "t"});
    let refused = ada.post("/api/tasks", &task).await;
    assert_eq!(refused.invalid_fields(), ["Idempotency-Key"]);
    assert_eq!(counters(&app, &ada).await, (2, 2, 1));
    let hers = bob.put(PATH, &other).await;
    assert_eq!(hers.expect(200)["work_end"], "19:00");
    assert_eq!(hers.header("idempotency-replayed"), "");
}

#[tokio::test]
async fn only_what_was_applied_is_kept() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let key = ("idempotency-key", "k");
    put(&ada, key, &json!({"work_days": []})).await.expect(422);
    put(&ada, key, &json!({"time_zone": "Nowhere"}))
        .await
        .expect(422);
    put(&ada, key, &json!({})).await.expect(200);
    assert_eq!(counters(&app, &ada).await, (1, 1, 0));
    put(&ada, key, &others()).await.expect(200);
    assert_eq!(counters(&app, &ada).await, (2, 2, 1));
}

#[tokio::test]
async fn only_the_version_that_was_read_is_replaced() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let hours = |end: &str| json!({ "work_end": end });
    put(&ada, ("if-match", "\"1-0\""), &hours("18:00"))
        .await
        .expect(200);
    let lost = put(&ada, ("if-match", "\"1-0\""), &hours("19:00")).await;
    lost.expect(412);
    assert_eq!(lost.header("mindflow-version"), "2");
    // The user's version is not the preferences'.
    let task = json!({"title": "One"});
    ada.post("/api/tasks", &task).await.expect(201);
    put(&ada, ("if-match", "\"3-0\""), &hours("19:00"))
        .await
        .expect(412);
    for tag in ["W/\"2-0-gzip\"", "*", "\"7-0\", \"4-0\""] {
        let end = format!("2{}:00", tag.len() % 4);
        let applied = put(&ada, ("if-match", tag), &hours(&end)).await;
        assert_eq!(applied.expect(200)["work_end"], end.as_str(), "{tag}");
    }
    assert_eq!(counters(&app, &ada).await, (6, 5, 0));
}

#[tokio::test]
async fn a_replay_comes_before_412() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let send = || {
        let call = ada.call(Method::PUT, PATH).header("if-match", "\"1-0\"");
        call.header("idempotency-key", "k").json(&others()).send()
    };
    send().await.expect(200);
    assert_eq!(send().await.header("idempotency-replayed"), "true");
}

fn end_at(client: &Client, number: usize, more: Value) -> impl Future<Output = Response> + use<> {
    let client = client.clone();
    let mut body = more;
    body["work_end"] = json!(format!("12:{number:02}"));
    async move { client.put(PATH, &body).await }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_all_are_applied_one_after_the_other() {
    for statements in ["prepared", "unnamed"] {
        let app = new_app_with(statements).await;
        let ada = app.user("ada").await;
        let answers = at_once(&app, |number| end_at(&ada, number, json!({}))).await;
        let mut versions: Vec<usize> = answers
            .iter()
            .map(|answer| {
                answer.expect(200);
                answer.header("mindflow-version").parse().unwrap()
            })
            .collect();
        versions.sort_unstable();
        assert_eq!(versions, (2..MANY + 2).collect::<Vec<_>>());
        let last = answers
            .iter()
            .find(|answer| answer.header("mindflow-version") == (MANY + 1).to_string());
        assert_eq!(ada.get(PATH).await.expect(200), last.unwrap().json());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_on_one_version_or_under_one_key_one_is_applied() {
    let app = new_app().await;
    let ada = app.user("ada").await;
    let answers = at_once(&app, |number| {
        let ada = ada.clone();
        let body = json!({ "work_end": format!("12:{number:02}") });
        async move { put(&ada, ("if-match", "\"1-0\""), &body).await }
    })
    .await;
    let applied = answers.iter().filter(|answer| answer.status == 200);
    assert_eq!(applied.count(), 1);
    assert!(
        answers
            .iter()
            .all(|answer| [200, 412].contains(&answer.status))
    );

    let answers = at_once(&app, |_| {
        end_at(
            &ada,
            59,
            json!({"work_start": "01:00", "client_token": "k"}),
        )
    })
    .await;
    let replayed = answers.iter().filter(|answer| {
        answer.expect(200);
        answer.header("idempotency-replayed") == "true"
    });
    assert_eq!(replayed.count(), MANY - 1);
    assert_eq!(counters(&app, &ada).await, (3, 3, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn beside_changes_of_tasks_none_is_lost() {
    let app = new_app().await;
    let ada = app.user("ada").await;
    let answers = at_once(&app, |number| {
        let ada = ada.clone();
        async move {
            if number % 2 == 0 {
                end_at(&ada, number, json!({})).await
            } else {
                let task = json!({ "title": number.to_string() });
                ada.post("/api/tasks", &task).await
            }
        }
    })
    .await;
    assert!(
        answers
            .iter()
            .all(|answer| [200, 201].contains(&answer.status))
    );
    let changes = i64::try_from(MANY).unwrap();
    assert_eq!(
        counters(&app, &ada).await,
        (changes + 1, changes / 2 + 1, 0)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_that_waited_while_every_credential_was_revoked_is_refused() {
    let app = new_app().await;
    let ada = app.user("ada").await;
    let (holder, watcher) = (app.database.connect().await, app.database.connect().await);
    let revoke = "BEGIN; UPDATE users SET generation = generation + 1";
    holder.batch_execute(revoke).await.unwrap();
    let waiting = tokio::spawn(end_at(&ada, 30, json!({"client_token": "k"})));
    wait_for(&watcher, 1).await;
    holder.batch_execute("COMMIT").await.unwrap();
    waiting.await.unwrap().expect(401);
    assert_eq!(counters(&app, &ada).await, (1, 1, 0));
}
