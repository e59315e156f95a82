//! `/api/auth/me`: changing one's own account, and ending it.

use axum::extract::State;
use axum::http::StatusCode;
use shared_types::account::{ChangeUser, ChangedUser, Password, User};

use super::recovery::{needs_mail, pass};
use crate::app::{App, Shared};
use crate::db::account::{self, AccountChange, Changed, NewPassword, Outcome, Own, Renewed};
use crate::db::{mails, removal, throttles};
use crate::domain::account::check_password;
use crate::domain::tokens::{Grant, RefreshToken};
use crate::error::Error;
use crate::extract::{AccountHolder, Caller, Change};
use crate::reply::{REPLAYED, Reply};

/// Change the account.
///
/// A new password ends every other session, API key and app; this session goes on with the `tokens` of the answer, or
/// the new cookie. A new address takes the place of the old one when the link that is sent to it is followed; of
/// several that were asked for, only the last one's link works.
#[utoipa::path(
    patch, path = "/api/auth/me", tag = "Account", request_body = ChangeUser, security(("bearer" = ["account"])),
    responses(
        (status = OK, description = "The account after the change; with the address so far until the new one is confirmed.", body = ChangedUser),
        (status = TOO_MANY_REQUESTS, description = "The password so far was tried too often, or too many links were sent to the new address. Wait as Retry-After says."),
    ),
)]
pub async fn update_me(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    Change { body, terms, .. }: Change<(), ChangeUser>,
) -> Result<Reply, Error> {
    let terms = app.seal(terms);
    let needs_password = body.password.is_some() || body.email.is_some();
    let own = if needs_password {
        let own = account::find_own(&app.db, &caller, &terms).await?;
        Some(own.ok_or(Error::Unauthenticated)?)
    } else {
        None
    };
    let is_repeat = own.as_ref().is_some_and(|own| own.is_repeat);
    let refresh = RefreshToken::new(app.random());
    let password_hash;
    let mut change = AccountChange::default();
    // What is only answered again needs no password, which may be another one since, and changes nothing.
    if !is_repeat {
        change.full_name.clone_from(&body.full_name);
    }
    if let Some(own) = own.filter(|own| !own.is_repeat) {
        let email = check(&app, &caller, &own, &body).await?;
        if let Some(password) = &body.password {
            password_hash = app.hash_password(password).await?;
            change.password = Some(NewPassword {
                password_hash: &password_hash,
                refresh_hash: refresh.hash(),
                notice: app.new_mail(),
            });
        }
        change.wanted_email = body.email.as_deref();
        change.email = email.map(|email| (email, app.new_id()));
    }
    let telling = app.telling();
    let changed = account::change_account(&app.db, &caller, &terms, &change, &telling).await?;
    let Changed { outcome, version } = changed.ok_or(Error::Unauthenticated)?;
    app.outbox.wake();
    let reply = match outcome {
        Outcome::Done(..) if is_repeat => {
            return Err(Error::Unavailable("a kept answer is gone".into()));
        }
        Outcome::Done(user, renewed) => answer(&app, &caller, user, renewed, &refresh)?,
        Outcome::Replayed(user) => Reply::json(StatusCode::OK, &user)?.field(REPLAYED, "true"),
        Outcome::KeyReused => Error::key_reused().into(),
        Outcome::OtherVersion => Error::PreconditionFailed.into(),
    };
    Ok(reply.version(version))
}

/// The address to which a link must be sent, once whoever asks has shown to know the password.
async fn check<'a>(
    app: &App,
    caller: &Caller,
    own: &Own,
    body: &'a ChangeUser,
) -> Result<Option<&'a str>, Error> {
    if let Some(password) = &body.password {
        check_password(password, &own.email)?;
        check_password(password, body.email.as_deref().unwrap_or(&own.email))?;
    }
    if body.email.is_some() {
        needs_mail(app)?;
    }
    let now = app.clock.now();
    let rates = &app.config.rates;
    let user = caller.user.0.to_string();
    let subject = throttles::subject("current password", &[&user]);
    pass(throttles::try_once(&app.db, &subject, rates.login_per_address, now).await?)?;
    let current = body.current_password.as_ref().map(Password::expose);
    let current = current.unwrap_or_default().to_owned();
    let hash = own.password_hash.clone();
    if !app.passwords.verify(current, Some(hash)).await? {
        return Err(Error::invalid(
            "current_password",
            "is not the password of this account",
        ));
    }
    let email = body.email.as_deref();
    let email = email.filter(|email| *email != own.email || !own.email_confirmed);
    if let Some(email) = email {
        let charge = mails::confirmations(email, rates.mail_per_email);
        pass(throttles::try_once(&app.db, &charge.subject, charge.rate, now).await?)?;
    }
    Ok(email)
}

/// The account, and with it what the session goes on with after a change of the password.
fn answer(
    app: &App,
    caller: &Caller,
    user: User,
    renewed: Option<Renewed>,
    refresh: &RefreshToken,
) -> Result<Reply, Error> {
    let Some(renewed) = renewed else {
        return Reply::json(StatusCode::OK, &user);
    };
    let grant = Grant {
        user: caller.user,
        session: caller.credential,
        generation: renewed.generation,
        expires_at: renewed.expires_at,
    };
    let now = app.clock.now();
    let reply = if renewed.is_cookie {
        let cookie = app.issuer().cookie(&grant, now).map_err(Error::internal)?;
        Reply::json(StatusCode::OK, &user)?.set_cookie(&app.config.public_url, &cookie)
    } else {
        let tokens = app.issuer().tokens(&grant, refresh, now);
        let tokens = Some(tokens.map_err(Error::internal)?);
        Reply::json(StatusCode::OK, &ChangedUser { user, tokens })?
    };
    match renewed.effects {
        Some(effects) => reply.effects(&effects),
        None => Ok(reply),
    }
}

/// Delete the account.
///
/// At once, with every task, project and preference of it, and for good: there is no way back. The address can be
/// registered again.
#[utoipa::path(
    delete, path = "/api/auth/me", tag = "Account", security(("bearer" = ["account"])),
    responses((status = NO_CONTENT, description = "Nothing of the account is left.")),
)]
pub async fn delete_me(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    Change { terms, .. }: Change<()>,
) -> Result<Reply, Error> {
    let versions = terms.versions.as_ref();
    let removed = removal::remove_me(&app.db, &caller, versions, &app.telling()).await?;
    let removed = removed.ok_or(Error::Unauthenticated)?;
    let reply = match removed.effects {
        Some(effects) if removed.by_cookie => Reply::no_content()
            .effects(&effects)?
            .clear_cookie(&app.config.public_url),
        Some(effects) => Reply::no_content().effects(&effects)?,
        None => Error::PreconditionFailed.into(),
    };
    Ok(reply.version(removed.version))
}
