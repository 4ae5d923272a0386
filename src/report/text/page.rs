//! The sheet that the text report is written on: symbols, colours, escapes and columns that fit
//! the terminal. Knows nothing of services.

use colored::{ColoredString, Colorize as _};
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};

use crate::report::{Style, is_unprintable};

/// Prose wider than this is hard to read.
const PROSE: u16 = 100;
/// Nothing can be laid out on less.
const NARROWEST: usize = 20;
/// Below this, columns are stacked.
const NARROW: u16 = 60;
/// The columns that a label before a command takes.
const LABEL: usize = 6;
/// The gap between two columns.
const GAP: u16 = 2;

/// A space at which no line is broken, while the page is laid out.
const TIED: char = '\u{a0}';
/// What stays on the line of its number.
const UNITS: [&str; 6] = ["s", "min", "h", "days", "years", "bits"];

/// The mark before a statement, from the least to the most urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Not judged here.
    Unjudged,
    /// As it should be.
    Pass,
    /// Not wrong, not good.
    Warn,
    /// Could not be told.
    Unsure,
    /// Wrong.
    Fail,
}

/// The words for symbols where only ASCII can be shown.
const ASCII: [(char, &str); 8] = [
    ('→', "->"),
    ('±', "+/-"),
    ('·', "-"),
    ('…', "..."),
    ('–', "-"),
    ('—', "-"),
    ('’', "'"),
    ('≥', ">="),
];

/// A text report in the making.
pub(super) struct Page {
    style: Style,
    out: String,
}

impl Page {
    pub(super) fn new(style: Style) -> Self {
        if style.color {
            // `colored` would decide by its own reading of environment and stdout.
            colored::control::set_override(true);
        }
        Self { style, out: String::new() }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// The columns there are for tables.
    pub(super) fn width(&self) -> u16 {
        u16::try_from(self.style.width.max(NARROWEST)).unwrap_or(u16::MAX)
    }

    /// Whether columns have to be stacked.
    pub(super) fn is_narrow(&self) -> bool {
        self.width() < NARROW
    }

    /// Text from outside, made harmless: one line, nothing that moves the cursor or hides itself.
    /// A number stays with its unit when the line is wrapped.
    pub(super) fn printable(&self, raw: &str) -> String {
        let mut safe = String::with_capacity(raw.len());
        for word in raw.split_whitespace() {
            if !safe.is_empty() {
                safe.push(if belongs_to_number(word, &safe) { TIED } else { ' ' });
            }
            word.chars().for_each(|c| self.push(&mut safe, c));
        }
        safe
    }

    fn push(&self, safe: &mut String, c: char) {
        if is_unprintable(c) {
            safe.extend(c.escape_debug());
        } else if self.style.unicode || c.is_ascii() {
            safe.push(c);
        } else {
            match ASCII.iter().find(|(symbol, _)| *symbol == c) {
                Some((_, words)) => safe.push_str(words),
                None => safe.extend(c.escape_unicode()),
            }
        }
    }

    /// A mark as a symbol or a word.
    pub(super) fn mark(&self, mark: Mark) -> String {
        let (symbol, word) = match mark {
            Mark::Unjudged => ("·", "-"),
            Mark::Pass => ("✓", "ok"),
            Mark::Warn => ("!", "warn"),
            Mark::Unsure => ("?", "?"),
            Mark::Fail => ("✗", "FAIL"),
        };
        self.tint(mark, if self.style.unicode { symbol } else { word })
    }

    /// Text in the colour of a mark.
    pub(super) fn tint(&self, mark: Mark, text: &str) -> String {
        self.paint(text, |text| match mark {
            Mark::Unjudged => text.dimmed(),
            Mark::Pass => text.green(),
            Mark::Warn | Mark::Unsure => text.yellow(),
            Mark::Fail => text.red().bold(),
        })
    }

    /// Text that stands out.
    pub(super) fn strong(&self, text: &str) -> String {
        self.paint(text, |text| text.bold())
    }

    /// Text that stands back.
    pub(super) fn faint(&self, text: &str) -> String {
        self.paint(text, |text| text.dimmed())
    }

    fn paint(&self, text: &str, style: impl Fn(&str) -> ColoredString) -> String {
        if self.style.color { style(text).to_string() } else { text.to_owned() }
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.out.push('\n');
    }

    /// The heading of a section, with an empty line before it.
    pub(super) fn heading(&mut self, text: &str) {
        self.gap();
        let text = self.strong(&self.printable(text));
        self.paragraph(0, &text);
    }

    /// Text wrapped at the width of prose.
    pub(super) fn paragraph(&mut self, indent: u16, text: &str) {
        self.columns(indent, &[vec![text.to_owned()]]);
    }

    /// A line to be typed as it stands: neither wrapped nor made shorter. Only what would move the cursor
    /// is escaped, and that nobody can type.
    pub(super) fn command(&mut self, label: &str, line: &str) {
        let mut safe = String::new();
        for c in line.chars() {
            if is_unprintable(c) { safe.extend(c.escape_debug()) } else { safe.push(c) }
        }
        let gap = " ".repeat(LABEL.saturating_sub(label.len()));
        let label = self.faint(label);
        self.out.extend(["  ", &label, &gap, &safe, "\n"]);
    }

    /// Rows of cells, each column as wide as it needs to be; what does not fit is wrapped.
    pub(super) fn columns(&mut self, indent: u16, rows: &[Vec<String>]) {
        let mut table = layout(indent, rows);
        table.set_width(self.width().min(PROSE));
        self.put(&table);
    }

    /// Rows of cells in the full width of the terminal, if they fit without being wrapped.
    /// Writes nothing and returns false if they do not.
    pub(super) fn grid(&mut self, indent: u16, rows: &[Vec<String>]) -> bool {
        let table = layout(indent, rows);
        let content: u16 = table.column_max_content_widths().iter().sum();
        let padding: u16 = table.column_iter().map(comfy_table::Column::padding_width).sum();
        let fits = content.saturating_add(padding) <= self.width();
        if fits {
            self.put(&table);
        }
        fits
    }

    /// A mark and a statement.
    pub(super) fn statement(&mut self, mark: &str, statement: &str) {
        let mut table = layout(0, &[vec![mark.to_owned(), statement.to_owned()]]);
        close_to_mark(&mut table);
        table.set_width(self.width().min(PROSE));
        self.put(&table);
    }

    /// A mark and a statement on the left, a word at the right edge.
    pub(super) fn labelled(&mut self, mark: &str, statement: &str, word: &str) {
        let row = [mark, statement, word].map(str::to_owned);
        let mut table = layout(0, &[row.into()]);
        close_to_mark(&mut table);
        let width = self.width().min(PROSE);
        let widths = table.column_max_content_widths();
        let taken = widths[0] + 1 + widths[2];
        if let Some(column) = table.column_mut(1) {
            let rest = Width::Fixed(width.saturating_sub(taken));
            column.set_constraint(ColumnConstraint::Absolute(rest));
        }
        if let Some(column) = table.column_mut(2) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table.set_width(width);
        self.put(&table);
    }

    fn put(&mut self, table: &Table) {
        self.out.push_str(&table.trim_fmt().replace(TIED, " "));
        self.out.push('\n');
    }
}

/// A table without lines: `indent` before the first column, a gap between columns.
fn layout(indent: u16, rows: &[Vec<String>]) -> Table {
    let mut table = Table::new();
    table.force_no_tty().load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic).add_rows(rows);
    let last = table.column_iter().count().saturating_sub(1);
    for (index, column) in table.column_iter_mut().enumerate() {
        let left = if index == 0 { indent } else { 0 };
        let right = if index == last { 0 } else { GAP };
        column.set_padding((left, right));
    }
    table
}

fn close_to_mark(table: &mut Table) {
    if let Some(column) = table.column_mut(0) {
        column.set_padding((0, 1));
    }
}

/// Whether `word` is the unit or the error of the number that `text` ends with.
fn belongs_to_number(word: &str, text: &str) -> bool {
    let unit = word.trim_end_matches(|c: char| c.is_ascii_punctuation());
    let after_digit = text.ends_with(|c: char| c.is_ascii_digit());
    (after_digit && UNITS.contains(&unit)) || (word.starts_with('±') && text.ends_with('s'))
}
