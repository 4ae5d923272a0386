//! How much may be asked: at a time, of one service in a run, and how fast. Numbers only; who obeys
//! them is the pipeline, and the investigation that must end within them.

use std::time::Duration;

/// How many requests may be under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// To one service.
    pub per_service: usize,
    /// In all.
    pub total: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_service: 4, total: 64 }
    }
}

/// What one service may be asked in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The most requests that are sent to it.
    pub requests: usize,
    /// The least time between two of them; `None` waits for nothing.
    pub spacing: Option<Duration>,
}

impl Default for Quota {
    fn default() -> Self {
        Self { requests: 360, spacing: None }
    }
}
