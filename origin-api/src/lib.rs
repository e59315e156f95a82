//! The origin: the one place that knows tasks and accounts, over PostgreSQL, behind the signed hop.
//!
//! `router → routes → (domain, db)`; `domain` knows neither HTTP nor SQL, and nothing imports `routes`.

pub mod admin;
pub mod app;
pub mod client_documents;
pub mod commands;
pub mod config;
pub mod db;
pub mod delivery;
pub mod docs;
pub mod domain;
pub mod error;
pub mod extract;
pub mod health;
pub mod keys;
pub mod mail;
pub mod middleware;
pub mod oauth_clients;
pub mod openapi;
pub mod passwords;
pub mod probe;
pub mod rehearsal;
pub mod reply;
pub mod router;
pub mod routes;
pub mod serve;
pub mod telemetry;
