//! What was found at one service in, the answer in one sentence and the next thing to do out.
//! Never accuses: what was not shown is not said.

use super::findings::key_words;
use super::narrow::Reasons;
use super::reason;
use super::scene::Scene;
use super::twins::Inimitable;
use crate::cause::CauseCode;
use crate::diagnosis::ServiceDiagnosis;
use crate::explanation::{Reason, Ruling};
use crate::plan::KeyName;
use crate::verdict::Doubt;

/// What to do about a service that cannot be asked.
pub(super) const UNREACHABLE: &str =
    "See that it runs at the address in probes.yaml and can be reached from here.";
/// What to do about an endpoint that proves nothing.
pub(super) const OPEN: &str = "Name an endpoint of it that asks for a token.";
/// A cause less sure than this is no more than a candidate.
const SURE: f64 = 0.5;

/// The answer, its reasons and what to do next.
pub(super) struct Told {
    pub(super) sentence: String,
    pub(super) reasons: Vec<Reason>,
    pub(super) fix: String,
}

/// The service takes the token.
pub(super) fn accepted(name: &str, takes_random_key: bool) -> Told {
    let told =
        |sentence: String, fix: &str| Told { sentence, reasons: Vec::new(), fix: fix.into() };
    if takes_random_key {
        let sentence = format!(
            "{name} accepts it, as it does tokens under a random key: it does not verify signatures."
        );
        return told(sentence, "Let it verify signatures: anyone can make a token for it.");
    }
    told(format!("{name} accepts it."), "")
}

/// The service refuses the token for these reasons.
pub(super) fn refused(scene: &Scene<'_>, found: &Reasons) -> Told {
    let name = &scene.subject.name;
    let mut reasons: Vec<Reason> =
        found.differences.iter().map(|difference| reason::of(difference, scene)).collect();
    reasons.extend(found.inimitable.map(|inimitable| reason::of_inimitable(inimitable, scene)));
    let Some(first) = reasons.first() else { return unexplained(scene, found) };
    let clauses: Vec<&str> = reasons.iter().map(|reason| reason.summary.as_str()).collect();
    let because = clauses.join(", and because ");
    let rest = if found.mended.is_none() {
        "; there is something else, which could not be singled out"
    } else if found.inimitable.is_none() && scene.twins.inimitable == Some(Inimitable::Signature) {
        "; its signature, which could not be tried by itself, may be a further reason"
    } else {
        ""
    };
    let fix = fix(first, scene);
    Told { sentence: format!("{name} refuses it because {because}{rest}."), reasons, fix }
}

fn unexplained(scene: &Scene<'_>, found: &Reasons) -> Told {
    let name = &scene.subject.name;
    let sentence = match &found.mended {
        Some(_) => format!("{name} refuses it, and takes a copy with the same header and claims."),
        None => format!(
            "{name} refuses it, and why could not be told: no single thing in it makes the difference."
        ),
    };
    let fix = format!("Look at {name}'s log for this moment; it has seen the token just now.");
    Told { sentence, reasons: Vec::new(), fix }
}

/// Causes for which a service never came to judge a token.
const NEVER_JUDGED: [CauseCode; 6] = [
    CauseCode::Unreachable,
    CauseCode::WrongEndpoint,
    CauseCode::Unprotected,
    CauseCode::RateLimited,
    CauseCode::ServerError,
    CauseCode::Redirected,
];

/// The service refuses right tokens as well.
pub(super) fn service_at_fault(name: &str, diagnosis: &ServiceDiagnosis) -> (Ruling, Told) {
    let cause = diagnosis.cause.as_ref();
    let Some(cause) = cause.filter(|cause| cause.confidence >= SURE) else {
        let sentence = format!(
            "{name} refuses it, and every other token that was tried: what is wrong is not in this token alone."
        );
        let fix = cause.map_or_else(String::new, |cause| cause.fix.clone());
        return (Ruling::Refused, Told { sentence, reasons: Vec::new(), fix });
    };
    if NEVER_JUDGED.contains(&cause.code) {
        let sentence = format!("{}, so nothing can be told of this token there.", cause.summary);
        let told = Told { sentence, reasons: Vec::new(), fix: cause.fix.clone() };
        return (Ruling::Undecided, told);
    }
    let sentence = format!("{name} refuses it, and a right token as well: {}.", cause.summary);
    let reason = Reason { code: cause.code.code(), member: None, summary: cause.summary.clone() };
    (Ruling::Refused, Told { sentence, reasons: vec![reason], fix: cause.fix.clone() })
}

/// Why an answer has no meaning, in words that follow the service's name, and what would settle it.
pub(super) fn doubtful(doubt: Doubt) -> (String, &'static str) {
    let (why, fix) = match doubt {
        Doubt::NoAnswer => ("gives no answer to it", UNREACHABLE),
        Doubt::RateLimited => ("asks to slow down, so it could not be judged", "Run again later."),
        Doubt::ServerError => ("fails on it", "Look at its log."),
        Doubt::Redirected => (
            "sends it elsewhere, so it could not be judged",
            "Name the endpoint that it redirects to, if that one asks for a token.",
        ),
        Doubt::NotCalibrated => (
            "answers in a way that does not tell refusal from acceptance",
            "Say in probes.yaml what its answers mean, with accept and reject.",
        ),
    };
    (why.to_owned(), fix)
}

/// The service answered one token in two ways.
pub(super) fn unsteady() -> (String, &'static str) {
    (
        "changes its answers: it took a token and refused the same one a moment later".to_owned(),
        "Look for replicas that differ, a deploy or a lockout: authprobe check tells which. A token \
         that expires just now looks like this, too.",
    )
}

/// What to do about the first reason.
fn fix(reason: &Reason, scene: &Scene<'_>) -> String {
    let name = &scene.subject.name;
    let issuer = |what: &str| format!("Let the issuer {what}.");
    match reason.code {
        "other-key" => of_key(scene),
        "unknown-key" => {
            "Find out who issued it, and with which key: it is none of the configured \
                          ones. If it should be, name its source in probes.yaml."
                .to_owned()
        }
        "algorithm" => issuer(&format!("sign as {}", scene.twins.right.algorithm)),
        "unsigned" => issuer("sign it"),
        "expired" | "not-yet-valid" | "issued-in-future" if is_skewed(scene) => {
            format!("Set {name}'s clock right: let it follow NTP.")
        }
        "expired" => "Get a fresh token; whoever keeps it must renew it before its exp.".to_owned(),
        "not-yet-valid" | "issued-in-future" => {
            "Set the clock of the issuer right: the token comes from the future.".to_owned()
        }
        "milliseconds" | "date-form" => issuer("write times as seconds, in numbers"),
        "long-life" => issuer(&format!("make tokens that live no longer than {name} takes")),
        "form" => issuer("write each member once, in plain JSON"),
        _ => match &reason.member {
            Some(member) => format!(
                "Let the issuer set {member} as {name} wants it, or let {name} take what is issued."
            ),
            None => String::new(),
        },
    }
}

fn of_key(scene: &Scene<'_>) -> String {
    let fixed = scene.diagnosis.and_then(|diagnosis| diagnosis.cause.as_ref());
    match (&scene.twins.right.key, fixed) {
        (KeyName::Reference, _) | (_, None) => format!(
            "Get a new token from an issuer that has the reference key: restart whoever still signs with {}.",
            key_words(scene.signed)
        ),
        (_, Some(cause)) => cause.fix.clone(),
    }
}

fn is_skewed(scene: &Scene<'_>) -> bool {
    scene.skew_seconds().abs() > scene.subject.policy.max_clock_skew.as_secs_f64()
}
