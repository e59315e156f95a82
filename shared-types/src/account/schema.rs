//! The bodies of registration and login as JSON Schema.

use serde_json::json;
use utoipa::openapi::ObjectBuilder;
use utoipa::{PartialSchema, ToSchema};

use super::{ChangeUser, ConfirmEmail, ForgotPassword, Login, NewUser, ResetPassword};
use crate::schema::{AnySchema, NO_NUL, NOT_BLANK, closed, or_null, text, time_zone, word};

/// One `@`, something before it, and a dotted name of letters, digits and hyphens after it. Letters of other scripts are
/// taken too; which characters are not seen is more than a pattern can say in every dialect.
const EMAIL: &str = r"^\s*[!-?A-~\u00c0-\u00ff]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\s*$";

impl ToSchema for NewUser {}
impl PartialSchema for NewUser {
    fn schema() -> AnySchema {
        let email = text(3, 254, EMAIL)
            .description(Some("The address to sign in with; kept in lower case."))
            .examples(["you@example.com"]);
        let password = new_password();
        let full_name = text(1, 256, NOT_BLANK).description(Some("How you are called."));
        let time_zone = time_zone().description(Some(
            "An IANA time zone, by which dates without an offset are read; UTC unless given.",
        ));
        let fields = [
            ("email", email.into()),
            ("password", password.into()),
            ("full_name", or_null(full_name.into())),
            ("time_zone", or_null(time_zone.into())),
        ];
        closed(fields, &["email", "password"])
            .description(Some("A new account."))
            .examples([json!({
                "email": "you@example.com", "password": "a long pass phrase", "time_zone": "Europe/Berlin"
            })])
            .into()
    }
}

impl ToSchema for Login {}
impl PartialSchema for Login {
    fn schema() -> AnySchema {
        let email = text(1, 254, NOT_BLANK)
            .description(Some("The address of the account."))
            .examples(["you@example.com"]);
        let password = text(1, 1024, NO_NUL).description(Some("The password of the account."));
        let session = word(["token", "cookie"])
            .default(Some(json!("token")))
            .description(Some(
                "What to answer with: tokens, or a cookie for a page of the same origin.",
            ));
        let fields = [
            ("email", email.into()),
            ("password", password.into()),
            ("session", or_null(session.into())),
        ];
        closed(fields, &["email", "password"])
            .description(Some("An address and its password."))
            .examples([json!({"email": "you@example.com", "password": "a long pass phrase"})])
            .into()
    }
}

impl ToSchema for ChangeUser {}
impl PartialSchema for ChangeUser {
    fn schema() -> AnySchema {
        let full_name = text(1, 256, NOT_BLANK).description(Some("How you are called."));
        let password = new_password();
        let email = text(3, 254, EMAIL)
            .description(Some(
                "The new address. It takes the place of the old one when the link that is sent to it is followed.",
            ))
            .examples(["you@example.com"]);
        let current_password = text(1, 1024, NO_NUL).description(Some(
            "The password so far; needed to change the password or the address.",
        ));
        let fields = [
            ("full_name", or_null(full_name.into())),
            ("password", password.into()),
            ("email", email.into()),
            ("current_password", or_null(current_password.into())),
        ];
        closed(fields, &[])
            .description(Some(
                "What to change of the account; what is left out stays.",
            ))
            .examples([json!({"full_name": "Ada Lovelace"})])
            .into()
    }
}

impl ToSchema for ForgotPassword {}
impl PartialSchema for ForgotPassword {
    fn schema() -> AnySchema {
        let email = text(3, 254, EMAIL)
            .description(Some("The address of the account."))
            .examples(["you@example.com"]);
        closed([("email", email.into())], &["email"])
            .description(Some("Whose password was forgotten."))
            .examples([json!({"email": "you@example.com"})])
            .into()
    }
}

impl ToSchema for ResetPassword {}
impl PartialSchema for ResetPassword {
    fn schema() -> AnySchema {
        let fields = [
            ("token", token().into()),
            ("password", new_password().into()),
        ];
        closed(fields, &["token", "password"])
            .description(Some("A link's token and the new password."))
            .examples([json!({"token": TOKEN, "password": "another long pass phrase"})])
            .into()
    }
}

impl ToSchema for ConfirmEmail {}
impl PartialSchema for ConfirmEmail {
    fn schema() -> AnySchema {
        closed([("token", token().into())], &["token"])
            .description(Some("A link's token."))
            .examples([json!({"token": TOKEN})])
            .into()
    }
}

/// What stands behind `#token=` in a link.
const TOKEN: &str = "mfl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn token() -> ObjectBuilder {
    text(1, 256, NOT_BLANK)
        .description(Some(
            "What stands behind `#token=` in the link that was sent.",
        ))
        .examples([TOKEN])
}

fn new_password() -> ObjectBuilder {
    text(8, 128, NO_NUL)
        .description(Some("8 to 128 characters, and not a common password."))
        .examples(["a long pass phrase"])
}
