//! One request from its arrival to its answer, in the contract's order of checks.

use shared_types::caller::Caller;
use shared_types::scope::Scope;
use worker::Env;
use worker::wasm_bindgen::{JsCast, JsValue};

use super::inbound::Inbound;
use super::invalidate::invalidate;
use super::js::{self, Body};
use super::limits::charge;
use super::token_keys::Asker;
use super::{crypto, gate, health, isolate, origin};
use crate::answer::{Answer, complete};
use crate::auth::Presented;
use crate::config::Config;
use crate::error::Error;
use crate::forward::{GATE_REASON_FIELD, target};
use crate::limit::Limit;
use crate::log::{self, Line};
use crate::route::{self, Challenge, Class, Matched, Method, Route};
use crate::timing::{self, Span};
use crate::{auth, cookie, header, page};

/// An answer and its log line.
pub(super) struct Served {
    pub(super) response: Result<web_sys::Response, JsValue>,
    pub(super) line: String,
}

/// What a route gave.
enum Outcome {
    /// An answer that is still to be completed.
    Here(Answer, Body, Vec<Span>),
    /// The gate's, complete but for the Worker's own timing, after this many milliseconds.
    Gate(web_sys::Response, f64),
}

pub(super) async fn serve(request: &web_sys::Request, env: &Env) -> Served {
    let at_ms = js::now_ms();
    let headers = js::header_block(&request.headers());
    let url = request.url();
    let (path, query) = target(&url);
    let method = request.method();
    let matched = route::find(&method, path);
    let (template, only_edge_timing) = match &matched {
        Matched::Route(route) => (route.template, route.hides_origin_timing()),
        Matched::Options { template, .. } | Matched::MethodNotAllowed { template, .. } => {
            (*template, true)
        }
        Matched::NotFound => ("unmatched", true),
    };
    let id = match header::request_id(&headers).map_or_else(|| js::new_request_id(at_ms), Ok) {
        Ok(id) => id,
        Err(error) => {
            return Served {
                response: Err(error),
                line: String::new(),
            };
        }
    };
    let inbound = Inbound {
        request,
        headers,
        id,
        at_ms,
        path,
        query: &query,
    };
    let id = id.to_string();

    let challenge = match &matched {
        Matched::Route(route) => route.challenge(),
        _ => None,
    };
    let outcome = dispatch(matched, &inbound, env).await;
    let reason = match &outcome {
        Ok(Outcome::Gate(response, _)) => gate_reason(response),
        Ok(Outcome::Here(..)) => None,
        Err(error) => Some(error.reason().to_owned()),
    };
    let (response, status) = match outcome {
        Ok(Outcome::Gate(response, gate_ms)) => {
            let status = response.status();
            (
                finish_gate(&response, at_ms, gate_ms, only_edge_timing),
                status,
            )
        }
        Ok(Outcome::Here(answer, body, spans)) => {
            finish(answer, &body, &spans, &id, at_ms, only_edge_timing)
        }
        Err(error) => finish(
            error.answer_for(template, &id),
            &Body::Empty,
            &[],
            &id,
            at_ms,
            only_edge_timing,
        ),
    };
    if let (401 | 403, Some(challenge), Ok(response)) = (status, challenge, &response) {
        say_how_to_get_in(response, challenge, env);
    }
    let line = Line {
        level: log::level(status),
        message: "request",
        request_id: &id,
        method: Method::parse(&method).map_or("other", Method::as_str),
        route: template,
        status,
        milliseconds: js::now_ms() - at_ms,
        reason: reason.as_deref(),
    };
    Served {
        response,
        line: line.to_json(),
    }
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
            let address = header::client_address(&inbound.headers).to_string();
            let health = health::origin_health(&config, &inbound.id.to_string(), &address).await;
            Ok(made_here(crate::health::answer(&health)))
        }
        Class::Anonymous | Class::Entry => {
            let limit = if route.class == Class::Entry {
                Limit::Entry
            } else {
                Limit::Address
            };
            charge(env, limit, inbound).await?;
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
            charge(env, limit, inbound).await?;
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
            charge_if_unauthenticated(done, inbound, env).await
        }
        Class::Refresh => {
            let body = inbound.body(route).await?;
            if body.size_bytes() > 0 {
                // Not charged here: many people share an assistant's addresses. The origin counts failures.
                return anonymous(inbound, route, &body, &config, env).await;
            }
            let scope = Scope::Account;
            let done = authenticated(inbound, route, scope, Some(body), &config, env).await;
            charge_if_unauthenticated(done, inbound, env).await
        }
        Class::Mcp => {
            let scope = Scope::TasksRead;
            let done = authenticated(inbound, route, scope, None, &config, env).await;
            charge_if_unauthenticated(done, inbound, env).await
        }
        Class::Authenticated(scope) => {
            let done = authenticated(inbound, route, scope, None, &config, env).await;
            charge_if_unauthenticated(done, inbound, env).await
        }
    }
}

/// Counts a 401, the edge's, the gate's or the origin's, against the caller's address; over the limit a 429 takes its
/// place, so that whoever tries credentials learns nothing more of them.
async fn charge_if_unauthenticated(
    done: Result<Outcome, Error>,
    inbound: &Inbound<'_>,
    env: &Env,
) -> Result<Outcome, Error> {
    let is_refused = match &done {
        Ok(Outcome::Gate(response, _)) => response.status() == 401,
        Ok(Outcome::Here(..)) => false,
        Err(error) => error.is_unauthenticated(),
    };
    if is_refused {
        charge(env, Limit::Address, inbound).await?;
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
    let mut forward = inbound
        .settle(route, Caller::Anonymous, 0, None, body)
        .await?;
    let beside = header::beside(&inbound.headers, route.class, &config.public_url);
    let beside = beside.map(|(name, value)| (name.to_owned(), value));
    forward.fields.extend(beside);
    let from_origin = origin::send(config, &forward, body, false).await?;
    if let Some(effects) = &from_origin.effects {
        gate::apply(env, effects).await?;
    }
    Ok(Outcome::Here(
        from_origin.answer,
        from_origin.body,
        from_origin.spans,
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
    let presented = Presented::find(&inbound.headers, &config.public_url)?;
    let text = presented.token();
    let asker = Asker {
        env,
        config,
        request_id: &inbound.id.to_string(),
        client_address: &header::client_address(&inbound.headers).to_string(),
    };
    let token = crypto::verify_token(text, &asker, now_seconds).await?;
    let audience = route.audience(&config.public_url);
    let expected = (config.public_url.as_str(), audience.as_str());
    let identity = auth::admit(&token, presented, expected, now_seconds, scope)?;
    if matches!(presented, Presented::Cookie(_)) && !route.method.is_safe() {
        cookie::check_origin(inbound.headers.find("origin"), &config.public_url)?;
    }
    let body = match read {
        Some(body) => body,
        None => inbound.body(route).await?,
    };
    let forward = inbound
        .settle(
            route,
            Caller::User(identity),
            token.claims().r#gen,
            Some(text),
            &body,
        )
        .await?;
    let called_ms = js::now_ms();
    let response = gate::call(env, &identity.user.to_string(), &forward, &body).await?;
    Ok(Outcome::Gate(response, js::since(called_ms)))
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

fn finish(
    mut answer: Answer,
    body: &Body,
    spans: &[Span],
    id: &str,
    at_ms: i64,
    only_edge_timing: bool,
) -> (Result<web_sys::Response, JsValue>, u16) {
    let mut all = vec![("edge", js::since(at_ms))];
    if !only_edge_timing {
        all.extend_from_slice(spans);
    }
    complete(&mut answer, id, timing::write(&all));
    (js::response(&answer, body), answer.status)
}

/// Why the gate refused, if it did.
fn gate_reason(response: &web_sys::Response) -> Option<String> {
    if response.ok() {
        return None;
    }
    response.headers().get(GATE_REASON_FIELD).ok().flatten()
}

/// Adds the Worker's timing to the gate's answer, and takes out what only the Worker was to know; its body passes through untouched.
fn finish_gate(
    response: &web_sys::Response,
    at_ms: i64,
    gate_ms: f64,
    only_edge_timing: bool,
) -> Result<web_sys::Response, JsValue> {
    // A response serves as the init of another one: it has `status` and `headers`.
    let init: &web_sys::ResponseInit = response.unchecked_ref();
    let copy =
        web_sys::Response::new_with_opt_readable_stream_and_init(response.body().as_ref(), init)?;
    let headers = copy.headers();
    let edge = ("edge", js::since(at_ms));
    let own = if only_edge_timing {
        timing::write(&[edge])
    } else {
        timing::write(&[edge, ("gate", gate_ms)])
    };
    let within = if only_edge_timing {
        None
    } else {
        headers
            .get("server-timing")?
            .filter(|field| !field.is_empty())
    };
    headers.delete(GATE_REASON_FIELD)?;
    headers.set(
        "server-timing",
        &within.map_or(own.clone(), |field| format!("{own}, {field}")),
    )?;
    Ok(copy)
}
