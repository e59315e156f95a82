//! What is described once and named by many operations: refusals, header fields, parameters, the credential.

use serde_json::json;
use shared_types::problem::{self, ProblemType};
use shared_types::schema::{AnySchema, NO_NUL, closed, formatted, or_null, string, text};
use shared_types::task;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, Content, Header, HeaderBuilder, Ref, RefOr, Required, Response};

/// The name of the security scheme, as the handlers' attributes have it.
const BEARER: &str = "bearer";
const CALENDAR: &str = "calendar";
/// The schema of a change that has no fields of its own.
pub(super) const NO_FIELDS: &str = "NoFields";

/// Every refusal that is described once: the name of its component, its kind, when it comes and what to do, and the
/// header field that it has.
pub(super) const REFUSALS: [(&str, ProblemType, &str, Option<&str>); 11] = [
    (
        "BadRequest",
        ProblemType::BadRequest,
        "The body is not JSON; `detail` says where.",
        None,
    ),
    (
        "Unauthenticated",
        ProblemType::Unauthenticated,
        "There is no credential, or it does not hold any more. Log in and repeat the request.",
        Some("WWW-Authenticate"),
    ),
    (
        "Forbidden",
        ProblemType::Forbidden,
        "The credential lacks the scope that `detail` names.",
        None,
    ),
    (
        "NotFound",
        ProblemType::NotFound,
        "There is nothing of this id or name, or it is not yours.",
        None,
    ),
    (
        "PreconditionFailed",
        ProblemType::PreconditionFailed,
        "It has changed since you read it. Read it again and repeat the change with the new ETag.",
        None,
    ),
    (
        "ContentTooLarge",
        ProblemType::ContentTooLarge,
        "The body is over 256 KiB, or that of an import over 10 MiB.",
        None,
    ),
    (
        "UnsupportedMediaType",
        ProblemType::UnsupportedMediaType,
        "The body is not sent as `application/json`.",
        None,
    ),
    (
        "Invalid",
        ProblemType::Invalid,
        "Some fields or parameters are not valid, or not known; `errors` names each with its remedy. Nothing changed.",
        None,
    ),
    (
        "RateLimited",
        ProblemType::RateLimited,
        "Over a limit, which `detail` names. Wait for `Retry-After` seconds; `RateLimit` says how many requests are left.",
        Some("Retry-After"),
    ),
    (
        "Internal",
        ProblemType::Internal,
        "A fault of ours. Quote `request_id` when you report it.",
        None,
    ),
    (
        "Unavailable",
        ProblemType::Unavailable,
        "A part is away. Repeat the request after `Retry-After` seconds, a change with the same key.",
        Some("Retry-After"),
    ),
];

/// Adds all of it.
pub(super) fn add(components: &mut Components) {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token from `POST /api/auth/login`."));
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer.build()));
    let calendar = ApiKeyValue::with_description(
        "token",
        "The token in the address that `POST /api/calendar-token` gives; it opens the feed and nothing else.",
    );
    components.add_security_scheme(CALENDAR, SecurityScheme::ApiKey(ApiKey::Query(calendar)));
    for (name, parameter) in parameters() {
        components
            .parameters
            .insert(name.to_owned(), parameter.into());
    }
    for (name, header) in headers() {
        components.headers.insert(name.to_owned(), header.into());
    }
    for (name, kind, when, header) in REFUSALS {
        let mut response = Response::new(format!("{}. {when}", kind.title()));
        response
            .content
            .insert(problem::CONTENT_TYPE.to_owned(), problem_content().into());
        if let Some(header) = header {
            let reference = header_reference(header);
            response.headers.insert(header.to_owned(), reference);
        }
        components
            .responses
            .insert(name.to_owned(), response.into());
    }
    let mut not_modified = Response::new("Nothing has changed since the answer with that ETag.");
    let etag = header_reference("ETag");
    not_modified.headers.insert("ETag".to_owned(), etag);
    components
        .responses
        .insert("NotModified".to_owned(), not_modified.into());
    let mut accepted = Response::new(
        "Accepted while MindFlow's server is away, and applied in its turn when it is back, as of now. GET /api/pending \
         shows it until then.",
    );
    let pending = Content::new(Some(Ref::from_schema_name("Pending")));
    accepted
        .content
        .insert("application/json".to_owned(), pending.into());
    for name in ["Location", "Retry-After"] {
        let reference = header_reference(name);
        accepted.headers.insert(name.to_owned(), reference);
    }
    components
        .responses
        .insert("Accepted".to_owned(), accepted.into());
    let no_fields = closed([("client_token", client_token())], &[])
        .description(Some("Nothing is needed: the body may be left out."))
        .examples([json!({})]);
    components
        .schemas
        .insert(NO_FIELDS.to_owned(), no_fields.into());
}

/// A reference to the header field `name`.
pub(super) fn header_reference(name: &str) -> RefOr<Header> {
    RefOr::Ref(Ref::new(format!("#/components/headers/{name}")))
}

/// The body of every refusal.
pub(super) fn problem_content() -> Content {
    Content::new(Some(Ref::from_schema_name("Problem")))
}

/// The key of a change where no header can be set.
pub(super) fn client_token() -> AnySchema {
    let token = text(1, 255, NO_NUL).description(Some(
        "What the header Idempotency-Key says, for clients that cannot set headers. If both are given they must be equal.",
    ));
    or_null(token.into())
}

fn headers() -> [(&'static str, Header); 5] {
    let header = |description: &str, schema: ObjectBuilder| {
        HeaderBuilder::new()
            .description(Some(description))
            .schema(Some(schema))
            .build()
    };
    let seconds = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0));
    [
        (
            "ETag",
            header(
                "The version of what was read. Send it back as `If-None-Match` to read again, as `If-Match` to change.",
                string(),
            ),
        ),
        (
            "Idempotency-Replayed",
            header(
                "There when this is the first answer again.",
                string().enum_values(Some(["true"])),
            ),
        ),
        (
            "Location",
            header("The path of what was created.", string()),
        ),
        ("Retry-After", header("Seconds to wait.", seconds)),
        (
            "WWW-Authenticate",
            header("How to authenticate: `Bearer`.", string()),
        ),
    ]
}

fn parameters() -> [(&'static str, Parameter); 6] {
    let field = |name: &str, description: &str, schema: ObjectBuilder| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .description(Some(description))
            .required(Required::False)
            .schema(Some(schema))
            .build()
    };
    let id = |description: &str| {
        ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .description(Some(description))
            .required(Required::True)
            .schema(Some(formatted("uuid")))
            .build()
    };
    let name = ParameterBuilder::new()
        .name("name")
        .parameter_in(ParameterIn::Path)
        .description(Some("The project's name."))
        .required(Required::True)
        .schema(Some(task::schema::project().examples(["Garden"])));
    [
        ("TaskId", id("The task's id.")),
        ("CredentialId", id("The credential's id, as in its list.")),
        ("ProjectName", name.build()),
        (
            "IdempotencyKey",
            field(
                "Idempotency-Key",
                "A key of your own for this change, for example a UUID. With the same key and body you get the first answer again for 24 hours, so that a request whose answer was lost can be repeated. An empty one counts as none.",
                text(0, 255, "^([!-~]([ -~]*[!-~])?)?$"),
            ),
        ),
        (
            "IfMatch",
            field(
                "If-Match",
                "The ETag that you read: the change is made only if nobody was faster, else the answer is 412. Only the version in the tag is compared.",
                string().examples(["\"3-0\""]),
            ),
        ),
        (
            "IfNoneMatch",
            field(
                "If-None-Match",
                "The ETag that you have: while nothing has changed, the answer is 304 without a body.",
                string(),
            ),
        ),
    ]
}
