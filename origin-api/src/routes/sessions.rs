//! Sessions: carried on, listed, ended.

use axum::extract::State;
use axum::http::StatusCode;
use shared_types::account::Tokens;
use shared_types::id::CredentialId;
use shared_types::session::{Refresh, Session};

use crate::app::{App, Shared};
use crate::db::login::Charge;
use crate::db::refresh::{self, Presented, Refreshed};
use crate::db::revocation::{self, Ended, Outcome};
use crate::db::{Caller, Key, sessions, throttles};
use crate::domain::client_address::ClientAddress;
use crate::domain::tokens::{Grant, RefreshToken};
use crate::error::Error;
use crate::extract::{AccountHolder, Change, Input, PerhapsHolder};
use crate::reply::{REPLAYED, Reply};

/// Carry a session on.
///
/// With a refresh token: gives a new access token and the next refresh token; the old one is used up. If the answer
/// is lost, repeat the request: until you use the new tokens you get the same refresh token again. After that, the old
/// one ends the whole session, since somebody else may have it. Without a body: renews the dashboard's cookie.
#[utoipa::path(
    post, path = "/api/auth/refresh", tag = "Account", request_body = Refresh,
    responses(
        (status = OK, description = "The new tokens.", body = Tokens),
        (status = NO_CONTENT, description = "The cookie is renewed; `Set-Cookie` has it."),
        (status = UNAUTHORIZED, description = "The refresh token does not hold, or was used before. Log in again."),
        (status = FORBIDDEN, description = "The cookie was sent from a page of another origin."),
        (status = TOO_MANY_REQUESTS, description = "Too many refreshes from your address have failed. Wait `Retry-After` seconds, or log in again."),
    ),
)]
pub async fn refresh(
    State(app): State<Shared>,
    PerhapsHolder(caller): PerhapsHolder,
    client: ClientAddress,
    Change { body, terms, .. }: Change<(), Refresh>,
) -> Result<Reply, Error> {
    match (caller, body.refresh_token) {
        (None, Some(token)) => rotate(&app, &client, &token, terms.key).await,
        (Some(caller), None) => renew_cookie(&app, &caller).await,
        (Some(_), Some(_)) => Err(Error::invalid(
            "refresh_token",
            "must be sent without another credential; leave out Authorization, or this field to renew a cookie",
        )),
        (None, None) => Err(Error::invalid("refresh_token", NEEDED)),
    }
}

const NEEDED: &str = "is required, unless the session cookie is sent; log in to get one";

async fn rotate(
    app: &App,
    client: &ClientAddress,
    token: &str,
    key: Option<Key>,
) -> Result<Reply, Error> {
    let issuer = app.issuer();
    let telling = app.telling();
    let presented = Presented {
        hash: RefreshToken::hash_of(token),
        successors: &RefreshToken::successors(token, &issuer.keys),
        idles_at: app.config.sessions.idles_at(telling.at),
        key,
        client_id: None,
    };
    let failure = Charge {
        subject: throttles::subject("refresh", &[client.as_str()]),
        rate: app.config.rates.refresh_failures,
    };
    match refresh::refresh(&app.db, &presented, telling, &failure).await? {
        Refreshed::Renewed {
            grant,
            refresh,
            issued_at,
            is_repeat,
            ..
        } => {
            let tokens = issuer.tokens(&grant, &refresh, issued_at);
            let reply = Reply::json(StatusCode::OK, &tokens.map_err(Error::internal)?)?;
            Ok(if is_repeat {
                reply.field(REPLAYED, "true")
            } else {
                reply
            })
        }
        Refreshed::KeyReused => Err(Error::key_reused()),
        Refreshed::Reused(effects) => {
            tracing::warn!("a refresh token was used twice; its session has ended");
            Reply::from(Error::Unauthenticated).effects(&effects)
        }
        Refreshed::Refused => Err(Error::Unauthenticated),
        Refreshed::Limited(seconds) => Err(Error::RateLimited(seconds)),
    }
}

async fn renew_cookie(app: &App, caller: &Caller) -> Result<Reply, Error> {
    let now = app.clock.now();
    let idles_at = app.config.sessions.idles_at(now);
    let renewed = refresh::renew_cookie(&app.db, caller, idles_at).await?;
    let renewed = renewed.ok_or(Error::Unauthenticated)?;
    let Some(expires_at) = renewed.expires_at else {
        let error = Error::invalid("refresh_token", NEEDED);
        return Ok(Reply::from(error).version(renewed.version));
    };
    let grant = Grant {
        user: caller.user,
        session: caller.credential,
        generation: caller.generation,
        expires_at,
    };
    let cookie = app.issuer().cookie(&grant, now).map_err(Error::internal)?;
    Ok(Reply::no_content()
        .set_cookie(&app.config.public_url, &cookie)
        .version(renewed.version))
}

/// Log out.
///
/// Ends the session of the credential that is sent, with all of its tokens, at once.
#[utoipa::path(
    post, path = "/api/auth/logout", tag = "Account", security(("bearer" = ["account"])),
    responses((status = NO_CONTENT, description = "The session has ended.")),
)]
pub async fn logout(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    change: Change<()>,
) -> Result<Reply, Error> {
    let session = caller.credential;
    let key = change.terms.key.as_ref();
    let ended = revocation::end_session(&app.db, &caller, key, session, app.telling()).await?;
    ended_answer(&app, ended, true)
}

/// Log out everywhere.
///
/// Ends every session, API key and app of the account, this one too.
#[utoipa::path(
    post, path = "/api/auth/revoke-all", tag = "Account", security(("bearer" = ["account"])),
    responses((status = NO_CONTENT, description = "No credential of the account holds any more. Log in again.")),
)]
pub async fn revoke_all(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    change: Change<()>,
) -> Result<Reply, Error> {
    let key = change.terms.key.as_ref();
    let ended = revocation::revoke_all(&app.db, &caller, key, app.telling()).await?;
    ended_answer(&app, ended, true)
}

/// List the sessions.
///
/// Every login that holds, the newest first. API keys and apps have lists of their own.
#[utoipa::path(
    get, path = "/api/sessions", tag = "Account", security(("bearer" = ["account"])),
    responses((status = OK, description = "The sessions.", body = Vec<Session>)),
)]
pub async fn list_sessions(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    _: Input,
) -> Result<Reply, Error> {
    let read = sessions::list_sessions(&app.db, &caller).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    Reply::tagged_json(&read.found, read.version)
}

/// End a session.
///
/// At once, with all of its tokens. It may be the one that asks.
#[utoipa::path(
    delete, path = "/api/sessions/{id}", tag = "Account", security(("bearer" = ["account"])),
    responses((status = NO_CONTENT, description = "The session has ended.")),
)]
pub async fn end_session(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    change: Change<CredentialId>,
) -> Result<Reply, Error> {
    let key = change.terms.key.as_ref();
    let ended = revocation::end_session(&app.db, &caller, key, change.id, app.telling()).await?;
    ended_answer(&app, ended, change.id == caller.credential)
}

/// 204, and for a browser that has no session any more (`is_own`), no cookie.
pub(super) fn ended_answer(app: &App, ended: Option<Ended>, is_own: bool) -> Result<Reply, Error> {
    let ended = ended.ok_or(Error::Unauthenticated)?;
    let done = || {
        let reply = Reply::no_content();
        if is_own && ended.by_cookie {
            reply.clear_cookie(&app.config.public_url)
        } else {
            reply
        }
    };
    let reply = match &ended.outcome {
        Outcome::Done(effects) => done().effects(effects)?,
        // The first answer was lost, perhaps, and what it told with it.
        Outcome::Replayed(effects) => done().effects(effects)?.field(REPLAYED, "true"),
        Outcome::KeyReused => Error::key_reused().into(),
        Outcome::NotFound => Error::NotFound.into(),
    };
    Ok(reply.version(ended.version))
}
