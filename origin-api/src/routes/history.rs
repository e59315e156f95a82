//! `/api/history` and `/api/undo`: what was done to tasks, and taking it back.

use axum::extract::State;
use shared_types::history::{ChangePage, Undo, Undone};
use shared_types::id::ChangeId;
use shared_types::page::Page;
use shared_types::validate::{Fields, FromFields};

use crate::app::Shared;
use crate::db::tasks::{self, ChangePlace, UndoOutcome};
use crate::domain::cursor;
use crate::domain::freshness::Freshness;
use crate::error::Error;
use crate::extract::{Change, Input, Reader, Writer, query_number, query_text};
use crate::reply::Reply;

/// What a cursor of the history is bound to.
const BOUND_TO: &str = "history";

/// The query of the history.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// How many changes a page has at most.
    #[param(value_type = i32, required = false, minimum = 1, maximum = 100, default = 20)]
    limit: u8,
    /// The `next_cursor` of the page before.
    #[param(value_type = String, required = false)]
    cursor: Option<ChangePlace>,
}

impl FromFields for HistoryQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let limit = fields.optional("limit", |value| query_number(&value, 1, 100));
        let cursor = fields.optional("cursor", |value| {
            let cursor: Option<ChangePlace> = cursor::decode(query_text(&value)?, BOUND_TO);
            cursor.ok_or_else(|| {
                "is no cursor of the history; leave it out to begin with the last change".into()
            })
        });
        Some(Self {
            limit: limit.and_then(|limit| limit.try_into().ok()).unwrap_or(20),
            cursor,
        })
    }
}

/// List what was done to tasks.
///
/// Every change of tasks in the last 30 days, the last one first: when, through what, which tasks, and what of them
/// changed. Each can be undone.
#[utoipa::path(
    get, path = "/api/history", tag = "History", params(HistoryQuery), security(("bearer" = ["tasks:read"])),
    responses((status = OK, description = "One page.", body = ChangePage)),
)]
pub async fn list_changes(
    State(app): State<Shared>,
    Reader(caller): Reader,
    input: Input<(), HistoryQuery>,
) -> Result<Reply, Error> {
    let HistoryQuery { limit, cursor } = input.query;
    let read = tasks::list_changes(&app.db, &caller, cursor, limit).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    let next = read.found.next;
    let freshness = Freshness::new(caller.now).until(read.found.ends);
    let page = Page {
        items: read.found.changes,
        next_cursor: next.and_then(|place| cursor::encode(&place, BOUND_TO)),
    };
    Ok(Reply::tagged_json(&page, read.version)?.fresh(freshness))
}

/// Undo a change of tasks.
///
/// Takes back the last change that was not undone yet, or the one that is named: every task of it is as it was before,
/// and what it made goes to the trash. Doing it again goes one change further back. To take an undo back, undo that
/// change by its id.
#[utoipa::path(
    post, path = "/api/undo", tag = "History", request_body = Undo, security(("bearer" = ["tasks:write"])),
    responses(
        (status = OK, description = "It is undone.", body = Undone),
        (status = NOT_FOUND, description = "There is no such change of yours, or it is over 30 days old."),
        (status = CONFLICT, description = "A later change stands against it, or it was undone already; `detail` says which change to undo. Or nothing is left to undo."),
    ),
)]
pub async fn undo_change(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change { body, terms, .. }: Change<(), Undo>,
) -> Result<Reply, Error> {
    let (key, change) = (terms.key.as_ref(), ChangeId(app.new_id()));
    let undone = tasks::undo_change(&app.db, &caller, key, body.change_id, change).await?;
    let (outcome, version) = undone.ok_or(Error::Unauthenticated)?;
    let reply = match outcome {
        UndoOutcome::Done(body) => Reply::json_text(body),
        UndoOutcome::Replayed(body) => Reply::json_text(body).replayed(),
        UndoOutcome::KeyReused => Error::key_reused().into(),
        UndoOutcome::NotFound => Error::NotFound.into(),
        UndoOutcome::NothingLeft => Error::Conflict(
            "Nothing is left to undo: there is no change of the last 30 days that was not undone. GET /api/history lists them; an undo is undone by its id."
                .to_owned(),
        )
        .into(),
        UndoOutcome::UndoneBy(undo) => Error::Conflict(format!(
            "The change was undone already, by the change {undo}. To make it once more, undo that: POST /api/undo with {{\"change_id\": \"{undo}\"}}."
        ))
        .into(),
        UndoOutcome::Conflict(task, Some((later, action))) => Error::Conflict(format!(
            "The task {task} was changed since, by the change {later} ({action}). Undo that first: POST /api/undo with {{\"change_id\": \"{later}\"}}."
        ))
        .into(),
        UndoOutcome::Conflict(task, None) => Error::Conflict(format!(
            "The task {task} was changed since. Change it back by hand: PATCH /api/tasks/{task}."
        ))
        .into(),
    };
    Ok(reply.version(version))
}
