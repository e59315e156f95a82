//! `POST /api/auth/confirm-email`

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::post::{PASSWORD, Post};
use crate::support::{Client, Response};

const PATH: &str = "/api/auth/confirm-email";
const ME: &str = "/api/auth/me";

async fn confirm(post: &Post, token: &str) -> Response {
    post.app
        .anonymous()
        .post(PATH, &json!({ "token": token }))
        .await
}

async fn move_to(post: &Post, client: &Client, email: &str) -> String {
    let body = json!({ "email": email, "current_password": PASSWORD });
    client.patch(ME, &body).await.expect(200);
    post.deliver_one().await.token()
}

#[tokio::test]
async fn a_registration_is_confirmed_by_the_link_that_it_sends() {
    let post = Post::new().await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "full_name": "Ada" });
    post.app
        .anonymous()
        .post("/api/auth/register", &body)
        .await
        .expect(201);
    let letter = post.deliver_one().await;
    assert!(letter.text().starts_with("Hello Ada,\n"));
    let (ada, _) = post.sign_in(&body["email"], PASSWORD).await;
    let response = confirm(&post, &letter.token()).await;
    response.expect(204);
    assert_eq!(response.header("mindflow-version"), "2");
    let effects: Value = serde_json::from_str(response.header("mindflow-gate-effects")).unwrap();
    let expected = json!({ "user": ada.identity().user, "purge": false });
    assert_eq!(effects, expected);
    let me = ada.get(ME).await;
    assert_eq!(
        (
            &me.expect(200)["email_confirmed"],
            me.header("mindflow-version")
        ),
        (&json!(true), "2")
    );
    // Its own address needs no notice.
    assert!(post.deliver().await.is_empty());
    assert_eq!(
        confirm(&post, &letter.token()).await.invalid_fields(),
        ["token"]
    );
}

#[tokio::test]
async fn an_account_moves_when_the_new_address_is_confirmed_and_the_old_one_is_told() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let reset = post.forgotten("ada@example.com").await;
    let elsewhere = move_to(&post, &ada, "elsewhere@example.com").await;
    let token = move_to(&post, &ada, "lovelace@example.com").await;
    assert_eq!(ada.get(ME).await.expect(200)["email"], "ada@example.com");
    confirm(&post, &token).await.expect(204);
    let me = ada.get(ME).await.expect(200);
    assert_eq!(
        (&me["email"], &me["email_confirmed"]),
        (&json!("lovelace@example.com"), &json!(true))
    );
    let notice = post.deliver_one().await;
    let subject = notice.header("subject");
    assert_eq!(
        (notice.to.as_str(), subject.as_str()),
        (
            "ada@example.com",
            "Your MindFlow account has another address now"
        )
    );
    // Links of before are dead, and the old address is free.
    assert_eq!(confirm(&post, &elsewhere).await.invalid_fields(), ["token"]);
    let body = json!({ "token": reset, "password": "another good one" });
    let response = post
        .app
        .anonymous()
        .post("/api/auth/reset-password", &body)
        .await;
    assert_eq!(response.invalid_fields(), ["token"]);
    assert_eq!(post.login("ada@example.com", PASSWORD).await, 401);
    assert_eq!(post.login("lovelace@example.com", PASSWORD).await, 200);
    post.member("ada").await;
}

#[tokio::test]
async fn of_several_addresses_only_the_last_that_was_asked_for_is_moved_to() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let slip = move_to(&post, &ada, "lovelance@example.com").await;
    let body = |email: &str| json!({ "email": email, "current_password": PASSWORD });
    // One that waits to be sent is not sent any more, either.
    ada.patch(ME, &body("another@example.com"))
        .await
        .expect(200);
    let meant = move_to(&post, &ada, "lovelace@example.com").await;
    assert_eq!(confirm(&post, &slip).await.invalid_fields(), ["token"]);
    // Whoever asks to stay where they are, stays.
    let version = ada
        .patch(ME, &json!({}))
        .await
        .header("mindflow-version")
        .to_owned();
    let stay = ada.patch(ME, &body("ada@example.com")).await;
    stay.expect(200);
    assert_eq!(stay.header("mindflow-version"), version);
    assert_eq!(confirm(&post, &meant).await.invalid_fields(), ["token"]);
    // The same address again leaves the link that was sent before.
    let first = move_to(&post, &ada, "ada.king@example.com").await;
    move_to(&post, &ada, "ada.king@example.com").await;
    // So does a change of the name alone.
    ada.patch(ME, &json!({ "full_name": "Ada" }))
        .await
        .expect(200);
    confirm(&post, &first).await.expect(204);
    assert_eq!(
        ada.get(ME).await.expect(200)["email"],
        "ada.king@example.com"
    );
}

#[tokio::test]
async fn an_address_that_was_taken_meanwhile_is_a_conflict_and_uses_the_link_up() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let token = move_to(&post, &ada, "bob@example.com").await;
    post.member("bob").await;
    let problem = confirm(&post, &token).await.expect(409);
    assert_eq!(problem["type"], "urn:mindflow:problem:conflict");
    assert_eq!(confirm(&post, &token).await.invalid_fields(), ["token"]);
    assert_eq!(ada.get(ME).await.expect(200)["email"], "ada@example.com");
}

#[tokio::test]
async fn an_unconfirmed_address_is_sent_another_link_when_it_is_set_again() {
    let post = Post::new().await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    post.app
        .anonymous()
        .post("/api/auth/register", &body)
        .await
        .expect(201);
    let first = post.deliver_one().await.token();
    let (ada, _) = post.sign_in(&body["email"], PASSWORD).await;
    let second = move_to(&post, &ada, "ada@example.com").await;
    assert_ne!(first, second);
    confirm(&post, &second).await.expect(204);
    // The other one was for the same, which is done.
    let response = confirm(&post, &first).await;
    response.expect(204);
    assert_eq!(response.header("mindflow-gate-effects"), "");
    assert_eq!(ada.get(ME).await.header("mindflow-version"), "3");
}

#[tokio::test]
async fn a_link_ends_after_a_day() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let token = move_to(&post, &ada, "lovelace@example.com").await;
    post.app.clock.advance(SignedDuration::from_hours(24));
    let problem = confirm(&post, &token).await;
    assert_eq!(problem.invalid_fields(), ["token"]);
    let message = problem.json()["errors"][0]["message"].to_string();
    assert!(message.contains("PATCH /api/auth/me"), "{message}");
}

#[tokio::test]
async fn what_is_no_token_is_refused_and_a_lost_database_is_said() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    for body in [
        json!({}),
        json!({ "token": 1 }),
        json!({ "token": "" }),
        json!({ "token": "x" }),
    ] {
        let response = post.app.anonymous().post(PATH, &body).await;
        assert_eq!(response.invalid_fields(), ["token"], "{body}");
    }
    let token = move_to(&post, &ada, "lovelace@example.com").await;
    post.app.proxy.cut();
    confirm(&post, &token).await.expect(503);
    post.app.proxy.mend();
    confirm(&post, &token).await.expect(204);
}
