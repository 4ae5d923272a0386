//! From services to the fleet: the odd one out, our own clock, and who takes whose tokens. Sees key
//! names and what the keyrings say of their equality, never bytes.

mod between;
mod findings;
mod keys;
mod own_clock;
mod prediction;

use crate::diagnosis::{FleetDiagnosis, ServiceDiagnosis};
use crate::plan::{About, Plan};

pub use between::{MOST as MOST_BETWEEN, questions as between_services};

/// The pairs of more services than this would fill a report with what works.
pub const LARGE_FLEET: usize = 50;

/// What concerns several services, from what was found on each and on the tokens of one at another.
/// Where it is our own clock that is wrong, the services are cleared of it.
#[must_use]
pub fn fleet(plan: &Plan, services: &mut [ServiceDiagnosis]) -> FleetDiagnosis {
    let policy = plan.services.first().map(|service| service.subject.policy.max_clock_skew);
    let suspect = policy.and_then(|policy| own_clock::suspect(services, policy.as_secs_f64()));
    let about = plan.services.first().map(|service| service.subject.scope.about);
    if about.is_some_and(|about| about != About::Everything) {
        let findings = suspect.into_iter().collect();
        return FleetDiagnosis { findings, pairs: Vec::new() };
    }
    let mut findings: Vec<_> =
        plan.key_facts.iter().map(|fact| keys::of_files(plan, fact)).collect();
    findings.extend(suspect);
    findings.extend(keys::of_other_environments(plan, services));
    findings.extend(keys::odd_one_out(plan, services));
    let crossed = between::pairs(plan, services);
    findings.extend(findings::of_pairs(services, &crossed));
    findings.extend(findings::leeway_spread(plan, services));
    let large = services.len() > LARGE_FLEET;
    let pairs = crossed.into_iter().map(|crossed| crossed.pair);
    let pairs = pairs.filter(|pair| !large || pair.works == Some(false)).collect();
    FleetDiagnosis { findings, pairs }
}
