//! One code or one refresh token, shown by several at one time.

use std::sync::Arc;

use tokio::sync::Barrier;

use super::{
    ASKED, Browser, app_client, client, encoded, error_of, refresh, shown, text, token, told,
};
use crate::support::TestApp;

/// Each of them a code of its own.
const TRIES: usize = 150;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_show_one_code_at_once_one_gets_tokens_that_hold_no_more() {
    for statements in ["prepared", "unnamed"] {
        let app = Arc::new(TestApp::with(&[("DATABASE_STATEMENTS", statements)]).await);
        client(&app, "app", None, true).await;
        let ada = Browser::new(&app, "ada").await;
        for _ in 0..TRIES {
            let code = ada.code(&encoded(ASKED)).await;
            let barrier = Arc::new(Barrier::new(2));
            let spawn = || {
                let (app, code, barrier) = (Arc::clone(&app), code.clone(), Arc::clone(&barrier));
                tokio::spawn(async move {
                    barrier.wait().await;
                    token(&app, &shown(&code, &[])).await
                })
            };
            let (one, two) = (spawn(), spawn());
            let (one, two) = (one.await.unwrap(), two.await.unwrap());
            let (won, lost) = if one.status == 200 {
                (one, two)
            } else {
                (two, one)
            };
            let tokens = won.expect(200);
            assert_eq!(error_of(&lost, 400), "invalid_grant");
            let agent = app_client(&app, &tokens);
            assert_eq!(
                told(&lost)["revoke"][0]["id"],
                agent.identity().credential.to_string()
            );
            agent.get("/api/tasks").await.expect(401);
            assert_eq!(
                error_of(&refresh(&app, text(&tokens, "refresh_token")).await, 400),
                "invalid_grant"
            );
        }
        let database = app.database.connect().await;
        let holds = "SELECT count(*) FROM sessions WHERE kind = 'app' AND revoked_at IS NULL";
        assert_eq!(
            database
                .query_one(holds, &[])
                .await
                .unwrap()
                .get::<_, i64>(0),
            0
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_an_app_was_ended_at_the_same_time_nothing_of_it_is_refreshed() {
    let app = Arc::new(TestApp::with(&[("OAUTH_FAILURE_RATE", "1000000/1")]).await);
    client(&app, "app", None, true).await;
    let ada = Browser::new(&app, "ada").await;
    let mut seen = Vec::new();
    for number in 0..TRIES {
        let code = ada.code(&encoded(ASKED)).await;
        let tokens = token(&app, &shown(&code, &[])).await.expect(200);
        app.clock.advance(jiff::SignedDuration::from_secs(2));
        let id = app_client(&app, &tokens).identity().credential;
        let path = format!("/api/apps/{id}");
        let refreshed = {
            let (app, token) = (Arc::clone(&app), text(&tokens, "refresh_token").to_owned());
            tokio::spawn(async move { refresh(&app, &token).await })
        };
        if number % 2 == 0 {
            tokio::task::yield_now().await;
        }
        ada.user.delete(&path).await.expect(204);
        let refreshed = refreshed.await.unwrap();
        seen.push(refreshed.status);
        assert_eq!(
            error_of(&refresh(&app, text(&tokens, "refresh_token")).await, 400),
            "invalid_grant"
        );
        if refreshed.status == 200 {
            let next = refreshed.json();
            app_client(&app, &next).get("/api/tasks").await.expect(401);
            assert_eq!(
                error_of(&refresh(&app, text(&next, "refresh_token")).await, 400),
                "invalid_grant"
            );
        }
        // A session of an hour does not last that long.
        let database = app.database.connect().await;
        database
            .batch_execute("DELETE FROM sessions WHERE kind = 'app'")
            .await
            .unwrap();
    }
    seen.sort_unstable();
    seen.dedup();
    assert!(
        seen.iter().all(|status| [200, 400].contains(status)),
        "{seen:?}"
    );
}
