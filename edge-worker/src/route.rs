//! The route table: everything of the API that the edge knows. A path that is not listed is 404 and never
//! leaves the edge; what a listed route means is the origin's business.
//!
//! Paths are compared as the raw, percent-encoded segments of the URL: nothing is decoded, so a path that
//! is spelled in another way is another path, at the edge and at the origin alike.

mod table;

use serde::{Deserialize, Serialize};
use shared_types::pending::may_wait;
use shared_types::scope::Scope;
use shared_types::token::mcp_audience;

use table::TABLE;

/// The largest request body in bytes (contract.md, "Sizes").
pub const BODY_LIMIT_BYTES: usize = 256 * 1024;

/// That of an import.
pub const IMPORT_LIMIT_BYTES: usize = 10 * 1024 * 1024;

/// An HTTP method that some route may allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Read without the body; allowed wherever GET is.
    Head,
    /// Create or act.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Delete.
    Delete,
    /// Ask what is allowed; answered by the edge.
    Options,
}

impl Method {
    /// The method of this exact, case-sensitive name (RFC 9110 section 9.1), if any route could allow it.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            "OPTIONS" => Self::Options,
            _ => return None,
        })
    }

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }

    /// Whether the method only reads (RFC 9110 section 9.2.1).
    pub fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Options)
    }
}

/// How a request of a route is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The plain page that says what this address is; made by the edge.
    Page,
    /// The health report; made by the edge from one probe of the origin.
    Health,
    /// What is for everybody to read, and what a one-time token in the body decides: forwarded without a credential,
    /// whatever credential comes along.
    Anonymous,
    /// Account entry, where passwords and addresses could be guessed: forwarded like [`Self::Anonymous`].
    Entry,
    /// `POST /api/auth/refresh`: with a body it is [`Self::Anonymous`], because the refresh token in it is the
    /// credential; without one the cookie is, and it is [`Self::Authenticated`].
    Refresh,
    /// `/oauth/authorize`, a page for people: forwarded like [`Self::Anonymous`], with the session cookie for the origin
    /// to judge. What it posts may hold a password, and is limited like [`Self::Entry`].
    Consent,
    /// `/oauth/token` and `/oauth/revoke`: forwarded like [`Self::Anonymous`], with the client's own Basic
    /// authentication. Not charged here: many people share an assistant's addresses. The origin counts failures.
    Client,
    /// `POST /mcp`: as [`Self::Authenticated`], with tokens that hold here and nowhere else.
    Mcp,
    /// `POST /internal/invalidate`: the origin's own call, signed with its own keys.
    Invalidate,
    /// The calendar feed: its token is in the query, because a calendar sends nothing else; then as
    /// [`Self::Authenticated`].
    Feed,
    /// The API proper: a credential with this scope is needed, and the user's gate is in the path.
    Authenticated(Scope),
}

/// The media type of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

/// All scopes that an app can be granted: a client asks for them at once, not one after the other.
const GRANTABLE: &str = "tasks:read tasks:write";

/// How to get a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The path of the metadata that says where (RFC 9728).
    metadata: &'static str,
    /// What to ask for, if apps can have it.
    scope: &'static str,
}

impl Challenge {
    /// `WWW-Authenticate`, beginning as `given` does, which names the scheme and, perhaps, an error and a scope.
    pub fn complete(self, given: &str, public_url: &str) -> String {
        let (metadata, scope) = (self.metadata, self.scope);
        let mut field = given.to_owned();
        let mut add = |parameter: String| {
            field.push_str(if field.contains(' ') { ", " } else { " " });
            field.push_str(&parameter);
        };
        add(format!("resource_metadata=\"{public_url}{metadata}\""));
        if !scope.is_empty() && !given.contains("scope=") {
            add(format!("scope=\"{scope}\""));
        }
        field
    }
}

/// A route that answers this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The path pattern, for log lines: it names the route and holds no identifier.
    pub template: &'static str,
    /// The request's method.
    pub method: Method,
    /// How it is served.
    pub class: Class,
}

/// What a user's gate does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nature {
    /// A read whose answer may be kept.
    Cached,
    /// A read whose answer is not: it is about the account, or asks with a body.
    Read,
    /// It may change something.
    Change,
    /// It may change something, and be repeated under the same key without harm: the origin keeps its answer.
    Repeatable,
    /// And it may wait while the origin is away.
    MayWait,
    /// What waits; answered by the gate.
    Pending,
    /// A socket for news; held by the gate.
    Live,
}

impl Route {
    /// What a user's gate does with it.
    pub fn nature(&self) -> Nature {
        let scope = match self.class {
            Class::Authenticated(scope) => scope,
            // A message may change something, and never waits.
            Class::Mcp => Scope::TasksWrite,
            _ => Scope::Account,
        };
        match (self.template, scope) {
            ("/api/pending", _) => Nature::Pending,
            ("/api/live", _) => Nature::Live,
            (_, Scope::TasksRead) if self.method.is_safe() && !self.streams() => Nature::Cached,
            (_, Scope::TasksRead) => Nature::Read,
            _ if self.method.is_safe() => Nature::Read,
            (template, _) if may_wait(self.method.as_str(), template) => Nature::MayWait,
            (_, Scope::TasksWrite) => Nature::Repeatable,
            (_, Scope::Account) => Nature::Change,
        }
    }

    /// The largest body that it takes, in bytes.
    pub fn body_limit_bytes(&self) -> usize {
        if self.template == "/api/import" {
            IMPORT_LIMIT_BYTES
        } else {
            BODY_LIMIT_BYTES
        }
    }

    /// Whether `Server-Timing` says only what the edge saw. How long the origin or its database took over
    /// a password tells a stranger whether an account exists.
    pub fn hides_origin_timing(&self) -> bool {
        self.is_of_account() || self.template.starts_with("/oauth/")
    }

    /// Whether the origin's `Set-Cookie` goes on to the caller: the session's cookie changes here and nowhere else.
    pub fn may_set_cookies(&self) -> bool {
        self.is_of_account()
    }

    /// Whether the origin's answer is passed on as it arrives, because it may be too large to be held.
    pub fn streams(&self) -> bool {
        self.template == "/api/export"
    }

    fn is_of_account(&self) -> bool {
        self.template.starts_with("/api/auth/") || self.template == "/oauth/authorize"
    }

    /// The media type of a body.
    pub fn media(&self) -> Media {
        match self.class {
            Class::Consent | Class::Client => Media::Form,
            _ => Media::Json,
        }
    }

    /// The audience of tokens that hold here.
    pub fn audience(&self, public_url: &str) -> String {
        match self.class {
            Class::Mcp => mcp_audience(public_url),
            _ => public_url.to_owned(),
        }
    }

    /// What a refusal says about how to get a credential (RFC 9728 section 5.1); `None` where none is asked for.
    pub fn challenge(&self) -> Option<Challenge> {
        match self.class {
            Class::Mcp => Some(Challenge {
                metadata: "/.well-known/oauth-protected-resource/mcp",
                scope: GRANTABLE,
            }),
            // No app is ever granted the account's scope.
            Class::Authenticated(scope) => Some(Challenge {
                metadata: "/.well-known/oauth-protected-resource",
                scope: if scope == Scope::Account {
                    ""
                } else {
                    GRANTABLE
                },
            }),
            _ => None,
        }
    }
}

/// What the table says about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matched {
    /// Serve it.
    Route(Route),
    /// `OPTIONS`: answer 204 with this `Allow`.
    Options {
        /// The path pattern.
        template: &'static str,
        /// The value of `Allow`.
        allow: &'static str,
    },
    /// The path exists, the method does not: answer 405 with this `Allow`.
    MethodNotAllowed {
        /// The path pattern.
        template: &'static str,
        /// The value of `Allow`.
        allow: &'static str,
    },
    /// No such path.
    NotFound,
}

/// Finds what serves `method` (its name on the wire) on `path`.
pub fn find(method: &str, path: &str) -> Matched {
    let Some(entry) = TABLE
        .iter()
        .find(|entry| path_matches(entry.template, path))
    else {
        return Matched::NotFound;
    };
    let (template, allow) = (entry.template, entry.allow);
    let Some(method) = Method::parse(method) else {
        return Matched::MethodNotAllowed { template, allow };
    };
    if method == Method::Options {
        return Matched::Options { template, allow };
    }
    let listed = if method == Method::Head {
        Method::Get
    } else {
        method
    };
    match entry.methods.iter().find(|(allowed, _)| *allowed == listed) {
        Some(&(_, class)) => Matched::Route(Route {
            template,
            method,
            class,
        }),
        None => Matched::MethodNotAllowed { template, allow },
    }
}

/// Segment by segment; `{...}` stands for any one segment that `fetch` would send as it is.
fn path_matches(template: &str, path: &str) -> bool {
    let mut wanted = template.split('/');
    let mut given = path.split('/');
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) => {
                let matches = if wanted.starts_with('{') {
                    is_plain_segment(given)
                } else {
                    wanted == given
                };
                if !matches {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// Whether the URL standard keeps the segment as it is. It would resolve a dot segment, also one spelled with
/// `%2e`, and change a backslash or a quotation mark, and then the path that is sent is not the one signed.
fn is_plain_segment(segment: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:@".contains(&byte);
    let dots = segment.to_ascii_lowercase().replace("%2e", ".");
    !segment.is_empty() && segment.bytes().all(plain) && dots != "." && dots != ".."
}

#[cfg(test)]
mod tests;
