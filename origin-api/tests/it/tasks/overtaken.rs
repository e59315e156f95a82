//! Many requests of one user at once: nothing is lost, done twice or answered from before it began.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::{ID, PATH, counters, path, task};
use crate::support::overtaken::{MANY, at_once, new_app, new_app_with, wait_for, waits};
use crate::support::{Client, Response, TestApp};

fn with_status(answers: &[Response], status: u16) -> Vec<&Response> {
    answers
        .iter()
        .filter(|answer| answer.status == status)
        .collect()
}

fn send(
    client: &Client,
    method: Method,
    target: String,
    header: Option<(&str, &str)>,
    body: &Value,
) -> impl Future<Output = Response> + Send + use<> {
    let client = client.clone();
    let header = header.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let body = body.clone();
    async move {
        let call = client.call(method, &target).json(&body);
        match header {
            Some((name, value)) => call.header(&name, &value).send().await,
            None => call.send().await,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_changes_to_one_version_exactly_one_is_applied() {
    for statements in ["prepared", "unnamed"] {
        let app = new_app_with(statements).await;
        let ada = app.user("ada").await;
        let task = task(&ada, "Contended").await;
        let answers = at_once(&app, |number| {
            send(
                &ada,
                Method::PATCH,
                path(&task),
                Some(("if-match", "\"1-0\"")),
                &json!({"title": number.to_string()}),
            )
        })
        .await;
        let applied = with_status(&answers, 200);
        assert_eq!(
            (applied.len(), with_status(&answers, 412).len()),
            (1, MANY - 1)
        );
        assert_eq!(ada.get(&path(&task)).await.expect(200), applied[0].json());
        assert_eq!(counters(&app, &ada).await.0, 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_creations_under_one_key_one_is_applied_and_the_rest_are_replays() {
    let app = new_app().await;
    let ada = app.user("ada").await;
    for id in [Value::Null, json!(ID)] {
        let before = counters(&app, &ada).await;
        let body = json!({"title": "Once", "id": id, "client_token": id.to_string()});
        let answers = at_once(&app, |_| {
            send(&ada, Method::POST, PATH.to_owned(), None, &body)
        })
        .await;
        let created = answers[0].expect(201);
        for answer in &answers {
            assert_eq!(answer.expect(201), created);
            assert_eq!(
                answer.header("mindflow-version"),
                (before.0 + 1).to_string()
            );
        }
        let replays = answers
            .iter()
            .filter(|answer| answer.header("idempotency-replayed") == "true");
        assert_eq!(replays.count(), MANY - 1);
        assert_eq!(counters(&app, &ada).await, (before.0 + 1, before.1 + 1));
    }
    assert_eq!(
        ada.get(PATH).await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_creations_with_one_id_one_is_applied() {
    let app = new_app().await;
    let ada = app.user("ada").await;
    let answers = at_once(&app, |_| {
        send(
            &ada,
            Method::POST,
            PATH.to_owned(),
            None,
            &json!({"title": "One", "id": ID}),
        )
    })
    .await;
    assert_eq!(
        (
            with_status(&answers, 201).len(),
            with_status(&answers, 409).len()
        ),
        (1, MANY - 1)
    );
    assert_eq!(counters(&app, &ada).await.0, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn completing_many_times_at_once_completes_once() {
    let app = new_app().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Once").await;
    let target = format!("{}/complete", path(&task));
    let answers = at_once(&app, |_| {
        send(&ada, Method::POST, target.clone(), None, &json!({}))
    })
    .await;
    for answer in &answers {
        assert_eq!(
            (
                &answer.expect(200)["version"],
                answer.header("mindflow-version")
            ),
            (&json!(2), "3")
        );
    }
    assert_eq!(counters(&app, &ada).await.0, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deleting_many_times_at_once_deletes_once() {
    let app = new_app().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Once").await;
    let answers = at_once(&app, |_| {
        send(&ada, Method::DELETE, path(&task), None, &json!({}))
    })
    .await;
    assert_eq!(
        (
            with_status(&answers, 204).len(),
            with_status(&answers, 404).len()
        ),
        (1, MANY - 1)
    );
    assert_eq!(counters(&app, &ada).await.0, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_change_of_a_contended_task_is_applied_to_what_the_one_before_left() {
    let app = new_app().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Flip").await;
    // Each flips the status, unless another has done so already.
    let answers = at_once(&app, |number| {
        let step = if number % 2 == 0 {
            "complete"
        } else {
            "reopen"
        };
        send(
            &ada,
            Method::POST,
            format!("{}/{step}", path(&task)),
            None,
            &json!({}),
        )
    })
    .await;
    let mut changes: Vec<(i64, String, i64)> = answers
        .iter()
        .map(|answer| {
            let task = answer.expect(200);
            let version = answer.header("mindflow-version").parse().unwrap();
            (
                task["version"].as_i64().unwrap(),
                task["status"].as_str().unwrap().to_owned(),
                version,
            )
        })
        .collect();
    changes.sort();
    changes.dedup();
    for (number, (version, status, user_version)) in (i64::from(changes[0].0 != 1)..)
        .map(|number| number + 1)
        .zip(&changes)
    {
        assert_eq!(*version, number, "{changes:?}");
        assert_eq!(
            status,
            if version % 2 == 0 {
                "completed"
            } else {
                "pending"
            },
            "{changes:?}"
        );
        assert_eq!(
            *user_version,
            version + 1,
            "body and version are of one instant: {changes:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_see_version_and_rows_of_one_instant_and_never_go_back() {
    let app = new_app().await;
    let ada = app.user("ada").await;
    let writer = tokio::spawn({
        let ada = ada.clone();
        async move {
            for number in 0..MANY {
                ada.post(PATH, &json!({"title": number.to_string()}))
                    .await
                    .expect(201);
            }
        }
    });
    let mut last = 0;
    while !writer.is_finished() || last == 0 {
        let page = ada.get(&format!("{PATH}?limit=100")).await;
        let version: usize = page.header("mindflow-version").parse().unwrap();
        assert_eq!(
            page.expect(200)["items"].as_array().unwrap().len(),
            version - 1
        );
        assert!(version >= last, "{version} came after {last}");
        last = version;
    }
    writer.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_of_different_tasks_are_all_applied() {
    let app = new_app().await;
    let ada = app.user("ada").await;
    let mut tasks = Vec::new();
    for number in 0..MANY {
        tasks.push(task(&ada, &number.to_string()).await);
    }
    let answers = at_once(&app, |number| {
        send(
            &ada,
            Method::PATCH,
            path(&tasks[number]),
            None,
            &json!({"priority": 5}),
        )
    })
    .await;
    let mut versions: Vec<i64> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.expect(200)["version"], json!(2));
            answer.header("mindflow-version").parse().unwrap()
        })
        .collect();
    versions.sort_unstable();
    let first = i64::try_from(MANY).unwrap() + 2;
    assert_eq!(
        versions,
        (first..first + i64::try_from(MANY).unwrap()).collect::<Vec<_>>()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_that_is_overtaken_twice_is_still_applied_and_holds_no_task_while_it_waits() {
    let app = new_app().await;
    let ada = app.user("ada").await;
    // On a busy machine the change may come through before the second that should overtake it.
    for _ in 0..20 {
        if is_overtaken_twice(&app, &ada).await {
            return;
        }
    }
    panic!("the change was never overtaken twice");
}

/// Whether it was; panics unless every change was applied.
async fn is_overtaken_twice(app: &TestApp, ada: &Client) -> bool {
    const LOCK: &str = "BEGIN; SELECT FROM users FOR NO KEY UPDATE";
    const RENAME: &str = "SET LOCAL lock_timeout = '1s';
        UPDATE tasks SET title = title || '!', version = version + 1 WHERE title LIKE 'Hey%';
        UPDATE users SET version = version + 1";
    let task = task(ada, "Hey").await;
    let (first, second, watcher) = (
        app.database.connect().await,
        app.database.connect().await,
        app.database.connect().await,
    );
    first.batch_execute(LOCK).await.unwrap();
    let target = format!("{}/complete", path(&task));
    let completion = tokio::spawn(send(ada, Method::POST, target, None, &json!({})));
    wait_for(&watcher, 1).await;
    // Whoever holds the user's row gets every task's row: else this would be a deadlock.
    first.batch_execute(RENAME).await.unwrap();
    let second = tokio::spawn(async move {
        second.batch_execute(LOCK).await.unwrap();
        second
    });
    wait_for(&watcher, 2).await;
    first.batch_execute("COMMIT").await.unwrap();
    let second = second.await.unwrap();
    while !completion.is_finished() && !waits(&watcher, 1).await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let is_overtaken = !completion.is_finished();
    second.batch_execute(RENAME).await.unwrap();
    second.batch_execute("COMMIT").await.unwrap();
    let completed = completion.await.unwrap();
    let read = ada.get(&path(&task)).await;
    let task = read.expect(200);
    assert_eq!(
        (&task["title"], &task["status"], &task["version"]),
        (&json!("Hey!!"), &json!("completed"), &json!(4))
    );
    if is_overtaken {
        let mut expected = task.clone();
        expected["next_occurrence"] = Value::Null;
        assert_eq!(completed.expect(200), expected);
        let version = "mindflow-version";
        assert_eq!(completed.header(version), read.header(version));
    }
    ada.delete(&path(&task)).await.expect(204);
    is_overtaken
}
