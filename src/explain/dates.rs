//! A time claim in, what it says out: a `NumericDate` (RFC 7519 section 2) or one of the ways in
//! which it is miswritten. Never reads a clock.

use serde_json::Value;

use super::members::Members;
use crate::time::UnixTime;

/// The registered time claims (RFC 7519 sections 4.1.4 to 4.1.6).
pub(super) const CLAIMS: [&str; 3] = ["exp", "nbf", "iat"];
/// From here on a number is no plausible count of seconds: the year 5138.
const MILLISECONDS: f64 = 1e11;
/// Beyond this a number is no plausible count of milliseconds either.
const NO_DATE: f64 = 1e14;

/// What a time claim says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Date {
    /// It is not there.
    Absent,
    /// A moment.
    At(UnixTime),
    /// A moment, in milliseconds instead of seconds.
    Milliseconds(UnixTime),
    /// A string.
    Text,
    /// Anything else.
    Other,
}

/// What the claim of this name says.
pub(super) fn date(claims: &Members, name: &str) -> Date {
    let Some(value) = claims.get(name) else { return Date::Absent };
    match value {
        Value::String(_) => Date::Text,
        _ => match value.as_f64() {
            Some(number) if number.abs() < MILLISECONDS => Date::At(UnixTime(number)),
            Some(number) if number.abs() < NO_DATE => Date::Milliseconds(UnixTime(number / 1000.0)),
            _ => Date::Other,
        },
    }
}

/// A date that a person reads: `2026-11-23 20:40:49 UTC`.
pub(super) fn calendar(moment: UnixTime) -> String {
    moment.to_utc().format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_writing_a_date_is_told_apart() {
        for (value, expected) in [
            ("1789000000", Date::At(UnixTime(1_789_000_000.0))),
            ("1789000000.5", Date::At(UnixTime(1_789_000_000.5))),
            ("1789000000000", Date::Milliseconds(UnixTime(1_789_000_000.0))),
            ("\"1789000000\"", Date::Text),
            ("null", Date::Other),
            ("1e20", Date::Other),
        ] {
            let claims = Members::parse(&format!(r#"{{"exp":{value}}}"#)).unwrap_or_default();
            assert_eq!(date(&claims, "exp"), expected, "{value}");
            assert_eq!(date(&claims, "nbf"), Date::Absent);
        }
    }
}
