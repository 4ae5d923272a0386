//! Rust source read just far enough to see its imports: text in, paths out. Comments, strings and
//! characters are blanked first; macros and generated code are not looked into.

use std::sync::LazyLock;

use regex::Regex;

/// A file below `src`.
pub(crate) struct File {
    /// The path below `src`.
    pub(crate) path: String,
    /// The whole text.
    pub(crate) text: String,
}

impl File {
    /// The module at the root of the crate that the file belongs to.
    pub(crate) fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// The path of its module from the root of the crate.
    pub(crate) fn names(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        path.split('/').map(str::to_owned).collect()
    }
}

/// Every path into the own crate that the code names, in `use` or in place, from the crate's root.
pub(crate) fn imports(file: &File) -> Vec<Vec<String>> {
    static ROOT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:(?:crate|authprobe)::|(?:super::)+)").expect("a pattern")
    });
    let code = without_comments(&file.text);
    let mut found = Vec::new();
    for root in ROOT.find_iter(&code) {
        // Inside an inline module, the first `super` only leads back to the file itself.
        let inline = inline_modules_around(&code, root.start());
        let said = root.as_str().matches("super::").count();
        if said > 0 && said <= inline {
            continue;
        }
        let names = file.names();
        let here = if matches!(file.module(), "main" | "lib") { &[] } else { names.as_slice() };
        let base = match said {
            0 => &[],
            said => &here[..here.len().saturating_sub(said - inline)],
        };
        tree(&code[root.end()..], base, &mut found);
    }
    found.retain(|path| !path.is_empty());
    found
}

/// Whether the code uses the word, not only a longer one that ends or begins like it.
pub(crate) fn uses(code: &str, word: &str) -> bool {
    let in_name = |c: char| c.is_alphanumeric() || c == '_';
    let joins = |left: Option<char>, right: Option<char>| {
        left.is_some_and(in_name) && right.is_some_and(in_name)
    };
    code.match_indices(word).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + word.len()..]);
        !joins(before.chars().next_back(), word.chars().next())
            && !joins(word.chars().next_back(), after.chars().next())
    })
}

/// The code with comments, strings and characters blanked; lines stay where they are.
pub(crate) fn without_comments(text: &str) -> String {
    static SKIPPED: LazyLock<Regex> = LazyLock::new(|| {
        let comment = r"//[^\n]*|(?s:/\*.*?\*/)";
        let raw = r##"(?s:r#".*?"#)|r"[^"]*""##;
        let string = r#""(?:[^"\\]|\\(?s:.))*""#;
        let character = r"'(?:[^'\\\n]|\\[^\n]+?)'";
        Regex::new(&format!("{comment}|{raw}|{string}|{character}")).expect("a pattern")
    });
    let blank = |found: &regex::Captures<'_>| "\n".repeat(found[0].matches('\n').count());
    SKIPPED.replace_all(text, blank).into_owned()
}

/// The paths of a use tree, or of a path in an expression.
fn tree(code: &str, base: &[String], found: &mut Vec<Vec<String>>) {
    let code = code.trim_start();
    if let Some(group) = code.strip_prefix('{') {
        for branch in branches(group) {
            tree(branch, base, found);
        }
        return;
    }
    let name: String =
        code.chars().take_while(|c| c.is_alphanumeric() || "_*".contains(*c)).collect();
    let mut path = base.to_vec();
    if !name.is_empty() && name != "self" {
        path.push(name.clone());
    }
    match code[name.len()..].trim_start().strip_prefix("::") {
        Some(rest) if !name.is_empty() => tree(rest, &path, found),
        _ => found.push(path),
    }
}

/// The parts of a group up to its closing brace.
fn branches(group: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut parts) = (0_usize, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                parts.push(&group[begin..at]);
                begin = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// How many `mod name { … }` are open at a place in the code.
fn inline_modules_around(code: &str, place: usize) -> usize {
    static INLINE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\bmod\s+\w+\s*\{").expect("a pattern"));
    let before = &code[..place];
    let is_open = |inside: &str| inside.matches('}').count() <= inside.matches('{').count();
    INLINE.find_iter(before).filter(|module| is_open(&before[module.end()..])).count()
}
