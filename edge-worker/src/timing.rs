//! `Server-Timing` (W3C): how long a request took, and where. Each span holds the ones within it: `edge`
//! the whole request, `gate` the call of the user's gate, `origin` the signed fetch, `db` what the origin
//! says of its database.
//!
//! On Cloudflare the clock stands still between I/O, so `edge` shows waiting and not computing.

use std::fmt::Write;

/// One span's name and length in milliseconds.
pub type Span = (&'static str, f64);

/// The field's value for these spans.
pub fn write(spans: &[Span]) -> String {
    let mut text = String::new();
    for (name, milliseconds) in spans {
        let separator = if text.is_empty() { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(text, "{separator}{name};dur={milliseconds:.1}");
    }
    text
}

/// The length in milliseconds of the span called `name`, if the field names one.
pub fn find(field: &str, name: &str) -> Option<f64> {
    field.split(',').find_map(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        if parts.next() != Some(name) {
            return None;
        }
        let milliseconds = parts
            .find_map(|part| part.strip_prefix("dur="))?
            .trim_matches('"')
            .parse::<f64>()
            .ok()?;
        (milliseconds.is_finite() && milliseconds >= 0.0).then_some(milliseconds)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_written_and_found_again() {
        let field = write(&[("edge", 3.25), ("origin", 2.0)]);
        assert_eq!(field, "edge;dur=3.2, origin;dur=2.0");
        assert_eq!(find(&field, "origin"), Some(2.0));
        assert_eq!(find(&field, "db"), None);
    }

    #[test]
    fn what_is_not_a_length_is_not_found() {
        assert_eq!(find("db;desc=\"x\";dur=\"1.5\"", "db"), Some(1.5));
        for field in [
            "",
            "db",
            "db;dur=",
            "db;dur=NaN",
            "db;dur=-1",
            "db;dur=inf",
            "xdb;dur=1",
        ] {
            assert_eq!(find(field, "db"), None, "{field}");
        }
    }
}
