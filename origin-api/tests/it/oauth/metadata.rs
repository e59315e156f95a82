//! What clients find out by themselves.

use serde_json::json;

use crate::support::TestApp;
use crate::support::app::PUBLIC_URL;

#[tokio::test]
async fn the_metadata_is_served_to_everybody_without_the_database() {
    let app = TestApp::new().await;
    app.proxy.cut();
    let anonymous = app.anonymous();
    let server = anonymous
        .get("/.well-known/oauth-authorization-server")
        .await;
    let document = server.expect(200);
    assert_eq!(document["issuer"], PUBLIC_URL);
    assert_eq!(
        document["token_endpoint"],
        format!("{PUBLIC_URL}/oauth/token")
    );
    assert_eq!(server.header("content-type"), "application/json");
    assert_eq!(server.header("cache-control"), "public, max-age=300");
    for (path, resource) in [
        (
            "/.well-known/oauth-protected-resource",
            PUBLIC_URL.to_owned(),
        ),
        (
            "/.well-known/oauth-protected-resource/mcp",
            format!("{PUBLIC_URL}/mcp"),
        ),
    ] {
        let document = anonymous.get(path).await.expect(200);
        assert_eq!(document["resource"], resource);
        assert_eq!(document["authorization_servers"], json!([PUBLIC_URL]));
    }
}
