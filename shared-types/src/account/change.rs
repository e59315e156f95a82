//! Changes of an account on the wire: by its owner, and by links that were sent by mail.

use serde::Serialize;
use serde_json::Value;

use super::{Password, Tokens, User, email, new_password};
use crate::patch::Patch;
use crate::validate::{Fields, FromFields, Refused, text, trimmed_text};

/// Characters of a link's token, and of anything that might be meant as one.
const TOKEN_LENGTH: usize = 256;

/// The body of a change of one's own account. What is absent stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeUser {
    /// 1–256 characters.
    pub full_name: Patch<String>,
    /// The new password.
    pub password: Option<Password>,
    /// The new address, trimmed and lower-cased.
    pub email: Option<String>,
    /// The password so far: there when the password or the address is to change.
    pub current_password: Option<Password>,
}

/// The body of a wish for a link that sets a new password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgotPassword {
    /// Trimmed and lower-cased.
    pub email: String,
}

/// The body that sets a new password by a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetPassword {
    /// From the link.
    pub token: LinkToken,
    /// The new password.
    pub password: Password,
}

/// The body that confirms an address by a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmEmail {
    /// From the link.
    pub token: LinkToken,
}

/// The one-time secret of a link; never printed. Whether it is one is for its look-up to say.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

impl LinkToken {
    /// The token itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

/// The answer to a change of one's own account.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangedUser {
    /// The account after the change.
    #[serde(flatten)]
    pub user: User,
    /// After a change of the password, where the caller has an access token: every token so far ended with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Tokens>,
}

impl FromFields for ChangeUser {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let full_name = fields.patch("full_name", |value| trimmed_text(value, 1, 256));
        let password = fields.not_null("password", new_password);
        let email = fields.not_null("email", email);
        let current_password = fields.optional("current_password", |value| {
            text(value, 1, 1024).map(Password)
        });
        if current_password.is_none() && (password.is_some() || email.is_some()) {
            fields.refuse::<()>(
                "current_password",
                "is required to change the password or the address",
            );
        }
        Some(Self {
            full_name,
            password,
            email,
            current_password,
        })
    }
}

impl FromFields for ForgotPassword {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let email = fields.required("email", email);
        Some(Self { email: email? })
    }
}

impl FromFields for ResetPassword {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let token = fields.required("token", link_token);
        let password = fields.required("password", new_password);
        Some(Self {
            token: token?,
            password: password?,
        })
    }
}

impl FromFields for ConfirmEmail {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let token = fields.required("token", link_token);
        Some(Self { token: token? })
    }
}

fn link_token(value: Value) -> Result<LinkToken, Refused> {
    trimmed_text(value, 1, TOKEN_LENGTH).map(LinkToken)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::validate::parse;

    fn refused<T: FromFields>(body: Value) -> Vec<String> {
        let errors = parse::<T>(body).err().unwrap_or_default();
        errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn a_change_says_of_each_field_whether_it_stays_is_cleared_or_set() {
        let change: ChangeUser = parse(json!({})).unwrap();
        assert_eq!(change.full_name, Patch::Absent);
        let change: ChangeUser = parse(json!({"full_name": null})).unwrap();
        assert_eq!(change.full_name, Patch::Null);
        let change: ChangeUser = parse(json!({
            "full_name": " Ada ", "email": " ADA@example.com", "password": "new password", "current_password": "x",
        }))
        .unwrap();
        assert_eq!(change.full_name, Patch::Value("Ada".to_owned()));
        assert_eq!(change.email.as_deref(), Some("ada@example.com"));
        assert!(!format!("{change:?}").contains("new password"));
    }

    #[test]
    fn password_and_address_need_the_password_so_far() {
        assert_eq!(refused::<ChangeUser>(json!({"full_name": "Ada"})), [""; 0]);
        for body in [
            json!({"password": "new password"}),
            json!({"email": "ada@example.com"}),
            json!({"email": "ada@example.com", "current_password": null}),
        ] {
            assert_eq!(
                refused::<ChangeUser>(body.clone()),
                ["current_password"],
                "{body}"
            );
        }
    }

    #[test]
    fn password_and_address_cannot_be_cleared_and_have_the_form_of_a_registration() {
        for (body, field) in [
            (json!({"password": null}), "password"),
            (json!({"email": null}), "email"),
            (
                json!({"password": "short", "current_password": "x"}),
                "password",
            ),
            (json!({"email": "ada", "current_password": "x"}), "email"),
            (json!({"full_name": " "}), "full_name"),
            (json!({"full_name": "Ada", "id": "x"}), "id"),
        ] {
            assert_eq!(refused::<ChangeUser>(body.clone()), [field], "{body}");
        }
    }

    #[test]
    fn a_link_is_read_as_it_was_sent_and_never_printed() {
        let reset: ResetPassword =
            parse(json!({"token": " mfl_abc\n", "password": "new password"})).unwrap();
        assert_eq!(reset.token.expose(), "mfl_abc");
        assert!(!format!("{reset:?}").contains("mfl_abc"));
        assert_eq!(refused::<ResetPassword>(json!({})), ["token", "password"]);
        let long = "x".repeat(TOKEN_LENGTH + 1);
        assert_eq!(refused::<ConfirmEmail>(json!({"token": long})), ["token"]);
        assert_eq!(
            refused::<ForgotPassword>(json!({"email": "ada"})),
            ["email"]
        );
    }
}
