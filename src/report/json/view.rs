//! The whole of a report and what concerns the fleet: fields, and how they are drawn.

use chrono::SecondsFormat;
use schemars::JsonSchema;
use serde::Serialize;

use super::number::{rfc3339, seconds};
use super::observation::Observation;
use super::service::Service;
use super::vocabulary::{self, SCHEMA};
use crate::diagnosis::{Diagnosis, FleetDiagnosis};

/// What one run of authprobe found. Times are RFC 3339 in UTC; `null` is what could not be told.
#[derive(Serialize, JsonSchema)]
pub(super) struct Report {
    /// The version of this form.
    #[schemars(schema_with = "vocabulary::schema")]
    schema: &'static str,
    tool: Tool,
    /// The command that was run.
    command: String,
    /// The environment that was probed.
    environment: String,
    #[schemars(schema_with = "vocabulary::moment")]
    started_at: String,
    #[schemars(schema_with = "vocabulary::moment")]
    finished_at: String,
    /// `fail` if any check failed, `inconclusive` if something that matters could not be judged.
    #[schemars(schema_with = "vocabulary::run_verdict")]
    verdict: &'static str,
    services: Vec<Service>,
    fleet: Fleet,
    /// Everything that was sent and what came back, by the ids that `evidence` names.
    observations: Vec<Observation>,
}

#[derive(Serialize, JsonSchema)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct Fleet {
    findings: Vec<Finding>,
    pairs: Vec<Pair>,
}

#[derive(Serialize, JsonSchema)]
struct Finding {
    code: &'static str,
    #[schemars(schema_with = "vocabulary::status")]
    status: &'static str,
    #[schemars(schema_with = "vocabulary::severity")]
    severity: &'static str,
    summary: String,
    fix: String,
    services: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct Pair {
    issuer: String,
    verifier: String,
    /// Whether the verifier takes a token that the issuer makes now.
    works: Option<bool>,
    reason: Option<String>,
    /// Whether the verifier was given a token as the issuer makes it; else this is a prediction.
    checked: bool,
    /// For how long a fresh token is refused, where only its start is what is wrong.
    refused_for_s: Option<f64>,
    /// The ids of the observations that it rests on.
    evidence: Vec<String>,
}

impl Report {
    pub(super) fn of(diagnosis: &Diagnosis) -> Self {
        Self {
            schema: SCHEMA,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            command: diagnosis.command.to_owned(),
            environment: diagnosis.environment.clone(),
            started_at: rfc3339(diagnosis.started_at, SecondsFormat::Millis),
            finished_at: rfc3339(diagnosis.finished_at, SecondsFormat::Millis),
            verdict: diagnosis.outcome().code(),
            services: diagnosis.services.iter().map(Service::of).collect(),
            fleet: Fleet::of(&diagnosis.fleet),
            observations: diagnosis
                .services
                .iter()
                .flat_map(|s| s.observations.iter().map(|judged| Observation::of(s, judged)))
                .collect(),
        }
    }
}

impl Fleet {
    fn of(fleet: &FleetDiagnosis) -> Self {
        let findings = fleet.findings.iter().map(|finding| Finding {
            code: finding.code,
            status: finding.status.code(),
            severity: finding.severity.code(),
            summary: finding.summary.clone(),
            fix: finding.fix.clone(),
            services: finding.services.clone(),
        });
        let pairs = fleet.pairs.iter().map(|pair| Pair {
            issuer: pair.issuer.clone(),
            verifier: pair.verifier.clone(),
            works: pair.works,
            reason: pair.reason.clone(),
            checked: pair.checked,
            refused_for_s: pair.refused_for.and_then(seconds),
            evidence: pair.evidence.iter().map(|n| format!("{}-{n}", pair.verifier)).collect(),
        });
        Self { findings: findings.collect(), pairs: pairs.collect() }
    }
}
