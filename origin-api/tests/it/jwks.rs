//! The public token keys, served to everybody.

use crate::support::TestApp;
use crate::support::app::TOKEN_KEYS;

const PATH: &str = "/.well-known/jwks.json";
/// A key that signs no more, by its public half.
const RETIRED: &str = "old=public:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n";

#[tokio::test]
async fn every_key_is_served_to_everybody_by_its_public_half() {
    let keys = crate::support::app::secret_file("token", &format!("{TOKEN_KEYS}{RETIRED}"));
    let app = TestApp::with(&[("TOKEN_KEYS_FILE", &keys)]).await;
    app.proxy.cut();
    let response = app.anonymous().get(PATH).await;
    let set = response.expect(200);
    let ids: Vec<_> = set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["kid"].clone())
        .collect();
    assert_eq!(ids, ["tokens-1", "old"]);
    assert_eq!(
        shared_types::token::parse_jwks(&response.text())
            .unwrap()
            .len(),
        2
    );
    assert!(!response.text().contains("\"d\""));
    assert_eq!(response.header("content-type"), "application/jwk-set+json");
    assert_eq!(response.header("cache-control"), "public, max-age=300");
    assert!(response.header("etag").len() > 10);
    assert_eq!(
        app.anonymous()
            .get("/.well-known/jwks.json?kid=a")
            .await
            .invalid_fields(),
        ["kid"]
    );
    app.anonymous().delete(PATH).await.expect(405);
}
