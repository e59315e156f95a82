//! What the edge and the origin must agree on, defined once: wire types with their validation, problem
//! details, identity and scopes, token claims, and the signed hop (RFC 9421).
//!
//! Pure: no I/O, no clock, no randomness, no async runtime; it builds natively and for wasm32.
#![warn(missing_docs)]

pub mod account;
pub mod api_key;
pub mod app;
pub mod batch;
pub mod best;
pub mod calendar;
pub mod caller;
pub mod gate;
pub mod history;
pub mod id;
pub mod page;
pub mod patch;
pub mod pending;
pub mod preferences;
pub mod preview;
pub mod problem;
pub mod project;
#[cfg(feature = "openapi")]
pub mod schema;
pub mod scope;
pub mod session;
pub mod signature;
pub mod stats;
pub mod task;
pub mod time;
pub mod token;
pub mod transfer;
pub mod validate;
pub mod weights;
