//! What operations have in common, because the same extractors read every request (`extract.rs`) and one error type
//! makes every problem (`error.rs`). Added here to each operation that has it; what the handler's own attribute says
//! of a status stays.

use shared_types::pending::may_wait;
use shared_types::problem;
use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::{
    Components, Content, Object, OpenApi, Ref, RefOr, Required, Response, Schema,
};

use super::components::{
    self, NO_FIELDS, REFUSALS, client_token, header_reference, problem_content,
};

/// What an operation does with a user's data.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    /// Nothing: no credential is needed.
    None,
    /// Changes something for whom the body names: no credential is needed.
    Anonymous,
    Read,
    /// Reads what the body asks for; the body may have a `client_token`, as every body.
    Try,
    Change,
    /// Answered by the edge alone, which makes no tag.
    Edge,
}

/// What a path names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Task,
    Project,
    Preferences,
    /// An API key or a login: made and revoked, never changed.
    Credential,
    Account,
    Other,
}

impl Target {
    fn of(path: &str) -> Self {
        match path {
            "/api/preferences" => Self::Preferences,
            "/api/auth/me" => Self::Account,
            "/api/projects/{name}" => Self::Project,
            "/api/apps/{id}" | "/api/keys/{id}" | "/api/sessions/{id}" => Self::Credential,
            _ if path.starts_with("/api/tasks/{id}") => Self::Task,
            _ => Self::Other,
        }
    }

    /// The parameter that names it in the path.
    fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Task => Some("TaskId"),
            Self::Project => Some("ProjectName"),
            Self::Credential => Some("CredentialId"),
            Self::Preferences | Self::Account | Self::Other => None,
        }
    }

    /// Whether it has a version of its own, which `If-Match` can name.
    fn has_version(self) -> bool {
        matches!(
            self,
            Self::Task | Self::Project | Self::Preferences | Self::Account
        )
    }
}

/// What decides which conventions hold for an operation.
struct Kind {
    access: Access,
    /// It reads a body.
    has_body: bool,
    target: Target,
    /// It reaches the origin, which refuses what it does not know; the edge's own answers look at nothing.
    is_forwarded: bool,
    /// The edge may accept it for later.
    may_wait: bool,
}

impl Kind {
    fn of(method: &str, path: &str, operation: &Operation) -> Self {
        let access = match (&operation.security, method) {
            (None, "POST") => Access::Anonymous,
            (None, _) => Access::None,
            (Some(_), _) if matches!(path, "/api/pending" | "/api/live") => Access::Edge,
            (Some(_), "GET") => Access::Read,
            (Some(_), "POST") if path == "/api/preferences/preview" => Access::Try,
            (Some(_), _) => Access::Change,
        };
        Self {
            access,
            // A DELETE may have a body, but what it means is not defined (RFC 9110 §9.3.5): none is described.
            has_body: operation.request_body.is_some()
                || (access == Access::Change && method != "DELETE"),
            target: Target::of(path),
            is_forwarded: path != "/health" && access != Access::Edge,
            may_wait: may_wait(method, path),
        }
    }

    fn refusals(&self) -> Vec<u16> {
        [
            (self.has_body, &[400, 413, 415][..]),
            (
                !matches!(self.access, Access::None | Access::Anonymous),
                &[401, 403],
            ),
            (self.target.parameter().is_some(), &[404]),
            (
                self.access == Access::Change && self.target.has_version(),
                &[412],
            ),
            (self.is_forwarded, &[422]),
            (self.is_forwarded || self.access == Access::Edge, &[429]),
            (true, &[500, 503]),
        ]
        .into_iter()
        .filter(|(holds, _)| *holds)
        .flat_map(|(_, statuses)| statuses)
        .copied()
        .collect()
    }
}

/// Completes `document`.
pub(super) fn apply(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    components::add(components);
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let kind = Kind::of(method, path, operation);
            complete(operation, &kind);
            match kind.access {
                Access::None | Access::Edge => {}
                Access::Anonymous => complete_keyed(operation, components),
                Access::Read => complete_read(operation),
                Access::Try => complete_body(operation, components),
                Access::Change => complete_change(operation, &kind, components),
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("DELETE", &mut item.delete),
        ("PATCH", &mut item.patch),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn complete(operation: &mut Operation, kind: &Kind) {
    operation.security.get_or_insert_default();
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            describe(parameter);
        }
    }
    if let Some(name) = kind.target.parameter() {
        parameter(operation, name);
    }
    let statuses = kind.refusals();
    for (name, problem, ..) in REFUSALS {
        if statuses.contains(&problem.status()) {
            respond(operation, &problem.status().to_string(), name);
        }
    }
    if kind.may_wait {
        respond(operation, "202", "Accepted");
    }
    header(operation, "429", "Retry-After");
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.content.is_empty()
            && status.starts_with(['4', '5'])
        {
            response
                .content
                .insert(problem::CONTENT_TYPE.to_owned(), problem_content().into());
        }
    }
}

/// A parameter whose schema is made by a function has its description there, where few readers look.
fn describe(parameter: &mut Parameter) {
    let described = match &mut parameter.schema {
        Some(RefOr::T(Schema::Object(object))) => &mut object.description,
        Some(RefOr::T(Schema::Array(array))) => &mut array.description,
        _ => return,
    };
    let described = described.take();
    parameter.description = parameter.description.take().or(described);
}

fn complete_read(operation: &mut Operation) {
    parameter(operation, "IfNoneMatch");
    header(operation, "200", "ETag");
    respond(operation, "304", "NotModified");
}

/// What may be asked for under a key.
fn complete_keyed(operation: &mut Operation, components: &mut Components) {
    parameter(operation, "IdempotencyKey");
    for status in ["200", "201", "202", "204"] {
        header(operation, status, "Idempotency-Replayed");
    }
    complete_body(operation, components);
}

fn complete_change(operation: &mut Operation, kind: &Kind, components: &mut Components) {
    if kind.target.has_version() {
        parameter(operation, "IfMatch");
    }
    header(operation, "201", "Location");
    if operation.request_body.is_none() && kind.has_body {
        let content = Content::new(Some(Ref::from_schema_name(NO_FIELDS)));
        let mut body = RequestBody::new();
        body.required = Some(Required::False);
        body.content
            .insert("application/json".to_owned(), content.into());
        operation.request_body = Some(body.into());
    }
    complete_keyed(operation, components);
}

/// Lets the body have a `client_token`, and be left out where nothing in it is needed.
fn complete_body(operation: &mut Operation, components: &mut Components) {
    require_body(operation, components);
    if let Some((_, object)) = body(operation, components) {
        let token = client_token();
        object.properties.insert("client_token".to_owned(), token);
    }
}

/// Requires the body only where something in it is needed: an empty body is read as `{}`.
fn require_body(operation: &mut Operation, components: &mut Components) {
    if let Some((body, object)) = body(operation, components) {
        let is_needed = !object.required.is_empty();
        body.required = Some(if is_needed {
            Required::True
        } else {
            Required::False
        });
    }
}

/// The body and the object that it is, if there is one.
fn body<'a>(
    operation: &'a mut Operation,
    components: &'a mut Components,
) -> Option<(&'a mut RequestBody, &'a mut Object)> {
    if let Some(RefOr::T(body)) = &mut operation.request_body
        && let Some(RefOr::T(content)) = body.content.get("application/json")
        && let Some(RefOr::Ref(reference)) = &content.schema
        && let Some(name) = reference.ref_location.rsplit('/').next()
        && let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(name)
    {
        return Some((body, object));
    }
    None
}

fn respond(operation: &mut Operation, status: &str, name: &str) {
    let responses = &mut operation.responses.responses;
    let reference: RefOr<Response> = RefOr::Ref(Ref::from_response_name(name));
    responses.entry(status.to_owned()).or_insert(reference);
}

fn parameter(operation: &mut Operation, name: &str) {
    let reference = Ref::new(format!("#/components/parameters/{name}"));
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(RefOr::Ref(reference));
}

/// Says that the response of this status, if there is one, has the field.
fn header(operation: &mut Operation, status: &str, name: &str) {
    if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) {
        let reference = header_reference(name);
        response.headers.insert(name.to_owned(), reference);
    }
}
