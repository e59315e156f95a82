//! Which requests the edge may have kept while the origin was away (architecture.md, "When the origin is away").
//!
//! Only these may say that they were accepted long before they were sent: their credential counts as of then. Anything
//! else with such an instant would let a stolen edge key revive tokens that have ended.

use axum::http::Method;
use shared_types::pending::may_wait;

/// How long before its sending a request may have been accepted that never waits, in milliseconds: deadlines and
/// retries at the edge included.
const DIRECT_MS: i64 = 60_000;

/// Whether a request for the route `template` may have been accepted this long before it was sent.
pub fn may_have_waited(
    method: &Method,
    template: &str,
    is_conditional: bool,
    waited_ms: i64,
) -> bool {
    waited_ms <= DIRECT_MS || (may_wait(method.as_str(), template) && !is_conditional)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_of_tasks_without_terms_may_have_waited() {
        let hour = 3_600_000;
        let waited = |method: Method, template: &str, is_conditional: bool| {
            may_have_waited(&method, template, is_conditional, hour)
        };
        assert!(waited(Method::POST, "/api/tasks", false));
        assert!(waited(Method::PATCH, "/api/tasks/{id}", false));
        assert!(waited(Method::POST, "/api/tasks/{id}/complete", false));
        assert!(!waited(Method::PATCH, "/api/tasks/{id}", true));
        assert!(!waited(Method::GET, "/api/tasks", false));
        assert!(!waited(Method::DELETE, "/api/tasks/{id}", false));
        assert!(!waited(Method::PATCH, "/api/auth/me", false));
    }

    #[test]
    fn everything_may_take_a_minute() {
        assert!(may_have_waited(
            &Method::GET,
            "/api/auth/me",
            true,
            DIRECT_MS
        ));
        assert!(!may_have_waited(
            &Method::GET,
            "/api/auth/me",
            true,
            DIRECT_MS + 1
        ));
    }
}
