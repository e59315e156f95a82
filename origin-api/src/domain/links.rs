//! Links that are sent by mail: one-time tokens, of which only a hash is stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

/// What following a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sets a new password.
    Reset,
    /// Confirms the address that it was sent to.
    Confirm,
}

impl Purpose {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Confirm => "confirm",
        }
    }

    /// When a link that is made `now` ends. A stolen mailbox is worth more with a reset than with a confirmation.
    pub fn ends_at(self, now: Timestamp) -> Timestamp {
        let hours = match self {
            Self::Reset => 1,
            Self::Confirm => 24,
        };
        now.checked_add(SignedDuration::from_hours(hours))
            .unwrap_or(Timestamp::MAX)
    }

    /// The page that the link opens.
    const fn page(self) -> &'static str {
        match self {
            Self::Reset => "reset-password",
            Self::Confirm => "confirm-email",
        }
    }
}

/// The secret of a link: 256 random bits.
pub struct Token([u8; 32]);

impl Token {
    /// From 32 random bytes.
    pub const fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// What the link carries.
    pub fn text(&self) -> String {
        format!("mfl_{}", URL_SAFE_NO_PAD.encode(self.0))
    }

    /// What is stored.
    pub fn hash(&self) -> [u8; 32] {
        hash(&self.text())
    }

    /// The link, on the site at `public_url`. The token stands in the fragment, which browsers send to no server: it
    /// enters no log and no `Referer`.
    pub fn link(&self, purpose: Purpose, public_url: &str) -> String {
        format!("{public_url}/{}#token={}", purpose.page(), self.text())
    }
}

/// What a token is found by: SHA-256 of its text, whatever that is. A slow hash would add nothing to 256 random bits.
pub fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_the_token_in_its_fragment_and_is_found_by_its_hash() {
        let token = Token::new([7; 32]);
        let link = token.link(Purpose::Reset, "https://m.test");
        let (page, text) = link.split_once("#token=").unwrap();
        assert_eq!(page, "https://m.test/reset-password");
        assert_eq!(text.len(), 47);
        assert_eq!(hash(text), token.hash());
        assert_ne!(Token::new([8; 32]).hash(), token.hash());
    }

    #[test]
    fn a_reset_ends_after_an_hour_and_a_confirmation_after_a_day() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(Purpose::Reset.ends_at(now).as_second(), 3_600);
        assert_eq!(Purpose::Confirm.ends_at(now).as_second(), 86_400);
    }
}
