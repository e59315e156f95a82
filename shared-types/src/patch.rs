//! A field of a partial update: absent, `null` or a value.

use serde::{Serialize, Serializer};

/// What a PATCH says of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Not mentioned: stays as it is.
    #[default]
    Absent,
    /// `null`: cleared.
    Null,
    /// Set to this.
    Value(T),
}

impl<T> Patch<T> {
    /// Whether the field was not mentioned at all; for `serde(skip_serializing_if)`.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The new value, when one was given.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

/// The value, or `null`; what is absent is to be skipped.
impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}
