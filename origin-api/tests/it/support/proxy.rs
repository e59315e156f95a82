//! A TCP proxy in front of PostgreSQL: counts round trips, keeps the statements that pass, and can be cut and
//! mended.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// What the proxy does with connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Passes everything on.
    Whole,
    /// Closes every connection, also new ones.
    Cut,
    /// Keeps connections open and passes nothing on.
    Silent,
}

/// The proxy.
pub struct Proxy {
    pub address: SocketAddr,
    mode: watch::Sender<Mode>,
    round_trips: Arc<AtomicU64>,
    parsed: Parsed,
}

/// The text of each statement that was parsed, and the ids of its parameters' types.
type Parsed = Arc<Mutex<Vec<(String, Vec<u32>)>>>;

impl Proxy {
    /// A proxy to the server of `config`.
    pub async fn new(config: &Config) -> Self {
        let [Host::Tcp(host)] = config.get_hosts() else {
            panic!("TEST_DATABASE_URL names one host, not a socket")
        };
        let server = format!("{host}:{}", config.get_ports().first().unwrap_or(&5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mode, watched) = watch::channel(Mode::Whole);
        let round_trips = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&round_trips);
        let parsed = Parsed::default();
        let kept = Arc::clone(&parsed);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(
                    client,
                    server.clone(),
                    watched.clone(),
                    Arc::clone(&counted),
                    Arc::clone(&kept),
                ));
            }
        });
        Self {
            address,
            mode,
            round_trips,
            parsed,
        }
    }

    /// The last statement that was parsed, and the ids of its parameters' types.
    pub fn last_parsed(&self) -> (String, Vec<u32>) {
        self.parsed.lock().unwrap().last().unwrap().clone()
    }

    /// How many statements were parsed so far.
    pub fn parsed_count(&self) -> usize {
        self.parsed.lock().unwrap().len()
    }

    /// The statements that were parsed after the first `count`, each as [`Proxy::last_parsed`] gives it.
    pub fn parsed_after(&self, count: usize) -> Vec<(String, Vec<u32>)> {
        self.parsed.lock().unwrap()[count..].to_vec()
    }

    /// The database is gone: connections close, new ones too.
    pub fn cut(&self) {
        self.mode.send_replace(Mode::Cut);
    }

    /// The network swallows everything: connections stay open, nothing arrives.
    pub fn silence(&self) {
        self.mode.send_replace(Mode::Silent);
    }

    /// All is well again.
    pub fn mend(&self) {
        self.mode.send_replace(Mode::Whole);
    }

    /// Round trips so far: times that a client asked the server to answer now.
    pub fn round_trips(&self) -> u64 {
        self.round_trips.load(Ordering::SeqCst)
    }
}

async fn pass(
    client: TcpStream,
    server: String,
    mut mode: watch::Receiver<Mode>,
    round_trips: Arc<AtomicU64>,
    parsed: Parsed,
) {
    if *mode.borrow() == Mode::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect(server).await else {
        return;
    };
    let ((from_client, to_client), (from_server, to_server)) =
        (client.into_split(), server.into_split());
    let counter = Some(Counter {
        round_trips,
        parsed,
        rest: Vec::new(),
        started: false,
    });
    tokio::select! {
        () = copy(from_client, to_server, mode.clone(), counter) => {}
        () = copy(from_server, to_client, mode.clone(), None) => {}
        _ = mode.wait_for(|mode| *mode == Mode::Cut) => {}
    }
}

async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut mode: watch::Receiver<Mode>,
    mut counter: Option<Counter>,
) {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let Ok(count @ 1..) = from.read(&mut bytes).await else {
            return;
        };
        if mode.wait_for(|mode| *mode != Mode::Silent).await.is_err() {
            return;
        }
        if let Some(counter) = &mut counter {
            counter.read(&bytes[..count]);
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// Counts Sync and Query messages of the frontend and keeps what its Parse messages say (PostgreSQL 18, 54.7).
struct Counter {
    round_trips: Arc<AtomicU64>,
    parsed: Parsed,
    rest: Vec<u8>,
    started: bool,
}

impl Counter {
    fn read(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        loop {
            // The first message of a connection has no type.
            let header = usize::from(self.started);
            let Some(length) = self.rest.get(header..header + 4) else {
                return;
            };
            let length = header + u32::from_be_bytes(length.try_into().unwrap()) as usize;
            if self.rest.len() < length {
                return;
            }
            if self.started && matches!(self.rest[0], b'S' | b'Q') {
                self.round_trips.fetch_add(1, Ordering::SeqCst);
            }
            if self.started && self.rest[0] == b'P' {
                let statement = parse_message(&self.rest[5..length]);
                self.parsed.lock().unwrap().push(statement);
            }
            self.started = true;
            self.rest.drain(..length);
        }
    }
}

/// A name, the statement, and the number and the ids of the types of its parameters.
fn parse_message(body: &[u8]) -> (String, Vec<u32>) {
    let mut parts = body.splitn(3, |byte| *byte == 0);
    let statement = parts.nth(1).unwrap();
    let types = parts.next().unwrap()[2..].chunks_exact(4);
    (
        String::from_utf8(statement.to_vec()).unwrap(),
        types
            .map(|id| u32::from_be_bytes(id.try_into().unwrap()))
            .collect(),
    )
}
