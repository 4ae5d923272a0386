//! A check without a network: the investigation is run against answerers in memory, one that is well
//! and some that are not, and its questions are written down. Nothing is sent.

use super::RunError;
use super::probe::shown_url;
use crate::investigate::{Investigation, LARGE_FLEET, MOST_BETWEEN, Step};
use crate::mint;
use crate::observation::{Answer, Body, DateField, Observation, Outcome};
use crate::plan::{KeyName, Plan, Service};
use crate::question::{Connection, Question, TokenShape};
use crate::rehearsal::{Further, Rehearsal, ServiceRehearsal};
use crate::time::{Seconds, UnixTime};

/// Any moment will do: nothing is sent.
const NOW: UnixTime = UnixTime(1_900_000_000.25);
/// How long an answer takes.
const ROUND_TRIP: Seconds = Seconds(0.001);

/// What a check of this plan would send. Sends nothing.
///
/// # Errors
/// When a token cannot be made.
pub fn rehearse(plan: &Plan) -> Result<Rehearsal, RunError> {
    let several = (2..=LARGE_FLEET).contains(&plan.services.len());
    let between = if several { MOST_BETWEEN } else { 0 };
    let services = plan.services.iter().map(|service| {
        let steps = asked(service, Temper::Healthy)?;
        let usual = steps.concat();
        let mut further: Vec<Further> = Vec::new();
        for temper in FAULTY {
            let searched = asked(service, temper)?.concat();
            for found in kinds(service, &usual, &searched) {
                merge(&mut further, found);
            }
        }
        let words = |step: &Vec<Question>| step.iter().map(words).collect();
        Ok(ServiceRehearsal {
            name: service.subject.name.clone(),
            url: shown_url(service),
            method: service.target.method.clone(),
            carrier: service.subject.carrier.to_string(),
            quota: service.subject.quota,
            at_a_time: plan.limits.per_service,
            steps: steps.iter().map(words).collect(),
            further,
            between,
        })
    });
    let services = services.collect::<Result<_, RunError>>()?;
    Ok(Rehearsal { environment: plan.environment.clone(), services })
}

/// What the answerer makes of tokens.
#[derive(Clone, Copy, PartialEq)]
enum Temper {
    /// It takes what is right.
    Healthy,
    /// It takes nothing, and does not say why.
    Refusing,
    /// It takes what is right by a clock that is off by so much.
    Off(Seconds),
    /// It takes what is right every second time, as replicas do that disagree.
    Split,
}

/// The answerers that are not well.
const FAULTY: [Temper; 4] =
    [Temper::Refusing, Temper::Off(Seconds(95.4)), Temper::Off(Seconds(-95.4)), Temper::Split];

const REPEATED: &str = "the same token again";

/// A question in words, with what else sets it apart.
fn words(question: &Question) -> String {
    let connection = match question.connection {
        Connection::Kept => "",
        Connection::Fresh => ", over a new connection",
        Connection::To(_) => ", to each address of its name",
    };
    let again = if question.round > 0 { ", again" } else { "" };
    format!("{question}{again}{connection}")
}

/// The questions of a whole investigation, step by step.
fn asked(service: &Service, temper: Temper) -> Result<Vec<Vec<Question>>, RunError> {
    let mut investigation = Investigation::new(service.subject.clone(), String::new());
    let mut steps = Vec::new();
    while let Step::Ask(questions) = investigation.step() {
        for (turn, question) in questions.iter().enumerate() {
            let temper = match temper {
                Temper::Split if turn % 2 == 0 => Temper::Healthy,
                Temper::Split => Temper::Refusing,
                other => other,
            };
            investigation.tell(answer(service, question, temper)?);
        }
        steps.push(questions);
    }
    Ok(steps)
}

fn answer(service: &Service, question: &Question, temper: Temper) -> Result<Observation, RunError> {
    let variant = mint::mint(question, &service.subject.token, &service.keyring, NOW)?;
    let times = variant.times;
    let now = match temper {
        Temper::Off(skew) => NOW + skew,
        Temper::Healthy | Temper::Refusing | Temper::Split => NOW,
    };
    let in_time = times.expires.is_none_or(|end| end > now.0)
        && times.not_before.is_none_or(|start| start <= now.0)
        && times.issued.is_none_or(|start| start <= now.0);
    let right = question.shape().is_some_and(|shape| {
        shape.forgery.is_none()
            && shape.key == KeyName::Reference
            && shape.algorithm == service.subject.token.algorithm
    });
    let status = if temper != Temper::Refusing && right && in_time { 200 } else { 401 };
    let answer = Answer {
        status,
        date: DateField::At(UnixTime(now.0.floor())),
        body: Body { digest: status.into(), ..Body::default() },
        ..Answer::default()
    };
    Ok(Observation {
        number: 0,
        question: question.clone(),
        times,
        sent_at: NOW,
        received_at: NOW + ROUND_TRIP,
        outcome: Outcome::Answer(answer),
    })
}

/// Keeps the most of each kind, and every key that is named.
fn merge(all: &mut Vec<Further>, found: Further) {
    let Some(known) = all.iter_mut().find(|known| known.kind == found.kind) else {
        return all.push(found);
    };
    known.most = known.most.max(found.most);
    known.keys.extend(found.keys);
    known.keys.sort();
    known.keys.dedup();
}

/// What is asked beyond the usual, by kind.
fn kinds(service: &Service, usual: &[Question], searched: &[Question]) -> Vec<Further> {
    let plain = TokenShape::most_acceptable(service.subject.token.algorithm);
    let mut kinds: Vec<Further> = Vec::new();
    for question in searched.iter().filter(|question| !usual.contains(question)) {
        let Some(shape) = question.shape() else { continue };
        let kind = if question.round > 0 { REPEATED } else { kind(shape, &plain) };
        let place = kinds.iter().position(|known| known.kind == kind).unwrap_or_else(|| {
            kinds.push(Further { kind, most: 0, keys: Vec::new() });
            kinds.len() - 1
        });
        let known = &mut kinds[place];
        known.most += 1;
        let name = key_words(&shape.key);
        if shape.key != KeyName::Reference && !known.keys.contains(&name) {
            known.keys.push(name);
        }
    }
    kinds
}

fn kind(shape: &TokenShape, plain: &TokenShape) -> &'static str {
    let times = (shape.expires, shape.not_before, shape.issued)
        != (plain.expires, plain.not_before, plain.issued);
    let changes = [
        (shape.key != plain.key, "another key"),
        (shape.algorithm != plain.algorithm, "another algorithm"),
        (times, "other times"),
        (!shape.edits.is_empty(), "other claims or header members"),
        (shape.carrier.is_some(), "another place for the token"),
        (shape.forgery.is_some(), "a forged token"),
    ];
    let mut changed = changes.iter().filter(|(changed, _)| *changed).map(|(_, kind)| *kind);
    match (changed.next(), changed.next()) {
        (None, _) => REPEATED,
        (Some(only), None) => only,
        (Some(_), Some(_)) => "two changes at once",
    }
}

/// A key by name; readings and defaults are too many to be named one by one.
fn key_words(key: &KeyName) -> String {
    match key {
        KeyName::Reading(_) => "the reference key in other readings".to_owned(),
        KeyName::Default(_) => "well-known default keys".to_owned(),
        other => other.to_string(),
    }
}
