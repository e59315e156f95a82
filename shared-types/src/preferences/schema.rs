//! Preferences, weights and the body of a preview as JSON Schema.

use serde_json::{Value, json};
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, Ref, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{NewPreferences, Preferences, SEARCH_LANGUAGES};
use crate::best::Factor;
use crate::preview::NewPreview;
use crate::schema::{AnySchema, answer, closed, integer, or_null, text, time_zone, word};
use crate::weights::{Preset, Weights};

/// `HH:MM`, 00:00 to 23:59.
const START: &str = "^([01][0-9]|2[0-3]):[0-5][0-9]$";
/// `HH:MM`, 00:00 to 24:00.
const END: &str = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$";

impl ToSchema for Preferences {}
impl PartialSchema for Preferences {
    fn schema() -> AnySchema {
        let mut weights = Ref::from_schema_name(Weights::name());
        "What each factor of the ranking counts for.".clone_into(&mut weights.description);
        let fields = vec![
            ("time_zone", zone().into()),
            ("work_start", work_start().into()),
            ("work_end", work_end().into()),
            ("work_days", work_days().into()),
            ("search_language", search_language().into()),
            ("weights", AnySchema::Ref(weights)),
        ];
        answer(fields)
            .description(Some(
                "When you work, in which language your texts are searched, and what counts.",
            ))
            .into()
    }
}

impl ToSchema for NewPreferences {}
impl PartialSchema for NewPreferences {
    fn schema() -> AnySchema {
        let default =
            |schema: ObjectBuilder, value: Value| or_null(schema.default(Some(value)).into());
        let zone = zone().description(Some("An IANA time zone; stays as it is when left out."));
        let fields = [
            ("time_zone", or_null(zone.into())),
            ("work_start", default(work_start(), json!("09:00"))),
            ("work_end", default(work_end(), json!("17:00"))),
            (
                "work_days",
                or_null(work_days().default(Some(json!([1, 2, 3, 4, 5]))).into()),
            ),
            (
                "search_language",
                default(search_language(), json!(SEARCH_LANGUAGES[0])),
            ),
            (
                "weights",
                or_null(weights_or_preset().default(Some(json!("balanced"))).into()),
            ),
        ];
        closed(fields, &[])
            .description(Some("Every preference as it shall be: one that is left out, or null, gets its default."))
            .examples([json!({
                "time_zone": "Europe/Berlin", "work_start": "08:30", "work_end": "16:30", "weights": {"urgency": 1.5}
            })])
            .into()
    }
}

impl ToSchema for Weights {}
impl PartialSchema for Weights {
    fn schema() -> AnySchema {
        let fields = Factor::ALL.map(|factor| (factor.as_str(), weight().into()));
        answer(fields.into())
            .description(Some(
                "What each factor counts for: 1 is the formula as it is, 0 leaves it out.",
            ))
            .into()
    }
}

impl ToSchema for NewPreview {}
impl PartialSchema for NewPreview {
    fn schema() -> AnySchema {
        let limit = integer(1, 100)
            .default(Some(json!(20)))
            .description(Some("How many tasks to give."));
        let minutes = integer(1, 1440).description(Some("How many minutes are free now."));
        let fields = [
            ("weights", weights_or_preset().into()),
            ("limit", or_null(limit.into())),
            ("available_minutes", or_null(minutes.into())),
        ];
        closed(fields, &["weights"])
            .description(Some("The weights to try."))
            .examples([
                json!({"weights": "quick-wins"}),
                json!({"weights": {"urgency": 2, "importance": 0.5}, "limit": 5}),
            ])
            .into()
    }
}

fn zone() -> ObjectBuilder {
    time_zone().description(Some(
        "An IANA time zone, by which dates without an offset are read.",
    ))
}

fn work_start() -> ObjectBuilder {
    text(5, 5, START)
        .description(Some("When a working day begins, HH:MM."))
        .examples(["09:00"])
}

fn work_end() -> ObjectBuilder {
    text(5, 5, END)
        .description(Some(
            "When a working day ends, HH:MM up to 24:00; after work_start.",
        ))
        .examples(["17:00"])
}

fn work_days() -> ArrayBuilder {
    ArrayBuilder::new()
        .items(integer(1, 7))
        .min_items(Some(1))
        .description(Some(
            "The days that are worked on, 1 (Monday) to 7 (Sunday); at least one.",
        ))
}

fn search_language() -> ObjectBuilder {
    word(SEARCH_LANGUAGES).description(Some(
        "In which language texts are searched; simple takes words as they are, in any language.",
    ))
}

fn weight() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .minimum(Some(0))
        .maximum(Some(3))
}

fn weights_or_preset() -> AnyOfBuilder {
    let one = || {
        or_null(
            weight()
                .multiple_of(Some(0.01))
                .default(Some(json!(1)))
                .into(),
        )
    };
    let each = closed(Factor::ALL.map(|factor| (factor.as_str(), one())), &[])
        .description(Some("A number from 0 to 3, with up to two decimals, for each factor; 1 for one that is left out."))
        .examples([json!({"urgency": 1.5})]);
    let preset = word(Preset::ALL.map(Preset::as_str)).description(Some("The name of a preset."));
    AnyOfBuilder::new()
        .item(each)
        .item(preset)
        .description(Some(
            "What each factor of the ranking counts for, one by one or by the name of a preset.",
        ))
}
