//! Observations in, evidence in words out: what was sent, and what came back.

use super::quantity::exactly;
use crate::diagnosis::{Judged, ServiceDiagnosis};
use crate::observation::Outcome;
use crate::plan::{Algorithm, KeyName};
use crate::question::{
    Connection, Credential, DateForm, Edit, Forgery, Moment, Question, TokenShape,
};
use crate::verdict::Verdict;

/// Observations that are told; the rest is in the JSON report.
const TOLD: usize = 3;
/// Characters of an answer that are quoted.
const QUOTED: usize = 80;

/// The most telling observations as one sentence; empty if there are none.
pub(super) fn sentence(service: &ServiceDiagnosis, numbers: &[usize]) -> String {
    let seen: Vec<&Judged> =
        numbers.iter().filter_map(|number| service.observation(*number)).take(TOLD).collect();
    let usual = configured_algorithm(service);
    let plain: Vec<String> =
        seen.iter().map(|one| asked(&one.observation.question, usual)).collect();
    let mut quoted = None;
    let mut told = Vec::new();
    for (index, one) in seen.iter().enumerate() {
        let alike = plain.iter().filter(|other| **other == plain[index]).count() > 1;
        let before = index.checked_sub(1).map(|before| seen[before]);
        let mut subject = plain[index].clone();
        if let Some(key) = before.and_then(|before| only_the_key_differs(before, one)) {
            subject = format!("the same token signed with {key}");
        } else if alike {
            subject.push_str(&early_claims(&one.observation.question));
        }
        let quote = quote(one).filter(|quote| quoted.as_ref() != Some(quote));
        told.push(format!("{subject} {}", answered(one, quote.as_deref().unwrap_or_default())));
        quoted = quote.or(quoted);
    }
    told.join("; ")
}

/// The algorithm that right tokens are signed with, as the run used it.
pub(super) fn configured_algorithm(service: &ServiceDiagnosis) -> Option<Algorithm> {
    let shapes = service.observations.iter().filter_map(|one| one.observation.question.shape());
    shapes
        .filter(|shape| shape.forgery.is_none() && shape.key == KeyName::Reference)
        .map(|shape| shape.algorithm)
        .next()
}

fn only_the_key_differs<'a>(before: &Judged, now: &'a Judged) -> Option<&'a KeyName> {
    if before.observation.question.connection != now.observation.question.connection {
        return None;
    }
    let (before, now) = (before.observation.question.shape()?, now.observation.question.shape()?);
    let same = TokenShape { key: before.key.clone(), ..now.clone() };
    (same == *before && before.key != now.key).then_some(&now.key)
}

fn asked(question: &Question, usual: Option<Algorithm>) -> String {
    let what = credential(question, usual);
    match question.connection {
        Connection::To(address) => format!("{what}, at {address},"),
        Connection::Kept | Connection::Fresh => what,
    }
}

fn credential(question: &Question, usual: Option<Algorithm>) -> String {
    let shape = match &question.credential {
        Credential::Absent => return "a request without a token".to_owned(),
        Credential::Garbage => return "garbage in the token's place".to_owned(),
        Credential::Caught => return "the caught token".to_owned(),
        Credential::Token(shape) => shape,
    };
    let (token, signed) = token(shape, usual);
    let differences = differences(shape);
    if signed && (differences.is_empty() || shape.key != KeyName::Reference) {
        return format!("{token} signed with {}{differences}", shape.key);
    }
    format!("{token}{differences}")
}

/// What kind of token, and whether it matters which key signed it.
fn token(shape: &TokenShape, usual: Option<Algorithm>) -> (String, bool) {
    let algorithm = shape.algorithm;
    match &shape.forgery {
        Some(Forgery::AlgNone) => ("an unsigned token (alg none)".to_owned(), false),
        Some(Forgery::SignatureRemoved) => ("a token without its signature".to_owned(), false),
        Some(Forgery::PayloadChanged) => ("a token changed after signing".to_owned(), true),
        Some(Forgery::SignaturePadded) => ("a token with a padded signature".to_owned(), false),
        Some(Forgery::HeaderNames(named)) => {
            (format!("an {algorithm} token whose header says {named}"), true)
        }
        Some(Forgery::DuplicateClaim(name, _)) => (format!("a token with two {name} claims"), true),
        Some(Forgery::Hostile(trick)) => {
            (format!("{} {trick}", article(&trick.to_string())), false)
        }
        None if usual.is_none_or(|usual| usual == algorithm) => ("a token".to_owned(), true),
        None => (format!("an {algorithm} token"), true),
    }
}

/// The indefinite article before these words.
fn article(words: &str) -> &'static str {
    if words.starts_with(['a', 'e', 'i', 'o', 'u', 'E']) { "an" } else { "a" }
}

/// What differs from an ordinary token: its times, claims and header members.
fn differences(shape: &TokenShape) -> String {
    let expires = match shape.expires {
        // A token whose time is to come has to expire after it; that is not the point of it.
        _ if starts_later(shape.not_before) => String::new(),
        Moment::Configured => String::new(),
        Moment::Absent => " without exp".to_owned(),
        Moment::FromNow(offset) if offset < 0 => format!(" that expired {} ago", exactly(offset)),
        Moment::FromNow(offset) => format!(" that expires in {}", exactly(offset)),
        Moment::Written(offset, form) => written("exp", offset, form),
    };
    let not_before = match shape.not_before {
        Moment::Configured | Moment::Absent => String::new(),
        Moment::FromNow(offset) if offset > 0 => {
            format!(" that is not valid for another {}", exactly(offset))
        }
        Moment::FromNow(offset) => format!(", nbf {}", from_now(offset)),
        Moment::Written(offset, form) => written("nbf", offset, form),
    };
    let issued = match shape.issued {
        Moment::Configured | Moment::Absent => String::new(),
        Moment::FromNow(offset) => format!(", iat {}", from_now(offset)),
        Moment::Written(offset, form) => written("iat", offset, form),
    };
    let edits = shape.edits.iter().map(|Edit { name, value, .. }| match value {
        Some(value) => format!(", {name} {value}"),
        None => format!(", without {name}"),
    });
    [expires, not_before, issued].into_iter().chain(edits).collect()
}

fn starts_later(not_before: Moment) -> bool {
    matches!(not_before, Moment::FromNow(offset) if offset > 0)
}

fn from_now(offset: i64) -> String {
    match offset {
        0 => "now".to_owned(),
        _ if offset < 0 => format!("{} ago", exactly(offset)),
        _ => format!("{} from now", exactly(offset)),
    }
}

fn written(claim: &str, offset: i64, form: DateForm) -> String {
    let form = match form {
        DateForm::Fractional => "with a fraction",
        DateForm::Text => "as text",
        DateForm::Milliseconds => "in milliseconds",
    };
    format!(", {claim} {} {form}", from_now(offset))
}

/// Tells tokens apart that differ in nothing but the claims that could be early.
fn early_claims(question: &Question) -> String {
    let Some(shape) = question.shape() else { return String::new() };
    if shape.issued == Moment::Absent && shape.not_before == Moment::Absent {
        return ", without iat and nbf".to_owned();
    }
    ", with iat and nbf as configured".to_owned()
}

fn answered(judged: &Judged, quote: &str) -> String {
    let answer = match &judged.observation.outcome {
        Outcome::Failure(failure) => {
            return format!("got no answer ({}: {})", failure.stage, failure.detail);
        }
        Outcome::Answer(answer) => answer,
    };
    let status = answer.status;
    match judged.verdict {
        Verdict::Accepted => format!("was accepted ({status})"),
        Verdict::Rejected(_) => format!("was refused ({status}{quote})"),
        Verdict::Undecided(doubt) => format!("got {status}{quote} ({doubt})"),
    }
}

/// What follows the status: where a redirect leads, or what a refusal says for itself, cut short.
fn quote(judged: &Judged) -> Option<String> {
    let answer = judged.observation.answer().filter(|_| judged.verdict != Verdict::Accepted)?;
    if let Some(location) = answer.location.as_deref().filter(|_| answer.status / 100 == 3) {
        return Some(format!(" to {}", excerpt(location)));
    }
    let is_page = answer.content_type.as_deref().is_some_and(|kind| kind.contains("html"));
    let body = Some(answer.body.text.as_str()).filter(|body| !body.trim().is_empty() && !is_page);
    match body.or(answer.challenges.first().map(String::as_str)) {
        Some(said) => Some(format!(" {}", excerpt(said))),
        None => is_page.then(|| ", an HTML page".to_owned()),
    }
}

fn excerpt(said: &str) -> String {
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    if said.chars().count() <= QUOTED {
        return said;
    }
    said.chars().take(QUOTED - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Part;

    #[test]
    fn a_question_is_told_by_what_differs_from_an_ordinary_token() {
        let right = TokenShape::most_acceptable(Algorithm::HS256);
        let aud = |value: Option<&str>| Edit {
            part: Part::Payload,
            name: "aud".into(),
            value: value.map(Into::into),
        };
        let later = TokenShape {
            not_before: Moment::FromNow(96),
            expires: Moment::FromNow(156),
            ..right.clone()
        };
        let table = [
            (right.clone(), "a token signed with the reference key"),
            (
                TokenShape { key: KeyName::Previous(0), ..right.clone() },
                "a token signed with the previous key",
            ),
            (
                TokenShape { algorithm: Algorithm::HS384, ..right.clone() },
                "an HS384 token signed with the reference key",
            ),
            (
                TokenShape { expires: Moment::FromNow(-204), ..right.clone() },
                "a token that expired 204 s ago",
            ),
            (later, "a token that is not valid for another 96 s"),
            (
                TokenShape { issued: Moment::FromNow(3600), ..right.clone() },
                "a token, iat 60 min from now",
            ),
            (
                TokenShape { edits: vec![aud(Some("other"))], key: KeyName::Own, ..right.clone() },
                "a token signed with the key in its own file, aud \"other\"",
            ),
            (TokenShape { edits: vec![aud(None)], ..right.clone() }, "a token, without aud"),
            (
                TokenShape { forgery: Some(Forgery::SignatureRemoved), ..right },
                "a token without its signature",
            ),
        ];
        for (shape, words) in table {
            assert_eq!(asked(&Question::token(shape), Some(Algorithm::HS256)), words);
        }
    }

    #[test]
    fn a_long_answer_is_cut_and_its_line_breaks_are_closed() {
        let cut = excerpt(&"refused\r\n".repeat(40));
        assert_eq!(cut.chars().count(), QUOTED);
        assert!(cut.starts_with("refused refused ") && cut.ends_with('…'));
        assert_eq!(excerpt("short"), "short");
    }
}
