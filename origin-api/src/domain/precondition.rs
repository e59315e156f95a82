//! `If-Match` (RFC 9110 §13.1.1), read as the contract wants it: of a task's tag `"<version>-<state>"` only the
//! version counts, since the state changes by time alone and proxies change the rest.

/// The versions that an `If-Match` field accepts.
///
/// `None` when it accepts any (`*`); empty, so that it matches nothing, when no tag in it could be ours. `W/` and
/// whatever follows the version (Caddy and nginx append the compression, as in `"3-0-gzip"`) do not count.
pub fn if_match(field: &str) -> Option<Vec<i64>> {
    if field.trim() == "*" {
        return None;
    }
    Some(field.split(',').filter_map(version).collect())
}

fn version(tag: &str) -> Option<i64> {
    let tag = tag.trim();
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let tag = tag.strip_prefix('"')?.strip_suffix('"')?;
    let digits = tag.split('-').next()?;
    if digits.starts_with('+') {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_counts() {
        for same in [
            "\"3-0\"",
            "\"3-1\"",
            "W/\"3-0\"",
            "\"3-0-gzip\"",
            "W/\"3-0-br\"",
            "\"3\"",
            " \"3-0\" ",
        ] {
            assert_eq!(if_match(same), Some(vec![3]), "{same}");
        }
    }

    #[test]
    fn any_of_several_may_match_and_a_star_always_does() {
        assert_eq!(if_match("\"3-0\", W/\"5-1\",\"x\""), Some(vec![3, 5]));
        assert_eq!(if_match("*"), None);
    }

    #[test]
    fn what_is_no_tag_of_ours_matches_nothing() {
        for other in [
            "",
            "3",
            "3-0",
            "\"\"",
            "\"x\"",
            "\"3x\"",
            "\"+3\"",
            "\"-3\"",
            "\"3-0",
            "\"99999999999999999999\"",
        ] {
            assert_eq!(if_match(other), Some(vec![]), "{other}");
        }
    }
}
