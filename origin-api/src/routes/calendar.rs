//! `/api/calendar-token` and `/api/calendar.ics`: the feed that calendars read, and its own credential.

use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use shared_types::calendar::{CalendarToken, FEED_PATH};
use shared_types::id::CredentialId;

use crate::app::Shared;
use crate::db::calendar_tokens::{self, Created, Written};
use crate::db::revocation::Outcome;
use crate::db::tasks;
use crate::domain::api_keys::Issued;
use crate::domain::calendar::feed;
use crate::error::Error;
use crate::extract::{AccountHolder, Change, Input, SignedIn};
use crate::reply::{REPLAYED, Reply};

/// Ask whether the calendar feed is open.
///
/// Whether there is a token for it, since when, and when a calendar last read it. The token itself is never shown again.
#[utoipa::path(
    get, path = "/api/calendar-token", tag = "Data", security(("bearer" = ["account"])),
    responses((status = OK, description = "Whether there is a token.", body = CalendarToken)),
)]
pub async fn get_calendar_token(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    _: Input,
) -> Result<Reply, Error> {
    let read = calendar_tokens::find_calendar_token(&app.db, &caller).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    Reply::tagged_json(&read.found, read.version)
}

/// Open the calendar feed, or give it a new address.
///
/// The answer has the `url` to subscribe to, for a year and this once; whoever has it can read the titles and dates of
/// the open tasks, and nothing else. An address that was given before holds no longer from the next request on.
#[utoipa::path(
    post, path = "/api/calendar-token", tag = "Data", security(("bearer" = ["account"])),
    responses((status = CREATED, description = "The new token, with the address of the feed.", body = CalendarToken)),
)]
pub async fn create_calendar_token(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    change: Change<()>,
) -> Result<Reply, Error> {
    let keys = app.config.token_keys.current();
    let url = &app.config.public_url;
    let issued = Issued::for_feed(&caller, CredentialId(app.new_id()), url, &keys);
    let (key, telling) = (change.terms.key.as_ref(), app.telling());
    let written = calendar_tokens::create_calendar_token(&app.db, &caller, key, &issued, telling);
    let Written { outcome, version } = written.await?.ok_or(Error::Unauthenticated)?;
    let created = |issued: &Issued| {
        let secret = issued.secret(&keys).map_err(Error::internal)?;
        let token = CalendarToken {
            exists: true,
            created_at: Some(issued.created_at()),
            expires_at: Some(issued.expires_at()),
            last_used_on: None,
            url: Some(format!("{url}{FEED_PATH}?token={secret}")),
        };
        let reply = Reply::json(StatusCode::CREATED, &token)?;
        Ok::<_, Error>(reply.field(header::LOCATION, "/api/calendar-token"))
    };
    let (reply, effects) = match outcome {
        Created::Done(effects) => (created(&issued)?, effects),
        Created::Replayed(issued, effects) => (created(&issued)?.field(REPLAYED, "true"), effects),
        Created::KeyReused => (Error::key_reused().into(), None),
    };
    let reply = match effects {
        Some(effects) => reply.effects(&effects)?,
        None => reply,
    };
    Ok(reply.version(version))
}

/// Close the calendar feed.
///
/// Its address is refused from the next request on.
#[utoipa::path(
    delete, path = "/api/calendar-token", tag = "Data", security(("bearer" = ["account"])),
    responses(
        (status = NO_CONTENT, description = "The feed is closed."),
        (status = NOT_FOUND, description = "There is no token."),
    ),
)]
pub async fn delete_calendar_token(
    State(app): State<Shared>,
    AccountHolder(caller): AccountHolder,
    change: Change<()>,
) -> Result<Reply, Error> {
    let (key, telling) = (change.terms.key.as_ref(), app.telling());
    let written = calendar_tokens::revoke_calendar_token(&app.db, &caller, key, telling).await?;
    let Written { outcome, version } = written.ok_or(Error::Unauthenticated)?;
    let reply = match outcome {
        Outcome::Done(effects) => Reply::no_content().effects(&effects)?,
        Outcome::Replayed(effects) => Reply::no_content()
            .effects(&effects)?
            .field(REPLAYED, "true"),
        Outcome::KeyReused => Error::key_reused().into(),
        Outcome::NotFound => Error::NotFound.into(),
    };
    Ok(reply.version(version))
}

/// Read the calendar feed.
///
/// Every open task that is due, and the dates on which it will come again, as iCalendar (RFC 5545), for calendars that
/// subscribe to an address. Its `token` is that of `POST /api/calendar-token`.
#[utoipa::path(
    get, path = FEED_PATH, tag = "Data", security(("calendar" = [])),
    responses((status = OK, description = "The calendar.", body = String, content_type = "text/calendar")),
)]
pub async fn get_calendar_feed(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    _: Input,
) -> Result<Reply, Error> {
    let read = tasks::list_dated_tasks(&app.db, &caller).await?;
    let read = read.ok_or(Error::Unauthenticated)?;
    let text = feed(&read.found, caller.now);
    let digest = Sha256::digest(text.as_bytes());
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..12]));
    Ok(
        Reply::stream("text/calendar; charset=utf-8", Body::from(text))
            .version(read.version)
            .field(header::ETAG, &tag)
            .field(
                header::CONTENT_DISPOSITION,
                "inline; filename=\"mindflow.ics\"",
            ),
    )
}
