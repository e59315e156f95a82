//! A revocation holds at the edge before it is answered. The answer tells the gate too (`Mindflow-Gate-Effects`), but a
//! Worker that dies with it in its hands would leave a gate that goes on to serve what it has kept, until the effects are
//! delivered by themselves some seconds later. So the edge is told first, and what follows is repetition, which changes
//! nothing.
//!
//! Outside of all other layers, and in a task of its own: what has begun to change something is finished and told also
//! when nobody waits for the answer any more.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use shared_types::gate::{GateEffects, Invalidation};
use tokio::time::timeout;

use crate::delivery::Courier;
use crate::error::{Error, chain};
use crate::reply::{MINDFLOW_EPOCH, MINDFLOW_GATE_EFFECTS, MINDFLOW_VERSION};

/// How long an answer waits for the edge to say that it knows. Longer it need not: the answer says it as well, and the
/// delivery goes on.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tells the edge what the answer tells its gate, and then lets the answer go.
pub async fn tell_first(
    State(courier): State<Arc<Courier>>,
    request: Request,
    next: Next,
) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let finished = tokio::spawn(async move {
        let response = next.run(request).await;
        if let Some(news) = news(response.headers()) {
            match timeout(PATIENCE, courier.tell(&news)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::warn!(error = chain(&error), "the edge is told a revocation later");
                }
                Err(_) => tracing::warn!("the edge is slow to hear of a revocation"),
            }
        }
        response
    });
    finished
        .await
        .unwrap_or_else(|panic| Error::internal(panic).into_response())
}

/// What the answer tells a gate, as the origin tells it by itself.
fn news(headers: &HeaderMap) -> Option<Invalidation> {
    let effects: GateEffects =
        serde_json::from_slice(headers.get(MINDFLOW_GATE_EFFECTS)?.as_bytes()).ok()?;
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    Some(Invalidation {
        user: effects.user,
        // 0 where the answer is nobody's and says none: effects alone are told then.
        version: text(MINDFLOW_VERSION)
            .and_then(|version| version.parse().ok())
            .unwrap_or(0),
        epoch: text(MINDFLOW_EPOCH).map(ToOwned::to_owned),
        effects: Some(effects),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edge_is_told_what_the_answer_says() {
        let user = "0198c5a0-0000-7000-8000-0000000000aa";
        let mut headers = HeaderMap::new();
        assert_eq!(news(&headers), None);
        let effects = format!(r#"{{"user":"{user}","generation":3,"purge":false}}"#);
        headers.insert(MINDFLOW_GATE_EFFECTS, effects.parse().unwrap());
        let told = news(&headers).unwrap();
        assert_eq!(
            (told.user.to_string().as_str(), told.version, told.epoch),
            (user, 0, None)
        );
        assert_eq!(told.effects.unwrap().generation, Some(3));
        headers.insert(MINDFLOW_VERSION, "7".parse().unwrap());
        headers.insert(MINDFLOW_EPOCH, "e".parse().unwrap());
        let told = news(&headers).unwrap();
        assert_eq!((told.version, told.epoch.as_deref()), (7, Some("e")));
    }
}
