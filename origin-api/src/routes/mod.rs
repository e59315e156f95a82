//! Handlers, one file for each noun: who → what → rule → store → reply.

pub mod account;
pub mod api_keys;
pub mod apps;
pub mod auth;
pub mod best;
pub mod calendar;
pub mod export;
pub mod gate_state;
pub mod history;
pub mod import;
pub mod jwks;
pub mod legal;
pub mod mcp;
pub mod oauth;
pub mod preferences;
pub mod projects;
pub mod recovery;
pub mod sessions;
pub mod stats;
pub mod tasks;
