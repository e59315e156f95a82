//! The forms of a date that a person gives, as JSON Schema.

use std::borrow::Cow;

use utoipa::openapi::Ref;
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::{PartialSchema, ToSchema};

use super::When;
use crate::schema::{AnySchema, formatted, text};

/// A day that exists, from the year 1, and a time without an offset: months by their length, then the 29th of February of leap years.
const LOCAL: &str = "^(?:(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?$";

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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn every_example_is_read_and_every_form_has_one() {
        let schema = serde_json::to_value(When::schema()).unwrap();
        let forms = schema["anyOf"].as_array().unwrap();
        assert_eq!(forms.len(), 3);
        for form in forms {
            let examples = form["examples"].as_array().unwrap();
            for example in examples.iter().map(Value::as_str) {
                assert!(When::parse(example.unwrap().to_owned()).is_ok());
            }
        }
    }

    #[test]
    fn the_edges_of_the_pattern_are_the_edges_of_what_is_read() {
        for (text, is_read) in [
            ("0000-01-01T00:00", false),
            ("0001-01-01T00:00", true),
            ("2024-02-29T23:59:59.123456789", true),
            ("2023-02-29T00:00", false),
            ("1900-02-29T00:00", false),
            ("2000-02-29T00:00", true),
            ("2026-04-31T00:00", false),
            ("2026-01-01T24:00", false),
        ] {
            assert_eq!(When::parse(text.to_owned()).is_ok(), is_read, "{text}");
        }
    }
}
