//! What a service's clock shows, and whether the policy allows it.

use super::edges::{self, Edges};
use super::findings::{Detailed, Findings, shown, thousandths};
use super::leeway::{COMPARE_CLOCKS, leeway_or_skew};
use super::shape;
use super::view::View;
use crate::cause::{Cause, CauseCode};
use crate::check::{CheckId, Status};
use crate::clock::{self, DateBox, Interval, Reading};
use crate::diagnosis::{ClockFacts, ClockSource};
use crate::observation::Observation;
use crate::plan::ClockScope;
use crate::question::Question;

/// Offsets of time zones are multiples of this.
const QUARTER_HOUR: f64 = 900.0;
/// The clocks of a proxy and of the host behind it may differ by so much, and still be right.
const SAME_SITE: f64 = 0.05;

/// What `Date` alone says of the clock: all there is for a service that takes no token.
pub(super) fn by_date_alone<'a>(
    observations: impl IntoIterator<Item = &'a Observation>,
) -> ClockFacts {
    let date = DateBox::of(observations).filter(|date| !date.is_contradictory());
    let measured = date.and_then(|date| date.skew().measured());
    ClockFacts {
        skew: measured,
        at_least: false,
        source: measured.map(|_| ClockSource::Date),
        date: measured,
        token: None,
        precise: None,
    }
}

pub(super) fn judge(view: &View<'_>, known: &Edges, readings: &[Reading], findings: &mut Findings) {
    let id = CheckId::ClockWithinPolicy;
    // A precise figure that holds only where nothing is forgiven would be none.
    if !(is_least(known) && is_precise(view)) {
        findings.clock = facts(known, readings);
    }
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
    let shown = if is_least(known) { at_least(skew) } else { in_words(skew) };
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
    } else if is_least(known) && is_precise(view) && !skew.beyond(policy) {
        findings.check(
            id,
            Status::Undecided,
            format!("its clock is {shown}; with no Date and no nbf, nothing tells how much more"),
        );
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
    findings.on(edges::evidence(view));
}

/// A reading with one leeway for both claims, where `Date` suggests two leeways, and the clock is out
/// of policy by either: both are possible, and nothing that can be sent tells them apart.
fn other_clock_rival(readings: &[Reading], policy: f64) -> Option<&Reading> {
    let best = readings.first().filter(|best| best.agrees_with_date && !best.is_symmetric())?;
    readings.iter().find(|rival| {
        let accused = rival.skew.beyond(policy) || best.skew.beyond(policy);
        rival.is_symmetric() && accused && *rival != best
    })
}

/// With neither `nbf` nor `Date`, an `exp` edge ahead of us shows only that the clock is at least so
/// far ahead: by as much as it forgives, it is further.
fn is_least(known: &Edges) -> bool {
    known.start.is_none() && known.date.is_none()
}

fn is_precise(view: &View<'_>) -> bool {
    view.subject().scope.clock == ClockScope::Precise
}

fn at_least(skew: Interval) -> String {
    format!("at least {:+.1} s", (skew.low * 10.0).floor() / 10.0)
}

fn facts(known: &Edges, readings: &[Reading]) -> ClockFacts {
    let date = known.date.filter(|date| !date.is_contradictory()).map(DateBox::skew);
    let by_date = date.and_then(Interval::measured);
    let best = readings.first().and_then(|best| best.skew.measured());
    let token = known.start.and_then(|start| {
        let alone = clock::read(known.expiry, Some(start), None);
        alone.first().and_then(|best| best.skew.measured())
    });
    let source =
        if token.is_some() || by_date.is_none() { ClockSource::Token } else { ClockSource::Date };
    let skew = best.or(by_date);
    let at_least = is_least(known) && skew.is_some();
    ClockFacts { skew, at_least, source: skew.map(|_| source), date: by_date, token, precise: None }
}

fn skewed(view: &View<'_>, known: &Edges, readings: &[Reading], skew: Interval) -> Cause {
    let name = view.name();
    let baseline = Question::token(shape::baseline(&view.subject().token));
    let refused = view.taken(&baseline) == Some(false);
    let consequence = if refused { ", so it refuses fresh tokens" } else { "" };
    let direction = if skew.middle() > 0.0 { "ahead" } else { "behind" };
    let other_clock = readings.first().is_some_and(|best| !best.agrees_with_date);
    let date = known.date.map(DateBox::skew);
    let local_time = other_clock && date.is_some_and(|date| is_zone_offset(skew, date));
    let fix = if local_time {
        format!(
            "The host's clock is right, but {name} is off by a time zone: look for local time \
             used as UTC (utcnow() made into a timestamp, or local time read as UTC)."
        )
    } else {
        format!(
            "Set the clock of {name}'s host: see `timedatectl` or `chronyc tracking` there, and \
             start its time synchronisation. A container has the clock of its host."
        )
    };
    let least = is_least(known);
    let middle = if least { skew.low } else { skew.middle() };
    let at_least = if least { "at least " } else { "" };
    let zone = if local_time { ", local time used as UTC" } else { "" };
    let mut cause = shown(
        CauseCode::ClockSkew,
        format!(
            "{name}'s clock is {at_least}{} {direction}{zone}{consequence}",
            span(middle.abs())
        ),
        fix,
        edges::evidence(view),
    )
    .detail("skew_s", thousandths(middle))
    .detail("error_s", thousandths(skew.width() / 2.0))
    .detail("at_least", least)
    .detail("tokens_refused", refused)
    .detail("local_time", local_time);
    if let Some(date) = known.date.filter(|_| other_clock) {
        cause = cause.detail("date_from_another_clock_s", thousandths(date.skew().middle()));
    }
    cause
}

/// Whether a clock is off by a time zone from the clock of its host, which the `Date` shows.
fn is_zone_offset(skew: Interval, date: Interval) -> bool {
    let nearest = (skew.middle() / QUARTER_HOUR).round() * QUARTER_HOUR;
    let hosts = Interval { low: date.low - SAME_SITE, high: date.high + SAME_SITE };
    nearest != 0.0 && !skew.shifted(-nearest).and(hosts).is_empty()
}

/// No finer than it is known.
pub(super) fn in_words(skew: Interval) -> String {
    let (middle, error) = (skew.middle(), skew.width() / 2.0);
    if error >= 0.05 {
        return format!("{middle:+.1} s ±{error:.1}");
    }
    // What rounding takes from the figure, the error must give.
    let rounded = (error + (middle - thousandths(middle)).abs()) * 1000.0;
    format!("{middle:+.3} s ±{:.3}", rounded.ceil() / 1000.0)
}

/// The answers fit no clock: it was set while it was measured, or there are several.
pub(super) fn contradictory(view: &View<'_>, known: &Edges, findings: &mut Findings) {
    findings.clock = by_date_alone(view.case.observations());
    let gap = (-known.expiry.width()).max(-known.start.map_or(0.0, Interval::width));
    findings.check(
        CheckId::ClockWithinPolicy,
        Status::Undecided,
        format!(
            "its answers contradict one another by {gap:.3} s: its clock was set in mid-run, or \
             several servers whose clocks differ stand behind this address"
        ),
    );
    findings.mend("Run again; if it stays, ask each server behind this address by its own.");
    findings.on(edges::evidence(view));
}

/// A span for people: seconds below two minutes, then minutes, hours or days.
fn span(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{seconds:.1} s"),
        120.0..7200.0 => format!("{:.1} min", seconds / 60.0),
        7200.0..172_800.0 => format!("{:.2} h", seconds / 3600.0),
        _ => format!("{:.1} days", seconds / 86_400.0),
    }
}
