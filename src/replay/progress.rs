//! How far a request has come: when its connection was begun, and when it stood. So that a
//! handshake lies outside of what is measured, and each limit of time is counted from its start.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

tokio::task_local! {
    /// The progress of the request that the present task is waiting for.
    pub(super) static PROGRESS: Arc<Progress>;
}

/// How far a request has come towards a connection of its own.
#[derive(Debug, Default)]
pub(super) struct Progress {
    connecting: OnceLock<Instant>,
    connected: OnceLock<Instant>,
}

impl Progress {
    /// When a connection was begun; `None` when one that was kept could be used.
    pub(super) fn connecting(&self) -> Option<Instant> {
        self.connecting.get().copied()
    }

    /// When that connection stood, TLS included, and the request went over it.
    pub(super) fn connected(&self) -> Option<Instant> {
        self.connected.get().copied()
    }
}

/// Notes when a connection is begun and when it stands, for the request that waits for it. The
/// pool may finish a connection in the background after another one became free; that one has no
/// `PROGRESS`, and so cannot be mistaken for the connection that the request went over.
pub(super) async fn timed<T, E>(connect: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let _ = PROGRESS.try_with(|progress| progress.connecting.set(Instant::now()));
    let connection = connect.await?;
    let _ = PROGRESS.try_with(|progress| progress.connected.set(Instant::now()));
    Ok(connection)
}
