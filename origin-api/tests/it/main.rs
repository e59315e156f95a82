//! The origin against a real PostgreSQL: every route by its own router, with a fixed clock and seeded
//! randomness, in a database of its own. Fails without `TEST_DATABASE_URL`; never skips.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by a panic that names its line"
)]
#![expect(
    unreachable_pub,
    reason = "a test binary exports nothing, and plain `pub` reads better"
)]

mod actions;
mod api_keys;
mod auth;
mod calendar;
mod clean_up;
mod database;
mod delivery;
mod export;
mod gate_fields;
mod gate_state;
mod health;
mod import;
mod jwks;
mod late;
mod legal;
mod mail;
mod mcp;
mod migrate;
mod oauth;
mod openapi;
mod plans;
mod preferences;
mod process;
mod projects;
mod scopes;
mod serve;
mod signature;
mod stats;
mod support;
mod tasks;
mod throttles;
mod undo;
