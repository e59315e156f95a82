//! Many requests of one user at the same instant, so that all but the first are overtaken.

use std::time::Duration;

use super::{Response, TestApp};

/// How many requests [`at_once`] runs.
pub const MANY: usize = 50;

/// Connections of the origin, and so requests that wait for the user's row at the same time.
pub const CONNECTIONS: i64 = 8;

/// The origin with as many connections as are waited for.
pub async fn new_app() -> TestApp {
    new_app_with("prepared").await
}

/// The same with this way to send statements.
pub async fn new_app_with(statements: &str) -> TestApp {
    TestApp::with(&[
        ("DATABASE_POOL_SIZE", &CONNECTIONS.to_string()),
        ("DATABASE_STATEMENTS", statements),
    ])
    .await
}

/// Runs a request for each number up to [`MANY`]. The users' rows stay locked until every connection has a
/// statement that began and waits, so all but the first of these are overtaken.
pub async fn at_once<F>(app: &TestApp, request: impl Fn(usize) -> F) -> Vec<Response>
where
    F: Future<Output = Response> + Send + 'static,
{
    let (holder, watcher) = (app.database.connect().await, app.database.connect().await);
    let hold = "BEGIN; SELECT FROM users FOR NO KEY UPDATE";
    holder.batch_execute(hold).await.unwrap();
    let running: Vec<_> = (0..MANY)
        .map(|number| tokio::spawn(request(number)))
        .collect();
    wait_for(&watcher, CONNECTIONS).await;
    holder.batch_execute("COMMIT").await.unwrap();
    let mut answers = Vec::new();
    for request in running {
        answers.push(request.await.unwrap());
    }
    answers
}

/// Whether `count` statements wait for a lock.
pub async fn waits(watcher: &tokio_postgres::Client, count: i64) -> bool {
    let waiting = "SELECT count(*) = $1 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let row = watcher.query_one(waiting, &[&count]).await.unwrap();
    row.get(0)
}

/// Returns when `count` statements wait for a lock.
pub async fn wait_for(watcher: &tokio_postgres::Client, count: i64) {
    let all_wait = async {
        while !waits(watcher, count).await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(10), all_wait).await;
    waited.unwrap_or_else(|_| panic!("{count} statements wait for the user's row"));
}
