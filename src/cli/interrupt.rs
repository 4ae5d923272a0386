//! The signals that ask a program to end. They are caught from the moment of `catch`, so that a run
//! can put away what it made; never ends the program itself.

use std::io;

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
