//! The API as an OpenAPI 3.1 document, made from the attributes beside the handlers and the schemas of
//! shared-types. What follows from how every handler is built (`conventions.rs`) is added to each operation here,
//! so that an attribute says only what is particular to its own.

mod actions;
mod components;
mod conventions;
mod edge;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use axum::extract::State;
use axum::http::header;
use shared_types::batch::schema::{
    BatchComplete, BatchCreate, BatchDelete, BatchSnooze, BatchUpdate,
};
use shared_types::history::Change;
use shared_types::problem::Problem;
use shared_types::time::When;
use shared_types::weights::Weights;
use utoipa::OpenApi as _;
use utoipa::openapi::{OpenApi, Server};

use crate::app::Shared;
use crate::error::Error;
use crate::extract::Input;
use crate::reply::{Public, Reply};
use crate::{docs, health, routes};

/// The address in a document that no installation serves: the snapshot, and what clients are generated from.
pub const EXAMPLE_URL: &str = "https://mindflow.example";

const DESCRIPTION: &str = include_str!("openapi/description.md");

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "MindFlow", description = DESCRIPTION),
    paths(
        routes::api_keys::list_api_keys,
        routes::api_keys::create_api_key,
        routes::api_keys::delete_api_key,
        routes::apps::list_apps,
        routes::apps::end_app,
        routes::auth::register,
        routes::auth::login,
        routes::auth::get_me,
        routes::account::update_me,
        routes::account::delete_me,
        routes::recovery::forgot_password,
        routes::recovery::reset_password,
        routes::recovery::confirm_email,
        routes::sessions::refresh,
        routes::sessions::logout,
        routes::sessions::revoke_all,
        routes::sessions::list_sessions,
        routes::sessions::end_session,
        routes::best::get_best_task,
        routes::calendar::get_calendar_token,
        routes::calendar::create_calendar_token,
        routes::calendar::delete_calendar_token,
        routes::calendar::get_calendar_feed,
        routes::export::export_everything,
        routes::import::import_tasks,
        routes::history::list_changes,
        routes::history::undo_change,
        routes::jwks::get_key_set,
        routes::legal::get_privacy,
        routes::legal::get_terms,
        routes::legal::get_apps_challenge,
        routes::preferences::get_preferences,
        routes::preferences::replace_preferences,
        routes::preferences::preview_weights,
        routes::projects::list_projects,
        routes::projects::get_project,
        routes::projects::update_project,
        routes::stats::get_stats,
        routes::tasks::batch::change_tasks,
        routes::tasks::list::list_tasks,
        routes::tasks::search::search_tasks,
        routes::tasks::change::create_task,
        routes::tasks::get_task,
        routes::tasks::change::update_task,
        routes::tasks::change::replace_task,
        routes::tasks::change::delete_task,
        routes::tasks::change::start_task,
        routes::tasks::change::complete_task,
        routes::tasks::change::reopen_task,
        routes::tasks::change::put_off_task,
        routes::tasks::change::snooze_task,
        routes::tasks::occurrences::list_occurrences,
        edge::list_pending,
        edge::open_live,
        health::get_health,
        get_openapi,
        get_actions,
        get_docs,
    ),
    components(schemas(
        Problem, Weights, When, BatchCreate, BatchUpdate, BatchComplete, BatchSnooze, BatchDelete, Change
    )),
    tags(
        (name = "Next", description = "What to do next, and why."),
        (name = "Tasks", description = "Tasks: create, find, change, and the steps of a task's life."),
        (name = "History", description = "What was done to tasks, and taking it back."),
        (name = "Projects", description = "What tasks are grouped by."),
        (name = "Preferences", description = "When you work, and what counts in the ranking."),
        (name = "Data", description = "Take everything with you, or bring it here."),
        (name = "Account", description = "Registration, login, and who you are."),
        (name = "Service", description = "Whether the service is well, and what it offers."),
    ),
)]
struct Api;

/// The whole document, for the installation at `public_url`.
pub fn document(public_url: &str) -> OpenApi {
    let mut document = Api::openapi();
    document.info.license = None;
    document.servers = Some(vec![Server::new(public_url)]);
    conventions::apply(&mut document);
    document
}

/// What is served of it, made when first asked for.
#[derive(Default)]
pub struct Published(OnceLock<Pages>);

struct Pages {
    document: Public,
    actions: Public,
    page: Public,
}

impl Published {
    fn get(&self, public_url: &str) -> Result<&Pages, Error> {
        if self.0.get().is_none() {
            let json = document(public_url).to_json().map_err(Error::internal)?;
            let page = docs::page(&json).map_err(Error::internal)?;
            let actions = actions::document(public_url).map_err(Error::internal)?;
            // Whoever else made it meanwhile made the same.
            let _ = self.0.set(Pages {
                document: Public::new("application/json", json),
                actions: Public::new("application/json", actions.to_string()),
                page: Public::new("text/html; charset=utf-8", page),
            });
        }
        let published = self.0.get();
        published.ok_or_else(|| Error::internal("the document was not kept"))
    }
}

/// The description of this API.
///
/// The OpenAPI 3.1 document that you are reading, for tools that make clients of it. It changes with a release.
#[utoipa::path(
    get, path = "/openapi.json", tag = "Service",
    responses((
        status = OK, description = "The OpenAPI document.", body = Object, content_type = "application/json",
        headers(("ETag" = String, description = "Changes with the document.")),
    )),
)]
pub async fn get_openapi(State(app): State<Shared>, _: Input) -> Result<Reply, Error> {
    let published = app.published.get(&app.config.public_url)?;
    Ok(Reply::public(&published.document))
}

/// The description for a GPT's Actions.
///
/// The operations that an assistant needs, as OpenAPI 3.1 in the narrower form that ChatGPT imports.
#[utoipa::path(
    get, path = "/openapi-gpt.json", tag = "Service",
    responses((
        status = OK, description = "The OpenAPI document.", body = Object, content_type = "application/json",
        headers(("ETag" = String, description = "Changes with the document.")),
    )),
)]
pub async fn get_actions(State(app): State<Shared>, _: Input) -> Result<Reply, Error> {
    let published = app.published.get(&app.config.public_url)?;
    Ok(Reply::public(&published.actions))
}

/// The description of this API, for people.
///
/// The same as a page: every operation with its parameters, fields, answers and an example.
#[utoipa::path(
    get, path = "/docs", tag = "Service",
    responses((
        status = OK, description = "The page.", body = String, content_type = "text/html",
        headers(("ETag" = String, description = "Changes with the page.")),
    )),
)]
pub async fn get_docs(State(app): State<Shared>, _: Input) -> Result<Reply, Error> {
    let published = app.published.get(&app.config.public_url)?;
    let policy = docs::content_security_policy();
    Ok(Reply::public(&published.page)
        .field(header::CONTENT_SECURITY_POLICY, &policy)
        .field(header::REFERRER_POLICY, "no-referrer"))
}
