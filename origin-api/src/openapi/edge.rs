//! What the edge answers by itself, described here because the document is one. None of these is a route of the origin.

use shared_types::pending::PendingList;
use shared_types::problem::Problem;

/// What waits.
///
/// Changes that were accepted with 202 while MindFlow's server was away, in the order in which they will be applied, and
/// those of the last week that could not be. While some wait, reads say how many: `Mindflow-Pending`.
#[utoipa::path(
    get, path = "/api/pending", tag = "Tasks", security(("bearer" = ["tasks:read"])),
    responses((status = OK, description = "All of them; mostly none.", body = PendingList)),
)]
#[expect(dead_code, reason = "only its description is used")]
pub(super) fn list_pending() {}

/// News, as they happen.
///
/// A WebSocket. Each change of the user's data, made by whomever, is one message: `{"type":"changed","version":7}`; read
/// again what you show. The credential goes into `Authorization`, the session's cookie, or, for a browser's script, the
/// second value of `Sec-WebSocket-Protocol` after a name of your choice. `ping` is answered with `pong`. Closed with 1008
/// when the credential holds no more.
#[utoipa::path(
    get, path = "/api/live", tag = "Tasks", security(("bearer" = ["tasks:read"])),
    responses(
        (status = SWITCHING_PROTOCOLS, description = "The socket is open."),
        (status = BAD_REQUEST, description = "The request asks for no WebSocket."),
        (status = "default", description = "A problem.", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[expect(dead_code, reason = "only its description is used")]
pub(super) fn open_live() {}
