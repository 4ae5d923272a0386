//! Investigations of services that are a function from a question to an answer: what odd answers
//! may and may not be taken for. All in memory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    dead_code,
    unreachable_pub,
    reason = "a test stops at the first surprise"
)]

#[path = "models/mod.rs"]
mod models;

use std::hash::{DefaultHasher, Hasher as _};

use authprobe::cause::{Cause, CauseCode};
use authprobe::diagnosis::{RunVerdict, ServiceDiagnosis};
use authprobe::investigate::{Investigation, Step};
use authprobe::mint;
use authprobe::observation::{Answer, Body, Failure, Observation, Outcome, Stage};
use authprobe::plan::{Algorithm, Carrier, KeyName};
use authprobe::question::{Credential, Question, TokenShape};
use authprobe::time::UnixTime;

/// Asks a service until the investigation is done; it is told how many questions came before.
fn diagnose(service: impl Fn(&Question, usize) -> Outcome) -> ServiceDiagnosis {
    let (subject, keyring) = models::interview::subject();
    let spec = subject.token.clone();
    let mut investigation = Investigation::new(subject, "http://model/".into());
    let (mut now, mut asked) = (1_900_000_000.0, 0);
    loop {
        let questions = match investigation.step() {
            Step::Ask(questions) => questions,
            Step::Done(found) => return *found,
        };
        for question in questions {
            now += 0.01;
            let variant = mint::mint(&question, &spec, &keyring, UnixTime(now)).unwrap();
            investigation.tell(Observation {
                number: 0,
                times: variant.times,
                sent_at: UnixTime(now),
                received_at: UnixTime(now + 0.002),
                outcome: service(&question, asked),
                question,
            });
            asked += 1;
        }
    }
}

fn answer(status: u16, text: &str) -> Outcome {
    let mut digest = DefaultHasher::new();
    digest.write(text.as_bytes());
    let body = Body { text: text.into(), digest: digest.finish(), ..Body::default() };
    Outcome::Answer(Answer { status, body, ..Answer::default() })
}

/// Whether the token is whole and signed with this key.
fn signed(shape: &TokenShape, key: &KeyName) -> bool {
    shape.key == *key && shape.forgery.is_none()
}

fn cause(found: &ServiceDiagnosis) -> &Cause {
    found.cause.as_ref().or(found.other_causes.first()).expect("there is a cause")
}

#[test]
fn a_service_that_ceases_to_answer_is_not_passed() {
    let found = diagnose(|question, asked| match question.credential {
        _ if asked > 12 => {
            Outcome::Failure(Failure { stage: Stage::Timeout, detail: "no answer".into() })
        }
        Credential::Token(ref shape) if signed(shape, &KeyName::Reference) => answer(200, "hello"),
        _ => answer(401, "no"),
    });
    assert_eq!(found.verdict, RunVerdict::Inconclusive, "{:#?}", found.checks);
    assert_eq!(cause(&found).code, CauseCode::Unreachable);
    assert!(cause(&found).summary.contains("requests without an answer"), "{:?}", found.cause);
}

#[test]
fn an_open_page_that_changes_by_itself_is_open() {
    for every in [1, 2, 7, 9, 30] {
        let found = diagnose(|_, asked| answer(200, &format!("{} visitors", asked / every)));
        assert_eq!(cause(&found).code, CauseCode::Unprotected, "every {every}");
        assert!(found.observations.len() <= 46, "every {every}: {}", found.observations.len());
    }
}

#[test]
fn a_page_for_everybody_but_one_key_is_no_open_endpoint() {
    let found = diagnose(|question, _| {
        let taken = question.shape().is_some_and(|shape| signed(shape, &KeyName::Previous(0)));
        answer(200, if taken { "Your dashboard" } else { "Welcome" })
    });
    assert_eq!(cause(&found).code, CauseCode::KeyPrevious);
}

#[test]
fn a_success_that_holds_the_refusal_is_none() {
    let refusal = r#"{"status":"error","message":"Access denied."}"#;
    let found = diagnose(|question, _| {
        let bare = question.shape().is_some_and(|shape| {
            shape.edits.iter().any(|edit| edit.name == "aud" && edit.value.is_none())
        });
        if bare {
            return answer(200, &format!("Warning: Undefined array key \"aud\"\n{refusal}"));
        }
        answer(401, refusal)
    });
    assert_eq!(cause(&found).code, CauseCode::Unjudgeable, "{:?}", found.cause);
}

/// The key is found although each complaint looks like progress.
#[test]
fn complaints_about_the_algorithm_or_the_place_do_not_end_the_search_for_the_key() {
    let found = diagnose(|question, _| {
        let Some(shape) = question.shape() else { return answer(401, "no") };
        if shape.algorithm != Algorithm::HS256 {
            return answer(401, "we do not do this");
        }
        let word = |place: &Carrier| match place {
            Carrier::Header { scheme, .. } => scheme.as_deref() != Some("Bearer"),
            _ => false,
        };
        if shape.carrier.as_ref().is_some_and(word) {
            return answer(401, "say it otherwise");
        }
        let taken = signed(shape, &KeyName::Reading("trailing-newline"));
        answer(if taken { 200 } else { 401 }, if taken { "hello" } else { "no" })
    });
    assert_eq!(cause(&found).code, CauseCode::KeyVariant, "{:?}", found.cause);
}

#[test]
fn what_everybody_hears_is_not_taken_for_a_token_that_never_came() {
    let found = diagnose(|_, _| answer(401, r#"{"errors":["User is not authenticated"]}"#));
    assert_eq!(cause(&found).code, CauseCode::Unjudgeable, "{:?}", found.cause);
}

#[test]
fn what_is_left_open_tells_what_was_seen() {
    for (status, bare, told) in [
        (400, 400, "answers 400 to every request, with or without a token"),
        (500, 401, "answers 500 to every well-formed token"),
        (401, 401, "one answer whatever the reason"),
    ] {
        let found = diagnose(|question, _| match question.credential {
            Credential::Token(_) => answer(status, "no"),
            _ => answer(bare, "no"),
        });
        let cause = cause(&found);
        assert_eq!(cause.code, CauseCode::Unjudgeable);
        assert!(cause.summary.contains(told), "{}", cause.summary);
    }
    let found = diagnose(|question, _| match question.credential {
        Credential::Token(ref shape) if signed(shape, &KeyName::Reference) => {
            answer(403, "X-Tenant-Id header is required")
        }
        _ => answer(401, "no"),
    });
    let cause = cause(&found);
    assert_eq!(cause.code, CauseCode::Unjudgeable, "{cause:?}");
    assert!(cause.fix.contains("`headers`"), "{}", cause.fix);
}

/// A token in every place at once is short enough only without the claims that frameworks want.
#[test]
fn a_limit_on_header_fields_does_not_hide_the_key() {
    for status in [413, 431, 400] {
        let found = diagnose(|question, _| {
            let Some(shape) = question.shape() else { return answer(401, "no") };
            let filled = matches!(shape.carrier, Some(Carrier::Together(_)));
            if filled && shape.edits.len() > 5 {
                return answer(status, "too large");
            }
            let taken = signed(shape, &KeyName::Reading("trailing-newline"));
            answer(if taken { 200 } else { 401 }, if taken { "hello" } else { "no" })
        });
        assert_eq!(cause(&found).code, CauseCode::KeyVariant, "{status}: {:?}", found.cause);
    }
}
