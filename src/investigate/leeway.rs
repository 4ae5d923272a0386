//! How long a service takes expired tokens, and whether the policy allows that.

use super::edges::{self, Edges};
use super::findings::{Detailed, Findings, shown};
use super::view::View;
use crate::cause::CauseCode;
use crate::check::{CheckId, Status};
use crate::clock::{Reading, USUAL_LEEWAYS};
use crate::diagnosis::Measured;
use crate::time::Seconds;

/// What settles what no token can.
pub(super) const COMPARE_CLOCKS: &str =
    "Compare the clock on the service's host with this machine's.";

/// By so much an inclusive comparison of whole seconds adds to a leeway.
const INCLUSIVE: f64 = 1.0;
/// Offsets of time zones are multiples of this many seconds, and few leeways are.
const QUARTER_HOUR: u32 = 900;

pub(super) fn judge(view: &View<'_>, known: &Edges, readings: &[Reading], findings: &mut Findings) {
    let id = CheckId::LeewayWithinPolicy;
    // With neither nbf nor Date, only the difference of skew and leeway is known.
    let told = known.start.is_some() || known.date.is_some();
    let Some(best) = readings.first().filter(|_| told) else {
        findings.check(id, Status::Skip, "the leeway cannot be told from the skew here");
        return;
    };
    findings.expiration.leeway = Some(measured(best, readings));
    let value = f64::from(best.leeway);
    let policy = view.subject().policy.max_leeway.as_secs_f64();
    let evidence = edges::evidence(view);
    if value <= policy {
        findings.check(id, Status::Pass, in_words(best, readings));
        findings.on(evidence);
        return;
    }
    // Where exp is compared inclusively, the edge lies a second further than the leeway.
    if value <= policy + INCLUSIVE {
        let close = format!("it forgives {policy:.0} or {} s, too close to tell", best.leeway);
        findings.check(id, Status::Undecided, close);
        findings.on(evidence).mend("Look the leeway up in the service's settings.");
        return;
    }
    if let Some(either) = leeway_or_skew(readings, known, policy) {
        findings.check(id, Status::Undecided, either);
        findings.on(evidence).mend(COMPARE_CLOCKS);
        return;
    }
    if let Some(rival) = forgiven_alike(readings, policy) {
        let summary = format!(
            "either it forgives {} s for exp and {} s for nbf, or {} s for both, its clock is {:+.1} s \
             and Date comes from a proxy",
            best.leeway,
            best.start_leeway,
            rival.leeway,
            rival.skew.middle()
        );
        findings.check(id, Status::Undecided, summary);
        findings.on(evidence).mend(COMPARE_CLOCKS);
        return;
    }
    let name = view.name();
    let summary = format!("{name} forgives {} s, the policy allows {policy:.0} s", best.leeway);
    let fix = format!("Set the leeway of {name} to {policy:.0} s or less.");
    findings.check(id, Status::Fail, summary.clone());
    findings.on(evidence.clone()).mend(fix.clone());
    findings.causes.push(
        shown(CauseCode::LeewayExcessive, summary, fix, evidence).detail("leeway_s", best.leeway),
    );
}

/// The leeway with its error: the middle of what is possible, unless only one of that is usual.
fn measured(best: &Reading, readings: &[Reading]) -> Measured {
    let (least, most) = range(best, readings);
    let usual = USUAL_LEEWAYS.iter().filter(|usual| (least..=most).contains(usual)).count();
    let middle = f64::midpoint(f64::from(least), f64::from(most));
    let value =
        if usual == 1 || is_to_the_second(least, most) { f64::from(best.leeway) } else { middle };
    let error = (f64::from(most) - value).max(value - f64::from(least));
    Measured { value: Seconds(value), error: Seconds(error) }
}

fn in_words(best: &Reading, readings: &[Reading]) -> String {
    match range(best, readings) {
        (least, most) if is_to_the_second(least, most) => format!("it forgives {} s", best.leeway),
        (least, most) => format!("it forgives between {least} and {most} s"),
    }
}

fn is_to_the_second(least: u32, most: u32) -> bool {
    most - least <= 2
}

/// The least and the most leeway that the readings allow.
fn range(best: &Reading, readings: &[Reading]) -> (u32, u32) {
    rivals(readings).fold((best.leeway, best.leeway), |(least, most), rival| {
        (least.min(rival.leeway), most.max(rival.leeway))
    })
}

/// Where `nbf` is not looked at, a service that forgives N seconds and one whose clock is N seconds
/// behind a proxy with a right `Date` look the same. Nobody chooses an odd leeway, so an odd one
/// is not called a leeway; nor is one that is the offset of a time zone.
pub(super) fn leeway_or_skew(readings: &[Reading], known: &Edges, policy: f64) -> Option<String> {
    let best = readings.first().filter(|best| f64::from(best.leeway) > policy)?;
    let is_usual =
        |leeway: &u32| USUAL_LEEWAYS.contains(leeway) && !leeway.is_multiple_of(QUARTER_HOUR);
    let usual = readings.iter().any(|reading| reading.leeway == 0 || is_usual(&reading.leeway));
    (known.start.is_none() && !usual).then(|| {
        format!(
            "either it forgives {0} s, or its clock is {0} s behind and Date comes from a proxy",
            best.leeway
        )
    })
}

/// A reading within the policy that has one leeway for both claims, where `Date` suggests two.
fn forgiven_alike(readings: &[Reading], policy: f64) -> Option<&Reading> {
    readings.first().filter(|best| best.agrees_with_date && !best.is_symmetric())?;
    readings.iter().find(|rival| rival.is_symmetric() && f64::from(rival.leeway) <= policy)
}

/// The readings that are as believable as the first, up to the error of measurement.
fn rivals(readings: &[Reading]) -> impl Iterator<Item = &Reading> {
    let agrees = readings.first().is_some_and(|best| best.agrees_with_date);
    readings.iter().filter(move |rival| rival.agrees_with_date == agrees)
}
