//! `POST /oauth/token`: a code for a grant's first tokens, a refresh token for the next ones.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use jiff::Timestamp;
use serde_json::json;
use shared_types::gate::GateEffects;
use shared_types::scope::Scopes;

use super::client_auth::authenticate;
use super::{OauthError, answer, failure, form};
use crate::app::{App, Shared};
use crate::db::oauth::codes::{Exchanged, Shown, exchange_code};
use crate::db::refresh::{Presented, Refreshed, refresh};
use crate::domain::client_address::ClientAddress;
use crate::domain::oauth::client::hash_of;
use crate::domain::oauth::params::Params;
use crate::domain::oauth::refusal::{Code, Refusal};
use crate::domain::oauth::request::{audience, challenge_of, scopes};
use crate::domain::tokens::{Grant, RefreshToken, Rights};
use crate::error::Error;
use crate::reply::Reply;

/// Gives tokens.
pub async fn token(
    State(app): State<Shared>,
    client: ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Reply, OauthError> {
    let params = form(&headers, &body)?;
    let grant_type = params.get("grant_type")?;
    if !matches!(grant_type, "authorization_code" | "refresh_token") {
        let what = "grant_type must be authorization_code or refresh_token.";
        return Err(Refusal::new(Code::UnsupportedGrantType, what).into());
    }
    let client_id = authenticate(&app, &client, &headers, &params).await?;
    if grant_type == "authorization_code" {
        exchange(&app, &client, &client_id, &params).await
    } else {
        carry_on(&app, &client, &client_id, &params).await
    }
}

async fn exchange(
    app: &App,
    client: &ClientAddress,
    client_id: &str,
    params: &Params,
) -> Result<Reply, OauthError> {
    let code = params.get("code")?;
    let redirect_uri = params.get("redirect_uri")?;
    let verifier = params.find("code_verifier")?;
    let challenge = verifier.map(challenge_of);
    if challenge == Some(None) {
        return Err(Refusal::new(
            Code::InvalidRequest,
            "code_verifier must be 43 to 128 unreserved characters (RFC 7636).",
        )
        .into());
    }
    let audience = audience(params.find("resource")?, &app.config.public_url)?;
    let refresh = RefreshToken::new(app.random());
    let telling = app.telling();
    let shown = Shown {
        hash: hash_of(code),
        client_id,
        redirect_uri,
        challenge: challenge.as_ref().and_then(Option::as_deref),
        audience,
        refresh_hash: refresh.hash(),
        idles_at: app.config.sessions.idles_at(telling.at),
        ends_at: app.config.sessions.ends_at(telling.at),
    };
    match exchange_code(&app.db, &shown, telling, &failure(app, client)).await? {
        Exchanged::Granted(grant, rights) => tokens(app, &grant, rights, &refresh, telling.at),
        Exchanged::Reused(effects) => {
            tracing::warn!("an authorization code was used twice; what came of it has ended");
            ended(&effects)
        }
        Exchanged::OtherAudience => Err(other_audience()),
        Exchanged::Refused => Err(no_grant()),
        Exchanged::Limited(seconds) => Err(Error::RateLimited(seconds).into()),
    }
}

async fn carry_on(
    app: &App,
    client: &ClientAddress,
    client_id: &str,
    params: &Params,
) -> Result<Reply, OauthError> {
    let token = params.get("refresh_token")?;
    let wanted = params.find("scope")?.map(|text| scopes(Some(text)));
    let audience = audience(params.find("resource")?, &app.config.public_url)?;
    let keys = app.config.token_keys.current();
    let telling = app.telling();
    let presented = Presented {
        hash: RefreshToken::hash_of(token),
        successors: &RefreshToken::successors(token, &keys),
        idles_at: app.config.sessions.idles_at(telling.at),
        // A repetition is told by the refresh token itself, and OAuth knows no keys.
        key: None,
        client_id: Some(client_id),
    };
    match refresh(&app.db, &presented, telling, &failure(app, client)).await? {
        Refreshed::Renewed {
            grant,
            rights,
            refresh,
            issued_at,
            ..
        } => {
            // What is refused here is not lost: the same token, sent again, gives the same successor.
            if audience.is_some_and(|audience| audience != rights.audience) {
                return Err(other_audience());
            }
            let scopes = narrowed(wanted.transpose()?, rights.scopes)?;
            tokens(
                app,
                &grant,
                Rights { scopes, ..rights },
                &refresh,
                issued_at,
            )
        }
        Refreshed::Reused(effects) => {
            tracing::warn!("an app's refresh token was used twice; its grant has ended");
            ended(&effects)
        }
        Refreshed::Refused | Refreshed::KeyReused => Err(no_grant()),
        Refreshed::Limited(seconds) => Err(Error::RateLimited(seconds).into()),
    }
}

/// What of the grant the next access token holds (RFC 6749 §6).
fn narrowed(wanted: Option<Scopes>, granted: Scopes) -> Result<Scopes, Refusal> {
    match wanted {
        None => Ok(granted),
        Some(wanted) if wanted.iter().all(|scope| granted.contains(scope)) => Ok(wanted),
        Some(_) => Err(Refusal::new(
            Code::InvalidScope,
            format!("The user has allowed no more than {granted}."),
        )),
    }
}

fn tokens(
    app: &App,
    grant: &Grant,
    rights: Rights,
    refresh: &RefreshToken,
    issued_at: Timestamp,
) -> Result<Reply, OauthError> {
    let tokens = app.issuer().tokens_with(rights, grant, refresh, issued_at);
    let tokens = tokens.map_err(Error::internal)?;
    let body = json!({
        "access_token": tokens.access_token,
        "token_type": tokens.token_type,
        "expires_in": tokens.expires_in,
        "refresh_token": tokens.refresh_token,
        "scope": rights.scopes.to_string(),
    });
    Ok(answer(StatusCode::OK, &body)?)
}

/// The refusal of a second use, which tells the gate what has ended.
fn ended(effects: &GateEffects) -> Result<Reply, OauthError> {
    Ok(Reply::of(no_grant().into_response()).effects(effects)?)
}

fn no_grant() -> OauthError {
    Refusal::new(
        Code::InvalidGrant,
        "The code or refresh token does not hold, was used before, or belongs to another client, redirect_uri or code_verifier. Ask the user again.",
    )
    .into()
}

fn other_audience() -> OauthError {
    Refusal::new(
        Code::InvalidTarget,
        "resource differs from the one that the user has allowed; send that one, or none.",
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_what_was_granted_or_less() {
        let read = |text| Scopes::parse(text).unwrap();
        let both = read("tasks:read tasks:write");
        assert_eq!(narrowed(None, both), Ok(both));
        assert_eq!(
            narrowed(Some(read("tasks:read")), both),
            Ok(read("tasks:read"))
        );
        assert_eq!(
            narrowed(Some(both), read("tasks:read")).unwrap_err().code,
            Code::InvalidScope
        );
    }
}
