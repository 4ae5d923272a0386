//! What a stream can show: colours, columns, symbols. Reads the environment and the terminal,
//! decides, and writes nothing.

use std::io::IsTerminal;

use anstream::AutoStream;
use anstream::stream::RawStream;
pub(super) use clap::ColorChoice as Color;
use comfy_table::Table;

use crate::report::Style;

/// The columns of a report that goes to no terminal.
const UNBOUND: usize = 100;

/// Makes `--color` hold for all that is printed through `anstream`. `auto` leaves the decision to
/// `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR`, `TERM` and each stream.
pub(super) fn apply(color: Color) {
    let choice = match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// How a report on stdout may look. Call [`apply`] first.
pub(super) fn stdout_style() -> Style {
    let stream = std::io::stdout();
    let columns = std::env::var("COLUMNS").ok();
    let terminal = stream.is_terminal().then(|| Table::new().width()).flatten();
    Style {
        width: width(columns.as_deref(), terminal),
        unicode: unicode(),
        color: has_color(&stream),
    }
}

/// Whether a complaint on stderr may be coloured. Call [`apply`] first.
pub(super) fn stderr_has_color() -> bool {
    has_color(&std::io::stderr())
}

/// Whether the locale has symbols beyond ASCII.
fn unicode() -> bool {
    is_utf8(["LC_ALL", "LC_CTYPE", "LANG"].map(|name| std::env::var(name).ok()))
}

fn has_color<S: RawStream>(stream: &S) -> bool {
    AutoStream::choice(stream) != anstream::ColorChoice::Never
}

/// `COLUMNS` is a wish, the terminal's own figure a fact that gives way to it.
fn width(columns: Option<&str>, terminal: Option<u16>) -> usize {
    let wished = columns.and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
    let seen = terminal.map(usize::from).filter(|columns| *columns > 0);
    wished.or(seen).unwrap_or(UNBOUND)
}

/// The first variable that is not empty decides (POSIX, XBD section 8.2).
fn is_utf8(variables: [Option<String>; 3]) -> bool {
    let locale = variables.into_iter().flatten().find(|value| !value.is_empty());
    let locale = locale.unwrap_or_default().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wished_width_goes_before_the_terminals() {
        let table = [
            (Some("72"), Some(120), 72),
            (None, Some(120), 120),
            (Some("wide"), Some(120), 120),
            (Some("0"), None, UNBOUND),
            (None, Some(0), UNBOUND),
        ];
        for (columns, terminal, expected) in table {
            assert_eq!(width(columns, terminal), expected, "{columns:?} {terminal:?}");
        }
    }

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let table = [
            ([None, None, Some("de_DE.UTF-8")], true),
            ([Some(""), None, Some("C.utf8")], true),
            ([Some("C"), None, Some("de_DE.UTF-8")], false),
            ([None, Some("POSIX"), Some("de_DE.UTF-8")], false),
            ([None, None, None], false),
        ];
        for (variables, expected) in table {
            let set = variables.map(|value: Option<&str>| value.map(str::to_owned));
            assert_eq!(is_utf8(set), expected, "{variables:?}");
        }
    }
}
