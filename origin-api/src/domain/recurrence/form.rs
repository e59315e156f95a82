//! The form in which a date was given, so that its repetitions are written in the same one.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use shared_types::time::{When, WhenValue};

/// How dates of a series are written.
#[derive(Clone, Debug)]
pub(super) enum Form {
    /// `2026-11-30`
    Day,
    /// `2026-11-30T17:00`, with seconds and digits of a fraction as they were given.
    Local(Precision),
    /// The same with `Z` or an offset.
    Instant(Precision, Zoned),
}

/// Which parts of a time are written even when they are 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Precision {
    seconds: bool,
    digits: usize,
}

/// What is written behind the time of an instant.
#[derive(Clone, Debug)]
pub(super) enum Zoned {
    Utc,
    /// The offset that the user's zone has at the time: the one given was its own.
    Followed(Offset),
    /// This one always: it was given, and is not that of the user's zone.
    Fixed(Offset),
}

impl Form {
    /// The form of a date; `zone` is the user's.
    pub(super) fn of(when: &When, zone: &TimeZone) -> Self {
        let text = when.as_str();
        let (time, offset) = match text
            .char_indices()
            .skip(11)
            .find(|(_, c)| "Z+-".contains(*c))
        {
            Some((at, _)) => text.split_at(at),
            None => (text, ""),
        };
        let precision = Precision {
            seconds: time.len() > "2026-11-30T17:00".len(),
            digits: time.split_once('.').map_or(0, |(_, digits)| digits.len()),
        };
        match when.value() {
            WhenValue::Day(_) => Self::Day,
            WhenValue::Local(_) => Self::Local(precision),
            WhenValue::Instant(_) if offset == "Z" => Self::Instant(precision, Zoned::Utc),
            WhenValue::Instant(at) => {
                let given = offset_of(offset).unwrap_or(Offset::UTC);
                let zoned = if zone.to_offset(at) == given {
                    Zoned::Followed(given)
                } else {
                    Zoned::Fixed(given)
                };
                Self::Instant(precision, zoned)
            }
        }
    }

    /// Whether dates of this form are whole days.
    pub(super) const fn is_day(&self) -> bool {
        matches!(self, Self::Day)
    }

    /// Writes what is `local` on the user's clock. A time that the clock skips is written as the one after the
    /// gap, one that it shows twice means the first. `None` past the end of the calendar.
    pub(super) fn write(&self, local: DateTime, zone: &TimeZone) -> Option<When> {
        let text = match self {
            Self::Day => local.date().to_string(),
            Self::Local(precision) => precision.write(local),
            Self::Instant(precision, zoned) => {
                let at = instant(local, zone)?;
                let offset = match *zoned {
                    Zoned::Utc => Offset::UTC,
                    Zoned::Fixed(given) => given,
                    Zoned::Followed(given) => {
                        // Offsets of whole minutes only can be written; local mean times are none.
                        let own = zone.to_offset(at);
                        if own.seconds() % 60 == 0 { own } else { given }
                    }
                };
                let time = precision.write(offset.to_datetime(at));
                match zoned {
                    Zoned::Utc => format!("{time}Z"),
                    _ => format!("{time}{}", offset_text(offset)),
                }
            }
        };
        When::parse(text).ok()
    }
}

impl Precision {
    fn write(self, at: DateTime) -> String {
        let minutes = format!("{}T{:02}:{:02}", at.date(), at.hour(), at.minute());
        if self.digits > 0 {
            let fraction = format!("{:09}", at.subsec_nanosecond());
            let digits = fraction.get(..self.digits).unwrap_or(&fraction);
            format!("{minutes}:{:02}.{digits}", at.second())
        } else if self.seconds || at.second() != 0 {
            format!("{minutes}:{:02}", at.second())
        } else {
            minutes
        }
    }
}

/// What a date is on the user's clock; a day is its midnight.
pub(super) fn local(when: &When, zone: &TimeZone) -> DateTime {
    match when.value() {
        WhenValue::Day(date) => date.into(),
        WhenValue::Local(local) => local,
        WhenValue::Instant(at) => zone.to_datetime(at),
    }
}

/// Whether the user's clock ever shows this time.
pub(super) fn exists(local: DateTime, zone: &TimeZone) -> bool {
    !matches!(
        zone.to_ambiguous_timestamp(local).offset(),
        AmbiguousOffset::Gap { .. }
    )
}

/// When the user's clock shows this time: the first of two, the later side of a gap.
pub(super) fn instant(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

/// Reads `+01:00`.
fn offset_of(text: &str) -> Option<Offset> {
    let hours: i32 = text.get(1..3)?.parse().ok()?;
    let minutes: i32 = text.get(4..6)?.parse().ok()?;
    let seconds = (hours * 60 + minutes) * 60;
    let sign = if text.starts_with('-') { -1 } else { 1 };
    Offset::from_seconds(sign * seconds).ok()
}

/// Writes `+01:00`.
fn offset_text(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}
