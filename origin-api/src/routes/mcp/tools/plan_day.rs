//! `plan_day`: which tasks fit into the hours that are free today.

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use shared_types::time::WhenValue;
use shared_types::validate::{Fields, FromFields, Refused};

use super::{Definition, Effect, Widget};
use crate::db::tasks::{self, Open};
use crate::domain::ranking::{Clock, duration, rank};
use crate::error::Error;
use crate::routes::best::Filter;
use crate::routes::mcp::arguments::read;
use crate::routes::mcp::session::{Said, Session};
use crate::routes::mcp::{say, schema};

pub(super) const NAME: &str = "plan_day";

/// What is planned when the working day is over and nothing is said.
const WITHOUT_WORK_MINUTES: u32 = 60;

pub(super) fn definition() -> Definition {
    Definition {
        name: NAME,
        title: "Plan the day",
        description: "Which tasks fit into today's free hours, in what order, with times. Without free_hours: what is left of the user's working day. Changes nothing.",
        effect: Effect::Reads,
        widget: Widget::None,
        arguments: schema::arguments(
            &json!({"free_hours": {"type": "number", "exclusiveMinimum": 0, "maximum": 16}}),
            &[],
        ),
        answer: schema::answer(&json!({
            "plan": {"type": "array", "items": {"type": "object"}},
            "free_minutes": {"type": "integer"},
            "left_minutes": {"type": "integer"},
            "too_long": {"type": "array", "items": {"type": "object"}},
            "assumptions": {"type": "array", "items": {"type": "string"}},
            "time_zone": {"type": "string"},
        })),
    }
}

struct Asked {
    minutes: Option<u32>,
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let minutes = fields.optional("free_hours", |value| free_minutes(&value));
        Some(Self { minutes })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 16 hours"
)]
fn free_minutes(value: &Value) -> Result<u32, Refused> {
    let hours = value
        .as_f64()
        .filter(|hours| *hours > 0.0 && *hours <= 16.0);
    let hours = hours.ok_or("must be a number of hours over 0 and at most 16, as in 1.5")?;
    Ok(((hours * 60.0).round() as u32).max(1))
}

/// The time that is planned.
struct Free {
    minutes: u32,
    begins_at: Timestamp,
    assumption: Option<String>,
}

pub(super) async fn run(session: &Session<'_>, arguments: Value) -> Result<Said, Error> {
    let Asked { minutes } = read(arguments)?;
    let found = tasks::list_open_tasks(&session.app.db, &session.caller).await?;
    let open = session.read(found)?;
    let free = match minutes {
        Some(minutes) => Free {
            minutes,
            begins_at: session.now(),
            assumption: None,
        },
        None => working_day(session, &open),
    };
    let candidates = Filter::default().candidates(&open)?;
    let ranking = rank(
        &candidates,
        &open.preferences,
        Some(free.minutes),
        session.now(),
    );
    let plan = ranking.plan(free.minutes, free.begins_at);
    let mut assumptions: Vec<_> = free.assumption.into_iter().collect();
    let mut items = Vec::new();
    let mut lines = Vec::new();
    let clock = |at: Timestamp| {
        at.to_zoned(session.zone.clone())
            .strftime("%H:%M")
            .to_string()
    };
    for slot in &plan.slots {
        let task = json!(open.task(slot.task)?);
        let (from, to) = (clock(slot.starts_at), clock(slot.ends_at));
        lines.push(format!(
            "{from}–{to} {}: {}.",
            say::title(&task),
            slot.because
        ));
        items.push(json!({
            "task": task,
            "starts_at": session.local(slot.starts_at),
            "ends_at": session.local(slot.ends_at),
            "minutes": slot.minutes,
            "minutes_are_assumed": slot.is_assumed,
            "because": slot.because,
        }));
    }
    let unknown = plan.slots.iter().filter(|slot| slot.is_assumed).count();
    if unknown > 0 {
        assumptions.push(format!(
            "{} without an estimate: 30 minutes each are assumed.",
            say::tasks(unknown)
        ));
    }
    let too_long = plan.too_long.iter().map(|&at| Ok(json!(open.task(at)?)));
    let too_long = too_long.collect::<Result<Vec<_>, Error>>()?;
    let mut text = vec![match items.len() {
        0 => format!("Nothing fits into {}.", duration(free.minutes)),
        count => format!("{} for {}.", say::tasks(count), duration(free.minutes)),
    }];
    text.extend(lines);
    for task in &too_long {
        text.push(format!(
            "{} is too long for what is left.",
            say::title(task)
        ));
    }
    text.extend(assumptions.iter().cloned());
    text.push(format!("(Times are in {}.)", session.preferences.time_zone));
    let ids = say::ids(items.iter().map(|item| &item["task"]).chain(&too_long));
    Ok(Said {
        text: text.join(" "),
        ids,
        content: json!({
            "plan": items,
            "free_minutes": free.minutes,
            "left_minutes": plan.left_minutes,
            "too_long": too_long,
            "assumptions": assumptions,
            "hidden": ranking.hidden.len(),
            "now": session.local(session.now()),
            "time_zone": session.preferences.time_zone,
        }),
    })
}

/// What is left of the working day that it is now, or that begins later today.
fn working_day(session: &Session<'_>, open: &Open) -> Free {
    let now = session.now();
    let local = now.to_zoned(session.zone.clone());
    let preferences = &session.preferences;
    let weekday = local.weekday().to_monday_zero_offset();
    let works = preferences.work_days.bits() >> weekday & 1 == 1;
    let at = |minutes: u16| {
        let midnight = open.time.opens_at(WhenValue::Day(local.date()));
        let civil = local.date().to_datetime(jiff::civil::Time::midnight());
        let later = civil.checked_add(i64::from(minutes).minutes()).ok();
        let wall = later.map(|later| open.time.opens_at(WhenValue::Local(later)));
        wall.unwrap_or(midnight)
    };
    let (start, end) = (
        at(preferences.work_start.minutes()),
        at(preferences.work_end.minutes()),
    );
    let begins_at = start.max(now);
    let left = end.duration_since(begins_at).as_mins();
    match u32::try_from(left) {
        Ok(minutes) if works && minutes > 0 => Free {
            minutes,
            begins_at,
            assumption: Some(format!(
                "The time is what is left of the working day, until {}.",
                Clock::new(now, &session.zone).instant(end)
            )),
        },
        _ => Free {
            minutes: WITHOUT_WORK_MINUTES,
            begins_at: now,
            assumption: Some(
                "No working time is left today, so an hour from now is planned; say free_hours for another."
                    .to_owned(),
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_become_minutes_and_what_is_none_is_refused() {
        assert_eq!(free_minutes(&json!(1.5)), Ok(90));
        assert_eq!(free_minutes(&json!(0.001)), Ok(1));
        assert_eq!(free_minutes(&json!(16)), Ok(960));
        for bad in [json!(0), json!(-1), json!(16.1), json!("2"), json!(true)] {
            assert!(free_minutes(&bad).is_err(), "{bad}");
        }
    }
}
