//! Resources: today and a task, for people who put them into a conversation; and the widget that shows the next task.

use rmcp::model::{
    CacheScope, MetaObject, ReadResourceResult, Resource, ResourceContents, ResourceTemplate,
};
use serde_json::{Value, json};
use shared_types::id::TaskId;

use super::object;
use super::session::Session;
use super::tools::overview;
use crate::db::tasks;
use crate::error::Error;

/// The widget.
pub(super) const NEXT_URI: &str = "ui://mindflow/next";
const TODAY_URI: &str = "mindflow://today";
const TASK_URI: &str = "mindflow://tasks/";

const JSON: &str = "application/json";
const WIDGET: &str = "text/html;profile=mcp-app";
const WIDGET_HTML: &str = include_str!("../../../assets/widget.html");

/// For how long the widget stays what it is; it changes with a release.
const WIDGET_FRESH_MS: u64 = 3_600_000;

/// Those that can be listed.
pub(super) fn list() -> Vec<Resource> {
    vec![
        Resource::new(TODAY_URI, "today")
            .with_title("Today")
            .with_description("What is overdue and due today, what was done, and the last changes.")
            .with_mime_type(JSON),
        Resource::new(NEXT_URI, "next")
            .with_title("The next task")
            .with_description("Shows what what_next answers.")
            .with_mime_type(WIDGET),
    ]
}

/// Those that are named by what is in them.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(format!("{TASK_URI}{{id}}"), "task")
            .with_title("A task")
            .with_description("One task by its id.")
            .with_mime_type(JSON),
    ]
}

/// What a resource holds now; `None` where there is none.
pub(super) async fn read(
    session: &Session<'_>,
    uri: &str,
) -> Result<Option<ReadResourceResult>, Error> {
    let value = match uri {
        NEXT_URI => return Ok(Some(widget(session))),
        TODAY_URI => overview::content(session).await?,
        _ => match task(session, uri).await? {
            Some(task) => task,
            None => return Ok(None),
        },
    };
    let contents = ResourceContents::text(value.to_string(), uri).with_mime_type(JSON);
    let result = ReadResourceResult::new(vec![contents]);
    Ok(Some(
        result.with_ttl_ms(0).with_cache_scope(CacheScope::Private),
    ))
}

async fn task(session: &Session<'_>, uri: &str) -> Result<Option<Value>, Error> {
    let Some(id) = uri.strip_prefix(TASK_URI).and_then(TaskId::parse) else {
        return Ok(None);
    };
    let found = tasks::find_task(&session.app.db, &session.caller, id).await?;
    Ok(session.read(found)?.map(|seen| json!(seen.task)))
}

/// One file that loads nothing, so its host need let it reach nothing.
fn widget(session: &Session<'_>) -> ReadResourceResult {
    let url = &session.app.config.public_url;
    let none: [&str; 0] = [];
    let meta = json!({
        "ui": {
            "csp": {"connectDomains": none, "resourceDomains": none},
            "domain": url,
            "prefersBorder": true,
        },
        "openai/widgetCSP": {"connect_domains": none, "resource_domains": none},
        "openai/widgetDomain": url,
        "openai/widgetPrefersBorder": true,
        "openai/widgetDescription": "Shows the next task with its reasons, the runners-up, and buttons to start, complete, put off and undo.",
    });
    let contents = ResourceContents::text(WIDGET_HTML, NEXT_URI)
        .with_mime_type(WIDGET)
        .with_meta(MetaObject(object(meta)));
    ReadResourceResult::new(vec![contents])
        .with_ttl_ms(WIDGET_FRESH_MS)
        .with_cache_scope(CacheScope::Public)
}
