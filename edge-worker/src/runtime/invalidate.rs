//! `POST /internal/invalidate`: the origin tells a user's gate what changed without passing it. The one request whose
//! signature is the caller's own.

use shared_types::gate::Invalidation;
use shared_types::signature::{Message, Tag, verify};
use worker::Env;
use worker::js_sys::Uint8Array;

use super::gates;
use super::inbound::Inbound;
use super::isolate::NONCES;
use crate::config::Config;
use crate::error::Error;
use crate::route::Route;

/// Verifies the call and hands it to the gate it names, which has stored it when this returns.
pub(super) async fn invalidate(
    inbound: &Inbound<'_>,
    route: Route,
    config: &Config,
    env: &Env,
) -> Result<(), Error> {
    let fields: Vec<_> = inbound.headers.entries().collect();
    let message = Message {
        method: route.method.as_str(),
        authority: config.public_authority(),
        path: inbound.path,
        query: inbound.query,
        headers: &fields,
    };
    let remember = |nonce: &_, expires_seconds| {
        NONCES.with_borrow_mut(|nonces| nonces.remember(nonce, expires_seconds, inbound.at_ms))
    };
    let head = verify(
        &message,
        &config.callback_keys,
        Tag::Origin,
        inbound.at_ms,
        remember,
    )
    .map_err(Error::Unsigned)?;
    let body = inbound.body(route).await?;
    let bytes = body.bytes().map(Uint8Array::to_vec).unwrap_or_default();
    head.with_body(&bytes).map_err(Error::Unsigned)?;
    let news: Invalidation = serde_json::from_slice(&bytes).map_err(|_| Error::BadNews)?;
    if news
        .effects
        .as_ref()
        .is_some_and(|effects| effects.user != news.user)
    {
        return Err(Error::BadNews);
    }
    gates::tell(env, config, &news).await
}
