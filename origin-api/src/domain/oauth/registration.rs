//! Dynamic registration (RFC 7591): what a client may say about itself. Fields that mean nothing here are passed over,
//! as the standard asks.

use serde_json::{Value, json};

use super::client::{self, Client, Kind};
use super::redirect::{self, RedirectUri};
use super::refusal::{Code, Refusal};
use super::request::GRANTABLE;
use shared_types::scope::Scopes;

/// Redirect addresses of a registration at most.
const MOST_REDIRECTS: usize = 10;

/// How a client proves itself at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Not at all: a public client.
    Nothing,
    /// By a secret in the body.
    Post,
    /// By a secret in `Authorization`.
    Basic,
}

impl Proof {
    /// Every one that is offered.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Post, Self::Basic];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Post => "client_secret_post",
            Self::Basic => "client_secret_basic",
        }
    }
}

/// What a registration asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// What it calls itself.
    pub name: String,
    /// Where its users may be sent.
    pub redirect_uris: Vec<String>,
    /// How it proves itself.
    pub proof: Proof,
    grant_types: Vec<String>,
}

impl Registration {
    /// Reads the body of a registration.
    ///
    /// # Errors
    /// What the client is told.
    pub fn read(body: &Value) -> Result<Self, Refusal> {
        let refuse = |what: String| Refusal::new(Code::InvalidClientMetadata, what);
        if !body.is_object() {
            return Err(refuse("Send a JSON object.".to_owned()));
        }
        let uris = body["redirect_uris"].as_array();
        let uris = uris.filter(|uris| (1..=MOST_REDIRECTS).contains(&uris.len()));
        let wrong = |what| Refusal::new(Code::InvalidRedirectUri, what);
        let uris = uris.ok_or_else(|| {
            wrong(format!(
                "redirect_uris must list 1 to {MOST_REDIRECTS} addresses."
            ))
        })?;
        let uris: Option<Vec<RedirectUri>> = uris
            .iter()
            .map(|uri| RedirectUri::parse(uri.as_str()?))
            .collect();
        let uris =
            uris.ok_or_else(|| wrong(format!("Each of redirect_uris {}.", redirect::EXPECTED)))?;
        let proof = match &body["token_endpoint_auth_method"] {
            Value::Null => Some(Proof::Basic),
            method => Proof::ALL
                .into_iter()
                .find(|proof| method == proof.as_str()),
        };
        let proof = proof.ok_or_else(|| {
            let names = Proof::ALL.map(Proof::as_str).join(", ");
            refuse(format!(
                "token_endpoint_auth_method must be one of {names}."
            ))
        })?;
        let grant_types = names(
            &body["grant_types"],
            &["authorization_code", "refresh_token"],
        )
        .filter(|types| types.iter().any(|name| name == "authorization_code"))
        .ok_or_else(|| {
            refuse(
                "grant_types must be authorization_code, and refresh_token if wanted.".to_owned(),
            )
        })?;
        names(&body["response_types"], &["code"])
            .ok_or_else(|| refuse("response_types must be code alone.".to_owned()))?;
        let fallback = uris.first().map(RedirectUri::host).unwrap_or_default();
        Ok(Self {
            name: client::name(body["client_name"].as_str(), fallback),
            redirect_uris: uris.iter().map(|uri| uri.as_str().to_owned()).collect(),
            proof,
            grant_types,
        })
    }

    /// The client that comes of it.
    pub fn client(&self, id: String, secret: Option<&str>) -> Client {
        Client {
            id,
            kind: Kind::Dynamic,
            name: self.name.clone(),
            redirect_uris: self.redirect_uris.clone(),
            secret_hash: secret.map(client::hash_of),
            needs_pkce: true,
        }
    }

    /// The answer (RFC 7591 §3.2.1).
    pub fn answer(&self, id: &str, secret: Option<&str>, issued_at: i64) -> Value {
        let mut answer = json!({
            "client_id": id,
            "client_id_issued_at": issued_at,
            "client_name": self.name,
            "redirect_uris": self.redirect_uris,
            "token_endpoint_auth_method": self.proof.as_str(),
            "grant_types": self.grant_types,
            "response_types": ["code"],
            "scope": Scopes::of(&GRANTABLE).to_string(),
        });
        if let Some(secret) = secret {
            answer["client_secret"] = secret.into();
            answer["client_secret_expires_at"] = 0.into();
        }
        answer
    }
}

/// A list of some of `known`; the first of them when there is no list.
fn names(value: &Value, known: &[&str]) -> Option<Vec<String>> {
    if value.is_null() {
        return known.first().map(|first| vec![(*first).to_owned()]);
    }
    let names = value.as_array().filter(|names| !names.is_empty())?;
    names
        .iter()
        .map(|name| {
            let name = name.as_str()?;
            known.contains(&name).then(|| name.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &Value) -> Result<Registration, Code> {
        Registration::read(body).map_err(|refusal| refusal.code)
    }

    #[test]
    fn an_inspector_registers_as_a_public_client() {
        let body = json!({
            "client_name": "MCP Inspector", "redirect_uris": ["http://localhost:6274/oauth/callback"],
            "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"], "client_uri": "https://github.com/modelcontextprotocol/inspector",
        });
        let registration = read(&body).unwrap();
        assert_eq!(registration.proof, Proof::Nothing);
        let answer = registration.answer("id", None, 7);
        assert_eq!(answer["client_name"], "MCP Inspector");
        assert_eq!(answer["client_id_issued_at"], 7);
        assert!(answer["client_secret"].is_null());
        let client = registration.client("id".to_owned(), None);
        assert!(client.is_proven_by(None) && client.verified_host().is_none());
    }

    #[test]
    fn who_says_nothing_has_a_secret_and_shows_it_in_authorization() {
        let registration = read(&json!({"redirect_uris": ["https://a.example/cb"]})).unwrap();
        assert_eq!(
            (registration.proof, registration.name.as_str()),
            (Proof::Basic, "a.example")
        );
        let answer = registration.answer("id", Some("s"), 7);
        assert_eq!(
            (
                &answer["client_secret"],
                &answer["client_secret_expires_at"]
            ),
            (&json!("s"), &json!(0))
        );
        assert_eq!(answer["grant_types"], json!(["authorization_code"]));
        assert!(
            registration
                .client("id".to_owned(), Some("s"))
                .is_proven_by(Some("s"))
        );
    }

    #[test]
    fn what_cannot_be_is_refused_with_the_standards_code() {
        let good = json!({"redirect_uris": ["https://a.example/cb"]});
        assert!(read(&good).is_ok());
        for (name, value, code) in [
            ("redirect_uris", json!([]), Code::InvalidRedirectUri),
            ("redirect_uris", Value::Null, Code::InvalidRedirectUri),
            (
                "redirect_uris",
                json!(["http://a.example/cb"]),
                Code::InvalidRedirectUri,
            ),
            (
                "redirect_uris",
                json!(["https://a@b.example/cb"]),
                Code::InvalidRedirectUri,
            ),
            (
                "redirect_uris",
                json!(vec!["https://a.example/cb"; 11]),
                Code::InvalidRedirectUri,
            ),
            (
                "token_endpoint_auth_method",
                json!("private_key_jwt"),
                Code::InvalidClientMetadata,
            ),
            (
                "grant_types",
                json!(["refresh_token"]),
                Code::InvalidClientMetadata,
            ),
            (
                "grant_types",
                json!(["authorization_code", "implicit"]),
                Code::InvalidClientMetadata,
            ),
            (
                "response_types",
                json!(["token"]),
                Code::InvalidClientMetadata,
            ),
        ] {
            let mut body = good.clone();
            body[name] = value;
            assert_eq!(read(&body), Err(code), "{body}");
        }
        assert_eq!(read(&json!([])), Err(Code::InvalidClientMetadata));
    }
}
