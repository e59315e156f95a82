//! Signatures of tokens and digests of bodies, by the runtime's WebCrypto: several times faster than WASM,
//! and a body's bytes stay in JavaScript.

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use shared_types::token::{PublicKey, TokenError, UnverifiedToken};
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Array, Uint8Array};
use worker::wasm_bindgen::{JsCast, JsValue};

use super::isolate::{CRYPTO_KEYS, TOKENS};
use super::js::{self, Body};
use super::token_keys::Asker;
use crate::auth::Known;
use crate::error::Error;
use crate::forward::EMPTY_DIGEST;

/// The token of this text, if its signature holds with a key that is known or found; remembered for the isolate's
/// life.
pub(super) async fn verify_token(
    text: &str,
    asker: &Asker<'_>,
    now_seconds: i64,
) -> Result<Rc<Known>, Error> {
    asker.renew().await;
    if let Some(known) = TOKENS.with_borrow(|tokens| tokens.find(text)) {
        return Ok(known);
    }
    let token = UnverifiedToken::parse(text).map_err(Error::Credential)?;
    let key = asker
        .find(&token.key_id)
        .await
        .ok_or(Error::Credential(TokenError::UnknownKey))?;
    let holds = verify(&key, &token).await.map_err(|_| Error::Internal)?;
    if !holds {
        return Err(Error::Credential(TokenError::Signature));
    }
    let token = token.verified();
    Ok(TOKENS.with_borrow_mut(|tokens| tokens.remember(text, token, now_seconds)))
}

async fn verify(key: &PublicKey, token: &UnverifiedToken<'_>) -> Result<bool, JsValue> {
    let key = import(key).await?;
    let promise = js::global()
        .crypto()?
        .subtle()
        .verify_with_str_and_u8_array_and_u8_array(
            "Ed25519",
            &key,
            &token.signature,
            token.signing_input.as_bytes(),
        )?;
    Ok(JsFuture::from(promise).await?.is_truthy())
}

async fn import(key: &PublicKey) -> Result<web_sys::CryptoKey, JsValue> {
    if let Some(imported) = CRYPTO_KEYS.with_borrow(|keys| keys.get(&key.key_id).cloned()) {
        return Ok(imported);
    }
    let bytes = Uint8Array::from(key.bytes.as_slice());
    let usages = Array::of1(&JsValue::from_str("verify"));
    let promise = js::global()
        .crypto()?
        .subtle()
        .import_key_with_str("raw", &bytes, "Ed25519", false, &usages)?;
    let imported: web_sys::CryptoKey = JsFuture::from(promise).await?.unchecked_into();
    CRYPTO_KEYS.with_borrow_mut(|keys| keys.insert(key.key_id.clone(), imported.clone()));
    Ok(imported)
}

/// The `Content-Digest` of a body (RFC 9530).
pub(super) async fn content_digest(body: &Body) -> Result<String, JsValue> {
    let Some(bytes) = body.bytes() else {
        return Ok(EMPTY_DIGEST.to_owned());
    };
    let promise = js::global()
        .crypto()?
        .subtle()
        .digest_with_str_and_js_u8_array("SHA-256", bytes)?;
    let digest = Uint8Array::new(&JsFuture::from(promise).await?).to_vec();
    Ok(format!("sha-256=:{}:", STANDARD.encode(digest)))
}
