//! `GET /api/tasks` with filters and in each order.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{PATH, path};
use crate::support::{Client, TestApp};

/// Every page of a list, one after the other.
async fn whole(client: &Client, query: &str, limit: u8) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let target = format!("{PATH}?limit={limit}&{query}{cursor}");
        let page = client.get(&target).await.expect(200);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

async fn titles(client: &Client, query: &str) -> Vec<String> {
    let items = whole(client, query, 3).await;
    items
        .iter()
        .map(|task| task["title"].as_str().unwrap().to_owned())
        .collect()
}

async fn sorted(client: &Client, query: &str) -> Vec<String> {
    let mut titles = titles(client, query).await;
    titles.sort();
    titles
}

/// Sunday noon, in UTC; the working day ends at 17:00.
async fn some_tasks(app: &TestApp) -> Client {
    let ada = app.user("ada").await;
    let blocker = ada
        .post(
            PATH,
            &json!({"title": "a", "tags": ["home"], "priority": 5}),
        )
        .await;
    let blocker = blocker.expect(201);
    let parent = blocker["id"].clone();
    for body in [
        json!({"title": "b", "depends_on": [parent], "status": "in_progress", "due_date": "2026-11-23"}),
        json!({"title": "c", "snoozed_until": "2026-11-22T12:00:10Z", "depends_on": [parent], "project": "Garden"}),
        json!({"title": "d", "status": "completed", "tags": "home,work", "due_date": "2026-11-28"}),
        json!({"title": "e", "parent_id": parent, "project": "Garden", "priority": 1, "due_date": "2026-11-29T00:00"}),
        json!({"title": "f", "status": "in_progress", "tags": ["work"], "due_date": "2026-11-23T16:59:59Z"}),
        json!({"title": "g", "snoozed_until": "2026-11-22", "priority": 4, "deadline": "2026-11-23"}),
    ] {
        app.clock.advance(SignedDuration::from_millis(1));
        ada.post(PATH, &body).await.expect(201);
    }
    ada
}

#[tokio::test]
async fn each_filter_lets_through_what_it_names() {
    let app = TestApp::new().await;
    let ada = some_tasks(&app).await;
    let parent = whole(&ada, "tag=home&status=pending", 100).await[0]["id"].clone();
    let of_parent = format!("parent_id={}", parent.as_str().unwrap());
    for (query, expected) in [
        ("status=pending", "aeg"),
        ("status=in_progress", "f"),
        ("status=completed", "d"),
        ("status=snoozed", "c"),
        ("status=blocked", "b"),
        ("status=blocked&status=snoozed&status=completed", "bcd"),
        ("tag=home", "ad"),
        ("tag=%20work%20", "df"),
        ("tag=hom", ""),
        ("project=Garden", "ce"),
        ("project=garden", ""),
        (of_parent.as_str(), "e"),
        ("parent_id=0198c5a0-0000-7000-8000-0000000000aa", ""),
        ("priority_min=4", "ag"),
        ("priority_min=1", "abcdefg"),
        ("due_before=2026-11-24", "bf"),
        ("due_before=2026-11-23", ""),
        ("due_before=2026-11-23T17:00:00", "bf"),
        ("due_before=2026-11-23T17:00:00%2B01:00", ""),
        ("due_before=2026-11-29", "bdf"),
        ("due_before=2026-11-30", "bdef"),
        ("due_after=2026-11-23", "de"),
        ("due_after=2026-11-27", "de"),
        ("due_after=2026-11-28", "e"),
        ("due_after=2026-11-29", ""),
        ("due_after=2026-11-23T16:59:59Z", "bde"),
        ("due_after=2026-11-23&due_before=2026-11-29", "d"),
        ("tag=work&status=in_progress&priority_min=3", "f"),
        ("tag=work&status=pending", ""),
    ] {
        assert_eq!(sorted(&ada, query).await.concat(), expected, "{query}");
    }
    // One wakes by itself, and is blocked then.
    app.clock.advance(SignedDuration::from_secs(10));
    assert_eq!(sorted(&ada, "status=snoozed").await.concat(), "");
    assert_eq!(sorted(&ada, "status=blocked").await.concat(), "bc");
}

#[tokio::test]
async fn a_filtered_list_has_another_tag_when_time_changes_what_passes() {
    let app = TestApp::new().await;
    let ada = some_tasks(&app).await;
    let target = format!("{PATH}?status=snoozed");
    let (before, again) = (ada.get(&target).await, ada.get(&target).await);
    assert_eq!(before.header("etag"), again.header("etag"));
    app.clock.advance(SignedDuration::from_secs(10));
    assert_ne!(before.header("etag"), ada.get(&target).await.header("etag"));
}

#[tokio::test]
async fn each_order_holds_every_task_once_with_null_dates_last_both_ways() {
    let app = TestApp::new().await;
    let ada = some_tasks(&app).await;
    let e = whole(&ada, "project=Garden&status=pending", 100)
        .await
        .remove(0);
    app.clock.advance(SignedDuration::from_secs(1));
    ada.patch(&path(&e), &json!({"title": "e!"}))
        .await
        .expect(200);
    for (sort, expected) in [
        ("created_at", "a b c d e! f g"),
        ("-created_at", "g f e! d c b a"),
        ("updated_at", "a b c d f g e!"),
        ("-updated_at", "e! g f d c b a"),
        ("priority", "e! b c d f g a"),
        ("-priority", "a g f d c b e!"),
        ("due_date", "f b d e! a c g"),
        ("-due_date", "e! d b f g c a"),
    ] {
        for limit in [1, 3, 100] {
            let items = whole(&ada, &format!("sort={sort}"), limit).await;
            let titles: Vec<_> = items
                .iter()
                .map(|task| task["title"].as_str().unwrap())
                .collect();
            assert_eq!(titles.join(" "), expected, "{sort} by {limit}");
        }
        let filtered = titles(&ada, &format!("sort={sort}&priority_min=1")).await;
        assert_eq!(filtered.join(" "), expected, "{sort} with a filter");
    }
}

#[tokio::test]
async fn pages_stand_while_tasks_are_made_among_them() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for number in 0..9 {
        let due = (number % 3 != 0).then(|| format!("2026-12-0{number}"));
        let body =
            json!({"title": number.to_string(), "priority": number % 3 + 1, "due_date": due});
        ada.post(PATH, &body).await.expect(201);
    }
    for sort in [
        "priority",
        "-priority",
        "due_date",
        "-due_date",
        "-updated_at",
    ] {
        let before = whole(&ada, &format!("sort={sort}"), 100).await;
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = ada
                .get(&format!("{PATH}?limit=2&sort={sort}{cursor}"))
                .await
                .expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
            let among = json!({"title": "among", "priority": 2, "due_date": "2026-12-04"});
            ada.post(PATH, &among).await.expect(201);
        }
        let known: Vec<_> = seen.iter().filter(|task| before.contains(task)).collect();
        assert_eq!(known, before.iter().collect::<Vec<_>>(), "{sort}");
        let mut ids: Vec<_> = seen.iter().map(|task| task["id"].to_string()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), seen.len(), "{sort}: none twice");
    }
}

#[tokio::test]
async fn floating_dates_are_ordered_by_the_users_clock() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    database
        .execute("UPDATE users SET time_zone = 'America/New_York'", &[])
        .await
        .unwrap();
    // 17:00 in New York is 22:00Z.
    for due in [
        "2026-11-23T21:59:00Z",
        "2026-11-23",
        "2026-11-23T16:58",
        "2026-11-23T22:01:00Z",
    ] {
        ada.post(PATH, &json!({"title": due, "due_date": due}))
            .await
            .expect(201);
    }
    assert_eq!(
        titles(&ada, "sort=due_date").await,
        [
            "2026-11-23T16:58",
            "2026-11-23T21:59:00Z",
            "2026-11-23",
            "2026-11-23T22:01:00Z"
        ]
    );
    // A day is due with the end of its working day, and so before that instant is over.
    assert_eq!(
        titles(&ada, "sort=due_date&due_before=2026-11-23T17:00").await,
        ["2026-11-23T16:58", "2026-11-23T21:59:00Z", "2026-11-23"]
    );
    assert_eq!(
        titles(&ada, "sort=due_date&due_before=2026-11-23T16:59").await,
        ["2026-11-23T16:58"]
    );
}

#[tokio::test]
async fn the_order_of_the_scores_is_that_of_best_with_hidden_tasks_last_both_ways() {
    let app = TestApp::new().await;
    let ada = some_tasks(&app).await;
    let best = ada.get(&format!("{PATH}/best?limit=10")).await.expect(200);
    let mut expected = vec![best["task"]["title"].as_str().unwrap().to_owned()];
    for other in best["alternatives"].as_array().unwrap() {
        expected.push(other["task"]["title"].as_str().unwrap().to_owned());
    }
    assert_eq!(best["hidden"]["blocked"], json!(1));
    let hidden = ["a", "b", "c"];
    for limit in [1, 2, 100] {
        let of = |items: Vec<Value>| -> Vec<String> {
            let title = |task: &Value| task["title"].as_str().unwrap().to_owned();
            items.iter().map(title).collect()
        };
        let descending = of(whole(&ada, "sort=-score", limit).await);
        let (ranked, rest) = descending.split_at(expected.len());
        assert_eq!(ranked, expected);
        assert_eq!(rest.len(), hidden.len());
        assert!(
            hidden
                .iter()
                .all(|title| rest.contains(&(*title).to_owned()))
        );
        let ascending = of(whole(&ada, "sort=score", limit).await);
        let reversed: Vec<_> = expected.iter().rev().cloned().collect();
        assert_eq!(ascending, [reversed.as_slice(), rest].concat());
    }
}

#[tokio::test]
async fn filters_mean_the_same_in_the_order_of_the_scores() {
    let app = TestApp::new().await;
    let ada = some_tasks(&app).await;
    for query in [
        "status=pending",
        "status=blocked&status=snoozed&status=completed",
        "tag=work",
        "project=Garden",
        "priority_min=4",
        "due_before=2026-11-24",
        "due_before=2026-11-23T17:00:00",
        "due_before=2026-11-29",
        "due_after=2026-11-23",
        "due_after=2026-11-28",
        "due_after=2026-11-23T16:59:59Z",
        "due_after=2026-11-23&due_before=2026-11-30",
    ] {
        let stored = sorted(&ada, query).await;
        let open: Vec<_> = stored.into_iter().filter(|title| title != "d").collect();
        assert_eq!(
            sorted(&ada, &format!("{query}&sort=-score")).await,
            open,
            "{query}"
        );
    }
}

#[tokio::test]
async fn an_open_task_is_the_same_in_the_order_of_the_scores() {
    let app = TestApp::new().await;
    let ada = some_tasks(&app).await;
    let mut stored = whole(&ada, "sort=created_at", 100).await;
    stored.retain(|task| task["status"] != "completed");
    for status in ["pending", "in_progress", "snoozed", "blocked"] {
        assert!(
            stored.iter().any(|task| task["status"] == status),
            "{status}"
        );
    }
    let mut by_score = whole(&ada, "sort=score", 100).await;
    by_score.sort_by_key(|task| task["id"].to_string());
    stored.sort_by_key(|task| task["id"].to_string());
    assert_eq!(by_score, stored);
}

#[tokio::test]
async fn pages_by_score_stand_while_time_passes_and_tasks_go() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for number in 0..8 {
        let due = format!("2026-11-2{}T12:30:00Z", 2 + number % 4);
        let body =
            json!({"title": number.to_string(), "due_date": due, "priority": number % 3 + 1});
        ada.post(PATH, &body).await.expect(201);
    }
    let before = whole(&ada, "sort=-score", 100).await;
    let first = ada
        .get(&format!("{PATH}?sort=-score&limit=3"))
        .await
        .expect(200);
    app.clock.advance(SignedDuration::from_mins(50));
    // The last of the first page goes, and with it what the next page begins after.
    ada.delete(&path(&first["items"][2])).await.expect(204);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = ada
        .get(&format!("{PATH}?sort=-score&limit=100&cursor={cursor}"))
        .await
        .expect(200);
    let ids =
        |items: &[Value]| -> Vec<Value> { items.iter().map(|task| task["id"].clone()).collect() };
    assert_eq!(ids(rest["items"].as_array().unwrap()), ids(&before[3..]));
}
