//! Client ID Metadata Documents: a client whose id is the address of a document that describes it. Which addresses are
//! such ids, what a document must say, and how long a copy of it may be used.

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::client::{self, Client, Kind};
use super::redirect::RedirectUri;

/// The largest document, in bytes.
pub const LARGEST_BYTES: usize = 16 * 1024;
/// How long a copy is used when the answer does not say.
const USUAL: SignedDuration = SignedDuration::from_hours(1);
/// How long at most, whatever it says: an owner who has lost a redirect address gets it out within a day.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// Redirect addresses in a document at most.
const MOST_REDIRECTS: usize = 20;

/// The host of a client's id that is the address of a document; `None` for any other id.
///
/// A path is needed, so that a whole site is not one client by accident; a port, a query and an IP address are not
/// taken, since nobody needs them and each is one more thing to aim with.
pub fn host(id: &str) -> Option<&str> {
    let after = id.strip_prefix("https://")?;
    let uri = RedirectUri::parse(id).filter(|_| id.len() <= 512)?;
    let (host, path) = after.split_once('/')?;
    let last = host.rsplit_once('.').map(|(_, last)| last)?;
    let is_name = last.bytes().any(|byte| byte.is_ascii_alphabetic()) && !uri.is_loopback();
    let is_plain = !path.is_empty()
        && !id.contains(['?', '@', '%'])
        && path
            .split('/')
            .all(|segment| !matches!(segment, "." | ".."));
    (uri.host() == host && is_name && is_plain).then_some(host)
}

/// The client that the document at `id` describes.
///
/// # Errors
/// What is wrong with it, for whoever looks at the page that says so.
pub fn read(id: &str, document: &[u8]) -> Result<Client, &'static str> {
    let document: Value = serde_json::from_slice(document).map_err(|_| "is no JSON")?;
    if document["client_id"].as_str() != Some(id) {
        return Err("names another client_id than its own address");
    }
    if !document["client_secret"].is_null() {
        return Err("has a secret, which everybody can read there");
    }
    if !is_public(&document) {
        return Err(
            "asks for a way to prove itself at the token endpoint that is not offered; `none` is",
        );
    }
    let uris = document["redirect_uris"].as_array();
    let uris = uris.filter(|uris| (1..=MOST_REDIRECTS).contains(&uris.len()));
    let uris = uris.ok_or("must list 1 to 20 redirect_uris")?;
    let redirect_uris: Option<Vec<String>> = uris
        .iter()
        .map(|uri| Some(RedirectUri::parse(uri.as_str()?)?.as_str().to_owned()))
        .collect();
    Ok(Client {
        id: id.to_owned(),
        kind: Kind::Document,
        name: client::name(document["client_name"].as_str(), host(id).unwrap_or(id)),
        redirect_uris: redirect_uris
            .ok_or("has a redirect address that is neither https nor on the user's own machine")?,
        secret_hash: None,
        needs_pkce: true,
    })
}

/// Whether the client goes without proof at the token endpoint, or can: ChatGPT's document names one way in the field of
/// RFC 7591 and lists several beside it.
fn is_public(document: &Value) -> bool {
    let listed = [
        "token_endpoint_auth_methods",
        "token_endpoint_auth_methods_supported",
    ]
    .iter()
    .filter_map(|name| document[*name].as_array())
    .flatten()
    .any(|method| method == "none");
    match &document["token_endpoint_auth_method"] {
        Value::Null => true,
        method => method == "none" || listed,
    }
}

/// What an answer says about how long a copy of it may be used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Freshness<'a> {
    /// `Cache-Control`.
    pub cache_control: Option<&'a str>,
    /// `Age`.
    pub age: Option<&'a str>,
    /// `Expires`.
    pub expires: Option<&'a str>,
}

impl Freshness<'_> {
    /// How long the copy that arrived `now` may be used (RFC 9111 §4.2), a day at most; `None` when it may not be kept.
    pub fn lifetime(&self, now: Timestamp) -> Option<SignedDuration> {
        let directives: Vec<String> = self
            .cache_control
            .unwrap_or_default()
            .split(',')
            .map(|directive| directive.trim().to_ascii_lowercase())
            .collect();
        let is_there = |name: &str| directives.iter().any(|directive| directive == name);
        if is_there("no-store") || is_there("no-cache") || is_there("private") {
            return None;
        }
        let seconds = |name: &str| {
            let value = directives.iter().find_map(|directive| {
                directive
                    .strip_prefix(name)?
                    .strip_prefix('=')
                    .map(|text| text.trim_matches('"').to_owned())
            })?;
            // What is no number is not fresh (RFC 9111 §4.2.1).
            Some(value.parse::<u32>().map_or(0, i64::from))
        };
        let stated = seconds("s-maxage").or_else(|| seconds("max-age"));
        let lifetime = match (stated, self.expires) {
            (Some(stated), _) => SignedDuration::from_secs(stated),
            (None, Some(expires)) => rfc2822::parse(expires)
                .map(|end| end.timestamp().duration_since(now))
                .unwrap_or_default(),
            (None, None) => USUAL,
        };
        let age = self.age.and_then(|age| age.trim().parse::<u32>().ok());
        let left = lifetime - SignedDuration::from_secs(age.unwrap_or_default().into());
        Some(left.min(LONGEST)).filter(SignedDuration::is_positive)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "https://chatgpt.com/oauth/client.json";

    #[test]
    fn an_id_is_a_document_when_it_is_a_plain_https_address_with_a_path() {
        assert_eq!(host(ID), Some("chatgpt.com"));
        assert_eq!(host("https://a.example/x/y"), Some("a.example"));
        for other in [
            "0198c5a0-0000-7000-8000-0000000000aa",
            "http://a.example/c.json",
            "https://a.example",
            "https://a.example/",
            "https://a.example:8443/c.json",
            "https://a.example/c.json?x",
            "https://a.example/c.json#x",
            "https://user@a.example/c.json",
            "https://a.example/x/../c.json",
            "https://a.example/./c.json",
            "https://a.example/%2e%2e/c.json",
            "https://localhost/c.json",
            "https://internal/c.json",
            "https://127.0.0.1/c.json",
            "https://169.254.169.254/latest",
            "https://[::1]/c.json",
            "https://2130706433/c.json",
            "https://0x7f.1/c.json",
        ] {
            assert_eq!(host(other), None, "{other}");
        }
    }

    fn document(more: &Value) -> Value {
        let mut document = json!({
            "client_id": ID, "client_name": "ChatGPT",
            "redirect_uris": ["https://chatgpt.com/connector_platform_oauth_redirect"],
        });
        document
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        document
    }

    #[test]
    fn a_document_describes_the_client_at_its_own_address() {
        let read = |more| read(ID, document(&more).to_string().as_bytes());
        let client = read(json!({})).unwrap();
        assert_eq!((client.id.as_str(), client.name.as_str()), (ID, "ChatGPT"));
        assert_eq!(client.verified_host(), Some("chatgpt.com"));
        assert!(client.is_proven_by(None) && client.needs_pkce);
        assert_eq!(
            read(json!({"client_name": null})).unwrap().name,
            "chatgpt.com"
        );
        for good in [
            json!({"token_endpoint_auth_method": "none"}),
            json!({"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_methods": ["none", "private_key_jwt"]}),
        ] {
            assert!(read(good).is_ok());
        }
        for bad in [
            json!({"client_id": "https://evil.example/c.json"}),
            json!({"client_id": null}),
            json!({"client_secret": "s"}),
            json!({"token_endpoint_auth_method": "private_key_jwt"}),
            json!({"redirect_uris": []}),
            json!({"redirect_uris": "https://a.example"}),
            json!({"redirect_uris": ["https://a.example", 1]}),
            json!({"redirect_uris": ["http://a.example"]}),
            json!({"redirect_uris": vec!["https://a.example"; 21]}),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
        assert!(super::read(ID, b"<html>").is_err() && super::read(ID, b"[]").is_err());
    }

    #[test]
    fn a_copy_is_used_as_long_as_http_says_and_a_day_at_most() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let with = |cache_control, age, expires| {
            let freshness = Freshness {
                cache_control,
                age,
                expires,
            };
            freshness.lifetime(now).map(|lifetime| lifetime.as_secs())
        };
        assert_eq!(with(None, None, None), Some(3600));
        assert_eq!(with(Some("public, Max-Age=60"), None, None), Some(60));
        assert_eq!(with(Some("max-age=60, s-maxage=10"), None, None), Some(10));
        assert_eq!(with(Some("max-age=60"), Some("50"), None), Some(10));
        assert_eq!(with(Some("max-age=60"), Some("60"), None), None);
        assert_eq!(with(Some("max-age=999999999"), None, None), Some(86_400));
        for never in [
            "no-store",
            "no-cache, max-age=60",
            "max-age=0",
            "max-age=x",
            "max-age=-1",
            "private",
        ] {
            assert_eq!(with(Some(never), None, None), None, "{never}");
        }
        let end = "Sun, 22 Nov 2026 12:10:00 GMT";
        assert_eq!(with(None, None, Some(end)), Some(600));
        assert_eq!(with(Some("max-age=5"), None, Some(end)), Some(5));
        assert_eq!(with(None, None, Some("0")), None);
    }
}
