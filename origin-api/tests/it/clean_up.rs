//! What nobody can use any more is removed, and nothing else.

use jiff::{SignedDuration, Timestamp};
use origin_api::app::Clock as _;
use origin_api::db::clean_up::clean_up;
use tokio_postgres::types::ToSql;

use crate::support::TestApp;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// One row of each kind for each age, `$2`, with `$3` rows of each.
const ROWS: [&str; 11] = [
    "INSERT INTO idempotency_keys (user_id, key, request_hash, answered_at, created_at)
    SELECT $1, uuidv7()::text, sha256(''), $2, $2 FROM generate_series(1, $3)",
    "INSERT INTO anonymous_keys (subject, request_hash, user_id, created_at)
    SELECT sha256(uuidv7()::text::bytea), sha256(''), $1, $2 FROM generate_series(1, $3)",
    "INSERT INTO tasks (user_id, id, title, status, priority, tags, created_at, updated_at, deleted_at, version)
    SELECT $1, uuidv7(), 'x', 'pending', 3, '{}', $2, $2, $2, 1 FROM generate_series(1, $3)",
    "INSERT INTO history (user_id, change_id, task_id, at, by, action)
    SELECT $1, uuidv7(), uuidv7(), $2, 'token', 'update' FROM generate_series(1, $3)",
    "INSERT INTO sessions (user_id, id, kind, created_at, last_used_on, expires_at)
    SELECT $1, uuidv7(), 'token', $2, '2026-01-01', $2 FROM generate_series(1, $3)",
    "INSERT INTO refresh_tokens (token_hash, user_id, session_id, created_at, expires_at)
    SELECT sha256(uuidv7()::text::bytea), $1, uuidv7(), $2, $2 FROM generate_series(1, $3)",
    "INSERT INTO email_tokens (token_hash, user_id, purpose, email, created_at, expires_at)
    SELECT sha256(uuidv7()::text::bytea), $1, 'reset', 'ada@example.com', $2, $2 FROM generate_series(1, $3)",
    "INSERT INTO throttles (subject, arrival)
    SELECT sha256(uuidv7()::text::bytea), $2 FROM generate_series(1, $3) WHERE $1::uuid IS NOT NULL",
    "INSERT INTO known_addresses (user_id, address_hash, last_login_at)
    SELECT $1, sha256(uuidv7()::text::bytea), $2 FROM generate_series(1, $3)",
    "INSERT INTO oauth_codes (code_hash, user_id, generation, session_id, client_id, client_name, redirect_uri, scopes,
        audience, created_at, expires_at)
    SELECT sha256(uuidv7()::text::bytea), $1, 1, uuidv7(), 'c', 'C', 'https://c.example', 'tasks:read', 'api', $2, $2
    FROM generate_series(1, $3)",
    "INSERT INTO oauth_clients (client_id, kind, name, redirect_uris, created_at, expires_at)
    SELECT uuidv7()::text, 'dynamic', 'C', '{}', $2, $2 FROM generate_series(1, $3) WHERE $1::uuid IS NOT NULL",
];
const TABLES: [&str; 11] = [
    "idempotency_keys",
    "anonymous_keys",
    "tasks",
    "history",
    "sessions",
    "refresh_tokens",
    "email_tokens",
    "throttles",
    "known_addresses",
    "oauth_codes",
    "oauth_clients",
];

/// The app's one user with rows as old as each of `ages`, and how many of each kind are left after a clean-up.
async fn left(ages: &[SignedDuration], each: i32) -> [i64; 11] {
    let app = TestApp::new().await;
    let user = app.user("ada").await.identity().user.0;
    let now: Timestamp = app.clock.now();
    let database = app.database.connect().await;
    for insert in ROWS {
        for age in ages {
            let at = now - *age;
            let values: [&(dyn ToSql + Sync); 3] = [&user, &at, &each];
            database.execute(insert, &values).await.unwrap();
        }
    }
    let removed = clean_up(&app.app.db, now).await.unwrap();
    let mut left = [0; 11];
    for (left, table) in left.iter_mut().zip(TABLES) {
        let row = database
            .query_one(&format!("SELECT count(*) FROM {table}"), &[])
            .await;
        *left = row.unwrap().get(0);
    }
    // Beside the rows, there is the session of the user.
    let made = i64::try_from(ROWS.len() * ages.len()).unwrap() * i64::from(each) + 1;
    assert_eq!(removed, made - left.iter().sum::<i64>());
    assert_eq!(clean_up(&app.app.db, now).await.unwrap(), 0);
    left
}

#[tokio::test]
async fn each_kind_goes_when_its_time_is_over() {
    let (day, month) = (HOUR * 24, HOUR * 24 * 30);
    let moment = SignedDuration::from_millis(1);
    let ages = [
        -moment,
        moment,
        day - moment,
        day + moment,
        month - moment,
        month + moment,
    ];
    assert_eq!(left(&ages, 1).await, [3, 3, 5, 5, 2, 1, 1, 1, 5, 3, 1]);
}

#[tokio::test]
async fn more_than_a_batch_goes_at_once() {
    assert_eq!(
        left(&[HOUR * 24 * 31], 1_101).await,
        [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    );
}

#[tokio::test]
async fn what_another_origin_is_removing_is_left_to_it() {
    let app = TestApp::new().await;
    let user = app.user("ada").await.identity().user.0;
    let at = app.clock.now() - HOUR * 25;
    let database = app.database.connect().await;
    database.execute(ROWS[0], &[&user, &at, &2]).await.unwrap();
    database
        .batch_execute("BEGIN; SELECT FROM idempotency_keys LIMIT 1 FOR UPDATE")
        .await
        .unwrap();
    assert_eq!(clean_up(&app.app.db, app.clock.now()).await.unwrap(), 1);
    database.batch_execute("COMMIT").await.unwrap();
    assert_eq!(clean_up(&app.app.db, app.clock.now()).await.unwrap(), 1);
}
