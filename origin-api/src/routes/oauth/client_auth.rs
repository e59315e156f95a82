//! Which client is calling, and whether it has proven it (RFC 6749 §2.3): by its secret in `Authorization` or in the body,
//! or, without a secret, not at all.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{OauthError, charge, failure};
use crate::app::App;
use crate::db::oauth::clients::find_client;
use crate::domain::client_address::ClientAddress;
use crate::domain::oauth::document;
use crate::domain::oauth::params::Params;
use crate::domain::oauth::refusal::{Code, Refusal};

/// What a request shows of a client.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    id: String,
    secret: Option<String>,
    by_header: bool,
}

/// The id of the client that sends a request; a failure is charged to the address it comes from.
pub(super) async fn authenticate(
    app: &App,
    client: &ClientAddress,
    headers: &HeaderMap,
    params: &Params,
) -> Result<String, OauthError> {
    let shown = Shown::read(headers, params)?;
    // Whoever is described by a document has no secret, so there is nothing to look up.
    let is_proven = if document::host(&shown.id).is_some() {
        shown.secret.is_none()
    } else {
        let found = find_client(&app.db, &shown.id, app.clock.now()).await?;
        found.is_some_and(|client| client.is_proven_by(shown.secret.as_deref()))
    };
    if is_proven {
        return Ok(shown.id);
    }
    charge(app, &failure(app, client)).await?;
    Err(OauthError::Unproven {
        by_header: shown.by_header,
    })
}

impl Shown {
    fn read(headers: &HeaderMap, params: &Params) -> Result<Self, Refusal> {
        let refuse = |what: &str| Refusal::new(Code::InvalidRequest, what);
        let (id, secret) = (params.find("client_id")?, params.find("client_secret")?);
        let Some(authorization) = headers.get(header::AUTHORIZATION) else {
            return Ok(Self {
                id: params.get("client_id")?.to_owned(),
                secret: secret.map(ToOwned::to_owned),
                by_header: false,
            });
        };
        if secret.is_some() {
            return Err(refuse(
                "Send the secret in one way: in Authorization or in the body.",
            ));
        }
        let basic = authorization.to_str().ok().and_then(basic);
        let (in_header, secret) = basic.ok_or_else(|| {
            refuse("Authorization must be Basic, with client_id and client_secret.")
        })?;
        if id.is_some_and(|id| id != in_header) {
            return Err(refuse("client_id differs from the one in Authorization."));
        }
        Ok(Self {
            id: in_header,
            secret: Some(secret).filter(|secret| !secret.is_empty()),
            by_header: true,
        })
    }
}

/// The two parts of a Basic credential, each encoded as in a form (RFC 6749 §2.3.1).
fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((decode(id), decode(secret)))
}

fn decode(text: &str) -> String {
    let one = text.replace('&', "%26").replace('=', "%3D");
    let decoded = form_urlencoded::parse(one.as_bytes()).next();
    decoded
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(authorization: Option<&str>, form: &str) -> Result<Shown, Code> {
        let fields = authorization.map(|text| (header::AUTHORIZATION, text.parse().unwrap()));
        let headers = fields.into_iter().collect();
        Shown::read(&headers, &Params::parse(form.as_bytes())).map_err(|refusal| refusal.code)
    }

    fn shown(id: &str, secret: Option<&str>, by_header: bool) -> Shown {
        Shown {
            id: id.to_owned(),
            secret: secret.map(ToOwned::to_owned),
            by_header,
        }
    }

    #[test]
    fn a_client_shows_itself_in_one_of_three_ways() {
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        assert_eq!(
            read(None, "client_id=a&client_secret=s"),
            Ok(shown("a", Some("s"), false))
        );
        assert_eq!(read(None, "client_id=a"), Ok(shown("a", None, false)));
        assert_eq!(
            read(Some(&basic("a:s")), ""),
            Ok(shown("a", Some("s"), true))
        );
        assert_eq!(
            read(Some(&basic("a:s")), "client_id=a"),
            Ok(shown("a", Some("s"), true))
        );
        assert_eq!(
            read(Some(&basic("a%3Ab:s%26%3D+t&u=v")), ""),
            Ok(shown("a:b", Some("s&= t&u=v"), true))
        );
        assert_eq!(read(Some(&basic("a:")), ""), Ok(shown("a", None, true)));
    }

    #[test]
    fn two_ways_at_once_and_anything_else_is_refused() {
        let basic = format!("basic {}", STANDARD.encode("a:s"));
        for (authorization, form) in [
            (None, ""),
            (None, "client_id=a&client_id=a"),
            (Some(basic.as_str()), "client_secret=s"),
            (Some(basic.as_str()), "client_id=b"),
            (Some("Bearer x"), "client_id=a"),
            (Some("Basic !"), "client_id=a"),
            (Some("Basic YQ=="), "client_id=a"),
        ] {
            assert_eq!(
                read(authorization, form),
                Err(Code::InvalidRequest),
                "{authorization:?} {form}"
            );
        }
    }
}
