//! `/api/auth`: what happens by links that are sent by mail. Nobody here has a credential.

use axum::extract::State;
use axum::http::StatusCode;
use shared_types::account::{ConfirmEmail, ForgotPassword, ResetPassword};

use crate::app::{App, Shared};
use crate::db::login::known_address;
use crate::db::mails;
use crate::db::recovery::{self, Confirmation, Followed, NewPassword};
use crate::db::throttles::{self, Tried};
use crate::domain::account::check_password;
use crate::domain::client_address::ClientAddress;
use crate::domain::links::{self, Purpose};
use crate::error::Error;
use crate::extract::{Input, Nothing};
use crate::reply::Reply;

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
    Input { body, .. }: Input<(), Nothing, ForgotPassword>,
) -> Result<Reply, Error> {
    needs_mail(&app)?;
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
    mails::request_reset(&app.db, app.new_id(), &body.email, now).await?;
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
    Input { body, .. }: Input<(), Nothing, ResetPassword>,
) -> Result<Reply, Error> {
    let token_hash = links::hash(body.token.expose());
    let now = app.clock.now();
    let link = recovery::find_link(&app.db, &token_hash, Purpose::Reset, now).await?;
    let link = link.ok_or_else(|| used_up(Purpose::Reset))?;
    check_password(&body.password, &link.email)?;
    let password_hash = app.hash_password(&body.password).await?;
    let new = NewPassword {
        token_hash,
        password_hash: &password_hash,
        address_hash: Some(known_address(&address)),
        notice: app.new_mail(),
    };
    let followed = recovery::reset_password(&app.db, link.user, &new, &app.telling()).await?;
    let followed = followed.ok_or_else(|| used_up(Purpose::Reset))?;
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
    Input { body, .. }: Input<(), Nothing, ConfirmEmail>,
) -> Result<Reply, Error> {
    let token_hash = links::hash(body.token.expose());
    let now = app.clock.now();
    let link = recovery::find_link(&app.db, &token_hash, Purpose::Confirm, now).await?;
    let link = link.ok_or_else(|| used_up(Purpose::Confirm))?;
    let notice = app.new_mail();
    let confirmed =
        recovery::confirm_email(&app.db, link.user, &token_hash, notice, &app.telling()).await?;
    app.outbox.wake();
    match confirmed.ok_or_else(|| used_up(Purpose::Confirm))? {
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

/// The token is none, or holds no more; which, is not said.
fn used_up(purpose: Purpose) -> Error {
    let remedy = match purpose {
        Purpose::Reset => {
            "is of no link that works; ask for a new one with POST /api/auth/forgot-password"
        }
        Purpose::Confirm => {
            "is of no link that works; ask for a new one by setting the address again with PATCH /api/auth/me"
        }
    };
    Error::invalid("token", remedy)
}
