//! `GET /api/tasks/best`: what to do next, and why.

use axum::extract::State;
use shared_types::best::{Alternative, Best};
use shared_types::task::{ReadStatus, Task};
use shared_types::time::When;
use shared_types::validate::{Fields, FromFields, Refused};

use crate::app::Shared;
use crate::db::tasks::{self, Open};
use crate::domain::ranking::{
    Answer, Ask, Candidate, Preferences, RANKING_VERSION, Weights, WorkingHours, rank,
};
use crate::domain::user_time::UserTime;
use crate::error::Error;
use crate::extract::{Input, Reader, query_number, query_text};
use crate::reply::Reply;

/// The query.
pub struct BestQuery {
    /// The best task and up to one less of runners-up.
    limit: usize,
    /// The free time.
    available_minutes: Option<u32>,
    /// Only tasks with this tag are returned and counted.
    tag: Option<String>,
}

impl FromFields for BestQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let limit = fields.optional("limit", |value| query_number(&value, 1, 10));
        let minutes = fields.optional("available_minutes", |value| query_number(&value, 1, 1440));
        let tag = fields.optional("tag", |value| tag(query_text(&value)?));
        Some(Self {
            limit: limit.and_then(|limit| limit.try_into().ok()).unwrap_or(3),
            available_minutes: minutes.and_then(|minutes| minutes.try_into().ok()),
            tag,
        })
    }
}

/// A tag as tasks have it: trimmed, 1 to 50 characters.
fn tag(text: &str) -> Result<String, Refused> {
    let tag = text.trim();
    if (1..=50).contains(&tag.chars().count()) {
        Ok(tag.to_owned())
    } else {
        Err("must have 1 to 50 characters".into())
    }
}

/// `GET /api/tasks/best`
///
/// # Errors
/// 422; 503.
pub async fn get_best_task(
    State(app): State<Shared>,
    Reader(caller): Reader,
    input: Input<(), BestQuery>,
) -> Result<Reply, Error> {
    let query = input.query;
    let read = tasks::list_open_tasks(&app.db, &caller).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    let Open { tasks, time } = read.found;
    let preferences = preferences(time);
    let candidates: Vec<Candidate<'_>> = tasks
        .iter()
        .map(|task| candidate(task, query.tag.as_deref()))
        .collect();
    let ranking = rank(
        &candidates,
        &preferences,
        query.available_minutes,
        caller.now,
    );
    let filter = query.tag.map(|tag| format!("with the tag “{tag}”"));
    let answer = ranking.answer(Ask {
        limit: query.limit,
        filter: filter.as_deref(),
    });
    Reply::tagged_json(&best(answer, &tasks), read.version)
}

/// What is not stored yet stays at its default.
fn preferences(time: UserTime) -> Preferences {
    Preferences {
        hours_are_assumed: time.hours == WorkingHours::default(),
        zone: time.zone,
        hours: time.hours,
        weights: Weights::default(),
    }
}

/// An open task as the ranking sees it; what is not stored yet stays as [`Candidate::new`] has it.
fn candidate<'a>(task: &'a Task, tag: Option<&str>) -> Candidate<'a> {
    Candidate {
        started: task.status == ReadStatus::InProgress,
        priority: task.priority,
        due_date: task.due_date.as_ref().map(When::value),
        effort_minutes: task.effort_estimate_minutes.map(u32::from),
        asked_for: tag.is_none_or(|tag| task.tags.iter().any(|other| other == tag)),
        ..Candidate::new(task.id, &task.title, task.created_at)
    }
}

/// The answer with the tasks in the place of their positions.
fn best(answer: Answer, tasks: &[Task]) -> Best {
    let (task, score, parts) = match answer.best {
        Some(best) => (Some(tasks[best.task].clone()), Some(best.score), best.parts),
        None => (None, None, Vec::new()),
    };
    let alternative = |other: crate::domain::ranking::Alternative| Alternative {
        task: tasks[other.pick.task].clone(),
        score: other.pick.score,
        explanation: other.explanation,
        parts: other.pick.parts,
        would_win_if: other.would_win_if,
    };
    Best {
        task,
        score,
        explanation: answer.explanation,
        parts,
        alternatives: answer.alternatives.into_iter().map(alternative).collect(),
        hidden: answer.hidden,
        counts: answer.counts,
        assumptions: answer.assumptions,
        next_change_at: answer.next_change_at,
        ranking_version: RANKING_VERSION,
    }
}
