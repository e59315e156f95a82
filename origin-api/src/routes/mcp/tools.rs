//! The tools: what each is for, and how one is found and run. At most twelve, under 6,000 tokens in all.

mod capture;
mod complete;
mod delete;
mod find;
pub(super) mod overview;
mod plan_day;
mod preferences;
mod put_off;
mod reschedule;
mod undo;
mod update;
mod what_next;

use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use rmcp::model::{MetaObject, Tool, ToolAnnotations};
use serde_json::{Value, json};
use shared_types::scope::Scope;

use super::arguments::{check_known, without_blanks};
use super::change::Call;
use super::object;
use super::resources::NEXT_URI;
use super::session::{Said, Session};
use crate::error::Error;

/// What a tool does to the user's tasks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Nothing.
    Reads,
    /// Something that making the call once more would do once more.
    Adds,
    /// Something that making the call once more would not change.
    Sets,
    /// It takes something away.
    Deletes,
}

/// What the widget has to do with a tool.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Widget {
    /// It shows what the tool answers, and calls it.
    Shows,
    /// It calls the tool.
    Calls,
    /// Nothing.
    None,
}

/// A tool.
pub(super) struct Definition {
    pub(super) name: &'static str,
    title: &'static str,
    description: &'static str,
    effect: Effect,
    widget: Widget,
    arguments: Value,
    answer: Value,
}

static TOOLS: LazyLock<Vec<Definition>> = LazyLock::new(|| {
    vec![
        what_next::definition(),
        plan_day::definition(),
        find::definition(),
        capture::definition(),
        update::definition(),
        complete::definition(),
        put_off::definition(),
        reschedule::definition(),
        delete::definition(),
        undo::definition(),
        overview::definition(),
        preferences::definition(),
    ]
});

/// The tool of this name.
pub(super) fn find(name: &str) -> Option<&'static Definition> {
    TOOLS.iter().find(|tool| tool.name == name)
}

/// Their names.
pub(super) fn names() -> Vec<&'static str> {
    TOOLS.iter().map(|tool| tool.name).collect()
}

/// What a model is told of them.
pub(super) fn list() -> Vec<Tool> {
    TOOLS.iter().map(Definition::told).collect()
}

/// Runs a tool.
pub(super) async fn run(
    session: &Session<'_>,
    tool: &'static Definition,
    arguments: Value,
) -> Result<Said, Error> {
    if tool.effect != Effect::Reads && tool.name != preferences::NAME {
        session.check(Scope::TasksWrite)?;
    }
    let arguments = without_blanks(arguments);
    check_known(&tool.arguments, &arguments).map_err(Error::Invalid)?;
    let call = Call {
        tool: tool.name,
        arguments: &arguments,
    };
    match tool.name {
        what_next::NAME => what_next::run(session, arguments).await,
        plan_day::NAME => plan_day::run(session, arguments).await,
        find::NAME => find::run(session, arguments).await,
        capture::NAME => capture::run(session, call).await,
        update::NAME => update::run(session, call).await,
        complete::NAME => complete::run(session, call).await,
        put_off::NAME => put_off::run(session, call).await,
        reschedule::NAME => reschedule::run(session, call).await,
        delete::NAME => delete::run(session, call).await,
        undo::NAME => undo::run(session, call).await,
        overview::NAME => overview::run(session, arguments).await,
        preferences::NAME => preferences::run(session, arguments).await,
        other => Err(Error::internal(format!("the tool {other} is not run"))),
    }
}

impl Definition {
    fn told(&self) -> Tool {
        let reads = self.effect == Effect::Reads;
        let annotations = ToolAnnotations::new()
            .read_only(reads)
            .destructive(self.effect == Effect::Deletes)
            .idempotent(self.effect != Effect::Adds)
            .open_world(false);
        Tool::new(
            self.name,
            self.description,
            Arc::new(object(self.arguments.clone())),
        )
        .with_title(self.title)
        .with_raw_output_schema(Arc::new(object(self.answer.clone())))
        .with_annotations(annotations)
        .with_meta(MetaObject(object(self.meta())))
    }

    /// What the standard for widgets says of the tool, and ChatGPT's own names for it.
    fn meta(&self) -> Value {
        let scopes = match self.effect {
            Effect::Reads => json!(["tasks:read"]),
            _ => json!(["tasks:read", "tasks:write"]),
        };
        let mut meta = json!({"securitySchemes": [{"type": "oauth2", "scopes": scopes}]});
        if self.widget == Widget::Shows {
            meta["ui"] = json!({"resourceUri": NEXT_URI});
            meta["openai/outputTemplate"] = json!(NEXT_URI);
        }
        if self.widget != Widget::None {
            meta["openai/widgetAccessible"] = json!(true);
        }
        meta
    }
}

/// A list of tools with each one's security schemes where ChatGPT looks for them, which the SDK has no place for;
/// `None` for any other answer.
pub(super) fn say_schemes(answer: &[u8]) -> Option<Bytes> {
    const NAME: &str = "securitySchemes";
    let mut answer: Value = serde_json::from_slice(answer).ok()?;
    let tools = answer.get_mut("result")?.get_mut("tools")?.as_array_mut()?;
    for tool in tools {
        let schemes = tool["_meta"][NAME].clone();
        tool[NAME] = schemes;
    }
    serde_json::to_vec(&answer).ok().map(Bytes::from)
}

#[cfg(test)]
mod tests;
