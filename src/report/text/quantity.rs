//! Seconds in, words out: spans, skews and leeways as a person says them.

use crate::diagnosis::Measured;
use crate::time::{Seconds, UNITS};

/// A span without sign: `300 s`, `5.5 h`, `10 years`.
pub(super) fn span(seconds: Seconds) -> String {
    seconds.in_words()
}

/// A whole number of seconds without sign, in the largest unit that needs no rounding.
pub(super) fn exactly(seconds: i64) -> String {
    let size = seconds.unsigned_abs();
    let even = |length: f64| size.is_multiple_of(length as u64);
    let unit = UNITS.iter().find(|(from, length, _)| size as f64 >= *from && even(*length));
    let (_, length, name) = unit.unwrap_or(&UNITS[4]);
    format!("{} {name}", size / *length as u64)
}

/// How long something took: `0.4 s`, `12 s`.
pub(super) fn short(seconds: Seconds) -> String {
    if seconds.0 < 9.95 {
        format!("{:.1} s", seconds.0.max(0.0))
    } else {
        span(Seconds(seconds.0.round()))
    }
}

/// A skew with sign and error, no finer than it is known: `+0.02 s`, `+95.3 s ±0.1`, `-5.5 h`.
pub(super) fn skew(skew: Measured) -> String {
    let (value, error) = (skew.value.0, skew.error.0);
    if value.abs() >= 600.0 {
        let sign = if value < 0.0 { '-' } else { '+' };
        return format!("{sign}{}", span(skew.value));
    }
    if error < 0.05 {
        return format!("{value:+.2} s");
    }
    format!("{value:+.1} s ±{}", trimmed(error.max(0.1)))
}

/// The least skew that a measurement allows: `at least +94.3 s`.
pub(super) fn least_skew(skew: Measured) -> String {
    let least = ((skew.value.0 - skew.error.0) * 10.0).floor() / 10.0;
    if least.abs() >= 600.0 {
        return format!("at least {}", self::skew(Measured { value: Seconds(least), ..skew }));
    }
    format!("at least {least:+.1} s")
}

/// A skew with sign and error, to the millisecond where it is known so well: `+95.301 s ±0.002`.
pub(super) fn skew_to_the_millisecond(skew: Measured) -> String {
    let (value, error) = (skew.value.0, skew.error.0);
    let (places, scale) = if error < 0.05 { (3, 1000.0) } else { (1, 10.0) };
    // What rounding takes from the figure, the error must give.
    let moved = (value - (value * scale).round() / scale).abs();
    let error = ((error + moved) * scale).ceil() / scale;
    format!("{value:+.places$} s ±{error:.places$}")
}

/// A leeway with its error, if that is more than the second to which it can be told.
pub(super) fn leeway(leeway: Measured) -> String {
    if leeway.error.0 < 1.0 {
        return span(leeway.value);
    }
    format!("{} ±{}", span(leeway.value), trimmed(leeway.error.0))
}

/// At most one decimal, and none where it would be zero.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_the_unit_a_person_would_use() {
        let table = [
            (0.0, "0 s"),
            (-30.0, "30 s"),
            (599.0, "599 s"),
            (900.0, "15 min"),
            (19_800.0, "5.5 h"),
            (172_800.0, "2 days"),
            (315_576_000.0, "10 years"),
        ];
        for (seconds, words) in table {
            assert_eq!(span(Seconds(seconds)), words);
        }
    }

    #[test]
    fn a_precise_skew_keeps_its_milliseconds_and_the_truth() {
        let table = [
            (95.500_4, 0.002, "+95.500 s ±0.003"),
            (-3600.123, 0.0015, "-3600.123 s ±0.002"),
            (0.55, 0.56, "+0.6 s ±0.7"),
        ];
        for (value, error, words) in table {
            let measured = Measured { value: Seconds(value), error: Seconds(error) };
            assert_eq!(skew_to_the_millisecond(measured), words);
        }
    }

    #[test]
    fn a_least_skew_in_seconds_is_never_rounded_up() {
        let table = [
            (95.16, 0.5, "at least +94.6 s"),
            (-0.72, 1.01, "at least -1.8 s"),
            (10_800.0, 0.5, "at least +3 h"),
        ];
        for (value, error, words) in table {
            let measured = Measured { value: Seconds(value), error: Seconds(error) };
            assert_eq!(least_skew(measured), words);
        }
    }

    #[test]
    fn an_offset_that_was_sent_is_never_rounded() {
        let table = [
            (-204, "204 s"),
            (905, "905 s"),
            (3600, "60 min"),
            (86_400, "24 h"),
            (-315_360_000, "3650 days"),
        ];
        for (seconds, words) in table {
            assert_eq!(exactly(seconds), words);
        }
    }

    #[test]
    fn a_skew_is_shown_no_finer_than_it_is_known() {
        let table = [
            (0.004, 0.01, "+0.00 s"),
            (-0.02, 0.01, "-0.02 s"),
            (95.3, 0.06, "+95.3 s ±0.1"),
            (0.2, 0.5, "+0.2 s ±0.5"),
            (-19_800.0, 0.5, "-5.5 h"),
        ];
        for (value, error, words) in table {
            let measured = Measured { value: Seconds(value), error: Seconds(error) };
            assert_eq!(skew(measured), words);
        }
    }
}
