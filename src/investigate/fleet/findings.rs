//! What the clocks and leeways of several services mean together, in sentences. Asks nothing.

use std::fmt::Write as _;

use super::between::Crossed;
use super::prediction::Prediction;
use crate::check::{Severity, Status};
use crate::diagnosis::{FleetFinding, Measured, ServiceDiagnosis};
use crate::plan::Plan;
use crate::time::Seconds;

/// Leeways that differ by less are one habit.
const SPREAD: f64 = 5.0;

/// One finding for each issuer whose tokens are refused for its clock, and one for each prediction
/// that an answer contradicts.
pub(super) fn of_pairs(services: &[ServiceDiagnosis], crossed: &[Crossed]) -> Vec<FleetFinding> {
    let named = |name: &str| services.iter().find(|service| service.name == name);
    let mut findings = Vec::new();
    for issuer in services {
        let of_issuer = || crossed.iter().filter(|crossed| crossed.pair.issuer == issuer.name);
        let refused: Vec<_> = of_issuer()
            .filter(|crossed| crossed.pair.works == Some(false))
            .filter_map(|crossed| match crossed.expected {
                Prediction::TooEarly(early) => {
                    Some((named(&crossed.pair.verifier)?, early, crossed.pair.checked))
                }
                _ => None,
            })
            .collect();
        findings.extend(too_early(issuer, &refused));
        findings.extend(of_issuer().filter_map(contradicted));
    }
    findings
}

type Refusal<'a> = (&'a ServiceDiagnosis, Measured, bool);

fn too_early(issuer: &ServiceDiagnosis, refused: &[Refusal<'_>]) -> Option<FleetFinding> {
    let (verifier, early, _) = refused.first()?;
    let ahead = issuer.clock.skew?.value - verifier.clock.skew?.value;
    let leeway = verifier.expiration.leeway?.value;
    let (name, other) = (&issuer.name, &verifier.name);
    let mut summary = format!(
        "{name}'s clock is {} ahead of {other}'s and {other} forgives {}: every token {name} issues \
         is refused by {other} for its first {}",
        whole(ahead),
        whole(leeway),
        whole(early.value)
    );
    for (further, early, _) in &refused[1..] {
        // Writing to a String cannot fail.
        let _ = write!(summary, ", by {} for {}", further.name, whole(early.value));
    }
    let checked = refused.iter().any(|(_, _, checked)| *checked);
    let mut services = vec![name.clone()];
    services.extend(refused.iter().map(|(verifier, ..)| verifier.name.clone()));
    Some(FleetFinding {
        code: "issued-too-early",
        status: if checked { Status::Fail } else { Status::Warn },
        severity: Severity::High,
        summary,
        fix: format!(
            "Set the clocks of both hosts (`chronyc tracking`); a leeway of a few seconds in {other} \
             hides what remains."
        ),
        services,
    })
}

/// What was expected and what was seen, where they do not agree.
fn contradicted(crossed: &Crossed) -> Option<FleetFinding> {
    let pair = &crossed.pair;
    if !pair.checked || pair.works.is_some() {
        return None;
    }
    let (name, other) = (&pair.issuer, &pair.verifier);
    let summary = match crossed.expected {
        Prediction::Taken => format!(
            "keys and clocks say that {other} takes {name}'s tokens, and it refused one as {name} \
             makes it"
        ),
        Prediction::TooEarly(early) => format!(
            "clocks and leeway say that {other} refuses {name}'s tokens for {}, and it took one as \
             {name} makes it",
            whole(early.value)
        ),
        _ => {
            format!("{other} verifies with another key than {name}, and it took a token of {name}")
        }
    };
    Some(FleetFinding {
        code: "pair-contradicted",
        status: Status::Undecided,
        severity: Severity::Medium,
        summary,
        fix: "Run again with --precise; if it stays so, compare the clocks of both hosts."
            .to_owned(),
        services: vec![name.clone(), other.clone()],
    })
}

/// Told where leeways differ; a warning only where one is beyond its policy.
pub(super) fn leeway_spread(plan: &Plan, services: &[ServiceDiagnosis]) -> Option<FleetFinding> {
    let known = plan.services.iter().zip(services).filter_map(|(service, found)| {
        let leeway = found.expiration.leeway.filter(|_| found.expiration.enforced == Some(true))?;
        Some((found, leeway, service.subject.policy.max_leeway.as_secs_f64()))
    });
    let known: Vec<_> = known.collect();
    let by_leeway = |one: &&(_, Measured, _), other: &&(_, Measured, _)| {
        one.1.value.0.total_cmp(&other.1.value.0)
    };
    let (strict, least, _) = known.iter().min_by(by_leeway)?;
    let (lenient, most, _) = known.iter().max_by(by_leeway)?;
    let apart = (most.value - least.value).0 - (most.error + least.error).0;
    if apart <= SPREAD {
        return None;
    }
    let beyond = known.iter().any(|(_, leeway, policy)| leeway.value.0 - leeway.error.0 > *policy);
    Some(FleetFinding {
        code: "leeway-spread",
        status: if beyond { Status::Warn } else { Status::Pass },
        severity: Severity::Info,
        summary: format!(
            "{} forgives {}, {} {}: a token may be good here and dead there",
            strict.name,
            whole(least.value),
            lenient.name,
            whole(most.value)
        ),
        fix: "Give all services one leeway, of a few seconds.".to_owned(),
        services: known.iter().map(|(found, ..)| found.name.clone()).collect(),
    })
}

/// A span to the second: more would feign precision.
fn whole(span: Seconds) -> String {
    Seconds(span.0.round()).in_words()
}
