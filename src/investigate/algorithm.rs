//! Line of inquiry: which algorithms does the service take, and does it take unsigned tokens?

use super::findings::{Detailed, Findings, shown};
use super::shape;
use super::view::{Inquiry, NOT_SENT_GENTLY, View};
use crate::cause::CauseCode;
use crate::check::{CheckId, Status};
use crate::diagnosis::AlgorithmFacts;
use crate::plan::Algorithm;
use crate::question::Question;

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    if view.dialect.takes_random_key {
        return Inquiry::concluded(not_judged());
    }
    let unsigned = unsigned(view);
    let signed: Vec<_> = Algorithm::ALL
        .into_iter()
        .map(|algorithm| (algorithm, shape::signed(view.base, algorithm)))
        .collect();
    let questions = signed.iter().map(|(_, question)| question).chain(&unsigned).cloned();
    let unasked = view.case.unasked(questions);
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    if view.ignores_signatures() {
        return Inquiry::concluded(not_judged());
    }
    let mut findings = Findings { algorithm: facts(view, &signed), ..Findings::default() };
    configured(view, &mut findings);
    outside_policy(view, &signed, &mut findings);
    unsigned_tokens(view, &unsigned, &mut findings);
    Inquiry::concluded(findings)
}

/// The tokens without a signature; none where no forged token may be sent.
fn unsigned(view: &View<'_>) -> Vec<Question> {
    if view.is_gentle() {
        return Vec::new();
    }
    shape::unsigned(view.base)
}

/// Where no signed token is taken, one without a signature may still be: whether it was.
pub(super) fn takes_unsigned_alone(view: &View<'_>, findings: &mut Findings) -> bool {
    let unsigned = shape::unsigned(view.base);
    let taken = unsigned.iter().any(|question| view.taken(question) == Some(true));
    if taken {
        unsigned_tokens(view, &unsigned, findings);
    }
    taken
}

fn not_judged() -> Findings {
    let mut findings = Findings::default();
    let why = "the signature is not verified, so the algorithm means nothing";
    for id in
        [CheckId::AlgorithmAccepted, CheckId::OtherAlgorithmsRefused, CheckId::UnsignedRefused]
    {
        findings.check(id, Status::Skip, why);
    }
    findings
}

fn facts(view: &View<'_>, signed: &[(Algorithm, Question)]) -> AlgorithmFacts {
    let that = |wanted: bool| {
        let hits = signed.iter().filter(move |(_, question)| view.taken(question) == Some(wanted));
        hits.map(|(algorithm, _)| *algorithm).collect()
    };
    AlgorithmFacts { accepted: that(true), rejected: that(false), unsigned_accepted: None }
}

pub(super) fn configured(view: &View<'_>, findings: &mut Findings) {
    let wanted = view.subject().token.algorithm;
    let base = Question::token(view.base.clone());
    if view.base.algorithm == wanted {
        findings.check(CheckId::AlgorithmAccepted, Status::Pass, format!("{wanted} is accepted"));
        findings.on(view.evidence([&base]));
        return;
    }
    let name = view.name();
    let taken = names(&findings.algorithm.accepted);
    let fix = format!("Set the algorithm of {name} to {wanted} and restart it.");
    let right = Question::token(shape::most_acceptable(&view.subject().token));
    let evidence = view.evidence([&base, &right]);
    findings.check(
        CheckId::AlgorithmAccepted,
        Status::Fail,
        format!("it refuses {wanted} and accepts {taken}"),
    );
    findings.on(evidence.clone()).mend(fix.clone());
    let accepted: Vec<_> = findings.algorithm.accepted.iter().map(|a| a.name()).collect();
    findings.causes.push(
        shown(
            CauseCode::AlgorithmMismatch,
            format!("{name} takes the key under {taken} only, the tokens are {wanted}"),
            fix,
            evidence,
        )
        .detail("accepted", accepted),
    );
}

fn outside_policy(view: &View<'_>, signed: &[(Algorithm, Question)], findings: &mut Findings) {
    let allowed = &view.subject().policy.algorithms;
    let wanted = view.subject().token.algorithm;
    let outside: Vec<_> = findings
        .algorithm
        .accepted
        .iter()
        .copied()
        .filter(|algorithm| !allowed.contains(algorithm))
        .collect();
    let asked: Vec<_> = signed
        .iter()
        .filter(|(algorithm, _)| !allowed.contains(algorithm))
        .map(|(_, question)| question)
        .collect();
    let undecided = asked.iter().any(|question| view.taken(question).is_none());
    let evidence = view.evidence(asked);
    if outside.is_empty() {
        let (status, summary) = if undecided {
            (Status::Undecided, "no clear answer to other algorithms")
        } else {
            (Status::Pass, "algorithms outside the policy are refused")
        };
        findings.check(CheckId::OtherAlgorithmsRefused, status, summary);
        findings.on(evidence);
        return;
    }
    let name = view.name();
    let listed = names(&outside);
    let fix = format!("Pin the algorithms of {name} to {}.", names(allowed));
    // Within the HMAC family the key still decides, so this is a warning.
    findings.check(
        CheckId::OtherAlgorithmsRefused,
        Status::Warn,
        format!("it also accepts {listed}, outside the policy"),
    );
    findings.on(evidence.clone()).mend(fix.clone());
    if view.base.algorithm == wanted {
        let codes: Vec<_> = outside.iter().map(|a| a.name()).collect();
        findings.causes.push(
            shown(
                CauseCode::AlgorithmPermissive,
                format!("{name} accepts {listed} besides {wanted}"),
                fix,
                evidence,
            )
            .detail("accepted", codes),
        );
    }
}

fn unsigned_tokens(view: &View<'_>, unsigned: &[Question], findings: &mut Findings) {
    if unsigned.is_empty() {
        findings.check(CheckId::UnsignedRefused, Status::Skip, NOT_SENT_GENTLY);
        return;
    }
    let verdicts: Vec<_> = unsigned.iter().map(|question| view.taken(question)).collect();
    let evidence = view.evidence(unsigned);
    let accepted = verdicts.contains(&Some(true));
    let undecided = verdicts.contains(&None);
    findings.algorithm.unsigned_accepted =
        if undecided && !accepted { None } else { Some(accepted) };
    if accepted {
        let fix = format!(
            "Give {} an explicit list of algorithms without none, and refuse empty signatures \
             (RFC 8725 section 3.1).",
            view.name()
        );
        findings.check(CheckId::UnsignedRefused, Status::Fail, "an unsigned token is accepted");
        findings.mend(fix.clone());
        findings.causes.push(shown(
            CauseCode::UnsignedAccepted,
            format!("{} accepts unsigned tokens: anyone can make one", view.name()),
            fix,
            evidence.clone(),
        ));
    } else if undecided {
        findings.check(CheckId::UnsignedRefused, Status::Undecided, "no clear answer");
    } else {
        findings.check(CheckId::UnsignedRefused, Status::Pass, "unsigned tokens are refused");
    }
    findings.on(evidence);
}

fn names(algorithms: &[Algorithm]) -> String {
    let names: Vec<_> = algorithms.iter().map(|algorithm| algorithm.name()).collect();
    names.join(" and ")
}
