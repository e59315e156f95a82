//! The body of a refresh as JSON Schema.

use serde_json::json;
use utoipa::{PartialSchema, ToSchema};

use super::Refresh;
use crate::schema::{AnySchema, NO_NUL, closed, text};

impl ToSchema for Refresh {}
impl PartialSchema for Refresh {
    fn schema() -> AnySchema {
        let token = text(1, 256, NO_NUL).description(Some(
            "The newest refresh token of the session. Leave the body out to renew the dashboard's cookie.",
        ));
        closed([("refresh_token", token.into())], &["refresh_token"])
            .description(Some("What a session is carried on with."))
            .examples([json!({"refresh_token": "mfr_mDqYvqIRFQoBLHbJAY2HrcVCU0ysAVA1X5JcFAXtBRc"})])
            .into()
    }
}
