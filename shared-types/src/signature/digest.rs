//! `Content-Digest` (RFC 9530) with SHA-256 over the bytes as sent, also over an empty body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The value of `Content-Digest` for these bytes: `sha-256=:…:`.
pub fn content_digest(body: &[u8]) -> String {
    const SIZE: usize = "sha-256=:".len() + 44 + ":".len();
    let mut value = String::with_capacity(SIZE);
    value.push_str("sha-256=:");
    STANDARD.encode_string(Sha256::digest(body), &mut value);
    value.push(':');
    value
}
