//! Logs: one JSON object a line, and what belongs to the request at hand.
//!
//! Lines are gathered in memory and written by a thread of their own every few milliseconds, so a
//! request neither waits for the terminal nor makes a system call. Tokens, bodies, e-mail addresses
//! and IP addresses are never logged: nothing here is given them.

use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use shared_types::time::rfc3339_millis;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use uuid::Uuid;

use crate::app::Clock;

tokio::task_local! {
    static REQUEST: Request;
}

/// What belongs to the request at hand: its id, and the time it spent in the database.
struct Request {
    id: Uuid,
    database: Cell<Duration>,
}

/// Runs `work` as the request `id`: log lines inside carry the id.
pub async fn in_request<T>(id: Uuid, work: impl Future<Output = T>) -> T {
    REQUEST
        .scope(
            Request {
                id,
                database: Cell::new(Duration::ZERO),
            },
            work,
        )
        .await
}

/// The id of the request at hand, if there is one.
pub fn request_id() -> Option<Uuid> {
    REQUEST.try_with(|request| request.id).ok()
}

/// Counts time spent waiting for the database towards the request at hand.
pub fn add_database_time(time: Duration) {
    // Outside a request (a migration, a probe) there is nobody to charge.
    let _ = REQUEST.try_with(|request| request.database.set(request.database.get() + time));
}

/// Time that the request at hand has spent waiting for the database.
pub fn database_time() -> Duration {
    REQUEST
        .try_with(|request| request.database.get())
        .unwrap_or_default()
}

/// Bytes of lines held at most while nobody reads the output; later lines are counted instead.
const HELD_BYTES: usize = 4 << 20;
/// How long lines may be held before they are written.
const HOLD: Duration = Duration::from_millis(20);

/// Where log lines go.
#[derive(Clone)]
pub struct Log {
    held: Arc<Mutex<Held>>,
    limit: usize,
}

impl Default for Log {
    fn default() -> Self {
        Self::holding(HELD_BYTES)
    }
}

#[derive(Default)]
struct Held {
    lines: Vec<u8>,
    dropped: u64,
    closed: bool,
    writer: Option<thread::Thread>,
}

/// Keeps the writer going; dropped, it writes what is left.
#[must_use = "log lines are written while this lives"]
pub struct Writer {
    log: Log,
    thread: Option<JoinHandle<()>>,
}

impl Log {
    /// A log that holds so many bytes of lines at most.
    pub fn holding(limit: usize) -> Self {
        Self {
            held: Arc::default(),
            limit,
        }
    }

    /// Sends every event that `filter` lets through to this log, from now on, for the whole process.
    ///
    /// # Errors
    /// When the process has a log already.
    pub fn install(
        &self,
        filter: Targets,
        clock: Arc<dyn Clock>,
    ) -> Result<(), tracing::subscriber::SetGlobalDefaultError> {
        let layer = JsonLayer {
            log: self.clone(),
            clock,
        }
        .with_filter(filter);
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer))
    }

    /// Writes lines to standard output until the returned value is dropped.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn write_to_stdout(&self) -> std::io::Result<Writer> {
        let log = self.clone();
        let thread = thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || log.write_until_closed())?;
        self.lock().writer = Some(thread.thread().clone());
        Ok(Writer {
            log: self.clone(),
            thread: Some(thread),
        })
    }

    /// The lines that nobody has written yet.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let lines = String::from_utf8_lossy(&self.lock().lines).into_owned();
        lines
            .lines()
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn append(&self, line: &[u8]) {
        let mut held = self.lock();
        if held.lines.len() + line.len() > self.limit {
            held.dropped += 1;
            return;
        }
        let was_empty = held.lines.is_empty();
        held.lines.extend_from_slice(line);
        if was_empty && let Some(writer) = &held.writer {
            writer.unpark();
        }
    }

    fn write_until_closed(&self) {
        let mut lines = Vec::new();
        loop {
            let closed = {
                let mut held = self.lock();
                std::mem::swap(&mut lines, &mut held.lines);
                if held.dropped > 0 {
                    // Writing to memory cannot fail.
                    let _ = writeln!(
                        lines,
                        "{{\"level\":\"warn\",\"msg\":\"log lines were dropped\",\"count\":{}}}",
                        held.dropped
                    );
                    held.dropped = 0;
                }
                held.closed
            };
            if lines.is_empty() {
                if closed {
                    return;
                }
                thread::park();
                thread::sleep(HOLD);
                continue;
            }
            // Nobody is left to tell when standard output is gone.
            let _ = std::io::stdout()
                .lock()
                .write_all(&lines)
                .and_then(|()| std::io::stdout().flush());
            lines.clear();
            if !closed {
                thread::sleep(HOLD);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.log.lock().closed = true;
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic of the writer was its own report.
            let _ = thread.join();
        }
    }
}

/// Turns events into lines.
struct JsonLayer {
    log: Log,
    clock: Arc<dyn Clock>,
}

impl<S: Subscriber> Layer<S> for JsonLayer {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        thread_local! {
            static LINE: Cell<String> = const { Cell::new(String::new()) };
        }
        let mut line = LINE.take();
        line.clear();
        // Writing to a string cannot fail.
        let _ = write!(
            line,
            "{{\"ts\":\"{}\",\"level\":\"{}\"",
            rfc3339_millis(self.clock.now()),
            level(*event.metadata().level())
        );
        if let Some(id) = request_id() {
            let _ = write!(line, ",\"request_id\":\"{}\"", id.hyphenated());
        }
        event.record(&mut Fields(&mut line));
        line.push_str("}\n");
        self.log.append(line.as_bytes());
        LINE.set(line);
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        _ => "trace",
    }
}

struct Fields<'a>(&'a mut String);

impl Fields<'_> {
    fn name(&mut self, field: &Field) {
        let name = if field.name() == "message" {
            "msg"
        } else {
            field.name()
        };
        let _ = write!(self.0, ",\"{name}\":");
    }

    fn quoted(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        self.name(field);
        self.0.push('"');
        let _ = Quoted(self.0).write_fmt(value);
        self.0.push('"');
    }

    fn plain(&mut self, field: &Field, value: impl fmt::Display) {
        self.name(field);
        let _ = write!(self.0, "{value}");
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.quoted(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.quoted(field, format_args!("{value:?}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.plain(field, value);
        } else {
            self.plain(field, "null");
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field, value);
    }
}

/// Writes the inside of a JSON string (RFC 8259 §7), so that no value can end its line or its field.
struct Quoted<'a>(&'a mut String);

impl fmt::Write for Quoted<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '"' => self.0.push_str("\\\""),
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                control if u32::from(control) < 0x20 => {
                    write!(self.0, "\\u{:04x}", u32::from(control))?;
                }
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_ends_its_line_or_its_field() {
        let mut text = String::new();
        Quoted(&mut text)
            .write_str("a\"b\\c\nd\u{1}é\u{2028}")
            .unwrap();
        assert_eq!(text, "a\\\"b\\\\c\\nd\\u0001é\u{2028}");
        let read: String = serde_json::from_str(&format!("\"{text}\"")).unwrap();
        assert_eq!(read, "a\"b\\c\nd\u{1}é\u{2028}");
    }

    #[test]
    fn what_nobody_reads_is_dropped_not_hoarded() {
        let log = Log::default();
        let line = vec![b'x'; 1 << 20];
        (0..5).for_each(|_| log.append(&line));
        let held = log.lock();
        assert_eq!((held.lines.len(), held.dropped), (4 << 20, 1));
    }

    #[tokio::test]
    async fn database_time_is_counted_for_the_request_at_hand() {
        let id = Uuid::from_u128(1);
        add_database_time(Duration::from_secs(1));
        let seen = in_request(id, async {
            add_database_time(Duration::from_millis(2));
            add_database_time(Duration::from_millis(3));
            (request_id(), database_time())
        });
        assert_eq!(seen.await, (Some(id), Duration::from_millis(5)));
        assert_eq!((request_id(), database_time()), (None, Duration::ZERO));
    }
}
