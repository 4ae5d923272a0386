//! The rules of the source as tables, and what breaks them: files in, one line a breach out.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{self, File, imports, without_comments};

/// The longest file.
pub(crate) const LINES: usize = 300;

/// Longer files, with the length that they must not grow beyond.
pub(crate) const LONGER: &[(&str, usize)] = &[];

/// The files that may open a secret: they sign, send, compare, read or write keys.
pub(crate) const MAY_EXPOSE: &[&str] = &[
    "secret.rs",
    "scrub.rs",
    // Reading keys, and headers that may hold one.
    "key/source.rs",
    "key/encoding.rs",
    "key/defaults.rs",
    "key/dotenv/set.rs",
    "key/dotenv/writing.rs",
    // What stands around an env file may hold keys too; what two loaders make of one is compared.
    "key/guess/folder.rs",
    "key/guess/other.rs",
    "key/neighbours.rs",
    "key/strength.rs",
    "key/reading/mod.rs",
    "key/reading/text.rs",
    "audit/view.rs",
    "load/discover.rs",
    // A login to a secret store, and what it gives.
    "key/store/aws.rs",
    "key/store/aws_login.rs",
    "key/store/vault.rs",
    "load/mod.rs",
    "load/service.rs",
    "load/public_key.rs",
    // Signing and sending.
    "mint/forge.rs",
    "mint/jwe.rs",
    // Decoding and verifying a token that was caught.
    "explain/token.rs",
    "explain/signature.rs",
    "cli/pasted.rs",
    "replay/request.rs",
    // A rotation writes keys into files: the new ones (draft, temporary), the previous ones for the way
    // back (store, kept), and salted digests to compare with (stamp).
    "rotate/draft.rs",
    "rotate/kept.rs",
    "rotate/stamp.rs",
    "rotate/store.rs",
    "rotate/temporary.rs",
    // Printing what was asked for: a new key, one test token.
    "cli/keygen.rs",
    "cli/mint.rs",
    // The demo's throw-away keys.
    "demo/folder.rs",
    "demo/keys.rs",
    "demo/verifier.rs",
];

/// What only the rim may do.
pub(crate) const RIM_ONLY: &[&str] = &[
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "process::exit",
    "env::var",
    "env::vars",
    "env::var_os",
];

/// Root files that are no nouns.
const VERBS_AT_THE_ROOT: &[&str] = &["main", "lib", "pipeline"];

/// Pure knowledge that stages may use.
const KNOWLEDGE: &[&str] = &["key", "clock"];

/// What a module may import beside itself.
enum Allowed {
    Anything,
    AllBut(&'static [&'static str]),
    Nouns,
    NounsAnd(&'static [&'static str]),
    Only(&'static [&'static str]),
}

/// The import rule. A folder that is not named is a stage.
fn allowed(module: &str, nouns: &BTreeSet<&str>) -> Allowed {
    match module {
        "main" => Allowed::Only(&["cli"]),
        "lib" => Allowed::Only(&[]),
        "cli" => Allowed::Anything,
        "pipeline" => Allowed::AllBut(&["cli", "demo"]),
        "demo" => Allowed::NounsAnd(&["key"]),
        "key" | "clock" => Allowed::Nouns,
        noun if nouns.contains(noun) => Allowed::Nouns,
        _stage => Allowed::NounsAnd(KNOWLEDGE),
    }
}

/// Every import that the rule forbids, as `file imports module`.
pub(crate) fn forbidden_imports(files: &[File]) -> Vec<String> {
    let nouns = nouns(files);
    let mut found = Vec::new();
    for file in files {
        let module = file.module();
        for path in imports(file) {
            let imported = path[0].as_str();
            let fine = imported == module
                || match allowed(module, &nouns) {
                    Allowed::Anything => true,
                    Allowed::AllBut(others) => !others.contains(&imported),
                    Allowed::Nouns => nouns.contains(imported),
                    Allowed::NounsAnd(more) => nouns.contains(imported) || more.contains(&imported),
                    Allowed::Only(these) => these.contains(&imported),
                };
            if !fine {
                found.push(format!("{} imports {imported}", file.path));
            }
        }
    }
    found
}

/// The root files that are nouns.
fn nouns(files: &[File]) -> BTreeSet<&str> {
    files
        .iter()
        .filter(|file| !file.path.contains('/'))
        .map(File::module)
        .filter(|module| !VERBS_AT_THE_ROOT.contains(module) && !KNOWLEDGE.contains(module))
        .collect()
}

/// A cycle among files, if there is one. A folder's children may use what it declares, so imports
/// of an ancestor do not count.
pub(crate) fn import_cycle(files: &[File]) -> Option<Vec<String>> {
    let known: BTreeMap<Vec<String>, &File> =
        files.iter().map(|file| (file.names(), file)).collect();
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in files {
        for path in imports(file) {
            let target = (1..=path.len()).rev().find_map(|length| known.get(&path[..length]));
            let Some(target) = target else { continue };
            if !file.names().starts_with(&target.names()) {
                edges.entry(&file.path).or_default().insert(&target.path);
            }
        }
    }
    let mut done = BTreeSet::new();
    edges.keys().find_map(|start| cycle_from(start, &edges, &mut Vec::new(), &mut done))
}

fn cycle_from<'a>(
    file: &'a str,
    edges: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    trail: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
) -> Option<Vec<String>> {
    if let Some(begin) = trail.iter().position(|seen| *seen == file) {
        return Some(trail[begin..].iter().map(ToString::to_string).collect());
    }
    if done.contains(file) {
        return None;
    }
    trail.push(file);
    let next = edges.get(file).into_iter().flatten();
    let found = next.into_iter().find_map(|next| cycle_from(next, edges, trail, done));
    trail.pop();
    done.insert(file);
    found
}

/// Every use of a word by a file that may not use it, as `file uses word`.
pub(crate) fn forbidden_words(
    files: &[File],
    words: &[&str],
    may: impl Fn(&File) -> bool,
) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !may(file)) {
        let code = without_comments(&file.text);
        for word in words {
            if source::uses(&code, word) {
                found.push(format!("{} uses {word}", file.path));
            }
        }
    }
    found
}

/// Every file that is longer than it may be, as `file has N lines`.
pub(crate) fn too_long(files: &[File]) -> Vec<String> {
    let limit = |path: &str| {
        LONGER.iter().find(|(longer, _)| *longer == path).map_or(LINES, |(_, lines)| *lines)
    };
    files
        .iter()
        .map(|file| (file, file.text.lines().count()))
        .filter(|(file, lines)| *lines > limit(&file.path))
        .map(|(file, lines)| format!("{} has {lines} lines", file.path))
        .collect()
}
