//! Fetching the documents of clients that name themselves by an address: the one place where the origin goes where a
//! stranger points. It goes to public addresses only, over TLS with the public's roots, follows nothing, reads little and
//! does not wait long.
//!
//! The name is resolved once, every address it has is checked, and one of just these is connected to: a name that
//! resolves to another address a moment later changes nothing.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use hyper_rustls::{ConfigBuilderExt as _, FixedServerNameResolver, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::rt::TokioExecutor;
use jiff::{SignedDuration, Timestamp};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::sync::Semaphore;

use crate::domain::oauth::client::Client;
use crate::domain::oauth::document::{self, Freshness, LARGEST_BYTES};
use crate::domain::oauth::public_address::is_public;
use crate::error::{Source, chain};

/// How long it may take in all.
const DEADLINE: Duration = Duration::from_secs(5);
/// Documents fetched at one time.
const AT_ONCE: usize = 8;

/// Addresses that are being found out.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// The network, as a test can stand in for it.
pub trait Network: Send + Sync {
    /// The addresses of a name.
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a>;

    /// Where the HTTPS server of a public address is connected to.
    fn reach(&self, address: IpAddr) -> SocketAddr;
}

/// The real one.
struct Internet;

impl Network for Internet {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 443)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }

    fn reach(&self, address: IpAddr) -> SocketAddr {
        (address, 443).into()
    }
}

/// Fetches documents.
pub struct Documents {
    network: Arc<dyn Network>,
    tls: ClientConfig,
    places: Semaphore,
}

/// A client as its document describes it now.
#[derive(Debug)]
pub struct Described {
    /// The client.
    pub client: Client,
    /// How long the copy may be used; `None` when it may not be kept.
    pub lifetime: Option<SignedDuration>,
}

/// Why a document is of no use.
#[derive(Debug)]
pub enum Unusable {
    /// It is not to be had; the cause is for the log.
    Unreachable(Source),
    /// The name leads to an address that is not public.
    NotPublic,
    /// The answer is not a document: a redirect, another status or type, or too much of it.
    Answer(&'static str),
    /// The document describes no client.
    Content(&'static str),
    /// Too many are being fetched.
    Busy,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // What is at which address inside, nobody is told.
            Self::Unreachable(_) | Self::NotPublic => f.write_str("cannot be fetched"),
            Self::Answer(what) | Self::Content(what) => f.write_str(what),
            Self::Busy => f.write_str("cannot be fetched at this moment"),
        }
    }
}

impl Documents {
    /// From the Internet.
    ///
    /// # Panics
    /// Never: the cryptography has what TLS needs.
    pub fn new() -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring has the default versions")
            .with_webpki_roots()
            .with_no_client_auth();
        Self::over(Arc::new(Internet), tls)
    }

    /// From another network, with other roots of trust: for tests.
    pub fn over(network: Arc<dyn Network>, tls: ClientConfig) -> Self {
        Self {
            network,
            tls,
            places: Semaphore::new(AT_ONCE),
        }
    }

    /// The client that the document at `id` describes; `id` is the address of one ([`document::host`]).
    ///
    /// # Errors
    /// Why not.
    pub async fn fetch(&self, id: &str, now: Timestamp) -> Result<Described, Unusable> {
        let _place = self.places.try_acquire().map_err(|_| Unusable::Busy)?;
        let fetched = tokio::time::timeout(DEADLINE, self.fetch_now(id, now)).await;
        let fetched = fetched.unwrap_or_else(|late| Err(Unusable::Unreachable(late.into())));
        match &fetched {
            Err(Unusable::Unreachable(cause)) => {
                tracing::info!(
                    error = chain(cause.as_ref()),
                    "a client's document was not reached"
                );
            }
            Err(Unusable::NotPublic) => {
                tracing::warn!("a client's document is at an address that is not public");
            }
            _ => {}
        }
        fetched
    }

    async fn fetch_now(&self, id: &str, now: Timestamp) -> Result<Described, Unusable> {
        let host = document::host(id).ok_or(Unusable::NotPublic)?;
        let (headers, body) = self.get(id, host).await?;
        let field = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let freshness = Freshness {
            cache_control: field(header::CACHE_CONTROL),
            age: field(header::AGE),
            expires: field(header::EXPIRES),
        };
        Ok(Described {
            client: document::read(id, &body).map_err(Unusable::Content)?,
            lifetime: freshness.lifetime(now),
        })
    }

    async fn get(&self, id: &str, host: &str) -> Result<(HeaderMap, axum::body::Bytes), Unusable> {
        let unreachable = |error: Source| Unusable::Unreachable(error);
        let addresses = self.network.resolve(host).await;
        let addresses = addresses.map_err(|error| unreachable(error.into()))?;
        if !addresses.iter().copied().all(is_public) {
            return Err(Unusable::NotPublic);
        }
        let address = addresses
            .first()
            .ok_or_else(|| unreachable("the name has no address".into()))?;
        let name =
            ServerName::try_from(host.to_owned()).map_err(|error| unreachable(error.into()))?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(self.tls.clone())
            .https_only()
            .with_server_name_resolver(FixedServerNameResolver::new(name))
            .enable_http1()
            .build();
        // Of one request: nothing is kept open, and it follows no redirect and asks no proxy, since it cannot.
        let client: HttpClient<_, Body> = HttpClient::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector);
        let path = &id["https://".len() + host.len()..];
        let request = Request::get(format!("https://{}{path}", self.network.reach(*address)))
            .header(header::HOST, host)
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, "MindFlow")
            .body(Body::empty());
        let request = request.map_err(|error| unreachable(error.into()))?;
        let response = client.request(request).await;
        let (parts, body) = response
            .map_err(|error| unreachable(error.into()))?
            .into_parts();
        if parts.status != StatusCode::OK {
            return Err(Unusable::Answer(
                "does not answer 200; redirects are not followed",
            ));
        }
        if !is_json(&parts.headers) {
            return Err(Unusable::Answer("is not application/json"));
        }
        let body = to_bytes(Body::new(body), LARGEST_BYTES).await;
        let body = body.map_err(|_| Unusable::Answer("is over 16 KiB, or ended early"))?;
        Ok((parts.headers, body))
    }
}

impl Default for Documents {
    fn default() -> Self {
        Self::new()
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE);
    let text = content_type.and_then(|value| value.to_str().ok());
    let essence = text
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}
