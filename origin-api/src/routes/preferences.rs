//! `/api/preferences`: read, replace, and try other weights.

use axum::extract::State;
use axum::http::{StatusCode, header};
use shared_types::preferences::NewPreferences;
use shared_types::preview::{NewPreview, Preview, PreviewItem};

use crate::app::Shared;
use crate::db::preferences::{self, Outcome, Written};
use crate::db::tasks::{self, Open, OpenTask};
use crate::domain::account::check_time_zone;
use crate::domain::ranking::{Candidate, Previewed, preview};
use crate::error::Error;
use crate::extract::{Change, Input, Reader, Writer};
use crate::reply::{REPLAYED, Reply};

/// `GET /api/preferences`
///
/// # Errors
/// 503.
pub async fn get_preferences(
    State(app): State<Shared>,
    Reader(caller): Reader,
    _: Input,
) -> Result<Reply, Error> {
    let found = preferences::find_preferences(&app.db, &caller).await?;
    let found = found.ok_or(Error::Unauthenticated)?;
    // Nothing of it changes by itself.
    let tag = format!("\"{}-0\"", found.own_version);
    let reply = Reply::json(StatusCode::OK, &found.preferences)?;
    Ok(reply.version(found.version).field(header::ETAG, &tag))
}

/// `PUT /api/preferences`
///
/// # Errors
/// 412; 422; 503.
pub async fn replace_preferences(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change {
        body: new, terms, ..
    }: Change<(), NewPreferences>,
) -> Result<Reply, Error> {
    check_time_zone(new.time_zone.as_deref()).map_err(|error| Error::Invalid(vec![error]))?;
    let written = preferences::replace_preferences(&app.db, &caller, &terms, &new).await?;
    let Written { outcome, version } = written.ok_or(Error::Unauthenticated)?;
    let reply = match outcome {
        Outcome::Done(preferences) => Reply::json(StatusCode::OK, &preferences)?,
        Outcome::Replayed(preferences) => {
            Reply::json(StatusCode::OK, &preferences)?.field(REPLAYED, "true")
        }
        Outcome::KeyReused => Error::key_reused().into(),
        Outcome::OtherVersion => Error::PreconditionFailed.into(),
    };
    Ok(reply.version(version))
}

/// `POST /api/preferences/preview`: changes nothing, so a key that comes along is not kept.
///
/// # Errors
/// 422; 503.
pub async fn preview_weights(
    State(app): State<Shared>,
    Reader(caller): Reader,
    Change { body: new, .. }: Change<(), NewPreview>,
) -> Result<Reply, Error> {
    let read = tasks::list_open_tasks(&app.db, &caller).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    let Open { tasks, preferences } = read.found;
    let candidates: Vec<Candidate<'_>> = tasks.iter().map(OpenTask::candidate).collect();
    let order = preview(
        &candidates,
        &preferences,
        new.weights,
        new.available_minutes,
        caller.now,
    );
    let item = |previewed: &Previewed| PreviewItem {
        task: tasks[previewed.task].task.clone(),
        score: previewed.score,
        was: previewed.was,
    };
    let items = order.iter().take(new.limit).map(item).collect();
    Ok(Reply::json(StatusCode::OK, &Preview { items })?.version(read.version))
}
