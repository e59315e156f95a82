//! Schemas in words: what a value may be, and the fields of an object.

use serde_json::Value;

use super::markup::{Html, inline, paragraphs};
use super::model::Schema;

/// A shape: its description, its fields or what it may be, and examples.
pub(super) fn write(html: &mut Html, schema: &Schema) {
    paragraphs(html, &schema.description);
    if schema.properties.iter().next().is_some() {
        fields(html, schema);
    } else if schema.any_of.is_empty() {
        html.raw("<p>");
        kind(html, schema);
        html.raw("</p>\n");
    } else {
        html.raw("<ul>\n");
        for choice in &schema.any_of {
            html.raw("<li>");
            kind(html, choice);
            if !choice.description.is_empty() {
                html.raw(" — ");
                inline(html, &choice.description);
            }
            for example in &choice.examples {
                html.raw(" For example <code>")
                    .text(&plain(example))
                    .raw("</code>.");
            }
            html.raw("</li>\n");
        }
        html.raw("</ul>\n");
    }
}

/// A table of an object's fields.
pub(super) fn fields(html: &mut Html, schema: &Schema) {
    html.raw("<table>\n<thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n");
    for (name, field) in schema.properties.iter() {
        html.raw("<tr><th scope=\"row\"><code>")
            .text(name)
            .raw("</code>");
        if schema.required.iter().any(|required| required == name) {
            html.raw(" <span class=\"required\">required</span>");
        }
        html.raw("</th><td>");
        meaning(html, &field.description, field);
        html.raw("</td></tr>\n");
    }
    html.raw("</tbody>\n</table>\n");
}

/// A description, and below it what the value may be.
pub(super) fn meaning(html: &mut Html, description: &str, schema: &Schema) {
    inline(html, description);
    html.raw("<br><small>");
    kind(html, schema);
    if let Some(default) = &schema.default {
        html.raw(", unless given ")
            .raw("<code>")
            .text(&default.to_string())
            .raw("</code>");
    }
    html.raw("</small>");
}

/// What a value may be, in a few words.
pub(super) fn kind(html: &mut Html, schema: &Schema) {
    if let Some(name) = name(schema) {
        html.raw("<a href=\"#shape-")
            .text(name)
            .raw("\">")
            .text(name)
            .raw("</a>");
        return;
    }
    let choices = [&schema.any_of, &schema.one_of];
    for (index, choice) in choices.into_iter().flatten().enumerate() {
        if index > 0 {
            html.raw(" or ");
        }
        kind(html, choice);
    }
    if !schema.r#enum.is_empty() {
        for (index, value) in schema.r#enum.iter().enumerate() {
            html.raw(if index == 0 { "" } else { " · " });
            html.raw("<code>").text(&plain(value)).raw("</code>");
        }
        return;
    }
    html.text(&types(&schema.r#type).join(" or "));
    if let Some(format) = &schema.format {
        html.raw(" (").text(format).raw(")");
    }
    let least = [&schema.minimum, &schema.exclusive_minimum];
    if let Some(range) = range(least.into_iter().flatten().next(), schema.maximum.as_ref()) {
        html.raw(", ").text(&range);
    }
    let (least, most) = (
        schema.min_length.map(Value::from),
        schema.max_length.map(Value::from),
    );
    if let Some(range) = range(least.as_ref(), most.as_ref()) {
        html.raw(", ").text(&range).raw(" characters");
    }
    if let Some(items) = &schema.items {
        html.raw(" of ");
        kind(html, items);
        if let Some(most) = schema.max_items {
            html.raw(", at most ").text(&most.to_string());
        }
    }
}

/// The name of the component that is referred to.
fn name(schema: &Schema) -> Option<&str> {
    schema.reference.as_ref()?.rsplit('/').next()
}

fn types(types: &Value) -> Vec<&str> {
    match types {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    }
}

/// Bounds in words; one that only the type's width makes is not worth saying.
fn range(least: Option<&Value>, most: Option<&Value>) -> Option<String> {
    let most = most.filter(|most| **most != i64::MAX);
    match (least, most) {
        (Some(least), Some(most)) if least == most => Some(format!("{least}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
        (None, Some(most)) => Some(format!("up to {most}")),
        (Some(least), None) => Some(format!("{least} or more")),
        (None, None) => None,
    }
}

/// A value as one would type it: a string without quotes.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}
