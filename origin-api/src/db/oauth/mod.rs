//! What OAuth stores: clients, codes, and the ends of what came of them. Grants themselves are rows of `sessions`, which
//! `db/refresh.rs` carries on.

pub mod clients;
pub mod codes;
pub mod grants;
