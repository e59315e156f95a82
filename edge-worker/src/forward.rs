//! A request on its way to the origin: what the Worker settles (who, when, what), and what is signed and
//! sent (signing.md). The Worker hands it to the user's gate as JSON in one field; anonymous requests skip
//! the gate and use the same code.

use serde::{Deserialize, Serialize};
use shared_types::caller::Caller;
use shared_types::signature::{Message, MessageFault, Nonce, Tag, sign};

use crate::config::Config;
use crate::route::Nature;

/// The path of the Worker's call to a gate that has a request forwarded. Versioned, because during a gradual
/// deployment a gate may run another version than the Worker that calls it.
pub const GATE_PATH: &str = "/v3/forward";

/// The path of the call that only counts a request, which is refused for another reason.
pub const GATE_COUNT_PATH: &str = "/v3/count";

/// The path of the call that opens a socket for news.
pub const GATE_LIVE_PATH: &str = "/v3/live";

/// The path of the call that tells a gate what the origin says: an `Invalidation` as JSON in the body.
pub const GATE_TELL_PATH: &str = "/v3/tell";

/// The field of a gate's answer that holds a `timing::GateNote`, for the Worker alone.
pub const GATE_NOTE_FIELD: &str = "mindflow-gate";

/// What the keys begin with that the edge makes for requests without one, so that they can be repeated. The origin
/// ignores such a key where the body has a `client_token`.
pub const GATE_KEY: &str = "gate:";

/// The field of that call that holds the [`Forward`].
pub const GATE_FIELD: &str = "mindflow-forward";

/// The `Content-Digest` of an empty body (RFC 9530).
pub const EMPTY_DIGEST: &str = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";

/// Everything about a request but its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forward {
    /// What the gate does with it.
    pub nature: Nature,
    /// The route's path pattern.
    pub template: String,
    /// The method that the origin is asked with; GET also for HEAD.
    pub method: String,
    /// The path, percent-encoded, exactly as it is signed and sent.
    pub path: String,
    /// The query without `?`, percent-encoded, exactly as it is signed and sent.
    pub query: String,
    /// The caller's fields that are sent on.
    pub fields: Vec<(String, String)>,
    /// `X-Request-Id`.
    pub request_id: String,
    /// `Mindflow-Caller`.
    pub caller: String,
    /// The generation that the caller's credential is of; 0 for nobody's.
    pub generation: i64,
    /// When the credential ends by itself, in Unix seconds; 0 for nobody's.
    pub expires: i64,
    /// The subprotocol of the socket that is to be opened.
    pub protocol: Option<String>,
    /// `Mindflow-Client-Address`.
    pub client_address: String,
    /// `Mindflow-Accepted-At`, in Unix milliseconds.
    pub accepted_at_ms: i64,
    /// `Content-Digest` of the body.
    pub content_digest: String,
    /// The caller asked with HEAD.
    pub head: bool,
    /// The caller's `If-None-Match`, which the gate answers itself.
    pub if_none_match: Option<String>,
    /// Whether the caller gets the cookies that the origin sets.
    pub cookies: bool,
    /// Whether the origin's answer is passed on as it arrives.
    #[serde(default)]
    pub streams: bool,
}

/// The part of a `RequestInit` that is plain data.
#[derive(Serialize)]
struct RequestInit<'a> {
    method: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    // A redirect is the caller's to follow; the origin's answers are in no cache of Cloudflare's.
    redirect: &'static str,
    cache: &'static str,
}

impl Forward {
    /// A question of the edge's own, in nobody's name.
    pub fn anonymous_get(path: &str, request_id: &str, client_address: &str, now_ms: i64) -> Self {
        Self {
            nature: Nature::Read,
            template: path.to_owned(),
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: String::new(),
            fields: Vec::new(),
            request_id: request_id.to_owned(),
            caller: Caller::Anonymous.to_string(),
            generation: 0,
            expires: 0,
            protocol: None,
            client_address: client_address.to_owned(),
            accepted_at_ms: now_ms,
            content_digest: EMPTY_DIGEST.to_owned(),
            head: false,
            if_none_match: None,
            cookies: false,
            streams: false,
        }
    }

    /// The question of a gate that knows nothing yet, in the name of the caller whose request made it ask.
    #[must_use]
    pub fn gate_state(&self, now_ms: i64) -> Self {
        let is_credential = |(name, _): &&(String, String)| name == "authorization";
        Self {
            fields: self.fields.iter().filter(is_credential).cloned().collect(),
            caller: self.caller.clone(),
            generation: self.generation,
            ..Self::anonymous_get(
                "/internal/gate-state",
                &self.request_id,
                &self.client_address,
                now_ms,
            )
        }
    }

    fn field(&self, wanted: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(name, _)| name == wanted);
        field.map(|(_, value)| value.as_str())
    }

    /// The key that the caller gave.
    pub fn caller_key(&self) -> Option<&str> {
        self.field("idempotency-key")
            .filter(|key| !key.starts_with(GATE_KEY))
    }

    /// The key that the caller gave, in the header or as `client_token` in the body.
    pub fn own_key(&self, body: &[u8]) -> Option<String> {
        let in_body = || {
            let fields: serde_json::Value = serde_json::from_slice(body).ok()?;
            fields.get("client_token")?.as_str().map(str::to_owned)
        };
        in_body().or_else(|| self.caller_key().map(str::to_owned))
    }

    /// Whether it asks for a version (`If-Match`).
    pub fn is_conditional(&self) -> bool {
        self.field("if-match").is_some()
    }

    /// The form in which the Worker hands it to a gate.
    pub fn to_json(&self) -> String {
        // Strings, numbers and booleans only: writing cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Self::to_json`] wrote; `None` for anything else.
    pub fn from_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// Where it is sent.
    pub fn url(&self, origin_url: &str) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{origin_url}{}{mark}{}", self.path, self.query)
    }

    /// The signed request, but for its body, as the JSON that JavaScript makes a `RequestInit` of.
    pub fn signed_init(
        &self,
        config: &Config,
        now_seconds: i64,
        nonce: &Nonce,
    ) -> Result<String, MessageFault> {
        let accepted_at = self.accepted_at_ms.to_string();
        let mut headers = vec![
            ("content-digest", self.content_digest.as_str()),
            ("x-request-id", &self.request_id),
            ("mindflow-caller", &self.caller),
            ("mindflow-client-address", &self.client_address),
            ("mindflow-accepted-at", &accepted_at),
        ];
        headers.extend(
            self.fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        let message = Message {
            method: &self.method,
            authority: &config.origin_authority,
            path: &self.path,
            query: &self.query,
            headers: &headers,
        };
        let signed = sign(
            &message,
            &config.signing_keys,
            Tag::Edge,
            now_seconds,
            nonce,
        )?;
        headers.push(("signature-input", &signed.signature_input));
        headers.push(("signature", &signed.signature));
        let init = RequestInit {
            method: &self.method,
            headers,
            redirect: "manual",
            cache: "no-store",
        };
        Ok(serde_json::to_string(&init).unwrap_or_default())
    }
}

/// Path and query of a request's URL, spelled as the URL standard serialises them, so that what is signed is
/// what `fetch` sends. A path that the standard would change is left as it is: no route matches it.
pub fn target(url: &str) -> (&str, String) {
    let after_scheme = url.find("://").map_or(url, |at| &url[at + 3..]);
    let target = after_scheme.find('/').map_or("/", |at| &after_scheme[at..]);
    let target = target.split_once('#').map_or(target, |(before, _)| before);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    (path, encode_query(query))
}

/// Percent-encodes what the URL standard encodes in the query of a special URL.
fn encode_query(query: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(query.len());
    for byte in query.bytes() {
        if matches!(byte, b'!' | b'$'..=b'&' | b'('..=b';' | b'=' | b'?'..=b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_types::signature::content_digest;

    pub(crate) fn forward() -> Forward {
        Forward {
            nature: Nature::Cached,
            template: "/api/tasks".to_owned(),
            method: "GET".to_owned(),
            path: "/api/tasks".to_owned(),
            query: "limit=2&status=pending".to_owned(),
            fields: vec![("authorization".to_owned(), "Bearer header.payload.signature".to_owned())],
            request_id: "0198c5a0-0000-7000-8000-000000000002".to_owned(),
            caller: "kind=\"access\", user=\"0198c5a0-0000-7000-8000-0000000000aa\", credential=\"0198c5a0-0000-7000-8000-0000000000bb\", scopes=\"tasks:read tasks:write\"".to_owned(),
            generation: 1,
            expires: 0,
            protocol: None,
            client_address: "2001:db8::7".to_owned(),
            accepted_at_ms: 1_763_834_400_123,
            content_digest: EMPTY_DIGEST.to_owned(),
            head: false,
            if_none_match: None,
            cookies: false,
            streams: false,
        }
    }

    fn config() -> Config {
        Config::from_lookup(|name| {
            let value = match name {
                "PUBLIC_URL" => "https://mindflow.test",
                "ORIGIN_URL" => "http://127.0.0.1:8788",
                "ORIGIN_AUTHORITY" => "origin.mindflow.test",
                "TOKEN_PUBLIC_KEYS" => {
                    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#
                }
                "SIGNING_KEYS" => "test-shared-secret=uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==",
                "CALLBACK_KEYS" => "c1=qf3Uu2mrVbC7tQrpIv4VjLUzRrhgVb8KkmNVZQWBfS0=",
                _ => return None,
            };
            Some(value.to_owned())
        })
        .unwrap()
    }

    #[test]
    fn the_signed_request_is_the_one_of_the_profiles_vector() {
        let nonce = std::array::from_fn(|index| 16 + u8::try_from(index).unwrap());
        let init = forward()
            .signed_init(&config(), 1_763_834_400, &nonce)
            .unwrap();
        let init: serde_json::Value = serde_json::from_str(&init).unwrap();
        assert_eq!(
            (&init["method"], &init["redirect"]),
            (&"GET".into(), &"manual".into())
        );
        let headers = init["headers"].as_array().unwrap();
        assert_eq!(
            headers.last().unwrap(),
            &serde_json::json!([
                "signature",
                "edge=:DqtD65TqisCKtBsuA2Nbs/VoZUGLih07bsH8bi4Xq58=:"
            ])
        );
    }

    #[test]
    fn it_survives_the_way_to_the_gate() {
        assert_eq!(Forward::from_json(&forward().to_json()), Some(forward()));
        assert_eq!(Forward::from_json("{}"), None);
        assert_eq!(content_digest(b""), EMPTY_DIGEST);
    }

    #[test]
    fn a_gate_asks_as_its_caller_and_carries_nothing_else_of_the_request() {
        let mut request = forward();
        let more = [("if-match", "\"1-0\""), ("idempotency-key", "k")];
        let more = more.map(|(name, value)| (name.to_owned(), value.to_owned()));
        request.fields.extend(more);
        "PATCH".clone_into(&mut request.method);
        "sha-256=:x:".clone_into(&mut request.content_digest);
        request.head = true;
        let asked = request.gate_state(7);
        let expected = Forward {
            nature: Nature::Read,
            template: "/internal/gate-state".to_owned(),
            path: "/internal/gate-state".to_owned(),
            query: String::new(),
            accepted_at_ms: 7,
            ..forward()
        };
        assert_eq!(asked, expected);
    }

    #[test]
    fn the_edges_own_key_is_not_the_callers() {
        let mut request = forward();
        assert_eq!(
            (request.caller_key(), request.is_conditional()),
            (None, false)
        );
        let own = ("idempotency-key".to_owned(), "gate:x".to_owned());
        request.fields.push(own);
        assert_eq!(request.caller_key(), None);
        request = forward();
        let fields = [("idempotency-key", "k"), ("if-match", "\"1-0\"")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        request.fields.extend(fields);
        assert_eq!(
            (request.caller_key(), request.is_conditional()),
            (Some("k"), true)
        );
    }

    #[test]
    fn the_target_is_spelled_as_it_will_be_sent() {
        let cases = [
            ("https://m.test", "/", ""),
            ("https://m.test/?", "/", ""),
            (
                "https://m.test/api/tasks?limit=2&status=pending",
                "/api/tasks",
                "limit=2&status=pending",
            ),
            (
                "https://m.test/a?q=%c3%BC+%20&x=a/b?c|d{e}\\^`~",
                "/a",
                "q=%c3%BC+%20&x=a/b?c|d{e}\\^`~",
            ),
            (
                "https://m.test/a?q=\u{fc} \"<>'",
                "/a",
                "q=%C3%BC%20%22%3C%3E%27",
            ),
            ("https://m.test/a#b?c", "/a", ""),
            ("https://m.test/a?b#c", "/a", "b"),
        ];
        for (url, path, query) in cases {
            assert_eq!(target(url), (path, query.to_owned()), "{url}");
        }
    }

    #[test]
    fn the_url_has_no_question_mark_of_its_own() {
        let mut request = forward();
        assert_eq!(
            request.url("http://o"),
            "http://o/api/tasks?limit=2&status=pending"
        );
        request.query.clear();
        assert_eq!(request.url("http://o"), "http://o/api/tasks");
    }
}
