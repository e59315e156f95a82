//! The forms of a date that a person gives, as JSON Schema.

use std::borrow::Cow;

use utoipa::openapi::Ref;
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::{PartialSchema, ToSchema};

use super::When;
use crate::schema::{AnySchema, formatted, text};

/// A day that exists and a time without an offset: months by their length, then the 29th of February of leap years.
const LOCAL: &str = "^(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?$";

impl When {
    /// A reference to the schema, with what the date means here.
    pub(crate) fn reference(what: &str) -> AnySchema {
        let mut reference = Ref::from_schema_name(Self::name());
        what.clone_into(&mut reference.description);
        AnySchema::Ref(reference)
    }
}

impl ToSchema for When {
    fn name() -> Cow<'static, str> {
        "When".into()
    }
}

impl PartialSchema for When {
    fn schema() -> AnySchema {
        let day = formatted("date")
            .description(Some("A whole day in your time zone."))
            .examples(["2026-11-30"]);
        let local = text(16, 29, LOCAL)
            .description(Some("A wall-clock time in your time zone; it stays at that time of day when the zone changes."))
            .examples(["2026-11-30T17:00:00"]);
        let instant = formatted("date-time")
            .description(Some("An instant: RFC 3339 with an offset."))
            .examples(["2026-11-30T17:00:00+01:00"]);
        AnyOfBuilder::new()
            .item(day)
            .item(local)
            .item(instant)
            .description(Some("A day, a wall-clock time or an instant; answered in the form in which it was given."))
            .into()
    }
}
