//! `POST /api/auth/forgot-password`

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::Response;
use crate::support::post::Post;

const PATH: &str = "/api/auth/forgot-password";

async fn ask(post: &Post, email: &str, address: &str) -> Response {
    let anonymous = post.app.anonymous();
    let call = anonymous
        .call(Method::POST, PATH)
        .header("mindflow-client-address", address);
    call.json(&json!({ "email": email })).send().await
}

#[tokio::test]
async fn a_known_and_an_unknown_address_are_answered_alike_and_only_one_gets_a_letter() {
    let post = Post::new().await;
    post.member("ada").await;
    // Statements are prepared at their first use.
    ask(&post, "eve@example.com", "203.0.113.6")
        .await
        .expect(202);
    post.deliver().await;
    let mut answers = Vec::new();
    for email in ["ada@example.com", " BOB@example.com "] {
        let work = ask(&post, email, "203.0.113.7");
        let (round_trips, response) = post.app.round_trips(work).await;
        response.expect(202);
        let mut headers = response.headers.clone();
        headers.remove("x-request-id");
        answers.push((round_trips, response.body, headers));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(
        post.count("SELECT count(*) FROM mails WHERE user_id IS NULL")
            .await,
        2
    );
    let letter = post.deliver_one().await;
    assert_eq!(letter.to, "ada@example.com");
}

#[tokio::test]
async fn three_an_hour_are_sent_to_an_address_also_to_one_that_is_nobodys() {
    let post = Post::new().await;
    post.member("ada").await;
    for email in ["ada@example.com", "bob@example.com"] {
        for number in 0..3 {
            ask(&post, email, &format!("203.0.113.{number}"))
                .await
                .expect(202);
        }
        let refused = ask(&post, email, "203.0.113.4").await;
        assert_eq!(
            refused.expect(429)["type"],
            "urn:mindflow:problem:rate-limited"
        );
        assert_eq!(refused.header("retry-after"), "1200", "{email}");
    }
    assert_eq!(post.deliver().await.len(), 3);
    post.app.clock.advance(SignedDuration::from_mins(20));
    ask(&post, "ada@example.com", "203.0.113.4")
        .await
        .expect(202);
    ask(&post, "ada@example.com", "203.0.113.4")
        .await
        .expect(429);
}

#[tokio::test]
async fn a_client_address_asks_only_so_often() {
    let post = Post::with(&[("FORGOT_PASSWORD_RATE_PER_ADDRESS", "2/3600")]).await;
    for (email, address, status) in [
        ("a@example.com", "2001:db8::1", 202),
        ("b@example.com", "2001:db8::2", 202),
        ("c@example.com", "2001:db8::3", 429),
        ("c@example.com", "2001:db8:1::3", 202),
    ] {
        ask(&post, email, address).await.expect(status);
    }
}

#[tokio::test]
async fn what_is_no_address_is_refused_and_a_lost_database_is_said() {
    let post = Post::new().await;
    let anonymous = post.app.anonymous();
    for (body, fields) in [
        (json!({}), vec!["email"]),
        (json!({ "email": "ada" }), vec!["email"]),
        (
            json!({ "email": "ada@example.com", "user": 1 }),
            vec!["user"],
        ),
    ] {
        let response: Response = anonymous.post(PATH, &body).await;
        assert_eq!(response.invalid_fields(), fields, "{body}");
    }
    let ada: Value = json!({ "email": "ada@example.com" });
    post.app.proxy.cut();
    anonymous.post(PATH, &ada).await.expect(503);
    post.app.proxy.mend();
    anonymous.post(PATH, &ada).await.expect(202);
}
