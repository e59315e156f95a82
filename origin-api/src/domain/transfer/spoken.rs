//! Dates as Todoist's users type them, in English: `tomorrow`, `30 Nov at 17:00`, `every other friday`, `every! 3 days`.
//!
//! Only what is understood to its last word gives a date; anything else is for the report.

#[cfg(test)]
mod tests;

use jiff::civil::{Date, Time, Weekday, date};
use jiff::{Span, ToSpan as _};

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spoken {
    /// The day; of a recurrence, the first one that is not past.
    pub(super) day: Date,
    /// The time of the day.
    pub(super) time: Option<Time>,
    /// The rule, of a recurrence.
    pub(super) rule: Option<String>,
    /// Whether the rule counts from the completion (`every!`).
    pub(super) from_completion: bool,
}

const DAYS: [(&str, Weekday, &str); 7] = [
    ("monday", Weekday::Monday, "MO"),
    ("tuesday", Weekday::Tuesday, "TU"),
    ("wednesday", Weekday::Wednesday, "WE"),
    ("thursday", Weekday::Thursday, "TH"),
    ("friday", Weekday::Friday, "FR"),
    ("saturday", Weekday::Saturday, "SA"),
    ("sunday", Weekday::Sunday, "SU"),
];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Words that mean nothing by themselves.
const FILLERS: [&str; 7] = ["at", "on", "the", "of", "and", "@", "each"];

/// Times of the day that have a name, as Todoist means them.
const TIMES: [(&str, i8); 6] = [
    ("morning", 9),
    ("noon", 12),
    ("afternoon", 12),
    ("evening", 19),
    ("night", 22),
    ("midnight", 0),
];

/// Reads `text`, typed or evaluated on the day `today`; `None` when it is not understood as a whole.
pub(super) fn read(text: &str, today: Date) -> Option<Spoken> {
    let text = text.trim().to_lowercase();
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty() && !FILLERS.contains(word))
        .collect();
    let (words, time) = without_time(&words)?;
    let (first, rest) = words.split_first()?;
    let spoken = |day| Spoken {
        day,
        time,
        rule: None,
        from_completion: false,
    };
    let from_completion = matches!(*first, "every!" | "ev!" | "after");
    let (rest, bounds) = match *first {
        "every" | "ev" | "every!" | "ev!" | "after" => without_bounds(rest, today)?,
        "daily" | "weekly" | "monthly" | "quarterly" | "yearly" | "annually" | "weekdays"
        | "workdays" => without_bounds(&words, today)?,
        _ => return day(&words, today).map(spoken),
    };
    let repeated = match (rest.as_slice(), time) {
        // `every morning`
        ([], Some(_)) => repeated(&["day"])?,
        (rest, _) => repeated(rest)?,
    };
    let (start, until) = bounds;
    let day = repeated.first(start.unwrap_or(today))?;
    let rule = match until {
        Some(until) => format!("{};UNTIL={}", repeated.rule, until.strftime("%Y%m%d")),
        None => repeated.rule,
    };
    Some(Spoken {
        day,
        time,
        rule: Some(rule),
        from_completion,
    })
}

/// The words but for a time of the day, of which there may be one.
fn without_time<'a>(words: &[&'a str]) -> Option<(Vec<&'a str>, Option<Time>)> {
    let mut found = None;
    let mut left = Vec::with_capacity(words.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        // `5 pm` is two words.
        let (read, taken) = match words.get(at + 1) {
            Some(&half @ ("am" | "pm")) => (time(&format!("{word}{half}")), 2),
            _ => (time(word), 1),
        };
        match read {
            Some(time) if found.is_none() => {
                found = Some(time);
                at += taken;
            }
            Some(_) => return None,
            None => {
                left.push(*word);
                at += 1;
            }
        }
    }
    Some((left, found))
}

fn time(word: &str) -> Option<Time> {
    if let Some((_, hour)) = TIMES.iter().find(|(name, _)| *name == word) {
        return Time::new(*hour, 0, 0, 0).ok();
    }
    let (clock, half) = match word.strip_suffix("am") {
        Some(clock) => (clock, Some(0)),
        None => match word.strip_suffix("pm") {
            Some(clock) => (clock, Some(12)),
            None => (word, None),
        },
    };
    let (hour, minute) = match clock.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (number(hour)?, number(minute)?),
        None if half.is_some() => (number(clock)?, 0),
        _ => return None,
    };
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
        None => hour,
    };
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()
}

/// The first day and the last one of a recurrence, where they are said.
type Bounds = (Option<Date>, Option<Date>);

/// The words of a recurrence without `starting ...` and `until ...`.
fn without_bounds<'a>(words: &[&'a str], today: Date) -> Option<(Vec<&'a str>, Bounds)> {
    let is_bound = |word: &&str| matches!(*word, "starting" | "from" | "until" | "ending");
    let end = words.iter().position(is_bound).unwrap_or(words.len());
    let (left, mut rest) = words.split_at(end);
    let mut bounds = (None, None);
    while let Some((kind, after)) = rest.split_first() {
        let end = after.iter().position(is_bound).unwrap_or(after.len());
        let (said, next) = after.split_at(end);
        let said = day(said, today)?;
        let bound = match *kind {
            "starting" | "from" => &mut bounds.0,
            _ => &mut bounds.1,
        };
        if bound.replace(said).is_some() {
            return None;
        }
        rest = next;
    }
    Some((left.to_vec(), bounds))
}

/// A single day.
fn day(words: &[&str], today: Date) -> Option<Date> {
    match words {
        ["today" | "tod"] => Some(today),
        ["tomorrow" | "tom" | "tmr"] => today.tomorrow().ok(),
        ["yesterday"] => today.yesterday().ok(),
        ["next", "week"] => today.nth_weekday(1, Weekday::Monday).ok(),
        ["next", "month"] => today.first_of_month().checked_add(1.month()).ok(),
        ["next", "year"] => date(today.year(), 1, 1).checked_add(1.year()).ok(),
        ["in", number, unit] => today.checked_add(span(self::number(number)?, unit)?).ok(),
        ["next", name] => today.nth_weekday(1, weekday(name)?.1).ok(),
        [word] => match weekday(word) {
            // The day that comes next, and not today.
            Some((_, weekday, _)) => today.nth_weekday(1, weekday).ok(),
            None => iso(word),
        },
        [one, two] => {
            let (month, day) = month_and_day(one, two)?;
            // The one that comes next, today included.
            [
                today.year(),
                today.year() + 1,
                today.year() + 2,
                today.year() + 3,
                today.year() + 4,
            ]
            .into_iter()
            .filter_map(|year| Date::new(year, month, day).ok())
            .find(|day| *day >= today)
        }
        [one, two, year] => {
            let (month, day) = month_and_day(one, two)?;
            let year = number(year).filter(|year| (1900..=9999).contains(year))?;
            Date::new(i16::try_from(year).ok()?, month, day).ok()
        }
        _ => None,
    }
}

fn iso(word: &str) -> Option<Date> {
    let is_iso = word.len() == 10
        && word.bytes().enumerate().all(|(at, byte)| {
            if matches!(at, 4 | 7) {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    is_iso.then(|| word.parse().ok()).flatten()
}

/// What repeats, and on which of its days it can begin.
struct Repeated {
    rule: String,
    begins: Begins,
}

enum Begins {
    /// On any day.
    Anywhere,
    /// On one of these days of the week.
    Weekdays(Vec<Weekday>),
    /// On this day of a month, -1 the last.
    MonthDay(i8),
    /// On this day of a year.
    YearDay(i8, i8),
    /// On this weekday of a month, -1 the last.
    NthWeekday(i8, Weekday),
}

impl Repeated {
    /// The first day from `start` on.
    fn first(&self, start: Date) -> Option<Date> {
        let fits = |day: Date| match &self.begins {
            Begins::Anywhere => true,
            Begins::Weekdays(days) => days.contains(&day.weekday()),
            Begins::MonthDay(-1) => day == day.last_of_month(),
            Begins::MonthDay(wanted) => day.day() == *wanted,
            Begins::YearDay(month, wanted) => (day.month(), day.day()) == (*month, *wanted),
            Begins::NthWeekday(nth, weekday) => day
                .nth_weekday_of_month(*nth, *weekday)
                .is_ok_and(|wanted| wanted == day),
        };
        // The 29th of February is at most eight years away.
        let mut day = start;
        for _ in 0..=8 * 366 {
            if fits(day) {
                return Some(day);
            }
            day = day.tomorrow().ok()?;
        }
        None
    }
}

/// What is behind `every`.
fn repeated(words: &[&str]) -> Option<Repeated> {
    let (interval, words) = match words {
        ["other", rest @ ..] => (2, rest),
        [first, second, ..] if number(first).is_some() && unit(second).is_some() => {
            (number(first)?, &words[1..])
        }
        _ => (1, words),
    };
    let every = |frequency: &str, more: &str, begins| {
        let interval = if interval == 1 {
            String::new()
        } else {
            format!(";INTERVAL={interval}")
        };
        Some(Repeated {
            rule: format!("FREQ={frequency}{interval}{more}"),
            begins,
        })
    };
    let by_days = |days: Vec<(&str, Weekday, &str)>| {
        let names: Vec<&str> = days.iter().map(|(_, _, name)| *name).collect();
        let begins = Begins::Weekdays(days.iter().map(|(_, weekday, _)| *weekday).collect());
        every("WEEKLY", &format!(";BYDAY={}", names.join(",")), begins)
    };
    if interval < 1 {
        return None;
    }
    match words {
        ["day" | "days" | "daily"] => every("DAILY", "", Begins::Anywhere),
        ["week" | "weeks" | "weekly"] => every("WEEKLY", "", Begins::Anywhere),
        ["week" | "weeks", rest @ ..] => by_days(weekdays(rest)?),
        ["month" | "months" | "monthly"] => every("MONTHLY", "", Begins::Anywhere),
        ["year" | "years" | "yearly" | "annually"] => every("YEARLY", "", Begins::Anywhere),
        ["quarter" | "quarters" | "quarterly"] if interval == 1 => Some(Repeated {
            rule: "FREQ=MONTHLY;INTERVAL=3".to_owned(),
            begins: Begins::Anywhere,
        }),
        ["weekday" | "workday" | "weekdays" | "workdays"] if interval == 1 => {
            by_days(DAYS[..5].to_vec())
        }
        ["weekend" | "weekends"] if interval == 1 => by_days(DAYS[5..].to_vec()),
        ["last", "day"] | ["last", "day", "month"] | ["month" | "months", "last", "day"] => {
            every("MONTHLY", ";BYMONTHDAY=-1", Begins::MonthDay(-1))
        }
        [nth] | [nth, "month"] | ["month" | "months", nth] if month_day(nth).is_some() => {
            let day = month_day(nth)?;
            every(
                "MONTHLY",
                &format!(";BYMONTHDAY={day}"),
                Begins::MonthDay(day),
            )
        }
        [nth, name] | [nth, name, "month"] | ["month" | "months", nth, name]
            if which(nth).is_some() && weekday(name).is_some() =>
        {
            let ((_, day, short), nth) = (weekday(name)?, which(nth)?);
            every(
                "MONTHLY",
                &format!(";BYDAY={nth}{short}"),
                Begins::NthWeekday(nth, day),
            )
        }
        [one, two] if month_and_day(one, two).is_some() => {
            let (month, day) = month_and_day(one, two)?;
            // Whether there is such a day at all.
            Date::new(2024, month, day).ok()?;
            every(
                "YEARLY",
                &format!(";BYMONTH={month};BYMONTHDAY={day}"),
                Begins::YearDay(month, day),
            )
        }
        names => by_days(weekdays(names)?),
    }
}

/// At least one day of the week, in the order of the week.
fn weekdays(names: &[&str]) -> Option<Vec<(&'static str, Weekday, &'static str)>> {
    let mut days: Vec<_> = names
        .iter()
        .map(|name| weekday(name))
        .collect::<Option<_>>()?;
    days.sort_by_key(|(_, weekday, _)| weekday.to_monday_zero_offset());
    days.dedup();
    (!days.is_empty()).then_some(days)
}

fn weekday(word: &str) -> Option<(&'static str, Weekday, &'static str)> {
    let word = word
        .strip_suffix('s')
        .filter(|word| word.ends_with("day"))
        .unwrap_or(word);
    let short = match word {
        "tues" => "tue",
        "weds" => "wed",
        "thur" | "thurs" => "thu",
        word => word,
    };
    DAYS.into_iter()
        .find(|(name, ..)| *name == short || (short.len() == 3 && name.starts_with(short)))
}

/// `nov 30` or `30 nov`, also `30th`.
fn month_and_day(one: &str, two: &str) -> Option<(i8, i8)> {
    let (month, day) = match (month(one), month(two)) {
        (Some(month), None) => (month, two),
        (None, Some(month)) => (month, one),
        _ => return None,
    };
    let day = month_day(day)?;
    Some((month, day))
}

fn month(word: &str) -> Option<i8> {
    let word = word.strip_suffix('.').unwrap_or(word);
    let word = if word == "sept" { "sep" } else { word };
    let at = MONTHS
        .iter()
        .position(|name| *name == word || (word.len() == 3 && name.starts_with(word)))?;
    i8::try_from(at + 1).ok()
}

/// `15`, `15th`.
fn month_day(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th"]
        .into_iter()
        .find_map(|end| word.strip_suffix(end))
        .unwrap_or(word);
    let day = number(digits).filter(|day| (1..=31).contains(day))?;
    i8::try_from(day).ok()
}

/// Which weekday of a month.
fn which(word: &str) -> Option<i8> {
    match word {
        "1st" | "first" => Some(1),
        "2nd" | "second" => Some(2),
        "3rd" | "third" => Some(3),
        "4th" | "fourth" => Some(4),
        "last" => Some(-1),
        _ => None,
    }
}

fn unit(word: &str) -> Option<()> {
    matches!(
        word,
        "day" | "days" | "week" | "weeks" | "month" | "months" | "year" | "years"
    )
    .then_some(())
}

fn span(number: i64, unit: &str) -> Option<Span> {
    match unit {
        "day" | "days" => Span::new().try_days(number).ok(),
        "week" | "weeks" => Span::new().try_weeks(number).ok(),
        "month" | "months" => Span::new().try_months(number).ok(),
        "year" | "years" => Span::new().try_years(number).ok(),
        _ => None,
    }
}

/// Up to four digits and nothing else.
fn number(word: &str) -> Option<i64> {
    let is_plain = (1..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| word.parse().ok()).flatten()
}
