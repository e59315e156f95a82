//! `GET /api/tasks`: pages of tasks, filtered and in order.

use std::cmp::Ordering;

use axum::extract::State;
use axum::http::{StatusCode, header};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_types::id::TaskId;
use shared_types::page::Page;
use shared_types::schema::word;
use shared_types::task::{self, ReadStatus, Task, schema};
use shared_types::time::When;
use shared_types::validate::{Fields, FromFields, Refused};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder};

use crate::app::Shared;
use crate::db::tasks::{self, Open, OpenTask, TaskPage};
use crate::db::{Caller, DbError, Read};
use crate::domain::cursor;
use crate::domain::freshness::Freshness;
use crate::domain::listing::{Filter, Place, Sort, SortKey};
use crate::domain::ranking::{self, Candidate, rank};
use crate::error::Error;
use crate::extract::{Input, Reader, query_number, query_text};
use crate::reply::Reply;

/// The query of the list.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Described by [`Filters`].
    #[param(ignore)]
    filter: Filter,
    #[param(schema_with = orders, required = false)]
    sort: Sort,
    /// How many tasks a page has at most.
    #[param(value_type = i32, required = false, minimum = 1, maximum = 100, default = 20)]
    limit: u8,
    /// The `next_cursor` of the page before, with the same other parameters.
    #[param(value_type = String, required = false)]
    cursor: Option<ListCursor>,
}

/// The filters; they are read into a [`Filter`].
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is only described")]
struct Filters {
    #[param(schema_with = with_statuses)]
    status: Option<Vec<ReadStatus>>,
    #[param(schema_with = with_tag)]
    tag: Option<String>,
    #[param(schema_with = of_project)]
    project: Option<String>,
    /// Only subtasks of this task.
    #[param(value_type = Uuid, required = false)]
    parent_id: Option<TaskId>,
    /// Only tasks with this priority or a higher one.
    #[param(value_type = i32, required = false, minimum = 1, maximum = 5)]
    priority_min: Option<u8>,
    /// Only tasks that are due before this; before a day means before it begins.
    due_before: Option<When>,
    /// Only tasks that are due after this; after a day means after it ends.
    due_after: Option<When>,
}

fn with_statuses() -> ArrayBuilder {
    schema::statuses().description(Some(
        "Only tasks that are read with this status; repeat it for several.",
    ))
}

fn with_tag() -> ObjectBuilder {
    schema::tag().description(Some("Only tasks with this tag."))
}

fn of_project() -> ObjectBuilder {
    schema::project().description(Some("Only tasks of this project."))
}

fn orders() -> ObjectBuilder {
    let keys = ["score", "due_date", "priority", "created_at", "updated_at"];
    let descending = keys.map(|key| format!("-{key}"));
    word(keys.into_iter().chain(descending.iter().map(String::as_str)))
        .default(Some("-created_at".into()))
        .description(Some(
            "What the tasks are ordered by, with - before it for descending; those without a due date come last both ways. The score is of open tasks only, as of the first page.",
        ))
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum ListCursor {
    /// In an order that is stored.
    Stored(Place),
    /// In the order of the scores as of an instant, in microseconds since 1970.
    Score(i64, ranking::Place),
}

impl FromFields for ListQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let text = |value: Value| query_text(&value).map(|text| Value::from(text.to_owned()));
        let filter = Filter {
            status: fields.optional("status", statuses).unwrap_or_default(),
            tag: fields.optional("tag", |value| task::tag(text(value)?)),
            project: fields.optional("project", |value| task::project(text(value)?)),
            parent_id: fields.optional("parent_id", |value| {
                let id = TaskId::parse(query_text(&value)?);
                id.ok_or_else(|| "must be the id of a task (a UUID)".into())
            }),
            priority_min: fields
                .optional("priority_min", |value| query_number(&value, 1, 5))
                .and_then(|priority| priority.try_into().ok()),
            due_before: fields.optional("due_before", |value| date(&value)),
            due_after: fields.optional("due_after", |value| date(&value)),
        };
        let sort = fields.optional("sort", |value| {
            let sort = Sort::parse(query_text(&value)?);
            sort.ok_or_else(|| {
                "must be score, due_date, priority, created_at or updated_at, with - before it for descending"
                    .into()
            })
        });
        let sort = sort.unwrap_or_default();
        let limit = fields.optional("limit", |value| query_number(&value, 1, 100));
        let cursor = fields.optional("cursor", |value| {
            let cursor: Option<ListCursor> =
                cursor::decode(query_text(&value)?, &bound_to(&filter, sort));
            cursor.ok_or_else(|| {
                "is no cursor of this list with these filters and this order; leave it out to begin again"
                    .into()
            })
        });
        Some(Self {
            filter,
            sort,
            limit: limit.and_then(|limit| limit.try_into().ok()).unwrap_or(20),
            cursor,
        })
    }
}

/// What a cursor of the list is bound to.
fn bound_to(filter: &Filter, sort: Sort) -> String {
    format!("tasks {filter:?} {sort:?}")
}

/// One status, or several.
fn statuses(value: Value) -> Result<Vec<ReadStatus>, Refused> {
    let values = match value {
        Value::Array(values) => values,
        one => vec![one],
    };
    let statuses = values
        .iter()
        .map(|value| ReadStatus::parse(value.as_str()?))
        .collect::<Option<_>>();
    statuses.ok_or_else(|| {
        "must be pending, in_progress, completed, snoozed or blocked; repeat it for several".into()
    })
}

fn date(value: &Value) -> Result<When, Refused> {
    When::parse(query_text(value)?.to_owned())
}

/// List the tasks.
///
/// Every task but the deleted ones, newest first unless asked otherwise, page by page.
#[utoipa::path(
    get, path = "/api/tasks", tag = "Tasks", params(Filters, ListQuery), security(("bearer" = ["tasks:read"])),
    responses((status = OK, description = "One page.", body = task::TaskPage)),
)]
pub async fn list_tasks(
    State(app): State<Shared>,
    Reader(caller): Reader,
    input: Input<(), ListQuery>,
) -> Result<Reply, Error> {
    let ListQuery {
        filter,
        sort,
        limit,
        cursor,
    } = input.query;
    let bound_to = bound_to(&filter, sort);
    let next_cursor = |place: ListCursor| cursor::encode(&place, &bound_to);
    if sort.key == SortKey::Score {
        let read = tasks::list_open_tasks(&app.db, &caller).await?;
        let read = read.ok_or(Error::Unauthenticated)?;
        let version = read.version;
        let after = match cursor {
            Some(ListCursor::Score(now, place)) => Some((now, place)),
            _ => None,
        };
        let (items, next) = by_score(&read.found, &caller, &filter, sort, after, limit)?;
        let next_cursor = next.and_then(next_cursor);
        let freshness = Freshness::new(caller.now).until(read.found.changes());
        let reply = Reply::tagged_json(&Page { items, next_cursor }, version)?;
        return Ok(reply.fresh(freshness.until_day_ends(&read.found.time)));
    }
    let after = match cursor {
        Some(ListCursor::Stored(place)) => Some(place),
        _ => None,
    };
    let read = tasks::list_tasks(&app.db, &caller, &filter, sort, after, limit).await?;
    let Read { found, version } = read.ok_or(Error::Unauthenticated)?;
    let TaskPage {
        tasks: items,
        next,
        changes,
    } = found;
    let freshness = Freshness::new(caller.now).until(changes);
    let next_cursor = next.and_then(|place| next_cursor(ListCursor::Stored(place)));
    if !filter.is_empty() {
        // Time alone changes what passes.
        let reply = Reply::tagged_json(&Page { items, next_cursor }, version)?;
        return Ok(reply.fresh(freshness));
    }
    // While the version stands, a page changes only by one task after the other waking or becoming overdue.
    let overdue = items.iter().filter(|task| task.overdue).count();
    let is_awake = |task: &&Task| task.status != ReadStatus::Snoozed;
    let state = overdue + items.iter().filter(is_awake).count();
    let reply = Reply::json(StatusCode::OK, &Page { items, next_cursor })?;
    let tag = format!("\"{version}-{state}\"");
    Ok(reply
        .version(version)
        .field(header::ETAG, &tag)
        .fresh(freshness))
}

/// A page of the open tasks in the order of their scores as of the first page; the hidden ones, which have no
/// score, come last both ways.
fn by_score(
    open: &Open,
    caller: &Caller,
    filter: &Filter,
    sort: Sort,
    after: Option<(i64, ranking::Place)>,
    limit: u8,
) -> Result<(Vec<Task>, Option<ListCursor>), DbError> {
    let frozen = after.and_then(|(now, _)| Timestamp::from_microsecond(now).ok());
    let now = frozen.unwrap_or(caller.now);
    let candidate = |task| {
        Ok(Candidate {
            asked_for: filter.is_empty() || filter.passes(&open.facts(task)?, &open.time),
            ..OpenTask::candidate(task)?
        })
    };
    let candidates = open.tasks.iter().map(candidate);
    let candidates = candidates.collect::<Result<Vec<_>, DbError>>()?;
    let mut places = rank(&candidates, &open.preferences, None, now).places();
    let order = |one: &ranking::Place, other: &ranking::Place| match (one.score, other.score) {
        (Some(_), Some(_)) if !sort.descending => other.cmp(one),
        _ => one.cmp(other),
    };
    places.sort_by(|(_, one), (_, other)| order(one, other));
    let begin = after.map_or(0, |(_, after)| {
        places.partition_point(|(_, place)| order(place, &after) != Ordering::Greater)
    });
    let end = places.len().min(begin + usize::from(limit));
    let next = places[begin..end]
        .last()
        .filter(|_| end < places.len())
        .map(|(_, place)| ListCursor::Score(now.as_microsecond(), *place));
    let items = places[begin..end].iter().map(|&(at, _)| open.task(at));
    Ok((items.collect::<Result<_, _>>()?, next))
}
