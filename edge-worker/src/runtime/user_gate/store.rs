//! What a user's gate keeps in its Durable Object's `SQLite`. Every row that is written costs, so this counts them
//! (`Mindflow-Gate-Rows`), tables have one index, and nothing is written that says what is known already.
//!
//! | table | row | written |
//! | --- | --- | --- |
//! | `facts` | `fence` | when a change is about to leave, when it has ended, and when the user's version rose otherwise |
//! | | `bucket` | once in some twenty requests that come faster than the limit allows for long (`gate::bucket`) |
//! | `answers` | an answer that is kept | when it was fetched, and when it has to go for another |
//! | `accepted` | a change that waits, or was refused | when it is accepted, tried in vain by the origin, done |
//! | `made_ids` | the id made for a creation with a caller's own key | with it; gone after two days |
//! | `kept` | which credentials hold (`gate::standing`) | when that changes |
//!
//! The runtime holds back whatever leaves the object until what was written before is durable.

use std::cell::Cell;

use worker::js_sys::{Array, Uint8Array};
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{self, JsCast, JsValue};
use worker::{State, console_error};

use crate::answer::Answer;
use crate::error::Error;
use crate::gate::outbox::{Accepted, LONGEST_MS};
use crate::gate::shelf::Mark;
use crate::header;
use crate::runtime::js::Body;

#[wasm_bindgen(wasm_bindgen = wasm_bindgen)]
extern "C" {
    /// `SqlStorage`, called without `worker`'s wrappers: those copy bodies into WASM and back, and cannot catch.
    type Sql;

    #[wasm_bindgen(method, variadic, catch)]
    fn exec(this: &Sql, query: &str, bindings: &Array) -> Result<Cursor, JsValue>;

    type Cursor;

    #[wasm_bindgen(method, catch)]
    fn raw(this: &Cursor) -> Result<Rows, JsValue>;

    #[wasm_bindgen(method, getter, js_name = rowsWritten)]
    fn rows_written(this: &Cursor) -> f64;

    type Rows;

    #[wasm_bindgen(method, catch, js_name = toArray)]
    fn to_array(this: &Rows) -> Result<Array, JsValue>;
}

const TABLES: [&str; 4] = [
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, era INTEGER NOT NULL, fetched_ms INTEGER NOT NULL, \
     fresh_until_ms INTEGER NOT NULL, size_bytes INTEGER NOT NULL, fields TEXT NOT NULL, body BLOB) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS accepted (number INTEGER PRIMARY KEY, change TEXT NOT NULL, body BLOB)",
    "CREATE TABLE IF NOT EXISTS made_ids (key TEXT PRIMARY KEY, id TEXT NOT NULL, made_ms INTEGER NOT NULL) WITHOUT ROWID",
];

/// How long the id that was made for a key is remembered, in milliseconds: as long as the origin remembers the key, of
/// which it may have heard only when the change had waited.
const MADE_IDS_MS: i64 = 24 * 3_600_000 + LONGEST_MS;

/// A row of `facts`.
#[derive(Clone, Copy)]
pub(super) enum Fact {
    Fence,
    Bucket,
}

impl Fact {
    const fn name(self) -> &'static str {
        match self {
            Self::Fence => "fence",
            Self::Bucket => "bucket",
        }
    }
}

/// A kept answer without its body.
pub(super) struct KeptAnswer {
    pub(super) key: String,
    pub(super) mark: Mark,
    pub(super) size_bytes: usize,
    pub(super) answer: Answer,
}

/// One gate's storage.
pub(super) struct Store {
    sql: Sql,
    rows_written: Cell<u32>,
}

impl Store {
    pub(super) fn new(state: &State) -> Self {
        Self {
            // `worker`'s own type, whose JavaScript object is the same.
            sql: JsValue::from(state.storage().as_raw().sql()).unchecked_into(),
            rows_written: Cell::new(0),
        }
    }

    pub(super) fn make_tables(&self) -> Result<(), Error> {
        for table in TABLES {
            self.write(table, &[])?;
        }
        self.rows_written.set(0);
        Ok(())
    }

    /// How many rows were written since this was asked last.
    pub(super) fn take_rows_written(&self) -> u32 {
        self.rows_written.take()
    }

    /// Counts a row that is written elsewhere.
    pub(super) fn note_row(&self) {
        self.rows_written.set(self.rows_written.get() + 1);
    }

    pub(super) fn fact(&self, fact: Fact) -> Result<Option<String>, Error> {
        let rows = self.rows(
            "SELECT value FROM facts WHERE name = ?",
            &[fact.name().into()],
        )?;
        Ok(rows.first().and_then(|row| row.get(0).as_string()))
    }

    pub(super) fn keep_fact(&self, fact: Fact, value: &str) -> Result<(), Error> {
        self.write(
            "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            &[fact.name().into(), value.into()],
        )
    }

    /// All kept answers, those that were fetched first first.
    pub(super) fn answers(&self) -> Result<Vec<KeptAnswer>, Error> {
        let rows = self.rows(
            "SELECT key, era, fetched_ms, fresh_until_ms, size_bytes, fields FROM answers ORDER BY fetched_ms",
            &[],
        )?;
        Ok(rows.iter().filter_map(kept_answer).collect())
    }

    pub(super) fn answer_body(&self, key: &str) -> Result<Body, Error> {
        let rows = self.rows("SELECT body FROM answers WHERE key = ?", &[key.into()])?;
        Ok(rows.first().map_or(Body::Empty, |row| body_of(&row.get(0))))
    }

    pub(super) fn keep_answer(
        &self,
        key: &str,
        mark: &Mark,
        answer: &Answer,
        body: &Body,
    ) -> Result<(), Error> {
        // Strings only: writing cannot fail.
        let fields = serde_json::to_string(&answer.headers).unwrap_or_default();
        self.write(
            "INSERT OR REPLACE INTO answers (key, era, fetched_ms, fresh_until_ms, size_bytes, fields, body) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
            &[
                key.into(),
                number(mark.era),
                number(mark.fetched_ms),
                number(mark.fresh_until_ms),
                number(i64::try_from(body.size_bytes()).unwrap_or(i64::MAX)),
                fields.into(),
                value_of(body),
            ],
        )
    }

    pub(super) fn remove_answer(&self, key: &str) -> Result<(), Error> {
        self.write("DELETE FROM answers WHERE key = ?", &[key.into()])
    }

    /// All changes that were accepted, in their order, without their bodies.
    pub(super) fn accepted(&self) -> Result<Vec<(i64, Accepted, usize)>, Error> {
        let rows = self.rows(
            "SELECT number, change, coalesce(length(body), 0) FROM accepted ORDER BY number",
            &[],
        )?;
        let read = |row: &Array| {
            let change = serde_json::from_str(&row.get(1).as_string()?).ok()?;
            let size = usize::try_from(integer(&row.get(2))?).unwrap_or_default();
            Some((integer(&row.get(0))?, change, size))
        };
        Ok(rows.iter().filter_map(read).collect())
    }

    pub(super) fn accepted_body(&self, number_: i64) -> Result<Body, Error> {
        let rows = self.rows(
            "SELECT body FROM accepted WHERE number = ?",
            &[number(number_)],
        )?;
        Ok(rows.first().map_or(Body::Empty, |row| body_of(&row.get(0))))
    }

    pub(super) fn keep_accepted(
        &self,
        number_: i64,
        change: &Accepted,
        body: &Body,
    ) -> Result<(), Error> {
        self.write(
            "INSERT INTO accepted (number, change, body) VALUES (?, ?, ?)",
            &[number(number_), text_of(change).into(), value_of(body)],
        )
    }

    pub(super) fn update_accepted(&self, number_: i64, change: &Accepted) -> Result<(), Error> {
        self.write(
            "UPDATE accepted SET change = ? WHERE number = ?",
            &[text_of(change).into(), number(number_)],
        )
    }

    /// As [`Self::update_accepted`], for one that is never sent again: its body goes.
    pub(super) fn refuse_accepted(&self, number_: i64, change: &Accepted) -> Result<(), Error> {
        self.write(
            "UPDATE accepted SET change = ?, body = NULL WHERE number = ?",
            &[text_of(change).into(), number(number_)],
        )
    }

    pub(super) fn remove_accepted(&self, number_: i64) -> Result<(), Error> {
        self.write("DELETE FROM accepted WHERE number = ?", &[number(number_)])
    }

    /// The id that was made for the creation under this key.
    pub(super) fn made_id(&self, key: &str) -> Result<Option<String>, Error> {
        let rows = self.rows("SELECT id FROM made_ids WHERE key = ?", &[key.into()])?;
        Ok(rows.first().and_then(|row| row.get(0).as_string()))
    }

    pub(super) fn keep_made_id(&self, key: &str, id: &str, now_ms: i64) -> Result<(), Error> {
        self.write(
            "INSERT OR REPLACE INTO made_ids (key, id, made_ms) VALUES (?, ?, ?)",
            &[key.into(), id.into(), number(now_ms)],
        )
    }

    /// Lets go of ids whose keys the origin has forgotten.
    pub(super) fn forget_made_ids(&self, now_ms: i64) -> Result<(), Error> {
        self.write(
            "DELETE FROM made_ids WHERE made_ms < ?",
            &[number(now_ms - MADE_IDS_MS)],
        )
    }

    /// Forgets all but which credentials hold: for a user who is no more.
    pub(super) fn forget_all(&self) -> Result<(), Error> {
        for table in ["facts", "answers", "accepted", "made_ids"] {
            self.write(&format!("DELETE FROM {table}"), &[])?;
        }
        Ok(())
    }

    fn rows(&self, query: &str, bindings: &[JsValue]) -> Result<Vec<Array>, Error> {
        let bindings: Array = bindings.iter().collect();
        let rows = self
            .sql
            .exec(query, &bindings)
            .and_then(|cursor| cursor.raw())
            .and_then(|rows| rows.to_array())
            .map_err(|error| failed(&error))?;
        Ok(rows.iter().map(JsCast::unchecked_into).collect())
    }

    fn write(&self, query: &str, bindings: &[JsValue]) -> Result<(), Error> {
        let bindings: Array = bindings.iter().collect();
        let cursor = self
            .sql
            .exec(query, &bindings)
            .map_err(|error| failed(&error))?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small whole number"
        )]
        let written = cursor.rows_written() as u32;
        self.rows_written.set(self.rows_written.get() + written);
        Ok(())
    }
}

fn failed(error: &JsValue) -> Error {
    console_error!("the gate's storage failed: {error:?}");
    Error::GateAway
}

fn kept_answer(row: &Array) -> Option<KeptAnswer> {
    let fields: Vec<(String, String)> = serde_json::from_str(&row.get(5).as_string()?).ok()?;
    let mut answer = Answer::new(200);
    for (name, value) in fields {
        if let Some(name) = header::returned_name(&name) {
            answer.headers.push((name, value));
        }
    }
    Some(KeptAnswer {
        key: row.get(0).as_string()?,
        mark: Mark {
            era: integer(&row.get(1))?,
            fetched_ms: integer(&row.get(2))?,
            fresh_until_ms: integer(&row.get(3))?,
        },
        size_bytes: usize::try_from(integer(&row.get(4))?).ok()?,
        answer,
    })
}

fn text_of(change: &Accepted) -> String {
    // Strings, numbers and booleans only: writing cannot fail.
    serde_json::to_string(change).unwrap_or_default()
}

fn value_of(body: &Body) -> JsValue {
    body.bytes().map_or(JsValue::NULL, JsValue::from)
}

fn body_of(value: &JsValue) -> Body {
    if value.is_null() || value.is_undefined() {
        Body::Empty
    } else {
        // A blob comes as an ArrayBuffer.
        Body::new(Uint8Array::new(value))
    }
}

/// Whole numbers are doubles in JavaScript; ours are far below 2^53.
#[expect(
    clippy::cast_precision_loss,
    reason = "times and counts, far below 2^53"
)]
fn number(value: i64) -> JsValue {
    JsValue::from_f64(value as f64)
}

fn integer(value: &JsValue) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it was written as a whole number"
    )]
    let number = value.as_f64().map(|value| value as i64);
    number
}
