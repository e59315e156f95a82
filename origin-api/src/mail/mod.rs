//! Mail: a job that empties the outbox, and the way to the server.

mod mailer;
mod smtp;

pub use self::mailer::{Mailer, Outbox};
