//! `GET /api/tasks/{id}/occurrences`: the dates that follow a recurring task's own.

use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use shared_types::id::TaskId;
use shared_types::task::RecurrenceFrom;
use shared_types::time::When;
use shared_types::validate::{Fields, FromFields};

use crate::app::Shared;
use crate::db::tasks;
use crate::domain::freshness::Freshness;
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
    let time = &recurring.time;
    let mut freshness = Freshness::new(caller.now);
    let mut items = Vec::new();
    if let Some((series, anchor)) = recurring.series {
        items = series.occurrences(&anchor, &time.zone, caller.now, input.query.count);
        // The first is left out once it is past, and the others with it when they count from it.
        let dates = [Some(&anchor), items.first()];
        let instants = dates.into_iter().flatten();
        freshness = freshness
            .until(instants.map(|date| time.opens_at(date.value())))
            .until_day_ends(time);
        if series.from == RecurrenceFrom::Completion {
            // An hourly rule counts from the minute that it is.
            freshness = freshness.until(minute_ends(caller.now));
        }
    }
    Ok(Reply::tagged_json(&Occurrences { items }, read.version)?.fresh(freshness))
}

fn minute_ends(now: Timestamp) -> Option<Timestamp> {
    let left = 60 - now.as_second().rem_euclid(60);
    Timestamp::from_second(now.as_second() + left).ok()
}
