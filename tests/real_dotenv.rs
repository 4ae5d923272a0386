//! Env files of random lines, read by the loaders themselves and by the dialects that stand for
//! them: every difference is listed, and none is known.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use authprobe::key::dotenv::{Dialect, DotenvError};
use real::loaders::{LOADERS, Reading, write};
use real::started;

/// How many files, each with one to three lines.
const FILES: usize = 5000;
/// What a value is made of: letters, and every character that some loader takes for its own.
const PIECES: [&str; 40] = [
    "a", "b", "cd", "Z", "0", "9", "=", "==", "+", "/", "-", "_", ".", ":", ",", "@", "%", "^",
    "~", "#", " #", "\t", " ", "  ", "'", "\"", "'", "\"", "`", "\\", "\\n", "\\\"", "$", "$A",
    "${A}", "${B:-c}", "$$", "!", ";", "é",
];
/// What a line begins with.
const BEGINNINGS: [&str; 12] = [
    "JWT_SECRET=",
    "JWT_SECRET=",
    "JWT_SECRET=",
    "JWT_SECRET=\"",
    "JWT_SECRET='",
    "export JWT_SECRET=",
    "JWT_SECRET = ",
    " JWT_SECRET=",
    "A=",
    "JWT_SECRET",
    "# ",
    "JWT_SECRET: ",
];

/// One file of one to three lines; the same seed gives the same files.
fn file(random: &mut fastrand::Rng) -> String {
    let mut text = String::new();
    for _ in 0..random.usize(1..=3) {
        let begin = random.choice(BEGINNINGS).unwrap();
        text.push_str(begin);
        for _ in 0..random.usize(0..8) {
            text.push_str(random.choice(PIECES).unwrap());
        }
        match begin.chars().last().filter(|c| ['\'', '"'].contains(c)) {
            Some(quote) if random.u8(..) < 200 => text.push(quote),
            _ => {}
        }
        text.push_str(random.choice(["\n", "\n", "\n", "\r\n", " # c\n"]).unwrap());
    }
    text
}

/// What the dialect reads; `None` where it says that only a run could tell.
fn ours(dialect: &str, text: &str) -> Option<Reading> {
    match Dialect::named(dialect).unwrap().value(text.as_bytes(), "JWT_SECRET") {
        Ok(Some(value)) => Some(Reading::Value(value.expose().to_vec())),
        Ok(None) => Some(Reading::Unset),
        Err(DotenvError::Unknown) => None,
        Err(_) => Some(Reading::Refused),
    }
}

#[test]
fn random_files_are_read_as_the_loaders_read_them() {
    let mut random = fastrand::Rng::with_seed(7);
    let files: Vec<String> = std::iter::repeat_with(|| file(&mut random)).take(FILES).collect();
    let lines: usize = files.iter().map(|file| file.lines().count()).sum();
    assert!(lines >= 9_900, "{lines} lines");
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &files);
    let mut wrong = Vec::new();
    for loader in LOADERS {
        let readings = started!((loader.read)(folder.path(), files.len()));
        assert_eq!(readings.len(), files.len(), "{}", loader.dialect);
        let mut unknown = 0;
        for (file, theirs) in files.iter().zip(readings) {
            match ours(loader.dialect, file) {
                None => unknown += 1,
                Some(ours) if ours == theirs => {}
                Some(ours) => wrong
                    .push(format!("{} {file:?}\n  {theirs:?}, read as {ours:?}", loader.dialect)),
            }
        }
        // Only the shells have what cannot be told, and most can be told of them too.
        let most = if ["bash", "dash"].contains(&loader.dialect) { files.len() / 3 } else { 0 };
        assert!(unknown <= most, "{}: {unknown} unknown", loader.dialect);
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}
