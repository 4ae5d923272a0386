//! What the files around a service's env file tell of further loaders in, what that means for a key
//! fault in words out. Silent where every loader reads the same key.

use crate::loader::{OtherLoader, OtherReading};
use crate::plan::{OwnKey, Subject};

/// The other loader that makes this very reading of the shared key, if the service's file holds it.
pub(super) fn reading_so<'s>(subject: &'s Subject, code: &str) -> Option<&'s OtherLoader> {
    // Without a configuration, the one key is that of every service.
    let holds_it = matches!(subject.own_key, OwnKey::SameAsReference(_) | OwnKey::NotConfigured);
    let reads_so = |other: &&OtherLoader| matches!(other.reads, OtherReading::Differs { variant } if variant == Some(code));
    subject.loader.iter().filter(|_| holds_it).flat_map(|loader| &loader.others).find(reads_so)
}

/// How another loader explains what a service has.
pub(super) fn explained(subject: &Subject, other: &OtherLoader) -> String {
    let clue = &other.clue;
    let file = subject.loader.as_ref().map_or("", |loader| &loader.file);
    let told = format!("{} reads {file} so, and {} {}", clue.dialect, clue.file, clue.says);
    if subject.source_of_truth {
        // What it reads is the key that all others should have.
        return format!(
            "{told}: if that starts {}, say dialect: {} for its key in probes.yaml instead.",
            subject.name, clue.dialect
        );
    }
    format!("{told}.")
}

/// A fix for a service that reads another key in its own file, where another loader finds the shared
/// key in it.
pub(super) fn finding_it(subject: &Subject, fix: String) -> String {
    let Some(loader) = &subject.loader else { return fix };
    let finds_it = |other: &&OtherLoader| other.reads == OtherReading::Reference;
    let Some(other) = loader.others.iter().find(finds_it) else { return fix };
    format!(
        "{fix} For {}, which {} speaks for, {} holds the shared key; for {} it does not ({}). \
         Letters and digits alone, without quotes or a comment, are read alike by all.",
        other.clue.dialect, other.clue.file, loader.file, loader.dialect, loader.reason
    )
}

/// A fix for a service whose key is not known, with the likeliest loader that reads what was not tried
/// on it: every reading of the shared key was, and none of another key.
pub(super) fn minding(subject: &Subject, fix: String) -> String {
    let differs = matches!(subject.own_key, OwnKey::Differs(_));
    mind(subject, fix, |reads| match reads {
        OtherReading::Differs { variant } => {
            (differs || variant.is_none()).then_some("another key")
        }
        OtherReading::Nothing => Some("no key"),
        OtherReading::Same | OtherReading::Reference | OtherReading::Unknown => None,
    })
}

/// A fix for a service that has no key of its own, with the likeliest loader that reads none.
pub(super) fn minding_none(subject: &Subject, fix: String) -> String {
    mind(subject, fix, |reads| (reads == OtherReading::Nothing).then_some("no key"))
}

fn mind(
    subject: &Subject,
    fix: String,
    worth: impl Fn(OtherReading) -> Option<&'static str>,
) -> String {
    let Some(loader) = &subject.loader else { return fix };
    let told = |other: &OtherLoader| {
        let clue = &other.clue;
        let reads = worth(other.reads)?;
        Some(format!(
            "{fix} Mind that {} reads {reads} in {}, and {} {}.",
            clue.dialect, loader.file, clue.file, clue.says
        ))
    };
    loader.others.iter().find_map(told).unwrap_or(fix)
}
