//! A closed-loop HTTP/1.1 load: every connection sends its prepared requests one after the other.
//!
//! Requests are made before the clock starts, so that on a machine shared with the server the load costs
//! little more than two system calls a request.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Room for the longest head.
const BUFFER_BYTES: usize = 256 * 1024;

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

/// What every answer of a load must be like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// The status.
    pub(crate) status: u16,
    /// The whole value of `Cache-Status`, where it matters.
    pub(crate) cache_status: Option<&'static str>,
}

impl Expected {
    /// An answer of this status.
    pub(crate) const fn status(status: u16) -> Self {
        Self {
            status,
            cache_status: None,
        }
    }
}

/// The head of an answer.
#[derive(Debug)]
pub(crate) struct Head(String);

impl Head {
    /// The status; 0 when there is none.
    pub(crate) fn status(&self) -> u16 {
        self.0
            .get(9..12)
            .and_then(|status| status.parse().ok())
            .unwrap_or(0)
    }

    /// The value of the field called `name`, whatever the case of either.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.lines().filter_map(|line| line.split_once(':'));
        fields
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    fn check(&self, expected: Expected) -> io::Result<()> {
        let cache_status = self.find("cache-status");
        if self.status() == expected.status
            && (expected.cache_status.is_none() || cache_status == expected.cache_status)
        {
            return Ok(());
        }
        let wanted = expected.cache_status.unwrap_or("any");
        let got = cache_status.unwrap_or("none");
        Err(io::Error::other(format!(
            "wanted status {} and Cache-Status `{wanted}`, got {} and `{got}`",
            expected.status,
            self.status(),
        )))
    }
}

/// Sends one request over a connection of its own.
pub(crate) fn once(address: SocketAddr, request: &[u8]) -> io::Result<Head> {
    let mut connection = connect(address)?;
    connection.write_all(request)?;
    receive(&mut connection, &mut vec![0; BUFFER_BYTES])
}

/// Sends `requests[i]` over connection `i`; every answer must be as `expected`.
pub(crate) fn run(
    address: SocketAddr,
    requests: &[Vec<Vec<u8>>],
    expected: Expected,
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
    expected: Expected,
) -> io::Result<Vec<Duration>> {
    let mut latencies = Vec::with_capacity(requests.len());
    let mut buffer = vec![0; BUFFER_BYTES];
    for request in requests {
        let sent = now();
        connection.write_all(request)?;
        let head = receive(&mut connection, &mut buffer)?;
        latencies.push(now().duration_since(sent));
        head.check(expected)?;
    }
    Ok(latencies)
}

/// Reads one answer whole, and gives its head. Nothing follows it before the next request is sent.
fn receive(connection: &mut TcpStream, buffer: &mut [u8]) -> io::Result<Head> {
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
    let head = Head(String::from_utf8_lossy(&buffer[..head_end]).into_owned());
    if matches!(head.status(), 204 | 304) {
        return Ok(head);
    }
    if head.find("transfer-encoding").is_some() {
        // Chunked: the last chunk is empty and ends the answer.
        const END: &[u8] = b"0\r\n\r\n";
        let mut tail = buffer[head_end..filled].to_vec();
        while !tail.ends_with(END) {
            let bytes = read_some(connection, buffer)?;
            tail.extend_from_slice(&buffer[bytes.saturating_sub(END.len())..bytes]);
            tail.drain(..tail.len().saturating_sub(END.len()));
        }
        return Ok(head);
    }
    let length: usize = head
        .find("content-length")
        .and_then(|length| length.parse().ok())
        .ok_or_else(|| io::Error::other(format!("no Content-Length in: {}", head.0)))?;
    let mut missing = (head_end + length).saturating_sub(filled);
    while missing > 0 {
        missing = missing.saturating_sub(read_some(connection, buffer)?);
    }
    Ok(head)
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
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_checked_by_its_status_and_by_what_the_cache_did() {
        let head = Head("HTTP/1.1 200 OK\r\nCache-Status: mindflow-edge; hit\r\n\r\n".to_owned());
        let expected = |status, cache_status| Expected {
            status,
            cache_status,
        };
        let hit = Some("mindflow-edge; hit");
        assert!(head.check(expected(200, None)).is_ok());
        assert!(head.check(expected(200, hit)).is_ok());
        assert!(head.check(expected(304, hit)).is_err());
        let error = head.check(expected(200, Some("mindflow-edge; fwd=miss")));
        assert_eq!(
            error.unwrap_err().to_string(),
            "wanted status 200 and Cache-Status `mindflow-edge; fwd=miss`, got 200 and `mindflow-edge; hit`"
        );
    }

    #[test]
    fn a_percentile_is_an_element_of_the_list() {
        let ascending: Vec<_> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(percentile(&ascending, 0.5), Duration::from_millis(50));
        assert_eq!(percentile(&ascending, 0.99), Duration::from_millis(99));
        assert_eq!(percentile(&ascending, 1.0), Duration::from_millis(100));
        assert_eq!(percentile(&[], 0.5), Duration::ZERO);
    }
}
