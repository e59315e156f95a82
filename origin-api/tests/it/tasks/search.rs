//! `GET /api/tasks/search`

mod hostile;
mod indexing;
mod languages;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{PATH, created, path, task};
use crate::support::{Client, Response, TestApp};

/// Asks for `q` as it is.
async fn ask(client: &Client, q: &str) -> Response {
    let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
    client.get(&format!("{PATH}/search?q={q}")).await
}

fn titles(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|task| task["title"].as_str().unwrap())
        .collect()
}

/// The titles of what is found, joined.
async fn found(client: &Client, q: &str) -> String {
    titles(&ask(client, q).await.expect(200)).join(", ")
}

#[tokio::test]
async fn words_are_found_in_every_text_of_a_task() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let whole = created(
        &ada,
        &json!({"title": "Write to Müller", "description": "About the\nheating, again", "tags": ["Post/Brief"],
            "project": "Flat No. 7"}),
    )
    .await;
    task(&ada, "Other").await;
    for q in [
        "write",
        "MULLER",
        "mul",
        "heating",
        "again",
        "post",
        "brief",
        "flat",
        "7",
        "flat heat wri",
        "to to to",
    ] {
        let page = ask(&ada, q).await.expect(200);
        assert_eq!(page, json!({"items": [whole], "next_cursor": null}), "{q}");
    }
    for q in ["uller", "write other", "muller 8", "heatings"] {
        assert_eq!(found(&ada, q).await, "", "{q}");
    }
}

#[tokio::test]
async fn nothing_found_is_an_empty_page_with_a_version() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let nothing = ask(&ada, "anything").await;
    assert_eq!(
        nothing.expect(200),
        json!({"items": [], "next_cursor": null})
    );
    assert_eq!(nothing.header("mindflow-version"), "1");
    task(&ada, "Something").await;
    let nothing = ask(&ada, "anything").await;
    assert_eq!(titles(&nothing.expect(200)), [""; 0]);
    assert_eq!(nothing.header("mindflow-version"), "2");
    assert!(nothing.header("etag").starts_with("\"2-"));
}

#[tokio::test]
async fn where_a_word_is_found_counts_then_whether_it_is_whole_then_the_task() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let text = "garden ".repeat(1000);
    for fields in [
        json!({"title": "8 in a text, many beginnings", "description": "gardena gardenb gardenc gardend gardene"}),
        json!({"title": "7 in a text", "description": text}),
        json!({"title": "6 like a project", "project": "Gardening"}),
        json!({"title": "5 a tag", "tags": ["garden"]}),
        json!({"title": "4 a newer project", "project": "Garden"}),
        json!({"title": "3 gardener"}),
        json!({"title": "2 garden, done", "status": "completed"}),
        json!({"title": "1 garden, old"}),
        json!({"title": "0 garden"}),
    ] {
        created(&ada, &fields).await;
        app.clock.advance(SignedDuration::from_secs(1));
    }
    let page = ask(&ada, "garden").await.expect(200);
    let order: Vec<_> = titles(&page).iter().map(|title| &title[..1]).collect();
    assert_eq!(order.join(""), "012345678");
}

#[tokio::test]
async fn each_word_counts_where_it_is_best_found() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (title, description) in [
        ("Neither", "blue paint"),
        ("Paint", "blue"),
        ("Blue paint", "blue"),
    ] {
        created(&ada, &json!({"title": title, "description": description})).await;
    }
    assert_eq!(
        found(&ada, "paint blue").await,
        "Blue paint, Paint, Neither"
    );
}

#[tokio::test]
async fn pages_hold_everything_once_in_the_order_of_the_whole() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for number in 0..9 {
        let status = if number % 2 == 0 {
            "pending"
        } else {
            "completed"
        };
        let title = if number % 3 == 0 { "Walk" } else { "Walking" };
        created(
            &ada,
            &json!({"title": format!("{title} {number}"), "status": status}),
        )
        .await;
        // Two of an instant each, so that a page ends among equals.
        if number % 2 == 1 {
            app.clock.advance(SignedDuration::from_millis(1));
        }
    }
    let whole = ask(&ada, "walk").await.expect(200);
    assert_eq!(whole["items"].as_array().unwrap().len(), 9);
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let target = format!("{PATH}/search?limit=2&q=walk{cursor}");
        let page = ada.get(&target).await.expect(200);
        seen.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(json!(seen), whole["items"]);
}

#[tokio::test]
async fn of_very_many_the_newest_come_first() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    database
        .execute(
            "INSERT INTO tasks (user_id, id, title, status, priority, tags, created_at, updated_at, version)
            SELECT $1, md5(n::text)::uuid, n || CASE WHEN n % 2 = 0 THEN ' walk' ELSE ' walking' END, 'pending', 3, '{}',
                to_timestamp(n / 2), to_timestamp(n), 1
            FROM generate_series(1, 1001) AS n",
            &[&ada.identity().user.0],
        )
        .await
        .unwrap();
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let target = format!("{PATH}/search?limit=100&q=walk{cursor}");
        let page = ada.get(&target).await.expect(200);
        let items = page["items"].as_array().unwrap();
        let key = |task: &Value| json!([task["created_at"], task["id"]]).to_string();
        seen.extend(items.iter().map(key));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let mut newest_first = seen.clone();
    newest_first.sort_by(|a, b| b.cmp(a));
    newest_first.dedup();
    assert_eq!((seen.len(), &seen), (1001, &newest_first));
    database
        .execute("DELETE FROM tasks WHERE title = '1001 walking'", &[])
        .await
        .unwrap();
    let page = ask(&ada, "walk").await.expect(200);
    assert_eq!(titles(&page)[..2], ["1000 walk", "998 walk"]);
}

#[tokio::test]
async fn a_cursor_is_bound_to_its_words() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for _ in 0..3 {
        task(&ada, "Walk the dog").await;
    }
    let page = ada.get(&format!("{PATH}/search?limit=1&q=walk")).await;
    let cursor = page.expect(200)["next_cursor"].as_str().unwrap().to_owned();
    for (query, field) in [
        (format!("q=dog&cursor={cursor}"), "cursor"),
        ("q=walk&cursor=x".to_owned(), "cursor"),
        ("q=walk&cursor=".to_owned(), "cursor"),
    ] {
        let refused = ada.get(&format!("{PATH}/search?{query}")).await;
        assert_eq!(refused.invalid_fields(), [field], "{query}");
    }
    let list = ada.get(&format!("{PATH}?limit=1&cursor={cursor}")).await;
    assert_eq!(list.invalid_fields(), ["cursor"]);
}

#[tokio::test]
async fn another_users_tasks_are_never_found() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    // An id that ends as ada's does: the words in the index are the same.
    let user = ada.identity().user.0.to_string();
    let twin = format!("0198c5a0-0000-7000-8000-0000{}", &user[28..]);
    database
        .execute(
            "INSERT INTO users (user_id, email, password_hash, created_at) VALUES ($1::text::uuid, 'twin@example.com', 'none', now())",
            &[&twin],
        )
        .await
        .unwrap();
    database
        .execute(
            "INSERT INTO tasks (user_id, id, title, status, priority, tags, created_at, updated_at, version)
            VALUES ($1::text::uuid, uuidv7(), 'Secret of the twin', 'pending', 3, '{}', now(), now(), 1)",
            &[&twin],
        )
        .await
        .unwrap();
    task(&ada, "Secret of ada").await;
    origin_api::db::tasks::take_all_words(&app.app.db)
        .await
        .unwrap();
    assert_eq!(found(&ada, "secret").await, "Secret of ada");
    assert_eq!(found(&ada, "twin").await, "");
}

#[tokio::test]
async fn needs_a_credential_that_holds_and_says_when_the_database_is_away() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    task(&ada, "Walk").await;
    ask(&app.anonymous(), "walk").await.expect(401);
    app.proxy.cut();
    ask(&ada, "walk").await.expect(503);
    app.proxy.mend();
    assert_eq!(found(&ada, "walk").await, "Walk");
    let database = app.database.connect().await;
    database
        .batch_execute("UPDATE users SET generation = 2")
        .await
        .unwrap();
    ask(&ada, "walk").await.expect(401);
}

#[tokio::test]
async fn what_is_answered_of_a_task_is_as_of_now() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let blocker = task(&ada, "Dig").await;
    created(
        &ada,
        &json!({"title": "Plant", "depends_on": [blocker["id"]], "due_date": "2026-11-22T12:30"}),
    )
    .await;
    let before = ask(&ada, "plant").await;
    let first = &before.expect(200)["items"][0];
    assert_eq!(
        json!([first["status"], first["overdue"]]),
        json!(["blocked", false])
    );
    app.clock.advance(SignedDuration::from_mins(40));
    let after = ask(&ada, "plant").await;
    let later = &after.expect(200)["items"][0];
    assert_eq!(
        json!([later["status"], later["overdue"]]),
        json!(["blocked", true])
    );
    assert_ne!(before.header("etag"), after.header("etag"));
    ada.delete(&path(&blocker)).await.expect(204);
    let free = ask(&ada, "plant").await.expect(200);
    assert_eq!(free["items"][0]["status"], "pending");
}
