//! What an authorization request asks for, once it is clear whose it is and where the answer goes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use shared_types::scope::{Scope, Scopes};

use super::client::Client;
use super::params::Params;
use super::refusal::{Code, Refusal};
use crate::domain::tokens::Audience;

/// Every scope that an app can have: all but the account's.
pub const GRANTABLE: [Scope; 2] = [Scope::TasksRead, Scope::TasksWrite];

/// Asks for refresh tokens, which every app gets: it may be named, and says nothing.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What the app wants to do.
    pub scopes: Scopes,
    /// Where it wants to do it.
    pub audience: Audience,
    /// Base64url of SHA-256 of a secret that the app keeps until it shows the code (RFC 7636).
    pub challenge: Option<String>,
}

impl Asked {
    /// Reads what `client` asks for.
    ///
    /// # Errors
    /// What the client is told.
    pub fn read(params: &Params, client: &Client, public_url: &str) -> Result<Self, Refusal> {
        let response_type = params.get("response_type")?;
        if response_type != "code" {
            return Err(Refusal::new(
                Code::UnsupportedResponseType,
                "response_type must be code.",
            ));
        }
        if params
            .find("response_mode")?
            .is_some_and(|mode| mode != "query")
        {
            return Err(Refusal::new(
                Code::InvalidRequest,
                "response_mode must be query, or left out.",
            ));
        }
        if params.find("request")?.is_some() || params.find("request_uri")?.is_some() {
            return Err(Refusal::new(
                Code::InvalidRequest,
                "Request objects are not supported; send the parameters themselves.",
            ));
        }
        Ok(Self {
            challenge: challenge(params, client)?,
            scopes: scopes(params.find("scope")?)?,
            audience: audience(params.find("resource")?, public_url)?.unwrap_or(Audience::Api),
        })
    }
}

fn challenge(params: &Params, client: &Client) -> Result<Option<String>, Refusal> {
    let refuse = |what: &str| Refusal::new(Code::InvalidRequest, what);
    let Some(challenge) = params.find("code_challenge")? else {
        return if client.needs_pkce {
            Err(refuse(
                "code_challenge is required (PKCE, RFC 7636), with code_challenge_method=S256.",
            ))
        } else {
            Ok(None)
        };
    };
    // What is left out means `plain`, which protects from nobody who has seen the request.
    if params.find("code_challenge_method")? != Some("S256") {
        return Err(refuse("code_challenge_method must be S256."));
    }
    let digest = URL_SAFE_NO_PAD.decode(challenge);
    if digest.is_ok_and(|digest| digest.len() == 32) {
        Ok(Some(challenge.to_owned()))
    } else {
        Err(refuse(
            "code_challenge must be the base64url of a SHA-256 digest: 43 characters.",
        ))
    }
}

/// The challenge that `verifier` answers; `None` for what is no verifier (RFC 7636 §4.1).
pub fn challenge_of(verifier: &str) -> Option<String> {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_verifier = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
    is_verifier.then(|| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())))
}

/// The scopes that a parameter names; all that an app can have when it names none.
///
/// # Errors
/// `invalid_scope` when one is none that an app can have.
pub fn scopes(text: Option<&str>) -> Result<Scopes, Refusal> {
    let grantable = Scopes::of(&GRANTABLE);
    let names: Vec<&str> = text
        .unwrap_or_default()
        .split(' ')
        .filter(|name| !name.is_empty() && *name != OFFLINE_ACCESS)
        .collect();
    if names.is_empty() {
        return Ok(grantable);
    }
    let scopes: Option<Vec<Scope>> = names
        .iter()
        .map(|name| GRANTABLE.into_iter().find(|scope| scope.as_str() == *name))
        .collect();
    match scopes {
        Some(scopes) => Ok(Scopes::of(&scopes)),
        None => Err(Refusal::new(
            Code::InvalidScope,
            format!("An app can have these scopes: {grantable}."),
        )),
    }
}

/// The audience that a `resource` (RFC 8707) names, if it is given.
///
/// # Errors
/// `invalid_target` when it is none of ours.
pub fn audience(resource: Option<&str>, public_url: &str) -> Result<Option<Audience>, Refusal> {
    let Some(resource) = resource else {
        return Ok(None);
    };
    let audience = Audience::ALL
        .into_iter()
        .find(|audience| is_resource(resource, &audience.url(public_url)));
    match audience {
        Some(audience) => Ok(Some(audience)),
        None => Err(Refusal::new(
            Code::InvalidTarget,
            "resource must be the address of this service or of its MCP endpoint; leave it out for the API.",
        )),
    }
}

/// A URL without a path is written with a slash by whatever reads and writes it.
fn is_resource(text: &str, url: &str) -> bool {
    text == url || (!url.ends_with("/mcp") && text.strip_suffix('/') == Some(url))
}

#[cfg(test)]
mod tests {
    use super::super::client::Kind;
    use super::*;

    const URL: &str = "https://m.test";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn client(needs_pkce: bool) -> Client {
        Client {
            id: "c".to_owned(),
            kind: Kind::Dynamic,
            name: "C".to_owned(),
            redirect_uris: Vec::new(),
            secret_hash: None,
            needs_pkce,
        }
    }

    fn read(query: &str, needs_pkce: bool) -> Result<Asked, Code> {
        let params = Params::parse(query.as_bytes());
        Asked::read(&params, &client(needs_pkce), URL).map_err(|refusal| refusal.code)
    }

    fn with(more: &str) -> Result<Asked, Code> {
        let query = format!(
            "response_type=code&code_challenge={CHALLENGE}&code_challenge_method=S256&{more}"
        );
        read(&query, true)
    }

    #[test]
    fn what_is_left_out_means_all_that_an_app_can_have_at_the_api() {
        let asked = with("").unwrap();
        assert_eq!(asked.scopes.to_string(), "tasks:read tasks:write");
        assert_eq!(asked.audience, Audience::Api);
        assert_eq!(asked.challenge.as_deref(), Some(CHALLENGE));
    }

    #[test]
    fn scopes_are_those_of_apps_and_never_the_accounts() {
        let scopes =
            |text: &str| with(&format!("scope={text}")).map(|asked| asked.scopes.to_string());
        assert_eq!(scopes("tasks:read"), Ok("tasks:read".to_owned()));
        assert_eq!(
            scopes("offline_access"),
            Ok("tasks:read tasks:write".to_owned())
        );
        assert_eq!(
            scopes("tasks:write+offline_access++tasks:write"),
            Ok("tasks:write".to_owned())
        );
        for bad in [
            "account",
            "tasks:read+account",
            "openid",
            "Tasks:read",
            "tasks:read%09tasks:write",
        ] {
            assert_eq!(scopes(bad), Err(Code::InvalidScope), "{bad}");
        }
    }

    #[test]
    fn a_resource_is_the_service_or_its_mcp_endpoint() {
        let audience = |text: &str| with(&format!("resource={text}")).map(|asked| asked.audience);
        assert_eq!(audience(URL), Ok(Audience::Api));
        assert_eq!(audience("https://m.test/"), Ok(Audience::Api));
        assert_eq!(audience("https://m.test/mcp"), Ok(Audience::Mcp));
        for bad in [
            "https://m.test/mcp/",
            "https://m.test/api",
            "https://evil.test",
            "http://m.test",
            "m.test",
        ] {
            assert_eq!(audience(bad), Err(Code::InvalidTarget), "{bad}");
        }
        assert_eq!(
            audience("https://m.test&resource=https://m.test/mcp"),
            Err(Code::InvalidRequest)
        );
    }

    #[test]
    fn a_challenge_is_needed_and_only_s256_is_one() {
        let code = |query: &str, needs| read(&format!("response_type=code&{query}"), needs);
        assert_eq!(code("", true), Err(Code::InvalidRequest));
        assert_eq!(code("", false).unwrap().challenge, None);
        for needs_pkce in [true, false] {
            for bad in [
                format!("code_challenge={CHALLENGE}"),
                format!("code_challenge={CHALLENGE}&code_challenge_method=plain"),
                format!("code_challenge={CHALLENGE}&code_challenge_method=s256"),
                "code_challenge=short&code_challenge_method=S256".to_owned(),
                format!("code_challenge={CHALLENGE}%3D&code_challenge_method=S256"),
            ] {
                assert_eq!(code(&bad, needs_pkce), Err(Code::InvalidRequest), "{bad}");
            }
        }
    }

    #[test]
    fn only_codes_are_given_and_only_in_the_query() {
        assert_eq!(
            read("response_type=token", true),
            Err(Code::UnsupportedResponseType)
        );
        assert_eq!(read("", true), Err(Code::InvalidRequest));
        assert_eq!(with("response_mode=form_post"), Err(Code::InvalidRequest));
        assert!(with("response_mode=query").is_ok());
        assert_eq!(
            with("request_uri=https://evil.test"),
            Err(Code::InvalidRequest)
        );
    }

    #[test]
    fn the_challenge_of_rfc_7636_b_is_answered_by_its_verifier() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge_of(verifier).as_deref(), Some(CHALLENGE));
        for bad in ["", "short", &"a".repeat(129), &format!("{verifier}=")] {
            assert_eq!(challenge_of(bad), None, "{bad}");
        }
    }
}
