//! `POST /oauth/revoke` (RFC 7009): an app gives back what it was allowed. Either of its tokens ends the whole grant.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use shared_types::id::{CredentialId, UserId};

use super::client_auth::authenticate;
use super::{OauthError, form};
use crate::app::{App, Shared};
use crate::db::DbError;
use crate::db::oauth::grants::{end_grant, find_grant};
use crate::domain::client_address::ClientAddress;
use crate::domain::tokens::RefreshToken;
use crate::reply::Reply;

/// Ends a grant. A token that is none, or no more, or another client's, is answered alike: its holder has nothing left
/// to do (RFC 7009 §2.2).
pub async fn revoke(
    State(app): State<Shared>,
    client: ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Reply, OauthError> {
    let params = form(&headers, &body)?;
    let client_id = authenticate(&app, &client, &headers, &params).await?;
    let token = params.get("token")?;
    let done = Reply::empty(StatusCode::OK).field(header::CACHE_CONTROL, "no-store");
    let Some(grant) = grant_of(&app, token).await? else {
        return Ok(done);
    };
    match end_grant(&app.db, grant, &client_id, app.telling()).await? {
        Some(effects) => Ok(done.effects(&effects)?),
        None => Ok(done),
    }
}

/// The grant of a refresh token, or of an access token that we have signed, whatever its age.
async fn grant_of(app: &App, token: &str) -> Result<Option<(UserId, CredentialId)>, DbError> {
    let keys = app.config.token_keys.current();
    if let Ok(token) = app.credentials.verify(token, &keys) {
        let claims = token.claims();
        return Ok(Some((claims.sub, claims.sid)));
    }
    find_grant(&app.db, &RefreshToken::hash_of(token)).await
}
