//! Undos, changes and batches of one user at the same time: one after the other, whichever comes first.
//!
//! Each try is one user's; eight of them race at once. In every other round the users' rows stay locked until all
//! wait for them.

use axum::http::Method;
use serde_json::{Value, json};

use super::{BATCH, UNDO, created, path, task};
use crate::support::race::{Race, Request};
use crate::support::{Client, Response};

/// Tries of a race with statements of one kind; there are two kinds.
const ROUNDS: usize = 32;

fn undo(body: Value) -> Request {
    Request::new(Method::POST, UNDO.to_owned(), body)
}

fn patch(task: &Value, body: Value) -> Request {
    Request::new(Method::PATCH, path(task), body)
}

fn batch(items: &Value) -> Request {
    Request::new(Method::POST, BATCH.to_owned(), json!({ "items": items }))
}

fn statuses(answers: &[Response; 2]) -> (u16, u16) {
    (answers[0].status, answers[1].status)
}

async fn pair(client: Client) -> [Value; 2] {
    [task(&client, "A").await, task(&client, "B").await]
}

/// A task with the title 2, which was 0 and 1 before, and the change that made it 1.
async fn renamed(client: Client) -> [Value; 2] {
    let subject = task(&client, "0").await;
    for title in ["1", "2"] {
        let body = json!({ "title": title });
        client.patch(&path(&subject), &body).await.expect(200);
    }
    let history = client.get("/api/history").await.expect(200);
    [subject, history["items"][0]["id"].clone()]
}

const AS_RENAMED: &str = "DELETE FROM history WHERE action NOT IN ('create', 'update') OR version > 4;
    UPDATE tasks SET title = '2', version = 3, priority = 3;
    UPDATE history SET after = to_jsonb(tasks) FROM tasks WHERE tasks.user_id = history.user_id AND history.version = 4;
    UPDATE users SET version = 4";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_undos_undo_two_changes() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, renamed).await;
        for round in 0..ROUNDS {
            race.reset(AS_RENAMED).await;
            race.run(round, |_| [undo(json!({})), undo(json!({}))])
                .await;
            race.judge(|answers| {
                let mut titles: Vec<_> = answers
                    .iter()
                    .map(|answer| answer.expect(200)["undone"][0]["title"].clone())
                    .collect();
                titles.sort_by_key(ToString::to_string);
                titles == ["0", "1"]
            });
            race.holds(
                "version = 6 AND (SELECT title FROM tasks WHERE user_id = users.user_id) = '0'",
            )
            .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_undos_of_one_change_one_is_made() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, renamed).await;
        for round in 0..ROUNDS {
            race.reset(AS_RENAMED).await;
            race.run(round, |[_, change]| {
                let body = json!({ "change_id": change });
                [undo(body.clone()), undo(body)]
            })
            .await;
            race.judge(|answers| matches!(statuses(answers), (200, 409) | (409, 200)));
            race.holds(
                "version = 5 AND (SELECT title FROM tasks WHERE user_id = users.user_id) = '1'",
            )
            .await;
        }
        race.met_both_ways();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_undo_under_one_key_is_made_once() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, renamed).await;
        for round in 0..ROUNDS {
            race.reset(AS_RENAMED).await;
            race.reset("DELETE FROM idempotency_keys").await;
            let body = json!({"client_token": "k"});
            race.run(round, |_| [undo(body.clone()), undo(body.clone())])
                .await;
            race.judge(|[one, other]| {
                one.expect(200) == other.expect(200)
                    && (one.header("idempotency-replayed") == "true")
                        != (other.header("idempotency-replayed") == "true")
            });
            race.holds("version = 5").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_undo_and_a_new_change_come_one_after_the_other() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, renamed).await;
        for round in 0..ROUNDS {
            race.reset(AS_RENAMED).await;
            let is_named = round % 4 < 2;
            race.run(round, |[subject, change]| {
                let body = if is_named {
                    json!({ "change_id": change })
                } else {
                    json!({})
                };
                [undo(body), patch(subject, json!({"priority": 5}))]
            })
            .await;
            if is_named {
                // Either it was undone first, or the new change stands against it.
                race.judge(|answers| matches!(statuses(answers), (200 | 409, 200)));
                race.holds(
                    "(SELECT (title, priority) FROM tasks WHERE user_id = users.user_id)
                        = CASE version WHEN 6 THEN ('1'::text, 5::smallint) ELSE ('2'::text, 5::smallint) END",
                )
                .await;
            } else {
                // Either the older change was undone first, or the new one was.
                race.judge(|answers| statuses(answers) == (200, 200));
                race.holds(
                    "version = 6 AND (SELECT (title, priority) FROM tasks WHERE user_id = users.user_id)
                        IN (('1'::text, 5::smallint), ('2'::text, 3::smallint))",
                )
                .await;
            }
        }
        race.met_both_ways();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_an_undo_and_a_link_that_would_close_a_circle_one_is_made() {
    /// B, which A depended on, and the change that took this away.
    async fn unlinked(client: Client) -> [Value; 2] {
        let b = task(&client, "B").await;
        let a = created(&client, &json!({"title": "A", "depends_on": [b["id"]]})).await;
        let body = json!({"depends_on": []});
        client.patch(&path(&a), &body).await.expect(200);
        let history = client.get("/api/history").await.expect(200);
        [json!([a, b]), history["items"][0]["id"].clone()]
    }
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, unlinked).await;
        for round in 0..ROUNDS {
            race.reset(
                "DELETE FROM history WHERE version > 4;
                UPDATE tasks SET depends_on = '{}', version = 2;
                UPDATE users SET version = 4",
            )
            .await;
            race.run(round, |[tasks, change]| {
                [
                    undo(json!({ "change_id": change })),
                    patch(&tasks[1], json!({"depends_on": [tasks[0]["id"]]})),
                ]
            })
            .await;
            race.judge(|answers| matches!(statuses(answers), (200, 422) | (409, 200)));
            race.holds("(SELECT sum(cardinality(depends_on)) FROM tasks WHERE user_id = users.user_id) = 1")
                .await;
        }
        race.met_both_ways();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_batch_and_a_change_that_would_close_a_circle_one_is_made() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, pair).await;
        for round in 0..ROUNDS {
            race.reset("UPDATE tasks SET depends_on = '{}', parent_id = NULL, title = 'x'")
                .await;
            race.run(round, |[a, b]| {
                let items = json!([
                    {"op": "update", "id": b["id"], "title": "Batch"},
                    {"op": "update", "id": a["id"], "depends_on": [b["id"]]},
                ]);
                let other = if round % 4 < 2 {
                    patch(b, json!({"depends_on": [a["id"]]}))
                } else {
                    batch(
                        &json!([{"op": "update", "id": a["id"], "parent_id": b["id"]},
                        {"op": "update", "id": b["id"], "depends_on": [a["id"]]}]),
                    )
                };
                [batch(&items), other]
            })
            .await;
            race.judge(|answers| matches!(statuses(answers), (200, 422) | (422, 200)));
            race.holds(
                "(SELECT count(*) FROM tasks WHERE user_id = users.user_id AND title = 'Batch')
                    = (SELECT count(*) FROM tasks AS b JOIN tasks AS a ON a.depends_on = ARRAY[b.id]
                        WHERE a.user_id = users.user_id AND b.user_id = users.user_id AND b.title = 'Batch')",
            )
            .await;
        }
        race.met_both_ways();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_batch_under_one_key_is_applied_once() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, pair).await;
        for round in 0..ROUNDS {
            race.reset(
                "DELETE FROM idempotency_keys; DELETE FROM tasks WHERE title = 'New';
                UPDATE users SET version = 7",
            )
            .await;
            let body = json!({"client_token": "k", "items": [
                {"op": "create", "title": "New"},
                {"op": "create", "title": "New"},
            ]});
            let request = || Request::new(Method::POST, BATCH.to_owned(), body.clone());
            race.run(round, |_| [request(), request()]).await;
            race.judge(|[one, other]| one.expect(200) == other.expect(200));
            race.holds("version = 9 AND (SELECT count(*) FROM tasks WHERE user_id = users.user_id AND title = 'New') = 2")
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_batch_and_a_change_of_the_same_task_come_one_after_the_other() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, pair).await;
        for round in 0..ROUNDS {
            race.reset(
                "UPDATE tasks SET title = 'x', priority = 3, version = 1; UPDATE users SET version = 7",
            )
            .await;
            race.run(round, |[a, b]| {
                let items = json!([
                    {"op": "update", "id": a["id"], "version": 1, "title": "Batch"},
                    {"op": "update", "id": b["id"], "title": "Batch"},
                ]);
                [batch(&items), patch(a, json!({"priority": 5}))]
            })
            .await;
            race.judge(|answers| matches!(statuses(answers), (200 | 412, 200)));
            race.holds(
                "(SELECT count(*) FROM tasks WHERE user_id = users.user_id AND title = 'Batch')
                    = CASE version WHEN 8 THEN 0 ELSE 2 END
                AND (SELECT max(priority) FROM tasks WHERE user_id = users.user_id) = 5",
            )
            .await;
        }
        race.met_both_ways();
    }
}
