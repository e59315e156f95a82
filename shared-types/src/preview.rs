//! A preview on the wire: the order that other weights would give.

use serde::Serialize;

use crate::best::Points;
use crate::task::Task;
use crate::validate::{Fields, FromFields, integer};
use crate::weights::Weights;

/// The body of a request for a preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPreview {
    /// The weights to try.
    pub weights: Weights,
    /// How many tasks to give, 1 to 100; default 20.
    pub limit: usize,
    /// The free time, 1 to 1,440; `None` when it is unknown.
    pub available_minutes: Option<u32>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// The first tasks under the weights that were given, best first.
    pub items: Vec<PreviewItem>,
}

/// One task of a preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewItem {
    /// The task.
    pub task: Task,
    /// Its score under the weights that were given.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub score: Points,
    /// Its score under the present weights.
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub was: Points,
}

const DEFAULT_LIMIT: usize = 20;

impl FromFields for NewPreview {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let weights = Weights::required(fields);
        let limit = fields.optional("limit", |value| integer(&value, 1, 100));
        let minutes = fields.optional("available_minutes", |value| integer(&value, 1, 1440));
        Some(Self {
            weights: weights?,
            limit: limit
                .and_then(|limit| limit.try_into().ok())
                .unwrap_or(DEFAULT_LIMIT),
            available_minutes: minutes.and_then(|minutes| minutes.try_into().ok()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::parse;
    use crate::weights::Preset;
    use serde_json::{Value, json};

    #[test]
    fn only_the_weights_are_needed() {
        let read: NewPreview = parse(json!({"weights": "quick-wins"})).unwrap();
        assert_eq!(
            read,
            NewPreview {
                weights: Preset::QuickWins.weights(),
                limit: 20,
                available_minutes: None,
            }
        );
        let read: NewPreview =
            parse(json!({"weights": {"fit": 0}, "limit": 100, "available_minutes": 1})).unwrap();
        assert_eq!((read.limit, read.available_minutes), (100, Some(1)));
    }

    #[test]
    fn each_mistake_is_named() {
        for (body, expected) in [
            (json!({}), vec!["weights"]),
            (json!({"weights": null}), vec!["weights"]),
            (
                json!({"weights": {"foo": 1, "fit": 9}}),
                vec!["weights.fit", "weights.foo"],
            ),
            (
                json!({"weights": 1, "limit": 0, "available_minutes": 1441, "tag": "x"}),
                vec!["weights", "limit", "available_minutes", "tag"],
            ),
            (json!({"weights": {}, "limit": 101}), vec!["limit"]),
        ] {
            let said = |body: Value| parse::<NewPreview>(body).unwrap_err();
            let fields: Vec<_> = said(body).into_iter().map(|error| error.field).collect();
            assert_eq!(fields, expected);
        }
    }
}
