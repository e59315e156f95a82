//! One text that a Durable Object keeps in its `SQLite`: read once in an instance's life, written when it changes, so a
//! request that changes nothing costs no row.

use serde::Deserialize;
use worker::{SqlStorage, State};

#[derive(Deserialize)]
struct Row {
    text: String,
}

/// The place of one text.
pub(super) struct Kept(SqlStorage);

impl Kept {
    pub(super) fn new(state: &State) -> Self {
        Self(state.storage().sql())
    }

    /// What is kept; none when nothing was written yet.
    pub(super) fn read(&self) -> worker::Result<Option<String>> {
        self.0.exec(
            "CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY CHECK (id = 1), text TEXT NOT NULL)",
            None,
        )?;
        let rows: Vec<Row> = self.0.exec("SELECT text FROM kept", None)?.to_array()?;
        Ok(rows.into_iter().next().map(|row| row.text))
    }

    /// Keeps `text` in place of what was kept. Durable before any answer that follows leaves the object: the runtime
    /// holds answers back until writes are.
    pub(super) fn write(&self, text: String) -> worker::Result<()> {
        let statement = "INSERT INTO kept (id, text) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text";
        self.0.exec(statement, vec![text.into()]).map(drop)
    }
}
