//! HTTP/1.1 by hand, where a test needs to hold a request half sent.

use axum::http::Request;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::Call;

/// A request as the bytes of its head and of its body.
pub async fn bytes(call: Call<'_>) -> (Vec<u8>, Vec<u8>) {
    let (parts, body) = call.signed().into_parts();
    let request = Request::from_parts(parts, ());
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap()
        .to_vec();
    let mut head = format!(
        "{} {} HTTP/1.1\r\nhost: anything\r\ncontent-length: {}\r\n",
        request.method(),
        request.uri(),
        body.len()
    );
    for (name, value) in request.headers() {
        head.extend([name.as_str(), ": ", value.to_str().unwrap(), "\r\n"]);
    }
    head.push_str("\r\n");
    (head.into_bytes(), body)
}

/// The status of the next answer.
pub async fn read_status(stream: &mut TcpStream) -> String {
    let mut answer = [0; 4096];
    let count = stream.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..count])
        .split(' ')
        .nth(1)
        .unwrap_or_default()
        .to_owned()
}
