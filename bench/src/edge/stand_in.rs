//! A stand-in for the origin: it answers what the origin would, out of memory and at once, so that the edge is what is
//! measured. It checks nothing but that the fields of a signed request are there.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use serde_json::{Value, json};

use crate::failure::Failure;

/// Tasks of a list.
const LIST: u32 = 20;
/// As the real origin signs its answers, but for the data set's id, which is the run's own.
const CACHEABLE_SECONDS: &str = "max-age=60";

struct StandIn {
    epoch: String,
    list: Bytes,
    task: Bytes,
    key_set: String,
    /// Each user's version, by `Mindflow-Caller`; 1 until the first change.
    versions: Mutex<HashMap<HeaderValue, u64>>,
}

/// Starts it on a free port; it lives as long as the process.
pub(crate) fn start(key_set: String, epoch: String) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    listener.set_nonblocking(true)?;
    let items: Vec<Value> = (1..=LIST).map(task).collect();
    let stand_in = StandIn {
        epoch,
        list: Bytes::from(serde_json::to_vec(
            &json!({ "items": items, "next_cursor": null }),
        )?),
        task: Bytes::from(serde_json::to_vec(&task(1))?),
        key_set,
        versions: Mutex::default(),
    };
    let app = Router::new()
        .fallback(answer)
        .with_state(Arc::new(stand_in));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    thread::spawn(move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            axum::serve(listener, app).await
        })
    });
    Ok(address)
}

/// A task as a person would have it.
fn task(number: u32) -> Value {
    json!({
        "id": format!("0198c5a0-0000-7000-8000-{number:012x}"), "title": format!("Call the bank about statement {number}"),
        "description": null, "status": "pending", "priority": number % 5 + 1, "due_date": "2026-12-04", "deadline": null,
        "start_date": null, "snoozed_until": null, "effort_estimate_minutes": 15, "tags": ["phone"],
        "project": "household", "preferred_time": "morning", "recurrence": null, "recurrence_from": "schedule",
        "parent_id": null, "depends_on": [], "overdue": false, "completed_at": null,
        "created_at": "2026-11-20T08:00:00.000Z", "updated_at": "2026-11-20T08:00:00.000Z", "version": 1,
    })
}

type Answer = (StatusCode, HeaderMap, Bytes);

async fn answer(
    State(stand_in): State<Arc<StandIn>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Answer {
    let signed = ["content-digest", "signature-input", "signature"];
    let caller = headers.get("mindflow-caller");
    let (Some(caller), true) = (
        caller,
        signed.iter().all(|name| headers.contains_key(*name)),
    ) else {
        return plain(StatusCode::UNAUTHORIZED, Bytes::new());
    };
    let body = match uri.path() {
        "/internal/gate-state" => return plain(StatusCode::OK, stand_in.gate_state(caller).into()),
        "/.well-known/jwks.json" => {
            return plain(StatusCode::OK, stand_in.key_set.clone().into());
        }
        "/api/tasks" => &stand_in.list,
        _ => &stand_in.task,
    };
    let version = stand_in.version(caller, u64::from(!method.is_safe()));
    let (status, mut fields, body) = plain(StatusCode::OK, body.clone());
    let mut set = |name: &'static str, value: String| {
        // Digits and an id: always a valid value.
        if let Ok(value) = HeaderValue::from_str(&value) {
            fields.insert(HeaderName::from_static(name), value);
        }
    };
    set("mindflow-version", version.to_string());
    set("mindflow-epoch", stand_in.epoch.clone());
    set("etag", format!("\"{version}-0\""));
    set("server-timing", "db;dur=0.1".to_owned());
    if method.is_safe() {
        set("mindflow-cache", CACHEABLE_SECONDS.to_owned());
    }
    (status, fields, body)
}

fn plain(status: StatusCode, body: Bytes) -> Answer {
    let json = (
        HeaderName::from_static("content-type"),
        HeaderValue::from_static("application/json"),
    );
    (status, HeaderMap::from_iter([json]), body)
}

impl StandIn {
    /// The caller's version after `changes` more.
    fn version(&self, caller: &HeaderValue, changes: u64) -> u64 {
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        let version = versions.entry(caller.clone()).or_insert(1);
        *version += changes;
        *version
    }

    fn gate_state(&self, caller: &HeaderValue) -> String {
        let version = self.version(caller, 0);
        json!({ "generation": 1, "revoked": [], "version": version, "epoch": self.epoch })
            .to_string()
    }
}
