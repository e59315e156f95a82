//! Preferences on the wire: when the user works, in which language texts are searched, and what counts.

use std::fmt;

use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::validate::{Fields, FromFields, Refused, integer, trimmed_text};
use crate::weights::Weights;

/// Preferences as answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preferences {
    /// An IANA name.
    pub time_zone: String,
    /// When a working day begins.
    pub work_start: ClockTime,
    /// When it ends.
    pub work_end: ClockTime,
    /// The days that are worked on.
    pub work_days: WorkDays,
    /// One of [`SEARCH_LANGUAGES`].
    pub search_language: String,
    /// What each factor of the ranking counts for.
    pub weights: Weights,
}

/// The body of a PUT: every preference as it shall be, a missing one at its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPreferences {
    /// An IANA name; whether it exists is for the origin to say, which holds the zones. `None` leaves the zone as
    /// it is: where a person lives has no default, and one taken for it would move every date of theirs.
    pub time_zone: Option<String>,
    /// Default 09:00.
    pub work_start: ClockTime,
    /// Default 17:00; after `work_start`.
    pub work_end: ClockTime,
    /// Default Monday to Friday.
    pub work_days: WorkDays,
    /// Whether the body said anything about the working hours; else they are only assumed.
    pub hours_are_chosen: bool,
    /// Default `simple`.
    pub search_language: String,
    /// Default 1 each.
    pub weights: Weights,
}

/// What PostgreSQL can stem; `simple` takes words as they are, in any language.
pub const SEARCH_LANGUAGES: [&str; 30] = [
    "simple",
    "arabic",
    "armenian",
    "basque",
    "catalan",
    "danish",
    "dutch",
    "english",
    "estonian",
    "finnish",
    "french",
    "german",
    "greek",
    "hindi",
    "hungarian",
    "indonesian",
    "irish",
    "italian",
    "lithuanian",
    "nepali",
    "norwegian",
    "portuguese",
    "romanian",
    "russian",
    "serbian",
    "spanish",
    "swedish",
    "tamil",
    "turkish",
    "yiddish",
];

impl FromFields for NewPreferences {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let time_zone = fields.optional("time_zone", |value| trimmed_text(value, 1, 64));
        let start = fields.optional("work_start", |value| clock_time(&value, LAST_START));
        let end = fields.optional("work_end", |value| clock_time(&value, MIDNIGHT));
        let days = fields.optional("work_days", |value| work_days(&value));
        let search_language = fields.optional("search_language", search_language);
        let weights = Weights::optional(fields);
        let (work_start, work_end) = (
            start.unwrap_or(ClockTime(9 * 60)),
            end.unwrap_or(ClockTime(17 * 60)),
        );
        if work_end <= work_start {
            let message = format!(
                "must be after work_start, which is {work_start}; without a value it is 17:00, and 24:00 is midnight"
            );
            fields.refuse::<()>("work_end", message);
        }
        Some(Self {
            time_zone,
            work_start,
            work_end,
            work_days: days.unwrap_or(WorkDays::MONDAY_TO_FRIDAY),
            hours_are_chosen: start.is_some() || end.is_some() || days.is_some(),
            search_language: search_language.unwrap_or_else(|| SEARCH_LANGUAGES[0].to_owned()),
            weights: weights.unwrap_or_default(),
        })
    }
}

/// A time of the day to the minute, up to 24:00; on the wire `HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockTime(u16);

const MIDNIGHT: u16 = 24 * 60;
const LAST_START: u16 = MIDNIGHT - 1;

impl ClockTime {
    /// Reads minutes of the day; `None` after 24:00.
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes <= MIDNIGHT).then_some(Self(minutes))
    }

    /// Minutes of the day, 0 to 1440.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for ClockTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// At least one day of the week; on the wire their ISO 8601 numbers, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkDays(u8);

impl WorkDays {
    /// The default.
    pub const MONDAY_TO_FRIDAY: Self = Self(0b001_1111);

    /// Reads one bit a day, Monday the lowest; `None` when there is no day, or an eighth.
    pub fn from_bits(bits: u8) -> Option<Self> {
        (1..=0b111_1111).contains(&bits).then_some(Self(bits))
    }

    /// One bit a day, Monday the lowest.
    pub const fn bits(self) -> u8 {
        self.0
    }
}

impl Serialize for WorkDays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut days = serializer.serialize_seq(None)?;
        for day in (1..=7_u8).filter(|day| self.0 >> (day - 1) & 1 == 1) {
            days.serialize_element(&day)?;
        }
        days.end()
    }
}

fn clock_time(value: &Value, last: u16) -> Result<ClockTime, Refused> {
    let time = value.as_str().and_then(|text| {
        let (hours, minutes) = text.split_once(':')?;
        let two_digits = |text: &str| match text.as_bytes() {
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                Some(u16::from(tens - b'0') * 10 + u16::from(ones - b'0'))
            }
            _ => None,
        };
        let minutes = two_digits(minutes).filter(|&minutes| minutes < 60)?;
        ClockTime::from_minutes(two_digits(hours)? * 60 + minutes)
    });
    time.filter(|time| time.0 <= last).ok_or_else(|| {
        format!(
            "must be a time of the day with two digits each, 00:00 to {}",
            ClockTime(last)
        )
        .into()
    })
}

fn work_days(value: &Value) -> Result<WorkDays, Refused> {
    const EXPECTED: &str = "must be an array of whole numbers, 1 (Monday) to 7 (Sunday)";
    let mut bits = 0;
    for day in value.as_array().ok_or(EXPECTED)? {
        let day = integer(day, 1, 7).map_err(|_| EXPECTED)?;
        bits |= 1_u8 << (day - 1);
    }
    WorkDays::from_bits(bits).ok_or_else(|| {
        "must have at least one day, 1 (Monday) to 7 (Sunday): without one nothing is ever due"
            .into()
    })
}

fn search_language(value: Value) -> Result<String, Refused> {
    match value {
        Value::String(name) if SEARCH_LANGUAGES.contains(&name.as_str()) => Ok(name),
        _ => Err(format!("must be one of {}", SEARCH_LANGUAGES.join(", ")).into()),
    }
}

#[cfg(feature = "openapi")]
mod schema;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::parse;
    use serde_json::json;

    fn refused(body: Value) -> Vec<(String, String)> {
        let errors = parse::<NewPreferences>(body).unwrap_err();
        errors
            .into_iter()
            .map(|error| (error.field, error.message))
            .collect()
    }

    #[test]
    fn a_missing_field_takes_its_default() {
        let nothing = json!({"time_zone": null, "work_start": null, "work_end": null, "work_days": null,
            "search_language": null, "weights": null});
        for body in [json!({}), nothing] {
            assert_eq!(
                parse::<NewPreferences>(body).unwrap(),
                NewPreferences {
                    time_zone: None,
                    work_start: ClockTime(540),
                    work_end: ClockTime(1020),
                    work_days: WorkDays(31),
                    hours_are_chosen: false,
                    search_language: "simple".to_owned(),
                    weights: Weights::default(),
                }
            );
        }
    }

    #[test]
    fn hours_are_chosen_when_any_of_them_is_given() {
        for chosen in [
            json!({"work_start": "09:00"}),
            json!({"work_end": "17:00"}),
            json!({"work_days": [1, 2, 3, 4, 5]}),
        ] {
            assert!(parse::<NewPreferences>(chosen).unwrap().hours_are_chosen);
        }
    }

    #[test]
    fn times_and_days_are_written_as_they_are_read() {
        for (start, end) in [("00:00", "00:01"), ("09:30", "23:59"), ("23:59", "24:00")] {
            let body = json!({"work_start": start, "work_end": end, "work_days": [7, 1, 7]});
            let read: NewPreferences = parse(body).unwrap();
            assert_eq!(json!([read.work_start, read.work_end]), json!([start, end]));
            assert_eq!(json!(read.work_days), json!([1, 7]));
        }
        assert_eq!(json!(WorkDays(0b111_1111)), json!([1, 2, 3, 4, 5, 6, 7]));
        assert!(WorkDays::from_bits(0).is_none() && WorkDays::from_bits(128).is_none());
        assert!(ClockTime::from_minutes(1441).is_none());
    }

    #[test]
    fn other_times_are_refused() {
        let bad = [
            json!("9:00"),
            json!("09:60"),
            json!("24:01"),
            json!("09:00:00"),
            json!("0900"),
            json!("+9:00"),
            json!("09:0٠"),
            json!(540),
            json!(""),
        ];
        for bad in bad {
            let said = refused(json!({ "work_start": bad }));
            let message = "must be a time of the day with two digits each, 00:00 to 23:59";
            assert_eq!(said, [("work_start".into(), message.into())]);
            let said = refused(json!({ "work_end": bad }));
            let message = "must be a time of the day with two digits each, 00:00 to 24:00";
            assert_eq!(said, [("work_end".into(), message.into())]);
        }
        assert_eq!(refused(json!({"work_start": "24:00"}))[0].0, "work_start");
    }

    #[test]
    fn hours_without_a_working_minute_are_refused() {
        for (start, end) in [("09:00", "09:00"), ("17:30", "08:00")] {
            let said = refused(json!({"work_start": start, "work_end": end}));
            assert_eq!(said[0].0, "work_end");
        }
        assert_eq!(
            refused(json!({"work_start": "18:00"})),
            [(
                "work_end".to_owned(),
                "must be after work_start, which is 18:00; without a value it is 17:00, and 24:00 is midnight"
                    .to_owned()
            )]
        );
        assert_eq!(
            refused(json!({"work_days": []})),
            [(
                "work_days".to_owned(),
                "must have at least one day, 1 (Monday) to 7 (Sunday): without one nothing is ever due".to_owned()
            )]
        );
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let said = refused(json!({
            "time_zone": " ", "work_start": 9, "work_end": "5 pm", "work_days": [0], "search_language": "klingon",
            "weights": {"foo": 1}, "language": "en",
        }));
        let fields: Vec<_> = said.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "time_zone",
                "work_start",
                "work_end",
                "work_days",
                "search_language",
                "weights.foo",
                "language"
            ]
        );
        for bad in [
            json!([8]),
            json!(["1"]),
            json!([1.5]),
            json!(1),
            json!("1,2"),
        ] {
            let said = refused(json!({ "work_days": bad }));
            let message = "must be an array of whole numbers, 1 (Monday) to 7 (Sunday)";
            assert_eq!(said, [("work_days".into(), message.into())]);
        }
        for bad in [json!("English"), json!(""), json!(1)] {
            let said = refused(json!({ "search_language": bad }));
            assert!(said[0].1.starts_with("must be one of simple, arabic,"));
        }
    }
}
