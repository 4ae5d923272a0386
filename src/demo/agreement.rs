//! The planted causes beside the found ones: faults and diagnoses in, one row a service out.

use super::blueprint::ServiceName;
use super::plant::Plant;
use crate::cause::CauseCode;
use crate::diagnosis::{FleetFinding, ServiceDiagnosis};

/// A further cause below this confidence is a candidate, not a claim.
const CLAIMED: f64 = 0.5;

/// What a fleet is told whose clocks are all off by the same: from outside, that is no service's
/// fault.
const OWN_CLOCK: &str = "own-clock";

/// What was planted on one service and what was found there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The service's name.
    pub service: &'static str,
    /// The codes of its faults; none if it is healthy.
    pub planted: Vec<CauseCode>,
    /// The codes that were claimed, the main one first.
    pub found: Vec<CauseCode>,
    /// Whether every fault was found and nothing was claimed that no fault explains.
    pub agrees: bool,
}

/// Compares service by service, in the order of the fleet; a skew that all services share is found
/// where the fleet is told of it. A service without a diagnosis is left
/// out: it was not asked about.
#[must_use]
pub fn agrees(
    planted: &[Plant],
    found: &[ServiceDiagnosis],
    fleet: &[FleetFinding],
) -> Vec<Agreement> {
    ServiceName::ALL
        .into_iter()
        .filter_map(|service| {
            let diagnosis = found.iter().find(|diagnosis| diagnosis.name == service.name())?;
            let shared = fleet.iter().filter(|finding| finding.code == OWN_CLOCK);
            let shared = shared.filter(|finding| finding.services.contains(&diagnosis.name));
            let found = claimed(diagnosis).into_iter().chain(shared.map(|_| CauseCode::ClockSkew));
            Some(compare(service, planted, found.collect()))
        })
        .collect()
}

fn compare(service: ServiceName, planted: &[Plant], found: Vec<CauseCode>) -> Agreement {
    let faults: Vec<_> =
        planted.iter().filter(|plant| plant.service == service).map(|plant| plant.fault).collect();
    let all_found = faults.iter().all(|fault| found.iter().any(|code| fault.is_named_by(*code)));
    let all_explained = found.iter().all(|code| faults.iter().any(|fault| fault.explains(*code)));
    Agreement {
        service: service.name(),
        planted: faults.iter().map(|fault| fault.code).collect(),
        found,
        agrees: all_found && all_explained,
    }
}

fn claimed(diagnosis: &ServiceDiagnosis) -> Vec<CauseCode> {
    let further = diagnosis.other_causes.iter().filter(|cause| cause.confidence >= CLAIMED);
    diagnosis.cause.iter().chain(further).map(|cause| cause.code).collect()
}

#[cfg(test)]
mod tests {
    use super::super::plant::story;
    use super::*;

    #[test]
    fn a_fault_must_be_found_and_nothing_else_may_be_claimed() {
        use CauseCode::{ClockSkew, KeyDefault, KeyMismatch, LeewayExcessive};
        let rows: &[(ServiceName, &[CauseCode], bool)] = &[
            (ServiceName::Main, &[], true),
            (ServiceName::Main, &[KeyMismatch], false),
            (ServiceName::Autoscraper, &[ClockSkew, LeewayExcessive], true),
            (ServiceName::Autoscraper, &[LeewayExcessive, ClockSkew], true),
            (ServiceName::Autoscraper, &[ClockSkew], false),
            (ServiceName::Admin, &[KeyDefault], true),
            (ServiceName::Admin, &[KeyDefault, KeyMismatch], false),
            (ServiceName::Admin, &[], false),
        ];
        for (service, found, agrees) in rows {
            let row = compare(*service, &story(), found.to_vec());
            assert_eq!(row.agrees, *agrees, "{row:?}");
        }
    }
}
