//! Empties the outbox: one letter after the other, each by one origin only.

use jiff::SignedDuration;
use tokio::sync::Notify;

use super::smtp::{Outgoing, Sender, Unsent};
use crate::app::{App, Shared};
use crate::config::mail::Mail as Config;
use crate::db::DbError;
use crate::db::mails::{self, Mail, NewLink, Recipient};
use crate::domain::letter::Letter;
use crate::domain::links::Token;
use crate::error::chain;

/// How long a letter is tried; later nobody waits for it any more.
const TRIED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Wakes this process's mailer.
#[derive(Default)]
pub struct Outbox(Notify);

impl Outbox {
    /// Says that there may be a new mail.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// The job.
pub struct Mailer {
    app: Shared,
    way: Way,
}

enum Way {
    Smtp(Box<Sender>),
    Logged,
}

/// What came of a mail.
enum Outcome {
    Sent,
    /// Nobody is to have it any more.
    ForNobody,
    Unsent(Unsent),
}

impl Mailer {
    /// The job, if letters are written at all.
    ///
    /// # Errors
    /// When the server's name is none that a certificate could have.
    pub fn new(app: Shared) -> Result<Option<Self>, lettre::transport::smtp::Error> {
        let way = match &app.config.mail {
            Config::Smtp(smtp) => Way::Smtp(Box::new(Sender::new(smtp, &app.config.public_url)?)),
            Config::Logged => Way::Logged,
            Config::Off => return Ok(None),
        };
        Ok(Some(Self { app, way }))
    }

    /// Sends what there is, and whatever comes, until a stop is asked for.
    pub async fn run(self) {
        while !self.app.is_draining() {
            match self.send_next().await {
                Ok(true) => {}
                Ok(false) => self.wait().await,
                Err(error) => {
                    tracing::warn!(error = chain(&error), "the outbox cannot be read");
                    self.wait().await;
                }
            }
        }
    }

    async fn wait(&self) {
        let poll = tokio::time::sleep(self.app.config.mail_poll);
        tokio::select! {
            () = self.app.outbox.0.notified() => {}
            () = poll => {}
        }
    }

    /// Sends the mail that is due the longest, if one is.
    ///
    /// # Errors
    /// See [`DbError`]; the mail is due again later.
    pub async fn send_next(&self) -> Result<bool, DbError> {
        let now = self.app.clock.now();
        let Some(mail) = mails::claim_mail(&self.app.db, now).await? else {
            return Ok(false);
        };
        let kind = mail.kind.as_str();
        match self.send(&mail).await? {
            Outcome::Sent => tracing::info!(mail = %mail.id, kind, "a mail was sent"),
            Outcome::ForNobody => tracing::debug!(mail = %mail.id, kind, "a mail is for nobody"),
            Outcome::Unsent(Unsent::NotNow(reason)) if now < mail.created_at + TRIED_FOR => {
                tracing::warn!(mail = %mail.id, kind, reason, "a mail was not sent yet");
                return Ok(true);
            }
            Outcome::Unsent(Unsent::NotNow(reason) | Unsent::Never(reason)) => {
                tracing::error!(mail = %mail.id, kind, reason, "a mail was given up");
            }
        }
        mails::remove_mail(&self.app.db, mail.id).await?;
        Ok(true)
    }

    async fn send(&self, mail: &Mail) -> Result<Outcome, DbError> {
        let Some(recipient) = mails::find_recipient(&self.app.db, mail).await? else {
            return Ok(Outcome::ForNobody);
        };
        let link = match mail.kind.purpose() {
            None => None,
            Some(_) => match self.link(mail, &recipient).await? {
                None => return Ok(Outcome::ForNobody),
                link => link,
            },
        };
        let sender = match &self.way {
            Way::Smtp(sender) => sender,
            Way::Logged => {
                let kind = mail.kind.as_str();
                tracing::info!(kind, link, "there is no mail server: this mail is not sent");
                return Ok(Outcome::Sent);
            }
        };
        let site = &self.app.config.public_url;
        let name = recipient.full_name.as_deref();
        let outgoing = Outgoing {
            id: mail.id,
            to: &mail.email,
            letter: Letter::write(mail.kind, name, link.as_deref(), site),
            date: self.app.clock.now(),
        };
        Ok(match sender.send(outgoing).await {
            Ok(()) => Outcome::Sent,
            Err(unsent) => Outcome::Unsent(unsent),
        })
    }

    /// A new link for `mail`; `None` when the mail was withdrawn meanwhile, or has none.
    async fn link(&self, mail: &Mail, recipient: &Recipient) -> Result<Option<String>, DbError> {
        let app: &App = &self.app;
        let Some(purpose) = mail.kind.purpose() else {
            return Ok(None);
        };
        let mut random = [0; 32];
        app.rng.fill(&mut random);
        let token = Token::new(random);
        let now = app.clock.now();
        let link = NewLink {
            purpose,
            token_hash: token.hash(),
            expires_at: purpose.ends_at(now),
        };
        let holds = mails::create_link(&app.db, mail, recipient.user, &link, now).await?;
        Ok(holds.then(|| token.link(purpose, &app.config.public_url)))
    }
}
