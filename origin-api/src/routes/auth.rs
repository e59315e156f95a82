//! `/api/auth`: registration, login, and who one is.

use axum::extract::State;
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use shared_types::account::{Login, NewUser, Password, SessionForm, Tokens, User};
use shared_types::id::{CredentialId, UserId};
use shared_types::session::SessionKind;

use crate::app::{App, Shared};
use crate::db::login::{Charges, LoginRow, LookedUp, find_login};
use crate::db::mails;
use crate::db::sessions::{Begun, Checked, NewSession, create_session, sessions_begun};
use crate::db::users::{self, Earlier, NewAccount};
use crate::db::{Key, OnConstraint as _};
use crate::domain::account;
use crate::domain::client_address::ClientAddress;
use crate::domain::tokens::{Grant, RefreshToken};
use crate::error::Error;
use crate::extract::{AccountHolder, Change, Input};
use crate::passwords::is_outdated;
use crate::reply::{REPLAYED, Reply};

/// Register an account.
///
/// Makes an account for an e-mail address. Log in with it next.
#[utoipa::path(
    post, path = "/api/auth/register", tag = "Account", request_body = NewUser,
    responses(
        (status = CREATED, description = "The new account.", body = User),
        (status = CONFLICT, description = "The address has an account already. Log in, or reset its password."),
    ),
)]
pub async fn register(
    State(app): State<Shared>,
    Change { body, terms, .. }: Change<(), NewUser>,
) -> Result<Reply, Error> {
    let new = account::check(body).map_err(Error::Invalid)?;
    let key = app.seal(terms).key;
    let password_hash = app.hash_password(&new.password).await?;
    let user = User {
        id: UserId(app.new_id()),
        email: new.email,
        email_confirmed: false,
        full_name: new.full_name,
        created_at: app.clock.now(),
    };
    let account = NewAccount {
        user: &user,
        time_zone: new.time_zone.as_deref().unwrap_or("UTC"),
        password_hash: &password_hash,
        mail: app.new_mail(),
        mail_charge: &mails::confirmations(&user.email, app.config.rates.mail_per_email),
        key: key.as_ref(),
    };
    let created =
        users::create_user(&app.db, &account)
            .await
            .on_constraint("user_emails_pkey", || {
                Error::Conflict(
                    "This address has an account already. Log in, or reset its password."
                        .to_owned(),
                )
            });
    if let (Err(Error::Conflict(_)), Some(key)) = (&created, &key)
        && let Some(earlier) = users::find_registration(&app.db, &user.email, key).await?
    {
        return repeat(earlier);
    }
    created?;
    app.outbox.wake();
    Reply::json(StatusCode::CREATED, &user)
}

/// The first answer again, to whoever sends the same request again: that takes its password.
fn repeat(earlier: Earlier) -> Result<Reply, Error> {
    match earlier {
        Earlier::Same(user) => Ok(Reply::json(StatusCode::CREATED, &user)?.field(REPLAYED, "true")),
        Earlier::Other => Err(Error::key_reused()),
    }
}

/// Log in.
///
/// Gives an access token for `Authorization: Bearer`, which lasts an hour, and a refresh token; or, for a page of the
/// same origin, a session cookie. No token is stored: with the same `Idempotency-Key` the password is checked again, and
/// a session of its own begins.
#[utoipa::path(
    post, path = "/api/auth/login", tag = "Account", request_body = Login,
    responses(
        (status = OK, description = "The tokens.", body = Tokens),
        (status = NO_CONTENT, description = "The session is in `Set-Cookie`, for `session: \"cookie\"`."),
        (status = UNAUTHORIZED, description = "The address or the password is wrong; which, is not said."),
        (status = FORBIDDEN, description = "The password is right, but the operator has disabled the account."),
        (status = TOO_MANY_REQUESTS, description = "Too many tries have failed: wait `Retry-After` seconds, or reset the password. Or too many have succeeded lately: refresh the sessions that there are."),
    ),
)]
pub async fn login(
    State(app): State<Shared>,
    client: ClientAddress,
    headers: HeaderMap,
    Change {
        body: login, terms, ..
    }: Change<(), Login>,
) -> Result<Reply, Error> {
    let key = app.seal(terms).key;
    let opened = open_session(&app, &client, &headers, &login, key.as_ref()).await?;
    let Opened { grant, refresh, at } = opened;
    let issuer = app.issuer();
    if let Some(refresh) = refresh {
        let tokens = issuer.tokens(&grant, &refresh, at);
        Reply::json(StatusCode::OK, &tokens.map_err(Error::internal)?)
    } else {
        let cookie = issuer.cookie(&grant, at).map_err(Error::internal)?;
        Ok(Reply::no_content().set_cookie(&app.config.public_url, &cookie))
    }
}

/// A session that a login has made.
pub(super) struct Opened {
    /// The session.
    pub(super) grant: Grant,
    /// Its refresh token; a cookie has none.
    pub(super) refresh: Option<RefreshToken>,
    /// When it was made.
    pub(super) at: Timestamp,
}

/// Makes a session for whoever has the password; `key` is the caller's, if there is one.
pub(super) async fn open_session(
    app: &App,
    client: &ClientAddress,
    headers: &HeaderMap,
    login: &Login,
    key: Option<&Key>,
) -> Result<Opened, Error> {
    let now = app.clock.now();
    let charges = Charges::new(&login.email, client, &app.config.rates);
    let (account, charges) = match find_login(&app.db, &login.email, charges, now).await? {
        LookedUp::Found { account, charges } => (account, charges),
        LookedUp::Limited(seconds) => return Err(Error::RateLimited(seconds)),
    };
    let account = check_password(app, account, &login.password).await?;
    let stronger = hash_anew(app, &account, &login.password).await?;
    let password = Checked {
        hash: &account.password_hash,
        stronger: stronger.as_deref(),
    };
    let (kind, refresh) = match login.session {
        SessionForm::Token => (SessionKind::Token, Some(RefreshToken::new(app.random()))),
        SessionForm::Cookie => (SessionKind::Cookie, None),
    };
    let at = app.clock.now();
    let session = NewSession {
        user: account.user,
        id: CredentialId(app.new_id()),
        kind,
        user_agent: user_agent(headers),
        created_at: at,
        expires_at: app.config.sessions.idles_at(at),
        ends_at: app.config.sessions.ends_at(at),
        refresh_hash: refresh.map(|refresh| refresh.hash()),
        charge: sessions_begun(account.user, app.config.rates.sessions),
    };
    let begun = create_session(&app.db, &session, &password, &charges, key).await?;
    let generation = match begun {
        Begun::Done { generation } => generation,
        Begun::KeyReused => return Err(Error::key_reused()),
        Begun::Limited(seconds) => {
            return Err(Error::OverQuota {
                seconds,
                remedy: "You have logged in too often lately, and logging out gives nothing back. Go on with a session that you have: POST /api/auth/refresh renews it; a program does better with an API key.",
            });
        }
        Begun::OtherPassword => return Err(Error::Unauthenticated),
    };
    let grant = Grant {
        user: session.user,
        session: session.id,
        generation,
        expires_at: session.expires_at,
    };
    Ok(Opened { grant, refresh, at })
}

/// The account, if this is its password. Whether there is one shows neither in the answer nor in its time; whether it
/// is disabled, only to whoever has the password.
async fn check_password(
    app: &App,
    account: Option<LoginRow>,
    password: &Password,
) -> Result<LoginRow, Error> {
    let hash = account
        .as_ref()
        .map(|account| account.password_hash.clone());
    let password = password.expose().to_owned();
    let matches = app.passwords.verify(password, hash).await?;
    let account = account.filter(|_| matches).ok_or(Error::Unauthenticated)?;
    if account.is_disabled {
        return Err(Error::Disabled);
    }
    Ok(account)
}

/// The hash to store in place of one that was made with less work than is usual today.
async fn hash_anew(
    app: &App,
    account: &LoginRow,
    password: &Password,
) -> Result<Option<String>, Error> {
    if !is_outdated(&account.password_hash) {
        return Ok(None);
    }
    app.hash_password(password).await.map(Some)
}

/// The first 256 characters of what the caller's program calls itself, for the list of sessions.
fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(256).collect())
}

/// Show the account.
///
/// Whose credential it is. Needs the scope `account`, which API keys never have.
#[utoipa::path(
    get, path = "/api/auth/me", tag = "Account", security(("bearer" = ["account"])),
    responses((status = OK, description = "The account.", body = User)),
)]
pub async fn get_me(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    _: Input,
) -> Result<Reply, Error> {
    let (user, version) = users::find_me(&app.db, &caller)
        .await?
        .ok_or(Error::Unauthenticated)?;
    Reply::tagged_json(&user, version)
}
