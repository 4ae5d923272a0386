//! Line of inquiry: which key does the service verify with, and which others open it?

use super::findings::{Detailed, Findings, shown};
use super::shape;
use super::view::{Inquiry, NOT_SENT_GENTLY, View};
use super::wrong_key::{self, place_of};
use crate::cause::CauseCode;
use crate::check::{CheckId, Status};
use crate::diagnosis::KeyMatch;
use crate::plan::KeyName;
use crate::question::{Forgery, Question};

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    let tampered = shape::forged(view.base, Forgery::PayloadChanged);
    let others = retired_and_foreign(view);
    let mut questions = Vec::new();
    if !view.is_gentle() {
        questions.push(tampered.clone());
    }
    questions.extend(others.iter().map(|(_, question)| question.clone()));
    let unasked = view.case.unasked(questions);
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    let mut findings = Findings::default();
    if view.ignores_signatures() {
        not_verified(view, &tampered, &mut findings);
        return Inquiry::concluded(findings);
    }
    verified(view, &tampered, &mut findings);
    matched(view, &mut findings);
    for (name, question) in &others {
        extra_key(view, name, question, &mut findings);
    }
    settle_skipped(view, &others, &mut findings);
    Inquiry::concluded(findings)
}

/// The keys that must not open the service beside the one that does. Well-known defaults are not
/// tried on a service that answers rightly: that would be an attack.
fn retired_and_foreign(view: &View<'_>) -> Vec<(KeyName, Question)> {
    if view.dialect.takes_random_key || view.is_gentle() {
        return Vec::new();
    }
    let labels = view.subject().other_keys.iter();
    labels
        .map(|label| label.name.clone())
        .filter(|name| matches!(name, KeyName::Previous(_) | KeyName::Environment(_)))
        .filter(|name| *name != view.base.key)
        .map(|name| (name.clone(), shape::keyed(view.base, name)))
        .collect()
}

fn not_verified(view: &View<'_>, tampered: &Question, findings: &mut Findings) {
    let random = shape::random_key(&view.subject().token);
    let (shows, summary) = if view.dialect.takes_random_key {
        (&random, "a token signed with a random key is accepted")
    } else {
        (tampered, "a token changed after signing is accepted")
    };
    let evidence = view.evidence([shows, &shape::absent()]);
    let name = view.name();
    findings.check(CheckId::SignatureVerified, Status::Fail, summary);
    findings.on(evidence.clone());
    findings.check(
        CheckId::KeyMatch,
        Status::Skip,
        "the signature is not verified, so no key can be told",
    );
    findings.causes.push(shown(
        CauseCode::SignatureNotVerified,
        format!("{name} does not verify signatures: anyone can make a token for it"),
        format!(
            "Look for a decode without verification in {name} (verify_signature: False, \
             jwt.decode instead of jwt.verify) and verify with the shared key."
        ),
        evidence,
    ));
}

fn verified(view: &View<'_>, tampered: &Question, findings: &mut Findings) {
    let random = shape::random_key(&view.subject().token);
    findings.check(
        CheckId::SignatureVerified,
        Status::Pass,
        "a token signed with a random key is refused",
    );
    findings.on(view.evidence([&random]));
    if view.is_gentle() {
        findings.check(CheckId::PayloadIntegrity, Status::Skip, NOT_SENT_GENTLY);
        return;
    }
    let evidence = view.evidence([tampered]);
    match view.taken(tampered) {
        Some(false) => {
            findings.check(
                CheckId::PayloadIntegrity,
                Status::Pass,
                "a token changed after signing is refused",
            );
        }
        _ => findings.check(CheckId::PayloadIntegrity, Status::Undecided, "no clear answer"),
    }
    findings.on(evidence);
}

pub(super) fn matched(view: &View<'_>, findings: &mut Findings) {
    findings.key = Some(KeyMatch::Known(view.base.key.clone()));
    let base = Question::token(view.base.clone());
    let evidence = view.evidence([&base]);
    if view.base.key == KeyName::Reference {
        findings.check(CheckId::KeyMatch, Status::Pass, "it verifies with the reference key");
        findings.on(evidence);
        return;
    }
    let right = Question::token(shape::most_acceptable(&view.subject().token));
    let cause = wrong_key::cause(view.subject(), &view.base.key, view.evidence([&base, &right]));
    findings.check(
        CheckId::KeyMatch,
        Status::Fail,
        format!(
            "it verifies with {}, not with the reference key",
            wrong_key::words(&view.base.key)
        ),
    );
    findings.on(evidence).mend(cause.fix.clone());
    findings.causes.push(cause);
}

/// A retired or foreign key that opens the service beside the right one.
fn extra_key(view: &View<'_>, name: &KeyName, question: &Question, findings: &mut Findings) {
    let (id, code) = match name {
        KeyName::Environment(_) => {
            (CheckId::OtherEnvironmentRefused, CauseCode::KeyOtherEnvironment)
        }
        _ => (CheckId::PreviousKeyRefused, CauseCode::KeyPrevious),
    };
    let evidence = view.evidence([question]);
    match view.taken(question) {
        Some(false) => findings.check(id, Status::Pass, format!("{name} is refused")),
        None => findings.check(id, Status::Undecided, format!("no clear answer with {name}")),
        Some(true) => {
            findings.check(id, Status::Fail, format!("{name} is accepted as well"));
            let fix = format!(
                "Take {} out of {}'s list of keys; whoever holds it can still make tokens.",
                place_of(view.subject(), name),
                view.name()
            );
            findings.mend(fix.clone());
            findings.causes.push(
                shown(
                    code,
                    format!("{} accepts {name} beside the shared key", view.name()),
                    fix,
                    evidence.clone(),
                )
                .detail("besides_reference", true),
            );
        }
    }
    findings.on(evidence);
}

fn settle_skipped(view: &View<'_>, others: &[(KeyName, Question)], findings: &mut Findings) {
    if view.is_gentle() {
        for id in [CheckId::PreviousKeyRefused, CheckId::OtherEnvironmentRefused] {
            findings.check(id, Status::Skip, NOT_SENT_GENTLY);
        }
        return;
    }
    let previous = others.iter().any(|(name, _)| matches!(name, KeyName::Previous(_)));
    let environments = others.iter().any(|(name, _)| matches!(name, KeyName::Environment(_)));
    if !previous {
        findings.check(CheckId::PreviousKeyRefused, Status::Skip, "no previous key is known");
    }
    if !environments {
        findings.check(
            CheckId::OtherEnvironmentRefused,
            Status::Skip,
            "no other environment's key is known here",
        );
    }
}
