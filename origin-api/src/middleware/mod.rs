//! The layers around the routes, one file each. Their order is in `router.rs`.

pub mod credential;
pub mod observe;
pub mod signature;
pub mod standing;
