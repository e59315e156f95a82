//! What the rules must hold to, by hand-picked dates, against another implementation, and over random rules.

mod agreed;
mod days;
mod next;
mod parse;
mod properties;
mod zones;

use jiff::Timestamp;
use jiff::tz::{self, TimeZone};
use shared_types::task::RecurrenceFrom;
use shared_types::time::When;

use super::{Dates, Rule, Series};

fn when(text: &str) -> When {
    When::parse(text.to_owned()).unwrap()
}

fn zone(name: &str) -> TimeZone {
    tz::db().get(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn series(rule: &str, start: &str, from: RecurrenceFrom) -> Series {
    Series {
        rule: Rule::parse(rule).unwrap(),
        from,
        start: when(start),
    }
}

/// The dates on schedule after the start, with a blank between them; it is so early that none is past.
fn dates(rule: &str, start: &str, zone_name: &str, count: usize) -> String {
    let series = series(rule, start, RecurrenceFrom::Schedule);
    let found = series.occurrences(&when(start), &zone(zone_name), Timestamp::MIN, count);
    let texts: Vec<_> = found.iter().map(When::as_str).collect();
    texts.join(" ")
}

/// Why a rule is refused for a start; empty when it is not.
fn refused(rule: &str, start: &str, zone_name: &str) -> String {
    Rule::parse(rule)
        .and_then(|rule| rule.check(&when(start), &zone(zone_name)))
        .map_or_else(Into::into, |()| String::new())
}

/// A task's dates: due, deadline and start, each may be empty.
fn task(due_date: &str, deadline: &str, start_date: &str) -> Dates {
    let date = |text: &str| (!text.is_empty()).then(|| when(text));
    Dates {
        due_date: date(due_date),
        deadline: date(deadline),
        start_date: date(start_date),
    }
}
