//! The end of the stage: how each row was taken in, outcomes, one check and the causes out.

use super::judge::{Judge, Reception};
use super::rows::{Right, Row, Signed, TABLE, TIMING};
use super::{Chunk, controls, questions, timing};
use crate::cause::CauseCode;
use crate::check::{CheckId, Severity, Status};
use crate::hostile::{HostileOutcome, Trick};
use crate::investigate::findings::{Detailed, Findings, shown};
use crate::question::Question;

/// Every chunk was asked.
pub(super) fn finished(judge: &Judge<'_>) -> Findings {
    let mut outcomes: Vec<_> = TABLE.iter().map(|row| outcome(judge, row)).collect();
    outcomes.push(timed(judge));
    concluded(judge, outcomes)
}

/// After this chunk, the right token was not taken any more.
pub(super) fn stopped(judge: &Judge<'_>, last: &Chunk, number: usize) -> Findings {
    let mut outcomes: Vec<_> = TABLE.iter().map(|row| outcome(judge, row)).collect();
    outcomes.push(left_out(&TIMING, Status::Undecided, NOT_SENT));
    let controls = controls(judge, number);
    let evidence = numbers(judge, &controls);
    let receptions = controls.each_ref().map(|control| judge.reception(control));
    let broken = receptions
        .iter()
        .all(|reception| matches!(reception, Some(Reception::Silent | Reception::Failed(_))));
    let sent: Vec<_> = last.rows.iter().map(|row| row.id).collect();
    let sent = sent.join(", ");
    let name = &judge.case.subject.name;
    if !broken {
        let summary = format!("stopped after {sent}: it does not take the right token any more");
        let mut findings = concluded(judge, outcomes);
        if findings.checks.iter().any(|check| check.status == Status::Fail) {
            return findings;
        }
        findings.checks.clear();
        findings.check(CheckId::HostileRefused, Status::Undecided, summary);
        findings.on(evidence).mend(format!("See whether {name} locks out or limits who errs."));
        return findings;
    }
    for outcome in outcomes.iter_mut().filter(|one| last.rows.iter().any(|row| row.id == one.id)) {
        if outcome.status == Status::Undecided {
            "afterwards the service did not answer".clone_into(&mut outcome.summary);
        }
    }
    let mut findings = concluded(judge, outcomes);
    let summary = format!("after {sent} it does not answer the right token any more");
    let fix = format!("Look at {name}'s log for what ended it, and restart it.");
    findings.checks.clear();
    findings.check(CheckId::HostileRefused, Status::Fail, summary.clone());
    findings.on(evidence.clone()).mend(fix.clone());
    let cause = shown(CauseCode::ForgeryAccepted, format!("{name}: {summary}"), fix, evidence);
    findings.causes.push(cause.detail("after", sent));
    findings
}

const NOT_SENT: &str = "not sent: the service did not take the right token any more";

fn outcome(judge: &Judge<'_>, row: &'static Row) -> HostileOutcome {
    let asked = match questions::of(row, &judge.case.subject, judge.base) {
        Ok(asked) => asked,
        Err(why) => return left_out(row, Status::Skip, why),
    };
    if let Right::RefuseIfRead(claim) = row.right {
        match judge.reception(&questions::unread(claim, judge.base)) {
            Some(Reception::Refused) => {}
            Some(Reception::Taken) => {
                return left_out(row, Status::Skip, "it does not look at this claim");
            }
            Some(_) => return left_out(row, Status::Undecided, "no clear answer to another value"),
            None => return left_out(row, Status::Undecided, NOT_SENT),
        }
    }
    let called = judge.calls.contains(row.id);
    let worst = asked
        .iter()
        .map(|question| (settled(judge, row, question), question))
        .max_by_key(|(settled, _)| rank(row, settled));
    let Some((settled, question)) = worst else {
        return left_out(row, Status::Skip, "there is none to send");
    };
    let (status, summary) = if called {
        (finding(row.severity), "the service called the address in the token".to_owned())
    } else {
        told(row, &settled)
    };
    let evidence = numbers(judge, &[question.clone(), question.clone().again(1)]);
    HostileOutcome { status, summary, evidence, ..left_out(row, status, "") }
}

/// What two answers to one question come to.
enum Settled {
    Unsent,
    Same(Reception),
    Differing,
}

fn settled(judge: &Judge<'_>, row: &Row, question: &Question) -> Settled {
    let Some(first) = judge.reception_of(row, question) else { return Settled::Unsent };
    match judge.reception_of(row, &question.clone().again(1)) {
        Some(second) if second != first => Settled::Differing,
        Some(_) | None => Settled::Same(first),
    }
}

fn rank(row: &Row, settled: &Settled) -> (u8, Option<Reception>) {
    let reception = match settled {
        Settled::Same(reception) => Some(*reception),
        Settled::Differing | Settled::Unsent => None,
    };
    let weight = match told(row, settled).0 {
        Status::Pass | Status::Skip => 0,
        Status::Warn => 1,
        Status::Undecided => 2,
        Status::Fail => 3,
    };
    (weight, reception)
}

fn told(row: &Row, settled: &Settled) -> (Status, String) {
    match settled {
        Settled::Unsent => (Status::Undecided, NOT_SENT.to_owned()),
        Settled::Differing => (Status::Undecided, "two tries got two answers".to_owned()),
        Settled::Same(Reception::Refused) => (Status::Pass, "refused".to_owned()),
        Settled::Same(Reception::Taken) if row.right == Right::Stand => {
            (Status::Pass, "taken, as it may be".to_owned())
        }
        Settled::Same(Reception::Taken) => (finding(row.severity), "accepted".to_owned()),
        Settled::Same(Reception::Late) => {
            (finding(row.severity), "it takes seconds longer to answer".to_owned())
        }
        Settled::Same(Reception::Failed(status)) => {
            (Status::Warn, format!("does not fail closed: a server error ({status})"))
        }
        Settled::Same(Reception::Odd(status)) => {
            (Status::Undecided, format!("answered {status}, neither refused nor taken"))
        }
        Settled::Same(Reception::Silent) => (Status::Undecided, "no answer".to_owned()),
        Settled::Same(Reception::Limited) => {
            (Status::Undecided, "it asks us to slow down".to_owned())
        }
    }
}

/// What a key's holder alone can do is laxness; the rest lets anyone in, or hurts.
fn finding(severity: Severity) -> Status {
    if severity >= Severity::High { Status::Fail } else { Status::Warn }
}

fn timed(judge: &Judge<'_>) -> HostileOutcome {
    match timing::difference(judge) {
        Ok(later) => {
            let summary = format!(
                "a wrong last byte is refused {:.0} µs later than a wrong first",
                later * 1e6
            );
            left_out(&TIMING, finding(TIMING.severity), summary)
        }
        Err(why) => left_out(&TIMING, Status::Skip, why),
    }
}

fn left_out(row: &'static Row, status: Status, summary: impl Into<String>) -> HostileOutcome {
    HostileOutcome {
        id: row.id,
        title: row.title,
        status,
        severity: row.severity,
        citation: row.citation,
        summary: summary.into(),
        evidence: Vec::new(),
    }
}

fn numbers(judge: &Judge<'_>, questions: &[Question]) -> Vec<usize> {
    let seen = questions.iter().filter_map(|question| judge.case.observed(question));
    seen.map(|seen| seen.number).collect()
}

/// The check and the causes that the outcomes come to.
fn concluded(judge: &Judge<'_>, outcomes: Vec<HostileOutcome>) -> Findings {
    let mut findings = Findings::default();
    let of = |status| outcomes.iter().filter(move |one| one.status == status).count();
    let sent = outcomes.len() - of(Status::Skip);
    let (failed, warned, open) = (of(Status::Fail), of(Status::Warn), of(Status::Undecided));
    let (status, summary) = match (failed, warned, open) {
        (0, 0, 0) => (Status::Pass, format!("{sent} kinds sent, none taken that must be refused")),
        (0, 0, _) => (Status::Undecided, format!("{sent} kinds sent, {open} not judged")),
        (0, _, 0) => (Status::Warn, format!("{sent} kinds sent, {warned} handled laxly")),
        (0, ..) => (
            Status::Undecided,
            format!("{sent} kinds sent, {warned} handled laxly, {open} not judged"),
        ),
        _ => (Status::Fail, format!("{sent} kinds sent, {failed} not refused as they should be")),
    };
    let bad = |one: &&HostileOutcome| matches!(one.status, Status::Fail | Status::Warn);
    let evidence = outcomes.iter().filter(bad).flat_map(|one| one.evidence.clone()).collect();
    findings.check(CheckId::HostileRefused, status, summary);
    findings.on(evidence);
    for code in [CauseCode::UnsignedAccepted, CauseCode::KeyDefault, CauseCode::ForgeryAccepted] {
        cause(judge, code, &outcomes, &mut findings);
    }
    findings.hostile = outcomes;
    findings
}

fn cause(judge: &Judge<'_>, code: CauseCode, outcomes: &[HostileOutcome], findings: &mut Findings) {
    let failed: Vec<_> = outcomes
        .iter()
        .filter(|one| one.status == Status::Fail && code_of(one.id) == code)
        .collect();
    let [first, ..] = failed.as_slice() else { return };
    if judge.known.contains(&code) {
        return;
    }
    let name = &judge.case.subject.name;
    let ids: Vec<_> = failed.iter().map(|one| one.id).collect();
    let (what, fix) = match code {
        CauseCode::UnsignedAccepted => (
            format!("{name} accepts unsigned tokens ({}): anyone can make one", first.title),
            format!(
                "Give {name} an explicit list of algorithms without none (RFC 8725 section 3.1)."
            ),
        ),
        CauseCode::KeyDefault => (
            format!(
                "{name} also verifies with an empty or well-known key: anyone can make a token"
            ),
            format!("Take the fallback key out of {name}, and let it refuse to start without one."),
        ),
        _ => (
            format!("{name} falls for a hostile token: {} ({})", first.title, first.summary),
            format!(
                "Let {name} take keys and algorithms from its configuration only ({}).",
                first.citation
            ),
        ),
    };
    // The second try says the same.
    let evidence = failed.iter().filter_map(|one| one.evidence.first().copied()).collect();
    findings.causes.push(shown(code, what, fix, evidence).detail("accepted", ids));
}

/// The cause that an accepted row shows.
fn code_of(id: &str) -> CauseCode {
    match TABLE.iter().find(|row| row.id == id).map(|row| row.signed) {
        Some(
            Signed::No
            | Signed::By(Trick::SignatureKept | Trick::TwoParts | Trick::TwoAlgorithms(..)),
        ) => CauseCode::UnsignedAccepted,
        Some(Signed::WithDefaults) => CauseCode::KeyDefault,
        _ => CauseCode::ForgeryAccepted,
    }
}
