//! `/oauth/authorize`: where a user decides whether an app may do something.
//!
//! Nobody is sent to an address before it is certain that it is the client's: until then, what is wrong is said on a
//! page. What a page does is decided by its own address, query and all, to which its form is sent; a form counts only when
//! this site's own page has sent it (`Origin`), and an allowance only from the session and for the query that the page was
//! made for.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::json;
use shared_types::account::Login;
use shared_types::caller::CredentialKind;
use shared_types::id::CredentialId;
use shared_types::validate;

use super::pages::{self, Consent, Form};
use super::{charge, form};
use crate::app::{App, Shared};
use crate::client_documents::{Described, Unusable};
use crate::db::Caller;
use crate::db::login::Charge;
use crate::db::oauth::clients::{find_client, store_client};
use crate::db::oauth::codes::{Consenter, NewCode, create_code, find_consenter};
use crate::db::throttles;
use crate::domain::client_address::ClientAddress;
use crate::domain::oauth::client::{Client, hash_of};
use crate::domain::oauth::document;
use crate::domain::oauth::params::Params;
use crate::domain::oauth::redirect::RedirectUri;
use crate::domain::oauth::refusal::{Code, Refusal};
use crate::domain::oauth::request::Asked;
use crate::error::Error;
use crate::reply::{Reply, cookie_name};
use crate::routes::auth::open_session;

/// How long a code holds.
const CODE: SignedDuration = SignedDuration::from_secs(60);

/// A request whose client is known, and which may be answered where it says.
struct Request {
    client: Client,
    redirect: RedirectUri,
    state: Option<String>,
    params: Params,
}

/// A user who is signed in.
struct SignedIn {
    caller: Caller,
    consenter: Consenter,
}

/// Shows the page.
pub async fn show(
    State(app): State<Shared>,
    address: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    settled(decide_what_to_show(&app, &address, &headers, &uri).await)
}

async fn decide_what_to_show(
    app: &App,
    address: &ClientAddress,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Response, Stop> {
    let query = uri.query().unwrap_or_default();
    let request = Request::read(app, address, query).await?;
    let asked = request.asked(app)?;
    match signed_in(app, headers).await? {
        Some(user) => Ok(consent(app, &request, &asked, &user, query, None)),
        None => Ok(pages::sign_in(StatusCode::OK, &request.form(), "", None)),
    }
}

/// Takes what the page's form says.
pub async fn decide(
    State(app): State<Shared>,
    address: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    settled(take(&app, &address, &headers, &uri, &body).await)
}

async fn take(
    app: &App,
    address: &ClientAddress,
    headers: &HeaderMap,
    uri: &Uri,
    body: &[u8],
) -> Result<Response, Stop> {
    let origin = headers
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok());
    if origin != Some(app.config.public_url.as_str()) {
        return Err(Stop::Page(
            StatusCode::FORBIDDEN,
            "This form was not sent from this page. Go back to the app and connect again."
                .to_owned(),
        ));
    }
    let query = uri.query().unwrap_or_default();
    let request = Request::read(app, address, query).await?;
    let asked = request.asked(app)?;
    let form = form(headers, body).map_err(Stop::unusable_form)?;
    match form.get("action").map_err(Stop::unusable_form)? {
        "sign_in" => sign_in(app, address, headers, uri, &request, &form).await,
        "switch" => Ok(pages::sign_in(StatusCode::OK, &request.form(), "", None)),
        action => {
            let Some(user) = signed_in(app, headers).await? else {
                return Ok(pages::sign_in(StatusCode::OK, &request.form(), "", None));
            };
            if form.find("seal").ok().flatten() != Some(seal(app, &user.caller, query).as_str()) {
                let note = "You had signed in anew. Look once more, then decide.";
                return Ok(consent(app, &request, &asked, &user, query, Some(note)));
            }
            match action {
                "allow" => allow(app, &request, &asked, &user).await,
                "deny" => {
                    Err(request.refuse(app, &Refusal::new(Code::AccessDenied, "The user said no.")))
                }
                _ => Err(Stop::unusable_form(Refusal::new(
                    Code::InvalidRequest,
                    "action",
                ))),
            }
        }
    }
}

async fn allow(
    app: &App,
    request: &Request,
    asked: &Asked,
    user: &SignedIn,
) -> Result<Response, Stop> {
    let code = format!("mfc_{}", URL_SAFE_NO_PAD.encode(app.random()));
    let now = app.clock.now();
    let new = NewCode {
        hash: hash_of(&code),
        grant: CredentialId(app.new_id()),
        client: &request.client,
        redirect_uri: request.redirect.as_str(),
        asked,
        expires_at: now.checked_add(CODE).unwrap_or(now),
    };
    if create_code(&app.db, &user.caller, &new)
        .await
        .map_err(Error::from)?
    {
        Ok(request.answer(app, &[("code", &code)]))
    } else {
        Ok(pages::sign_in(StatusCode::OK, &request.form(), "", None))
    }
}

async fn sign_in(
    app: &App,
    address: &ClientAddress,
    headers: &HeaderMap,
    uri: &Uri,
    request: &Request,
    form: &Params,
) -> Result<Response, Stop> {
    let field = |name| form.find(name).ok().flatten().unwrap_or_default();
    let email = field("email");
    let login = json!({"email": email, "password": field("password"), "session": "cookie"});
    let again = |status, what| Ok(pages::sign_in(status, &request.form(), email, Some(what)));
    let wrong = "The e-mail address or the password is wrong.";
    let Ok(login) = validate::parse::<Login>(login) else {
        return again(StatusCode::UNAUTHORIZED, wrong);
    };
    match open_session(app, address, headers, &login, None).await {
        Ok(opened) => {
            let cookie = app
                .issuer()
                .cookie(&opened.grant, opened.at)
                .map_err(Error::internal)?;
            let here = uri
                .path_and_query()
                .map_or(uri.path(), PathAndQuery::as_str);
            Ok(Reply::empty(StatusCode::SEE_OTHER)
                .field(header::LOCATION, here)
                .field(header::CACHE_CONTROL, "no-store")
                .set_cookie(&app.config.public_url, &cookie)
                .into_response())
        }
        Err(Error::Unauthenticated) => again(StatusCode::UNAUTHORIZED, wrong),
        Err(Error::Disabled) => again(
            StatusCode::FORBIDDEN,
            "This account is disabled. Ask whoever runs this server.",
        ),
        Err(Error::RateLimited(seconds)) => {
            let what = format!(
                "Too many tries have failed. Wait {}, then try again.",
                pages::duration(seconds)
            );
            let mut page = pages::sign_in(
                StatusCode::TOO_MANY_REQUESTS,
                &request.form(),
                email,
                Some(&what),
            );
            page.headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
            Ok(page)
        }
        Err(error) => Err(error.into()),
    }
}

fn consent(
    app: &App,
    request: &Request,
    asked: &Asked,
    user: &SignedIn,
    query: &str,
    note: Option<&str>,
) -> Response {
    pages::consent(&Consent {
        form: request.form(),
        client: &request.client,
        scopes: asked.scopes,
        email: &user.consenter.email,
        seal: &seal(app, &user.caller, query),
        note,
    })
}

/// What only a page has that was made for this session and this query.
fn seal(app: &App, caller: &Caller, query: &str) -> String {
    let keys = app.config.token_keys.current();
    let input = format!("{} {} {query}", caller.user, caller.credential);
    URL_SAFE_NO_PAD.encode(keys.derive_lasting("consent", input.as_bytes()))
}

impl Request {
    /// The client, and that it may be answered at `redirect_uri`.
    async fn read(app: &App, address: &ClientAddress, query: &str) -> Result<Self, Stop> {
        let page = |what: &str| Stop::Page(StatusCode::BAD_REQUEST, what.to_owned());
        let params = Params::parse(query.as_bytes());
        let id = params
            .get("client_id")
            .map_err(|_| page("The app does not say which one it is (client_id)."))?;
        let client = client(app, address, id).await?;
        let redirect = params
            .get("redirect_uri")
            .ok()
            .and_then(RedirectUri::parse)
            .filter(|uri| client.may_redirect_to(uri))
            .ok_or_else(|| {
                page("The app wants the answer sent to an address that is not registered for it (redirect_uri).")
            })?;
        let state = match params.find("state") {
            Ok(state) => state.map(ToOwned::to_owned),
            Err(_) => return Err(page("The app sends its state more than once.")),
        };
        Ok(Self {
            client,
            redirect,
            state,
            params,
        })
    }

    /// What is asked for; what is wrong with it, the client is told.
    fn asked(&self, app: &App) -> Result<Asked, Stop> {
        Asked::read(&self.params, &self.client, &app.config.public_url)
            .map_err(|refusal| self.refuse(app, &refusal))
    }

    fn form(&self) -> Form<'_> {
        Form {
            name: &self.client.name,
            redirect: &self.redirect,
        }
    }

    fn refuse(&self, app: &App, refusal: &Refusal) -> Stop {
        let parameters = [
            ("error", refusal.code.as_str()),
            ("error_description", &refusal.description),
        ];
        Stop::Answered(Box::new(self.answer(app, &parameters)))
    }

    /// Sends the user back to the app, with who has answered (RFC 9207).
    fn answer(&self, app: &App, parameters: &[(&str, &str)]) -> Response {
        let mut parameters = parameters.to_vec();
        parameters.extend(self.state.as_deref().map(|state| ("state", state)));
        parameters.push(("iss", &app.config.public_url));
        Reply::empty(StatusCode::SEE_OTHER)
            .field(header::LOCATION, &self.redirect.with(&parameters))
            .field(header::CACHE_CONTROL, "no-store")
            .field(header::REFERRER_POLICY, "no-referrer")
            .into_response()
    }
}

/// The client called `id`; one that names itself by an address is described by its document.
async fn client(app: &App, address: &ClientAddress, id: &str) -> Result<Client, Stop> {
    let now = app.clock.now();
    if let Some(client) = find_client(&app.db, id, now).await.map_err(Error::from)? {
        return Ok(client);
    }
    let page = |what: String| Stop::Page(StatusCode::BAD_REQUEST, what);
    if document::host(id).is_none() {
        let what = "The app is not known here. Remove the connection in the app and connect anew, so that it registers again.";
        return Err(page(what.to_owned()));
    }
    let limit = Charge {
        subject: throttles::subject("client document", &[address.as_str()]),
        rate: app.config.rates.documents,
    };
    charge(app, &limit).await?;
    let described = app.documents.fetch(id, now).await;
    let Described { client, lifetime } = described.map_err(|error| match error {
        Unusable::Busy => Stop::Page(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many apps are being connected at this moment. Reload the page in a second."
                .to_owned(),
        ),
        error => page(format!("The description of the app {error}.")),
    })?;
    if let Some(lifetime) = lifetime {
        let until = now.checked_add(lifetime).ok();
        store_client(&app.db, &client, now, until)
            .await
            .map_err(Error::from)?;
    }
    Ok(client)
}

/// The user of the session cookie, which the edge sends on alone and unread, if it holds.
async fn signed_in(app: &App, headers: &HeaderMap) -> Result<Option<SignedIn>, Error> {
    let Some(caller) = session(app, headers) else {
        return Ok(None);
    };
    let consenter = find_consenter(&app.db, &caller).await?;
    Ok(consenter.map(|consenter| SignedIn { caller, consenter }))
}

fn session(app: &App, headers: &HeaderMap) -> Option<Caller> {
    let url = &app.config.public_url;
    let field = headers.get(header::COOKIE)?.to_str().ok()?;
    let (name, token) = field.split_once('=')?;
    if name != cookie_name(url) {
        return None;
    }
    let now = app.clock.now();
    let token = app
        .credentials
        .verify(token, &app.config.token_keys.current())
        .ok()?;
    let identity = token.identity(url, url, now.as_second()).ok()?;
    (identity.kind == CredentialKind::Session).then(|| Caller {
        user: identity.user,
        credential: identity.credential,
        generation: token.claims().r#gen,
        now,
    })
}

/// What ends a request before its time.
enum Stop {
    /// What is wrong is said on a page: there is nobody else who may be told.
    Page(StatusCode, String),
    /// The client is told.
    Answered(Box<Response>),
    /// Anything that could come of any request.
    Failed(Error),
}

impl Stop {
    fn unusable_form(_: Refusal) -> Self {
        Self::Page(
            StatusCode::BAD_REQUEST,
            "The form did not arrive whole. Go back and try again.".to_owned(),
        )
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

fn settled(result: Result<Response, Stop>) -> Response {
    match result {
        Ok(response) => response,
        Err(Stop::Answered(response)) => *response,
        Err(Stop::Page(status, what)) => pages::refusal(status, &what),
        Err(Stop::Failed(error)) => {
            // It logs itself, and knows its status and when to come again.
            let (parts, _) = error.into_response().into_parts();
            let what = match parts.status {
                StatusCode::TOO_MANY_REQUESTS => {
                    "Too many tries came from your network. Wait a little, then connect again."
                }
                StatusCode::SERVICE_UNAVAILABLE => {
                    "A part of MindFlow is away at this moment. Reload the page in a second."
                }
                _ => "Something went wrong here, not at your side. Try again later.",
            };
            let mut page = pages::refusal(parts.status, what);
            if let Some(seconds) = parts.headers.get(header::RETRY_AFTER) {
                page.headers_mut()
                    .insert(header::RETRY_AFTER, seconds.clone());
            }
            page
        }
    }
}
