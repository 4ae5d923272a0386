//! Setting a value: what it must change, what it must leave, and what it refuses.

use authprobe::key::dotenv::{DIALECTS, Dialect, SetError};
use authprobe::secret::Secret;
use proptest::prelude::*;

/// Sets `JWT_SECRET` in a file.
fn set(dialect: &str, file: &str, new: &str) -> Result<String, SetError> {
    let dialect = Dialect::named(dialect).unwrap();
    let changed = dialect.set(file.as_bytes(), "JWT_SECRET", &Secret::new(new))?;
    Ok(String::from_utf8(changed.expose().to_vec()).unwrap())
}

#[test]
fn a_plain_line_is_set_in_every_dialect_and_its_neighbours_stay() {
    let file = "# JWT_SECRET=no\nOTHER_JWT_SECRET=b\nJWT_SECRET=old\nJWT_SECRET_KEY=c\n";
    let wanted = file.replace("=old", "=0123abcd");
    for dialect in DIALECTS {
        assert_eq!(set(dialect.name, file, "0123abcd").as_ref(), Ok(&wanted), "{}", dialect.name);
    }
}

#[test]
fn only_the_value_that_counts_changes_and_its_quotes_and_comment_stay() {
    let rows = [
        ("python-dotenv", "JWT_SECRET=\"old\" # c\n", "JWT_SECRET=\"new\" # c\n"),
        ("python-dotenv", "JWT_SECRET=old # c\r\n", "JWT_SECRET=new # c\r\n"),
        ("python-dotenv", "JWT_SECRET=old#c\n", "JWT_SECRET=new\n"),
        ("dotenv", "JWT_SECRET=old#c\n", "JWT_SECRET=new#c\n"),
        ("docker", "JWT_SECRET=\"old\" # c\n", "JWT_SECRET=new\n"),
        ("docker", "JWT_SECRET= old\n", "JWT_SECRET=new\n"),
        ("bash", "export JWT_SECRET='old'; A=1\n", "export JWT_SECRET='new'; A=1\n"),
        ("python-dotenv", "JWT_SECRET=a\nJWT_SECRET=b\n", "JWT_SECRET=a\nJWT_SECRET=new\n"),
        ("dotenvy", "JWT_SECRET=a\nJWT_SECRET=b\n", "JWT_SECRET=new\nJWT_SECRET=b\n"),
        ("deno", "JWT_SECRET=a\nJWT_SECRET=b\n", "JWT_SECRET=new\nJWT_SECRET=b\n"),
        ("compose", "JWT_SECRET: old\n", "JWT_SECRET: new\n"),
        ("make", "JWT_SECRET := old\n", "JWT_SECRET := new\n"),
        ("compose", "JWT_SECRET=\"a\nb\"\nA=1\n", "JWT_SECRET=\"new\"\nA=1\n"),
        ("python-dotenv", "JWT_SECRET=${A}\n", "JWT_SECRET=new\n"),
        ("python-dotenv", "JWT_SECRET=\"x${A}\" # ${B}\n", "JWT_SECRET=\"new\" # ${B}\n"),
        ("python-dotenv", "JWT_SECRET=\n", "JWT_SECRET=new\n"),
        ("honcho", "JWT_SECRET=\n", "JWT_SECRET=new\n"),
        ("systemd", "JWT_SECRET=old", "JWT_SECRET=new"),
        ("python-dotenv", "JWT_SECRET=new\nJWT_SECRET=new\n", "JWT_SECRET=new\nJWT_SECRET=new\n"),
        ("python-dotenv", "\u{feff}JWT_SECRET=old\n", "\u{feff}JWT_SECRET=new\n"),
    ];
    for (dialect, file, wanted) in rows {
        assert_eq!(set(dialect, file, "new").as_deref(), Ok(wanted), "{dialect} {file:?}");
    }
}

#[test]
fn what_cannot_be_promised_is_refused() {
    let rows = [
        ("python-dotenv", "OTHER=a\n", "new", "NotSet"),
        ("python-dotenv", "# JWT_SECRET=a\n", "new", "NotSet"),
        ("python-dotenv", "JWT_SECRET=old\n", "a #b", "CannotHold"),
        ("python-dotenv", "JWT_SECRET='old'\n", "it's", "CannotHold"),
        ("python-dotenv", "JWT_SECRET=old\n", "a${B}", "CannotHold"),
        ("docker", "JWT_SECRET=old\n", "two\nlines", "CannotHold"),
        ("bash", "JWT_SECRET=old\n", "a;b", "CannotHold"),
        ("bash", "JWT_SECRET=old\n", "a b", "CannotHold"),
        ("python-dotenv", "JWT_SECRET=old\nB=${JWT_SECRET}\n", "new", "ChangesOthers"),
        ("docker", "A B=c\nJWT_SECRET=old\n", "new", "Unreadable(WhiteSpace(1))"),
        ("bash", "source other\nJWT_SECRET=old\n", "new", "Unreadable(Unknown)"),
    ];
    for (dialect, file, new, wanted) in rows {
        let refused = set(dialect, file, new).expect_err(file);
        assert_eq!(format!("{refused:?}"), wanted, "{dialect} {file:?}");
    }
}

/// Lines as people write them, and some that they do not mean.
fn line() -> impl Strategy<Value = String> {
    let name = prop_oneof![4 => Just("JWT_SECRET"), 1 => Just("A"), 1 => Just("MY_JWT_SECRET")];
    let value = "[a-z0-9 #'\"$\\\\=]{0,8}";
    let (before, end) = (
        prop_oneof![Just(""), Just("export "), Just("# "), Just(" ")],
        prop_oneof![Just(""), Just(" # c")],
    );
    let quote = prop_oneof![2 => Just(""), 1 => Just("\""), 1 => Just("'")];
    (before, name, quote, value, end).prop_map(|(before, name, quote, value, end)| {
        format!("{before}{name}={quote}{value}{quote}{end}\n")
    })
}

proptest! {
    #[test]
    fn what_is_set_is_read_and_nothing_else_changes(
        lines in prop::collection::vec(line(), 1..5),
        new in "[a-zA-Z0-9+/=#$ ]{1,12}",
    ) {
        let file = lines.concat();
        for dialect in DIALECTS {
            let Ok(changed) = dialect.set(file.as_bytes(), "JWT_SECRET", &Secret::new(new.as_str())) else {
                continue;
            };
            let (before, after) = (file.as_bytes(), changed.expose());
            let read = dialect.value(after, "JWT_SECRET");
            prop_assert_eq!(read, Ok(Some(Secret::new(new.as_str()))), "{}", dialect.name);
            // One stretch holds the new value; the bytes around it are the old ones.
            let fits = |at: usize| {
                let tail = after.len() - at - new.len();
                after[at..].starts_with(new.as_bytes())
                    && before.starts_with(&after[..at])
                    && before.len() >= at + tail
                    && before.ends_with(&after[after.len() - tail..])
            };
            prop_assert!((0..=after.len() - new.len()).any(fits), "{} {file:?}", dialect.name);
            let others = |bytes: &[u8]| {
                let mut all = dialect.bindings(bytes).unwrap();
                all.retain(|(name, _)| name != "JWT_SECRET");
                all
            };
            prop_assert_eq!(others(before), others(after), "{}", dialect.name);
        }
    }
}
