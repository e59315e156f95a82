//! Serving until a stop is asked for, then finishing what was begun.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::middleware::from_fn_with_state;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

use crate::app::Shared;
use crate::config::read_token_keys;
use crate::db::clean_up::clean_up;
use crate::db::data_set;
use crate::db::tasks::take_all_words;
use crate::delivery::{Courier, deliver_forever};
use crate::error::chain;
use crate::keys::live::Follower;
use crate::mail::Mailer;
use crate::middleware::tell::tell_first;
use crate::router::router;

/// How often is read which data there is.
const EPOCH_POLL: Duration = Duration::from_secs(1);

/// How the serving ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every request that had begun was answered.
    Drained,
    /// The time for it was over, or a second stop was asked for.
    CutOff,
}

/// Serves on `listener` until `stop` gives its first value; then accepts nothing more and ends when
/// the requests in flight are answered, `DRAIN_SECONDS` are over, or `stop` gives a second value.
///
/// # Errors
/// When the listener fails, `PUBLIC_URL` cannot be called, or the mail server's name is none.
pub async fn run(
    listener: TcpListener,
    app: Shared,
    mut stop: impl AsyncStop,
) -> io::Result<Ended> {
    let drain = app.config.drain;
    let courier = Courier::new(Arc::clone(&app)).map_err(io::Error::other)?;
    let mailer = Mailer::new(Arc::clone(&app)).map_err(io::Error::other)?;
    let stopping = Arc::new(Notify::new());
    let stopped = Arc::clone(&stopping);
    // Answers are small and whole: waiting to fill a packet (Nagle) would only delay them.
    let listener = listener.tap_io(|stream| {
        // A stream that is gone already ends by itself.
        let _ = stream.set_nodelay(true);
    });
    let routes =
        router(Arc::clone(&app)).layer(from_fn_with_state(Arc::clone(&courier), tell_first));
    let server = axum::serve(listener, routes)
        .with_graceful_shutdown(async move { stopped.notified().await });
    let mut server = tokio::spawn(server.into_future());
    // They stop with this function: what a batch of the cleaner has begun PostgreSQL undoes.
    let _jobs = [
        AbortOnDrop(tokio::spawn(clean_up_forever(Arc::clone(&app)))),
        AbortOnDrop(tokio::spawn(follow_keys_forever(Arc::clone(&app)))),
        AbortOnDrop(tokio::spawn(deliver_forever(courier))),
        AbortOnDrop(tokio::spawn(follow_epoch_forever(Arc::clone(&app)))),
    ];
    let mut mailer = AbortOnDrop(tokio::spawn(async move {
        if let Some(mailer) = mailer {
            mailer.run().await;
        }
    }));
    tokio::select! {
        ended = &mut server => return ended.map_err(io::Error::other)?.map(|()| Ended::Drained),
        () = stop.asked() => {}
    }
    tracing::info!(drain_seconds = drain.as_secs(), "stopping");
    app.start_draining();
    stopping.notify_one();
    app.outbox.wake();
    let drained = async {
        let ended = (&mut server).await.map_err(io::Error::other)?;
        // A letter that is being sent is sent to its end: cut off, it would be sent twice.
        let _ = (&mut mailer.0).await;
        ended.map(|()| Ended::Drained)
    };
    tokio::select! {
        ended = drained => ended,
        () = tokio::time::sleep(drain) => Ok(cut_off(&server, drain)),
        () = stop.asked() => Ok(cut_off(&server, Duration::ZERO)),
    }
}

/// Removes, again and again, what nobody can use any more, and makes searchable what has changed.
async fn clean_up_forever(app: Shared) {
    loop {
        tokio::time::sleep(app.config.clean_up_every).await;
        match clean_up(&app.db, app.clock.now()).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "cleaned up"),
            Err(error) => tracing::warn!(error = chain(&error), "clean-up failed"),
        }
        match take_all_words(&app.db).await {
            Ok(0) => {}
            Ok(tasks) => tracing::info!(tasks, "made searchable"),
            Err(error) => tracing::warn!(error = chain(&error), "making searchable failed"),
        }
    }
}

/// Reads the token keys again and again.
async fn follow_keys_forever(app: Shared) {
    let mut follower = Follower::default();
    loop {
        tokio::time::sleep(app.config.token_keys_poll).await;
        let path = app.config.token_keys_file.clone();
        let read = tokio::task::spawn_blocking(move || read_token_keys(&path)).await;
        let read = read.unwrap_or_else(|error| Err(error.to_string()));
        follower.take(&app.config.token_keys, read, app.clock.as_ref());
    }
}

/// Reads again and again which data there is; and once what the role is set to.
async fn follow_epoch_forever(app: Shared) {
    let mut is_bounded = None;
    loop {
        if is_bounded.is_none() {
            is_bounded = data_set::bounds_transactions(&app.db).await.ok();
            if is_bounded == Some(false) {
                tracing::warn!("{}", data_set::UNBOUNDED);
            }
        }
        // That the database is away others say; the next connection reads it too.
        let _ = app.db.read_epoch().await;
        tokio::time::sleep(EPOCH_POLL).await;
    }
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn cut_off(server: &tokio::task::JoinHandle<io::Result<()>>, waited: Duration) -> Ended {
    server.abort();
    tracing::warn!(waited_seconds = waited.as_secs(), "requests were cut off");
    Ended::CutOff
}

/// Where a wish to stop comes from: signals, or a test.
pub trait AsyncStop: Send {
    /// Completes each time a stop is asked for.
    fn asked(&mut self) -> impl Future<Output = ()> + Send;
}

/// SIGTERM and SIGINT.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes both signals over from their defaults.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }
}

impl AsyncStop for Signals {
    async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
