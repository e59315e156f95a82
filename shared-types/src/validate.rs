//! Reading a JSON object field by field: every mistake is collected, unknown fields are named, and nothing
//! is used before all of it was valid.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::patch::Patch;

/// What is wrong with one field, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The path of the field: `title`, `items[3].priority`; empty for the body as a whole.
    pub field: String,
    /// What is expected, as the end of the sentence "FIELD …".
    pub message: String,
}

/// Why a single value was refused: the end of the sentence "FIELD …".
pub type Refused = Cow<'static, str>;

/// A type that is read from the fields of a JSON object.
pub trait FromFields: Sized {
    /// Reads its fields. `None` only when an error was recorded.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// Reads a whole body; every invalid or unknown field is named in the error.
pub fn parse<T: FromFields>(body: Value) -> Result<T, Vec<FieldError>> {
    let mut fields = Fields::new(body)?;
    let value = T::from_fields(&mut fields);
    fields.finish()?;
    value.ok_or_else(|| {
        vec![FieldError {
            field: String::new(),
            message: "is not valid".to_owned(),
        }]
    })
}

/// The fields of a JSON object that are still to be read, and the errors so far.
#[derive(Debug)]
pub struct Fields {
    rest: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Opens a body, which must be an object.
    pub fn new(body: Value) -> Result<Self, Vec<FieldError>> {
        match body {
            Value::Object(rest) => Ok(Self {
                rest,
                errors: Vec::new(),
            }),
            _ => Err(vec![FieldError {
                field: String::new(),
                message: "the body must be a JSON object".to_owned(),
            }]),
        }
    }

    /// A field that must be there and not `null`.
    pub fn required<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Value) -> Result<T, Refused>,
    ) -> Option<T> {
        match self.rest.remove(name) {
            None => self.refuse(name, "is required"),
            Some(value) => self.keep(name, read(value)),
        }
    }

    /// A field that may be absent or `null`, which mean the same.
    pub fn optional<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Value) -> Result<T, Refused>,
    ) -> Option<T> {
        match self.rest.remove(name)? {
            Value::Null => None,
            value => self.keep(name, read(value)),
        }
    }

    /// A field of a partial update that may be cleared with `null`.
    pub fn patch<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Value) -> Result<T, Refused>,
    ) -> Patch<T> {
        match self.rest.remove(name) {
            None => Patch::Absent,
            Some(Value::Null) => Patch::Null,
            Some(value) => self
                .keep(name, read(value))
                .map_or(Patch::Absent, Patch::Value),
        }
    }

    /// A field of a partial update that cannot be cleared.
    pub fn not_null<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Value) -> Result<T, Refused>,
    ) -> Option<T> {
        match self.patch(name, read) {
            Patch::Absent => None,
            Patch::Null => self.refuse(name, "cannot be cleared; give a value or leave it out"),
            Patch::Value(value) => Some(value),
        }
    }

    /// An array of 1 to `most` objects, each with fields of its own; what is wrong with one is named by its place,
    /// as in `items[3].priority`.
    pub fn list<T>(
        &mut self,
        name: &str,
        most: usize,
        read: impl Fn(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.required(name, |value| match value {
            Value::Array(items) if (1..=most).contains(&items.len()) => Ok(items),
            _ => Err(format!("must be an array of 1 to {most} objects").into()),
        })?;
        let mut all = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let place = format!("{name}[{index}]");
            let Ok(mut fields) = Self::new(item) else {
                self.refuse::<()>(&place, "must be an object");
                continue;
            };
            all.extend(read(&mut fields));
            let errors = fields.finish().err().unwrap_or_default();
            self.errors
                .extend(errors.into_iter().map(|error| FieldError {
                    field: format!("{place}.{}", error.field),
                    ..error
                }));
        }
        Some(all)
    }

    /// Looks at no other field: whether they are right cannot be said.
    pub fn ignore_rest(&mut self) {
        self.rest.clear();
    }

    /// Records an error; gives `None`, so that it can end a reading.
    pub fn refuse<T>(&mut self, name: &str, message: impl Into<String>) -> Option<T> {
        self.errors.push(FieldError {
            field: name.to_owned(),
            message: message.into(),
        });
        None
    }

    /// Refuses a field, when it is there, with a remedy.
    pub fn refuse_if_present(&mut self, name: &str, message: &str) {
        if self.rest.remove(name).is_some() {
            self.refuse::<()>(name, message);
        }
    }

    /// Ends the reading: an error when any field was invalid or is unknown.
    pub fn finish(mut self) -> Result<(), Vec<FieldError>> {
        for name in self.rest.keys() {
            self.errors.push(FieldError {
                field: name.clone(),
                message: "is not a known field; leave it out".to_owned(),
            });
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(self.errors)
        }
    }

    fn keep<T>(&mut self, name: &str, read: Result<T, Refused>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(message) => self.refuse(name, message),
        }
    }
}

/// A string without U+0000 (PostgreSQL cannot hold it), of `min` to `max` Unicode scalar values.
pub fn text(value: Value, min: usize, max: usize) -> Result<String, Refused> {
    let Value::String(text) = value else {
        return Err("must be a string".into());
    };
    check_text(&text, min, max)?;
    Ok(text)
}

/// As [`text`], trimmed of white space before it is measured.
pub fn trimmed_text(value: Value, min: usize, max: usize) -> Result<String, Refused> {
    let Value::String(text) = value else {
        return Err("must be a string".into());
    };
    let trimmed = text.trim();
    check_text(trimmed, min, max)?;
    if trimmed.len() == text.len() {
        Ok(text)
    } else {
        Ok(trimmed.to_owned())
    }
}

/// The number, if it is whole: JSON knows one kind of number, and 3.0 is 3.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a whole number far below 2^63"
)]
fn whole(value: &Value) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let is_whole = |number: &f64| number.fract() == 0.0 && number.abs() < EXACT;
    let number = value.as_i64();
    number.or_else(|| value.as_f64().filter(is_whole).map(|number| number as i64))
}

/// A whole number from `min` to `max`.
pub fn integer(value: &Value, min: i64, max: i64) -> Result<i64, Refused> {
    match whole(value) {
        Some(number) if (min..=max).contains(&number) => Ok(number),
        Some(_) => Err(format!("must be between {min} and {max}").into()),
        None => Err(format!("must be a whole number between {min} and {max}").into()),
    }
}

/// `true` or `false`.
pub fn boolean(value: &Value) -> Result<bool, Refused> {
    value
        .as_bool()
        .ok_or(Cow::Borrowed("must be true or false"))
}

fn check_text(text: &str, min: usize, max: usize) -> Result<(), Refused> {
    if text.contains('\0') {
        return Err("must not contain U+0000".into());
    }
    let length = text.chars().count();
    if length < min {
        return Err(if min == 1 {
            "must not be blank".into()
        } else {
            format!("must have at least {min} characters").into()
        });
    }
    if length > max {
        return Err(format!("must have at most {max} characters, not {length}").into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_mistake_is_named_at_once() {
        let mut fields = Fields::new(json!({"a": 9, "c": 1, "d": null})).unwrap();
        assert_eq!(fields.required("a", |value| integer(&value, 1, 5)), None);
        assert_eq!(fields.required("b", |value| text(value, 1, 5)), None);
        assert_eq!(fields.patch("d", |value| text(value, 1, 5)), Patch::Null);
        let errors = fields.finish().unwrap_err();
        let said: Vec<_> = errors
            .iter()
            .map(|error| format!("{} {}", error.field, error.message))
            .collect();
        assert_eq!(
            said,
            [
                "a must be between 1 and 5",
                "b is required",
                "c is not a known field; leave it out"
            ]
        );
    }

    #[test]
    fn strings_are_measured_in_scalar_values_after_trimming() {
        assert_eq!(trimmed_text(json!("  ü👩‍🚀 "), 1, 4).unwrap(), "ü👩‍🚀");
        assert_eq!(
            trimmed_text(json!("\u{3000} \t"), 1, 4).unwrap_err(),
            "must not be blank"
        );
        assert_eq!(
            text(json!("a\0"), 0, 4).unwrap_err(),
            "must not contain U+0000"
        );
        assert_eq!(
            text(json!("abcde"), 0, 4).unwrap_err(),
            "must have at most 4 characters, not 5"
        );
    }

    #[test]
    fn only_whole_numbers_are_integers() {
        assert_eq!(integer(&json!(3), 1, 5), Ok(3));
        assert_eq!(integer(&json!(3.0), 1, 5), Ok(3));
        for bad in [
            json!(3.5),
            json!("3"),
            json!(0),
            json!(6),
            json!(true),
            json!(1e300),
            json!(null),
        ] {
            assert!(integer(&bad, 1, 5).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        for body in [json!([]), json!("x"), json!(null), json!(1)] {
            assert_eq!(
                Fields::new(body).unwrap_err()[0].message,
                "the body must be a JSON object"
            );
        }
    }
}
