//! `If-None-Match`, answered by the edge from the origin's `ETag`.

/// Whether `if_none_match` names `etag`: weak comparison of whole tags (RFC 9110 section 8.8.3.2), because
/// Cloudflare marks a tag as weak when it compresses the body.
pub fn matches(if_none_match: &str, etag: &str) -> bool {
    let Some(wanted) = opaque(etag) else {
        return false;
    };
    let mut rest = if_none_match.trim();
    if rest == "*" {
        return true;
    }
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        rest = rest.strip_prefix("W/").unwrap_or(rest);
        let Some(after_quote) = rest.strip_prefix('"') else {
            return false;
        };
        let Some((tag, after_tag)) = after_quote.split_once('"') else {
            return false;
        };
        if tag == wanted {
            return true;
        }
        rest = after_tag;
    }
}

fn opaque(etag: &str) -> Option<&str> {
    let etag = etag.trim();
    etag.strip_prefix("W/")
        .unwrap_or(etag)
        .strip_prefix('"')?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_tag_is_compared_weakly() {
        for given in [
            "\"7-0\"",
            "W/\"7-0\"",
            " \"1\", W/\"7-0\" ",
            "*",
            "\"a,b\",\"7-0\"",
        ] {
            assert!(matches(given, "\"7-0\""), "{given}");
            assert!(matches(given, "W/\"7-0\""), "{given}");
        }
        for given in [
            "",
            "\"7\"",
            "\"7-00\"",
            "7-0",
            "\"7-0",
            "\"7-1\", \"7-0-gzip\"",
            "w/\"7-0\"",
        ] {
            assert!(!matches(given, "\"7-0\""), "{given}");
        }
        assert!(!matches("*", ""));
    }
}
