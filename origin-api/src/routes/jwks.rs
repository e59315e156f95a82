//! `/.well-known/jwks.json`: the keys that credentials are checked with.

use axum::extract::State;

use crate::app::Shared;
use crate::error::Error;
use crate::extract::Input;
use crate::reply::{Public, Reply};

/// The keys that sign credentials.
///
/// The public halves as a JWK set (RFC 7517), also of keys that sign no more. A key is here before it signs.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "Service",
    responses((
        status = OK, description = "The JWK set.", body = Object, content_type = "application/jwk-set+json",
        headers(("ETag" = String, description = "Changes with the set.")),
    )),
)]
pub async fn get_key_set(State(app): State<Shared>, _: Input) -> Result<Reply, Error> {
    let keys = app.config.token_keys.current();
    let set = keys.public_set().map_err(Error::internal)?;
    Ok(Reply::public(&Public::new("application/jwk-set+json", set)))
}
