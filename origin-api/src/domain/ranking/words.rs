//! Days, clocks, durations and titles as a person would say them, in the user's zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use shared_types::time::WhenValue;

/// A title in an explanation is cut after this many characters.
const TITLE_CHARACTERS: usize = 60;

/// Says instants as seen from now.
pub struct Clock {
    now: Zoned,
}

impl Clock {
    pub fn new(now: Timestamp, zone: &TimeZone) -> Self {
        Self {
            now: now.to_zoned(zone.clone()),
        }
    }

    /// Calendar days from today to a date.
    pub(super) fn days_until(&self, date: Date) -> i32 {
        self.now
            .date()
            .until(date)
            .map_or(i32::MAX, |span| span.get_days())
    }

    /// "10:00": what the clock shows now.
    pub(super) fn time(&self) -> String {
        self.now.strftime("%H:%M").to_string()
    }

    /// "today", "on Thursday", "on 12 March", "on 3 January 2028".
    pub fn day(&self, date: Date) -> String {
        match self.days_until(date) {
            0 => "today".into(),
            1 => "tomorrow".into(),
            -1 => "yesterday".into(),
            -6..=-2 => format!("last {}", date.strftime("%A")),
            _ => format!("on {}", self.bare_day(date)),
        }
    }

    /// "Thursday", "12 March", "3 January 2028": a day that is neither today nor next to it.
    pub(super) fn bare_day(&self, date: Date) -> String {
        let format = match self.days_until(date) {
            2..=6 => "%A",
            _ if date.year() == self.now.year() => "%-d %B",
            _ => "%-d %B %Y",
        };
        date.strftime(format).to_string()
    }

    /// "tomorrow at 17:00".
    pub fn instant(&self, at: Timestamp) -> String {
        let local = at.to_zoned(self.now.time_zone().clone());
        format!("{} at {}", self.day(local.date()), local.strftime("%H:%M"))
    }

    /// A date in the form it was given: without a time where it has none.
    pub fn when(&self, when: WhenValue, at: Timestamp) -> String {
        match when {
            WhenValue::Day(date) => self.day(date),
            WhenValue::Local(_) | WhenValue::Instant(_) => self.instant(at),
        }
    }
}

/// "45 minutes", "2 hours", "2 h 30 min"; of a part of a minute nothing is said.
pub fn duration(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => counted(minutes, "minute", "minutes"),
        (hours, 0) => counted(hours, "hour", "hours"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// Whole minutes of a figure that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, which is what is wanted"
)]
pub(super) fn whole(minutes: f64) -> u32 {
    minutes as u32
}

/// "12 minutes", "5 hours", "23 days": how long ago something was.
pub(super) fn elapsed(hours: f64) -> String {
    match whole(hours * 60.0) {
        0 => "less than a minute".into(),
        minutes @ 1..60 => counted(minutes, "minute", "minutes"),
        minutes @ 60..1440 => counted(minutes / 60, "hour", "hours"),
        minutes => counted(minutes / 1440, "day", "days"),
    }
}

/// "1 task", "3 tasks".
pub fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The title in quotation marks, cut where it is long.
pub fn quoted(title: &str) -> String {
    match title.char_indices().nth(TITLE_CHARACTERS) {
        Some((end, _)) => format!("“{}…”", title[..end].trim_end()),
        None => format!("“{title}”"),
    }
}

/// "a", "a and b", "a, b and c".
pub fn joined(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
