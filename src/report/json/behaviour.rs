//! What a verifier's behaviour tells, and how it is drawn.

use schemars::JsonSchema;
use serde::Serialize;

use super::number::rounded;
use crate::behaviour;
use crate::diagnosis::ServiceDiagnosis;

#[derive(Serialize, JsonSchema)]
pub(super) struct Verifier {
    /// The one library, where its own words tell it from those that behave alike.
    family: Option<&'static str>,
    /// The libraries that behave alike, in words.
    group: &'static str,
    #[schemars(range(min = 0.0, max = 1.0))]
    confidence: f64,
    /// Ids of observations, most telling first.
    evidence: Vec<String>,
}

impl Verifier {
    pub(super) fn of(service: &ServiceDiagnosis) -> Option<Self> {
        let verifier = service.behaviour.verifier.as_ref()?;
        let evidence = verifier.evidence.iter();
        Some(Self {
            family: verifier.family,
            group: verifier.group,
            confidence: rounded(verifier.confidence, 2).unwrap_or(0.0).clamp(0.0, 1.0),
            evidence: evidence.map(|number| service.observation_id(*number)).collect(),
        })
    }
}

/// Claims and header members, by whether the service looks at them.
#[derive(Serialize, JsonSchema)]
pub(super) struct Claims {
    /// Neither their absence nor another value is refused.
    ignored: Vec<String>,
    /// Their absence is refused.
    required: Vec<String>,
}

impl Claims {
    pub(super) fn of(service: &ServiceDiagnosis) -> Option<Self> {
        let behaviour::ClaimFacts { ignored, required } = service.behaviour.claims.clone()?;
        Some(Self { ignored, required })
    }
}
