//! What of a caller's header goes on to the origin, and what of the origin's comes back: two allow-lists,
//! so that a field nobody thought of is dropped. Trust fields (`Signature*`, `Mindflow-*`, `Forwarded`,
//! `X-Forwarded-*`, `CF-*`) are never on a list; only the edge writes them.
//!
//! A header block crosses from JavaScript as one string of `name,value` lines: what
//! `Array.from(headers).join("\n")` gives. It is unambiguous, since a name holds no comma and a value no
//! line break (RFC 9110 section 5.5), and it costs one crossing instead of one a field.

use std::net::{IpAddr, Ipv4Addr};

use shared_types::id::RequestId;
use shared_types::signature::is_signable_value;

use crate::cookie;
use crate::error::Error;
use crate::route::Class;

/// Fields of the caller that are signed and sent on as they are, in the order in which they are signed.
pub const FORWARDED: &[&str] = &[
    "content-type",
    "idempotency-key",
    "if-match",
    "traceparent",
    "accept",
    "origin",
    "user-agent",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
];

/// Of those, the fields that only describe the caller: one that cannot be signed is left out. The others
/// decide what the request does, so one that cannot be signed refuses the request.
const DESCRIPTIVE: &[&str] = &["traceparent", "accept", "user-agent"];

/// The longest value in bytes of a field that is sent on; longer than any real one.
const VALUE_LIMIT_BYTES: usize = 4096;

/// Fields of the origin's answer that a caller gets.
const RETURNED: &[&str] = &[
    "content-type",
    "content-language",
    "content-disposition",
    "content-security-policy",
    "allow",
    "cache-control",
    "etag",
    "idempotency-replayed",
    "location",
    "referrer-policy",
    "retry-after",
    "vary",
    "www-authenticate",
];

/// A header block, as lines of `name,value` with lower-case names.
#[derive(Clone, Debug, Default)]
pub struct HeaderBlock(String);

impl HeaderBlock {
    /// Wraps the joined entries of a JavaScript `Headers` object.
    pub fn new(lines: String) -> Self {
        Self(lines)
    }

    /// The value of the field called `name` (lower case); several of one name arrive combined, but `set-cookie`.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.find_all(name).next()
    }

    fn find_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.entries()
            .filter(move |(field, _)| *field == name)
            .map(|(_, value)| value)
    }

    /// Every field.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.lines().filter_map(|line| line.split_once(','))
    }
}

/// The method, the URL and the fields of a request that came as these lines.
pub fn split_request(lines: &str) -> (&str, &str, HeaderBlock) {
    let (method, rest) = lines.split_once('\n').unwrap_or((lines, ""));
    let (url, fields) = rest.split_once('\n').unwrap_or((rest, ""));
    (method, url, HeaderBlock::new(fields.to_owned()))
}

/// The fields of `inbound` that are sent on, in signing order. The credential goes along only where the route
/// needs one, and in one spelling, so that the origin reads in it what was checked here.
pub fn forwarded(
    inbound: &HeaderBlock,
    token: Option<&str>,
) -> Result<Vec<(&'static str, String)>, Error> {
    let mut fields = Vec::with_capacity(FORWARDED.len() + 2);
    if let Some(token) = token {
        fields.push(("authorization", format!("Bearer {token}")));
    }
    for &name in FORWARDED {
        let Some(value) = inbound
            .find(name)
            .map(str::trim)
            .filter(|value| !value.is_empty())
        else {
            continue;
        };
        if value.len() <= VALUE_LIMIT_BYTES && is_signable_value(value) {
            fields.push((name, value.to_owned()));
        } else if !DESCRIPTIVE.contains(&name) {
            return Err(Error::UnusableField(name));
        }
    }
    Ok(fields)
}

/// What goes along with an anonymous request of this class: a client's own Basic authentication as it is, or the session
/// cookie alone, in one spelling, for the origin to judge. A cookie that cannot be read is none: the page then asks to
/// sign in.
pub fn beside(
    inbound: &HeaderBlock,
    class: Class,
    public_url: &str,
) -> Option<(&'static str, String)> {
    match class {
        Class::Client => {
            let value = inbound.find("authorization")?.trim();
            let scheme = value.split(' ').next()?;
            let is_basic = scheme.eq_ignore_ascii_case("basic")
                && value.len() <= VALUE_LIMIT_BYTES
                && is_signable_value(value);
            is_basic.then(|| ("authorization", value.to_owned()))
        }
        Class::Consent => {
            let name = cookie::name(public_url);
            let token = cookie::session(inbound.find("cookie")?, name)
                .ok()
                .flatten()?;
            Some(("cookie", format!("{name}={token}")))
        }
        _ => None,
    }
}

/// JavaScript refuses a response with other fields.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// The fields of the origin's answer that go on to the caller; cookies only where the route may set one.
pub fn returned(outbound: &HeaderBlock, with_cookies: bool) -> Vec<(&'static str, String)> {
    let single = RETURNED
        .iter()
        .filter_map(|&name| Some((name, outbound.find(name)?)));
    let cookies = outbound
        .find_all("set-cookie")
        .filter(|_| with_cookies)
        .map(|value| ("set-cookie", value));
    single
        .chain(cookies)
        .filter(|(_, value)| is_plain(value))
        .map(|(name, value)| (name, value.to_owned()))
        .collect()
}

/// The list's own spelling of a field that was kept, if it still is on it.
pub fn returned_name(name: &str) -> Option<&'static str> {
    RETURNED.iter().find(|known| **known == name).copied()
}

/// The caller's request id, if it is a UUID.
pub fn request_id(inbound: &HeaderBlock) -> Option<RequestId> {
    inbound.find("x-request-id").and_then(RequestId::parse)
}

/// The caller's address as Cloudflare saw it. `wrangler dev` lets a client choose it; on Cloudflare's
/// network it is overwritten. Where there is none (a request from another Worker) it is unspecified.
pub fn client_address(inbound: &HeaderBlock) -> IpAddr {
    inbound
        .find("cf-connecting-ip")
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(lines: &[&str]) -> HeaderBlock {
        HeaderBlock::new(lines.join("\n"))
    }

    #[test]
    fn a_request_is_split_into_method_url_and_fields() {
        let lines = "GET\nhttps://m.test/a?b\naccept,*/*\nx,1, 2";
        let (method, url, fields) = split_request(lines);
        assert_eq!((method, url), ("GET", "https://m.test/a?b"));
        let fields: Vec<_> = fields.entries().collect();
        assert_eq!(fields, [("accept", "*/*"), ("x", "1, 2")]);
        let (method, url, fields) = split_request("GET\nhttps://m.test/");
        assert_eq!((method, url), ("GET", "https://m.test/"));
        assert_eq!(fields.entries().count(), 0);
    }

    #[test]
    fn inbound_trust_fields_are_never_sent_on() {
        let inbound = block(&[
            "cf-connecting-ip,192.0.2.1",
            "cf-worker,x",
            "forwarded,for=1.2.3.4",
            "x-forwarded-for,1.2.3.4",
            "x-real-ip,1.2.3.4",
            "mindflow-caller,kind=\"origin\"",
            "mindflow-accepted-at,1",
            "signature,edge=:AA==:",
            "signature-input,edge=()",
            "content-digest,sha-256=:AA==:",
            "connection,close",
            "cookie,a=b",
            "host,evil.example",
            "accept,*/*",
        ]);
        assert_eq!(
            forwarded(&inbound, None),
            Ok(vec![("accept", "*/*".to_owned())])
        );
    }

    #[test]
    fn allowed_fields_come_in_signing_order_whatever_order_they_had() {
        let inbound = block(&[
            "mcp-name,what_next",
            "mcp-method,tools/call",
            "mcp-protocol-version,2026-07-28",
            "user-agent,curl/8",
            "if-match,\"7-0\"",
            "content-type,application/json",
            "idempotency-key,k, with a comma",
        ]);
        let names: Vec<_> = forwarded(&inbound, Some("t"))
            .unwrap()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(
            names,
            [
                "authorization",
                "content-type",
                "idempotency-key",
                "if-match",
                "user-agent",
                "mcp-protocol-version",
                "mcp-method",
                "mcp-name"
            ]
        );
        assert_eq!(inbound.find("idempotency-key"), Some("k, with a comma"));
    }

    #[test]
    fn the_credential_is_sent_in_one_spelling_and_not_on_an_anonymous_route() {
        let inbound = block(&["authorization,bearer  t", "accept,*/*"]);
        let accept = ("accept", "*/*".to_owned());
        assert_eq!(forwarded(&inbound, None), Ok(vec![accept.clone()]));
        let authorization = ("authorization", "Bearer t".to_owned());
        assert_eq!(
            forwarded(&inbound, Some("t")),
            Ok(vec![authorization, accept])
        );
    }

    #[test]
    fn only_a_client_sends_basic_and_only_the_consent_page_gets_the_session_cookie() {
        let basic = block(&["authorization,Basic YTpz"]);
        let cookie = block(&[
            "cookie,a=b; __Host-mindflow=s.s.s; c=d",
            "authorization,Bearer t",
        ]);
        let beside = |inbound, class| beside(inbound, class, "https://m.test");
        assert_eq!(
            beside(&basic, Class::Client),
            Some(("authorization", "Basic YTpz".to_owned()))
        );
        assert_eq!(
            beside(&cookie, Class::Consent),
            Some(("cookie", "__Host-mindflow=s.s.s".to_owned()))
        );
        for class in [Class::Anonymous, Class::Entry, Class::Refresh, Class::Mcp] {
            assert_eq!(
                (beside(&basic, class), beside(&cookie, class)),
                (None, None)
            );
        }
        assert_eq!(beside(&cookie, Class::Client), None, "a bearer token");
        assert_eq!(beside(&basic, Class::Consent), None);
        let planted = block(&["cookie,__Host-mindflow=s.s.s; __Host-mindflow=t.t.t"]);
        assert_eq!(beside(&planted, Class::Consent), None);
    }

    #[test]
    fn a_value_that_cannot_be_signed_is_dropped_only_where_it_decides_nothing() {
        assert_eq!(
            forwarded(&block(&["user-agent,M\u{fc}ller"]), None),
            Ok(vec![])
        );
        let long = format!("accept,{}", "a".repeat(VALUE_LIMIT_BYTES + 1));
        assert_eq!(forwarded(&block(&[&long]), None), Ok(vec![]));
        for name in ["if-match", "idempotency-key", "content-type", "origin"] {
            let line = format!("{name},\u{fc}");
            assert_eq!(
                forwarded(&block(&[&line]), None),
                Err(Error::UnusableField(name))
            );
        }
    }

    #[test]
    fn only_listed_fields_of_the_answer_come_back() {
        let outbound = block(&[
            "content-type,application/json",
            "content-security-policy,default-src 'none'",
            "etag,\"3-0\"",
            "mindflow-version,9",
            "mindflow-gate-effects,{}",
            "server,axum",
            "set-cookie,a=b",
            "x-powered-by,x",
        ]);
        assert_eq!(
            returned(&outbound, false),
            [
                ("content-type", "application/json".to_owned()),
                ("content-security-policy", "default-src 'none'".to_owned()),
                ("etag", "\"3-0\"".to_owned())
            ]
        );
    }

    #[test]
    fn every_cookie_comes_back_where_the_route_may_set_one() {
        let outbound = block(&["set-cookie,a=b; Path=/", "etag,\"1-0\"", "set-cookie,c=d"]);
        let values = |with_cookies| {
            let fields = returned(&outbound, with_cookies);
            fields
                .into_iter()
                .map(|(_, value)| value)
                .collect::<Vec<_>>()
        };
        assert_eq!(values(false), ["\"1-0\""]);
        assert_eq!(values(true), ["\"1-0\"", "a=b; Path=/", "c=d"]);
    }

    #[test]
    fn a_request_id_is_taken_only_if_it_is_a_uuid() {
        let id = "0198C5A0-0000-7000-8000-000000000001";
        let taken = request_id(&block(&[&format!("x-request-id,{id}")])).unwrap();
        assert_eq!(taken.to_string(), id.to_lowercase());
        for other in [
            "",
            "x",
            "0198c5a0000070008000000000000001",
            "{0198c5a0-0000-7000-8000-0000000001}",
        ] {
            assert_eq!(
                request_id(&block(&[&format!("x-request-id,{other}")])),
                None,
                "{other}"
            );
        }
    }

    #[test]
    fn the_client_address_is_an_address_or_unspecified() {
        assert_eq!(
            client_address(&block(&["cf-connecting-ip,2001:DB8::7"])).to_string(),
            "2001:db8::7"
        );
        assert_eq!(
            client_address(&block(&["cf-connecting-ip,\"x\""])).to_string(),
            "0.0.0.0"
        );
        assert_eq!(client_address(&block(&[])).to_string(), "0.0.0.0");
    }
}
