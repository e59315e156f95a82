//! `origin-api admin rehearse`: whether this release serves this database, tried as a caller would: an account of its
//! own is made, signs in, makes a task, reads it and is deleted again. The weekly restore drill asks it of the copy.
//!
//! Every request passes the whole router, signed with the key that the edge would sign with. No other account is
//! touched, and nothing is left behind but when a step in the middle fails; then the answer names the account.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use serde_json::{Value, json};
use shared_types::caller::Caller;
use shared_types::signature::{Message, Tag, content_digest, sign};
use shared_types::token::UnverifiedToken;
use tower::ServiceExt as _;

use crate::app::Shared;
use crate::domain::links::Token;
use crate::error::Source;
use crate::router::router;

/// More than any answer here has.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Goes through all of it; gives what is to be printed.
///
/// # Errors
/// The first step that did not end as it should, with the account that is left.
pub async fn run(app: Shared) -> Result<String, Source> {
    let email = format!("rehearsal-{}@example.invalid", app.new_id().simple());
    let mut caller = Rehearsal {
        router: router(app.clone()),
        app,
        token: None,
    };
    let steps = caller.steps(&email).await;
    steps.map_err(|error| format!("{error}; the account {email} may be left").into())
}

struct Rehearsal {
    app: Shared,
    router: Router,
    token: Option<String>,
}

impl Rehearsal {
    async fn steps(&mut self, email: &str) -> Result<String, Source> {
        let password = Token::new(self.app.random()).text();
        let account = json!({"email": email, "password": password});
        self.call(Method::POST, "/api/auth/register", Some(&account), 201)
            .await?;
        let login = self
            .call(Method::POST, "/api/auth/login", Some(&account), 200)
            .await?;
        self.token = Some(
            login["access_token"]
                .as_str()
                .ok_or("the login gave no access token")?
                .to_owned(),
        );
        let task = json!({"title": "Rehearsal"});
        let made = self
            .call(Method::POST, "/api/tasks", Some(&task), 201)
            .await?;
        let best = self.call(Method::GET, "/api/tasks/best", None, 200).await?;
        if made["id"].is_null() || !best.to_string().contains(&made["id"].to_string()) {
            return Err("the task that was made is not what to do next".into());
        }
        self.call(Method::DELETE, "/api/auth/me", None, 204).await?;
        Ok("An account was made, signed in, made a task, was told that it comes next, and is deleted again.".to_owned())
    }

    /// Sends it as the edge would; gives the answer's JSON, or null where there is none.
    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        expected: u16,
    ) -> Result<Value, Source> {
        let step = format!("{method} {path}");
        let request = self.signed(method, path, body)?;
        let answer = self.router.clone().oneshot(request).await?;
        let status = answer.status().as_u16();
        let text = to_bytes(answer.into_body(), LARGEST_ANSWER).await?;
        if status != expected {
            let problem = String::from_utf8_lossy(&text);
            return Err(format!("{step} was answered with {status}: {problem}").into());
        }
        Ok(serde_json::from_slice(&text).unwrap_or_default())
    }

    fn signed(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Request<Body>, Source> {
        let now = self.app.clock.now();
        let body = body.map(ToString::to_string).unwrap_or_default();
        let digest = content_digest(body.as_bytes());
        let request_id = self.app.new_id().to_string();
        let caller = self.caller(now.as_second())?.to_string();
        let accepted = now.as_millisecond().to_string();
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let mut headers = vec![
            ("content-digest", digest.as_str()),
            ("x-request-id", &request_id),
            ("mindflow-caller", &caller),
            ("mindflow-client-address", "127.0.0.1"),
            ("mindflow-accepted-at", &accepted),
        ];
        if !body.is_empty() {
            headers.push(("content-type", "application/json"));
        }
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        let message = Message {
            method: method.as_str(),
            authority: &self.app.config.origin_authority,
            path,
            query: "",
            headers: &headers,
        };
        let mut nonce = [0; 16];
        self.app.rng.fill(&mut nonce);
        let keys = &self.app.config.signing_keys;
        let signed = sign(&message, keys, Tag::Edge, now.as_second(), &nonce)
            .map_err(|error| format!("the request cannot be signed: {error:?}"))?;
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        Ok(request
            .header("signature-input", signed.signature_input)
            .header("signature", signed.signature)
            .body(Body::from(body))?)
    }

    /// The edge verifies a credential before it says whose it is; the origin, which has just issued this one, does again.
    fn caller(&self, now_seconds: i64) -> Result<Caller, Source> {
        let Some(token) = &self.token else {
            return Ok(Caller::Anonymous);
        };
        let token = UnverifiedToken::parse(token).map_err(|error| format!("{error:?}"))?;
        let token = token.verified();
        let identity = token
            .identity(
                &self.app.config.public_url,
                &token.claims().aud,
                now_seconds,
            )
            .map_err(|error| format!("the token does not hold: {error:?}"))?;
        Ok(Caller::User(identity))
    }
}
