//! The log on standard error. Only our own words: what the HTTP and TLS libraries would log
//! contains tokens, so they stay silent at every level, whatever the environment asks for.

use std::io;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

pub(super) fn start(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false);
    let ours = Targets::new().with_target("authprobe", level);
    tracing_subscriber::registry().with(ours).with(lines).init();
}
