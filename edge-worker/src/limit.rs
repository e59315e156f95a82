//! Limits by client address, for whoever has no valid credential: how often such a request may come, and whose it is.
//! The counting is Cloudflare's rate-limit binding, per location and approximate; the numbers stand in wrangler.toml.

use std::net::{IpAddr, Ipv6Addr};

/// After how many seconds a limit has room again for sure: the bindings' period.
pub const PERIOD_SECONDS: u32 = 60;

/// A limit by address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Of requests without a valid credential.
    Address,
    /// Of attempts to register, to log in and to reset a password, whatever credential comes along.
    Entry,
}

impl Limit {
    /// The name of the binding that counts it.
    pub const fn binding(self) -> &'static str {
        match self {
            Self::Address => "ADDRESS_LIMIT",
            Self::Entry => "ENTRY_LIMIT",
        }
    }

    /// A word for log lines.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Address => "address_limit",
            Self::Entry => "entry_limit",
        }
    }
}

/// What is counted as one caller: an IPv4 address, or the /64 that one IPv6 customer has at least.
pub fn subject(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = Ipv6Addr::from_bits(address.to_bits() >> 64 << 64);
            format!("{network}/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject_of(address: &str) -> String {
        subject(address.parse().unwrap())
    }

    #[test]
    fn an_ipv6_customer_is_one_caller_and_so_is_an_ipv4_address() {
        assert_eq!(subject_of("203.0.113.7"), "203.0.113.7");
        assert_eq!(subject_of("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(subject_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(
            subject_of("2001:db8:1:2::"),
            subject_of("2001:db8:1:2:ffff::1")
        );
        assert_ne!(subject_of("2001:db8:1:2::"), subject_of("2001:db8:1:3::"));
    }
}
