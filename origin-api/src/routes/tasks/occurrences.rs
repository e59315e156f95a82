//! `GET /api/tasks/{id}/occurrences`: the dates that follow a recurring task's own.

use axum::extract::State;
use serde::Serialize;
use shared_types::id::TaskId;
use shared_types::time::When;
use shared_types::validate::{Fields, FromFields};

use crate::app::Shared;
use crate::db::tasks;
use crate::error::Error;
use crate::extract::{Input, Reader, query_number};
use crate::reply::Reply;

/// The query.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OccurrencesQuery {
    /// How many dates to give at most.
    #[param(value_type = i32, required = false, minimum = 1, maximum = 50, default = 5)]
    count: usize,
}

impl FromFields for OccurrencesQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let count = fields.optional("count", |value| query_number(&value, 1, 50));
        let count = count.and_then(|count| count.try_into().ok());
        Some(Self {
            count: count.unwrap_or(5),
        })
    }
}

/// The dates, in the form of the task's own.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Occurrences {
    items: Vec<When>,
}

/// Preview a recurring task's next dates.
///
/// The dates that follow its own, the first one as completing the task now would give. There are fewer than asked for
/// when the series ends, and none when the task does not recur or is completed. From completion, each is as if the one
/// before were completed on its date.
#[utoipa::path(
    get, path = "/api/tasks/{id}/occurrences", tag = "Tasks", params(OccurrencesQuery),
    security(("bearer" = ["tasks:read"])),
    responses((status = OK, description = "The next dates.", body = Occurrences)),
)]
pub async fn list_occurrences(
    State(app): State<Shared>,
    Reader(caller): Reader,
    input: Input<TaskId, OccurrencesQuery>,
) -> Result<Reply, Error> {
    let read = tasks::find_series(&app.db, &caller, input.id).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    let Some(recurring) = read.found else {
        return Ok(Reply::from(Error::NotFound).version(read.version));
    };
    let zone = &recurring.time.zone;
    let items = recurring.series.map_or_else(Vec::new, |(series, anchor)| {
        series.occurrences(&anchor, zone, caller.now, input.query.count)
    });
    Reply::tagged_json(&Occurrences { items }, read.version)
}
