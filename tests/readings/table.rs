//! Every row of the readings: a key in, what the row makes of it out.

use authprobe::key::Reading;
use authprobe::key::reading::{TABLE, Written, readings};
use authprobe::secret::Secret;

const VARIABLE: &str = "JWT_SECRET";
const FILE: &str = "A=1\nJWT_SECRET=\"key\" # c\nB=2\n";
const LONG: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-and-more";
const BINARY: &[u8] = b"\x00\xff key";

/// Code, key, what becomes of it; `None` where the row does not apply or changes nothing.
type Row = (&'static str, &'static [u8], Option<&'static [u8]>);

/// What Node, Python and the loaders made of such keys was recorded with the programs themselves;
/// the hash is the first example of FIPS 180-4.
const ROWS: &[Row] = &[
    ("trailing-newline", b"key", Some(b"key\n")),
    ("trailing-newline", BINARY, Some(b"\x00\xff key\n")),
    ("double-quoted", b"key", Some(b"\"key\"")),
    ("double-quoted", BINARY, None),
    ("base64-decoded", b"+/8=", Some(b"\xfb\xff")),
    ("base64-decoded", b"+/8", Some(b"\xfb\xff")),
    ("base64-decoded", b"+/9=", Some(b"\xfb\xff")),
    ("base64-decoded", b"-_8=", None),
    ("hex-decoded", b"00fFa0", Some(b"\x00\xff\xa0")),
    ("hex-decoded", b"0x00ff", Some(b"\x00\xff")),
    ("hex-decoded", b"00f", None),
    ("trailing-newline-removed", b"key\r\n", Some(b"key")),
    ("trailing-newline-removed", b"key \n", Some(b"key ")),
    ("trailing-newline-removed", b"key", None),
    ("trimmed", b" \tkey \n", Some(b"key")),
    ("trimmed", b"a key", None),
    ("as-written", b"key", Some(b"\"key\" # c")),
    ("cut-at-hash", b"ab#cd", Some(b"ab")),
    ("cut-at-hash", b"ab #cd", Some(b"ab")),
    ("cut-at-hash", b"#ab", None),
    ("cut-at-hash", b"ab", None),
    ("cut-at-spaced-hash", b"a#b #cd", Some(b"a#b")),
    ("cut-at-spaced-hash", b"a#b", None),
    ("references-removed", b"ab$cd", Some(b"ab")),
    ("references-removed", b"ab$$cd-$1${e}f$", Some(b"ab$-$1f$")),
    ("references-removed", b"ab$1", None),
    ("braced-references-removed", b"ab$cd${e}f", Some(b"ab$cdf")),
    ("braced-references-removed", b"ab$cd", None),
    ("dollars-halved", b"ab$$cd$$$e", Some(b"ab$cd$$e")),
    ("dollars-halved", b"ab$cd", None),
    ("compose-interpolated", b"ab$$cd$ef-${g}h", Some(b"ab$cd-h")),
    ("compose-interpolated", b"abcd", None),
    ("quotes-removed", b"'key'", Some(b"key")),
    ("quotes-removed", b"\"key\"", Some(b"key")),
    ("quotes-removed", b"`key`", Some(b"key")),
    ("quotes-removed", b"'key\"", None),
    ("first-line", b"one\r\ntwo\n", Some(b"one")),
    ("first-line", b"one", None),
    ("lines-joined", b"one\r\ntwo\n", Some(b"onetwo")),
    ("lines-joined", b"one\n", None),
    ("newlines-escaped", b"one\ntwo\n", Some(b"one\\ntwo")),
    ("newlines-escaped", b"one", None),
    ("newlines-as-spaces", b"one\ntwo\n", Some(b"one two")),
    ("newlines-as-spaces", b"one", None),
    ("escapes-processed", b"a\\nb\\qc\\\\d", Some(b"a\nb\\qc\\d")),
    ("escapes-processed", b"ab", None),
    ("backslashes-removed", b"a\\nb\\qc\\\\d\\", Some(b"anbqc\\d\\")),
    ("backslashes-removed", b"ab", None),
    ("trailing-carriage-return", b"key", Some(b"key\r")),
    ("trailing-crlf", b"key", Some(b"key\r\n")),
    ("single-quoted", b"key", Some(b"'key'")),
    ("single-quoted", BINARY, None),
    ("trailing-space", b"key", Some(b"key ")),
    ("trailing-space", BINARY, None),
    ("base64-encoded", b"\xfb\xff", Some(b"+/8=")),
    ("cut-at-dollar", b"a$1b$c", Some(b"a$1b")),
    ("cut-at-dollar", b"a${b}c", Some(b"a")),
    ("cut-at-dollar", b"a$1b", None),
    ("cut-at-space", b"foo bar baz", Some(b"foo")),
    ("cut-at-space", b"foo", None),
    ("cut-at-semicolon", b"abc;def", Some(b"abc")),
    ("cut-at-semicolon", b"abc", None),
    ("base64url-decoded", b"-_8", Some(b"\xfb\xff")),
    ("base64url-decoded", b"+/8=", None),
    ("base64-decoded-by-node", b"your-secret-key", Some(b"\xca\x8b\xab\xfa\xc7\x9c\xad\xeb\x7e\x91\xec")),
    ("base64-decoded-by-node", b"abcd=efgh", Some(b"\x69\xb7\x1d")),
    ("base64-decoded-by-node", b"=abcd", None),
    ("base64-decoded-by-jaxb", b"your-secret-key", Some(b"\xca\x8b\xab\xb1\xe7\x2b\x7a\xd9\x1e")),
    ("base64-decoded-by-jaxb", b"abc", None),
    ("base64-decoded-by-python", b"abcd=efgh", Some(b"\x69\xb7\x1d\x79\xf8\x21")),
    ("base64-decoded-by-python", b"abcdefg==hijk", Some(b"\x69\xb7\x1d\x79\xf8")),
    ("base64-decoded-by-python", b"ab=cd", Some(b"\x69\xb7\x1d")),
    ("base64-decoded-by-python", b"your-secret-key", None),
    ("hex-decoded-by-node", b"12g4", Some(b"\x12")),
    ("hex-decoded-by-node", b"a1B2f", Some(b"\xa1\xb2")),
    ("hex-decoded-by-node", b"0x12", None),
    ("hex-encoded", b"\xfb\x0f", Some(b"fb0f")),
    ("hex-encoded-upper-case", b"\xfb\x0f", Some(b"FB0F")),
    ("upper-cased", b"00ff", Some(b"00FF")),
    ("upper-cased", b"00fg", None),
    ("lower-cased", b"00FF", Some(b"00ff")),
    ("lower-cased", b"00ff", None),
    ("literal-braces", b"key", Some(b"${JWT_SECRET}")),
    ("literal-dollar", b"key", Some(b"$JWT_SECRET")),
    ("literal-parentheses", b"key", Some(b"$(JWT_SECRET)")),
    ("literal-name", b"key", Some(b"JWT_SECRET")),
    ("literal-name", b"JWT_SECRET", None),
    ("assignment", b"key", Some(b"JWT_SECRET=key")),
    ("assignment", BINARY, None),
    ("assignment-exported", b"key", Some(b"export JWT_SECRET=key")),
    ("assignment-exported", BINARY, None),
    ("whole-line", b"key", Some(b"JWT_SECRET=\"key\" # c")),
    ("whole-file", b"key", Some(FILE.as_bytes())),
    (
        "sha256",
        b"abc",
        Some(b"\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad"),
    ),
    ("sha256", LONG.as_bytes(), None),
    (
        "sha256-hex",
        b"abc",
        Some(b"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ),
    ("cut-to-16", LONG.as_bytes(), Some(b"0123456789abcdef")),
    ("cut-to-16", b"0123456789abcdef", None),
    ("cut-to-32", LONG.as_bytes(), Some(b"0123456789abcdef0123456789abcdef")),
    ("cut-to-32", b"key", None),
    ("cut-to-48", LONG.as_bytes(), Some(b"0123456789abcdef0123456789abcdef0123456789abcdef")),
    ("cut-to-48", b"key", None),
    (
        "cut-to-64",
        LONG.as_bytes(),
        Some(b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
    ),
    ("cut-to-64", b"key", None),
    ("zero-x-prefixed", b"00ff", Some(b"0x00ff")),
    ("zero-x-prefixed", b"key", None),
    ("zero-x-removed", b"0X00ff", Some(b"00ff")),
    ("zero-x-removed", b"0xylophone", None),
    ("percent-decoded", b"a%2Bb+%zz", Some(b"a+b+%zz")),
    ("percent-decoded", b"ab", None),
    ("plus-as-space", b"a%2Bb+c", Some(b"a%2Bb c")),
    ("plus-as-space", b"ab", None),
    ("form-decoded", b"a%2Bb+c", Some(b"a+b c")),
    ("form-decoded", b"a+b", None),
    ("base64-encoded-with-newline", b"key", Some(b"a2V5Cg==")),
    ("base64-encoded-unpadded", b"\xfb\xff", Some(b"+/8")),
    ("base64url-encoded-unpadded", b"\xfb\xff", Some(b"-_8")),
    ("base64url-encoded", b"\xfb\xff", Some(b"-_8=")),
    ("backticked", b"key", Some(b"`key`")),
    ("backticked", BINARY, None),
    ("trailing-tab", b"key", Some(b"key\t")),
    ("trailing-tab", BINARY, None),
    ("leading-space", b"key", Some(b" key")),
    ("leading-space", BINARY, None),
    ("byte-order-mark", b"key", Some(b"\xef\xbb\xbfkey")),
    ("byte-order-mark", BINARY, None),
    ("utf-16le", b"k\xc3\xa9", Some(b"k\0\xe9\0")),
    ("utf-16le", BINARY, None),
    ("utf-16be", b"k\xc3\xa9", Some(b"\0k\0\xe9")),
    ("utf-16be", BINARY, None),
    ("python-bytes-literal", b"key", Some(b"b'key'")),
    ("python-bytes-literal", b"it's", None),
];

/// What a row makes of a key that stands in [`FILE`].
fn read(code: &str, key: &[u8]) -> Option<Vec<u8>> {
    let row = Reading::of(code).unwrap_or_else(|| panic!("there is no row {code}"));
    let (key, file) = (Secret::new(key), Secret::new(FILE));
    let written = Written { key: &key, variable: Some(VARIABLE), file: Some(&file) };
    row.read(written).map(|secret| secret.expose().to_vec())
}

#[test]
fn each_row_makes_what_its_reader_makes_of_the_key() {
    let mut wrong = Vec::new();
    for (code, key, wanted) in ROWS {
        let found = read(code, key);
        if found.as_deref() != *wanted {
            let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
            wrong.push(format!("{code} of {}: {:?}", text(key), found.as_deref().map(text)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_line_of_a_variable_is_found_behind_export_and_never_behind_a_longer_name() {
    let (key, row) = (Secret::new("key"), Reading::of("whole-line").unwrap());
    for (file, line) in [
        ("  export JWT_SECRET = key\nA=1\n", Some("  export JWT_SECRET = key")),
        ("JWT_SECRET_KEY=no\nMY_JWT_SECRET=no\n#JWT_SECRET=no\n", None),
        ("JWT_SECRET=first\nJWT_SECRET=last\n", Some("JWT_SECRET=last")),
    ] {
        let file = Secret::new(file);
        let written = Written { key: &key, variable: Some(VARIABLE), file: Some(&file) };
        let found = row.read(written);
        assert_eq!(found.as_ref().map(Secret::expose), line.map(str::as_bytes));
    }
}

#[test]
fn every_row_is_tested_and_stands_once() {
    for row in TABLE {
        let tested = ROWS.iter().any(|(code, _, wanted)| *code == row.code && wanted.is_some());
        assert!(tested, "{} is not tested", row.code);
        assert_eq!(TABLE.iter().filter(|other| other.code == row.code).count(), 1, "{}", row.code);
    }
}

#[test]
fn every_row_says_in_words_what_it_is_how_it_comes_about_and_how_it_is_mended() {
    for row in TABLE {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(row.code.chars().all(kebab), "{}", row.code);
        assert!(row.what.starts_with(|c: char| c.is_lowercase()), "{}", row.what);
        assert!(!row.origin.ends_with('.') && !row.origin.is_empty(), "{}", row.origin);
        assert!(row.mend.ends_with('.'), "{}", row.mend);
        assert_eq!(TABLE.iter().filter(|other| other.what == row.what).count(), 1, "{}", row.what);
    }
}

#[test]
fn readings_without_a_variable_or_a_file_are_left_out_and_equal_bytes_are_tried_once() {
    let key = Secret::new("0123456789abcdef");
    let found = readings(Written { key: &key, variable: None, file: None });
    let codes: Vec<&str> = found.iter().map(|(row, _)| row.code).collect();
    for absent in ["literal-name", "assignment", "whole-file", "as-written", "cut-to-16"] {
        assert!(!codes.contains(&absent), "{absent}");
    }
    // Base64 of hexadecimal digits is the same in both alphabets, and for every decoder.
    let base64: Vec<_> = codes.iter().filter(|code| code.starts_with("base64")).collect();
    let once = [
        "base64-decoded",
        "base64-encoded",
        "base64-encoded-with-newline",
        "base64-encoded-unpadded",
    ];
    assert_eq!(base64, once.iter().collect::<Vec<_>>());
    for (index, (_, secret)) in found.iter().enumerate() {
        assert!(*secret != key && found[..index].iter().all(|(_, other)| other != secret));
    }
}
