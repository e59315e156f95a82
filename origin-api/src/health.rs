//! Is the process alive, can it serve, and the detail that the edge shows.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::{App, Shared};
use crate::db::{DbError, Statement, migrate};
use crate::error::{Error, Source, chain};
use crate::reply::Reply;

/// How long the database may take to answer a probe.
const PROBE: Duration = Duration::from_secs(1);

/// What keeps the origin from serving.
#[derive(Debug)]
pub enum Unready {
    /// A stop was asked for.
    Draining,
    /// The database does not answer, or not in a second.
    Database(Source),
    /// The schema is older than the program: `origin-api migrate` has not run.
    Schema {
        /// What the database has.
        has: i32,
        /// What this program needs.
        needs: i32,
    },
    /// The data was restored, and what was revoked since would hold again: `origin-api admin epoch renew` has not run.
    Restored {
        /// The schema that the database has.
        has: i32,
    },
}

impl std::fmt::Display for Unready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Draining => f.write_str("a stop was asked for"),
            Self::Database(_) => f.write_str("the database does not answer; see DATABASE_URL"),
            Self::Schema { has, needs } => write!(
                f,
                "the schema is at {has}, this program needs {needs}; run origin-api migrate"
            ),
            Self::Restored { .. } => f.write_str(
                "the data was restored, and credentials that were revoked since would hold again; run origin-api admin epoch renew --yes",
            ),
        }
    }
}

impl std::error::Error for Unready {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Database(cause) => Some(cause.as_ref()),
            Self::Draining | Self::Schema { .. } | Self::Restored { .. } => None,
        }
    }
}

/// `GET /livez`: the process answers, whatever it depends on.
pub async fn livez() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// `GET /readyz`: requests can be served.
pub async fn readyz(State(app): State<Shared>) -> Response {
    match ready(&app).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(unready) => {
            tracing::warn!(error = chain(&unready), "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                [(header::RETRY_AFTER, "1")],
            )
                .into_response()
        }
    }
}

/// The detail behind the edge's `/health`.
#[derive(Serialize, utoipa::ToSchema)]
struct Health {
    /// `ok`, or what is wrong.
    status: &'static str,
    /// `ok`, `down`, or `unknown` when the origin does not say.
    database: &'static str,
    /// The number of the newest migration; null when it is not known.
    #[schema(required)]
    migration: Option<i32>,
}

/// What the edge makes of it (`edge-worker/src/health.rs`); it is only described here.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "the edge writes it")]
struct Report {
    /// `ok`, or `degraded` when something behind the edge is away.
    status: &'static str,
    /// The release of the edge.
    version: &'static str,
    /// The edge itself.
    edge: EdgeHealth,
    /// What is behind it.
    origin: Health,
}

/// The edge's own state.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "the edge writes it")]
struct EdgeHealth {
    /// `ok`, since it answers.
    status: &'static str,
}

/// Say whether the service is well.
///
/// Needs no credential. At most one probe a second reaches what is behind the edge.
#[utoipa::path(
    get, path = "/health", tag = "Service",
    responses(
        (status = OK, description = "Everything answers.", body = Report),
        (status = SERVICE_UNAVAILABLE, description = "The origin or its database is away.", body = Report,
            headers(("Retry-After" = i32, description = "Seconds to wait."))),
    ),
)]
pub async fn get_health(State(app): State<Shared>) -> Result<Reply, Error> {
    let (status, health) = match ready(&app).await {
        Ok(migration) => (
            StatusCode::OK,
            Health {
                status: "ok",
                database: "ok",
                migration: Some(migration),
            },
        ),
        Err(Unready::Draining) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Health {
                status: "draining",
                database: "unknown",
                migration: None,
            },
        ),
        Err(Unready::Database(_)) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Health {
                status: "degraded",
                database: "down",
                migration: None,
            },
        ),
        Err(Unready::Schema { has, .. } | Unready::Restored { has }) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Health {
                status: "degraded",
                database: "ok",
                migration: Some(has),
            },
        ),
    };
    Ok(Reply::json(status, &health)?.field(header::CACHE_CONTROL, "no-store"))
}

/// The migration level, when requests can be served. A schema that is newer is well: the release
/// before a migration still runs on it.
///
/// # Errors
/// What stands against it.
pub async fn ready(app: &App) -> Result<i32, Unready> {
    if app.is_draining() {
        return Err(Unready::Draining);
    }
    let has = probe(find_migration(app)).await?;
    let needs = migrate::latest();
    if has < needs {
        return Err(Unready::Schema { has, needs });
    }
    if probe(is_named(app)).await? {
        Ok(has)
    } else {
        Err(Unready::Restored { has })
    }
}

/// Whether the data have an epoch; a restore leaves them without one (deploy/backup/restore).
async fn is_named(app: &App) -> Result<bool, DbError> {
    match app.db.read_epoch().await {
        // Then it is not the restore that is in the way.
        Err(error) if error.is_undefined_table() => Ok(true),
        known => known,
    }
}

/// What the database says, unless it takes too long.
async fn probe<T>(asked: impl Future<Output = Result<T, DbError>>) -> Result<T, Unready> {
    match tokio::time::timeout(PROBE, asked).await {
        Ok(said) => said.map_err(|error| Unready::Database(error.into())),
        Err(late) => Err(Unready::Database(late.into())),
    }
}

async fn find_migration(app: &App) -> Result<i32, DbError> {
    const HISTORY: Statement = Statement {
        name: "find_migration",
        sql: "SELECT max(version) AS version FROM refinery_schema_history",
        types: &[],
    };
    let row = match app.db.query_one(&HISTORY, &[]).await {
        // An empty database has no such table yet.
        Err(error) if error.is_undefined_table() => return Ok(0),
        row => row?,
    };
    Ok(row.try_get::<_, Option<i32>>("version")?.unwrap_or(0))
}
