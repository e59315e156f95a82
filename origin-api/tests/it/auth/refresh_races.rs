//! A refresh at the same time as another one, or as the session's end, a thousand tries each.
//!
//! Each try is one user's; eight of them race at once, each request on a connection of its own. In every other round
//! the users' rows stay locked until all wait for them; in the rounds between, they meet where they may.

use std::sync::Arc;

use axum::http::Method;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio_postgres::Client as Database;

use super::{give_refresh_token, refresh, told};
use crate::support::overtaken::wait_for;
use crate::support::{Client, Response, TestApp};

/// Users whose pairs race at once.
const USERS: usize = 8;
/// Rounds with statements of one kind; there are two kinds.
const ROUNDS: usize = 64;
/// Connections of the origin: one for each request.
const CONNECTIONS: i64 = 16;

const ME: &str = "/api/auth/me";
const REFRESH: &str = "/api/auth/refresh";

/// One user's requests at the same time, and what came of them.
struct Pair {
    client: Client,
    token: String,
    answers: [Response; 2],
}

struct Race {
    app: TestApp,
    database: Database,
    holder: Database,
    clients: Vec<Client>,
    /// The statuses of every try, sorted, without repeats.
    seen: Vec<(u16, u16)>,
}

impl Race {
    async fn new(statements: &str) -> Self {
        let app = TestApp::with(&[
            ("DATABASE_POOL_SIZE", &CONNECTIONS.to_string()),
            ("DATABASE_STATEMENTS", statements),
            ("REFRESH_FAILURE_RATE", "1000000/1"),
        ])
        .await;
        let mut clients = Vec::new();
        for number in 0..USERS {
            clients.push(app.user(&number.to_string()).await);
        }
        Self {
            database: app.database.connect().await,
            holder: app.database.connect().await,
            app,
            clients,
            seen: Vec::new(),
        }
    }

    /// Gives each user a session with a fresh refresh token, and races its refresh with the request that `other` makes.
    async fn run(&mut self, round: usize, other: impl Fn(&Client, &str) -> Request) -> Vec<Pair> {
        let reset = "DELETE FROM refresh_tokens; DELETE FROM gate_effects;
            UPDATE sessions SET revoked_at = NULL, generation = 1; UPDATE users SET generation = 1, version = 7";
        self.database.batch_execute(reset).await.unwrap();
        let mut tokens = Vec::new();
        for client in &self.clients {
            tokens.push(give_refresh_token(&self.app, client).await);
        }
        let is_held = round.is_multiple_of(2);
        if is_held {
            let hold = "BEGIN; SELECT FROM users FOR NO KEY UPDATE";
            self.holder.batch_execute(hold).await.unwrap();
        }
        let barrier = Arc::new(Barrier::new(2 * USERS));
        let spawn = |request: Request| {
            let barrier = Arc::clone(&barrier);
            tokio::spawn(async move {
                barrier.wait().await;
                request.send().await
            })
        };
        let anonymous = self.app.anonymous();
        let mut running = Vec::new();
        for (number, (client, token)) in self.clients.iter().zip(&tokens).enumerate() {
            let refresh = Request {
                client: anonymous.clone(),
                method: Method::POST,
                target: REFRESH.to_owned(),
                body: json!({ "refresh_token": token }),
            };
            let other = other(client, token);
            // Neither is always the first.
            if (number + round / 2).is_multiple_of(2) {
                let refresh = spawn(refresh);
                running.push((refresh, spawn(other)));
            } else {
                let other = spawn(other);
                running.push((spawn(refresh), other));
            }
        }
        if is_held {
            wait_for(&self.database, CONNECTIONS).await;
            self.holder.batch_execute("COMMIT").await.unwrap();
        }
        let mut pairs = Vec::new();
        for ((refresh, other), (client, token)) in
            running.into_iter().zip(self.clients.iter().zip(tokens))
        {
            let answers = [refresh.await.unwrap(), other.await.unwrap()];
            self.seen.push((answers[0].status, answers[1].status));
            pairs.push(Pair {
                client: client.clone(),
                token,
                answers,
            });
        }
        self.seen.sort_unstable();
        self.seen.dedup();
        pairs
    }

    /// How many rows there are of a pair's user, in which state.
    async fn count(&self, pair: &Pair, query: &str) -> i64 {
        let user = pair.client.identity().user.0;
        let query = format!("SELECT count(*) FROM {query}");
        let row = self.database.query_one(&query, &[&user]).await;
        row.unwrap().get(0)
    }
}

/// A request in a race.
struct Request {
    client: Client,
    method: Method,
    target: String,
    body: Value,
}

impl Request {
    async fn send(self) -> Response {
        let call = self.client.call(self.method, &self.target);
        call.json(&self.body).send().await
    }
}

fn refresh_token(tokens: &Value) -> &str {
    tokens["refresh_token"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_refreshes_with_one_token_give_the_same_successor() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements).await;
        for round in 0..ROUNDS {
            let anonymous = race.app.anonymous();
            let again = |_: &Client, token: &str| Request {
                client: anonymous.clone(),
                method: Method::POST,
                target: REFRESH.to_owned(),
                body: json!({ "refresh_token": token }),
            };
            for pair in race.run(round, again).await {
                let [one, two] = pair.answers.each_ref().map(|answer| answer.expect(200));
                assert_eq!(refresh_token(&one), refresh_token(&two));
                let rows = "refresh_tokens WHERE user_id = $1";
                assert_eq!(race.count(&pair, rows).await, 2);
                let unused = "refresh_tokens WHERE user_id = $1 AND used_at IS NULL";
                assert_eq!(race.count(&pair, unused).await, 1);
                // It goes on from there, and nobody is taken for a thief.
                if round.is_multiple_of(16) {
                    refresh(&race.app, refresh_token(&one)).await.expect(200);
                }
            }
            let kept = race
                .database
                .query_one("SELECT count(*) FROM gate_effects", &[]);
            assert_eq!(kept.await.unwrap().get::<_, i64>(0), 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_a_session_was_ended_nothing_of_it_is_refreshed() {
    for statements in ["prepared", "unnamed"] {
        let mut race = Race::new(statements).await;
        for round in 0..ROUNDS {
            let end = |client: &Client, _: &str| {
                let id = client.identity().credential;
                let (method, target) = match round % 3 {
                    0 => (Method::POST, "/api/auth/logout".to_owned()),
                    1 => (Method::DELETE, format!("/api/sessions/{id}")),
                    _ => (Method::POST, "/api/auth/revoke-all".to_owned()),
                };
                Request {
                    client: client.clone(),
                    method,
                    target,
                    body: json!({}),
                }
            };
            for pair in race.run(round, end).await {
                let [refreshed, ended] = &pair.answers;
                ended.expect(204);
                assert_ne!(told(ended), Value::Null);
                let effects = "gate_effects WHERE user_id = $1";
                assert_eq!(race.count(&pair, effects).await, 1);
                // Whichever came first, the end has the last word.
                refresh(&race.app, &pair.token).await.expect(401);
                if refreshed.status == 200 {
                    let tokens = refreshed.json();
                    refresh(&race.app, refresh_token(&tokens)).await.expect(401);
                    let access = tokens["access_token"].as_str().unwrap();
                    let client = race.app.client_with(access);
                    client.get(ME).await.expect(401);
                } else {
                    refreshed.expect(401);
                }
                assert_eq!(refreshed.header("mindflow-gate-effects"), "");
            }
        }
        assert_eq!(race.seen, [(200, 204), (401, 204)], "it met both ways");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thief_and_the_owner_neither_keeps_the_session() {
    for statements in ["prepared", "unnamed"] {
        let race = Race::new(statements).await;
        for round in 0..ROUNDS {
            // The owner goes on with a successor of the token that the thief shows.
            let app = &race.app;
            let reset = "UPDATE sessions SET revoked_at = NULL, generation = 1; UPDATE users SET generation = 1";
            race.database.batch_execute(reset).await.unwrap();
            let mut stolen = Vec::new();
            for client in &race.clients {
                let parent = give_refresh_token(app, client).await;
                let tokens = refresh(app, &parent).await.expect(200);
                let access = tokens["access_token"].as_str().unwrap();
                app.client_with(access).get(ME).await.expect(200);
                stolen.push((parent, refresh_token(&tokens).to_owned()));
            }
            let running: Vec<_> = stolen
                .iter()
                .map(|(parent, child)| {
                    let send = |token: &str| {
                        let request = Request {
                            client: app.anonymous(),
                            method: Method::POST,
                            target: REFRESH.to_owned(),
                            body: json!({ "refresh_token": token }),
                        };
                        tokio::spawn(request.send())
                    };
                    if round.is_multiple_of(2) {
                        let owner = send(child);
                        (owner, send(parent))
                    } else {
                        let thief = send(parent);
                        (send(child), thief)
                    }
                })
                .collect();
            for (owner, thief) in running {
                let (owner, thief) = (owner.await.unwrap(), thief.await.unwrap());
                thief.expect(401);
                assert_ne!(told(&thief), Value::Null);
                if owner.status == 200 {
                    let tokens = owner.json();
                    refresh(app, refresh_token(&tokens)).await.expect(401);
                } else {
                    owner.expect(401);
                }
            }
        }
    }
}
