//! The Worker's configuration, read once an isolate from its variables and secrets. Every problem is
//! reported with the name of the variable; a value never is.

use shared_types::signature::Keys;
use shared_types::token::{PublicKey, parse_jwks};

use crate::cors::AllowedOrigins;
use crate::gate::bucket::Limit;

/// What the Worker needs to know.
#[derive(Debug)]
pub struct Config {
    /// The address that callers use: scheme and host, without a slash at the end.
    pub public_url: String,
    /// Where the origin is reached: scheme and host, without a slash at the end.
    pub origin_url: String,
    /// The authority that requests to the origin are signed for.
    pub origin_authority: String,
    /// The public keys of the origin's tokens.
    pub token_keys: Vec<PublicKey>,
    /// The keys that requests to the origin are signed with.
    pub signing_keys: Keys,
    /// The keys that the origin's own calls are signed with.
    pub callback_keys: Keys,
    /// How many requests of one user are allowed.
    pub user_limit: Limit,
    /// Where new gates are put, as Cloudflare names it; near whoever calls first if it is not said.
    pub gate_location: Option<String>,
    /// The pages of other sites that may read answers.
    pub cors_origins: AllowedOrigins,
}

/// The requests a minute of one user, where `USER_REQUESTS_PER_MINUTE` does not say otherwise.
const USER_REQUESTS_PER_MINUTE: u32 = 120;

/// What `USER_REQUESTS_PER_MINUTE` may say at the most.
const MOST_REQUESTS: u32 = 10_000_000;

/// The location hints for Durable Objects that Cloudflare knows.
const LOCATIONS: [&str; 9] = [
    "wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me",
];

impl Config {
    /// The authority that the origin signs its own calls for: the host of `PUBLIC_URL`, with its port unless it is
    /// the usual one.
    pub fn public_authority(&self) -> &str {
        let url = &self.public_url;
        url.split_once("://").map_or(url.as_str(), |(_, host)| host)
    }

    /// Reads the configuration through `lookup`; on failure, one line for each variable that is wrong.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let mut read = |name: &str| match lookup(name).map(|value| value.trim().to_owned()) {
            Some(value) if !value.is_empty() => Some(value),
            _ => {
                problems.push(format!("{name} is not set"));
                None
            }
        };
        let public_url = read("PUBLIC_URL");
        let origin_url = read("ORIGIN_URL");
        let origin_authority = read("ORIGIN_AUTHORITY");
        let token_keys = read("TOKEN_PUBLIC_KEYS");
        let signing_keys = read("SIGNING_KEYS");
        let callback_keys = read("CALLBACK_KEYS");
        let optional = |name: &str| {
            let value = lookup(name).map(|value| value.trim().to_owned());
            value.filter(|value| !value.is_empty())
        };
        let user_limit = user_limit(optional("USER_REQUESTS_PER_MINUTE"));
        let gate_location = gate_location(optional("GATE_LOCATION_HINT"));
        problems.extend(user_limit.as_ref().err().cloned());
        let cors_origins = AllowedOrigins::parse(&optional("CORS_ORIGINS").unwrap_or_default())
            .map_err(|problem| format!("CORS_ORIGINS {problem}"));
        problems.extend(gate_location.as_ref().err().cloned());
        problems.extend(cors_origins.as_ref().err().cloned());

        let mut keep = |name: &str, value: Option<Result<String, String>>| match value? {
            Ok(value) => Some(value),
            Err(problem) => {
                problems.push(format!("{name} {problem}"));
                None
            }
        };
        let public_url = keep("PUBLIC_URL", public_url.as_deref().map(base_url));
        let origin_url = keep("ORIGIN_URL", origin_url.as_deref().map(base_url));
        let origin_authority = keep(
            "ORIGIN_AUTHORITY",
            origin_authority.as_deref().map(authority),
        );
        let token_keys = token_keys.and_then(|text| {
            let keys = parse_jwks(&text);
            if keys.is_none() {
                problems.push(
                    "TOKEN_PUBLIC_KEYS must be a JWK set of Ed25519 keys, each with its own kid"
                        .to_owned(),
                );
            }
            keys
        });
        let mut keys = |name: &str, text: Option<String>| {
            Keys::parse(&text?)
                .map_err(|problem| problems.push(format!("{name}: {problem}")))
                .ok()
        };
        let signing_keys = keys("SIGNING_KEYS", signing_keys);
        let callback_keys = keys("CALLBACK_KEYS", callback_keys);
        if let (Some(signing), Some(callback)) = (&signing_keys, &callback_keys)
            && signing.share_a_secret_with(callback)
        {
            problems.push(
                "CALLBACK_KEYS has a secret of SIGNING_KEYS; each direction needs its own, scripts/make-secrets makes one"
                    .to_owned(),
            );
            return Err(problems);
        }

        match (
            public_url,
            origin_url,
            origin_authority,
            token_keys,
            signing_keys,
            callback_keys,
            user_limit,
            gate_location,
            cors_origins,
        ) {
            (
                Some(public_url),
                Some(origin_url),
                Some(origin_authority),
                Some(token_keys),
                Some(signing_keys),
                Some(callback_keys),
                Ok(user_limit),
                Ok(gate_location),
                Ok(cors_origins),
            ) => Ok(Self {
                public_url,
                origin_url,
                origin_authority,
                token_keys,
                signing_keys,
                callback_keys,
                user_limit,
                gate_location,
                cors_origins,
            }),
            _ => Err(problems),
        }
    }
}

fn user_limit(text: Option<String>) -> Result<Limit, String> {
    let requests = text.map_or(Some(USER_REQUESTS_PER_MINUTE), |text| text.parse().ok());
    let requests = requests.filter(|requests| (1..=MOST_REQUESTS).contains(requests));
    requests.map(Limit::per_minute).ok_or_else(|| {
        format!("USER_REQUESTS_PER_MINUTE must be a whole number from 1 to {MOST_REQUESTS}")
    })
}

fn gate_location(text: Option<String>) -> Result<Option<String>, String> {
    match text {
        Some(hint) if !LOCATIONS.contains(&hint.as_str()) => Err(format!(
            "GATE_LOCATION_HINT must be one of {}",
            LOCATIONS.join(", ")
        )),
        hint => Ok(hint),
    }
}

/// Scheme and authority only. Plain HTTP would show credentials to the network, so it is for this machine.
pub(crate) fn base_url(text: &str) -> Result<String, String> {
    let url = text.strip_suffix('/').unwrap_or(text);
    let (host, secure) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(host), _) => (host, true),
        (_, Some(host)) => (host, false),
        _ => return Err("must start with https://".to_owned()),
    };
    let host = authority(host)?;
    let name = host
        .rsplit_once(':')
        .map_or(host.as_str(), |(name, _)| name);
    if !secure && !matches!(name, "localhost" | "127.0.0.1" | "[::1]") {
        return Err("must start with https:// (http:// is for localhost only)".to_owned());
    }
    Ok(url.to_owned())
}

fn authority(text: &str) -> Result<String, String> {
    let allowed = |c: char| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | ':' | '[' | ']')
    };
    if text.is_empty() || !text.chars().all(allowed) {
        return Err("must name a host in lower case, with a port if it is not the usual one, and nothing else".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(changes: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        Config::from_lookup(|name| {
            if let Some((_, value)) = changes.iter().find(|(changed, _)| *changed == name) {
                return (!value.is_empty()).then(|| (*value).to_owned());
            }
            let value = match name {
                "PUBLIC_URL" => "https://mindflow.example/",
                "ORIGIN_URL" => "http://127.0.0.1:8788",
                "ORIGIN_AUTHORITY" => "origin.mindflow.example",
                "TOKEN_PUBLIC_KEYS" => {
                    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#
                }
                "SIGNING_KEYS" => {
                    "k1=uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
                }
                "CALLBACK_KEYS" => "c1=qf3Uu2mrVbC7tQrpIv4VjLUzRrhgVb8KkmNVZQWBfS0=",
                _ => return None,
            };
            Some(value.to_owned())
        })
    }

    #[test]
    fn a_complete_configuration_is_read_and_slashes_are_trimmed() {
        let config = config(&[]).unwrap();
        assert_eq!(config.public_url, "https://mindflow.example");
        assert_eq!(config.origin_url, "http://127.0.0.1:8788");
        assert_eq!(config.public_authority(), "mindflow.example");
    }

    #[test]
    fn every_problem_is_reported_by_name_and_without_the_value() {
        let problems = config(&[
            ("PUBLIC_URL", ""),
            ("ORIGIN_URL", "http://origin.example"),
            ("ORIGIN_AUTHORITY", "Origin/x"),
            ("TOKEN_PUBLIC_KEYS", "secret-ish"),
            ("SIGNING_KEYS", "k1=c2hvcnQ="),
            ("CALLBACK_KEYS", "k1=c2hvcnQ="),
        ])
        .unwrap_err();
        assert_eq!(problems.len(), 6, "{problems:?}");
        for (problem, name) in problems.iter().zip([
            "PUBLIC_URL",
            "ORIGIN_URL",
            "ORIGIN_AUTHORITY",
            "TOKEN_PUBLIC_KEYS",
            "SIGNING_KEYS",
            "CALLBACK_KEYS",
        ]) {
            assert!(problem.starts_with(name), "{problem}");
            assert!(
                !problem.contains("secret-ish") && !problem.contains("c2hvcnQ"),
                "{problem}"
            );
        }
    }

    #[test]
    fn what_may_be_left_out_must_be_usable_where_it_is_said() {
        let usual = config(&[]).unwrap();
        assert_eq!(
            (usual.user_limit.requests(), usual.gate_location),
            (120, None)
        );
        let said = [
            ("USER_REQUESTS_PER_MINUTE", "7"),
            ("GATE_LOCATION_HINT", "weur"),
        ];
        let said = config(&said).unwrap();
        assert_eq!(
            (said.user_limit.requests(), said.gate_location.as_deref()),
            (7, Some("weur"))
        );
        for bad in ["0", "-1", "1.5", "many", "10000001"] {
            let problems = config(&[("USER_REQUESTS_PER_MINUTE", bad)]).unwrap_err();
            assert!(problems[0].starts_with("USER_REQUESTS_PER_MINUTE"), "{bad}");
        }
        let problems = config(&[("GATE_LOCATION_HINT", "frankfurt")]).unwrap_err();
        assert!(problems[0].starts_with("GATE_LOCATION_HINT"));
        assert!(!usual.cors_origins.allow(Some("https://app.example")));
        let listed = config(&[("CORS_ORIGINS", "https://app.example")]).unwrap();
        assert!(listed.cors_origins.allow(Some("https://app.example")));
        let problems = config(&[("CORS_ORIGINS", "https://app.example, *")]).unwrap_err();
        assert!(problems[0].starts_with("CORS_ORIGINS must"), "{problems:?}");
    }

    #[test]
    fn the_two_directions_share_no_secret() {
        let secret = "qf3Uu2mrVbC7tQrpIv4VjLUzRrhgVb8KkmNVZQWBfS0=";
        let problems = config(&[("SIGNING_KEYS", &format!("other-name={secret}"))]).unwrap_err();
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("CALLBACK_KEYS") && !problems[0].contains(secret));
    }

    #[test]
    fn an_address_is_scheme_and_host_only() {
        for bad in [
            "mindflow.example",
            "https://",
            "https://a/b",
            "https://a?b",
            "ftp://a",
            "https://u@a",
            "HTTPS://a",
        ] {
            assert!(config(&[("PUBLIC_URL", bad)]).is_err(), "{bad}");
        }
        for good in ["https://a", "http://localhost:8787", "http://[::1]:8787"] {
            assert!(config(&[("PUBLIC_URL", good)]).is_ok(), "{good}");
        }
    }
}
