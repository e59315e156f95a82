//! Changes that were accepted while the origin was away: which may wait, and how one that waits is shown.

use jiff::Timestamp;
use serde::Serialize;

use crate::time;

/// Whether a request may wait at the edge until the origin is back (architecture.md, "When the origin is away"):
/// creations and what is done to one task. Deletions and everything of the account are refused at once instead, and so
/// are edits on terms (`If-Match`), of which the caller wants to know at once. `template` is the route's path.
///
/// Both sides go by this: only such a request may say that it was accepted long before it was sent.
pub fn may_wait(method: &str, template: &str) -> bool {
    match template {
        "/api/tasks"
        | "/api/tasks/{id}/complete"
        | "/api/tasks/{id}/snooze"
        | "/api/tasks/{id}/start"
        | "/api/tasks/{id}/not-now" => method == "POST",
        "/api/tasks/{id}" => matches!(method, "PATCH" | "PUT"),
        _ => false,
    }
}

/// How a change that was accepted stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum PendingState {
    /// It is applied as soon as the origin is back, in its turn.
    Waiting,
    /// It could not be applied, and will not be.
    Refused,
}

/// A change that was accepted while the origin was away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pending {
    /// Its own id, for as long as it is shown.
    pub id: String,
    /// The method that was asked for.
    pub method: String,
    /// The path that was asked for.
    pub path: String,
    /// When it was accepted, which is when it counts as made.
    #[serde(serialize_with = "time::serialize")]
    pub accepted_at: Timestamp,
    /// How it stands.
    pub state: PendingState,
    /// Why it was refused.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub because: Option<String>,
}

/// All of a user's, in the order in which they were accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingList {
    /// Those that wait, and those that were refused within the last week.
    pub items: Vec<Pending>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_of_single_tasks_may_wait() {
        for (method, template) in [
            ("POST", "/api/tasks"),
            ("PATCH", "/api/tasks/{id}"),
            ("PUT", "/api/tasks/{id}"),
            ("POST", "/api/tasks/{id}/complete"),
            ("POST", "/api/tasks/{id}/snooze"),
            ("POST", "/api/tasks/{id}/start"),
            ("POST", "/api/tasks/{id}/not-now"),
        ] {
            assert!(may_wait(method, template), "{method} {template}");
        }
        for (method, template) in [
            ("GET", "/api/tasks"),
            ("DELETE", "/api/tasks/{id}"),
            ("POST", "/api/tasks/{id}/reopen"),
            ("POST", "/api/tasks/batch"),
            ("PATCH", "/api/auth/me"),
            ("POST", "/api/keys"),
        ] {
            assert!(!may_wait(method, template), "{method} {template}");
        }
    }

    #[test]
    fn it_is_written_as_the_contract_says() {
        let pending = Pending {
            id: "7".to_owned(),
            method: "POST".to_owned(),
            path: "/api/tasks".to_owned(),
            accepted_at: Timestamp::UNIX_EPOCH,
            state: PendingState::Waiting,
            because: None,
        };
        assert_eq!(
            serde_json::to_string(&pending).unwrap(),
            r#"{"id":"7","method":"POST","path":"/api/tasks","accepted_at":"1970-01-01T00:00:00.000Z","state":"waiting","because":null}"#
        );
    }
}
