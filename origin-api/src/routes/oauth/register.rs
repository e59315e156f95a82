//! `POST /oauth/register` (RFC 7591): for clients that neither the operator nor a document of theirs makes known.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;

use super::{OauthError, answer, charge, json_body};
use crate::app::{App, Shared};
use crate::db::login::Charge;
use crate::db::oauth::clients::store_client;
use crate::db::throttles;
use crate::domain::client_address::ClientAddress;
use crate::domain::oauth::registration::{Proof, Registration};
use crate::reply::Reply;

/// How long a registration is kept that no user has allowed anything. One that was allowed something stays: clients
/// register once and never again.
const UNUSED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Registers a client.
pub async fn register(
    State(app): State<Shared>,
    client: ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Reply, OauthError> {
    let registration = Registration::read(&json_body(&headers, &body)?)?;
    let limit = Charge {
        subject: throttles::subject("register client", &[client.as_str()]),
        rate: app.config.rates.registrations,
    };
    charge(&app, &limit).await?;
    let now = app.clock.now();
    let id = app.new_id().to_string();
    let secret = (registration.proof != Proof::Nothing).then(|| new_secret(&app));
    let client = registration.client(id.clone(), secret.as_deref());
    store_client(&app.db, &client, now, now.checked_add(UNUSED).ok()).await?;
    let body = registration.answer(&id, secret.as_deref(), now.as_second());
    Ok(answer(StatusCode::CREATED, &body)?)
}

/// A client's secret: 256 random bits, of which only a hash is stored.
pub fn new_secret(app: &App) -> String {
    format!("mfs_{}", URL_SAFE_NO_PAD.encode(app.random()))
}
