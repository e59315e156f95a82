//! What the edge answers: status and header fields, and a text when the edge makes the body itself. A body
//! that comes from the origin stays in JavaScript and is not here.

use serde::{Serialize, Serializer};

use crate::conditional;
use crate::error::Away;
use crate::header::{self, HeaderBlock};

/// An answer on its way to the caller.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header fields, with lower-case names.
    pub headers: Vec<(&'static str, String)>,
    /// The body, when the edge makes it.
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
        let init = Init {
            status: self.status,
            headers: Fields(&self.headers),
        };
        // Strings and a number only: writing cannot fail.
        serde_json::to_string(&init).unwrap_or_default()
    }

    /// Whether HTTP allows this status a body (RFC 9110 section 6.4.1).
    pub fn may_have_body(&self) -> bool {
        !matches!(self.status, 204 | 205 | 304)
    }
}

#[derive(Serialize)]
struct Init<'a> {
    status: u16,
    headers: Fields<'a>,
}

/// A record, which costs half of what pairs cost in JavaScript; only with several of one name (cookies) they must be pairs.
struct Fields<'a>(&'a [(&'static str, String)]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_repeated = |(place, (name, _)): (usize, &(&str, String))| {
            self.0[..place].iter().any(|(other, _)| other == name)
        };
        if self.0.iter().enumerate().any(is_repeated) {
            serializer.collect_seq(self.0)
        } else {
            serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
        }
    }
}

/// What the request asked for that the edge answers itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Conditions<'a> {
    /// The caller asked with HEAD; the origin was asked with GET.
    pub head: bool,
    /// The caller's `If-None-Match`.
    pub if_none_match: Option<&'a str>,
}

/// How an answer to a user was come by: the value of `Cache-Status` (RFC 9211).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It was kept, and is current.
    Hit,
    /// It was fetched, and may be kept.
    Miss,
    /// It was fetched, and is never kept.
    Bypass,
    /// It was kept, and the origin is away; this many seconds old.
    Stale(i64),
}

/// The fields of an answer of the origin's that go on to the caller. A proxy's 502, 503 or 504 (without a problem in it)
/// is no answer of the origin's, and neither is a status that no API answer has.
pub fn receive(status: u16, headers: &HeaderBlock, cookies: bool) -> Result<Answer, Away> {
    if !(200..600).contains(&status) || (matches!(status, 502..=504) && !is_problem(headers)) {
        return Err(Away::Proxy(status));
    }
    Ok(Answer {
        status,
        headers: header::returned(headers, cookies),
        text: None,
    })
}

/// Whether a body is a problem (RFC 9457), which no proxy writes.
pub fn is_problem(headers: &HeaderBlock) -> bool {
    headers
        .find("content-type")
        .is_some_and(|value| value.starts_with("application/problem+json"))
}

impl Answer {
    /// The answer to one caller, and whether the origin's body goes with it, of `size_bytes` if that is known.
    #[must_use]
    pub fn fit(mut self, conditions: Conditions<'_>, size_bytes: Option<usize>) -> (Self, bool) {
        if self.status == 200
            && let (Some(wanted), Some(etag)) = (conditions.if_none_match, self.find("etag"))
            && conditional::matches(wanted, etag)
        {
            self.status = 304;
            // RFC 9110 section 15.4.5: what describes the body goes with it.
            self.headers
                .retain(|(name, _)| !name.starts_with("content-"));
            return (self, false);
        }
        if !self.may_have_body() {
            return (self, false);
        }
        if conditions.head {
            if let Some(size_bytes) = size_bytes {
                self.set("content-length", size_bytes.to_string());
            }
            return (self, false);
        }
        (self, true)
    }

    /// Marks an answer to one user: it is that user's alone, and was come by like this.
    #[must_use]
    pub fn for_user(mut self, source: Source) -> Self {
        let status = match source {
            Source::Hit => "mindflow-edge; hit",
            Source::Miss => "mindflow-edge; fwd=miss",
            Source::Bypass => "mindflow-edge; fwd=bypass",
            Source::Stale(_) => "mindflow-edge; hit; detail=stale-if-error",
        };
        self.set("cache-control", "private, no-cache");
        self.set("cache-status", status);
        if let Source::Stale(age_seconds) = source {
            self.set("age", age_seconds.to_string());
        }
        self
    }

    /// Marks an answer to whoever asks: not to be kept, unless the origin says more.
    #[must_use]
    pub fn for_anyone(mut self) -> Self {
        if self.find("cache-control").is_none() {
            self.set("cache-control", "no-store");
        }
        self
    }
}

/// The fields that every answer of the Worker carries, but for `Server-Timing`, which is known last.
pub fn complete(answer: &mut Answer, request_id: &str) {
    answer.set("x-request-id", request_id);
    answer.set("x-content-type-options", "nosniff");
    answer.set("strict-transport-security", "max-age=31536000");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(lines: &[&str]) -> HeaderBlock {
        HeaderBlock::new(lines.join("\n"))
    }

    fn received(status: u16, lines: &[&str]) -> Answer {
        receive(status, &block(lines), false).unwrap()
    }

    #[test]
    fn an_answer_becomes_a_response_init_in_one_string() {
        let answer = Answer::new(201)
            .with("etag", "\"1-0\"")
            .with("etag", "\"2-0\"")
            .with_text("x");
        assert_eq!(
            answer.init_json(),
            r#"{"status":201,"headers":{"etag":"\"2-0\""}}"#
        );
        let mut answer = Answer::new(204);
        answer.headers = vec![
            ("set-cookie", "a=b".to_owned()),
            ("set-cookie", "c=d".to_owned()),
        ];
        assert_eq!(
            answer.init_json(),
            r#"{"status":204,"headers":[["set-cookie","a=b"],["set-cookie","c=d"]]}"#
        );
    }

    #[test]
    fn a_users_answer_is_private_whatever_the_origin_says_and_tells_where_it_came_from() {
        let lines = [
            "cache-control,public, max-age=60",
            "content-type,application/json",
        ];
        for (source, status, age) in [
            (Source::Hit, "mindflow-edge; hit", None),
            (Source::Miss, "mindflow-edge; fwd=miss", None),
            (Source::Bypass, "mindflow-edge; fwd=bypass", None),
            (
                Source::Stale(7),
                "mindflow-edge; hit; detail=stale-if-error",
                Some("7"),
            ),
        ] {
            let answer = received(200, &lines).for_user(source);
            assert_eq!(answer.find("cache-control"), Some("private, no-cache"));
            assert_eq!(
                (answer.find("cache-status"), answer.find("age")),
                (Some(status), age)
            );
        }
    }

    #[test]
    fn an_anonymous_answer_is_not_stored_unless_the_origin_says_more() {
        let cache_control = |lines: &[&str]| {
            let answer = received(200, lines).for_anyone();
            answer.find("cache-control").map(str::to_owned)
        };
        assert_eq!(cache_control(&[]).as_deref(), Some("no-store"));
        let public = "public, max-age=300";
        assert_eq!(
            cache_control(&[&format!("cache-control,{public}")]).as_deref(),
            Some(public)
        );
    }

    #[test]
    fn an_unchanged_resource_is_304_with_its_tag_and_without_a_body() {
        let lines = ["etag,\"3-0\"", "content-type,application/json"];
        let conditions = Conditions {
            if_none_match: Some("W/\"3-0\""),
            head: false,
        };
        let (answer, with_body) = received(200, &lines).fit(conditions, Some(9));
        assert_eq!(
            (
                answer.status,
                answer.find("etag"),
                answer.find("content-type")
            ),
            (304, Some("\"3-0\""), None)
        );
        assert!(!with_body);
        let (answer, with_body) = received(404, &lines).fit(conditions, Some(9));
        assert_eq!((answer.status, with_body), (404, true));
    }

    #[test]
    fn head_keeps_the_length_and_drops_the_body() {
        let conditions = Conditions {
            head: true,
            if_none_match: None,
        };
        let (answer, with_body) =
            received(200, &["content-type,application/json"]).fit(conditions, Some(12));
        assert_eq!(
            (answer.status, answer.find("content-length"), with_body),
            (200, Some("12"), false)
        );
        let (answer, with_body) = received(200, &[]).fit(conditions, None);
        assert_eq!((answer.find("content-length"), with_body), (None, false));
    }

    #[test]
    fn an_answer_of_a_proxy_is_not_the_origin_speaking() {
        let html = block(&["content-type,text/html"]);
        for status in [502, 503, 504, 101, 999] {
            assert_eq!(
                receive(status, &html, false).err(),
                Some(Away::Proxy(status))
            );
        }
        assert_eq!(
            received(503, &["content-type,application/problem+json"]).status,
            503
        );
        assert_eq!(received(500, &["content-type,text/html"]).status, 500);
    }

    #[test]
    fn a_204_has_no_body_and_a_redirect_is_passed_on() {
        let (_, with_body) = received(204, &[]).fit(Conditions::default(), Some(0));
        assert!(!with_body);
        let (answer, with_body) =
            received(302, &["location,https://a.example/"]).fit(Conditions::default(), Some(0));
        assert_eq!(
            (answer.find("location"), with_body),
            (Some("https://a.example/"), true)
        );
    }
}
