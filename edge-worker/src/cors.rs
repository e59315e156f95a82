//! Which pages of other origins may read answers (the CORS protocol, in the Fetch standard): those of an exact list, none
//! unless the operator names them. Never with cookies: a page elsewhere brings a token.

use crate::answer::Answer;

/// Header fields that such a page may send.
const SENT: &str =
    "authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id";

/// Header fields of an answer that such a page may read.
const READ: &str =
    "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, Cache-Status";

/// For how long a browser need not ask again, in seconds: as long as any of them heeds.
const LASTS: &str = "7200";

/// The fields that every answer carries for a request from `origin`; none where nobody is named.
pub fn fields(origin: Option<&str>, allowed: &[String]) -> Vec<(&'static str, String)> {
    if allowed.is_empty() {
        return Vec::new();
    }
    // Also where it is not allowed: what a cache keeps of it is not for those who are.
    let mut fields = vec![("vary", "Origin".to_owned())];
    if let Some(origin) = origin.filter(|origin| is_allowed(origin, allowed)) {
        fields.push(("access-control-allow-origin", origin.to_owned()));
        fields.push(("access-control-expose-headers", READ.to_owned()));
    }
    fields
}

/// What `OPTIONS` adds for a browser that asks beforehand whether a page may send a request, to a path that answers
/// these methods.
pub fn preflight(
    answer: Answer,
    methods: &str,
    origin: Option<&str>,
    allowed: &[String],
) -> Answer {
    if !origin.is_some_and(|origin| is_allowed(origin, allowed)) {
        return answer;
    }
    answer
        .with("access-control-allow-methods", methods)
        .with("access-control-allow-headers", SENT)
        .with("access-control-max-age", LASTS)
}

/// Whether pages of this origin are named.
pub fn is_allowed(origin: &str, allowed: &[String]) -> bool {
    allowed.iter().any(|named| named == origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "https://app.mindflow.example";

    fn allowed() -> Vec<String> {
        vec![HERE.to_owned(), "http://localhost:5173".to_owned()]
    }

    #[test]
    fn where_nobody_is_named_nothing_is_said() {
        for origin in [None, Some(HERE), Some("null")] {
            assert_eq!(fields(origin, &[]), []);
            let answer = preflight(Answer::new(204), "GET", origin, &[]);
            assert_eq!(answer.headers, []);
        }
    }

    #[test]
    fn exactly_those_who_are_named_may_read() {
        for origin in [
            "null",
            "*",
            "",
            "https://app.mindflow.example/",
            "https://app.mindflow.example:443",
            "http://app.mindflow.example",
            "https://APP.mindflow.example",
            "https://a.app.mindflow.example",
            "https://app.mindflow.example.evil.example",
        ] {
            let found = fields(Some(origin), &allowed());
            assert_eq!(found, [("vary", "Origin".to_owned())], "{origin}");
            let answer = preflight(Answer::new(204), "GET", Some(origin), &allowed());
            assert_eq!(answer.headers, [], "{origin}");
        }
        assert_eq!(fields(None, &allowed()), [("vary", "Origin".to_owned())]);
        for origin in allowed() {
            let found = fields(Some(&origin), &allowed());
            assert!(found.contains(&("access-control-allow-origin", origin)));
            assert!(found.iter().all(|(name, _)| !name.contains("credentials")));
        }
    }

    #[test]
    fn a_browser_that_asks_beforehand_is_told_the_methods_of_the_path() {
        let answer = preflight(Answer::new(204), "GET, OPTIONS", Some(HERE), &allowed());
        assert_eq!(
            answer.find("access-control-allow-methods"),
            Some("GET, OPTIONS")
        );
        let sent = answer.find("access-control-allow-headers").unwrap();
        for field in [
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
        ] {
            assert!(sent.contains(field), "{field}");
        }
    }
}
