//! The signals that ask a program to end. They are caught from the moment of `catch`, so that a run
//! can put away what it made; never ends the program itself.

use std::io;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::status::Status;

/// Caught signals.
pub(super) struct Interrupt {
    keyboard: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Interrupt {
    /// From here on the signals do not end the program by themselves.
    ///
    /// # Errors
    /// When the system has no room for another signal.
    pub(super) fn catch() -> io::Result<Self> {
        Ok(Self {
            keyboard: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for one of them; how the program should end then.
    pub(super) async fn caught(&mut self) -> Status {
        tokio::select! {
            _ = self.keyboard.recv() => Status::Interrupted,
            _ = self.terminate.recv() => Status::Terminated,
            _ = self.hangup.recv() => Status::HungUp,
        }
    }
}

/// The first signal that comes from here on, noted for work that must not be cut off anywhere.
///
/// # Errors
/// When the system has no room for another signal or thread.
pub(super) fn noted() -> io::Result<Arc<OnceLock<Status>>> {
    let noted = Arc::new(OnceLock::new());
    let (ready, is_ready) = mpsc::channel::<io::Result<()>>();
    let note = Arc::clone(&noted);
    thread::Builder::new().spawn(move || {
        let listen = || -> io::Result<_> {
            let runtime = Builder::new_current_thread().enable_io().build()?;
            let inside = runtime.enter();
            let interrupt = Interrupt::catch()?;
            // A file that grows beyond `ulimit -f` is then an error like a full disk, not the end.
            let _too_large = signal(SignalKind::from_raw(libc::SIGXFSZ))?;
            drop(inside);
            Ok((runtime, interrupt))
        };
        match listen() {
            Ok((runtime, mut interrupt)) => {
                // Nobody waits only if the program has ended.
                let _ = ready.send(Ok(()));
                let _ = note.set(runtime.block_on(interrupt.caught()));
            }
            Err(error) => drop(ready.send(Err(error))),
        }
    })?;
    is_ready.recv().map_err(io::Error::other)??;
    Ok(noted)
}
