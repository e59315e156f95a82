//! The route table: everything of the API that the edge knows. A path that is not listed is 404 and never
//! leaves the edge; what a listed route means is the origin's business.
//!
//! Paths are compared as the raw, percent-encoded segments of the URL: nothing is decoded, so a path that
//! is spelled in another way is another path, at the edge and at the origin alike.

use shared_types::scope::Scope;

/// The largest request body in bytes (contract.md, "Sizes").
pub const BODY_LIMIT_BYTES: usize = 256 * 1024;

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
    /// Account entry, and what is for everybody to read: forwarded without a credential, whatever credential comes
    /// along.
    Anonymous,
    /// The API proper: a credential with this scope is needed, and the user's gate is in the path.
    Authenticated(Scope),
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

impl Route {
    /// Whether `Server-Timing` says only what the edge saw. How long the origin or its database took over
    /// a password tells a stranger whether an account exists.
    pub fn hides_origin_timing(&self) -> bool {
        self.template.starts_with("/api/auth/")
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

struct Entry {
    template: &'static str,
    allow: &'static str,
    methods: &'static [(Method, Class)],
}

const READ: Class = Class::Authenticated(Scope::TasksRead);
const WRITE: Class = Class::Authenticated(Scope::TasksWrite);
const ACCOUNT: Class = Class::Authenticated(Scope::Account);

/// Literal paths come before the patterns that would also match them.
const TABLE: &[Entry] = &[
    Entry {
        template: "/",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Page)],
    },
    Entry {
        template: "/health",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Health)],
    },
    Entry {
        template: "/openapi.json",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Anonymous)],
    },
    Entry {
        template: "/docs",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Anonymous)],
    },
    Entry {
        template: "/api/auth/register",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Anonymous)],
    },
    Entry {
        template: "/api/auth/login",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Anonymous)],
    },
    Entry {
        template: "/api/auth/me",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, ACCOUNT)],
    },
    Entry {
        template: "/api/preferences",
        allow: "GET, HEAD, PUT, OPTIONS",
        methods: &[(Method::Get, READ), (Method::Put, WRITE)],
    },
    // It only reads: the weights that are tried go with the body.
    Entry {
        template: "/api/preferences/preview",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, READ)],
    },
    Entry {
        template: "/api/projects",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, READ)],
    },
    Entry {
        template: "/api/projects/{name}",
        allow: "GET, HEAD, PATCH, OPTIONS",
        methods: &[(Method::Get, READ), (Method::Patch, WRITE)],
    },
    Entry {
        template: "/api/tasks",
        allow: "GET, HEAD, POST, OPTIONS",
        methods: &[(Method::Get, READ), (Method::Post, WRITE)],
    },
    Entry {
        template: "/api/tasks/best",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, READ)],
    },
    Entry {
        template: "/api/tasks/{id}",
        allow: "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
        methods: &[
            (Method::Get, READ),
            (Method::Put, WRITE),
            (Method::Patch, WRITE),
            (Method::Delete, WRITE),
        ],
    },
    Entry {
        template: "/api/tasks/{id}/start",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, WRITE)],
    },
    Entry {
        template: "/api/tasks/{id}/complete",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, WRITE)],
    },
    Entry {
        template: "/api/tasks/{id}/reopen",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, WRITE)],
    },
    Entry {
        template: "/api/tasks/{id}/snooze",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, WRITE)],
    },
    Entry {
        template: "/api/tasks/{id}/not-now",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, WRITE)],
    },
    Entry {
        template: "/api/tasks/{id}/occurrences",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, READ)],
    },
];

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
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn class(method: &str, path: &str) -> Option<(Class, &'static str)> {
        match find(method, path) {
            Matched::Route(route) => Some((route.class, route.template)),
            _ => None,
        }
    }

    #[test]
    fn each_listed_route_has_its_class_and_scope() {
        assert_eq!(class("GET", "/"), Some((Class::Page, "/")));
        assert_eq!(class("GET", "/health"), Some((Class::Health, "/health")));
        assert_eq!(
            class("GET", "/openapi.json"),
            Some((Class::Anonymous, "/openapi.json"))
        );
        assert_eq!(class("GET", "/docs"), Some((Class::Anonymous, "/docs")));
        assert_eq!(
            class("POST", "/api/auth/register"),
            Some((Class::Anonymous, "/api/auth/register"))
        );
        assert_eq!(
            class("POST", "/api/auth/login"),
            Some((Class::Anonymous, "/api/auth/login"))
        );
        assert_eq!(
            class("GET", "/api/auth/me"),
            Some((ACCOUNT, "/api/auth/me"))
        );
        assert_eq!(class("GET", "/api/tasks"), Some((READ, "/api/tasks")));
        assert_eq!(class("POST", "/api/tasks"), Some((WRITE, "/api/tasks")));
        for method in ["PUT", "PATCH", "DELETE"] {
            assert_eq!(
                class(method, "/api/tasks/x"),
                Some((WRITE, "/api/tasks/{id}"))
            );
        }
        for action in ["start", "complete", "reopen", "snooze", "not-now"] {
            let path = format!("/api/tasks/x/{action}");
            assert!(matches!(class("POST", &path), Some((WRITE, _))), "{path}");
        }
    }

    /// The description of the API, which the origin's tests hold against its handlers.
    fn described() -> BTreeMap<String, Value> {
        let document: Value =
            serde_json::from_str(include_str!("../../origin-api/openapi.json")).unwrap();
        let mut described = BTreeMap::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let name = format!("{} {path}", method.to_uppercase());
                described.insert(name, operation["security"].clone());
            }
        }
        described
    }

    #[test]
    fn every_route_but_the_start_page_is_described_with_the_scope_that_is_checked() {
        let mut described = described();
        for entry in TABLE.iter().filter(|entry| entry.template != "/") {
            for (method, class) in entry.methods {
                let name = format!("{} {}", method.as_str(), entry.template);
                let security = match class {
                    Class::Authenticated(scope) => json!([{"bearer": [scope.as_str()]}]),
                    Class::Page | Class::Health | Class::Anonymous => json!([]),
                };
                assert_eq!(described.remove(&name), Some(security), "{name}");
            }
        }
        assert_eq!(described, BTreeMap::new(), "described, but no route");
    }

    #[test]
    fn preferences_are_read_and_tried_with_one_scope_and_replaced_with_the_other() {
        let path = "/api/preferences";
        assert_eq!(class("GET", path), Some((READ, path)));
        assert_eq!(class("PUT", path), Some((WRITE, path)));
        assert_eq!(class("PATCH", path), None);
        let preview = "/api/preferences/preview";
        assert_eq!(class("POST", preview), Some((READ, preview)));
        assert_eq!(class("GET", preview), None);
    }

    #[test]
    fn a_projects_name_is_one_encoded_segment() {
        for name in ["Garden", "Haus%20%26%20Hof", "a%2Fb", "%F0%9F%8C%B1"] {
            let path = format!("/api/projects/{name}");
            assert_eq!(class("PATCH", &path), Some((WRITE, "/api/projects/{name}")));
        }
        for name in ["", "a/b", "a b", "a|b", "%2e%2E"] {
            let path = format!("/api/projects/{name}");
            assert_eq!(find("GET", &path), Matched::NotFound, "{name}");
        }
    }

    #[test]
    fn best_is_a_route_of_its_own_and_not_an_id() {
        assert_eq!(
            class("GET", "/api/tasks/best"),
            Some((READ, "/api/tasks/best"))
        );
        assert!(matches!(
            find("DELETE", "/api/tasks/best"),
            Matched::MethodNotAllowed { .. }
        ));
    }

    #[test]
    fn an_unknown_or_differently_spelled_path_is_not_found() {
        for path in [
            "",
            "//",
            "/api",
            "/api/",
            "/api/tasks/",
            "/api//tasks",
            "/api/t%61sks",
            "/API/tasks",
            "/internal/gate-state",
        ] {
            assert_eq!(find("GET", path), Matched::NotFound, "{path}");
        }
        assert_eq!(find("POST", "/api/tasks/x/archive"), Matched::NotFound);
        assert_eq!(find("POST", "/api/tasks//start"), Matched::NotFound);
        for id in [
            "..", ".", "%2E%2e", ".%2e", "a\\b", "a\"b", "a b", "\u{fc}", "a{b",
        ] {
            assert_eq!(
                find("GET", &format!("/api/tasks/{id}")),
                Matched::NotFound,
                "{id}"
            );
        }
        assert!(matches!(
            find("GET", "/api/tasks/not%20an-id"),
            Matched::Route(_)
        ));
    }

    #[test]
    fn head_is_allowed_wherever_get_is_and_only_there() {
        assert_eq!(
            class("HEAD", "/api/tasks/x"),
            Some((READ, "/api/tasks/{id}"))
        );
        assert_eq!(
            find("HEAD", "/api/auth/login"),
            Matched::MethodNotAllowed {
                template: "/api/auth/login",
                allow: "POST, OPTIONS"
            }
        );
    }

    #[test]
    fn a_method_that_nobody_allows_is_405_and_methods_are_case_sensitive() {
        for method in ["PROPFIND", "get", "TRACE", ""] {
            assert!(
                matches!(find(method, "/api/tasks"), Matched::MethodNotAllowed { .. }),
                "{method}"
            );
        }
    }

    #[test]
    fn allow_names_exactly_the_methods_that_are_served() {
        for entry in TABLE {
            let path = entry.template.replace("{id}", "x").replace("{name}", "x");
            let served: Vec<&str> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
                .into_iter()
                .filter(|method| !matches!(find(method, &path), Matched::MethodNotAllowed { .. }))
                .collect();
            assert_eq!(served.join(", "), entry.allow, "{}", entry.template);
            assert_eq!(
                find("OPTIONS", &path),
                Matched::Options {
                    template: entry.template,
                    allow: entry.allow
                }
            );
        }
    }
}
