//! Runs pairs of requests at the same time, and looks at what became of them.

use std::sync::Arc;

use axum::http::Method;
use serde_json::Value;
use tokio::sync::Barrier;

use super::overtaken::wait_for;
use super::{Client, Response, TestApp};

/// Users whose pairs race at once.
const USERS: usize = 8;

/// Connections of the origin: one for each request.
const CONNECTIONS: i64 = 16;

/// A request in a race.
#[derive(Clone)]
pub struct Request {
    method: Method,
    target: String,
    if_match: Option<&'static str>,
    body: Value,
}

impl Request {
    pub const fn new(method: Method, target: String, body: Value) -> Self {
        Self {
            method,
            target,
            if_match: None,
            body,
        }
    }

    pub const fn if_match(mut self, tag: &'static str) -> Self {
        self.if_match = Some(tag);
        self
    }

    async fn send(self, client: Client) -> Response {
        let call = client.call(self.method, &self.target).json(&self.body);
        match self.if_match {
            Some(tag) => call.header("if-match", tag).send().await,
            None => call.send().await,
        }
    }
}

/// The users, what each has, and the answers of the last round.
pub struct Race {
    app: TestApp,
    users: Vec<(Client, [Value; 2])>,
    database: tokio_postgres::Client,
    holder: tokio_postgres::Client,
    answers: Vec<[Response; 2]>,
    /// The statuses of every try, sorted, without repeats.
    seen: Vec<(u16, u16)>,
    requests: u64,
}

impl Race {
    /// A new database whose users each have the tasks that `make` makes.
    pub async fn new<F>(statements: &str, make: impl Fn(Client) -> F) -> Self
    where
        F: Future<Output = [Value; 2]>,
    {
        let app = TestApp::with(&[
            ("DATABASE_POOL_SIZE", &CONNECTIONS.to_string()),
            ("DATABASE_STATEMENTS", statements),
        ])
        .await;
        let mut users = Vec::new();
        for number in 0..USERS {
            let client = app.user(&number.to_string()).await;
            let tasks = make(client.clone()).await;
            users.push((client, tasks));
        }
        Self {
            users,
            database: app.database.connect().await,
            holder: app.database.connect().await,
            app,
            answers: Vec::new(),
            seen: Vec::new(),
            requests: 0,
        }
    }

    /// Puts every user back to where a round begins.
    pub async fn reset(&self, sql: &str) {
        self.database.batch_execute(sql).await.unwrap();
    }

    /// Sends each user's two requests. In every other round both at once; else one after the other to a lock, which is
    /// let go when all wait: they get it in the order in which they came, whatever each does before.
    pub async fn run(&mut self, round: usize, requests: impl Fn(&[Value; 2]) -> [Request; 2]) {
        let is_held = round.is_multiple_of(2);
        let before = self.app.proxy.round_trips();
        if is_held {
            let hold = "BEGIN; SELECT FROM users FOR NO KEY UPDATE";
            self.holder.batch_execute(hold).await.unwrap();
        }
        // Neither is always the first.
        let first_of = |number: usize| (number + round / 2) % 2;
        let pairs: Vec<_> = self
            .users
            .iter()
            .map(|(client, tasks)| (client, requests(tasks)))
            .collect();
        let together = Arc::new(Barrier::new(if is_held { 1 } else { 2 * USERS }));
        let mut running = Vec::new();
        for place in 0..2 {
            for (number, (client, pair)) in pairs.iter().enumerate() {
                let side = first_of(number) ^ place;
                let (request, client) = (pair[side].clone(), Client::clone(client));
                let together = Arc::clone(&together);
                let sent = tokio::spawn(async move {
                    together.wait().await;
                    request.send(client).await
                });
                running.push((number, side, sent));
            }
            if is_held {
                let waiting = if place == 0 {
                    CONNECTIONS / 2
                } else {
                    CONNECTIONS
                };
                wait_for(&self.database, waiting).await;
            }
        }
        if is_held {
            self.holder.batch_execute("COMMIT").await.unwrap();
        }
        running.sort_by_key(|(number, side, _)| (*number, *side));
        let mut answers = Vec::new();
        for (_, _, sent) in running {
            answers.push(sent.await.unwrap());
        }
        self.answers.clear();
        let mut answers = answers.into_iter();
        while let (Some(left), Some(right)) = (answers.next(), answers.next()) {
            self.seen.push((left.status, right.status));
            self.answers.push([left, right]);
        }
        self.seen.sort_unstable();
        self.seen.dedup();
        self.requests += 2 * USERS as u64;
        if is_held {
            let round_trips = self.app.proxy.round_trips() - before;
            assert!(
                round_trips > 2 * USERS as u64,
                "one of each pair was overtaken, not {round_trips}"
            );
        }
    }

    /// Every pair of answers is one of those that may be.
    pub fn judge(&self, may_be: impl Fn(&[Response; 2]) -> bool) {
        for answers in &self.answers {
            let said = answers.iter().map(|answer| (answer.status, answer.text()));
            assert!(may_be(answers), "{:?}", said.collect::<Vec<_>>());
        }
    }

    /// The condition holds for every row of `users`.
    pub async fn holds(&self, condition: &str) {
        let query = format!("SELECT count(*) FROM users WHERE {condition}");
        let count: i64 = self.database.query_one(&query, &[]).await.unwrap().get(0);
        assert_eq!(
            usize::try_from(count).unwrap(),
            USERS,
            "{condition}: {:?}",
            self.seen
        );
    }

    /// The tries ended in more than one way.
    pub fn met_both_ways(&self) {
        assert!(
            self.seen.len() > 1,
            "{} requests always gave {:?}",
            self.requests,
            self.seen
        );
    }
}
