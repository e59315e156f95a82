//! `/api/auth`: registration, login, and who one is.

use axum::extract::State;
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode};
use shared_types::account::{Login, NewUser, SessionForm, Tokens, User};
use shared_types::id::{CredentialId, UserId};

use crate::app::Shared;
use crate::db::OnConstraint as _;
use crate::db::sessions::{self, NewSession};
use crate::db::users::{self, Earlier, NewAccount};
use crate::domain::account;
use crate::domain::tokens::{Grant, RefreshToken};
use crate::error::Error;
use crate::extract::{AccountHolder, Change, Input, Nothing};
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
/// Gives an access token for `Authorization: Bearer`, which lasts an hour, and a refresh token.
#[utoipa::path(
    post, path = "/api/auth/login", tag = "Account", request_body = Login,
    responses(
        (status = OK, description = "The tokens.", body = Tokens),
        (status = UNAUTHORIZED, description = "The address or the password is wrong; which, is not said."),
    ),
)]
pub async fn login(
    State(app): State<Shared>,
    headers: HeaderMap,
    input: Input<(), Nothing, Login>,
) -> Result<Reply, Error> {
    let login = input.body;
    if login.session == SessionForm::Cookie {
        return Err(Error::invalid(
            "session",
            "must be \"token\" until this server offers cookie sessions",
        ));
    }
    let found = users::find_login(&app.db, &login.email).await?;
    let hash = found.as_ref().map(|found| found.password_hash.clone());
    let matches = app
        .passwords
        .verify(login.password.expose().to_owned(), hash)
        .await?;
    let found = found.filter(|_| matches).ok_or(Error::Unauthenticated)?;
    let mut random = [0; 32];
    app.rng.fill(&mut random);
    let refresh = RefreshToken::new(random);
    let now = app.clock.now();
    let session = NewSession {
        user: found.user,
        id: CredentialId(app.new_id()),
        user_agent: user_agent(&headers),
        created_at: now,
        expires_at: app.config.sessions.idles_at(now),
        refresh_hash: refresh.hash(),
    };
    let generation = sessions::create_session(&app.db, &session, &found.password_hash)
        .await?
        .ok_or(Error::Unauthenticated)?;
    let grant = Grant {
        user: session.user,
        session: session.id,
        generation,
        expires_at: session.expires_at,
    };
    let tokens = app.issuer().tokens(&grant, &refresh, now);
    let tokens = tokens.map_err(Error::internal)?;
    Reply::json(StatusCode::OK, &tokens)
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
