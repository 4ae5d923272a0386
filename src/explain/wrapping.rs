//! What somebody pasted in, the text that should be the token out: takes off quotes, header names,
//! scheme words, cookie names, or a whole curl line. Never decides whether it is a token.

use std::sync::LazyLock;

use regex::Regex;

/// What ends a token inside a larger text.
const DELIMITERS: [char; 10] = ['"', '\'', '`', ';', ',', '&', '<', '>', ')', '\\'];

/// The text in which the token stands, without what was around it.
pub(super) fn unwrap(pasted: &str) -> &str {
    #[expect(clippy::expect_used, reason = "constant patterns, covered by the test below")]
    static BEGINNING: LazyLock<Regex> = LazyLock::new(|| {
        // The base64url of `{"`, of `{ ` and of a brace with a line break after it, and not in the
        // middle of a token.
        Regex::new(r"(?:^|[^A-Za-z0-9_.-])((?:eyJ|eyA|ewo|ew0|ewk)[A-Za-z0-9_-])")
            .expect("the pattern is valid")
    });
    let text = bare(pasted);
    match BEGINNING.captures(text).and_then(|found| found.get(1)) {
        Some(found) => up_to_the_end(&text[found.start()..]),
        None => without_names(text),
    }
}

/// Without blanks, quotes and byte order marks around it.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\u{feff}'))
}

/// Up to a delimiter, or to a blank after which something else begins. A blank inside the token
/// stays: it is what is wrong with it.
fn up_to_the_end(text: &str) -> &str {
    let text = text.split(DELIMITERS).next().unwrap_or_default().trim_end();
    for (at, _) in text.match_indices(char::is_whitespace) {
        let rest = text[at..].trim_start();
        let goes_on =
            |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || "-_.=".contains(c);
        if rest.starts_with('-') || !rest.chars().all(goes_on) {
            return text[..at].trim_end();
        }
    }
    text
}

/// Without a header's name, a scheme word or a cookie's name, where nothing looks like a token.
fn without_names(text: &str) -> &str {
    #[expect(clippy::expect_used, reason = "constant patterns, covered by the test below")]
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        let header = r"(?:(?:Proxy-)?Authorization|(?:Set-)?Cookie|X-[A-Za-z-]+)\s*:\s*";
        let scheme = r"(?:Bearer|JWT|Token)(?:\s+|$)";
        let cookie = r"[A-Za-z_][A-Za-z0-9_-]*=[^=]";
        Regex::new(&format!("^(?i:{header}|{scheme}|{cookie})")).expect("the pattern is valid")
    });
    let mut rest = text;
    while let Some(found) = NAME.find(rest) {
        // A cookie's name ends with its sign; one more character was looked at.
        let end = found.as_str().find('=').map_or(found.end(), |sign| sign + 1);
        rest = bare(&rest[end..]);
    }
    rest.split(';').next().map_or(rest, bare)
}

#[cfg(test)]
mod tests {
    use super::unwrap;

    #[test]
    fn the_token_is_found_in_whatever_it_was_copied_with() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln-_";
        for (before, after) in [
            ("", ""),
            ("  \n", "\r\n\n"),
            ("\u{feff}", ""),
            ("\"", "\""),
            ("'", "'\n"),
            ("Bearer ", ""),
            ("bearer  ", "\n"),
            ("Authorization: Bearer ", "\r\n"),
            ("authorization:Bearer ", ""),
            ("Cookie: theme=dark; access_token=", "; lang=de"),
            ("access_token=", ""),
            ("{\"access_token\":\"", "\",\"token_type\":\"bearer\"}"),
            ("curl -sS -H 'Authorization: Bearer ", "' https://main.example/api/v1/auth/me"),
            ("curl https://main.example/me --cookie \"access_token=", "\" -v"),
            ("curl -H Authorization:\\ Bearer\\ ", " http://127.0.0.1:8000/me"),
            ("curl -b access_token=", " -v"),
            ("https://main.example/me?token=", "&x=1"),
        ] {
            assert_eq!(unwrap(&format!("{before}{token}{after}")), token, "{before:?} {after:?}");
        }
    }

    #[test]
    fn what_is_no_token_is_left_as_it_is_without_the_names_around_it() {
        for (pasted, text) in [
            ("", ""),
            (" \n", ""),
            ("Authorization: Bearer", ""),
            ("Authorization: Bearer opaque-123", "opaque-123"),
            ("Cookie: session=abc; x=y", "abc"),
            ("a.b.c", "a.b.c"),
            ("abc=", "abc="),
            // A line break inside is what is wrong with it, so it stays.
            ("Bearer eyJhbGci.eyJz\ndWIi.c2ln", "eyJhbGci.eyJz\ndWIi.c2ln"),
        ] {
            assert_eq!(unwrap(pasted), text, "{pasted:?}");
        }
    }
}
