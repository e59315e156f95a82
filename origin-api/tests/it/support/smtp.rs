//! A mail server as small as one can be (RFC 5321), and what it received.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// The server.
pub struct SmtpServer {
    pub port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    received: Mutex<Vec<Received>>,
    refusals: Mutex<VecDeque<&'static str>>,
    logins: Mutex<Vec<String>>,
    arrived: Notify,
}

/// A letter as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub to: String,
    pub source: String,
}

impl SmtpServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let kept = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Self { port, shared }
    }

    /// What makes the origin send its mail here.
    pub fn variables(&self) -> [(&'static str, String); 2] {
        [
            ("SMTP_URL", format!("smtp://127.0.0.1:{}", self.port)),
            ("MAIL_FROM", "MindFlow <mindflow@example.com>".to_owned()),
        ]
    }

    /// Answers the next recipients like this, one by one, and takes those after them.
    pub fn refuse(&self, answers: &[&'static str]) {
        self.shared.refusals.lock().unwrap().extend(answers);
    }

    /// Takes every recipient again.
    pub fn forget_refusals(&self) {
        self.shared.refusals.lock().unwrap().clear();
    }

    /// All letters so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// The one letter so far.
    #[track_caller]
    pub fn only(&self) -> Received {
        let received = self.received();
        assert_eq!(received.len(), 1, "{received:?}");
        received.into_iter().next().unwrap()
    }

    /// The last letter so far.
    #[track_caller]
    pub fn last(&self) -> Received {
        self.received().pop().expect("a letter has arrived")
    }

    /// What `AUTH PLAIN` was given.
    pub fn logins(&self) -> Vec<String> {
        self.shared.logins.lock().unwrap().clone()
    }

    /// Returns when there are `count` letters.
    pub async fn wait_for(&self, count: usize) {
        let arrive = async {
            loop {
                let arrived = self.shared.arrived.notified();
                if self.received().len() >= count {
                    break;
                }
                arrived.await;
            }
        };
        let waited = tokio::time::timeout(std::time::Duration::from_secs(10), arrive).await;
        waited.unwrap_or_else(|_| panic!("{count} letters arrive"));
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = String::new();
    let mut answer = "220 mail.test ready".to_owned();
    loop {
        if write
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .is_err()
        {
            return;
        }
        let Ok(Some(line)) = lines.next_line().await else {
            return;
        };
        let verb = line.split([' ', ':']).next().unwrap().to_ascii_uppercase();
        answer = match verb.as_str() {
            "EHLO" => "250-mail.test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN",
            "AUTH" => {
                let given = line.rsplit(' ').next().unwrap();
                let given = STANDARD.decode(given).unwrap();
                let given = String::from_utf8(given).unwrap().replace('\0', " ");
                shared.logins.lock().unwrap().push(given);
                "235 welcome"
            }
            "MAIL" | "RSET" | "NOOP" => "250 ok",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap().to_owned();
                let refusal = shared.refusals.lock().unwrap().pop_front();
                refusal.unwrap_or("250 ok")
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                let mut source = String::new();
                loop {
                    match lines.next_line().await {
                        Ok(Some(line)) if line == "." => break,
                        Ok(Some(line)) => {
                            source += line.strip_prefix('.').unwrap_or(&line);
                            source += "\n";
                        }
                        _ => return,
                    }
                }
                let to = to.clone();
                shared
                    .received
                    .lock()
                    .unwrap()
                    .push(Received { to, source });
                shared.arrived.notify_waiters();
                "250 taken"
            }
            "QUIT" => {
                let _ = write.write_all(b"221 bye\r\n").await;
                return;
            }
            _ => "502 unknown",
        }
        .to_owned();
    }
}

impl Received {
    /// A field of the head, unfolded.
    pub fn header(&self, name: &str) -> String {
        let (head, _) = self.source.split_once("\n\n").unwrap();
        let head = head.replace("\n ", " ");
        let prefix = format!("{}:", name.to_lowercase());
        let line = head
            .lines()
            .find(|line| line.to_lowercase().starts_with(&prefix));
        line.map(|line| line[prefix.len()..].trim().to_owned())
            .unwrap_or_default()
    }

    /// The plain text.
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    /// The HTML.
    pub fn html(&self) -> String {
        self.part("text/html")
    }

    /// The token of the link.
    #[track_caller]
    pub fn token(&self) -> String {
        let text = self.text();
        let (_, token) = text
            .split_once("#token=")
            .unwrap_or_else(|| panic!("{text}"));
        token.split_whitespace().next().unwrap().to_owned()
    }

    fn part(&self, content_type: &str) -> String {
        let content_type = self
            .header("content-type")
            .replace("multipart/alternative", content_type);
        let boundary = content_type.split("boundary=\"").nth(1).unwrap();
        let boundary = format!("--{}", boundary.split('"').next().unwrap());
        let wanted = content_type.split(';').next().unwrap();
        let part = self.source.split(&boundary).find(|part| {
            part.to_lowercase()
                .contains(&format!("content-type: {wanted}"))
                && !part.to_lowercase().contains("multipart/alternative")
        });
        let (head, body) = part.unwrap().trim_start().split_once("\n\n").unwrap();
        decode(&head.to_lowercase(), body)
    }
}

/// RFC 2045 §6: as it stands, quoted-printable, or base64.
fn decode(head: &str, body: &str) -> String {
    if head.contains("base64") {
        let packed: String = body.split_whitespace().collect();
        return String::from_utf8(STANDARD.decode(packed).unwrap()).unwrap();
    }
    if !head.contains("quoted-printable") {
        return body.to_owned();
    }
    let mut bytes = Vec::new();
    let joined = body.replace("=\n", "");
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'=' {
            let code = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(code, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}
