//! Credentials as signed tokens: compact JWS (RFC 7515) with `alg` fixed to `EdDSA` (Ed25519, RFC 8037),
//! explicitly typed (RFC 8725 §3.11). One strict reader for both sides; the signature itself is checked by the
//! caller (WebCrypto at the edge, a library at the origin), before any claim is used.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::caller::{CredentialKind, Identity};
use crate::id::{CredentialId, UserId};
use crate::scope::Scopes;

/// What an API key's text begins with, so that scanners for leaked secrets find it.
pub const API_KEY_PREFIX: &str = "mfk_";

/// No credential of ours is longer, in bytes; a longer one is refused unread.
pub const MAX_LENGTH: usize = 2048;

/// How far a token may have been issued ahead of our clock, in seconds.
const ISSUED_AHEAD_SECONDS: i64 = 60;

/// The audience of tokens for the MCP endpoint of the installation at `public_url`, which is its address; all other
/// tokens have `public_url` itself.
pub fn mcp_audience(public_url: &str) -> String {
    format!("{public_url}/mcp")
}

/// What a token says (RFC 7519; `scope` as in RFC 9068).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer: `PUBLIC_URL`.
    pub iss: String,
    /// The user.
    pub sub: UserId,
    /// The credential's own id.
    pub sid: CredentialId,
    /// The user's generation when it was issued; revoke-all raises it.
    pub r#gen: i64,
    /// Space-separated scopes.
    pub scope: String,
    /// For whom the token is.
    pub aud: String,
    /// When it was issued, in Unix seconds.
    pub iat: i64,
    /// When it ends, in Unix seconds.
    pub exp: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

/// Why a token does not hold. Callers answer 401 without it; it is for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// Not a token of ours at all.
    Malformed,
    /// `alg` is not `EdDSA`.
    Algorithm,
    /// No key has this `kid`.
    UnknownKey,
    /// The signature does not match.
    Signature,
    /// Issued by another.
    Issuer,
    /// Issued for another.
    Audience,
    /// Issued in the future.
    NotYetValid,
    /// Past its end.
    Expired,
}

impl TokenError {
    /// A word for logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::NotYetValid => "not_yet_valid",
            Self::Expired => "expired",
        }
    }
}

/// A token that was read but whose signature is still to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedToken<'a> {
    /// Which key is said to have signed it.
    pub key_id: String,
    /// What was signed.
    pub signing_input: &'a str,
    /// The Ed25519 signature.
    pub signature: [u8; 64],
    kind: CredentialKind,
    scopes: Scopes,
    claims: Claims,
}

impl<'a> UnverifiedToken<'a> {
    /// Reads a token. Nothing in it may be believed before [`Self::verified`].
    pub fn parse(text: &'a str) -> Result<Self, TokenError> {
        if text.len() > MAX_LENGTH {
            return Err(TokenError::Malformed);
        }
        let (is_key, jws) = match text.strip_prefix(API_KEY_PREFIX) {
            Some(jws) => (true, jws),
            None => (false, text),
        };
        let (signing_input, signature) = jws.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, payload) = signing_input.split_once('.').ok_or(TokenError::Malformed)?;
        let header: Header = decode_json(header)?;
        if header.alg != "EdDSA" {
            return Err(TokenError::Algorithm);
        }
        let kind = CredentialKind::ALL
            .into_iter()
            .find(|kind| typ(*kind) == header.typ)
            .ok_or(TokenError::Malformed)?;
        if is_key != (kind == CredentialKind::Key) {
            return Err(TokenError::Malformed);
        }
        let claims: Claims = decode_json(payload)?;
        let scopes = Scopes::parse(&claims.scope).ok_or(TokenError::Malformed)?;
        let signature = decode(signature)?
            .try_into()
            .map_err(|_| TokenError::Malformed)?;
        Ok(Self {
            key_id: header.kid,
            signing_input,
            signature,
            kind,
            scopes,
            claims,
        })
    }

    /// Takes the caller's word that the signature was checked with the key of `key_id`.
    pub fn verified(self) -> VerifiedToken {
        VerifiedToken {
            kind: self.kind,
            scopes: self.scopes,
            claims: self.claims,
        }
    }
}

/// A token whose signature holds; safe to remember. Time and audience are checked at each use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedToken {
    kind: CredentialKind,
    scopes: Scopes,
    claims: Claims,
}

impl VerifiedToken {
    /// Whom it shows, if it holds at `now_seconds` (Unix) for this issuer and audience.
    pub fn identity(
        &self,
        issuer: &str,
        audience: &str,
        now_seconds: i64,
    ) -> Result<Identity, TokenError> {
        if self.claims.iss != issuer {
            return Err(TokenError::Issuer);
        }
        if self.claims.aud != audience {
            return Err(TokenError::Audience);
        }
        if self.claims.iat > now_seconds.saturating_add(ISSUED_AHEAD_SECONDS) {
            return Err(TokenError::NotYetValid);
        }
        if now_seconds >= self.claims.exp {
            return Err(TokenError::Expired);
        }
        Ok(Identity {
            kind: self.kind,
            user: self.claims.sub,
            credential: self.claims.sid,
            scopes: self.scopes,
        })
    }

    /// What it says.
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }
}

/// What the issuer must sign, with the key `key_id`, to make a token of this kind.
pub fn signing_input(
    key_id: &str,
    kind: CredentialKind,
    claims: &Claims,
) -> Result<String, serde_json::Error> {
    let header = Header {
        alg: "EdDSA".to_owned(),
        kid: key_id.to_owned(),
        typ: typ(kind).to_owned(),
    };
    let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header)?);
    Ok(format!(
        "{header}.{}",
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?)
    ))
}

/// The finished token's text.
pub fn assemble(kind: CredentialKind, signing_input: &str, signature: &[u8; 64]) -> String {
    let prefix = if kind == CredentialKind::Key {
        API_KEY_PREFIX
    } else {
        ""
    };
    format!(
        "{prefix}{signing_input}.{}",
        URL_SAFE_NO_PAD.encode(signature)
    )
}

const fn typ(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Access => "at+jwt",
        CredentialKind::Key => "key+jwt",
        CredentialKind::Session => "session+jwt",
    }
}

fn decode(segment: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD
        .decode(segment)
        .map_err(|_| TokenError::Malformed)
}

fn decode_json<T: for<'de> Deserialize<'de>>(segment: &str) -> Result<T, TokenError> {
    serde_json::from_slice(&decode(segment)?).map_err(|_| TokenError::Malformed)
}

/// One public token key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// `kid`.
    pub key_id: String,
    /// The Ed25519 public key.
    pub bytes: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    kid: String,
    x: String,
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct JwkSet {
    keys: Vec<Jwk>,
}

/// Reads a JWK set (RFC 7517); keys that are not Ed25519 are passed over. `None` when it is no JWK set, holds
/// no usable key or names one twice.
pub fn parse_jwks(json: &str) -> Option<Vec<PublicKey>> {
    let set: JwkSet = serde_json::from_str(json).ok()?;
    let mut keys: Vec<PublicKey> = Vec::with_capacity(set.keys.len());
    for jwk in set.keys {
        if jwk.kty != "OKP" || jwk.crv != "Ed25519" {
            continue;
        }
        let bytes = URL_SAFE_NO_PAD.decode(&jwk.x).ok()?.try_into().ok()?;
        if keys.iter().any(|key| key.key_id == jwk.kid) {
            return None;
        }
        keys.push(PublicKey {
            key_id: jwk.kid,
            bytes,
        });
    }
    (!keys.is_empty()).then_some(keys)
}

/// Writes a JWK set.
pub fn to_jwks(keys: &[PublicKey]) -> Result<String, serde_json::Error> {
    let keys = keys
        .iter()
        .map(|key| Jwk {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            kid: key.key_id.clone(),
            x: URL_SAFE_NO_PAD.encode(key.bytes),
            purpose: Some("sig".to_owned()),
            alg: Some("EdDSA".to_owned()),
        })
        .collect();
    serde_json::to_string(&JwkSet { keys })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn claims() -> Claims {
        Claims {
            iss: "https://m.test".to_owned(),
            sub: UserId::parse("0198c5a0-0000-7000-8000-0000000000aa").unwrap(),
            sid: CredentialId::parse("0198c5a0-0000-7000-8000-0000000000bb").unwrap(),
            r#gen: 1,
            scope: "tasks:read tasks:write".to_owned(),
            aud: "https://m.test".to_owned(),
            iat: 1000,
            exp: 4600,
        }
    }

    fn text(kind: CredentialKind) -> String {
        assemble(
            kind,
            &signing_input("k1", kind, &claims()).unwrap(),
            &[7; 64],
        )
    }

    fn with_header(header: &serde_json::Value) -> String {
        let token = text(CredentialKind::Access);
        let (_, rest) = token.split_once('.').unwrap();
        format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
    }

    #[test]
    fn what_was_issued_is_read_back() {
        for kind in CredentialKind::ALL {
            let text = text(kind);
            assert_eq!(text.starts_with("mfk_"), kind == CredentialKind::Key);
            let token = UnverifiedToken::parse(&text).unwrap();
            assert_eq!((token.key_id.as_str(), token.signature), ("k1", [7; 64]));
            let identity = token
                .verified()
                .identity("https://m.test", "https://m.test", 1000)
                .unwrap();
            assert_eq!((identity.kind, identity.user), (kind, claims().sub));
        }
    }

    #[test]
    fn only_eddsa_and_our_own_header_are_accepted() {
        let header = |alg: &str| json!({"alg": alg, "kid": "k1", "typ": "at+jwt"});
        assert!(UnverifiedToken::parse(&with_header(&header("EdDSA"))).is_ok());
        for alg in ["none", "HS256", "eddsa", "ES256"] {
            assert_eq!(
                UnverifiedToken::parse(&with_header(&header(alg))).unwrap_err(),
                TokenError::Algorithm,
                "{alg}"
            );
        }
        for other in [
            json!({"alg": "EdDSA", "kid": "k1", "typ": "JWT"}),
            json!({"alg": "EdDSA", "kid": "k1", "typ": "key+jwt"}),
            json!({"alg": "EdDSA", "kid": "k1"}),
            json!({"alg": "EdDSA", "kid": "k1", "typ": "at+jwt", "jku": "https://evil.test"}),
            json!({"alg": "EdDSA", "kid": "k1", "typ": "at+jwt", "crit": ["x"]}),
        ] {
            assert_eq!(
                UnverifiedToken::parse(&with_header(&other)).unwrap_err(),
                TokenError::Malformed,
                "{other}"
            );
        }
    }

    #[test]
    fn a_key_without_its_prefix_and_a_token_with_it_are_refused() {
        let key = text(CredentialKind::Key);
        assert!(UnverifiedToken::parse(key.strip_prefix("mfk_").unwrap()).is_err());
        assert!(UnverifiedToken::parse(&format!("mfk_{}", text(CredentialKind::Access))).is_err());
    }

    #[test]
    fn claims_hold_for_their_time_issuer_and_audience_only() {
        let token = UnverifiedToken::parse(&text(CredentialKind::Access))
            .unwrap()
            .verified();
        let at = |now| token.identity("https://m.test", "https://m.test", now);
        assert!(at(940).is_ok() && at(4599).is_ok());
        assert_eq!(at(939), Err(TokenError::NotYetValid));
        assert_eq!(at(4600), Err(TokenError::Expired));
        assert_eq!(
            token.identity("https://other.test", "https://m.test", 1000),
            Err(TokenError::Issuer)
        );
        assert_eq!(
            token.identity("https://m.test", "https://m.test/mcp", 1000),
            Err(TokenError::Audience)
        );
    }

    #[test]
    fn a_key_set_survives_the_way_there_and_back() {
        let keys = vec![
            PublicKey {
                key_id: "a".to_owned(),
                bytes: [1; 32],
            },
            PublicKey {
                key_id: "b".to_owned(),
                bytes: [2; 32],
            },
        ];
        assert_eq!(parse_jwks(&to_jwks(&keys).unwrap()), Some(keys.clone()));
        assert_eq!(
            parse_jwks(&to_jwks(&[keys[0].clone(), keys[0].clone()]).unwrap()),
            None
        );
        for bad in [
            "",
            "{}",
            "{\"keys\":[]}",
            "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\",\"x\":\"AA\"}]}",
        ] {
            assert_eq!(parse_jwks(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_the_reader_panic(text in "(mfk_)?[A-Za-z0-9_.-]{0,200}") {
            let _ = UnverifiedToken::parse(&text);
        }
    }
}
