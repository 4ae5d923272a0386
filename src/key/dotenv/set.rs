//! An env file and a new value for one variable in, the file with that value out. Only the bytes of
//! the value that the dialect would read change; what cannot be done so is refused, never escaped.

use super::{Dialect, DotenvError};
use crate::secret::Secret;

/// No value longer than this many bytes is replaced; keys are far shorter.
const LONGEST: usize = 4096;

/// Why a value cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// The dialect cannot read the file, or what it reads cannot be told.
    #[error("{0}")]
    Unreadable(#[from] DotenvError),
    /// No line gives the variable the value that the dialect reads.
    #[error("no line of the file sets it")]
    NotSet,
    /// The new value, written between the old one's quotes, would be read as another.
    #[error("the file's loader would read this value as another one where it has to stand")]
    CannotHold,
    /// Other variables take their value from this one, or would be read otherwise.
    #[error("another variable of the file would change with it")]
    ChangesOthers,
}

impl Dialect {
    /// The file with a new value for the variable. Of several lines for it, only the one that counts
    /// changes; quotes around the value stay, and so does a comment behind it. The result has been
    /// read again: it gives the variable the new value and every other variable the old one.
    ///
    /// # Errors
    /// When there is no such line, or the result would not be as promised.
    pub fn set(&self, file: &[u8], variable: &str, new: &Secret) -> Result<Secret, SetError> {
        let old = self.value(file, variable)?;
        let probe = probe(&[old.as_ref(), Some(new)]);
        let spans = starts(file, variable).into_iter().rev();
        let mut spans = spans.filter_map(|start| self.span(file, variable, &probe, start));
        let span = spans.next().ok_or(SetError::NotSet)?;
        let changed = replaced(file, span, new);
        if self.value(changed.expose(), variable) != Ok(Some(new.clone())) {
            return Err(SetError::CannotHold);
        }
        if self.others(changed.expose(), variable)? != self.others(file, variable)? {
            return Err(SetError::ChangesOthers);
        }
        Ok(changed)
    }

    /// The shortest stretch from `start` on in whose place the probe is read as the value. What is
    /// left of the line must not refer to anything: it may be empty only here and now.
    fn span(&self, file: &[u8], variable: &str, probe: &Secret, start: usize) -> Option<Span> {
        let last = if matches!(file[..start].last(), Some(b'"' | b'\'' | b'`')) {
            file.len().min(start + LONGEST)
        } else {
            line_end(file, start).min(start + LONGEST)
        };
        let mut ends = (start..=last).filter(|end| !refers(&file[*end..line_end(file, *end)]));
        ends.find(|end| {
            let tried = replaced(file, Span { start, end: *end }, probe);
            self.value(tried.expose(), variable).as_ref() == Ok(&Some(probe.clone()))
        })
        .map(|end| Span { start, end })
    }

    fn others(&self, file: &[u8], variable: &str) -> Result<Vec<super::Binding>, DotenvError> {
        let mut bindings = self.bindings(file)?;
        bindings.retain(|(name, _)| name != variable);
        Ok(bindings)
    }
}

/// The bytes from one place up to another.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
}

fn replaced(file: &[u8], span: Span, by: &Secret) -> Secret {
    Secret::new([&file[..span.start], by.expose(), &file[span.end..]].concat())
}

/// Where a value of the variable may begin: behind its sign and blanks, and behind a quote there,
/// which is the later place of the two.
fn starts(file: &[u8], variable: &str) -> Vec<usize> {
    let name = variable.as_bytes();
    let mut starts = Vec::new();
    if name.is_empty() {
        return starts;
    }
    for at in 0..file.len().saturating_sub(name.len()) {
        let joined = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
        if !file[at..].starts_with(name) || file[..at].last().is_some_and(joined) {
            continue;
        }
        let after =
            after_blanks(file, at + name.len() + usize::from(is_quote(file, at + name.len())));
        if !matches!(file.get(after), Some(b'=' | b':')) {
            continue;
        }
        // `:=` and `::=` are signs of make.
        let sign = file[after..].iter().take_while(|byte| **byte == b':').count();
        let sign = after + sign + usize::from(file.get(after + sign) == Some(&b'='));
        let start = after_blanks(file, sign);
        starts.push(sign);
        starts.push(start);
        if is_quote(file, start) {
            starts.push(start + 1);
        }
    }
    starts
}

fn after_blanks(file: &[u8], from: usize) -> usize {
    let blanks = file.iter().skip(from).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    from + blanks
}

fn is_quote(file: &[u8], at: usize) -> bool {
    matches!(file.get(at), Some(b'"' | b'\'' | b'`'))
}

fn line_end(file: &[u8], from: usize) -> usize {
    let end = file[from..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    end.map_or(file.len(), |end| from + end)
}

/// Whether the rest of a line holds a reference or a command before any comment.
fn refers(rest: &[u8]) -> bool {
    let comment = rest.iter().position(|byte| *byte == b'#').unwrap_or(rest.len());
    let value = &rest[..comment];
    let command = value.split(|byte| *byte == b'`').nth(2).is_some();
    command || value.contains(&b'$')
}

/// A word that none of these values is.
fn probe(values: &[Option<&Secret>]) -> Secret {
    let words = (0_u8..).map(|n| Secret::new(format!("authprobe{n}")));
    let mut free = words.filter(|word| values.iter().flatten().all(|value| *value != word));
    free.next().unwrap_or_else(|| Secret::new("authprobe"))
}
