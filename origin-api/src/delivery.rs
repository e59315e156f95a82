//! Telling the gates at the edge what changed without passing them, or in an answer that may have been lost
//! (signing.md, "Two more signed routes"): again and again until each has said that it knows.
//!
//! A row of `gate_effects` is forgotten only after a 2xx, so what fails in between, this process included, costs a
//! repetition and no more; applying it twice changes nothing. No answer of the edge is believed beyond its status.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use shared_types::caller::Caller;
use shared_types::gate::Invalidation;
use shared_types::signature::{Message, Tag, content_digest, sign};
use tokio::task::JoinSet;

use crate::app::Shared;
use crate::db::DbError;
use crate::db::deliveries::{Delivery, claim_deliveries, forget_deliveries};
use crate::domain::delivery::is_over;
use crate::error::{Source, chain};

const PATH: &str = "/internal/invalidate";
/// How long the edge may take to answer.
const ANSWER: Duration = Duration::from_secs(5);
/// Deliveries under way at one time. All have ended before the first of them is due again.
const BATCH: i64 = 16;
/// How often is looked for what is due.
const POLL: Duration = Duration::from_secs(1);

/// Calls the edge.
pub struct Courier {
    app: Shared,
    // Follows no redirect and asks no proxy: it cannot.
    client: Client<HttpsConnector<HttpConnector>, Body>,
    uri: Uri,
    authority: String,
}

/// Why the edge was not told.
#[derive(Debug)]
pub enum Undelivered {
    /// It did not answer, or not in time.
    Unreachable(Source),
    /// It refused with this status.
    Refused(u16),
    /// The call could not be written: a fault of ours.
    Unwritable(Source),
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(_) => f.write_str("the edge does not answer at PUBLIC_URL"),
            Self::Refused(401) => f.write_str(
                "the edge refuses with 401; compare CALLBACK_KEYS, PUBLIC_URL and the clocks of both sides",
            ),
            Self::Refused(status) => write!(f, "the edge answers {status}"),
            Self::Unwritable(_) => f.write_str("the call cannot be written"),
        }
    }
}

impl StdError for Undelivered {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Unreachable(cause) | Self::Unwritable(cause) => Some(cause.as_ref()),
            Self::Refused(_) => None,
        }
    }
}

/// What became of the deliveries that were due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Told, or over.
    pub done: usize,
    /// To be tried again.
    pub failed: usize,
}

impl Courier {
    /// A courier to the edge of this installation; connects to nothing yet.
    ///
    /// # Errors
    /// When TLS cannot be set up, or `PUBLIC_URL` cannot be called.
    pub fn new(app: Shared) -> Result<Arc<Self>, Source> {
        let uri: Uri = format!("{}{PATH}", app.config.public_url).parse()?;
        let authority = authority(&uri).ok_or("PUBLIC_URL has no host")?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(ANSWER));
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .build(connector);
        Ok(Arc::new(Self {
            app,
            client,
            uri,
            authority,
        }))
    }

    /// Delivers what is due until nothing is, or the edge does not take it.
    ///
    /// # Errors
    /// When the database is away; what was delivered meanwhile is delivered again.
    pub async fn deliver_due(self: &Arc<Self>) -> Result<Delivered, DbError> {
        let mut total = Delivered::default();
        loop {
            let now = self.app.clock.now();
            let claimed = claim_deliveries(&self.app.db, now, BATCH).await?;
            let is_last = claimed.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
            let Delivered { done, failed } = self.deliver(claimed).await?;
            total.done += done;
            total.failed += failed;
            if is_last || done == 0 {
                return Ok(total);
            }
        }
    }

    /// Delivers these, all at one time, and forgets those that have arrived.
    async fn deliver(self: &Arc<Self>, claimed: Vec<Delivery>) -> Result<Delivered, DbError> {
        let now = self.app.clock.now();
        let oldest = claimed.iter().map(|delivery| delivery.created_at).min();
        let (mut done, open): (Vec<Delivery>, Vec<Delivery>) = claimed
            .into_iter()
            .partition(|delivery| is_over(&delivery.effects, delivery.created_at, now));
        let mut calls = JoinSet::new();
        for delivery in open {
            let courier = Arc::clone(self);
            calls.spawn(async move {
                let news = delivery.news(courier.app.db.epoch());
                courier.tell(&news).await.map(|()| delivery)
            });
        }
        let (mut failed, mut reason) = (0, None);
        while let Some(told) = calls.join_next().await {
            match told.unwrap_or_else(|panic| Err(Undelivered::Unwritable(panic.into()))) {
                Ok(delivery) => done.push(delivery),
                Err(error) => {
                    failed += 1;
                    reason = Some(error);
                }
            }
        }
        if let (Some(error), Some(oldest)) = (reason, oldest) {
            let oldest_s = now.duration_since(oldest).as_secs();
            let error = chain(&error);
            tracing::warn!(
                failed,
                oldest_s,
                error,
                "the edge was not told what changed"
            );
        }
        if !done.is_empty() {
            forget_deliveries(&self.app.db, &done.iter().collect::<Vec<_>>()).await?;
        }
        Ok(Delivered {
            done: done.len(),
            failed,
        })
    }

    /// Tells the edge, and returns when it has said that it knows.
    ///
    /// # Errors
    /// Why it may not know.
    pub async fn tell(&self, news: &Invalidation) -> Result<(), Undelivered> {
        let request = self.request(news).map_err(Undelivered::Unwritable)?;
        let answer = tokio::time::timeout(ANSWER, self.client.request(request)).await;
        let answer = answer
            .map_err(|late| Undelivered::Unreachable(late.into()))?
            .map_err(|error| Undelivered::Unreachable(error.into()))?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(Undelivered::Refused(answer.status().as_u16()))
        }
    }

    /// The signed request.
    fn request(&self, news: &Invalidation) -> Result<Request<Body>, Source> {
        let app = &self.app;
        let body = serde_json::to_vec(news)?;
        let now_ms = app.clock.now().as_millisecond();
        let headers = [
            ("content-digest", content_digest(&body)),
            ("x-request-id", app.new_id().to_string()),
            ("mindflow-caller", Caller::Origin.to_string()),
            // Nobody's: the origin calls of its own accord.
            ("mindflow-client-address", "127.0.0.1".to_owned()),
            ("mindflow-accepted-at", now_ms.to_string()),
            ("content-type", "application/json".to_owned()),
        ];
        let fields: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let message = Message {
            method: "POST",
            authority: &self.authority,
            path: PATH,
            query: "",
            headers: &fields,
        };
        let mut nonce = [0; 16];
        app.rng.fill(&mut nonce);
        let created = now_ms.div_euclid(1000);
        let signed = sign(
            &message,
            &app.config.callback_keys,
            Tag::Origin,
            created,
            &nonce,
        )?;
        let mut request = Request::post(self.uri.clone());
        for (name, value) in fields {
            request = request.header(name, value);
        }
        let request = request
            .header("signature-input", signed.signature_input)
            .header("signature", signed.signature)
            .body(Body::from(body))?;
        Ok(request)
    }
}

/// Delivers what is due, again and again.
pub async fn deliver_forever(courier: Arc<Courier>) {
    loop {
        tokio::time::sleep(POLL).await;
        match courier.deliver_due().await {
            Ok(Delivered { done: 0, .. }) => {}
            Ok(Delivered { done, .. }) => tracing::debug!(done, "the edge was told what changed"),
            Err(error) => tracing::warn!(error = chain(&error), "deliveries to the edge wait"),
        }
    }
}

/// The host, with its port unless it is the scheme's default: what the edge expects to be signed.
fn authority(uri: &Uri) -> Option<String> {
    let default = if uri.scheme_str() == Some("https") {
        443
    } else {
        80
    };
    let host = uri.host()?;
    Some(match uri.port_u16().filter(|port| *port != default) {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_names_the_host_as_a_url_does() {
        let authority = |url: &str| authority(&url.parse().unwrap()).unwrap();
        assert_eq!(authority("https://m.test/internal/invalidate"), "m.test");
        assert_eq!(authority("https://m.test:443/"), "m.test");
        assert_eq!(authority("https://m.test:80/"), "m.test:80");
        assert_eq!(authority("http://m.test:80/"), "m.test");
        assert_eq!(authority("http://localhost:8787/"), "localhost:8787");
        assert_eq!(authority("http://[::1]:8787/"), "[::1]:8787");
    }
}
