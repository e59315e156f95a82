//! `capture_tasks`: one task or many, each of which is taken or refused by itself.

use serde_json::{Value, json};
use shared_types::batch::{BatchItem, MAX_ITEMS};
use shared_types::task::NewTask;
use shared_types::validate::{FieldError, parse};

use super::{Definition, Effect, Widget};
use crate::domain::recurring;
use crate::error::Error;
use crate::routes::mcp::arguments::check_known;
use crate::routes::mcp::change::{Call, Changed, create};
use crate::routes::mcp::say::Speaker;
use crate::routes::mcp::session::{Said, Session};
use crate::routes::mcp::{refusal, say, schema};

pub(super) const NAME: &str = "capture_tasks";

pub(super) fn definition() -> Definition {
    let item = schema::arguments(&schema::new_task(), &["title"]);
    Definition {
        name: NAME,
        title: "Capture tasks",
        description: "Adds tasks, one or many from what the user says; each is captured or refused by itself. Only the title is needed: give a date, estimate, priority or recurrence only when the user does. Say what was captured.",
        effect: Effect::Adds,
        widget: Widget::None,
        arguments: schema::arguments(
            &json!({"tasks": {"type": "array", "minItems": 1, "maxItems": MAX_ITEMS, "items": item}}),
            &["tasks"],
        ),
        answer: schema::answer(&json!({
            "results": {"type": "array", "items": {"type": "object", "properties": {
                "status": {"type": "string", "enum": ["captured", "refused"]},
                "task": {"type": "object"},
                "errors": {"type": "array", "items": {"type": "string"}},
            }, "required": ["status"]}},
            "change_id": {"type": ["string", "null"]},
            "repeated": {"type": "boolean"},
            "time_zone": {"type": "string"},
        })),
    }
}

/// What became of an item: what is to be made, or why it is not.
enum Item {
    New(BatchItem),
    Refused(Vec<FieldError>),
}

pub(super) async fn run(session: &Session<'_>, call: Call<'_>) -> Result<Said, Error> {
    let given = call.arguments["tasks"].as_array();
    let given = given.filter(|items| (1..=MAX_ITEMS).contains(&items.len()));
    let given = given.ok_or_else(|| {
        Error::invalid(
            "tasks",
            format!("must be an array of 1 to {MAX_ITEMS} objects with a title"),
        )
    })?;
    let mut items: Vec<_> = given.iter().map(item).collect();
    let changed = make(session, &call, &mut items).await?;
    Ok(said(session, &items, changed))
}

fn item(value: &Value) -> Item {
    let new = check_known(&json!({"properties": schema::new_task()}), value)
        .and_then(|()| parse::<NewTask>(value.clone()))
        .and_then(|mut new| match recurring::settle(&mut new.content) {
            Ok(()) => Ok(new),
            Err(error) => Err(vec![error]),
        });
    match new {
        Ok(new) => Item::New(BatchItem::Create(Box::new(new))),
        Err(errors) => Item::Refused(errors),
    }
}

/// Makes those that can be made. What the database refuses is left out, and the others are tried again.
async fn make(
    session: &Session<'_>,
    call: &Call<'_>,
    items: &mut [Item],
) -> Result<Option<Changed>, Error> {
    loop {
        let (places, new): (Vec<_>, Vec<_>) = items
            .iter()
            .enumerate()
            .filter_map(|(place, item)| match item {
                Item::New(new) => Some((place, new.clone())),
                Item::Refused(_) => None,
            })
            .unzip();
        if new.is_empty() {
            return Ok(None);
        }
        let refused = match create(session, call, &new).await? {
            Ok(changed) => {
                leave_out(items, &places, &new, &changed.tasks);
                return Ok(Some(changed));
            }
            Err(refused) => refused,
        };
        if refused.is_empty() {
            return Err(Error::internal("nothing was captured, for no reason"));
        }
        for (at, refusal) in refused {
            let errors = match refusal::of_task(refusal) {
                Error::Invalid(errors) => errors,
                other => return Err(other),
            };
            items[places[at]] = Item::Refused(errors);
        }
    }
}

/// Of a call that is repeated the answer has only what it made: marks those that it did not make.
fn leave_out(items: &mut [Item], places: &[usize], new: &[BatchItem], made: &[Value]) {
    let mut made = made.iter().peekable();
    for (&place, item) in places.iter().zip(new) {
        let BatchItem::Create(task) = item else {
            continue;
        };
        let title = task.content.title.as_str();
        if made.next_if(|made| made["title"] == title).is_none() {
            items[place] = Item::Refused(vec![FieldError {
                field: "it".to_owned(),
                message: "was refused when this call was made first; capture it alone to see why"
                    .to_owned(),
            }]);
        }
    }
}

fn said(session: &Session<'_>, items: &[Item], changed: Option<Changed>) -> Said {
    let (tasks, change_id, is_repeated) = match changed {
        Some(changed) => (changed.tasks, changed.change_id, changed.is_repeated),
        None => (Vec::new(), Value::Null, false),
    };
    let speaker = Speaker::new(session);
    let ids = say::ids_of_change(&tasks, &change_id);
    let mut text = vec![match tasks.len() {
        0 => "Nothing was captured.".to_owned(),
        count => format!("Captured {}:", say::tasks(count)),
    }];
    text.extend(tasks.iter().map(|task| format!("{}.", speaker.task(task))));
    let mut made = tasks.into_iter();
    let mut results = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        results.push(match item {
            Item::New(_) => json!({"status": "captured", "task": made.next()}),
            Item::Refused(errors) => {
                let errors = refusal::sentences(errors);
                text.push(format!("tasks[{place}] was refused: {}", errors.join(" ")));
                json!({"status": "refused", "errors": errors})
            }
        });
    }
    if items.iter().any(|item| matches!(item, Item::Refused(_))) {
        text.push("Correct what was refused and capture that alone.".to_owned());
    }
    if is_repeated {
        text.push("This call had been made already; nothing was added twice. If the user wants it twice, give the second another title.".to_owned());
    }
    text.push(speaker.zone());
    Said {
        text: text.join(" "),
        ids,
        content: json!({
            "results": results,
            "change_id": change_id,
            "repeated": is_repeated,
            "time_zone": session.preferences.time_zone,
        }),
    }
}
