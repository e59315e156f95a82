//! The checks of a request's body that need no look inside: size, then media type (contract.md, "Order of
//! checks"). Whether it is JSON is for the origin, which reads it anyway.

use crate::error::Error;

/// What the header says about the size, before a byte is read; `limit` is in bytes.
pub fn check_declared_size(content_length: Option<&str>, limit: usize) -> Result<(), Error> {
    match content_length.map(str::trim) {
        None => Ok(()),
        Some(text) => match text.parse::<u64>() {
            Ok(length) => check_size(usize::try_from(length).unwrap_or(usize::MAX), limit),
            Err(_) => Err(Error::TooLarge),
        },
    }
}

/// What was read, in bytes.
pub fn check_size(bytes: usize, limit: usize) -> Result<(), Error> {
    if bytes > limit {
        Err(Error::TooLarge)
    } else {
        Ok(())
    }
}

/// A body with content must be JSON; one without needs no type.
pub fn check_media_type(body_bytes: usize, content_type: Option<&str>) -> Result<(), Error> {
    if body_bytes == 0 || content_type.is_some_and(is_json) {
        Ok(())
    } else {
        Err(Error::UnsupportedMediaType)
    }
}

/// `application/json`, with parameters or without; a charset other than UTF-8 is not JSON (RFC 8259 section 8.1).
fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    if !parts
        .next()
        .is_some_and(|media| media.eq_ignore_ascii_case("application/json"))
    {
        return false;
    }
    parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
            value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_inclusive() {
        assert!(check_size(262_144, 262_144).is_ok());
        assert!(matches!(check_size(262_145, 262_144), Err(Error::TooLarge)));
        assert!(check_declared_size(None, 262_144).is_ok());
        assert!(check_declared_size(Some("262144"), 262_144).is_ok());
        for length in ["262145", "99999999999999999999999", "-1", "x"] {
            let refused = check_declared_size(Some(length), 262_144);
            assert!(refused.is_err(), "{length}");
        }
    }

    #[test]
    fn json_is_the_only_type_and_an_empty_body_needs_none() {
        assert!(check_media_type(0, None).is_ok());
        assert!(check_media_type(0, Some("text/plain")).is_ok());
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(check_media_type(1, Some(good)).is_ok(), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/jsonp",
            "application/json; charset=latin1",
            "x; application/json",
        ] {
            assert!(
                matches!(
                    check_media_type(1, Some(bad)),
                    Err(Error::UnsupportedMediaType)
                ),
                "{bad}"
            );
        }
        assert!(check_media_type(1, None).is_err());
    }
}
