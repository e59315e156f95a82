//! `origin-api admin user`: what the program does to accounts, says, and tells the edge.

use axum::http::Method;
use origin_api::app::SystemClock;
use serde_json::{Value, json};
use shared_types::gate::GateEffects;

use super::Program;
use crate::support::app::secret_file;
use crate::support::edge::FakeEdge;

const PASSWORD: &str = "correct horse battery";

/// The program with an edge to tell.
async fn program() -> (Program, FakeEdge) {
    let mut program = Program::new().await;
    let edge = FakeEdge::new(program.app.clock.clone()).await;
    set(&mut program, "PUBLIC_URL", &edge.url);
    (program, edge)
}

fn set(program: &mut Program, name: &'static str, value: &str) {
    program.variables.retain(|(other, _)| *other != name);
    program.variables.push((name, value.to_owned()));
}

/// Runs `admin user` with these arguments; gives what it prints.
async fn done(program: &Program, arguments: &[&str]) -> String {
    let (code, told, problem) = run(program, arguments).await;
    assert_eq!(code, 0, "{problem}");
    told
}

async fn run(program: &Program, arguments: &[&str]) -> (i32, String, String) {
    program.run(&[&["admin", "user"], arguments].concat()).await
}

async fn register(program: &Program, email: &str) {
    let body = json!({"email": email, "password": PASSWORD});
    program
        .app
        .anonymous()
        .post("/api/auth/register", &body)
        .await
        .expect(201);
}

/// The status of a login.
async fn login(program: &Program, email: &str, password: &str) -> u16 {
    let body = json!({"email": email, "password": password});
    program
        .app
        .anonymous()
        .post("/api/auth/login", &body)
        .await
        .status
}

/// How many rows of `gate_effects` and `mails` there are.
async fn waiting(program: &Program) -> (i64, i64) {
    let database = program.app.database.connect().await;
    let count = "SELECT (SELECT count(*) FROM gate_effects), (SELECT count(*) FROM mails)";
    let row = database.query_one(count, &[]).await.unwrap();
    (row.get(0), row.get(1))
}

fn effects(edge: &FakeEdge) -> GateEffects {
    let told = edge.told();
    assert_eq!(told.len(), 1);
    told[0].effects.clone().unwrap()
}

#[tokio::test]
async fn lists_accounts_by_page_for_people_and_programs() {
    let (program, _edge) = program().await;
    let (ada, bob) = (program.app.user("ada").await, program.app.user("bob").await);
    let mut users = [ada.identity().user, bob.identity().user].map(|user| user.to_string());
    users.sort();
    let told = done(&program, &["list"]).await;
    assert!(
        told.contains("ada@example.com") && told.contains("bob@example.com"),
        "{told}"
    );
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let first = json(&done(&program, &["list", "--json", "--limit", "1"]).await);
    assert_eq!(
        (&first["items"][0]["id"], &first["next"]),
        (&json!(users[0]), &json!(users[0]))
    );
    let rest = json(&done(&program, &["list", "--json", "--after", &users[0]]).await);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["next"], Value::Null);
    let only = &rest["items"][0];
    assert_eq!(
        (&only["id"], &only["disabled_at"]),
        (&json!(users[1]), &Value::Null)
    );
    let today = program.app.app.clock.now().to_string();
    assert_eq!(only["last_used_on"], today[..10]);
}

#[tokio::test]
async fn disabling_ends_everything_at_once_and_tells_the_edge_and_enabling_lets_log_in() {
    let (program, edge) = program().await;
    register(&program, "eve@example.com").await;
    let ada = program.app.user("ada").await;
    let told = done(&program, &["disable", "EVE@example.com"]).await;
    assert!(
        told.contains("is disabled") && told.contains("The edge knows."),
        "{told}"
    );
    assert_eq!(effects(&edge).generation, Some(2));
    assert_eq!(waiting(&program).await.0, 0);
    assert_eq!(login(&program, "eve@example.com", PASSWORD).await, 403);
    ada.get("/api/auth/me").await.expect(200);
    let told = done(&program, &["disable", "eve@example.com"]).await;
    assert!(told.contains("disabled already"), "{told}");
    let told = done(&program, &["enable", "eve@example.com"]).await;
    assert!(told.contains("is enabled"), "{told}");
    assert_eq!(login(&program, "eve@example.com", PASSWORD).await, 200);
    let told = done(&program, &["enable", "eve@example.com"]).await;
    assert!(told.contains("is not disabled"), "{told}");
    assert_eq!(edge.told().len(), 1);

    let id = ada.identity().user.to_string();
    done(&program, &["disable", &id]).await;
    ada.get("/api/auth/me").await.expect(401);
}

#[tokio::test]
async fn a_change_holds_and_waits_for_delivery_when_the_edge_does_not_answer() {
    let (program, edge) = program().await;
    edge.answer(503);
    let ada = program.app.user("ada").await;
    let told = done(&program, &["disable", "ada@example.com"]).await;
    assert!(
        told.contains("The edge does not know yet: the edge answers 503"),
        "{told}"
    );
    ada.get("/api/auth/me").await.expect(401);
    assert_eq!(waiting(&program).await.0, 1);
}

#[tokio::test]
async fn a_reset_ends_everything_and_prints_one_way_back() {
    let (program, edge) = program().await;
    register(&program, "eve@example.com").await;
    let body = json!({"email": "eve@example.com", "password": PASSWORD});
    let tokens = program
        .app
        .anonymous()
        .post("/api/auth/login", &body)
        .await
        .expect(200);
    let session = program
        .app
        .client_with(tokens["access_token"].as_str().unwrap());
    let told = done(&program, &["reset", "eve@example.com"]).await;
    assert!(told.contains("The edge knows."), "{told}");
    assert_eq!(effects(&edge).generation, Some(2));
    session.get("/api/auth/me").await.expect(401);
    assert_eq!(login(&program, "eve@example.com", PASSWORD).await, 401);

    let (before, token) = told.trim().rsplit_once("/reset-password#token=").unwrap();
    assert!(before.ends_with(&edge.url), "{told}");
    let follow = |password: &str| {
        let body = json!({"token": token, "password": password});
        let anonymous = program.app.anonymous();
        async move {
            let call = anonymous.call(Method::POST, "/api/auth/reset-password");
            call.json(&body).send().await.status
        }
    };
    assert_eq!(follow("another horse battery").await, 204);
    assert_eq!(
        login(&program, "eve@example.com", "another horse battery").await,
        200
    );
    assert_eq!(follow("a third horse battery").await, 422, "it works once");
}

#[tokio::test]
async fn disabling_and_resetting_stop_a_change_of_the_address_that_is_under_way() {
    let (program, _edge) = program().await;
    let database = program.app.database.connect().await;
    for (step, name) in [("disable", "ada"), ("reset", "bob")] {
        let user = program.app.user(name).await.identity().user;
        // One letter was sent already, one waits, and one to another user has nothing to do with it.
        for user in [user.0, uuid::Uuid::from_u128(7)] {
            let insert = "WITH sent AS (
                    INSERT INTO email_tokens (token_hash, user_id, purpose, email, created_at, expires_at)
                    VALUES (sha256(uuid_send(gen_random_uuid())), $1, 'confirm', 'thief@example.com', now(), 'infinity')
                )
                INSERT INTO mails (id, kind, email, user_id, created_at, send_after)
                VALUES (gen_random_uuid(), 'confirm', 'thief@example.com', $1, now(), now())";
            database.execute(insert, &[&user]).await.unwrap();
        }
        done(&program, &[step, &user.to_string()]).await;
        let left = "SELECT
            (SELECT count(*) FROM email_tokens WHERE user_id = $1 AND purpose = 'confirm'),
            (SELECT count(*) FROM mails WHERE user_id = $1 AND kind = 'confirm')";
        let row = database.query_one(left, &[&user.0]).await.unwrap();
        let left: (i64, i64) = (row.get(0), row.get(1));
        assert_eq!(left, (0, 0), "{step}");
        let others = "DELETE FROM mails WHERE user_id <> $1";
        assert_eq!(database.execute(others, &[&user.0]).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_reset_is_mailed_where_there_is_a_server() {
    let (mut program, _edge) = program().await;
    let password = secret_file("smtp", "a password of the mail server");
    for (name, value) in [
        ("SMTP_URL", "smtps://mindflow@mail.test"),
        ("SMTP_PASSWORD_FILE", &password),
        ("MAIL_FROM", "mindflow@example.com"),
    ] {
        set(&mut program, name, value);
    }
    program.app.user("ada").await;
    let told = done(&program, &["reset", "ada@example.com"]).await;
    assert!(
        told.contains("on its way to ada@example.com") && !told.contains("#token="),
        "{told}"
    );
    assert_eq!(waiting(&program).await, (0, 1));
}

#[tokio::test]
async fn deleting_asks_first_and_takes_everything() {
    let (program, edge) = program().await;
    let ada = program.app.user("ada").await;
    ada.post("/api/tasks", &json!({"title": "Write"}))
        .await
        .expect(201);
    let (code, _, told) = run(&program, &["delete", "ada@example.com"]).await;
    assert!(code == 1 && told.contains("--yes"), "{told}");
    ada.get("/api/auth/me").await.expect(200);
    let told = done(&program, &["delete", "ada@example.com", "--yes"]).await;
    assert!(
        told.contains("is deleted") && told.contains("The edge knows."),
        "{told}"
    );
    assert!(effects(&edge).purge);
    ada.get("/api/auth/me").await.expect(401);
    let database = program.app.database.connect().await;
    let count = "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM user_emails)
        + (SELECT count(*) FROM tasks) + (SELECT count(*) FROM gate_effects)";
    assert_eq!(
        database
            .query_one(count, &[])
            .await
            .unwrap()
            .get::<_, i64>(0),
        0
    );
    let (code, _, told) = run(&program, &["delete", "ada@example.com", "--yes"]).await;
    assert!(
        code == 1 && told.contains("there is no account ada@example.com"),
        "{told}"
    );
}

#[tokio::test]
async fn what_cannot_be_done_says_why_and_exits_1() {
    let (program, _edge) = program().await;
    for arguments in [&["list", "--limit", "0"][..], &["dance"], &["disable"], &[]] {
        let (code, _, told) = run(&program, arguments).await;
        assert!(
            code == 1 && told.contains("usage:"),
            "{arguments:?}: {told}"
        );
    }
    for command in ["disable", "enable", "reset"] {
        let (code, _, told) = run(&program, &[command, "nobody@example.com"]).await;
        assert!(
            code == 1 && told.contains("there is no account nobody@example.com"),
            "{told}"
        );
    }
    program.app.clock.follow(&SystemClock::new());
    program.app.proxy.cut();
    let (code, _, told) = run(&program, &["disable", "nobody@example.com"]).await;
    assert!(
        code == 1 && told.contains("the database is unavailable"),
        "{told}"
    );
}
