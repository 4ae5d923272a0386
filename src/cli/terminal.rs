//! stub
use crate::report::Style;
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}
pub(super) fn apply(_: Color) {}
pub(super) fn stdout_style() -> Style {
    Style { width: 100, unicode: true, color: false }
}
pub(super) fn stderr_has_color() -> bool {
    false
}
