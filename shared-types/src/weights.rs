//! What a user wants each factor of the ranking to count for: nine weights, given one by one or as a preset.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::best::Factor;
use crate::validate::{Fields, Refused};

/// The most that a factor may count for, in hundredths.
const MOST: u16 = 300;

/// What each factor counts for: 0 to 3 times its constant, in hundredths, in the order of [`Factor::ALL`].
///
/// On the wire an object with every factor, in decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights([u16; 9]);

impl Weights {
    /// Reads hundredths; `None` unless each is at most 300.
    pub fn from_hundredths(hundredths: [u16; 9]) -> Option<Self> {
        hundredths
            .iter()
            .all(|&weight| weight <= MOST)
            .then_some(Self(hundredths))
    }

    /// The weights in hundredths, in the order of [`Factor::ALL`].
    pub const fn hundredths(&self) -> [u16; 9] {
        self.0
    }

    /// What a factor counts for: 0 to 3.
    pub fn of(&self, factor: Factor) -> f64 {
        f64::from(self.0[factor as usize]) / 100.0
    }

    /// Reads the field `weights`: an object, in which a missing factor counts 1, or the name of a [`Preset`].
    /// `None` when it is absent or `null`, and when an error was recorded.
    pub fn optional(fields: &mut Fields) -> Option<Self> {
        let given = fields.optional(FIELD, Ok)?;
        Self::read(fields, given)
    }

    /// As [`Weights::optional`], for a field that must be there.
    pub fn required(fields: &mut Fields) -> Option<Self> {
        let given = fields.required(FIELD, Ok)?;
        Self::read(fields, given)
    }

    fn read(fields: &mut Fields, given: Value) -> Option<Self> {
        match given {
            Value::String(name) => match Preset::parse(&name) {
                Some(preset) => Some(preset.weights()),
                None => fields.refuse(FIELD, expected()),
            },
            Value::Object(given) => {
                let mut weights = Self::default();
                for (name, value) in given.into_iter().filter(|(_, value)| !value.is_null()) {
                    let Some(factor) = Factor::parse(&name) else {
                        let known = Factor::ALL.map(Factor::as_str).join(", ");
                        let message = format!("is no factor; the factors are {known}");
                        fields.refuse::<()>(&format!("{FIELD}.{name}"), message);
                        continue;
                    };
                    match hundredths(&value) {
                        Ok(weight) => weights.0[factor as usize] = weight,
                        Err(message) => {
                            fields.refuse::<()>(&format!("{FIELD}.{name}"), message);
                        }
                    }
                }
                Some(weights)
            }
            _ => fields.refuse(FIELD, expected()),
        }
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self([100; 9])
    }
}

impl Serialize for Weights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Factor::ALL.len()))?;
        for factor in Factor::ALL {
            map.serialize_entry(factor.as_str(), &self.of(factor))?;
        }
        map.end()
    }
}

/// Weights for a way to work, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// The formula as it is.
    Balanced,
    /// What is due soon, also where it matters little.
    DeadlinesFirst,
    /// What matters most: no date outweighs a step of priority.
    ImportantFirst,
    /// What is done quickly; a near date still counts.
    QuickWins,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 4] = [
        Self::Balanced,
        Self::DeadlinesFirst,
        Self::ImportantFirst,
        Self::QuickWins,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Balanced => "balanced",
            Self::DeadlinesFirst => "deadlines-first",
            Self::ImportantFirst => "important-first",
            Self::QuickWins => "quick-wins",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == name)
    }

    /// The weights that it stands for.
    pub fn weights(self) -> Weights {
        let changes: &[(Factor, u16)] = match self {
            Self::Balanced => &[],
            Self::DeadlinesFirst => &[(Factor::Urgency, 300), (Factor::Importance, 50)],
            Self::ImportantFirst => &[(Factor::Urgency, 50), (Factor::Importance, 300)],
            Self::QuickWins => &[
                (Factor::Urgency, 50),
                (Factor::Importance, 25),
                (Factor::Fit, 200),
                (Factor::Small, 300),
            ],
        };
        let mut weights = Weights::default();
        for &(factor, weight) in changes {
            weights.0[factor as usize] = weight;
        }
        weights
    }
}

const FIELD: &str = "weights";

fn expected() -> String {
    let presets = Preset::ALL.map(Preset::as_str).join(", ");
    format!("must be an object with a number for each factor, or one of {presets}")
}

/// A number from 0 to 3 with at most two decimals, in hundredths.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number from 0 to 300"
)]
fn hundredths(value: &Value) -> Result<u16, Refused> {
    let weight = value.as_f64().filter(|weight| (0.0..=3.0).contains(weight));
    let weight = weight.ok_or("must be a number between 0 and 3")?;
    let hundredths = (weight * 100.0).round();
    // Two decimals are read as the number closest to them, which is what this division gives.
    if (hundredths / 100.0 - weight).abs() > 0.0 {
        return Err("must have at most two decimals".into());
    }
    Ok(hundredths as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::FieldError;
    use serde_json::json;

    fn read(weights: &Value) -> Result<Option<Weights>, Vec<FieldError>> {
        let mut fields = Fields::new(json!({ "weights": weights })).unwrap();
        let weights = Weights::optional(&mut fields);
        fields.finish().map(|()| weights)
    }

    fn refused(weights: &Value) -> Vec<(String, String)> {
        let errors = read(weights).unwrap_err();
        errors
            .into_iter()
            .map(|error| (error.field, error.message))
            .collect()
    }

    #[test]
    fn a_missing_factor_counts_1_and_all_are_written() {
        let weights =
            read(&json!({"urgency": 2.55, "small": 0, "age": null, "not_now": 3})).unwrap();
        assert_eq!(
            serde_json::to_string(&weights).unwrap(),
            r#"{"urgency":2.55,"importance":1.0,"fit":1.0,"unblocks":1.0,"started":1.0,"time_of_day":1.0,"small":0.0,"age":1.0,"not_now":3.0}"#
        );
        assert_eq!(read(&json!({})).unwrap(), Some(Weights::default()));
        assert_eq!(read(&json!(null)).unwrap(), None);
    }

    #[test]
    fn every_hundredth_is_read_and_written_as_it_was() {
        for hundredths in 0..=300_u16 {
            let text = format!(r#"{{"fit":{}.{:02}}}"#, hundredths / 100, hundredths % 100);
            let weights = read(&serde_json::from_str(&text).unwrap())
                .unwrap()
                .unwrap();
            assert_eq!(weights.hundredths()[Factor::Fit as usize], hundredths);
            assert_eq!(read(&json!(weights)).unwrap(), Some(weights), "{text}");
        }
        assert!(Weights::from_hundredths([300; 9]).is_some());
        assert!(Weights::from_hundredths([0, 0, 301, 0, 0, 0, 0, 0, 0]).is_none());
    }

    #[test]
    fn each_mistake_is_named_by_its_factor() {
        let between = "must be a number between 0 and 3";
        for bad in [
            json!(-0.01),
            json!(3.01),
            json!("1"),
            json!(true),
            json!([1]),
        ] {
            let said = refused(&json!({ "urgency": bad }));
            assert_eq!(said, [("weights.urgency".into(), between.into())]);
        }
        for long in [json!(0.001), json!(1.005), json!(2.999_999_999)] {
            let said = refused(&json!({ "not_now": long }));
            let message = "must have at most two decimals";
            assert_eq!(said, [("weights.not_now".into(), message.into())]);
        }
        let said = refused(&json!({"foo": 1, "fit": 4, "Urgency": 2}));
        let fields: Vec<_> = said.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["weights.Urgency", "weights.fit", "weights.foo"]);
        assert!(said[2].1.contains("the factors are urgency, importance,"));
    }

    #[test]
    fn a_preset_is_given_by_its_name() {
        for preset in Preset::ALL {
            let read = read(&json!(preset.as_str())).unwrap();
            assert_eq!(read, Some(preset.weights()));
            assert!(Weights::from_hundredths(preset.weights().0).is_some());
        }
        assert_eq!(Preset::Balanced.weights(), Weights::default());
        for bad in [json!("Balanced"), json!(""), json!(1), json!([])] {
            assert_eq!(
                refused(&bad),
                [(
                    "weights".to_owned(),
                    "must be an object with a number for each factor, or one of balanced, deadlines-first, important-first, quick-wins"
                        .to_owned()
                )]
            );
        }
    }
}
