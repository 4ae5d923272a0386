//! What is wrong and what to do about it: one block for each cause, for each finding on the fleet,
//! and for each failing or warning check that no cause explains.

use std::cmp::Reverse;

use super::page::{Mark, Page};
use super::{check_mark, evidence, names, quantity, section_mark};
use crate::cause::{Cause, CauseCode};
use crate::check::{Check, Checklist, Status};
use crate::diagnosis::{ClockSource, Diagnosis, FleetFinding, RunVerdict, ServiceDiagnosis};

/// A cause less sure than this is called possible.
const SURE: f64 = 0.5;
/// The order of blocks with the same mark.
const ORDER: [Checklist; 7] = [
    Checklist::Reach,
    Checklist::Keys,
    Checklist::Algorithm,
    Checklist::Expiration,
    Checklist::Clock,
    Checklist::Claims,
    Checklist::Practice,
];

/// The cause of what is seen on a service goes before what else was found there; what stays open goes
/// last, right before its candidates.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    First,
    Further,
    Open,
}

/// One thing to know: the answer, why it is so, and what to do.
struct Block {
    mark: Mark,
    rank: Rank,
    section: Checklist,
    summary: String,
    code: &'static str,
    evidence: String,
    fix: String,
    /// The library that the service behaves like, with its cause.
    verifier: String,
}

pub(super) fn write(diagnosis: &Diagnosis, page: &mut Page) {
    let mut blocks: Vec<Block> = diagnosis.services.iter().flat_map(of_service).collect();
    let place = |section| ORDER.iter().position(|known| *known == section);
    blocks.sort_by_key(|block| (Reverse(block.mark), block.rank, place(block.section)));
    let mut fleet: Vec<Block> =
        diagnosis.fleet.findings.iter().filter_map(|f| of_fleet(f, diagnosis)).collect();
    fleet.sort_by_key(|block| Reverse(block.mark));
    for block in blocks.iter().chain(&fleet) {
        put(block, page);
    }
}

fn put(block: &Block, page: &mut Page) {
    let mark = page.mark(block.mark);
    let summary = page.strong(&page.printable(&block.summary));
    let narrow = page.is_narrow();
    page.gap();
    if narrow {
        page.statement(&mark, &summary);
    } else {
        let code = page.faint(block.code);
        page.labelled(&mark, &summary, &code);
    }
    let advice = if block.mark == Mark::Unsure { "next" } else { "fix" };
    let mut rows = Vec::new();
    let parts =
        [("evidence", &block.evidence), (advice, &block.fix), ("verifier", &block.verifier)];
    for (label, text) in parts {
        if !text.is_empty() {
            rows.push(vec![page.faint(label), page.printable(text)]);
        }
    }
    if narrow {
        rows.push(vec![page.faint("code"), block.code.to_owned()]);
    }
    if !rows.is_empty() {
        page.columns(2, &rows);
    }
}

fn of_service(service: &ServiceDiagnosis) -> Vec<Block> {
    let first = service.cause.iter().map(|cause| Block {
        rank: if cause.code == CauseCode::Unjudgeable { Rank::Open } else { Rank::First },
        verifier: verifier(service),
        ..of_cause(service, cause, first_mark(service))
    });
    let others = service
        .other_causes
        .iter()
        .map(|cause| of_cause(service, cause, other_mark(service, cause)));
    let mut blocks: Vec<Block> = first.chain(others).collect();
    let explained: Vec<Checklist> = blocks.iter().map(|block| block.section).collect();
    blocks.extend(
        service
            .checks
            .iter()
            .filter(|check| is_unexplained(service, check, &explained))
            .map(|check| of_check(service, check)),
    );
    blocks
}

fn first_mark(service: &ServiceDiagnosis) -> Mark {
    match service.verdict {
        RunVerdict::Pass => Mark::Warn,
        RunVerdict::Inconclusive => Mark::Unsure,
        RunVerdict::Fail => Mark::Fail,
    }
}

/// A further cause is as bad as the checks that it explains; a weak candidate is only a warning.
fn other_mark(service: &ServiceDiagnosis, cause: &Cause) -> Mark {
    if cause.confidence < SURE {
        return Mark::Warn;
    }
    section_mark(service, section(cause.code)).max(Mark::Warn)
}

fn of_cause(service: &ServiceDiagnosis, cause: &Cause, mark: Mark) -> Block {
    let possible = if cause.confidence < SURE { "possible: " } else { "" };
    let observed = evidence::sentence(service, &cause.evidence);
    let clock = if cause.code == CauseCode::ClockSkew { clocks(service) } else { String::new() };
    let evidence = [clock, observed].into_iter().filter(|part| !part.is_empty());
    Block {
        mark,
        rank: Rank::Further,
        section: section(cause.code),
        summary: format!("{possible}{}", cause.summary),
        code: cause.code.code(),
        evidence: evidence.collect::<Vec<_>>().join("; "),
        fix: cause.fix.clone(),
        verifier: String::new(),
    }
}

/// What the service behaves like, with how sure that is.
fn verifier(service: &ServiceDiagnosis) -> String {
    service.behaviour.verifier.as_ref().map_or_else(String::new, |verifier| {
        format!("behaves like {} ({:.0} %)", verifier.group, verifier.confidence * 100.0)
    })
}

/// What each clock of the service shows.
fn clocks(service: &ServiceDiagnosis) -> String {
    let clock = &service.clock;
    let readings = [(ClockSource::Token, clock.token), (ClockSource::Date, clock.date)];
    let words: Vec<String> = readings
        .iter()
        .filter_map(|(source, reading)| {
            let shown = quantity::skew((*reading)?);
            Some(match source {
                ClockSource::Token => format!("{shown} by the tokens it takes and refuses"),
                ClockSource::Date => format!("{shown} by its Date header"),
            })
        })
        .collect();
    words.join(", ")
}

/// Whether the reader would not learn of this check from any cause of the service.
fn is_unexplained(service: &ServiceDiagnosis, check: &Check, explained: &[Checklist]) -> bool {
    let section = check.id.checklist();
    let causes = service.cause.iter().chain(&service.other_causes);
    let told = causes.map(|cause| &cause.summary).any(|summary| *summary == check.summary);
    if section == Checklist::Practice || explained.contains(&section) || told {
        return false;
    }
    match check.status {
        // A token that is refused, whatever the cause, is what the causes are about.
        Status::Fail => section != Checklist::Reach || explained.is_empty(),
        Status::Warn => true,
        Status::Undecided => service.cause.is_none(),
        Status::Pass | Status::Skip => false,
    }
}

fn of_check(service: &ServiceDiagnosis, check: &Check) -> Block {
    Block {
        mark: check_mark(check),
        rank: Rank::Further,
        section: check.id.checklist(),
        summary: if check.summary.contains(&service.name) {
            check.summary.clone()
        } else {
            format!("{}: {}", service.name, check.summary)
        },
        code: check.id.id(),
        evidence: evidence::sentence(service, &check.evidence),
        fix: check.fix.clone(),
        verifier: String::new(),
    }
}

fn of_fleet(finding: &FleetFinding, diagnosis: &Diagnosis) -> Option<Block> {
    let mark = match finding.status {
        Status::Fail => Mark::Fail,
        Status::Warn => Mark::Warn,
        Status::Undecided => Mark::Unsure,
        Status::Pass | Status::Skip => return None,
    };
    let services: Vec<&str> = finding.services.iter().map(String::as_str).collect();
    let known = services.len() == diagnosis.services.len()
        || services.iter().all(|service| finding.summary.contains(service));
    let concerned = if known { String::new() } else { format!(" ({})", names(&services)) };
    Some(Block {
        mark,
        rank: Rank::Further,
        section: Checklist::Practice,
        summary: format!("{}{concerned}", finding.summary),
        code: finding.code,
        evidence: String::new(),
        fix: finding.fix.clone(),
        verifier: String::new(),
    })
}

/// The section whose checks a cause explains.
fn section(code: CauseCode) -> Checklist {
    match code {
        CauseCode::SignatureNotVerified
        | CauseCode::KeyPrevious
        | CauseCode::KeyOwnFile
        | CauseCode::KeyOtherEnvironment
        | CauseCode::KeyDefault
        | CauseCode::KeyVariant
        | CauseCode::KeyMismatch
        | CauseCode::KeyMixedReplicas => Checklist::Keys,
        CauseCode::AlgorithmMismatch
        | CauseCode::AlgorithmPermissive
        | CauseCode::UnsignedAccepted => Checklist::Algorithm,
        CauseCode::ExpiryNotEnforced | CauseCode::LeewayExcessive | CauseCode::LifetimeLimit => {
            Checklist::Expiration
        }
        CauseCode::ClockSkew => Checklist::Clock,
        CauseCode::ClaimRequired | CauseCode::SubjectUnknown => Checklist::Claims,
        CauseCode::ForgeryAccepted => Checklist::Practice,
        CauseCode::Unreachable
        | CauseCode::WrongEndpoint
        | CauseCode::Unprotected
        | CauseCode::OtherAuthScheme
        | CauseCode::TokenLocation
        | CauseCode::HeaderStripped
        | CauseCode::RateLimited
        | CauseCode::ServerError
        | CauseCode::Redirected
        | CauseCode::Unjudgeable => Checklist::Reach,
    }
}
