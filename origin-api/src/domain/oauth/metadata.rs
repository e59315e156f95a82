//! What the service says about itself to clients that find out by themselves (RFC 8414, RFC 9728).

use serde_json::{Value, json};
use shared_types::scope::Scope;

use super::registration::Proof;
use super::request::{GRANTABLE, OFFLINE_ACCESS};
use crate::domain::tokens::Audience;

/// The authorization server at `public_url`, which is its issuer to the byte: clients refuse any other.
pub fn authorization_server(public_url: &str) -> Value {
    let proofs = Proof::ALL.map(Proof::as_str);
    let mut scopes = GRANTABLE.map(Scope::as_str).to_vec();
    scopes.push(OFFLINE_ACCESS);
    json!({
        "issuer": public_url,
        "authorization_endpoint": format!("{public_url}/oauth/authorize"),
        "token_endpoint": format!("{public_url}/oauth/token"),
        "registration_endpoint": format!("{public_url}/oauth/register"),
        "revocation_endpoint": format!("{public_url}/oauth/revoke"),
        "jwks_uri": format!("{public_url}/.well-known/jwks.json"),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": proofs,
        "revocation_endpoint_auth_methods_supported": proofs,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": true,
        "service_documentation": format!("{public_url}/docs"),
    })
}

/// The protected resource of `audience`.
pub fn protected_resource(public_url: &str, audience: Audience) -> Value {
    let name = match audience {
        Audience::Api => "MindFlow",
        Audience::Mcp => "MindFlow MCP",
    };
    json!({
        "resource": audience.url(public_url),
        "authorization_servers": [public_url],
        "scopes_supported": GRANTABLE.map(Scope::as_str),
        "bearer_methods_supported": ["header"],
        "resource_name": name,
        "resource_documentation": format!("{public_url}/docs"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://m.test";

    #[test]
    fn the_issuer_is_the_address_to_the_byte_and_every_endpoint_is_on_its_host() {
        let server = authorization_server(URL);
        assert_eq!(server["issuer"], URL);
        for name in [
            "authorization_endpoint",
            "token_endpoint",
            "registration_endpoint",
            "revocation_endpoint",
            "jwks_uri",
        ] {
            assert!(
                server[name]
                    .as_str()
                    .unwrap()
                    .starts_with("https://m.test/"),
                "{name}"
            );
        }
        assert_eq!(server["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(
            server["scopes_supported"],
            json!(["tasks:read", "tasks:write", "offline_access"])
        );
    }

    #[test]
    fn each_resource_is_its_own_address_and_asks_for_no_refresh_token() {
        for (audience, url) in [(Audience::Api, URL), (Audience::Mcp, "https://m.test/mcp")] {
            let resource = protected_resource(URL, audience);
            assert_eq!(
                (&resource["resource"], &resource["authorization_servers"]),
                (&json!(url), &json!([URL]))
            );
            assert_eq!(
                resource["scopes_supported"],
                json!(["tasks:read", "tasks:write"])
            );
        }
    }
}
