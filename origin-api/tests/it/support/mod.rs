//! What every test stands on.

pub mod app;
pub mod client;
pub mod database;
pub mod edge;
pub mod overtaken;
pub mod post;
pub mod proxy;
pub mod race;
pub mod smtp;
pub mod socket;
pub mod web;

pub use app::TestApp;
pub use client::{Call, Client, Response};
