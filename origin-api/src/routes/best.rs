//! `GET /api/tasks/best`: what to do next, and why.

use axum::extract::State;
use jiff::Timestamp;
use serde_json::Value;
use shared_types::best::{Alternative, Best};
use shared_types::task::{project, schema, tag};
use shared_types::validate::{Fields, FromFields};
use utoipa::openapi::schema::ObjectBuilder;

use crate::app::Shared;
use crate::db::DbError;
use crate::db::tasks::{self, Open, OpenTask};
use crate::domain::freshness::Freshness;
use crate::domain::ranking::{self, Answer, Ask, Candidate, RANKING_VERSION, rank};
use crate::error::Error;
use crate::extract::{Input, Reader, query_number, query_text};
use crate::reply::Reply;

/// The query.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BestQuery {
    /// How many tasks to name: the best one, and up to one less of runners-up.
    #[param(value_type = i32, required = false, minimum = 1, maximum = 10, default = 3)]
    pub(super) limit: usize,
    /// How many minutes are free now, so that a task that fits is preferred.
    #[param(value_type = i32, required = false, minimum = 1, maximum = 1440)]
    pub(super) available_minutes: Option<u32>,
    /// Which tasks are returned and counted.
    #[param(ignore)]
    pub(super) filter: Filter,
}

/// Which tasks are returned and counted: those that have all that is given.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[derive(Default)]
pub(super) struct Filter {
    #[param(schema_with = with_tag)]
    pub(super) tag: Option<String>,
    #[param(schema_with = of_project)]
    pub(super) project: Option<String>,
}

fn with_tag() -> ObjectBuilder {
    schema::tag().description(Some("Only tasks with this tag are named and counted."))
}

fn of_project() -> ObjectBuilder {
    schema::project().description(Some("Only tasks of this project are named and counted."))
}

impl FromFields for BestQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let limit = fields.optional("limit", |value| query_number(&value, 1, 10));
        let minutes = fields.optional("available_minutes", |value| query_number(&value, 1, 1440));
        let text = |value: Value| query_text(&value).map(|text| Value::String(text.to_owned()));
        Some(Self {
            limit: limit.and_then(|limit| limit.try_into().ok()).unwrap_or(3),
            available_minutes: minutes.and_then(|minutes| minutes.try_into().ok()),
            filter: Filter {
                tag: fields.optional("tag", |value| tag(text(value)?)),
                project: fields.optional("project", |value| project(text(value)?)),
            },
        })
    }
}

impl Filter {
    /// What is open, as the ranking looks at it.
    pub(super) fn candidates<'a>(&self, open: &'a Open) -> Result<Vec<Candidate<'a>>, DbError> {
        let candidate = |task: &'a OpenTask| {
            Ok(Candidate {
                asked_for: self.matches(task)?,
                ..task.candidate()?
            })
        };
        open.tasks.iter().map(candidate).collect()
    }

    fn matches(&self, task: &OpenTask) -> Result<bool, DbError> {
        let has_tag = match self.tag.as_deref() {
            Some(tag) => task.tags()?.contains(&tag),
            None => true,
        };
        let is_of_project = match self.project.as_deref() {
            Some(project) => task.project()? == Some(project),
            None => true,
        };
        Ok(has_tag && is_of_project)
    }

    /// "with the tag “home” in the project “Garden”"; `None` without a filter.
    fn in_words(&self) -> Option<String> {
        let tag = self.tag.as_ref().map(|tag| format!("with the tag “{tag}”"));
        let project = self.project.as_ref();
        let project = project.map(|project| format!("in the project “{project}”"));
        let said: Vec<String> = tag.into_iter().chain(project).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }
}

/// Say what to do next.
///
/// The best task of all that can be done now, with its score, the parts that add up to exactly that score, and the
/// reason for each; then the runners-up, each with what would put it first. Ask with `available_minutes` when you know
/// how much time there is. With nothing to do, `task` is null and `explanation` says why.
#[utoipa::path(
    get, path = "/api/tasks/best", tag = "Next", params(BestQuery, Filter), security(("bearer" = ["tasks:read"])),
    responses((status = OK, description = "What to do next, and why.", body = Best)),
)]
pub async fn get_best_task(
    State(app): State<Shared>,
    Reader(caller): Reader,
    input: Input<(), BestQuery>,
) -> Result<Reply, Error> {
    let read = tasks::list_open_tasks(&app.db, &caller).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    let open = read.found;
    let body = best(&open, &input.query, caller.now)?;
    // Scores move all the while: a minute is what they may lag.
    let freshness = Freshness::new(caller.now).until(open.changes());
    let reply = Reply::tagged_json(&body, read.version)?;
    Ok(reply.fresh(freshness.until_day_ends(&open.time)))
}

/// What to do next, of what is open.
pub(super) fn best(open: &Open, query: &BestQuery, now: Timestamp) -> Result<Best, DbError> {
    let candidates = query.filter.candidates(open)?;
    let minutes = query.available_minutes;
    let ranking = rank(&candidates, &open.preferences, minutes, now);
    let filter = query.filter.in_words();
    let answer = ranking.answer(Ask {
        limit: query.limit,
        filter: filter.as_deref(),
    });
    with_tasks(answer, open)
}

/// The answer with the tasks in the place of their positions.
fn with_tasks(answer: Answer, open: &Open) -> Result<Best, DbError> {
    let (task, score, parts) = match answer.best {
        Some(best) => (Some(open.task(best.task)?), Some(best.score), best.parts),
        None => (None, None, Vec::new()),
    };
    let alternative = |other: ranking::Alternative| {
        Ok(Alternative {
            task: open.task(other.pick.task)?,
            score: other.pick.score,
            explanation: other.explanation,
            parts: other.pick.parts,
            would_win_if: other.would_win_if,
        })
    };
    let alternatives = answer.alternatives.into_iter().map(alternative);
    Ok(Best {
        task,
        score,
        explanation: answer.explanation,
        parts,
        alternatives: alternatives.collect::<Result<_, DbError>>()?,
        hidden: answer.hidden,
        counts: answer.counts,
        assumptions: answer.assumptions,
        next_change_at: answer.next_change_at,
        ranking_version: RANKING_VERSION,
    })
}
