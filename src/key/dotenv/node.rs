//! The parser built into Node (`--env-file`, 20.20) and Deno's port of it. One grammar; a table of
//! what the two differ in. Never expands from the process environment.

use zeroize::Zeroizing;

use super::expansion::deno_references;
use super::found::{Chars, Found, Unclear, Value};

/// What the two differ in.
pub(super) struct Rules {
    /// What is cut off around a value.
    blanks: &'static [char],
    /// Whether a backslash keeps a quote from closing.
    escapes: Escapes,
    /// What ends a name; where a line's end does not, the name runs on over it.
    ends_name: &'static [char],
    /// How `$` is read.
    finish: fn(&str, &Found) -> Result<Chars, Unclear>,
}

#[derive(PartialEq, Eq)]
enum Escapes {
    None,
    Quote,
}

/// Node 20.20.
pub(super) const NODE: Rules = Rules {
    blanks: &[' '],
    escapes: Escapes::None,
    ends_name: &['='],
    finish: |text, _| Ok(Zeroizing::new(text.to_owned())),
};

/// Deno 2.9.
pub(super) const DENO: Rules = Rules {
    blanks: &[' ', '\t', '\n'],
    escapes: Escapes::Quote,
    ends_name: &['=', '\n'],
    finish: deno_references,
};

/// Every variable that the file sets, in its order.
pub(super) fn bindings(text: &str, rules: &Rules) -> Found {
    let text = Zeroizing::new(text.replace('\r', ""));
    let mut found = Found::default();
    let mut rest = text.trim_matches(rules.blanks);
    while !rest.is_empty() {
        if rest.starts_with(['\n', '#']) {
            rest = after_line(rest);
            continue;
        }
        let Some(end) = rest.find(rules.ends_name) else { break };
        if rest[end..].starts_with('\n') {
            rest = rest[end + 1..].trim_matches(rules.blanks);
            continue;
        }
        let name = rest[..end].trim_matches(rules.blanks);
        rest = &rest[end + 1..];
        let plain =
            name.strip_prefix("export ").map_or(name, |name| name.trim_matches(rules.blanks));
        if rest.is_empty() || rest.starts_with('\n') {
            found.push(if rules.escapes == Escapes::None { plain } else { name }, Value::known(""));
            continue;
        }
        rest = rest.trim_matches(rules.blanks);
        if name.is_empty() {
            continue;
        }
        let (value, after) = rules.value(rest, &found);
        found.push(plain, value);
        rest = after.trim_matches(rules.blanks);
    }
    found
}

impl Rules {
    /// The value that the text begins with, and what comes after its line.
    fn value<'t>(&self, text: &'t str, found: &Found) -> (Value, &'t str) {
        let finished = |text: &str| Value::from((self.finish)(text, found));
        let Some(quote) = text.chars().next().filter(|c| ['"', '\'', '`'].contains(c)) else {
            let line = text.split('\n').next().unwrap_or_default();
            let value = line.split('#').next().unwrap_or_default();
            return (finished(value.trim_matches(self.blanks)), after_line(text));
        };
        let Some(end) = self.closing(&text[1..], quote) else {
            let line = text.split('\n').next().unwrap_or_default();
            return (Value::known(line), after_line(text));
        };
        let inner = &text[1..=end];
        let value = match quote {
            '"' => finished(&inner.replace(r"\n", "\n")),
            _ => Value::known(inner),
        };
        (value, after_line(&text[end + 1..]))
    }

    fn closing(&self, text: &str, quote: char) -> Option<usize> {
        let escaped = |at: &usize| self.escapes == Escapes::Quote && text[..*at].ends_with('\\');
        text.match_indices(quote).map(|(at, _)| at).find(|at| !escaped(at))
    }
}

fn after_line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, after)| after)
}
