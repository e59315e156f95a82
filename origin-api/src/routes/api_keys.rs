//! `/api/keys`: credentials for programs of the user's own.

use axum::extract::State;
use axum::http::{StatusCode, header};
use shared_types::api_key::{ApiKey, NewApiKey};
use shared_types::id::CredentialId;

use crate::app::Shared;
use crate::db::api_keys::{self, Created, Written};
use crate::db::revocation;
use crate::domain::api_keys::{Issued, MOST};
use crate::error::Error;
use crate::extract::{AccountHolder, Change, Input};
use crate::reply::{REPLAYED, Reply};

/// List the API keys.
///
/// Those that hold, newest first, without their texts.
#[utoipa::path(
    get, path = "/api/keys", tag = "Account", security(("bearer" = ["account"])),
    responses((status = OK, description = "The keys.", body = Vec<ApiKey>)),
)]
pub async fn list_api_keys(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    _: Input,
) -> Result<Reply, Error> {
    let read = api_keys::list_api_keys(&app.db, &caller).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    Reply::tagged_json(&read.found, read.version)
}

/// Make an API key.
///
/// For a program of your own: a credential for `Authorization: Bearer` that holds up to a year. Its `secret` is shown
/// this once and stored nowhere; with the same `Idempotency-Key` the answer is given again, secret and all.
#[utoipa::path(
    post, path = "/api/keys", tag = "Account", request_body = NewApiKey, security(("bearer" = ["account"])),
    responses(
        (status = CREATED, description = "The new key, with its secret.", body = ApiKey),
        (status = CONFLICT, description = "There are 50 keys that hold already. Delete one that is not needed."),
        (status = TOO_MANY_REQUESTS, description = "You have made too many keys lately. Go on with those that you have, or wait `Retry-After` seconds."),
    ),
)]
pub async fn create_api_key(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    Change {
        body: new, terms, ..
    }: Change<(), NewApiKey>,
) -> Result<Reply, Error> {
    let keys = app.config.token_keys.current();
    let id = CredentialId(app.new_id());
    let issued = Issued::new(&new, &caller, id, &app.config.public_url, &keys)?;
    let charge = api_keys::keys_made(caller.user, app.config.rates.api_keys);
    let key = terms.key.as_ref();
    let written = api_keys::create_api_key(&app.db, &caller, key, &issued, &charge).await?;
    let Written { outcome, version } = written.ok_or(Error::Unauthenticated)?;
    let created = |issued: Issued| {
        let location = format!("/api/keys/{}", issued.id());
        let key = issued.answer(&keys).map_err(Error::internal)?;
        Ok::<_, Error>(Reply::json(StatusCode::CREATED, &key)?.field(header::LOCATION, &location))
    };
    let reply = match outcome {
        Created::Done => created(issued)?,
        Created::Replayed(issued) => created(issued)?.field(REPLAYED, "true"),
        Created::KeyReused => Error::key_reused().into(),
        Created::TooMany => Error::Conflict(format!(
            "You have {MOST} API keys, and can have no more. Delete one that is not needed: GET /api/keys shows them."
        ))
        .into(),
        Created::Limited(seconds) => Error::OverQuota {
            seconds,
            remedy: "You have made too many API keys lately, and deleting one gives none back. Go on with those that you have: GET /api/keys shows them.",
        }
        .into(),
    };
    Ok(reply.version(version))
}

/// Revoke an API key.
///
/// From the next request on it is refused.
#[utoipa::path(
    delete, path = "/api/keys/{id}", tag = "Account", security(("bearer" = ["account"])),
    responses((status = NO_CONTENT, description = "It is revoked.")),
)]
pub async fn delete_api_key(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    change: Change<CredentialId>,
) -> Result<Reply, Error> {
    let key = change.terms.key.as_ref();
    let ended = revocation::revoke_api_key(&app.db, &caller, key, change.id, app.telling()).await?;
    super::sessions::ended_answer(&app, ended, false)
}
