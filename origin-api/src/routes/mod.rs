//! Handlers, one file for each noun: who → what → rule → store → reply.

pub mod auth;
pub mod best;
pub mod preferences;
pub mod tasks;
