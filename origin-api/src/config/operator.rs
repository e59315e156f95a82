//! Who runs the installation: what `/privacy`, `/terms` and OpenAI's check of an address say of them.

use lettre::Address;

use super::reader::Reader;

/// Who runs the installation; each part may be unknown.
#[derive(Clone, Debug, Default)]
pub struct Operator {
    /// A person or a company.
    pub name: Option<String>,
    /// Where they are reached.
    pub email: Option<Address>,
    /// What OpenAI wants to read, to be sure whose the address is.
    pub apps_challenge: Option<String>,
}

/// Reads the variables; all of them may be unset.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Operator> {
    let name = optional(reader, "OPERATOR_NAME", "up to 200 characters", |text| {
        (text.chars().count() <= 200).then(|| text.to_owned())
    });
    let email = optional(
        reader,
        "OPERATOR_EMAIL",
        "an e-mail address, as in help@example.com",
        |text| text.parse().ok(),
    );
    let apps_challenge = optional(
        reader,
        "OPENAI_APPS_CHALLENGE",
        "the token as OpenAI shows it: up to 1000 visible characters of ASCII",
        |text| {
            let is_token = text.len() <= 1000 && text.bytes().all(|byte| byte.is_ascii_graphic());
            is_token.then(|| text.to_owned())
        },
    );
    Some(Operator {
        name: name?,
        email: email?,
        apps_challenge: apps_challenge?,
    })
}

/// `Some(None)` where it is unset, `None` where it cannot be used.
#[expect(clippy::option_option, reason = "unset is fine, unusable is not")]
fn optional<T>(
    reader: &mut Reader<'_>,
    name: &str,
    expected: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<Option<T>> {
    if reader.text(name).is_none() {
        return Some(None);
    }
    reader.required(name, expected, parse).map(Some)
}
