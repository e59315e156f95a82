//! `/api/auth/*`.

mod login;
mod me;
mod register;
