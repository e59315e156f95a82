//! Building blocks of the JSON Schemas that the OpenAPI document is made of (feature `openapi`). A body that is
//! read field by field is described by hand beside its reader, and tests hold the two together; an answer
//! derives its schema.

use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::schema::{
    AdditionalProperties, AnyOfBuilder, ArrayBuilder, Object, ObjectBuilder, Ref, SchemaType, Type,
};
use utoipa::openapi::{RefOr, Schema, SchemaFormat};

/// Text without U+0000.
pub const NO_NUL: &str = r"^[^\u0000]*$";
/// Text without U+0000 that is not blank.
pub const NOT_BLANK: &str = r"^[^\u0000]*[^\s\u0000][^\u0000]*$";
/// A UUIDv7 (RFC 9562), in either case.
pub const UUID_V7: &str =
    "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$";

/// A schema, or a reference to one.
pub type AnySchema = RefOr<Schema>;

/// A string of `min` to `max` Unicode scalar values that matches `pattern`.
pub fn text(min: usize, max: usize, pattern: &str) -> ObjectBuilder {
    let least = (min > 0).then_some(min);
    string()
        .min_length(least)
        .max_length(Some(max))
        .pattern(Some(pattern))
}

/// A string of this format.
pub fn formatted(format: &str) -> ObjectBuilder {
    string().format(Some(SchemaFormat::Custom(format.to_owned())))
}

/// A whole number from `min` to `max`.
pub fn integer(min: i64, max: i64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(min))
        .maximum(Some(max))
}

/// One of these words.
pub fn word<'a>(words: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    string().enum_values(Some(words))
}

/// The name of a time zone.
pub fn time_zone() -> ObjectBuilder {
    formatted("iana-time-zone").examples(["Europe/Berlin"])
}

/// True or false.
pub fn boolean() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

/// A string.
pub fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// An object of these fields and no others, of which `required` must be there.
pub fn closed(
    fields: impl IntoIterator<Item = (&'static str, AnySchema)>,
    required: &[&str],
) -> ObjectBuilder {
    let mut object = Object::with_type(Type::Object);
    object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    object.required = required.iter().copied().map(ToOwned::to_owned).collect();
    object.properties = fields
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    object.into()
}

/// An answer with all of these fields. Answers may grow, so others are not ruled out.
pub fn answer(fields: Vec<(&'static str, AnySchema)>) -> ObjectBuilder {
    let mut object = Object::with_type(Type::Object);
    object.required = fields.iter().map(|(name, _)| (*name).to_owned()).collect();
    object.properties = fields
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    object.into()
}

/// A page of `T`.
pub fn page<T: ToSchema>() -> ObjectBuilder {
    let items = ArrayBuilder::new()
        .items(Ref::from_schema_name(T::name()))
        .description(Some("The rows of this page."));
    let next_cursor = string().description(Some(
        "Brings the next page, sent back as the parameter cursor; null on the last page.",
    ));
    answer(vec![
        ("items", items.into()),
        ("next_cursor", or_null(next_cursor.into())),
    ])
}

/// The same schema, which also takes `null`.
#[must_use]
pub fn or_null(schema: AnySchema) -> AnySchema {
    let with_null = |schema_type| match schema_type {
        SchemaType::Type(one) => SchemaType::Array(vec![one, Type::Null]),
        other => other,
    };
    let null = || ObjectBuilder::new().schema_type(Type::Null);
    match schema {
        RefOr::T(Schema::Object(mut object)) => {
            object.schema_type = with_null(object.schema_type);
            if let Some(values) = &mut object.enum_values {
                values.push(Value::Null);
            }
            RefOr::T(object.into())
        }
        RefOr::T(Schema::Array(mut array)) => {
            array.schema_type = with_null(array.schema_type);
            RefOr::T(array.into())
        }
        RefOr::T(Schema::AnyOf(mut any)) => {
            any.items.push(null().into());
            RefOr::T(any.into())
        }
        // A reference keeps its description outside, where readers look for the field's own.
        RefOr::Ref(mut reference) => {
            let description = std::mem::take(&mut reference.description);
            let any = AnyOfBuilder::new().item(reference).item(null());
            any.description(Some(description)).into()
        }
        RefOr::T(other) => AnyOfBuilder::new().item(other).item(null()).into(),
    }
}
