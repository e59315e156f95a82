//! What handlers take: the caller with a scope, and the input checked in the contract's order.
//!
//! Everything is refused as [`Error`], so a handler never sees bad input and every refusal is a problem.

mod change;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde_json::{Map, Value};
use shared_types::id::{CredentialId, TaskId};
use shared_types::scope::{Scope, Scopes};
use shared_types::validate::{self, FieldError, Fields, FromFields, Refused};

pub use self::change::Change;
pub use crate::domain::caller::Caller;
use crate::domain::client_address::ClientAddress;
use crate::error::Error;
use crate::middleware::signature::{IMPORT_BYTES, Proven, User};

/// A caller whatever they may.
pub struct SignedIn(pub Caller);
/// What the caller may.
pub struct Scoped(pub Scopes);
/// A caller who may read tasks.
pub struct Reader(pub Caller);
/// A caller who may change tasks.
pub struct Writer(pub Caller);
/// A caller who may manage the account.
pub struct AccountHolder(pub Caller);
/// The same, or nobody.
pub struct PerhapsHolder(pub Option<Caller>);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Error;

    /// The address that the edge has signed; every request has one.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let field = parts.headers.get("mindflow-client-address");
        let text = field.and_then(|value| value.to_str().ok());
        text.map(Self::new)
            .ok_or_else(|| Error::internal("a signed request has no client address"))
    }
}

fn user(parts: &Parts) -> Result<User, Error> {
    let proven = parts.extensions.get::<Proven>();
    proven
        .and_then(|proven| proven.user)
        .ok_or(Error::Unauthenticated)
}

fn caller(parts: &Parts, scope: Scope) -> Result<Caller, Error> {
    let user = user(parts)?;
    if user.scopes.contains(scope) {
        Ok(user.caller)
    } else {
        Err(Error::Forbidden(scope))
    }
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        user(parts).map(|user| Self(user.caller))
    }
}

impl<S: Sync> FromRequestParts<S> for Scoped {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        user(parts).map(|user| Self(user.scopes))
    }
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        caller(parts, Scope::TasksRead).map(Self)
    }
}

impl<S: Sync> FromRequestParts<S> for Writer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        caller(parts, Scope::TasksWrite).map(Self)
    }
}

impl<S: Sync> FromRequestParts<S> for AccountHolder {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        caller(parts, Scope::Account).map(Self)
    }
}

impl<S: Sync> FromRequestParts<S> for PerhapsHolder {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let proven = parts.extensions.get::<Proven>();
        match proven.and_then(|proven| proven.user) {
            Some(_) => caller(parts, Scope::Account).map(|caller| Self(Some(caller))),
            None => Ok(Self(None)),
        }
    }
}

/// The input of a request, checked in the contract's order: size 413, type 415, JSON 400, id 404, and
/// all fields of body and query together 422.
///
/// `P` is `()` or the id in the path; `Q` reads the query; `B` reads the body, an empty one as `{}`.
pub struct Input<P = (), Q = Nothing, B = Unread> {
    /// The id in the path.
    pub id: P,
    /// The query.
    pub query: Q,
    /// The body.
    pub body: B,
}

/// A query or body without fields: any field is refused by name.
#[derive(Debug)]
pub struct Nothing;

/// The body of a method that has none (GET, DELETE); it is not looked at.
#[derive(Debug)]
pub struct Unread;

/// What stands in a route's `{id}`.
pub trait FromPath: Sized {
    /// Whether the route has an id.
    const EXPECTED: bool;
    /// Reads the id; `None` when it is no UUID.
    fn parse(id: &str) -> Option<Self>;
}

/// What a body is read as.
pub trait FromBody: Sized {
    /// Whether the body is looked at.
    const EXPECTED: bool;
    /// Reads the body.
    ///
    /// # Errors
    /// Every invalid or unknown field.
    fn from_body(body: Value) -> Result<Self, Vec<FieldError>>;
}

impl FromPath for () {
    const EXPECTED: bool = false;

    fn parse(_id: &str) -> Option<Self> {
        Some(())
    }
}

impl FromPath for TaskId {
    const EXPECTED: bool = true;

    fn parse(id: &str) -> Option<Self> {
        Self::parse(id)
    }
}

impl FromPath for CredentialId {
    const EXPECTED: bool = true;

    fn parse(id: &str) -> Option<Self> {
        Self::parse(id)
    }
}

impl FromFields for Nothing {
    fn from_fields(_fields: &mut Fields) -> Option<Self> {
        Some(Self)
    }
}

impl FromBody for Unread {
    const EXPECTED: bool = false;

    fn from_body(_body: Value) -> Result<Self, Vec<FieldError>> {
        Ok(Self)
    }
}

impl<T: FromFields> FromBody for T {
    const EXPECTED: bool = true;

    fn from_body(body: Value) -> Result<Self, Vec<FieldError>> {
        validate::parse(body)
    }
}

impl<S: Send + Sync, P: FromPath, Q: FromFields, B: FromBody> FromRequest<S> for Input<P, Q, B> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        let body = if B::EXPECTED {
            parse_json(&parts, &read(body).await?)?
        } else {
            Value::Null
        };
        let id = path_id(&mut parts, state).await?;
        let id = id.ok_or(Error::NotFound)?;
        match (validate::parse(query(&parts)), B::from_body(body)) {
            (Ok(query), Ok(body)) => Ok(Self { id, query, body }),
            (query, body) => {
                let errors = [query.err(), body.err()]
                    .into_iter()
                    .flatten()
                    .flatten()
                    .collect();
                Err(Error::Invalid(errors))
            }
        }
    }
}

/// The whole body, which the signature layer has bounded, route by route, and read already.
async fn read(body: Body) -> Result<Bytes, Error> {
    to_bytes(body, IMPORT_BYTES)
        .await
        .map_err(|_| Error::ContentTooLarge)
}

/// The body as JSON; an empty one is an object without fields.
fn parse_json(parts: &Parts, body: &[u8]) -> Result<Value, Error> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let content_type = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Error::UnsupportedMediaType);
    }
    serde_json::from_slice(body).map_err(|error| {
        Error::BadRequest(format!(
            "The body is not valid JSON: see line {}, column {}.",
            error.line(),
            error.column()
        ))
    })
}

async fn path_id<S: Send + Sync, P: FromPath>(
    parts: &mut Parts,
    state: &S,
) -> Result<Option<P>, Error> {
    if !P::EXPECTED {
        return Ok(P::parse(""));
    }
    let params = RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|_| Error::NotFound)?;
    Ok(params
        .iter()
        .find(|(name, _)| *name == "id")
        .and_then(|(_, id)| P::parse(id)))
}

/// The query as an object of strings; a name given more than once becomes an array.
fn query(parts: &Parts) -> Value {
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
        let value = Value::String(value.into_owned());
        match fields.get_mut(name.as_ref()) {
            None => {
                fields.insert(name.into_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(fields)
}

/// Reads a whole number from `least` to `most` out of a query.
///
/// # Errors
/// The end of the sentence "FIELD …".
pub fn query_number(value: &Value, least: i64, most: i64) -> Result<i64, Refused> {
    let number = query_text(value)?
        .parse()
        .ok()
        .filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("must be a whole number between {least} and {most}").into())
}

/// Reads a query parameter that may be given once.
///
/// # Errors
/// The end of the sentence "FIELD …".
pub fn query_text(value: &Value) -> Result<&str, Refused> {
    match value {
        Value::String(text) if text.contains('\0') => Err("must not contain U+0000".into()),
        Value::String(text) => Ok(text),
        _ => Err("may be given only once".into()),
    }
}
