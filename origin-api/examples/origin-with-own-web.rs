//! The origin as it is shipped, but for the web that it fetches clients' documents from: every name leads to a public
//! address, every public address to the server at `TEST_WEB`, and the one trusted authority is in the file
//! `TEST_WEB_AUTHORITY`. For the tests of the whole stack; the shipped program has no such switch.

use std::error::Error;
use std::future::ready;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use origin_api::app::{App, SystemClock, SystemRng};
use origin_api::client_documents::{Documents, Network, Resolving};
use origin_api::config::{Config, environment};
use origin_api::serve::{Signals, run};
use origin_api::telemetry::Log;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpListener;

/// Everything at one place.
struct OneServer(SocketAddr);

impl Network for OneServer {
    fn resolve<'a>(&'a self, _host: &'a str) -> Resolving<'a> {
        Box::pin(ready(Ok(vec![Ipv4Addr::new(1, 1, 1, 1).into()])))
    }

    fn reach(&self, _address: IpAddr) -> SocketAddr {
        self.0
    }
}

fn documents() -> Result<Documents, Box<dyn Error + Send + Sync>> {
    let given = |name: &str| environment(name).ok_or_else(|| format!("{name} is not set"));
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(given("TEST_WEB_AUTHORITY")?)?)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let network = OneServer(given("TEST_WEB")?.parse()?);
    Ok(Documents::over(Arc::new(network), tls))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let config = Config::from_lookup(environment)?;
    let app = App::new(config, Arc::new(SystemClock::new()), Arc::new(SystemRng));
    let app = Arc::new(app.with_documents(documents()?));
    let log = Log::default();
    log.install(app.config.log.clone(), app.clock.clone())?;
    let _writer = log.write_to_stdout()?;
    let listener = TcpListener::bind(app.config.listen).await?;
    run(listener, app, Signals::new()?).await?;
    Ok(())
}
