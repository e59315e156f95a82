//! `PATCH /api/auth/me`

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::post::{PASSWORD, Post};
use crate::support::{Client, Response, TestApp};

const PATH: &str = "/api/auth/me";
const NEW: &str = "another good pass phrase";

fn password(new: &str) -> Value {
    json!({ "password": new, "current_password": PASSWORD })
}

fn email(new: &str) -> Value {
    json!({ "email": new, "current_password": PASSWORD })
}

async fn with_key(client: &Client, key: &str, body: &Value) -> Response {
    let call = client
        .call(Method::PATCH, PATH)
        .header("idempotency-key", key);
    call.json(body).send().await
}

#[tokio::test]
async fn a_name_is_set_and_cleared_and_the_same_again_raises_no_version() {
    let app = TestApp::new().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    for (body, name, version) in [
        (json!({ "full_name": " Ada King " }), json!("Ada King"), "2"),
        (json!({ "full_name": "Ada King" }), json!("Ada King"), "2"),
        (json!({}), json!("Ada King"), "2"),
        (json!({ "full_name": null }), Value::Null, "3"),
        (json!({ "full_name": null }), Value::Null, "3"),
    ] {
        let response = ada.patch(PATH, &body).await;
        assert_eq!(response.expect(200)["full_name"], name, "{body}");
        assert_eq!(response.header("mindflow-version"), version, "{body}");
        assert_eq!(response.header("mindflow-gate-effects"), "");
        assert_eq!(response.json(), ada.get(PATH).await.expect(200));
    }
    assert_eq!(bob.get(PATH).await.header("mindflow-version"), "1");
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_renews_this_one() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let (other, _) = post.sign_in(&json!("ada@example.com"), PASSWORD).await;
    let response = ada.patch(PATH, &password(NEW)).await;
    let answer = response.expect(200);
    assert_eq!(response.header("mindflow-version"), "3");
    let effects: Value = serde_json::from_str(response.header("mindflow-gate-effects")).unwrap();
    assert_eq!(
        (&effects["generation"], &effects["purge"]),
        (&json!(2), &json!(false))
    );
    assert_eq!(
        post.count("SELECT count(*) FROM gate_effects WHERE version = 3")
            .await,
        1
    );

    ada.get(PATH).await.expect(401);
    other.get(PATH).await.expect(401);
    let tokens = &answer["tokens"];
    assert_eq!(tokens["token_type"], "Bearer");
    let renewed = post
        .app
        .client_with(tokens["access_token"].as_str().unwrap());
    assert_eq!(renewed.identity().credential, ada.identity().credential);
    let mut user = answer.clone();
    user.as_object_mut().unwrap().remove("tokens");
    assert_eq!(user, renewed.get(PATH).await.expect(200));
    // Its refresh token is the only one left.
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let stored =
        format!("SELECT count(*) FROM refresh_tokens WHERE token_hash = sha256('{refresh}')");
    assert_eq!(post.count(&stored).await, 1);
    assert_eq!(post.count("SELECT count(*) FROM refresh_tokens").await, 1);

    assert_eq!(post.login("ada@example.com", PASSWORD).await, 401);
    assert_eq!(post.login("ada@example.com", NEW).await, 200);
    let notice = post.deliver_one().await;
    assert_eq!(
        notice.header("subject"),
        "Your MindFlow password was changed"
    );
}

#[tokio::test]
async fn a_cookie_session_goes_on_with_a_new_cookie() {
    let post = Post::new().await;
    post.member("ada").await;
    let database = post.app.database.connect().await;
    let ada = post.sign_in(&json!("ada@example.com"), PASSWORD).await.0;
    database
        .execute("UPDATE sessions SET kind = 'cookie'", &[])
        .await
        .unwrap();
    let response = ada.patch(PATH, &password(NEW)).await;
    assert_eq!(response.expect(200).get("tokens"), None);
    let cookie = response.header("set-cookie");
    let token = cookie
        .strip_prefix("__Host-mindflow=")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    assert!(
        cookie.contains("; HttpOnly; Secure; SameSite=Lax"),
        "{cookie}"
    );
    post.app.client_with(token).get(PATH).await.expect(200);
    assert_eq!(post.count("SELECT count(*) FROM refresh_tokens").await, 0);
}

#[tokio::test]
async fn password_and_address_need_the_password_so_far_which_is_not_guessed_here() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    for body in [
        json!({ "password": NEW }),
        json!({ "email": "new@example.com" }),
    ] {
        assert_eq!(
            ada.patch(PATH, &body).await.invalid_fields(),
            ["current_password"]
        );
    }
    let guess = json!({ "password": NEW, "current_password": "a guess" });
    for _ in 0..10 {
        let response = ada.patch(PATH, &guess).await;
        assert_eq!(response.invalid_fields(), ["current_password"]);
        assert_eq!(response.header("mindflow-version"), "2");
    }
    let response = ada.patch(PATH, &password(NEW)).await;
    response.expect(429);
    assert_eq!(response.header("retry-after"), "90");
    // Nobody else is held up, and neither is a change that needs no password.
    ada.patch(PATH, &json!({ "full_name": "Ada" }))
        .await
        .expect(200);
    post.member("bob")
        .await
        .patch(PATH, &password(NEW))
        .await
        .expect(200);
    post.app.clock.advance(SignedDuration::from_secs(90));
    ada.patch(PATH, &password(NEW)).await.expect(200);
}

#[tokio::test]
async fn a_new_password_meets_the_rules_of_a_registration() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    for poor in ["short", "password123", "ada@example.com", &"x".repeat(129)] {
        assert_eq!(
            ada.patch(PATH, &password(poor)).await.invalid_fields(),
            ["password"],
            "{poor}"
        );
    }
    let mut both = password("New@Example.com");
    both["email"] = json!("new@example.com");
    assert_eq!(ada.patch(PATH, &both).await.invalid_fields(), ["password"]);
}

#[tokio::test]
async fn a_new_address_gets_a_link_and_the_account_stays_where_it_is() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let response = ada.patch(PATH, &email(" New@Example.com")).await;
    assert_eq!(response.expect(200)["email"], "ada@example.com");
    let letter = post.deliver_one().await;
    assert_eq!(letter.to, "new@example.com");
    assert!(
        letter
            .text()
            .contains("https://mindflow.test/confirm-email#token=")
    );
    // Its own address, confirmed already, is nothing to change.
    let response = ada.patch(PATH, &email("ada@example.com")).await;
    response.expect(200);
    assert_eq!(response.header("mindflow-version"), "3");
    assert!(post.deliver().await.is_empty());
}

#[tokio::test]
async fn whether_a_new_address_is_taken_is_not_told_and_its_owner_gets_no_letter() {
    let post = Post::new().await;
    let (ada, bob) = (post.member("ada").await, post.member("bob").await);
    let told = |response: Response| {
        let mut headers = response.headers.clone();
        headers.remove("x-request-id");
        (response.expect(200), headers)
    };
    let free = told(ada.patch(PATH, &email("free@example.com")).await);
    assert_eq!(post.deliver().await.len(), 1);
    let mut taken = told(ada.patch(PATH, &email("bob@example.com")).await);
    assert_eq!(
        taken
            .1
            .insert("mindflow-version", "3".parse().unwrap())
            .unwrap(),
        "4"
    );
    assert_eq!(free, taken);
    assert!(post.deliver().await.is_empty());
    assert_eq!(bob.get(PATH).await.expect(200)["email"], "bob@example.com");
}

#[tokio::test]
async fn an_address_is_sent_three_links_an_hour_whoever_asks() {
    let post = Post::new().await;
    let (ada, bob) = (post.member("ada").await, post.member("bob").await);
    for client in [&ada, &bob, &ada] {
        client
            .patch(PATH, &email("victim@example.com"))
            .await
            .expect(200);
    }
    let response = bob.patch(PATH, &email("victim@example.com")).await;
    response.expect(429);
    assert_eq!(response.header("retry-after"), "1200");
    assert_eq!(post.deliver().await.len(), 3);
}

#[tokio::test]
async fn a_repeated_request_is_answered_again_and_sends_nothing_twice() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let body =
        json!({ "email": "new@example.com", "full_name": "Ada", "current_password": PASSWORD });
    let first = with_key(&ada, "k1", &body).await;
    let again = with_key(&ada, "k1", &body).await;
    assert_eq!(first.expect(200), again.expect(200));
    assert_eq!(
        (
            first.header("idempotency-replayed"),
            again.header("idempotency-replayed")
        ),
        ("", "true")
    );
    assert_eq!(again.header("mindflow-version"), "3");
    assert_eq!(post.deliver().await.len(), 1);
    let other = with_key(&ada, "k1", &email("other@example.com")).await;
    assert_eq!(other.invalid_fields(), ["Idempotency-Key"]);
    let other = with_key(&ada, "k1", &json!({ "full_name": "Eve" })).await;
    assert_eq!(other.invalid_fields(), ["Idempotency-Key"]);

    // The answer to a change of the password is given again without its tokens, which nothing keeps.
    let changed = with_key(&ada, "k2", &password(NEW)).await.expect(200);
    let ada = post
        .app
        .client_with(changed["tokens"]["access_token"].as_str().unwrap());
    let again = with_key(&ada, "k2", &password(NEW)).await;
    assert_eq!(
        (&again.expect(200)["full_name"], again.json().get("tokens")),
        (&json!("Ada"), None)
    );
    assert_eq!(again.header("mindflow-version"), "4");
}

#[tokio::test]
async fn what_is_kept_of_a_request_is_no_plain_hash_of_its_password() {
    let post = Post::new().await;
    let ada = post.member("ada").await;
    let body = password(NEW);
    with_key(&ada, "k", &body).await.expect(200);
    let plain = format!(
        "SELECT count(*) FROM idempotency_keys WHERE request_hash = sha256(convert_to($$PATCH\n{PATH}\n\n{body}$$, 'UTF8'))"
    );
    assert_eq!(post.count(&plain).await, 0);
    assert_eq!(post.count("SELECT count(*) FROM idempotency_keys").await, 1);
}

#[tokio::test]
async fn only_the_version_that_was_read_is_changed() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let tag = ada.get(PATH).await.header("etag").to_owned();
    let change = |name: &str| {
        let call = ada.call(Method::PATCH, PATH).header("if-match", &tag);
        call.json(&json!({ "full_name": name }))
    };
    change("Ada").send().await.expect(200);
    let response = change("Eve").send().await;
    response.expect(412);
    assert_eq!(response.header("mindflow-version"), "2");
}

#[tokio::test]
async fn without_mail_an_address_cannot_change_and_a_password_can() {
    let app = TestApp::new().await;
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    app.anonymous()
        .post("/api/auth/register", &body)
        .await
        .expect(201);
    let tokens = app
        .anonymous()
        .post("/api/auth/login", &body)
        .await
        .expect(200);
    let ada = app.client_with(tokens["access_token"].as_str().unwrap());
    ada.patch(PATH, &email("new@example.com")).await.expect(503);
    ada.patch(PATH, &password(NEW)).await.expect(200);
}

#[tokio::test]
async fn needs_a_credential_with_the_scope_and_a_database() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    app.anonymous().patch(PATH, &json!({})).await.expect(401);
    assert_eq!(
        ada.patch(PATH, &json!({ "id": 1 })).await.invalid_fields(),
        ["id"]
    );
    app.proxy.cut();
    ada.patch(PATH, &json!({ "full_name": "Ada" }))
        .await
        .expect(503);
    app.proxy.mend();
    ada.patch(PATH, &json!({ "full_name": "Ada" }))
        .await
        .expect(200);
    let disable = "UPDATE users SET disabled_at = now()";
    app.database
        .connect()
        .await
        .execute(disable, &[])
        .await
        .unwrap();
    ada.patch(PATH, &json!({ "full_name": "Ada" }))
        .await
        .expect(401);
    ada.patch(PATH, &password(NEW)).await.expect(401);
}
