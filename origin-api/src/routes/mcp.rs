//! `POST /mcp`: who may call it is settled here; what there is to call comes with the MCP endpoint itself.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::app::Shared;
use crate::db::users;
use crate::error::Error;
use crate::extract::Reader;
use crate::reply::Reply;

/// JSON-RPC 2.0: the body is no JSON.
const PARSE_ERROR: (i64, &str) = (-32700, "Parse error");
/// It is no request.
const INVALID_REQUEST: (i64, &str) = (-32600, "Invalid request");
/// There is no such method.
const METHOD_NOT_FOUND: (i64, &str) = (-32601, "Method not found");

/// Answers a JSON-RPC message.
pub async fn call(
    State(app): State<Shared>,
    Reader(caller): Reader,
    body: Bytes,
) -> Result<Reply, Error> {
    let version = users::find_version(&app.db, &caller).await?;
    let version = version.ok_or(Error::Unauthenticated)?;
    let reply = match serde_json::from_slice::<Value>(&body) {
        Err(_) => refused(StatusCode::BAD_REQUEST, &Value::Null, PARSE_ERROR)?,
        Ok(message) if message["jsonrpc"] != "2.0" || !message["method"].is_string() => {
            refused(StatusCode::BAD_REQUEST, &Value::Null, INVALID_REQUEST)?
        }
        // A notification is not answered.
        Ok(message) if message.get("id").is_none() => Reply::empty(StatusCode::ACCEPTED),
        Ok(message) => refused(StatusCode::NOT_FOUND, &message["id"], METHOD_NOT_FOUND)?,
    };
    Ok(reply.version(version))
}

fn refused(status: StatusCode, id: &Value, (code, message): (i64, &str)) -> Result<Reply, Error> {
    let error = json!({"code": code, "message": message});
    Reply::json(status, &json!({"jsonrpc": "2.0", "id": id, "error": error}))
}
