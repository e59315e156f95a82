//! `origin-api healthcheck`: asks a running server whether it is ready. An image without a shell has
//! no other way.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::error::Source;

const PATIENCE: Duration = Duration::from_secs(3);

/// Whether the server that listens on `listen` is ready.
///
/// # Errors
/// When it is not, or does not answer within three seconds.
pub async fn ready(listen: SocketAddr) -> Result<(), Source> {
    let status = tokio::time::timeout(PATIENCE, status(reachable(listen))).await;
    let status =
        status.map_err(|_| format!("no answer from {listen} in {} s", PATIENCE.as_secs()))??;
    if status == "204" {
        Ok(())
    } else {
        Err(format!("{listen} is not ready: status {status}").into())
    }
}

/// "All addresses" can be listened on but not connected to everywhere.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let address = match listen.ip() {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        address => address,
    };
    SocketAddr::new(address, listen.port())
}

async fn status(address: SocketAddr) -> Result<String, Source> {
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(b"GET /readyz HTTP/1.1\r\nHost: healthcheck\r\nConnection: close\r\n\r\n")
        .await?;
    let mut answer = Vec::new();
    stream.take(64).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(answer.split(' ').nth(1).unwrap_or("missing").to_owned())
}
