//! One operation: what it does, what it takes, what it answers, and how to call it.

use serde_json::Value;

use super::markup::{Html, inline, paragraphs};
use super::model::{Body, Document, Operation, Ordered, Parameter, Schema, resolve};
use super::schema;

/// Writes its section.
pub(super) fn write(
    html: &mut Html,
    document: &Document,
    path: &str,
    method: &str,
    operation: &Operation,
) {
    let method = method.to_uppercase();
    html.raw("<article>\n<h3 id=\"")
        .text(&operation.id)
        .raw("\">")
        .text(operation.summary.trim_end_matches('.'))
        .raw("</h3>\n<p class=\"route\"><strong>")
        .text(&method)
        .raw("</strong> <code>")
        .text(path)
        .raw("</code></p>\n");
    paragraphs(html, &operation.description);
    match scopes(operation) {
        Some(scopes) => html
            .raw("<p>Needs the scope <code>")
            .text(&scopes)
            .raw("</code>.</p>\n"),
        None if is_feed(operation) => html.raw("<p>Needs the token of the feed.</p>\n"),
        None => html.raw("<p>Needs no credential.</p>\n"),
    };
    parameters(html, document, operation);
    let body = operation.request_body.as_ref().and_then(body_schema);
    if let Some(body) = body {
        let body = resolve(&document.components.schemas, body, body.reference.as_ref());
        html.raw("<h4>Body</h4>\n");
        paragraphs(html, &body.description);
        schema::fields(html, body);
    }
    responses(html, document, operation);
    let body =
        body.map(|body| resolve(&document.components.schemas, body, body.reference.as_ref()));
    let example = body.and_then(|body| body.examples.first());
    html.raw("<h4>Example</h4>\n<pre tabindex=\"0\" aria-label=\"Command that calls it\"><code>")
        .text(&curl(document, path, &method, operation, example))
        .raw("</code></pre>\n</article>\n");
}

fn scopes(operation: &Operation) -> Option<String> {
    let (_, scopes) = operation.security.first()?.iter().next()?;
    (!scopes.is_empty()).then(|| scopes.join(" "))
}

/// Whether the credential is a token in the address.
fn is_feed(operation: &Operation) -> bool {
    let mut schemes = operation.security.iter().flat_map(Ordered::iter);
    schemes.any(|(name, _)| name == "calendar")
}

fn body_schema(body: &Body) -> Option<&Schema> {
    let (_, content) = body.content.iter().next()?;
    content.schema.as_ref()
}

fn parameters(html: &mut Html, document: &Document, operation: &Operation) {
    if operation.parameters.is_empty() {
        return;
    }
    html.raw("<h4>Parameters</h4>\n<table>\n<thead><tr><th scope=\"col\">Parameter</th><th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n");
    for parameter in &operation.parameters {
        let known = &document.components.parameters;
        let parameter: &Parameter = resolve(known, parameter, parameter.reference.as_ref());
        html.raw("<tr><th scope=\"row\"><code>")
            .text(&parameter.name)
            .raw("</code> <small>")
            .text(&parameter.place)
            .raw("</small>");
        if parameter.required {
            html.raw(" <span class=\"required\">required</span>");
        }
        html.raw("</th><td>");
        match &parameter.schema {
            Some(schema) => schema::meaning(html, &parameter.description, schema),
            None => inline(html, &parameter.description),
        }
        html.raw("</td></tr>\n");
    }
    html.raw("</tbody>\n</table>\n");
}

fn responses(html: &mut Html, document: &Document, operation: &Operation) {
    html.raw("<h4>Answers</h4>\n<table>\n<thead><tr><th scope=\"col\">Status</th><th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n");
    for (status, response) in operation.responses.iter() {
        let known = &document.components.responses;
        let response = resolve(known, response, response.reference.as_ref());
        html.raw("<tr><th scope=\"row\">")
            .text(status)
            .raw("</th><td>");
        inline(html, &response.description);
        for (media_type, content) in response.content.iter() {
            html.raw("<br><small><code>")
                .text(media_type)
                .raw("</code> ");
            if let Some(schema) = &content.schema {
                schema::kind(html, schema);
            }
            html.raw("</small>");
        }
        for (name, header) in response.headers.iter() {
            let known = &document.components.headers;
            let header = resolve(known, header, header.reference.as_ref());
            html.raw("<br><small><code>").text(name).raw("</code>: ");
            inline(html, &header.description);
            html.raw("</small>");
        }
        html.raw("</td></tr>\n");
    }
    html.raw("</tbody>\n</table>\n");
}

fn curl(
    document: &Document,
    path: &str,
    method: &str,
    operation: &Operation,
    example: Option<&Value>,
) -> String {
    let server = document.servers.first().map_or("", |server| &server.url);
    // In the shell a path's placeholder is a variable, as the token is.
    let mut path = path.replace('{', "$").replace('}', "");
    if is_feed(operation) {
        path.push_str("?token=$CALENDAR_TOKEN");
    }
    let mut command = match method {
        "GET" => format!("curl \"{server}{path}\""),
        _ => format!("curl -X {method} \"{server}{path}\""),
    };
    if !operation.security.is_empty() && !is_feed(operation) {
        command.push_str(" \\\n  -H \"Authorization: Bearer $TOKEN\"");
    }
    if let Some(example) = example {
        command.push_str(" \\\n  -H 'Content-Type: application/json' \\\n  -d '");
        command.push_str(&example.to_string().replace('\'', "'\\''"));
        command.push('\'');
    }
    command
}
