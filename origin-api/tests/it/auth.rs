//! `/api/auth/*`.

mod change;
mod confirm;
mod delete;
mod forgot;
mod login;
mod me;
mod races;
mod register;
mod reset;
