//! `/docs`: the OpenAPI document as a page for people. A pure function of the document, so the page cannot say
//! anything else; no script, nothing loaded from elsewhere, and the one style sheet is allowed by its hash.

pub mod markup;
mod model;
mod operation;
mod schema;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use self::markup::{Html, paragraphs};
use self::model::{Document, Operation};

const STYLE: &str = include_str!("docs/docs.css");

/// The page's Content-Security-Policy: nothing but its own style sheet.
pub fn content_security_policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The page of `document`, an OpenAPI document as JSON.
///
/// # Errors
/// When it is not one that this program makes.
pub fn page(document: &str) -> Result<String, serde_json::Error> {
    let document: Document = serde_json::from_str(document)?;
    let mut html = Html::default();
    let title = format!("{} API", document.info.title);
    html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .raw("<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
        .text(&title)
        .raw("</title>\n<style>")
        .raw(STYLE)
        .raw("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the content</a>\n");
    navigation(&mut html, &document);
    html.raw("<main id=\"main\">\n<h1>")
        .text(&title)
        .raw("</h1>\n<p>");
    for server in &document.servers {
        html.raw("<code>").text(&server.url).raw("</code> · ");
    }
    html.raw("release ")
        .text(&document.info.version)
        .raw(" · <a href=\"/openapi.json\">OpenAPI document</a></p>\n");
    paragraphs(&mut html, &document.info.description);
    for tag in &document.tags {
        html.raw("<section>\n<h2 id=\"")
            .text(&anchor(&tag.name))
            .raw("\">")
            .text(&tag.name)
            .raw("</h2>\n");
        paragraphs(&mut html, &tag.description);
        for (path, method, operation) in of_tag(&document, &tag.name) {
            operation::write(&mut html, &document, path, method, operation);
        }
        html.raw("</section>\n");
    }
    html.raw("<section>\n<h2 id=\"shapes\">Shapes</h2>\n");
    for (name, shape) in document.components.schemas.iter() {
        html.raw("<article>\n<h3 id=\"shape-")
            .text(name)
            .raw("\">")
            .text(name)
            .raw("</h3>\n");
        schema::write(&mut html, shape);
        html.raw("</article>\n");
    }
    html.raw("</section>\n</main>\n</body>\n</html>\n");
    Ok(html.into_string())
}

/// A page of prose in the same clothes. `text` is Markdown of our own; of `values`, each name in it is replaced.
pub fn text_page(title: &str, text: &str, values: &[(&str, &str)]) -> String {
    let mut html = Html::default();
    html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .raw("<meta name=\"color-scheme\" content=\"light dark\">\n<title>MindFlow: ")
        .text(title)
        .raw("</title>\n<style>")
        .raw(STYLE)
        .raw("</style>\n</head>\n<body>\n<main>\n<h1>")
        .text(title)
        .raw("</h1>\n");
    // Replaced in what is plain text still: the page escapes it as all else.
    let filled = |text: &str| {
        values.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        })
    };
    for block in text.split("\n\n") {
        match block.strip_prefix("## ") {
            Some(heading) => {
                html.raw("<h2>").text(&filled(heading)).raw("</h2>\n");
            }
            None => paragraphs(&mut html, &filled(block)),
        }
    }
    html.raw("</main>\n</body>\n</html>\n");
    html.into_string()
}

fn navigation(html: &mut Html, document: &Document) {
    html.raw("<nav aria-label=\"Operations\">\n<ul>\n");
    for tag in &document.tags {
        html.raw("<li><a href=\"#")
            .text(&anchor(&tag.name))
            .raw("\">")
            .text(&tag.name)
            .raw("</a>\n<ul>\n");
        for (_, _, operation) in of_tag(document, &tag.name) {
            html.raw("<li><a href=\"#")
                .text(&operation.id)
                .raw("\">")
                .text(operation.summary.trim_end_matches('.'))
                .raw("</a></li>\n");
        }
        html.raw("</ul></li>\n");
    }
    html.raw("<li><a href=\"#shapes\">Shapes</a></li>\n</ul>\n</nav>\n");
}

fn of_tag<'a>(
    document: &'a Document,
    tag: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str, &'a Operation)> {
    document.paths.iter().flat_map(move |(path, item)| {
        item.iter()
            .filter(move |(_, operation)| operation.tags.iter().any(|other| other == tag))
            .map(move |(method, operation)| (path, method, operation))
    })
}

fn anchor(tag: &str) -> String {
    format!("tag-{}", tag.to_lowercase())
}

#[cfg(test)]
mod tests;
