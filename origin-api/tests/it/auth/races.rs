//! Two at once: whatever the order, one outcome. Each race is tried [`TRIES`] times against PostgreSQL, below the
//! password hashing, which would take most of an hour.

use std::sync::Arc;

use jiff::Timestamp;
use origin_api::app::{App, Clock as _};
use origin_api::db::account::{AccountChange, NewPassword as Replacement, Outcome, change_account};
use origin_api::db::login::{Charges, LookedUp, find_login};
use origin_api::db::recovery::{Confirmation, NewPassword, confirm_email, reset_password};
use origin_api::db::sessions::{Begun, Checked, NewSession, create_session, sessions_begun};
use origin_api::db::{Caller, Terms};
use origin_api::domain::client_address::ClientAddress;
use origin_api::domain::tokens::Grant;
use origin_api::error::Error;
use shared_types::id::{CredentialId, UserId};
use shared_types::session::SessionKind;
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::support::TestApp;

const TRIES: usize = 1024;
/// Tries that run at the same time, two connections each.
const AT_ONCE: usize = 8;

/// The app, with a user and two sessions for each try.
struct Race {
    app: TestApp,
    database: tokio_postgres::Client,
    users: Vec<[Uuid; 3]>,
}

/// Users `0@example.com`, `1@example.com`, …, each with two sessions.
const USERS: &str = "WITH made AS (
        INSERT INTO users (user_id, email, password_hash, created_at)
        SELECT uuidv7(), n || '@example.com', $3, $2 FROM generate_series(1, $1) AS n
        RETURNING user_id, email
    ), addresses AS (
        INSERT INTO user_emails (email, user_id) SELECT email, user_id FROM made
    ), begun AS (
        INSERT INTO sessions (user_id, id, kind, created_at, last_used_on, expires_at)
        SELECT user_id, uuidv7(), 'token', $2, '2026-11-22', $2 + interval '1 day' FROM made, generate_series(1, 2)
        RETURNING user_id, id
    )
    SELECT user_id, (array_agg(id))[1], (array_agg(id))[2] FROM begun GROUP BY user_id";

impl Race {
    async fn new(users: usize, password_hash: &str) -> Self {
        let connections = (2 * AT_ONCE).to_string();
        let app = TestApp::with(&[("DATABASE_POOL_SIZE", &connections)]).await;
        let database = app.database.connect().await;
        let (users, now) = (i32::try_from(users).unwrap(), app.clock.now());
        let rows = database
            .query(USERS, &[&users, &now, &password_hash])
            .await
            .unwrap();
        let users = rows
            .iter()
            .map(|row| [row.get(0), row.get(1), row.get(2)])
            .collect();
        Self {
            app,
            database,
            users,
        }
    }

    /// A link for each user, its token's hash being that of the user's id.
    async fn links(&self, purpose: &str, email: &str) {
        let sql = format!(
            "INSERT INTO email_tokens (token_hash, user_id, purpose, email, created_at, expires_at)
            SELECT sha256(user_id::text::bytea), user_id, '{purpose}', {email}, $1::timestamptz, $1 + interval '1 hour' FROM users"
        );
        self.database
            .execute(&sql, &[&self.app.clock.now()])
            .await
            .unwrap();
    }

    async fn count(&self, query: &str) -> usize {
        let count: i64 = self.database.query_one(query, &[]).await.unwrap().get(0);
        usize::try_from(count).unwrap()
    }
}

/// Runs `left` and `right` of every try at the same time, some tries beside each other; gives what came of each.
async fn at_once<L, R, F, G>(
    tries: usize,
    left: impl Fn(usize) -> F,
    right: impl Fn(usize) -> G,
) -> Vec<(L, R)>
where
    F: Future<Output = L> + Send + 'static,
    G: Future<Output = R> + Send + 'static,
    L: Send + 'static,
    R: Send + 'static,
{
    let mut outcomes = Vec::new();
    let tries: Vec<usize> = (0..tries).collect();
    for some in tries.chunks(AT_ONCE) {
        let barrier = Arc::new(Barrier::new(2 * some.len()));
        let mut running = Vec::new();
        for number in some {
            let (one, other) = (Arc::clone(&barrier), Arc::clone(&barrier));
            let (left, right) = (left(*number), right(*number));
            let left = async move {
                one.wait().await;
                left.await
            };
            let right = async move {
                other.wait().await;
                right.await
            };
            // Neither is always the first.
            if number.is_multiple_of(2) {
                let left = tokio::spawn(left);
                running.push((left, tokio::spawn(right)));
            } else {
                let right = tokio::spawn(right);
                running.push((tokio::spawn(left), right));
            }
        }
        for (left, right) in running {
            outcomes.push((left.await.unwrap(), right.await.unwrap()));
        }
    }
    outcomes
}

fn token_hash(user: Uuid) -> [u8; 32] {
    origin_api::domain::links::hash(&user.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_resets_with_one_link_one_sets_the_password() {
    let race = Race::new(TRIES, "none").await;
    race.links("reset", "email").await;
    let reset = |password: &'static str| {
        let (app, users) = (Arc::clone(&race.app.app), race.users.clone());
        move |number: usize| {
            let (app, [user, ..]) = (Arc::clone(&app), users[number]);
            async move {
                let new = NewPassword {
                    token_hash: token_hash(user),
                    password_hash: password,
                    address_hash: None,
                    notice: Some(app.new_id()),
                    key: None,
                };
                let done = reset_password(&app.db, UserId(user), &new, &app.telling()).await;
                done.unwrap().is_some()
            }
        }
    };
    let outcomes = at_once(TRIES, reset("left"), reset("right")).await;
    assert!(
        outcomes.iter().all(|(left, right)| left != right),
        "one and only one"
    );
    let left = outcomes.iter().filter(|(left, _)| *left).count();
    assert!(
        (1..TRIES).contains(&left),
        "{left} of {TRIES} were the left one's"
    );
    for (query, expected) in [
        (
            "SELECT count(*) FROM users WHERE generation = 2 AND version = 2",
            TRIES,
        ),
        (
            "SELECT count(*) FROM users WHERE password_hash = 'left'",
            left,
        ),
        (
            "SELECT count(*) FROM users WHERE password_hash = 'right'",
            TRIES - left,
        ),
        (
            "SELECT count(*) FROM mails WHERE kind = 'password_changed'",
            TRIES,
        ),
        ("SELECT count(*) FROM gate_effects", TRIES),
        ("SELECT count(*) FROM email_tokens", 0),
        ("SELECT count(*) FROM sessions WHERE revoked_at IS NULL", 0),
    ] {
        assert_eq!(race.count(query).await, expected, "{query}");
    }
}

fn confirm(
    race: &Race,
    user: impl Fn(usize) -> usize,
) -> impl Fn(usize) -> std::pin::Pin<Box<dyn Future<Output = Option<bool>> + Send>> {
    let (app, users) = (Arc::clone(&race.app.app), race.users.clone());
    move |number: usize| {
        let (app, [user, ..]) = (Arc::clone(&app), users[user(number)]);
        Box::pin(async move {
            let (hash, notice, telling) = (token_hash(user), Some(app.new_id()), app.telling());
            let done = confirm_email(&app.db, UserId(user), &hash, notice, None, &telling);
            done.await
                .unwrap()
                .map(|done| matches!(done, Confirmation::Done(_)))
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_confirmations_with_one_link_one_moves_the_account() {
    let race = Race::new(TRIES, "none").await;
    race.links("confirm", "'new-' || email").await;
    let outcomes = at_once(TRIES, confirm(&race, |n| n), confirm(&race, |n| n)).await;
    for outcome in &outcomes {
        assert!(
            matches!(outcome, (Some(true), None) | (None, Some(true))),
            "{outcome:?}"
        );
    }
    for query in [
        "SELECT count(*) FROM users WHERE version = 2 AND email LIKE 'new-%' AND email_confirmed",
        "SELECT count(*) FROM user_emails JOIN users USING (user_id, email) WHERE email LIKE 'new-%'",
        "SELECT count(*) FROM mails WHERE kind = 'email_changed' AND email NOT LIKE 'new-%'",
        "SELECT count(*) FROM gate_effects",
        "SELECT count(*) FROM user_emails",
    ] {
        assert_eq!(race.count(query).await, TRIES, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_accounts_that_move_to_one_address_one_gets_it() {
    let race = Race::new(2 * TRIES, "none").await;
    // Users 2n and 2n + 1 want the same.
    race.database
        .batch_execute("CREATE TABLE pairs (user_id uuid, pair int)")
        .await
        .unwrap();
    for (number, [user, ..]) in race.users.iter().enumerate() {
        let pair = i32::try_from(number / 2).unwrap();
        let insert = "INSERT INTO pairs VALUES ($1, $2)";
        race.database.execute(insert, &[user, &pair]).await.unwrap();
    }
    let email =
        "(SELECT pair || '@new.example.com' FROM pairs WHERE pairs.user_id = users.user_id)";
    race.links("confirm", email).await;
    let outcomes = at_once(
        TRIES,
        confirm(&race, |n| 2 * n),
        confirm(&race, |n| 2 * n + 1),
    )
    .await;
    for outcome in &outcomes {
        assert!(
            matches!(
                outcome,
                (Some(true), Some(false)) | (Some(false), Some(true))
            ),
            "{outcome:?}"
        );
    }
    for (query, expected) in [
        (
            "SELECT count(*) FROM users WHERE email LIKE '%@new.example.com' AND version = 2",
            TRIES,
        ),
        (
            "SELECT count(*) FROM users WHERE email NOT LIKE '%@new.example.com' AND version = 1",
            TRIES,
        ),
        (
            "SELECT count(*) FROM user_emails JOIN users USING (user_id, email)",
            2 * TRIES,
        ),
        // Also the link of whoever came too late is used up.
        ("SELECT count(*) FROM email_tokens", 0),
    ] {
        assert_eq!(race.count(query).await, expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_of_the_password_the_second_session_is_refused() {
    let race = Race::new(TRIES, "none").await;
    let change = |session: usize, password: &'static str| {
        let (app, users) = (Arc::clone(&race.app.app), race.users.clone());
        move |number: usize| change_password(Arc::clone(&app), users[number], session, password)
    };
    let outcomes = at_once(TRIES, change(1, "left"), change(2, "right")).await;
    assert!(
        outcomes.iter().all(|(left, right)| left != right),
        "one and only one"
    );
    let left = outcomes.iter().filter(|(left, _)| *left).count();
    assert!(
        (1..TRIES).contains(&left),
        "{left} of {TRIES} were the left one's"
    );
    for (query, expected) in [
        (
            "SELECT count(*) FROM users WHERE generation = 2 AND version = 2",
            TRIES,
        ),
        (
            "SELECT count(*) FROM users WHERE password_hash = 'left'",
            left,
        ),
        (
            "SELECT count(*) FROM sessions WHERE revoked_at IS NULL AND generation = 2",
            TRIES,
        ),
        (
            "SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL AND generation = 1",
            TRIES,
        ),
        (
            "SELECT count(*) FROM refresh_tokens JOIN sessions ON id = session_id AND revoked_at IS NULL",
            TRIES,
        ),
        ("SELECT count(*) FROM refresh_tokens", TRIES),
    ] {
        assert_eq!(race.count(query).await, expected, "{query}");
    }
}

async fn change_password(
    app: Arc<App>,
    user: [Uuid; 3],
    session: usize,
    password_hash: &str,
) -> bool {
    let caller = Caller {
        user: UserId(user[0]),
        credential: CredentialId(user[session]),
        generation: 1,
        now: app.clock.now(),
    };
    let terms = Terms {
        key: None,
        versions: None,
    };
    let change = AccountChange {
        password: Some(Replacement {
            password_hash,
            refresh_hash: app.random(),
            notice: None,
        }),
        ..AccountChange::default()
    };
    let changed = change_account(&app.db, &caller, &terms, &change, &app.telling()).await;
    let changed = changed.unwrap();
    changed.is_some_and(|changed| matches!(changed.outcome, Outcome::Done(_, Some(_))))
}

/// The two statements of a login around its hash, and the status that it would answer.
async fn log_in(app: Arc<App>, email: String) -> u16 {
    let now = app.clock.now();
    let client = ClientAddress::new("203.0.113.7");
    let charges = Charges::new(&email, &client, &app.config.rates);
    let found = find_login(&app.db, &email, charges, now).await.unwrap();
    let LookedUp::Found {
        account: Some(account),
        charges,
    } = found
    else {
        return 401;
    };
    let session = NewSession {
        user: account.user,
        id: CredentialId(app.new_id()),
        kind: SessionKind::Token,
        user_agent: None,
        created_at: now,
        expires_at: app.config.sessions.idles_at(now),
        ends_at: app.config.sessions.ends_at(now),
        refresh_hash: Some(app.random()),
        charge: sessions_begun(account.user, app.config.rates.sessions),
    };
    let password = Checked {
        hash: &account.password_hash,
        stronger: Some("made anew"),
    };
    match create_session(&app.db, &session, &password, &charges, None).await {
        Ok(Begun::Done { .. }) => 200,
        Ok(Begun::KeyReused | Begun::OtherPassword) => 401,
        Ok(Begun::Limited(_)) => 429,
        Err(error) => Error::from(error).problem("").status,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_login_survives_the_deletion_of_its_account() {
    let race = Race::new(TRIES, "hash").await;
    let query = "SELECT user_id, email FROM users";
    let rows = race.database.query(query, &[]).await.unwrap();
    let emails: std::collections::HashMap<Uuid, String> =
        rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let expires_at: Timestamp = race.app.clock.now() + jiff::SignedDuration::from_hours(24);
    let delete = |number: usize| {
        let [user, session, _] = race.users[number];
        let client = race.app.client(Grant {
            user: UserId(user),
            session: CredentialId(session),
            generation: 1,
            expires_at,
        });
        async move { client.delete("/api/auth/me").await.status }
    };
    let login = |number: usize| {
        let email = emails[&race.users[number][0]].clone();
        log_in(Arc::clone(&race.app.app), email)
    };
    let outcomes = at_once(TRIES, delete, login).await;
    for outcome in &outcomes {
        assert!(matches!(outcome, (204, 200 | 401)), "{outcome:?}");
    }
    for status in [200, 401] {
        let count = outcomes
            .iter()
            .filter(|(_, login)| *login == status)
            .count();
        assert!(count > 0, "{status} was never the answer");
    }
    for table in [
        "users",
        "user_emails",
        "sessions",
        "refresh_tokens",
        "known_addresses",
    ] {
        let query = format!("SELECT count(*) FROM {table}");
        assert_eq!(race.count(&query).await, 0, "{table}");
    }
    assert_eq!(race.count("SELECT count(*) FROM gate_effects").await, TRIES);
}
