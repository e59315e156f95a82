//! Redirect addresses: which may exist at all, and which is meant. A code that goes to the wrong one is stolen, so an
//! address is read strictly and compared as text; only the port of a program on the user's own machine is free
//! (RFC 8252 §7.3).

/// The longest redirect address, in bytes.
pub const LONGEST: usize = 1024;

/// What may come of an address: `https` anywhere, `http` on the user's own machine only.
pub const EXPECTED: &str = "must be an https address, or an http one on 127.0.0.1, [::1] or localhost, without user or fragment";

/// A redirect address that may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    text: String,
    /// Where the host ends, and where what follows the port begins.
    host_end: usize,
    rest: usize,
}

impl RedirectUri {
    /// Reads an address; `None` when nobody may be sent there.
    ///
    /// Anything that two readers could understand differently is refused: a user part, a fragment, a backslash or
    /// another byte that no address has, an upper-case scheme or host, a port that is none.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST || !text.bytes().all(is_uri_byte) {
            return None;
        }
        let (scheme, after) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(after), _) => ("https://", after),
            (None, Some(after)) => ("http://", after),
            (None, None) => return None,
        };
        let length = after.find(['/', '?']).unwrap_or(after.len());
        let authority = &after[..length];
        let (host, port) = match authority.strip_prefix("[::1]") {
            Some("") => ("[::1]", None),
            Some(port) => ("[::1]", Some(port.strip_prefix(':')?)),
            None => match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        if !is_host(host) || !port.is_none_or(is_port) {
            return None;
        }
        if scheme == "http://" && !is_loopback(host) {
            return None;
        }
        Some(Self {
            text: text.to_owned(),
            host_end: scheme.len() + host.len(),
            rest: scheme.len() + length,
        })
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host.
    pub fn host(&self) -> &str {
        let scheme = if self.text.starts_with("https") { 8 } else { 7 };
        &self.text[scheme..self.host_end]
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.text[..self.rest]
    }

    /// Whether it leads to a program on the user's own machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.host())
    }

    /// Whether it is `registered`, but for the port of a program on the user's own machine, which the system chooses
    /// anew each time.
    pub fn is(&self, registered: &str) -> bool {
        if self.text == registered {
            return true;
        }
        self.is_loopback()
            && Self::parse(registered).is_some_and(|registered| {
                self.text[..self.host_end] == registered.text[..registered.host_end]
                    && self.text[self.rest..] == registered.text[registered.rest..]
            })
    }

    /// Whether it is the callback of some Custom GPT's Action. Its id is made anew whenever the Action's settings are
    /// edited, so no list could keep up.
    pub fn is_custom_gpt_callback(&self) -> bool {
        let path = ["https://chat.openai.com", "https://chatgpt.com"]
            .iter()
            .find_map(|origin| self.text.strip_prefix(origin));
        let id = path
            .and_then(|path| path.strip_prefix("/aip/g-"))
            .and_then(|path| path.strip_suffix("/oauth/callback"));
        id.is_some_and(|id| {
            (1..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
    }

    /// The address with these parameters added to its own.
    pub fn with(&self, parameters: &[(&str, &str)]) -> String {
        let mut added = form_urlencoded::Serializer::new(String::new());
        added.extend_pairs(parameters);
        let mark = if self.text.contains('?') { '&' } else { '?' };
        format!("{}{mark}{}", self.text, added.finish())
    }
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

/// A name or an IPv4 address; of IPv6 only the loopback address.
fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    host == "[::1]" || host.split('.').all(label)
}

fn is_port(port: &str) -> bool {
    !port.starts_with('0')
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && port.parse::<u16>().is_ok()
}

/// What RFC 3986 allows in a URI, but `#` and, where no host is, `[` and `]` do no harm.
fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?[]!$&'()*+,;=%@".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> RedirectUri {
        RedirectUri::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn an_address_is_https_or_on_the_users_own_machine() {
        for (text, host, origin, is_loopback) in [
            (
                "https://a.example/cb",
                "a.example",
                "https://a.example",
                false,
            ),
            (
                "https://a.example:8443/cb?x=1",
                "a.example",
                "https://a.example:8443",
                false,
            ),
            ("https://a.example", "a.example", "https://a.example", false),
            (
                "https://a.example?x=/y",
                "a.example",
                "https://a.example",
                false,
            ),
            (
                "http://127.0.0.1:1455/callback",
                "127.0.0.1",
                "http://127.0.0.1:1455",
                true,
            ),
            ("http://[::1]:1/cb", "[::1]", "http://[::1]:1", true),
            ("http://localhost/cb", "localhost", "http://localhost", true),
        ] {
            let uri = read(text);
            assert_eq!(
                (uri.as_str(), uri.host(), uri.origin()),
                (text, host, origin)
            );
            assert_eq!(uri.is_loopback(), is_loopback, "{text}");
        }
    }

    #[test]
    fn nobody_is_sent_where_two_readers_could_see_two_places() {
        for text in [
            "",
            "/cb",
            "https://",
            "https:///cb",
            "HTTPS://a.example/cb",
            "https://A.example/cb",
            "http://a.example/cb",
            "http://127.0.0.2/cb",
            "http://localhost.evil.example/cb",
            "http://127.0.0.1.evil.example/cb",
            "https://chatgpt.com@evil.example/cb",
            "https://user:secret@a.example/cb",
            "https://a.example/cb#",
            "https://a.example/cb#code",
            "https://a.example\\@evil.example/cb",
            "https://a.example/\\evil",
            "https://a.example /cb",
            "https://a.example/\u{fc}",
            "https://a.example/cb\r\nSet-Cookie:x",
            "https://a..example/cb",
            "https://a.example./cb",
            "https://a%2eexample/cb",
            "https://a.example:/cb",
            "https://a.example:0/cb",
            "https://a.example:080/cb",
            "https://a.example:65536/cb",
            "https://a.example:1:2/cb",
            "https://[2001:db8::1]/cb",
            "http://[::1]x/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "cursor://cb",
        ] {
            assert_eq!(RedirectUri::parse(text), None, "{text}");
        }
        let long = format!("https://a.example/{}", "a".repeat(LONGEST));
        assert_eq!(RedirectUri::parse(&long), None);
    }

    #[test]
    fn an_address_is_its_registration_to_the_byte_but_for_a_loopback_port() {
        let registered = "https://a.example/cb";
        assert!(read(registered).is(registered));
        for other in [
            "https://a.example/cb/",
            "https://a.example/cb?",
            "https://a.example/cb?x=1",
            "https://a.example/CB",
            "https://a.example/x/../cb",
            "https://a.example:443/cb",
            "https://a.example:8443/cb",
            "https://b.a.example/cb",
            "https://a.example.evil.example/cb",
        ] {
            assert!(!read(other).is(registered), "{other}");
        }
        let registered = "http://127.0.0.1:1455/callback";
        for same in ["http://127.0.0.1/callback", "http://127.0.0.1:9/callback"] {
            assert!(read(same).is(registered) && read(registered).is(same));
        }
        for other in [
            "http://localhost:1455/callback",
            "http://[::1]:1455/callback",
            "https://127.0.0.1:1455/callback",
            "http://127.0.0.1:1455/callback/x",
            "http://127.0.0.1:1455/",
        ] {
            assert!(!read(other).is(registered), "{other}");
        }
    }

    #[test]
    fn only_the_two_hosts_of_custom_gpts_and_their_one_path_match_the_pattern() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        for host in ["chat.openai.com", "chatgpt.com"] {
            let uri = read(&format!("https://{host}/aip/g-{id}/oauth/callback"));
            assert!(uri.is_custom_gpt_callback());
        }
        for other in [
            "https://chatgpt.com/aip/g-/oauth/callback",
            "https://chatgpt.com/aip/g-xyz/oauth/callback",
            "https://chatgpt.com/aip/g-AB/oauth/callback",
            "https://chatgpt.com/aip/g-ab/x/oauth/callback",
            "https://chatgpt.com/aip/g-ab/oauth/callback/",
            "https://chatgpt.com/aip/g-ab/oauth/callback?x",
            "https://chatgpt.com/x/aip/g-ab/oauth/callback",
            "https://chatgpt.com:8443/aip/g-ab/oauth/callback",
            "https://chatgpt.com.evil.example/aip/g-ab/oauth/callback",
            "https://evil-chatgpt.com/aip/g-ab/oauth/callback",
            "https://www.chatgpt.com/aip/g-ab/oauth/callback",
            "https://evil.example/https://chatgpt.com/aip/g-ab/oauth/callback",
        ] {
            assert!(!read(other).is_custom_gpt_callback(), "{other}");
        }
    }

    #[test]
    fn parameters_are_added_to_those_that_are_there() {
        let parameters = [("code", "a b&c"), ("iss", "https://m.test")];
        let added = "code=a+b%26c&iss=https%3A%2F%2Fm.test";
        let with = |text: &str| read(text).with(&parameters);
        assert_eq!(
            with("https://a.example/cb"),
            format!("https://a.example/cb?{added}")
        );
        assert_eq!(
            with("https://a.example/cb?x=1"),
            format!("https://a.example/cb?x=1&{added}")
        );
    }

    proptest! {
        #[test]
        fn what_is_accepted_has_the_host_that_it_shows(text in "https?://[a-z.@:/?#\\\\\\[\\]%0-9-]{0,40}") {
            if let Some(uri) = RedirectUri::parse(&text) {
                let http: axum::http::Uri = text.parse().unwrap();
                prop_assert_eq!(http.host(), Some(uri.host()));
            }
        }
    }
}
