//! The program itself: its commands, its exit codes, its signals and its memory.

mod admin;
mod epoch;

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use axum::http::Method;
use origin_api::app::SystemClock;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::support::app::{
    AUTHORITY, CALLBACK_KEYS, PUBLIC_URL, SIGNING_KEYS, TOKEN_KEYS, secret_file,
};
use crate::support::socket::{bytes, read_status};
use crate::support::{Call, TestApp};

const PATIENCE: Duration = Duration::from_secs(30);

/// The program on the database of `app`, and on a port that was free a moment ago.
struct Program {
    app: TestApp,
    listen: SocketAddr,
    variables: Vec<(&'static str, String)>,
}

impl Program {
    async fn new() -> Self {
        let app = TestApp::new().await;
        app.clock.follow(&SystemClock::new());
        let name = app.database.config.get_dbname().unwrap();
        let bound = format!("ALTER DATABASE {name} SET transaction_timeout = '10s'");
        let database = app.database.connect().await;
        database.batch_execute(&bound).await.unwrap();
        let listen = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap();
        let config = &app.database.config;
        let role = config.get_user().unwrap();
        let url = format!(
            "postgresql://{role}@{}/{}",
            app.proxy.address,
            config.get_dbname().unwrap()
        );
        let mut variables = vec![
            ("LISTEN", listen.to_string()),
            ("DATABASE_URL", url),
            ("PUBLIC_URL", PUBLIC_URL.to_owned()),
            ("ORIGIN_AUTHORITY", AUTHORITY.to_owned()),
            ("SIGNING_KEYS_FILE", secret_file("signing", SIGNING_KEYS)),
            ("CALLBACK_KEYS_FILE", secret_file("callback", CALLBACK_KEYS)),
            ("TOKEN_KEYS_FILE", secret_file("token", TOKEN_KEYS)),
            ("PASSWORD_HASHING_CONCURRENCY", "2".to_owned()),
        ];
        if let Some(password) = config.get_password() {
            let password = std::str::from_utf8(password).unwrap();
            variables.push(("DATABASE_PASSWORD_FILE", secret_file("password", password)));
        }
        Self {
            app,
            listen,
            variables,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_origin-api"));
        let variables = self.variables.iter().map(|(name, value)| (name, value));
        command
            .args(arguments)
            .env_clear()
            .envs(variables)
            .kill_on_drop(true);
        command
    }

    /// Exit code, standard output and standard error.
    async fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = tokio::time::timeout(PATIENCE, self.command(arguments).output())
            .await
            .unwrap()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    async fn serve(&self) -> Child {
        let child = self
            .command(&["serve"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let ready = async {
            while origin_api::probe::ready(self.listen).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ready)
            .await
            .expect("it becomes ready");
        child
    }

    async fn register(&self, number: usize) -> String {
        let body = json!({ "email": format!("ada{number}@example.com"), "password": "correct horse battery" });
        let client = self.app.anonymous();
        self.status(client.call(Method::POST, "/api/auth/register").json(&body))
            .await
    }

    /// Of the answer to this request.
    async fn status(&self, call: Call<'_>) -> String {
        let (head, body) = bytes(call).await;
        let mut stream = TcpStream::connect(self.listen).await.unwrap();
        stream.write_all(&[head, body].concat()).await.unwrap();
        read_status(&mut stream).await
    }
}

#[tokio::test]
async fn serves_until_it_is_told_to_stop_and_exits_0() {
    let program = Program::new().await;
    assert_eq!(program.run(&["healthcheck"]).await.0, 1);
    let mut child = program.serve().await;
    assert_eq!(program.run(&["healthcheck"]).await.0, 0);
    assert_eq!(program.register(0).await, "201");
    let id = child.id().unwrap().to_string();
    Command::new("kill").arg(id).status().await.unwrap();
    let ended = tokio::time::timeout(PATIENCE, child.wait())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ended.code(), Some(0));
}

/// Neither what the tests' own program reads (examples/origin-with-own-web.rs) nor what others that speak TLS and HTTP do.
#[tokio::test]
async fn no_variable_leads_it_to_another_web_for_the_documents_of_clients() {
    let mut program = Program::new().await;
    let web = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = web.local_addr().unwrap();
    program.variables.push(("TEST_WEB", address.to_string()));
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        program.variables.push((name, format!("http://{address}")));
    }
    for name in ["TEST_WEB_AUTHORITY", "SSL_CERT_FILE"] {
        program.variables.push((name, secret_file("authority", "")));
    }
    let _child = program.serve().await;
    // RFC 6761: no such name is ever found.
    let asked = "/oauth/authorize?response_type=code&client_id=https%3A%2F%2Fclient.test%2Fapp.json\
                 &redirect_uri=https%3A%2F%2Fclient.test%2Fcallback&code_challenge_method=S256\
                 &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let client = program.app.anonymous();
    assert_eq!(program.status(client.call(Method::GET, asked)).await, "400");
    let visit = tokio::time::timeout(Duration::from_millis(100), web.accept()).await;
    assert!(visit.is_err(), "somebody came: {visit:?}");
}

#[tokio::test]
async fn removes_what_nobody_can_use_any_more() {
    let mut program = Program::new().await;
    program.variables.push(("CLEAN_UP_SECONDS", "1".to_owned()));
    let database = program.app.database.connect().await;
    let insert =
        "INSERT INTO refresh_tokens (token_hash, user_id, session_id, created_at, expires_at)
        VALUES (sha256(''), uuidv7(), uuidv7(), '2020-01-01', '2020-01-02')";
    database.execute(insert, &[]).await.unwrap();
    let _child = program.serve().await;
    let gone = async {
        let count = "SELECT count(*) FROM refresh_tokens";
        while database
            .query_one(count, &[])
            .await
            .unwrap()
            .get::<_, i64>(0)
            > 0
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone)
        .await
        .expect("it is removed");
}

#[tokio::test]
async fn starts_while_the_database_is_away_and_serves_once_it_is_there() {
    let program = Program::new().await;
    program.app.proxy.cut();
    let mut child = program
        .command(&["serve"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while TcpStream::connect(program.listen).await.is_err() {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it goes on without a database"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(origin_api::probe::ready(program.listen).await.is_err());
    assert_eq!(program.register(0).await, "503");
    program.app.proxy.mend();
    origin_api::probe::ready(program.listen).await.unwrap();
    assert_eq!(program.register(0).await, "201");
}

#[tokio::test]
async fn checks_migrates_and_prints_public_keys() {
    let program = Program::new().await;
    let (code, told, _) = program.run(&["check"]).await;
    assert!(code == 0 && told.contains("its schema is at"), "{told}");
    let (code, told, _) = program.run(&["migrate"]).await;
    assert!(
        code == 0 && told.contains("0 migrations were applied"),
        "{told}"
    );
    let (code, keys, _) = program.run(&["admin", "keys", "public"]).await;
    assert_eq!(code, 0);
    assert_eq!(
        shared_types::token::parse_jwks(&keys).unwrap()[0].key_id,
        "tokens-1"
    );
    // What ends a write that has begun must be set for the role; deploy/postgres/roles.sh does.
    let name = program.app.database.config.get_dbname().unwrap();
    let database = program.app.database.connect().await;
    for setting in ["0", "11s"] {
        let unbound = format!("ALTER DATABASE {name} SET transaction_timeout = '{setting}'");
        database.batch_execute(&unbound).await.unwrap();
        let (code, _, told) = program.run(&["check"]).await;
        assert!(code == 1 && told.contains("roles.sh"), "{setting}: {told}");
    }
    program.app.proxy.cut();
    let (code, _, told) = program.run(&["check"]).await;
    assert!(
        code == 1 && told.contains("the database does not answer"),
        "{told}"
    );
    let (code, _, told) = program.run(&["dance"]).await;
    assert!(code == 1 && told.contains("usage:"), "{told}");
}

#[tokio::test]
async fn a_rehearsal_goes_through_all_of_it_and_leaves_nothing() {
    let program = Program::new().await;
    let database = program.app.database.connect().await;
    let left = "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM tasks)";
    let (code, told, problem) = program.run(&["admin", "rehearse"]).await;
    assert!(
        code == 0 && told.contains("is deleted again"),
        "{told}{problem}"
    );
    let count: i64 = database.query_one(left, &[]).await.unwrap().get(0);
    assert_eq!(count, 0);
    // What would fail for a caller fails here, and says where.
    let broken = "ALTER TABLE tasks ADD CONSTRAINT broken CHECK (false)";
    database.batch_execute(broken).await.unwrap();
    let (code, _, problem) = program.run(&["admin", "rehearse"]).await;
    assert!(
        code == 1 && problem.contains("POST /api/tasks was answered with 500"),
        "{problem}"
    );
    assert!(problem.contains("@example.invalid may be left"));
}

#[tokio::test]
async fn a_rotation_of_the_token_keys_reaches_the_serving_process() {
    let mut program = Program::new().await;
    let variable = ("TOKEN_KEYS_POLL_SECONDS", "1".to_owned());
    program.variables.push(variable);
    let _child = program.serve().await;
    let (code, told, _) = program.run(&["admin", "keys", "rotate"]).await;
    assert!(
        code == 0 && told.contains("admin keys retire tokens-1"),
        "{told}"
    );
    let new = told.split(' ').next().unwrap().to_owned();
    let (_, keys, _) = program.run(&["admin", "keys", "public"]).await;
    assert_eq!(
        shared_types::token::parse_jwks(&keys).unwrap()[0].key_id,
        new
    );
    let (code, _, told) = program.run(&["admin", "keys", "retire", &new]).await;
    assert!(
        code == 1 && told.contains("is the key that signs"),
        "{told}"
    );

    let learned = async {
        let client = program.app.anonymous();
        loop {
            let (head, _) = bytes(client.call(Method::GET, "/.well-known/jwks.json")).await;
            let mut stream = TcpStream::connect(program.listen).await.unwrap();
            stream.write_all(&head).await.unwrap();
            let mut answer = [0; 4096];
            let count = stream.read(&mut answer).await.unwrap();
            if String::from_utf8_lossy(&answer[..count]).contains(&new) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, learned)
        .await
        .expect("it learns the key");
    let (code, told, _) = program.run(&["admin", "keys", "retire", "tokens-1"]).await;
    assert!(
        code == 0 && told.contains("The private half of tokens-1 is gone"),
        "{told}"
    );
    let (code, told, _) = program.run(&["check"]).await;
    assert_eq!(code, 0, "{told}");
}

/// Each hash takes 19 MiB, on any of many threads, and all of it must go back.
#[tokio::test]
async fn registrations_leave_no_memory_behind() {
    let program = Program::new().await;
    let child = program.serve().await;
    let status = format!("/proc/{}/status", child.id().unwrap());
    let kibibytes = |name: &str| -> u64 {
        let status = std::fs::read_to_string(&status).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    for round in 0..4 {
        let register = |number: usize| program.register(round * 4 + number);
        let statuses = tokio::join!(register(0), register(1), register(2), register(3));
        assert_eq!(<[String; 4]>::from(statuses), ["201"; 4]);
    }
    let (resident, peak) = (kibibytes("VmRSS"), kibibytes("VmHWM"));
    assert!(resident < 40 * 1024, "{resident} KiB are resident");
    assert!(peak < 40 * 1024 + 2 * 19_456, "{peak} KiB were");
}
