//! What a run does, on stderr and on one line. Shows only on a terminal, only when the work takes
//! over half a second, and leaves nothing behind.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::options::Options;
use crate::plan::Plan;
use crate::watch::{Silent, Watch};

/// Work that is done by then needs no progress.
const PATIENCE: Duration = Duration::from_millis(500);
const REDRAW: Duration = Duration::from_millis(100);

/// A watch for a run: a line on stderr if that is a terminal and nothing else is said there.
pub(super) fn watch(options: &Options, plan: &Plan) -> Box<dyn Watch> {
    if options.quiet || options.verbose > 0 || !std::io::stderr().is_terminal() {
        return Box::new(Silent);
    }
    Box::new(Progress::start(plan.services.iter().map(|service| service.subject.name.clone())))
}

/// A line on stderr while a run goes on; dropping it takes the line away.
struct Progress {
    line: ProgressBar,
    open: Mutex<BTreeSet<String>>,
    done: Option<Sender<()>>,
    unveiling: Option<JoinHandle<()>>,
}

impl Progress {
    fn start(services: impl IntoIterator<Item = String>) -> Self {
        let open: BTreeSet<String> = services.into_iter().collect();
        let line = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if let Ok(style) =
            ProgressStyle::with_template("{spinner} {prefix}, {pos} of {len} requests answered")
        {
            line.set_style(style.tick_chars("|/-\\ "));
        }
        line.set_prefix(probing(&open));
        let (done, finished) = mpsc::channel::<()>();
        let veiled = line.clone();
        let unveiling = thread::spawn(move || {
            if finished.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                veiled.set_draw_target(ProgressDrawTarget::stderr());
                veiled.enable_steady_tick(REDRAW);
            }
        });
        Self { line, open: Mutex::new(open), done: Some(done), unveiling: Some(unveiling) }
    }
}

impl Watch for Progress {
    fn asked(&self, _service: &str) {
        self.line.inc_length(1);
    }

    fn answered(&self, _service: &str) {
        self.line.inc(1);
    }

    fn finished(&self, service: &str) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(service);
        self.line.set_prefix(probing(&open));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(unveiling) = self.unveiling.take() {
            // It cannot panic, and there would be nothing to do about it.
            let _ = unveiling.join();
        }
        self.line.finish_and_clear();
    }
}

/// The last service is named: it is the one that everybody waits for.
fn probing(open: &BTreeSet<String>) -> String {
    match open.first() {
        None => "concluding".to_owned(),
        Some(only) if open.len() == 1 => format!("probing {}", only.escape_debug()),
        Some(_) => format!("probing {} services", open.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_that_everybody_waits_for_is_named() {
        let progress = Progress::start(["main".to_owned(), "admin".to_owned()]);
        progress.asked("main");
        progress.asked("admin");
        assert_eq!(progress.line.prefix(), "probing 2 services");
        progress.answered("main");
        progress.finished("main");
        assert_eq!(progress.line.prefix(), "probing admin");
        assert_eq!((progress.line.position(), progress.line.length()), (1, Some(2)));
    }

    #[test]
    fn nothing_is_left_when_the_run_is_over() {
        let progress = Progress::start(["main".to_owned()]);
        let line = progress.line.clone();
        drop(progress);
        assert!(line.is_finished() && line.is_hidden());
    }
}
