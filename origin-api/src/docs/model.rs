//! As much of an OpenAPI document as the page shows, in the order in which it is written.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// A JSON object whose fields keep their order.
pub(super) struct Ordered<T>(Vec<(String, T)>);

impl<T> Ordered<T> {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.iter()
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value)
    }
}

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Ordered<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<T>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Ordered(fields))
            }
        }
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

#[derive(Deserialize)]
pub(super) struct Document {
    pub(super) info: Info,
    pub(super) servers: Vec<Server>,
    pub(super) paths: Ordered<Ordered<Operation>>,
    pub(super) components: Components,
    pub(super) tags: Vec<Tag>,
}

#[derive(Deserialize)]
pub(super) struct Info {
    pub(super) title: String,
    pub(super) version: String,
    pub(super) description: String,
}

#[derive(Deserialize)]
pub(super) struct Server {
    pub(super) url: String,
}

#[derive(Deserialize)]
pub(super) struct Tag {
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
}

#[derive(Deserialize)]
pub(super) struct Components {
    pub(super) schemas: Ordered<Schema>,
    pub(super) responses: Ordered<Response>,
    pub(super) parameters: Ordered<Parameter>,
    pub(super) headers: Ordered<Header>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    pub(super) tags: Vec<String>,
    #[serde(rename = "operationId")]
    pub(super) id: String,
    pub(super) summary: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) parameters: Vec<Parameter>,
    pub(super) request_body: Option<Body>,
    pub(super) responses: Ordered<Response>,
    #[serde(default)]
    pub(super) security: Vec<Ordered<Vec<String>>>,
}

/// A parameter, or a reference to one.
#[derive(Deserialize)]
pub(super) struct Parameter {
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default, rename = "in")]
    pub(super) place: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) required: bool,
    pub(super) schema: Option<Schema>,
}

#[derive(Deserialize)]
pub(super) struct Body {
    pub(super) content: Ordered<Content>,
}

#[derive(Deserialize)]
pub(super) struct Content {
    pub(super) schema: Option<Schema>,
}

/// A response, or a reference to one.
#[derive(Deserialize)]
pub(super) struct Response {
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) content: Ordered<Content>,
    #[serde(default)]
    pub(super) headers: Ordered<Header>,
}

/// A header field, or a reference to one.
#[derive(Deserialize)]
pub(super) struct Header {
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    #[serde(default)]
    pub(super) description: String,
}

/// A schema, or a reference to one.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Schema {
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    pub(super) r#type: Value,
    pub(super) format: Option<String>,
    pub(super) description: String,
    pub(super) r#enum: Vec<Value>,
    pub(super) default: Option<Value>,
    pub(super) minimum: Option<Value>,
    pub(super) exclusive_minimum: Option<Value>,
    pub(super) maximum: Option<Value>,
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    pub(super) max_items: Option<u64>,
    pub(super) items: Option<Box<Self>>,
    pub(super) any_of: Vec<Self>,
    pub(super) one_of: Vec<Self>,
    pub(super) properties: Ordered<Self>,
    pub(super) required: Vec<String>,
    pub(super) examples: Vec<Value>,
}

/// The component that a reference names, by its last part; `value` itself when it is none.
pub(super) fn resolve<'a, T>(
    components: &'a Ordered<T>,
    value: &'a T,
    reference: Option<&String>,
) -> &'a T {
    let name = reference.and_then(|reference| reference.rsplit('/').next());
    name.and_then(|name| components.get(name)).unwrap_or(value)
}
