//! One request from its arrival to its answer, in the contract's order of checks.

use shared_types::scope::Scope;
use worker::js_sys::Promise;
use worker::wasm_bindgen::JsValue;
use worker::{Env, console_error, console_log};

use super::inbound::{Credential, Inbound};
use super::invalidate::invalidate;
use super::js::{self, Body};
use super::limits::charge;
use super::token_keys::Asker;
use super::{crypto, gates, health, isolate, object, origin, promise};
use crate::answer::{Answer, Conditions, complete, receive};
use crate::auth::Presented;
use crate::config::Config;
use crate::error::Error;
use crate::forward::{Forward, GATE_LIVE_PATH, GATE_PATH, target};
use crate::header::HeaderBlock;
use crate::limit::Limit;
use crate::log::{self, Line};
use crate::route::{self, Challenge, Class, Matched, Method, Nature, Route};
use crate::timing::{self, Span, read_note};
use crate::{auth, cookie, header, page};

/// What a route gave.
enum Outcome {
    /// An answer that is still to be completed.
    Here(Answer, Body, Vec<Span>),
    /// A refusal that was counted, and what the gate that counted it noted.
    Refused(Error, Answer, Option<String>),
    /// The gate was called at this time, and its answer is awaited.
    Called(Promise, i64),
    /// The gate's, complete but for the Worker's own timing, after this many milliseconds.
    Gate(web_sys::Response, f64),
}

/// Answers a request, and writes its log line. Nothing is awaited on the way to the gate where the caller's token is
/// remembered, and nothing after it, so that a hit takes no future: only the promise of the gate's answer.
pub(super) async fn serve(request: &web_sys::Request, env: Env) -> JsValue {
    let at_ms = js::now_ms();
    let read = js::read_request(request);
    let (method, url, headers) = header::split_request(&read);
    let (path, query) = target(url);
    let matched = route::find(method, path);
    let id = match header::request_id(&headers).map_or_else(|| js::new_request_id(at_ms), Ok) {
        Ok(id) => id,
        Err(error) => return failed(&error),
    };
    let mut ending = Ending {
        env,
        id: id.to_string(),
        at_ms,
        method: Method::parse(method).map_or("other", Method::as_str),
        template: "unmatched",
        only_edge_timing: true,
        challenge: None,
        methods: None,
        headers,
    };
    match &matched {
        Matched::Route(route) => {
            ending.template = route.template;
            ending.only_edge_timing = route.hides_origin_timing();
            ending.challenge = route.challenge();
        }
        Matched::Options { template, allow } => {
            ending.template = template;
            ending.methods = Some(allow);
        }
        Matched::MethodNotAllowed { template, .. } => ending.template = template,
        Matched::NotFound => {}
    }
    let inbound = Inbound {
        request,
        headers: &ending.headers,
        id,
        at_ms,
        path,
        query: &query,
    };
    let outcome = dispatch(matched, &inbound, &ending.env).await;
    ending.finish(outcome)
}

/// What a request's end needs of its beginning.
struct Ending {
    env: Env,
    id: String,
    at_ms: i64,
    method: &'static str,
    template: &'static str,
    only_edge_timing: bool,
    challenge: Option<Challenge>,
    /// The methods of the path, where it was asked what is allowed.
    methods: Option<&'static str>,
    headers: HeaderBlock,
}

impl Ending {
    /// A promise of the answer, which is the gate's.
    fn finish_later(self, promise: &Promise, called_ms: i64) -> JsValue {
        promise::then(promise, move |answered| {
            let gate_ms = js::since(called_ms);
            let answered = object::answered(answered);
            let outcome = answered.map(|response| Outcome::Gate(response, gate_ms));
            promise::at_once(async move {
                let outcome = charge_if_unauthenticated(outcome, &self.headers, &self.env).await;
                self.finish(outcome)
            })
        })
    }

    /// The answer; writes the log line.
    fn finish(self, outcome: Result<Outcome, Error>) -> JsValue {
        let (mut own_reason, mut note) = (None, None);
        let (response, status) = match outcome {
            Ok(Outcome::Called(promise, called_ms)) => {
                return self.finish_later(&promise, called_ms);
            }
            Ok(Outcome::Gate(response, gate_ms)) => {
                note = js::read_note(&response);
                let (_, _, spans) = read_note(note.as_deref().unwrap_or_default());
                let spans = (!self.only_edge_timing).then_some((gate_ms, spans));
                let finished = finish_gate(&response, self.at_ms, spans, note.is_some());
                (finished, response.status())
            }
            Ok(Outcome::Here(answer, body, spans)) => self.complete(answer, &body, &spans),
            Ok(Outcome::Refused(error, answer, counted)) => {
                own_reason = Some(error.reason());
                note = counted;
                self.complete(answer, &Body::Empty, &[])
            }
            Err(error) => {
                own_reason = Some(error.reason());
                let answer = error.answer_for(self.template, &self.id);
                self.complete(answer, &Body::Empty, &[])
            }
        };
        if let (401 | 403, Some(challenge), Ok(response)) = (status, self.challenge, &response) {
            say_how_to_get_in(response, challenge, &self.env);
        }
        if let Ok(response) = &response {
            let origin = self.headers.find("origin");
            say_which_pages_may_read(response, origin, self.methods, &self.env);
        }
        let (gates_reason, gate_rows, _) = read_note(note.as_deref().unwrap_or_default());
        let line = Line {
            level: log::level(status),
            message: "request",
            request_id: &self.id,
            method: self.method,
            route: self.template,
            status,
            milliseconds: js::now_ms() - self.at_ms,
            gate_rows,
            reason: own_reason.or(gates_reason),
        };
        console_log!("{}", line.to_json());
        response.map_or_else(|error| failed(&error), JsValue::from)
    }

    fn complete(
        &self,
        mut answer: Answer,
        body: &Body,
        spans: &[Span],
    ) -> (Result<web_sys::Response, JsValue>, u16) {
        let mut all = vec![("edge", js::since(self.at_ms))];
        if !self.only_edge_timing {
            all.extend_from_slice(spans);
        }
        complete(&mut answer, &self.id);
        answer.set("server-timing", timing::write(&all));
        (js::response(&answer, body), answer.status)
    }
}

/// What is answered when JavaScript refuses to make an answer.
fn failed(error: &JsValue) -> JsValue {
    console_error!("an answer could not be made: {error:?}");
    let init = web_sys::ResponseInit::new();
    init.set_status(500);
    web_sys::Response::new_with_opt_str_and_init(Some("INTERNAL SERVER ERROR"), &init)
        .map_or(JsValue::UNDEFINED, JsValue::from)
}

async fn dispatch(matched: Matched, inbound: &Inbound<'_>, env: &Env) -> Result<Outcome, Error> {
    let route = match matched {
        Matched::Route(route) => route,
        Matched::Options { allow, .. } => {
            return Ok(Outcome::Here(
                Answer::new(204).with("allow", allow),
                Body::Empty,
                Vec::new(),
            ));
        }
        Matched::MethodNotAllowed { allow, .. } => return Err(Error::MethodNotAllowed(allow)),
        Matched::NotFound => return Err(Error::NotFound),
    };
    let config = isolate::config(env)?;
    let made_here = |mut answer: Answer| {
        if route.method == Method::Head {
            answer.text = None;
        }
        Outcome::Here(answer, Body::Empty, Vec::new())
    };
    match route.class {
        Class::Page => Ok(made_here(page::answer(&config.public_url))),
        Class::Health => {
            let address = header::client_address(inbound.headers).to_string();
            let health = health::origin_health(&config, &inbound.id.to_string(), &address).await;
            Ok(made_here(crate::health::answer(&health)))
        }
        Class::Anonymous | Class::Entry => {
            let limit = if route.class == Class::Entry {
                Limit::Entry
            } else {
                Limit::Address
            };
            charge(env, limit, inbound.headers).await?;
            let body = inbound.body(route).await?;
            anonymous(inbound, route, &body, &config, env).await
        }
        Class::Consent => {
            let is_form = route.method == Method::Post;
            let limit = if is_form {
                Limit::Entry
            } else {
                Limit::Address
            };
            charge(env, limit, inbound.headers).await?;
            let body = inbound.body(route).await?;
            anonymous(inbound, route, &body, &config, env).await
        }
        Class::Client => {
            let body = inbound.body(route).await?;
            anonymous(inbound, route, &body, &config, env).await
        }
        Class::Invalidate => {
            let told = invalidate(inbound, route, &config, env).await;
            let done = told.map(|()| Outcome::Here(Answer::new(204), Body::Empty, Vec::new()));
            charge_if_unauthenticated(done, inbound.headers, env).await
        }
        Class::Refresh => {
            let body = inbound.body(route).await?;
            if body.size_bytes() > 0 {
                // Not charged here: many people share an assistant's addresses. The origin counts failures.
                return anonymous(inbound, route, &body, &config, env).await;
            }
            let scope = Scope::Account;
            let done = authenticated(inbound, route, scope, Some(body), &config, env).await;
            charge_if_unauthenticated(done, inbound.headers, env).await
        }
        Class::Feed => {
            let done = feed(inbound, route, &config, env).await;
            charge_if_unauthenticated(done, inbound.headers, env).await
        }
        Class::Mcp => {
            let scope = Scope::TasksRead;
            let done = authenticated(inbound, route, scope, None, &config, env).await;
            charge_if_unauthenticated(done, inbound.headers, env).await
        }
        Class::Authenticated(scope) => {
            let done = authenticated(inbound, route, scope, None, &config, env).await;
            charge_if_unauthenticated(done, inbound.headers, env).await
        }
    }
}

/// Counts a 401, the edge's, the gate's or the origin's, against the caller's address; over the limit a 429 takes its
/// place, so that whoever tries credentials learns nothing more of them.
async fn charge_if_unauthenticated(
    done: Result<Outcome, Error>,
    headers: &HeaderBlock,
    env: &Env,
) -> Result<Outcome, Error> {
    let is_refused = match &done {
        Ok(Outcome::Gate(response, _)) => response.status() == 401,
        Ok(Outcome::Here(..) | Outcome::Refused(..) | Outcome::Called(..)) => false,
        Err(error) => error.is_unauthenticated(),
    };
    if is_refused {
        charge(env, Limit::Address, headers).await?;
    }
    done
}

async fn anonymous(
    inbound: &Inbound<'_>,
    route: Route,
    body: &Body,
    config: &Config,
    env: &Env,
) -> Result<Outcome, Error> {
    let mut forward = inbound.settle(route, None, body).await?;
    let beside = header::beside(inbound.headers, route.class, &config.public_url);
    let beside = beside.map(|(name, value)| (name.to_owned(), value));
    forward.fields.extend(beside);
    let again = route.method.is_safe();
    let raw = origin::ask(config, &forward, body, origin::DEADLINE_MS, again).await?;
    if let Some(effects) = raw.headers.find("mindflow-gate-effects") {
        gates::apply(env, config, effects).await?;
    }
    let conditions = Conditions {
        head: forward.head,
        if_none_match: forward.if_none_match.as_deref(),
    };
    let answer = receive(raw.status, &raw.headers, forward.cookies).map_err(Error::OriginAway)?;
    let (answer, with_body) = answer.for_anyone().fit(conditions, raw.body.length());
    let body = if with_body { raw.body } else { Body::Empty };
    Ok(Outcome::Here(
        answer,
        body,
        vec![("origin", raw.milliseconds)],
    ))
}

/// Through the gate of the user whose credential it is; `read` is the body if it was read already.
async fn authenticated(
    inbound: &Inbound<'_>,
    route: Route,
    scope: Scope,
    read: Option<Body>,
    config: &Config,
    env: &Env,
) -> Result<Outcome, Error> {
    let now_seconds = inbound.at_ms.div_euclid(1000);
    let nature = route.nature();
    let presented = Presented::find(inbound.headers, &config.public_url, nature)?;
    let text = presented.token();
    let asker = Asker {
        env,
        config,
        inbound,
    };
    let known = crypto::verify_token(text, &asker, now_seconds).await?;
    let audience = route.audience(&config.public_url);
    let expected = (config.public_url.as_str(), audience.as_str());
    let identity = auth::identify(&known.token, presented, expected, now_seconds)?;
    let user = known.user(&identity);
    let origin = inbound.headers.find("origin");
    let by_cookie = matches!(presented, Presented::Cookie(_));
    let is_guarded = match (nature, route.class) {
        // Any page may open a socket, and a browser always says which page it was. MCP's standard wants the same, so
        // that no page reaches a server that it has rebound a name to.
        (Nature::Live, _) | (_, Class::Mcp) => by_cookie || origin.is_some(),
        _ => by_cookie && !route.method.is_safe(),
    };
    // A page of another site brings a token of its own; the cookie is this site's.
    let is_listed = !by_cookie && config.cors_origins.allow(origin);
    let allowed = auth::check_scope(&identity, scope).and_then(|()| {
        if is_guarded && !is_listed {
            cookie::check_origin(origin, &config.public_url)
        } else {
            Ok(())
        }
    });
    let credential = Credential {
        caller: known.caller(identity),
        generation: known.token.claims().r#gen,
        expires: known.token.claims().exp,
        token: text,
    };
    let called_ms = js::now_ms();
    let settled = match allowed {
        Ok(()) => settle(inbound, route, read, &credential, presented).await,
        Err(error) => Err(error),
    };
    let (forward, body) = match settled {
        Ok(settled) => settled,
        // Also what is refused here is counted, and a credential that was revoked meanwhile is a 401 first.
        Err(error) => {
            let forward = inbound.bare(route, &credential);
            let counted = gates::count(env, config, user, &forward).await?;
            return Ok(refused(error, counted, inbound, js::since(called_ms)));
        }
    };
    let path = if nature == Nature::Live {
        GATE_LIVE_PATH
    } else {
        GATE_PATH
    };
    let promise = gates::call(env, config, user, path, &forward, &body)?;
    Ok(Outcome::Called(promise, called_ms))
}

/// Reads and checks what is sent on.
async fn settle(
    inbound: &Inbound<'_>,
    route: Route,
    read: Option<Body>,
    credential: &Credential<'_>,
    presented: Presented<'_>,
) -> Result<(Forward, Body), Error> {
    let body = match read {
        Some(body) => body,
        None => inbound.body(route).await?,
    };
    let mut forward = inbound.settle(route, Some(credential), &body).await?;
    if route.nature() == Nature::Live {
        let upgrade = inbound.headers.find("upgrade");
        if !upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket")) {
            return Err(Error::NoUpgrade);
        }
        forward.protocol = presented.protocol().map(str::to_owned);
    }
    Ok((forward, body))
}

/// The answer to a request that is refused at the edge and was counted. The order of checks puts scope and
/// Origin before the limit, and the limit before all that is about the body.
fn refused(
    error: Error,
    counted: web_sys::Response,
    inbound: &Inbound<'_>,
    gate_ms: f64,
) -> Outcome {
    let is_counted = counted.status() == 204;
    let is_over = counted.status() == 429;
    let is_forbidden = matches!(error, Error::MissingScope(_) | Error::ForeignOrigin);
    let is_answered_here = is_counted || (is_over && is_forbidden);
    if !is_answered_here {
        return Outcome::Gate(counted, gate_ms);
    }
    let mut answer = error.answer(&inbound.id.to_string());
    for name in ["ratelimit-policy", "ratelimit"] {
        if let Ok(Some(value)) = counted.headers().get(name) {
            answer.set(name, value);
        }
    }
    Outcome::Refused(error, answer, js::read_note(&counted))
}

/// The calendar feed of the user whose token is in the query, and nobody else's; whatever else the request brings along
/// counts for nothing.
async fn feed(
    inbound: &Inbound<'_>,
    route: Route,
    config: &Config,
    env: &Env,
) -> Result<Outcome, Error> {
    let now_seconds = inbound.at_ms.div_euclid(1000);
    let (text, query) = auth::in_query(inbound.query)?;
    let asker = Asker {
        env,
        config,
        inbound,
    };
    let known = crypto::verify_token(text, &asker, now_seconds).await?;
    let identity = auth::admit_to_feed(&known.token, &config.public_url, now_seconds)?;
    let user = known.user(&identity);
    let credential = Credential {
        caller: known.caller(identity),
        generation: known.token.claims().r#gen,
        expires: known.token.claims().exp,
        token: text,
    };
    let body = Body::Empty;
    let forward = Forward {
        query,
        ..inbound.settle(route, Some(&credential), &body).await?
    };
    let called_ms = js::now_ms();
    let promise = gates::call(env, config, user, GATE_PATH, &forward, &body)?;
    Ok(Outcome::Called(promise, called_ms))
}

/// Completes the challenge of a refusal, the edge's or the gate's: where a client finds out how to be allowed in.
fn say_how_to_get_in(response: &web_sys::Response, challenge: Challenge, env: &Env) {
    let headers = response.headers();
    let given = headers.get("www-authenticate").ok().flatten();
    if let (Some(given), Ok(config)) = (given, isolate::config(env)) {
        let field = challenge.complete(&given, &config.public_url);
        // A fault here would only leave the challenge shorter.
        let _ = headers.set("www-authenticate", &field);
    }
}

/// Adds what a browser asks before it lets a page of another site read an answer.
fn say_which_pages_may_read(
    response: &web_sys::Response,
    origin: Option<&str>,
    methods: Option<&'static str>,
    env: &Env,
) {
    let Ok(config) = isolate::config(env) else {
        return;
    };
    for (name, value) in config.cors_origins.fields(origin, methods) {
        // A fault here would only keep the page from reading it; the fields of a socket's answer cannot be changed.
        let _ = response.headers().append(name, &value);
    }
}

/// Adds the Worker's timing to the gate's answer, and takes out what only the Worker was to know; its body passes through
/// untouched. `spans` are the gate's length and what it says of its own, where they are told.
fn finish_gate(
    response: &web_sys::Response,
    at_ms: i64,
    spans: Option<(f64, &str)>,
    has_note: bool,
) -> Result<web_sys::Response, JsValue> {
    if response.status() == 101 {
        // The socket goes with the response itself, and no copy has it.
        return Ok(Clone::clone(response));
    }
    let edge = ("edge", js::since(at_ms));
    let timing = match spans {
        None => timing::write(&[edge]),
        Some((gate_ms, "")) => timing::write(&[edge, ("gate", gate_ms)]),
        Some((gate_ms, within)) => {
            format!("{}, {within}", timing::write(&[edge, ("gate", gate_ms)]))
        }
    };
    js::pass_on(response, &timing, has_note)
}
