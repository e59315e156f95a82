//! The dashboard's session cookie: a token that the browser sends by itself, so it is read strictly, and what may
//! change something has to come from the dashboard's own pages.

use shared_types::token::TokenError;

use crate::error::Error;

/// The cookie's name under `public_url`. `__Host-` makes browsers refuse one that another host or a page without
/// TLS has set; on plain-HTTP localhost they would refuse that name.
pub fn name(public_url: &str) -> &'static str {
    if public_url.starts_with("https://") {
        "__Host-mindflow"
    } else {
        "mindflow_dev"
    }
}

/// The token in the cookie called `name` of a `Cookie` field, if there is one. A second one of that name, or a value
/// that no token of ours has, is not a session: which of two is meant, only who planted one would know.
pub fn session<'a>(field: &'a str, name: &str) -> Result<Option<&'a str>, Error> {
    let mut values = field.split(';').filter_map(|pair| {
        let (found, value) = pair.trim_matches(' ').split_once('=')?;
        (found == name).then_some(value)
    });
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) if !value.is_empty() && value.bytes().all(is_token_byte) => {
            Ok(Some(value))
        }
        (Some(_), _) => Err(Error::Credential(TokenError::Malformed)),
    }
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// Whether a request that changes something, with a cookie as its credential, comes from the dashboard. Browsers send
/// `Origin` with every such request and no script can forge it; `SameSite` alone lets a sibling host in.
pub fn check_origin(origin: Option<&str>, public_url: &str) -> Result<(), Error> {
    if origin == Some(public_url) {
        Ok(())
    } else {
        Err(Error::ForeignOrigin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAME: &str = "__Host-mindflow";

    #[test]
    fn the_name_is_as_strong_as_the_address_allows() {
        assert_eq!(name("https://m.test"), NAME);
        assert_eq!(name("http://localhost:8787"), "mindflow_dev");
    }

    #[test]
    fn exactly_one_cookie_of_the_exact_name_is_the_session() {
        for (field, token) in [
            ("__Host-mindflow=a.b.c", Some("a.b.c")),
            ("x=1; __Host-mindflow=a.b.c;y=2", Some("a.b.c")),
            ("x=__Host-mindflow=a.b.c", None),
            ("mindflow_dev=a.b.c; mindflow=a.b.c", None),
            ("__host-mindflow=a.b.c", None),
            ("__Host-mindflow", None),
            ("__Host-mindflow =a.b.c", None),
            ("", None),
        ] {
            assert_eq!(session(field, NAME), Ok(token), "{field}");
        }
        for field in [
            "__Host-mindflow=",
            "__Host-mindflow=\"a.b.c\"",
            "__Host-mindflow=a.b.c d",
            "__Host-mindflow=a%2Eb.c",
            "__Host-mindflow=a=b",
            "__Host-mindflow=a.b.c; __Host-mindflow=a.b.c",
            // Two `Cookie` lines arrive as one, joined by a comma.
            "__Host-mindflow=a.b.c, __Host-mindflow=d.e.f",
        ] {
            let refused = Err(Error::Credential(TokenError::Malformed));
            assert_eq!(session(field, NAME), refused, "{field}");
        }
    }

    #[test]
    fn only_the_dashboards_own_origin_may_change_something() {
        let url = "https://m.test";
        assert_eq!(check_origin(Some(url), url), Ok(()));
        for other in [
            None,
            Some(""),
            Some("null"),
            Some("https://m.test/"),
            Some("https://M.test"),
            Some("http://m.test"),
            Some("https://m.test:443"),
            Some("https://a.m.test"),
            Some("https://m.test.evil.test"),
            Some("https://m.test, https://m.test"),
        ] {
            assert_eq!(
                check_origin(other, url),
                Err(Error::ForeignOrigin),
                "{other:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_read_stands_in_the_field_alone_and_whole(field in "[am;=., \"]{0,24}") {
            let field = field.replace('m', NAME);
            if let Ok(Some(token)) = session(&field, NAME) {
                let whole = format!("{NAME}={token}");
                let named = field.split(';').map(str::trim).filter(|pair| *pair == whole);
                prop_assert_eq!(named.count(), 1);
                prop_assert!(!token.contains([' ', ',', '"', '=']));
            }
        }
    }
}
