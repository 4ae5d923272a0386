//! What is wrong with the arguments, said without repeating what may be a key or a token: clap's
//! error in, an exit status out.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::output;
use super::status::Status;

/// In the name of an option that would take a secret, if there were one.
const SECRET_WORDS: &[&str] = &["key", "secret", "token", "jwt", "password", "credential"];
/// In bytes.
const SHORTEST_KEY: usize = 8;
const LONGEST_WORD: usize = 24;

/// Prints help where it was asked for, else what is wrong.
pub(super) fn explain(mut error: clap::Error) -> Status {
    if asks_for_secret(&error) {
        output::note(
            "authprobe: no option takes a key or a token: other users can read the arguments of a \
             process\n  help: name where the key is: --key-env VAR, --key-file FILE (- for standard \
             input), --key-dotenv FILE:VAR, or `key` in probes.yaml; what was typed here should \
             count as known to others",
        );
        return Status::Unusable;
    }
    for kind in [ContextKind::InvalidArg, ContextKind::InvalidSubcommand, ContextKind::InvalidValue]
    {
        conceal(&mut error, kind);
    }
    // A reader that went away is no error.
    let _gone = error.print();
    if error.use_stderr() { Status::Unusable } else { Status::Passed }
}

/// Whether an option was typed whose name promises to take a secret.
fn asks_for_secret(error: &clap::Error) -> bool {
    if error.kind() != ErrorKind::UnknownArgument {
        return false;
    }
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidArg) else {
        return false;
    };
    let Some(name) = typed.strip_prefix('-') else { return false };
    let name = name.trim_start_matches('-').to_ascii_lowercase();
    let is_slip = name.contains("key-") && error.get(ContextKind::SuggestedArg).is_some();
    !is_slip && (name == "k" || SECRET_WORDS.iter().any(|word| name.contains(word)))
}

/// Takes out what was typed where it may be more than a slip of the pen.
fn conceal(error: &mut clap::Error, kind: ContextKind) {
    let Some(ContextValue::String(typed)) = error.get(kind) else { return };
    // The name of an option that there is stands here with its placeholder.
    let is_own = kind == ContextKind::InvalidArg && error.kind() != ErrorKind::UnknownArgument;
    if is_own || is_harmless(typed) {
        return;
    }
    error.insert(kind, ContextValue::String("***".to_owned()));
    // It may advise to type the same again in another way.
    error.remove(ContextKind::Suggested);
}

/// Too short for a key, or made of small letters as commands, options and files are.
fn is_harmless(typed: &str) -> bool {
    typed.len() < SHORTEST_KEY
        || (typed.len() <= LONGEST_WORD
            && typed.bytes().all(|byte| byte.is_ascii_lowercase() || b"-_=./".contains(&byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_shown_and_keys_are_not() {
        let rows = [
            ("chekc", true),
            ("RS256", true),
            ("jsn=report.json", true),
            ("--enviroment", true),
            ("hunter2canary", false),
            ("eyJhbGciOiJIUzI1NiJ9.e30.c2ln", false),
            ("correct-horse-battery-staple", false),
        ];
        for (typed, expected) in rows {
            assert_eq!(is_harmless(typed), expected, "{typed}");
        }
    }
}
