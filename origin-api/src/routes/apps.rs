//! `/api/apps`: what the user has allowed, and its end.

use axum::extract::State;
use shared_types::app::App;
use shared_types::id::CredentialId;

use super::sessions::ended_answer;
use crate::app::Shared;
use crate::db::{apps, revocation};
use crate::error::Error;
use crate::extract::{AccountHolder, Change, Input};
use crate::reply::Reply;

/// List the apps.
///
/// Every app that you have allowed and that still may, the newest first. An app that asked twice is there twice.
#[utoipa::path(
    get, path = "/api/apps", tag = "Account", security(("bearer" = ["account"])),
    responses((status = OK, description = "The apps.", body = Vec<App>)),
)]
pub async fn list_apps(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    _: Input,
) -> Result<Reply, Error> {
    let read = apps::list_apps(&app.db, &caller).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    Reply::tagged_json(&read.found, read.version)
}

/// End an app.
///
/// At once, with all of its tokens: its next request is refused.
#[utoipa::path(
    delete, path = "/api/apps/{id}", tag = "Account", security(("bearer" = ["account"])),
    responses((status = NO_CONTENT, description = "The app may do nothing any more.")),
)]
pub async fn end_app(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    change: Change<CredentialId>,
) -> Result<Reply, Error> {
    let key = change.terms.key.as_ref();
    let ended = revocation::end_app(&app.db, &caller, key, change.id, app.telling()).await?;
    ended_answer(&app, ended, false)
}
