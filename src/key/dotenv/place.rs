//! An env file and a variable in, the numbers of the lines that set it out. Never looks at a value.

/// The lines that set the variable, counted from 1, by what stands before the `=` or `:`: the name, with
/// `export`, quotes or blanks around it. What looks so inside a value of several lines counts too.
#[must_use]
pub fn lines_of(file: &[u8], variable: &str) -> Vec<usize> {
    let lines = file.split(|byte| *byte == b'\n').enumerate();
    lines.filter(|(_, line)| sets(line, variable)).map(|(index, _)| index + 1).collect()
}

fn sets(line: &[u8], variable: &str) -> bool {
    let mut line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii_start();
    if let Some(rest) = line.strip_prefix(b"export") {
        let spaced = rest.first().is_some_and(u8::is_ascii_whitespace);
        line = if spaced { rest.trim_ascii_start() } else { line };
    }
    let quoted = line.first().is_some_and(|byte| b"\"'".contains(byte));
    let line = &line[usize::from(quoted)..];
    let Some(rest) = line.strip_prefix(variable.as_bytes()) else { return false };
    let rest = if quoted { rest.get(1..).unwrap_or_default() } else { rest };
    matches!(rest.trim_ascii_start().first(), Some(b'=' | b':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_set_the_variable_are_counted_from_one() {
        let file =
            b"\xef\xbb\xbfK=1\n# K=2\n  export K = 3\nKEY=4\nMY_K=5\n\"K\": 6\nexportK=7\nK\n";
        assert_eq!(lines_of(file, "K"), [1, 3, 6]);
        assert_eq!(lines_of(b"", "K"), [0; 0]);
    }
}
