//! What the edge refuses, and how each refusal reads as a problem (RFC 9457). The reasons that only the
//! operator may know are in the log line, never in the answer.

use shared_types::problem::{self, Problem, ProblemType};
use shared_types::scope::Scope;
use shared_types::signature::Refusal;
use shared_types::token::TokenError;
use shared_types::validate::FieldError;

use crate::answer::Answer;
use crate::limit::{Limit, PERIOD_SECONDS};
use crate::page;
use crate::route::{BODY_LIMIT_BYTES, IMPORT_LIMIT_BYTES, Media};

/// Seconds after which to come again when a part is away.
pub const RETRY_AFTER_SECONDS: u32 = 5;

/// Why a request is answered by the edge itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// No such route.
    NotFound,
    /// The route allows only these methods (the value of `Allow`).
    MethodNotAllowed(&'static str),
    /// No credential came.
    NoCredential,
    /// One came and does not hold.
    Credential(TokenError),
    /// One came that held once and was revoked.
    Revoked,
    /// A call that only the origin may make is not signed as the origin signs.
    Unsigned(Refusal),
    /// The credential lacks this scope.
    MissingScope(Scope),
    /// A cookie came with a change that the dashboard's own pages did not send.
    ForeignOrigin,
    /// The caller's address is over this limit.
    TooMany(Limit),
    /// The user is over the limit of requests; seconds until one more is allowed.
    TooManyOfUser(i64),
    /// The body is over the limit.
    TooLarge,
    /// The body is not declared as what the route takes.
    UnsupportedMediaType(Media),
    /// A header field that decides what the request does cannot be sent on.
    UnusableField(&'static str),
    /// The body could not be read to its end.
    BodyCut,
    /// The body of a change that is to wait is not JSON.
    NotJson,
    /// The path of a change that is to wait cannot name a task.
    NoSuchTask,
    /// Fields of a change that is to wait are not valid.
    Invalid(Vec<FieldError>),
    /// The path speaks WebSocket and the request does not.
    NoUpgrade,
    /// What the origin told cannot be understood.
    BadNews,
    /// The origin is away: not reached, too slow, or answered by a proxy in its stead.
    OriginAway(Away),
    /// The user's gate did not answer.
    GateAway,
    /// The Worker's variables or secrets are not usable.
    Misconfigured,
    /// A fault of the edge itself.
    Internal,
}

/// How the origin was found to be away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Away {
    /// The connection failed, or was cut before the whole answer was there.
    NoAnswer,
    /// The deadline passed before the whole answer was there.
    TooSlow,
    /// It was found away shortly before, and was not asked.
    Known,
    /// An answer that a proxy gives for an origin it cannot reach.
    Proxy(u16),
}

impl Error {
    /// A word for log lines.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::MethodNotAllowed(_) => "method_not_allowed",
            Self::NoCredential => "no_credential",
            Self::Credential(error) => error.as_str(),
            Self::Revoked => "revoked",
            Self::Unsigned(refusal) => refusal.as_str(),
            Self::MissingScope(_) => "missing_scope",
            Self::ForeignOrigin => "foreign_origin",
            Self::TooMany(limit) => limit.reason(),
            Self::TooManyOfUser(_) => "user_limit",
            Self::TooLarge => "too_large",
            Self::UnsupportedMediaType(_) => "unsupported_media_type",
            Self::UnusableField(_) => "unusable_field",
            Self::BodyCut => "body_cut",
            Self::NotJson => "not_json",
            Self::NoSuchTask => "no_such_task",
            Self::Invalid(_) => "invalid",
            Self::NoUpgrade => "no_upgrade",
            Self::BadNews => "bad_news",
            Self::OriginAway(Away::NoAnswer) => "origin_no_answer",
            Self::OriginAway(Away::TooSlow) => "origin_too_slow",
            Self::OriginAway(Away::Known) => "origin_known_away",
            Self::OriginAway(Away::Proxy(_)) => "origin_proxy_error",
            Self::GateAway => "gate_away",
            Self::Misconfigured => "misconfigured",
            Self::Internal => "internal",
        }
    }

    #[expect(clippy::too_many_lines, reason = "one table, a row for each refusal")]
    fn problem(&self) -> (ProblemType, String) {
        let away = format!(
            "MindFlow cannot reach its database server at the moment. Try again in {RETRY_AFTER_SECONDS} seconds; \
             repeat a change with the same Idempotency-Key, because it may have been applied."
        );
        match self {
            Self::NotFound => {
                (ProblemType::NotFound, "There is no such path. Check the address; paths begin with /api/.".to_owned())
            }
            Self::MethodNotAllowed(allow) => {
                (ProblemType::MethodNotAllowed, format!("This path answers only these methods: {allow}."))
            }
            Self::NoCredential => (
                ProblemType::Unauthenticated,
                "Send `Authorization: Bearer` with an access token (from POST /api/auth/login) or an API key."
                    .to_owned(),
            ),
            Self::Credential(TokenError::Expired) => (
                ProblemType::Unauthenticated,
                "The token has expired. Log in again (POST /api/auth/login) and repeat the request.".to_owned(),
            ),
            Self::Credential(_) | Self::Revoked => (
                ProblemType::Unauthenticated,
                "The token is not valid here. Log in again (POST /api/auth/login) and send the new access token."
                    .to_owned(),
            ),
            Self::Unsigned(_) => (
                ProblemType::Unauthenticated,
                "This path answers signed calls of MindFlow's own server only.".to_owned(),
            ),
            Self::MissingScope(scope) => (
                ProblemType::Forbidden,
                format!("This needs the scope `{}`, which the credential does not have.", scope.as_str()),
            ),
            Self::ForeignOrigin => (
                ProblemType::Forbidden,
                "With the session cookie a change is accepted only from this site's own pages, and so is a socket: send \
                 `Origin` with the address of this site, or use `Authorization: Bearer` with an access token or an API \
                 key and without `Origin` instead."
                    .to_owned(),
            ),
            Self::TooMany(Limit::Address) => (
                ProblemType::RateLimited,
                format!(
                    "Too many requests without a valid credential came from this address. Wait {PERIOD_SECONDS} seconds, \
                     or send a credential that holds: those are not counted here."
                ),
            ),
            Self::TooMany(Limit::Entry) => (
                ProblemType::RateLimited,
                format!(
                    "Too many attempts to register, log in or reset a password came from this address. Wait \
                     {PERIOD_SECONDS} seconds before the next one."
                ),
            ),
            Self::TooManyOfUser(seconds) => (
                ProblemType::RateLimited,
                format!(
                    "This user has made too many requests. Wait {seconds} seconds before the next one; `RateLimit` says \
                     how many are left."
                ),
            ),
            Self::TooLarge => (
                ProblemType::ContentTooLarge,
                format!(
                    "A body may hold at most {BODY_LIMIT_BYTES} bytes, that of an import {IMPORT_LIMIT_BYTES}. Send less, or \
                     split it into several requests."
                ),
            ),
            Self::UnsupportedMediaType(Media::Form) => (
                ProblemType::UnsupportedMediaType,
                "Send the body as a form, with `Content-Type: application/x-www-form-urlencoded`.".to_owned(),
            ),
            Self::UnsupportedMediaType(Media::Json) => (
                ProblemType::UnsupportedMediaType,
                "Send the body as JSON, in UTF-8, with `Content-Type: application/json`.".to_owned(),
            ),
            Self::UnusableField(name) => (
                ProblemType::Invalid,
                format!("The header `{name}` holds what cannot be sent on. Use printable ASCII, at most 4096 characters."),
            ),
            Self::BodyCut => {
                (ProblemType::BadRequest, "The body ended before its announced length. Send it again.".to_owned())
            }
            Self::NotJson => (
                ProblemType::BadRequest,
                "The body is not JSON. Send one JSON object, in UTF-8.".to_owned(),
            ),
            Self::NoSuchTask => (
                ProblemType::NotFound,
                "There is no such task. Look its id up with GET /api/tasks.".to_owned(),
            ),
            Self::Invalid(errors) => (
                ProblemType::Invalid,
                format!("Mend {} and send the request again.", list(errors)),
            ),
            Self::NoUpgrade => (
                ProblemType::BadRequest,
                "This path speaks WebSocket. Connect with a WebSocket client (`Upgrade: websocket`), or poll GET \
                 /api/tasks with `If-None-Match`."
                    .to_owned(),
            ),
            Self::BadNews => (
                ProblemType::Invalid,
                "The body is not what the profile of the signed hop says; the two sides are of different releases."
                    .to_owned(),
            ),
            Self::OriginAway(_) | Self::GateAway => (ProblemType::Unavailable, away),
            Self::Misconfigured => (
                ProblemType::Unavailable,
                "This MindFlow is not configured completely; its operator finds the reason in the log.".to_owned(),
            ),
            Self::Internal => (
                ProblemType::Internal,
                "The request could not be served. Quote the request id when you report this.".to_owned(),
            ),
        }
    }

    /// The answer for this refusal, in the form that the route `template` has for errors.
    pub fn answer_for(&self, template: &str, request_id: &str) -> Answer {
        match template {
            "/oauth/authorize" => self.page_answer(request_id),
            "/oauth/token" | "/oauth/revoke" | "/oauth/register" => self.oauth_answer(request_id),
            _ => self.answer(request_id),
        }
    }

    /// The same in the form that OAuth's own endpoints have for errors (RFC 6749 section 5.2).
    fn oauth_answer(&self, request_id: &str) -> Answer {
        let (kind, detail) = self.problem();
        let code = match kind.status() {
            429 | 503 => "temporarily_unavailable",
            500.. => "server_error",
            _ => "invalid_request",
        };
        let detail = detail.replace(['"', '\\', '`'], "");
        let body = serde_json::json!({"error": code, "error_description": detail});
        self.answer(request_id)
            .with("content-type", "application/json")
            .with_text(body.to_string())
    }

    /// The same as a page, for whoever looks at a browser.
    fn page_answer(&self, request_id: &str) -> Answer {
        let (kind, _) = self.problem();
        let what = match kind.status() {
            429 => "Too many tries came from your network. Wait a minute, then try again.",
            503 => "MindFlow cannot be reached at this moment. Try again in a few seconds.",
            _ => "This does not work. Go back to the app and connect again.",
        };
        let answer = self.answer(request_id);
        page::refusal(answer, what)
    }

    /// Whether it is for want of a valid credential.
    pub fn is_unauthenticated(&self) -> bool {
        self.problem().0 == ProblemType::Unauthenticated
    }

    /// The answer for this refusal.
    pub fn answer(&self, request_id: &str) -> Answer {
        let (kind, detail) = self.problem();
        let mut problem = Problem::new(kind, detail, request_id);
        if let Self::UnusableField(name) = self {
            let message = "must be printable ASCII of at most 4096 characters".to_owned();
            problem = problem.with_errors(vec![FieldError {
                field: (*name).to_owned(),
                message,
            }]);
        }
        if let Self::Invalid(errors) = self {
            problem = problem.with_errors(errors.clone());
        }
        let mut answer = Answer::new(problem.status)
            .with("content-type", problem::CONTENT_TYPE)
            .with("cache-control", "no-store")
            .with_text(problem.to_json());
        // Which error code goes with which case: RFC 6750 section 3.1.
        match self {
            Self::MethodNotAllowed(allow) => answer = answer.with("allow", *allow),
            Self::NoCredential | Self::Unsigned(_) => {
                answer = answer.with("www-authenticate", "Bearer");
            }
            Self::Credential(_) | Self::Revoked => {
                answer = answer.with("www-authenticate", "Bearer error=\"invalid_token\"");
            }
            Self::MissingScope(scope) => {
                let challenge = format!(
                    "Bearer error=\"insufficient_scope\", scope=\"{}\"",
                    scope.as_str()
                );
                answer = answer.with("www-authenticate", challenge);
            }
            Self::OriginAway(_) | Self::GateAway | Self::Misconfigured => {
                answer = answer.with("retry-after", RETRY_AFTER_SECONDS.to_string());
            }
            Self::TooMany(_) => {
                answer = answer.with("retry-after", PERIOD_SECONDS.to_string());
            }
            Self::TooManyOfUser(seconds) => {
                answer = answer.with("retry-after", seconds.to_string());
            }
            Self::NotFound
            | Self::ForeignOrigin
            | Self::TooLarge
            | Self::UnsupportedMediaType(_)
            | Self::UnusableField(_)
            | Self::BodyCut
            | Self::NotJson
            | Self::NoSuchTask
            | Self::Invalid(_)
            | Self::NoUpgrade
            | Self::BadNews
            | Self::Internal => {}
        }
        answer
    }
}

/// The names of the fields, as in a sentence.
fn list(errors: &[FieldError]) -> String {
    let names: Vec<_> = errors
        .iter()
        .map(|error| {
            if error.field.is_empty() {
                "the body".to_owned()
            } else {
                format!("`{}`", error.field)
            }
        })
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Error; 26] = [
        Error::NotFound,
        Error::MethodNotAllowed("GET"),
        Error::NoCredential,
        Error::Credential(TokenError::Expired),
        Error::Credential(TokenError::Signature),
        Error::Revoked,
        Error::Unsigned(Refusal::Mac),
        Error::MissingScope(Scope::TasksWrite),
        Error::ForeignOrigin,
        Error::TooMany(Limit::Address),
        Error::TooMany(Limit::Entry),
        Error::TooManyOfUser(3),
        Error::TooLarge,
        Error::UnsupportedMediaType(Media::Json),
        Error::UnsupportedMediaType(Media::Form),
        Error::UnusableField("if-match"),
        Error::BodyCut,
        Error::NotJson,
        Error::NoSuchTask,
        Error::Invalid(Vec::new()),
        Error::NoUpgrade,
        Error::BadNews,
        Error::OriginAway(Away::Proxy(502)),
        Error::GateAway,
        Error::Misconfigured,
        Error::Internal,
    ];

    #[test]
    fn every_refusal_is_a_problem_with_the_status_the_id_and_a_sentence() {
        let statuses = [
            404, 405, 401, 401, 401, 401, 401, 403, 403, 429, 429, 429, 413, 415, 415, 422, 400,
            400, 404, 422, 400, 422, 503, 503, 503, 500,
        ];
        for (error, status) in ALL.iter().zip(statuses) {
            let answer = error.answer("0198c5a0-0000-7000-8000-000000000001");
            let problem: Problem = serde_json::from_str(answer.text.as_deref().unwrap()).unwrap();
            assert_eq!(
                (answer.status, problem.status),
                (status, status),
                "{error:?}"
            );
            assert_eq!(
                answer.find("content-type"),
                Some("application/problem+json")
            );
            assert_eq!(problem.request_id, "0198c5a0-0000-7000-8000-000000000001");
            assert!(problem.detail.ends_with('.'), "{}", problem.detail);
            assert_eq!(
                answer.find("retry-after").is_some(),
                status == 503 || status == 429
            );
            assert_eq!(error.is_unauthenticated(), status == 401);
            assert_eq!(answer.find("allow").is_some(), status == 405);
            assert_eq!(
                answer.find("www-authenticate").is_some(),
                status == 401 || matches!(error, Error::MissingScope(_))
            );
        }
    }

    #[test]
    fn oauths_endpoints_have_errors_of_their_own_and_people_get_a_page() {
        for (error, code, status) in [
            (
                Error::UnsupportedMediaType(Media::Form),
                "invalid_request",
                415,
            ),
            (Error::TooLarge, "invalid_request", 413),
            (
                Error::OriginAway(Away::NoAnswer),
                "temporarily_unavailable",
                503,
            ),
            (Error::Internal, "server_error", 500),
        ] {
            let answer = error.answer_for("/oauth/token", "r");
            let body: serde_json::Value =
                serde_json::from_str(answer.text.as_deref().unwrap()).unwrap();
            assert_eq!((answer.status, &body["error"]), (status, &code.into()));
            // RFC 6749 section 5.2: no quotes and no backslashes.
            let description = body["error_description"].as_str().unwrap();
            assert!(!description.contains(['"', '\\']) && description.ends_with('.'));
            assert_eq!(answer.find("content-type"), Some("application/json"));
            let page = error.answer_for("/oauth/authorize", "r");
            assert_eq!(page.status, status);
            assert_eq!(page.find("content-type"), Some("text/html; charset=utf-8"));
            assert_eq!(page.find("retry-after").is_some(), status == 503);
        }
        let problem = Error::TooLarge.answer_for("/api/tasks", "r");
        assert_eq!(
            problem.find("content-type"),
            Some("application/problem+json")
        );
    }

    #[test]
    fn why_a_token_was_refused_is_not_told() {
        let detail = |error| Error::Credential(error).answer("r").text;
        assert_eq!(
            detail(TokenError::Signature),
            detail(TokenError::UnknownKey)
        );
        assert_eq!(detail(TokenError::Signature), detail(TokenError::Audience));
        assert_eq!(
            Error::NoCredential.answer("r").find("www-authenticate"),
            Some("Bearer")
        );
        assert_eq!(
            Error::Credential(TokenError::Expired)
                .answer("r")
                .find("www-authenticate"),
            Some("Bearer error=\"invalid_token\"")
        );
    }
}
