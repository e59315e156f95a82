//! `/api/preferences`: read, replace, and try other weights.

use axum::extract::State;
use axum::http::{StatusCode, header};
use shared_types::preferences::{NewPreferences, Preferences};
use shared_types::preview::{NewPreview, Preview, PreviewItem};

use crate::app::Shared;
use crate::db::DbError;
use crate::db::preferences::{self, Outcome, Written};
use crate::db::tasks::{self, OpenTask};
use crate::domain::account::check_time_zone;
use crate::domain::freshness::Freshness;
use crate::domain::ranking::{Previewed, preview};
use crate::error::Error;
use crate::extract::{Change, Input, Reader, Writer};
use crate::reply::{REPLAYED, Reply};

/// Show the preferences.
///
/// When you work, in which language your texts are searched, and what counts in the ranking.
#[utoipa::path(
    get, path = "/api/preferences", tag = "Preferences", security(("bearer" = ["tasks:read"])),
    responses((status = OK, description = "The preferences.", body = Preferences)),
)]
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
    Ok(reply
        .version(found.version)
        .field(header::ETAG, &tag)
        .fresh(Freshness::new(caller.now)))
}

/// Replace the preferences.
///
/// Sets every preference: one that is left out gets its default, but for the time zone, which stays.
#[utoipa::path(
    put, path = "/api/preferences", tag = "Preferences", request_body = NewPreferences, security(("bearer" = ["tasks:write"])),
    responses((status = OK, description = "The preferences after the change.", body = Preferences)),
)]
pub async fn replace_preferences(
    State(app): State<Shared>,
    Writer(caller): Writer,
    Change {
        body: new, terms, ..
    }: Change<(), NewPreferences>,
) -> Result<Reply, Error> {
    check_time_zone(new.time_zone.as_deref())?;
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

/// Try other weights.
///
/// The order that other weights would give, beside the scores of today. Changes nothing, so a key that comes along
/// is not kept.
#[utoipa::path(
    post, path = "/api/preferences/preview", tag = "Preferences", request_body = NewPreview, security(("bearer" = ["tasks:read"])),
    responses((status = OK, description = "The first tasks under these weights.", body = Preview)),
)]
pub async fn preview_weights(
    State(app): State<Shared>,
    Reader(caller): Reader,
    Change { body: new, .. }: Change<(), NewPreview>,
) -> Result<Reply, Error> {
    let read = tasks::list_open_tasks(&app.db, &caller).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    let open = read.found;
    let candidates = open.tasks.iter().map(OpenTask::candidate);
    let candidates = candidates.collect::<Result<Vec<_>, _>>()?;
    let order = preview(
        &candidates,
        &open.preferences,
        new.weights,
        new.available_minutes,
        caller.now,
    );
    let item = |previewed: &Previewed| {
        Ok(PreviewItem {
            task: open.task(previewed.task)?,
            score: previewed.score,
            was: previewed.was,
        })
    };
    let items = order.iter().take(new.limit).map(item);
    let items = items.collect::<Result<_, DbError>>()?;
    Ok(Reply::json(StatusCode::OK, &Preview { items })?.version(read.version))
}
