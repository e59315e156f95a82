//! The caller's address, as far as it tells people apart.

use std::net::IpAddr;

/// An IPv4 address, or the network of an IPv6 address: whoever has one of these addresses has all 2^64 of its network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientAddress(String);

impl ClientAddress {
    /// From an address as text; what is none is taken as it is, so that it is limited, too.
    pub fn new(text: &str) -> Self {
        Self(
            match text.parse::<IpAddr>().map(|address| address.to_canonical()) {
                Ok(IpAddr::V4(address)) => address.to_string(),
                Ok(IpAddr::V6(address)) => {
                    let [a, b, c, d, ..] = address.segments();
                    format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
                }
                Err(_) => text.to_owned(),
            },
        )
    }

    /// As text, the same for all addresses that are taken for one. Not for the log.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_is_one_address() {
        for (text, same) in [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:0db8:0001:0002::", "2001:db8:1:2::/64"),
            ("::1", "0:0:0:0::/64"),
            ("nowhere", "nowhere"),
        ] {
            assert_eq!(ClientAddress::new(text).as_str(), same);
        }
    }
}
