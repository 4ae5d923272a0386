//! Moments and spans as JSON has them: RFC 3339 in UTC, seconds to the millisecond.

use chrono::SecondsFormat;

use crate::diagnosis::Measured;
use crate::time::{Seconds, UnixTime};

pub(super) fn rfc3339(moment: UnixTime, precision: SecondsFormat) -> String {
    moment.to_utc().to_rfc3339_opts(precision, true)
}

/// A measured number and its error, both to the millisecond.
pub(super) fn parts(measured: Option<Measured>) -> (Option<f64>, Option<f64>) {
    let part = |part: fn(Measured) -> Seconds| measured.map(part).and_then(seconds);
    (part(|measured| measured.value), part(|measured| measured.error))
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
