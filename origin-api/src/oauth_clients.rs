//! `origin-api admin oauth-client`: the clients that an operator makes known.

use std::fmt::Write as _;

use serde_json::json;
use shared_types::time::rfc3339_millis;

use crate::app::App;
use crate::db::oauth::clients::{
    Listed, list_operator_clients, remove_operator_client, store_client,
};
use crate::domain::oauth::client::{self, Client, Kind, hash_of};
use crate::domain::oauth::redirect::{EXPECTED, RedirectUri};
use crate::error::Source;
use crate::routes::oauth::register::new_secret;

/// Does what the arguments after `admin oauth-client` say; gives what is to be printed, or `None` for arguments that say
/// nothing known.
///
/// # Errors
/// What went wrong, with the remedy.
pub async fn run(app: &App, arguments: &[&str]) -> Result<Option<String>, Source> {
    Ok(Some(match arguments {
        ["add", name, options @ ..] if !name.starts_with("--") => match New::parse(options)? {
            Some(new) => add(app, name, &new).await?,
            None => return Ok(None),
        },
        ["list"] => as_text(&list_operator_clients(&app.db).await?),
        ["list", "--json"] => as_json(&list_operator_clients(&app.db).await?)?,
        ["remove", id] => remove(app, id).await?,
        _ => return Ok(None),
    }))
}

/// What a new client is like.
#[derive(Debug, PartialEq, Eq)]
struct New {
    redirect_uris: Vec<String>,
    without_pkce: bool,
}

impl New {
    fn parse(mut options: &[&str]) -> Result<Option<Self>, Source> {
        let mut new = Self {
            redirect_uris: Vec::new(),
            without_pkce: false,
        };
        loop {
            options = match options {
                [] => break,
                ["--without-pkce", rest @ ..] => {
                    new.without_pkce = true;
                    rest
                }
                ["--redirect-uri", uri, rest @ ..] => {
                    let uri = RedirectUri::parse(uri)
                        .ok_or_else(|| format!("--redirect-uri {EXPECTED}"))?;
                    new.redirect_uris.push(uri.as_str().to_owned());
                    rest
                }
                _ => return Ok(None),
            };
        }
        // The callbacks of a Custom GPT follow a pattern; any other client's are listed.
        Ok((new.without_pkce == new.redirect_uris.is_empty()).then_some(new))
    }
}

async fn add(app: &App, name: &str, new: &New) -> Result<String, Source> {
    let shown = client::name(Some(name), "");
    if shown.is_empty() || shown != name {
        return Err("the name must have 1 to 100 characters that can be seen".into());
    }
    let secret = new_secret(app);
    let client = Client {
        id: app.new_id().to_string(),
        kind: Kind::Operator,
        name: shown,
        redirect_uris: new.redirect_uris.clone(),
        secret_hash: Some(hash_of(&secret)),
        needs_pkce: !new.without_pkce,
    };
    store_client(&app.db, &client, app.clock.now(), None).await?;
    let url = &app.config.public_url;
    Ok(format!(
        "client_id={}\nclient_secret={secret}\nThe secret is shown this once. Authorization URL: {url}/oauth/authorize, token URL: {url}/oauth/token, scope: tasks:read tasks:write",
        client.id
    ))
}

async fn remove(app: &App, id: &str) -> Result<String, Source> {
    if remove_operator_client(&app.db, id).await? {
        Ok(format!(
            "{id} is removed: it can ask for and refresh nothing any more."
        ))
    } else {
        Err(
            format!("there is no client {id}; origin-api admin oauth-client list shows them all")
                .into(),
        )
    }
}

fn as_text(clients: &[Listed]) -> String {
    let mut text = String::from("client_id\tname\tcreated\tredirects");
    for Listed { client, created_at } in clients {
        let redirects = if client.needs_pkce {
            client.redirect_uris.join(" ")
        } else {
            "Custom GPTs, without PKCE".to_owned()
        };
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n{}\t{}\t{}\t{redirects}",
            client.id,
            client.name,
            rfc3339_millis(*created_at)
        );
    }
    text
}

fn as_json(clients: &[Listed]) -> Result<String, serde_json::Error> {
    let clients: Vec<_> = clients
        .iter()
        .map(|Listed { client, created_at }| {
            json!({
                "client_id": client.id,
                "name": client.name,
                "created_at": rfc3339_millis(*created_at),
                "redirect_uris": client.redirect_uris,
                "without_pkce": !client.needs_pkce,
            })
        })
        .collect();
    serde_json::to_string_pretty(&clients)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_listed_callbacks_or_is_a_custom_gpts() {
        let parse = |options: &[&str]| New::parse(options).map_err(|error| error.to_string());
        let new = |uris: &[&str], without_pkce| {
            Ok(Some(New {
                redirect_uris: uris.iter().map(|uri| (*uri).to_owned()).collect(),
                without_pkce,
            }))
        };
        assert_eq!(parse(&["--without-pkce"]), new(&[], true));
        let uri = "https://a.example/cb";
        assert_eq!(parse(&["--redirect-uri", uri]), new(&[uri], false));
        for nothing in [
            &[][..],
            &["--redirect-uri"],
            &["--redirect-uri", uri, "--without-pkce"],
            &["--public"],
        ] {
            assert_eq!(parse(nothing), Ok(None), "{nothing:?}");
        }
        assert!(parse(&["--redirect-uri", "http://a.example"]).is_err());
    }
}
