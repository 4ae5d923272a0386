//! The text of a compose file in, the keys that are written into it and the variables with which it
//! covers an env file out. Reads no env file, and interpolates nothing from the environment.

use super::literal::{Construct, Literal, Variables};
use super::yaml::{self, Node};

/// A variable that a service gets from `environment:` although an `env_file:` may set it too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Covered {
    /// The line of the entry, from 1.
    pub(super) line: usize,
    /// The service of the compose file.
    pub(super) service: String,
    /// The variable.
    pub(super) variable: String,
    /// The env files of the service, as the compose file names them.
    pub(super) env_files: Vec<String>,
    /// The variable that the value is taken from; `None` where it is written out.
    pub(super) taken_from: Option<String>,
}

/// Every key that is written into a compose file, in the order of its lines.
pub(super) fn literals(text: &str, variables: &Variables) -> Vec<Literal> {
    let mut found = Vec::new();
    for document in yaml::documents(text) {
        for (_, service) in document.get("services").map_or(&[][..], Node::entries) {
            let build = service.get("build").and_then(|build| build.get("args"));
            for block in service.get("environment").into_iter().chain(build) {
                let ours =
                    entries(block).into_iter().filter(|entry| variables.has(&entry.variable));
                found.extend(ours.filter_map(|entry| entry.literal()));
            }
        }
        for node in document.all() {
            let fallbacks = node.text().map(fallbacks).unwrap_or_default();
            let ours = fallbacks.into_iter().filter(|(name, _)| variables.has(name));
            found.extend(ours.filter_map(|(name, fallback)| {
                Literal::new(node.line, &name, Construct::ComposeFallback, &written(&fallback)?)
            }));
        }
    }
    found.sort_by_key(|literal| literal.line);
    found.dedup_by_key(|literal| literal.line);
    found
}

/// Every entry of `environment:` that covers what an env file may say of the same variable.
pub(super) fn covered(text: &str, variables: &Variables) -> Vec<Covered> {
    let mut found = Vec::new();
    for document in yaml::documents(text) {
        for (name, service) in document.get("services").map_or(&[][..], Node::entries) {
            let env_files = env_files(service);
            let Some(block) = service.get("environment").filter(|_| !env_files.is_empty()) else {
                continue;
            };
            let ours = entries(block).into_iter().filter(|entry| variables.has(&entry.variable));
            found.extend(ours.map(|entry| Covered {
                line: entry.line,
                service: name.clone(),
                taken_from: entry.taken_from(),
                variable: entry.variable,
                env_files: env_files.clone(),
            }));
        }
    }
    found
}

/// The env files of a service: a name, names, or mappings with a `path`.
fn env_files(service: &Node) -> Vec<String> {
    let Some(node) = service.get("env_file") else { return Vec::new() };
    let one = |node: &Node| node.text().or_else(|| node.get("path")?.text()).map(str::to_owned);
    one(node).into_iter().chain(node.items().iter().filter_map(one)).collect()
}

/// One variable of `environment:`.
struct Entry {
    line: usize,
    variable: String,
    value: Option<String>,
}

impl Entry {
    fn literal(&self) -> Option<Literal> {
        let value = self.value.as_deref()?;
        let construct = if references(value) {
            Construct::ComposeFallback
        } else {
            Construct::ComposeEnvironment
        };
        Literal::new(self.line, &self.variable, construct, &written(value)?)
    }

    /// A variable without a value is passed on from the shell.
    fn taken_from(&self) -> Option<String> {
        let Some(value) = &self.value else { return Some(self.variable.clone()) };
        let rest = value.trim().strip_prefix('$').filter(|_| references(value))?;
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        Some(rest.chars().take_while(|c| is_name(*c)).collect())
    }
}

/// The variables of a block: a mapping, or a list of `NAME=value`.
fn entries(block: &Node) -> Vec<Entry> {
    let mapped = block.entries().iter().map(|(name, node)| Entry {
        line: node.line,
        variable: name.clone(),
        value: node.text().map(str::to_owned),
    });
    let listed = block.items().iter().filter_map(|node| {
        let text = node.text()?;
        let (name, value) = text.split_once('=').map_or((text, None), |(n, v)| (n, Some(v)));
        let value = value.map(str::to_owned);
        Some(Entry { line: node.line, variable: name.to_owned(), value })
    });
    mapped.chain(listed).collect()
}

/// The text that remains where no variable is set; `None` where that is made of variables only.
fn written(text: &str) -> Option<String> {
    if !references(text) {
        return Some(text.to_owned());
    }
    let found = fallbacks(text);
    let (_, fallback) = found.first()?;
    let is_whole = text.trim().ends_with(&format!("{fallback}}}"));
    if is_whole { written(fallback) } else { None }
}

/// Whether compose would put a variable into the text; `$$` is a dollar sign.
fn references(text: &str) -> bool {
    let text = text.replace("$$", "");
    let mut pairs = text.chars().zip(text.chars().skip(1));
    pairs.any(|(one, next)| one == '$' && (next == '{' || is_name(next)))
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Every `${NAME:-fallback}` and `${NAME-fallback}`, the inner ones after the outer.
fn fallbacks(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            rest = after;
            continue;
        }
        let Some(inside) = rest.strip_prefix('{') else { continue };
        let inside = &inside[..closing(inside)];
        let name: String = inside.chars().take_while(|c| is_name(*c)).collect();
        let operator = &inside[name.len()..];
        let fallback = operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-'));
        if let Some(fallback) = fallback {
            found.push((name, fallback.to_owned()));
            found.extend(fallbacks(fallback));
        }
        rest = &rest[1 + inside.len()..];
    }
    found
}

/// Where the brace closes that was opened before the text.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    for (index, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return index,
            '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, String, Construct)> {
        let found = literals(text, &Variables::new(["SECRET_KEY"]));
        found.into_iter().map(|it| (it.line, it.variable, it.construct)).collect()
    }

    #[test]
    fn keys_in_every_form_of_environment_are_found() {
        let text = "x-env: &env\n  JWT_SECRET_KEY: abc\nservices:\n  a:\n    environment:\n      <<: *env\n      OTHER: abc\n  b:\n    environment:\n      - SECRET_KEY=abc\n      - JWT_SECRET=${JWT_SECRET:-changeme}\n  c:\n    build:\n      args: { JWT_SECRET: 123456 }\n    command: serve --key ${JWT_SECRET_KEY-abc}\n";
        let environment = Construct::ComposeEnvironment;
        let expected = [
            (2, "JWT_SECRET_KEY".to_owned(), environment),
            (10, "SECRET_KEY".to_owned(), environment),
            (11, "JWT_SECRET".to_owned(), Construct::ComposeFallback),
            (14, "JWT_SECRET".to_owned(), environment),
            (15, "JWT_SECRET_KEY".to_owned(), Construct::ComposeFallback),
        ];
        assert_eq!(found(text), expected);
    }

    #[test]
    fn references_empty_values_and_required_variables_are_no_keys() {
        let text = "services:\n  a:\n    environment:\n      JWT_SECRET_KEY: ${JWT_SECRET_KEY}\n      JWT_SECRET: ${JWT_SECRET:-}\n      SECRET_KEY: ${SECRET_KEY:?set it}\n  b:\n    environment:\n      - JWT_SECRET_KEY\n      - JWT_SECRET=\n      - SECRET_KEY=$OTHER\n      - JWT_SIGNING_KEY=${A:-${B}}\n      - DATABASE_PASSWORD=abc\n";
        assert_eq!(found(text), []);
    }

    #[test]
    fn a_fallback_of_a_fallback_is_found_and_an_escaped_dollar_is_no_reference() {
        let text = "services:\n  a:\n    environment:\n      JWT_SECRET_KEY: ${A:-${B:-abc}}\n      JWT_SECRET: a$$b\n";
        let places: Vec<_> =
            found(text).into_iter().map(|(line, _, place)| (line, place)).collect();
        assert_eq!(places, [(4, Construct::ComposeFallback), (5, Construct::ComposeEnvironment)]);
    }

    #[test]
    fn an_entry_beside_an_env_file_covers_it() {
        let text = "services:\n  a:\n    env_file: .env.production\n    environment:\n      JWT_SECRET_KEY: ${KEY}\n  b:\n    env_file: [{ path: b.env, required: false }, c.env]\n    environment: [JWT_SECRET, OTHER=1]\n  c:\n    environment: [JWT_SECRET]\n  d:\n    env_file: d.env\n    environment: { JWT_SECRET: abc }\n";
        let found = covered(text, &Variables::new([]));
        let facts: Vec<_> = found
            .iter()
            .map(|it| {
                (it.line, it.service.as_str(), it.env_files.join(" "), it.taken_from.as_deref())
            })
            .collect();
        let expected = [
            (5, "a", ".env.production".to_owned(), Some("KEY")),
            (8, "b", "b.env c.env".to_owned(), Some("JWT_SECRET")),
            (13, "d", "d.env".to_owned(), None),
        ];
        assert_eq!(facts, expected);
    }
}
