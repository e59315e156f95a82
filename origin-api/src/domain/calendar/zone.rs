//! A time zone as iCalendar says it (RFC 5545 section 3.6.5): one observance for each change of the clock around now.
//! Calendars that know the name go by that.

use jiff::tz::{Dst, Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};

use super::text::Lines;

/// How far back and ahead changes are said, in years.
const BACK: i64 = 1;
const AHEAD: i64 = 10;
const HOURS_IN_A_YEAR: i64 = 366 * 24;

/// Writes the zone called `name`.
pub(super) fn write(lines: &mut Lines, name: &str, zone: &TimeZone, now: Timestamp) {
    let from = now
        .checked_sub((BACK * HOURS_IN_A_YEAR).hours())
        .unwrap_or(now);
    let to = now
        .checked_add((AHEAD * HOURS_IN_A_YEAR).hours())
        .unwrap_or(now);
    lines.add("BEGIN", "VTIMEZONE");
    lines.add("TZID", name);
    // What held before the first change, for all that is older.
    let earlier = zone.to_offset_info(from);
    observance(
        lines,
        earlier.dst(),
        "19700101T000000",
        earlier.offset(),
        earlier.offset(),
    );
    let mut before = earlier.offset();
    for change in zone
        .following(from)
        .take_while(|change| change.timestamp() < to)
    {
        let begins = before
            .to_datetime(change.timestamp())
            .strftime("%Y%m%dT%H%M%S");
        observance(
            lines,
            change.dst(),
            &begins.to_string(),
            before,
            change.offset(),
        );
        before = change.offset();
    }
    lines.add("END", "VTIMEZONE");
}

fn observance(lines: &mut Lines, dst: Dst, begins: &str, from: Offset, to: Offset) {
    let kind = if dst.is_dst() { "DAYLIGHT" } else { "STANDARD" };
    lines.add("BEGIN", kind);
    lines.add("DTSTART", begins);
    lines.add("TZOFFSETFROM", &written(from));
    lines.add("TZOFFSETTO", &written(to));
    lines.add("END", kind);
}

/// `+0100`, with seconds where there are any.
fn written(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (minutes, rest) = (seconds.abs() / 60, seconds.abs() % 60);
    let text = format!("{sign}{:02}{:02}", minutes / 60, minutes % 60);
    if rest == 0 {
        text
    } else {
        format!("{text}{rest:02}")
    }
}
