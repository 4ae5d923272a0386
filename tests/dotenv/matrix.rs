//! matrix.csv holds 66 files, one a row, and what each of 33 loaders made of `JWT_SECRET` in it.

use std::fs;

use authprobe::key::dotenv::{DIALECTS, Dialect, DotenvError};

/// The variable that every file is about.
const VARIABLE: &str = "JWT_SECRET";

/// Loaders whose recorded error means that the variable was not set when it was asked for. Only
/// bytes that are no text make them refuse a file.
const ASKED: [&str; 3] = ["django-environ", "decouple", "starlette"];

/// Cells where the record holds what a run of the shell gave, and no reader can know that.
const NEEDS_A_RUN: [(&str, &[&str]); 5] = [
    ("b03_backtick", &["bash", "dash", "zsh"]),
    ("d06_dollar_dollar", &["bash", "dash", "zsh"]),
    ("d11_cmd_subst", &["bash", "dash", "zsh", "dotenv-expand-1000", "ruby-dotenv", "symfony"]),
    ("d12_cmd_subst_dq", &["bash", "dash", "zsh", "dotenv-expand-1000", "ruby-dotenv", "symfony"]),
    ("g06_tilde", &["bash", "dash", "zsh"]),
];

/// Cells that the record cannot tell apart: make's recipe printed an unset variable as an empty one.
const NOT_TOLD_APART: [(&str, &str); 1] = [("a11_colon", "make")];

/// What a loader yields, in the notation of the table.
fn reading(dialect: &Dialect, file: &[u8]) -> String {
    match dialect.value(file, VARIABLE) {
        Ok(Some(value)) => format!("hex:{}", hex::encode(value.expose())),
        Ok(None) => "missing".to_owned(),
        Err(DotenvError::Unknown) => "unknown".to_owned(),
        Err(_) => "error".to_owned(),
    }
}

/// What must be read, from what was recorded.
fn expected(case: &str, dialect: &str, recorded: &str, file: &[u8]) -> String {
    let needs_a_run =
        |(known, dialects): &(&str, &[&str])| *known == case && dialects.contains(&dialect);
    if NEEDS_A_RUN.iter().any(needs_a_run) {
        return "unknown".to_owned();
    }
    let is_text = std::str::from_utf8(file).is_ok() && !file.contains(&0);
    let refers = dialect == "django-environ"
        && [b"JWT_SECRET=$".as_slice(), b"JWT_SECRET=\"$"]
            .iter()
            .any(|begin| file.starts_with(begin));
    if recorded == "error" && ASKED.contains(&dialect) && is_text && !refers {
        return "missing".to_owned();
    }
    if NOT_TOLD_APART.contains(&(case, dialect)) {
        return "missing".to_owned();
    }
    // A name without `=` is null in some loaders, and not in the environment either way.
    recorded.replace("null", "missing")
}

#[test]
fn each_dialect_reads_every_recorded_file_as_its_loader_did() {
    let table = fs::read_to_string("tests/dotenv/matrix.csv").unwrap();
    let mut rows = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for row in rows {
        let file = hex::decode(row[1]).unwrap();
        for dialect in DIALECTS {
            let column = header.iter().position(|name| *name == dialect.name).unwrap();
            let wanted = expected(row[0], dialect.name, row[column], &file);
            let found = reading(dialect, &file);
            compared += 1;
            if found != wanted {
                wrong.push(format!(
                    "{} {}: {found}, recorded {}",
                    row[0], dialect.name, row[column]
                ));
            }
        }
    }
    assert_eq!(compared, 66 * 33);
    assert!(wrong.is_empty(), "{} cells\n{}", wrong.len(), wrong.join("\n"));
}
