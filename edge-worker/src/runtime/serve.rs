//! One request from its arrival to its answer, in the contract's order of checks.

use shared_types::caller::Caller;
use shared_types::id::RequestId;
use worker::Env;
use worker::wasm_bindgen::{JsCast, JsValue};

use super::js::{self, Body};
use super::{crypto, gate, health, isolate, origin, request_body};
use crate::answer::{Answer, complete};
use crate::config::Config;
use crate::error::Error;
use crate::forward::{Forward, target};
use crate::header::{self, HeaderBlock};
use crate::log::{self, Line};
use crate::route::{self, Class, Matched, Method, Route};
use crate::timing::{self, Span};
use crate::{auth, body, page};

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

/// A request as it arrived.
struct Inbound<'a> {
    request: &'a web_sys::Request,
    headers: HeaderBlock,
    id: RequestId,
    at_ms: i64,
    path: &'a str,
    query: &'a str,
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

    let outcome = dispatch(matched, &inbound, env).await;
    let reason = outcome.as_ref().err().map(Error::reason);
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
            error.answer(&id),
            &Body::Empty,
            &[],
            &id,
            at_ms,
            only_edge_timing,
        ),
    };
    let line = Line {
        level: log::level(status),
        message: "request",
        request_id: &id,
        method: Method::parse(&method).map_or("other", Method::as_str),
        route: template,
        status,
        milliseconds: js::now_ms() - at_ms,
        reason,
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
        Class::Anonymous => {
            let (forward, body) = settle(inbound, route, Caller::Anonymous, None).await?;
            let from_origin = origin::send(&config, &forward, &body, false).await?;
            Ok(Outcome::Here(
                from_origin.answer,
                from_origin.body,
                from_origin.spans,
            ))
        }
        Class::Authenticated(scope) => authenticated(inbound, route, scope, &config, env).await,
    }
}

async fn authenticated(
    inbound: &Inbound<'_>,
    route: Route,
    scope: shared_types::scope::Scope,
    config: &Config,
    env: &Env,
) -> Result<Outcome, Error> {
    let now_seconds = inbound.at_ms.div_euclid(1000);
    let text = auth::bearer(inbound.headers.find("authorization"))?;
    let token = crypto::verify_token(text, &config.token_keys, now_seconds).await?;
    let identity = auth::admit(&token, &config.public_url, now_seconds, scope)?;
    let (forward, body) = settle(inbound, route, Caller::User(identity), Some(text)).await?;
    let called_ms = js::now_ms();
    let response = gate::call(env, &identity.user.to_string(), &forward, &body).await?;
    Ok(Outcome::Gate(response, js::since(called_ms)))
}

/// Checks size, type and fields, and fixes everything that is sent on.
async fn settle(
    inbound: &Inbound<'_>,
    route: Route,
    caller: Caller,
    token: Option<&str>,
) -> Result<(Forward, Body), Error> {
    let content = if route.method.is_safe() {
        Body::Empty
    } else {
        let read =
            request_body::read(inbound.request, inbound.headers.find("content-length")).await?;
        body::check_media_type(read.size_bytes(), inbound.headers.find("content-type"))?;
        read
    };
    let mut fields = header::forwarded(&inbound.headers, token)?;
    if token.is_some()
        && !route.method.is_safe()
        && !fields.iter().any(|(name, _)| *name == "idempotency-key")
    {
        // Not the request id: a caller may send one for several requests.
        let key = js::new_request_id(inbound.at_ms).map_err(|_| Error::Internal)?;
        fields.push(("idempotency-key", format!("gate:{key}")));
    }
    let content_digest = crypto::content_digest(&content)
        .await
        .map_err(|_| Error::Internal)?;
    let forward = Forward {
        method: if route.method == Method::Head {
            Method::Get
        } else {
            route.method
        }
        .as_str()
        .to_owned(),
        path: inbound.path.to_owned(),
        query: inbound.query.to_owned(),
        fields: fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        request_id: inbound.id.to_string(),
        caller: caller.to_string(),
        client_address: header::client_address(&inbound.headers).to_string(),
        accepted_at_ms: inbound.at_ms,
        content_digest,
        head: route.method == Method::Head,
        if_none_match: inbound.headers.find("if-none-match").map(str::to_owned),
    };
    Ok((forward, content))
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

/// Adds the Worker's timing to the gate's answer; its body passes through untouched.
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
    headers.set(
        "server-timing",
        &within.map_or(own.clone(), |field| format!("{own}, {field}")),
    )?;
    Ok(copy)
}
