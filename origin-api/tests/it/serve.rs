//! Over a real socket: the drain and its deadline, keep-alive, and what the log says.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use origin_api::serve::{AsyncStop, Ended, run};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::support::TestApp;
use crate::support::app::log;
use crate::support::socket::{bytes, read_status};

/// Stops that a test asks for.
struct Asked(mpsc::UnboundedReceiver<()>);

impl AsyncStop for Asked {
    async fn asked(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

struct Server {
    address: std::net::SocketAddr,
    stop: mpsc::UnboundedSender<()>,
    ended: JoinHandle<std::io::Result<Ended>>,
}

impl Server {
    async fn start(app: &TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, asked) = mpsc::unbounded_channel();
        Self {
            address,
            stop,
            ended: tokio::spawn(run(listener, Arc::clone(&app.app), Asked(asked))),
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn ended(self) -> Ended {
        tokio::time::timeout(Duration::from_secs(10), self.ended)
            .await
            .expect("it ends")
            .unwrap()
            .unwrap()
    }
}

fn registration() -> Value {
    json!({ "email": "ada@example.com", "password": "correct horse battery" })
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let server = Server::start(&app).await;
    let mut stream = server.connect().await;
    for _ in 0..3 {
        let (head, _) = bytes(ada.call(Method::GET, "/api/auth/me")).await;
        stream.write_all(&head).await.unwrap();
        assert_eq!(read_status(&mut stream).await, "200");
    }
}

#[tokio::test]
async fn a_stop_waits_for_what_has_begun_and_accepts_nothing_new() {
    let app = TestApp::new().await;
    let server = Server::start(&app).await;
    let client = app.anonymous();
    let (head, body) = bytes(
        client
            .call(Method::POST, "/api/auth/register")
            .json(&registration()),
    )
    .await;
    let mut begun = server.connect().await;
    begun.write_all(&head).await.unwrap();
    // The request is in the handler's hands once the probe behind it is answered.
    origin_api::probe::ready(server.address).await.unwrap();

    server.stop.send(()).unwrap();
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!server.ended.is_finished());
    begun.write_all(&body).await.unwrap();
    assert_eq!(read_status(&mut begun).await, "201");
    assert_eq!(server.ended().await, Ended::Drained);
}

#[tokio::test]
async fn a_stop_without_requests_ends_at_once_despite_idle_connections() {
    let app = TestApp::new().await;
    let server = Server::start(&app).await;
    let mut idle = server.connect().await;
    let (head, _) = bytes(app.anonymous().call(Method::GET, "/health")).await;
    idle.write_all(&head).await.unwrap();
    assert_eq!(read_status(&mut idle).await, "200");
    server.stop.send(()).unwrap();
    assert_eq!(server.ended().await, Ended::Drained);
}

#[tokio::test]
async fn a_request_that_does_not_end_is_cut_off_at_the_deadline_or_by_a_second_stop() {
    for (drain, stops) in [("0", 1), ("3600", 2)] {
        let app = TestApp::with(&[("DRAIN_SECONDS", drain)]).await;
        let server = Server::start(&app).await;
        let client = app.anonymous();
        let (head, _) = bytes(
            client
                .call(Method::POST, "/api/auth/register")
                .json(&registration()),
        )
        .await;
        let mut begun = server.connect().await;
        begun.write_all(&head).await.unwrap();
        origin_api::probe::ready(server.address).await.unwrap();
        for _ in 0..stops {
            server.stop.send(()).unwrap();
        }
        assert_eq!(server.ended().await, Ended::CutOff, "{drain}");
    }
}

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_nothing_that_is_secret() {
    let app = TestApp::new().await;
    let id = "0198c5a0-0000-7000-8000-00000ca9a121";
    let body = json!({ "email": "canary@example.com", "password": "canary of a password", "full_name": "Canary" });
    let anonymous = app.anonymous();
    let register = |target| {
        anonymous
            .call(Method::POST, target)
            .json(&body)
            .header("x-request-id", id)
            .header("user-agent", "Canary/1")
    };
    register("/api/auth/register?canary=1")
        .send()
        .await
        .expect(422);
    register("/api/auth/register").send().await.expect(201);
    register("/api/auth/register").send().await.expect(409);
    let tokens = app
        .anonymous()
        .call(Method::POST, "/api/auth/login")
        .json(&json!({ "email": "canary@example.com", "password": "canary of a password" }))
        .header("x-request-id", id)
        .send()
        .await
        .expect(200);
    let client = app.client_with(tokens["access_token"].as_str().unwrap());
    client
        .call(Method::GET, "/api/auth/me")
        .header("x-request-id", id)
        .send()
        .await
        .expect(200);
    client
        .call(Method::GET, "/api/auth/me")
        .header("x-request-id", id)
        .signed_at(0)
        .send()
        .await
        .expect(401);
    app.proxy.cut();
    client
        .call(Method::GET, "/api/auth/me")
        .header("x-request-id", id)
        .send()
        .await
        .expect(503);

    let lines: Vec<Value> = log()
        .lines()
        .filter(|line| line.contains(id))
        .map(|line| serde_json::from_str(&line).unwrap())
        .collect();
    let answered: Vec<_> = lines
        .iter()
        .filter(|line| line["msg"] == "answered")
        .collect();
    let statuses: Vec<_> = answered
        .iter()
        .map(|line| line["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [422, 201, 409, 200, 200, 401, 503]);
    assert_eq!(answered[1]["route"], "/api/auth/register");
    assert_eq!(answered[1]["method"], "POST");
    assert_eq!(answered[1]["level"], "info");
    let refused: Vec<_> = lines
        .iter()
        .filter(|line| line["msg"] == "a request was refused")
        .collect();
    assert_eq!(
        (refused.len(), &refused[0]["reason"], &refused[0]["count"]),
        (1, &json!("expired"), &json!(1))
    );
    let failed: Vec<_> = lines
        .iter()
        .filter(|line| line["level"] == "error")
        .collect();
    assert_eq!(failed.len(), 1, "the cause is logged once: {failed:?}");
    assert!(
        failed[0]["error"]
            .as_str()
            .unwrap()
            .starts_with("the database is unavailable: ")
    );

    let everything = log()
        .lines()
        .filter(|line| line.contains(id))
        .collect::<String>();
    for secret in [
        "anary",
        "@example.com",
        "203.0.113",
        "Bearer",
        "argon2",
        &client.token()[..10],
        tokens["refresh_token"].as_str().unwrap(),
    ] {
        assert!(!everything.contains(secret), "{secret} in {everything}");
    }
}
