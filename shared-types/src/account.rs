//! Accounts on the wire: registration, login and their answers.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::UserId;
use crate::time;
use crate::validate::{Fields, FromFields, Refused, text, trimmed_text};

pub use self::change::{
    ChangeUser, ChangedUser, ConfirmEmail, ForgotPassword, LinkToken, ResetPassword,
};

/// A password on its way to the hash; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The password itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The body of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// Trimmed and lower-cased.
    pub email: String,
    /// 8–128 characters.
    pub password: Password,
    /// 1–256 characters.
    pub full_name: Option<String>,
    /// An IANA name; whether it exists is for the origin to say, which holds the zones.
    pub time_zone: Option<String>,
}

/// How a login wants its session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionForm {
    /// Access and refresh tokens in the answer.
    #[default]
    Token,
    /// The dashboard's cookie.
    Cookie,
}

/// The body of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Trimmed and lower-cased.
    pub email: String,
    /// As typed; its length is not checked, so that old rules lock nobody out.
    pub password: Password,
    /// What to answer with.
    pub session: SessionForm,
}

/// A user as answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// UUIDv7.
    #[cfg_attr(feature = "openapi", schema(value_type = Uuid))]
    pub id: UserId,
    /// Lower-case.
    pub email: String,
    /// Whether the address was confirmed by a link sent to it.
    pub email_confirmed: bool,
    /// As typed.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub full_name: Option<String>,
    /// When the account was made.
    #[serde(serialize_with = "time::serialize")]
    pub created_at: Timestamp,
}

/// The answer to a login.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tokens {
    /// A JWT for `Authorization: Bearer`.
    pub access_token: String,
    /// Opaque.
    pub refresh_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds until the access token ends.
    pub expires_in: u32,
}

impl FromFields for NewUser {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let email = fields.required("email", email);
        let password = fields.required("password", new_password);
        let full_name = fields.optional("full_name", |value| trimmed_text(value, 1, 256));
        let time_zone = fields.optional("time_zone", |value| trimmed_text(value, 1, 64));
        Some(Self {
            email: email?,
            password: password?,
            full_name,
            time_zone,
        })
    }
}

impl FromFields for Login {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let email = fields.required("email", |value| {
            trimmed_text(value, 1, 254).map(|email| email.to_lowercase())
        });
        let password = fields.required("password", |value| text(value, 1, 1024).map(Password));
        let session = fields.optional("session", |value| match value.as_str() {
            Some("token") => Ok(SessionForm::Token),
            Some("cookie") => Ok(SessionForm::Cookie),
            _ => Err("must be \"token\" or \"cookie\"".into()),
        });
        Some(Self {
            email: email?,
            password: password?,
            session: session.unwrap_or_default(),
        })
    }
}

/// A password to be, by length; whether it is a common one is for the origin to say, which has the list.
fn new_password(value: Value) -> Result<Password, Refused> {
    text(value, 8, 128).map(Password)
}

/// An address that mail could reach: one `@`, something before it, a dotted name after it, nothing that is not seen.
/// Whether it does is shown by confirming it, not by its form (RFC 5321 §4.5.3.1 bounds the length).
fn email(value: Value) -> Result<String, Refused> {
    let email = trimmed_text(value, 3, 254)?.to_lowercase();
    if email.chars().any(is_unseen) {
        return Err("must not contain invisible characters or white space; type it anew".into());
    }
    let well_formed = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && local.chars().count() <= 64
            && !domain.contains('@')
            && domain.split('.').count() > 1
            && domain.split('.').all(|label| {
                !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            })
    });
    if well_formed && email.chars().count() <= 254 {
        Ok(email)
    } else {
        Err("must be an e-mail address like name@example.com".into())
    }
}

/// White space, control characters, and what Unicode says is not to be drawn (`Default_Ignorable_Code_Point`, of which
/// format characters such as U+200B are a part): two addresses that look the same must be the same.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

mod change;
#[cfg(feature = "openapi")]
mod schema;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::parse;
    use serde_json::json;

    #[test]
    fn an_address_is_trimmed_and_lower_cased() {
        let user: NewUser =
            parse(json!({"email": " Ada@Example.COM ", "password": "12345678"})).unwrap();
        assert_eq!(user.email, "ada@example.com");
        assert!(!format!("{user:?}").contains("12345678"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "a",
            "a@b",
            "@example.com",
            "a@@example.com",
            "a b@example.com",
            "a@.com",
            "a@example..com",
            "a@exa mple.com",
            "a@example.com\u{7f}",
        ] {
            let errors =
                parse::<NewUser>(json!({"email": bad, "password": "12345678"})).unwrap_err();
            assert_eq!(errors[0].field, "email", "{bad:?}");
        }
    }

    #[test]
    fn an_address_holds_nothing_that_is_not_seen() {
        let read = |email: &str| parse::<ForgotPassword>(json!({ "email": email }));
        for unseen in [
            '\u{200b}',
            '\u{200d}',
            '\u{202e}',
            '\u{2060}',
            '\u{feff}',
            '\u{ad}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{e0041}',
            '\u{85}',
            '\u{7f}',
            '\u{1}',
            '\u{a0}',
            '\u{2028}',
            '\t',
        ] {
            for email in [
                format!("a{unseen}da@example.com"),
                format!("ada@exam{unseen}ple.com"),
            ] {
                let errors = read(&email).unwrap_err();
                assert_eq!(errors[0].field, "email", "{email:?}");
                assert!(errors[0].message.contains("invisible"), "{email:?}");
            }
        }
        // What is seen is for its owner to choose.
        for email in [
            "a'o+b_c%d@example.com",
            "zoë@example.com",
            "e\u{301}@bücher.example",
            "नमस्ते@example.com",
        ] {
            assert_eq!(read(email).unwrap().email, email);
        }
    }

    #[test]
    fn a_password_has_8_to_128_characters_and_is_not_trimmed() {
        let user: NewUser =
            parse(json!({"email": "a@example.com", "password": "  üüüü  "})).unwrap();
        assert_eq!(user.password.expose(), "  üüüü  ");
        for bad in [
            "1234567".to_owned(),
            "x".repeat(129),
            "1234567\0".to_owned(),
        ] {
            assert_eq!(
                parse::<NewUser>(json!({"email": "a@example.com", "password": bad})).unwrap_err()
                    [0]
                .field,
                "password"
            );
        }
    }

    #[test]
    fn a_login_takes_any_password_and_names_its_session() {
        let login: Login = parse(json!({"email": "A@example.com", "password": "x"})).unwrap();
        assert_eq!(
            (login.email.as_str(), login.session),
            ("a@example.com", SessionForm::Token)
        );
        assert_eq!(
            parse::<Login>(json!({"email": "a", "password": "x", "session": "jar"})).unwrap_err()
                [0]
            .field,
            "session"
        );
    }
}
