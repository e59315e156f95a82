//! Rules that know neither HTTP nor SQL.

pub mod account;
pub mod api_keys;
pub mod batch;
pub mod brevity;
pub mod calendar;
pub mod caller;
pub mod client_address;
pub mod cursor;
pub mod delivery;
pub mod freshness;
pub mod history;
pub mod letter;
pub mod links;
pub mod listing;
pub mod oauth;
pub mod precondition;
pub mod ranking;
pub mod rate;
pub mod recurrence;
pub mod recurring;
pub mod search;
pub mod tokens;
pub mod transfer;
pub mod undo;
pub mod user_time;
