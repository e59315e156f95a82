//! `/api/projects`: what tasks are grouped by.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;
use shared_types::project::{Project, ProjectPatch};
use shared_types::task;

use crate::app::Shared;
use crate::db::projects::{self, Outcome, Written};
use crate::domain::freshness::Freshness;
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

/// List the projects.
///
/// All of them by name, each with how many tasks it has.
#[utoipa::path(
    get, path = "/api/projects", tag = "Projects", security(("bearer" = ["tasks:read"])),
    responses((status = OK, description = "The projects.", body = Vec<Project>)),
)]
pub async fn list_projects(
    State(app): State<Shared>,
    Reader(caller): Reader,
    _: Input,
) -> Result<Reply, Error> {
    let read = projects::list_projects(&app.db, &caller).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    let changes = read.found.iter().filter_map(|found| found.changes_at);
    let freshness = Freshness::new(caller.now).until(changes);
    let projects: Vec<Project> = read.found.into_iter().map(|found| found.project).collect();
    Ok(Reply::tagged_json(&projects, read.version)?.fresh(freshness))
}

/// Show a project.
///
/// How many tasks it has.
#[utoipa::path(
    get, path = "/api/projects/{name}", tag = "Projects", security(("bearer" = ["tasks:read"])),
    responses((status = OK, description = "The project.", body = Project)),
)]
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
            let freshness = Freshness::new(caller.now).until(found.changes_at);
            Ok(reply.version(read.version).fresh(freshness))
        }
        None => Ok(Reply::from(Error::NotFound).version(read.version)),
    }
}

/// Rename or archive a project.
///
/// A new name is the name of all its tasks, too. A project that is archived is put away; its tasks stay as they are.
#[utoipa::path(
    patch, path = "/api/projects/{name}", tag = "Projects", request_body = ProjectPatch, security(("bearer" = ["tasks:write"])),
    responses(
        (status = OK, description = "The project after the change.", body = Project),
        (status = CONFLICT, description = "Another project has this name. Choose another one, or move the tasks one by one."),
    ),
)]
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
