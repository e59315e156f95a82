//! Every path of the API, the methods that it answers, and how each is served.

use super::{Class, Method};
use shared_types::calendar::FEED_PATH;
use shared_types::scope::Scope;

/// A path.
pub(super) struct Entry {
    pub(super) template: &'static str,
    pub(super) allow: &'static str,
    pub(super) methods: &'static [(Method, Class)],
}

pub(super) const READ: Class = Class::Authenticated(Scope::TasksRead);
pub(super) const WRITE: Class = Class::Authenticated(Scope::TasksWrite);
pub(super) const ACCOUNT: Class = Class::Authenticated(Scope::Account);

/// Literal paths come before the patterns that would also match them.
pub(super) const TABLE: &[Entry] = &[
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
        template: "/openapi-gpt.json",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Anonymous)],
    },
    Entry {
        template: "/privacy",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Anonymous)],
    },
    Entry {
        template: "/terms",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Anonymous)],
    },
    Entry {
        template: "/.well-known/openai-apps-challenge",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Anonymous)],
    },
    Entry {
        template: "/.well-known/jwks.json",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Anonymous)],
    },
    Entry {
        template: "/.well-known/oauth-authorization-server",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Anonymous)],
    },
    Entry {
        template: "/.well-known/oauth-protected-resource",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Anonymous)],
    },
    Entry {
        template: "/.well-known/oauth-protected-resource/mcp",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Anonymous)],
    },
    Entry {
        template: "/oauth/authorize",
        allow: "GET, HEAD, POST, OPTIONS",
        methods: &[
            (Method::Get, Class::Consent),
            (Method::Post, Class::Consent),
        ],
    },
    Entry {
        template: "/oauth/token",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Client)],
    },
    Entry {
        template: "/oauth/revoke",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Client)],
    },
    Entry {
        template: "/oauth/register",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Anonymous)],
    },
    Entry {
        template: "/mcp",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Mcp)],
    },
    Entry {
        template: "/api/auth/register",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Entry)],
    },
    Entry {
        template: "/api/auth/login",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Entry)],
    },
    Entry {
        template: "/api/auth/forgot-password",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Entry)],
    },
    Entry {
        template: "/api/auth/reset-password",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Entry)],
    },
    Entry {
        template: "/api/auth/confirm-email",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Anonymous)],
    },
    Entry {
        template: "/api/auth/refresh",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Refresh)],
    },
    Entry {
        template: "/api/auth/logout",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, ACCOUNT)],
    },
    Entry {
        template: "/api/auth/revoke-all",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, ACCOUNT)],
    },
    Entry {
        template: "/api/auth/me",
        allow: "GET, HEAD, PATCH, DELETE, OPTIONS",
        methods: &[
            (Method::Get, ACCOUNT),
            (Method::Patch, ACCOUNT),
            (Method::Delete, ACCOUNT),
        ],
    },
    Entry {
        template: "/api/sessions",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, ACCOUNT)],
    },
    Entry {
        template: "/api/sessions/{id}",
        allow: "DELETE, OPTIONS",
        methods: &[(Method::Delete, ACCOUNT)],
    },
    Entry {
        template: "/api/keys",
        allow: "GET, HEAD, POST, OPTIONS",
        methods: &[(Method::Get, ACCOUNT), (Method::Post, ACCOUNT)],
    },
    Entry {
        template: "/api/keys/{id}",
        allow: "DELETE, OPTIONS",
        methods: &[(Method::Delete, ACCOUNT)],
    },
    Entry {
        template: "/api/export",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, READ)],
    },
    Entry {
        template: "/api/import",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, WRITE)],
    },
    Entry {
        template: "/api/calendar-token",
        allow: "GET, HEAD, POST, DELETE, OPTIONS",
        methods: &[
            (Method::Get, ACCOUNT),
            (Method::Post, ACCOUNT),
            (Method::Delete, ACCOUNT),
        ],
    },
    Entry {
        template: FEED_PATH,
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, Class::Feed)],
    },
    Entry {
        template: "/api/apps",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, ACCOUNT)],
    },
    Entry {
        template: "/api/apps/{id}",
        allow: "DELETE, OPTIONS",
        methods: &[(Method::Delete, ACCOUNT)],
    },
    Entry {
        template: "/internal/invalidate",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, Class::Invalidate)],
    },
    Entry {
        template: "/api/pending",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, READ)],
    },
    Entry {
        template: "/api/live",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, READ)],
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
        template: "/api/stats",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, READ)],
    },
    Entry {
        template: "/api/tasks",
        allow: "GET, HEAD, POST, OPTIONS",
        methods: &[(Method::Get, READ), (Method::Post, WRITE)],
    },
    Entry {
        template: "/api/tasks/batch",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, WRITE)],
    },
    Entry {
        template: "/api/tasks/best",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, READ)],
    },
    Entry {
        template: "/api/tasks/search",
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
    Entry {
        template: "/api/history",
        allow: "GET, HEAD, OPTIONS",
        methods: &[(Method::Get, READ)],
    },
    Entry {
        template: "/api/undo",
        allow: "POST, OPTIONS",
        methods: &[(Method::Post, WRITE)],
    },
];
