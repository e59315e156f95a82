//! Answers: JSON with the fields that go along.

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use shared_types::gate::GateEffects;

use crate::domain::freshness::Freshness;
use crate::domain::tokens::SessionCookie;
use crate::error::Error;

/// The user's version after the request: what the gate's cache goes by. On every authenticated answer.
pub const MINDFLOW_VERSION: HeaderName = HeaderName::from_static("mindflow-version");

/// Which data a version is of; beside every one of them.
pub const MINDFLOW_EPOCH: HeaderName = HeaderName::from_static("mindflow-epoch");

/// For how many seconds the gate may give the answer again; on what it may give again at all (signing.md).
const MINDFLOW_CACHE: HeaderName = HeaderName::from_static("mindflow-cache");

/// What the user's gate must know before the answer is sent on; also on anonymous answers (signing.md).
pub const MINDFLOW_GATE_EFFECTS: HeaderName = HeaderName::from_static("mindflow-gate-effects");

/// That an answer was given before, under the same key.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What is the same for everybody until the next release.
pub struct Public {
    content_type: &'static str,
    body: Bytes,
    tag: String,
}

impl Public {
    /// `text`, under a tag made of it.
    pub fn new(content_type: &'static str, text: String) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        Self {
            content_type,
            tag: format!("\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..12])),
            body: text.into(),
        }
    }
}

/// An answer in the making.
pub struct Reply(Response);

impl Reply {
    /// `status` with `body` as JSON.
    ///
    /// # Errors
    /// [`Error::Internal`] when the body cannot be written.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Self, Error> {
        let json = serde_json::to_vec(body).map_err(Error::internal)?;
        Ok(Self::of_json(status, json))
    }

    /// 200 with `body` as JSON, as of `version`, under a tag that changes whenever the body does: for what time
    /// alone changes at any moment.
    ///
    /// # Errors
    /// [`Error::Internal`] when the body cannot be written.
    pub fn tagged_json(body: &impl Serialize, version: i64) -> Result<Self, Error> {
        let json = serde_json::to_vec(body).map_err(Error::internal)?;
        let digest = Sha256::digest(&json);
        let tag = format!("\"{version}-{}\"", URL_SAFE_NO_PAD.encode(&digest[..12]));
        Ok(Self::of_json(StatusCode::OK, json)
            .version(version)
            .field(header::ETAG, &tag))
    }

    /// 200 with what is the same for everybody until the next release.
    pub fn public(page: &Public) -> Self {
        let mut response = Response::new(Body::from(page.body.clone()));
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(page.content_type),
        );
        Self(response)
            .field(header::CACHE_CONTROL, "public, max-age=300")
            .field(header::ETAG, &page.tag)
    }

    /// 200 with a body that is made while it is sent.
    pub fn stream(content_type: &'static str, body: Body) -> Self {
        let mut response = Response::new(body);
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self(response)
    }

    fn of_json(status: StatusCode, json: Vec<u8>) -> Self {
        let mut response = Response::new(Body::from(json));
        *response.status_mut() = status;
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        Self(response)
    }

    /// 200 with `body`, which is JSON.
    pub fn json_text(body: String) -> Self {
        Self::of_json(StatusCode::OK, body.into_bytes())
    }

    /// Says that it was given before, under the same key.
    #[must_use]
    pub fn replayed(self) -> Self {
        self.field(REPLAYED, "true")
    }

    /// Any answer, to which fields can be added.
    pub fn of(response: Response) -> Self {
        Self(response)
    }

    /// 204.
    pub fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    /// `status` without a body.
    pub fn empty(status: StatusCode) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        Self(response)
    }

    /// Says the user's version.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.0
            .headers_mut()
            .insert(MINDFLOW_VERSION, HeaderValue::from(version));
        self
    }

    /// Says for how long the gate may give it again.
    #[must_use]
    pub fn fresh(self, freshness: Freshness) -> Self {
        let seconds = freshness.seconds();
        self.field(MINDFLOW_CACHE, &format!("max-age={seconds}"))
    }

    /// Says what the user's gate must know.
    ///
    /// # Errors
    /// [`Error::Internal`] when it cannot be written.
    pub fn effects(self, effects: &GateEffects) -> Result<Self, Error> {
        let json = serde_json::to_string(effects).map_err(Error::internal)?;
        Ok(self.field(MINDFLOW_GATE_EFFECTS, &json))
    }

    /// Sets the dashboard's session, for the installation at `public_url`.
    #[must_use]
    pub fn set_cookie(self, public_url: &str, cookie: &SessionCookie) -> Self {
        let text = cookie_field(public_url, &cookie.token, cookie.max_age_seconds);
        self.field(header::SET_COOKIE, &text)
    }

    /// Takes the dashboard's session away.
    #[must_use]
    pub fn clear_cookie(self, public_url: &str) -> Self {
        self.field(header::SET_COOKIE, &cookie_field(public_url, "", 0))
    }

    /// Adds a field; a value that is no field content is left out.
    #[must_use]
    pub fn field(mut self, name: HeaderName, value: &str) -> Self {
        debug_assert!(HeaderValue::from_str(value).is_ok(), "{name}: {value:?}");
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers_mut().insert(name, value);
        }
        self
    }
}

/// The name of the dashboard's session cookie.
pub fn cookie_name(public_url: &str) -> &'static str {
    if public_url.starts_with("https://") {
        "__Host-mindflow"
    } else {
        "mindflow_dev"
    }
}

/// Never readable by scripts, never sent along from another site's form, for this host alone (RFC 6265bis §4.1.3);
/// over plain HTTP, where development happens, the prefix that says so would be refused.
fn cookie_field(public_url: &str, value: &str, max_age_seconds: i64) -> String {
    let name = cookie_name(public_url);
    let secure = if public_url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    format!("{name}={value}; Path=/; Max-Age={max_age_seconds}; HttpOnly{secure}; SameSite=Lax")
}

/// A refusal, to which fields can be added.
impl From<Error> for Reply {
    fn from(error: Error) -> Self {
        Self(error.into_response())
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_for_this_host_alone_and_insecure_only_in_development() {
        let cookie = SessionCookie {
            token: "a.b.c".to_owned(),
            max_age_seconds: 60,
        };
        let field = |reply: Reply| reply.0.headers()[header::SET_COOKIE].clone();
        assert_eq!(
            field(Reply::no_content().set_cookie("https://m.test", &cookie)),
            "__Host-mindflow=a.b.c; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax"
        );
        assert_eq!(
            field(Reply::no_content().set_cookie("http://localhost:8787", &cookie)),
            "mindflow_dev=a.b.c; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            field(Reply::no_content().clear_cookie("https://m.test")),
            "__Host-mindflow=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
        );
    }
}
