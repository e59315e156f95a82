//! A conversation of 20 turns, as its tool calls, at a fixed time: docs/conversation.md is what comes of it. The same turns
//! go through the Worker in `e2e/conversation.test.ts`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};
use serde_json::Value;

use super::{assistant, result};
use crate::support::TestApp;

const SCRIPT: &str = include_str!("../../../../e2e/conversation.json");
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/conversation.md");

/// What stands at the top of the document.
const HEAD: &str = "# A conversation

What a model calls when a person says this, and what it is told: real answers of the tools, at a fixed time (Monday, 23 November 2026, 09:00 in Berlin). The model's own words are left out: it says the answer in its own way. Ids and days are shown by name: `$report`, `$day+1` for tomorrow. Made by `cargo test -p origin-api --test it conversation` from `e2e/conversation.json`; the end-to-end tests replay the same turns through the Worker.
";

/// The script's value with what was kept and the days of its time put in: `$report`, `$day+2`.
fn put_in(value: &Value, kept: &BTreeMap<String, String>, today: Date) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$') {
            Some(name) => Value::from(meant(name, kept, today)),
            None => value.clone(),
        },
        Value::Array(items) => items.iter().map(|item| put_in(item, kept, today)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            fields
                .map(|(name, value)| (name.clone(), put_in(value, kept, today)))
                .collect()
        }
        other => other.clone(),
    }
}

fn meant(name: &str, kept: &BTreeMap<String, String>, today: Date) -> String {
    let Some(days) = name.strip_prefix("day") else {
        return kept[name].clone();
    };
    let (days, time) = days.split_at(days.find('T').unwrap_or(days.len()));
    let days: i32 = days.trim_start_matches('+').parse().unwrap_or(0);
    format!("{}{time}", today + days.days())
}

#[tokio::test]
async fn twenty_turns_are_told_in_the_document_as_they_are_answered() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    // Monday, at nine in Berlin.
    app.clock.advance(SignedDuration::from_hours(20));
    let today = "2026-11-23".parse().unwrap();
    let agent = assistant(&app, &ada);
    let turns: Vec<Value> = serde_json::from_str(SCRIPT).unwrap();
    assert_eq!(turns.len(), 20);
    let mut kept = BTreeMap::new();
    let mut told = HEAD.to_owned();
    for (number, turn) in turns.iter().enumerate() {
        app.clock.advance(SignedDuration::from_secs(1));
        let tool = turn["tool"].as_str().unwrap();
        let arguments = put_in(&turn["arguments"], &kept, today);
        let answer = result(&agent, tool, &arguments).await;
        for (name, pointer) in turn["keep"].as_object().into_iter().flatten() {
            let value = answer["structuredContent"].pointer(pointer.as_str().unwrap());
            kept.insert(name.clone(), value.unwrap().as_str().unwrap().to_owned());
        }
        let number = number + 1;
        let (user, asked) = (turn["user"].as_str().unwrap(), &turn["arguments"]);
        let text = answer["content"][0]["text"].as_str().unwrap();
        writeln!(told, "\n{number}. **“{user}”**").unwrap();
        writeln!(told, "   `{tool}` `{asked}`\n").unwrap();
        writeln!(told, "   > {text}").unwrap();
    }
    let path = Path::new(DOCUMENT);
    let before = fs::read_to_string(path).unwrap_or_default();
    if before != told {
        fs::write(path, told).unwrap();
        panic!(
            "docs/conversation.md was not what is answered; it is now: read what changed, and commit it"
        );
    }
}
