//! OAuth 2.1: who may ask for what, and where the answer may go. Pure; what is stored and fetched is elsewhere.

pub mod client;
pub mod document;
pub mod metadata;
pub mod params;
pub mod public_address;
pub mod redirect;
pub mod refusal;
pub mod registration;
pub mod request;
