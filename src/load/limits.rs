//! What the configuration says of how much may be asked in, limits and quotas out. Never sends.

use std::time::Duration;

use super::decode::Reader;
use super::problem::Problem;
use super::raw;
use super::tree::Placed;
use crate::plan::{Limits, Quota};

/// With fewer, not even a service that is well could be told from one that is not.
const FEWEST: u32 = 10;
/// No limit is beyond this.
const MOST: u32 = 1000;

/// How many requests may be under way.
pub(super) fn limits(given: Option<&Placed<raw::Limits>>, reader: &mut Reader) -> Limits {
    let usual = Limits::default();
    let Some(given) = given else { return usual };
    let raw::Limits { per_service, total, .. } = &given.value;
    Limits {
        per_service: number(per_service.as_ref(), 1, reader).unwrap_or(usual.per_service),
        total: number(total.as_ref(), 1, reader).unwrap_or(usual.total),
    }
}

/// What one service may be asked: what it says itself goes before what the top level says.
pub(super) fn quota(
    top: Option<&Placed<raw::Limits>>,
    own: Option<&Placed<raw::Quota>>,
    reader: &mut Reader,
) -> Quota {
    let usual = Quota::default();
    let (own, top) = (own.map(|given| &given.value), top.map(|given| &given.value));
    let requests = own
        .and_then(|own| own.requests.as_ref())
        .or_else(|| top.and_then(|top| top.requests.as_ref()));
    let per_second = own
        .and_then(|own| own.per_second.as_ref())
        .or_else(|| top.and_then(|top| top.per_second.as_ref()));
    let per_second = number(per_second, 1, reader).and_then(|number| u32::try_from(number).ok());
    Quota {
        requests: number(requests, FEWEST, reader).unwrap_or(usual.requests),
        spacing: per_second.map(|number| Duration::from_secs(1) / number.max(1)),
    }
}

fn number(given: Option<&Placed<u32>>, least: u32, reader: &mut Reader) -> Option<usize> {
    let given = given?;
    if !(least..=MOST).contains(&given.value) {
        let message = format!("a limit is between {least} and {MOST}");
        reader.report(Problem::at(&given.place, message));
    }
    usize::try_from(given.value).ok()
}
