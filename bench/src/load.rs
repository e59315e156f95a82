//! A closed-loop HTTP/1.1 load: every connection sends its prepared requests one after the other.
//!
//! Requests are made before the clock starts, so that on a machine shared with the server the load costs
//! little more than two system calls a request.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// What was measured.
pub(crate) struct Outcome {
    /// Requests a second over all connections.
    pub(crate) throughput: f64,
    /// Of each request, or of a sample of them, ascending.
    pub(crate) latencies: Vec<Duration>,
}

impl Outcome {
    /// The latency that `share` (0 to 1) of the requests did not exceed.
    pub(crate) fn percentile(&self, share: f64) -> Duration {
        percentile(&self.latencies, share)
    }
}

/// The element of an ascending list that `share` (0 to 1) of the elements do not exceed.
fn percentile(ascending: &[Duration], share: f64) -> Duration {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank within the list"
    )]
    let rank = (share * count(ascending.len())).ceil().max(1.0) as usize;
    ascending
        .get(rank - 1)
        .or(ascending.last())
        .copied()
        .unwrap_or_default()
}

/// A count as a number to divide.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub(crate) fn count(n: usize) -> f64 {
    n as f64
}

/// Sends `requests[i]` over connection `i`; every answer must have the status `expected`.
pub(crate) fn run(
    address: SocketAddr,
    requests: &[Vec<Vec<u8>>],
    expected: u16,
) -> io::Result<Outcome> {
    let connections = requests
        .iter()
        .map(|_| connect(address))
        .collect::<io::Result<Vec<_>>>()?;
    let start = now();
    let latencies = std::thread::scope(|scope| {
        let threads: Vec<_> = connections
            .into_iter()
            .zip(requests)
            .map(|(connection, requests)| {
                scope.spawn(move || send_all(connection, requests, expected))
            })
            .collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(
                thread
                    .join()
                    .map_err(|_| io::Error::other("a connection's thread panicked"))??,
            );
        }
        Ok::<_, io::Error>(all)
    });
    let seconds = now().duration_since(start).as_secs_f64();
    let mut latencies = latencies?;
    latencies.sort_unstable();
    Ok(Outcome {
        throughput: count(latencies.len()) / seconds,
        latencies,
    })
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let connection = TcpStream::connect(address)?;
    connection.set_nodelay(true)?;
    connection.set_read_timeout(Some(Duration::from_secs(10)))?;
    Ok(connection)
}

fn send_all(
    mut connection: TcpStream,
    requests: &[Vec<u8>],
    expected: u16,
) -> io::Result<Vec<Duration>> {
    let mut latencies = Vec::with_capacity(requests.len());
    let mut buffer = vec![0; 256 * 1024];
    for request in requests {
        let sent = now();
        connection.write_all(request)?;
        receive(&mut connection, &mut buffer, expected)?;
        latencies.push(now().duration_since(sent));
    }
    Ok(latencies)
}

/// Reads one answer whole.
fn receive(connection: &mut TcpStream, buffer: &mut [u8], expected: u16) -> io::Result<()> {
    let mut filled = 0;
    let head_end = loop {
        filled += read_some(connection, &mut buffer[filled..])?;
        if let Some(at) = buffer[..filled]
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
        {
            break at + 4;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_end]).to_ascii_lowercase();
    let status = head
        .get(9..12)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|length| length.trim().parse().ok())
        .ok_or_else(|| io::Error::other(format!("no Content-Length in: {head}")))?;
    let mut missing = (head_end + length).saturating_sub(filled);
    if status != expected {
        let body = String::from_utf8_lossy(&buffer[head_end..filled]);
        return Err(io::Error::other(format!(
            "expected {expected}, got {status}: {body}"
        )));
    }
    while missing > 0 {
        missing = missing.saturating_sub(read_some(connection, buffer)?);
    }
    Ok(())
}

fn read_some(connection: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    match connection.read(buffer)? {
        0 => Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the server closed the connection",
        )),
        bytes => Ok(bytes),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "measuring time is what a benchmark is for"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_an_element_of_the_list() {
        let ascending: Vec<_> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(percentile(&ascending, 0.5), Duration::from_millis(50));
        assert_eq!(percentile(&ascending, 0.99), Duration::from_millis(99));
        assert_eq!(percentile(&ascending, 1.0), Duration::from_millis(100));
        assert_eq!(percentile(&[], 0.5), Duration::ZERO);
    }
}
