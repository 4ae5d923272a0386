//! The token that all further questions start from: what is known of it. Asks nothing.

use super::dimension::Change;
use crate::question::{Question, TokenShape};

/// The token that all further questions start from.
#[derive(Debug, Clone)]
pub(super) enum Base {
    /// This token is taken; the changes are what it took beyond the configured one.
    Found { shape: Box<TokenShape>, changes: Vec<Change> },
    /// These must be asked first.
    Searching(Vec<Question>),
    /// The service changed its answers while it was asked: a lockout, a deploy, or replicas.
    Unsteady,
    /// No token within reach is taken.
    NotFound,
}
