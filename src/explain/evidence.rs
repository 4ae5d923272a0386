//! The twins of a token and what they got in, the replays that show the reasons out, in words.
//! Never judges, never quotes a value.

use super::narrow::Reasons;
use super::record::{self, Record};
use super::twins::{Difference, Inimitable, Twins, Wanted};
use crate::explanation::Replay;
use crate::plan::{KeyName, TokenSpec};
use crate::question::Question;
use crate::verdict::Verdict;

/// The caught token, its mended twin, and each right token that was refused for one thing.
pub(super) fn of_refusal(twins: &Twins<'_>, reasons: &Reasons, record: Record<'_>) -> Vec<Replay> {
    let mut replays = Vec::new();
    replays.extend(replay("the token as it is", &record::caught(), record));
    if let Some(mended) = &reasons.mended {
        replays.extend(replay(&mended_words(twins, reasons), mended, record));
    }
    for difference in &reasons.differences {
        let sent = format!("{}, but {}", right_words(twins), taken_over(twins, difference));
        replays.extend(replay(&sent, &twins.with(&[difference]), record));
    }
    replays.extend(replay(right_words(twins), &Question::token(twins.right.clone()), record));
    replays
}

/// A token is right where the reference key makes it so; else it is one that the service takes.
fn right_words(twins: &Twins<'_>) -> &'static str {
    if twins.right.key == KeyName::Reference { "a right token" } else { "a token that it takes" }
}

/// The caught token and the controls beside it.
pub(super) fn of_controls(spec: &TokenSpec, record: Record<'_>) -> Vec<Replay> {
    let [right, _] = record::right(spec).map(Question::token);
    let rows = [
        ("the token as it is", record::caught()),
        ("a right token", right),
        ("a right token, but signed with a random key", record::random_key(spec)),
        ("no token", record::absent()),
    ];
    rows.into_iter().filter_map(|(sent, question)| replay(sent, &question, record)).collect()
}

fn replay(sent: &str, question: &Question, record: Record<'_>) -> Option<Replay> {
    let judged = record.seen(question)?;
    Some(Replay {
        sent: sent.to_owned(),
        status: judged.observation.answer().map(|answer| answer.status),
        taken: match judged.verdict {
            Verdict::Accepted => Some(true),
            Verdict::Rejected(_) => Some(false),
            Verdict::Undecided(_) => None,
        },
        hint: judged.hint.clone(),
        round_trip: judged.observation.round_trip(),
    })
}

/// The caught token without its faults, in words.
fn mended_words(twins: &Twins<'_>, reasons: &Reasons) -> String {
    let mut changes: Vec<String> =
        reasons.differences.iter().map(|difference| mended(twins, difference)).collect();
    let re_signed = format!("signed again with {}", twins.right.key);
    match reasons.inimitable.or(twins.inimitable) {
        Some(Inimitable::Signature) => changes.insert(0, re_signed),
        Some(Inimitable::Text) => changes.insert(0, format!("written and {re_signed}")),
        None if changes.is_empty() => changes.push(re_signed),
        None => {}
    }
    format!("the same token, {}", changes.join(" and "))
}

fn mended(twins: &Twins<'_>, difference: &Difference) -> String {
    match difference {
        Difference::Key(_) | Difference::Unsigned(_) => format!("signed with {}", twins.right.key),
        Difference::Algorithm(_) => format!("signed as {}", twins.right.algorithm),
        Difference::Member(part, name) => match twins.wanted(*part, name) {
            Wanted::Absent => format!("without {}", printed(name)),
            Wanted::Fresh => format!("with a fresh {}", printed(name)),
            Wanted::Value(_) => format!("with {} as configured", printed(name)),
        },
    }
}

fn taken_over(twins: &Twins<'_>, difference: &Difference) -> String {
    match difference {
        Difference::Key(key) => format!("signed with {key}"),
        Difference::Algorithm(algorithm) => format!("signed as {algorithm}"),
        Difference::Unsigned(_) => "without a signature".to_owned(),
        Difference::Member(part, name) => match twins.carried(*part, name) {
            Some(_) => format!("with its {}", printed(name)),
            None => format!("without {}", printed(name)),
        },
    }
}

/// A member's name, cut where it is no usual one.
pub(super) fn printed(name: &str) -> String {
    name.chars().take(40).collect()
}
