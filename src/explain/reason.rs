//! One proven difference in, the reason in words out: a clause that follows "because". Says what
//! the twins have shown, and reads it by the service's own clock. Never guesses.

use serde_json::Value;

use super::dates::{self, Date};
use super::evidence::printed;
use super::findings::{key_words, known_words, whole};
use super::scene::Scene;
use super::shown;
use super::twins::{Difference, Inimitable, Wanted};
use crate::explanation::{Reason, Signer};
use crate::plan::KeyName;
use crate::question::Part;
use crate::time::{Seconds, UnixTime};

/// A clock that is off by less is called right.
const NOTICEABLE: f64 = 1.0;

fn reason(code: &'static str, member: Option<&str>, summary: String) -> Reason {
    Reason { code, member: member.map(printed), summary }
}

/// What a difference means, given that a right token is refused for it.
pub(super) fn of(difference: &Difference, scene: &Scene<'_>) -> Reason {
    let name = &scene.subject.name;
    match difference {
        Difference::Key(_) => reason("other-key", None, of_key(scene)),
        Difference::Algorithm(made) => {
            let wanted = scene.twins.right.algorithm;
            reason("algorithm", None, format!("it is signed as {made}, and {name} takes {wanted}"))
        }
        Difference::Unsigned(_) => reason("unsigned", None, "it has no signature".to_owned()),
        Difference::Member(Part::Payload, claim) if dates::CLAIMS.contains(&claim.as_str()) => {
            of_date(claim, scene)
        }
        Difference::Member(part, member) => of_member(*part, member, scene),
    }
}

fn of_key(scene: &Scene<'_>) -> String {
    let clause = format!("it is signed with {}", key_words(scene.signed));
    match &scene.twins.right.key {
        KeyName::Reference => clause,
        other => {
            let other = known_words(other, scene.subject);
            format!("{clause}, and {} verifies with {other}", scene.subject.name)
        }
    }
}

/// What the signature means, given that the same token signed anew is taken.
pub(super) fn of_inimitable(inimitable: Inimitable, scene: &Scene<'_>) -> Reason {
    if inimitable == Inimitable::Text {
        let mut names = scene.token.header.repeated();
        names.extend(scene.token.claims.repeated());
        let summary = match names.first() {
            Some(name) => format!("it has {} twice", printed(name)),
            None => {
                "of how it is written: the same header and claims, written anew, are taken".into()
            }
        };
        return reason("form", None, summary);
    }
    let alg: String = scene.token.algorithm().unwrap_or("missing").chars().take(24).collect();
    match &scene.signed.signer {
        Signer::Known { .. } if scene.signed.algorithm.is_some_and(|made| made.name() != alg) => {
            let made = scene.signed.algorithm.map_or("", crate::plan::Algorithm::name);
            reason("algorithm", None, format!("its header says {alg} and it is signed as {made}"))
        }
        Signer::Known { .. } => reason("other-key", None, of_key(scene)),
        Signer::Foreign | Signer::Unsigned => {
            let taken = scene.twins.right.algorithm;
            let summary = format!("its alg is {alg}: the same header and claims are taken as {taken}");
            reason("algorithm", None, summary)
        }
        Signer::Unknown | Signer::NoKeysKnown => reason(
            "unknown-key",
            None,
            "none of the known keys verifies it: it was signed with another key, or changed after it \
             was signed"
                .to_owned(),
        ),
    }
}

fn of_member(part: Part, member: &str, scene: &Scene<'_>) -> Reason {
    let (code, place) = match part {
        Part::Header => ("header", " in its header"),
        Part::Payload => ("claim", ""),
    };
    let show = |value: &Value| shown::json(member, value, scene.scrubber);
    let (service, name) = (&scene.subject.name, printed(member));
    let summary = match (scene.twins.carried(part, member), scene.twins.wanted(part, member)) {
        (Some(_), Wanted::Fresh) if member == "jti" => {
            "of its jti, which was revoked or seen before: with a fresh one it is taken".to_owned()
        }
        (Some(value), Wanted::Value(wanted)) => {
            let (value, wanted) = (show(value), show(wanted));
            format!("its {name}{place} is {value}, and {service} takes {wanted}")
        }
        (Some(value), Wanted::Fresh) => {
            format!("its {name}{place} is {}, and {service} takes another", show(value))
        }
        (Some(value), Wanted::Absent) => {
            format!("it has {name} {}{place}, and {service} takes it without", show(value))
        }
        (None, Wanted::Value(wanted)) => {
            format!("it has no {name}{place}, and {service} takes it with {}", show(wanted))
        }
        (None, _) => format!("it has no {name}{place}, and {service} takes it with one"),
    };
    reason(code, Some(member), summary)
}

/// A time claim that makes a right token refused. Which way it is wrong follows from the right
/// token's own times and from the service's clock.
fn of_date(claim: &str, scene: &Scene<'_>) -> Reason {
    let of = |code, summary: String| reason(code, Some(claim), summary);
    let service = &scene.subject.name;
    match dates::date(&scene.token.claims, claim) {
        Date::At(moment) if claim == "exp" => of_expiry(moment, scene),
        Date::At(moment) => of_start(claim, moment, scene),
        Date::Absent => of("claim", format!("it has no {claim}, and {service} takes it with one")),
        Date::Milliseconds(_) => {
            of("milliseconds", format!("its {claim} is in milliseconds instead of seconds"))
        }
        Date::Text => of("date-form", format!("its {claim} is text instead of a number")),
        Date::Other => of("date-form", format!("its {claim} is no date")),
    }
}

fn of_expiry(expires: UnixTime, scene: &Scene<'_>) -> Reason {
    let name = &scene.subject.name;
    let by_ours = expires - scene.now();
    if by_ours.0 > scene.right_lifetime().0 {
        let summary = format!("its exp lies {} ahead, further than {name} takes", whole(by_ours));
        return reason("long-life", Some("exp"), summary);
    }
    let by_theirs = Seconds(by_ours.0 - scene.skew_seconds());
    let summary = if by_theirs.0 <= 0.0 {
        format!("it expired {} ago by {name}'s clock{}", whole(by_theirs), clock_note(scene))
    } else {
        format!(
            "{name} takes it for expired: its exp lies {} ahead, which is less than {name} asks for, or \
             behind the clock that it verifies with",
            whole(by_theirs)
        )
    };
    reason("expired", Some("exp"), summary)
}

fn of_start(claim: &str, start: UnixTime, scene: &Scene<'_>) -> Reason {
    let name = &scene.subject.name;
    let ahead = Seconds((start - scene.now()).0 - scene.skew_seconds());
    let note = clock_note(scene);
    if ahead.0 > 0.0 {
        let (code, verb) = match claim {
            "nbf" => ("not-yet-valid", "it is not valid before"),
            _ => ("issued-in-future", "it was issued"),
        };
        let summary = match claim {
            "nbf" => format!("{verb} {} from now by {name}'s clock{note}", whole(ahead)),
            _ => format!("{verb} {} in the future by {name}'s clock{note}", whole(ahead)),
        };
        return reason(code, Some(claim), summary);
    }
    let past = whole(ahead);
    let summary =
        format!("of its {claim}, {past} ago by {name}'s Date: without {claim} it is taken");
    reason("claim", Some(claim), summary)
}

/// How far the service's clock is off, where that can be noticed.
fn clock_note(scene: &Scene<'_>) -> String {
    let skew = scene.skew_seconds();
    if skew.abs() <= NOTICEABLE {
        return String::new();
    }
    let way = if skew > 0.0 { "ahead" } else { "behind" };
    format!(" (its clock is {} {way})", whole(Seconds(skew)))
}
