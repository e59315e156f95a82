//! `GET /api/tasks/search`: tasks found by words, best first.

use axum::extract::State;
use serde_json::Value;
use shared_types::page::Page;
use shared_types::task;
use shared_types::validate::{Fields, FromFields, trimmed_text};

use crate::app::Shared;
use crate::db::Read;
use crate::db::tasks::{self, FoundPage};
use crate::domain::cursor;
use crate::domain::freshness::Freshness;
use crate::domain::search::{Place, sought};
use crate::error::Error;
use crate::extract::{Input, Reader, query_number, query_text};
use crate::reply::Reply;

/// Characters of a query: as many as a title may have.
const LONGEST: usize = 256;

/// The query of a search.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// The words to find, all of them; each may be the beginning of a word. Signs part words and mean nothing else.
    #[param(
        min_length = 1,
        max_length = 256,
        pattern = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"
    )]
    q: String,
    /// How many tasks a page has at most.
    #[param(value_type = i32, required = false, minimum = 1, maximum = 100, default = 20)]
    limit: u8,
    /// The `next_cursor` of the page before, with the same `q`.
    #[param(value_type = String, required = false)]
    cursor: Option<Place>,
}

impl FromFields for SearchQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let text = |value: Value| {
            let text = Value::from(query_text(&value)?.to_owned());
            trimmed_text(text, 1, LONGEST)
        };
        let q = fields.required("q", text);
        let limit = fields.optional("limit", |value| query_number(&value, 1, 100));
        let bound_to = bound_to(q.as_deref().unwrap_or_default());
        let cursor = fields.optional("cursor", |value| {
            let place = cursor::decode(query_text(&value)?, &bound_to);
            place.ok_or_else(|| {
                "is no cursor of a search for this q; leave it out to begin again".into()
            })
        });
        Some(Self {
            q: q?,
            limit: limit.and_then(|limit| limit.try_into().ok()).unwrap_or(20),
            cursor,
        })
    }
}

/// What a cursor of a search is bound to.
fn bound_to(q: &str) -> String {
    format!("search {q}")
}

/// Search the tasks.
///
/// The tasks that have all of the words in their title, tags, project or description, completed ones too. Case and
/// accents do not matter, each word may be the beginning of one, and other forms of it are found in the language of the
/// preferences. Best first: where the words are found counts (title, then tags and project, then description), then
/// whether the task is open, then how new it is. Of very many tasks the newest come first.
#[utoipa::path(
    get, path = "/api/tasks/search", tag = "Tasks", params(SearchQuery), security(("bearer" = ["tasks:read"])),
    responses((status = OK, description = "One page; nothing found is an empty one.", body = task::TaskPage)),
)]
pub async fn search_tasks(
    State(app): State<Shared>,
    Reader(caller): Reader,
    input: Input<(), SearchQuery>,
) -> Result<Reply, Error> {
    let SearchQuery { q, limit, cursor } = input.query;
    let sought = sought(caller.user, &q);
    let read = tasks::search_tasks(&app.db, &caller, &sought, cursor, limit).await?;
    let Read { found, version } = read.ok_or(Error::Unauthenticated)?;
    let FoundPage {
        tasks: items,
        next,
        changes,
    } = found;
    let freshness = Freshness::new(caller.now).until(changes);
    let next_cursor = next.and_then(|place| cursor::encode(&place, &bound_to(&q)));
    // What is found stays while the version does, but time alone changes what a task says of itself.
    Ok(Reply::tagged_json(&Page { items, next_cursor }, version)?.fresh(freshness))
}
