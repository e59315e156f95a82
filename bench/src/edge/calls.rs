//! What callers send to a Worker.

use std::fmt::Write as _;

use crate::cases::{credential_id, user_id};
use crate::failure::Failure;
use crate::load::Expected;
use crate::randomness::Randomness;
use crate::token::Issuer;

/// The read that is repeated.
const READ: &str = "/api/tasks?limit=20";

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// A read whose answer the gate has.
    Hit,
    /// The same, of a caller who has it too.
    NotModified,
    /// A read that nobody made before.
    Miss,
    /// A change.
    Write,
}

impl Case {
    pub(crate) const ALL: [Self; 4] = [Self::Hit, Self::NotModified, Self::Miss, Self::Write];

    /// The name in the table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::NotModified => "304",
            Self::Miss => "miss",
            Self::Write => "write",
        }
    }

    /// What every answer must be, so that nothing else is measured under this name.
    pub(crate) const fn expected(self) -> Expected {
        let (status, cache_status) = match self {
            Self::Hit => (200, "mindflow-edge; hit"),
            Self::NotModified => (304, "mindflow-edge; hit"),
            Self::Miss => (200, "mindflow-edge; fwd=miss"),
            Self::Write => (200, "mindflow-edge; fwd=bypass"),
        };
        Expected {
            status,
            cache_status: Some(cache_status),
        }
    }
}

/// A read without a credential, which every Worker answers by itself.
pub(crate) fn without_credential() -> Vec<u8> {
    format!("GET {READ} HTTP/1.1\r\nhost: mindflow.test\r\n\r\n").into_bytes()
}

/// A user with a token.
pub(crate) struct Caller {
    authorization: String,
    /// The tag of what the user read last.
    pub(crate) etag: String,
}

impl Caller {
    pub(crate) fn new(issuer: &Issuer, number: u64, now_seconds: i64) -> Result<Self, Failure> {
        let token = issuer.token(user_id(number), credential_id(number), now_seconds)?;
        Ok(Self {
            authorization: format!("Bearer {token}"),
            etag: String::new(),
        })
    }

    /// A whole request.
    pub(crate) fn request(&self, case: Case, randomness: &mut Randomness) -> Vec<u8> {
        let mut path = READ.to_owned();
        let mut fields = String::new();
        let (mut method, mut body) = ("GET", "");
        // Writing to a String cannot fail.
        let _ = match case {
            Case::Hit => Ok(()),
            Case::NotModified => write!(fields, "if-none-match: {}\r\n", self.etag),
            Case::Miss => write!(path, "&cursor={}", randomness.uuid().simple()),
            Case::Write => {
                (method, body) = ("PATCH", r#"{"priority":4}"#);
                path = format!("/api/tasks/{}", user_id(randomness.number(20)));
                write!(
                    fields,
                    "idempotency-key: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
                    randomness.uuid(),
                    body.len()
                )
            }
        };
        format!(
            "{method} {path} HTTP/1.1\r\nhost: mindflow.test\r\nauthorization: {}\r\naccept: application/json\r\n\
             user-agent: MindFlow bench\r\ncf-connecting-ip: 203.0.113.7\r\n{fields}\r\n{body}",
            self.authorization
        )
        .into_bytes()
    }
}
