//! `/internal/gate-state`: what a gate asks once in its life.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::TestApp;

const PATH: &str = "/internal/gate-state";

fn seconds(at: &str) -> i64 {
    at.parse::<jiff::Timestamp>().unwrap().as_second()
}

#[tokio::test]
async fn says_what_is_revoked_and_has_not_ended_by_itself() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let bob = app.user("bob").await;
    let response = ada.get(PATH).await;
    let epoch = response.header("mindflow-epoch");
    assert_eq!(
        response.expect(200),
        json!({"generation": 1, "revoked": [], "version": 1, "epoch": epoch})
    );
    assert_eq!(response.header("mindflow-version"), "1");

    let body = json!({"name": "Made", "scopes": ["tasks:write"]});
    let revoked = ada.post("/api/keys", &body).await.expect(201);
    let kept = ada.post("/api/keys", &body).await.expect(201);
    let path = format!("/api/keys/{}", revoked["id"].as_str().unwrap());
    ada.delete(&path).await.expect(204);
    let state = json!({
        "generation": 1,
        "revoked": [{"id": revoked["id"], "until": seconds("2027-11-22T12:00:00Z")}],
        "version": 4,
        "epoch": epoch,
    });
    assert_eq!(ada.get(PATH).await.expect(200), state);
    // Any credential may ask, whatever its scopes are.
    let key = app.client_with(kept["secret"].as_str().unwrap());
    assert_eq!(key.get(PATH).await.expect(200), state);
    assert_eq!(bob.get(PATH).await.expect(200)["revoked"], json!([]));
}

#[tokio::test]
async fn forgets_what_can_hold_no_more_anyway() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    let insert = "INSERT INTO sessions (user_id, id, kind, generation, created_at, expires_at, revoked_at)
        SELECT $1, lpad(n::text, 32, '0')::uuid, kind, generation, '2026-11-01', '2026-11-23', '2026-11-22T11:30:00Z'
        FROM (VALUES (1, 'token', 1), (2, 'app', 1), (3, 'cookie', 1), (4, 'token', 0)) AS row (n, kind, generation)";
    database
        .execute(insert, &[&ada.identity().user.0])
        .await
        .unwrap();
    let revoked = async || -> Vec<(u64, i64)> {
        let state = ada.get(PATH).await.expect(200);
        let number =
            |id: &Value| u64::from_str_radix(&id.as_str().unwrap().replace('-', ""), 16).unwrap();
        let revoked = state["revoked"].as_array().unwrap().iter();
        revoked
            .map(|one| (number(&one["id"]), one["until"].as_i64().unwrap()))
            .collect()
    };
    // What a login has issued ends within an hour, by clocks that differ; a cookie with its session.
    let (tokens, cookie) = (
        seconds("2026-11-22T12:32:00Z"),
        seconds("2026-11-23T00:00:00Z"),
    );
    assert_eq!(revoked().await, [(1, tokens), (2, tokens), (3, cookie)]);
    app.clock.advance(SignedDuration::from_mins(32));
    assert_eq!(revoked().await, [(3, cookie)]);
}

#[tokio::test]
async fn needs_a_credential_that_holds_and_the_database() {
    let app = TestApp::new().await;
    app.anonymous().get(PATH).await.expect(401);
    let database = app.database.connect().await;
    for (number, change) in [
        "UPDATE sessions SET revoked_at = now()",
        "UPDATE users SET generation = generation + 1",
        "UPDATE users SET disabled_at = now()",
        "DELETE FROM users",
    ]
    .into_iter()
    .enumerate()
    {
        let ada = app.user(&format!("ada{number}")).await;
        let (round_trips, response) = app.round_trips(ada.get(PATH)).await;
        response.expect(200);
        assert!(number == 0 || round_trips == 1);
        database.execute(change, &[]).await.unwrap();
        ada.get(PATH).await.expect(401);
    }
    let ada = app.user("ada").await;
    app.proxy.cut();
    ada.get(PATH).await.expect(503);
}
