//! The pages of `/oauth/authorize`: signing in, deciding, and what is wrong. No script, nothing loaded from elsewhere; the
//! one style sheet is allowed by its hash, and no other site may show a page in a frame.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use shared_types::scope::{Scope, Scopes};

use crate::docs::markup::Html;
use crate::domain::oauth::client::{Client, Kind};
use crate::domain::oauth::redirect::RedirectUri;

const STYLE: &str = include_str!("consent.css");
const MARK: &str = "<svg class=\"mark\" viewBox=\"0 0 32 32\" width=\"44\" height=\"44\" aria-hidden=\"true\" focusable=\"false\"><rect width=\"32\" height=\"32\" rx=\"9\"/><path d=\"M8 20c4 0 4-8 8-8s4 8 8 8\"/></svg>";
const TICK: &str = "<svg viewBox=\"0 0 20 20\" width=\"20\" height=\"20\" aria-hidden=\"true\" focusable=\"false\"><path d=\"M4 10.5l4 4 8-9\"/></svg>";
const BAR: &str = "<svg viewBox=\"0 0 20 20\" width=\"20\" height=\"20\" aria-hidden=\"true\" focusable=\"false\"><path d=\"M5 10h10\"/></svg>";

/// Whose form a page is, and where what follows it may lead.
pub(super) struct Form<'a> {
    /// What the app calls itself.
    pub(super) name: &'a str,
    /// Where the user is sent in the end.
    pub(super) redirect: &'a RedirectUri,
}

/// What a user decides about.
pub(super) struct Consent<'a> {
    /// Whose form it is.
    pub(super) form: Form<'a>,
    /// The app.
    pub(super) client: &'a Client,
    /// What it asks for.
    pub(super) scopes: Scopes,
    /// Who decides.
    pub(super) email: &'a str,
    /// What shows that this page was the one that was answered.
    pub(super) seal: &'a str,
    /// What happened meanwhile.
    pub(super) note: Option<&'a str>,
}

/// Asks to sign in.
pub(super) fn sign_in(
    status: StatusCode,
    form: &Form<'_>,
    email: &str,
    problem: Option<&str>,
) -> Response {
    let mut html = head("Sign in to MindFlow");
    html.raw("<h1>Sign in to MindFlow</h1>\n<p class=\"lead\">to connect <strong>")
        .text(form.name)
        .raw("</strong></p>\n");
    if let Some(problem) = problem {
        html.raw("<p class=\"problem\" role=\"alert\" id=\"problem\">")
            .text(problem)
            .raw("</p>\n");
    }
    let focus = if email.is_empty() {
        ["autofocus ", ""]
    } else {
        ["", "autofocus "]
    };
    html.raw("<form method=\"post\">\n<label for=\"email\">E-mail address</label>\n<input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"username\" required ")
        .raw(focus[0])
        .raw("value=\"")
        .text(email)
        .raw("\">\n<label for=\"password\">Password</label>\n<input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required ")
        .raw(focus[1])
        .raw(">\n<button class=\"primary\" name=\"action\" value=\"sign_in\">Sign in</button>\n</form>\n<p class=\"foot\">You decide on the next page what ")
        .text(form.name)
        .raw(" may do.</p>\n");
    page(status, html, Some(form.redirect))
}

/// Asks to allow or to deny.
pub(super) fn consent(consent: &Consent<'_>) -> Response {
    let Consent { form, client, .. } = consent;
    let mut html = head("Allow an app");
    html.raw("<h1>Allow <strong>")
        .text(form.name)
        .raw("</strong> to use your MindFlow?</h1>\n<p class=\"lead\">");
    who(&mut html, client);
    html.raw("</p>\n");
    if let Some(note) = consent.note {
        html.raw("<p class=\"problem\" role=\"alert\">")
            .text(note)
            .raw("</p>\n");
    }
    html.raw("<h2>It will be able to</h2>\n<ul class=\"may\">\n");
    for scope in consent.scopes.iter() {
        html.raw("<li>")
            .raw(TICK)
            .raw("<span>")
            .raw(in_plain_words(scope))
            .raw("</span></li>\n");
    }
    html.raw("</ul>\n<h2>It will not be able to</h2>\n<ul class=\"not\">\n<li>")
        .raw(BAR)
        .raw("<span>see or change your password, e-mail address or account</span></li>\n");
    if !consent.scopes.contains(Scope::TasksWrite) {
        html.raw("<li>")
            .raw(BAR)
            .raw("<span>change or delete anything</span></li>\n");
    }
    if !consent.scopes.contains(Scope::TasksRead) {
        html.raw("<li>")
            .raw(BAR)
            .raw("<span>read your tasks</span></li>\n");
    }
    html.raw("</ul>\n<dl>\n<div><dt>Goes back to</dt><dd>");
    whereto(&mut html, form.redirect);
    html.raw("</dd></div>\n<div><dt>Signed in as</dt><dd>")
        .text(consent.email)
        .raw("</dd></div>\n</dl>\n<form method=\"post\">\n<input type=\"hidden\" name=\"seal\" value=\"")
        .text(consent.seal)
        .raw("\">\n<div class=\"choice\">\n<button class=\"primary\" name=\"action\" value=\"allow\">Allow</button>\n<button name=\"action\" value=\"deny\">Deny</button>\n</div>\n<button class=\"quiet\" name=\"action\" value=\"switch\">Use another account</button>\n</form>\n<p class=\"foot\">It may do this until you end it, which you can at any time. A new password ends it too.</p>\n");
    page(StatusCode::OK, html, Some(form.redirect))
}

/// Says what is wrong, to the one who sees it.
pub(super) fn refusal(status: StatusCode, what: &str) -> Response {
    let mut html = head("This does not work");
    html.raw("<h1>This does not work</h1>\n<p class=\"lead\">")
        .text(what)
        .raw("</p>\n<p class=\"foot\">Nothing was allowed, and nothing was sent to the app. You can close this page.</p>\n");
    page(status, html, None)
}

/// Who asks, and how far that is certain.
fn who(html: &mut Html, client: &Client) {
    match (client.kind, client.verified_host()) {
        (Kind::Document, Some(host)) => {
            html.raw("An app of <strong>").text(host).raw("</strong>.");
        }
        (Kind::Operator, _) => {
            html.raw("Set up by whoever runs this MindFlow.");
        }
        _ => {
            html.raw("This name is the app\u{2019}s own word; nobody has checked it. Go on only if you have just started this yourself.");
        }
    }
}

fn whereto(html: &mut Html, redirect: &RedirectUri) {
    if redirect.is_loopback() {
        html.raw("a program on this computer (")
            .text(redirect.origin())
            .raw(")");
    } else {
        html.text(redirect.host());
    }
}

const fn in_plain_words(scope: Scope) -> &'static str {
    match scope {
        Scope::TasksRead => {
            "see your tasks, projects, history and preferences, and what you should do next"
        }
        Scope::TasksWrite => "add, change, complete and delete tasks, and change your preferences",
        // No app is ever granted it.
        Scope::Account => "manage your account",
    }
}

/// `seconds` as one would say it.
pub(super) fn duration(seconds: u32) -> String {
    let counted = |count: u32, unit: &str| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {unit}{plural}")
    };
    if seconds < 60 {
        counted(seconds, "second")
    } else {
        counted(seconds.div_ceil(60), "minute")
    }
}

fn head(title: &'static str) -> Html {
    let mut html = Html::default();
    html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n<title>")
        .raw(title)
        .raw("</title>\n<style>")
        .raw(STYLE)
        .raw("</style>\n</head>\n<body>\n<main>\n")
        .raw(MARK);
    html
}

fn page(status: StatusCode, mut html: Html, redirect: Option<&RedirectUri>) -> Response {
    html.raw("</main>\n</body>\n</html>\n");
    let mut response = Response::new(Body::from(html.into_string()));
    *response.status_mut() = status;
    let fixed = HeaderValue::from_static;
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, fixed("text/html; charset=utf-8"));
    fields.insert(header::CACHE_CONTROL, fixed("no-store"));
    // Not `no-referrer`: the form would come with `Origin: null`.
    fields.insert(header::REFERRER_POLICY, fixed("same-origin"));
    if let Ok(policy) = HeaderValue::from_str(&policy(redirect)) {
        fields.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Chromium holds `form-action` against the redirect that follows a form, too, so where that leads is allowed by name.
fn policy(redirect: Option<&RedirectUri>) -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let form = match redirect {
        None => "'none'".to_owned(),
        // The policy's grammar knows no IPv6 address.
        Some(uri) if uri.host() == "[::1]" => "'self' http:".to_owned(),
        Some(uri) => format!("'self' {}", uri.origin()),
    };
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action {form}; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(response: Response) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let body = runtime.block_on(axum::body::to_bytes(response.into_body(), usize::MAX));
        String::from_utf8(body.unwrap().to_vec()).unwrap()
    }

    fn client(kind: Kind) -> Client {
        Client {
            id: "https://a.example/c.json".to_owned(),
            kind,
            name: "<b>Evil</b>".to_owned(),
            redirect_uris: Vec::new(),
            secret_hash: None,
            needs_pkce: true,
        }
    }

    fn of(client: &Client, redirect: &str, scopes: &str) -> (String, String) {
        let redirect = RedirectUri::parse(redirect).unwrap();
        let response = consent(&Consent {
            form: Form {
                name: &client.name,
                redirect: &redirect,
            },
            client,
            scopes: Scopes::parse(scopes).unwrap(),
            email: "ada@example.com",
            seal: "s",
            note: None,
        });
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .to_owned();
        (text(response), policy)
    }

    #[test]
    fn who_asks_where_it_goes_and_what_for_are_said_and_nothing_becomes_markup() {
        let (page, policy) = of(
            &client(Kind::Document),
            "https://b.example:8443/cb",
            "tasks:read",
        );
        assert!(page.contains("&lt;b&gt;Evil&lt;/b&gt;") && !page.contains("<b>"));
        assert!(page.contains("An app of <strong>a.example</strong>"));
        assert!(page.contains("<dd>b.example</dd>") && page.contains("<dd>ada@example.com</dd>"));
        assert!(page.contains(in_plain_words(Scope::TasksRead)));
        assert!(
            !page.contains(in_plain_words(Scope::TasksWrite))
                && page.contains("change or delete anything")
        );
        assert!(!page.contains("<script") && !page.contains("style=\""));
        assert!(
            policy.contains("form-action 'self' https://b.example:8443;"),
            "{policy}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.starts_with("default-src 'none'")
        );
    }

    #[test]
    fn a_name_that_nobody_has_checked_is_shown_as_such() {
        let (page, policy) = of(
            &client(Kind::Dynamic),
            "http://[::1]:1455/cb",
            "tasks:write",
        );
        assert!(
            page.contains("nobody has checked it")
                && page.contains("a program on this computer (http://[::1]:1455)")
        );
        assert!(policy.contains("form-action 'self' http:;"), "{policy}");
    }

    #[test]
    fn durations_are_rounded_up_and_said_in_words() {
        assert_eq!(
            [1, 59, 60, 61].map(duration),
            ["1 second", "59 seconds", "1 minute", "2 minutes"]
        );
    }
}
