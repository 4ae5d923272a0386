//! The text of a Dockerfile in, what it copies from its build context and the keys that are written into
//! it out. What hangs on a build argument is not told.

use super::literal::{Construct, Literal, Variables};

/// A `COPY` or `ADD` from the build context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copying {
    /// The line, from 1.
    pub(super) line: usize,
    /// The instruction as people write it, such as `COPY . .`; it holds names only.
    pub(super) instruction: String,
    /// What is copied, relative to the context.
    pub(super) sources: Vec<String>,
    /// What is left out of it.
    pub(super) left_out: Vec<String>,
}

/// Everything that is copied from the build context.
pub(super) fn copies(text: &str) -> Vec<Copying> {
    instructions(text).iter().filter_map(|(line, text)| copying(*line, text)).collect()
}

fn copying(line: usize, text: &str) -> Option<Copying> {
    let (word, rest) = text.split_once(char::is_whitespace)?;
    if !["COPY", "ADD"].contains(&word.to_ascii_uppercase().as_str()) {
        return None;
    }
    let (flags, names): (Vec<String>, Vec<String>) =
        words(rest).into_iter().partition(|word| word.starts_with("--"));
    if flags.iter().any(|flag| flag.starts_with("--from")) {
        return None;
    }
    let (target, sources) = names.split_last()?;
    let is_known = |source: &String| {
        !source.contains('$') && !source.contains("://") && !source.starts_with("<<")
    };
    let left_out = flags.iter().filter_map(|flag| flag.strip_prefix("--exclude="));
    Some(Copying {
        line,
        instruction: format!("{word} {} {target}", sources.join(" ")),
        sources: sources.iter().filter(|source| is_known(source)).cloned().collect(),
        left_out: left_out.map(str::to_owned).collect(),
    })
}

/// Every key that `ENV` or `ARG` sets.
pub(super) fn literals(text: &str, variables: &Variables) -> Vec<Literal> {
    let mut found = Vec::new();
    for (line, text) in instructions(text) {
        let Some((word, rest)) = text.split_once(char::is_whitespace) else { continue };
        if !["ENV", "ARG"].contains(&word.to_ascii_uppercase().as_str()) {
            continue;
        }
        let rest = rest.trim();
        let is_old_form = !rest.split_whitespace().next().unwrap_or_default().contains('=');
        // `ENV NAME value` takes all that follows.
        let words = if is_old_form {
            vec![rest.replacen(char::is_whitespace, "=", 1)]
        } else {
            words(rest)
        };
        let pairs = words.iter().filter_map(|word| word.split_once('='));
        let ours = pairs.filter(|(name, value)| variables.has(name) && !value.starts_with('$'));
        found.extend(ours.filter_map(|(name, value)| {
            Literal::new(line, name, Construct::Dockerfile, value.trim_matches(['"', '\'']))
        }));
    }
    found
}

/// The instructions with the lines where they begin; a line that ends with `\` goes on.
fn instructions(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let begun = line.strip_suffix('\\');
        let part = begun.unwrap_or(line);
        match found.last_mut().filter(|_| goes_on) {
            Some((_, text)) => text.extend([" ", part]),
            None => found.push((index + 1, part.to_owned())),
        }
        goes_on = begun.is_some();
    }
    found
}

/// Words with their quotes taken off, or the items of the JSON form.
fn words(text: &str) -> Vec<String> {
    let flags = text.split_whitespace().take_while(|word| word.starts_with("--"));
    let flags: Vec<String> = flags.map(str::to_owned).collect();
    let bracket = text.find('[').filter(|at| text[..*at].split_whitespace().count() == flags.len());
    if let Some(Ok(items)) = bracket.map(|at| serde_json::from_str::<Vec<String>>(&text[at..])) {
        return flags.into_iter().chain(items).collect();
    }
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in text.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_from_the_context_is_told_in_every_form() {
        let text = "FROM a AS b\nCOPY . .\n# COPY x y\nCOPY --chown=1:1 --exclude=*.md src \\\n  lib /app/\nADD [\"my file\", \"/\"]\nCOPY --from=b /app .\nADD https://a/b /\nCOPY $X /\nRUN cp . .\n";
        let found = copies(text);
        let facts: Vec<_> =
            found.iter().map(|it| (it.line, it.sources.join("|"), it.left_out.join("|"))).collect();
        let expected = [
            (2, ".".to_owned(), String::new()),
            (4, "src|lib".to_owned(), "*.md".to_owned()),
            (6, "my file".to_owned(), String::new()),
            (8, String::new(), String::new()),
            (9, String::new(), String::new()),
        ];
        assert_eq!(facts, expected);
        assert_eq!(found[1].instruction, "COPY src lib /app/");
    }

    #[test]
    fn keys_in_env_and_arg_are_found_and_references_are_not() {
        let text = "FROM a\nARG JWT_SECRET\nENV JWT_SECRET=$JWT_SECRET\nENV JWT_SECRET_KEY abc\nARG A=1 \\\n  JWT_SECRET=\"a b\"\nENV JWT_SECRET=\n";
        let found = literals(text, &Variables::new([]));
        let facts: Vec<_> = found.iter().map(|it| (it.line, it.variable.as_str())).collect();
        assert_eq!(facts, [(4, "JWT_SECRET_KEY"), (5, "JWT_SECRET")]);
    }
}
