//! The lines of a `.dockerignore` and a path in, whether the path is left out of the build context out.
//! Its rules are Docker's: a pattern begins at the top of the context, unlike in a `.gitignore`.

use regex::Regex;

/// Whether a path, relative to the context, is left out. A folder takes along all that is in it, and
/// the last pattern that fits decides.
pub(super) fn is_left_out<'p>(lines: impl IntoIterator<Item = &'p str>, path: &str) -> bool {
    let mut left_out = false;
    for line in lines {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let line = line.trim();
        let (exception, pattern) = match line.strip_prefix('!') {
            Some(pattern) => (true, pattern),
            None => (false, line),
        };
        if is_at_or_above(pattern, path) {
            left_out = !exception;
        }
    }
    left_out
}

/// Whether a pattern fits a path or a folder above it.
pub(super) fn is_at_or_above(pattern: &str, path: &str) -> bool {
    let pattern = clean(pattern);
    if pattern.is_empty() {
        return true;
    }
    let Ok(regex) = Regex::new(&expression(&pattern)) else { return false };
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    ends.into_iter().any(|end| regex.is_match(&path[..end]))
}

/// Without `./`, `..`, doubled and outer slashes.
fn clean(pattern: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in pattern.trim().split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// `*` and `?` stay within a folder, `**` goes through any number of them.
fn expression(pattern: &str) -> String {
    let mut found = String::from("^");
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let begins = |start: &str| rest.strip_prefix(start);
        if let Some(after) = begins("**") {
            let after_slash = after.strip_prefix('/');
            rest = after_slash.unwrap_or(after);
            let is_suffix =
                found == "^" && after_slash.is_none() && !rest.contains(['*', '?', '[', '\\']);
            found += if rest.is_empty() || is_suffix { ".*" } else { "(.*/)?" };
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '*' => found += "[^/]*",
            '?' => found += "[^/]",
            '[' | ']' | '-' | '^' => found.push(c),
            '\\' => {
                let escaped = rest.chars().next();
                found += &regex::escape(&escaped.unwrap_or('\\').to_string());
                rest = &rest[escaped.map_or(0, char::len_utf8)..];
            }
            c => found += &regex::escape(&c.to_string()),
        }
    }
    found + "$"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_begin_at_the_top_and_the_last_one_decides() {
        for (lines, path, left_out) in [
            (&[".env"][..], ".env", true),
            (&[".env"], "a/.env", false),
            (&["**/.env"], "a/b/.env", true),
            (&["**/.env"], ".env", true),
            (&[".env*"], ".env.production", true),
            (&["*.env"], "a/b.env", false),
            (&["a"], "a/.env", true),
            (&["/a/"], "a/.env", true),
            (&["*"], "a/.env", true),
            (&["*", "!a"], "a/.env", false),
            (&["*", "!a", "**/.env"], "a/.env", true),
            (&["# .env", " ", "!.env"], ".env", false),
            (&["**env"], "a/.env", true),
            (&[".en[a-v]"], ".env", true),
            (&[".env?"], ".env", false),
            (&["a/**"], "a/b/.env", true),
        ] {
            assert_eq!(is_left_out(lines.iter().copied(), path), left_out, "{lines:?} {path}");
        }
    }
}
