//! The mailer against a real socket: what a letter says, who sends it, and what becomes of it otherwise.

use std::sync::Arc;

use jiff::SignedDuration;
use origin_api::mail::Mailer;
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::app::log;
use crate::support::post::{PASSWORD, Post};
use crate::support::{TestApp, database};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

async fn ask(app: &TestApp, email: &str) {
    let body = json!({ "email": email });
    app.anonymous()
        .post("/api/auth/forgot-password", &body)
        .await
        .expect(202);
}

#[tokio::test]
async fn a_letter_says_who_it_is_from_and_that_nobody_wrote_it() {
    let post = Post::new().await;
    post.member("ada").await;
    ask(&post.app, "ada@example.com").await;
    let letter = post.deliver_one().await;
    assert_eq!(letter.to, "ada@example.com");
    for (name, value) in [
        ("From", "MindFlow <mindflow@example.com>"),
        ("To", "ada@example.com"),
        ("Subject", "Set a new password for MindFlow"),
        ("Date", "Sun, 22 Nov 2026 12:00:00 +0000"),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
    ] {
        assert_eq!(letter.header(name), value, "{name}: {}", letter.source);
    }
    assert!(letter.header("message-id").ends_with("@mindflow.test>"));
    let link = format!(
        "https://mindflow.test/reset-password#token={}",
        letter.token()
    );
    assert!(
        letter.text().contains(&format!("\n{link}\n")),
        "{}",
        letter.text()
    );
    assert!(
        letter.html().contains(&format!("href=\"{link}\"")),
        "{}",
        letter.html()
    );
    assert_eq!(post.count("SELECT count(*) FROM mails").await, 0);
}

#[tokio::test]
async fn only_a_hash_of_a_link_is_stored_and_neither_it_nor_an_address_is_logged() {
    let post = Post::new().await;
    post.member("canary-of-an-address").await;
    let token = post.forgotten("canary-of-an-address@example.com").await;
    post.smtp
        .refuse(&["450 4.2.1 <canary-of-an-address@example.com> is busy"]);
    ask(&post.app, "canary-of-an-address@example.com").await;
    assert!(post.deliver().await.is_empty());
    let stored = format!(
        "SELECT count(*) FROM email_tokens WHERE token_hash = sha256('{token}') AND purpose = 'reset'"
    );
    assert_eq!(post.count(&stored).await, 1);
    let lines = log().lines().collect::<Vec<_>>();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("the server answered 450"))
    );
    for line in lines {
        let told = ["canary-of-an-address", &token]
            .iter()
            .any(|secret| line.contains(secret));
        assert!(!told, "{line}");
    }
}

#[tokio::test]
async fn a_letter_that_is_refused_for_now_is_sent_later() {
    let post = Post::new().await;
    post.member("ada").await;
    post.smtp.refuse(&["451 later", "421 closing"]);
    ask(&post.app, "ada@example.com").await;
    assert!(post.deliver().await.is_empty());
    // The pause doubles: half a minute, a minute.
    for (seconds, count) in [(29, 0), (1, 0), (59, 0), (1, 1)] {
        post.app.clock.advance(SignedDuration::from_secs(seconds));
        assert_eq!(post.deliver().await.len(), count, "{seconds}");
    }
    let token = post.smtp.last().token();
    let body = json!({ "token": token, "password": "another good one" });
    post.app
        .anonymous()
        .post("/api/auth/reset-password", &body)
        .await
        .expect(204);
}

#[tokio::test]
async fn a_letter_that_nobody_takes_is_given_up() {
    let post = Post::new().await;
    post.member("ada").await;
    // At once, or when the hour is over: after 0, 33 and 66 minutes.
    for (refusal, tries) in [
        ("550 no such user", 1),
        ("450 later", 3),
        ("535 who are you", 3),
    ] {
        post.smtp.refuse(&[refusal; 8]);
        ask(&post.app, "ada@example.com").await;
        let mut tried = 0;
        while post.count("SELECT count(*) FROM mails").await > 0 {
            assert!(post.deliver().await.is_empty());
            tried += 1;
            post.app.clock.advance(SignedDuration::from_mins(33));
        }
        assert_eq!(tried, tries, "{refusal}");
        post.smtp.forget_refusals();
        post.app.clock.advance(HOUR);
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_tried_again() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    drop(listener);
    let post = Post::with(&[("SMTP_URL", &url)]).await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    post.app
        .anonymous()
        .post("/api/auth/register", &body)
        .await
        .expect(201);
    assert!(post.mailer.send_next().await.unwrap());
    assert_eq!(post.count("SELECT attempts FROM mails").await, 1);
    assert!(!post.mailer.send_next().await.unwrap());
}

#[tokio::test]
async fn the_server_is_told_user_and_password() {
    let password = crate::support::app::secret_file("smtp", "open sesame\n");
    let smtp = crate::support::smtp::SmtpServer::start().await;
    let url = format!("smtp://mindflow@127.0.0.1:{}", smtp.port);
    let post = Post::with(&[("SMTP_URL", &url), ("SMTP_PASSWORD_FILE", &password)]).await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    post.app
        .anonymous()
        .post("/api/auth/register", &body)
        .await
        .expect(201);
    assert!(post.mailer.send_next().await.unwrap());
    assert_eq!(smtp.logins(), [" mindflow open sesame"]);
    assert_eq!(smtp.only().to, "ada@example.com");
}

#[tokio::test]
async fn many_mailers_send_each_letter_once() {
    let post = Post::new().await;
    let database = post.app.database.connect().await;
    post.member("ada").await;
    let before = post.smtp.received().len();
    let user = "INSERT INTO mails (id, kind, email, user_id, created_at, send_after)
        SELECT uuidv7(), 'password_changed', email, user_id, $1, $1 FROM users, generate_series(1, 40)";
    let now = origin_api::app::Clock::now(&*post.app.clock);
    database.execute(user, &[&now]).await.unwrap();
    let mut running = Vec::new();
    for _ in 0..8 {
        let mailer = Mailer::new(Arc::clone(&post.app.app)).unwrap().unwrap();
        running.push(tokio::spawn(async move {
            while mailer.send_next().await.unwrap() {}
        }));
    }
    for mailer in running {
        mailer.await.unwrap();
    }
    assert_eq!(post.smtp.received().len() - before, 40);
    assert_eq!(post.count("SELECT count(*) FROM mails").await, 0);
}

#[tokio::test]
async fn a_new_mail_wakes_the_mailer_and_a_stop_ends_it() {
    let post = Post::with(&[("MAIL_POLL_SECONDS", "3600")]).await;
    let running = tokio::spawn(post.mailer.run());
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    post.app
        .anonymous()
        .post("/api/auth/register", &body)
        .await
        .expect(201);
    post.smtp.wait_for(1).await;
    post.app.app.start_draining();
    post.app.app.outbox.wake();
    running.await.unwrap();
}

#[tokio::test]
async fn mail_for_nobody_is_forgotten() {
    let post = Post::new().await;
    ask(&post.app, "nobody@example.com").await;
    assert_eq!(post.count("SELECT count(*) FROM mails").await, 1);
    assert!(post.deliver().await.is_empty());
    assert_eq!(post.count("SELECT count(*) FROM mails").await, 0);

    post.member("ada").await;
    ask(&post.app, "ada@example.com").await;
    let database = post.app.database.connect().await;
    let disable = "UPDATE users SET disabled_at = now()";
    database.execute(disable, &[]).await.unwrap();
    assert!(post.deliver().await.is_empty());
    assert_eq!(post.count("SELECT count(*) FROM mails").await, 0);
}

#[tokio::test]
async fn without_a_mail_server_a_developer_finds_the_link_in_the_log() {
    let app = TestApp::with(&[("PUBLIC_URL", "http://localhost:8787")]).await;
    let mailer = Mailer::new(Arc::clone(&app.app)).unwrap().unwrap();
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    app.anonymous()
        .post("/api/auth/register", &body)
        .await
        .expect(201);
    assert!(mailer.send_next().await.unwrap());
    let lines = log().lines().collect::<Vec<_>>();
    let prefix = "http://localhost:8787/confirm-email#token=";
    let token = lines.iter().find_map(|line| line.split_once(prefix));
    let token = token
        .expect("a link in the log")
        .1
        .split('"')
        .next()
        .unwrap();
    let body = json!({ "token": token });
    app.anonymous()
        .post("/api/auth/confirm-email", &body)
        .await
        .expect(204);
}

#[tokio::test]
async fn without_a_mail_server_what_needs_mail_is_not_offered() {
    let app = TestApp::new().await;
    assert!(Mailer::new(Arc::clone(&app.app)).unwrap().is_none());
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let anonymous = app.anonymous();
    anonymous
        .post("/api/auth/register", &body)
        .await
        .expect(201);
    let forgot = json!({ "email": "ada@example.com" });
    let response = anonymous.post("/api/auth/forgot-password", &forgot).await;
    assert_eq!(
        response.expect(503)["type"],
        "urn:mindflow:problem:unavailable"
    );
    assert_eq!(response.header("retry-after"), "3600");
    let database = database::connect(&app.database.config).await;
    let mails = database.query_one("SELECT count(*) FROM mails", &[]).await;
    assert_eq!(mails.unwrap().get::<_, i64>(0), 0);
}
