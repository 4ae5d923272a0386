//! `source FILE` in bash, dash and zsh: assignments and `export`, read command by command. Nothing is
//! run: what a command would print or change is unknown.

mod word;

use super::DotenvError;
use super::found::{Found, Value};
use super::text::line_of;
use word::{Expands, Quotes, UNCLEAR, Word};

/// What the shells differ in.
pub(super) struct Rules {
    /// What an open quote does.
    open_quote: OpenQuote,
    /// Beginnings of a value that this shell alone expands.
    own_expansions: &'static [char],
    /// Characters after a bare `$NAME` that go on with the expansion.
    modifiers: &'static [char],
    /// What a `$` before a quote begins.
    dollar_quote: DollarQuote,
}

#[derive(PartialEq, Eq)]
enum OpenQuote {
    /// The lines above count.
    Ends,
    Refuses,
}

#[derive(PartialEq, Eq)]
enum DollarQuote {
    Escapes,
    Nothing,
}

/// bash 5.2.
pub(super) const BASH: Rules = Rules {
    open_quote: OpenQuote::Ends,
    own_expansions: &[],
    modifiers: &[],
    dollar_quote: DollarQuote::Escapes,
};

/// dash 0.5.
pub(super) const DASH: Rules =
    Rules { open_quote: OpenQuote::Refuses, dollar_quote: DollarQuote::Nothing, ..BASH };

/// zsh 5.9.
pub(super) const ZSH: Rules = Rules { own_expansions: &['='], modifiers: &['[', ':'], ..BASH };

/// Words that begin a command which may change variables or the way that lines are read.
const CHANGING: &str = ". : alias bind break builtin case cd command continue coproc declare do done \
    dirs elif else enable esac eval exec exit fi float for foreach function getopts if integer \
    let local mapfile popd pushd read readarray readonly repeat return select set setopt shift \
    shopt source then time trap typeset ulimit umask unalias unset unsetopt until wait while zmodload \
    { } ! [[ noglob nocorrect emulate autoload vared printf";

/// Variables that the shells set themselves.
const OWN: &str = "BASH BASHOPTS BASHPID BASH_VERSION COLUMNS DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID \
    FUNCNAME GID GROUPS HISTCMD HOME HOSTNAME HOSTTYPE IFS LINENO LINES LOGNAME MACHTYPE OLDPWD OPTERR \
    OPTIND OSTYPE PATH PPID PS1 PS2 PS4 PWD RANDOM SECONDS SHELL SHELLOPTS SHLVL SRANDOM TERM TTY UID \
    USER USERNAME VENDOR ZSH_NAME ZSH_VERSION _";

/// Every variable that the file sets, in its order.
pub(super) fn bindings(text: &str, rules: &Rules) -> Result<Found, DotenvError> {
    let mut script =
        Script { rules, rest: text, found: Found::default(), pending: Vec::new(), complete: 0 };
    loop {
        match script.command() {
            Ok(End::File) => return Ok(script.found),
            Ok(End::Command) => {}
            Err(Stop::Quote) if rules.open_quote == OpenQuote::Ends => {
                script.found.truncate(script.complete);
                return Ok(script.found);
            }
            Err(Stop::Quote) => return Err(DotenvError::Quote(line_of(text, script.rest))),
            Err(Stop::Unknown) => return Err(DotenvError::Unknown),
        }
    }
}

enum End {
    Command,
    File,
}

/// Why the reading of a file ends early.
enum Stop {
    /// A quote is never closed.
    Quote,
    /// From here on, nothing can be told.
    Unknown,
}

struct Script<'t> {
    rules: &'t Rules,
    rest: &'t str,
    found: Found,
    /// The assignments of the command that is being read.
    pending: Vec<(String, Value)>,
    /// How much was found on complete lines: a shell reads a line whole before it runs any of it.
    complete: usize,
}

impl Script<'_> {
    fn command(&mut self) -> Result<End, Stop> {
        self.pending.clear();
        let mut words: Vec<Word> = Vec::new();
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t']);
            while let Some(after) = self.rest.strip_prefix("\\\n") {
                self.rest = after.trim_start_matches([' ', '\t']);
            }
            match self.rest.chars().next() {
                None => return self.run(&words).map(|()| End::File),
                Some('#') => {
                    self.rest = &self.rest[self.rest.find('\n').unwrap_or(self.rest.len())..];
                }
                Some('\n' | ';') => {
                    let line_ends = self.rest.starts_with('\n');
                    let again = self.rest.starts_with(";;");
                    let empty =
                        self.rest.starts_with(';') && words.is_empty() && self.pending.is_empty();
                    self.rest = &self.rest[1..];
                    if again || empty {
                        return Err(Stop::Unknown);
                    }
                    self.run(&words)?;
                    if line_ends {
                        self.complete = self.found.len();
                    }
                    return Ok(End::Command);
                }
                Some('&') => return self.ampersand(&words),
                Some('|' | '<' | '>' | '(' | ')') => return Err(Stop::Unknown),
                Some(_) => {
                    let word = word::read(self)?;
                    self.take(word, &mut words)?;
                }
            }
        }
    }

    /// A command in the background leaves no trace; `&&` goes on after an assignment.
    fn ampersand(&mut self, words: &[Word]) -> Result<End, Stop> {
        let Some(after) = self.rest.strip_prefix("&&") else {
            self.rest = &self.rest[1..];
            let lone = words.is_empty() && self.pending.is_empty()
                || self.rest.starts_with(['>', '!', '|']);
            return if lone { Err(Stop::Unknown) } else { Ok(End::Command) };
        };
        if !words.is_empty() || self.pending.is_empty() {
            return Err(Stop::Unknown);
        }
        self.rest = after;
        self.run(words).map(|()| End::Command)
    }

    /// An assignment is kept until its command turns out to be none; other words make one.
    fn take(&mut self, word: Word, words: &mut Vec<Word>) -> Result<(), Stop> {
        let exports = words.first().is_some_and(|word| word.text.as_str() == "export");
        if !words.is_empty() && !exports {
            return if self.is_pattern(&word.text) { Err(Stop::Unknown) } else { Ok(()) };
        }
        match assignment(&word)? {
            Some((name, value)) => self.pending.push((name, value)),
            // Without quotes, nothing is no word.
            None if word.text.is_empty() && word.quotes == Quotes::None => {}
            None if word.expands == Expands::Bare => return Err(Stop::Unknown),
            None if word.text.as_str() == "export" && !self.pending.is_empty() => {
                return Err(Stop::Unknown);
            }
            None => words.push(word),
        }
        Ok(())
    }

    /// zsh gives a file up where a pattern matches nothing.
    fn is_pattern(&self, text: &str) -> bool {
        let looks = text.contains(['*', '?', '[', '~', '^', UNCLEAR]);
        (looks || text.len() > 1 && text.starts_with('=')) && !self.rules.own_expansions.is_empty()
    }

    /// What a reference in the command that is being read becomes.
    fn variable(&self, name: &str) -> Option<&Value> {
        let pending = self.pending.iter().rev().find(|(known, _)| known == name);
        pending.map(|(_, value)| value).or_else(|| self.found.get(name))
    }

    fn run(&mut self, words: &[Word]) -> Result<(), Stop> {
        let applies = match words.first() {
            None => true,
            Some(word) => {
                let name = word.text.as_str();
                let changes = CHANGING.split_whitespace().any(|word| word == name);
                if changes || name.contains(UNCLEAR) || self.is_pattern(name) {
                    return Err(Stop::Unknown);
                }
                name == "export"
            }
        };
        let options = words.iter().skip(1).any(|word| !is_name(&word.text));
        if applies && options {
            return Err(Stop::Unknown);
        }
        for (name, value) in self.pending.drain(..).filter(|_| applies) {
            self.found.push(&name, value);
        }
        Ok(())
    }
}

/// A value in which an expansion that cannot be told has left its mark.
fn marked(value: &str) -> Value {
    if value.contains(UNCLEAR) { Value::Unknown } else { Value::known(value) }
}

fn is_name(text: &str) -> bool {
    let digit = text.starts_with(|c: char| c.is_ascii_digit());
    !text.is_empty() && !digit && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Name and value, if the word is `NAME=...` and its beginning is not quoted.
fn assignment(word: &Word) -> Result<Option<(String, Value)>, Stop> {
    let text = word.text.as_str();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = text.find(|c| !fits(c)).unwrap_or(text.len());
    let name = &text[..end];
    let digit = name.starts_with(|c: char| c.is_ascii_digit());
    if name.is_empty() || digit || end >= word.bare {
        return Ok(None);
    }
    let sign = &text[end..];
    if sign.starts_with("+=")
        || sign.starts_with('[')
        || OWN.split_whitespace().any(|own| own == name)
    {
        return Err(Stop::Unknown);
    }
    Ok(sign.strip_prefix('=').map(|value| (name.to_owned(), marked(value))))
}
