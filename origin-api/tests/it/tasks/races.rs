//! Two changes of one user at the same time, thousands of tries: one outcome, never both.
//!
//! Each try is one user's; eight of them race at once, each request on a connection of its own. In every other
//! round the users' rows stay locked until all wait for them, so all are decided over the state before any of
//! them; in the rounds between, nothing holds them up and they meet where they may.

use axum::http::Method;
use serde_json::{Value, json};

use super::{PATH, path, subtask, task};
use crate::support::race::{Race, Request};
use crate::support::{Client, Response};

/// Tries of a race with statements of one kind; there are two kinds.
const ROUNDS: usize = 64;

fn patch(task: &Value, body: Value) -> Request {
    Request::new(Method::PATCH, path(task), body)
}

fn step(task: &Value, step: &str, body: Value) -> Request {
    Request::new(Method::POST, format!("{}/{step}", path(task)), body)
}

fn delete(task: &Value) -> Request {
    Request::new(Method::DELETE, path(task), json!({}))
}

fn create(fields: Value) -> Request {
    Request::new(Method::POST, PATH.to_owned(), fields)
}

fn statuses(answers: &[Response; 2]) -> (u16, u16) {
    (answers[0].status, answers[1].status)
}

/// Two tasks.
async fn pair(client: Client) -> [Value; 2] {
    [task(&client, "A").await, task(&client, "B").await]
}

/// A parent and its subtask.
async fn family(client: Client) -> [Value; 2] {
    let parent = task(&client, "A").await;
    let child = subtask(&client, "B", &parent).await;
    [parent, child]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_links_that_would_close_a_circle_one_is_made() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, pair).await;
        for round in 0..ROUNDS {
            race.reset("UPDATE tasks SET depends_on = '{}', parent_id = NULL")
                .await;
            // Dependencies, subtasks, and one of each.
            race.run(round, |[a, b]| match round % 3 {
                0 => [
                    patch(a, json!({"depends_on": [b["id"]]})),
                    patch(b, json!({"depends_on": [a["id"]]})),
                ],
                1 => [
                    patch(a, json!({"parent_id": b["id"]})),
                    patch(b, json!({"parent_id": a["id"]})),
                ],
                _ => [
                    patch(a, json!({"parent_id": b["id"]})),
                    patch(a, json!({"depends_on": [b["id"]]})),
                ],
            })
            .await;
            race.judge(|answers| matches!(statuses(answers), (200, 422) | (422, 200)));
            race.holds("(SELECT sum(cardinality(depends_on)) + count(parent_id) FROM tasks WHERE user_id = users.user_id) = 1")
                .await;
        }
        race.met_both_ways();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_completions_one_is_made() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, pair).await;
        for round in 0..ROUNDS {
            race.reset("UPDATE tasks SET status = 'pending', completed_at = NULL, version = 7; UPDATE users SET version = 7; DELETE FROM history")
                .await;
            race.run(round, |[a, _]| match round % 3 {
                0 => [
                    step(a, "complete", json!({})),
                    patch(a, json!({"status": "completed"})),
                ],
                _ => [
                    step(a, "complete", json!({})),
                    step(a, "complete", json!({"cascade": true})),
                ],
            })
            .await;
            race.judge(|answers| {
                answers.iter().all(|answer| {
                    let task = answer.expect(200);
                    (task["version"].as_i64(), answer.header("mindflow-version")) == (Some(8), "8")
                })
            });
            race.holds(
                "version = 8 AND (SELECT count(*) FROM history WHERE user_id = users.user_id) = 1",
            )
            .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_creations_under_one_key_one_is_made() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, pair).await;
        for round in 0..ROUNDS {
            race.reset("DELETE FROM tasks WHERE title = 'New'; UPDATE users SET version = 7")
                .await;
            race.run(round, |[a, _]| {
                // Also with links, over which the verdict is only good for one version.
                let parent = Some(&a["id"]).filter(|_| round % 3 == 0);
                let body =
                    json!({"title": "New", "client_token": round.to_string(), "parent_id": parent});
                [create(body.clone()), create(body)]
            })
            .await;
            race.judge(|answers| {
                let replays = answers
                    .iter()
                    .filter(|answer| answer.header("idempotency-replayed") == "true");
                answers[0].expect(201) == answers[1].expect(201) && replays.count() == 1
            });
            race.holds("version = 8 AND (SELECT count(*) FROM tasks WHERE user_id = users.user_id AND title = 'New') = 1")
                .await;
        }
    }
}

/// No completed task is left with an open subtask.
const NONE_LEFT_OPEN: &str = "NOT EXISTS (SELECT FROM tasks AS child JOIN tasks AS parent
    ON parent.user_id = child.user_id AND parent.id = child.parent_id
    WHERE child.user_id = users.user_id AND child.status <> 'completed' AND parent.status = 'completed')";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_task_is_completed_while_it_gets_a_subtask() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, pair).await;
        for round in 0..ROUNDS {
            race.reset(
                "DELETE FROM tasks WHERE title = 'New';
                UPDATE tasks SET status = 'pending', completed_at = NULL, parent_id = NULL",
            )
            .await;
            race.run(round, |[a, b]| match round % 3 {
                0 => [
                    step(a, "complete", json!({})),
                    create(json!({"title": "New", "parent_id": a["id"]})),
                ],
                1 => [
                    patch(a, json!({"status": "completed"})),
                    create(json!({"title": "New", "parent_id": a["id"]})),
                ],
                _ => [
                    step(a, "complete", json!({})),
                    patch(b, json!({"parent_id": a["id"]})),
                ],
            })
            .await;
            race.judge(|answers| matches!(statuses(answers), (200, 422) | (409, 200 | 201)));
            race.holds(NONE_LEFT_OPEN).await;
        }
        race.met_both_ways();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_changes_or_comes_below_a_task_that_is_completed_goes_along() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, family).await;
        for round in 0..ROUNDS {
            race.reset(
                "DELETE FROM tasks WHERE title = 'New';
                UPDATE tasks SET status = 'pending', completed_at = NULL, priority = 3",
            )
            .await;
            let is_change = round % 3 == 0;
            race.run(round, |[a, b]| {
                let all = step(a, "complete", json!({"cascade": true}));
                match round % 3 {
                    0 => [all, patch(b, json!({"priority": 5}))],
                    1 => [all, create(json!({"title": "New", "parent_id": a["id"]}))],
                    _ => [all, create(json!({"title": "New", "parent_id": b["id"]}))],
                }
            })
            .await;
            race.judge(|answers| match statuses(answers) {
                (200, 200) => is_change,
                (200, 201 | 422) => !is_change,
                _ => false,
            });
            race.holds(NONE_LEFT_OPEN).await;
            if is_change {
                race.holds("EXISTS (SELECT FROM tasks WHERE user_id = users.user_id AND priority = 5 AND status = 'completed')")
                    .await;
            }
        }
        race.met_both_ways();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_left_below_a_task_that_is_deleted() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, pair).await;
        for round in 0..ROUNDS {
            race.reset(
                "DELETE FROM tasks WHERE title = 'New';
                UPDATE tasks SET deleted_at = NULL, parent_id = NULL",
            )
            .await;
            race.run(round, |[a, b]| match round % 2 {
                0 => [
                    delete(a),
                    create(json!({"title": "New", "parent_id": a["id"]})),
                ],
                _ => [delete(a), patch(b, json!({"parent_id": a["id"]}))],
            })
            .await;
            race.judge(|answers| matches!(statuses(answers), (204, 200 | 201 | 422)));
            race.holds("NOT EXISTS (SELECT FROM tasks AS child JOIN tasks AS parent
                ON parent.user_id = child.user_id AND parent.id = child.parent_id
                WHERE child.user_id = users.user_id AND child.deleted_at IS NULL AND parent.deleted_at IS NOT NULL)")
                .await;
        }
        race.met_both_ways();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_changes_to_one_version_one_is_made() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, pair).await;
        for round in 0..ROUNDS {
            race.reset("UPDATE tasks SET title = 'Old', version = 7; UPDATE users SET version = 7")
                .await;
            race.run(round, |[a, _]| {
                let first = patch(a, json!({"title": "First"})).if_match("\"7-0\"");
                let second = if round % 3 == 0 {
                    delete(a)
                } else {
                    patch(a, json!({"title": "Second"}))
                };
                [first, second.if_match("\"7-0\"")]
            })
            .await;
            let is_deletion = round % 3 == 0;
            race.judge(|answers| match statuses(answers) {
                (200, 412) => true,
                (404, 204) => is_deletion,
                (412, 200) => !is_deletion,
                _ => false,
            });
            race.holds("version = 8").await;
            race.reset("UPDATE tasks SET deleted_at = NULL").await;
        }
        race.met_both_ways();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_of_different_tasks_do_not_refuse_each_other() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements, pair).await;
        for round in 0..ROUNDS {
            race.reset(
                "UPDATE tasks SET title = 'Old', depends_on = '{}'; UPDATE users SET version = 7",
            )
            .await;
            race.run(round, |[a, b]| {
                [
                    patch(a, json!({"title": "A", "depends_on": [b["id"]]})),
                    patch(b, json!({"title": "B"})),
                ]
            })
            .await;
            race.judge(|answers| statuses(answers) == (200, 200));
            race.holds("version = 9 AND (SELECT string_agg(title, '' ORDER BY title) FROM tasks WHERE user_id = users.user_id) = 'AB'")
                .await;
        }
    }
}
