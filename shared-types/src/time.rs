//! Times on the wire: server-made timestamps, and the dates that people give.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Serialize, Serializer};

use crate::validate::Refused;

/// Writes a timestamp as RFC 3339 with `Z` and milliseconds.
pub fn rfc3339_millis(at: Timestamp) -> String {
    Rfc3339Millis::new(at).as_str().to_owned()
}

/// `serde(serialize_with)` for a server-made timestamp.
pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(Rfc3339Millis::new(*at).as_str())
}

/// `serde(serialize_with)` for one that may be missing.
pub fn serialize_option<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serialize(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// `serde(serialize_with)` for a day that may be missing.
#[allow(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde gives a reference to the field"
)]
pub fn serialize_day<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => serializer.collect_str(day),
        None => serializer.serialize_none(),
    }
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ` in place: every task has two or three of them, so a general printer and an
/// allocation each would be a good part of what a list costs.
struct Rfc3339Millis([u8; 24]);

impl Rfc3339Millis {
    /// Years before 0, which RFC 3339 cannot write, are written as year 0: the server makes none.
    fn new(at: Timestamp) -> Self {
        let utc = Offset::UTC.to_datetime(at);
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let mut put = |place: Range<usize>, number: i32| {
            let mut rest = number.max(0);
            for digit in text[place].iter_mut().rev() {
                *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
                rest /= 10;
            }
        };
        put(0..4, utc.year().into());
        put(5..7, utc.month().into());
        put(8..10, utc.day().into());
        put(11..13, utc.hour().into());
        put(14..16, utc.minute().into());
        put(17..19, utc.second().into());
        put(20..23, utc.subsec_nanosecond() / 1_000_000);
        Self(text)
    }

    fn as_str(&self) -> &str {
        // Nothing but ASCII is put there.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A date as a person gave it, kept in the form given: a day, a wall-clock time in the user's zone (followed
/// when the zone changes), or an instant (RFC 3339 with an offset).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    text: String,
    value: WhenValue,
}

/// What a [`When`] means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenValue {
    /// A whole day in the user's zone.
    Day(Date),
    /// A wall-clock time in the user's zone.
    Local(DateTime),
    /// An instant.
    Instant(Timestamp),
}

impl When {
    /// Reads `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM[:SS[.fraction]]` or the latter with `Z` or `±HH:MM`.
    pub fn parse(text: String) -> Result<Self, Refused> {
        let value = WhenValue::parse(&text)?;
        Ok(Self { text, value })
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it means.
    pub const fn value(&self) -> WhenValue {
        self.value
    }
}

impl WhenValue {
    /// What the text of a [`When`] means.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        const FORMS: &str = "must be a date (2026-11-30), a local time (2026-11-30T17:00:00) or RFC 3339 with an offset (2026-11-30T17:00:00+01:00)";
        let value = match shape(text) {
            Some(Shape::Day) => text.parse().ok().map(Self::Day),
            Some(Shape::Local) => text.parse().ok().map(Self::Local),
            Some(Shape::Instant) => text.parse().ok().map(Self::Instant),
            None => return Err(FORMS.into()),
        };
        // PostgreSQL and iCalendar know no year 0.
        value
            .filter(|_| !text.starts_with("0000"))
            .ok_or_else(|| "must be a date that exists".into())
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(feature = "openapi")]
mod schema;

enum Shape {
    Day,
    Local,
    Instant,
}

/// Tells the accepted forms apart by their punctuation, since the date library reads many more.
fn shape(text: &str) -> Option<Shape> {
    let bytes = text.as_bytes();
    if !matches_pattern(bytes.get(..10)?, b"dddd-dd-dd") {
        return None;
    }
    let Some(time) = bytes.get(10..).filter(|time| !time.is_empty()) else {
        return Some(Shape::Day);
    };
    if !matches_pattern(time.get(..6)?, b"Tdd:dd") {
        return None;
    }
    let mut rest = &time[6..];
    if let Some(seconds) = rest
        .get(..3)
        .filter(|seconds| matches_pattern(seconds, b":dd"))
    {
        rest = &rest[seconds.len()..];
        if let Some(fraction) = rest.strip_prefix(b".") {
            let digits = fraction
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            if !(1..=9).contains(&digits) {
                return None;
            }
            rest = &fraction[digits..];
        }
    }
    match rest {
        b"" => Some(Shape::Local),
        b"Z" => Some(Shape::Instant),
        offset
            if (matches_pattern(offset, b"+dd:dd") || matches_pattern(offset, b"-dd:dd"))
                && offset[1..3] <= b"23"[..] =>
        {
            Some(Shape::Instant)
        }
        _ => None,
    }
}

/// Compares with a pattern in which `d` stands for a digit and all else for itself.
fn matches_pattern(bytes: &[u8], pattern: &[u8]) -> bool {
    bytes.len() == pattern.len()
        && bytes.iter().zip(pattern).all(|(byte, expected)| {
            if *expected == b'd' {
                byte.is_ascii_digit()
            } else {
                byte == expected
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<When, Refused> {
        When::parse(text.to_owned())
    }

    #[test]
    fn timestamps_are_written_with_z_and_milliseconds() {
        let at: Timestamp = "2026-11-22T20:00:00.0019Z".parse().unwrap();
        assert_eq!(rfc3339_millis(at), "2026-11-22T20:00:00.001Z");
        assert_eq!(
            rfc3339_millis(Timestamp::UNIX_EPOCH),
            "1970-01-01T00:00:00.000Z"
        );
    }

    #[test]
    fn three_forms_are_told_apart_and_kept_as_given() {
        assert!(matches!(
            parse("2026-11-30").unwrap().value(),
            WhenValue::Day(_)
        ));
        for local in [
            "2026-11-30T17:00:00",
            "2026-11-30T17:00",
            "2026-11-30T17:00:00.25",
        ] {
            assert!(
                matches!(parse(local).unwrap().value(), WhenValue::Local(_)),
                "{local}"
            );
        }
        for zoned in [
            "2026-11-30T17:00:00Z",
            "2026-11-30T17:00:00.123+05:30",
            "2026-11-30T17:00-08:00",
        ] {
            let when = parse(zoned).unwrap();
            assert!(matches!(when.value(), WhenValue::Instant(_)), "{zoned}");
            assert_eq!(when.as_str(), zoned);
        }
    }

    #[test]
    fn other_forms_and_dates_that_do_not_exist_are_refused() {
        for bad in [
            "",
            "tomorrow",
            "2026-11-30T",
            "20261130",
            "2026-11-30 17:00:00",
            "2026-11-30T17",
            "2026-11-30T17:00:00[Europe/Berlin]",
            "2026-W48-1",
            "+002026-11-30",
            "2026-02-29",
            "0000-12-31",
            "0000-12-31T23:00:00-05:00",
            "2026-13-01",
            "2026-11-30T25:00:00",
            "2026-11-30T17:00:00+25:00",
            "2026-11-30T17:00:00.Z",
            "2026-11-3０",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn timestamps_are_written_as_the_library_writes_them(millisecond in -62_167_219_200_000_i64..253_402_207_200_000) {
            let at = Timestamp::from_millisecond(millisecond).unwrap();
            prop_assert_eq!(rfc3339_millis(at), format!("{at:.3}"));
        }

        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }
    }
}
