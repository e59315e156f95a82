//! `POST /api/import`: the document of an export, or the file of another task manager.

use axum::extract::State;
use axum::http::StatusCode;
use shared_types::transfer::{ImportReport, NewImport};

use crate::app::Shared;
use crate::db::import::{self, Outcome, Written};
use crate::domain::transfer::{self, Reading};
use crate::error::Error;
use crate::extract::{Change, Writer};
use crate::reply::{REPLAYED, Reply};

/// Import tasks.
///
/// From an export of MindFlow, a project that Todoist has exported as a template, or Taskwarrior's `task export`; up to
/// 10 MiB and 10,000 tasks, all of it or nothing. What comes twice is known again: a task that is here already is
/// skipped where it is the same, and updated where it is not. Ask with `dry_run` first: the report is the same.
#[utoipa::path(
    post, path = "/api/import", tag = "Data", request_body = NewImport, security(("bearer" = ["tasks:write"])),
    responses((status = OK, description = "What was done, line by line.", body = ImportReport)),
)]
pub async fn import_tasks(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change { body, terms, .. }: Change<(), NewImport>,
) -> Result<Reply, Error> {
    let NewImport { source, dry_run } = body;
    let _permit = app.imports.try_acquire().map_err(|_| Error::Crowded)?;
    let now = caller.now;
    let key = terms.key.as_ref();
    let written = import::import(&app.db, &caller, key, app.new_id(), dry_run, move |time| {
        let reading = Reading {
            zone: &time.zone,
            now,
        };
        transfer::read(source, &reading)
    });
    let Written { outcome, version } = written.await?.ok_or(Error::Unauthenticated)?;
    let reply = match outcome {
        Outcome::Done(report) => Reply::json(StatusCode::OK, &report)?,
        Outcome::Replayed(report) => Reply::json(StatusCode::OK, &report)?.field(REPLAYED, "true"),
        Outcome::KeyReused => Error::key_reused().into(),
        Outcome::Refused(errors) => Error::Invalid(errors).into(),
    };
    Ok(reply.version(version))
}
