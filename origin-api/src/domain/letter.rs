//! The letters that are sent: plain text, and the same words as HTML.
//!
//! A letter is written once, in a file beside this one: the subject, then paragraphs. `{name}` is how the reader is
//! called, `{site}` the address of this installation, and a paragraph `[words]` the link.

use super::links::Purpose;

/// Which letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A link that sets a new password.
    Reset,
    /// A link that confirms the address.
    Confirm,
    /// The password was changed.
    PasswordChanged,
    /// The account has another address now.
    EmailChanged,
}

impl Kind {
    /// Every letter.
    pub const ALL: [Self; 4] = [
        Self::Reset,
        Self::Confirm,
        Self::PasswordChanged,
        Self::EmailChanged,
    ];

    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Confirm => "confirm",
            Self::PasswordChanged => "password_changed",
            Self::EmailChanged => "email_changed",
        }
    }

    /// What its link does, of a letter that has one.
    pub const fn purpose(self) -> Option<Purpose> {
        match self {
            Self::Reset => Some(Purpose::Reset),
            Self::Confirm => Some(Purpose::Confirm),
            Self::PasswordChanged | Self::EmailChanged => None,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Reset => include_str!("letter/reset.txt"),
            Self::Confirm => include_str!("letter/confirm.txt"),
            Self::PasswordChanged => include_str!("letter/password_changed.txt"),
            Self::EmailChanged => include_str!("letter/email_changed.txt"),
        }
    }
}

const FRAME: &str = include_str!("letter/frame.html");

/// A letter, written.
#[derive(Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Letter {
    /// The letter `kind` to somebody who gave `full_name`, with its `link` if it has one, from the installation at
    /// `site`.
    pub fn write(kind: Kind, full_name: Option<&str>, link: Option<&str>, site: &str) -> Self {
        let name = full_name.filter(|name| is_a_name(name));
        let name = name.map(|name| format!(" {name}")).unwrap_or_default();
        let fill = |words: &str| words.replace("{name}", &name).replace("{site}", site);
        let mut paragraphs = kind.words().split("\n\n").map(str::trim);
        let subject = fill(paragraphs.next().unwrap_or_default());
        let (text, body): (Vec<String>, String) = paragraphs
            .map(|paragraph| {
                if let (Some(words), Some(link)) = (paragraph.strip_prefix('['), link) {
                    return button(words.trim_end_matches(']'), link);
                }
                let words = fill(paragraph);
                let html = format!("<p>{}</p>\n", escape(&words));
                (words, html)
            })
            .unzip();
        let html = FRAME
            .replace("{subject}", &escape(&subject))
            .replace("{body}\n", &body);
        Self {
            subject,
            text: text.join("\n\n") + "\n",
            html,
        }
    }
}

/// The link, as plain text and as HTML.
fn button(words: &str, link: &str) -> (String, String) {
    let href = escape(link);
    let html = format!(
        "<p><a class=\"button\" href=\"{href}\">{words}</a></p>\n<p class=\"link\">{href}</p>\n"
    );
    (format!("{words}:\n{link}"), html)
}

/// Whether what was given as a name may greet. A stranger can register anybody's address: with a name of their choice
/// the letter would carry their advertisement, or their link, under our name.
fn is_a_name(name: &str) -> bool {
    name.chars().count() <= 50
        && name
            .chars()
            .all(|one| one.is_alphabetic() || matches!(one, ' ' | '-' | '\'' | '’'))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://tasks.example";
    const LINK: &str = "https://tasks.example/reset-password#token=mfl_x";

    fn write(kind: Kind, name: Option<&str>) -> Letter {
        Letter::write(kind, name, kind.purpose().map(|_| LINK), SITE)
    }

    #[test]
    fn every_letter_says_the_same_in_both_forms_and_leaves_no_gap() {
        for kind in Kind::ALL {
            let letter = write(kind, Some("Ada Lovelace"));
            assert!(
                (10..60).contains(&letter.subject.len()),
                "{}",
                letter.subject
            );
            for form in [&letter.subject, &letter.text, &letter.html] {
                let filled = ["{name}", "{site}", "{subject}", "{body}", "["];
                assert!(!filled.iter().any(|gap| form.contains(gap)), "{form}");
            }
            assert!(
                letter.text.starts_with("Hello Ada Lovelace,\n\n"),
                "{}",
                letter.text
            );
            assert!(letter.text.contains(SITE) && letter.html.contains(SITE));
            assert!(letter.text.contains("was not you"), "{}", letter.text);
            let has_link = kind.purpose().is_some();
            assert_eq!(letter.text.matches(LINK).count(), usize::from(has_link));
            assert_eq!(letter.html.matches(LINK).count(), 2 * usize::from(has_link));
            assert!(
                letter.text.lines().all(|line| line.len() < 998),
                "RFC 5322 §2.1.1"
            );
            for paragraph in letter
                .text
                .split("\n\n")
                .filter(|text| !text.contains(LINK))
            {
                assert!(
                    letter.html.contains(&escape(paragraph.trim())),
                    "{paragraph}"
                );
            }
        }
    }

    #[test]
    fn a_name_greets_and_an_advertisement_does_not() {
        let greeting = |name| {
            write(Kind::Confirm, name)
                .text
                .lines()
                .next()
                .unwrap()
                .to_owned()
        };
        for name in [
            "Ada",
            "Ada King-Noel",
            "Siân O'Neil",
            "李",
            "Владимир Ильич",
        ] {
            assert_eq!(greeting(Some(name)), format!("Hello {name},"));
        }
        let long = "a ".repeat(26);
        for name in [
            "evil.example",
            "You won $100",
            "<b>Ada</b>",
            "Ada\nBcc: x",
            "ring 0900",
            &long,
        ] {
            assert_eq!(greeting(Some(name)), "Hello,", "{name}");
        }
        assert_eq!(greeting(None), "Hello,");
        assert!(
            write(Kind::Reset, Some("O'Neil"))
                .html
                .contains("Hello O&#39;Neil,")
        );
    }

    #[test]
    fn html_loads_nothing_and_suits_light_dark_and_narrow() {
        let html = write(Kind::Reset, None).html;
        assert!(html.contains("prefers-color-scheme: dark") && html.contains("max-width"));
        for loads in ["<img", "<script", "url(", "@import", "<link"] {
            assert!(!html.contains(loads), "{loads}");
        }
        assert_eq!(
            escape("<a href=\"x\">&'"),
            "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"
        );
    }
}
