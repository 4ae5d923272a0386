//! Options of the command line in, what the same words of probes.yaml would mean out. Never reads a
//! key, and hides from excerpts whatever may be one.

use super::command_line::{CommandLine, json_or_text, mapping, part, text};
use super::conceal;
use super::decode::{Decode as _, Reader};
use super::problem::Problem;
use super::raw;
use super::scalars::EncodingName;
use super::settings;
use super::sources::{self, PlacedSource};
use super::tree::{Node, Placed};
use super::unions::Timeout;
use crate::key::{Encoding, Origin, Source};
use crate::plan::{Carrier, Timeouts, TokenSpec};
use crate::secret::Secret;

/// Who test tokens speak for, unless a claim says otherwise.
const SUBJECT: &str = "authprobe";

/// Where a key is read.
#[derive(Debug, Clone)]
pub enum KeyArgument {
    /// An environment variable.
    Env(String),
    /// A file: every byte of it is the key.
    File(String),
    /// `FILE:VARIABLE`, an env file and a variable in it.
    Dotenv(String),
    /// What stood on standard input: every byte of it is the key.
    Input(Secret),
}

/// Where the token travels.
#[derive(Debug, Clone)]
pub enum CarrierArgument {
    /// `NAME`, or `NAME: SCHEME` with the word before the token.
    Header(String),
    /// A cookie's name.
    Cookie(String),
    /// A query parameter's name.
    Query(String),
}

/// What every test token carries.
pub(super) fn token(
    algorithm: Option<&str>,
    claims: &[String],
    line: &mut CommandLine,
    reader: &mut Reader,
) -> Option<TokenSpec> {
    let algorithm = algorithm.map(|name| text(line.write("--alg", name)));
    let mut members = Vec::new();
    for claim in claims {
        let written = line.write("--claim", claim);
        members.extend(member(&written, reader));
    }
    let nowhere = 0..0;
    let usual = Placed { value: SUBJECT.to_owned(), place: nowhere.clone() };
    let usual = mapping(&nowhere, [("sub", Some(text(usual)))]);
    let claims = Placed { value: Node::Map(members), place: nowhere.clone() };
    let mut layer = |algorithm, claims| {
        let node = mapping(&nowhere, [("algorithm", algorithm), ("claims", Some(claims))]);
        let value = raw::Token::decode(&node, reader)?;
        Some(Placed { value, place: node.place })
    };
    let (usual, given) = (layer(None, usual)?, layer(algorithm, claims)?);
    Some(settings::token(&[Some(&usual), Some(&given)], reader))
}

/// `name=value`, as a member of a mapping.
fn member(written: &Placed<String>, reader: &mut Reader) -> Option<(Placed<Node>, Placed<Node>)> {
    let Some((name, _)) = written.value.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        reader.hidden.push(written.place.clone());
        let problem = Problem::at(&written.place, "this claim has no name or no value");
        reader.report(problem.help("write both: --claim iss=RemoteHive"));
        return None;
    };
    let value = part(written, name.len() + 1..written.value.len());
    Some((text(part(written, 0..name.len())), json_or_text(value)))
}

/// Where the token travels.
pub(super) fn carrier(
    given: Option<&CarrierArgument>,
    line: &mut CommandLine,
    reader: &mut Reader,
) -> Option<Carrier> {
    let Some(given) = given else { return Some(settings::carrier(&[], reader)) };
    let (field, option, given) = match given {
        CarrierArgument::Header(given) => ("header", "--header", given),
        CarrierArgument::Cookie(given) => ("cookie", "--cookie", given),
        CarrierArgument::Query(given) => ("query", "--query", given),
    };
    let written = line.write(option, given);
    let (name, scheme) = match written.value.find(':') {
        Some(colon) if field == "header" => {
            (part(&written, 0..colon), Some(scheme(&written, colon + 1, reader)?))
        }
        _ => (written.clone(), None),
    };
    if !is_plain(&name.value) {
        // Whoever types NAME=VALUE, as for curl, may have typed a token.
        reader.hidden.push(written.place.clone());
    }
    let fields = [(field, Some(text(name))), ("scheme", scheme.map(text))];
    let send = raw::Send::decode(&mapping(&written.place, fields), reader)?;
    Some(settings::carrier(&[Some(&Placed { value: send, place: written.place })], reader))
}

/// The word after the colon of `NAME: SCHEME`; no word means that the token stands alone.
fn scheme(written: &Placed<String>, from: usize, reader: &mut Reader) -> Option<Placed<String>> {
    let after = &written.value[from..];
    let start = from + after.len() - after.trim_start().len();
    let scheme = part(written, start..start + after.trim().len());
    if is_scheme(&scheme.value) {
        return Some(scheme);
    }
    reader.hidden.push(scheme.place.clone());
    let problem = Problem::at(&scheme.place, "this is not the scheme before a token");
    reader
        .report(problem.help("authprobe adds the token itself: --header 'Authorization: Bearer'"));
    None
}

/// The registered schemes are such words (RFC 9110 section 16.4.1), but for two with digits; with
/// digits in it, it may be the token or a key.
fn is_scheme(word: &str) -> bool {
    word.len() <= 16 && word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
}

fn is_plain(name: &str) -> bool {
    name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// The limits of time for one request.
pub(super) fn timeouts(
    given: Option<&str>,
    line: &mut CommandLine,
    reader: &mut Reader,
) -> Option<Timeouts> {
    let Some(given) = given else { return Some(Timeouts::default()) };
    let given = text(line.write("--timeout", given));
    let timeout = Placed { value: Timeout::decode(&given, reader)?, place: given.place };
    Some(settings::timeouts(&[Some(&timeout)], reader))
}

/// How the keys' texts become bytes.
pub(super) fn encoding(
    given: Option<&str>,
    line: &mut CommandLine,
    reader: &mut Reader,
) -> Option<Encoding> {
    let Some(given) = given else { return Some(Encoding::Raw) };
    EncodingName::decode(&text(line.write("--encoding", given)), reader).map(|name| name.0)
}

/// Where a key is read; `option` is what the options for it begin with.
pub(super) fn source(
    option: &str,
    given: &KeyArgument,
    encoding: Encoding,
    line: &mut CommandLine,
    reader: &mut Reader,
) -> Option<PlacedSource> {
    let (place, fields) = match given {
        KeyArgument::Input(read) => {
            let written = line.write(&format!("{option}-file"), "-");
            let source = Source { origin: Origin::Input { text: read.clone() }, encoding };
            let (origin, variable) = (written.place.clone(), written.place);
            return Some(PlacedSource {
                source,
                origin,
                variable,
                has_dialect: false,
                guess: None,
                is_suspect: false,
            });
        }
        KeyArgument::Env(name) => {
            let written = line.write(&format!("{option}-env"), name);
            (written.place.clone(), [("env", Some(text(written))), ("", None)])
        }
        KeyArgument::File(file) => {
            let written = line.write(&format!("{option}-file"), file);
            (written.place.clone(), [("file", Some(text(written))), ("", None)])
        }
        KeyArgument::Dotenv(given) => {
            let written = line.write(&format!("{option}-dotenv"), given);
            let (file, variable) = dotenv(&written, reader)?;
            (written.place, [("dotenv", Some(text(file))), ("variable", Some(text(variable)))])
        }
    };
    let given = raw::KeySource::decode(&mapping(&place, fields), reader)?;
    let mut placed = sources::source(&given, &place, reader)?;
    placed.source.encoding = encoding;
    if matches!(&placed.source.origin, Origin::Env { variable } if !is_usual(variable)) {
        placed.is_suspect = true;
        reader.hidden.push(place);
    }
    Some(placed)
}

/// `FILE:VARIABLE`.
fn dotenv(
    written: &Placed<String>,
    reader: &mut Reader,
) -> Option<(Placed<String>, Placed<String>)> {
    let Some(colon) = written.value.rfind(':') else {
        let problem = Problem::at(&written.place, "this names no variable");
        reader.report(problem.help("write the file and the variable: .env:JWT_SECRET_KEY"));
        return None;
    };
    Some((part(written, 0..colon), part(written, colon + 1..written.value.len())))
}

/// What variables are called by custom (POSIX, XBD section 8.1). Another text where a variable's
/// name belongs may be the key itself.
fn is_usual(variable: &str) -> bool {
    !conceal::looks_like_key(variable)
        && variable.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carrier_of(given: &CarrierArgument) -> Result<String, usize> {
        let mut reader = Reader::default();
        let carrier = carrier(Some(given), &mut CommandLine::default(), &mut reader);
        match carrier {
            Some(carrier) if reader.problems.is_empty() => Ok(carrier.to_string()),
            _ => Err(reader.problems.len()),
        }
    }

    #[test]
    fn a_header_may_name_its_scheme() {
        let rows = [
            ("Authorization", Ok("header Authorization: Bearer")),
            ("Authorization: JWT", Ok("header Authorization: JWT")),
            ("authorization:Token", Ok("header authorization: Token")),
            ("Authorization:", Ok("header Authorization")),
            ("X-Access-Token", Ok("header X-Access-Token")),
            ("X Access", Err(1)),
            ("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9", Err(1)),
            ("X-Api-Key: hunter2", Err(1)),
        ];
        for (given, expected) in rows {
            let found = carrier_of(&CarrierArgument::Header(given.to_owned()));
            assert_eq!(found.as_deref(), expected.as_ref().copied(), "{given}");
        }
    }

    #[test]
    fn a_cookie_that_is_typed_with_a_value_is_refused() {
        let refused = carrier_of(&CarrierArgument::Cookie("access_token=eyJhbGciOiJI".to_owned()));
        assert_eq!(refused, Err(1));
    }
}
