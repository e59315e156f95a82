//! `GET /api/tasks`

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{PATH, path, task};
use crate::support::{Client, Response, TestApp};

fn titles(page: &Value) -> Vec<&str> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| task["title"].as_str().unwrap())
        .collect()
}

async fn next(client: &Client, page: &Value, limit: u8) -> Response {
    client
        .get(&format!(
            "{PATH}?limit={limit}&cursor={}",
            page["next_cursor"].as_str().unwrap()
        ))
        .await
}

#[tokio::test]
async fn an_empty_list_is_a_page() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let response = ada.get(PATH).await;
    assert_eq!(
        response.expect(200),
        json!({"items": [], "next_cursor": null})
    );
    assert_eq!(
        (response.header("mindflow-version"), response.header("etag")),
        ("1", "\"1-0\"")
    );
}

#[tokio::test]
async fn the_newest_come_first_and_those_of_one_instant_by_id() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    app.user("bob")
        .await
        .post(PATH, &json!({"title": "Bob's"}))
        .await
        .expect(201);
    let old = task(&ada, "Old").await;
    app.clock.advance(SignedDuration::from_secs(1));
    for (title, last) in [("b", 2), ("a", 1), ("c", 3)] {
        let id = format!("0198c5a0-0000-7000-8000-00000000000{last}");
        ada.post(PATH, &json!({"title": title, "id": id}))
            .await
            .expect(201);
    }
    let deleted = task(&ada, "Deleted").await;
    ada.delete(&path(&deleted)).await.expect(204);
    let page = ada.get(PATH).await.expect(200);
    assert_eq!(titles(&page), ["c", "b", "a", "Old"]);
    assert_eq!(page["items"][3], old);
    assert_eq!(page["next_cursor"], Value::Null);
}

#[tokio::test]
async fn pages_hold_every_task_once_while_others_are_made_and_deleted() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    // Two instants, so that a page ends among equals.
    for number in 0..7 {
        if number == 3 {
            app.clock.advance(SignedDuration::from_millis(1));
        }
        task(&ada, &number.to_string()).await;
    }
    let whole = ada.get(PATH).await.expect(200);
    let first = ada.get(&format!("{PATH}?limit=2")).await.expect(200);
    app.clock.advance(SignedDuration::from_millis(1));
    task(&ada, "later").await;
    let second = next(&ada, &first, 3).await.expect(200);
    ada.delete(&path(&second["items"][2])).await.expect(204);
    let third = next(&ada, &second, 2).await.expect(200);
    assert_eq!(third["next_cursor"], Value::Null, "two were left for two");
    let seen: Vec<&Value> = [&first, &second, &third]
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .collect();
    assert_eq!(
        seen,
        whole["items"]
            .as_array()
            .unwrap()
            .iter()
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_page_has_20_tasks_unless_asked_and_at_most_100() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    database
        .execute(
            "INSERT INTO tasks (user_id, id, title, status, priority, tags, created_at, updated_at, version)
            SELECT $1, uuidv7(), 'x', 'pending', 3, '{}', to_timestamp(n), to_timestamp(n), 1 FROM generate_series(1, 101) AS n",
            &[&ada.identity().user.0],
        )
        .await
        .unwrap();
    for (query, count) in [("", 20), ("?limit=1", 1), ("?limit=100", 100)] {
        let page = ada.get(&format!("{PATH}{query}")).await.expect(200);
        assert_eq!(titles(&page).len(), count, "{query}");
        assert!(page["next_cursor"].is_string());
    }
    let full = ada.get(&format!("{PATH}?limit=100")).await.expect(200);
    let rest = next(&ada, &full, 100).await.expect(200);
    assert_eq!(
        (titles(&rest).len(), &rest["next_cursor"]),
        (1, &Value::Null)
    );
}

#[tokio::test]
async fn what_the_query_may_not_say_is_refused_by_name() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=x",
        "limit=",
        "limit=1.5",
        "limit=1&limit=2",
    ] {
        assert_eq!(
            ada.get(&format!("{PATH}?{query}")).await.invalid_fields(),
            ["limit"],
            "{query}"
        );
    }
    task(&ada, "a").await;
    task(&ada, "b").await;
    let page = ada.get(&format!("{PATH}?limit=1")).await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let other = ada.get(&format!("{PATH}?limit=1&sort=created_at")).await;
    let foreign = other.expect(200)["next_cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    for bad in [
        "",
        "x",
        &cursor[..42],
        &foreign,
        &format!("{cursor}&cursor={cursor}"),
    ] {
        assert_eq!(
            ada.get(&format!("{PATH}?cursor={bad}"))
                .await
                .invalid_fields(),
            ["cursor"],
            "{bad}"
        );
    }
    for (field, value) in [
        ("status", "done"),
        ("status", "pending&status=x"),
        ("tag", ""),
        ("tag", "a&tag=b"),
        ("project", "%20"),
        ("parent_id", "1"),
        ("priority_min", "6"),
        ("due_before", "tomorrow"),
        ("due_after", "2026-02-30"),
        ("sort", "title"),
        ("sort", "--due_date"),
        ("offset", "1"),
    ] {
        let refused = ada.get(&format!("{PATH}?{field}={value}")).await;
        assert_eq!(refused.invalid_fields(), [field], "{value}");
    }
}

#[tokio::test]
async fn the_tag_changes_with_the_version_and_with_each_task_that_wakes_or_becomes_overdue() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (field, date) in [
        ("due_date", "2026-11-22T12:01:00Z"),
        ("deadline", "2026-11-22T12:02:00Z"),
        ("snoozed_until", "2026-11-22T12:03:00Z"),
    ] {
        ada.post(PATH, &json!({"title": date, field: date}))
            .await
            .expect(201);
    }
    let mut tags = vec![ada.get(PATH).await.header("etag").to_owned()];
    for _ in 0..3 {
        app.clock.advance(SignedDuration::from_secs(61));
        tags.push(ada.get(PATH).await.header("etag").to_owned());
    }
    task(&ada, "Another").await;
    tags.push(ada.get(PATH).await.header("etag").to_owned());
    let different: std::collections::HashSet<_> = tags.iter().collect();
    assert_eq!(different.len(), 5, "{tags:?}");
    let again = ada.get(PATH).await;
    assert_eq!(again.header("etag"), tags[4]);
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let app = TestApp::new().await;
    let response = app.user("ada").await.call(Method::HEAD, PATH).send().await;
    assert_eq!((response.status, response.body.len()), (200, 0));
}
