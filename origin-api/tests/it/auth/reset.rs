//! `POST /api/auth/reset-password`

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::Response;
use crate::support::post::{PASSWORD, Post};

const PATH: &str = "/api/auth/reset-password";
const NEW: &str = "another good pass phrase";

async fn reset(post: &Post, token: &str, password: &str) -> Response {
    let body = json!({ "token": token, "password": password });
    post.app.anonymous().post(PATH, &body).await
}

#[tokio::test]
async fn sets_the_password_and_ends_everything_else() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let user = ada.identity().user;
    let token = post.forgotten("ada@example.com").await;
    let response = reset(&post, &token, NEW).await;
    response.expect(204);
    assert_eq!(response.header("mindflow-version"), "3");
    let effects: Value = serde_json::from_str(response.header("mindflow-gate-effects")).unwrap();
    let expected = json!({ "user": user, "generation": 2, "purge": false });
    assert_eq!(effects, expected);

    ada.get("/api/auth/me").await.expect(401);
    assert_eq!(post.login("ada@example.com", PASSWORD).await, 401);
    assert_eq!(post.login("ada@example.com", NEW).await, 200);
    for (query, count) in [
        ("SELECT count(*) FROM sessions WHERE revoked_at IS NULL", 1),
        ("SELECT count(*) FROM refresh_tokens", 1),
        ("SELECT count(*) FROM email_tokens", 0),
        (
            "SELECT count(*) FROM gate_effects WHERE version = 3 AND effects->>'generation' = '2'",
            1,
        ),
    ] {
        assert_eq!(post.count(query).await, count, "{query}");
    }
    let letter = post.deliver_one().await;
    let subject = letter.header("subject");
    assert_eq!(
        (letter.to.as_str(), subject.as_str()),
        ("ada@example.com", "Your MindFlow password was changed")
    );
}

#[tokio::test]
async fn a_link_works_once_and_for_an_hour_and_not_beside_a_later_reset() {
    let post = Post::new().await;
    post.member("ada").await;
    let (first, second) = (
        post.forgotten("ada@example.com").await,
        post.forgotten("ada@example.com").await,
    );
    reset(&post, &second, NEW).await.expect(204);
    for used in [&second, &first] {
        let problem = reset(&post, used, "a third pass phrase").await;
        assert_eq!(problem.invalid_fields(), ["token"]);
        let message = problem.json()["errors"][0]["message"].to_string();
        assert!(message.contains("/api/auth/forgot-password"), "{message}");
    }
    post.deliver().await;
    let third = post.forgotten("ada@example.com").await;
    post.app.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(reset(&post, &third, NEW).await.invalid_fields(), ["token"]);
    assert_eq!(post.login("ada@example.com", NEW).await, 200);
}

#[tokio::test]
async fn what_is_no_link_for_it_is_refused_and_changes_nothing() {
    let post = Post::new().await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let anonymous = post.app.anonymous();
    anonymous
        .post("/api/auth/register", &body)
        .await
        .expect(201);
    let confirm = post.deliver_one().await.token();
    for token in ["x", "mfl_", &confirm, &confirm[1..], &format!("{confirm}x")] {
        assert_eq!(
            reset(&post, token, NEW).await.invalid_fields(),
            ["token"],
            "{token}"
        );
    }
    assert_eq!(post.login("ada@example.com", PASSWORD).await, 200);
    anonymous
        .post("/api/auth/confirm-email", &json!({ "token": confirm }))
        .await
        .expect(204);
}

#[tokio::test]
async fn a_poor_password_is_refused_and_leaves_the_link_as_it_is() {
    let post = Post::new().await;
    post.member("ada").await;
    let token = post.forgotten("ada@example.com").await;
    for password in ["short", "password123", "ADA@example.com"] {
        assert_eq!(
            reset(&post, &token, password).await.invalid_fields(),
            ["password"]
        );
    }
    reset(&post, &token, NEW).await.expect(204);
}

#[tokio::test]
async fn following_the_link_confirms_its_address() {
    let post = Post::new().await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    post.app
        .anonymous()
        .post("/api/auth/register", &body)
        .await
        .expect(201);
    post.deliver().await;
    let token = post.forgotten("ada@example.com").await;
    reset(&post, &token, NEW).await.expect(204);
    let (ada, _) = post.sign_in(&body["email"], NEW).await;
    assert_eq!(
        ada.get("/api/auth/me").await.expect(200)["email_confirmed"],
        true
    );
}

#[tokio::test]
async fn a_reset_stops_a_change_of_the_address_that_is_under_way() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let change = |email| json!({ "email": email, "current_password": PASSWORD });
    // One letter was sent, another is about to be.
    ada.patch("/api/auth/me", &change("eve1@example.com"))
        .await
        .expect(200);
    let eve = post.deliver_one().await.token();
    let token = post.forgotten("ada@example.com").await;
    ada.patch("/api/auth/me", &change("eve2@example.com"))
        .await
        .expect(200);
    reset(&post, &token, NEW).await.expect(204);
    let confirmed = post
        .app
        .anonymous()
        .post("/api/auth/confirm-email", &json!({ "token": eve }))
        .await;
    assert_eq!(confirmed.invalid_fields(), ["token"]);
    let letters: Vec<String> = post
        .deliver()
        .await
        .into_iter()
        .map(|letter| letter.to)
        .collect();
    assert_eq!(letters, ["ada@example.com"]);
}

#[tokio::test]
async fn a_disabled_user_cannot_come_back_by_a_link() {
    let post = Post::new().await;
    post.member("ada").await;
    let token = post.forgotten("ada@example.com").await;
    let database = post.app.database.connect().await;
    database
        .execute("UPDATE users SET disabled_at = now()", &[])
        .await
        .unwrap();
    assert_eq!(reset(&post, &token, NEW).await.invalid_fields(), ["token"]);
}

#[tokio::test]
async fn answers_503_while_the_database_is_away_and_the_link_still_works_then() {
    let post = Post::new().await;
    post.member("ada").await;
    let token = post.forgotten("ada@example.com").await;
    post.app.proxy.cut();
    reset(&post, &token, NEW).await.expect(503);
    post.app.proxy.mend();
    reset(&post, &token, NEW).await.expect(204);
    assert_eq!(
        post.app
            .anonymous()
            .post(PATH, &json!({ "tokens": 1 }))
            .await
            .invalid_fields(),
        ["token", "password", "tokens"]
    );
}
