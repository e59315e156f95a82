//! HTML in the making: what is not markup is escaped by the only way to write it.

/// A page, or a part of one.
#[derive(Default)]
pub struct Html(String);

impl Html {
    /// Markup of our own.
    pub fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text, which can be nothing but text, also inside an attribute's quotes.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        self
    }

    /// The finished text.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// The little Markdown that our descriptions use: paragraphs, lists, `code` and **bold**.
pub(super) fn paragraphs(html: &mut Html, text: &str) {
    for block in text.split("\n\n").filter(|block| !block.trim().is_empty()) {
        if block.starts_with("- ") {
            html.raw("<ul>\n");
            for item in block.lines().filter_map(|line| line.strip_prefix("- ")) {
                html.raw("<li>");
                inline(html, item);
                html.raw("</li>\n");
            }
            html.raw("</ul>\n");
        } else {
            html.raw("<p>");
            inline(html, block.trim());
            html.raw("</p>\n");
        }
    }
}

/// One line of it.
pub(super) fn inline(html: &mut Html, text: &str) {
    for (index, piece) in text.split('`').enumerate() {
        if index % 2 == 1 {
            html.raw("<code>").text(piece).raw("</code>");
            continue;
        }
        for (index, piece) in piece.split("**").enumerate() {
            if index % 2 == 1 {
                html.raw("<strong>").text(piece).raw("</strong>");
            } else {
                html.text(piece);
            }
        }
    }
}
