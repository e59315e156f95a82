//! One JSON line a request, and one more when a gate fails. It names the route and never the path, so it holds
//! no identifier of a task; and no token, body, e-mail or address.

use serde::Serialize;

/// A request as it was answered.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    /// `info`, or `error` for a 5xx.
    pub level: &'static str,
    /// Readable alone; the origin's lines have the same names.
    #[serde(rename = "msg")]
    pub message: &'static str,
    /// The same as in the origin's line.
    pub request_id: &'a str,
    /// The method; `other` for one that no route knows.
    pub method: &'static str,
    /// The route's template; `unmatched` when there is none.
    pub route: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// How long it took, in milliseconds.
    #[serde(rename = "dur_ms")]
    pub milliseconds: i64,
    /// How many rows the user's gate wrote for it, where it wrote any: what the platform counts and bills.
    #[serde(skip_serializing_if = "is_zero")]
    pub gate_rows: u32,
    /// Why the edge refused it, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde gives it by reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Line<'_> {
    /// The line.
    pub fn to_json(&self) -> String {
        // Strings and numbers only: writing cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Why a gate could not serve a request, which only the gate knows.
#[derive(Debug, Serialize)]
pub struct Fault<'a> {
    level: &'static str,
    #[serde(rename = "msg")]
    message: &'static str,
    request_id: &'a str,
    reason: &'static str,
}

impl<'a> Fault<'a> {
    /// The line for this request.
    pub fn new(request_id: &'a str, reason: &'static str) -> Self {
        Self {
            level: "error",
            message: "the gate could not serve the request",
            request_id,
            reason,
        }
    }

    /// The line.
    pub fn to_json(&self) -> String {
        // Strings only: writing cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The level for a status.
pub fn level(status: u16) -> &'static str {
    if status >= 500 { "error" } else { "info" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_json_object() {
        let line = Line {
            level: level(503),
            message: "request",
            request_id: "r",
            method: "GET",
            route: "/api/tasks/{id}",
            status: 503,
            milliseconds: 7,
            gate_rows: 0,
            reason: None,
        };
        assert_eq!(
            line.to_json(),
            r#"{"level":"error","msg":"request","request_id":"r","method":"GET","route":"/api/tasks/{id}","status":503,"dur_ms":7}"#
        );
    }
}
