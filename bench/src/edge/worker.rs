//! A Worker in plain workerd: no wrangler and no proxy in front of it.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::load::{self, now};

/// How long workerd may take to answer.
const START: Duration = Duration::from_secs(30);
/// Between two tries to reach it.
const PAUSE: Duration = Duration::from_micros(500);

/// Which of the Workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The one that is deployed.
    Rust,
    /// Hono and jose, in bench/js-worker.
    JavaScript,
    /// One that does nothing.
    Empty,
}

impl Kind {
    /// What bench/workerd/config.ts calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::JavaScript => "js",
            Self::Empty => "empty",
        }
    }
}

/// A Worker that can be started: its configuration is written.
pub(crate) struct Prepared {
    kind: Kind,
    address: SocketAddr,
    folder: PathBuf,
    program: String,
}

/// A Worker that runs, until this is dropped.
pub(crate) struct Running {
    pub(crate) kind: Kind,
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first answer.
    pub(crate) started_in: Duration,
    child: Child,
}

impl Prepared {
    /// Writes the configuration into a folder of its own in `folder`, on a free port.
    pub(crate) fn new(
        kind: Kind,
        folder: &Path,
        settings: &[(&str, String)],
    ) -> Result<Self, Failure> {
        let folder = folder.join(kind.name());
        fs::create_dir_all(&folder)?;
        let address = free_address()?;
        let written = Command::new("node")
            .args(["bench/workerd/config.ts", kind.name()])
            .arg(&folder)
            .arg(address.to_string())
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stderr(Stdio::inherit())
            .output()?;
        if !written.status.success() {
            return Err(format!("no configuration for the Worker {}", kind.name()).into());
        }
        Ok(Self {
            kind,
            address,
            folder,
            program: String::from_utf8(written.stdout)?,
        })
    }

    /// Starts it with nothing stored, and waits for the answer to `request`.
    pub(crate) fn start(&self, request: &[u8], arguments: &[&str]) -> Result<Running, Failure> {
        let storage = self.folder.join("storage");
        fs::remove_dir_all(&storage)?;
        fs::create_dir(&storage)?;
        // What it prints is a line a request: read only when something is wrong.
        let log = File::create(self.folder.join("workerd.log"))?;
        let begun = now();
        let child = Command::new(&self.program)
            .arg("serve")
            .args(arguments)
            .arg(self.folder.join("config.capnp"))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let mut running = Running {
            kind: self.kind,
            address: self.address,
            started_in: Duration::ZERO,
            child,
        };
        running.await_answer(request, begun)?;
        running.started_in = now().duration_since(begun);
        Ok(running)
    }
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn await_answer(&mut self, request: &[u8], begun: Instant) -> Result<(), Failure> {
        loop {
            match load::once(self.address, request) {
                Ok(_) => return Ok(()),
                Err(error) if now().duration_since(begun) > START => return Err(error.into()),
                Err(_) => {}
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("workerd ended while starting: {status}").into());
            }
            thread::sleep(PAUSE);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Nothing can be done about a failure; the process may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
