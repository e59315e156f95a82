//! `/api/auth`: what happens by links that are sent by mail. Nobody here has a credential.

use axum::extract::State;
use axum::http::StatusCode;
use shared_types::account::{ConfirmEmail, ForgotPassword, ResetPassword};

use crate::app::{App, Shared};
use crate::db::DbError;
use crate::db::anonymous_keys::{AnonymousKey, Earlier, find_answer};
use crate::db::login::known_address;
use crate::db::mails;
use crate::db::recovery::{self, Confirmation, Followed, NewPassword};
use crate::db::throttles::{self, Tried};
use crate::domain::account::check_password;
use crate::domain::client_address::ClientAddress;
use crate::domain::links::{self, Purpose};
use crate::error::Error;
use crate::extract::Change;
use crate::reply::{REPLAYED, Reply};

/// Ask for a link that sets a new password.
///
/// Sends a link to the address, if it has an account; the answer is the same if not. The link works once, for an hour.
/// Three an hour are sent to an address.
#[utoipa::path(
    post, path = "/api/auth/forgot-password", tag = "Account", request_body = ForgotPassword,
    responses(
        (status = ACCEPTED, description = "If the address has an account, a link is on its way there."),
        (status = TOO_MANY_REQUESTS, description = "This address was given too often. Wait as Retry-After says, or use a link that was sent."),
    ),
)]
pub async fn forgot_password(
    State(app): State<Shared>,
    address: ClientAddress,
    Change { body, terms, .. }: Change<(), ForgotPassword>,
) -> Result<Reply, Error> {
    needs_mail(&app)?;
    let key = terms.key.as_ref();
    let key = key.map(|key| AnonymousKey::of_wish(&body.email, &address, key));
    if let Some(reply) = answered(&app, key.as_ref(), StatusCode::ACCEPTED).await? {
        return Ok(reply);
    }
    let now = app.clock.now();
    let rates = &app.config.rates;
    for (subject, rate) in [
        (
            throttles::subject("forgot, address", &[address.as_str()]),
            rates.forgot_per_address,
        ),
        (
            throttles::subject("forgot, e-mail", &[&body.email]),
            rates.mail_per_email,
        ),
    ] {
        pass(throttles::try_once(&app.db, &subject, rate, now).await?)?;
    }
    let wished = mails::request_reset(&app.db, app.new_id(), &body.email, key.as_ref(), now).await;
    if let Err(DbError::Constraint { name, .. }) = &wished
        && name == "anonymous_keys_pkey"
        && let Some(reply) = answered(&app, key.as_ref(), StatusCode::ACCEPTED).await?
    {
        return Ok(reply);
    }
    wished?;
    app.outbox.wake();
    Ok(Reply::empty(StatusCode::ACCEPTED))
}

/// Set a new password by a link.
///
/// Ends every session, API key and app of the account; sign in again with the new password.
#[utoipa::path(
    post, path = "/api/auth/reset-password", tag = "Account", request_body = ResetPassword,
    responses((status = NO_CONTENT, description = "The password is set.")),
)]
pub async fn reset_password(
    State(app): State<Shared>,
    address: ClientAddress,
    Change { body, terms, .. }: Change<(), ResetPassword>,
) -> Result<Reply, Error> {
    let key = app.seal(terms).key;
    let key = key.map(|key| AnonymousKey::of_link(body.token.expose(), &key));
    let token_hash = links::hash(body.token.expose());
    let now = app.clock.now();
    let link = recovery::find_link(&app.db, &token_hash, Purpose::Reset, now).await?;
    let Some(link) = link else {
        return used_up(&app, key.as_ref(), Purpose::Reset).await;
    };
    check_password(&body.password, &link.email)?;
    let password_hash = app.hash_password(&body.password).await?;
    let new = NewPassword {
        token_hash,
        password_hash: &password_hash,
        address_hash: Some(known_address(&address)),
        notice: app.new_mail(),
        key: key.as_ref(),
    };
    let followed = recovery::reset_password(&app.db, link.user, &new, &app.telling()).await?;
    let Some(followed) = followed else {
        return used_up(&app, key.as_ref(), Purpose::Reset).await;
    };
    app.outbox.wake();
    told(followed)
}

/// Confirm an address by a link.
///
/// Confirms the address that the link was sent to. Where that is a new one, the account moves there now.
#[utoipa::path(
    post, path = "/api/auth/confirm-email", tag = "Account", request_body = ConfirmEmail,
    responses(
        (status = NO_CONTENT, description = "The address is confirmed."),
        (status = CONFLICT, description = "The address has become another account's. Sign in with it, or choose another."),
    ),
)]
pub async fn confirm_email(
    State(app): State<Shared>,
    Change { body, terms, .. }: Change<(), ConfirmEmail>,
) -> Result<Reply, Error> {
    let key = terms.key.as_ref();
    let key = key.map(|key| AnonymousKey::of_link(body.token.expose(), key));
    let key = key.as_ref();
    let token_hash = links::hash(body.token.expose());
    let now = app.clock.now();
    let link = recovery::find_link(&app.db, &token_hash, Purpose::Confirm, now).await?;
    let Some(link) = link else {
        return used_up(&app, key, Purpose::Confirm).await;
    };
    let notice = app.new_mail();
    let telling = app.telling();
    let confirmed =
        recovery::confirm_email(&app.db, link.user, &token_hash, notice, key, &telling).await?;
    let Some(confirmed) = confirmed else {
        return used_up(&app, key, Purpose::Confirm).await;
    };
    app.outbox.wake();
    match confirmed {
        Confirmation::Done(None) => Ok(Reply::no_content()),
        Confirmation::Done(Some(followed)) => told(followed),
        Confirmation::Taken => Err(Error::Conflict(
            "This address has become another account's. Sign in with it, or choose another address."
                .to_owned(),
        )),
    }
}

/// 503 where no mail is sent.
pub(super) fn needs_mail(app: &App) -> Result<(), Error> {
    if app.config.mail.is_on() {
        Ok(())
    } else {
        Err(Error::NotOffered(
            "This server sends no mail. Ask whoever runs it to reset the password or to change the address.",
        ))
    }
}

/// 429 for what was tried too often.
pub(super) fn pass(tried: Tried) -> Result<(), Error> {
    match tried {
        Tried::Passed => Ok(()),
        Tried::Limited { retry_after } => Err(Error::RateLimited(retry_after)),
    }
}

/// The gate must know before the answer is sent on, though nobody has shown a credential.
fn told(followed: Followed) -> Result<Reply, Error> {
    let reply = Reply::no_content().version(followed.version);
    match followed.effects {
        Some(effects) => reply.effects(&effects),
        None => Ok(reply),
    }
}

/// The answer that was given under `key` before, with what it told the gate: the first one may have been lost.
async fn answered(
    app: &App,
    key: Option<&AnonymousKey>,
    status: StatusCode,
) -> Result<Option<Reply>, Error> {
    let Some(key) = key else {
        return Ok(None);
    };
    let reply = Reply::empty(status).field(REPLAYED, "true");
    match find_answer(&app.db, key).await? {
        Some(Earlier::Same(Some(effects))) => reply.effects(&effects).map(Some),
        Some(Earlier::Same(None)) => Ok(Some(reply)),
        Some(Earlier::Other) => Err(Error::key_reused()),
        None => Ok(None),
    }
}

/// The token is of no link that holds: whoever used it by this very request is answered again. Otherwise it is none, or
/// holds no more; which, is not said.
async fn used_up(app: &App, key: Option<&AnonymousKey>, purpose: Purpose) -> Result<Reply, Error> {
    if let Some(reply) = answered(app, key, StatusCode::NO_CONTENT).await? {
        return Ok(reply);
    }
    let remedy = match purpose {
        Purpose::Reset => {
            "is of no link that works; ask for a new one with POST /api/auth/forgot-password"
        }
        Purpose::Confirm => {
            "is of no link that works; ask for a new one by setting the address again with PATCH /api/auth/me"
        }
    };
    Err(Error::invalid("token", remedy))
}
