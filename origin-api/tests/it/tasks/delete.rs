//! `DELETE /api/tasks/{id}`

use axum::http::Method;
use serde_json::{Value, json};

use super::{NOW, PATH, counters, path, stored, task};
use crate::support::TestApp;

#[tokio::test]
async fn a_deleted_task_is_gone_for_every_route() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Gone").await;
    let response = ada.delete(&path(&task)).await;
    assert_eq!(response.expect(204), Value::Null);
    assert_eq!(response.header("mindflow-version"), "3");
    let again = ada.delete(&path(&task)).await;
    again.expect(404);
    assert_eq!(again.header("mindflow-version"), "3");
    ada.get(&path(&task)).await.expect(404);
    ada.patch(&path(&task), &json!({"title": "x"}))
        .await
        .expect(404);
    ada.put(&path(&task), &json!({"title": "x"}))
        .await
        .expect(404);
    for step in ["start", "complete", "reopen"] {
        ada.post(&format!("{}/{step}", path(&task)), &json!({}))
            .await
            .expect(404);
    }
    assert_eq!(ada.get(PATH).await.expect(200)["items"], json!([]));
    let stored = stored(&app, &task["id"]).await;
    assert_eq!(stored["deleted_at"].as_str().unwrap()[..19], NOW[..19]);
    assert_eq!(
        (stored["version"].clone(), counters(&app, &ada).await.0),
        (json!(2), 3)
    );
}

#[tokio::test]
async fn only_the_version_that_was_read_is_deleted() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let task = task(&ada, "Keep").await;
    let delete = |tag: &str| {
        ada.call(Method::DELETE, &path(&task))
            .header("if-match", tag)
            .send()
    };
    let refused = delete("\"2-0\"").await;
    refused.expect(412);
    assert_eq!(refused.header("mindflow-version"), "2");
    assert_eq!(stored(&app, &task["id"]).await["deleted_at"], Value::Null);
    delete("W/\"1-0-gzip\"").await.expect(204);
    delete("\"1-0\"").await.expect(404);
}
