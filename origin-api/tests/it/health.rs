//! The probes and the signed `/health`, with the database there, gone, silent and behind.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::support::{Response, TestApp};

async fn probe(app: &TestApp, path: &str) -> Response {
    app.send(Request::builder().uri(path).body(Body::empty()).unwrap())
        .await
}

#[tokio::test]
async fn a_healthy_origin_is_alive_ready_and_says_its_migration() {
    let app = TestApp::new().await;
    assert_eq!(probe(&app, "/livez").await.status, 204);
    assert_eq!(probe(&app, "/readyz").await.status, 204);
    let response = app.anonymous().get("/health").await;
    let migration = origin_api::db::migrate::latest();
    assert_eq!(
        response.expect(200),
        json!({ "status": "ok", "database": "ok", "migration": migration })
    );
    assert_eq!(response.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_lost_database_makes_it_unready_but_not_dead() {
    let app = TestApp::new().await;
    for lose in [
        crate::support::proxy::Proxy::cut,
        crate::support::proxy::Proxy::silence,
    ] {
        lose(&app.proxy);
        assert_eq!(probe(&app, "/livez").await.status, 204);
        let unready = probe(&app, "/readyz").await;
        assert_eq!((unready.status, unready.header("retry-after")), (503, "1"));
        let health = app.anonymous().get("/health").await.expect(503);
        assert_eq!(
            health,
            json!({ "status": "degraded", "database": "down", "migration": null })
        );
        app.proxy.mend();
        assert_eq!(probe(&app, "/readyz").await.status, 204);
    }
}

#[tokio::test]
async fn a_schema_that_is_behind_makes_it_unready() {
    let app = TestApp::new().await;
    let database = app.database.connect().await;
    database
        .execute(
            "UPDATE refinery_schema_history SET version = version - 1",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(probe(&app, "/readyz").await.status, 503);
    let behind = origin_api::db::migrate::latest() - 1;
    let health = app.anonymous().get("/health").await.expect(503);
    assert_eq!(
        health,
        json!({ "status": "degraded", "database": "ok", "migration": behind })
    );
    // A newer schema is well: the release before a migration still serves.
    database
        .execute(
            "UPDATE refinery_schema_history SET version = version + 100",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(probe(&app, "/readyz").await.status, 204);
    database
        .execute("DROP TABLE refinery_schema_history", &[])
        .await
        .unwrap();
    assert_eq!(probe(&app, "/readyz").await.status, 503);
}

#[tokio::test]
async fn a_draining_origin_is_unready() {
    let app = TestApp::new().await;
    app.app.start_draining();
    assert_eq!(probe(&app, "/livez").await.status, 204);
    assert_eq!(probe(&app, "/readyz").await.status, 503);
}
