//! Moments and spans as JSON has them: RFC 3339 in UTC, seconds to the millisecond.

use chrono::SecondsFormat;

use crate::diagnosis::Measured;
use crate::time::{Seconds, UnixTime};

/// What an f64 is off by after the arithmetic above, in milliseconds and with much to spare.
const ROUNDING: f64 = 1e-6;

pub(super) fn rfc3339(moment: UnixTime, precision: SecondsFormat) -> String {
    moment.to_utc().to_rfc3339_opts(precision, true)
}

/// A measured number and its error, both to the millisecond. Where rounding would leave the truth
/// outside, the error is the next larger one.
pub(super) fn parts(measured: Option<Measured>) -> (Option<f64>, Option<f64>) {
    let Some(measured) = measured else { return (None, None) };
    let value = seconds(measured.value);
    let moved = value.map_or(0.0, |value| (value - measured.value.0).abs());
    let error = ((measured.error.0 + moved) * 1000.0 - ROUNDING).ceil() / 1000.0;
    (value, rounded(error, 3))
}

/// Seconds to the millisecond; JSON has no infinity.
pub(super) fn seconds(span: Seconds) -> Option<f64> {
    rounded(span.0, 3)
}

pub(super) fn rounded(value: f64, decimals: i32) -> Option<f64> {
    let scale = 10_f64.powi(decimals);
    // Adding zero turns minus zero into zero.
    value.is_finite().then(|| (value * scale).round() / scale + 0.0)
}
