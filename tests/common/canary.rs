//! Keys that can be found again. A canary is a key that occurs nowhere else in the world; a search
//! knows every form in which it, or eight bytes of it, could come out. Never prints a whole key.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use regex::bytes::Regex;

/// A compact JWS with its signature: at home on the wire to its target and nowhere else.
const SIGNED_TOKEN: &str = r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{20,}";

/// A key with a marker of its own: 44 characters that an env file holds without quotes, with some
/// in the middle that URL, JSON and HTML write in another way.
#[derive(Clone, PartialEq, Eq)]
pub struct Canary(String);

impl Canary {
    /// A fresh one, from the random source of the operating system.
    pub fn new() -> Self {
        Self::around("/+=&")
    }

    /// A fresh one with this text in its middle.
    pub fn around(middle: &str) -> Self {
        const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut random = [0_u8; 40];
        getrandom::fill(&mut random).expect("the operating system has random bytes");
        let mut text: String =
            random.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % 62])).collect();
        text.insert_str(20, middle);
        Self(text)
    }

    /// A fresh one of 64 hexadecimal digits.
    pub fn hexadecimal() -> Self {
        let mut random = [0_u8; 32];
        getrandom::fill(&mut random).expect("the operating system has random bytes");
        Self(hex::encode(random))
    }

    /// The key itself.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Every form it could come out in, with the length of the pieces that are looked for: eight
    /// bytes of the key or what they become, and never so few that chance could make them.
    pub fn forms(&self) -> Vec<(&'static str, String, usize)> {
        let key = self.0.as_str();
        let mut forms = vec![
            ("raw", key.to_owned(), 8),
            ("reversed", key.chars().rev().collect(), 8),
            ("hex", hex::encode(key), 16),
            ("upper-case hex", hex::encode_upper(key), 16),
            ("hex reversed", hex::encode(key.bytes().rev().collect::<Vec<_>>()), 16),
            ("URL-encoded", url::form_urlencoded::byte_serialize(key.as_bytes()).collect(), 16),
            ("JSON-escaped", key.replace('/', r"\/"), 12),
            ("JSON-escaped", key.replace('&', r"\u0026"), 12),
            ("HTML-escaped", key.replace('&', "&amp;"), 12),
        ];
        // Base64 depends on where in a group of three bytes the key begins.
        for skipped in 0..3 {
            let rest = &key.as_bytes()[skipped..];
            forms.push(("base64", STANDARD_NO_PAD.encode(rest), 11));
            forms.push(("base64url", URL_SAFE_NO_PAD.encode(rest), 11));
        }
        forms
    }
}

impl fmt::Display for Canary {
    /// The key itself, for env files and the like.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place where a key or a token came out.
#[derive(Debug, PartialEq, Eq)]
pub struct Leak {
    /// Where: a stream's name or a file.
    pub place: String,
    /// What: the form of the key, or `signed token`.
    pub form: &'static str,
    /// At which byte.
    pub offset: usize,
}

/// Looks for canaries and for signed tokens.
pub struct Search {
    pieces: HashMap<Vec<u8>, &'static str>,
    pattern: Option<Regex>,
    token: Option<Regex>,
}

impl Search {
    /// A search for these keys, and for any signed token.
    pub fn new<'a>(canaries: impl IntoIterator<Item = &'a Canary>) -> Self {
        let mut pieces = HashMap::new();
        for (form, text, length) in canaries.into_iter().flat_map(Canary::forms) {
            for piece in text.as_bytes().windows(length) {
                pieces.entry(piece.to_vec()).or_insert(form);
            }
        }
        let pattern = (!pieces.is_empty()).then(|| any_of(pieces.keys()));
        let token = Some(Regex::new(SIGNED_TOKEN).expect("the pattern is right"));
        Self { pieces, pattern, token }
    }

    /// The same for a command whose very purpose is to show a token, such as `mint`.
    pub fn without_tokens(mut self) -> Self {
        self.token = None;
        self
    }

    /// What is found in these bytes; `place` says where they are from.
    pub fn in_bytes(&self, place: &str, bytes: &[u8]) -> Vec<Leak> {
        let leak = |form, offset| Leak { place: place.to_owned(), form, offset };
        let key = self.pattern.iter().flat_map(|pattern| pattern.find_iter(bytes));
        let token = self.token.iter().flat_map(|pattern| pattern.find_iter(bytes));
        key.map(|found| leak(self.pieces[found.as_bytes()], found.start()))
            .chain(token.map(|found| leak("signed token", found.start())))
            .collect()
    }

    /// What is found in the files below a folder, in their names and in the targets of links,
    /// except in files that `known` says are rightly there.
    pub fn in_tree(&self, folder: &Path, known: &dyn Fn(&Path) -> bool) -> Vec<Leak> {
        let mut leaks = Vec::new();
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            let name = path.to_string_lossy().into_owned();
            leaks.extend(self.in_bytes(&format!("the name {name}"), name.as_bytes()));
            if let Ok(target) = fs::read_link(&path) {
                leaks.extend(self.in_bytes(&name, target.to_string_lossy().as_bytes()));
            } else if path.is_dir() {
                leaks.extend(self.in_tree(&path, known));
            } else if !known(&path) {
                leaks.extend(self.in_bytes(&name, &fs::read(&path).unwrap_or_default()));
            }
        }
        leaks
    }
}

fn any_of<'a>(pieces: impl Iterator<Item = &'a Vec<u8>>) -> Regex {
    let escaped: Vec<String> =
        pieces.map(|piece| regex::escape(std::str::from_utf8(piece).expect("ASCII"))).collect();
    Regex::new(&escaped.join("|")).expect("an alternation of literals")
}
