//! Under which key an answer is kept: the path, and the query with its parameters in one order.

/// The key of a read. Two spellings of one question that are only ordered otherwise share an answer; what is encoded
/// otherwise is another key, which costs one more fetch and nothing else.
pub fn cache_key(path: &str, query: &str) -> String {
    let mut parameters: Vec<&str> = query.split('&').filter(|part| !part.is_empty()).collect();
    if parameters.is_empty() {
        return path.to_owned();
    }
    // By name only, and stable: the values of a repeated parameter keep their order, which may mean something.
    parameters.sort_by_key(|parameter| {
        parameter
            .split_once('=')
            .map_or(*parameter, |(name, _)| name)
    });
    format!("{path}?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parameters_are_ordered_by_name_and_repeated_ones_stay_in_theirs() {
        for (query, key) in [
            ("", "/a"),
            ("&", "/a"),
            ("limit=2&cursor=x", "/a?cursor=x&limit=2"),
            ("status=b&limit=2&status=a", "/a?limit=2&status=b&status=a"),
            ("a&a=&b", "/a?a&a=&b"),
        ] {
            assert_eq!(cache_key("/a", query), key, "{query}");
        }
    }

    proptest! {
        #[test]
        fn questions_with_other_values_have_other_keys(
            one in prop::collection::btree_map("[a-c]", "[xy]{0,2}", 0..4),
            other in prop::collection::btree_map("[a-c]", "[xy]{0,2}", 0..4),
        ) {
            let query = |map: &std::collections::BTreeMap<String, String>, reversed: bool| {
                let mut parts: Vec<_> = map.iter().map(|(name, value)| format!("{name}={value}")).collect();
                if reversed {
                    parts.reverse();
                }
                parts.join("&")
            };
            prop_assert_eq!(cache_key("/a", &query(&one, false)), cache_key("/a", &query(&one, true)));
            prop_assert_eq!(
                cache_key("/a", &query(&one, false)) == cache_key("/a", &query(&other, true)),
                one == other
            );
        }
    }
}
