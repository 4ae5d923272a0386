//! Line of inquiry: what is the service's clock, and how much does it forgive?

use super::edges::{self, AGES_AGO, Edges};
use super::far::{self, Far};
use super::findings::{Detailed, Findings, shown};
use super::shape;
use super::view::{Inquiry, View};
use crate::cause::{Cause, CauseCode};
use crate::check::{CheckId, Status};
use crate::clock::{self, DateBox, Interval, Reading};
use crate::diagnosis::{ClockFacts, ClockSource, Measured};
use crate::question::Question;
use crate::time::Seconds;

/// What settles what no token can.
const COMPARE_CLOCKS: &str = "Compare the clock on the service's host with this machine's.";
/// Offsets of time zones are multiples of this.
const QUARTER_HOUR: f64 = 900.0;

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    let known = edges::read(view);
    let questions = edges::next(view, &known);
    if !questions.is_empty() {
        return Inquiry::Ask(questions);
    }
    let mut findings = Findings::default();
    let readings = readings(view, &known);
    start_checked(view, &mut findings);
    leeway(view, &known, &readings, &mut findings);
    clock(view, &known, &readings, &mut findings);
    Inquiry::concluded(findings)
}

/// All readings that the edges allow, the most believable first; none where `exp` tells nothing.
fn readings(view: &View<'_>, known: &Edges) -> Vec<Reading> {
    let expiry_checked = view.taken(&shape::expiring(view.base, AGES_AGO)) != Some(true);
    if !expiry_checked || !known.expiry.is_finite() || known.expiry.is_empty() {
        return Vec::new();
    }
    let date = known.date.filter(|date| !date.is_contradictory());
    clock::read(known.expiry, known.start, date.map(DateBox::skew))
}

/// The skew by the service's own words, before anything is asked about it. For a service that
/// takes no token, this is all there is.
pub(super) fn by_date_alone<'a>(
    observations: impl IntoIterator<Item = &'a crate::observation::Observation>,
) -> ClockFacts {
    let date = DateBox::of(observations).filter(|date| !date.is_contradictory());
    let measured = date.and_then(|date| date.skew().measured());
    ClockFacts {
        skew: measured,
        source: measured.map(|_| ClockSource::Date),
        date: measured,
        token: None,
    }
}

fn start_checked(view: &View<'_>, findings: &mut Findings) {
    let Far::Known(enforced) = far::refused(view, shape::starting) else { return };
    findings.expiration.not_before_enforced = enforced;
    let (status, summary) = match enforced {
        Some(true) => (Status::Pass, "a token that is not yet valid is refused"),
        Some(false) => (Status::Pass, "nbf is not looked at"),
        None => (Status::Skip, "no clear answer to a token that is not yet valid"),
    };
    findings.check(CheckId::NotBeforeEnforced, status, summary);
    findings.on(far::evidence(view, shape::starting));
}

fn leeway(view: &View<'_>, known: &Edges, readings: &[Reading], findings: &mut Findings) {
    let id = CheckId::LeewayWithinPolicy;
    let Some(best) = readings.first() else {
        findings.check(id, Status::Skip, "the leeway cannot be told from the skew here");
        return;
    };
    let error = rivals(readings)
        .map(|rival| (f64::from(rival.leeway) - f64::from(best.leeway)).abs())
        .fold(0.0, f64::max);
    let value = f64::from(best.leeway);
    findings.expiration.leeway = Some(Measured { value: Seconds(value), error: Seconds(error) });
    let policy = view.subject().policy.max_leeway.as_secs_f64();
    let evidence = edge_evidence(view);
    if value <= policy {
        findings.check(id, Status::Pass, format!("it forgives {} s", best.leeway));
        findings.on(evidence);
        return;
    }
    if let Some(either) = leeway_or_skew(readings, known, policy) {
        findings.check(id, Status::Undecided, either);
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

/// Where `nbf` is not looked at, a service that forgives N seconds and one whose clock is N seconds
/// behind a proxy with a right `Date` look the same. Nobody chooses an odd leeway, so an odd one
/// is not called a leeway.
fn leeway_or_skew(readings: &[Reading], known: &Edges, policy: f64) -> Option<String> {
    let best = readings.first().filter(|best| f64::from(best.leeway) > policy)?;
    let usual = readings.iter().any(|reading| clock::USUAL_LEEWAYS.contains(&reading.leeway));
    (known.start.is_none() && !usual).then(|| {
        format!(
            "either it forgives {0} s, or its clock is {0} s behind and Date comes from a proxy",
            best.leeway
        )
    })
}

/// The readings that are as believable as the first, up to the error of measurement.
fn rivals(readings: &[Reading]) -> impl Iterator<Item = &Reading> {
    let agrees = readings.first().is_some_and(|best| best.agrees_with_date);
    readings.iter().filter(move |rival| rival.agrees_with_date == agrees)
}

fn clock(view: &View<'_>, known: &Edges, readings: &[Reading], findings: &mut Findings) {
    let id = CheckId::ClockWithinPolicy;
    findings.clock = facts(known, readings);
    let skew = readings.first().map(|best| best.skew).or(known.date.map(DateBox::skew));
    let Some(skew) = skew.filter(|skew| skew.is_finite() && !skew.is_empty()) else {
        findings.check(
            id,
            Status::Undecided,
            "no Date field, and its tokens do not tell skew from leeway",
        );
        findings.mend("Let the service, or the proxy before it, send a Date field.");
        return;
    };
    let policy = view.subject().policy.max_clock_skew.as_secs_f64();
    let max_leeway = view.subject().policy.max_leeway.as_secs_f64();
    let shown = in_words(skew);
    let by_tokens = known.start.is_some() && !readings.is_empty();
    if !by_tokens && known.date.is_some_and(DateBox::is_contradictory) {
        findings.check(id, Status::Undecided, "its Date fields contradict one another");
        findings.mend("Look for several servers behind this address whose clocks differ.");
    } else if let Some(rival) = other_clock_rival(readings, policy) {
        findings.check(
            id,
            Status::Undecided,
            format!(
                "either its clock is {shown} and it forgives exp and nbf differently, or its \
                 clock is {} and Date comes from a proxy",
                in_words(rival.skew)
            ),
        );
        findings.mend(COMPARE_CLOCKS);
    } else if let Some(either) = leeway_or_skew(readings, known, max_leeway) {
        findings.check(id, Status::Undecided, either);
        findings.mend(COMPARE_CLOCKS);
    } else if skew.within(policy) {
        findings.check(id, Status::Pass, format!("its clock is {shown}"));
    } else if skew.beyond(policy) {
        let cause = skewed(view, known, readings, skew);
        findings.check(
            id,
            Status::Fail,
            format!("its clock is {shown}, the policy allows {policy:.0} s"),
        );
        findings.mend(cause.fix.clone());
        findings.causes.push(cause);
    } else {
        findings.check(
            id,
            Status::Undecided,
            format!("its clock is {shown}, too close to the {policy:.0} s of the policy to tell"),
        );
    }
    findings.on(edge_evidence(view));
}

/// A reading with one leeway for both claims and a clock out of policy, where `Date` suggests two
/// leeways: both are possible, and nothing that can be sent tells them apart.
fn other_clock_rival(readings: &[Reading], policy: f64) -> Option<&Reading> {
    let best = readings.first().filter(|best| best.agrees_with_date && !best.is_symmetric())?;
    readings
        .iter()
        .find(|rival| rival.is_symmetric() && rival.skew.beyond(policy) && *rival != best)
}

fn facts(known: &Edges, readings: &[Reading]) -> ClockFacts {
    let date = known.date.filter(|date| !date.is_contradictory()).map(DateBox::skew);
    let by_date = date.and_then(Interval::measured);
    let best = readings.first().and_then(|best| best.skew.measured());
    let token = known.start.and_then(|start| {
        let alone = clock::read(known.expiry, Some(start), None);
        alone.first().and_then(|best| best.skew.measured())
    });
    let source = if token.is_some() { ClockSource::Token } else { ClockSource::Date };
    let skew = best.or(by_date);
    ClockFacts { skew, source: skew.map(|_| source), date: by_date, token }
}

fn skewed(view: &View<'_>, known: &Edges, readings: &[Reading], skew: Interval) -> Cause {
    let name = view.name();
    let baseline = Question::token(shape::baseline(&view.subject().token));
    let refused = view.taken(&baseline) == Some(false);
    let consequence = if refused { ", so it refuses fresh tokens" } else { "" };
    let direction = if skew.middle() > 0.0 { "ahead" } else { "behind" };
    let other_clock = readings.first().is_some_and(|best| !best.agrees_with_date);
    let local_time = other_clock && is_zone_offset(skew);
    let fix = if local_time {
        format!(
            "The host's clock is right, but {name} is off by a time zone: look for local time \
             used as UTC (datetime.now() or utcnow() made into a timestamp)."
        )
    } else {
        format!(
            "Set the clock of {name}'s host: see `timedatectl` or `chronyc tracking` there, and \
             start its time synchronisation. A container has the clock of its host."
        )
    };
    let middle = skew.middle();
    let mut cause = shown(
        CauseCode::ClockSkew,
        format!("{name}'s clock is {} {direction}{consequence}", span(middle.abs())),
        fix,
        edge_evidence(view),
    )
    .detail("skew_s", round(middle))
    .detail("error_s", round(skew.width() / 2.0))
    .detail("tokens_refused", refused)
    .detail("local_time", local_time);
    if let Some(date) = known.date.filter(|_| other_clock) {
        cause = cause.detail("date_from_another_clock_s", round(date.skew().middle()));
    }
    cause
}

fn is_zone_offset(skew: Interval) -> bool {
    let nearest = (skew.middle() / QUARTER_HOUR).round() * QUARTER_HOUR;
    nearest != 0.0 && skew.contains(nearest)
}

/// The observations right at the edges: the tightest tokens on both sides.
fn edge_evidence(view: &View<'_>) -> Vec<usize> {
    let known = edges::read(view);
    let mut near: Vec<(f64, usize)> = view
        .case
        .observations()
        .iter()
        .filter_map(|seen| {
            let shape = seen.question.shape()?;
            let plain = crate::question::TokenShape {
                expires: view.base.expires,
                not_before: view.base.not_before,
                ..shape.clone()
            };
            if plain != *view.base || shape == view.base {
                return None;
            }
            let by_start = seen.times.not_before.zip(known.start);
            let (claim, edge) = match (by_start, seen.times.expires) {
                (Some((claim, edge)), _) => (claim, edge),
                (None, Some(claim)) => (claim, known.expiry),
                (None, None) => return None,
            };
            let cut = claim - seen.sent_at.0;
            Some(((cut - edge.low).abs().min((cut - edge.high).abs()), seen.number))
        })
        .collect();
    near.sort_by(|one, other| one.0.total_cmp(&other.0));
    near.into_iter().take(4).map(|(_, number)| number).collect()
}

fn in_words(skew: Interval) -> String {
    format!("{:+.1} s ±{:.1}", skew.middle(), skew.width() / 2.0)
}

/// A span for people: seconds below two minutes, then minutes or hours.
fn span(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.1} s"),
        120.0..7200.0 => format!("{:.1} min", seconds / 60.0),
        _ => format!("{:.2} h", seconds / 3600.0),
    }
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
