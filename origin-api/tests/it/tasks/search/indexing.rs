//! The words of tasks are taken when they are needed, whoever wrote the tasks.

use axum::http::Method;
use origin_api::db::tasks::take_all_words;
use serde_json::{Value, json};

use super::{ask, created, found, path, task};
use crate::support::{Client, TestApp};

/// How many tasks of the user have words, and how many have those of their version.
async fn indexed(app: &TestApp, client: &Client) -> (i64, i64) {
    let database = app.database.connect().await;
    let row = database
        .query_one(
            "SELECT (SELECT count(*) FROM search_words WHERE user_id = $1), count(*) FILTER (WHERE search_version = version)
            FROM tasks WHERE user_id = $1",
            &[&client.identity().user.0],
        )
        .await
        .unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn every_change_is_found_by_the_next_search_and_what_it_replaced_no_more() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = created(
        &ada,
        &json!({"title": "Alpha", "tags": ["beta"], "project": "Gamma"}),
    )
    .await;
    let patch = |body: Value| (Method::PATCH, path(&task), body);
    let rename = (
        Method::PATCH,
        "/api/projects/Delta".to_owned(),
        json!({"name": "Epsilon"}),
    );
    for ((method, target, body), gone, there) in [
        (patch(json!({"title": "Omega"})), "alpha", "omega"),
        (patch(json!({"tags": ["zeta"]})), "beta", "zeta"),
        (patch(json!({"description": "Eta"})), "theta", "eta"),
        (patch(json!({"project": "Delta"})), "gamma", "delta"),
        (rename, "delta", "epsilon"),
        (patch(json!({"description": null})), "eta", "omega"),
        (
            (Method::PUT, path(&task), json!({"title": "Kappa"})),
            "epsilon",
            "kappa",
        ),
    ] {
        ada.call(method, &target)
            .json(&body)
            .send()
            .await
            .expect(200);
        assert_eq!(
            (
                found(&ada, gone).await.len(),
                found(&ada, there).await.len()
            ),
            (0, 5),
            "{there}"
        );
    }
    ada.delete(&path(&task)).await.expect(204);
    assert_eq!(found(&ada, "kappa").await, "");
}

#[tokio::test]
async fn a_search_is_one_round_trip_unless_something_has_changed() {
    for statements in ["prepared", "unnamed"] {
        let app = TestApp::with(&[
            ("DATABASE_STATEMENTS", statements),
            ("DATABASE_POOL_SIZE", "1"),
        ])
        .await;
        let ada = app.user("ada").await;
        for is_counted in [false, true] {
            task(&ada, "Walk").await;
            for expected in [4, 1] {
                let (round_trips, response) = app.round_trips(ask(&ada, "walk")).await;
                response.expect(200);
                if is_counted {
                    assert_eq!(round_trips, expected, "{statements}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_the_previous_release_writes_is_found() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let old = task(&ada, "Old title").await;
    assert_eq!(found(&ada, "old").await, "Old title");
    // As it inserts and updates: every change raises the version, and search_version is not named.
    let database = app.database.connect().await;
    let user = ada.identity().user.0;
    database
        .execute(
            "INSERT INTO tasks (user_id, id, title, status, priority, tags, created_at, updated_at, version)
            SELECT $1, uuidv7(), 'Imported ' || n, 'pending', 3, '{}', now(), now(), 1 FROM generate_series(1, 600) AS n",
            &[&user],
        )
        .await
        .unwrap();
    let id = old["id"].as_str().unwrap();
    database
        .execute(
            "UPDATE tasks SET title = 'New title', version = version + 1 WHERE user_id = $1 AND id = $2::text::uuid",
            &[&user, &id],
        )
        .await
        .unwrap();
    assert_eq!(indexed(&app, &ada).await, (1, 0));
    assert_eq!(found(&ada, "imported 555").await, "Imported 555");
    assert_eq!(found(&ada, "title old").await, "");
    assert_eq!(found(&ada, "title new").await, "New title");
    assert_eq!(indexed(&app, &ada).await, (601, 601));
}

#[tokio::test]
async fn what_is_found_while_stems_are_missing_is_not_kept() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    let user = ada.identity().user.0;
    database
        .execute(
            "INSERT INTO tasks (user_id, id, title, status, priority, tags, created_at, updated_at, version)
            SELECT $1, uuidv7(), 'Running', 'pending', 3, '{}', now(), now(), 1 FROM generate_series(1, 600)",
            &[&user],
        )
        .await
        .unwrap();
    assert_eq!(
        ask(&ada, "running").await.header("mindflow-cache"),
        "max-age=60"
    );
    let english = json!({"search_language": "english"});
    ada.put("/api/preferences", &english).await.expect(200);
    // Another 250 have their stems with each search.
    for expected in ["max-age=0", "max-age=0", "max-age=60"] {
        let answer = ask(&ada, "runs").await;
        answer.expect(200);
        assert_eq!(answer.header("mindflow-cache"), expected);
    }
}

#[tokio::test]
async fn the_longest_descriptions_are_taken_in_more_batches() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let english = json!({"search_language": "english"});
    ada.put("/api/preferences", &english).await.expect(200);
    let words: Vec<String> = (0..2500).map(|number| format!("{number:03x}")).collect();
    let database = app.database.connect().await;
    database
        .execute(
            "INSERT INTO tasks (user_id, id, title, description, status, priority, tags, created_at, updated_at, version)
            SELECT $1, uuidv7(), 'Long', $2, 'pending', 3, '{}', now(), now(), 1 FROM generate_series(1, 30)",
            &[&ada.identity().user.0, &words.join(" ")],
        )
        .await
        .unwrap();
    let page = ask(&ada, &format!("long {}", words[2499]))
        .await
        .expect(200);
    assert_eq!(page["next_cursor"].as_str().map(str::is_empty), Some(false));
    assert_eq!(indexed(&app, &ada).await, (30, 30));
}

#[tokio::test]
async fn the_clean_up_takes_the_words_of_all_users_once() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    for client in [&ada, &bob] {
        for title in ["Running", "Jumping"] {
            task(client, title).await;
        }
    }
    let deleted = task(&ada, "Deleted").await;
    assert_eq!(found(&ada, "deleted").await, "Deleted");
    ada.delete(&path(&deleted)).await.expect(204);
    let version = ask(&bob, "x").await.header("mindflow-version").to_owned();
    assert_eq!(
        take_all_words(&app.app.db).await.unwrap(),
        0,
        "both have searched"
    );
    task(&bob, "Diving").await;
    assert_eq!(take_all_words(&app.app.db).await.unwrap(), 1);
    assert_eq!(take_all_words(&app.app.db).await.unwrap(), 0);
    // In another language all have other stems, the deleted one too.
    let english = json!({"search_language": "english"});
    ada.put("/api/preferences", &english).await.expect(200);
    assert_eq!(take_all_words(&app.app.db).await.unwrap(), 3);
    assert_eq!(take_all_words(&app.app.db).await.unwrap(), 0);
    assert_eq!(indexed(&app, &ada).await, (3, 3));
    assert_eq!(found(&ada, "jumps").await, "Jumping");
    let after = ask(&bob, "x").await.header("mindflow-version").to_owned();
    let (before, after): (i64, i64) = (version.parse().unwrap(), after.parse().unwrap());
    assert_eq!(after, before + 1, "the task alone has raised it");
}

#[tokio::test]
async fn words_of_a_version_that_is_past_are_not_stored() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let walk = task(&ada, "Walk").await;
    let database = app.database.connect().await;
    // A change holds the user's row while words are taken of what was before it.
    database
        .batch_execute("BEGIN; SELECT FROM users FOR NO KEY UPDATE; UPDATE tasks SET title = 'Run', version = version + 1")
        .await
        .unwrap();
    let searching = tokio::spawn({
        let ada = ada.clone();
        async move { found(&ada, "walk run").await.len() }
    });
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let observer = app.database.connect().await;
    while observer
        .query_one(waiting, &[])
        .await
        .unwrap()
        .get::<_, i64>(0)
        == 0
    {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(indexed(&app, &ada).await, (0, 0));
    database.batch_execute("COMMIT").await.unwrap();
    assert_eq!(searching.await.unwrap(), 0);
    assert_eq!(found(&ada, "run").await, "Run");
    assert_eq!(found(&ada, "walk").await, "");
    let read = super::super::read(&ada, &walk).await;
    assert_eq!(read["title"], "Run");
}

#[tokio::test]
async fn searches_and_changes_at_one_time_lose_nothing() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let mut tasks = Vec::new();
    for number in 0..10 {
        tasks.push(task(&ada, &format!("Counted {number}")).await);
    }
    for round in 1..4 {
        let changes = tasks.iter().map(|task| {
            let (ada, target) = (ada.clone(), path(task));
            tokio::spawn(async move {
                let title = json!({"title": format!("Counted in round {round}")});
                let changed = ada.patch(&target, &title).await;
                ask(&ada, "counted").await.expect(200);
                changed.status
            })
        });
        for change in changes.collect::<Vec<_>>() {
            assert_eq!(change.await.unwrap(), 200);
        }
        let page = ask(&ada, &format!("counted round {round}"))
            .await
            .expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), 10, "{round}");
    }
}
