//! One letter to one address, by SMTP.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::address::AddressError;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use uuid::Uuid;

use crate::config::mail::{Security, Smtp};
use crate::domain::letter::Letter;

/// How long a letter may take, from the connection to the server's word that it has it: less than the pause before
/// the next try.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The way to the server.
pub(super) struct Sender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// What message ids end with, and what the server is greeted with.
    domain: String,
}

/// A letter about to be sent.
pub(super) struct Outgoing<'a> {
    pub(super) id: Uuid,
    pub(super) to: &'a str,
    pub(super) letter: Letter,
    pub(super) date: Timestamp,
}

/// Why a letter was not sent. What the server said is not kept: servers like to repeat the address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unsent {
    /// Another try would end like this one.
    Never(String),
    /// Another try may do better.
    NotNow(String),
}

/// RFC 3834 §5: nobody's absence is to be answered to us.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Sender {
    /// The way to `smtp`, for the installation at `public_url`. Connects for each letter.
    ///
    /// # Errors
    /// When the server's name is none that a certificate could have.
    pub(super) fn new(
        smtp: &Smtp,
        public_url: &str,
    ) -> Result<Self, lettre::transport::smtp::Error> {
        let tls = match smtp.security {
            Security::Tls => Tls::Wrapper(TlsParameters::new(smtp.host.clone())?),
            Security::StartTls => Tls::Required(TlsParameters::new(smtp.host.clone())?),
            Security::None => Tls::None,
        };
        let domain = public_url.rsplit('/').next().unwrap_or_default();
        let domain = domain.split(':').next().unwrap_or_default();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
            .port(smtp.port)
            .tls(tls)
            .hello_name(ClientId::Domain(domain.to_owned()))
            .timeout(Some(TIMEOUT));
        if let Some((user, password)) = &smtp.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self {
            transport: builder.build(),
            from: smtp.from.clone(),
            domain: domain.to_owned(),
        })
    }

    /// Sends a letter.
    ///
    /// # Errors
    /// Why not, without the address.
    pub(super) async fn send(&self, outgoing: Outgoing<'_>) -> Result<(), Unsent> {
        let message = self.message(outgoing).map_err(Unsent::Never)?;
        match tokio::time::timeout(TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(unsent(&error)),
            Err(_) => Err(Unsent::NotNow("no answer in time".to_owned())),
        }
    }

    fn message(&self, outgoing: Outgoing<'_>) -> Result<Message, String> {
        let address = outgoing.to.parse();
        let address =
            address.map_err(|_: AddressError| "the address cannot be written to".to_owned())?;
        let date = SystemTime::from(outgoing.date);
        // The same at every try, so that a letter that was taken twice is one.
        let id = format!("<{}@{}>", outgoing.id, self.domain);
        let Letter {
            subject,
            text,
            html,
        } = outgoing.letter;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(subject)
            .date(date)
            .message_id(Some(id))
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(text, html))
            .map_err(|_| "the letter cannot be written".to_owned())
    }
}

/// 550 to 554: the server will not take this letter for this address (RFC 5321 §4.2.3). Other refusals, also of the
/// password (535), are the operator's to mend within the hour.
fn unsent(error: &lettre::transport::smtp::Error) -> Unsent {
    match error.status() {
        Some(code) => {
            let code: u16 = code.into();
            let said = format!("the server answered {code}");
            if (550..=554).contains(&code) {
                Unsent::Never(said)
            } else {
                Unsent::NotNow(said)
            }
        }
        None if error.is_timeout() => Unsent::NotNow("no answer in time".to_owned()),
        None if error.is_tls() => Unsent::NotNow("the connection cannot be protected".to_owned()),
        None if error.is_response() => Unsent::NotNow("the answer cannot be read".to_owned()),
        None => Unsent::NotNow("the server cannot be reached".to_owned()),
    }
}
