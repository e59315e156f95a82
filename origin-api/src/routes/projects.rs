//! `/api/projects`: what tasks are grouped by.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;
use shared_types::project::ProjectPatch;
use shared_types::task;

use crate::app::Shared;
use crate::db::projects::{self, Outcome, Written};
use crate::error::Error;
use crate::extract::{Change, FromPath, Input, Reader, Writer};
use crate::reply::{REPLAYED, Reply};

/// A project's name in a path.
pub struct ProjectName(String);

impl FromPath for ProjectName {
    const EXPECTED: bool = true;

    fn parse(name: &str) -> Option<Self> {
        task::project(Value::from(name)).ok().map(Self)
    }
}

/// `GET /api/projects`: all of them, by name.
///
/// # Errors
/// 503.
pub async fn list_projects(
    State(app): State<Shared>,
    Reader(caller): Reader,
    _: Input,
) -> Result<Reply, Error> {
    let read = projects::list_projects(&app.db, &caller).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    Reply::tagged_json(&read.found, read.version)
}

/// `GET /api/projects/{name}`
///
/// # Errors
/// 404; 503.
pub async fn get_project(
    State(app): State<Shared>,
    Reader(caller): Reader,
    input: Input<ProjectName>,
) -> Result<Reply, Error> {
    let read = projects::find_project(&app.db, &caller, &input.id.0).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    match read.found {
        Some(found) => {
            let reply = Reply::tagged_json(&found.project, found.project_version)?;
            Ok(reply.version(read.version))
        }
        None => Ok(Reply::from(Error::NotFound).version(read.version)),
    }
}

/// `PATCH /api/projects/{name}`
///
/// # Errors
/// 404; 409 when another project has the name; 412; 422; 503.
pub async fn update_project(
    State(app): State<Shared>,
    Writer(caller): Writer,
    change: Change<ProjectName, ProjectPatch>,
) -> Result<Reply, Error> {
    let ProjectName(name) = &change.id;
    let id = app.new_id();
    let terms = &change.terms;
    let written = projects::update_project(&app.db, &caller, name, terms, id, &change.body).await?;
    let Written { outcome, version } = written.ok_or(Error::Unauthenticated)?;
    let refused = |error| Ok(Reply::from(error).version(version));
    match outcome {
        Outcome::Done(project) => Ok(Reply::json(StatusCode::OK, &project)?.version(version)),
        Outcome::Replayed(project) => Ok(Reply::json(StatusCode::OK, &project)?
            .version(version)
            .field(REPLAYED, "true")),
        Outcome::KeyReused => refused(Error::key_reused()),
        Outcome::NotFound => refused(Error::NotFound),
        Outcome::OtherVersion => refused(Error::PreconditionFailed),
        Outcome::Taken => refused(Error::Conflict(
            "Another project has this name. Choose another one, or move the tasks one by one: PATCH /api/tasks/{id} with project."
                .to_owned(),
        )),
    }
}
