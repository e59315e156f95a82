//! What the edge is told by the origin's own calls, and what becomes of it when the edge does not answer.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use origin_api::app::{Clock, SystemClock};
use origin_api::delivery::{Courier, Delivered};
use origin_api::serve::{AsyncStop, run};
use serde_json::json;
use shared_types::gate::Invalidation;
use tokio::net::TcpListener;
use tokio_postgres::Client as Database;

use crate::support::TestApp;
use crate::support::app::log;
use crate::support::edge::{FakeEdge, SILENT};

/// An origin, the edge of its `PUBLIC_URL`, and a courier between them.
struct Test {
    app: TestApp,
    edge: FakeEdge,
    courier: Arc<Courier>,
    database: Database,
}

impl Test {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = TestApp::with(&[("PUBLIC_URL", &url)]).await;
        Self {
            edge: FakeEdge::on(listener, app.clock.clone()),
            courier: Courier::new(Arc::clone(&app.app)).unwrap(),
            database: app.database.connect().await,
            app,
        }
    }

    /// Keeps effects of `count` users, each with a credential that ends in a year, due now.
    async fn keep(&self, count: i32) {
        self.insert(
            count,
            self.app.clock.now() + SignedDuration::from_hours(365 * 24),
        )
        .await;
    }

    async fn insert(&self, count: i32, until: Timestamp) {
        let insert = "INSERT INTO gate_effects (user_id, id, version, effects, created_at, deliver_after)
            SELECT id, id, 7, jsonb_build_object('user', id, 'revoke', jsonb_build_array(jsonb_build_object(
                'id', id, 'until', extract(epoch FROM $3::timestamptz)::bigint)), 'purge', false), $2::timestamptz, $2::timestamptz
            FROM (SELECT uuidv7() AS id FROM generate_series(1, $1)) AS drawn";
        let now = self.app.clock.now();
        self.database
            .execute(insert, &[&count, &now, &until])
            .await
            .unwrap();
    }

    async fn deliver(&self) -> (usize, usize) {
        let Delivered { done, failed } = self.courier.deliver_due().await.unwrap();
        (done, failed)
    }

    /// How many are kept, and in how many seconds the first of them is due.
    async fn kept(&self) -> (i64, Option<f64>) {
        let count = "SELECT count(*), extract(epoch FROM min(deliver_after) - $1::timestamptz)::float8 FROM gate_effects";
        let row = self
            .database
            .query_one(count, &[&self.app.clock.now()])
            .await
            .unwrap();
        (row.get(0), row.get(1))
    }

    fn wait(&self, seconds: i64) {
        self.app.clock.advance(SignedDuration::from_secs(seconds));
    }
}

#[tokio::test]
async fn what_is_due_is_told_under_a_signature_and_then_forgotten() {
    let test = Test::new().await;
    assert_eq!(test.deliver().await, (0, 0));
    test.keep(1).await;
    let stored = "SELECT user_id::text, effects::text FROM gate_effects";
    let stored = test.database.query_one(stored, &[]).await.unwrap();
    let (user, effects): (String, String) = (stored.get(0), stored.get(1));
    assert_eq!(test.deliver().await, (1, 0));
    let effects: serde_json::Value = serde_json::from_str(&effects).unwrap();
    let epoch = "SELECT epoch::text FROM data_set";
    let epoch: String = test.database.query_one(epoch, &[]).await.unwrap().get(0);
    let expected = json!({"user": user, "version": 7, "epoch": epoch, "effects": effects});
    let expected: Invalidation = serde_json::from_value(expected).unwrap();
    assert_eq!(test.edge.told(), [expected]);
    assert_eq!(test.kept().await, (0, None));
}

#[tokio::test]
async fn what_is_not_due_yet_waits() {
    let test = Test::new().await;
    test.keep(1).await;
    let later = "UPDATE gate_effects SET deliver_after = deliver_after + interval '2 seconds'";
    test.database.execute(later, &[]).await.unwrap();
    assert_eq!(test.deliver().await, (0, 0));
    test.wait(2);
    assert_eq!(test.deliver().await, (1, 0));
}

#[tokio::test]
async fn an_edge_that_is_away_is_told_once_it_is_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let app = TestApp::with(&[("PUBLIC_URL", &format!("http://{address}"))]).await;
    let test = Test {
        edge: FakeEdge::new(app.clock.clone()).await,
        courier: Courier::new(Arc::clone(&app.app)).unwrap(),
        database: app.database.connect().await,
        app,
    };
    test.keep(1).await;
    assert_eq!(test.deliver().await, (0, 1));
    assert_eq!(test.kept().await, (1, Some(10.0)));
    assert_eq!(test.deliver().await, (0, 0), "it is not due again yet");
    test.wait(10);
    let edge = FakeEdge::on(
        TcpListener::bind(address).await.unwrap(),
        test.app.clock.clone(),
    );
    assert_eq!(test.deliver().await, (1, 0));
    assert_eq!((edge.told().len(), test.kept().await.0), (1, 0));
    let mut lines = log().lines();
    let line = lines
        .find(|line| line.contains("the edge was not told") && line.contains("does not answer"));
    assert!(!line.unwrap().contains("signature"));
}

#[tokio::test]
async fn no_answer_but_a_success_counts_and_none_is_followed() {
    let test = Test::new().await;
    test.keep(1).await;
    for (tries, status) in (1..).zip([302, 307, 400, 401, 429, 500, 503]) {
        test.edge.answer(status);
        assert_eq!(test.deliver().await, (0, 1), "{status}");
        assert_eq!(
            (test.edge.calls(), test.kept().await.0),
            (tries, 1),
            "{status}"
        );
        test.wait(300);
    }
    test.edge.answer(200);
    assert_eq!(test.deliver().await, (1, 0));
}

#[tokio::test]
async fn it_is_tried_again_after_twice_as_long_each_time_and_five_minutes_at_most() {
    let test = Test::new().await;
    test.keep(1).await;
    test.edge.answer(503);
    for seconds in [10, 20, 40, 80, 160, 300, 300] {
        assert_eq!(test.deliver().await, (0, 1));
        let (_, due) = test.kept().await;
        assert_eq!(due, Some(f64::from(seconds)));
        test.wait(seconds.into());
    }
    // However often: no number grows out of bounds.
    let often = "UPDATE gate_effects SET attempts = 9000000000000000000";
    test.database.execute(often, &[]).await.unwrap();
    assert_eq!(test.deliver().await, (0, 1));
}

#[tokio::test]
async fn an_origin_that_dies_while_it_waits_for_the_answer_loses_nothing() {
    let test = Test::new().await;
    test.keep(3).await;
    test.edge.answer(SILENT);
    let courier = Arc::clone(&test.courier);
    let delivering = tokio::spawn(async move { courier.deliver_due().await });
    while test.edge.calls() < 3 {
        tokio::task::yield_now().await;
    }
    delivering.abort();
    assert!(delivering.await.unwrap_err().is_cancelled());
    assert_eq!(test.kept().await, (3, Some(10.0)));
    test.edge.answer(204);
    test.wait(10);
    assert_eq!(test.deliver().await, (3, 0));
    assert_eq!((test.edge.told().len(), test.kept().await.0), (3, 0));
}

#[tokio::test]
async fn two_origins_share_the_work_and_lose_nothing() {
    let test = Test::new().await;
    test.keep(200).await;
    let other = Courier::new(Arc::clone(&test.app.app)).unwrap();
    let (one, other) = tokio::join!(test.courier.deliver_due(), other.deliver_due());
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!((one.done + other.done, one.failed + other.failed), (200, 0));
    let mut users: Vec<_> = test.edge.told().iter().map(|news| news.user).collect();
    users.sort_unstable();
    users.dedup();
    assert_eq!((users.len(), test.edge.told().len()), (200, 200));
    assert_eq!(test.kept().await.0, 0);
}

#[tokio::test]
async fn an_edge_that_is_away_is_not_called_for_everything_that_waits() {
    let test = Test::new().await;
    test.keep(40).await;
    test.edge.answer(503);
    assert_eq!(test.deliver().await, (0, 16));
    assert_eq!(test.edge.calls(), 16);
}

#[tokio::test]
async fn what_has_ended_by_itself_is_forgotten_untold() {
    let test = Test::new().await;
    let now = test.app.clock.now();
    test.insert(2, now).await;
    test.insert(1, now + SignedDuration::from_secs(1)).await;
    assert_eq!(test.deliver().await, (3, 0));
    assert_eq!((test.edge.told().len(), test.kept().await.0), (1, 0));
}

#[tokio::test]
async fn without_the_database_nothing_is_called() {
    let test = Test::new().await;
    test.keep(1).await;
    test.app.proxy.cut();
    assert!(test.courier.deliver_due().await.is_err());
    assert_eq!(test.edge.calls(), 0);
    test.app.proxy.mend();
    assert_eq!(test.deliver().await, (1, 0));
}

/// Nobody asks for a stop.
struct Never;

impl AsyncStop for Never {
    async fn asked(&mut self) {
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn a_serving_origin_delivers_by_itself() {
    let test = Test::new().await;
    test.app.clock.follow(&SystemClock::new());
    test.keep(1).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = tokio::spawn(run(listener, Arc::clone(&test.app.app), Never));
    let told = async {
        while test.kept().await.0 > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), told)
        .await
        .expect("it is told");
    assert_eq!(test.edge.told().len(), 1);
    server.abort();
}
