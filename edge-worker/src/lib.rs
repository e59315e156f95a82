//! The edge of MindFlow: a Cloudflare Worker between every caller and the origin. It decides who and how
//! often; what is for the origin to decide (architecture.md says why).
//!
//! The life of a request: match the route → authenticate → check size and type → settle what is forwarded,
//! dropping every inbound trust field → through the user's gate, or directly if anonymous → sign → send with
//! a deadline → judge the answer and keep the allowed fields → add the fields that every answer carries.
//!
//! The modules named here are pure: they take the time, decide, and are tested natively. `runtime` is the
//! glue to JavaScript and exists on wasm32 only.
#![warn(missing_docs)]

pub mod answer;
pub mod auth;
pub mod body;
pub mod conditional;
pub mod config;
pub mod cookie;
pub mod cors;
pub mod error;
pub mod forward;
pub mod gate;
pub mod header;
pub mod health;
pub mod keys;
pub mod limit;
pub mod log;
pub mod page;
pub mod route;
pub mod timing;

#[cfg(target_arch = "wasm32")]
mod runtime;
