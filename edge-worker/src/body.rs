//! The checks of a request's body that need no look inside: size, then media type (contract.md, "Order of
//! checks"). Whether it is JSON is for the origin, which reads it anyway.

use crate::error::Error;
use crate::route::Media;

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

/// A body with content must be what the route takes; one without needs no type.
pub fn check_media_type(
    body_bytes: usize,
    content_type: Option<&str>,
    media: Media,
) -> Result<(), Error> {
    let wanted = match media {
        Media::Json => "application/json",
        Media::Form => "application/x-www-form-urlencoded",
    };
    if body_bytes == 0 || content_type.is_some_and(|content_type| is(content_type, wanted)) {
        Ok(())
    } else {
        Err(Error::UnsupportedMediaType(media))
    }
}

/// `wanted`, with parameters or without; in another charset than UTF-8 nothing is read (RFC 8259 section 8.1).
fn is(content_type: &str, wanted: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    if !parts
        .next()
        .is_some_and(|media| media.eq_ignore_ascii_case(wanted))
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
    fn each_route_takes_one_type_and_an_empty_body_needs_none() {
        let form = "application/x-www-form-urlencoded";
        assert!(check_media_type(1, Some(form), Media::Form).is_ok());
        assert!(check_media_type(1, Some(form), Media::Json).is_err());
        assert!(check_media_type(1, Some("application/json"), Media::Form).is_err());
        let check_media_type =
            |bytes, content_type| check_media_type(bytes, content_type, Media::Json);
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
                    Err(Error::UnsupportedMediaType(Media::Json))
                ),
                "{bad}"
            );
        }
        assert!(check_media_type(1, None).is_err());
    }
}
