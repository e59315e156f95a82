//! `origin-api admin user`: what an operator does to accounts.
//!
//! Each change keeps what the gate must know in its own statement and tells the edge at once, from here. When the edge
//! does not answer, the change holds all the same, at the origin at once, and the serving origin goes on telling.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::json;
use shared_types::gate::GateEffects;
use shared_types::id::UserId;
use shared_types::time::rfc3339_millis;

use crate::app::{App, Shared};
use crate::config::mail::Mail;
use crate::db::admin::{self, Account, Wanted, WayBack};
use crate::db::deliveries::{Delivery, forget_deliveries};
use crate::db::gate_effects::Telling;
use crate::db::mails::NewLink;
use crate::db::removal;
use crate::delivery::Courier;
use crate::domain::links::{Purpose, Token};
use crate::error::{Source, chain};

/// Accounts in a list, unless asked otherwise, and at most.
const PAGE: i64 = 100;
const LARGEST_PAGE: i64 = 1000;

/// Does what the arguments after `admin user` say; gives what is to be printed, or `None` for arguments that say
/// nothing known.
///
/// # Errors
/// What went wrong, with the remedy.
pub async fn run(app: App, arguments: &[&str]) -> Result<Option<String>, Source> {
    let app = Arc::new(app);
    Ok(Some(match arguments {
        ["list", options @ ..] => match Listing::parse(options) {
            Some(listing) => list(&app, &listing).await?,
            None => return Ok(None),
        },
        ["disable", wanted] => disable(&app, &find(&app, wanted).await?).await?,
        ["enable", wanted] => enable(&app, &find(&app, wanted).await?).await?,
        ["reset", wanted] => reset(&app, &find(&app, wanted).await?).await?,
        ["delete", wanted] => {
            let account = find(&app, wanted).await?;
            let told = format!(
                "this deletes {} and everything in it for good; say so with --yes",
                shown(&account)
            );
            return Err(told.into());
        }
        ["delete", wanted, "--yes"] => delete(&app, &find(&app, wanted).await?).await?,
        _ => return Ok(None),
    }))
}

/// Which accounts are listed, and how.
#[derive(Debug, PartialEq, Eq)]
struct Listing {
    json: bool,
    after: Option<UserId>,
    most: i64,
}

impl Listing {
    fn parse(mut options: &[&str]) -> Option<Self> {
        let mut listing = Self {
            json: false,
            after: None,
            most: PAGE,
        };
        loop {
            options = match options {
                [] => return Some(listing),
                ["--json", rest @ ..] => {
                    listing.json = true;
                    rest
                }
                ["--after", id, rest @ ..] => {
                    listing.after = Some(UserId::parse(id)?);
                    rest
                }
                ["--limit", most, rest @ ..] => {
                    let most = most.parse().ok();
                    listing.most = most.filter(|most| (1..=LARGEST_PAGE).contains(most))?;
                    rest
                }
                _ => return None,
            };
        }
    }
}

async fn list(app: &App, listing: &Listing) -> Result<String, Source> {
    let mut accounts = admin::list_accounts(&app.db, listing.after, listing.most + 1).await?;
    let has_more = usize::try_from(listing.most).is_ok_and(|most| accounts.len() > most);
    if has_more {
        accounts.pop();
    }
    let next = accounts.last().filter(|_| has_more).map(|last| last.user);
    if listing.json {
        let items: Vec<_> = accounts.iter().map(as_json).collect();
        return Ok(serde_json::to_string_pretty(
            &json!({"items": items, "next": next}),
        )?);
    }
    let mut text = String::from("id\temail\tcreated\tdisabled\tlast used\n");
    for account in &accounts {
        let disabled = account
            .disabled_at
            .map_or_else(|| "-".to_owned(), rfc3339_millis);
        let last_used = account
            .last_used_on
            .map_or_else(|| "-".to_owned(), |day| day.to_string());
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{}\t{}\t{}\t{disabled}\t{last_used}",
            account.user,
            account.email,
            rfc3339_millis(account.created_at)
        );
    }
    if let Some(next) = next {
        let _ = writeln!(text, "There are more: --after {next}");
    }
    text.truncate(text.trim_end().len());
    Ok(text)
}

fn as_json(account: &Account) -> serde_json::Value {
    json!({
        "id": account.user,
        "email": account.email,
        "created_at": rfc3339_millis(account.created_at),
        "disabled_at": account.disabled_at.map(rfc3339_millis),
        "last_used_on": account.last_used_on.map(|day| day.to_string()),
    })
}

async fn find(app: &App, wanted: &str) -> Result<Account, Source> {
    let found = admin::find_account(&app.db, &Wanted::parse(wanted)).await?;
    found.ok_or_else(|| {
        format!("there is no account {wanted}; origin-api admin user list shows them all").into()
    })
}

async fn disable(app: &Shared, account: &Account) -> Result<String, Source> {
    let telling = app.telling();
    let Some(changed) = admin::disable_account(&app.db, account.user, &telling).await? else {
        return Ok(format!("{} is disabled already.", shown(account)));
    };
    let told = tell(app, account, &telling, changed.version, changed.effects).await?;
    Ok(format!(
        "{} is disabled: every session, key and app has ended, and nobody can log in.\n{told}",
        shown(account)
    ))
}

async fn enable(app: &App, account: &Account) -> Result<String, Source> {
    let changed = admin::enable_account(&app.db, account.user).await?;
    Ok(match changed {
        None => format!("{} is not disabled.", shown(account)),
        Some(_) => format!(
            "{} is enabled: its user can log in; keys and apps have to be made anew.",
            shown(account)
        ),
    })
}

async fn reset(app: &Shared, account: &Account) -> Result<String, Source> {
    let telling = app.telling();
    // Of a password that nobody knows, this process included.
    let unknown = Token::new(app.random()).text();
    let mut salt = [0; 16];
    app.rng.fill(&mut salt);
    let password_hash = app.passwords.hash(unknown, salt).await;
    let password_hash = password_hash.map_err(|_| "the new password could not be hashed")?;
    let link = Token::new(app.random());
    let (way_back, how) = match app.config.mail {
        Mail::Smtp(_) => (
            WayBack::Mail(app.new_id()),
            format!(
                "A link that sets a new password is on its way to {}.",
                account.email
            ),
        ),
        Mail::Logged | Mail::Off => (
            WayBack::Link(NewLink {
                purpose: Purpose::Reset,
                token_hash: link.hash(),
                expires_at: Purpose::Reset.ends_at(telling.at),
            }),
            format!(
                "There is no mail server (SMTP_URL). Hand this link over; it sets a new password, once, within an hour:\n{}",
                link.link(Purpose::Reset, &app.config.public_url)
            ),
        ),
    };
    let changed = admin::reset_account(&app.db, account.user, &password_hash, &way_back, &telling);
    let changed = changed.await?.ok_or("the account is gone")?;
    let told = tell(app, account, &telling, changed.version, changed.effects).await?;
    let still_disabled = if account.disabled_at.is_some() {
        "\nIt is disabled: the link works once origin-api admin user enable was run."
    } else {
        ""
    };
    Ok(format!(
        "{} is reset: every session, key and app has ended, and the password holds no more.\n{told}\n{how}{still_disabled}",
        shown(account)
    ))
}

async fn delete(app: &Shared, account: &Account) -> Result<String, Source> {
    let telling = app.telling();
    let removed = removal::remove_user(&app.db, account.user, &telling).await?;
    let removed = removed.ok_or("the account is gone already")?;
    let told = tell(app, account, &telling, removed.version, removed.effects).await?;
    Ok(format!(
        "{} is deleted, with everything that was in it.\n{told}",
        shown(account)
    ))
}

/// Tells the edge; gives the sentence that says whether it knows.
async fn tell(
    app: &Shared,
    account: &Account,
    telling: &Telling,
    version: i64,
    effects: Option<GateEffects>,
) -> Result<String, Source> {
    let effects = effects.ok_or("the change tells the gate nothing")?;
    let delivery = Delivery {
        user: account.user,
        id: telling.id,
        version,
        effects,
        created_at: telling.at,
    };
    let news = delivery.news(app.db.epoch());
    match Courier::new(Arc::clone(app))?.tell(&news).await {
        Ok(()) => {
            // Told twice does no harm: the change has been made, and that is what is to be said.
            if let Err(error) = forget_deliveries(&app.db, &[&delivery]).await {
                return Ok(format!(
                    "The edge knows; the serving origin will tell it once more ({}).",
                    chain(&error)
                ));
            }
            Ok("The edge knows.".to_owned())
        }
        Err(error) => Ok(format!(
            "The edge does not know yet: {}. The origin refuses these credentials already, and tells the edge until it answers.",
            chain(&error)
        )),
    }
}

fn shown(account: &Account) -> String {
    format!("{} ({})", account.email, account.user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_asked_for_by_page() {
        let id = "0198c5a0-0000-7000-8000-0000000000aa";
        let parsed = |options: &[&str]| Listing::parse(options);
        let listing = |json, after: Option<&str>, most| {
            let after = after.map(|id| UserId::parse(id).unwrap());
            Some(Listing { json, after, most })
        };
        assert_eq!(parsed(&[]), listing(false, None, 100));
        assert_eq!(
            parsed(&["--limit", "7", "--json", "--after", id]),
            listing(true, Some(id), 7)
        );
        for bad in [
            &["--limit", "0"][..],
            &["--limit", "1001"],
            &["--limit"],
            &["--after", "1"],
            &["--all"],
        ] {
            assert_eq!(parsed(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_account_is_meant_by_its_id_or_its_address() {
        let id = "0198c5a0-0000-7000-8000-0000000000aa";
        assert_eq!(Wanted::parse(id), Wanted::Id(UserId::parse(id).unwrap()));
        assert_eq!(
            Wanted::parse(" Ada@Example.com"),
            Wanted::Email("ada@example.com".to_owned())
        );
    }
}
