//! The calendar feed: every open task that is due, and the dates on which it will come again, as iCalendar (RFC 5545).
//!
//! A task is an event at its due date, or else its deadline. What follows it in its series is a second event, which
//! recurs: so the one stays where the task was moved to, and the others where the rule has them. Whatever is written
//! depends on the tasks and the user's zone, and on the time only for occurrences that have passed, so the feed is the
//! same from one look to the next.

mod text;
mod zone;

#[cfg(test)]
mod tests;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use shared_types::time::{When, WhenValue};

use crate::db::tasks::{Calendar, Dated};
use crate::domain::recurrence::{Days, Forecast};
use text::{Lines, escaped};

/// Characters of a description that are shown; the whole of it is in the task.
const DESCRIBED: usize = 2000;

/// Who made the feed.
const PRODUCT: &str = "-//MindFlow//Tasks//EN";

/// The feed of `calendar` at the instant `now`.
pub fn feed(calendar: &Calendar, now: Timestamp) -> String {
    let zone = &calendar.time.zone;
    let mut lines = Lines::default();
    lines.add("BEGIN", "VCALENDAR");
    lines.add("VERSION", "2.0");
    lines.add("PRODID", PRODUCT);
    lines.add("CALSCALE", "GREGORIAN");
    lines.add("NAME", "MindFlow");
    lines.add("X-WR-CALNAME", "MindFlow");
    lines.add("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    lines.add("X-PUBLISHED-TTL", "PT1H");
    let place = Place::of(zone);
    if let Place::Zone(name) = place {
        zone::write(&mut lines, name, zone, now);
    }
    for task in &calendar.tasks {
        write(&mut lines, task, zone, place, now);
    }
    lines.add("END", "VCALENDAR");
    lines.text()
}

/// How times on the user's clock are written.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// As instants.
    Utc,
    /// With the name of the zone.
    Zone(&'a str),
}

impl<'a> Place<'a> {
    fn of(zone: &'a TimeZone) -> Self {
        match zone.iana_name() {
            Some("UTC" | "Etc/UTC" | "Etc/GMT" | "GMT") | None => Self::Utc,
            Some(name) => Self::Zone(name),
        }
    }

    /// A property whose value is a time on the user's clock.
    fn local(self, name: &str, times: &[DateTime]) -> (String, String) {
        let written = |mark: &str| {
            let times = times
                .iter()
                .map(|at| format!("{}{mark}", at.strftime("%Y%m%dT%H%M%S")));
            times.collect::<Vec<_>>().join(",")
        };
        match self {
            Self::Utc => (name.to_owned(), written("Z")),
            Self::Zone(zone) => (format!("{name};TZID={zone}"), written("")),
        }
    }
}

fn write(lines: &mut Lines, task: &Dated, zone: &TimeZone, place: Place<'_>, now: Timestamp) {
    let Some(anchor) = task.dates.anchor() else {
        return;
    };
    begin(lines, task, "");
    let (name, value) = start(anchor, place);
    lines.add(&name, &value);
    lines.add("END", "VEVENT");
    let forecast = task
        .series
        .as_ref()
        .and_then(|series| series.forecast(anchor, zone, now));
    if let Some(Forecast {
        is_day,
        first,
        rest,
    }) = forecast
    {
        begin(lines, task, "-next");
        let dates = |name: &str, times: &[DateTime]| {
            if is_day {
                let days = times.iter().map(|at| at.strftime("%Y%m%d").to_string());
                (
                    format!("{name};VALUE=DATE"),
                    days.collect::<Vec<_>>().join(","),
                )
            } else {
                place.local(name, times)
            }
        };
        let (name, value) = dates("DTSTART", &[first]);
        lines.add(&name, &value);
        match rest {
            Days::Rule(rule) => lines.add("RRULE", &rule),
            Days::Listed(times) if times.is_empty() => {}
            Days::Listed(times) => {
                // The first among them: some readers take none but these.
                let times: Vec<DateTime> = [first].into_iter().chain(times).collect();
                let (name, value) = dates("RDATE", &times);
                lines.add(&name, &value);
            }
        }
        lines.add("END", "VEVENT");
    }
}

/// What both events of a task have in common. They take no time away: a task is to be done, not attended.
fn begin(lines: &mut Lines, task: &Dated, part: &str) {
    lines.add("BEGIN", "VEVENT");
    lines.add("UID", &format!("{}{part}@mindflow", task.id));
    let changed = task.updated_at.strftime("%Y%m%dT%H%M%SZ").to_string();
    lines.add("DTSTAMP", &changed);
    lines.add("LAST-MODIFIED", &changed);
    lines.add("SUMMARY", &escaped(&task.title));
    if let Some(description) = &task.description {
        let end = description.char_indices().nth(DESCRIBED);
        let (shown, mark) = end.map_or((description.as_str(), ""), |(at, _)| {
            (&description[..at], "…")
        });
        lines.add("DESCRIPTION", &format!("{}{mark}", escaped(shown)));
    }
    if !task.tags.is_empty() {
        let tags: Vec<String> = task.tags.iter().map(|tag| escaped(tag)).collect();
        lines.add("CATEGORIES", &tags.join(","));
    }
    // RFC 5545 counts from 1, the highest, to 9.
    lines.add(
        "PRIORITY",
        &(11 - 2 * task.priority.clamp(1, 5)).to_string(),
    );
    lines.add("TRANSP", "TRANSPARENT");
}

/// DTSTART of a date in the form given.
fn start(date: &When, place: Place<'_>) -> (String, String) {
    match date.value() {
        WhenValue::Day(day) => (
            "DTSTART;VALUE=DATE".to_owned(),
            day.strftime("%Y%m%d").to_string(),
        ),
        WhenValue::Local(local) => place.local("DTSTART", &[local]),
        WhenValue::Instant(at) => {
            let utc: Zoned = at.to_zoned(Offset::UTC.to_time_zone());
            Place::Utc.local("DTSTART", &[utc.datetime()])
        }
    }
}
