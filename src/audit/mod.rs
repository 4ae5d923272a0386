//! The key files of a fleet, offline: an audit ground in, how every key stands and what was found out.
//! Nothing is sent, nothing is written, no value is shown.
//!
//! `view` reads each file once. A family of findings is a function from the view to its findings, in a
//! file of its own: `presence`, `agreement`, `environments`, `strength`, `loaders` and `settings` look at
//! what the files hold; `git`, `mode`, `age`, `shadow` and `written` look at what stands around them.

mod age;
mod agreement;
mod compose;
mod compose_environment;
mod docker_pattern;
mod dockerfile;
mod environments;
mod git;
mod git_command;
mod here;
mod image;
mod key_files;
mod literal;
mod loaders;
mod manifest;
mod mode;
mod presence;
mod settings;
mod shadow;
mod source;
mod strength;
mod tree;
mod view;
mod written;
mod yaml;

use std::cmp::Reverse;

pub use view::{AuditView, EnvironmentView, Held, KeyView, Surroundings};

use crate::audit_finding::{AuditCode, Finding};
use crate::audit_ground::AuditGround;
use crate::audit_outcome::{Agreement, AuditOutcome, AuditedEnvironment, AuditedKey};
use crate::check::Status;

/// Looks at the files for findings of one family.
type Family = fn(&AuditView<'_>) -> Vec<Finding>;

/// Every family of findings.
const FAMILIES: &[Family] = &[
    presence::findings,
    agreement::findings,
    environments::findings,
    strength::findings,
    loaders::findings,
    settings::findings,
    git::findings,
    age::findings,
    mode::findings,
    shadow::findings,
    written::findings,
];

/// Audits the key files of a ground.
#[must_use]
pub fn audit(ground: &AuditGround, around: &Surroundings<'_>) -> AuditOutcome {
    let view = AuditView::read(ground, around);
    let found = FAMILIES.iter().flat_map(|family| family(&view));
    AuditOutcome {
        root: ground.root.clone(),
        configuration: ground.configuration.clone(),
        services: ground.services.iter().map(|service| service.name.clone()).collect(),
        environments: view.environments.iter().map(|one| environment(&view, one)).collect(),
        findings: in_order(found),
        assumptions: ground.assumptions.clone(),
    }
}

fn environment(view: &AuditView<'_>, environment: &EnvironmentView<'_>) -> AuditedEnvironment {
    let of_files = environment.keys.iter().map(|key| AuditedKey {
        service: key.file.service.clone(),
        source: key.file.name.clone(),
        variable: key.file.place.variable().map(str::to_owned),
        dialect: key.dialect().map(|dialect| dialect.name),
        agreement: agreement::agreement(view, environment, key),
    });
    let elsewhere = environment.inventory.elsewhere.iter().map(|elsewhere| AuditedKey {
        service: elsewhere.service.clone(),
        source: elsewhere.place.source.clone().into_owned(),
        variable: elsewhere.place.variable.clone(),
        dialect: None,
        agreement: Agreement::Untold,
    });
    AuditedEnvironment {
        name: environment.name().to_owned(),
        is_looked_at: environment.is_looked_at,
        keys: of_files.chain(elsewhere).collect(),
    }
}

/// Worst first, then in the order of the codes; what is the same in several environments is one.
fn in_order(found: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for finding in found {
        let twin = findings.iter_mut().find(|known| is_twin(known, &finding));
        match twin {
            None => findings.push(finding),
            Some(known) => {
                let new = finding.environments.into_iter();
                let new: Vec<_> = new.filter(|name| !known.environments.contains(name)).collect();
                known.environments.extend(new);
            }
        }
    }
    let number = |code| AuditCode::ALL.iter().position(|known| *known == code);
    findings.sort_by_key(|finding| {
        (rank(finding.status), Reverse(finding.code.severity()), number(finding.code))
    });
    findings
}

fn is_twin(one: &Finding, other: &Finding) -> bool {
    let same = |finding: &Finding| Finding { environments: Vec::new(), ..finding.clone() };
    same(one) == same(other)
}

fn rank(status: Status) -> u8 {
    match status {
        Status::Fail => 0,
        Status::Undecided => 1,
        Status::Warn => 2,
        Status::Skip | Status::Pass => 3,
    }
}
