//! That a credential is used is noted once for each of its tokens and days.

use jiff::SignedDuration;
use origin_api::domain::tokens::Grant;
use serde_json::json;

use super::stored;
use crate::support::{Client, TestApp};

const ME: &str = "/api/auth/me";

async fn noted(app: &TestApp, client: &Client) -> (i64, String) {
    let row = stored(app, client).await;
    let day = row["last_used_on"].as_str().unwrap();
    (row["used_iat"].as_i64().unwrap(), day.to_owned())
}

/// The same session with a token of the present second.
fn newer(app: &TestApp, client: &Client) -> Client {
    app.client(Grant {
        user: client.identity().user,
        session: client.identity().credential,
        generation: 1,
        expires_at: jiff::Timestamp::MAX,
    })
}

#[tokio::test]
async fn is_written_before_the_answer_and_then_known() {
    let app = TestApp::with(&[("DATABASE_POOL_SIZE", "1")]).await;
    let ada = app.user("ada").await;
    let begun = app.app.clock.now().as_second();
    assert_eq!(noted(&app, &ada).await, (begun, "2026-11-22".to_owned()));
    ada.get(ME).await.expect(200);
    let (round_trips, _) = app.round_trips(ada.get(ME)).await;
    assert_eq!(round_trips, 1);

    // Another token of the same session, and then an older one again.
    app.clock.advance(SignedDuration::from_mins(1));
    let newer = newer(&app, &ada);
    for (client, expected) in [(&newer, 2), (&newer, 1), (&ada, 1)] {
        let (round_trips, _) = app.round_trips(client.get(ME)).await;
        assert_eq!(round_trips, expected);
        assert_eq!(noted(&app, &ada).await.0, begun + 60);
    }
}

#[tokio::test]
async fn each_day_is_written_once_also_for_a_key() {
    let app = TestApp::with(&[("DATABASE_POOL_SIZE", "1")]).await;
    app.clock
        .advance(SignedDuration::from_hours(12) - SignedDuration::from_secs(1));
    let key = app.user("ada").await;
    key.get(ME).await.expect(200);
    let begun = app.app.clock.now().as_second();
    let database = app.database.connect().await;
    let unused = "UPDATE sessions SET kind = 'key', last_used_on = NULL, used_iat = NULL";
    database.batch_execute(unused).await.unwrap();
    key.get(ME).await.expect(200);
    let row = stored(&app, &key).await;
    assert_eq!(row["last_used_on"], json!(null), "it had been used today");
    // Midnight is that of UTC.
    app.clock.advance(SignedDuration::from_secs(1));
    for expected in [2, 1] {
        let (round_trips, _) = app.round_trips(key.get(ME)).await;
        assert_eq!(round_trips, expected);
        assert_eq!(noted(&app, &key).await, (begun, "2026-11-23".to_owned()));
    }
}

#[tokio::test]
async fn a_request_is_answered_though_the_use_cannot_be_noted() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    let rename = |from, to| format!("ALTER TABLE sessions RENAME COLUMN {from} TO {to}");
    app.clock.advance(SignedDuration::from_secs(1));
    let later = newer(&app, &ada);
    let sql = rename("used_iat", "lost");
    database.batch_execute(&sql).await.unwrap();
    later.get(ME).await.expect(200);
    // It is tried again with the next request.
    let sql = rename("lost", "used_iat");
    database.batch_execute(&sql).await.unwrap();
    later.get(ME).await.expect(200);
    let now = app.app.clock.now().as_second();
    assert_eq!(noted(&app, &ada).await.0, now);
}
