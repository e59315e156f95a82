//! A web of one's own: names, addresses, and an HTTPS server with a certificate for all of them, by an authority that only
//! the origin under test trusts.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use origin_api::client_documents::{Documents, Network, Resolving};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The names that the certificate is for.
const NAMES: &str = "subjectAltName=DNS:chatgpt.com,DNS:claude.ai,DNS:app.example,DNS:evil.example\nbasicConstraints=CA:FALSE\n";

/// Where names lead, one answer after the other.
type Names = Arc<Mutex<HashMap<String, Vec<Vec<IpAddr>>>>>;
/// Answers as whole HTTP messages, by host and path.
type Answers = Arc<Mutex<HashMap<String, String>>>;

/// The web, of which each part can be changed while it runs.
#[derive(Clone)]
pub struct Web {
    names: Names,
    answers: Answers,
    server: SocketAddr,
    /// Connections that were made.
    pub connections: Arc<AtomicUsize>,
    /// Requests that were answered, as they came.
    pub requests: Arc<Mutex<Vec<String>>>,
}

impl Network for Web {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a> {
        let mut names = self.names.lock().unwrap();
        let found = names.get_mut(host).map(|answers| {
            if answers.len() > 1 {
                answers.remove(0)
            } else {
                answers[0].clone()
            }
        });
        Box::pin(async move { found.ok_or_else(|| io::Error::other("no such name")) })
    }

    fn reach(&self, _address: IpAddr) -> SocketAddr {
        self.connections.fetch_add(1, Ordering::SeqCst);
        self.server
    }
}

impl Web {
    /// A web without names.
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let web = Self {
            names: Names::default(),
            answers: Answers::default(),
            server: listener.local_addr().unwrap(),
            connections: Arc::default(),
            requests: Arc::default(),
        };
        let (certificate, key) = (pem("web.pem"), pem("web.key"));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from_pem_file(certificate).unwrap()],
                PrivateKeyDer::from_pem_file(key).unwrap(),
            )
            .unwrap();
        tokio::spawn(serve(
            listener,
            TlsAcceptor::from(Arc::new(config)),
            web.clone(),
        ));
        web
    }

    /// What the origin fetches from it.
    pub fn documents(&self) -> Documents {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(pem("ca.pem")).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Documents::over(Arc::new(self.clone()), tls)
    }

    /// Lets a name lead to these addresses; to one list after the other where there are several.
    pub fn name(&self, host: &str, answers: &[&[&str]]) {
        let parse = |list: &&[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        let answers = answers.iter().map(parse).collect();
        self.names.lock().unwrap().insert(host.to_owned(), answers);
    }

    /// Answers a GET of `https://PLACE` with this message.
    pub fn answer(&self, place: &str, message: impl Into<String>) {
        self.answers
            .lock()
            .unwrap()
            .insert(place.to_owned(), message.into());
    }

    /// Answers with this document as JSON, and these fields besides.
    pub fn document(&self, place: &str, document: &str, fields: &str) {
        let length = document.len();
        let message = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{fields}\r\n{document}"
        );
        self.answer(place, message);
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, web: Web) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (acceptor, web) = (acceptor.clone(), web.clone());
        tokio::spawn(async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_) => return,
                }
            }
            let head = String::from_utf8(head).unwrap();
            let path = head.split(' ').nth(1).unwrap().to_owned();
            let host = head
                .lines()
                .find_map(|line| line.strip_prefix("host: "))
                .unwrap_or_default();
            let answer = web
                .answers
                .lock()
                .unwrap()
                .get(&format!("{host}{path}"))
                .cloned();
            web.requests.lock().unwrap().push(head.clone());
            // A name without an answer says nothing, ever.
            let Some(answer) = answer else {
                return std::future::pending().await;
            };
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        });
    }
}

/// A file of the authority's, which is made once in a run.
fn pem(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("web-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("names"), NAMES).unwrap();
        for arguments in [
            "req -x509 -newkey ed25519 -nodes -days 2 -subj /CN=tests -keyout ca.key -out ca.pem",
            "req -newkey ed25519 -nodes -subj /CN=web -keyout web.key -out web.csr",
            "x509 -req -in web.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out web.pem",
        ] {
            let made = Command::new("openssl").args(arguments.split(' ')).current_dir(&folder).output().unwrap();
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        }
        folder
    });
    folder.join(name)
}
