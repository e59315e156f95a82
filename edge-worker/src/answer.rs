//! What the edge answers: status and header fields, and a text when the edge makes the body itself. A body
//! that comes from the origin stays in JavaScript and is not here.

use serde::Serialize;

use crate::conditional;
use crate::error::{Away, Error};
use crate::header::{self, HeaderBlock};

/// An answer on its way to the caller.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header fields, with lower-case names.
    pub headers: Vec<(&'static str, String)>,
    /// The body, when the edge makes it.
    #[serde(skip)]
    pub text: Option<String>,
}

impl Answer {
    /// An answer without fields and without a body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// The same answer with this field, in place of one of that name.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// The same answer with this body.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Sets a field, in place of one of that name.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.retain(|(field, _)| *field != name);
        self.headers.push((name, value.into()));
    }

    /// The value of the field called `name`.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(field, _)| *field == name)
            .map(|(_, value)| value.as_str())
    }

    /// Status and fields as the JSON that JavaScript makes a `ResponseInit` of, in one crossing.
    pub fn init_json(&self) -> String {
        // Strings and numbers only: writing cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether HTTP allows this status a body (RFC 9110 section 6.4.1).
    pub fn may_have_body(&self) -> bool {
        !matches!(self.status, 204 | 205 | 304)
    }
}

/// What to do with an answer of the origin.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Send it on, with the origin's body.
    Body(Answer),
    /// Send it on without a body.
    NoBody(Answer),
    /// It is not the origin's answer.
    Away(Error),
}

/// What the request asked for that the edge answers itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Conditions<'a> {
    /// The caller asked with HEAD; the origin was asked with GET.
    pub head: bool,
    /// The caller's `If-None-Match`.
    pub if_none_match: Option<&'a str>,
    /// Whether the answer belongs to one user.
    pub private: bool,
    /// Whether the route may set cookies.
    pub cookies: bool,
}

/// Judges the origin's answer: a proxy's 502, 503 or 504 (without a problem in it) is no answer of the
/// origin's, and neither is a status that no API answer has.
pub fn judge(status: u16, headers: &HeaderBlock, conditions: Conditions<'_>) -> Verdict {
    let is_problem = headers
        .find("content-type")
        .is_some_and(|value| value.starts_with("application/problem+json"));
    if !(200..600).contains(&status) || (matches!(status, 502..=504) && !is_problem) {
        return Verdict::Away(Error::OriginAway(Away::Proxy(status)));
    }
    let mut answer = Answer {
        status,
        headers: header::returned(headers, conditions.cookies),
        text: None,
    };
    if conditions.private {
        answer.set("cache-control", "private, no-cache");
        answer.set("cache-status", "mindflow-edge; fwd=bypass");
    } else if answer.find("cache-control").is_none() {
        answer.set("cache-control", "no-store");
    }
    let etag = answer.find("etag");
    if status == 200
        && let (Some(wanted), Some(etag)) = (conditions.if_none_match, etag)
        && conditional::matches(wanted, etag)
    {
        answer.status = 304;
        // RFC 9110 section 15.4.5: what describes the body goes with it.
        answer
            .headers
            .retain(|(name, _)| !name.starts_with("content-"));
        return Verdict::NoBody(answer);
    }
    if !answer.may_have_body() {
        return Verdict::NoBody(answer);
    }
    if conditions.head {
        if let Some(length) = headers.find("content-length") {
            answer.set("content-length", length);
        }
        return Verdict::NoBody(answer);
    }
    Verdict::Body(answer)
}

/// The fields that every answer of the Worker carries.
pub fn complete(answer: &mut Answer, request_id: &str, server_timing: String) {
    answer.set("x-request-id", request_id);
    answer.set("server-timing", server_timing);
    answer.set("x-content-type-options", "nosniff");
    answer.set("strict-transport-security", "max-age=31536000");
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: Conditions<'_> = Conditions {
        head: false,
        if_none_match: None,
        private: true,
        cookies: false,
    };

    fn block(lines: &[&str]) -> HeaderBlock {
        HeaderBlock::new(lines.join("\n"))
    }

    #[test]
    fn an_answer_becomes_a_response_init_in_one_string() {
        let answer = Answer::new(201)
            .with("etag", "\"1-0\"")
            .with("etag", "\"2-0\"")
            .with_text("x");
        assert_eq!(
            answer.init_json(),
            r#"{"status":201,"headers":[["etag","\"2-0\""]]}"#
        );
    }

    #[test]
    fn a_users_answer_is_private_whatever_the_origin_says() {
        let headers = block(&[
            "cache-control,public, max-age=60",
            "content-type,application/json",
        ]);
        let Verdict::Body(answer) = judge(200, &headers, PRIVATE) else {
            panic!()
        };
        assert_eq!(answer.find("cache-control"), Some("private, no-cache"));
        assert_eq!(
            answer.find("cache-status"),
            Some("mindflow-edge; fwd=bypass")
        );
    }

    #[test]
    fn an_anonymous_answer_is_not_stored_unless_the_origin_says_more() {
        let Verdict::Body(answer) = judge(200, &block(&[]), Conditions::default()) else {
            panic!()
        };
        assert_eq!(answer.find("cache-control"), Some("no-store"));
    }

    #[test]
    fn an_unchanged_resource_is_304_with_its_tag_and_without_a_body() {
        let headers = block(&["etag,\"3-0\"", "content-type,application/json"]);
        let conditions = Conditions {
            if_none_match: Some("W/\"3-0\""),
            ..PRIVATE
        };
        let Verdict::NoBody(answer) = judge(200, &headers, conditions) else {
            panic!()
        };
        assert_eq!(
            (
                answer.status,
                answer.find("etag"),
                answer.find("content-type")
            ),
            (304, Some("\"3-0\""), None)
        );
        assert_eq!(answer.find("cache-control"), Some("private, no-cache"));
        assert!(
            matches!(judge(404, &headers, conditions), Verdict::Body(answer) if answer.status == 404)
        );
    }

    #[test]
    fn head_keeps_the_length_and_drops_the_body() {
        let headers = block(&["content-length,12", "content-type,application/json"]);
        let Verdict::NoBody(answer) = judge(
            200,
            &headers,
            Conditions {
                head: true,
                ..PRIVATE
            },
        ) else {
            panic!()
        };
        assert_eq!(
            (answer.status, answer.find("content-length")),
            (200, Some("12"))
        );
    }

    #[test]
    fn an_answer_of_a_proxy_is_not_the_origin_speaking() {
        let html = block(&["content-type,text/html"]);
        for status in [502, 503, 504, 101, 999] {
            assert!(
                matches!(judge(status, &html, PRIVATE), Verdict::Away(_)),
                "{status}"
            );
        }
        let problem = block(&["content-type,application/problem+json"]);
        assert!(
            matches!(judge(503, &problem, PRIVATE), Verdict::Body(answer) if answer.status == 503)
        );
        assert!(matches!(judge(500, &html, PRIVATE), Verdict::Body(_)));
    }

    #[test]
    fn a_204_has_no_body_and_a_redirect_is_passed_on() {
        assert!(matches!(
            judge(204, &block(&[]), PRIVATE),
            Verdict::NoBody(_)
        ));
        let Verdict::Body(answer) = judge(302, &block(&["location,https://a.example/"]), PRIVATE)
        else {
            panic!()
        };
        assert_eq!(answer.find("location"), Some("https://a.example/"));
    }
}
