//! Every route, and the layers around them.
//!
//! Outermost first: observe (request id, log line) → catch panics → signature and credential → compact → route.
//! A route's handler then checks, in this order: scope, size, type, JSON, id, fields (`extract.rs`).
//! The probes stand outside the signature: they give nothing away and change nothing.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::Shared;
use crate::error::Error;
use crate::health;
use crate::middleware::compact::compact;
use crate::middleware::observe::observe;
use crate::middleware::signature::require_signature;
use crate::openapi;
use crate::routes::{
    account, api_keys, apps, auth, best, calendar, export, gate_state, history, import, jwks,
    legal, mcp, oauth, preferences, projects, recovery, sessions, stats, tasks,
};

/// The whole HTTP surface of the origin.
pub fn router(app: Shared) -> Router {
    Router::new()
        .route("/health", get(health::get_health))
        .route("/openapi.json", get(openapi::get_openapi))
        .route("/openapi-gpt.json", get(openapi::get_actions))
        .route("/docs", get(openapi::get_docs))
        .route("/privacy", get(legal::get_privacy))
        .route("/terms", get(legal::get_terms))
        .route(
            "/.well-known/openai-apps-challenge",
            get(legal::get_apps_challenge),
        )
        .route("/.well-known/jwks.json", get(jwks::get_key_set))
        .route("/api/auth/register", post(auth::register))
        .route("/api/auth/login", post(auth::login))
        .route(
            "/api/auth/me",
            get(auth::get_me)
                .patch(account::update_me)
                .delete(account::delete_me),
        )
        .route("/api/auth/forgot-password", post(recovery::forgot_password))
        .route("/api/auth/reset-password", post(recovery::reset_password))
        .route("/api/auth/confirm-email", post(recovery::confirm_email))
        .route("/api/auth/refresh", post(sessions::refresh))
        .route("/api/auth/logout", post(sessions::logout))
        .route("/api/auth/revoke-all", post(sessions::revoke_all))
        .route("/api/sessions", get(sessions::list_sessions))
        .route("/api/sessions/{id}", delete(sessions::end_session))
        .route(
            "/api/keys",
            get(api_keys::list_api_keys).post(api_keys::create_api_key),
        )
        .route("/api/keys/{id}", delete(api_keys::delete_api_key))
        .route(
            "/api/calendar-token",
            get(calendar::get_calendar_token)
                .post(calendar::create_calendar_token)
                .delete(calendar::delete_calendar_token),
        )
        .route("/api/calendar.ics", get(calendar::get_calendar_feed))
        .route("/api/export", get(export::export_everything))
        .route("/api/import", post(import::import_tasks))
        .route("/api/apps", get(apps::list_apps))
        .route("/api/apps/{id}", delete(apps::end_app))
        .merge(oauth_and_mcp())
        .route("/internal/gate-state", get(gate_state::get_gate_state))
        .route(
            "/api/preferences",
            get(preferences::get_preferences).put(preferences::replace_preferences),
        )
        .route(
            "/api/preferences/preview",
            post(preferences::preview_weights),
        )
        .route("/api/projects", get(projects::list_projects))
        .route(
            "/api/projects/{id}",
            get(projects::get_project).patch(projects::update_project),
        )
        .route("/api/stats", get(stats::get_stats))
        .route(
            "/api/tasks",
            get(tasks::list_tasks).post(tasks::create_task),
        )
        .route("/api/tasks/batch", post(tasks::change_tasks))
        .route("/api/tasks/best", get(best::get_best_task))
        .route("/api/tasks/search", get(tasks::search_tasks))
        .route(
            "/api/tasks/{id}",
            get(tasks::get_task)
                .patch(tasks::update_task)
                .put(tasks::replace_task)
                .delete(tasks::delete_task),
        )
        .route("/api/tasks/{id}/start", post(tasks::start_task))
        .route("/api/tasks/{id}/complete", post(tasks::complete_task))
        .route("/api/tasks/{id}/reopen", post(tasks::reopen_task))
        .route("/api/tasks/{id}/snooze", post(tasks::snooze_task))
        .route("/api/tasks/{id}/not-now", post(tasks::put_off_task))
        .route("/api/tasks/{id}/occurrences", get(tasks::list_occurrences))
        .route("/api/history", get(history::list_changes))
        .route("/api/undo", post(history::undo_change))
        .fallback(async || Error::NotFound)
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .layer(from_fn(compact))
        .layer(from_fn_with_state(app.clone(), require_signature))
        .route("/livez", get(health::livez))
        .route("/readyz", get(health::readyz))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), observe))
        .with_state(app)
}

/// What describes itself, as the standards of OAuth and MCP say.
fn oauth_and_mcp() -> Router<Shared> {
    Router::new()
        .route(
            "/.well-known/oauth-authorization-server",
            get(oauth::metadata::authorization_server),
        )
        .route(
            "/.well-known/oauth-protected-resource",
            get(oauth::metadata::protected_resource),
        )
        .route(
            "/.well-known/oauth-protected-resource/mcp",
            get(oauth::metadata::mcp_resource),
        )
        .route(
            "/oauth/authorize",
            get(oauth::authorize::show).post(oauth::authorize::decide),
        )
        .route("/oauth/token", post(oauth::token::token))
        .route("/oauth/register", post(oauth::register::register))
        .route("/oauth/revoke", post(oauth::revoke::revoke))
        .route("/mcp", post(mcp::call))
}

/// A bug in one request stays with that request.
#[expect(clippy::needless_pass_by_value, reason = "the layer gives it by value")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let said = panic.downcast_ref::<&str>().copied().map(ToOwned::to_owned);
    let said = said
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    Error::internal(format!("a panic: {said}")).into_response()
}
