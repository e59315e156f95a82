//! The page says all of the document, safely, and loads nothing.

use super::markup::{Html, inline, paragraphs};
use super::*;
use crate::openapi::{EXAMPLE_URL, document};

fn shown() -> String {
    page(&document(EXAMPLE_URL).to_json().unwrap()).unwrap()
}

/// The values of every attribute `name`.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    let rest = page.split(&start).skip(1);
    rest.filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_operation_is_shown_with_its_route_parameters_fields_and_answers() {
    let page = shown();
    let json = serde_json::to_value(document(EXAMPLE_URL)).unwrap();
    for (path, item) in json["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let start = page.find(&format!("<h3 id=\"{id}\">")).unwrap();
            let section = &page[start..start + page[start..].find("</article>").unwrap()];
            let route = format!(
                "<strong>{}</strong> <code>{path}</code>",
                method.to_uppercase()
            );
            assert!(section.contains(&route), "{id}");
            for status in operation["responses"].as_object().unwrap().keys() {
                let row = format!("<th scope=\"row\">{status}</th>");
                assert!(section.contains(&row), "{id} {status}");
            }
            assert!(section.contains("curl "), "{id}");
        }
    }
    let task = page.find("<h3 id=\"create_task\">").unwrap();
    let task = &page[task..task + page[task..].find("</article>").unwrap()];
    for part in [
        "Needs the scope <code>tasks:write</code>",
        "<code>Idempotency-Key</code> <small>header</small>",
        "<code>title</code> <span class=\"required\">required</span>",
        "string, 1 to 256 characters",
        "integer or null, 1 to 5, unless given <code>3</code>",
        "<a href=\"#shape-When\">When</a> or null",
        "<code>Location</code>: The path of what was created.",
        "curl -X POST &quot;https://mindflow.example/api/tasks&quot;",
        "Authorization: Bearer $TOKEN",
    ] {
        assert!(task.contains(part), "{part}: {task}");
    }
}

#[test]
fn every_link_inside_the_page_leads_somewhere() {
    let page = shown();
    let ids = attributes(&page, "id");
    for link in attributes(&page, "href") {
        match link.strip_prefix('#') {
            Some(id) => assert!(ids.contains(&id), "{link}"),
            None => assert_eq!(link, "/openapi.json"),
        }
    }
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
}

#[test]
fn nothing_is_loaded_and_the_policy_allows_the_style_sheet_that_is_sent() {
    let page = shown();
    for forbidden in ["<script", "src=", "@import", "url(", " style=", "<link"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let (_, rest) = page.split_once("<style>").unwrap();
    let (style, _) = rest.split_once("</style>").unwrap();
    let hash = STANDARD.encode(Sha256::digest(style));
    let policy = content_security_policy();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(
        policy.contains(&format!("style-src 'sha256-{hash}';")),
        "{policy}"
    );
}

#[test]
fn what_the_document_says_is_text_and_never_markup() {
    let mut html = Html::default();
    html.text("<a href=\"x\">&'");
    assert_eq!(html.into_string(), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    let hostile = document("https://m.test/\"><script>alert(1)</script>");
    let page = page(&hostile.to_json().unwrap()).unwrap();
    assert!(!page.contains("<script"));
}

#[test]
fn descriptions_may_have_lists_code_and_bold() {
    let mut html = Html::default();
    paragraphs(&mut html, "One\ntwo\n\n- **a** `b<**c`\n- d\n");
    assert_eq!(
        html.into_string(),
        "<p>One\ntwo</p>\n<ul>\n<li><strong>a</strong> <code>b&lt;**c</code></li>\n<li>d</li>\n</ul>\n"
    );
    let mut html = Html::default();
    inline(&mut html, "`open");
    assert_eq!(html.into_string(), "<code>open</code>");
}

#[test]
fn what_is_no_document_is_refused() {
    assert!(page("{}").is_err());
    assert!(page("").is_err());
}
