//! `GET /api/export`: everything that the user has, as one JSON document, written while it is read.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use futures_util::stream::unfold;
use serde::Serialize;
use shared_types::scope::Scope;
use shared_types::transfer::schema::Export;
use shared_types::transfer::{FORMAT, FORMAT_VERSION, MovedAccount, MovedPreferences};
use tokio::sync::mpsc::{self, Receiver};

use crate::app::Shared;
use crate::db::DbError;
use crate::db::export::{self, Head, Piece};
use crate::error::{Error, chain};
use crate::extract::{Input, Reader, Scoped};
use crate::reply::Reply;
use crate::telemetry;

/// Pieces that may wait to be written; some kilobytes.
const WAITING: usize = 32;
/// How much is gathered before it is sent.
const CHUNK_BYTES: usize = 32 * 1024;

/// Export everything.
///
/// Preferences, projects and every task that is not deleted, completed ones too, as one document, which
/// `POST /api/import` reads. It is sent while it is read, so an answer that breaks off is no JSON. What a server keeps
/// for itself (version, time of the last change), the history and the trash are not in it.
#[utoipa::path(
    get, path = "/api/export", tag = "Data", security(("bearer" = ["tasks:read"])),
    responses((
        status = OK, description = "The document.", body = Export,
        headers(("Content-Disposition" = String, description = "The name of a file to save it as.")),
    )),
)]
pub async fn export_everything(
    State(app): State<Shared>,
    Reader(caller): Reader,
    Scoped(scopes): Scoped,
    _: Input,
) -> Result<Reply, Error> {
    let permit = Arc::clone(&app.exports).try_acquire_owned();
    let permit = permit.map_err(|_| Error::Crowded)?;
    let (sender, mut pieces) = mpsc::channel(WAITING);
    let request = telemetry::request_id().unwrap_or_default();
    let work = {
        let app = Arc::clone(&app);
        async move {
            let done = export::export(&app.db, &caller, &sender).await;
            // Before the head there is room for the error, and somebody to be told. Later the answer breaks off because
            // the end is missing.
            if let Err(error) = done
                && let Err(unsent) = sender.try_send(Err(error))
                && let Err(error) = unsent.into_inner()
            {
                if sender.is_closed() {
                    tracing::debug!("an export was not read to its end");
                } else {
                    tracing::error!(error = chain(&error), "an export cannot go on");
                }
            }
            drop(permit);
        }
    };
    tokio::spawn(telemetry::in_request(request, work));
    let head = match pieces.recv().await {
        Some(Ok(Piece::Head(head))) => head,
        Some(Err(error)) => return Err(error.into()),
        None => return Err(Error::Unauthenticated),
        Some(Ok(_)) => return Err(Error::internal("an export does not begin with its head")),
    };
    let with_account = scopes.contains(Scope::Account);
    let mark = if with_account { "a" } else { "0" };
    let (version, tag) = (head.version, format!("\"{}-{mark}\"", head.version));
    let day = caller.now.strftime("%Y-%m-%d");
    let name = format!("attachment; filename=\"mindflow-{day}.json\"");
    let written = Written::beginning(*head, with_account).map_err(Error::internal)?;
    let body = unfold((written, pieces), next_chunk);
    Ok(Reply::stream("application/json", Body::from_stream(body))
        .version(version)
        .field(header::ETAG, &tag)
        .field(header::CONTENT_DISPOSITION, &name))
}

/// What is written of the document and not yet sent.
struct Written {
    text: Vec<u8>,
    place: Place,
}

/// Where in the document the writing is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    FirstProject,
    Projects,
    FirstTask,
    Tasks,
    Over,
}

impl Written {
    fn beginning(head: Head, with_account: bool) -> serde_json::Result<Self> {
        #[derive(Serialize)]
        struct Beginning {
            format: &'static str,
            format_version: i64,
            account: Option<MovedAccount>,
            preferences: MovedPreferences,
        }
        let chosen = head.hours_are_chosen;
        let own = head.preferences;
        let beginning = Beginning {
            format: FORMAT,
            format_version: FORMAT_VERSION,
            account: with_account.then_some(head.account),
            preferences: MovedPreferences {
                time_zone: own.time_zone,
                work_start: chosen.then_some(own.work_start),
                work_end: chosen.then_some(own.work_end),
                work_days: chosen.then_some(own.work_days),
                search_language: own.search_language,
                weights: own.weights,
            },
        };
        let mut text = serde_json::to_vec(&beginning)?;
        text.pop(); // the brace that ends it
        text.extend_from_slice(b",\"projects\":[");
        Ok(Self {
            text,
            place: Place::FirstProject,
        })
    }

    fn add(&mut self, piece: Piece) -> Result<(), DbError> {
        match piece {
            Piece::Head(_) => return Err(DbError::unexpected("an export has two heads")),
            Piece::Project(project) => {
                if self.place == Place::Projects {
                    self.text.push(b',');
                }
                self.place = Place::Projects;
                self.write(&project)?;
            }
            Piece::Task(task) => {
                self.end_projects();
                if self.place == Place::Tasks {
                    self.text.push(b',');
                }
                self.place = Place::Tasks;
                self.text.push(b'\n');
                self.write(&task)?;
            }
            Piece::End => {
                self.end_projects();
                self.text.extend_from_slice(b"\n]}\n");
                self.place = Place::Over;
            }
        }
        Ok(())
    }

    fn end_projects(&mut self) {
        if matches!(self.place, Place::FirstProject | Place::Projects) {
            self.text.extend_from_slice(b"],\"tasks\":[");
            self.place = Place::FirstTask;
        }
    }

    fn write(&mut self, value: &impl Serialize) -> Result<(), DbError> {
        serde_json::to_writer(&mut self.text, value).map_err(DbError::unexpected)
    }
}

/// Writes until there is a chunk to send. An error breaks the answer off, so that nobody takes a part for the whole.
async fn next_chunk(
    (mut written, mut pieces): (Written, Receiver<Result<Piece, DbError>>),
) -> Option<(
    Result<Bytes, DbError>,
    (Written, Receiver<Result<Piece, DbError>>),
)> {
    while written.place != Place::Over && written.text.len() < CHUNK_BYTES {
        let piece = pieces.recv().await;
        let piece = piece.unwrap_or_else(|| Err(DbError::unexpected("an export has no end")));
        if let Err(error) = piece.and_then(|piece| written.add(piece)) {
            written.text.clear();
            written.place = Place::Over;
            return Some((Err(error), (written, pieces)));
        }
    }
    if written.text.is_empty() {
        return None;
    }
    let chunk = Bytes::from(std::mem::take(&mut written.text));
    Some((Ok(chunk), (written, pieces)))
}
