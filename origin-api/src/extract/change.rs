//! What a request that changes something brings besides its fields: under which key its answer is kept, and which
//! versions it accepts.

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use shared_types::validate::{self, FieldError, FromFields, Refused, text};

use super::{FromPath, Nothing, parse_json, path_id, query, read};
use crate::db::{Key, Terms};
use crate::domain::precondition::if_match;
use crate::error::Error;

const HEADER: &str = "Idempotency-Key";
const BODY_FIELD: &str = "client_token";
/// What a key begins with that the gate made for its own retry.
const GATE: &str = "gate:";
/// Characters in a key.
const KEY_LENGTH: usize = 255;

/// The input of a change, checked in the order of [`Input`](super::Input): size, type, JSON, id, fields.
pub struct Change<P, B = Nothing, Q = Nothing> {
    /// The id in the path.
    pub id: P,
    /// The query.
    pub query: Q,
    /// The body without `client_token`.
    pub body: B,
    /// On what terms it is asked.
    pub terms: Terms,
}

impl<S: Send + Sync, P: FromPath, B: FromFields, Q: FromFields> FromRequest<S> for Change<P, B, Q> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        let bytes = read(body).await?;
        let mut body = parse_json(&parts, &bytes)?;
        let id = path_id(&mut parts, state).await?.ok_or(Error::NotFound)?;
        let client_token = body
            .as_object_mut()
            .and_then(|fields| fields.remove(BODY_FIELD));
        let key = key(&parts.headers, client_token);
        match (key, validate::parse(query(&parts)), validate::parse(body)) {
            (Ok(key), Ok(query), Ok(body)) => {
                let key = key.map(|key| Key {
                    key,
                    request_hash: request_hash(&parts, &bytes),
                });
                Ok(Self {
                    id,
                    query,
                    body,
                    terms: Terms {
                        key,
                        versions: versions(&parts.headers),
                    },
                })
            }
            (key, query, body) => {
                let key = key.err().map(|error| vec![error]);
                let errors = [key, query.err(), body.err()]
                    .into_iter()
                    .flatten()
                    .flatten()
                    .collect();
                Err(Error::Invalid(errors))
            }
        }
    }
}

/// The caller's key: the header's or, since a GPT cannot set headers, the body's; both must say the same. The
/// gate's own key counts only where the caller gives none.
fn key(headers: &HeaderMap, client_token: Option<Value>) -> Result<Option<String>, FieldError> {
    let refuse = |field: &str, message: Refused| FieldError {
        field: field.to_owned(),
        message: message.into_owned(),
    };
    let in_body = client_token
        .filter(|token| !token.is_null())
        .map(|token| text(token, 1, KEY_LENGTH));
    let in_body = in_body
        .transpose()
        .map_err(|message| refuse(BODY_FIELD, message))?;
    let in_header = headers.get(HEADER).map(|value| match value.to_str() {
        Ok(key) if (1..=KEY_LENGTH).contains(&key.len()) => Ok(key),
        _ => Err(refuse(
            HEADER,
            format!("must have 1 to {KEY_LENGTH} characters of ASCII").into(),
        )),
    });
    match (in_header.transpose()?, in_body) {
        (Some(header), Some(body)) if !header.starts_with(GATE) && header != body => Err(refuse(
            BODY_FIELD,
            format!("must equal the header {HEADER}; leave one of them out").into(),
        )),
        (header, body) => Ok(body.or_else(|| header.map(ToOwned::to_owned))),
    }
}

/// Method, path and query hold no line break, so no two requests read the same.
fn request_hash(parts: &Parts, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [
        parts.method.as_str(),
        parts.uri.path(),
        parts.uri.query().unwrap_or_default(),
    ] {
        hash.update(part);
        hash.update("\n");
    }
    hash.update(body);
    hash.finalize().into()
}

/// Several fields are one list (RFC 9110 §5.3).
fn versions(headers: &HeaderMap) -> Option<Vec<i64>> {
    let fields: Vec<_> = headers
        .get_all(IF_MATCH)
        .iter()
        .map(|field| field.to_str().unwrap_or_default())
        .collect();
    if fields.is_empty() {
        None
    } else {
        if_match(&fields.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use serde_json::json;

    fn given(header: Option<&str>, client_token: Option<Value>) -> Result<Option<String>, String> {
        let header =
            header.map(|key| (HEADER.parse().unwrap(), HeaderValue::from_str(key).unwrap()));
        key(&header.into_iter().collect(), client_token).map_err(|error| error.field)
    }

    #[test]
    fn the_key_comes_from_the_header_or_the_body() {
        assert_eq!(given(None, None), Ok(None));
        assert_eq!(given(None, Some(Value::Null)), Ok(None));
        assert_eq!(given(Some("a"), None), Ok(Some("a".to_owned())));
        assert_eq!(given(None, Some(json!("b"))), Ok(Some("b".to_owned())));
        assert_eq!(given(Some("a"), Some(json!("a"))), Ok(Some("a".to_owned())));
    }

    #[test]
    fn two_keys_that_differ_are_refused_unless_the_gate_made_one() {
        assert_eq!(
            given(Some("a"), Some(json!("b"))),
            Err("client_token".to_owned())
        );
        assert_eq!(
            given(Some("gate:a"), Some(json!("b"))),
            Ok(Some("b".to_owned()))
        );
        assert_eq!(given(Some("gate:a"), None), Ok(Some("gate:a".to_owned())));
    }

    #[test]
    fn a_key_has_1_to_255_characters() {
        let (longest, longer) = ("k".repeat(255), "k".repeat(256));
        assert_eq!(given(Some(&longest), None), Ok(Some(longest.clone())));
        assert_eq!(given(None, Some(json!(longest))), Ok(Some(longest.clone())));
        assert_eq!(given(Some(&longer), None), Err(HEADER.to_owned()));
        assert_eq!(given(Some(""), None), Err(HEADER.to_owned()));
        for bad in [
            json!(longer),
            json!(""),
            json!(1),
            json!("a\0"),
            json!(["a"]),
        ] {
            assert_eq!(
                given(None, Some(bad.clone())),
                Err(BODY_FIELD.to_owned()),
                "{bad}"
            );
        }
    }

    #[test]
    fn every_part_of_a_request_is_in_its_hash() {
        let hash = |method: &str, uri: &str, body: &str| {
            let request = Request::builder().method(method).uri(uri).body(()).unwrap();
            request_hash(&request.into_parts().0, body.as_bytes())
        };
        let base = hash("POST", "/api/tasks?a=b", "{}");
        assert_eq!(base, hash("POST", "/api/tasks?a=b", "{}"));
        for other in [
            hash("PUT", "/api/tasks?a=b", "{}"),
            hash("POST", "/api/task?sa=b", "{}"),
            hash("POST", "/api/tasks?a=", "b{}"),
            hash("POST", "/api/tasks", "{}"),
            hash("POST", "/api/tasks?a=b", "{ }"),
        ] {
            assert_ne!(base, other);
        }
    }
}
