//! The plain page at `/`: says what this address is and how to begin. No script, no cookie, nothing loaded
//! from elsewhere; the one style sheet is allowed by its hash.

use crate::answer::Answer;

const HTML: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// The CSP hash of [`STYLE`].
const STYLE_HASH: &str = "sha256-qNixc/wKCBreIACx5MJKmgUYjH+bfJ0dKVUJVrgJmFE=";

/// `answer` as a page that says `what`, a sentence of ours.
pub fn refusal(answer: Answer, what: &str) -> Answer {
    let head = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>MindFlow</title>";
    page(answer)
        .with_text(format!("{head}<style>{STYLE}</style></head><body><main><h1>This does not work</h1><p>{what}</p></main></body></html>"))
}

/// The page, for the address `public_url`.
pub fn answer(public_url: &str) -> Answer {
    page(Answer::new(200))
        .with("cache-control", "no-cache")
        .with_text(HTML.replace("{style}", STYLE).replace("{url}", public_url))
}

fn page(answer: Answer) -> Answer {
    let csp = format!(
        "default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    answer
        .with("content-type", "text/html; charset=utf-8")
        .with("content-security-policy", csp)
        .with("referrer-policy", "no-referrer")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_types::signature::content_digest;

    #[test]
    fn the_policy_allows_the_style_sheet_that_is_sent() {
        let digest = content_digest(STYLE.as_bytes());
        let hash = digest
            .strip_prefix("sha-256=:")
            .unwrap()
            .strip_suffix(':')
            .unwrap();
        assert_eq!(STYLE_HASH, format!("sha256-{hash}"));
        let page = answer("https://m.test").text.unwrap();
        assert!(page.contains(&format!("<style>{STYLE}</style>")));
    }

    #[test]
    fn the_page_names_the_address_and_loads_nothing() {
        let answer = answer("https://m.test");
        let page = answer.text.as_deref().unwrap();
        assert!(page.contains("curl https://m.test/api/auth/register"));
        assert!(!page.contains("{url}") && !page.contains("<script") && !page.contains("src="));
        assert!(
            answer
                .find("content-security-policy")
                .unwrap()
                .starts_with("default-src 'none';")
        );
    }
}
