//! What errors of the database become: another try, 503 in bounded time, or a 500 that tells nothing.

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_postgres::config::Host;

use crate::support::TestApp;
use crate::support::app::log;
use crate::support::database::TestDatabase;

fn registration() -> Value {
    json!({ "email": "ada@example.com", "password": "correct horse battery" })
}

/// Makes inserts into `users` fail with 40001 while the count of tries is under `successes_from`.
async fn fail_with_serialization_failures(app: &TestApp, successes_from: u32) {
    let sql = format!(
        "CREATE SEQUENCE tries;
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('tries') < {successes_from} THEN
                RAISE EXCEPTION 'try again' USING ERRCODE = '40001';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER fail BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION fail();"
    );
    app.database
        .connect()
        .await
        .batch_execute(&sql)
        .await
        .unwrap();
}

#[tokio::test]
async fn serialization_failures_are_tried_again() {
    let app = TestApp::new().await;
    fail_with_serialization_failures(&app, 3).await;
    app.anonymous()
        .post("/api/auth/register", &registration())
        .await
        .expect(201);
}

#[tokio::test]
async fn but_not_for_ever() {
    let app = TestApp::new().await;
    fail_with_serialization_failures(&app, 4).await;
    app.anonymous()
        .post("/api/auth/register", &registration())
        .await
        .expect(503);
    app.anonymous()
        .post("/api/auth/register", &registration())
        .await
        .expect(201);
}

#[tokio::test]
async fn an_unforeseen_refusal_is_a_500_whose_cause_is_only_logged() {
    let app = TestApp::new().await;
    let database = app.database.connect().await;
    database
        .batch_execute("ALTER TABLE users ADD CONSTRAINT unforeseen CHECK (email = '')")
        .await
        .unwrap();
    let problem = app
        .anonymous()
        .post("/api/auth/register", &registration())
        .await
        .expect(500);
    assert_eq!(
        problem["detail"],
        "Nothing you sent is wrong. Quote the request_id when you report this."
    );
    let id = problem["request_id"].as_str().unwrap();
    let cause = log()
        .lines()
        .find(|line| line.contains(id) && line.contains("\"level\":\"error\""))
        .unwrap();
    assert!(
        cause.contains("unforeseen") && cause.contains("create_user"),
        "{cause}"
    );
}

#[tokio::test]
async fn connections_that_the_server_ended_are_replaced() {
    let app = TestApp::with(&[("DATABASE_POOL_SIZE", "1")]).await;
    let ada = app.user("ada").await;
    ada.get("/api/auth/me").await.expect(200);
    let database = app.database.connect().await;
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'mindflow-origin'";
    assert_eq!(database.query(end, &[]).await.unwrap().len(), 1);
    // The request that meets the ended connection may be refused; none after it.
    assert!([200, 503].contains(&ada.get("/api/auth/me").await.status));
    ada.get("/api/auth/me").await.expect(200);
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_given_up_in_bounded_time() {
    let app = TestApp::with(&[("DATABASE_POOL_SIZE", "1")]).await;
    let ada = app.user("ada").await;
    let mut database = app.database.connect().await;
    let blocking = database.transaction().await.unwrap();
    blocking
        .batch_execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let (one, other) = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        // One waits for the answer, the other for the only connection.
        tokio::join!(ada.get("/api/auth/me"), ada.get("/api/auth/me"))
    })
    .await
    .unwrap();
    assert_eq!((one.status, other.status), (503, 503));
    blocking.rollback().await.unwrap();
    ada.get("/api/auth/me").await.expect(200);
}

#[tokio::test]
async fn of_several_hosts_the_first_that_answers_is_used() {
    let database = TestDatabase::new().await;
    let config = &database.config;
    let [Host::Tcp(host)] = config.get_hosts() else {
        panic!("TEST_DATABASE_URL names one host, not a socket")
    };
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let (role, name) = (config.get_user().unwrap(), config.get_dbname().unwrap());
    let port = config.get_ports()[0];
    let url = format!(
        "postgresql://{role}@{closed},{host}:{port}/{name}?target_session_attrs=read-write"
    );
    let app = TestApp::with(&[("DATABASE_URL", &url)]).await;
    app.anonymous().get("/health").await.expect(200);
}
