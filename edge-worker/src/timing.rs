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

/// What a gate tells the Worker beside its answer: why it refused, how many rows it wrote, and where the time went.
#[derive(Clone, Copy, Debug)]
pub struct GateNote<'a> {
    /// A word for the log line.
    pub reason: Option<&'a str>,
    /// Rows that were written in the gate's storage since its last note.
    pub rows_written: u32,
    /// The spans within the gate's.
    pub spans: &'a [Span],
}

impl GateNote<'_> {
    /// The value of the field that carries it: one, because each that is read or removed costs a crossing; and none where
    /// there is nothing to tell, as on a hit.
    pub fn to_field(self) -> Option<String> {
        if self.reason.is_none() && self.rows_written == 0 && self.spans.is_empty() {
            return None;
        }
        let reason = self.reason.unwrap_or_default();
        Some(format!(
            "{reason}|{}|{}",
            self.rows_written,
            write(self.spans)
        ))
    }
}

/// Reason, rows and `Server-Timing` of a note; what cannot be read is none.
pub fn read_note(field: &str) -> (Option<&str>, u32, &str) {
    let mut parts = field.splitn(3, '|');
    let reason = parts.next().filter(|reason| !reason.is_empty());
    let rows = parts.next().and_then(|rows| rows.parse().ok());
    (
        reason,
        rows.unwrap_or_default(),
        parts.next().unwrap_or_default(),
    )
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
    fn a_note_survives_the_way_to_the_worker() {
        let spans = [("origin", 2.0), ("db", 1.5)];
        for (reason, rows_written) in [(None, 0), (Some("revoked"), 3)] {
            let note = GateNote {
                reason,
                rows_written,
                spans: &spans,
            };
            let field = note.to_field().unwrap();
            let read = read_note(&field);
            assert_eq!(read, (reason, rows_written, "origin;dur=2.0, db;dur=1.5"));
        }
        let nothing = GateNote {
            reason: None,
            rows_written: 0,
            spans: &[],
        };
        assert_eq!(nothing.to_field(), None);
        assert_eq!(read_note(""), (None, 0, ""));
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
