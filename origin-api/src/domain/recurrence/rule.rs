//! A recurrence rule as it was given: RFC 5545's RRULE value, checked against its grammar.

use std::fmt;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::Offset;
use shared_types::time::WhenValue;
use shared_types::validate::Refused;

/// Longer than any rule that a person would mean, and short enough to keep every list small.
const MAX_CHARS: usize = 500;

/// More occurrences than this are walked by nobody, and counting them must stay cheap.
const MAX_COUNT: i64 = 10_000;

const MAX_INTERVAL: i64 = 10_000;

/// What the rule's lists are expanded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frequency {
    Yearly,
    Monthly,
    Weekly,
    Daily,
    Hourly,
}

/// One value of BYDAY: a weekday, and which one of its month or year (negative from the end).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ByDay {
    pub(super) nth: Option<i16>,
    pub(super) weekday: Weekday,
}

/// A rule that keeps to the grammar. Whether it ever fires depends on its start: see [`Rule::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The parts as given, in upper case, for [`Rule::to_string`].
    parts: Vec<(&'static str, String)>,
    pub(super) frequency: Frequency,
    pub(super) interval: i64,
    pub(super) count: Option<u32>,
    pub(super) until: Option<WhenValue>,
    pub(super) week_start: Weekday,
    /// The lists are sorted and without doubles; an absent one is empty.
    pub(super) months: Vec<i16>,
    pub(super) week_numbers: Vec<i16>,
    pub(super) year_days: Vec<i16>,
    pub(super) month_days: Vec<i16>,
    pub(super) days: Vec<ByDay>,
    pub(super) hours: Vec<i16>,
    pub(super) minutes: Vec<i16>,
    pub(super) seconds: Vec<i16>,
    pub(super) positions: Vec<i16>,
}

impl Rule {
    /// Reads `FREQ=WEEKLY;BYDAY=MO`, in any case and order, also behind `RRULE:`.
    ///
    /// An error is the end of the sentence "recurrence …". A rule that is too frequent by its grammar alone is
    /// refused here, so that no accepted rule has more than one time in an hour unless BYSETPOS picks among them.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        if text.chars().count() > MAX_CHARS {
            return Err(format!("must have at most {MAX_CHARS} characters").into());
        }
        let text = text.trim().to_ascii_uppercase();
        let text = text.strip_prefix("RRULE:").unwrap_or(&text);
        if text.contains(['\n', '\r', ':']) {
            return Err("must be one RRULE and nothing else, as in FREQ=WEEKLY;BYDAY=MO; the series starts at the task's own date, so leave out DTSTART, RDATE, EXDATE and TZID".into());
        }
        let mut rule = Self::empty();
        for part in text.strip_suffix(';').unwrap_or(text).split(';') {
            let (name, value) = part.split_once('=').ok_or_else(|| {
                Refused::from("must be parts NAME=VALUE with semicolons between them, as in FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH")
            })?;
            rule.read(name, value)?;
        }
        rule.finish()?;
        Ok(rule)
    }

    /// The same rule with that many occurrences left; one without COUNT stays without.
    pub(super) fn with_count(&self, count: Option<u32>) -> Self {
        let mut rule = self.clone();
        if let Some(count) = count {
            for (name, value) in &mut rule.parts {
                if *name == "COUNT" {
                    *value = count.to_string();
                }
            }
        }
        rule.count = count;
        rule
    }

    /// The rule with another text for its UNTIL, where it has one.
    pub(super) fn with_until(&self, until: Option<&str>) -> String {
        let parts = self.parts.iter().map(|(name, value)| match until {
            Some(until) if *name == "UNTIL" => format!("UNTIL={until}"),
            _ => format!("{name}={value}"),
        });
        parts.collect::<Vec<_>>().join(";")
    }

    /// Whether it says more than days.
    pub(super) fn names_times(&self) -> bool {
        self.frequency == Frequency::Hourly
            || !(self.hours.is_empty() && self.minutes.is_empty() && self.seconds.is_empty())
    }

    fn empty() -> Self {
        Self {
            parts: Vec::new(),
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            week_start: Weekday::Monday,
            months: Vec::new(),
            week_numbers: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            days: Vec::new(),
            hours: Vec::new(),
            minutes: Vec::new(),
            seconds: Vec::new(),
            positions: Vec::new(),
        }
    }

    fn read(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        let name = match name {
            "FREQ" => {
                self.frequency = frequency(value)?;
                "FREQ"
            }
            "INTERVAL" => {
                self.interval = number("INTERVAL", value, MAX_INTERVAL)?;
                "INTERVAL"
            }
            "COUNT" => {
                self.count = u32::try_from(number("COUNT", value, MAX_COUNT)?).ok();
                "COUNT"
            }
            "UNTIL" => {
                self.until = Some(until(value).ok_or(UNTIL_FORMS)?);
                "UNTIL"
            }
            "WKST" => {
                self.week_start = weekday(value).ok_or(
                    "has a WKST that is no day of the week: use MO, TU, WE, TH, FR, SA or SU",
                )?;
                "WKST"
            }
            "BYDAY" => {
                self.days = days(value)?;
                "BYDAY"
            }
            "BYMONTH" => list("BYMONTH", value, 1, 12, &mut self.months)?,
            "BYWEEKNO" => list("BYWEEKNO", value, -53, 53, &mut self.week_numbers)?,
            "BYYEARDAY" => list("BYYEARDAY", value, -366, 366, &mut self.year_days)?,
            "BYMONTHDAY" => list("BYMONTHDAY", value, -31, 31, &mut self.month_days)?,
            "BYHOUR" => list("BYHOUR", value, 0, 23, &mut self.hours)?,
            "BYMINUTE" => list("BYMINUTE", value, 0, 59, &mut self.minutes)?,
            "BYSECOND" => list("BYSECOND", value, 0, 59, &mut self.seconds)?,
            "BYSETPOS" => list("BYSETPOS", value, -366, 366, &mut self.positions)?,
            _ => {
                return Err("has a part that RFC 5545 does not know: use FREQ, INTERVAL, COUNT or UNTIL, WKST, BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE, BYSECOND and BYSETPOS".into());
            }
        };
        if self.parts.iter().any(|(before, _)| *before == name) {
            return Err(format!("has {name} twice: put all its values into one part").into());
        }
        self.parts.push((name, value.to_owned()));
        Ok(())
    }

    /// What the parts must be together.
    fn finish(&self) -> Result<(), Refused> {
        use Frequency::{Hourly, Monthly, Weekly, Yearly};
        let has = |name: &str| self.parts.iter().any(|(given, _)| *given == name);
        let frequency = self.frequency;
        let numbered = self.days.iter().any(|day| day.nth.is_some());
        let refused = if !has("FREQ") {
            "must have a FREQ, as in FREQ=WEEKLY;BYDAY=MO"
        } else if has("COUNT") && has("UNTIL") {
            "must not have both COUNT and UNTIL: leave one out"
        } else if has("BYWEEKNO") && frequency != Yearly {
            "can have BYWEEKNO with FREQ=YEARLY only"
        } else if has("BYYEARDAY") && !matches!(frequency, Yearly | Hourly) {
            "can have BYYEARDAY with FREQ=YEARLY only: use BYMONTH and BYMONTHDAY"
        } else if has("BYMONTHDAY") && frequency == Weekly {
            "cannot have BYMONTHDAY with FREQ=WEEKLY: use FREQ=MONTHLY, or BYDAY"
        } else if numbered && !matches!(frequency, Yearly | Monthly) {
            "can have a BYDAY with a number, such as 1MO, with FREQ=MONTHLY or YEARLY only: leave the number out"
        } else if numbered && has("BYWEEKNO") {
            "cannot have a BYDAY with a number, such as 1MO, beside BYWEEKNO: leave the number out"
        } else if has("BYSETPOS")
            && !self
                .parts
                .iter()
                .any(|(name, _)| name.starts_with("BY") && *name != "BYSETPOS")
        {
            "can have BYSETPOS beside another BY part only, as in FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
        } else if !has("BYSETPOS") && (self.minutes.len() > 1 || self.seconds.len() > 1) {
            TOO_OFTEN
        } else {
            return Ok(());
        };
        Err(refused.into())
    }
}

/// The rule for storing and showing: as given, in upper case and without `RRULE:`.
impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (name, value)) in self.parts.iter().enumerate() {
            let separator = if place == 0 { "" } else { ";" };
            write!(out, "{separator}{name}={value}")?;
        }
        Ok(())
    }
}

pub(super) const TOO_OFTEN: &str = "must not repeat more often than hourly: use FREQ=HOURLY or a rarer one, with one BYMINUTE and one BYSECOND";

const UNTIL_FORMS: &str = "has an UNTIL that is no date: use 20261231, 20261231T170000 in your own time zone, or 20261231T160000Z";

fn frequency(value: &str) -> Result<Frequency, Refused> {
    match value {
        "YEARLY" => Ok(Frequency::Yearly),
        "MONTHLY" => Ok(Frequency::Monthly),
        "WEEKLY" => Ok(Frequency::Weekly),
        "DAILY" => Ok(Frequency::Daily),
        "HOURLY" => Ok(Frequency::Hourly),
        "MINUTELY" | "SECONDLY" => Err(TOO_OFTEN.into()),
        _ => Err("has an unknown FREQ: use YEARLY, MONTHLY, WEEKLY, DAILY or HOURLY".into()),
    }
}

fn weekday(value: &str) -> Option<Weekday> {
    Some(match value {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}

/// A whole number from 1, of digits only.
fn number(name: &str, value: &str, max: i64) -> Result<i64, Refused> {
    match digits(value) {
        Some(number) if (1..=max).contains(&number) => Ok(number),
        _ => Err(format!("must have a {name} between 1 and {max}").into()),
    }
}

/// Digits only: no sign, no white space.
fn digits(value: &str) -> Option<i64> {
    let plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| value.parse().ok()).flatten()
}

/// A number that may have a sign.
fn signed(value: &str) -> Option<i64> {
    match value.strip_prefix('-') {
        Some(rest) => digits(rest).map(|number| -number),
        None => digits(value.strip_prefix('+').unwrap_or(value)),
    }
}

/// Reads numbers with commas between them; where they may be negative, they must not be 0.
fn list(
    name: &'static str,
    value: &str,
    min: i16,
    max: i16,
    into: &mut Vec<i16>,
) -> Result<&'static str, Refused> {
    for item in value.split(',') {
        let read = if min < 0 { signed(item) } else { digits(item) };
        match read.and_then(|number| i16::try_from(number).ok()) {
            Some(number) if (min..=max).contains(&number) && (min >= 0 || number != 0) => {
                into.push(number);
            }
            _ => {
                let zero = if min < 0 { ", without 0" } else { "" };
                return Err(format!(
                    "must have in {name} whole numbers from {min} to {max}{zero}, with commas between them"
                )
                .into());
            }
        }
    }
    into.sort_unstable();
    into.dedup();
    Ok(name)
}

fn days(value: &str) -> Result<Vec<ByDay>, Refused> {
    let day = |item: &str| {
        let (nth, name) = item.split_at_checked(item.len().checked_sub(2)?)?;
        let weekday = weekday(name)?;
        if nth.is_empty() {
            return Some(ByDay { nth: None, weekday });
        }
        let nth = i16::try_from(signed(nth)?).ok()?;
        let known = (-53..=53).contains(&nth) && nth != 0;
        known.then_some(ByDay {
            nth: Some(nth),
            weekday,
        })
    };
    value.split(',').map(day).collect::<Option<_>>().ok_or_else(|| {
        "must have in BYDAY days of the week (MO, TU, WE, TH, FR, SA, SU), or such as 1MO and -1FR for the first Monday and the last Friday, with commas between them".into()
    })
}

/// `YYYYMMDD`, `YYYYMMDDTHHMMSS`, or the latter with `Z`.
fn until(value: &str) -> Option<WhenValue> {
    let (date, time) = match value.split_once('T') {
        None => (value, None),
        Some((date, time)) => (date, Some(time)),
    };
    let pair = |text: &str, at: usize| i8::try_from(digits(text.get(at..at + 2)?)?).ok();
    if date.len() != 8 {
        return None;
    }
    let year = i16::try_from(digits(date.get(..4)?)?).ok()?;
    let date = Date::new(year, pair(date, 4)?, pair(date, 6)?).ok()?;
    let Some(time) = time else {
        return Some(WhenValue::Day(date));
    };
    let (time, utc) = match time.strip_suffix('Z') {
        Some(time) => (time, true),
        None => (time, false),
    };
    if time.len() != 6 {
        return None;
    }
    let time = Time::new(pair(time, 0)?, pair(time, 2)?, pair(time, 4)?, 0).ok()?;
    let local = date.to_datetime(time);
    if utc {
        Offset::UTC.to_timestamp(local).ok().map(WhenValue::Instant)
    } else {
        Some(WhenValue::Local(local))
    }
}
