//! How mail leaves: the variables of it, and what follows from them.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use lettre::message::Mailbox;

use super::reader::Reader;

/// How mail leaves.
#[derive(Debug)]
pub enum Mail {
    /// By a server.
    Smtp(Smtp),
    /// Not at all: its link is logged, for whoever develops on their own machine.
    Logged,
    /// Not at all; what needs mail is not offered.
    Off,
}

/// The server, and as whom it is used.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// User and password.
    pub login: Option<(String, String)>,
    /// Whom mail is from.
    pub from: Mailbox,
}

/// How a connection to the server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (`smtps`).
    Tls,
    /// STARTTLS, and nothing without it (`smtp`).
    StartTls,
    /// None: the server is on this machine.
    None,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{})", self.host, self.port)
    }
}

impl Mail {
    /// Whether letters are written at all.
    pub const fn is_on(&self) -> bool {
        !matches!(self, Self::Off)
    }
}

/// Reads the variables. Without a server, a site on plain HTTP is somebody's own machine.
pub(super) fn read(reader: &mut Reader<'_>, public_url: Option<&str>) -> Option<Mail> {
    if reader.text("SMTP_URL").is_none() {
        let is_local = public_url.is_some_and(|url| url.starts_with("http://"));
        return Some(if is_local { Mail::Logged } else { Mail::Off });
    }
    let smtp = reader.required(
        "SMTP_URL",
        "smtps://user@host or smtp://user@host (STARTTLS), with the password in SMTP_PASSWORD_FILE",
        server,
    );
    let from = reader.required(
        "MAIL_FROM",
        "an address or a name with one, as in MindFlow <mindflow@example.com>",
        |text| text.parse::<Mailbox>().ok(),
    );
    let has_password = reader.text("SMTP_PASSWORD_FILE").is_some();
    let password = reader.password("SMTP_PASSWORD_FILE");
    let ((host, port, security, user), from) = (smtp?, from?);
    let login = match (user, has_password) {
        (Some(user), true) => Some((user, password?)),
        (None, false) => None,
        (Some(_), false) => {
            return reader.refuse("SMTP_PASSWORD_FILE is not set; SMTP_URL names a user");
        }
        (None, true) => {
            return reader.refuse("SMTP_URL names no user; SMTP_PASSWORD_FILE holds a password");
        }
    };
    Some(Mail::Smtp(Smtp {
        host,
        port,
        security,
        login,
        from,
    }))
}

/// How often the outbox is looked into for what another origin, or a failed try, has left there.
pub(super) fn read_poll(reader: &mut Reader<'_>) -> Option<Duration> {
    reader.or_default(
        "MAIL_POLL_SECONDS",
        "15",
        "a number of seconds from 1 to 3600",
        |text| super::seconds(text, 3600).filter(|every| !every.is_zero()),
    )
}

type Server = (String, u16, Security, Option<String>);

fn server(text: &str) -> Option<Server> {
    let (scheme, rest) = text.split_once("://")?;
    let (user, authority) = match rest.rsplit_once('@') {
        Some((user, authority)) => (Some(decoded(user)?), authority),
        None => (None, rest),
    };
    let authority: axum::http::uri::Authority = authority.parse().ok()?;
    let host = authority.host();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let (security, port) = match scheme {
        "smtps" => (Security::Tls, 465),
        "smtp" if is_this_machine(host) => (Security::None, 25),
        "smtp" => (Security::StartTls, 587),
        _ => return None,
    };
    let port = authority.port_u16().unwrap_or(port);
    (!host.is_empty()).then(|| (host.to_owned(), port, security, user))
}

/// A user name: percent-encoded where it has an `@`; a password belongs into its file.
fn decoded(user: &str) -> Option<String> {
    if user.is_empty() || user.contains([':', '/']) {
        return None;
    }
    let query = format!("user={}", user.replace('+', "%2B"));
    let (_, user) = form_urlencoded::parse(query.as_bytes()).next()?;
    Some(user.into_owned())
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_reached_by_tls_unless_it_is_on_this_machine() {
        for (url, expected) in [
            (
                "smtps://mail.example.com",
                ("mail.example.com", 465, Security::Tls, None),
            ),
            (
                "smtp://u@mail.example.com",
                ("mail.example.com", 587, Security::StartTls, Some("u")),
            ),
            (
                "smtp://mail.example.com:25",
                ("mail.example.com", 25, Security::StartTls, None),
            ),
            (
                "smtp://127.0.0.1:1025",
                ("127.0.0.1", 1025, Security::None, None),
            ),
            ("smtp://[::1]:1025", ("::1", 1025, Security::None, None)),
            ("smtp://localhost", ("localhost", 25, Security::None, None)),
            (
                "smtps://me%40example.com@h:1",
                ("h", 1, Security::Tls, Some("me@example.com")),
            ),
            (
                "smtps://me@example.com@h",
                ("h", 465, Security::Tls, Some("me@example.com")),
            ),
            ("smtps://a+b@h", ("h", 465, Security::Tls, Some("a+b"))),
        ] {
            let (host, port, security, user) = server(url).unwrap();
            let found = (host.as_str(), port, security, user.as_deref());
            assert_eq!(found, expected, "{url}");
        }
        for url in [
            "",
            "mail.example.com",
            "http://h",
            "smtp://",
            "smtp://@h",
            "smtp://u:secret@h",
            "smtp://h/x",
        ] {
            assert_eq!(server(url), None, "{url}");
        }
    }
}
