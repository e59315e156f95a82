//! What ends an app: itself, its user, a new password, the operator.

use serde_json::json;

use super::{
    ASKED, Browser, app_client, client, encoded, error_of, granted, post_to, post_with, refresh,
    shown, text, token, told, with,
};
use crate::support::TestApp;

#[tokio::test]
async fn an_app_gives_back_its_whole_grant_by_either_token() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    for name in ["access_token", "refresh_token"] {
        let tokens = granted(&app, &ada, &[]).await;
        let agent = app_client(&app, &tokens);
        let form = [
            ("client_id", "app"),
            ("token", text(&tokens, name)),
            ("token_type_hint", "nonsense"),
        ];
        let revoked = post_to(&app, "/oauth/revoke", &form).await;
        assert_eq!((revoked.status, revoked.body.len()), (200, 0));
        assert_eq!(
            told(&revoked)["revoke"][0]["id"],
            agent.identity().credential.to_string()
        );
        agent.get("/api/tasks").await.expect(401);
        assert_eq!(
            error_of(&refresh(&app, text(&tokens, "refresh_token")).await, 400),
            "invalid_grant"
        );
        // Once more changes nothing.
        let again = post_to(&app, "/oauth/revoke", &form).await;
        assert_eq!((again.status, told(&again)), (200, serde_json::Value::Null));
    }
}

#[tokio::test]
async fn nothing_but_the_clients_own_grant_is_given_back() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    client(&app, "other", Some("s"), true).await;
    let ada = Browser::new(&app, "ada").await;
    let tokens = granted(&app, &ada, &[]).await;
    for token in [
        text(&tokens, "access_token"),
        text(&tokens, "refresh_token"),
        ada.user.token(),
        "mfr_x",
        "x",
    ] {
        let answer = post_with(&app, "/oauth/revoke", &[("token", token)], Some("other:s")).await;
        assert_eq!(
            (answer.status, told(&answer)),
            (200, serde_json::Value::Null)
        );
    }
    app_client(&app, &tokens)
        .get("/api/tasks")
        .await
        .expect(200);
    ada.user.get("/api/tasks").await.expect(200);
    let refused = post_with(
        &app,
        "/oauth/revoke",
        &[("token", "x")],
        Some("other:wrong"),
    )
    .await;
    assert_eq!(error_of(&refused, 401), "invalid_client");
    assert_eq!(
        refused.header("www-authenticate"),
        "Basic realm=\"MindFlow\""
    );
    assert_eq!(
        error_of(
            &post_to(&app, "/oauth/revoke", &[("client_id", "app")]).await,
            400
        ),
        "invalid_request"
    );
}

#[tokio::test]
async fn an_app_is_ended_by_its_user_alone_and_once_under_a_key() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    let (ada, ben) = (
        Browser::new(&app, "ada").await,
        Browser::new(&app, "ben").await,
    );
    let (one, two) = (
        granted(&app, &ada, &[]).await,
        granted(&app, &ada, &[]).await,
    );
    let id = app_client(&app, &one).identity().credential;
    let path = format!("/api/apps/{id}");
    ben.user.delete(&path).await.expect(404);
    ada.user.delete("/api/apps/x").await.expect(404);
    // A login is no app, and an app no login.
    let login = ada.user.identity().credential;
    ada.user
        .delete(&format!("/api/apps/{login}"))
        .await
        .expect(404);
    ada.user
        .delete(&format!("/api/sessions/{id}"))
        .await
        .expect(404);
    let keyed = async || {
        let call = ada.user.call(axum::http::Method::DELETE, &path);
        call.header("idempotency-key", "k").send().await
    };
    let first = keyed().await;
    first.expect(204);
    let again = keyed().await;
    again.expect(204);
    assert_eq!(
        (again.header("idempotency-replayed"), told(&again)),
        ("true", told(&first))
    );
    ada.user.delete(&path).await.expect(404);
    app_client(&app, &one).get("/api/tasks").await.expect(401);
    app_client(&app, &two).get("/api/tasks").await.expect(200);
    let left = ada.user.get("/api/apps").await.expect(200);
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(ben.user.get("/api/apps").await.expect(200), json!([]));
}

#[tokio::test]
async fn what_ends_everything_ends_every_app() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    for (name, change) in [
        ("ada", "UPDATE users SET generation = generation + 1"),
        ("ben", "UPDATE users SET disabled_at = now()"),
    ] {
        let person = Browser::new(&app, name).await;
        let tokens = granted(&app, &person, &[]).await;
        let code = person.code(&encoded(ASKED)).await;
        let database = app.database.connect().await;
        database.execute(change, &[]).await.unwrap();
        app_client(&app, &tokens)
            .get("/api/tasks")
            .await
            .expect(401);
        assert_eq!(
            error_of(&refresh(&app, text(&tokens, "refresh_token")).await, 400),
            "invalid_grant"
        );
        assert_eq!(
            error_of(&token(&app, &shown(&code, &[])).await, 400),
            "invalid_grant"
        );
    }
}

#[tokio::test]
async fn revoke_all_ends_apps_and_a_client_that_is_gone_refreshes_no_more() {
    let app = TestApp::new().await;
    client(&app, "app", None, true).await;
    client(&app, "gone", None, true).await;
    let (ada, ben) = (
        Browser::new(&app, "ada").await,
        Browser::new(&app, "ben").await,
    );
    let adas = granted(&app, &ada, &[]).await;
    ada.user
        .post("/api/auth/revoke-all", &json!({}))
        .await
        .expect(204);
    app_client(&app, &adas).get("/api/tasks").await.expect(401);
    assert_eq!(
        error_of(&refresh(&app, text(&adas, "refresh_token")).await, 400),
        "invalid_grant"
    );

    let code = ben
        .code(&encoded(&with(ASKED, &[("client_id", "gone")])))
        .await;
    let bens = token(&app, &shown(&code, &[("client_id", "gone")]))
        .await
        .expect(200);
    assert!(
        origin_api::db::oauth::clients::remove_operator_client(&app.app.db, "gone")
            .await
            .unwrap()
    );
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "gone"),
        ("refresh_token", text(&bens, "refresh_token")),
    ];
    assert_eq!(error_of(&token(&app, &form).await, 401), "invalid_client");
}
