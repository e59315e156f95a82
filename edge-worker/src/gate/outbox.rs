//! Changes that are kept while the origin is away: what is checked before one is accepted, and what becomes of it when it
//! is sent again. They are sent in the order in which they came, each until it was applied or refused for good.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared_types::id::TaskId;
use shared_types::pending::{Pending, PendingState};
use shared_types::problem::Problem;
use shared_types::task::{Complete, NewTask, Snooze, TaskContent, TaskPatch, snooze_hours};
use shared_types::validate::{self, FieldError, Fields, FromFields};

use crate::forward::Forward;

/// Changes that one user may have waiting.
pub const MOST_ROWS: usize = 200;
/// Bytes of their bodies together.
pub const MOST_BYTES: usize = 2 << 20;
/// How long one may wait, in milliseconds: the origin remembers idempotency keys for 24 h.
pub const LONGEST_MS: i64 = 20 * 3_600_000;
/// How long a refused one is shown, in milliseconds.
pub const SHOWN_MS: i64 = 7 * 24 * 3_600_000;
/// Answers with a 5xx after which one is given up.
const MOST_FAILURES: u32 = 8;
/// Characters in an idempotency key; what the origin accepts.
const KEY_LENGTH: usize = 255;

/// A change that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Its own id.
    pub id: String,
    /// The request as it is sent; its body is kept beside it.
    pub forward: Forward,
    /// The key under which its caller may repeat it.
    pub key: Option<String>,
    /// The digest of the body as the caller sent it, to know a repetition by.
    pub given_digest: String,
    /// Where the caller finds what it is about.
    pub location: String,
    /// How often the origin failed on it.
    pub failures: u32,
    /// Why it was refused, and when (Unix milliseconds).
    pub refused: Option<(String, i64)>,
}

impl Accepted {
    /// As it is shown.
    pub fn shown(&self) -> Pending {
        Pending {
            id: self.id.clone(),
            method: self.forward.method.clone(),
            path: self.forward.path.clone(),
            accepted_at: Timestamp::from_millisecond(self.forward.accepted_at_ms)
                .unwrap_or(Timestamp::UNIX_EPOCH),
            state: if self.refused.is_some() {
                PendingState::Refused
            } else {
                PendingState::Waiting
            },
            because: self.refused.as_ref().map(|(because, _)| because.clone()),
        }
    }

    /// Gives it up. It is never sent again, so the credential that it would have been sent with goes, and what else says
    /// more than is shown.
    pub fn refuse(&mut self, because: String, at_ms: i64) {
        self.refused = Some((because, at_ms));
        self.forward.fields.clear();
        self.forward.client_address.clear();
    }

    /// Whether it has waited too long to be sent again.
    pub fn is_too_old(&self, now_ms: i64) -> bool {
        now_ms - self.forward.accepted_at_ms >= LONGEST_MS
    }

    /// Whether it was refused so long ago that it is shown no more.
    pub fn is_forgotten(&self, now_ms: i64) -> bool {
        self.refused
            .as_ref()
            .is_some_and(|(_, at_ms)| now_ms - at_ms >= SHOWN_MS)
    }
}

/// Why one is refused that waited too long.
pub const TOO_OLD: &str = "MindFlow's server was away for 20 hours, and it is not certain any more what this was about. Make the change again.";

/// What became of a change that was sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It was applied.
    Applied,
    /// It will not be, and this is why.
    Refused(String),
    /// The origin failed on it; it is tried again later.
    Failed,
    /// The origin is busy; it is tried again later, and that does not count.
    Later,
}

/// Judges the origin's own answer to a change that was sent again, after `failures` former ones.
pub fn judge(status: u16, body: &[u8], failures: u32) -> Sent {
    match status {
        200..=299 => Sent::Applied,
        // 503: it is there, and away all the same, as without its database.
        408 | 425 | 429 | 503 => Sent::Later,
        500.. if failures + 1 < MOST_FAILURES => Sent::Failed,
        500.. => Sent::Refused(format!(
            "MindFlow's server failed on this {MOST_FAILURES} times. Look whether the change is there, and make it again if not."
        )),
        _ => {
            let problem = serde_json::from_slice::<Problem>(body).ok();
            let because = problem.map(|problem| {
                let errors = problem.errors.iter();
                errors.fold(problem.detail.clone(), |text, error| {
                    format!("{text} {}: {}.", error.field, error.message)
                })
            });
            Sent::Refused(
                because.unwrap_or_else(|| format!("The server refused it with {status}.")),
            )
        }
    }
}

/// After how many milliseconds the next try follows, after this many in vain: half a second at first, then twice as long
/// each time, up to 15 s.
pub fn pause_ms(tries: u32) -> i64 {
    (500_i64 << tries.min(10)).min(15_000)
}

/// Why a change cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The body is not JSON.
    NotJson,
    /// The path names no task.
    NoSuchTask,
    /// Fields are not valid.
    Invalid(Vec<FieldError>),
}

/// What a change says besides its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// The caller's own key.
    pub key: Option<String>,
    /// The id of the task that it is about, or that it creates.
    pub task: Option<String>,
}

struct Hours;

impl FromFields for Hours {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.optional("hours", |value| {
            snooze_hours(value.as_str().and_then(|text| text.parse().ok()))
        });
        Some(Self)
    }
}

struct Nothing;

impl FromFields for Nothing {
    fn from_fields(_: &mut Fields) -> Option<Self> {
        Some(Self)
    }
}

/// Checks a change that may wait (`shared_types::pending::may_wait`) in the order in which the origin does: JSON, id,
/// fields. What only the origin can know, whether the task is there for one, it says when it is back.
pub fn check(template: &str, forward: &Forward, body: &[u8]) -> Result<Checked, Unfit> {
    let mut body: Value = if body.iter().all(u8::is_ascii_whitespace) {
        json!({})
    } else {
        serde_json::from_slice(body).map_err(|_| Unfit::NotJson)?
    };
    let task =
        (template != "/api/tasks").then(|| forward.path.split('/').nth(3).unwrap_or_default());
    if task.is_some_and(|task| TaskId::parse(task).is_none()) {
        return Err(Unfit::NoSuchTask);
    }
    let token = body
        .as_object_mut()
        .and_then(|fields| fields.remove("client_token"));
    let made = body.get("id").and_then(Value::as_str).map(str::to_owned);

    let mut errors = Vec::new();
    let key = key(forward, token.filter(|token| !token.is_null()), &mut errors);
    let query: Map<String, Value> = form_urlencoded::parse(forward.query.as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect();
    let query = Value::Object(query);
    errors.extend(match template {
        "/api/tasks/{id}/snooze" => errors_of::<Hours>(query),
        _ => errors_of::<Nothing>(query),
    });
    errors.extend(match (template, forward.method.as_str()) {
        ("/api/tasks", _) => errors_of::<NewTask>(body),
        ("/api/tasks/{id}", "PUT") => errors_of::<TaskContent>(body),
        ("/api/tasks/{id}", _) => errors_of::<TaskPatch>(body),
        ("/api/tasks/{id}/complete", _) => errors_of::<Complete>(body),
        ("/api/tasks/{id}/snooze", _) => errors_of::<Snooze>(body),
        _ => errors_of::<Nothing>(body),
    });
    if errors.is_empty() {
        Ok(Checked {
            key,
            task: task.map(str::to_owned).or(made),
        })
    } else {
        Err(Unfit::Invalid(errors))
    }
}

fn errors_of<T: FromFields>(value: Value) -> Vec<FieldError> {
    validate::parse::<T>(value).err().unwrap_or_default()
}

/// The header's key or the body's token; both must say the same.
fn key(forward: &Forward, token: Option<Value>, errors: &mut Vec<FieldError>) -> Option<String> {
    let header = forward.caller_key();
    if header.is_some_and(|key| key.len() > KEY_LENGTH) {
        errors.push(FieldError {
            field: "Idempotency-Key".to_owned(),
            message: format!("must have 1 to {KEY_LENGTH} characters of ASCII"),
        });
    }
    let token = token.and_then(|token| match validate::text(token, 1, KEY_LENGTH) {
        Ok(token) => Some(token),
        Err(message) => {
            errors.push(FieldError {
                field: "client_token".to_owned(),
                message: message.into_owned(),
            });
            None
        }
    });
    if let (Some(header), Some(token)) = (header, &token)
        && header != token
    {
        errors.push(FieldError {
            field: "client_token".to_owned(),
            message: "must equal the header Idempotency-Key; leave one of them out".to_owned(),
        });
    }
    token.or_else(|| header.map(str::to_owned))
}

/// A creation's body with `id` in it, for one that names none; none when it names one, or is no JSON object, which is the
/// origin's to refuse. Everything else stays as it came, to the byte.
pub fn with_id(body: &[u8], id: &str) -> Option<Vec<u8>> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        return None;
    };
    if fields.contains_key("id") {
        return None;
    }
    let after_brace = body.iter().position(|byte| *byte == b'{')? + 1;
    let comma = if fields.is_empty() { "" } else { "," };
    let mut with = Vec::with_capacity(body.len() + 48);
    with.extend_from_slice(&body[..after_brace]);
    with.extend_from_slice(format!("\"id\":\"{id}\"{comma}").as_bytes());
    with.extend_from_slice(&body[after_brace..]);
    Some(with)
}

#[cfg(test)]
mod tests;
