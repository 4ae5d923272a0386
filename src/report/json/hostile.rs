//! How a service took each kind of hostile token: fields, and how they are drawn.

use schemars::JsonSchema;
use serde::Serialize;

use super::vocabulary;
use crate::diagnosis::ServiceDiagnosis;

#[derive(Serialize, JsonSchema)]
pub(super) struct Hostile {
    /// A stable id, such as `H41a`.
    id: &'static str,
    /// What was sent.
    title: &'static str,
    /// `pass` where it was refused, `skip` where it was not sent.
    #[schemars(schema_with = "vocabulary::status")]
    status: &'static str,
    /// How bad it is to accept it.
    #[schemars(schema_with = "vocabulary::severity")]
    severity: &'static str,
    /// What rules it.
    citation: &'static str,
    /// What was found.
    summary: String,
    /// Ids of observations.
    evidence: Vec<String>,
}

impl Hostile {
    /// Every kind, in the order in which they were sent.
    pub(super) fn all(service: &ServiceDiagnosis) -> Vec<Self> {
        let ids = |numbers: &[usize]| {
            numbers.iter().map(|number| service.observation_id(*number)).collect()
        };
        let outcomes = service.hostile.iter();
        outcomes
            .map(|outcome| Self {
                id: outcome.id,
                title: outcome.title,
                status: outcome.status.code(),
                severity: outcome.severity.code(),
                citation: outcome.citation,
                summary: outcome.summary.clone(),
                evidence: ids(&outcome.evidence),
            })
            .collect()
    }
}
