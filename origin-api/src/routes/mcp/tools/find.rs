//! `find_tasks`: by words, by what they are, or one by its id.

use serde_json::{Value, json};
use shared_types::id::TaskId;
use shared_types::task::{ReadStatus, project, tag};
use shared_types::time::When;
use shared_types::validate::{Fields, FromFields, Refused, integer, trimmed_text};

use super::{Definition, Effect, Widget};
use crate::db::tasks;
use crate::domain::listing::{Filter, Sort, SortKey};
use crate::domain::search::sought;
use crate::error::Error;
use crate::routes::mcp::arguments::{read, task_id};
use crate::routes::mcp::say::Speaker;
use crate::routes::mcp::session::{Said, Session};
use crate::routes::mcp::{say, schema};

pub(super) const NAME: &str = "find_tasks";

/// Of how many tasks the text tells; the content has all.
const TOLD: usize = 10;
/// Characters of a query: as many as a title may have.
const LONGEST: usize = 256;

const OPEN: [ReadStatus; 4] = [
    ReadStatus::Pending,
    ReadStatus::InProgress,
    ReadStatus::Snoozed,
    ReadStatus::Blocked,
];

pub(super) fn definition() -> Definition {
    Definition {
        name: NAME,
        title: "Find tasks",
        description: "Finds tasks and their ids: by words (query), or by filters, or one by id. A query finds beginnings of words in titles, tags, projects and descriptions, completed tasks too. Filters without status find open tasks.",
        effect: Effect::Reads,
        widget: Widget::None,
        arguments: schema::arguments(
            &json!({
                "query": {"type": "string", "maxLength": 256},
                "id": {"type": "string"},
                "status": {"type": "array", "items": {"type": "string", "enum": ["pending", "in_progress", "completed", "snoozed", "blocked"]}},
                "project": {"type": "string"},
                "tag": {"type": "string"},
                "parent_id": {"type": "string"},
                "priority_min": {"type": "integer", "minimum": 1, "maximum": 5},
                "due_after": {"type": "string"},
                "due_before": {"type": "string"},
                "sort": {"type": "string", "enum": ["due_date", "priority", "newest", "last_changed"]},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50, "description": "Default 10"},
            }),
            &[],
        ),
        answer: schema::answer(&json!({
            "tasks": {"type": "array", "items": {"type": "object"}},
            "more": {"type": "boolean"},
            "time_zone": {"type": "string"},
        })),
    }
}

/// What is looked for.
enum Asked {
    One(TaskId),
    Words(String, u8),
    Those(Box<Filter>, Sort, u8),
}

impl FromFields for Asked {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let query = fields.optional("query", |value| trimmed_text(value, 1, LONGEST));
        let id = fields.optional("id", |value| task_id(&value));
        let status = fields.optional("status", |value| statuses(&value));
        let priority_min = fields.optional("priority_min", |value| integer(&value, 1, 5));
        let filter = Filter {
            status: status.unwrap_or_default(),
            tag: fields.optional("tag", tag),
            project: fields.optional("project", project),
            parent_id: fields.optional("parent_id", |value| task_id(&value)),
            priority_min: priority_min.and_then(|priority| priority.try_into().ok()),
            due_before: fields.optional("due_before", |value| date(&value)),
            due_after: fields.optional("due_after", |value| date(&value)),
        };
        let sort = fields.optional("sort", |value| sort(&value));
        let limit = fields.optional("limit", |value| integer(&value, 1, 50));
        let limit = limit.and_then(|limit| limit.try_into().ok()).unwrap_or(10);
        let is_narrowed = !filter.is_empty() || sort.is_some();
        match (id, query) {
            (Some(_), query) if query.is_some() || is_narrowed => {
                fields.refuse("id", "finds one task alone; leave the other arguments out")
            }
            (None, Some(_)) if is_narrowed => fields.refuse(
                "query",
                "finds the best match first and takes no filters; give the query alone, or the filters alone",
            ),
            (Some(id), _) => Some(Self::One(id)),
            (None, Some(query)) => Some(Self::Words(query, limit)),
            (None, None) => {
                let mut filter = filter;
                if filter.status.is_empty() {
                    filter.status = OPEN.to_vec();
                }
                let sort = sort.unwrap_or(Sort {
                    key: SortKey::DueDate,
                    descending: false,
                });
                Some(Self::Those(Box::new(filter), sort, limit))
            }
        }
    }
}

/// One status, or several.
fn statuses(value: &Value) -> Result<Vec<ReadStatus>, Refused> {
    let one = std::slice::from_ref(value);
    let values = value.as_array().map_or(one, Vec::as_slice);
    let statuses = values
        .iter()
        .map(|value| ReadStatus::parse(value.as_str()?))
        .collect::<Option<_>>();
    statuses.ok_or_else(|| {
        "must be an array of pending, in_progress, completed, snoozed, blocked".into()
    })
}

fn date(value: &Value) -> Result<When, Refused> {
    let text = value.as_str().ok_or("must be a date as in 2026-11-30")?;
    When::parse(text.to_owned())
}

fn sort(value: &Value) -> Result<Sort, Refused> {
    let (key, descending) = match value.as_str() {
        Some("due_date") => (SortKey::DueDate, false),
        Some("priority") => (SortKey::Priority, true),
        Some("newest") => (SortKey::CreatedAt, true),
        Some("last_changed") => (SortKey::UpdatedAt, true),
        _ => return Err("must be due_date, priority, newest or last_changed".into()),
    };
    Ok(Sort { key, descending })
}

pub(super) async fn run(session: &Session<'_>, arguments: Value) -> Result<Said, Error> {
    let (db, caller) = (&session.app.db, &session.caller);
    let (found, more) = match read(arguments)? {
        Asked::One(id) => {
            let seen = session.read(tasks::find_task(db, caller, id).await?)?;
            (vec![seen.ok_or(Error::NotFound)?.task], false)
        }
        Asked::Words(query, limit) => {
            let sought = sought(caller.user, &query);
            let page = tasks::search_tasks(db, caller, &sought, None, limit).await?;
            let page = session.read(page)?;
            (page.tasks, page.next.is_some())
        }
        Asked::Those(filter, sort, limit) => {
            let page = tasks::list_tasks(db, caller, &filter, sort, None, limit).await?;
            let page = session.read(page)?;
            (page.tasks, page.next.is_some())
        }
    };
    let found: Vec<_> = found.into_iter().map(|task| json!(task)).collect();
    let speaker = Speaker::new(session);
    let mut text = vec![match found.len() {
        0 => "No task is found. Try fewer or shorter words, or other filters.".to_owned(),
        count if more => format!("{} and more:", say::tasks(count)),
        count => format!("{}:", say::tasks(count)),
    }];
    let told = found.iter().take(TOLD);
    text.extend(told.map(|task| format!("{}.", speaker.task(task))));
    if found.len() > TOLD || more {
        text.push("Ask for less with a filter, or for more with limit.".to_owned());
    }
    if !found.is_empty() {
        text.push(speaker.zone());
    }
    Ok(Said {
        text: text.join(" "),
        ids: say::ids(&found),
        content: json!({
            "tasks": found,
            "more": more,
            "now": session.local(session.now()),
            "time_zone": session.preferences.time_zone,
        }),
    })
}
