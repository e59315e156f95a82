//! The layers around the routes, one file each. Their order is in `router.rs`.

pub mod compact;
pub mod credential;
pub mod observe;
pub mod outbox;
pub mod signature;
pub mod standing;
pub mod tell;
pub mod uses;
