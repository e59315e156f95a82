//! `GET /api/stats`: what was done, and what is left.

use axum::extract::State;
use shared_types::stats::Stats;

use crate::app::Shared;
use crate::db::stats;
use crate::domain::freshness::Freshness;
use crate::error::Error;
use crate::extract::{Input, Reader};
use crate::reply::Reply;

/// Show the statistics.
///
/// What was completed on each of the last 30 days in your zone, and for how many days in a row; what is open and
/// overdue; the projects; and how long tasks took against what was estimated.
#[utoipa::path(
    get, path = "/api/stats", tag = "Next", security(("bearer" = ["tasks:read"])),
    responses((status = OK, description = "The statistics.", body = Stats)),
)]
pub async fn get_stats(
    State(app): State<Shared>,
    Reader(caller): Reader,
    _: Input,
) -> Result<Reply, Error> {
    let read = stats::find_stats(&app.db, &caller).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    let freshness = Freshness::new(caller.now).until(read.found.changes);
    Ok(Reply::tagged_json(&read.found.stats, read.version)?.fresh(freshness))
}
