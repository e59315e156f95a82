//! Pages of other sites that may read answers: an exact list, empty unless the operator says otherwise. They bring a
//! bearer token: `Access-Control-Allow-Credentials` is never sent, so no browser shows them what a cookie opened.

use crate::config::base_url;

/// What a script may read of an answer beside what every script may (contract.md, "CORS").
const EXPOSED: &str =
    "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, Cache-Status";

/// What a script may send: the fields of callers that mean something here, and those that every client of MCP sends.
const SENDABLE: &str = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, \
                        Traceparent, X-Request-Id, MCP-Protocol-Version, Mcp-Method, Mcp-Name";

/// For how long a browser need not ask again: ten minutes, so that a site that was taken off the list is off it soon.
const PREFLIGHT_SECONDS: &str = "600";

/// The origins whose pages may read answers.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<String>);

impl AllowedOrigins {
    /// Reads origins with commas between, each as a browser writes it in `Origin`: what is compared is the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim);
        let origins = parts.filter(|part| !part.is_empty()).map(|origin| {
            let is_usual_port = (origin.starts_with("https://") && origin.ends_with(":443"))
                || (origin.starts_with("http://") && origin.ends_with(":80"));
            if base_url(origin)? != origin || is_usual_port {
                return Err(
                    "must name origins as a browser does, without a slash or the usual port"
                        .to_owned(),
                );
            }
            Ok(origin.to_owned())
        });
        origins.collect::<Result<_, _>>().map(Self)
    }

    /// Whether the page that `Origin` names is on the list.
    pub fn allow(&self, origin: Option<&str>) -> bool {
        origin.is_some_and(|origin| self.0.iter().any(|allowed| allowed == origin))
    }

    /// The fields that an answer to a request with this `Origin` gets; `methods` are those of the path, where the
    /// request asks what is allowed. With a list, every answer says that it depends on the page.
    pub fn fields(
        &self,
        origin: Option<&str>,
        methods: Option<&'static str>,
    ) -> Vec<(&'static str, String)> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut fields = vec![("vary", "Origin".to_owned())];
        let Some(origin) = origin.filter(|&origin| self.allow(Some(origin))) else {
            return fields;
        };
        let mut add = |name, value: &str| fields.push((name, value.to_owned()));
        add("access-control-allow-origin", origin);
        match methods {
            Some(methods) => {
                add("access-control-allow-methods", methods);
                add("access-control-allow-headers", SENDABLE);
                add("access-control-max-age", PREFLIGHT_SECONDS);
            }
            None => add("access-control-expose-headers", EXPOSED),
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://app.example";

    fn list() -> AllowedOrigins {
        AllowedOrigins::parse(" https://app.example, http://localhost:6274 ,").unwrap()
    }

    fn names(fields: &[(&'static str, String)]) -> Vec<&'static str> {
        fields.iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn an_origin_is_allowed_as_it_is_written_and_in_no_other_spelling() {
        assert!(list().allow(Some(PAGE)) && list().allow(Some("http://localhost:6274")));
        for other in [
            None,
            Some(""),
            Some("null"),
            Some("*"),
            Some("https://app.example/"),
            Some("https://app.example:443"),
            Some("https://App.example"),
            Some("http://app.example"),
            Some("https://a.app.example"),
            Some("https://app.example.evil.test"),
            Some("https://app.example, http://localhost:6274"),
            Some("http://localhost"),
        ] {
            assert!(!list().allow(other), "{other:?}");
        }
    }

    #[test]
    fn what_no_browser_would_send_cannot_be_listed() {
        for bad in [
            "*",
            "null",
            "app.example",
            "https://*.app.example",
            "https://app.example/",
            "https://app.example/path",
            "https://app.example:443",
            "http://localhost:80",
            "https://App.example",
            "https://u@app.example",
            "http://app.example",
            "https://app.example https://b.example",
        ] {
            assert!(AllowedOrigins::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(AllowedOrigins::parse(" , "), Ok(AllowedOrigins::default()));
    }

    #[test]
    fn without_a_list_an_answer_is_the_same_for_every_page() {
        let none = AllowedOrigins::default();
        for origin in [None, Some(PAGE), Some("null")] {
            assert!(none.fields(origin, None).is_empty());
            assert!(none.fields(origin, Some("GET")).is_empty());
        }
    }

    #[test]
    fn with_a_list_every_answer_varies_and_only_a_listed_page_is_told_more() {
        for origin in [None, Some("https://evil.test"), Some("null")] {
            for methods in [None, Some("GET")] {
                assert_eq!(names(&list().fields(origin, methods)), ["vary"]);
            }
        }
        assert_eq!(
            list().fields(Some(PAGE), None),
            [
                ("vary", "Origin".to_owned()),
                ("access-control-allow-origin", PAGE.to_owned()),
                ("access-control-expose-headers", EXPOSED.to_owned()),
            ]
        );
        let preflight = list().fields(Some(PAGE), Some("GET, POST"));
        assert_eq!(
            names(&preflight),
            [
                "vary",
                "access-control-allow-origin",
                "access-control-allow-methods",
                "access-control-allow-headers",
                "access-control-max-age",
            ]
        );
        assert_eq!(preflight[2].1, "GET, POST");
    }
}
