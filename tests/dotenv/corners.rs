//! Corners of the grammars, beyond what was recorded.

use authprobe::key::dotenv::Dialect;

/// What a loader yields, in the notation of the table.
fn reading(dialect: &Dialect, file: &[u8]) -> String {
    match dialect.value(file, "JWT_SECRET") {
        Ok(Some(value)) => format!("hex:{}", hex::encode(value.expose())),
        Ok(None) => "missing".to_owned(),
        Err(_) => "error".to_owned(),
    }
}

/// Beyond the table: the corners of the two grammars.
#[test]
fn references_defaults_comments_and_export_are_read_as_the_loaders_do() {
    let rows: &[(&str, &str, Option<&str>)] = &[
        ("python-dotenv", "A=1\nJWT_SECRET=${A}${B}-${C:-x y}\n", Some("1-x y")),
        ("python-dotenv", "A=\nJWT_SECRET=${A:-x}\n", Some("")),
        ("python-dotenv", "JWT_SECRET=${A\nA=1\n", Some("${A")),
        ("python-dotenv", "JWT_SECRET=${JWT_SECRET}\n", Some("")),
        ("python-dotenv", "JWT_SECRET=${A}\nA=later\n", Some("")),
        ("python-dotenv", "JWT_SECRET=$HOME/${HOME}\n", Some("$HOME/")),
        ("python-dotenv", "# JWT_SECRET=no\n\n  export\tJWT_SECRET = yes # c\n", Some("yes")),
        ("python-dotenv", "exportJWT_SECRET=no\n", None),
        ("python-dotenv", "'JWT_SECRET'=quoted name\n", Some("quoted name")),
        ("python-dotenv", "X=\"open\nJWT_SECRET=after\n", Some("after")),
        ("python-dotenv", "=nameless\nJWT_SECRET=after\n", Some("after")),
        ("python-dotenv", "JWT_SECRET='a\\'\n", None),
        ("python-dotenv", "JWT_SECRET=\"\\t\\q\\\"\"\n", Some("\t\\q\"")),
        ("python-dotenv", "JWT_SECRET=a\rX=b\r", Some("a")),
        ("python-dotenv", "JWT_SECRET=set\nJWT_SECRET\n", None),
        ("docker", "JWT_SECRET=a=b\n", Some("a=b")),
        ("docker", "JWT_SECRET=set\nJWT_SECRET\n", Some("set")),
        ("docker", "#JWT_SECRET=no\n\t# no\n", None),
        ("docker", "JWT_SECRET=${HOME}\n", Some("${HOME}")),
    ];
    for (dialect, file, wanted) in rows {
        let found = reading(Dialect::named(dialect).unwrap(), file.as_bytes());
        let wanted =
            wanted.map_or("missing".to_owned(), |text| format!("hex:{}", hex::encode(text)));
        assert_eq!(found, wanted, "{dialect} {file:?}");
    }
}
