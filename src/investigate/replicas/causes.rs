//! Replicas that disagree in, the causes out: other keys, other clocks, or what cannot be told.

use super::apart::Apart;
use super::member::{Finding, Member, is_about_the_signature};
use super::words::listed;
use super::{Tally, enough};
use crate::cause::{Cause, CauseCode};
use crate::fraction::Count;
use crate::investigate::findings::{Detailed, shown, thousandths};
use crate::investigate::view::View;
use crate::plan::KeyName;
use crate::question::TokenShape;
use crate::verdict::Verdict;

/// How sure it is that a key is wrong which nobody here knows: another setting can look the same.
const UNKNOWN_KEY: f64 = 0.8;

/// Every cause that the answers show, keys first.
pub(super) fn causes(view: &View<'_>, tally: &Tally<'_>, apart: Option<&Apart<'_>>) -> Vec<Cause> {
    match apart {
        Some(apart) => named(view, tally, apart),
        None => counted(view, tally),
    }
}

/// The causes where it is known which replica does what.
fn named(view: &View<'_>, tally: &Tally<'_>, apart: &Apart<'_>) -> Vec<Cause> {
    let any = |fits: fn(&Finding) -> bool| apart.members.iter().any(|one| fits(&one.finding));
    let mut causes = Vec::new();
    if any(|finding| matches!(finding, Finding::OtherKey(_))) {
        let count = tally.fresh(view, &tally.tokens.patient);
        causes.push(detailed(keys(view, tally, apart), view, apart, count));
    }
    if any(|finding| *finding == Finding::OtherClock) {
        let count = tally.fresh(view, &tally.tokens.roomy);
        causes.push(detailed(clocks(view, tally, apart), view, apart, count));
    }
    if causes.is_empty() {
        let evidence = evidence(view, tally, apart, |finding| *finding == Finding::OtherReason);
        let count = tally.fresh(view, &tally.tokens.patient);
        causes.push(detailed(unlike(view, evidence), view, apart, count));
    }
    causes
}

fn keys(view: &View<'_>, tally: &Tally<'_>, apart: &Apart<'_>) -> Cause {
    let name = view.name();
    // Those that hold the shared key come last: they are right.
    let mut held: Vec<(Option<KeyName>, Vec<String>)> = Vec::new();
    for member in &apart.members {
        let known = matches!(member.finding, Finding::OtherKey(None));
        let Some(key) = member.key(view).map(Some).or(known.then_some(None)) else { continue };
        match held.iter_mut().find(|(other, _)| *other == key) {
            Some((_, labels)) => labels.push(member.label.clone()),
            None => held.push((key, vec![member.label.clone()])),
        }
    }
    held.sort_by_key(|(key, _)| *key == Some(KeyName::Reference));
    let told = held.iter().map(|(key, labels)| {
        let one = labels.len() == 1;
        match (key, one) {
            (Some(key), true) => format!("{} verifies with {key}", listed(labels)),
            (Some(key), false) => format!("{} verify with {key}", listed(labels)),
            (None, true) => format!("{} refuses every key known here", listed(labels)),
            (None, false) => format!("{} refuse every key known here", listed(labels)),
        }
    });
    let told: Vec<String> = told.collect();
    let stale = held.iter().filter(|(key, _)| *key != Some(KeyName::Reference));
    let stale: Vec<String> = stale.flat_map(|(_, labels)| labels.clone()).collect();
    let sure = held.iter().all(|(key, _)| key.is_some());
    let fix =
        format!("Restart {}, so that every replica of {name} reads the same key.", listed(&stale));
    let summary = format!("{name}'s replicas hold different keys: {}", told.join(", "));
    let evidence = evidence(view, tally, apart, |finding| matches!(finding, Finding::OtherKey(_)));
    let cause = shown(CauseCode::KeyMixedReplicas, summary, fix, evidence);
    Cause { confidence: if sure { 1.0 } else { UNKNOWN_KEY }, ..cause }
}

fn clocks(view: &View<'_>, tally: &Tally<'_>, apart: &Apart<'_>) -> Cause {
    let name = view.name();
    let policy = view.subject().policy.max_clock_skew.as_secs_f64();
    let off: Vec<&Member<'_>> =
        apart.members.iter().filter(|one| one.finding == Finding::OtherClock).collect();
    let skew = |member: &Member<'_>| {
        member.date().filter(|date| date.value.0.abs() > policy + date.error.0)
    };
    let told = off.iter().map(|member| match skew(member) {
        Some(date) => {
            let direction = if date.value.0 > 0.0 { "ahead" } else { "behind" };
            format!("{} is {:.1} s {direction}", member.label, date.value.0.abs())
        }
        // Its Date comes from another clock, or there is none.
        None => format!("{} refuses tokens that are valid only around now", member.label),
    });
    let told: Vec<String> = told.collect();
    let labels: Vec<String> = off.iter().map(|member| member.label.clone()).collect();
    let cause = shown(
        CauseCode::ClockSkew,
        format!("{name}'s replicas have different clocks: {}", told.join(", ")),
        format!(
            "Set the clock of the host of {}: see `timedatectl` or `chronyc tracking` there.",
            listed(&labels)
        ),
        evidence(view, tally, apart, |finding| *finding == Finding::OtherClock),
    );
    match off.first().and_then(|member| skew(member)).filter(|_| off.len() == 1) {
        Some(date) => cause
            .detail("skew_s", thousandths(date.value.0))
            .detail("error_s", thousandths(date.error.0)),
        None => cause,
    }
}

/// Observations of those that are wrong, then of those that are right.
fn evidence(
    view: &View<'_>,
    tally: &Tally<'_>,
    apart: &Apart<'_>,
    wrong: fn(&Finding) -> bool,
) -> Vec<usize> {
    let of = |fits: &dyn Fn(&Finding) -> bool| -> Vec<usize> {
        let members = apart.members.iter().filter(|member| fits(&member.finding));
        members.filter_map(|member| member.evidence(view, &tally.tokens)).take(3).collect()
    };
    let mut numbers = of(&wrong);
    numbers.extend(of(&|finding| *finding == Finding::Right));
    numbers
}

fn detailed(cause: Cause, view: &View<'_>, apart: &Apart<'_>, count: Count) -> Cause {
    let each: Vec<_> = apart.members.iter().map(|member| member.detail(view)).collect();
    let list = if apart.by == "address" { "addresses" } else { "replicas" };
    let cause = cause.detail("told_apart_by", apart.by.clone()).detail(list, each);
    if count.all() > 0 {
        return with_fraction(cause, count);
    }
    let told = apart.members.iter().filter(|member| member.finding != Finding::Unclear);
    // Every address was asked, so there is nothing to estimate.
    let (right, other): (Vec<_>, Vec<_>) = told.partition(|one| one.finding == Finding::Right);
    let all = Count { taken: right.len(), refused: other.len() };
    cause.detail("fraction", thousandths(all.fraction()))
}

fn with_fraction(cause: Cause, count: Count) -> Cause {
    let (low, high) = count.interval();
    cause
        .detail("fraction", thousandths(count.fraction()))
        .detail("fraction_low", thousandths(low))
        .detail("fraction_high", thousandths(high))
        .detail("asked", count.all())
}

/// The causes where nothing tells one replica from another.
fn counted(view: &View<'_>, tally: &Tally<'_>) -> Vec<Cause> {
    let tokens = &tally.tokens;
    let [patient, base, roomy] = [&tokens.patient, &tokens.base, &tokens.roomy];
    let lasting = tally.count(view, patient);
    let held = tokens.keyed.iter().find(|(_, shape)| tally.count(view, shape).taken > 0);
    let mut causes = Vec::new();
    if held.is_some() || lasting.is_split() {
        let told = if lasting.taken > 0 { patient } else { base };
        if held.is_some() || is_about_the_signature(view, tokens, &tally.seen) {
            causes.push(other_keys(view, tally, told, held.map(|(key, _)| key)));
        } else {
            causes.push(with_fraction(
                unlike(view, pair(view, tally, told)),
                tally.fresh(view, told),
            ));
        }
    }
    let patience = tally.fresh(view, patient).all() >= usize::from(enough(view, tally));
    let all_clocks_take_it = lasting.always_taken() && patience;
    let rarer = tally.fresh(view, roomy).interval().1 < tally.fresh(view, patient).interval().0;
    if tally.clocks(view) && (all_clocks_take_it || rarer) {
        causes.push(other_clocks(view, tally, roomy));
    }
    if causes.is_empty() {
        causes.push(unlike(view, pair(view, tally, base)));
    }
    causes
}

fn other_keys(
    view: &View<'_>,
    tally: &Tally<'_>,
    told: &TokenShape,
    held: Option<&KeyName>,
) -> Cause {
    let (name, count) = (view.name(), tally.fresh(view, told));
    let rest = held.map_or("refuse every key known here".to_owned(), |key| format!("hold {key}"));
    let summary = format!(
        "{name}'s replicas hold different keys: {} is taken {}, the rest {rest}",
        view.base.key,
        count.share()
    );
    let fix = format!("Restart every replica of {name}, so that all read the same key.");
    let cause = shown(CauseCode::KeyMixedReplicas, summary, fix, pair(view, tally, told));
    let confidence = if held.is_some() { 1.0 } else { UNKNOWN_KEY };
    with_fraction(Cause { confidence, ..cause }, count)
}

fn other_clocks(view: &View<'_>, tally: &Tally<'_>, told: &TokenShape) -> Cause {
    let (name, count) = (view.name(), tally.fresh(view, told));
    let cause = shown(
        CauseCode::ClockSkew,
        format!(
            "{name}'s replicas have different clocks: a token that is valid only around now is \
             taken {}",
            count.share()
        ),
        format!(
            "Set the clocks of the hosts of {name}'s replicas; name their addresses (`addresses` \
             in probes.yaml, or --resolve), and each is asked by itself."
        ),
        pair(view, tally, told),
    );
    with_fraction(cause, count)
}

/// They disagree, and neither keys nor clocks explain it.
fn unlike(view: &View<'_>, evidence: Vec<usize>) -> Cause {
    let name = view.name();
    let summary = format!("{name}'s replicas disagree about a right token, and nothing tells why");
    let fix = format!("Compare the versions and the settings of {name}'s replicas.");
    Cause { confidence: 0.5, ..shown(CauseCode::Unjudgeable, summary, fix, evidence) }
}

/// One observation of this token being taken, and one of it being refused.
fn pair(view: &View<'_>, tally: &Tally<'_>, shape: &TokenShape) -> Vec<usize> {
    let same = || tally.seen.iter().filter(|one| one.question.shape() == Some(shape));
    let taken = same().find(|one| view.meaning(one) == Verdict::Accepted);
    let refused = same().find(|one| matches!(view.meaning(one), Verdict::Rejected(_)));
    taken.into_iter().chain(refused).map(|one| one.number).collect()
}
