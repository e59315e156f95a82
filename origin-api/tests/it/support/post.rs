//! The origin with a mail server, and its mailer in the test's own hand.

use std::sync::Arc;

use origin_api::mail::Mailer;
use serde_json::{Value, json};

use super::smtp::{Received, SmtpServer};
use super::{Client, TestApp};

/// What everybody here chose.
pub const PASSWORD: &str = "correct horse battery";

/// The origin, its mail server, and its mailer.
pub struct Post {
    pub app: TestApp,
    pub smtp: SmtpServer,
    pub mailer: Mailer,
}

impl Post {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With these variables set differently.
    pub async fn with(variables: &[(&str, &str)]) -> Self {
        let smtp = SmtpServer::start().await;
        let own = smtp.variables();
        let own = own.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<_> = own.chain(variables.iter().copied()).collect();
        let app = TestApp::with(&all).await;
        let mailer = Mailer::new(Arc::clone(&app.app)).unwrap().unwrap();
        Self { app, smtp, mailer }
    }

    /// Sends whatever is due; gives the letters that arrived by that.
    pub async fn deliver(&self) -> Vec<Received> {
        let before = self.smtp.received().len();
        while self.mailer.send_next().await.unwrap() {}
        self.smtp.received().split_off(before)
    }

    /// As [`Post::deliver`], where one letter is expected.
    pub async fn deliver_one(&self) -> Received {
        let mut letters = self.deliver().await;
        assert_eq!(letters.len(), 1, "{letters:?}");
        letters.remove(0)
    }

    /// A new account, `NAME@example.com`, whose address is confirmed, and a session of it.
    pub async fn member(&self, name: &str) -> Client {
        let body = json!({ "email": format!("{name}@example.com"), "password": PASSWORD });
        let anonymous = self.app.anonymous();
        anonymous
            .post("/api/auth/register", &body)
            .await
            .expect(201);
        let token = self.deliver_one().await.token();
        anonymous
            .post("/api/auth/confirm-email", &json!({ "token": token }))
            .await
            .expect(204);
        self.sign_in(&body["email"], PASSWORD).await.0
    }

    /// A client with a new session, and its refresh token.
    pub async fn sign_in(&self, email: &Value, password: &str) -> (Client, String) {
        let body = json!({ "email": email, "password": password });
        let tokens = self
            .app
            .anonymous()
            .post("/api/auth/login", &body)
            .await
            .expect(200);
        let client = self
            .app
            .client_with(tokens["access_token"].as_str().unwrap());
        (client, tokens["refresh_token"].as_str().unwrap().to_owned())
    }

    /// The status of a login.
    pub async fn login(&self, email: &str, password: &str) -> u16 {
        let body = json!({ "email": email, "password": password });
        self.app
            .anonymous()
            .post("/api/auth/login", &body)
            .await
            .status
    }

    /// Asks for a link that resets the password of `email`, and gives its token.
    pub async fn forgotten(&self, email: &str) -> String {
        let body = json!({ "email": email });
        self.app
            .anonymous()
            .post("/api/auth/forgot-password", &body)
            .await
            .expect(202);
        self.deliver_one().await.token()
    }

    /// The one number that a query gives.
    pub async fn count(&self, query: &str) -> i64 {
        let database = self.app.database.connect().await;
        database.query_one(query, &[]).await.unwrap().get(0)
    }
}
