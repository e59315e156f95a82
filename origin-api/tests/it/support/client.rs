//! A caller as the edge passes it on: every request is signed, with the caller's own credential.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request};
use origin_api::app::App;
use serde_json::Value;
use shared_types::caller::{Caller, Identity};
use shared_types::signature::{Keys, Message, Tag, content_digest, sign};
use shared_types::token::UnverifiedToken;
use tower::ServiceExt as _;

use super::app::{AUTHORITY, PUBLIC_URL};

/// Somebody who calls the origin through the edge.
#[derive(Clone)]
pub struct Client {
    router: Router,
    keys: Arc<Keys>,
    app: Arc<App>,
    token: Option<String>,
}

/// A request in the making.
#[must_use]
pub struct Call<'a> {
    client: &'a Client,
    keys: Arc<Keys>,
    method: Method,
    target: String,
    body: Vec<u8>,
    headers: Vec<(String, String)>,
    authority: &'static str,
    created_seconds: i64,
}

impl Client {
    pub(super) fn new(
        router: Router,
        keys: Arc<Keys>,
        app: Arc<App>,
        token: Option<String>,
    ) -> Self {
        Self {
            router,
            keys,
            app,
            token,
        }
    }

    /// The user, of a client that has one.
    pub fn identity(&self) -> Identity {
        let token = UnverifiedToken::parse(self.token.as_ref().unwrap())
            .unwrap()
            .verified();
        let claims = token.claims();
        token.identity(PUBLIC_URL, &claims.aud, claims.iat).unwrap()
    }

    /// The credential, of a client that has one.
    pub fn token(&self) -> &str {
        self.token.as_ref().unwrap()
    }

    pub async fn get(&self, target: &str) -> Response {
        self.call(Method::GET, target).send().await
    }

    pub async fn post(&self, target: &str, body: &Value) -> Response {
        self.call(Method::POST, target).json(body).send().await
    }

    pub async fn put(&self, target: &str, body: &Value) -> Response {
        self.call(Method::PUT, target).json(body).send().await
    }

    pub async fn patch(&self, target: &str, body: &Value) -> Response {
        self.call(Method::PATCH, target).json(body).send().await
    }

    pub async fn delete(&self, target: &str) -> Response {
        self.call(Method::DELETE, target).send().await
    }

    /// A request to `target` (path and query), accepted and signed at the present time.
    pub fn call(&self, method: Method, target: &str) -> Call<'_> {
        let now = self.app.clock.now();
        let caller = self
            .token
            .as_ref()
            .map_or(Caller::Anonymous, |_| Caller::User(self.identity()));
        let mut headers = vec![
            ("x-request-id".to_owned(), self.app.new_id().to_string()),
            ("mindflow-caller".to_owned(), caller.to_string()),
            (
                "mindflow-client-address".to_owned(),
                "203.0.113.7".to_owned(),
            ),
            (
                "mindflow-accepted-at".to_owned(),
                now.as_millisecond().to_string(),
            ),
        ];
        headers.extend(
            self.token
                .iter()
                .map(|token| ("authorization".to_owned(), format!("Bearer {token}"))),
        );
        Call {
            client: self,
            keys: Arc::clone(&self.keys),
            method,
            target: target.to_owned(),
            body: Vec::new(),
            headers,
            authority: AUTHORITY,
            created_seconds: now.as_second(),
        }
    }
}

impl Call<'_> {
    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// With these bytes as the body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// With this field, in place of one of its name; it is signed if the profile knows it.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Signed with other keys.
    pub fn signed_with(mut self, keys: &str) -> Self {
        self.keys = Arc::new(Keys::parse(keys).unwrap());
        self
    }

    /// Signed for another authority.
    pub fn signed_for(mut self, authority: &'static str) -> Self {
        self.authority = authority;
        self
    }

    /// Signed at another time, in Unix seconds.
    pub fn signed_at(mut self, created_seconds: i64) -> Self {
        self.created_seconds = created_seconds;
        self
    }

    /// The request as the edge would send it.
    pub fn signed(mut self) -> Request<Body> {
        self.headers
            .push(("content-digest".to_owned(), content_digest(&self.body)));
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let message = Message {
            method: self.method.as_str(),
            authority: self.authority,
            path,
            query,
            headers: &headers,
        };
        let mut nonce = [0; 16];
        self.client.app.rng.fill(&mut nonce);
        let signed = sign(
            &message,
            &self.keys,
            Tag::Edge,
            self.created_seconds,
            &nonce,
        )
        .unwrap();
        let mut request = Request::builder().method(self.method).uri(&self.target);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request
            .header("signature-input", signed.signature_input)
            .header("signature", signed.signature)
            .body(Body::from(self.body))
            .unwrap()
    }

    /// Sends it.
    pub async fn send(self) -> Response {
        let router = self.client.router.clone();
        Response::read(router.oneshot(self.signed()).await.unwrap()).await
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Response {
    pub(super) async fn read(response: axum::http::Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        }
    }

    /// The value of a field, or "".
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The body as JSON; `null` when there is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body, if the status is `status`.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// The names of the invalid fields of a 422.
    #[track_caller]
    pub fn invalid_fields(&self) -> Vec<String> {
        let errors = self.expect(422)["errors"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        errors
            .iter()
            .map(|error| error["field"].as_str().unwrap().to_owned())
            .collect()
    }
}
