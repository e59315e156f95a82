//! `/internal/gate-state`: what a gate at the edge asks once in its life. No caller reaches it: the edge has no such
//! route, and sends it by itself with the credential of whoever came first.

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::Shared;
use crate::db::gate_effects;
use crate::error::Error;
use crate::extract::{Input, SignedIn};
use crate::reply::Reply;

/// Answers `GateState`; 401 when the credential does not hold.
pub async fn get_gate_state(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    _: Input,
) -> Result<Reply, Error> {
    let state = gate_effects::find_gate_state(&app.db, &caller, app.clock.now()).await?;
    let state = state.ok_or(Error::Unauthenticated)?;
    Ok(Reply::json(StatusCode::OK, &state)?.version(state.version))
}
