//! One request and its answer: fields, and how they are drawn. Never the token that was sent.

use chrono::SecondsFormat;
use schemars::JsonSchema;
use serde::Serialize;

use super::number::{rfc3339, rounded};
use super::vocabulary;
use crate::diagnosis::{Judged, ServiceDiagnosis};
use crate::observation::{DateField, Outcome};
use crate::verdict::{Refusal, Verdict};

#[derive(Serialize, JsonSchema)]
pub(super) struct Observation {
    id: String,
    service: String,
    /// What was sent, in words.
    variant: String,
    /// The HTTP status; null if there was no answer.
    status: Option<u16>,
    #[schemars(schema_with = "vocabulary::verdict")]
    verdict: &'static str,
    /// Why there was no answer, what the answer hints at, or why it has no meaning.
    reason: Option<String>,
    /// The `Date` field of the answer; null if there is none, or none that can be read.
    #[schemars(schema_with = "vocabulary::moment_or_null")]
    date: Option<String>,
    #[schemars(schema_with = "vocabulary::moment")]
    sent_at: String,
    /// From sending to the head of the answer.
    rtt_ms: f64,
}

impl Observation {
    pub(super) fn of(service: &ServiceDiagnosis, judged: &Judged) -> Self {
        let seen = &judged.observation;
        let answer = seen.answer();
        let date = answer.and_then(|answer| match answer.date {
            DateField::At(moment) => Some(rfc3339(moment, SecondsFormat::Secs)),
            DateField::Missing | DateField::Broken => None,
        });
        Self {
            id: service.observation_id(seen.number),
            service: service.name.clone(),
            variant: seen.question.to_string(),
            status: answer.map(|answer| answer.status),
            verdict: judged.verdict.code(),
            reason: reason(judged),
            date,
            sent_at: rfc3339(seen.sent_at, SecondsFormat::Millis),
            rtt_ms: rounded(seen.round_trip().0 * 1000.0, 1).unwrap_or(0.0),
        }
    }
}

fn reason(judged: &Judged) -> Option<String> {
    if let Outcome::Failure(failure) = &judged.observation.outcome {
        return Some(format!("{}: {}", failure.stage, failure.detail));
    }
    match judged.verdict {
        Verdict::Accepted => None,
        Verdict::Undecided(doubt) => Some(doubt.to_string()),
        Verdict::Rejected(_) if judged.hint.is_some() => judged.hint.clone(),
        Verdict::Rejected(Refusal::LikeControl) => Some("answered like a control".to_owned()),
        Verdict::Rejected(Refusal::Further) => {
            Some("answered otherwise than a wrong signature".to_owned())
        }
        Verdict::Rejected(Refusal::Configured) => Some("configured as a rejection".to_owned()),
    }
}
