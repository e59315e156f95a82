//! `preferences`: shows them, or changes those that are given.

use serde_json::{Map, Value, json};
use shared_types::preferences::NewPreferences;
use shared_types::scope::Scope;

use super::{Definition, Effect, Widget};
use crate::db::Terms;
use crate::db::preferences::{self, Outcome};
use crate::db::tasks;
use crate::domain::account::check_time_zone;
use crate::error::Error;
use crate::routes::mcp::arguments::read;
use crate::routes::mcp::schema;
use crate::routes::mcp::session::{Said, Session};

pub(super) const NAME: &str = "preferences";

/// How often a change is tried whose preferences others change all the while.
const TRIES: u32 = 3;

const HOURS: [&str; 3] = ["work_start", "work_end", "work_days"];

pub(super) fn definition() -> Definition {
    Definition {
        name: NAME,
        title: "Preferences",
        description: "Without arguments: the user's time zone, working hours and ranking weights. With some: changes these. The answer has the values before, to set them back.",
        effect: Effect::Sets,
        widget: Widget::None,
        arguments: schema::arguments(
            &json!({
                "time_zone": schema::string("IANA name"),
                "work_start": schema::string("HH:MM"),
                "work_end": schema::string("HH:MM"),
                "work_days": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 7}, "description": "1 is Monday"},
                "search_language": schema::string("As in english, german, simple"),
                "weights": {"type": "object", "description": "Ranking factor to 0–3, e.g. {\"urgency\": 2}; 1 is the default"},
            }),
            &[],
        ),
        answer: schema::answer(&json!({
            "preferences": {"type": "object"},
            "before": {"type": ["object", "null"]},
            "time_zone": {"type": "string"},
        })),
    }
}

pub(super) async fn run(session: &Session<'_>, arguments: Value) -> Result<Said, Error> {
    let given = match arguments {
        Value::Object(given) => given,
        _ => Map::new(),
    };
    if given.values().all(Value::is_null) {
        let now = json!(session.preferences);
        return Ok(said("", &now, &Value::Null));
    }
    session.check(Scope::TasksWrite)?;
    for _ in 0..TRIES {
        if let Some(said) = change(session, &given).await? {
            return Ok(said);
        }
    }
    Err(Error::Unavailable(
        "the preferences changed all the while".into(),
    ))
}

/// Changes what is given; `None` when others changed them meanwhile.
async fn change(session: &Session<'_>, given: &Map<String, Value>) -> Result<Option<Said>, Error> {
    let (db, caller) = (&session.app.db, &session.caller);
    let found = preferences::find_preferences(db, caller).await?;
    let found = found.ok_or(Error::Unauthenticated)?;
    let before = json!(found.preferences);
    let mut wanted = before.clone();
    // Hours that were never chosen stay so: the ranking says that it assumes them.
    let says_hours = HOURS.iter().any(|name| given.contains_key(*name));
    if !says_hours {
        let open = session.read(tasks::list_open_tasks(db, caller).await?)?;
        if open.preferences.hours_are_assumed {
            for name in HOURS {
                wanted[name] = Value::Null;
            }
        }
    }
    for (name, value) in given {
        match (name.as_str(), value.as_object()) {
            ("weights", Some(weights)) => {
                for (factor, weight) in weights {
                    wanted[name][factor] = weight.clone();
                }
            }
            _ => wanted[name] = value.clone(),
        }
    }
    let new: NewPreferences = read(wanted)?;
    check_time_zone(new.time_zone.as_deref())?;
    let terms = Terms {
        key: None,
        versions: Some(vec![found.own_version]),
    };
    let written = preferences::replace_preferences(db, caller, &terms, &new).await?;
    let written = written.ok_or(Error::Unauthenticated)?;
    session.saw(written.version);
    match written.outcome {
        Outcome::Done(after) | Outcome::Replayed(after) => {
            let after = json!(after);
            let text = if before == after {
                "It was so already."
            } else {
                "Changed."
            };
            Ok(Some(said(text, &after, &before)))
        }
        Outcome::OtherVersion => Ok(None),
        Outcome::KeyReused => Err(Error::internal("there is no key")),
    }
}

fn said(text: &str, now: &Value, before: &Value) -> Said {
    let word = |name: &str| now[name].as_str().unwrap_or_default();
    let days: Vec<_> = now["work_days"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64)
        .filter_map(|day| usize::try_from(day).ok())
        .filter_map(|day| DAYS.get(day.checked_sub(1)?))
        .copied()
        .collect();
    let text = format!(
        "{text} Time zone {}; working hours {} to {}, {}.",
        word("time_zone"),
        word("work_start"),
        word("work_end"),
        days.join(", ")
    );
    Said {
        text: text.trim().to_owned(),
        ids: String::new(),
        content: json!({
            "preferences": now,
            "before": before,
            "time_zone": now["time_zone"],
        }),
    }
}

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
